//! What later periods ask of earlier ones.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use sqlx::{Row as _, query_as, query_scalar};

use super::{
    dialect::{Connection, LIST_LIMIT},
    error::{Problem, StoreError},
    ledger::Ledger,
    lifecycle::State,
    model::{Amounts, RunKey, narrow, read_amounts},
    period::Period,
    runs::{REGULAR, stored},
    statement::Statement,
};

/// How far back to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// Payments of this tax year that come before the asking one: by day of payment, then period, then number.
    TaxYear(i32),
    /// Slips of so many periods before the asking one, whenever they were paid; its own period is not among them.
    Months(u32),
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
}

/// A run within the span.
struct Earlier {
    paid_on: NaiveDate,
    period: Period,
    number: u32,
}

impl Ledger {
    /// The slips that `persons` have of the payer of `run` before `run` is paid on `paid_on`, oldest payment first.
    /// Replaced slips, and the slips of `run` itself where it is computed anew, are not among them. Persons without
    /// any are left out.
    ///
    /// Bounded by the persons asked for at once: about a kilobyte a slip.
    pub fn earlier_slips(
        &self,
        run: &RunKey,
        paid_on: NaiveDate,
        span: Span,
        persons: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, Vec<EarlierSlip>>, StoreError> {
        self.block(async {
            let mut transaction = self.connections.read().await?;
            let runs = earlier_runs(&mut transaction, run, paid_on, span).await?;
            let mut found: BTreeMap<String, Vec<EarlierSlip>> = BTreeMap::new();
            if runs.is_empty() {
                return Ok(found);
            }
            let persons: Vec<&String> = persons.iter().collect();
            for persons in persons.chunks(LIST_LIMIT) {
                collect(&mut transaction, &runs, span, persons, &mut found).await?;
            }
            for slips in found.values_mut() {
                slips.sort_by_key(|slip| (slip.paid_on, slip.period, slip.number, slip.id));
            }
            Ok(found)
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

/// The current runs that may hold slips of the span. Their number is small: some tens for a payer and a year.
async fn earlier_runs(
    connection: &mut Connection,
    asking: &RunKey,
    paid_on: NaiveDate,
    span: Span,
) -> Result<BTreeMap<i64, Earlier>, Problem> {
    let sql = "SELECT id, paid_on, period, number FROM current_run WHERE payer = $1";
    let rows: Vec<(i64, String, String, i64)> = query_as(sql).bind(&asking.payer).fetch_all(connection).await?;
    let mut runs = BTreeMap::new();
    for (id, paid, period, number) in rows {
        let run = Earlier { paid_on: stored(id, &paid)?, period: stored(id, &period)?, number: narrow(id, number)? };
        let (before, itself) = ((run.paid_on, run.period, run.number), (asking.period, asking.number));
        let within = match span {
            Span::TaxYear(_) => before < (paid_on, asking.period, asking.number),
            Span::Months(months) => (asking.period.back(months)..asking.period).contains(&run.period),
        };
        // A run computed anew with a later day of payment would otherwise count its old self.
        if within && (run.period, run.number) != itself {
            runs.insert(id, run);
        }
    }
    Ok(runs)
}

/// Adds the slips of `persons` in `runs` to `found`.
async fn collect(
    connection: &mut Connection,
    runs: &BTreeMap<i64, Earlier>,
    span: Span,
    persons: &[&String],
    found: &mut BTreeMap<String, Vec<EarlierSlip>>,
) -> Result<(), Problem> {
    // The runs are sifted here and not by the statement, which would otherwise be tempted to read them from end to end.
    let first_run = runs.keys().next().copied();
    let mut select = Statement::new(
        "SELECT id, run_id, worker, person, carried FROM slip \
         WHERE NOT EXISTS (SELECT 1 FROM slip AS later WHERE later.replaces = slip.id) AND run_id >= ",
    );
    select.value(first_run)?;
    if let Span::TaxYear(year) = span {
        select.text(" AND tax_year = ").value(i64::from(year))?;
    }
    select.text(" AND ").is_one_of("person", persons.iter().map(|person| person.as_str()))?;

    for row in select.rows(connection).await? {
        let Some(run) = runs.get(&row.try_get("run_id")?) else { continue };
        let Earlier { paid_on, period, number } = *run;
        let (id, worker) = (row.try_get("id")?, row.try_get("worker")?);
        let slip =
            EarlierSlip { id, period, number, paid_on, worker, carried: read_amounts(id, row.try_get("carried")?)? };
        found.entry(row.try_get("person")?).or_default().push(slip);
    }
    Ok(())
}
