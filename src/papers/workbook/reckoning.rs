//! 测算: each line said again as formulas over the parameters.

use super::{GROUP, HEADING, TEXT, TITLE, body, down, input, mark, parameters::Parameters, row, total};
use crate::{
    exchange::live::{Address, Comparison, Expression, LiveBook, LiveSheet, Role, Shows, Style},
    papers::{
        PaperError,
        view::{groups, kind},
    },
    quantity::{Exact, Rounding, RoundingMode},
    quote::{Basis, Factor, Line, Quote, Quoted, Term},
};
use std::collections::BTreeMap;

/// Lines that follow from the price.
pub(super) const PROFIT: &str = "profit";
pub(super) const HOLIDAY_OVERTIME: &str = "holiday_overtime";
/// The group whose lines are pay: what contributions are reckoned on.
const WAGES: &str = "wages";

/// Columns from the first: what stands where.
const WHAT: u16 = 2;
const BASE: u16 = 3;
const RATE: u16 = 4;
const EACH: u16 = 5;
const TIMES: u16 = 6;
/// A term has no more factors than this.
const MOST_TIMES: u16 = 3;
const PRODUCT: u16 = TIMES + 2 * MOST_TIMES;
const ADJUST: u16 = PRODUCT + 1;
const AMOUNT: u16 = ADJUST + 1;
const KIND: u16 = AMOUNT + 1;
const COLUMNS: u16 = KIND + 1;

const HEADS: [&str; COLUMNS as usize] = [
    "序号",
    "项目",
    "适用",
    "基数（元）",
    "费率",
    "单价（元）",
    "数量",
    "单位",
    "数量",
    "单位",
    "数量",
    "单位",
    "小计（元）",
    "尾差（元）",
    "金额（元）",
    "性质",
];

/// Where the amount of each line stands, by id.
pub(super) struct Amounts(pub(super) BTreeMap<String, Address>);

impl Amounts {
    /// The sum of some lines.
    fn sum<'i>(&self, ids: impl IntoIterator<Item = &'i String>) -> Expression {
        Expression::Sum(ids.into_iter().filter_map(|id| self.0.get(id)).map(|cell| Expression::Cell(*cell)).collect())
    }
}

struct Writer<'w, 'q> {
    book: &'w mut LiveBook,
    quote: &'q Quote,
    parameters: &'w Parameters,
    amounts: Amounts,
    /// The products of each position's pay, to take the average of.
    pay: BTreeMap<String, Vec<Address>>,
    /// The average pay of each position.
    averages: BTreeMap<String, Address>,
    next: Address,
}

/// Writes the sheet.
pub(super) fn write(book: &mut LiveBook, quote: &Quote, parameters: &Parameters) -> Result<Amounts, PaperError> {
    let sheet = LiveSheet {
        name: "测算".to_owned(),
        widths: vec![6, 20, 24, 12, 9, 12, 8, 6, 8, 6, 8, 6, 15, 9, 16, 18],
        frozen: 2,
        landscape: true,
    };
    let first = book.sheet(sheet);
    book.wide_text(first, COLUMNS, format!("{}　成本测算", quote.tender.title), TITLE);
    row(book, down(first, 1), HEADS, HEADING);
    let mut writer = Writer {
        book,
        quote,
        parameters,
        amounts: Amounts(BTreeMap::new()),
        pay: BTreeMap::new(),
        averages: BTreeMap::new(),
        next: down(first, 2),
    };
    let groups = groups(quote)?;
    // Profit and taxes rest on the price, which rests on them: their cells are laid out, and filled when all stand.
    let mut later = Vec::new();
    let mut number = 0_u32;
    for group in &groups {
        let at = writer.take(1);
        writer.book.wide_text(at, COLUMNS, group.name, GROUP);
        for line in &group.lines {
            number += 1;
            let rows = match &line.basis {
                Basis::Terms(terms) => u32::try_from(terms.len().max(1)).unwrap_or(1),
                _ => 1,
            };
            let at = writer.take(rows);
            writer.head(at, number, line);
            writer.amounts.0.insert(line.id.clone(), at.right(AMOUNT));
            match &line.basis {
                Basis::Residue | Basis::Included { .. } => later.push((at, *line)),
                Basis::Share { of, .. } if of.iter().any(|id| is_later(quote, id)) => later.push((at, *line)),
                _ => writer.line(at, line)?,
            }
        }
        if group.lines.first().is_some_and(|line| line.group == WAGES) {
            writer.write_averages()?;
        }
    }
    writer.price(&later)?;
    Ok(writer.amounts)
}

