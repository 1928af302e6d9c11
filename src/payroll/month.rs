//! One month: a plan for each set of places, an evaluation for each row.

use super::{
    chart::{Chart, ChartError},
    history::Known,
    slip::Slip,
};
use crate::{
    engine::{Dates, Evaluation, Fault, FaultKind, Places, Plan, Question, SlotId, Value},
    quantity::Exact,
    rulebook::{Book, Diagnostic, Given},
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
    /// The facts.
    pub facts: BTreeMap<String, Given>,
    /// What is known of earlier payments in the tax year.
    pub known: Known,
}

/// Why a row could not be computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The book does not cover it.
    Coverage(String),
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

    /// How many payments of the tax year before this month's a person of that hiring day would have had.
    #[must_use]
    pub fn payments_before(&self, hired: NaiveDate) -> u32 {
        let paid_on = self.dates.payment;
        let first = if hired.year() < paid_on.year() { 1 } else { hired.month() };
        paid_on.month().saturating_sub(first)
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
        let expected = usize::try_from(self.payments_before(row.hired)).unwrap_or(usize::MAX);
        let missing = match &row.known.opening {
            Some(_) => 0,
            None => expected.saturating_sub(row.known.slips.len()),
        };
        let (entry, cell) =
            self.chart.cell("payroll.months_missing").map_err(|error| Refusal::Facts(error.to_string()))?;
        let slot = plan.find(entry, &cell).ok_or_else(|| Refusal::Facts("payroll.months_missing".to_owned()))?;
        Ok((slot, Value::Number(Exact::from(i64::try_from(missing).unwrap_or(i64::MAX)))))
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        match fault.kind {
            FaultKind::Coverage(coverage) => Self::Coverage(coverage.to_string()),
            FaultKind::Arithmetic(_) | FaultKind::Cases(_) => Self::Facts(fault.to_string()),
        }
    }
}
