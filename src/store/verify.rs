//! Reads the whole chain again and finds the first row that is not what it was.

use std::{collections::BTreeMap, fmt};

use sqlx::{AssertSqlSafe, Row, any::AnyRow, query, query_scalar};

use super::{
    arrears::ArrearEntry,
    books::BookEntry,
    chain::{Cell, Entry, GENESIS, Head, Stored, Table, link},
    dialect::Connection,
    error::{Problem, StoreError},
    ledger::Ledger,
    model::{RunEntry, SlipEntry, TransitionEntry},
    openings::OpeningEntry,
    policy::PolicyEntry,
    previews::PreviewEntry,
};

/// Every table whose rows are links of the chain.
static TABLES: [Table; 8] = [
    PolicyEntry::TABLE,
    BookEntry::TABLE,
    PreviewEntry::TABLE,
    RunEntry::TABLE,
    TransitionEntry::TABLE,
    SlipEntry::TABLE,
    OpeningEntry::TABLE,
    ArrearEntry::TABLE,
];

/// How many rows are read at a time.
const PAGE: i64 = 500;

/// What the chain is like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainReport {
    /// How many rows are as they were written, from the first on.
    pub sound: i64,
    /// The hash of the last of them. Noted outside the ledger, it also finds a past that was rewritten as a whole,
    /// which no chain finds by itself.
    pub hash: String,
    /// The first row that is not as it was written; `None` if all are.
    pub fault: Option<ChainFault>,
}

/// The first row that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainFault {
    /// The number of the row in the ledger.
    pub id: i64,
    /// What the row is and whose, as far as it can still be read.
    pub row: Option<String>,
    /// What is wrong with it.
    pub kind: FaultKind,
}

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// Its content is not what its hash was made of.
    Changed,
    /// It is not there.
    Missing,
    /// It does not follow the row before it: moved, or put in.
    Displaced,
    /// It is a row that the ledger never wrote.
    Foreign,
}

impl fmt::Display for ChainFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "第 {} 行", self.id)?;
        if let Some(row) = &self.row {
            write!(f, "（{row}）")?;
        }
        f.write_str(match self.kind {
            FaultKind::Changed => "被改动",
            FaultKind::Missing => "缺失",
            FaultKind::Displaced => "与上一行不相接，次序被改动",
            FaultKind::Foreign => "不是由账本写入的",
        })
    }
}

/// A row as it was read, with its table; no content if a column holds what its type cannot.
type Found = (&'static Table, Option<Stored>);

impl Ledger {
    /// Recomputes the chain from its first row. Faults in the chain are a result; an error means that it could not be
    /// read.
    pub fn verify(&self) -> Result<ChainReport, StoreError> {
        self.block(async {
            let mut transaction = self.connections.read().await?;
            let head = Head::read(&mut transaction).await?;
            let mut report = ChainReport { sound: 0, hash: GENESIS.to_owned(), fault: None };
            while report.sound < head.last_id && report.fault.is_none() {
                let (after, until) = (report.sound, head.last_id.min(report.sound + PAGE));
                let mut rows = page(&mut transaction, after, until).await?;
                for id in after + 1..=until {
                    match check(&report.hash, id, rows.remove(&id).unwrap_or_default()) {
                        Ok(hash) => (report.sound, report.hash) = (id, hash),
                        Err(fault) => {
                            report.fault = Some(fault);
                            break;
                        }
                    }
                }
            }
            if report.fault.is_none() {
                report.fault = beyond(&mut transaction, &head, &report.hash).await?;
            }
            Ok(report)
        })
    }
}

/// Whether a row, selected by [`Table::column_list`], is what its hash was made of. Whether it follows the row before it
/// only the whole chain tells.
pub(super) fn sound(table: &Table, row: &AnyRow) -> Result<(), Problem> {
    let id = row.try_get("id")?;
    let stored = table.read(row)?;
    if stored.hash == link(&stored.previous_hash, table, id, &stored.cells) {
        return Ok(());
    }
    Err(Problem::Tampered { id, row: describe(table, &stored) })
}

/// The rows with an id above `after` and up to `until`, of all tables.
async fn page(connection: &mut Connection, after: i64, until: i64) -> Result<BTreeMap<i64, Vec<Found>>, Problem> {
    let mut rows: BTreeMap<i64, Vec<Found>> = BTreeMap::new();
    for table in &TABLES {
        let sql = format!("SELECT {} FROM {} WHERE id > $1 AND id <= $2", table.column_list(), table.name);
        for row in query(AssertSqlSafe(sql)).bind(after).bind(until).fetch_all(&mut *connection).await? {
            rows.entry(row.try_get("id")?).or_default().push((table, table.read(&row).ok()));
        }
    }
    Ok(rows)
}

/// The hash of the one row that `id` must have, which must follow `previous`.
fn check(previous: &str, id: i64, mut rows: Vec<Found>) -> Result<String, ChainFault> {
    let fault = |row, kind| ChainFault { id, row, kind };
    let Some((table, stored)) = rows.pop() else { return Err(fault(None, FaultKind::Missing)) };
    let title = || Some(table.title.to_owned());
    if !rows.is_empty() {
        return Err(fault(title(), FaultKind::Foreign));
    }
    let Some(stored) = stored else { return Err(fault(title(), FaultKind::Changed)) };
    let row = || Some(describe(table, &stored));
    if stored.previous_hash != previous {
        Err(fault(row(), FaultKind::Displaced))
    } else if stored.hash != link(previous, table, id, &stored.cells) {
        Err(fault(row(), FaultKind::Changed))
    } else {
        Ok(stored.hash)
    }
}

fn describe(table: &Table, stored: &Stored) -> String {
    let columns = table.columns.iter().zip(&stored.cells);
    let known_by = columns.filter(|(column, _)| table.known_by.contains(&column.name()));
    known_by.fold(table.title.to_owned(), |text, (_, cell)| match cell {
        Cell::Text(Some(part)) => format!("{text} {part}"),
        Cell::Integer(Some(part)) => format!("{text} {part}"),
        _ => text,
    })
}

/// What stands outside the chain, once all rows up to its head are sound: rows before its first or after its last,
/// or a head that names another hash.
async fn beyond(connection: &mut Connection, head: &Head, last_hash: &str) -> Result<Option<ChainFault>, Problem> {
    for table in &TABLES {
        let sql = format!("SELECT min(id) FROM {} WHERE id < 1 OR id > $1", table.name);
        let id: Option<i64> = query_scalar(AssertSqlSafe(sql)).bind(head.last_id).fetch_one(&mut *connection).await?;
        if let Some(id) = id {
            return Ok(Some(ChainFault { id, row: Some(table.title.to_owned()), kind: FaultKind::Foreign }));
        }
    }
    let moved = ChainFault { id: head.last_id, row: Some("链尾记录".to_owned()), kind: FaultKind::Changed };
    Ok((head.hash != last_hash).then_some(moved))
}
