//! Random commits and replacements, held against a model in memory.

use std::collections::{BTreeMap, BTreeSet};

use gongche::store::{Asking, CommitOutcome, NOW, RunKey, SlipRecord, Span};
use proptest::{collection, prelude::*};

use super::{Bench, header, key, person, slip};

/// One attempt: which run, who is in it with what tax, and whether it may replace.
#[derive(Debug, Clone)]
struct Attempt {
    run: RunKey,
    taxes: BTreeMap<u8, u8>,
    replace: bool,
}

fn attempt() -> impl Strategy<Value = Attempt> {
    let run = (0..2_u8, 1..4_u8, 1..3_u32);
    (run, collection::btree_map(0..4_u8, 0..2_u8, 0..4), any::<bool>()).prop_map(
        |((payer, month, number), taxes, replace)| Attempt {
            run: key(&format!("样例公司{payer}"), &format!("2026-{month:02}"), number),
            taxes,
            replace,
        },
    )
}

fn slips(taxes: &BTreeMap<u8, u8>) -> Vec<SlipRecord> {
    taxes.iter().map(|(worker, tax)| slip(&format!("A{worker}"), &format!("{tax}.00"))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_ledger_always_verifies_and_holds_what_the_model_holds(attempts in collection::vec(attempt(), 1..16)) {
        let Some(bench) = Bench::new() else { return Ok(()) };
        let mut model: BTreeMap<RunKey, BTreeMap<u8, u8>> = BTreeMap::new();
        // Since when somebody is in a run without a break.
        let mut since: BTreeMap<RunKey, BTreeMap<u8, usize>> = BTreeMap::new();
        let mut rows = 1;
        for (at, Attempt { run, taxes, replace }) in attempts.into_iter().enumerate() {
            let header = header(run.clone(), "2026-06-30");
            let outcome = bench.ledger.commit_run(&header, &slips(&taxes), replace).unwrap();
            let standing = model.get(&run);
            match outcome {
                CommitOutcome::AlreadyThere { .. } => prop_assert_eq!(standing, Some(&taxes)),
                CommitOutcome::Differs { .. } => {
                    prop_assert!(!replace && standing.is_some_and(|standing| *standing != taxes));
                }
                CommitOutcome::Committed { replaced, .. } => {
                    prop_assert_eq!(replaced.is_some(), standing.is_some());
                    prop_assert!(standing != Some(&taxes) && (replace || standing.is_none()));
                    rows += 1 + taxes.len() as i64;
                    let before = since.remove(&run).unwrap_or_default();
                    let of_run = taxes.keys().map(|worker| (*worker, before.get(worker).copied().unwrap_or(at)));
                    since.insert(run.clone(), of_run.collect());
                    model.insert(run, taxes);
                }
            }
            let report = bench.ledger.verify().unwrap();
            prop_assert_eq!((report.sound, report.fault), (rows, None));
        }

        for (run, taxes) in &model {
            let current: Vec<_> = bench.ledger.slips_of(run).unwrap().into_iter().map(|slip| slip.record).collect();
            prop_assert_eq!(current, slips(taxes));
        }
        // All were paid on one day, so that the order of the commits is the order of payment.
        let persons: BTreeSet<_> = (0..4).map(|worker| person(&format!("A{worker}"))).collect();
        for run in model.keys() {
            let day = "2026-06-30".parse().unwrap();
            let asking = Asking { run, paid_on: day, before: NOW };
            let found = bench.ledger.earlier_slips(asking, Span::TaxYear(2026), &persons).unwrap();
            for worker in 0..4_u8 {
                let place = |run: &RunKey| since[run].get(&worker);
                let first = |other: &RunKey| place(run).is_none_or(|ours| place(other) < Some(ours));
                let of_payer = model.iter().filter(|(other, _)| other.payer == run.payer && *other != run);
                let earlier = of_payer.filter(|(other, _)| first(other));
                let expected: Vec<_> = earlier.filter_map(|(_, taxes)| Some(format!("{}.00", taxes.get(&worker)?))).collect();
                let slips = found.get(&person(&format!("A{worker}")));
                let taxes = slips.into_iter().flatten().map(|slip| slip.carried["tax.wages.tax"].clone());
                prop_assert_eq!(taxes.collect::<Vec<_>>(), expected);
            }
        }
    }
}
