//! Going in once, being recognised, differing, replacing.

use std::thread;

use gongche::store::{CommitOutcome, Difference, Ledger, Part, Problem, RunHeader, SlipRecord, State};

use super::{BOOK, Bench, PAYER, amounts, count, header, key, slip};

fn september() -> RunHeader {
    header(key(PAYER, "2026-09", 1), "2026-09-30")
}

#[test]
fn a_run_comes_back_as_it_went_in() {
    let Some(bench) = Bench::new() else { return };
    let mut second = slip("A002", "0.00");
    second.name = "样例䶮𬴊 \"'; DROP TABLE slip; --\n".to_owned();
    second.sequence = 0;
    let run_id = bench.commit(&september(), &[slip("A001", "345.00"), second.clone()]);

    let run = bench.ledger.run(&september().key).unwrap().unwrap();
    assert_eq!((run.id, run.version, run.replaces, run.state), (run_id, 1, None, State::Committed));
    assert_eq!(run.header, september());
    let slips = bench.ledger.slips_of(&september().key).unwrap();
    let records: Vec<_> = slips.iter().map(|slip| slip.record.clone()).collect();
    assert_eq!(records, [second, slip("A001", "345.00")], "in the order of their sequence");
    assert!(slips.iter().all(|slip| slip.run_id == run_id && slip.replaces.is_none() && slip.hash.len() == 64));
    assert_eq!(bench.ledger.slips_of(&key(PAYER, "2026-09", 2)).unwrap(), []);
    assert_eq!(bench.ledger.run(&key("别家", "2026-09", 1)).unwrap(), None);
}

#[test]
fn the_same_run_again_changes_nothing() {
    let Some(bench) = Bench::new() else { return };
    let slips = [slip("A001", "345.00"), slip("A002", "0.00")];
    let run_id = bench.commit(&september(), &slips);
    let before = bench.ledger.verify().unwrap();

    // Neither the order, nor the day's knowledge, nor a newer program makes another run, with or without `replace`.
    let [first, second] = slips;
    let again = [SlipRecord { sequence: 2, ..second }, first];
    let header = RunHeader { known_at: Some("2026-10-01".parse().unwrap()), engine_version: "9".into(), ..september() };
    for replace in [false, true] {
        let outcome = bench.ledger.commit_run(&header, &again, replace).unwrap();
        assert_eq!(outcome, CommitOutcome::AlreadyThere { run_id });
    }
    assert_eq!(bench.ledger.verify().unwrap(), before);
}

#[test]
fn every_difference_is_named_and_nothing_is_written() {
    let Some(bench) = Bench::new() else { return };
    let mut stays = slip("A001", "1.00");
    stays.carried.insert("gone".to_owned(), "2".to_owned());
    let run_id = bench.commit(&september(), &[stays, slip("A002", "0"), slip("A003", "0"), slip("A004", "0")]);
    let before = bench.ledger.verify().unwrap();

    let other = RunHeader { kind: "correction".to_owned(), ..header(key(PAYER, "2026-09", 1), "2026-10-08") };
    let mut changed = slip("A001", "1.10");
    changed.carried.insert("new".to_owned(), "3".to_owned());
    let renamed = SlipRecord { name: "样例改名".to_owned(), tax_year: 2027, ..slip("A003", "0") };
    let reworded = SlipRecord { person: "other".into(), result: "{}".into(), inputs: "{}".into(), ..slip("A004", "0") };
    let outcome = bench.ledger.commit_run(&other, &[changed, renamed, reworded, slip("A005", "0")], false).unwrap();

    let amount = |figure: &str, old: Option<&str>, new: Option<&str>| Difference::Amount {
        worker: "A001".to_owned(),
        name: "样例A001".to_owned(),
        figure: figure.to_owned(),
        old: old.map(str::to_owned),
        new: new.map(str::to_owned),
    };
    let part = |worker: &str, name: &str, part| Difference::Other { worker: worker.into(), name: name.into(), part };
    let differences = vec![
        Difference::PaidOn { old: "2026-09-30".parse().unwrap(), new: "2026-10-08".parse().unwrap() },
        Difference::Kind { old: "regular".to_owned(), new: "correction".to_owned() },
        amount("new", None, Some("3")),
        amount("tax.wages.tax", Some("1.00"), Some("1.10")),
        amount("gone", Some("2"), None),
        Difference::Left { worker: "A002".to_owned(), name: "样例A002".to_owned() },
        part("A003", "样例改名", Part::Name),
        part("A003", "样例改名", Part::TaxYear),
        part("A004", "样例A004", Part::Person),
        part("A004", "样例A004", Part::Result),
        part("A004", "样例A004", Part::Inputs),
        Difference::Joined { worker: "A005".to_owned(), name: "样例A005".to_owned() },
    ];
    assert_eq!(outcome, CommitOutcome::Differs { run_id, differences });
    assert_eq!(bench.ledger.verify().unwrap(), before);
}

