//! A changed past is found, and its first row named.

use gongche::store::{Act, Arrear, FaultKind, Opening, Step};

use super::{Bench, PAYER, ZERO_BYTE, act, amounts, header, key, period, person, raw, slip};

/// A ledger of thirteen rows: 1 a book, 2 a run, 3–5 its slips, 6–7 opening balances, 8 a run that replaces the first,
/// 9–11 its slips, 12 a transition, 13 an arrear.
fn filled() -> Option<Bench> {
    let bench = Bench::new()?;
    let september = header(key(PAYER, "2026-09", 1), "2026-09-30");
    let slips = |tax: &str| ["A001", "A002", "A003"].map(|worker| slip(worker, tax));
    bench.commit(&september, &slips("1.00"));
    let opening = |worker| Opening {
        person: person(worker),
        as_of: period("2026-08"),
        amounts: amounts(&[("tax.wages.prior_withheld", "5.00")]),
    };
    bench.ledger.load_opening(PAYER, 2026, &[opening("A001"), opening("A002")]).unwrap();
    bench.commit(&september, &slips("2.00"));
    let act: Act = act("样例会计");
    bench.ledger.advance(std::slice::from_ref(&september.key), Step::Pay, &act).unwrap();
    let [worker, line, name, amount] = ["A001", "pension_employee", "基本养老保险", "26.80"].map(str::to_owned);
    let arrear = Arrear { person: person("A001"), worker, period: september.key.period, number: 1, line, name, amount };
    bench.ledger.book_arrears(PAYER, period("2026-10"), &[arrear], 0, super::BOOK, &act).unwrap();
    let report = bench.ledger.verify().unwrap();
    assert_eq!((report.sound, report.fault), (13, None));
    Some(bench)
}

/// Tampers with a fresh ledger: that row must be found, as that.
fn expect(sql: &str, id: i64, kind: FaultKind) {
    let Some(bench) = filled() else { return };
    raw(&bench.path(), sql);
    let fault = bench.ledger.verify().unwrap().fault.unwrap_or_else(|| panic!("not found: {sql}"));
    assert_eq!((fault.id, fault.kind), (id, kind), "{sql}");
}

/// Changes one column after another of one row, as no ledger would.
fn expect_each(table: &str, id: i64, columns: &str, tamper: impl Fn(&str)) {
    for name in columns.split(' ') {
        // Another text, another number, and nothing where something was or the reverse.
        let change = match name {
            "known_at" => "'2026-09-30'".to_owned(),
            "content" => ZERO_BYTE.to_owned(),
            "replaces" => "NULL".to_owned(),
            "number" | "version" | "run_id" | "sequence" | "tax_year" => format!("{name} + 100"),
            _ => format!("{name} || '0'"),
        };
        tamper(&format!("UPDATE {table} SET {name} = {change} WHERE id = {id}"));
    }
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
        ("run", 8, "replaces"),
        ("slip", 4, "run_id sequence worker person name tax_year carried result inputs"),
        ("slip", 10, "replaces"),
        ("opening", 6, "payer person tax_year as_of amounts"),
        ("transition", 12, "run_id from_state to_state by_whom at_time why"),
        (
            "arrear",
            13,
            "payer person worker period number line name amount booked_in rulebook_digest by_whom at_time why",
        ),
    ];
    for (table, id, names) in columns {
        expect_each(table, id, names, |sql| expect(sql, id, FaultKind::Changed));
    }
}

#[test]
fn changed_previews_and_policies_are_found() {
    let preview = "payer period number digest by_whom at_time why";
    for (table, id, names) in [("policy", 1, "approval"), ("preview", 2, preview)] {
        expect_each(table, id, names, |sql| {
            let Some(bench) = Bench::with_approval() else { return };
            let run = key(PAYER, "2026-09", 1);
            bench.ledger.record_previews(&[(run, "digest".to_owned())], &act("样例会计")).unwrap();
            raw(&bench.path(), sql);
            let fault = bench.ledger.verify().unwrap().fault.unwrap_or_else(|| panic!("not found: {sql}"));
            assert_eq!((fault.id, fault.kind), (id, FaultKind::Changed), "{sql}");
        });
    }
}

#[test]
fn a_changed_link_is_found() {
    expect("UPDATE slip SET hash = replace(hash, '0', '1') WHERE id = 4", 4, FaultKind::Changed);
    expect("UPDATE slip SET previous_hash = 'x' WHERE id = 4", 4, FaultKind::Displaced);
    expect("UPDATE arrear SET hash = replace(hash, '0', '1') WHERE id = 13", 13, FaultKind::Changed);
}

#[test]
fn a_missing_row_is_found_wherever_it_stood() {
    for (table, id) in
        [("book", 1), ("run", 2), ("slip", 3), ("opening", 7), ("slip", 11), ("transition", 12), ("arrear", 13)]
    {
        expect(&format!("DELETE FROM {table} WHERE id = {id}"), id, FaultKind::Missing);
    }
    expect("DELETE FROM slip; DELETE FROM run", 2, FaultKind::Missing);
}

#[test]
fn a_gap_that_was_closed_up_is_found() {
    let sql = "DELETE FROM slip WHERE id = 9; UPDATE slip SET id = id - 1 WHERE id > 9; \
               UPDATE transition SET id = 11; UPDATE arrear SET id = 12; UPDATE head SET last_id = 12";
    expect(sql, 9, FaultKind::Displaced);
    expect("DELETE FROM arrear; UPDATE head SET last_id = 12", 12, FaultKind::Changed);
}

#[test]
fn swapped_rows_are_found() {
    let swap = "UPDATE slip SET id = 99 WHERE id = 3; UPDATE slip SET id = 3 WHERE id = 4; \
                UPDATE slip SET id = 4 WHERE id = 99";
    expect(swap, 3, FaultKind::Displaced);
}

#[test]
fn a_row_put_in_is_found() {
    let copy = |id: i64| {
        format!(
            "INSERT INTO opening SELECT {id}, payer, person, tax_year, as_of, amounts, replaces, previous_hash, hash \
             FROM opening WHERE id = 6"
        )
    };
    expect(&copy(14), 14, FaultKind::Foreign);
    expect(&copy(0), 0, FaultKind::Foreign);
    // Beside a slip of that number.
    expect(&copy(4), 4, FaultKind::Foreign);
    expect(&format!("{}; UPDATE head SET last_id = 14", copy(14)), 14, FaultKind::Displaced);
}

#[test]
fn the_first_of_several_is_named_to_people() {
    let Some(bench) = filled() else { return };
    raw(&bench.path(), "UPDATE slip SET carried = '{}' WHERE id IN (4, 5); DELETE FROM slip WHERE id = 11");
    let report = bench.ledger.verify().unwrap();
    assert_eq!(report.sound, 3);
    assert_eq!(report.fault.unwrap().to_string(), "第 4 行（工资单 A002 样例A002）被改动");
}
