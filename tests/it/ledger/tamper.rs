//! A changed past is found, and its first row named.

use gongche::store::{FaultKind, Opening, Transition};

use super::{Bench, PAYER, amounts, header, key, period, person, raw, slip};

/// A ledger of twelve rows: 1 a book, 2 a run, 3–5 its slips, 6 a transition, 7–8 opening balances, 9 a run that
/// replaces the first, 10–12 its slips.
fn filled() -> Bench {
    let bench = Bench::new();
    let september = header(key(PAYER, "2026-09", 1), "2026-09-30");
    let slips = |tax: &str| ["A001", "A002", "A003"].map(|worker| slip(worker, tax));
    let run_id = bench.commit(&september, &slips("1.00"));
    let [from, to, by, at, why] = ["committed", "paid", "样例会计", "2026-09-30", "回单"].map(str::to_owned);
    bench.ledger.record_transition(run_id, &Transition { from, to, by, at, why }).unwrap();
    let opening = |worker| Opening {
        person: person(worker),
        as_of: period("2026-08"),
        amounts: amounts(&[("tax.wages.prior_withheld", "5.00")]),
    };
    bench.ledger.load_opening(PAYER, 2026, &[opening("A001"), opening("A002")]).unwrap();
    bench.commit(&september, &slips("2.00"));
    let report = bench.ledger.verify().unwrap();
    assert_eq!((report.sound, report.fault), (12, None));
    bench
}

/// Tampers with a fresh ledger and says which row is found, and as what.
fn found(sql: &str) -> (i64, FaultKind) {
    let bench = filled();
    raw(&bench.path(), sql);
    let fault = bench.ledger.verify().unwrap().fault.unwrap_or_else(|| panic!("not found: {sql}"));
    (fault.id, fault.kind)
}

#[test]
fn any_changed_column_is_found() {
    let columns = [
        ("book", 1, "digest content"),
        (
            "run",
            2,
            "payer period number version kind paid_on known_at state inputs_digest rulebook_digest engine_version",
        ),
        ("run", 9, "replaces"),
        ("slip", 4, "run_id sequence worker person name tax_year carried result inputs"),
        ("slip", 11, "replaces"),
        ("transition", 6, "run_id from_state to_state by_whom at_time why"),
        ("opening", 7, "payer person tax_year as_of amounts"),
    ];
    for (table, id, names) in columns {
        for name in names.split(' ') {
            // Another text, another number, and nothing where something was or the reverse.
            let change = match name {
                "known_at" => "'2026-09-30'",
                "content" => "x'00'",
                "replaces" => "NULL",
                "number" | "version" | "run_id" | "sequence" | "tax_year" => &format!("{name} + 100"),
                _ => &format!("{name} || '0'"),
            };
            let sql = format!("UPDATE {table} SET {name} = {change} WHERE id = {id}");
            assert_eq!(found(&sql), (id, FaultKind::Changed), "{sql}");
        }
    }
}

#[test]
fn a_column_of_another_type_is_found() {
    assert_eq!(found("UPDATE slip SET result = CAST(result AS BLOB) WHERE id = 4"), (4, FaultKind::Changed));
    assert_eq!(found("UPDATE slip SET tax_year = 'x' WHERE id = 4"), (4, FaultKind::Changed));
}

#[test]
fn a_changed_link_is_found() {
    assert_eq!(found("UPDATE slip SET hash = replace(hash, '0', '1') WHERE id = 4"), (4, FaultKind::Changed));
    assert_eq!(found("UPDATE slip SET previous_hash = 'x' WHERE id = 4"), (4, FaultKind::Displaced));
    assert_eq!(found("UPDATE slip SET hash = replace(hash, '0', '1') WHERE id = 12"), (12, FaultKind::Changed));
}

#[test]
fn a_missing_row_is_found_wherever_it_stood() {
    for (table, id) in [("book", 1), ("run", 2), ("slip", 3), ("transition", 6), ("opening", 8), ("slip", 12)] {
        assert_eq!(found(&format!("DELETE FROM {table} WHERE id = {id}")), (id, FaultKind::Missing));
    }
    assert_eq!(found("DELETE FROM slip; DELETE FROM run"), (2, FaultKind::Missing));
}

#[test]
fn a_gap_that_was_closed_up_is_found() {
    let sql = "DELETE FROM slip WHERE id = 10; UPDATE slip SET id = id - 1 WHERE id > 10; UPDATE head SET last_id = 11";
    assert_eq!(found(sql), (10, FaultKind::Displaced));
    assert_eq!(found("DELETE FROM slip WHERE id = 12; UPDATE head SET last_id = 11"), (11, FaultKind::Changed));
}

#[test]
fn swapped_rows_are_found() {
    let swap = "UPDATE slip SET id = 99 WHERE id = 3; UPDATE slip SET id = 3 WHERE id = 4; UPDATE slip SET id = 4 WHERE id = 99";
    assert_eq!(found(swap), (3, FaultKind::Displaced));
}

#[test]
fn a_row_put_in_is_found() {
    let copy = |id: i64| {
        format!(
            "INSERT INTO opening SELECT {id}, payer, person, tax_year, as_of, amounts, replaces, previous_hash, hash \
             FROM opening WHERE id = 7"
        )
    };
    assert_eq!(found(&copy(13)), (13, FaultKind::Foreign));
    assert_eq!(found(&copy(0)), (0, FaultKind::Foreign));
    assert_eq!(found(&copy(4)), (4, FaultKind::Foreign), "beside a slip of that number");
    assert_eq!(found(&format!("{}; UPDATE head SET last_id = 13", copy(13))), (13, FaultKind::Displaced));
}

#[test]
fn the_first_of_several_is_named_to_people() {
    let bench = filled();
    raw(&bench.path(), "UPDATE slip SET carried = '{}' WHERE id IN (4, 5); DELETE FROM slip WHERE id = 12");
    let report = bench.ledger.verify().unwrap();
    assert_eq!(report.sound, 3);
    assert_eq!(report.fault.unwrap().to_string(), "第 4 行（工资单 A002 样例A002）被改动");
}
