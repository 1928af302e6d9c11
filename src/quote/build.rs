//! The build-up: what each line costs for each position in each month, under the rules of that month.

use super::{
    amounts::{added, apportioned, product, sum},
    desk::Desk,
    lines::WAGES,
    model::{Factor, Term},
    refusal::Refusal,
    sheet::{Answers, Facts},
    tender::{Cost, Per, Position, Tender},
};
use crate::{
    quantity::{Exact, Money},
    rulebook::Confidence,
};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// Cells by position and month.
pub(super) type Cells = Vec<Vec<Money>>;

/// A line that was built up from below.
#[derive(Debug, Clone)]
pub(super) struct Built {
    pub(super) cells: Cells,
    pub(super) amount: Money,
    pub(super) terms: Vec<Term>,
    pub(super) trace: Vec<Json>,
    pub(super) confidence: Option<Confidence>,
    pub(super) notes: Vec<String>,
}

/// What the months say of a position.
#[derive(Debug, Clone)]
pub(super) struct Post {
    /// Average monthly pay of one person, all items together.
    pub(super) average: Money,
    /// The largest gap to the minimum wage of any month.
    pub(super) gap: Exact,
    /// Statutory-holiday hours of each month, of all its persons.
    pub(super) holiday_hours: Vec<Exact>,
}

/// Direct cost, line by line.
#[derive(Debug, Clone)]
pub(super) struct BuildUp {
    /// By line; lines that nothing was said of are not there.
    pub(super) lines: BTreeMap<String, Built>,
    pub(super) posts: Vec<Post>,
}

impl BuildUp {
    pub(super) fn amount(&self, line: &str) -> Money {
        self.lines.get(line).map_or(Money::ZERO, |built| built.amount)
    }
}

/// Which months' standards are higher, and by how much.
pub(super) type Rise<'r> = &'r dyn Fn(usize) -> Exact;

/// Standards as they are.
pub(super) fn as_known(_month: usize) -> Exact {
    Exact::ZERO
}

/// Builds up the direct cost of a tender.
pub(super) fn build_up(desk: &Desk<'_>, tender: &Tender, rise: Rise<'_>) -> Result<BuildUp, Refusal> {
    let mut builder = Builder { desk, tender, rise, parts: BTreeMap::new(), posts: Vec::new() };
    for (at, position) in tender.positions.iter().enumerate() {
        let average = builder.wages(at, position)?;
        builder.contributions(at, position, average)?;
    }
    for cost in &tender.costs {
        // Insurance, the fund and levies follow from the pay of a position; pay beside it would escape them.
        if let Some(line) = desk.lines.iter().find(|line| line.id == cost.line && line.group == WAGES) {
            return Err(Refusal::facts(
                &line.name,
                "是工资，不能写作费用；写在岗位里（[[position]] 的同名键，或者排班）",
            ));
        }
        builder.cost(cost)?;
    }
    builder.finish()
}

/// A line in the making: fractions of fen.
#[derive(Default)]
struct Part {
    cells: Vec<Vec<Exact>>,
    terms: Vec<Term>,
    trace: Vec<Json>,
    confidence: Option<Confidence>,
    notes: Vec<String>,
}

struct Builder<'d, 'b> {
    desk: &'d Desk<'b>,
    tender: &'d Tender,
    rise: Rise<'d>,
    parts: BTreeMap<String, Part>,
    posts: Vec<Post>,
}

