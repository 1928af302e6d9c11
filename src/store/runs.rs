//! Runs and their slips, in and out.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{Row, query, query_as};

use super::{
    books::is_kept,
    chain::Writer,
    compare::{Difference, compare},
    dialect::{BEGIN_READ, Connection, Database},
    error::{Problem, StoreError},
    ledger::Ledger,
    model::{
        RunEntry, RunHeader, RunKey, SlipEntry, SlipRecord, StoredRun, StoredSlip, Transition, TransitionEntry, narrow,
        read_amounts,
    },
};

/// How many slips are read at a time where they are looked at one by one.
const PAGE: i64 = 500;

/// What became of a run that was to be committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommitOutcome {
    /// It is in the ledger.
    Committed {
        /// Its number in the ledger.
        run_id: i64,
        /// The run that stood in its place, which is still there but no longer current.
        replaced: Option<i64>,
    },
    /// The ledger had it already, slip for slip. Nothing was written.
    AlreadyThere {
        /// The number of the run that stands.
        run_id: i64,
    },
    /// Another run stands in its place, and it was not to be replaced. Nothing was written.
    Differs {
        /// The number of the run that stands.
        run_id: i64,
        /// What differs, never empty.
        differences: Vec<Difference>,
    },
}

impl Ledger {
    /// Commits a run with all its slips, or nothing at all. Where the ledger holds a run of the same key, nothing is
    /// written if it has the same content (the day of payment, the kind, and every slip); if not, `replace` decides:
    /// new rows that point at the old ones, or [`CommitOutcome::Differs`].
    ///
    /// Of two writers at once one waits for the other, and then finds its run standing there.
    pub fn commit_run(
        &self,
        header: &RunHeader,
        slips: &[SlipRecord],
        replace: bool,
    ) -> Result<CommitOutcome, StoreError> {
        self.block(async {
            refuse_duplicates(slips)?;
            let mut writer = Writer::begin(&self.pool).await?;
            let old = find_run(writer.connection(), &header.key).await?;
            let mut standing = BTreeMap::new();
            if let Some(run) = &old {
                let found = compare(writer.connection(), run, header, slips).await?;
                if found.differences.is_empty() {
                    return Ok(CommitOutcome::AlreadyThere { run_id: run.id });
                }
                if !replace {
                    return Ok(CommitOutcome::Differs { run_id: run.id, differences: found.differences });
                }
                standing = found.standing;
            }
            if !is_kept(writer.connection(), &header.rulebook_digest).await? {
                return Err(Problem::BookNotKept(header.rulebook_digest.clone()));
            }
            let replaced = old.as_ref().map(|run| run.id);
            let version = old.map_or(1, |run| i64::from(run.version) + 1);
            let run_id = writer.append(&[RunEntry { header, version, replaces: replaced }]).await?;
            let slips = slips.iter().map(|record| {
                let replaces = standing.get(&record.worker).copied();
                SlipEntry { run_id, record, replaces }
            });
            writer.append(&slips.collect::<Vec<_>>()).await?;
            writer.commit().await?;
            Ok(CommitOutcome::Committed { run_id, replaced })
        })
    }

    /// What a run would change of the one that stands in its place; nothing where it is the same, or there is none.
    pub fn differences(&self, header: &RunHeader, slips: &[SlipRecord]) -> Result<Vec<Difference>, StoreError> {
        self.block(async {
            let mut transaction = self.pool.begin_with(BEGIN_READ).await?;
            let Some(run) = find_run(&mut transaction, &header.key).await? else { return Ok(Vec::new()) };
            Ok(compare(&mut transaction, &run, header, slips).await?.differences)
        })
    }

    /// The current run of a key.
    pub fn run(&self, key: &RunKey) -> Result<Option<StoredRun>, StoreError> {
        self.block(async { find_run(&mut *self.pool.acquire().await?, key).await })
    }

    /// The slips of the current run of a key, in its order; none if there is no such run. All are held in memory.
    pub fn slips_of(&self, key: &RunKey) -> Result<Vec<StoredSlip>, StoreError> {
        self.block(async {
            let mut transaction = self.pool.begin_with(BEGIN_READ).await?;
            let Some(run) = find_run(&mut transaction, key).await? else { return Ok(Vec::new()) };
            let mut slips = Vec::new();
            loop {
                let page = slips_page(&mut transaction, run.id, slips.last()).await?;
                if page.is_empty() {
                    break;
                }
                slips.extend(page);
            }
            slips.sort_by_key(|slip| (slip.record.sequence, slip.id));
            Ok(slips)
        })
    }