/// Whether a line rests on the price.
fn is_later(quote: &Quote, id: &str) -> bool {
    quote.line(id).is_some_and(|line| matches!(line.basis, Basis::Residue | Basis::Included { .. }))
}

impl Writer<'_, '_> {
    fn take(&mut self, rows: u32) -> Address {
        let at = self.next;
        self.next = down(at, rows);
        at
    }

    fn head(&mut self, at: Address, number: u32, line: &Line) {
        let style = TEXT.marked(mark(line.kind));
        let number_text = number.to_string();
        row(self.book, at, [number_text.as_str(), &line.name], style);
        row(self.book, at.right(WHAT), [""; (COLUMNS - WHAT) as usize], style);
        self.book.text(at.right(KIND), kind(line.kind), Style { shows: Shows::Word, ..style });
    }

    /// A line that does not rest on the price.
    fn line(&mut self, at: Address, line: &Line) -> Result<(), PaperError> {
        match &line.basis {
            Basis::Terms(terms) => {
                for (place, term) in terms.iter().enumerate() {
                    self.term(down(at, u32::try_from(place).unwrap_or(0)), line, (place, term))?;
                }
                let last = down(at, u32::try_from(terms.len().saturating_sub(1)).unwrap_or(0));
                let sum = Expression::Column(at.right(PRODUCT), last.right(PRODUCT));
                self.amount(at, line, sum.to_fen())
            }
            Basis::Share { of, .. } => self.share(at, line, &self.amounts.sum(of)),
            _ => {
                self.book.text(at.right(WHAT), line.reckoning.as_str(), TEXT.marked(mark(line.kind)));
                self.book.number(at.right(PRODUCT), line.amount.into(), input(Shows::Money))?;
                self.amount(at, line, at.right(PRODUCT).into())
            }
        }
    }

    fn share(&mut self, at: Address, line: &Line, of: &Expression) -> Result<(), PaperError> {
        let style = |shows| body(shows).marked(mark(line.kind));
        self.book.formula(at.right(BASE), of, style(Shows::Money))?;
        self.rate(at, line)?;
        let product = Expression::Cell(at.right(BASE)).times(at.right(RATE));
        self.book.formula(at.right(PRODUCT), &product.to_fen(), style(Shows::Money))?;
        self.amount(at, line, at.right(PRODUCT).into())
    }

    fn rate(&mut self, at: Address, line: &Line) -> Result<(), PaperError> {
        if let Some(rate) = self.parameters.rates.get(&line.id) {
            let style = body(Shows::Percent).marked(mark(line.kind));
            self.book.formula(at.right(RATE), &(*rate).into(), style)?;
        }
        Ok(())
    }

    /// The amount of a line, and what it must be corrected by to be the engine's.
    fn amount(&mut self, at: Address, line: &Line, formula: Expression) -> Result<(), PaperError> {
        let amount = Expression::Sum(vec![formula, at.right(ADJUST).into()]);
        let style = Style { role: Role::Body, shows: Shows::Money, mark: mark(line.kind) };
        let found = self.book.formula(at.right(AMOUNT), &amount, style)?;
        if let Some(adjust) = self.adjustment(line, found)? {
            self.book.number(at.right(ADJUST), adjust, style)?;
            self.book.formula(at.right(AMOUNT), &amount, style)?;
        }
        Ok(())
    }

