//! The ledger's part of a payroll: what earlier months hand on, what changed since, and the run itself.

use super::{
    Intent,
    order::{Batch, Run},
    people::Computed,
    recall::{self, Contributed},
    report,
    spool::BLOCK,
};
use crate::{
    cli::error::{CliError, Kind},
    exchange::roster::{self, Payable, Paying, RosterRow},
    payroll::{Arrear, Balance, Chart, Known, Line},
    quantity::{Exact, Money},
    rulebook::{Book, Digest},
    store::{
        Amounts, Asking, BookedArrear, CommitOutcome, Difference, Ledger, Mode, NOW, Opening, Part, Period, Problem,
        RunHeader, RunKey, SlipRecord, Slips, StoreError, StoredSlip, Submission, person_key,
    },
};
use chrono::{Datelike as _, NaiveDate};
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};
use std::{
    borrow::Cow,
    cell::OnceCell,
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// A ledger, which is made only when something goes into it.
pub(in crate::cli) struct Books {
    place: PathBuf,
    /// Open, if it is there.
    ledger: OnceCell<Ledger>,
    /// Whether each run needs the approval of a second person.
    approval: bool,
}

/// A person against the month before.
#[derive(Debug, Clone)]
pub(super) enum Change {
    /// Was not paid the month before.
    New { worker: String, name: String },
    /// Was paid the month before, and is not now.
    Gone { worker: String, name: String },
    /// The net pay differs.
    Net { worker: String, name: String, before: Money, now: Money },
}

/// What the ledger made of the run.
pub(super) enum Stored {
    /// It was written.
    Written,
    /// It was there already.
    AlreadyThere,
    /// It was written in the place of another, which stays.
    Replaced,
    /// Its digest was kept.
    Previewed,
    /// It was written as approved.
    Approved,
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        let code = match &error.problem {
            Problem::PeriodClosed { .. } => "closed",
            Problem::WrongState { .. } => "state",
            Problem::NoPreview { .. } => "not-previewed",
            Problem::StalePreview { .. } => "stale",
            Problem::OwnApproval { .. } => "own-approval",
            Problem::Backwards { .. } => "at",
            Problem::ApprovalRequired | Problem::ApprovalUnknown | Problem::NotEmpty => "approval",
            Problem::Locked => "locked",
            _ => "ledger",
        };
        Self::input(code, error.to_string())
    }
}

impl Books {
    /// A ledger that is there, or is to be made; one with approval, if so wished.
    pub(in crate::cli) fn open(place: &Path, approval: bool) -> Result<Self, CliError> {
        let books = Self::at(place, approval)?;
        match books.ledger.get() {
            Some(ledger) if approval && !ledger.requires_approval()? && !ledger.is_empty()? => {
                Err(StoreError::at(place, Problem::NotEmpty).into())
            }
            Some(ledger) => Ok(Self { approval: approval || ledger.requires_approval()?, ..books }),
            None => Ok(books),
        }
    }

    /// A ledger in which runs are previewed and approved; one that is to be made, if it may.
    pub(in crate::cli) fn prepare(place: &Path, create: bool) -> Result<Self, CliError> {
        let books = Self::at(place, true)?;
        let refused = |problem| Err(StoreError::at(place, problem).into());
        match books.ledger.get() {
            // An empty ledger becomes one with approval; of another, what it is was settled when it was made.
            Some(ledger) if !(ledger.requires_approval()? || create && ledger.is_empty()?) => {
                refused(Problem::ApprovalUnknown)
            }
            None if !create => refused(Problem::NotFound),
            _ => Ok(books),
        }
    }

    fn at(place: &Path, approval: bool) -> Result<Self, CliError> {
        let ledger = match Ledger::open_existing(place) {
            Ok(ledger) => OnceCell::from(ledger),
            Err(StoreError { problem: Problem::NotFound, .. }) => OnceCell::new(),
            Err(error) => return Err(error.into()),
        };
        Ok(Self { place: place.to_owned(), ledger, approval })
    }

    /// The ledger, made if it was not there.
    fn made(&self) -> Result<&Ledger, CliError> {
        if self.ledger.get().is_none() {
            // Nobody else sets it: a command has one thread here.
            let _ = self.ledger.set(Ledger::open(&self.place)?);
        }
        let ledger = self.ledger.get().ok_or_else(|| corrupted("文件"))?;
        if self.approval {
            ledger.require_approval()?;
        }
        Ok(ledger)
    }

