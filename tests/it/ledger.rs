//! The ledger, from outside: what is committed, recognised, replaced, carried forward and found to be tampered with.
#![allow(clippy::unwrap_used, clippy::panic)] // clippy.toml frees tests of these, but not the helpers that they share

mod carried;
mod commit;
mod files;
mod killed;
mod model;
mod speed;
mod tamper;

use std::path::{Path, PathBuf};

use gongche::store::{Amounts, CommitOutcome, Ledger, Period, RunHeader, RunKey, SlipRecord, person_key};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, raw_sql, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

const BOOK: &str = "sha256:样例规则书";
const PAYER: &str = "样例人力资源有限公司";

/// A new ledger in a folder of its own, with the rule book that the runs here name.
struct Bench {
    folder: TempDir,
    ledger: Ledger,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(folder.path().join("ledger.db")).unwrap();
        ledger.keep_book(BOOK, b"canonical").unwrap();
        Self { folder, ledger }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("ledger.db")
    }

    /// Commits a run that must go in; its id.
    fn commit(&self, header: &RunHeader, slips: &[SlipRecord]) -> i64 {
        match self.ledger.commit_run(header, slips, true).unwrap() {
            CommitOutcome::Committed { run_id, .. } => run_id,
            other => panic!("{other:?}"),
        }
    }
}

fn period(text: &str) -> Period {
    text.parse().unwrap()
}

fn key(payer: &str, month: &str, number: u32) -> RunKey {
    RunKey { payer: payer.to_owned(), period: period(month), number }
}

fn header(key: RunKey, paid_on: &str) -> RunHeader {
    RunHeader {
        key,
        kind: "regular".to_owned(),
        paid_on: paid_on.parse().unwrap(),
        known_at: None,
        inputs_digest: "inputs".to_owned(),
        rulebook_digest: BOOK.to_owned(),
        engine_version: "0.1.0".to_owned(),
    }
}

fn amounts(pairs: &[(&str, &str)]) -> Amounts {
    pairs.iter().map(|(figure, amount)| ((*figure).to_owned(), (*amount).to_owned())).collect()
}

fn person(worker: &str) -> String {
    person_key("居民身份证", worker)
}

/// A slip of `worker` with one carried amount, paid in the tax year 2026.
fn slip(worker: &str, tax: &str) -> SlipRecord {
    SlipRecord {
        worker: worker.to_owned(),
        person: person(worker),
        name: format!("样例{worker}"),
        sequence: 1,
        tax_year: 2026,
        carried: amounts(&[("tax.wages.tax", tax)]),
        result: format!(r#"{{"tax":"{tax}"}}"#),
        inputs: r#"{"证件号码":"**************0010"}"#.to_owned(),
    }
}

/// Does to a database file what the ledger never would.
fn raw(path: &Path, sql: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(path).create_if_missing(true).foreign_keys(false);
        let mut connection = options.connect().await.unwrap();
        raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
}

/// The one number that a query answers.
fn count(path: &Path, sql: &str) -> i64 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut connection = SqliteConnectOptions::new().filename(path).connect().await.unwrap();
        let number = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        number
    })
}
