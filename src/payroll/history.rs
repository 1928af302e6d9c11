//! What earlier slips of the same person and payer hand on.

use super::{chart::Chart, spells::Employment};
use crate::{
    quantity::Exact,
    rulebook::{Aggregate, Carried, EntryId, Window},
};
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Sums of the tax year that were computed elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// A day of the last month whose wage is in it.
    pub through: NaiveDate,
    /// By the full id of the figure.
    pub amounts: BTreeMap<String, Exact>,
}

/// An earlier slip of the person with the same payer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// A day of the month that it pays for.
    pub period: NaiveDate,
    /// The day of payment.
    pub paid_on: NaiveDate,
    /// 项目; empty where it was for none, or where nobody asks.
    pub project: String,
    /// The employment that it was computed with, where somebody asks whether it is another than that of now.
    pub employment: Option<Employment>,
    /// Whether it is an earlier payment of the same run.
    pub same_run: bool,
    /// By the full id of the figure: those that the slip was computed from.
    pub amounts: BTreeMap<String, Exact>,
}

/// What is known of a person's earlier payments.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The opening balance of the tax year, if there is one.
    pub opening: Option<Balance>,
    /// The earlier slips since, oldest first: of the tax year and of the twelve months before.
    pub slips: Vec<Earlier>,
}

/// The payment that earlier ones are carried into.
#[derive(Debug, Clone, Copy)]
pub(super) struct Payment<'p> {
    pub(super) on: NaiveDate,
    pub(super) project: &'p str,
}

impl Known {
    /// The values to carry into a payment. What is known of no earlier slip stays with the default of the rule.
    pub(super) fn carried(&self, chart: &Chart<'_>, payment: Payment<'_>) -> Vec<(EntryId, Exact)> {
        let carried = chart.carried().into_iter().filter_map(|(entry, carried)| {
            let id = &chart.book.entry(carried.figure).full_id;
            Some((entry, self.value(carried, id, payment)?))
        });
        carried.collect()
    }

    /// The sums of the tax year of a day, by the full id of the figure.
    #[must_use]
    pub fn sums(&self, on: NaiveDate) -> BTreeMap<String, Exact> {
        let mut sums = self.opening.as_ref().map(|opening| opening.amounts.clone()).unwrap_or_default();
        let slips = self.slips.iter().filter(|slip| slip.paid_on.year() == on.year());
        for (id, amount) in slips.flat_map(|slip| &slip.amounts) {
            let sum = sums.entry(id.clone()).or_insert(Exact::ZERO);
            // A sum that leaves the range is refused when the slip is computed.
            *sum = sum.add(*amount).unwrap_or(*sum);
        }
        sums
    }

    /// Whether an earlier run paid in the month of a day.
    #[must_use]
    pub fn is_paid_in_month(&self, day: NaiveDate) -> bool {
        self.slips.iter().any(|slip| !slip.same_run && month_number(slip.paid_on) == month_number(day))
    }

    /// In how many months of the tax year there was a payment of an employment by an earlier run.
    pub(super) fn months_paid(&self, on: NaiveDate, hired: NaiveDate) -> usize {
        let runs = self.slips.iter().filter(|slip| !slip.same_run);
        let of_it = runs.filter(|slip| month_number(slip.period) >= month_number(hired));
        let paid = of_it.map(|slip| slip.paid_on).filter(|paid| paid.year() == on.year());
        paid.map(|paid| paid.month()).collect::<BTreeSet<_>>().len()
    }

    fn value(&self, carried: &Carried, id: &str, payment: Payment<'_>) -> Option<Exact> {
        let slips: Vec<(&Earlier, Exact)> =
            self.slips.iter().filter_map(|slip| Some((slip, *slip.amounts.get(id)?))).collect();
        let this_month = month_number(payment.on);
        let january = payment.on.year() * 12;
        let opening = self.opening.as_ref().and_then(|one| Some((month_number(one.through), *one.amounts.get(id)?)));
        // The first month that counts, whether the opening balance does, and what else a slip must be.
        let (first, with_opening, of_project) = match carried.over {
            Window::TaxYear => (january, true, false),
            Window::TwelveMonths => (this_month - 12, false, false),
            Window::RunOfMonths => {
                let months: BTreeSet<i32> = slips.iter().map(|(slip, _)| month_number(slip.paid_on)).collect();
                let covered = |month: i32| opening.is_some_and(|(through, _)| month <= through);
                let mut first = this_month;
                while first > january && !covered(first) && months.contains(&(first - 1)) {
                    first -= 1;
                }
                (first, covered(first - 1), false)
            }
            Window::Month => (this_month, false, false),
            Window::ProjectMonth => (this_month, false, true),
        };
        let counts =
            |slip: &Earlier| month_number(slip.paid_on) >= first && (!of_project || slip.project == payment.project);
        let amounts: Vec<Exact> = slips.iter().filter(|(slip, _)| counts(slip)).map(|(_, amount)| *amount).collect();
        let opening = opening.filter(|_| with_opening).map(|(_, amount)| amount);
        if amounts.is_empty() && opening.is_none() {
            return None;
        }
        let sum = amounts.iter().try_fold(opening.unwrap_or(Exact::ZERO), |sum, one| sum.add(*one)).ok()?;
        let count = Exact::from(i64::try_from(amounts.len()).ok()?);
        match carried.aggregate {
            Aggregate::Sum => Some(sum),
            Aggregate::Count => Some(count),
            Aggregate::First => amounts.first().copied(),
            Aggregate::Last => amounts.last().copied(),
            Aggregate::Average => sum.div(count).ok(),
        }
    }
}

