//! The ledger, from outside: what is committed, recognised, replaced, carried forward and found to be tampered with.
#![allow(clippy::unwrap_used, clippy::panic)] // clippy.toml frees tests of these, but not the helpers that they share

use std::path::{Path, PathBuf};

use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, raw_sql, sqlite::SqliteConnectOptions};

use gongche::store::{Act, Amounts, CommitOutcome, Ledger, Period, RunHeader, RunKey, SlipRecord, person_key};

/// On SQLite; with what concerns files only.
mod sqlite {
    use super::{raw_file as raw, *};
    use tempfile::TempDir;

    #[path = "../carried.rs"]
    mod carried;
    #[path = "../commit.rs"]
    mod commit;
    mod files;
    mod killed;
    #[path = "../model.rs"]
    mod model;
    mod speed;
    #[path = "../states.rs"]
    mod states;
    #[path = "../tamper.rs"]
    mod tamper;

    /// A new ledger in a folder of its own.
    type Bench = super::Bench<TempDir>;

    impl Bench {
        fn new() -> Option<Self> {
            let folder = tempfile::tempdir().unwrap();
            let place = folder.path().join("ledger.db");
            Some(Self::at(folder, place))
        }

        /// An empty one, in which each run needs approval.
        fn with_approval() -> Option<Self> {
            let folder = tempfile::tempdir().unwrap();
            let place = folder.path().join("ledger.db");
            Some(Self::with_approval_at(folder, place))
        }
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

    /// How the database writes the byte nought.
    const ZERO_BYTE: &str = "x'00'";
}

/// On PostgreSQL, where there is a server.
mod postgres {
    use super::*;
    use crate::postgres::{count, database, raw};

    #[path = "../carried.rs"]
    mod carried;
    #[path = "../commit.rs"]
    mod commit;
    #[path = "../model.rs"]
    mod model;
    mod server;
    #[path = "../states.rs"]
    mod states;
    #[path = "../tamper.rs"]
    mod tamper;

    /// A new ledger in a database of its own.
    type Bench = super::Bench<()>;

    impl Bench {
        fn new() -> Option<Self> {
            Some(Self::at((), database()?))
        }

        /// An empty one, in which each run needs approval.
        fn with_approval() -> Option<Self> {
            Some(Self::with_approval_at((), database()?))
        }
    }

    /// How the database writes the byte nought.
    const ZERO_BYTE: &str = r"'\x00'";
}

const BOOK: &str = "sha256:样例规则书";
const PAYER: &str = "样例人力资源有限公司";

/// A new ledger, with the rule book that the runs here name.
struct Bench<F> {
    #[allow(dead_code, reason = "the folder goes with it")]
    folder: F,
    place: PathBuf,
    ledger: Ledger,
}

impl<F> Bench<F> {
    fn at(folder: F, place: PathBuf) -> Self {
        let ledger = Ledger::open(&place).unwrap();
        ledger.keep_book(BOOK, b"canonical").unwrap();
        Self { folder, place, ledger }
    }

    fn with_approval_at(folder: F, place: PathBuf) -> Self {
        let ledger = Ledger::open(&place).unwrap();
        ledger.require_approval().unwrap();
        Self { folder, place, ledger }
    }

    /// The file, or the address.
    fn path(&self) -> PathBuf {
        self.place.clone()
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

fn act(by: &str) -> Act {
    let [by, at, why] = [by, "2026-09-30T17:00:00+08:00", "样例：核对无误"].map(str::to_owned);
    Act { by, at, why }
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
pub(crate) fn raw_file(path: &Path, sql: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(path).create_if_missing(true).foreign_keys(false);
        let mut connection = options.connect().await.unwrap();
        raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
}