    /// Whether each run needs the approval of a second person.
    pub(in crate::cli) fn requires_approval(&self) -> bool {
        self.approval
    }

    /// Puts what the ledger knows of earlier payments in the place of what the roster says. The roster's opening
    /// balances count only where the ledger has no slip of the person in the tax year; gives the 工号 of those whose
    /// opening balance says something else than the ledger and was left aside.
    pub(super) fn recall(
        &self,
        batch: Batch,
        period: Period,
        paid_on: NaiveDate,
        chart: &Chart<'_>,
        payables: &mut [(RosterRow, Payable)],
    ) -> Result<Vec<String>, CliError> {
        let Some(ledger) = self.ledger.get() else { return Ok(Vec::new()) };
        let mut by_payer: BTreeMap<String, BTreeMap<String, NaiveDate>> = BTreeMap::new();
        for (_, Payable { worker, month, .. }) in payables.iter() {
            by_payer.entry(worker.payer.clone()).or_default().insert(person(worker), month.hired);
        }
        if batch.is_regular() {
            recall_arrears(ledger, period, payables)?;
        }
        let mut known: BTreeMap<(String, String), Known> = BTreeMap::new();
        for (payer, persons) in by_payer {
            let run = batch.key(&payer, period);
            let asking = Asking { run: &run, paid_on, before: NOW };
            let found = recall::known(ledger, asking, chart, &persons)?;
            known.extend(found.into_iter().map(|(person, one)| ((payer.clone(), person), one)));
        }
        let mut left_aside = Vec::new();
        for (_, payable) in payables {
            let key = (payable.worker.payer.clone(), person(&payable.worker));
            let Some(before) = known.remove(&key) else { continue };
            let roster = payable.month.known.opening.take();
            match roster {
                Some(roster) if before.slips.is_empty() => payable.month.known.opening = Some(roster),
                roster => {
                    let opening = before.opening.clone();
                    payable.month.known = before;
                    let says = |amounts: &BTreeMap<String, Exact>, sums: &BTreeMap<String, Exact>| {
                        amounts.iter().all(|(id, amount)| sums.get(id).copied().unwrap_or(Exact::ZERO) == *amount)
                    };
                    // A roster that is kept from month to month repeats what the ledger was opened with, or goes on
                    // to sum up what the ledger has.
                    let known_already = |roster: &Balance| {
                        opening.is_some_and(|opening| says(&roster.amounts, &opening.amounts))
                            || says(&roster.amounts, &payable.month.known.sums(paid_on))
                    };
                    if roster.is_some_and(|roster| !known_already(&roster)) {
                        left_aside.push(payable.worker.number.clone());
                    }
                }
            }
        }
        Ok(left_aside)
    }

    /// Leaves insurance and fund of the month to another run that has contributed them; gives whose, and to which.
    pub(super) fn leave_contributed(
        &self,
        batch: Batch,
        period: Period,
        paid_on: NaiveDate,
        payables: &mut [(RosterRow, Payable)],
    ) -> Result<Vec<String>, CliError> {
        let mut told = Vec::new();
        let Some(ledger) = self.ledger.get().filter(|_| batch.kind.contributes()) else { return Ok(told) };
        let mut by_payer: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (_, payable) in payables.iter() {
            by_payer.entry(payable.worker.payer.clone()).or_default().insert(person(&payable.worker));
        }
        let mut contributed: BTreeMap<(String, String), Contributed> = BTreeMap::new();
        for (payer, persons) in by_payer {
            let run = batch.key(&payer, period);
            let found = recall::contributed(ledger, Asking { run: &run, paid_on, before: NOW }, &persons)?;
            contributed.extend(found.into_iter().map(|(person, one)| ((payer.clone(), person), one)));
        }
        for (_, payable) in payables {
            let key = (payable.worker.payer.clone(), person(&payable.worker));
            if let Some(one) = contributed.get(&key) {
                payable.leave_contributions(one.insurance, one.fund);
                told.push(format!("{}（第 {} 批）", payable.worker.label(), one.number));
            }
        }
        Ok(told)
    }

