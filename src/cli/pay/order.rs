//! What is to be paid, computed: from a roster to slips, person by person.

use super::{
    attendance::HoursOfAll,
    books::Books,
    cannot_write,
    changes::Change,
    engagements::Engagements,
    filings::Outgoing,
    parts::Parts,
    people::{People, Reckoning},
    spool::{BLOCK, Spool},
    tally::Tally,
};
use crate::{
    cli::{error::CliError, output::Output},
    exchange::{
        rejected::Rejected,
        roster::{self, Field, Paying, Roster, RosterError, RosterRow},
        table::list,
    },
    rulebook::{Book, Digest},
    store::{Period, RunKey},
};
use chrono::NaiveDate;
use clap::ValueEnum;
use std::{fs, path::Path};

/// What a run pays. Each kind has a number in its period, so that the same command means the same run again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum RunKind {
    /// 当月工资，第 1 批
    Regular,
    /// 单发奖金，第 2 批；当月的社保和公积金由第 1 批缴，这里不再缴
    Bonus,
    /// 离职结算，第 3 批
    Leaver,
    /// 更正补发，第 4 批；同样不再缴当月的社保和公积金
    Correction,
}

impl RunKind {
    /// The word that the ledger keeps.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Regular => "regular",
            Self::Bonus => "bonus",
            Self::Leaver => "leaver",
            Self::Correction => "correction",
        }
    }

    /// For people.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Regular => "工资",
            Self::Bonus => "奖金",
            Self::Leaver => "离职结算",
            Self::Correction => "更正",
        }
    }

    fn number(self) -> u32 {
        match self {
            Self::Regular => 1,
            Self::Bonus => 2,
            Self::Leaver => 3,
            Self::Correction => 4,
        }
    }

    pub(super) fn contributes(self) -> bool {
        matches!(self, Self::Regular | Self::Leaver)
    }
}

/// Which run of a period it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) struct Batch {
    pub(super) kind: RunKind,
    pub(super) number: u32,
}

impl Batch {
    /// The run of a kind, by the number that was given or else the kind's own.
    pub(in crate::cli) fn new(kind: RunKind, number: Option<u32>) -> Self {
        Self { kind, number: number.unwrap_or_else(|| kind.number()) }
    }

    /// Whether it is the run of the month, which pays what earlier months owe.
    pub(super) fn is_regular(self) -> bool {
        self.number == RunKind::Regular.number()
    }

    /// Whether a key is this run of its period.
    pub(in crate::cli) fn is(self, key: &RunKey) -> bool {
        key.number == self.number
    }

    pub(super) fn key(self, payer: &str, period: Period) -> RunKey {
        RunKey { payer: payer.to_owned(), period, number: self.number }
    }
}

/// What is to be paid: a roster, a month, and what decides which rules apply.
pub(in crate::cli) struct Order<'a> {
    pub(in crate::cli) roster: &'a Path,
    pub(in crate::cli) period: Period,
    pub(in crate::cli) out: &'a Path,
    pub(in crate::cli) paid_on: Option<NaiveDate>,
    pub(in crate::cli) known_at: Option<NaiveDate>,
    pub(in crate::cli) employer: Option<&'a str>,
    pub(in crate::cli) batch: Batch,
    /// Shifts and absences day by day.
    pub(in crate::cli) attendance: Option<&'a Path>,
    pub(in crate::cli) outgoing: &'a Outgoing,
    pub(in crate::cli) engagements: &'a Engagements,
    /// Whether each person gets a slip as PDF.
    pub(in crate::cli) with_slips: bool,
}

/// The payer of rows that name none, where the command names none either.
pub(super) const PAYER_UNSTATED: &str = "未注明扣缴义务人";

/// The payroll, computed.
pub(super) struct Run {
    pub(super) period: Period,
    pub(super) batch: Batch,
    pub(super) paying: Paying,
    pub(super) known_at: Option<NaiveDate>,
    pub(super) rulebook: String,
    /// The digests of the roster's file, the attendance's, and of the engagements behind it.
    pub(super) roster: String,
    /// Hours by class, of those who have attendance.
    pub(super) hours: HoursOfAll,
    /// The computed, on the disk.
    pub(super) people: Spool,
    /// What they come to.
    pub(super) tally: Tally,
    pub(super) rejected: Vec<Rejected>,
    /// Row numbers of the template's made-up row, which was left out.
    pub(super) samples: Vec<u32>,
    /// Whether there is no slip at all, and that only since the rule book covers none.
    pub(super) uncovered: bool,
    /// Against the month before in the ledger.
    pub(super) changes: Vec<Change>,
    /// What is to be said of the run as a whole.
    pub(super) notes: Vec<String>,
}

