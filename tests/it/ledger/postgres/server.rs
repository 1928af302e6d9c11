//! What concerns a server only.

use std::path::PathBuf;

use gongche::store::{Ledger, Problem};

use super::{Bench, raw};
use crate::postgres::database;

#[test]
fn a_database_that_something_else_made_is_refused() {
    let Some(database) = database() else { return };
    raw(&database, "CREATE TABLE run (id BIGINT PRIMARY KEY)");
    let error = Ledger::open(&database).unwrap_err();
    assert!(matches!(error.problem, Problem::NotALedger), "{error:?}");
}

#[test]
fn an_empty_database_is_no_ledger_where_one_must_be_there() {
    let Some(database) = database() else { return };
    let error = Ledger::open_existing(&database).unwrap_err();
    assert!(matches!(error.problem, Problem::NotFound), "{error:?}");
    drop(Ledger::open(&database).unwrap());
    assert_eq!(Ledger::open_existing(&database).unwrap().verify().unwrap().sound, 0);
}

#[test]
fn a_server_that_does_not_answer_is_named_without_the_password() {
    let folder = tempfile::tempdir().unwrap();
    let address = format!("postgres://gongche:geheim@localhost/ledger?host={}", folder.path().display());
    let error = Ledger::open(PathBuf::from(address)).unwrap_err();
    assert!(matches!(error.problem, Problem::Unreachable(_)), "{error:?}");
    assert!(!error.to_string().contains("geheim"), "{error}");
}

#[test]
fn a_newer_ledger_is_refused() {
    let Some(bench) = Bench::new() else { return };
    raw(&bench.path(), "INSERT INTO schema_version (version) VALUES (1000)");
    let error = Ledger::open(bench.path()).unwrap_err();
    assert!(matches!(error.problem, Problem::Newer { found: 1000, .. }), "{error}");
}
