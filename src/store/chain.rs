//! The chain: every row carries a hash over its content and the hash of the row before it.
//!
//! The hash of a row is SHA-256, in lower-case hexadecimal, over: the previous hash; the table's name; the id; then
//! each column of [`Table::columns`] in that order. Each of these is one field: a letter for its type (`t` text,
//! `i` integer, `b` bytes, `n` nothing), its length in bytes as an unsigned 64-bit big-endian number, its bytes. An
//! integer's bytes are its decimal digits. The row before the first has the hash [`GENESIS`].

use std::{borrow::Cow, fmt::Write};

use sha2::{Digest, Sha256};
use sqlx::{Row, Transaction, query, query_as};

use super::{
    dialect::{BIND_LIMIT, Connection, Connections, Database},
    error::Problem,
    statement::Statement,
};

/// What the first row of a ledger follows.
pub(super) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// How many rows one statement writes: enough that the hand-over to the database's thread no longer counts.
const BATCH: usize = 250;

/// A chained table: what its rows' hashes are made of.
pub(super) struct Table {
    pub(super) name: &'static str,
    /// What a row is called to people.
    pub(super) title: &'static str,
    /// The columns between `id` and the two hashes, in the order in which they are hashed.
    pub(super) columns: &'static [Column],
    /// The columns by which people know a row.
    pub(super) known_by: &'static [&'static str],
}

/// A column of a chained table.
pub(super) enum Column {
    Text(&'static str),
    Integer(&'static str),
    Bytes(&'static str),
}

/// What stands in a column.
pub(super) enum Cell<'a> {
    Text(Option<Cow<'a, str>>),
    Integer(Option<i64>),
    Bytes(Option<Cow<'a, [u8]>>),
}

/// A row on its way into the ledger.
pub(super) trait Entry {
    const TABLE: Table;

    /// One cell for each of the table's columns, in their order.
    fn cells(&self) -> Vec<Cell<'_>>;
}

/// One row as it stands in the ledger.
pub(super) struct Stored {
    pub(super) cells: Vec<Cell<'static>>,
    pub(super) previous_hash: String,
    pub(super) hash: String,
}

impl Column {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Text(name) | Self::Integer(name) | Self::Bytes(name) => name,
        }
    }
}

impl Table {
    /// The names of the columns as a statement lists them.
    pub(super) fn column_list(&self) -> String {
        let names: Vec<_> = self.columns.iter().map(Column::name).collect();
        format!("id, {}, previous_hash, hash", names.join(", "))
    }

    /// Reads a row selected by [`Self::column_list`]. An error means that a column holds what its type cannot.
    pub(super) fn read(&self, row: &<Database as sqlx::Database>::Row) -> Result<Stored, sqlx::Error> {
        let cells = self.columns.iter().map(|column| match column {
            Column::Text(name) => row.try_get::<Option<String>, _>(*name).map(|text| Cell::Text(text.map(Cow::Owned))),
            Column::Integer(name) => row.try_get(*name).map(Cell::Integer),
            Column::Bytes(name) => row.try_get::<Option<Vec<u8>>, _>(*name).map(|b| Cell::Bytes(b.map(Cow::Owned))),
        });
        Ok(Stored {
            cells: cells.collect::<Result<_, _>>()?,
            previous_hash: row.try_get("previous_hash")?,
            hash: row.try_get("hash")?,
        })
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Some(Cow::Borrowed(text)))
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Self::Text(Some(Cow::Owned(text)))
    }
}

impl From<i64> for Cell<'_> {
    fn from(number: i64) -> Self {
        Self::Integer(Some(number))
    }
}

impl From<Option<i64>> for Cell<'_> {
    fn from(number: Option<i64>) -> Self {
        Self::Integer(number)
    }
}

impl Cell<'_> {
    fn bind(self, statement: &mut Statement) -> Result<(), Problem> {
        match self {
            Self::Text(text) => statement.value(text.map(Cow::into_owned)),
            Self::Integer(number) => statement.value(number),
            Self::Bytes(bytes) => statement.value(bytes.map(Cow::into_owned)),
        }
        .map(drop)
    }

    fn feed(&self, hasher: &mut Sha256) {
        match self {
            Self::Text(Some(text)) => feed(hasher, b't', text.as_bytes()),
            Self::Integer(Some(number)) => feed(hasher, b'i', number.to_string().as_bytes()),
            Self::Bytes(Some(bytes)) => feed(hasher, b'b', bytes),
            Self::Text(None) | Self::Integer(None) | Self::Bytes(None) => feed(hasher, b'n', b""),
        }
    }
}

fn feed(hasher: &mut Sha256, letter: u8, bytes: &[u8]) {
    hasher.update([letter]);
    // The length keeps two neighbouring fields from being read as other two.
    hasher.update((bytes.len() as u64).to_be_bytes());
    hasher.update(bytes);
}

