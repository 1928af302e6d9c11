//! 参数: what the price is made from, each number once. Other sheets point here.

use super::{GROUP, HEADING, REMARK, TEXT, TITLE, WORD, down, input, row, total};
use crate::{
    exchange::live::{Address, Expression, LiveBook, LiveSheet, Shows},
    papers::PaperError,
    quantity::{Exact, Money},
    quote::{Basis, Line, Quote, Term},
};
use std::collections::BTreeMap;

/// How the price is made: 1, the total stays and profit is what is left; 2, profit stays and the total follows.
pub(super) const BY_TOTAL: i64 = 1;
pub(super) const BY_PROFIT: i64 = 2;

const COLUMNS: u16 = 7;

/// Where each parameter stands.
pub(super) struct Parameters {
    /// 服务月数.
    pub(super) months: Address,
    /// Persons of each position, by its name.
    pub(super) persons: BTreeMap<String, Address>,
    /// Persons of all.
    pub(super) all_persons: Address,
    /// 定价方式.
    pub(super) mode: Address,
    /// The total that stays.
    pub(super) total: Address,
    /// The profit that stays.
    pub(super) profit: Address,
    /// The tender's floor.
    pub(super) floor: Option<Address>,
    /// What one costs, by line and place of its term.
    pub(super) each: BTreeMap<(String, usize), Address>,
    /// The rate of a term: rate, fixed sum, lowest and highest base stand beside each other.
    pub(super) rated: BTreeMap<(String, usize), Address>,
    /// The rate of a line that is a share, or of the tax inside the price.
    pub(super) rates: BTreeMap<String, Address>,
}

struct Writer<'w> {
    book: &'w mut LiveBook,
    next: Address,
}

impl Writer<'_> {
    /// A row of its own, and where it stands.
    fn take(&mut self) -> Address {
        let at = self.next;
        self.next = down(at, 1);
        at
    }

    fn section(&mut self, name: &str, heads: [&str; COLUMNS as usize]) {
        self.take();
        let at = self.take();
        self.book.wide_text(at, COLUMNS, name, GROUP);
        let at = self.take();
        row(self.book, at, heads, HEADING);
    }

    /// A parameter: its name, what it is for, its cell, its unit, where it is from.
    fn parameter(
        &mut self,
        (name, of): (&str, &str),
        number: impl Into<Exact>,
        (shows, unit): (Shows, &str),
        from: &str,
    ) -> Result<Address, PaperError> {
        let at = self.take();
        self.book.text(at, name, TEXT);
        self.book.text(at.right(1), of, TEXT);
        self.book.number(at.right(2), number.into(), input(shows))?;
        self.book.text(at.right(3), unit, WORD);
        self.book.text(at.right(4), "", TEXT);
        self.book.text(at.right(5), "", TEXT);
        self.book.text(at.right(6), from, TEXT);
        Ok(at.right(2))
    }
}

/// Writes the sheet.
pub(super) fn write(book: &mut LiveBook, quote: &Quote) -> Result<Parameters, PaperError> {
    let sheet =
        LiveSheet { name: "参数".to_owned(), widths: vec![22, 26, 15, 13, 13, 13, 52], frozen: 3, landscape: true };
    let first = book.sheet(sheet);
    let mut writer = Writer { book, next: first };
    let at = writer.take();
    writer.book.wide_text(at, COLUMNS, format!("{}　参数", quote.tender.title), TITLE);
    let at = writer.take();
    let remark = "浅黄色的单元格可以改；改了以后，测算、报价各表自动重算。灰色为不可竞争的项目，绿色为监督使用的项目。";
    writer.book.wide_text(at, COLUMNS, remark, REMARK);

    let (months, mode, total, profit, floor) = terms_of_price(&mut writer, quote)?;
    let (persons, all_persons) = persons(&mut writer, quote)?;
    let each = each(&mut writer, quote)?;
    let rated = rated(&mut writer, quote)?;
    let rates = rates(&mut writer, quote)?;
    Ok(Parameters { months, persons, all_persons, mode, total, profit, floor, each, rated, rates })
}

type Price = (Address, Address, Address, Address, Option<Address>);

fn terms_of_price(writer: &mut Writer<'_>, quote: &Quote) -> Result<Price, PaperError> {
    let money = (Shows::Money, "元");
    writer.section("一、定价", ["项目", "适用", "数值", "单位", "", "", "说明"]);
    let months = quote.months.iter().fold(Exact::ZERO, |months, _| months.add(Exact::ONE).unwrap_or(months));
    let period = format!("{}至{}", quote.tender.from, quote.tender.to);
    let months = writer.parameter(("服务月数", &period), months, (Shows::Number, "月"), "采购文件")?;
    let said = "1：总价不变，利润为余额；2：利润不变，总价随成本变动";
    let mode = writer.parameter(("定价方式", ""), BY_PROFIT, (Shows::Number, ""), said)?;
    let total = writer.parameter(("投标总价", "定价方式为1时"), quote.total, money, "投标人自定")?;
    let profit = quote.amount(super::reckoning::PROFIT);
    let profit = writer.parameter(("利润", "定价方式为2时"), profit, money, "投标人自定")?;
    let floor = match quote.tender.floor {
        Some(floor) => Some(writer.parameter(("最低报价", "整个服务期"), floor, money, "采购文件")?),
        None => None,
    };
    writer.book.name("投标总价_固定", total);
    writer.book.name("定价方式", mode);
    writer.book.name("服务月数", months);
    Ok((months, mode, total, profit, floor))
}