    /// What was booked to be paid with this run for people who are not in it.
    pub(super) fn unpaid_arrears(&self, run: &Run) -> Result<Vec<String>, CliError> {
        let mut notes = Vec::new();
        let Some(ledger) = self.ledger.get() else { return Ok(notes) };
        for (payer, positions) in run.tally.payers.iter().filter(|_| run.batch.is_regular()) {
            let booked = ledger.arrears_booked_in(payer, run.period)?;
            if booked.is_empty() {
                continue;
            }
            let mut present: BTreeSet<String> = BTreeSet::new();
            run.people.each(positions.iter().copied(), |one| {
                present.insert(person(&one.worker));
                Ok(())
            })?;
            let absent: BTreeSet<&str> = booked
                .iter()
                .filter(|one| !present.contains(&one.arrear.person))
                .map(|one| one.arrear.worker.as_str())
                .collect();
            if !absent.is_empty() {
                let workers = absent.into_iter().collect::<Vec<_>>().join("、");
                notes.push(format!("本期应补的以前月份差额，这些人不在名单里，没有扣缴：{workers}"));
            }
        }
        Ok(notes)
    }

    /// Who is new, gone, or paid otherwise than in the last month of the ledger before this one. An off-cycle run is
    /// not compared: it has whom it has.
    pub(super) fn changes(&self, run: &Run) -> Result<Vec<Change>, CliError> {
        let mut changes = Vec::new();
        let Some(ledger) = self.ledger.get().filter(|_| run.batch.is_regular()) else { return Ok(changes) };
        for (payer, positions) in &run.tally.payers {
            let Some(before) = ledger.previous_period(payer, run.period)? else { continue };
            let key = RunKey { payer: payer.clone(), period: before, number: 1 };
            let mut earlier: BTreeMap<String, (String, String, Money)> = BTreeMap::new();
            ledger.each_page::<CliError>(&key, |_, page| {
                for StoredSlip { record, .. } in page {
                    let net = net_of(&record)?;
                    match earlier.get_mut(&record.person) {
                        Some((.., sum)) => *sum = sum.add(net).map_err(|_| corrupted("实发工资"))?,
                        None => drop(earlier.insert(record.person, (record.worker, record.name, net))),
                    }
                }
                Ok(())
            })?;
            let mut later: BTreeMap<String, Money> = BTreeMap::new();
            run.people.each(run.tally.later.values().flatten().copied(), |one| {
                let sum = later.entry(person(&one.worker)).or_default();
                *sum = sum.add(one.slip.net).map_err(|error| CliError::input("totals", error.to_string()))?;
                Ok(())
            })?;
            run.people.each(positions.iter().copied(), |one| {
                if one.worker.part > 1 {
                    return Ok(());
                }
                let more = later.remove(&person(&one.worker)).unwrap_or_default();
                let net = one.slip.net.add(more).map_err(|error| CliError::input("totals", error.to_string()))?;
                let (worker, name) = (one.worker.number.clone(), one.worker.name.clone());
                match earlier.remove(&person(&one.worker)) {
                    None => changes.push(Change::New { worker, name }),
                    Some((.., before)) => {
                        if before != net {
                            changes.push(Change::Net { worker, name, before, now: net });
                        }
                    }
                }
                Ok(())
            })?;
            changes.extend(earlier.into_values().map(|(worker, name, _)| Change::Gone { worker, name }));
        }
        Ok(changes)
    }

    /// Refuses a run that differs from what stands in its place, before anything of it is written anywhere.
    pub(super) fn check(&self, book: &Book, run: &Run, headers: &Headers) -> Result<(), CliError> {
        let Some(ledger) = self.ledger.get() else { return Ok(()) };
        let mut differing = Vec::new();
        for (payer, positions) in &run.tally.payers {
            let Some((header, _)) = headers.get(payer) else { continue };
            let differences = ledger.differences(header, &Records::new(run, positions))?;
            if !differences.is_empty() {
                differing.push((payer.as_str(), differences));
            }
        }
        if differing.is_empty() { Ok(()) } else { Err(differs(book, run.period, &differing)) }
    }