/// Months counted on, January of the year nought being 0.
pub(super) fn month_number(day: NaiveDate) -> i32 {
    day.year() * 12 + day.month0().cast_signed()
}

#[cfg(test)]
mod tests {
    use super::{super::month::tests::month, *};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn earlier(paid_on: &str, amounts: &[(&str, i64)]) -> Earlier {
        let amounts = amounts.iter().map(|(id, amount)| ((*id).to_owned(), Exact::from(*amount))).collect();
        let paid_on = day(paid_on);
        Earlier { period: paid_on, paid_on, project: String::new(), employment: None, same_run: false, amounts }
    }

    fn wage(paid_on: &str, income: i64, withheld: i64) -> Earlier {
        earlier(paid_on, &[("payroll.taxable_income", income), ("tax.wages.tax", withheld)])
    }

    /// What is carried into a payment of September 2026, by the id of the carried value.
    fn carried(known: &Known, project: &str) -> BTreeMap<String, Exact> {
        let month = month("2026-09", "2026-09-30");
        let chart = month.chart();
        let named = |(entry, value)| (chart.book.entry(entry).full_id.clone(), value);
        known.carried(chart, Payment { on: day("2026-09-30"), project }).into_iter().map(named).collect()
    }

    fn number(value: i64) -> Exact {
        Exact::from(value)
    }

    #[test]
    fn slips_are_added_to_the_opening_balance() {
        let opening = Balance { through: day("2026-06-30"), amounts: wage("2026-06-30", 60_000, 1_000).amounts };
        let slips = vec![wage("2026-07-31", 20_000, 345), wage("2026-08-31", 5_000, 0)];
        let carried_in = carried(&Known { opening: Some(opening.clone()), slips }, "");
        assert_eq!(carried_in["payroll.prior_income"], number(85_000));
        assert_eq!(carried_in["tax.wages.prior_withheld"], number(1_345));
        // A figure that no slip has had is left to the default of the rule.
        assert!(!carried_in.contains_key("payroll.prior_other"));

        let only_opening = carried(&Known { opening: Some(opening), slips: Vec::new() }, "");
        assert_eq!(only_opening["payroll.prior_income"], number(60_000));
        let only_slips = carried(&Known { opening: None, slips: vec![wage("2026-08-31", 7, 0)] }, "");
        assert_eq!(only_slips["payroll.prior_income"], number(7));
    }

    #[test]
    fn where_nothing_is_known_nothing_is_carried() {
        assert_eq!(carried(&Known::default(), ""), BTreeMap::new());
    }

    #[test]
    fn slips_of_the_year_before_are_not_of_the_tax_year() {
        let known = Known { opening: None, slips: vec![wage("2025-12-31", 9, 9), wage("2026-01-01", 7, 0)] };
        assert_eq!(carried(&known, "")["payroll.prior_income"], number(7));
        assert_eq!(known.months_paid(day("2026-09-30"), day("2025-01-01")), 1);
        assert_eq!(known.months_paid(day("2026-09-30"), day("2026-02-01")), 0, "an employment before");
    }

    fn platform(paid_on: &str, income: i64) -> Earlier {
        let amounts = [
            ("payroll.remuneration.platform_income", income),
            ("payroll.remuneration.platform_month", 1),
            ("payroll.remuneration.month_of_payment", i64::from(day(paid_on).month())),
        ];
        earlier(paid_on, &amounts)
    }

    #[test]
    fn a_run_of_months_ends_at_the_first_month_left_out() {
        let months = |paid: &[&str]| {
            let slips = paid.iter().map(|on| platform(on, 100)).collect();
            let carried = carried(&Known { opening: None, slips }, "");
            let of = |id: &str| carried.get(&format!("payroll.remuneration.{id}")).cloned();
            (of("prior_platform_months"), of("prior_run_months"), of("first_month"))
        };
        let (two, one) = (Some(number(2)), Some(number(1)));
        assert_eq!(months(&["2026-07-31", "2026-08-31"]), (two, two, Some(number(7))));
        assert_eq!(months(&["2026-06-30", "2026-08-31"]), (two, one, Some(number(6))));
        assert_eq!(months(&["2026-06-30", "2026-07-31"]), (two, None, Some(number(6))));
        // A run does not reach into the year before.
        let (all, run, first) = months(&["2025-12-31"]);
        assert_eq!((all, run, first), (None, None, None));
    }

    #[test]
    fn a_run_goes_on_into_the_opening_balance() {
        let months = |through: &str, paid: &[&str]| {
            let amounts = platform(through, 500).amounts;
            let opening = Some(Balance { through: day(through), amounts });
            let slips = paid.iter().map(|on| platform(on, 100)).collect();
            carried(&Known { opening, slips }, "").get("payroll.remuneration.prior_run_income").cloned()
        };
        assert_eq!(months("2026-08-31", &[]), Some(number(500)));
        assert_eq!(months("2026-07-31", &["2026-08-31"]), Some(number(600)));
        assert_eq!(months("2026-07-31", &[]), None);
        assert_eq!(months("2026-06-30", &["2026-08-31"]), Some(number(100)));
    }

    #[test]
    fn payments_of_one_project_in_one_month_are_one() {
        let paid = |on: &str, project: &str| Earlier {
            project: project.to_owned(),
            ..earlier(on, &[("payroll.remuneration.labour_income", 3_000)])
        };
        let slips = vec![paid("2026-08-31", "甲"), paid("2026-09-10", "甲"), paid("2026-09-20", "乙")];
        let known = Known { opening: None, slips };
        let of = |project: &str| carried(&known, project).get("payroll.remuneration.prior_in_month").cloned();
        assert_eq!((of("甲"), of("乙"), of("丙")), (Some(number(3_000)), Some(number(3_000)), None));
    }
}