    /// What is missing from the amount that a formula gives. Where the offer has unit prices, the amount before it was
    /// divided is not the line's, and it is right if it makes the line's unit price.
    fn adjustment(&self, line: &Line, found: Exact) -> Result<Option<Exact>, PaperError> {
        let divided = self.quote.tender.offer.quoted != Quoted::Item;
        let same = |rounding: Rounding| -> Result<bool, PaperError> {
            Ok(found.div(line.quantity.into())?.round(rounding)? == line.unit_price.to_decimal())
        };
        if divided && (line.id == PROFIT || same(unit_rounding(line))?) {
            return Ok(None);
        }
        let adjust = Exact::from(line.amount).sub(found)?;
        Ok((!adjust.is_zero()).then_some(adjust))
    }

    /// A product: what one costs, times how many.
    fn term(&mut self, at: Address, line: &Line, (place, term): (usize, &Term)) -> Result<(), PaperError> {
        let style = |shows| body(shows).marked(mark(line.kind));
        if place > 0 {
            row(self.book, at, [""; COLUMNS as usize], style(Shows::Text));
        }
        self.book.text(at.right(WHAT), term.what.as_str(), style(Shows::Text));
        let key = (line.id.clone(), place);
        let position = self.position(term);
        match (&term.rated, self.parameters.rated.get(&key), self.parameters.each.get(&key)) {
            (Some(factor), Some(rate), _) => self.contribution(at, line, factor, *rate, position.as_deref())?,
            (_, _, Some(each)) if line.id == HOLIDAY_OVERTIME => self.overtime(at, line, *each, position.as_deref())?,
            (_, _, Some(each)) => {
                self.book.formula(at.right(EACH), &(*each).into(), style(Shows::Money))?;
            }
            _ => self.book.number(at.right(EACH), term.each, style(Shows::Money))?,
        }
        let mut product = vec![Expression::Cell(at.right(EACH))];
        for (factor, (count, unit)) in (0..MOST_TIMES).zip(&term.times) {
            let cell = at.right(TIMES + 2 * factor);
            self.count(cell, *count, unit, position.as_deref(), line)?;
            self.book.text(cell.right(1), *unit, style(Shows::Word));
            product.push(cell.into());
        }
        self.book.formula(at.right(PRODUCT), &Expression::Product(product), style(Shows::Money))?;
        if let Some(position) = position.filter(|_| line.group == WAGES) {
            self.pay.entry(position).or_default().push(at.right(PRODUCT));
        }
        Ok(())
    }

    /// The position that a term is of: its words begin with its name, or it is of all.
    fn position(&self, term: &Term) -> Option<String> {
        let names = self.parameters.persons.keys().filter(|name| term.what.starts_with(name.as_str()));
        names.max_by_key(|name| name.len()).cloned()
    }

    /// How many, from the parameters where it is people or months.
    fn count(
        &mut self,
        at: Address,
        count: Exact,
        unit: &str,
        position: Option<&str>,
        line: &Line,
    ) -> Result<(), PaperError> {
        let parameters = self.parameters;
        let months = Expression::Cell(parameters.months);
        let known = match (unit, position.and_then(|name| parameters.persons.get(name))) {
            ("人", Some(cell)) => Some(Expression::Cell(*cell)),
            ("人", None) => Some(Expression::Cell(parameters.all_persons)),
            ("月", _) => Some(months),
            ("年", _) => Some(months.over(Exact::from(12))),
            _ => None,
        };
        let style = body(Shows::Number).marked(mark(line.kind));
        match known {
            // A part of the persons or months stays the number it is.
            Some(known) if self.is_worth(&known, count)? => self.book.formula(at, &known, style).map(|_| ())?,
            _ => self.book.number(at, count, input(Shows::Number))?,
        }
        Ok(())
    }

    fn is_worth(&mut self, formula: &Expression, value: Exact) -> Result<bool, PaperError> {
        Ok(self.book.worth(formula)? == value)
    }

