//! Employments of one person with one payer within a tax year: who leaves and comes back keeps the months of before.

use super::{
    chart::Chart,
    history::{Earlier, Known, month_number},
};
use chrono::{Datelike, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};

/// An employment as a slip was computed with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Employment {
    /// Its first day.
    pub hired: NaiveDate,
    /// Its last day, as far as it was known.
    pub left: Option<NaiveDate>,
    /// Whether its months counted from January, as the first wage of a year.
    pub from_january: bool,
}

/// What is known of the employments before one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Before {
    /// Their months of the tax year, those before the month in which the new one began.
    pub(super) months: usize,
    /// Whether there was one of which nobody knows when it ended, or when it began.
    pub(super) unknown: bool,
}

impl Known {
    /// What is known of employments before that of `hired`, in the tax year of a payment: months of wages only, since
    /// what is withheld by another method counts its months otherwise.
    pub(super) fn employed_before(&self, chart: &Chart<'_>, hired: NaiveDate, on: NaiveDate) -> Before {
        let (january, new) = (on.year() * 12, month_number(hired));
        let withheld = chart.book.carried(chart.tax_block.withheld);
        let Some(id) = withheld.map(|carried| &chart.book.entry(carried.figure).full_id) else {
            return Before::default();
        };
        let of_year = |slip: &&Earlier| slip.paid_on.year() == on.year() && slip.amounts.contains_key(id);
        let mut spells: BTreeMap<NaiveDate, (Employment, i32)> = BTreeMap::new();
        for slip in self.slips.iter().filter(of_year) {
            let Some(spell) = slip.employment.filter(|spell| spell.hired < hired) else { continue };
            let (known, last) = spells.entry(spell.hired).or_insert((spell, i32::MIN));
            // The last slip knows best when it ended.
            *known = Employment { left: spell.left.or(known.left), ..*known };
            known.from_january |= spell.from_january;
            *last = month_number(slip.period).max(*last);
        }
        let (mut months, mut unknown) = (BTreeSet::new(), false);
        for (spell, last_paid) in spells.values() {
            let first = if spell.from_january { january } else { month_number(spell.hired).max(january) };
            // Where no leaving was told, it lasted at least as long as it was paid. One that was paid up to the new one
            // is the same, whose first day was mended.
            let last = spell.left.map_or(*last_paid, month_number);
            unknown |= spell.left.is_none() && *last_paid < new;
            months.extend(first..=last.min(new - 1));
        }
        // Sums from before the ledger, of an employment that the ledger does not know.
        let opening = self.opening.as_ref().filter(|opening| month_number(opening.through) >= january);
        unknown |= opening.is_some_and(|opening| {
            let through = month_number(opening.through);
            let told = spells.keys().any(|hired| month_number(*hired) <= through);
            through < new && !told && opening.amounts.values().any(|amount| !amount.is_zero())
        });
        Before { months: months.len(), unknown: unknown && new > january }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::history::Balance, super::month::tests::month, *};
    use crate::quantity::Exact;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn slip(period: &str, hired: &str, left: Option<&str>) -> Earlier {
        let employment = Employment { hired: day(hired), left: left.map(day), from_january: false };
        Earlier {
            period: day(&format!("{period}-01")),
            paid_on: day(&format!("{period}-28")),
            project: String::new(),
            employment: Some(employment),
            same_run: false,
            amounts: BTreeMap::from([("tax.wages.tax".to_owned(), Exact::ZERO)]),
        }
    }

    fn before(slips: Vec<Earlier>, hired: &str) -> (usize, bool) {
        let month = month("2026-09", "2026-09-30");
        let known = Known { opening: None, slips };
        let Before { months, unknown } = known.employed_before(month.chart(), day(hired), day("2026-09-30"));
        (months, unknown)
    }

    #[test]
    fn months_of_an_ended_employment_count_once() {
        let spell = |left| vec![slip("2026-02", "2026-02-10", None), slip("2026-03", "2026-02-10", left)];
        assert_eq!(before(spell(Some("2026-03-31")), "2026-08-01"), (2, false));
        assert_eq!(before(spell(Some("2026-04-01")), "2026-08-01"), (3, false));
        // It ended in the month in which the new one began.
        assert_eq!(before(spell(Some("2026-08-02")), "2026-08-20"), (6, false));
        assert_eq!(before(vec![slip("2026-01", "2024-05-01", Some("2026-01-31"))], "2026-08-01"), (1, false));
        assert_eq!(before(spell(Some("2026-03-31")), "2026-02-10"), (0, false), "it is the same");
        assert_eq!(before(spell(Some("2026-03-31")), "2025-08-01"), (0, false), "all months count already");
    }

    #[test]
    fn an_end_that_nobody_told_is_asked_for() {
        let open = |months: &[&str]| months.iter().map(|month| slip(month, "2026-02-10", None)).collect();
        assert_eq!(before(open(&["2026-02", "2026-03"]), "2026-08-01"), (2, true));
        // Paid in the month of the new first day: a day that was mended.
        assert_eq!(before(open(&["2026-02", "2026-03", "2026-04"]), "2026-04-02"), (2, false));
    }

    #[test]
    fn an_opening_balance_from_before_the_first_day_is_asked_about() {
        let month = month("2026-09", "2026-09-30");
        let of = |through: &str, income: i64| {
            let amounts = BTreeMap::from([("payroll.taxable_income".to_owned(), Exact::from(income))]);
            let known = Known { opening: Some(Balance { through: day(through), amounts }), slips: Vec::new() };
            known.employed_before(month.chart(), day("2026-08-01"), day("2026-09-30")).unknown
        };
        assert!(of("2026-07-31", 1));
        assert!(!of("2026-08-31", 1));
        assert!(!of("2026-07-31", 0));
        assert!(!of("2025-12-31", 1));
    }
}
