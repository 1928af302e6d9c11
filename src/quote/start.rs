//! After the award: by when people are on post, have their contracts, and are registered.

use super::{
    Quote,
    months::question,
    refusal::Refusal,
    sheet::{Facts, Sheet},
};
use crate::rulebook::Book;
use chrono::{Days, Months, NaiveDate};

/// The days by which things must be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartPlan {
    /// The day on which the contract with the purchaser is signed; it does not count.
    pub signed: NaiveDate,
    /// Working days until people are on post.
    pub working_days: u32,
    /// What is to be done by when, in order.
    pub steps: Vec<Step>,
    /// What is not certain of it: a year whose holidays are not arranged yet.
    pub notes: Vec<String>,
}

/// Something to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What.
    pub name: String,
    /// The last day for it.
    pub by: NaiveDate,
    /// How the day is reckoned.
    pub reckoning: String,
    /// Instrument and article; none where the tender says it.
    pub cite: Option<String>,
}

const ON_POST: &str = "quote.start.on_post_within";
const CONTRACT: &str = "quote.start.contract_within";
const INSURANCE: &str = "quote.start.insurance_within";
const FUND: &str = "quote.start.fund_within";

/// The start plan of an offer that was awarded. `within` are the working days of the tender, where it says others than
/// the book.
///
/// # Errors
/// A book without these limits, a year without a calendar.
pub fn start_plan(book: &Book, quote: &Quote, signed: NaiveDate, within: Option<u32>) -> Result<StartPlan, Refusal> {
    let limits = [ON_POST, CONTRACT, INSURANCE, FUND].map(str::to_owned);
    let asked = question(&quote.place, quote.tender.known_at, signed)(signed, signed);
    let sheet = Sheet::new(book, ON_POST, asked, limits)?;
    let mut said = sheet.with(&Facts::default())?;
    let mut limit = |id: &str| -> Result<(u32, Option<String>), Refusal> {
        let number = said.number(id)?;
        let whole = number.to_decimal().and_then(|number| number.normalize().to_string().parse().ok());
        let cite = said.trace(id)?["cite"].as_str().map(str::to_owned);
        whole.map(|whole| (whole, cite)).ok_or_else(|| Refusal::facts(id, format!("{number} 不是整数")))
    };
    let working_days = match within {
        Some(days) => days,
        None => limit(ON_POST)?.0,
    };
    let calendar = book.calendar();
    let uncovered = |error: crate::rulebook::NoYear| Refusal::Coverage {
        about: "放假安排".to_owned(),
        reason: error.to_string(),
    };
    let on_post = calendar.working_day_after(signed, working_days).map_err(uncovered)?;
    let beyond = || Refusal::facts("签订日", "超出日历的范围");
    let mut steps = vec![Step {
        name: "全部人员到岗".to_owned(),
        by: on_post,
        reckoning: format!("合同签订之次日起第{working_days}个工作日，按国务院放假安排"),
        cite: None,
    }];
    let (months, cite) = limit(CONTRACT)?;
    let by = on_post.checked_add_months(Months::new(months)).ok_or_else(beyond)?;
    let reckoning = format!("自用工之日起{months}个月内，以到岗期限之日用工计");
    steps.push(Step { name: "与每名人员订立书面劳动合同".to_owned(), by, reckoning, cite });
    for (id, name) in [(INSURANCE, "办理社会保险登记"), (FUND, "办理住房公积金缴存登记")] {
        let (days, cite) = limit(id)?;
        let by = on_post.checked_add_days(Days::new(days.into())).ok_or_else(beyond)?;
        steps.push(Step { name: name.to_owned(), by, reckoning: format!("自用工之日起{days}日内"), cite });
    }
    let unarranged = calendar.years().filter(|(_, year)| !year.arranged);
    let years = chrono::Datelike::year(&signed)..=chrono::Datelike::year(&on_post);
    let notes = unarranged
        .filter(|(number, _)| years.contains(number))
        .filter_map(|(number, year)| Some(format!("{number}年：{}", year.note.as_ref()?)))
        .collect();
    Ok(StartPlan { signed, working_days, steps, notes })
}
