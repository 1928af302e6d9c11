//! The two databases behind one face: SQLite in a file, PostgreSQL on a server. What only one of them does stands in
//! its file; everything else in the store is SQL that both read.

mod postgres;
mod sqlite;

use std::{path::Path, time::Duration};

use sqlx::{Pool, Transaction, any::install_default_drivers, pool::PoolConnection, postgres::PgDatabaseError};

use super::error::Problem;

pub(super) type Database = sqlx::Any;
pub(super) type Connection = sqlx::AnyConnection;

/// How many parameters one statement may have: SQLite takes 32,766, PostgreSQL twice as many.
pub(super) const BIND_LIMIT: usize = 32_766;

/// How many values one list of a statement takes, the rest of the statement well counted.
pub(super) const LIST_LIMIT: usize = 5_000;

/// What a database holds before we touch it.
pub(super) enum Content {
    Nothing,
    Ledger,
    Foreign,
}

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

/// The open database.
#[derive(Debug)]
pub(super) struct Connections {
    dialect: Dialect,
    pool: Pool<Database>,
}

impl Dialect {
    /// That of a place: the address of a server, or else a file.
    pub(super) fn of(place: &Path) -> Self {
        let is_server = place.to_str().is_some_and(|text| postgres::SCHEMES.iter().any(|one| text.starts_with(one)));
        if is_server { Self::Postgres } else { Self::Sqlite }
    }

    /// A place as it may be shown: of an address, not the password.
    pub(super) fn shown(place: &Path) -> String {
        match Self::of(place) {
            Self::Sqlite => place.display().to_string(),
            Self::Postgres => postgres::shown(&place.to_string_lossy()),
        }
    }

    /// Whether there is something at a place to connect to.
    pub(super) fn is_there(self, place: &Path) -> bool {
        self == Self::Postgres || place.exists()
    }

    /// A migration, written in PostgreSQL's types, in this database's spelling.
    pub(super) fn ddl(self, migration: &str) -> String {
        match self {
            Self::Sqlite => sqlite::ddl(migration),
            Self::Postgres => postgres::ddl(migration),
        }
    }

    /// Tells our ledgers from other people's databases.
    pub(super) async fn content(self, connection: &mut Connection) -> Result<Content, sqlx::Error> {
        match self {
            Self::Sqlite => sqlite::content(connection).await,
            Self::Postgres => postgres::content(connection).await,
        }
    }

    /// Claims a new database as ours, within the transaction that fills it.
    pub(super) async fn claim(self, connection: &mut Connection) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite => sqlite::claim(connection).await,
            // Its tables say it.
            Self::Postgres => Ok(()),
        }
    }
}

impl Connections {
    /// Connects to a place. Nothing is written until a first statement does.
    pub(super) async fn open(place: &Path, create: bool, patience: Duration) -> Result<Self, Problem> {
        install_default_drivers();
        let dialect = Dialect::of(place);
        let pool = match dialect {
            Dialect::Sqlite => sqlite::connect(place, create, patience).await?,
            Dialect::Postgres => postgres::connect(&place.to_string_lossy(), patience).await?,
        };
        Ok(Self { dialect, pool })
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// A connection, for one statement.
    pub(super) async fn acquire(&self) -> Result<PoolConnection<Database>, sqlx::Error> {
        self.pool.acquire().await
    }

    /// A transaction whose statements all see one state of the ledger.
    pub(super) async fn read(&self) -> Result<Transaction<'static, Database>, sqlx::Error> {
        let begin = match self.dialect {
            Dialect::Sqlite => sqlite::BEGIN_READ,
            Dialect::Postgres => postgres::BEGIN_READ,
        };
        self.pool.begin_with(begin).await
    }

    /// A transaction that holds the write lock from its beginning, so that what it reads stays true.
    pub(super) async fn write(&self) -> Result<Transaction<'static, Database>, sqlx::Error> {
        match self.dialect {
            Dialect::Sqlite => self.pool.begin_with(sqlite::BEGIN_WRITE).await,
            Dialect::Postgres => {
                let mut transaction = self.pool.begin_with(postgres::BEGIN_WRITE).await?;
                postgres::lock(&mut transaction).await?;
                Ok(transaction)
            }
        }
    }

    /// What a database that is ours, or empty, is set to once and for all.
    pub(super) async fn settle(&self) -> Result<(), Problem> {
        match self.dialect {
            Dialect::Sqlite => sqlite::settle(&mut *self.acquire().await?).await,
            Dialect::Postgres => Ok(()),
        }
    }

    pub(super) async fn close(&self) {
        self.pool.close().await;
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        let text = error.to_string();
        match &error {
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => Self::Corrupted(text),
            sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) | sqlx::Error::Configuration(_) | sqlx::Error::Tls(_) => {
                Self::Unreachable(text)
            }
            sqlx::Error::Database(fault) => {
                let code = fault.code().unwrap_or_default();
                match fault.try_downcast_ref::<PgDatabaseError>() {
                    Some(_) => postgres::problem(&code, text),
                    None => sqlite::problem(&code, text),
                }
            }
            _ => Self::Database(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_server_and_its_password_is_not_shown() {
        for (place, shown) in [
            ("postgres://gongche:secret@db.example/ledger", "postgres://gongche:***@db.example/ledger"),
            ("postgresql://gongche@db.example/ledger", "postgresql://gongche@db.example/ledger"),
            ("postgres:///ledger?host=/run/postgresql", "postgres:///ledger?host=/run/postgresql"),
            ("postgres:///ledger?host=/run&password=secret", "postgres:///ledger?host=/run&password=***"),
            ("postgres://a:se@cret@db/ledger", "postgres://a:***@db/ledger"),
        ] {
            assert_eq!(Dialect::of(Path::new(place)), Dialect::Postgres);
            assert_eq!(Dialect::shown(Path::new(place)), shown);
        }
        assert_eq!(Dialect::of(Path::new("postgres.db")), Dialect::Sqlite);
        assert_eq!(Dialect::of(Path::new("账本")), Dialect::Sqlite);
    }
}
