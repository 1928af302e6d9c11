//! What earlier slips of the same person and payer hand on.

use super::chart::Chart;
use crate::{
    engine::Value,
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
    pub(super) fn carried(&self, chart: &Chart<'_>) -> Vec<(EntryId, Value)> {
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
            Some((entry, Value::Number(value)))
        });
        carried.collect()
    }
}