    /// Moves a run to its next state. Which moves there may be is not decided here, only that the run is still where
    /// the caller saw it ([`Problem::StateMoved`]).
    pub fn record_transition(&self, run_id: i64, transition: &Transition) -> Result<(), StoreError> {
        self.block(async {
            let mut writer = Writer::begin(&self.pool).await?;
            let state: Option<(String,)> = query_as(STATE).bind(run_id).fetch_optional(writer.connection()).await?;
            let (found,) = state.ok_or(Problem::UnknownRun(run_id))?;
            if found != transition.from {
                return Err(Problem::StateMoved { run: run_id, found, expected: transition.from.clone() });
            }
            writer.append(&[TransitionEntry { run_id, transition }]).await?;
            writer.commit().await
        })
    }

    /// The steps of a run so far, oldest first.
    pub fn transitions(&self, run_id: i64) -> Result<Vec<Transition>, StoreError> {
        self.block(async {
            let sql =
                "SELECT from_state, to_state, by_whom, at_time, why FROM transition WHERE run_id = $1 ORDER BY id";
            let rows: Vec<(String, String, String, String, String)> =
                query_as(sql).bind(run_id).fetch_all(&self.pool).await?;
            Ok(rows.into_iter().map(|(from, to, by, at, why)| Transition { from, to, by, at, why }).collect())
        })
    }
}

const STATE: &str = "SELECT coalesce((SELECT to_state FROM transition WHERE run_id = run.id ORDER BY id DESC LIMIT 1), \
                     state) FROM run WHERE id = $1";

fn refuse_duplicates(slips: &[SlipRecord]) -> Result<(), Problem> {
    let mut seen = BTreeSet::new();
    match slips.iter().find(|slip| !seen.insert(slip.worker.as_str())) {
        Some(twice) => Err(Problem::DuplicateWorker(twice.worker.clone())),
        None => Ok(()),
    }
}

async fn find_run(connection: &mut Connection, key: &RunKey) -> Result<Option<StoredRun>, Problem> {
    let sql = "SELECT id, kind, paid_on, known_at, inputs_digest, rulebook_digest, engine_version, version, replaces \
               FROM current_run WHERE payer = $1 AND period = $2 AND number = $3";
    let query = query(sql).bind(&key.payer).bind(key.period.to_string()).bind(i64::from(key.number));
    let Some(row) = query.fetch_optional(&mut *connection).await? else { return Ok(None) };
    let id: i64 = row.try_get("id")?;
    let (state,): (String,) = query_as(STATE).bind(id).fetch_one(connection).await?;
    let known_at: Option<String> = row.try_get("known_at")?;
    Ok(Some(StoredRun {
        id,
        header: RunHeader {
            key: key.clone(),
            kind: row.try_get("kind")?,
            paid_on: stored(id, &row.try_get::<String, _>("paid_on")?)?,
            known_at: known_at.map(|day| stored(id, &day)).transpose()?,
            inputs_digest: row.try_get("inputs_digest")?,
            rulebook_digest: row.try_get("rulebook_digest")?,
            engine_version: row.try_get("engine_version")?,
        },
        state,
        version: narrow(id, row.try_get("version")?)?,
        replaces: row.try_get("replaces")?,
    }))
}

/// The next slips of a run in the order of their workers; the first after none.
pub(super) async fn slips_page(
    connection: &mut Connection,
    run_id: i64,
    after: Option<&StoredSlip>,
) -> Result<Vec<StoredSlip>, Problem> {
    // By worker and not by id: this order has an index within the run, so that no page sorts the whole run.
    let sql = "SELECT id, run_id, sequence, worker, person, name, tax_year, carried, replaces, hash, result, inputs \
               FROM current_slip WHERE run_id = $1 AND worker > $2 ORDER BY worker LIMIT $3";
    // No worker is the empty text, which the ledger refuses.
    let after = after.map_or("", |slip| &slip.record.worker);
    let rows = query(sql).bind(run_id).bind(after).bind(PAGE).fetch_all(connection).await?;
    rows.iter().map(read_slip).collect()
}

fn read_slip(row: &<Database as sqlx::Database>::Row) -> Result<StoredSlip, Problem> {
    let id: i64 = row.try_get("id")?;
    Ok(StoredSlip {
        id,
        run_id: row.try_get("run_id")?,
        record: SlipRecord {
            worker: row.try_get("worker")?,
            person: row.try_get("person")?,
            name: row.try_get("name")?,
            sequence: narrow(id, row.try_get("sequence")?)?,
            tax_year: narrow(id, row.try_get("tax_year")?)?,
            carried: read_amounts(id, row.try_get("carried")?)?,
            result: row.try_get("result")?,
            inputs: row.try_get("inputs")?,
        },
        replaces: row.try_get("replaces")?,
        hash: row.try_get("hash")?,
    })
}

/// A date or a period as the row `id` holds it.
pub(super) fn stored<T: std::str::FromStr>(id: i64, text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::Corrupted(format!("第 {id} 行的日期“{text}”无法读出")))
}