impl<'d> Builder<'d, '_> {
    fn part(&mut self, line: &str) -> &mut Part {
        let (positions, months) = (self.tender.positions.len(), self.desk.months.len());
        self.parts
            .entry(line.to_owned())
            .or_insert_with(|| Part { cells: vec![vec![Exact::ZERO; months]; positions], ..Part::default() })
    }

    fn put(&mut self, line: &str, position: usize, month: usize, amount: Exact) -> Result<(), Refusal> {
        let cell = &mut self.part(line).cells[position][month];
        *cell = cell.add(amount)?;
        Ok(())
    }

    /// The facts of a position in a month, all but its average pay.
    fn facts(&self, position: &Position, month: usize, holiday_hours: Exact) -> Result<Facts, Refusal> {
        month_facts(self.desk, self.tender, &position.pay)
            .map(|facts| facts.number("quote.month.rise", (self.rise)(month)))
            .map(|facts| facts.number("quote.month.holiday_hours", holiday_hours))
            .and_then(|facts| Ok(facts.number("labour.overtime.monthly_wage", overtime_wage(position)?)))
    }

    /// Pay, item by item; gives the average pay of one person in a month.
    fn wages(&mut self, at: usize, position: &Position) -> Result<Money, Refusal> {
        let desk = self.desk;
        let persons = Exact::from(position.persons);
        for (item, amount) in &position.pay {
            for (month, of) in desk.months.iter().enumerate() {
                let pay = product([Exact::from(*amount), persons, of.share])?;
                self.put(item, at, month, pay)?;
            }
            let times = vec![(persons, "人"), (desk.month_sum, "月")];
            self.part(item).terms.push(plain(&position.name, Exact::from(*amount), times));
        }
        if position.yearly_bonus > Money::ZERO {
            let each = Exact::from(position.yearly_bonus);
            for (month, of) in desk.months.iter().enumerate() {
                let pay = product([each, persons, of.share])?.div(Exact::from(12))?;
                self.put("bonus", at, month, pay)?;
            }
            self.part("bonus").terms.push(plain(&position.name, each, vec![(persons, "人"), (desk.years()?, "年")]));
        }
        let holiday_hours = self.rota(at, position)?;
        let mut pay = Vec::new();
        for part in self.parts.values() {
            pay.extend(part.cells.get(at).into_iter().flatten().copied());
        }
        let average = sum(pay)?.div(desk.head_months(persons)?)?;
        let average = super::amounts::rounded(average, desk.rounding)?;
        self.posts.push(Post { average, gap: Exact::ZERO, holiday_hours });
        Ok(average)
    }

    /// Allowances of shifts and the pay of statutory holidays; gives the holiday hours of each month.
    fn rota(&mut self, at: usize, position: &Position) -> Result<Vec<Exact>, Refusal> {
        let desk = self.desk;
        let Some(rota) = &position.rota else { return Ok(vec![Exact::ZERO; desk.months.len()]) };
        let mut hours_a_day = Exact::ZERO;
        for shift in &rota.shifts {
            hours_a_day = hours_a_day.add(product([Exact::from(shift.count), Exact::from(shift.hours)])?)?;
        }
        let mut all_days = 0;
        let mut holiday_hours = Vec::new();
        for (month, of) in desk.months.iter().enumerate() {
            let days = if rota.every_day { of.days } else { of.working_days };
            all_days += days;
            for shift in rota.shifts.iter().filter(|shift| shift.allowance > Money::ZERO) {
                let allowance = product([shift.allowance.into(), shift.count.into(), Exact::from(i64::from(days))])?;
                self.put("night", at, month, allowance)?;
            }
            let holidays = if rota.every_day { of.statutory_days } else { 0 };
            let hours = product([hours_a_day, Exact::from(i64::from(holidays))])?;
            holiday_hours.push(hours);
            if hours.is_zero() {
                continue;
            }
            let facts = self.facts(position, month, hours)?;
            let mut said = desk.rules[month].sheet.with(&facts)?;
            let pay = said.number("quote.month.holiday_pay")?;
            let part = self.part("holiday_overtime");
            if part.trace.is_empty() {
                part.trace.push(derived(&position.name, &mut said, "quote.month.holiday_pay")?);
            }
            let hour = said.number("labour.overtime.hour_wage")?;
            let rate = said.number("labour.overtime.rate[holiday]")?;
            joined(&mut part.terms, &position.name, product([hour, rate])?, hours, "小时")?;
            desk.note(month, said.rests_on("quote.month.holiday_pay")?);
            self.put("holiday_overtime", at, month, pay)?;
        }
        for shift in rota.shifts.iter().filter(|shift| shift.allowance > Money::ZERO) {
            let what = format!("{}·{}", position.name, shift.name);
            let times = vec![(Exact::from(shift.count), "班"), (Exact::from(i64::from(all_days)), "天")];
            self.part("night").terms.push(plain(&what, Exact::from(shift.allowance), times));
        }
        Ok(holiday_hours)
    }

    /// Insurance and fund of each month, on the average pay.
    fn contributions(&mut self, at: usize, position: &Position, average: Money) -> Result<(), Refusal> {
        let desk = self.desk;
        let persons = Exact::from(position.persons);
        let insurance: Vec<String> = desk.insurance.clone();
        for month in 0..desk.months.len() {
            let facts = self.facts(position, month, Exact::ZERO)?.number("quote.month.average", average);
            let mut said = desk.rules[month].sheet.with(&facts)?;
            for line in &insurance {
                let id = format!("quote.month.contribution[{line},employer]");
                let Some(each) = said.maybe(&id)? else { continue };
                let rate = format!("social.effective_rate[{line},employer]");
                let rests_on = said.rests_on(&rate)?;
                let (cite, confidence) = cited(desk, month, &rests_on);
                let factor = Factor {
                    base: said.number(&format!("quote.month.base[{line}]"))?,
                    limits: (
                        said.number(&format!("social.base_floor[{line}]"))?,
                        said.number(&format!("social.base_ceiling[{line}]"))?,
                    ),
                    rate: said.number(&rate)?,
                    fixed: said.number(&format!("quote.month.flat[{line},employer]"))?,
                    rounding: said.rounding(&format!("social.rounding[{line},employer]"))?,
                    cite,
                    confidence,
                };
                let notes = noted(desk, month, &rests_on);
                self.contribution(line, at, month, (each, factor), (&mut said, &id), persons)?;
                let part = self.part(line);
                part.notes.extend(notes.into_iter().filter(|note| !part.notes.contains(note)).collect::<Vec<_>>());
            }
            let factor = Factor {
                base: said.number("quote.month.fund_base")?,
                limits: (said.number("fund.base_floor")?, said.number("fund.base_ceiling")?),
                rate: said.number("fund.rate")?,
                fixed: Exact::ZERO,
                rounding: said.rounding("fund.rounding")?,
                cite: String::new(),
                confidence: None,
            };
            let each = said.number("quote.month.fund_share")?;
            self.contribution(
                "housing_fund",
                at,
                month,
                (each, factor),
                (&mut said, "quote.month.fund_share"),
                persons,
            )?;
            let gap = said.number("quote.month.gap")?;
            desk.note(month, said.rests_on("quote.month.gap")?);
            let post = &mut self.posts[at];
            if gap.sub(post.gap)?.is_negative() {
                continue;
            }
            post.gap = gap;
        }
        Ok(())
    }

    fn contribution(
        &mut self,
        line: &str,
        at: usize,
        month: usize,
        (each, factor): (Exact, Factor),
        (said, id): (&mut Answers<'_, '_>, &str),
        persons: Exact,
    ) -> Result<(), Refusal> {
        let desk = self.desk;
        let rests_on = said.rests_on(id)?;
        let weakest = weakest(desk, month, &rests_on);
        desk.note(month, rests_on);
        self.put(line, at, month, product([each, persons])?)?;
        let first = desk.months[month].first;
        let name = &self.tender.positions[at].name;
        let part = self.part(line);
        part.confidence = part.confidence.max(weakest);
        let same = part.terms.last_mut().filter(|term| {
            term.what.starts_with(name.as_str())
                && term.each == each
                && term.rated.as_ref().is_some_and(|old| old.same(&factor))
        });
        match same.and_then(|term| term.times.last_mut()) {
            Some((months, _)) => *months = months.add(Exact::ONE)?,
            None => {
                let what = format!("{name} {}起", first.format("%Y-%m"));
                part.trace.push(json!({ "what": what, "trace": said.trace(id)? }));
                let times = vec![(persons, "人"), (Exact::ONE, "月")];
                part.terms.push(Term { what, each, rated: Some(factor), times });
            }
        }
        Ok(())
    }

    /// A cost besides pay, divided among positions by persons and among months by length.
    fn cost(&mut self, cost: &Cost) -> Result<(), Refusal> {
        let desk = self.desk;
        let each = product([Exact::from(cost.each), Exact::from(cost.count)])?;
        let heads = sum(self.tender.positions.iter().map(|position| Exact::from(position.persons)))?;
        let (per_head, times) = match cost.per {
            Per::HeadMonth => (product([each, desk.month_sum])?, vec![(heads, "人"), (desk.month_sum, "月")]),
            Per::HeadYear => (product([each, desk.years()?])?, vec![(heads, "人"), (desk.years()?, "年")]),
            Per::Head => (each, vec![(heads, "人")]),
            Per::HeadWorkday => {
                let days = product([desk.work_days, desk.years()?])?;
                (product([each, days])?, vec![(heads, "人"), (days, "天")])
            }
            Per::Month => (product([each, desk.month_sum])?.div(heads)?, vec![(desk.month_sum, "月")]),
            Per::Once => (each.div(heads)?, Vec::new()),
        };
        for (at, position) in self.tender.positions.iter().enumerate() {
            for (month, of) in desk.months.iter().enumerate() {
                let part = product([per_head, Exact::from(position.persons), of.share])?.div(desk.month_sum)?;
                self.put(&cost.line, at, month, part)?;
            }
        }
        let what = cost.what.clone().unwrap_or_default();
        let mut times = times;
        if cost.count.value() != rust_decimal::Decimal::ONE {
            times.insert(0, (Exact::from(cost.count), "份"));
        }
        self.part(&cost.line).terms.push(plain(&what, Exact::from(cost.each), times));
        Ok(())
    }

    fn finish(self) -> Result<BuildUp, Refusal> {
        let mut lines = BTreeMap::new();
        for (line, part) in self.parts {
            let cells = apportioned(&part.cells, self.desk.rounding)?;
            let amount = Money::sum(cells.iter().flatten().copied())?;
            let Part { terms, trace, confidence, notes, .. } = part;
            lines.insert(line, Built { cells, amount, terms, trace, confidence, notes });
        }
        Ok(BuildUp { lines, posts: self.posts })
    }
}

