//! One month: a plan for each set of places, an evaluation for each row.

use super::{
    chart::{Chart, ChartError},
    history::{Known, Payment, month_number},
    slip::{Arrear, Slip},
};
use crate::{
    engine::{Dates, Evaluation, Fault, FaultKind, Places, Plan, Question, Value},
    quantity::{ArithmeticError, Exact, Money},
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
    /// 项目: what is paid for one project in a month may count as one payment.
    pub project: String,
    /// The facts.
    pub facts: BTreeMap<String, Given>,
    /// What is known of earlier payments in the tax year.
    pub known: Known,
    /// What is paid with it for months that have been paid.
    pub arrears: Vec<Arrear>,
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

    /// What it asks of which book.
    pub(super) fn question(&self) -> (&'b Book, Dates, Option<NaiveDate>) {
        (self.chart.book, self.dates, self.known_at)
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
        let carried = self.carried(row)?;
        self.slip_of(&row.places, row.facts.iter().chain(&carried), &row.arrears)
    }

    /// What a row is computed from besides its facts: what earlier slips hand on, and how many of them are missing.
    ///
    /// # Errors
    /// What keeps the row from being computed.
    pub fn carried(&self, row: &Row) -> Result<BTreeMap<String, Given>, Refusal> {
        let payment = Payment { on: self.dates.payment, project: &row.project };
        let carried = row.known.carried(&self.chart, payment).into_iter();
        let mut given: BTreeMap<String, Given> = carried
            .map(|(entry, number)| (self.chart.book.entry(entry).full_id.clone(), Given::Number(number)))
            .collect();
        given.insert(MONTHS_MISSING.to_owned(), Given::Number(self.missing_months(row)));
        let before = row.known.employed_before(&self.chart, row.hired, self.dates.payment);
        let months = Exact::from(i64::try_from(before.months).unwrap_or(i64::MAX));
        for (id, told, value) in [
            (EARLIER_MONTHS, before.months > 0, Given::Number(months)),
            (EARLIER_UNKNOWN, before.unknown, Given::Boolean(true)),
        ] {
            // A ledger's book of an earlier day does not ask for it.
            if told && self.chart.cell(id).is_ok() {
                given.insert(id.to_owned(), value);
            }
        }
        Ok(given)
    }

    /// Computes a slip from all that it rests on: facts and what is carried, by the full id of their cell.
    ///
    /// # Errors
    /// Why it could not be computed.
    pub fn slip_of<'g>(
        &self,
        places: &Places,
        facts: impl IntoIterator<Item = (&'g String, &'g Given)>,
        arrears: &[Arrear],
    ) -> Result<Slip, Refusal> {
        let slip = Slip::of(&self.chart, &mut self.evaluation(places, facts, arrears)?)?;
        Ok(Slip { arrears: arrears.to_vec(), ..slip })
    }

    /// What a row is paid out, without the rest of the slip.
    ///
    /// # Errors
    /// Why it could not be computed.
    pub fn net(&self, row: &Row) -> Result<Money, Refusal> {
        let carried = self.carried(row)?;
        let facts = row.facts.iter().chain(&carried);
        Slip::net_of(&self.chart, &mut self.evaluation(&row.places, facts, &row.arrears)?)
    }

    pub(super) fn evaluation<'g>(
        &self,
        places: &Places,
        facts: impl IntoIterator<Item = (&'g String, &'g Given)>,
        arrears: &[Arrear],
    ) -> Result<Evaluation<'_, 'b>, Refusal> {
        let plan = self.plans.get(places).ok_or_else(|| Refusal::Facts("没有为这些地区准备规则".to_owned()))?;
        let overdue = arrears_facts(arrears).map_err(|error| Refusal::Facts(error.to_string()))?;
        let mut given = Vec::new();
        let facts: Vec<(&String, &Given)> = facts.into_iter().collect();
        for (id, value) in facts.into_iter().chain(&overdue) {
            let (entry, cell) = self.chart.cell(id).map_err(|error| Refusal::Facts(error.to_string()))?;
            let Some(slot) = plan.find(entry, &cell) else { continue };
            let value = Value::from(value);
            plan.admits(slot, &value).map_err(|error| Refusal::Facts(format!("{}：{error}", plan.name(slot))))?;
            given.push((slot, value));
        }
        Ok(Evaluation::new(plan, given))
    }

    /// What no ledger and no opening balance says is said, never assumed.
    fn missing_months(&self, row: &Row) -> Exact {
        let through = row.known.opening.as_ref().map(|opening| opening.through);
        let known = row.known.months_paid(self.dates.payment, row.hired);
        let missing = self.payments_before(row.hired, row.left, through).saturating_sub(known);
        Exact::from(i64::try_from(missing).unwrap_or(i64::MAX))
    }
}