#[test]
fn a_replacement_points_at_what_it_replaces_and_leaves_it_standing() {
    let Some(bench) = Bench::new() else { return };
    let first = bench.commit(&september(), &[slip("A001", "1"), slip("A002", "2")]);
    let second = bench.ledger.commit_run(&september(), &[slip("A002", "3"), slip("A003", "4")], true).unwrap();
    let CommitOutcome::Committed { run_id, replaced } = second else { panic!("{second:?}") };
    assert_eq!(replaced, Some(first));

    let run = bench.ledger.run(&september().key).unwrap().unwrap();
    assert_eq!((run.id, run.version, run.replaces), (run_id, 2, Some(first)));
    let slips = bench.ledger.slips_of(&september().key).unwrap();
    // Rows are numbered through: the book, the run and its two slips stand before.
    let pointers: Vec<_> = slips.iter().map(|slip| (slip.record.worker.as_str(), slip.replaces)).collect();
    assert_eq!(pointers, [("A002", Some(4)), ("A003", None)]);
    assert_eq!(count(&bench.path(), "SELECT count(*) FROM slip"), 4, "the old rows stand");

    // Back to the first content: a third run, not a return of the first.
    let third = bench.ledger.commit_run(&september(), &[slip("A001", "1"), slip("A002", "2")], true).unwrap();
    assert!(matches!(third, CommitOutcome::Committed { replaced, .. } if replaced == Some(run_id)), "{third:?}");
    assert_eq!(bench.ledger.run(&september().key).unwrap().unwrap().version, 3);
    assert_eq!(bench.ledger.verify().unwrap().fault, None);
}

#[test]
fn payer_period_and_number_each_make_a_run_of_their_own() {
    let Some(bench) = Bench::new() else { return };
    for run in [key(PAYER, "2026-09", 1), key("别家", "2026-09", 1), key(PAYER, "2026-10", 1), key(PAYER, "2026-09", 2)]
    {
        let outcome = bench.ledger.commit_run(&header(run, "2026-09-30"), &[slip("A001", "1")], false).unwrap();
        assert!(matches!(outcome, CommitOutcome::Committed { replaced: None, .. }), "{outcome:?}");
    }
}

#[test]
fn a_run_is_refused_whole() {
    let Some(bench) = Bench::new() else { return };
    let twice = bench.ledger.commit_run(&september(), &[slip("A001", "1"), slip("A001", "2")], false).unwrap_err();
    assert!(matches!(&twice.problem, Problem::DuplicateWorker(worker) if worker == "A001"), "{twice}");
    let unknown = RunHeader { rulebook_digest: "unknown".to_owned(), ..september() };
    let unknown = bench.ledger.commit_run(&unknown, &[slip("A001", "1")], false).unwrap_err();
    assert!(matches!(unknown.problem, Problem::BookNotKept(_)), "{unknown}");
    bench.ledger.commit_run(&september(), &[slip("A001", "1"), slip("", "1")], false).unwrap_err();
    assert_eq!(bench.ledger.run(&september().key).unwrap(), None);
    // The ledger goes on after a refusal.
    bench.commit(&september(), &[slip("A001", "1")]);
}