/// The facts of a month that do not depend on the month.
pub(super) fn month_facts(desk: &Desk<'_>, tender: &Tender, pay: &BTreeMap<String, Money>) -> Result<Facts, Refusal> {
    let facts = Facts::default().number("fund.rate", tender.bidder.fund_rate).choice(
        desk.book,
        "social.industry_class",
        &tender.bidder.industry_class,
    )?;
    Ok(pay.iter().fold(facts, |facts, (item, amount)| facts.number(format!("quote.month.pay[{item}]"), *amount)))
}

/// What an hour of overtime is reckoned from.
pub(super) fn overtime_wage(position: &Position) -> Result<Money, Refusal> {
    let items = position.overtime_items.iter().filter_map(|item| position.pay.get(item).copied());
    Ok(Money::sum(items)?)
}

/// The weakest of the sources that some cells of a month rest on.
fn weakest(desk: &Desk<'_>, month: usize, slots: &[crate::engine::SlotId]) -> Option<Confidence> {
    let plan = desk.rules[month].sheet.plan();
    crate::engine::sources(plan, slots.iter().copied()).iter().map(|source| source.confidence).max()
}

/// What a rate rests on: its instruments, and the weakest of them.
fn cited(desk: &Desk<'_>, month: usize, slots: &[crate::engine::SlotId]) -> (String, Option<Confidence>) {
    let sources = crate::engine::sources(desk.rules[month].sheet.plan(), slots.iter().copied());
    let mut cites: Vec<&str> = sources.iter().map(|source| source.cite.as_str()).collect();
    cites.dedup();
    (cites.join("；"), sources.iter().map(|source| source.confidence).max())
}

