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
    /// The positions of the people of each payer.
    pub(super) payers: BTreeMap<String, Vec<usize>>,
}

impl Tally {
    /// Adds the next person.
    ///
    /// # Errors
    /// A sum that leaves what money can hold.
    pub(super) fn add(&mut self, one: &Computed) -> Result<(), ArithmeticError> {
        let at = self.totals.workers;
        self.totals.add(&one.slip)?;
        self.payers.entry(one.worker.payer.clone()).or_default().push(at);
        for finding in &one.slip.findings {
            *self.findings.entry(finding.severity).or_default() += 1;
            if finding.severity == Gravity::Unlawful && self.unlawful.len() < SHOWN {
                self.unlawful.push(format!("{} {}：{}", one.worker.number, one.worker.name, finding.message));
            }
        }
        Ok(())
    }

    /// How many findings there are of a gravity.
    pub(super) fn count(&self, gravity: Gravity) -> usize {
        self.findings.get(&gravity).copied().unwrap_or_default()
    }
}