    /// Does with the run what is intended: all of its payers together or none.
    pub(super) fn store(
        &self,
        book: &Book,
        run: &Run,
        headers: &Headers,
        intent: Intent<'_>,
    ) -> Result<Stored, CliError> {
        let mode = match intent {
            Intent::Preview(act) => {
                let previews: Vec<(RunKey, String)> =
                    headers.values().map(|(header, digest)| (header.key.clone(), digest.clone())).collect();
                self.made()?.record_previews(&previews, act)?;
                return Ok(Stored::Previewed);
            }
            Intent::Commit { replace } => Mode::OneStep { replace },
            Intent::Approve(act) => Mode::Approve(act),
            Intent::Replace(act) => Mode::Replace(act),
        };
        let canonical = book.canonical();
        let parts: Vec<(Records<'_>, Vec<Opening>)> = run
            .tally
            .payers
            .values()
            .map(|positions| Ok::<_, CliError>((Records::new(run, positions), openings(run, positions)?)))
            .collect::<Result<_, _>>()?;
        let submissions: Vec<Submission<'_>> = headers
            .values()
            .zip(&parts)
            .map(|((header, digest), (slips, openings))| Submission {
                header,
                slips,
                openings,
                digest,
                book: Some(canonical.as_bytes()),
            })
            .collect();
        let outcomes = self.made()?.commit_runs(&submissions, mode)?;
        let differing: Vec<(&str, Vec<Difference>)> = headers
            .keys()
            .zip(&outcomes)
            .filter_map(|(payer, outcome)| match outcome {
                CommitOutcome::Differs { differences, .. } => Some((payer.as_str(), differences.clone())),
                _ => None,
            })
            .collect();
        if !differing.is_empty() {
            // Nothing stood there when the run was checked: somebody else was quicker.
            return Err(differs(book, run.period, &differing).with("另一个程序刚刚记入了这一批，本次没有写入。"));
        }
        Ok(match mode {
            Mode::Approve(_) | Mode::Replace(_) => Stored::Approved,
            Mode::OneStep { .. } => outcomes.iter().fold(Stored::AlreadyThere, |stored, outcome| match outcome {
                CommitOutcome::Committed { replaced: None, .. } => Stored::Written,
                CommitOutcome::Committed { replaced: Some(_), .. } => Stored::Replaced,
                _ => stored,
            }),
        })
    }

    /// What is to be said of runs that rest on a run that was written: what was carried into them is not what it would
    /// be now. They are named in the order in which they are to be computed anew.
    pub(super) fn outdated(&self, run: &Run) -> Result<Vec<String>, CliError> {
        let mut notes = Vec::new();
        let Some(ledger) = self.ledger.get() else { return Ok(notes) };
        for payer in run.tally.payers.keys() {
            notes.extend(outdated(ledger, &run.batch.key(payer, run.period))?);
        }
        Ok(notes)
    }
}

/// Puts what was booked for earlier months, to be paid with this one, to the persons' rows.
fn recall_arrears(ledger: &Ledger, period: Period, payables: &mut [(RosterRow, Payable)]) -> Result<(), CliError> {
    let mut booked: BTreeMap<String, BTreeMap<String, Vec<Arrear>>> = BTreeMap::new();
    for (_, payable) in payables {
        let payer = &payable.worker.payer;
        if !booked.contains_key(payer) {
            let mut of_persons: BTreeMap<String, Vec<Arrear>> = BTreeMap::new();
            for one in ledger.arrears_booked_in(payer, period)? {
                of_persons.entry(one.arrear.person.clone()).or_default().push(arrear(&one)?);
            }
            booked.insert(payer.clone(), of_persons);
        }
        let of_person = booked.get_mut(payer).and_then(|of_persons| of_persons.remove(&person(&payable.worker)));
        payable.month.arrears = of_person.unwrap_or_default();
    }
    Ok(())
}

/// That runs rest on a run of the ledger that is no longer what they were computed with; nothing where none does.
pub(in crate::cli) fn outdated(ledger: &Ledger, run: &RunKey) -> Result<Option<String>, CliError> {
    let resting = ledger.resting_on(run)?;
    let Some(first) = resting.first() else { return Ok(None) };
    let (regular, others): (Vec<_>, Vec<_>) = resting.iter().partition(|key| key.number == 1);
    let months = (regular.iter().map(|key| key.period).min(), regular.iter().map(|key| key.period).max());
    let mut named: Vec<String> = match months {
        (Some(one), Some(last)) if one == last => vec![format!("{one} 的工资")],
        (Some(one), Some(last)) => vec![format!("{one} 至 {last} 的工资")],
        _ => Vec::new(),
    };
    named.extend(others.iter().map(|key| format!("{} 第 {} 批", key.period, key.number)));
    Ok(Some(format!(
        "账本里 {} 已有 {}，累计数不含本次的变动；请从 {} 第 {} 批起按支付的先后逐批重算（--replace，要批准的账本用 gongche run replace）",
        run.payer,
        named.join("、"),
        first.period,
        first.number
    )))
}

/// The opening balances that the people at some positions of a run rest on.
fn openings(run: &Run, positions: &[usize]) -> Result<Vec<Opening>, CliError> {
    let mut openings = Vec::new();
    run.people.each(positions.iter().copied(), |one| {
        if let Some(opening) = &one.opening {
            let amounts: Amounts =
                opening.amounts.iter().map(|(id, amount)| (id.clone(), amount.to_string())).collect();
            openings.push(Opening { person: person(&one.worker), as_of: run.period.back(1), amounts });
        }
        Ok(())
    })?;
    Ok(openings)
}

fn person(worker: &crate::payroll::Worker) -> String {
    person_key(&worker.id_kind, &worker.id_number)
}

/// The slips of one payer as the ledger takes them, made a block at a time when they are asked for in turn.
struct Records<'r> {
    run: &'r Run,
    positions: &'r [usize],
    /// The block that was asked for last, and where it begins.
    block: Mutex<(usize, Vec<SlipRecord>)>,
}