    /// A rate on the average pay, brought between the limits of the base.
    fn contribution(
        &mut self,
        at: Address,
        line: &Line,
        factor: &Factor,
        rate: Address,
        position: Option<&str>,
    ) -> Result<(), PaperError> {
        let style = |shows| body(shows).marked(mark(line.kind));
        let (fixed, lowest, highest) = (rate.right(1), rate.right(2), rate.right(3));
        let base = position.and_then(|name| self.averages.get(name)).map(|average| {
            Expression::Most(vec![lowest.into(), Expression::Least(vec![highest.into(), (*average).into()])])
        });
        match base {
            Some(base) if self.is_worth(&base, factor.base)? => {
                self.book.formula(at.right(BASE), &base, style(Shows::Money))?;
            }
            _ => self.book.number(at.right(BASE), factor.base, input(Shows::Money))?,
        }
        self.book.formula(at.right(RATE), &rate.into(), style(Shows::Percent))?;
        let each = Expression::Cell(at.right(BASE)).times(at.right(RATE)).plus(fixed).rounded(factor.rounding);
        self.book.formula(at.right(EACH), &each, style(Shows::Money))?;
        Ok(())
    }

    /// An hour of overtime: so often the pay that it is reckoned from.
    fn overtime(
        &mut self,
        at: Address,
        line: &Line,
        multiple: Address,
        position: Option<&str>,
    ) -> Result<(), PaperError> {
        let style = |shows| body(shows).marked(mark(line.kind));
        let given = self.quote.tender.positions.iter().find(|given| Some(given.name.as_str()) == position);
        let items = given.map_or(&[][..], |given| given.overtime_items.as_slice());
        let base: Vec<Expression> = items.iter().filter_map(|item| self.pay_item(item, position)).collect();
        self.book.formula(at.right(BASE), &Expression::Sum(base), style(Shows::Money))?;
        self.book.formula(at.right(RATE), &multiple.into(), style(Shows::Number))?;
        let each = Expression::Cell(at.right(BASE)).times(at.right(RATE));
        self.book.formula(at.right(EACH), &each, style(Shows::Money))?;
        Ok(())
    }

    /// Where the monthly amount of a position's pay item stands.
    fn pay_item(&self, item: &str, position: Option<&str>) -> Option<Expression> {
        let (_, terms) = super::parameters::terms(self.quote).find(|(line, _)| line.id == item)?;
        let place = terms.iter().position(|term| Some(term.what.as_str()) == position)?;
        self.parameters.each.get(&(item.to_owned(), place)).map(|cell| Expression::Cell(*cell))
    }

    /// The average pay of one person of each position in a month.
    fn write_averages(&mut self) -> Result<(), PaperError> {
        for position in &self.quote.positions {
            let Some(persons) = self.parameters.persons.get(&position.name).copied() else { continue };
            let pay = self.pay.get(&position.name).cloned().unwrap_or_default();
            let at = self.take(1);
            row(self.book, at, ["", "月均应发工资", &position.name], total(Shows::Text));
            row(self.book, at.right(BASE), [""; (COLUMNS - BASE) as usize], total(Shows::Text));
            let sum = Expression::Sum(pay.into_iter().map(Expression::Cell).collect());
            let months = Expression::Cell(persons).times(self.parameters.months);
            self.book.formula(at.right(AMOUNT), &sum.over(months).to_fen(), total(Shows::Money))?;
            self.averages.insert(position.name.clone(), at.right(AMOUNT));
        }
        Ok(())
    }

