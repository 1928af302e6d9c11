//! What earlier slips of the same person and payer hand on.

use super::chart::Chart;
use crate::{
    quantity::Exact,
    rulebook::{Aggregate, EntryId},
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// Sums of the tax year that were computed elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// A day of the last month whose wage is in it.
    pub through: NaiveDate,
    /// By the full id of the figure.
    pub amounts: BTreeMap<String, Exact>,
}

/// What is known of a person's earlier payments in the tax year.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The opening balance, if there is one.
    pub opening: Option<Balance>,
    /// The amounts of each earlier slip since, oldest first, by the full id of the figure.
    pub slips: Vec<BTreeMap<String, Exact>>,
}

impl Known {
    /// The values to carry into a slip. What is known of no earlier slip stays with the default of the rule.
    pub(super) fn carried(&self, chart: &Chart<'_>) -> Vec<(EntryId, Exact)> {
        if self.opening.is_none() && self.slips.is_empty() {
            return Vec::new();
        }
        let carried = chart.carried().into_iter().filter_map(|(entry, carried)| {
            let id = &chart.book.entry(carried.figure).full_id;
            let opening =
                self.opening.as_ref().and_then(|opening| opening.amounts.get(id)).copied().unwrap_or(Exact::ZERO);
            let amounts: Vec<Exact> = self.slips.iter().filter_map(|slip| slip.get(id)).copied().collect();
            let sum = amounts.iter().try_fold(opening, |sum, one| sum.add(*one)).ok()?;
            let count = Exact::from(i64::try_from(amounts.len()).ok()?);
            let value = match carried.aggregate {
                Aggregate::Sum => sum,
                Aggregate::Count => count,
                Aggregate::Last => *amounts.last()?,
                Aggregate::Average => sum.div(count).ok()?,
            };
            Some((entry, value))
        });
        carried.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{super::month::tests::month, *};

    fn amounts(income: i64, withheld: i64) -> BTreeMap<String, Exact> {
        [("payroll.taxable_income", income), ("tax.wages.tax", withheld)]
            .into_iter()
            .map(|(id, amount)| (id.to_owned(), Exact::from(amount)))
            .collect()
    }

    /// What is carried, by the id of the carried value.
    fn carried(known: &Known) -> BTreeMap<String, Exact> {
        let month = month("2026-09", "2026-09-30");
        let chart = month.chart();
        let named = |(entry, value)| (chart.book.entry(entry).full_id.clone(), value);
        known.carried(chart).into_iter().map(named).collect()
    }

    #[test]
    fn slips_are_added_to_the_opening_balance() {
        let through = NaiveDate::from_ymd_opt(2026, 6, 30).unwrap();
        let opening = Balance { through, amounts: amounts(60_000, 1_000) };
        let both = Known { opening: Some(opening.clone()), slips: vec![amounts(20_000, 345), amounts(5_000, 0)] };
        let carried_in = carried(&both);
        assert_eq!(carried_in["payroll.prior_income"], Exact::from(85_000));
        assert_eq!(carried_in["tax.wages.prior_withheld"], Exact::from(1_345));
        // A figure that no slip has had counts as nought.
        assert_eq!(carried_in["payroll.prior_other"], Exact::ZERO);

        let only_opening = carried(&Known { opening: Some(opening), slips: Vec::new() });
        assert_eq!(only_opening["payroll.prior_income"], Exact::from(60_000));
        let only_slips = carried(&Known { opening: None, slips: vec![amounts(7, 0)] });
        assert_eq!(only_slips["payroll.prior_income"], Exact::from(7));
    }

    #[test]
    fn where_nothing_is_known_nothing_is_carried() {
        assert_eq!(carried(&Known::default()), BTreeMap::new());
    }
}
