//! What is known of a run as a whole without looking at its people once more.

use super::{people::Computed, report::SHOWN};
use crate::{payroll::Totals, quantity::ArithmeticError, rulebook::Gravity};
use std::collections::BTreeMap;

/// Sums and counts over the computed.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) totals: Totals,
    /// How many findings there are of each gravity.
    findings: BTreeMap<Gravity, usize>,
    /// The first of the unlawful, as they are told on the screen.
    pub(super) unlawful: Vec<String>,
    /// The positions of the slips of each payer.
    pub(super) payers: BTreeMap<String, Vec<usize>>,
    /// The position of the first payment of those who have several, by payer and 工号.
    firsts: BTreeMap<(String, String), usize>,
    /// The positions of the later payments, by that of the first.
    pub(super) later: BTreeMap<usize, Vec<usize>>,
}

impl Tally {
    /// Adds the next slip, of somebody who may have more.
    ///
    /// # Errors
    /// A sum that leaves what money can hold.
    pub(super) fn add(&mut self, one: &Computed, has_more: bool) -> Result<(), ArithmeticError> {
        let at = self.totals.workers;
        self.totals.add(&one.slip)?;
        self.payers.entry(one.worker.payer.clone()).or_default().push(at);
        if has_more {
            let first = *self.firsts.entry((one.worker.payer.clone(), one.worker.number.clone())).or_insert(at);
            let later = self.later.entry(first).or_default();
            later.extend((first != at).then_some(at));
        }
        for finding in &one.slip.findings {
            *self.findings.entry(finding.severity).or_default() += 1;
            if finding.severity == Gravity::Unlawful && self.unlawful.len() < SHOWN {
                self.unlawful.push(format!("{} {}：{}", one.worker.label(), one.worker.name, finding.message));
            }
        }
        Ok(())
    }

    /// How many people there are: some may have several slips.
    pub(super) fn people(&self) -> usize {
        self.totals.workers.saturating_sub(self.later.values().map(Vec::len).sum())
    }

    /// How many findings there are of a gravity.
    pub(super) fn count(&self, gravity: Gravity) -> usize {
        self.findings.get(&gravity).copied().unwrap_or_default()
    }
}
