//! What was promised for a month against what was paid, line by line.

use super::{
    Finding, Quote,
    model::Line,
    months::question,
    refusal::Refusal,
    sheet::{Facts, Sheet},
};
use crate::{quantity::Money, rulebook::Book};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// A month's statement.
#[derive(Debug, Clone)]
pub struct Statement {
    /// The first day of the month of service.
    pub month: NaiveDate,
    /// Persons of the offer, and persons who were paid.
    pub persons: (u32, u32),
    /// The lines that the people are owed or that are spent on them, in the order of the offer.
    pub lines: Vec<StatementLine>,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
}

/// A line of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementLine {
    /// Id of the line.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it may not be lowered, and whether it is spent under the purchaser's eyes.
    pub marks: (bool, bool),
    /// What the offer has for the month.
    pub promised: Money,
    /// What was paid.
    pub paid: Money,
    /// What was paid more than promised; less is negative.
    pub difference: Money,
}

/// Lines of the price that nobody is paid: the firm's own, and what follows from the price.
const NOT_PAID: [&str; 5] = ["management", "profit", "vat", "surcharges", "disability_levy"];

/// Holds a month of an offer against what was paid in it, by line.
///
/// # Errors
/// A month outside the service; what the book does not cover.
pub fn statement(
    book: &Book,
    quote: &Quote,
    month: NaiveDate,
    persons: u32,
    paid: &BTreeMap<String, Money>,
) -> Result<Statement, Refusal> {
    let of_month = |first: NaiveDate| first.format("%Y-%m").to_string() == month.format("%Y-%m").to_string();
    let place = quote.months.iter().position(|row| of_month(row.first));
    let Some(place) = place else {
        return Err(Refusal::facts("月份", format!("{}不在服务期之内", month.format("%Y-%m"))));
    };
    let promised = |line: &Line| line.months.get(place).copied().unwrap_or(Money::ZERO);
    let mut lines = Vec::new();
    for line in quote.lines.iter().filter(|line| !NOT_PAID.contains(&line.id.as_str())) {
        let (promised, paid) = (promised(line), paid.get(&line.id).copied().unwrap_or(Money::ZERO));
        if promised == Money::ZERO && paid == Money::ZERO {
            continue;
        }
        let marks = (line.kind.locked, line.kind.supervised);
        let (id, name) = (line.id.clone(), line.name.clone());
        lines.push(StatementLine { id, name, marks, promised, paid, difference: paid.sub(promised)? });
    }
    let offered: u32 = quote.persons.to_string().parse().unwrap_or(0);
    let findings = findings(book, quote, month, (offered, persons), &lines)?;
    Ok(Statement { month: quote.months[place].first, persons: (offered, persons), lines, findings })
}

fn findings(
    book: &Book,
    quote: &Quote,
    month: NaiveDate,
    (offered, paid): (u32, u32),
    lines: &[StatementLine],
) -> Result<Vec<Finding>, Refusal> {
    let mut ids = vec!["quote.statement.promised_persons".to_owned(), "quote.statement.paid_persons".to_owned()];
    let mut facts = Facts::default().number(ids[0].clone(), i64::from(offered)).number(ids[1].clone(), i64::from(paid));
    for line in lines {
        let cell = |fact: &str| format!("quote.statement.{fact}[{}]", line.id);
        ids.extend(["promised", "paid", "locked", "supervised", "difference"].map(cell));
        facts = facts
            .number(cell("promised"), line.promised)
            .number(cell("paid"), line.paid)
            .yes(cell("locked"), line.marks.0)
            .yes(cell("supervised"), line.marks.1);
    }
    let asked = question(&quote.place, quote.tender.known_at, quote.tender.opening)(month, month);
    let sheet = Sheet::new(book, "quote.statement.promised_persons", asked, ids)?;
    Ok(sheet.with(&facts)?.findings(&["quote.statement"]).into_iter().map(Finding::of).collect())
}