#[test]
fn rule_books_are_kept_once_and_stay_readable() {
    let Some(bench) = Bench::new() else { return };
    let content: Vec<u8> = (0..100_000_u32).flat_map(|n| format!("第{}条\n", n % 97).into_bytes()).collect();
    bench.ledger.keep_book("digest", &content).unwrap();
    let rows = bench.ledger.verify().unwrap().sound;
    bench.ledger.keep_book("digest", &content).unwrap();
    assert_eq!(bench.ledger.verify().unwrap().sound, rows);
    assert_eq!(bench.ledger.book("digest").unwrap(), Some(content));
    assert_eq!(bench.ledger.book(BOOK).unwrap(), Some(b"canonical".to_vec()));
    assert_eq!(bench.ledger.book("unknown").unwrap(), None);
    let differs = bench.ledger.keep_book("digest", b"other").unwrap_err();
    assert!(matches!(differs.problem, Problem::BookDiffers(_)), "{differs}");
}

#[test]
fn two_ledgers_see_each_other() {
    let Some(bench) = Bench::new() else { return };
    let other = Ledger::open_existing(bench.path()).unwrap();
    let run_id = bench.commit(&september(), &[slip("A001", "1")]);
    assert_eq!(
        other.commit_run(&september(), &[slip("A001", "1")], false).unwrap(),
        CommitOutcome::AlreadyThere { run_id }
    );
    let october = header(key(PAYER, "2026-10", 1), "2026-10-31");
    other.commit_run(&october, &[slip("A001", "1")], false).unwrap();
    assert!(bench.ledger.run(&october.key).unwrap().is_some());
    assert_eq!(bench.ledger.verify().unwrap(), other.verify().unwrap());
}

#[test]
fn of_two_writers_at_once_one_wins_and_the_others_are_told() {
    const WRITERS: usize = 4;
    let Some(bench) = Bench::new() else { return };
    let path = bench.path();
    for month in 1..=6 {
        let header = header(key(PAYER, &format!("2026-{month:02}"), 1), "2026-09-30");
        let outcomes: Vec<_> = thread::scope(|scope| {
            let write = |writer: usize| {
                let (path, header) = (&path, &header);
                scope.spawn(move || {
                    let ledger = Ledger::open(path).unwrap();
                    let slips: Vec<_> = (0..50).map(|n| slip(&format!("A{n:03}"), &format!("{writer}"))).collect();
                    ledger.commit_run(header, &slips, false).unwrap()
                })
            };
            let writers: Vec<_> = (0..WRITERS).map(write).collect();
            writers.into_iter().map(|writer| writer.join().unwrap()).collect()
        });
        let won = outcomes.iter().filter(|outcome| matches!(outcome, CommitOutcome::Committed { .. })).count();
        let told = outcomes.iter().filter(|outcome| matches!(outcome, CommitOutcome::Differs { .. })).count();
        assert_eq!((won, told), (1, WRITERS - 1), "{outcomes:?}");
        assert_eq!(bench.ledger.slips_of(&header.key).unwrap().len(), 50);
    }
    assert_eq!(bench.ledger.verify().unwrap().fault, None);
}

#[test]
fn five_thousand_slips_go_in_at_once() {
    let Some(bench) = Bench::new() else { return };
    let mut slips: Vec<_> = (0..5_000).map(|n| slip(&format!("A{n:04}"), "0.00")).collect();
    let run_id = bench.commit(&september(), &slips);
    assert_eq!(bench.ledger.slips_of(&september().key).unwrap().len(), 5_000);
    assert_eq!(bench.ledger.verify().unwrap().sound, 5_002);

    // The last row of the last page counts as well.
    slips[4_999].carried = amounts(&[("tax.wages.tax", "0.01")]);
    match bench.ledger.commit_run(&september(), &slips, false).unwrap() {
        CommitOutcome::Differs { run_id: standing, differences } => {
            assert_eq!((standing, differences.len()), (run_id, 1));
            assert!(matches!(&differences[0], Difference::Amount { worker, .. } if worker == "A4999"));
        }
        other => panic!("{other:?}"),
    }
}