impl<'r> Records<'r> {
    fn new(run: &'r Run, positions: &'r [usize]) -> Self {
        Self { run, positions, block: Mutex::default() }
    }
}

impl Slips for Records<'_> {
    fn count(&self) -> usize {
        self.positions.len()
    }

    fn slip(&self, at: usize) -> Result<Cow<'_, SlipRecord>, Problem> {
        let missing = || Problem::Spool(format!("没有第 {at} 张"));
        let mut block = self.block.lock().unwrap_or_else(PoisonError::into_inner);
        let (begin, records) = &mut *block;
        if at < *begin || at >= *begin + records.len() {
            let positions = self.positions.get(at..).ok_or_else(missing)?;
            let positions = &positions[..positions.len().min(BLOCK)];
            let people = self.run.people.read(positions).map_err(|error| Problem::Spool(error.message().to_owned()))?;
            let numbered: Vec<(usize, &Computed)> = (at..).zip(&people).collect();
            *records = numbered.par_iter().map(|(at, one)| record(self.run, one, *at)).collect();
            *begin = at;
        }
        records.get(at - *begin).cloned().map(Cow::Owned).ok_or_else(missing)
    }
}

/// The run of each payer as the ledger takes it, with the digest of all that whoever looks at a preview relies on: the
/// roster to the last byte, the rule book, and what came of them.
pub(super) type Headers = BTreeMap<String, (RunHeader, String)>;

pub(super) fn headers(run: &Run) -> Result<Headers, CliError> {
    let header = |(payer, positions): (&String, &Vec<usize>)| Ok((payer.clone(), header(run, payer, positions)?));
    run.tally.payers.iter().map(header).collect()
}

