//! The ledger's part of a payroll: what earlier months hand on, and the run itself.

use super::{
    Intent,
    changes::{Change, changes, differs},
    order::{Batch, Run},
    recall::{self, Contributed},
    records::{Headers, Records, openings, person},
};
use crate::{
    cli::error::{CliError, Kind},
    exchange::roster::{self, Payable, Paying, RosterRow},
    payroll::{Arrear, Balance, Chart, Known, Line},
    quantity::{Exact, Money},
    rulebook::Book,
    store::{
        Asking, BookedArrear, CommitOutcome, Difference, Ledger, Mode, NOW, Opening, Period, Problem, RunKey,
        StoreError, Submission,
    },
};
use chrono::NaiveDate;
use std::{
    cell::OnceCell,
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// A ledger, which is made only when something goes into it.
pub(in crate::cli) struct Books {
    place: PathBuf,
    /// Open, if it is there.
    ledger: OnceCell<Ledger>,
    /// Whether each run needs the approval of a second person.
    approval: bool,
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

    /// What is otherwise than the month before; nothing without a ledger.
    pub(super) fn changes(&self, run: &Run) -> Result<Vec<Change>, CliError> {
        self.ledger.get().map_or_else(|| Ok(Vec::new()), |ledger| changes(ledger, run))
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

/// The opening balance of the roster that a row was computed with, to be kept in the ledger.
pub(super) fn used_opening(row: &RosterRow, paying: &Paying, payable: &Payable) -> Option<Balance> {
    let opening = roster::opening(row, paying)?;
    (payable.month.known.slips.is_empty() && payable.month.known.opening.as_ref() == Some(&opening)).then_some(opening)
}