fn persons(writer: &mut Writer<'_>, quote: &Quote) -> Result<(BTreeMap<String, Address>, Address), PaperError> {
    writer.section("二、人数", ["岗位", "要求", "人数", "单位", "", "", "说明"]);
    let mut persons = BTreeMap::new();
    let mut cells = Vec::new();
    for position in &quote.tender.positions {
        let requires = position.requires.as_deref().unwrap_or_default();
        let named = (position.name.as_str(), requires);
        let cell = writer.parameter(named, position.persons, (Shows::Number, "人"), "投入人数，不是席位数")?;
        cells.push(Expression::Cell(cell));
        persons.insert(position.name.clone(), cell);
    }
    let at = writer.take();
    row(writer.book, at, ["全部岗位", ""], total(Shows::Text));
    writer.book.formula(at.right(2), &Expression::Sum(cells), total(Shows::Number))?;
    row(writer.book, at.right(3), ["人", "", "", ""], total(Shows::Text));
    Ok((persons, at.right(2)))
}

/// The lines that are sums of products, with their terms.
pub(super) fn terms(quote: &Quote) -> impl Iterator<Item = (&Line, &[Term])> {
    quote.lines.iter().filter_map(|line| match &line.basis {
        Basis::Terms(terms) => Some((line, terms.as_slice())),
        _ => None,
    })
}

fn each(writer: &mut Writer<'_>, quote: &Quote) -> Result<BTreeMap<(String, usize), Address>, PaperError> {
    writer.section("三、工资和单价", ["项目", "适用", "单价", "单位", "", "", "说明"]);
    let mut each = BTreeMap::new();
    for (line, terms) in terms(quote) {
        for (place, term) in terms.iter().enumerate().filter(|(_, term)| term.rated.is_none()) {
            let unit = term.times.first().map_or_else(|| "元".to_owned(), |(_, unit)| format!("元/{unit}"));
            let from = line.cite.clone().unwrap_or_else(|| "采购文件或者投标人自定".to_owned());
            let named = (line.name.as_str(), term.what.as_str());
            let at = match multiple(quote, line, term)? {
                Some(multiple) => {
                    let said = format!("一小时的加班工资为加班工资基数的多少；{from}");
                    writer.parameter(named, multiple, (Shows::Number, "基数的倍数"), &said)?
                }
                None => writer.parameter(named, term.each, (Shows::Money, &unit), &from)?,
            };
            each.insert((line.id.clone(), place), at);
        }
    }
    Ok(each)
}

/// How often the pay that overtime is reckoned from is in the pay of an hour; none where the term is no overtime.
pub(super) fn multiple(quote: &Quote, line: &Line, term: &Term) -> Result<Option<Exact>, PaperError> {
    if line.id != super::reckoning::HOLIDAY_OVERTIME {
        return Ok(None);
    }
    let Some(position) = quote.tender.positions.iter().find(|position| position.name == term.what) else {
        return Ok(None);
    };
    let items = position.overtime_items.iter().filter_map(|item| position.pay.get(item).copied());
    let base = Money::sum(items)?;
    Ok(if base == Money::ZERO { None } else { Some(term.each.div(base.into())?) })
}

fn rated(writer: &mut Writer<'_>, quote: &Quote) -> Result<BTreeMap<(String, usize), Address>, PaperError> {
    writer.section("四、社会保险和住房公积金", ["项目", "适用", "费率", "定额（元）", "基数下限", "基数上限", "依据"]);
    let mut rated = BTreeMap::new();
    for (line, terms) in terms(quote) {
        for (place, term) in terms.iter().enumerate() {
            let Some(factor) = &term.rated else { continue };
            let at = writer.take();
            row(writer.book, at, [line.name.as_str(), &term.what], TEXT);
            writer.book.number(at.right(2), factor.rate, input(Shows::Percent))?;
            writer.book.number(at.right(3), factor.fixed, input(Shows::Money))?;
            writer.book.number(at.right(4), factor.limits.0, input(Shows::Money))?;
            writer.book.number(at.right(5), factor.limits.1, input(Shows::Money))?;
            writer.book.text(at.right(6), line.cite.as_deref().unwrap_or_default(), TEXT);
            rated.insert((line.id.clone(), place), at.right(2));
        }
    }
    Ok(rated)
}

fn rates(writer: &mut Writer<'_>, quote: &Quote) -> Result<BTreeMap<String, Address>, PaperError> {
    writer.section("五、其他费率和税率", ["项目", "基数", "比率", "单位", "", "", "依据"]);
    let mut rates = BTreeMap::new();
    for line in &quote.lines {
        let (rate, of) = match &line.basis {
            Basis::Share { rate, .. } => (*rate, "见测算"),
            Basis::Included { rate, .. } => (*rate, "含税总价"),
            _ => continue,
        };
        let from = line.cite.as_deref().unwrap_or("采购文件或者投标人自定");
        let at = writer.parameter((&line.name, of), rate, (Shows::Percent, ""), from)?;
        rates.insert(line.id.clone(), at);
    }
    Ok(rates)
}
