//! One month: a plan for each set of places, an evaluation for each row.

use super::{
    chart::{Chart, ChartError},
    history::Known,
    slip::Slip,
};
use crate::{
    engine::{Dates, Evaluation, Fault, FaultKind, Places, Plan, Question, SlotId, Value},
    quantity::Exact,
    rulebook::{Book, Diagnostic, Given, Role},
};
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeMap;

/// A person's month as given: facts by the full id of their cell.
#[derive(Debug, Clone)]
pub struct Row {
    /// Where the person is insured, has the fund, works.
    pub places: Places,
    /// The first day of employment.
    pub hired: NaiveDate,
    /// The last day of employment, if it has come.
    pub left: Option<NaiveDate>,
    /// The facts.
    pub facts: BTreeMap<String, Given>,
    /// What is known of earlier payments in the tax year.
    pub known: Known,
}

/// Why a row could not be computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The book does not cover it.
    Coverage {
        /// Whose place it does not cover; none where it is the date, whatever the place.
        role: Option<Role>,
        /// What it does not have, in words.
        reason: String,
    },
    /// What was given does not do.
    Facts(String),
    /// Facts are missing that decide the figures: their names.
    Open(Vec<String>),
}

/// The payroll of one month.
pub struct Month<'b> {
    chart: Chart<'b>,
    dates: Dates,
    known_at: Option<NaiveDate>,
    plans: BTreeMap<Places, Plan<'b>>,
}

impl<'b> Month<'b> {
    /// The month of `period_start`, paid on a day, as far as the book was published by `known_at`.
    ///
    /// Contributions are for the month and take the version of its first day; the wage floor is that of its last.
    ///
    /// # Errors
    /// A book without the payroll's names.
    pub fn new(
        book: &'b Book,
        period_start: NaiveDate,
        period_end: NaiveDate,
        paid_on: NaiveDate,
        known_at: Option<NaiveDate>,
    ) -> Result<Self, ChartError> {
        let dates = Dates { payment: paid_on, period: period_start, work: period_end, signing: period_start };
        Ok(Self { chart: Chart::new(book)?, dates, known_at, plans: BTreeMap::new() })
    }

    /// The entries it names.
    #[must_use]
    pub fn chart(&self) -> &Chart<'b> {
        &self.chart
    }

    /// Makes the plans that rows with these places need.
    ///
    /// # Errors
    /// What is wrong with a region file.
    pub fn prepare<'r>(&mut self, places: impl IntoIterator<Item = &'r Places>) -> Result<(), Vec<Diagnostic>> {
        for places in places {
            if !self.plans.contains_key(places) {
                let question = Question { dates: self.dates, known_at: self.known_at, places: places.clone() };
                let plan = Plan::new(self.chart.book, question, self.chart.package, &self.chart.goals())?;
                self.plans.insert(places.clone(), plan);
            }
        }
        Ok(())
    }

    /// The plan for some places, if it was prepared.
    #[must_use]
    pub fn plan(&self, places: &Places) -> Option<&Plan<'b>> {
        self.plans.get(places)
    }

    /// How many payments somebody has had in the tax year before this one, who is paid each month that they are
    /// employed, always as long after it as this time. Payments for months up to that of `through` are not counted.
    #[must_use]
    pub fn payments_before(&self, hired: NaiveDate, left: Option<NaiveDate>, through: Option<NaiveDate>) -> usize {
        let period = month_number(self.dates.period);
        let delay = month_number(self.dates.payment) - period;
        let january = self.dates.payment.year() * 12;
        let paid_first = month_number(hired).max(january - delay);
        let first = through.map_or(paid_first, |through| paid_first.max(month_number(through) + 1));
        let last = left.map_or(period - 1, |left| month_number(left).min(period - 1));
        usize::try_from(last - first + 1).unwrap_or(0)
    }

    /// Computes a row.
    ///
    /// # Errors
    /// Why it could not be computed; the other rows go on.
    pub fn slip(&self, row: &Row) -> Result<Slip, Refusal> {
        let plan = self.plans.get(&row.places).ok_or_else(|| Refusal::Facts("没有为这些地区准备规则".to_owned()))?;
        let mut given = Vec::new();
        for (id, value) in &row.facts {
            let (entry, cell) = self.chart.cell(id).map_err(|error| Refusal::Facts(error.to_string()))?;
            let Some(slot) = plan.find(entry, &cell) else { continue };
            let value = Value::from(value);
            plan.admits(slot, &value).map_err(|error| Refusal::Facts(format!("{}：{error}", plan.name(slot))))?;
            given.push((slot, value));
        }
        given.push(self.missing_months(plan, row)?);
        for (entry, value) in row.known.carried(&self.chart) {
            given.extend(plan.find(entry, &[]).map(|slot| (slot, value)));
        }
        let mut evaluation = Evaluation::new(plan, given);
        Slip::of(&self.chart, &mut evaluation)
    }

    /// What no ledger and no opening balance says is said, never assumed.
    fn missing_months(&self, plan: &Plan<'b>, row: &Row) -> Result<(SlotId, Value), Refusal> {
        let through = row.known.opening.as_ref().map(|opening| opening.through);
        let missing = self.payments_before(row.hired, row.left, through).saturating_sub(row.known.slips.len());
        let (entry, cell) =
            self.chart.cell("payroll.months_missing").map_err(|error| Refusal::Facts(error.to_string()))?;
        let slot = plan.find(entry, &cell).ok_or_else(|| Refusal::Facts("payroll.months_missing".to_owned()))?;
        Ok((slot, Value::Number(Exact::from(i64::try_from(missing).unwrap_or(i64::MAX)))))
    }
}

/// Months counted on, January of the year nought being 0.
fn month_number(day: NaiveDate) -> i32 {
    day.year() * 12 + day.month0().cast_signed()
}

impl Refusal {
    pub(super) fn of(plan: &Plan<'_>, fault: &Fault) -> Self {
        match &fault.kind {
            FaultKind::Coverage(coverage) => {
                let book = plan.book();
                let entry = book.entry(plan.slot(fault.slot).entry);
                let role = entry.by_region.then(|| book.package(entry.package).place);
                Self::Coverage { role, reason: coverage.to_string() }
            }
            FaultKind::Arithmetic(_) | FaultKind::Cases(_) => Self::Facts(fault.to_string()),
        }
    }
}
