//! What is PostgreSQL's alone: how to connect, lock, spell types and read error codes.

use std::time::Duration;

use sqlx::{
    AssertSqlSafe, Executor as _, Pool,
    any::{AnyConnectOptions, AnyPoolOptions},
    query, query_scalar,
};

use super::{super::error::Problem, Connection, Content, Database};

/// How the address of a server begins.
pub(super) const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];

/// All its statements see the ledger as it was at the first.
pub(super) const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

pub(super) const BEGIN_WRITE: &str = "BEGIN";

/// The one lock of a ledger, of those that a database keeps for whatever its users agree on: "gong" in ASCII.
const LOCK: i64 = 0x676f_6e67;

/// How long we try to reach a server.
const REACH: Duration = Duration::from_secs(10);

/// One connection to the server.
pub(super) async fn connect(address: &str, patience: Duration) -> Result<Pool<Database>, sqlx::Error> {
    let options: AnyConnectOptions = address.parse()?;
    let setting = format!("SET lock_timeout = {}", patience.as_millis());
    let pool = AnyPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(REACH)
        .idle_timeout(None)
        .max_lifetime(None)
        .after_connect(move |connection, _| {
            let setting = setting.clone();
            Box::pin(async move {
                // Whatever the server is set to, what it says is committed is to be on its disk.
                connection.execute("SET synchronous_commit = on; SET client_min_messages = warning").await?;
                connection.execute(AssertSqlSafe(setting)).await.map(drop)
            })
        });
    pool.connect_with(options).await
}

/// Waits for the write lock, which the end of the transaction gives back.
pub(super) async fn lock(connection: &mut Connection) -> Result<(), sqlx::Error> {
    query("SELECT pg_advisory_xact_lock($1)::text").bind(LOCK).execute(connection).await.map(drop)
}

pub(super) async fn content(connection: &mut Connection) -> Result<Content, sqlx::Error> {
    let sql = "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema()";
    let objects: i64 = query_scalar(sql).fetch_one(&mut *connection).await?;
    let sql = "SELECT count(*) FROM information_schema.tables \
               WHERE table_schema = current_schema() AND table_name IN ('schema_version', 'head', 'slip')";
    let ours: i64 = query_scalar(sql).fetch_one(connection).await?;
    Ok(match (objects, ours) {
        (0, _) => Content::Nothing,
        (_, 3) => Content::Ledger,
        _ => Content::Foreign,
    })
}

/// Text is ordered by its bytes, as SQLite does it and whatever the language of the server.
pub(super) fn ddl(migration: &str) -> String {
    migration.replace(" TEXT", " TEXT COLLATE \"C\"")
}

/// An address without its password.
pub(super) fn shown(address: &str) -> String {
    let (address, settings) = address.split_once('?').unwrap_or((address, ""));
    let (scheme, rest) = address.split_once("://").unwrap_or(("", address));
    let server = match rest.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((name, _)) => format!("{name}:***@{host}"),
            None => rest.to_owned(),
        },
        None => rest.to_owned(),
    };
    let hidden = |setting: &str| match setting.split_once('=') {
        Some((key @ "password", _)) => format!("{key}=***"),
        _ => setting.to_owned(),
    };
    let settings: Vec<String> = settings.split('&').filter(|one| !one.is_empty()).map(hidden).collect();
    let mark = if settings.is_empty() { "" } else { "?" };
    format!("{scheme}://{server}{mark}{}", settings.join("&"))
}

/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
pub(super) fn problem(code: &str, text: String) -> Problem {
    match code {
        "55P03" | "40P01" | "40001" => Problem::Locked,
        "53100" => Problem::Full,
        "25006" | "42501" => Problem::ReadOnly,
        "XX001" | "XX002" => Problem::Corrupted(text),
        _ if ["08", "28", "3D", "53", "57"].iter().any(|class| code.starts_with(class)) => Problem::Unreachable(text),
        _ => Problem::Database(text),
    }
}
