//! A killed process loses nothing that it was told is committed, and leaves nothing by halves.

use std::{
    env,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use gongche::store::{Ledger, Period, RunKey};

use super::{Bench, PAYER, header, slip};

/// Where the child finds the ledger; without it the child's test is nothing to run.
const LEDGER: &str = "GONGCHE_TEST_KILLED_LEDGER";
const SLIPS: usize = 600;

fn run_key(number: u32) -> RunKey {
    RunKey { payer: PAYER.to_owned(), period: Period::new(2026, 9).unwrap(), number }
}

/// Not a test of its own: the process that is killed. It commits run after run, and says so after each.
#[test]
#[ignore = "started and killed by nothing_committed_is_lost"]
fn writer() {
    let Some(path) = env::var_os(LEDGER) else { return };
    let ledger = Ledger::open(path).unwrap();
    let slips: Vec<_> = (0..SLIPS).map(|n| slip(&format!("A{n:03}"), "1.00")).collect();
    for number in 1.. {
        ledger.commit_run(&header(run_key(number), "2026-09-30"), &slips, false).unwrap();
        println!("\ncommitted {number}");
    }
}

#[test]
fn nothing_committed_is_lost() {
    let Some(bench) = Bench::new() else { return };
    let mut runs = 0;
    for kill in 0..10 {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["ledger::sqlite::killed::writer", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
            .env(LEDGER, bench.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut told = lines.by_ref().filter_map(|line| line.strip_prefix("committed ")?.parse::<u32>().ok());
        // The runs of the children before are there already: the next new one shows that the child is at work.
        let mut last = told.by_ref().find(|number| *number > runs).expect("the child commits");
        // Somewhere within the next commit.
        thread::sleep(Duration::from_millis(7 * kill));
        child.kill().unwrap();
        child.wait().unwrap();
        last = told.last().unwrap_or(last);

        let report = bench.ledger.verify().unwrap();
        assert_eq!(report.fault, None);
        runs = (1..).take_while(|number| bench.ledger.run(&run_key(*number)).unwrap().is_some()).count() as u32;
        assert!(runs == last || runs == last + 1, "{last} announced, {runs} found");
        assert_eq!(report.sound, 1 + i64::from(runs) * (SLIPS as i64 + 1), "whole runs, each once");
    }
}
