//! Runs and their slips, in and out.

use std::collections::BTreeMap;

use chrono::Datelike as _;
use sqlx::{Row, any::AnyRow, query, query_as, query_scalar};

use super::{
    books::{is_kept, keep},
    chain::Writer,
    compare::{Difference, compare},
    dialect::{Connection, Database},
    error::{Problem, StoreError},
    ledger::Ledger,
    lifecycle::{Standing, State, Step},
    model::{
        Act, RunEntry, RunHeader, RunKey, SlipEntry, SlipRecord, Slips, StoredRun, StoredSlip, Transition,
        TransitionEntry, narrow, read_amounts,
    },
    openings::{self, Opening},
    period::Period,
    policy,
    previews::{self, StoredPreview},
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

/// A run that is to go in.
pub struct Submission<'s> {
    /// The run.
    pub header: &'s RunHeader,
    /// Its slips.
    pub slips: &'s dyn Slips,
    /// The opening balances of the tax year that they were computed with, to be kept with them.
    pub openings: &'s [Opening],
    /// Digest of all that a preview sees; not looked at where none is needed.
    pub digest: &'s str,
    /// The canonical content of its rule book, to be kept with it; nothing where the book is kept already.
    pub book: Option<&'s [u8]>,
}

/// How a run goes in.
#[derive(Debug, Clone, Copy)]
pub enum Mode<'s> {
    /// In one step. Where another run of the key stands, `replace` decides: new rows that point at the old ones, or
    /// [`CommitOutcome::Differs`].
    OneStep {
        /// Whether another run may be replaced.
        replace: bool,
    },
    /// By approval of what was previewed. Nothing stands in its place, or what was opened again or declared void.
    Approve(&'s Act),
    /// By approval of what was previewed, in the place of a run that is approved or paid.
    Replace(&'s Act),
}

impl Mode<'_> {
    fn step(self) -> Step {
        match self {
            Self::OneStep { .. } => Step::Commit,
            Self::Approve(_) => Step::Approve,
            Self::Replace(_) => Step::Replace,
        }
    }
}

impl Ledger {
    /// Commits a run with all its slips in one step, or nothing at all: [`Self::commit_runs`] for one of them.
    pub fn commit_run(
        &self,
        header: &RunHeader,
        slips: &[SlipRecord],
        replace: bool,
    ) -> Result<CommitOutcome, StoreError> {
        let submission = Submission { header, slips: &slips, openings: &[], digest: "", book: None };
        let outcomes = self.commit_runs(&[submission], Mode::OneStep { replace })?;
        // One run has one outcome.
        Ok(outcomes.into_iter().next().unwrap_or(CommitOutcome::AlreadyThere { run_id: 0 }))
    }

