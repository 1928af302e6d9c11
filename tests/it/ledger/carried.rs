//! What later periods read: earlier slips, the period before, opening balances.

use std::collections::{BTreeMap, BTreeSet};

use gongche::store::{Asking, Loaded, NOW, Opening, Problem, SlipRecord, Span, State, Step};

use super::{Bench, PAYER, amounts, header, key, period, person, raw, slip};

/// The taxes of `worker` before the run, oldest first.
fn earlier(bench: &Bench, month: &str, number: u32, paid_on: &str, span: Span, worker: &str) -> Vec<String> {
    let run = key(PAYER, month, number);
    let asking = Asking { run: &run, paid_on: paid_on.parse().unwrap(), before: NOW };
    let found = bench.ledger.earlier_slips(asking, span, &BTreeSet::from([person(worker)]));
    let slips = found.unwrap().remove(&person(worker)).unwrap_or_default();
    slips.into_iter().map(|slip| slip.carried["tax.wages.tax"].clone()).collect()
}

#[test]
fn a_tax_year_is_that_of_payment_on_both_sides_of_its_edge() {
    let Some(bench) = Bench::new() else { return };
    // December's wage paid in December belongs to one tax year, paid in January to the next.
    let paid = [
        ("2025-11", "2025-12-31", 2025, "11"),
        ("2025-12", "2026-01-01", 2026, "12"),
        ("2026-01", "2026-01-31", 2026, "1"),
        ("2026-02", "2026-12-31", 2026, "2"),
        ("2026-03", "2027-01-01", 2027, "3"),
    ];
    for (month, day, tax_year, tax) in paid {
        let slip = SlipRecord { tax_year, ..slip("A001", tax) };
        bench.commit(&header(key(PAYER, month, 1), day), &[slip]);
    }
    let asked = |day: &str, year| earlier(&bench, "2026-04", 1, day, Span::TaxYear(year), "A001");
    assert_eq!(asked("2026-12-31", 2026), ["12", "1", "2"]);
    assert_eq!(asked("2026-12-30", 2026), ["12", "1"], "not yet paid then");
    assert_eq!(asked("2026-01-31", 2026), ["12", "1"], "same day, earlier period");
    assert_eq!(asked("2026-01-30", 2026), ["12"]);
    assert_eq!(asked("2025-12-31", 2025), ["11"]);
    assert_eq!(asked("2025-12-30", 2025), <[String; 0]>::default());
    assert_eq!(asked("2027-01-01", 2027), ["3"]);
}

#[test]
fn on_one_day_the_ledger_decides_who_came_first() {
    let Some(bench) = Bench::new() else { return };
    // A bonus goes in before the wage of its month.
    for number in [2, 1, 3] {
        let run = header(key(PAYER, "2026-09", number), "2026-09-30");
        bench.commit(&run, &[slip("A001", &number.to_string())]);
    }
    let asked = |number| earlier(&bench, "2026-09", number, "2026-09-30", Span::TaxYear(2026), "A001");
    assert_eq!(asked(2), <[String; 0]>::default());
    assert_eq!(asked(1), ["2"]);
    assert_eq!(asked(3), ["1", "2"]);
    assert_eq!(asked(4), ["1", "2", "3"]);
    // Computed anew with a later day, a run still does not count its old self.
    assert_eq!(earlier(&bench, "2026-09", 1, "2026-10-08", Span::TaxYear(2026), "A001"), ["2", "3"]);
    // Replaced, the first of them does not count what was computed on top of it, and is still counted by these.
    bench.commit(&header(key(PAYER, "2026-09", 2), "2026-09-30"), &[slip("A001", "2.5"), slip("A002", "8")]);
    assert_eq!(asked(2), <[String; 0]>::default());
    assert_eq!(asked(1), ["2.5"]);
    // Whoever joined it with the replacement came after the others, and is counted by none of them.
    bench.commit(&header(key(PAYER, "2026-09", 4), "2026-09-30"), &[slip("A002", "4")]);
    let joined = |number| earlier(&bench, "2026-09", number, "2026-09-30", Span::TaxYear(2026), "A002");
    assert_eq!((joined(2), joined(4)), (vec![], vec!["8".to_owned()]));
    bench.commit(&header(key(PAYER, "2026-09", 4), "2026-09-30"), &[slip("A002", "4.5"), slip("A003", "4")]);
    bench.commit(&header(key(PAYER, "2026-09", 3), "2026-09-30"), &[slip("A001", "3"), slip("A003", "3")]);
    let third = |number| earlier(&bench, "2026-09", number, "2026-09-30", Span::TaxYear(2026), "A003");
    assert_eq!((third(3), third(4)), (vec!["4".to_owned()], vec![]));
}

#[test]
fn the_slips_of_the_period_are_those_that_the_ledger_had_first() {
    let Some(bench) = Bench::new() else { return };
    // Whatever the day of payment says.
    bench.commit(&header(key(PAYER, "2026-09", 3), "2026-10-15"), &[slip("A001", "3")]);
    bench.commit(&header(key(PAYER, "2026-09", 1), "2026-09-30"), &[slip("A001", "1")]);
    bench.commit(&header(key(PAYER, "2026-08", 1), "2026-08-31"), &[slip("A001", "8")]);
    let asked = |number| earlier(&bench, "2026-09", number, "2026-09-30", Span::Period, "A001");
    assert_eq!(asked(1), ["3"]);
    assert_eq!(asked(3), <[String; 0]>::default());
    assert_eq!(asked(2), ["1", "3"]);
}