/// The hash of the row `id` of `table` that holds `cells` and follows the row whose hash is `previous`.
pub(super) fn link(previous: &str, table: &Table, id: i64, cells: &[Cell<'_>]) -> String {
    let mut hasher = Sha256::new();
    for cell in [Cell::from(previous), Cell::from(table.name), Cell::from(id)].iter().chain(cells) {
        cell.feed(&mut hasher);
    }
    hexadecimal(&hasher.finalize())
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Where the chain ends.
pub(super) struct Head {
    pub(super) last_id: i64,
    pub(super) hash: String,
}

impl Head {
    pub(super) async fn read(connection: &mut Connection) -> Result<Self, Problem> {
        let head: Option<(i64, String)> = query_as("SELECT last_id, hash FROM head").fetch_optional(connection).await?;
        let (last_id, hash) = head.ok_or_else(|| Problem::Corrupted("缺少链尾记录".to_owned()))?;
        Ok(Self { last_id, hash })
    }
}

/// The one writer of the ledger, for the length of a transaction. Dropped without [`Self::commit`], it leaves nothing.
pub(super) struct Writer {
    transaction: Transaction<'static, Database>,
    head: Head,
}

impl Writer {
    /// Waits for the write lock and finds the end of the chain.
    pub(super) async fn begin(connections: &Connections) -> Result<Self, Problem> {
        let mut transaction = connections.write().await?;
        let head = Head::read(&mut transaction).await?;
        Ok(Self { transaction, head })
    }

    /// The connection, for what must be read under the lock.
    pub(super) fn connection(&mut self) -> &mut Connection {
        &mut self.transaction
    }

    /// Whether the ledger has no row yet.
    pub(super) fn is_empty(&self) -> bool {
        self.head.last_id == 0
    }

    /// Adds rows to the end of the chain; the id of the last one.
    pub(super) async fn append<E: Entry>(&mut self, entries: &[E]) -> Result<i64, Problem> {
        let table = E::TABLE;
        let opening = format!("INSERT INTO {} ({}) VALUES ", table.name, table.column_list());
        let batch = BATCH.min(BIND_LIMIT / (table.columns.len() + 3));
        for entries in entries.chunks(batch) {
            let mut insert = Statement::new(&opening);
            for (at, entry) in entries.iter().enumerate() {
                let cells = entry.cells();
                debug_assert_eq!(cells.len(), table.columns.len(), "{}", table.name);
                let id = self.head.last_id + 1;
                let hash = link(&self.head.hash, &table, id, &cells);
                let previous = std::mem::replace(&mut self.head.hash, hash.clone());
                self.head.last_id = id;
                insert.text(if at == 0 { "(" } else { ", (" }).value(id)?;
                for cell in cells {
                    cell.bind(insert.text(", "))?;
                }
                insert.text(", ").value(previous)?.text(", ").value(hash)?.text(")");
            }
            insert.execute(&mut self.transaction).await?;
        }
        Ok(self.head.last_id)
    }

    /// Makes what was appended part of the ledger.
    pub(super) async fn commit(mut self) -> Result<(), Problem> {
        query("UPDATE head SET last_id = $1, hash = $2")
            .bind(self.head.last_id)
            .bind(self.head.hash)
            .execute(&mut *self.transaction)
            .await?;
        self.transaction.commit().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: Table = Table {
        name: "sample",
        title: "样例",
        columns: &[Column::Text("a"), Column::Integer("b"), Column::Bytes("c"), Column::Text("d")],
        known_by: &[],
    };

    /// Computed with Python's `hashlib` from the description at the head of this file. A ledger out there rests on it.
    #[test]
    fn the_hash_is_the_one_described() {
        let cells = ["样例".into(), (-7).into(), Cell::Bytes(Some(Cow::Borrowed(&[0, 255]))), Cell::Text(None)];
        assert_eq!(
            link(GENESIS, &SAMPLE, 1, &cells),
            "d04927d4660c170ba2a73fc74efde79e77a686f7d527d4bc35f1ff9c0144d103"
        );
    }

    #[test]
    fn neighbouring_fields_do_not_run_together() {
        let hash = |a: &'static str, b: &'static str| link(GENESIS, &SAMPLE, 1, &[a.into(), b.into()]);
        assert_ne!(hash("ab", "c"), hash("a", "bc"));
        let one = |cell| link(GENESIS, &SAMPLE, 1, &[cell]);
        assert_ne!(one(Cell::from("7")), one(7.into()), "text is not a number");
        assert_ne!(one(Cell::from("")), one(Cell::Text(None)), "empty is not nothing");
    }
}