    /// Commits runs with all their slips, or nothing at all. Where the ledger holds a run of the same key with the same
    /// content (the day of payment, the kind, and every slip), nothing is written for it.
    ///
    /// Of two writers at once one waits for the other, and then finds its run standing there. Memory: some hundred slips
    /// at a time, and the 工号 of all.
    pub fn commit_runs(&self, runs: &[Submission<'_>], mode: Mode<'_>) -> Result<Vec<CommitOutcome>, StoreError> {
        self.block(async {
            let mut writer = Writer::begin(&self.connections).await?;
            let approval = policy::requires_approval(writer.connection()).await?;
            match mode {
                Mode::OneStep { .. } if approval => return Err(Problem::ApprovalRequired),
                Mode::Approve(_) | Mode::Replace(_) if !approval => return Err(Problem::ApprovalUnknown),
                _ => {}
            }
            let mut outcomes = Vec::new();
            for run in runs {
                outcomes.push(submit(&mut writer, run, mode).await?);
            }
            // Dropped, the writer leaves nothing of any of them.
            if !outcomes.iter().any(|outcome| matches!(outcome, CommitOutcome::Differs { .. })) {
                writer.commit().await?;
            }
            Ok(outcomes)
        })
    }

    /// What the ledger knows of a run.
    pub fn standing(&self, key: &RunKey) -> Result<Standing, StoreError> {
        self.block(async { standing(&mut *self.connections.read().await?, key).await })
    }

    /// Every run that there is or that was previewed, of a period or of all: by period, payer and number.
    pub fn run_keys(&self, period: Option<Period>) -> Result<Vec<RunKey>, StoreError> {
        self.block(async {
            let sql = "SELECT payer, period, number FROM run UNION SELECT payer, period, number FROM preview \
                       ORDER BY period, payer, number";
            let rows: Vec<(String, String, i64)> =
                query_as(sql).fetch_all(&mut *self.connections.acquire().await?).await?;
            let mut keys = Vec::new();
            for (payer, month, number) in rows {
                let key = RunKey { payer, period: stored(0, &month)?, number: narrow(0, number)? };
                if period.is_none_or(|period| period == key.period) {
                    keys.push(key);
                }
            }
            Ok(keys)
        })
    }

    /// What a run would change of the one that stands in its place; nothing where it is the same, or there is none.
    pub fn differences(&self, header: &RunHeader, slips: &dyn Slips) -> Result<Vec<Difference>, StoreError> {
        self.block(async {
            let mut transaction = self.connections.read().await?;
            let Some(run) = find_run(&mut transaction, &header.key).await? else { return Ok(Vec::new()) };
            Ok(compare(&mut transaction, &run, header, slips, &index(slips)?).await?.differences)
        })
    }

    /// The current run of a key.
    pub fn run(&self, key: &RunKey) -> Result<Option<StoredRun>, StoreError> {
        self.block(async { find_run(&mut *self.connections.acquire().await?, key).await })
    }

    /// The slips of the current run of a key, in its order; none if there is no such run. All are held in memory.
    pub fn slips_of(&self, key: &RunKey) -> Result<Vec<StoredSlip>, StoreError> {
        self.block(async {
            let mut transaction = self.connections.read().await?;
            let Some(run) = find_run(&mut transaction, key).await? else { return Ok(Vec::new()) };
            let mut slips = Vec::new();
            loop {
                let page = slips_page(
                    &mut transaction,
                    run.id,
                    slips.last().map(|slip: &StoredSlip| slip.record.worker.as_str()),
                )
                .await?;
                if page.is_empty() {
                    break;
                }
                slips.extend(page);
            }
            slips.sort_by_key(|slip| (slip.record.sequence, slip.id));
            Ok(slips)
        })
    }

    /// Looks at the slips of the current run of a key, some hundred at a time, in the order of their 工号. Gives the run
    /// itself; nothing where there is none.
    ///
    /// # Errors
    /// What `look` says, or the ledger.
    pub fn each_page<E: From<StoreError>>(
        &self,
        key: &RunKey,
        mut look: impl FnMut(&StoredRun, Vec<StoredSlip>) -> Result<(), E>,
    ) -> Result<Option<StoredRun>, E> {
        let Some(run) = self.run(key)? else { return Ok(None) };
        let mut last: Option<String> = None;
        loop {
            let page = self
                .block(async { slips_page(&mut *self.connections.acquire().await?, run.id, last.as_deref()).await })?;
            let Some(slip) = page.last() else { return Ok(Some(run)) };
            last = Some(slip.record.worker.clone());
            look(&run, page)?;
        }
    }

    /// Takes a step with runs that stand in the ledger: all of them or none. Their states afterwards.
    ///
    /// Declaring a run void adds an empty run in its place; whatever is done, the old rows stand.
    pub fn advance(&self, runs: &[RunKey], step: Step, act: &Act) -> Result<Vec<State>, StoreError> {
        self.block(async {
            let mut writer = Writer::begin(&self.connections).await?;
            let mut states = Vec::new();
            for key in runs {
                let standing = standing(writer.connection(), key).await?;
                let to = standing.after(key, step)?;
                let wrong = || Problem::WrongState { run: key.clone(), state: standing.state(), step };
                let run = standing.run.as_ref().ok_or_else(wrong)?;
                standing.follows(key, act)?;
                record(&mut writer, run, to, act).await?;
                if to == State::Void {
                    let version = i64::from(run.version) + 1;
                    let (header, replaces) = (&run.header, Some(run.id));
                    writer.append(&[RunEntry { header, state: to, version, replaces }]).await?;
                }
                states.push(to);
            }
            writer.commit().await?;
            Ok(states)
        })
    }

    /// All that was done with the run of a key, oldest first: the transitions, and the previews, which leave a run that
    /// stands as it was.
    pub fn steps(&self, key: &RunKey) -> Result<Vec<Transition>, StoreError> {
        let previews = self.previews(key)?;
        let mut steps = self.numbered_transitions(key)?;
        for StoredPreview { id, act, .. } in previews {
            let before = steps.iter().filter(|(other, _)| *other < id).max_by_key(|(other, _)| *other);
            let from = before.map_or(State::Draft, |(_, step)| step.to);
            let to = from.after(Step::Preview).unwrap_or(from);
            steps.push((id, Transition { from, to, act }));
        }
        steps.sort_by_key(|(id, _)| *id);
        Ok(steps.into_iter().map(|(_, step)| step).collect())
    }

    /// The steps of the run of a key so far, oldest first, those of the runs that it replaced among them.
    pub fn transitions(&self, key: &RunKey) -> Result<Vec<Transition>, StoreError> {
        Ok(self.numbered_transitions(key)?.into_iter().map(|(_, step)| step).collect())
    }

    fn numbered_transitions(&self, key: &RunKey) -> Result<Vec<(i64, Transition)>, StoreError> {
        self.block(async {
            let sql = "SELECT transition.id, from_state, to_state, by_whom, at_time, why FROM transition \
                       JOIN run ON run.id = run_id WHERE payer = $1 AND period = $2 AND number = $3 \
                       ORDER BY transition.id";
            let select = query(sql).bind(key.payer.as_str()).bind(key.period.to_string()).bind(i64::from(key.number));
            let rows = select.fetch_all(&mut *self.connections.acquire().await?).await?;
            let read = |row: &AnyRow| {
                let step = Transition {
                    from: row.try_get::<&str, _>("from_state")?.parse()?,
                    to: row.try_get::<&str, _>("to_state")?.parse()?,
                    act: Act { by: row.try_get("by_whom")?, at: row.try_get("at_time")?, why: row.try_get("why")? },
                };
                Ok((row.try_get("id")?, step))
            };
            rows.iter().map(read).collect()
        })
    }
}

/// How many slips are written at a time.
const BLOCK: usize = 1_000;

/// Writes one run under the lock of `writer`.
async fn submit(writer: &mut Writer, run: &Submission<'_>, mode: Mode<'_>) -> Result<CommitOutcome, Problem> {
    let Submission { header, slips, openings, digest, book } = run;
    let workers = index(*slips)?;
    let found = standing(writer.connection(), &header.key).await?;
    let state = match (found.after(&header.key, mode.step()), mode, &found.run) {
        // That what is paid or closed goes in once more changes nothing.
        (Err(refused), Mode::OneStep { .. }, Some(old)) => {
            return match compare(writer.connection(), old, header, *slips, &workers).await?.differences.as_slice() {
                [] => Ok(CommitOutcome::AlreadyThere { run_id: old.id }),
                _ => Err(refused),
            };
        }
        (state, ..) => state?,
    };
    if let Mode::Approve(act) | Mode::Replace(act) = mode {
        found.release(&header.key, digest, act)?;
        found.follows(&header.key, act)?;
    }
    let mut standing = BTreeMap::new();
    if let Some(old) = &found.run {
        let compared = compare(writer.connection(), old, header, *slips, &workers).await?;
        if let Mode::OneStep { replace } = mode {
            if compared.differences.is_empty() && old.state == State::Committed {
                return Ok(CommitOutcome::AlreadyThere { run_id: old.id });
            }
            if !replace && old.state == State::Committed {
                return Ok(CommitOutcome::Differs { run_id: old.id, differences: compared.differences });
            }
        }
        standing = compared.standing;
    }
    if let Some(content) = book {
        keep(writer, &header.rulebook_digest, content).await?;
    }
    if !is_kept(writer.connection(), &header.rulebook_digest).await? {
        return Err(Problem::BookNotKept(header.rulebook_digest.clone()));
    }
    if let (Mode::Approve(act) | Mode::Replace(act), Some(old)) = (mode, &found.run) {
        record(writer, old, State::Replaced, act).await?;
    }
    if !openings.is_empty() {
        openings::load(writer, &header.key.payer, header.paid_on.year(), openings).await?;
    }
    let replaced = found.run.as_ref().map(|old| old.id);
    let version = found.run.as_ref().map_or(1, |old| i64::from(old.version) + 1);
    let written = if state == State::Approved { State::Previewed } else { state };
    let entry = RunEntry { header, state: written, version, replaces: replaced };
    let run_id = writer.append(&[entry]).await?;
    for start in (0..slips.count()).step_by(BLOCK) {
        let block = (start..slips.count().min(start + BLOCK)).map(|at| slips.slip(at));
        let block = block.collect::<Result<Vec<_>, _>>()?;
        let entries = block.iter().map(|record| {
            let replaces = standing.get(&record.worker).copied();
            SlipEntry { run_id, record, replaces }
        });
        writer.append(&entries.collect::<Vec<_>>()).await?;
    }
    if let Mode::Approve(act) | Mode::Replace(act) = mode {
        let transition = Transition { from: written, to: state, act: act.clone() };
        writer.append(&[TransitionEntry { run_id, transition: &transition }]).await?;
    }
    Ok(CommitOutcome::Committed { run_id, replaced })
}

async fn record(writer: &mut Writer, run: &StoredRun, to: State, act: &Act) -> Result<(), Problem> {
    let transition = Transition { from: run.state, to, act: act.clone() };
    writer.append(&[TransitionEntry { run_id: run.id, transition: &transition }]).await.map(drop)
}

/// What the ledger knows of a run, in the transaction of the connection.
pub(super) async fn standing(connection: &mut Connection, key: &RunKey) -> Result<Standing, Problem> {
    let run = find_run(connection, key).await?;
    let mut since = 0;
    if let Some(run) = &run {
        let sql = "SELECT coalesce(max(id), 0) FROM transition WHERE run_id = $1";
        let last: i64 = query_scalar(sql).bind(run.id).fetch_one(&mut *connection).await?;
        since = last.max(run.id);
    }
    let preview = previews::last(connection, key, since).await?;
    let last = last_act(connection, key).await?;
    let period_closed = match &run {
        Some(run) if key.number == REGULAR => run.state == State::Closed,
        _ => {
            let regular = RunKey { number: REGULAR, ..key.clone() };
            find_run(connection, &regular).await?.is_some_and(|run| run.state == State::Closed)
        }
    };
    Ok(Standing { run, preview, last, period_closed })
}

/// Who took the last step with the runs of a key, a preview among the steps.
async fn last_act(connection: &mut Connection, key: &RunKey) -> Result<Option<Act>, Problem> {
    let sql = "SELECT transition.id, by_whom, at_time, why FROM transition JOIN run ON run.id = run_id \
               WHERE payer = $1 AND period = $2 AND number = $3 ORDER BY transition.id DESC LIMIT 1";
    let select = query(sql).bind(key.payer.as_str()).bind(key.period.to_string()).bind(i64::from(key.number));
    let step = select.fetch_optional(&mut *connection).await?;
    let step = step.map(|row| {
        let act = Act { by: row.try_get("by_whom")?, at: row.try_get("at_time")?, why: row.try_get("why")? };
        Ok::<_, Problem>((row.try_get::<i64, _>("id")?, act))
    });
    let preview = previews::last(connection, key, 0).await?.map(|preview| (preview.id, preview.act));
    Ok(step.transpose()?.into_iter().chain(preview).max_by_key(|(id, _)| *id).map(|(_, act)| act))
}

/// The number of the regular run of a period.
pub(super) const REGULAR: u32 = 1;

const STATE: &str = "SELECT coalesce((SELECT to_state FROM transition WHERE run_id = run.id ORDER BY id DESC LIMIT 1), \
                     state) FROM run WHERE id = $1";

/// Where each worker's slip is.
pub(super) fn index(slips: &dyn Slips) -> Result<BTreeMap<String, usize>, Problem> {
    let mut workers = BTreeMap::new();
    for at in 0..slips.count() {
        let worker = slips.slip(at)?.worker.clone();
        if let Some(twice) = workers.insert(worker, at) {
            return Err(Problem::DuplicateWorker(slips.slip(twice)?.worker.clone()));
        }
    }
    Ok(workers)
}

async fn find_run(connection: &mut Connection, key: &RunKey) -> Result<Option<StoredRun>, Problem> {
    let sql = "SELECT id, kind, paid_on, known_at, inputs_digest, rulebook_digest, engine_version, version, replaces \
               FROM current_run WHERE payer = $1 AND period = $2 AND number = $3";
    let query = query(sql).bind(key.payer.as_str()).bind(key.period.to_string()).bind(i64::from(key.number));
    let Some(row) = query.fetch_optional(&mut *connection).await? else { return Ok(None) };
    let id: i64 = row.try_get("id")?;
    let state: String = query_scalar(STATE).bind(id).fetch_one(connection).await?;
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
        state: state.parse()?,
        version: narrow(id, row.try_get("version")?)?,
        replaces: row.try_get("replaces")?,
    }))
}

/// The next slips of a run in the order of their workers; the first after none.
pub(super) async fn slips_page(
    connection: &mut Connection,
    run_id: i64,
    after: Option<&str>,
) -> Result<Vec<StoredSlip>, Problem> {
    // By worker and not by id: this order has an index within the run, so that no page sorts the whole run.
    let sql = "SELECT id, run_id, sequence, worker, person, name, tax_year, carried, replaces, hash, result, inputs \
               FROM current_slip WHERE run_id = $1 AND worker > $2 ORDER BY worker LIMIT $3";
    // No worker is the empty text, which the ledger refuses.
    let after = after.unwrap_or_default();
    let rows = query(sql).bind(run_id).bind(after.to_owned()).bind(PAGE).fetch_all(connection).await?;
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
