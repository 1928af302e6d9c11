//! What is SQLite's alone: how to connect, lock, spell types and read error codes.

use std::{
    fmt::Write as _,
    fs::File,
    io::{ErrorKind, Read as _},
    path::Path,
    time::Duration,
};

use sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, Pool,
    any::{AnyConnectOptions, AnyPoolOptions},
    query, query_scalar,
};

use super::{super::error::Problem, Connection, Content, Database};

/// Opens a transaction that holds the write lock from its first statement.
pub(super) const BEGIN_WRITE: &str = "BEGIN IMMEDIATE";

/// Opens a transaction whose statements all see one state of the ledger.
pub(super) const BEGIN_READ: &str = "BEGIN";

/// Marks the file as ours, in the header field that SQLite keeps for this: "gong" in ASCII.
const APPLICATION_ID: i64 = 0x676f_6e67;

/// How every file of SQLite begins.
const MAGIC: &[u8] = b"SQLite format 3\0";

/// One connection to the file. Nothing is written until a first statement does.
pub(super) async fn connect(path: &Path, create: bool, patience: Duration) -> Result<Pool<Database>, Problem> {
    refuse_foreign(path)?;
    let options: AnyConnectOptions = address(path, create).parse()?;
    let settings = format!(
        // In WAL mode, less than FULL would let a power cut take the last commits. The cache, in KiB when negative, has
        // room for the indexes of some hundred thousand slips while a large run goes in.
        "PRAGMA busy_timeout = {}; PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536",
        patience.as_millis()
    );
    if path.exists() {
        try_out(&options, &settings).await?;
    }
    let pool = AnyPoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .after_connect(move |connection, _| {
            let settings = settings.clone();
            Box::pin(async move { connection.execute(AssertSqlSafe(settings)).await.map(drop) })
        })
        // SQLite itself rolls back where the disk is full, sqlx then takes the transaction for open: such a connection
        // is of no more use.
        .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }));
    Ok(pool.connect_with(options).await?)
}

/// Whether the file can be read at all. The pool would go on trying for half a minute and then speak of time.
async fn try_out(options: &AnyConnectOptions, settings: &str) -> Result<(), Problem> {
    let tried = async {
        let mut connection = Connection::connect_with(options).await?;
        connection.execute(AssertSqlSafe(settings)).await?;
        query("PRAGMA schema_version").fetch_one(&mut connection).await?;
        connection.close().await
    };
    match tried.await.map_err(Problem::from) {
        Err(Problem::NotALedger | Problem::Corrupted(_) | Problem::Unreachable(_)) => Err(Problem::Unreadable),
        tried => tried,
    }
}

/// Refuses a file that does not begin as SQLite's do. SQLite itself takes one of less than a page for empty, and would
/// write over it.
fn refuse_foreign(path: &Path) -> Result<(), Problem> {
    let mut beginning = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAGIC.len() as u64).read_to_end(&mut beginning));
    match read {
        Ok(0) => Ok(()),
        Ok(_) if beginning == MAGIC => Ok(()),
        Ok(_) => Err(Problem::NotALedger),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(_) => Err(Problem::CannotOpen),
    }
}

/// The address of a file: what is not a plain letter in it is escaped, so that no name is taken for `:memory:` or for
/// settings.
fn address(path: &Path, create: bool) -> String {
    let mut address = "sqlite:".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => address.push(char::from(*byte)),
            _ => {
                // Writing to a string cannot fail.
                let _ = write!(address, "%{byte:02X}");
            }
        }
    }
    address.push_str(if create { "?mode=rwc" } else { "?mode=rw" });
    address
}

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
    query(AssertSqlSafe(format!("PRAGMA application_id = {APPLICATION_ID}"))).execute(connection).await.map(drop)
}

/// `INTEGER PRIMARY KEY` is the row's own number, which saves an index.
pub(super) fn ddl(migration: &str) -> String {
    migration.replace("BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY").replace("BYTEA", "BLOB")
}

/// The low byte is the primary code: <https://www.sqlite.org/rescode.html>
pub(super) fn problem(code: &str, text: String) -> Problem {
    match code.parse::<i32>().map(|extended| extended & 0xff) {
        Ok(3 | 8) => Problem::ReadOnly,
        Ok(5 | 6) => Problem::Locked,
        Ok(10) => Problem::Disk(text),
        Ok(11) => Problem::Corrupted(text),
        Ok(13) => Problem::Full,
        Ok(14) => Problem::CannotOpen,
        Ok(26) => Problem::NotALedger,
        _ => Problem::Database(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_taken_for_settings() {
        assert_eq!(address(Path::new(":memory:"), true), "sqlite:%3Amemory%3A?mode=rwc");
        assert_eq!(address(Path::new("/a b/账?本"), false), "sqlite:/a%20b/%E8%B4%A6%3F%E6%9C%AC?mode=rw");
    }
}
