//! What is SQLite's alone: how to connect, lock, spell types and read error codes. Everything else in the store is
//! SQL that PostgreSQL also reads.

use std::{path::Path, time::Duration};

use sqlx::{
    Connection as _, Encode, QueryBuilder, SqliteConnection, Type, query, query_scalar,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous},
};

use super::error::Problem;

pub(super) type Database = sqlx::Sqlite;
pub(super) type Connection = SqliteConnection;

/// Opens a transaction that holds the write lock from its first statement, so that what it reads stays true.
pub(super) const BEGIN_WRITE: &str = "BEGIN IMMEDIATE";

/// Opens a transaction whose statements all see one state of the ledger.
pub(super) const BEGIN_READ: &str = "BEGIN";

/// How many parameters one statement may have (SQLITE_MAX_VARIABLE_NUMBER).
pub(super) const BIND_LIMIT: usize = 32_766;

/// How many values one [`push_one_of`] takes, the rest of the statement well counted.
pub(super) const LIST_LIMIT: usize = 5_000;

/// Marks the file as ours, in the header field that SQLite keeps for this: "gong" in ASCII.
const APPLICATION_ID: i64 = 0x676f_6e67;

/// What a database holds before we touch it.
pub(super) enum Content {
    Nothing,
    Ledger,
    Foreign,
}

/// One connection to the file. Nothing is written until a first statement does.
pub(super) async fn connect(
    path: &Path,
    create: bool,
    patience: Duration,
) -> Result<sqlx::Pool<Database>, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        // Beneath a folder, so that no file name is taken for a URI or for `:memory:`.
        .filename(Path::new(".").join(path))
        .create_if_missing(create)
        .foreign_keys(true)
        // In WAL mode, less than FULL would let a power cut take the last commits.
        .synchronous(SqliteSynchronous::Full)
        // In KiB when negative: room for the indexes of some hundred thousand slips while a large run goes in.
        .pragma("cache_size", "-65536")
        .busy_timeout(patience);
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        // SQLite itself rolls back where the disk is full, sqlx then takes the transaction for open: such a connection
        // is of no more use.
        .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }));
    pool.connect_with(options).await
}

/// Tells our ledgers from other people's databases.
pub(super) async fn content(connection: &mut Connection) -> Result<Content, sqlx::Error> {
    let owner: i64 = query_scalar("PRAGMA application_id").fetch_one(&mut *connection).await?;
    let objects: i64 = query_scalar("SELECT count(*) FROM sqlite_schema").fetch_one(connection).await?;
    Ok(match (owner, objects) {
        (APPLICATION_ID, 1..) => Content::Ledger,
        (_, 0) => Content::Nothing,
        _ => Content::Foreign,
    })
}

/// Lets readers go on while somebody writes. The file remembers it, so that it does not matter which of several
/// openers does it; SQLite does not wait for the lock that this needs.
pub(super) async fn settle(connection: &mut Connection) -> Result<(), Problem> {
    match query("PRAGMA journal_mode = WAL").execute(connection).await.map_err(Problem::from) {
        Ok(_) | Err(Problem::Locked) => Ok(()),
        Err(problem) => Err(problem),
    }
}

/// Claims a new database as ours, within the transaction that fills it.
pub(super) async fn claim(connection: &mut Connection) -> Result<(), sqlx::Error> {
    query(sqlx::AssertSqlSafe(format!("PRAGMA application_id = {APPLICATION_ID}"))).execute(connection).await.map(drop)
}

/// A migration in SQLite's spelling. `INTEGER PRIMARY KEY` is the row's own number, which saves an index.
pub(super) fn ddl(migration: &str) -> String {
    migration.replace("BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY").replace("BYTEA", "BLOB")
}

/// Pushes the condition that `column` is one of `values`.
pub(super) fn push_one_of<T>(select: &mut QueryBuilder<Database>, column: &str, values: impl IntoIterator<Item = T>)
where
    T: for<'q> Encode<'q, Database> + Type<Database>,
{
    select.push(column).push(" IN (");
    let mut list = select.separated(", ");
    for value in values {
        list.push_bind(value);
    }
    select.push(")");
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        let code = match &error {
            sqlx::Error::Database(fault) => fault.code().and_then(|code| code.parse::<i32>().ok()),
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => return Self::Corrupted(error.to_string()),
            _ => None,
        };
        // The low byte is the primary code: https://www.sqlite.org/rescode.html
        match code.map(|extended| extended & 0xff) {
            Some(3 | 8) => Self::ReadOnly,
            Some(5 | 6) => Self::Locked,
            Some(10) => Self::Disk(error.to_string()),
            Some(11) => Self::Corrupted(error.to_string()),
            Some(13) => Self::Full,
            Some(14) => Self::CannotOpen,
            Some(26) => Self::NotALedger,
            _ => Self::Database(error),
        }
    }
}