#[test]
fn after_a_void_run_the_order_begins_anew() {
    let Some(bench) = Bench::new() else { return };
    let commit = |number, tax: &str| {
        bench.commit(&header(key(PAYER, "2026-09", number), "2026-09-30"), &[slip("A001", tax)]);
    };
    commit(1, "1");
    let done = bench.ledger.advance(&[key(PAYER, "2026-09", 1)], Step::Void, &super::act("样例主管")).unwrap();
    assert_eq!(done, [State::Void]);
    commit(2, "2");
    let asked = |number| earlier(&bench, "2026-09", number, "2026-09-30", Span::TaxYear(2026), "A001");
    assert_eq!((asked(1), asked(2)), (vec!["2".to_owned()], vec![]));
    commit(1, "1.5");
    assert_eq!((asked(1), asked(2)), (vec!["2".to_owned()], vec![]));
}

#[test]
fn the_ledger_of_a_moment_is_what_stood_before_the_row() {
    let Some(bench) = Bench::new() else { return };
    let september = header(key(PAYER, "2026-09", 1), "2026-09-30");
    bench.commit(&header(key(PAYER, "2026-08", 1), "2026-08-31"), &[slip("A001", "1")]);
    bench.commit(&september, &[slip("A001", "9")]);
    let taken = bench.ledger.run(&september.key).unwrap().unwrap().id;
    bench.commit(&header(key(PAYER, "2026-08", 1), "2026-08-31"), &[slip("A001", "2")]);
    bench.commit(&header(key(PAYER, "2026-07", 1), "2026-07-31"), &[slip("A001", "7")]);
    let asked = |before| {
        let asking = Asking { run: &september.key, paid_on: september.paid_on, before };
        let found = bench.ledger.earlier_slips(asking, Span::TaxYear(2026), &BTreeSet::from([person("A001")])).unwrap();
        found.into_values().flatten().map(|slip| slip.carried["tax.wages.tax"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(asked(taken), ["1"]);
    assert_eq!(asked(NOW), ["7", "2"]);
}

#[test]
fn nothing_is_carried_from_a_row_that_was_changed() {
    let Some(bench) = Bench::new() else { return };
    bench.commit(&header(key(PAYER, "2026-08", 1), "2026-08-31"), &[slip("A001", "1"), slip("A002", "1")]);
    raw(&bench.path(), r#"UPDATE slip SET carried = replace(carried, '"1"', '"0"') WHERE worker = 'A001'"#);
    let asked = |worker: &str| {
        let run = key(PAYER, "2026-09", 1);
        let asking = Asking { run: &run, paid_on: "2026-09-30".parse().unwrap(), before: NOW };
        bench.ledger.earlier_slips(asking, Span::TaxYear(2026), &BTreeSet::from([person(worker)]))
    };
    let error = asked("A001").unwrap_err();
    assert!(matches!(error.problem, Problem::Tampered { id: 3, .. }), "{error:?}");
    assert!(error.to_string().contains("gongche ledger verify"), "{error}");
    assert_eq!(asked("A002").unwrap().len(), 1, "the others are as they were");
    // The day of payment is the run's.
    raw(&bench.path(), "UPDATE run SET paid_on = '2026-08-30'");
    assert!(matches!(asked("A002").unwrap_err().problem, Problem::Tampered { id: 2, .. }));
}

#[test]
fn months_are_counted_by_period_and_end_before_the_asking_one() {
    let Some(bench) = Bench::new() else { return };
    for (month, day, year) in [
        ("2025-08", "2025-08-31", 2025),
        ("2025-09", "2025-09-30", 2025),
        ("2026-08", "2026-12-01", 2026),
        ("2026-09", "2026-09-01", 2026),
    ] {
        bench.commit(&header(key(PAYER, month, 1), day), &[SlipRecord { tax_year: year, ..slip("A001", month) }]);
    }
    let asked = |months| earlier(&bench, "2026-09", 2, "2026-09-30", Span::Months(months), "A001");
    assert_eq!(asked(12), ["2025-09", "2026-08"], "2026-08 was paid late and still counts");
    assert_eq!(asked(13), ["2025-08", "2025-09", "2026-08"]);
    assert_eq!(asked(11), ["2026-08"]);
    assert_eq!(asked(0), <[String; 0]>::default());
}

#[test]
fn replaced_slips_and_other_payers_are_not_counted() {
    let Some(bench) = Bench::new() else { return };
    let august = header(key(PAYER, "2026-08", 1), "2026-08-31");
    bench.commit(&august, &[slip("A001", "1"), slip("A002", "1")]);
    bench.commit(&august, &[slip("A001", "2")]);
    bench.commit(&header(key("别家", "2026-08", 1), "2026-08-31"), &[slip("A001", "9")]);

    assert_eq!(earlier(&bench, "2026-09", 1, "2026-09-30", Span::TaxYear(2026), "A001"), ["2"]);
    let gone = earlier(&bench, "2026-09", 1, "2026-09-30", Span::TaxYear(2026), "A002");
    assert_eq!(gone, <[String; 0]>::default(), "the replacement has no slip of this worker");
}

#[test]
fn one_slip_can_be_replaced_by_that_of_another_run() {
    let Some(bench) = Bench::new() else { return };
    bench.commit(&header(key(PAYER, "2026-08", 1), "2026-08-31"), &[slip("A001", "1"), slip("A002", "1")]);
    bench.commit(&header(key(PAYER, "2026-08", 2), "2026-08-31"), &[slip("A001", "2")]);
    raw(&bench.path(), "UPDATE slip SET replaces = 3 WHERE id = 6");

    let first = bench.ledger.slips_of(&key(PAYER, "2026-08", 1)).unwrap();
    assert_eq!(first.iter().map(|slip| slip.record.worker.as_str()).collect::<Vec<_>>(), ["A002"]);
}

#[test]
fn many_persons_are_read_at_once() {
    let Some(bench) = Bench::new() else { return };
    let workers: Vec<_> = (0..6_000).map(|n| format!("A{n:04}")).collect();
    let slips: Vec<_> = workers.iter().map(|worker| slip(worker, worker)).collect();
    for month in ["2026-07", "2026-08"] {
        bench.commit(&header(key(PAYER, month, 1), &format!("{month}-28")), &slips);
    }
    // One who has no slip, one of the ledger who is not asked for.
    let mut persons: BTreeSet<_> = workers.iter().skip(1).map(|worker| person(worker)).collect();
    persons.insert(person("nobody"));
    let run = key(PAYER, "2026-09", 1);
    let asking = Asking { run: &run, paid_on: "2026-09-30".parse().unwrap(), before: NOW };
    let found = bench.ledger.earlier_slips(asking, Span::TaxYear(2026), &persons).unwrap();
    assert_eq!(found.len(), 5_999);
    for worker in workers.iter().skip(1) {
        let slips = &found[&person(worker)];
        let seen: Vec<_> = slips.iter().map(|slip| (slip.period.month(), slip.worker.as_str(), slip.number)).collect();
        assert_eq!(seen, [(7, worker.as_str(), 1), (8, worker.as_str(), 1)]);
    }
    let nobody = bench.ledger.earlier_slips(asking, Span::TaxYear(2026), &BTreeSet::new());
    assert_eq!(nobody.unwrap(), BTreeMap::new());
}

#[test]
fn the_period_before_is_the_last_with_a_run() {
    let Some(bench) = Bench::new() else { return };
    for month in ["2025-12", "2026-03"] {
        bench.commit(&header(key(PAYER, month, 1), "2026-03-31"), &[]);
    }
    let before = |month| bench.ledger.previous_period(PAYER, period(month)).unwrap();
    assert_eq!(before("2026-04"), Some(period("2026-03")));
    assert_eq!(before("2026-03"), Some(period("2025-12")));
    assert_eq!(before("2025-12"), None);
    assert_eq!(bench.ledger.previous_period("别家", period("2026-04")).unwrap(), None);
}

#[test]
fn opening_balances_supersede_each_other_and_stay() {
    let Some(bench) = Bench::new() else { return };
    let opening = |worker: &str, tax: &str| Opening {
        person: person(worker),
        as_of: period("2026-08"),
        amounts: amounts(&[("tax.wages.cumulative_income", "80000.00"), ("tax.wages.prior_withheld", tax)]),
    };
    let load = |openings: &[Opening]| bench.ledger.load_opening(PAYER, 2026, openings).unwrap();
    let loaded = |added, superseded, unchanged| Loaded { added, superseded, unchanged };
    assert_eq!(load(&[opening("A001", "1.00"), opening("A002", "2.00")]), loaded(2, 0, 0));
    assert_eq!(load(&[opening("A001", "1.00"), opening("A002", "2.50"), opening("A003", "3.00")]), loaded(1, 1, 1));
    assert_eq!(load(&[opening("A002", "9.00"), opening("A002", "2.75")]), loaded(0, 1, 0), "the last counts");

    let all = BTreeSet::from(["A001", "A002", "A003", "A004"].map(person));
    let balances = bench.ledger.opening_balances(PAYER, 2026, &all, NOW).unwrap();
    let expected = [opening("A001", "1.00"), opening("A002", "2.75"), opening("A003", "3.00")];
    assert_eq!(balances, expected.map(|opening| (opening.person.clone(), opening)).into());
    assert_eq!(bench.ledger.opening_balances(PAYER, 2025, &all, NOW).unwrap(), BTreeMap::new());
    assert_eq!(bench.ledger.opening_balances("别家", 2026, &all, NOW).unwrap(), BTreeMap::new());
    assert_eq!(super::count(&bench.path(), "SELECT count(*) FROM opening"), 5, "the old rows stand");
    assert_eq!(bench.ledger.verify().unwrap().fault, None);
}
