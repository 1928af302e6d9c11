//! What is owed for months that are paid: booked once, in the month that it is paid with.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{Row as _, query_scalar};

use super::{
    chain::{Cell, Column, Entry, Table, Writer},
    dialect::{Connection, LIST_LIMIT},
    error::{Problem, StoreError},
    ledger::Ledger,
    lifecycle::Step,
    model::{Act, RunKey, narrow},
    period::Period,
    runs::{REGULAR, standing, stored},
    statement::Statement,
};

/// What one line of one person's month owes, or was paid too much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrear {
    /// See [`super::person_key`].
    pub person: String,
    /// 工号 in the month that it is for.
    pub worker: String,
    /// The month that it is for.
    pub period: Period,
    /// The run of that month whose slip it mends: each run owes what it paid too little itself.
    pub number: u32,
    /// The line: `pension_employee`.
    pub line: String,
    /// The name of the line for people.
    pub name: String,
    /// Decimal text, negative where too much was paid.
    pub amount: String,
}

/// An arrear as the ledger holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookedArrear {
    /// What is owed.
    pub arrear: Arrear,
    /// The month that it is paid with.
    pub booked_in: Period,
}

/// An arrear on its way into the ledger.
pub(super) struct ArrearEntry<'a> {
    payer: &'a str,
    arrear: &'a Arrear,
    booked_in: Period,
    rulebook_digest: &'a str,
    act: &'a Act,
}

impl Entry for ArrearEntry<'_> {
    const TABLE: Table = Table {
        name: "arrear",
        title: "补差",
        columns: &[
            Column::Text("payer"),
            Column::Text("person"),
            Column::Text("worker"),
            Column::Text("period"),
            Column::Integer("number"),
            Column::Text("line"),
            Column::Text("name"),
            Column::Text("amount"),
            Column::Text("booked_in"),
            Column::Text("rulebook_digest"),
            Column::Text("by_whom"),
            Column::Text("at_time"),
            Column::Text("why"),
        ],
        known_by: &["worker", "period", "line"],
    };

    fn cells(&self) -> Vec<Cell<'_>> {
        let Arrear { person, worker, period, number, line, name, amount } = self.arrear;
        vec![
            self.payer.into(),
            person.as_str().into(),
            worker.as_str().into(),
            period.to_string().into(),
            i64::from(*number).into(),
            line.as_str().into(),
            name.as_str().into(),
            amount.as_str().into(),
            self.booked_in.to_string().into(),
            self.rulebook_digest.into(),
            self.act.by.as_str().into(),
            self.act.at.as_str().into(),
            self.act.why.as_str().into(),
        ]
    }
}

impl Ledger {
    /// Books what a payer's earlier months owe, to be paid with `booked_in`: all or nothing. The regular run of that
    /// month must still be open to change, or there would be nothing to pay it with.
    ///
    /// `last` is the last that had been booked when the amounts were found ([`Self::last_arrear`]); where somebody has
    /// booked since, nothing is written ([`Problem::BookedSince`]), since it might be booked twice.
    pub fn book_arrears(
        &self,
        payer: &str,
        booked_in: Period,
        arrears: &[Arrear],
        last: i64,
        rulebook_digest: &str,
        act: &Act,
    ) -> Result<(), StoreError> {
        self.block(async {
            let mut writer = Writer::begin(&self.connections).await?;
            let run = RunKey { payer: payer.to_owned(), period: booked_in, number: REGULAR };
            let standing = standing(writer.connection(), &run).await?;
            standing.after(&run, Step::Book)?;
            standing.follows(&run, act)?;
            if last_of(writer.connection(), payer).await? != last {
                return Err(Problem::BookedSince);
            }
            let entries: Vec<ArrearEntry<'_>> =
                arrears.iter().map(|arrear| ArrearEntry { payer, arrear, booked_in, rulebook_digest, act }).collect();
            writer.append(&entries).await?;
            writer.commit().await
        })
    }

    /// The number of the last row that was booked for a payer, 0 where there is none.
    pub fn last_arrear(&self, payer: &str) -> Result<i64, StoreError> {
        self.block(async { last_of(&mut *self.connections.acquire().await?, payer).await })
    }

    /// What has been booked for `persons`, oldest first; who has nothing is left out.
    pub fn booked_arrears(
        &self,
        payer: &str,
        persons: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, Vec<BookedArrear>>, StoreError> {
        self.block(async {
            let mut transaction = self.connections.read().await?;
            let persons: Vec<&str> = persons.iter().map(String::as_str).collect();
            read(&mut transaction, payer, &persons).await
        })
    }

    /// All that has been booked for a payer in one month, oldest first.
    pub fn arrears_booked_in(&self, payer: &str, booked_in: Period) -> Result<Vec<BookedArrear>, StoreError> {
        self.block(async {
            let mut transaction = self.connections.read().await?;
            let mut select = Statement::new(SELECT);
            select
                .value(payer.to_owned())?
                .text(" AND booked_in = ")
                .value(booked_in.to_string())?
                .text(" ORDER BY id");
            select.rows(&mut transaction).await?.iter().map(read_arrear).collect()
        })
    }
}

const SELECT: &str =
    "SELECT id, person, worker, period, number, line, name, amount, booked_in FROM arrear WHERE payer = ";

async fn last_of(connection: &mut Connection, payer: &str) -> Result<i64, Problem> {
    let sql = "SELECT coalesce(max(id), 0) FROM arrear WHERE payer = $1";
    Ok(query_scalar(sql).bind(payer.to_owned()).fetch_one(connection).await?)
}

async fn read(
    connection: &mut Connection,
    payer: &str,
    persons: &[&str],
) -> Result<BTreeMap<String, Vec<BookedArrear>>, Problem> {
    let mut found: BTreeMap<String, Vec<BookedArrear>> = BTreeMap::new();
    for persons in persons.chunks(LIST_LIMIT) {
        let mut select = Statement::new(SELECT);
        select
            .value(payer.to_owned())?
            .text(" AND ")
            .is_one_of("person", persons.iter().copied())?
            .text(" ORDER BY id");
        for row in select.rows(&mut *connection).await? {
            let booked = read_arrear(&row)?;
            found.entry(booked.arrear.person.clone()).or_default().push(booked);
        }
    }
    Ok(found)
}

fn read_arrear(row: &sqlx::any::AnyRow) -> Result<BookedArrear, Problem> {
    let id = row.try_get("id")?;
    let arrear = Arrear {
        person: row.try_get("person")?,
        worker: row.try_get("worker")?,
        period: stored(id, row.try_get("period")?)?,
        number: narrow(id, row.try_get("number")?)?,
        line: row.try_get("line")?,
        name: row.try_get("name")?,
        amount: row.try_get("amount")?,
    };
    Ok(BookedArrear { arrear, booked_in: stored(id, row.try_get("booked_in")?)? })
}
