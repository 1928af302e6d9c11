//! The program killed at any moment: no slip that it said is in the ledger is lost, none is there twice, and the same
//! command goes through afterwards.

use super::{Desk, Person, gongche, person};
use std::{
    process::{Command, Stdio},
    thread,
    time::Instant,
};

const PEOPLE: u32 = 16;

fn staff() -> Vec<Person> {
    (1..=PEOPLE).map(|number| person(number, &[("任职受雇日期", "2025-01-01")])).collect()
}

#[test]
fn a_killed_run_loses_nothing_and_doubles_nothing() {
    let desk = Desk::new();
    let (roster, out, ledger) = (desk.write(&staff()), desk.text_path("out"), desk.text_path("ledger.db"));
    let arguments =
        |period: &str| ["pay", &roster, "--period", period, "--out", &out, "--db", &ledger].map(str::to_owned);
    let started = Instant::now();
    assert!(gongche(&arguments("2025-12").each_ref().map(String::as_str)).code < 2);
    let whole = started.elapsed();

    let mut committed = 1;
    for at in 0..24_u32 {
        // The month after the last that is there: a month left out would change those behind it.
        if committed > 12 {
            break;
        }
        let period = format!("2026-{committed:02}");
        let mut child = Command::new(env!("CARGO_BIN_EXE_gongche"))
            .args(arguments(&period))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Spread over the whole run, its end with the commit among it, in no order.
        thread::sleep(whole * (at * 11 % 24 + 1) / 22);
        child.kill().unwrap();
        child.wait().unwrap();

        let verified = gongche(&["ledger", "verify", "--db", &ledger, "--format", "json"]);
        assert_eq!(verified.code, 0, "killed at {at}: {}", verified.out);
        let listed = gongche(&["run", "list", "--db", &ledger, "--format", "json"]).json();
        let runs = listed["runs"].as_array().unwrap().len();
        assert!(runs == committed || runs == committed + 1, "{committed} runs, then {runs}");
        committed = runs;
    }
    // Whatever was cut off is made up for, whatever was there is recognised.
    for month in 1..=12 {
        let again = gongche(&arguments(&format!("2026-{month:02}")).each_ref().map(String::as_str));
        assert!(again.code < 2, "{month}: {}", again.complaint);
        let said = again.out;
        assert!(said.contains("已记入账本。") || said.contains("没有重复记入"), "{month}: {said}");
    }
    let slips = |period: &str| {
        let replayed = gongche(&["ledger", "replay", period, "--db", &ledger, "--format", "json"]).json();
        replayed["runs"][0]["slips"].as_u64().unwrap()
    };
    assert!((1..=12).all(|month| slips(&format!("2026-{month:02}")) == u64::from(PEOPLE)));
    assert_eq!(gongche(&["ledger", "verify", "--db", &ledger]).code, 0);
}