    /// The price, and the lines that rest on it.
    ///
    /// Where profit stays, the price is what leaves it after taxes: with `k` the tax in a yuan of the price and `s` the
    /// surcharges on a yuan of tax, `(cost + profit − deducted × k × (1 + s)) ÷ (1 − k × (1 + s))`, and once more what
    /// the fen of rounded taxes make.
    fn price(&mut self, later: &[(Address, &Line)]) -> Result<(), PaperError> {
        let parameters = self.parameters;
        let rests = |id: &String| later.iter().any(|(_, line)| line.id == *id);
        let sum = self.amounts.sum(self.amounts.0.keys().filter(|id| !rests(id))).to_fen();
        let at = self.take(1);
        row(self.book, at, ["", "全部成本"], total(Shows::Text));
        row(self.book, at.right(WHAT), [""; (COLUMNS - WHAT) as usize], total(Shows::Text));
        self.book.formula(at.right(AMOUNT), &sum, total(Shows::Money))?;
        let cost = at.right(AMOUNT);

        let taxes = Taxes::of(later, parameters, &self.amounts);
        self.settle(&taxes)?;
        let wanted = Expression::Cell(cost).plus(parameters.profit);
        let at = self.take(1);
        row(self.book, at, ["", "利润不变的总价", "先按比率倒算"], TEXT);
        row(self.book, at.right(BASE), [""; (COLUMNS - BASE) as usize], TEXT);
        let first = taxes.price_leaving(&wanted).to_fen();
        self.book.formula(at.right(AMOUNT), &first, body(Shows::Money))?;
        let estimate = Expression::Cell(at.right(AMOUNT));
        let at = self.take(1);
        row(self.book, at, ["", "", "再按税金的分位修正"], TEXT);
        row(self.book, at.right(BASE), [""; (COLUMNS - BASE) as usize], TEXT);
        let corrected = wanted.plus(taxes.on(&estimate)).to_fen();
        self.book.formula(at.right(AMOUNT), &corrected, body(Shows::Money))?;
        let corrected = at.right(AMOUNT);

        let at = self.take(1);
        row(self.book, at, ["", "投标总价（含税）"], total(Shows::Text));
        row(self.book, at.right(WHAT), [""; (COLUMNS - WHAT) as usize], total(Shows::Text));
        let by_profit = [
            parameters.mode.into(),
            Exact::from(super::parameters::BY_PROFIT).into(),
            corrected.into(),
            parameters.total.into(),
        ];
        let price = Expression::Choice(Box::new(by_profit), Comparison::Equal);
        let closed = Exact::from(self.quote.total);
        if self.book.formula(at.right(AMOUNT), &price, total(Shows::Money))? != closed {
            // Profit is what it is by the fen that roundings left: only the total is sure to be the offer's.
            self.book.number(parameters.mode, super::parameters::BY_TOTAL.into(), input(Shows::Number))?;
            self.book.formula(at.right(AMOUNT), &price, total(Shows::Money))?;
        }
        let price = at.right(AMOUNT);
        self.book.name("测算总价", price);
        self.follow(later, price, cost, &taxes)
    }

    /// Corrects the taxes on the offer's price where the engine has another fen, before the price rests on them.
    fn settle(&mut self, taxes: &Taxes<'_>) -> Result<(), PaperError> {
        let style = body(Shows::Money);
        let total = Expression::from(Exact::from(self.quote.total));
        let Some((rate, at, line)) = &taxes.vat else { return Ok(()) };
        let vat = self.book.worth(&inside(&total.less(taxes.deducted.clone()), rate).to_fen())?;
        if let Some(adjust) = self.adjustment(line, vat)? {
            self.book.number(*at, adjust, style)?;
        }
        let Some((rate, at, more)) = &taxes.surcharges else { return Ok(()) };
        let surcharges = self.book.worth(&Expression::from(Exact::from(line.amount)).times(rate.clone()).to_fen())?;
        if let Some(adjust) = self.adjustment(more, surcharges)? {
            self.book.number(*at, adjust, style)?;
        }
        Ok(())
    }