fn header(run: &Run, payer: &str, positions: &[usize]) -> Result<(RunHeader, String), CliError> {
    let (mut inputs, mut results) = (Sha256::new(), Sha256::new());
    run.people.blocks(positions.iter().copied(), |block| {
        let texts: Vec<(String, String)> = block
            .par_iter()
            .map(|one| {
                let result = report::slip_json(&(&one.worker).into(), &one.slip);
                (report::inputs_json(one).to_string(), result.to_string())
            })
            .collect();
        for (one, result) in texts {
            inputs.update(one);
            inputs.update("\n");
            results.update(result);
            results.update("\n");
        }
        Ok(())
    })?;
    let header = RunHeader {
        key: run.batch.key(payer, run.period),
        kind: run.batch.kind.word().to_owned(),
        paid_on: run.paying.paid_on,
        known_at: run.known_at,
        inputs_digest: hexadecimal(inputs),
        rulebook_digest: run.rulebook.clone(),
        engine_version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let parts = [
        header.key.to_string(),
        header.kind.clone(),
        header.paid_on.to_string(),
        header.known_at.map_or_else(String::new, |day| day.to_string()),
        header.rulebook_digest.clone(),
        run.roster.clone(),
        header.inputs_digest.clone(),
        hexadecimal(results),
    ];
    Ok((header, Digest::of(parts.join("\n").as_bytes()).to_string()))
}

fn hexadecimal(hasher: Sha256) -> String {
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn record(run: &Run, one: &Computed, at: usize) -> SlipRecord {
    let carried = one.slip.carried.iter().map(|(id, amount)| (id.clone(), amount.to_string())).collect();
    SlipRecord {
        worker: one.worker.label(),
        person: person(&one.worker),
        name: one.worker.name.clone(),
        sequence: u32::try_from(at).unwrap_or(u32::MAX),
        tax_year: run.paying.paid_on.year(),
        carried,
        result: report::slip_json(&(&one.worker).into(), &one.slip).to_string(),
        inputs: report::inputs_json(one).to_string(),
    }
}

pub(super) fn corrupted(what: &str) -> CliError {
    CliError::new(Kind::Internal, "ledger", format!("账本里的{what}读不出来"))
}

fn arrear(booked: &BookedArrear) -> Result<Arrear, CliError> {
    let one = &booked.arrear;
    let payer = if one.line.ends_with(EMPLOYER) { "employer" } else { "employee" };
    let line = Line {
        id: one.line.clone(),
        name: one.name.clone(),
        amount: Money::parse(&one.amount).map_err(|_| corrupted("补差"))?,
        payer: payer.to_owned(),
    };
    Ok(Arrear { period: one.period.first_day(), line })
}

/// How the id of a line ends that the employer pays.
const EMPLOYER: &str = "_employer";

fn net_of(record: &SlipRecord) -> Result<Money, CliError> {
    let result: serde_json::Value = serde_json::from_str(&record.result).map_err(|_| corrupted("工资单"))?;
    let net = result["net"].as_str().and_then(|net| Money::parse(net).ok());
    net.ok_or_else(|| corrupted("实发工资"))
}

/// How many differences are told one by one.
const TOLD: usize = 20;

fn differs(book: &Book, period: Period, differing: &[(&str, Vec<Difference>)]) -> CliError {
    let mut message = String::new();
    for (payer, differences) in differing {
        let mut lines: Vec<String> =
            differences.iter().take(TOLD).map(|difference| describe(book, difference)).collect();
        if differences.len() > TOLD {
            lines.push(format!("……共 {} 处", differences.len()));
        }
        let _ = writeln!(message, "账本里已有 {payer} {period} 的工资，与本次不同（原来 → 本次）：");
        let _ = writeln!(message, "  {}", lines.join("\n  "));
    }
    CliError::input("differs", message.trim_end()).at("--db").hint("确认以本次为准的，加 --replace；旧的记录仍会保留")
}

fn describe(book: &Book, difference: &Difference) -> String {
    match difference {
        Difference::PaidOn { old, new } => format!("支付日：{old} → {new}"),
        Difference::Kind { old, new } => format!("批次：{old} → {new}"),
        Difference::Joined { worker, name } => format!("{worker} {name}：本次新增"),
        Difference::Left { worker, name } => format!("{worker} {name}：本次没有"),
        Difference::Amount { worker, name, figure, old, new } => {
            let text = |amount: &Option<String>| {
                let amount = amount.as_ref()?;
                Some(Money::parse(amount).map_or_else(|_| amount.clone(), Money::thousands))
            };
            let text = |amount: &Option<String>| text(amount).unwrap_or_else(|| "无".to_owned());
            let figure = book.lexicon().find_anywhere(figure).map_or(figure.as_str(), |entry| &book.entry(entry).name);
            format!("{worker} {name}：{figure} {} → {}", text(old), text(new))
        }
        Difference::Other { worker, name, part } => {
            let part = match part {
                Part::Name => "姓名",
                Part::Person => "证件",
                Part::TaxYear => "纳税年度",
                Part::Result => "其他金额或提示",
                Part::Inputs => "名单内容或此前累计",
            };
            format!("{worker} {name}：{part}不同")
        }
    }
}

/// The opening balance of the roster that a row was computed with, to be kept in the ledger.
pub(super) fn used_opening(row: &RosterRow, paying: &Paying, payable: &Payable) -> Option<Balance> {
    let opening = roster::opening(row, paying)?;
    (payable.month.known.slips.is_empty() && payable.month.known.opening.as_ref() == Some(&opening)).then_some(opening)
}
