//! What a run would change of the one that stands in its place.

use std::collections::BTreeMap;

use super::{
    dialect::Connection,
    error::Problem,
    model::{RunHeader, SlipRecord, Slips, StoredRun, StoredSlip},
    runs::slips_page,
};

/// One difference between the run in the ledger (old) and the one that was to be committed (new).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// The day of payment is another.
    PaidOn {
        /// In the ledger, `YYYY-MM-DD`.
        old: chrono::NaiveDate,
        /// As it would be.
        new: chrono::NaiveDate,
    },
    /// The run is of another kind.
    Kind {
        /// In the ledger.
        old: String,
        /// As it would be.
        new: String,
    },
    /// The ledger has no slip of this worker.
    Joined {
        /// 工号.
        worker: String,
        /// The name on the new slip.
        name: String,
    },
    /// Only the ledger has a slip of this worker.
    Left {
        /// 工号.
        worker: String,
        /// The name on the old slip.
        name: String,
    },
    /// A figure has another amount.
    Amount {
        /// 工号.
        worker: String,
        /// The name on the new slip.
        name: String,
        /// The id of the figure.
        figure: String,
        /// The amount in the ledger; `None` if the figure is new.
        old: Option<String>,
        /// The amount as it would be; `None` if the figure is gone.
        new: Option<String>,
    },
    /// The carried amounts are the same, another part of the slip is not.
    Other {
        /// 工号.
        worker: String,
        /// The name on the new slip.
        name: String,
        /// Which part.
        part: Part,
    },
}

/// A part of a slip besides its carried amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The name.
    Name,
    /// The identity document.
    Person,
    /// The tax year of the payment.
    TaxYear,
    /// The result: lines that are not carried, findings, words.
    Result,
    /// The inputs.
    Inputs,
}

/// The differences, and what the new slips would replace.
pub(super) struct Comparison {
    pub(super) differences: Vec<Difference>,
    /// Worker to the id of the slip in the ledger.
    pub(super) standing: BTreeMap<String, i64>,
}

/// Compares by content: the day of payment, the kind and the slips. Digests, the program's version, `known_at` and the
/// order of the slips may change without a slip changing, and are then no difference.
pub(super) async fn compare(
    connection: &mut Connection,
    run: &StoredRun,
    header: &RunHeader,
    slips: &dyn Slips,
    workers: &BTreeMap<String, usize>,
) -> Result<Comparison, Problem> {
    let mut differences = header_differences(&run.header, header);
    let mut standing = BTreeMap::new();
    let mut page = slips_page(connection, run.id, None).await?;
    while let Some(last) = page.last() {
        let next = slips_page(connection, run.id, Some(&last.record.worker)).await?;
        for StoredSlip { id, record: old, .. } in std::mem::replace(&mut page, next) {
            match workers.get(&old.worker) {
                Some(at) => slip_differences(&old, &*slips.slip(*at)?, &mut differences),
                None => differences.push(Difference::Left { worker: old.worker.clone(), name: old.name }),
            }
            standing.insert(old.worker, id);
        }
    }
    for (worker, at) in workers.iter().filter(|(worker, _)| !standing.contains_key(*worker)) {
        differences.push(Difference::Joined { worker: worker.clone(), name: slips.slip(*at)?.name.clone() });
    }
    Ok(Comparison { differences, standing })
}

fn header_differences(old: &RunHeader, new: &RunHeader) -> Vec<Difference> {
    let paid_on = (old.paid_on != new.paid_on).then_some(Difference::PaidOn { old: old.paid_on, new: new.paid_on });
    let kind = (old.kind != new.kind).then(|| Difference::Kind { old: old.kind.clone(), new: new.kind.clone() });
    paid_on.into_iter().chain(kind).collect()
}

fn slip_differences(old: &SlipRecord, new: &SlipRecord, differences: &mut Vec<Difference>) {
    let (worker, name) = (&new.worker, &new.name);
    let found_before = differences.len();

    let gone = old.carried.keys().filter(|figure| !new.carried.contains_key(*figure));
    for figure in new.carried.keys().chain(gone) {
        let (before, after) = (old.carried.get(figure), new.carried.get(figure));
        if before != after {
            differences.push(Difference::Amount {
                worker: worker.clone(),
                name: name.clone(),
                figure: figure.clone(),
                old: before.cloned(),
                new: after.cloned(),
            });
        }
    }
    let amounts_differ = differences.len() > found_before;

    let parts = [
        (Part::Name, old.name != new.name),
        (Part::Person, old.person != new.person),
        (Part::TaxYear, old.tax_year != new.tax_year),
        // Where an amount differs, so does the result that holds it: saying so twice helps nobody.
        (Part::Result, !amounts_differ && old.result != new.result),
        (Part::Inputs, old.inputs != new.inputs),
    ];
    let other = |part| Difference::Other { worker: worker.clone(), name: name.clone(), part };
    differences.extend(parts.into_iter().filter(|(_, differs)| *differs).map(|(part, _)| other(part)));
}