impl Order<'_> {
    /// Computes everybody. With a ledger, what it knows of earlier months is carried in.
    /// The people go to a folder until their files are made.
    pub(super) fn compute(
        &self,
        book: &Book,
        ledger: Option<&Books>,
        folder: &Path,
        output: &Output,
    ) -> Result<Run, CliError> {
        let paying = self.paying()?;
        let mut read = read_roster(self.roster, &paying)?;
        if self.employer.is_none() {
            refuse_unnamed_payers(&mut read);
        }
        let parts = Parts::of(&read.rows, &paying);
        // First everybody's first payment, then the second ones.
        read.rows.sort_by_key(|row| row.part);
        let files = [Some(self.roster), self.attendance];
        // Without it a preview would hold for whatever the files become.
        let digest = |path: &Path| {
            let bytes = fs::read(path).map_err(|error| {
                CliError::input("read", format!("打不开（{error}）")).at(path.display().to_string())
            })?;
            Ok::<_, CliError>(Digest::of(&bytes).to_string())
        };
        let roster = files.into_iter().flatten().map(digest).collect::<Result<Vec<_>, _>>()?.join(" ");
        let spool = Spool::create(folder).map_err(|error| cannot_write(folder, &error))?;
        let engagements = self.engagements.read(book, self.known_at)?;
        let mut reckoning =
            Reckoning::new(self, book, &paying, ledger, engagements, parts, People::new(spool, read.rejected))?;
        let bar = output.progress("核算", read.rows.len());
        let mut rows = read.rows.into_iter().peekable();
        while rows.peek().is_some() {
            let part = rows.peek().map(|row| row.part);
            let of_part = std::iter::from_fn(|| rows.next_if(|row| Some(row.part) == part));
            let block: Vec<_> = of_part.take(BLOCK).collect();
            bar.inc(block.len() as u64);
            reckoning.take(block)?;
        }
        bar.finish_and_clear();
        let roster = reckoning.sealed(roster);
        let people = reckoning.finish()?;
        Ok(Run {
            period: self.period,
            batch: self.batch,
            paying,
            known_at: self.known_at,
            rulebook: book.digest().to_string(),
            roster,
            uncovered: people.is_uncovered(),
            notes: people.notes(),
            hours: people.hours,
            people: people.computed,
            tally: people.tally,
            rejected: people.rejected,
            samples: read.samples,
            changes: Vec::new(),
        })
    }

    fn paying(&self) -> Result<Paying, CliError> {
        let period = self.period;
        let (period_start, period_end) = (period.first_day(), period.last_day());
        let paid_on = self.paid_on.unwrap_or(period_end);
        if paid_on < period_start {
            let message = format!("支付日 {paid_on} 早于所属月份 {period}");
            return Err(CliError::input("paid-on", message).at("--paid-on").hint("核对 --period 和 --paid-on"));
        }
        let payer = self.employer.unwrap_or(PAYER_UNSTATED).to_owned();
        let contributes = self.batch.kind.contributes();
        Ok(Paying {
            period_start,
            period_end,
            paid_on,
            payer,
            contributed_elsewhere: !contributes,
            completes_month: contributes,
        })
    }
}

/// Where some rows name their payer and the command names none, those that name none are refused: whoever pays them
/// would else withhold apart from the others.
fn refuse_unnamed_payers(roster: &mut Roster) {
    if roster.rows.iter().all(|row| row.payer.is_none()) {
        return;
    }
    let (named, unnamed) = std::mem::take(&mut roster.rows).into_iter().partition(|row| row.payer.is_some());
    roster.rows = named;
    let unnamed: Vec<RosterRow> = unnamed;
    roster.rejected.extend(unnamed.into_iter().map(|row| Rejected {
        row: row.row,
        column: Field::Payer.column().heading.to_owned(),
        value: String::new(),
        problem: "名单里其他行写了扣缴义务人，这一行空着，不知道由谁支付".to_owned(),
        remedy: "填写扣缴义务人；空着的都由同一家支付的，用 --employer 写明".to_owned(),
    }));
}

/// The roster of a file that is one, and has people in it.
fn read_roster(path: &Path, paying: &Paying) -> Result<Roster, CliError> {
    let place = || path.display().to_string();
    let read = if paying.contributed_elsewhere { roster::read_beside } else { roster::read };
    let read = read(path, paying.period_end).map_err(|error| {
        // The place is told beside the message.
        let message = match &error {
            RosterError::Table(error) => error.fault.to_string(),
            RosterError::Columns { faults, .. } => list(faults),
        };
        CliError::input("roster", message).at(place())
    })?;
    if read.rows.is_empty() && read.rejected.is_empty() {
        let message =
            if read.samples.is_empty() { "名单里没有人员" } else { "名单里只有样例行，没有人员" };
        return Err(CliError::input("empty", message).at(place()).hint("从表头的下一行起，一人填一行"));
    }
    Ok(read)
}