/// What the book notes of a rate.
fn noted(desk: &Desk<'_>, month: usize, slots: &[crate::engine::SlotId]) -> Vec<String> {
    let sources = crate::engine::sources(desk.rules[month].sheet.plan(), slots.iter().copied());
    sources.into_iter().filter_map(|source| source.note).collect()
}

fn derived(what: &str, said: &mut Answers<'_, '_>, id: &str) -> Result<Json, Refusal> {
    Ok(json!({ "what": what, "trace": said.trace(id)? }))
}

fn plain(what: &str, each: Exact, times: Vec<(Exact, &'static str)>) -> Term {
    Term { what: what.to_owned(), each, rated: None, times }
}

/// Adds to the last term where it is of the same amount each, and begins another where it is not.
fn joined(terms: &mut Vec<Term>, what: &str, each: Exact, count: Exact, unit: &'static str) -> Result<(), Refusal> {
    match terms.last_mut().filter(|term| term.what == what && term.each == each).and_then(|term| term.times.last_mut())
    {
        Some((so_far, _)) => *so_far = so_far.add(count)?,
        None => terms.push(plain(what, each, vec![(count, unit)])),
    }
    Ok(())
}

impl Factor {
    fn same(&self, other: &Self) -> bool {
        self.base == other.base
            && self.limits == other.limits
            && self.rate == other.rate
            && self.fixed == other.fixed
            && self.rounding == other.rounding
    }
}

/// The cells of several lines, added.
pub(super) fn together<'c>(
    desk: &Desk<'_>,
    tender: &Tender,
    cells: impl IntoIterator<Item = &'c Cells>,
) -> Result<Cells, Refusal> {
    let mut all = vec![vec![Money::ZERO; desk.months.len()]; tender.positions.len()];
    for one in cells {
        added(&mut all, one)?;
    }
    Ok(all)
}