const MONTHS_MISSING: &str = "payroll.months_missing";
const EARLIER_MONTHS: &str = "tax.months.earlier_months";
const EARLIER_UNKNOWN: &str = "payroll.earlier_employment_unknown";

/// The sums of what is paid for earlier months, as facts; none where nothing is.
fn arrears_facts(arrears: &[Arrear]) -> Result<BTreeMap<String, Given>, ArithmeticError> {
    let mut sums: BTreeMap<String, Given> = BTreeMap::new();
    for (payer, id) in [("employee", "payroll.arrears_own"), ("employer", "payroll.arrears_employer")] {
        let amounts = arrears.iter().filter(|one| one.line.payer == payer).map(|one| one.line.amount);
        let sum = Money::sum(amounts)?;
        if !arrears.is_empty() {
            sums.insert(id.to_owned(), Given::Number(Exact::from(sum)));
        }
    }
    Ok(sums)
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

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::rulebook::{Gravity, Sources};
    use std::sync::LazyLock;

    static BOOK: LazyLock<Book> = LazyLock::new(|| Book::read(Sources::embedded()).unwrap());

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// The payroll of a month of the book that the program carries.
    pub(in crate::payroll) fn month(period: &str, paid_on: &str) -> Month<'static> {
        let start = day(&format!("{period}-01"));
        let end = start.checked_add_months(chrono::Months::new(1)).unwrap().pred_opt().unwrap();
        Month::new(&BOOK, start, end, day(paid_on), None).unwrap()
    }

    /// Somebody in Kunming with all of a wage in the base, and the fund at 5 %.
    pub(in crate::payroll) fn row(wage: &str) -> Row {
        let yuan = Given::Number(Exact::from(Money::parse(wage).unwrap()));
        let hired = day("2026-09-01");
        let facts = [
            ("payroll.amount[base]", yuan.clone()),
            ("social.declared_base", yuan.clone()),
            ("fund.declared_base", yuan),
            ("fund.rate", Given::Number(Exact::parse("0.05").unwrap())),
            ("tax.months.paid_on", Given::Date(day("2026-09-30"))),
            ("tax.months.hire_date", Given::Date(hired)),
        ];
        let facts = facts.into_iter().map(|(id, given)| (id.to_owned(), given)).collect();
        Row {
            places: Places::all(Some("530100")),
            hired,
            left: None,
            project: String::new(),
            facts,
            known: Known::default(),
            arrears: Vec::new(),
        }
    }

    #[test]
    fn earlier_payments_are_those_of_the_tax_year_of_payment() {
        let before = |period, paid_on, hired, left: &str, through: &str| {
            let given = |text: &str| (!text.is_empty()).then(|| day(text));
            month(period, paid_on).payments_before(day(hired), given(left), given(through))
        };
        // Paid in the month itself: January has none before it, December eleven.
        assert_eq!(before("2026-01", "2026-01-31", "2020-03-02", "", ""), 0);
        assert_eq!(before("2026-02", "2026-02-28", "2025-12-31", "", ""), 1);
        assert_eq!(before("2026-12", "2026-12-31", "2020-03-02", "", ""), 11);
        assert_eq!(before("2026-09", "2026-09-30", "2026-09-01", "", ""), 0);
        assert_eq!(before("2026-09", "2026-09-30", "2026-08-31", "", ""), 1);
        assert_eq!(before("2026-09", "2026-09-30", "2026-03-31", "", ""), 6);
        // Paid the month after: the wage of December opens the new tax year.
        assert_eq!(before("2025-12", "2026-01-10", "2020-03-02", "", ""), 0);
        assert_eq!(before("2026-01", "2026-02-10", "2020-03-02", "", ""), 1);
        assert_eq!(before("2026-11", "2026-12-10", "2020-03-02", "", ""), 11);
        assert_eq!(before("2026-12", "2027-01-10", "2020-03-02", "", ""), 0);
        assert_eq!(before("2026-08", "2026-09-10", "2026-08-03", "", ""), 0);
        assert_eq!(before("2026-09", "2026-10-10", "2026-08-03", "", ""), 1);
        // Nobody is paid for months after leaving.
        assert_eq!(before("2026-08", "2026-08-31", "2026-03-01", "2026-05-31", ""), 3);
        assert_eq!(before("2026-08", "2026-08-31", "2026-03-01", "2026-08-15", ""), 5);
        assert_eq!(before("2026-02", "2026-02-28", "2020-03-02", "2025-12-31", ""), 0);
        // What an opening balance holds is not expected again.
        assert_eq!(before("2026-09", "2026-09-30", "2020-03-02", "", "2026-08-31"), 0);
        assert_eq!(before("2026-11", "2026-11-30", "2020-03-02", "", "2026-08-31"), 2);
        assert_eq!(before("2026-02", "2026-02-28", "2020-03-02", "", "2025-12-31"), 1);
    }

    /// The slip of somebody one of whose places is Hong Kong.
    fn beyond(change: fn(&mut Places, Option<String>)) -> Result<Slip, Refusal> {
        let mut row = row("5000");
        change(&mut row.places, Some("810000".to_owned()));
        let mut month = month("2026-09", "2026-09-30");
        month.prepare([&row.places]).unwrap();
        month.slip(&row)
    }

    #[test]
    fn what_an_amount_needs_and_the_book_does_not_cover_is_told_with_the_place_that_it_is_for() {
        let refused = |change: fn(&mut Places, Option<String>)| match beyond(change).unwrap_err() {
            Refusal::Coverage { role, reason } => {
                assert!(reason.contains("香港"), "{reason}");
                role.unwrap()
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(refused(|places, code| places.insurance = code), Role::Insurance);
        assert_eq!(refused(|places, code| places.fund = code), Role::Fund);
    }

    #[test]
    fn what_only_a_finding_needs_is_told_of_and_changes_no_amount() {
        let untried = |slip: &Slip| -> Vec<String> {
            let of = slip.findings.iter().filter(|one| one.code.ends_with(".untried"));
            of.inspect(|one| assert_eq!(one.severity, Gravity::Risk)).map(|one| one.message.clone()).collect()
        };
        let (here, beyond) = (beyond(|_, _| {}).unwrap(), beyond(|places, code| places.work = code).unwrap());
        assert_eq!((untried(&here), here.net), (Vec::new(), beyond.net));
        // Several findings ask for the one standard; it is told once, with what each rests on.
        let told = untried(&beyond);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with("未能核对：规则库没有") && told[0].contains("香港"), "{told:?}");
        assert!(told[0].contains("月最低工资标准"), "{told:?}");
        let cite = beyond.findings.iter().find(|one| one.code.ends_with(".untried")).and_then(|one| one.cite.clone());
        assert_eq!(cite.as_deref(), Some("最低工资规定 第十二条"));
    }

    #[test]
    fn a_fact_out_of_range_is_refused_with_its_name() {
        let mut row = row("5000");
        row.facts.insert("payroll.other_deduction".to_owned(), Given::Number(Exact::from(-1)));
        let mut month = month("2026-09", "2026-09-30");
        month.prepare([&row.places]).unwrap();
        assert!(matches!(month.slip(&row), Err(Refusal::Facts(reason)) if reason.starts_with("其他扣款")));
        row.facts.remove("payroll.other_deduction");
        row.facts.remove("fund.rate");
        assert_eq!(month.slip(&row), Err(Refusal::Open(vec!["公积金缴存比例".to_owned()])));
    }
}
