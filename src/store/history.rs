//! What later periods ask of earlier ones.
//!
//! Payments are in the order of their days, and those of one day in the order in which the ledger first had them, person
//! by person: whoever came second was computed with the first in its sums. A replacement keeps the place of what it
//! replaces, so that it never counts what was computed on top of it; after a void one the order begins anew.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, NaiveDate};
use sqlx::{AssertSqlSafe, Row as _, query, query_scalar};

use super::{
    chain::Entry as _,
    dialect::{Connection, LIST_LIMIT},
    error::{Problem, StoreError},
    ledger::Ledger,
    lifecycle::State,
    model::{Amounts, RunEntry, RunKey, SlipEntry, narrow, read_amounts},
    period::Period,
    runs::{REGULAR, stored},
    statement::Statement,
    verify::sound,
};

/// As the ledger stands now; any other moment is the number of a row, and means what stood before it.
pub const NOW: i64 = i64::MAX;

/// How many persons' slips are read at a time: whole rows, since each is held against its hash.
const PERSONS: usize = 500;

/// How far back to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// Payments of this tax year that come before the asking one.
    TaxYear(i32),
    /// Slips of so many periods before the asking one, whenever they were paid; its own period is not among them.
    Months(u32),
    /// Slips of the asking one's period that the ledger had first, whenever they are paid.
    Period,
}

/// What an earlier slip hands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierSlip {
    /// Its number in the ledger.
    pub id: i64,
    /// The period that it pays for.
    pub period: Period,
    /// The number of its run in the period.
    pub number: u32,
    /// The day of payment.
    pub paid_on: NaiveDate,
    /// 工号 at that time.
    pub worker: String,
    /// Its carried amounts.
    pub carried: Amounts,
    /// Its inputs, canonical JSON.
    pub inputs: String,
    /// Its result, canonical JSON; only where the period was asked for.
    pub result: String,
}

/// A run that asks for what came before it.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// The run, which may stand in the ledger already.
    pub run: &'a RunKey,
    /// The day that it is paid on.
    pub paid_on: NaiveDate,
    /// The ledger as it stood before this row; [`NOW`] for all of it.
    pub before: i64,
}

/// The versions of a run since it was last void, the current one last.
#[derive(Default)]
struct Lineage {
    living: Vec<i64>,
    /// The day that the current one is paid on, and the first on which one of them was to be.
    paid_on: NaiveDate,
    first_paid_on: NaiveDate,
}

/// Runs of a payer by period and number.
type Lineages = BTreeMap<(Period, u32), Lineage>;

