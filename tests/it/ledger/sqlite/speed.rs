//! Rows a second, printed: `cargo test --release --test it ledger::speed -- --ignored --nocapture`.

use std::{collections::BTreeSet, time::Instant};

use gongche::store::{Asking, CommitOutcome, NOW, SlipRecord, Span};

use super::{Bench, PAYER, amounts, header, key, slip};

const WORKERS: usize = 100_000;

/// A slip of about the size of a real one: 12 carried amounts, 3 KB of result, 1.5 KB of inputs.
fn bulky(n: usize) -> SlipRecord {
    let figures: Vec<_> = (0..12).map(|figure| format!("tax.wages.figure_{figure}")).collect();
    let carried: Vec<_> = figures.iter().map(|figure| (figure.as_str(), "12345.67")).collect();
    let line = r#"{"id":"pension_employee","name":"基本养老保险","amount":"1600.00","payer":"employee"},"#;
    SlipRecord {
        carried: amounts(&carried),
        result: format!("[{}]", line.repeat(32)),
        inputs: line.repeat(16),
        ..slip(&format!("A{n:06}"), "0")
    }
}

#[test]
#[ignore = "a measurement, not a test"]
fn a_hundred_thousand_slips() {
    let Some(bench) = Bench::new() else { return };
    let slips: Vec<_> = (0..WORKERS).map(bulky).collect();
    let persons: BTreeSet<_> = slips.iter().map(|slip| slip.person.clone()).collect();
    let measure = |what: &str, rows: usize, work: &mut dyn FnMut()| {
        let start = Instant::now();
        work();
        let taken = start.elapsed();
        println!("{what}: {rows} rows in {taken:.2?}, {} rows/s", rows as u128 * 1000 / taken.as_millis().max(1));
    };

    let run = |month: &str| header(key(PAYER, month, 1), &format!("{month}-28"));
    for month in ["2026-07", "2026-08", "2026-09"] {
        measure(&format!("commit {month}"), WORKERS, &mut || {
            bench.commit(&run(month), &slips);
        });
    }
    measure("the same again", WORKERS, &mut || {
        let outcome = bench.ledger.commit_run(&run("2026-09"), &slips, false).unwrap();
        assert!(matches!(outcome, CommitOutcome::AlreadyThere { .. }));
    });
    measure("earlier slips of all", 3 * WORKERS, &mut || {
        let october = key(PAYER, "2026-10", 1);
        let day = "2026-10-31".parse().unwrap();
        let asking = Asking { run: &october, paid_on: day, before: NOW };
        let found = bench.ledger.earlier_slips(asking, Span::TaxYear(2026), &persons).unwrap();
        assert_eq!(found.values().map(Vec::len).sum::<usize>(), 3 * WORKERS);
    });
    measure("verify", 3 * WORKERS, &mut || assert_eq!(bench.ledger.verify().unwrap().fault, None));
    measure("replace a run", WORKERS, &mut || {
        bench.commit(&header(key(PAYER, "2026-09", 1), "2026-09-30"), &slips);
    });
    println!("{} MB on disk", std::fs::metadata(bench.path()).unwrap().len() / 1_000_000);
}