    fn follow(
        &mut self,
        later: &[(Address, &Line)],
        price: Address,
        cost: Address,
        taxes: &Taxes<'_>,
    ) -> Result<(), PaperError> {
        for (at, line) in later {
            match &line.basis {
                Basis::Included { .. } => {
                    let style = body(Shows::Money).marked(mark(line.kind));
                    let base = Expression::Cell(price).less(taxes.deducted.clone());
                    self.book.formula(at.right(BASE), &base, style)?;
                    self.rate(*at, line)?;
                    let tax = inside(&at.right(BASE).into(), &at.right(RATE).into()).to_fen();
                    self.book.formula(at.right(PRODUCT), &tax, style)?;
                    self.amount(*at, line, at.right(PRODUCT).into())?;
                }
                Basis::Share { of, .. } => self.share(*at, line, &self.amounts.sum(of))?,
                _ => {}
            }
        }
        for (at, line) in later.iter().filter(|(_, line)| matches!(line.basis, Basis::Residue)) {
            let others = later.iter().filter(|(_, other)| other.id != line.id).map(|(_, other)| &other.id);
            let rest = Expression::Cell(price).less(cost).less(self.amounts.sum(others)).to_fen();
            self.amount(*at, line, rest)?;
        }
        Ok(())
    }
}

/// How the unit price of a line is rounded: up, where it may not be lowered.
pub(super) const fn unit_rounding(line: &Line) -> Rounding {
    let mode = if line.kind.locked { RoundingMode::Up } else { RoundingMode::HalfUp };
    Rounding { mode, ..Rounding::FEN_HALF_UP }
}

/// Tax at a rate inside an amount.
fn inside(amount: &Expression, rate: &Expression) -> Expression {
    amount.clone().over(Expression::from(Exact::ONE).plus(rate.clone())).times(rate.clone())
}

/// A tax that rests on the price: its rate, the cell that corrects it, its line.
type Tax<'q> = (Expression, Address, &'q Line);

/// The taxes that rest on the price.
struct Taxes<'q> {
    /// Inside the price.
    vat: Option<Tax<'q>>,
    /// On the tax.
    surcharges: Option<Tax<'q>>,
    deducted: Expression,
}

impl<'q> Taxes<'q> {
    fn of(later: &[(Address, &'q Line)], parameters: &Parameters, amounts: &Amounts) -> Self {
        let tax = |at: &Address, line: &'q Line| {
            parameters.rates.get(&line.id).map(|rate| (Expression::Cell(*rate), at.right(ADJUST), line))
        };
        let mut taxes = Self { vat: None, surcharges: None, deducted: Expression::Sum(Vec::new()) };
        for (at, line) in later {
            match &line.basis {
                Basis::Included { deducted, .. } => {
                    taxes.vat = tax(at, line);
                    taxes.deducted = amounts.sum(deducted);
                }
                Basis::Share { .. } => taxes.surcharges = tax(at, line),
                _ => {}
            }
        }
        taxes
    }

    /// Tax and surcharges in a yuan of what is taxed.
    fn share(&self) -> Expression {
        let Some((rate, ..)) = &self.vat else { return Expression::Sum(Vec::new()) };
        let tax = inside(&Exact::ONE.into(), rate);
        match &self.surcharges {
            Some((more, ..)) => tax.times(Expression::from(Exact::ONE).plus(more.clone())),
            None => tax,
        }
    }

    /// The price of which so much is left, but for the fen.
    fn price_leaving(&self, wanted: &Expression) -> Expression {
        let net = wanted.clone().less(self.deducted.clone().times(self.share()));
        net.over(Expression::from(Exact::ONE).less(self.share()))
    }

    /// The taxes on a price, each rounded.
    fn on(&self, price: &Expression) -> Expression {
        let Some((rate, adjust, _)) = &self.vat else { return Expression::Sum(Vec::new()) };
        let tax = inside(&price.clone().less(self.deducted.clone()), rate).to_fen().plus(*adjust);
        match &self.surcharges {
            Some((more, adjust, _)) => {
                let surcharges = tax.clone().times(more.clone()).to_fen().plus(*adjust);
                tax.plus(surcharges)
            }
            None => tax,
        }
    }
}