impl Ledger {
    /// The slips that `persons` have of the payer before the asking run, oldest payment first. Replaced slips, and those
    /// of the run itself where it is computed anew, are not among them. Persons without any are left out.
    ///
    /// Bounded by the persons asked for at once: some kilobytes a slip.
    ///
    /// # Errors
    /// [`Problem::Tampered`], where a row that is read is not what its hash was made of.
    pub fn earlier_slips(
        &self,
        asking: Asking<'_>,
        span: Span,
        persons: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, Vec<EarlierSlip>>, StoreError> {
        self.block(async {
            let mut transaction = self.connections.read().await?;
            let lineages = lineages(&mut transaction, asking).await?;
            let persons: Vec<&String> = persons.iter().collect();
            let mut found = BTreeMap::new();
            for persons in persons.chunks(PERSONS) {
                collect(&mut transaction, &lineages, asking, span, persons, &mut found).await?;
            }
            for slips in found.values_mut() {
                slips.sort_by_key(|slip: &EarlierSlip| (slip.paid_on, slip.period, slip.number, slip.id));
            }
            Ok(found)
        })
    }

    /// The runs of the payer that rest on a run in its tax year, as they were computed: those that are paid after it, or
    /// that the ledger had after it and are paid on the same day or for the same period.
    pub fn resting_on(&self, run: &RunKey) -> Result<Vec<RunKey>, StoreError> {
        self.block(async {
            let asking = Asking { run, paid_on: NaiveDate::default(), before: NOW };
            let lineages = lineages(&mut *self.connections.acquire().await?, asking).await?;
            let own = (run.period, run.number);
            let Some(this) = lineages.get(&own) else { return Ok(Vec::new()) };
            let (day, first) = (this.first_paid_on, this.living.first());
            let rests = |key: &(Period, u32), lineage: &Lineage| {
                let had_after = lineage.living.first() > first;
                let after = lineage.paid_on > day || had_after && (lineage.paid_on == day || key.0 == run.period);
                *key != own && lineage.paid_on.year() == this.paid_on.year() && after
            };
            let mut resting: Vec<_> = lineages.iter().filter(|(key, lineage)| rests(key, lineage)).collect();
            resting.sort_by_key(|(_, lineage)| (lineage.paid_on, lineage.living.first()));
            let key = |(period, number): &(Period, u32)| RunKey { period: *period, number: *number, ..run.clone() };
            Ok(resting.into_iter().map(|(one, _)| key(one)).collect())
        })
    }

    /// The last period before `period` for which a regular run of the payer counts.
    pub fn previous_period(&self, payer: &str, period: Period) -> Result<Option<Period>, StoreError> {
        self.block(async {
            let sql = "SELECT max(period) FROM current_run \
                       WHERE payer = $1 AND period < $2 AND number = $3 AND state <> $4";
            let last: Option<String> = query_scalar(sql)
                .bind(payer)
                .bind(period.to_string())
                .bind(i64::from(REGULAR))
                .bind(State::Void.word())
                .fetch_one(&mut *self.connections.acquire().await?)
                .await?;
            last.map(|text| text.parse().map_err(|error| Problem::Corrupted(format!("{error}")))).transpose()
        })
    }
}

/// The runs of the payer, some tens for a year, each held against its hash. Those that are void are not among them.
async fn lineages(connection: &mut Connection, asking: Asking<'_>) -> Result<Lineages, Problem> {
    let table = RunEntry::TABLE;
    let sql = format!("SELECT {} FROM run WHERE payer = $1 AND id < $2 ORDER BY version", table.column_list());
    let rows = query(AssertSqlSafe(sql)).bind(&asking.run.payer).bind(asking.before).fetch_all(connection).await?;
    let mut lineages = Lineages::new();
    for row in rows {
        sound(&table, &row)?;
        let id: i64 = row.try_get("id")?;
        let key = (stored(id, row.try_get("period")?)?, narrow(id, row.try_get("number")?)?);
        let lineage = lineages.entry(key).or_default();
        lineage.paid_on = stored(id, row.try_get("paid_on")?)?;
        if row.try_get::<&str, _>("state")? == State::Void.word() {
            lineage.living.clear();
        } else {
            let first = if lineage.living.is_empty() { lineage.paid_on } else { lineage.first_paid_on };
            lineage.first_paid_on = first.min(lineage.paid_on);
            lineage.living.push(id);
        }
    }
    lineages.retain(|_, lineage| !lineage.living.is_empty());
    Ok(lineages)
}

/// Adds the slips of `persons` that come before the asking run to `found`.
async fn collect(
    connection: &mut Connection,
    lineages: &Lineages,
    asking: Asking<'_>,
    span: Span,
    persons: &[&String],
    found: &mut BTreeMap<String, Vec<EarlierSlip>>,
) -> Result<(), Problem> {
    let own = (asking.run.period, asking.run.number);
    // Whether a run may hold slips of the span, and whether the order within the ledger decides.
    let within = |key: &(Period, u32), lineage: &Lineage| match span {
        // A run computed anew with a later day of payment would otherwise count its old self.
        _ if *key == own => None,
        Span::TaxYear(_) if lineage.paid_on > asking.paid_on => None,
        Span::TaxYear(_) => Some(lineage.paid_on == asking.paid_on),
        Span::Months(months) => (asking.run.period.back(months)..asking.run.period).contains(&key.0).then_some(false),
        Span::Period => (key.0 == asking.run.period).then_some(true),
    };
    let runs: BTreeMap<i64, (&(Period, u32), &Lineage, bool)> = lineages
        .iter()
        .filter_map(|(key, lineage)| Some((*lineage.living.last()?, (key, lineage, within(key, lineage)?))))
        .collect();
    let Some(first_run) = runs.keys().next().copied() else { return Ok(()) };

    let table = SlipEntry::TABLE;
    // The runs are sifted here and not by the statement, which would otherwise be tempted to read them from end to end.
    let mut select = Statement::new(&format!("SELECT {} FROM slip WHERE run_id >= ", table.column_list()));
    select.value(first_run)?.text(" AND id < ").value(asking.before)?;
    if let Span::TaxYear(year) = span {
        select.text(" AND tax_year = ").value(i64::from(year))?;
    }
    select.text(" AND ").is_one_of("person", persons.iter().map(|person| person.as_str()))?;
    let mut slips = Vec::new();
    for row in select.rows(&mut *connection).await? {
        if runs.contains_key(&row.try_get("run_id")?) {
            sound(&table, &row)?;
            slips.push(row);
        }
    }
    let by_order = |row: &sqlx::any::AnyRow| -> Result<bool, Problem> {
        Ok(runs.get(&row.try_get("run_id")?).is_some_and(|(.., by_order)| *by_order))
    };
    let mut places = BTreeMap::new();
    for row in &slips {
        if by_order(row)? {
            let concerned = lineages.iter().filter(|(key, lineage)| **key == own || within(key, lineage) == Some(true));
            places = first_ids(connection, concerned.map(|(_, lineage)| lineage), persons).await?;
            break;
        }
    }
    for row in slips {
        let (id, run_id, person): (i64, i64, String) =
            (row.try_get("id")?, row.try_get("run_id")?, row.try_get("person")?);
        let Some((key, lineage, by_order)) = runs.get(&run_id) else { continue };
        if *by_order {
            let place = |lineage: &Lineage| first_of(lineage, &person, &places);
            let ours = lineages.get(&own).and_then(place);
            if ours.is_some_and(|ours| place(lineage).is_none_or(|theirs| theirs > ours)) {
                continue;
            }
        }
        let asked_for = span == Span::Period;
        let slip = EarlierSlip {
            id,
            period: key.0,
            number: key.1,
            paid_on: lineage.paid_on,
            worker: row.try_get("worker")?,
            carried: read_amounts(id, row.try_get("carried")?)?,
            inputs: row.try_get("inputs")?,
            result: if asked_for { row.try_get("result")? } else { String::new() },
        };
        found.entry(person).or_default().push(slip);
    }
    Ok(())
}

/// The slips of `persons` in all versions of some runs: their numbers by run and person.
async fn first_ids<'l>(
    connection: &mut Connection,
    lineages: impl Iterator<Item = &'l Lineage>,
    persons: &[&String],
) -> Result<BTreeMap<(i64, String), i64>, Problem> {
    let runs: BTreeSet<i64> = lineages.flat_map(|lineage| lineage.living.iter().copied()).collect();
    let mut ids = BTreeMap::new();
    let Some(first) = runs.first() else { return Ok(ids) };
    for persons in persons.chunks(LIST_LIMIT) {
        let mut select = Statement::new("SELECT id, run_id, person FROM slip WHERE run_id >= ");
        select.value(*first)?.text(" AND ").is_one_of("person", persons.iter().map(|person| person.as_str()))?;
        for row in select.rows(&mut *connection).await? {
            let run: i64 = row.try_get("run_id")?;
            if runs.contains(&run) {
                let id: i64 = row.try_get("id")?;
                // Of several slips of a person in one run the first stands for all.
                let first = ids.entry((run, row.try_get("person")?)).or_insert(id);
                *first = id.min(*first);
            }
        }
    }
    Ok(ids)
}

/// Since when a person is in a run without a break: the number of the slip that the current one goes back to.
fn first_of(lineage: &Lineage, person: &str, ids: &BTreeMap<(i64, String), i64>) -> Option<i64> {
    let slips = lineage.living.iter().rev().map(|run| ids.get(&(*run, person.to_owned())));
    slips.map_while(|id| id.copied()).last()
}
