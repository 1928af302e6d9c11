//! What is to be paid, computed: from a roster to slips, person by person.

use super::{
    attendance::{Attendance, HoursOfAll},
    books,
    filings::Outgoing,
    report,
};
use crate::{
    cli::{
        error::{CliError, Kind},
        output::Output,
    },
    document::missing_characters,
    engine::Places,
    exchange::{
        rejected::Rejected,
        roster::{self, Field, Payable, Paying, Roster, RosterError, RosterRow},
        table::list,
    },
    payroll::{Balance, Month, Refusal, Slip, Totals, Worker},
    quantity::Money,
    rulebook::{Book, Digest, Role},
    store::{Period, RunKey},
};
use chrono::NaiveDate;
use clap::ValueEnum;
use rayon::prelude::*;
use std::{collections::BTreeMap, fs, path::Path};

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

    fn contributes(self) -> bool {
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
    /// Whether each person gets a slip as PDF.
    pub(in crate::cli) with_slips: bool,
}

/// The payer of rows that name none, where the command names none either.
const PAYER_UNSTATED: &str = "未注明扣缴义务人";

/// One person, computed.
pub(super) struct Computed {
    pub(super) worker: Worker,
    pub(super) slip: Slip,
    /// The facts it was computed from.
    pub(super) facts: BTreeMap<String, String>,
    /// Where it is insured, has the fund, works.
    pub(super) places: Places,
    /// What was carried into it from earlier months, by the full id of the carried value.
    pub(super) carried_in: BTreeMap<String, String>,
    /// The roster's opening balance that it was computed with, which the ledger is to keep.
    pub(super) opening: Option<Balance>,
    /// Deductions as the tax client lists them.
    pub(super) client: BTreeMap<&'static str, Money>,
}

/// The payroll, computed.
pub(super) struct Run {
    pub(super) period: Period,
    pub(super) batch: Batch,
    pub(super) paying: Paying,
    pub(super) known_at: Option<NaiveDate>,
    pub(super) rulebook: String,
    /// The digest of the roster's file, and of the attendance's.
    pub(super) roster: String,
    /// Hours by class, of those who have attendance.
    pub(super) hours: HoursOfAll,
    pub(super) computed: Vec<Computed>,
    pub(super) rejected: Vec<Rejected>,
    /// Row numbers of the template's made-up row, which was left out.
    pub(super) samples: Vec<u32>,
    pub(super) totals: Totals,
    /// Whether there is no slip at all, and that only since the rule book covers none.
    pub(super) uncovered: bool,
    /// Against the month before in the ledger.
    pub(super) changes: Vec<books::Change>,
    /// What is to be said of the run as a whole.
    pub(super) notes: Vec<String>,
}

/// How many rows are computed at a time.
const BLOCK: usize = 2_000;

/// The people of a roster, computed.
#[derive(Default)]
struct People {
    computed: Vec<Computed>,
    rejected: Vec<Rejected>,
    /// How many rows the rule book does not cover.
    uncovered: usize,
    /// Those whose opening balance of the roster was left aside for what the ledger has.
    overruled: Vec<String>,
    /// How many gave their additional deductions as one sum.
    undivided: usize,
    /// Hours by class, of those who have attendance.
    hours: HoursOfAll,
    /// What is to be said of the attendance.
    attendance: Vec<String>,
}

impl Order<'_> {
    /// Computes everybody. With a ledger, what it knows of earlier months is carried in.
    pub(super) fn compute(&self, book: &Book, ledger: Option<&books::Books>, output: &Output) -> Result<Run, CliError> {
        let paying = self.paying()?;
        let read = read_roster(self.roster, &paying)?;
        let files = [Some(self.roster), self.attendance];
        let digests =
            files.into_iter().flatten().map(|path| fs::read(path).map(|bytes| Digest::of(&bytes).to_string()));
        let roster = digests.collect::<Result<Vec<_>, _>>().unwrap_or_default().join(" ");
        let people = self.people(book, &paying, read.rows, read.rejected, ledger, output)?;
        let totals = Totals::of(people.computed.iter().map(|one| &one.slip))
            .map_err(|error| CliError::new(Kind::Input, "totals", error.to_string()).at("合计"))?;
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
            computed: people.computed,
            rejected: people.rejected,
            samples: read.samples,
            totals,
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
        let contributed_elsewhere = !self.batch.kind.contributes();
        Ok(Paying { period_start, period_end, paid_on, payer, contributed_elsewhere })
    }

    fn people(
        &self,
        book: &Book,
        paying: &Paying,
        rows: Vec<RosterRow>,
        rejected: Vec<Rejected>,
        ledger: Option<&books::Books>,
        output: &Output,
    ) -> Result<People, CliError> {
        let mut month = Month::new(book, paying.period_start, paying.period_end, paying.paid_on, self.known_at)
            .map_err(|error| CliError::input("rules", error.to_string()))?;
        let mut attendance = Attendance::open(self, book, &month, paying)?;
        let mut people = People { rejected, ..People::default() };
        let mut seen = BTreeMap::new();
        let bar = output.progress("核算", rows.len());
        let mut rows = rows.into_iter().peekable();
        // Block by block: what a row is made into on its way to a slip is several times the slip.
        while rows.peek().is_some() {
            let mut payables: Vec<(RosterRow, Payable)> = Vec::new();
            for mut row in rows.by_ref().take(BLOCK) {
                bar.inc(1);
                let payable = match attendance.fill(&mut row).and_then(|()| roster::payable(&row, paying, book)) {
                    Ok(payable) => payable,
                    Err(reasons) => {
                        people.rejected.extend(reasons);
                        continue;
                    }
                };
                match unprintable(row.row, &payable.worker).or_else(|| seen_before(&mut seen, &payable)) {
                    None => payables.push((row, payable)),
                    Some(refused) => people.rejected.push(refused),
                }
            }
            if let Some(ledger) = ledger {
                let chart = month.chart();
                people.overruled.extend(ledger.recall(
                    self.batch,
                    self.period,
                    paying.paid_on,
                    chart,
                    &mut payables,
                )?);
            }
            month
                .prepare(payables.iter().map(|(_, payable)| &payable.month.places))
                .map_err(|diagnostics| CliError::rules(book.sources(), &diagnostics))?;
            let slips: Vec<_> = payables
                .par_iter()
                .map(|(_, payable)| {
                    let row = &payable.month;
                    let carried = month.carried(row)?;
                    let slip = month.slip_of(&row.places, row.facts.iter().chain(&carried), &row.arrears)?;
                    Ok::<_, Refusal>((slip, carried))
                })
                .collect();
            for ((row, payable), slip) in payables.into_iter().zip(slips) {
                match slip {
                    Ok((slip, carried)) => {
                        let undivided = row.additional.items.is_none() && row.additional.total > Money::ZERO;
                        people.undivided += usize::from(undivided);
                        people.computed.push(Computed {
                            facts: report::facts(book, &payable.month.facts),
                            carried_in: report::facts(book, &carried),
                            places: payable.month.places.clone(),
                            opening: books::used_opening(&row, paying, &payable),
                            worker: payable.worker,
                            slip,
                            client: report::client_columns(&row),
                        });
                    }
                    Err(refusal) => {
                        people.uncovered += usize::from(matches!(refusal, Refusal::Coverage { .. }));
                        people.rejected.push(refused(&row, refusal));
                    }
                }
            }
        }
        bar.finish_and_clear();
        let (strangers, notes, hours) = attendance.finish();
        people.rejected.extend(strangers);
        (people.attendance, people.hours) = (notes, hours);
        people.rejected.sort_by_key(|one| one.row);
        Ok(people)
    }
}

impl People {
    /// Whether there is no slip at all, and that only since the rule book covers none.
    fn is_uncovered(&self) -> bool {
        self.computed.is_empty() && self.uncovered > 0 && self.uncovered == self.rejected.len()
    }

    /// What is to be said of all of them.
    fn notes(&self) -> Vec<String> {
        let mut notes = self.attendance.clone();
        if !self.overruled.is_empty() {
            let workers = self.overruled.join("、");
            notes.push(format!("账本里已有本年的工资，与名单里的期初数不同，以账本为准：{workers}"));
        }
        if self.undivided > 0 {
            notes.push(format!(
                "{} 人的专项附加扣除只填了合计：filings 里的报税表里没有分项，导入扣缴端前请补填",
                self.undivided
            ));
        }
        notes
    }
}

/// The roster of a file that is one, and has people in it.
fn read_roster(path: &Path, paying: &Paying) -> Result<Roster, CliError> {
    let place = || path.display().to_string();
    let read = roster::read(path, paying.period_end).map_err(|error| {
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

/// A second row of one person with one payer. The roster's own check does not know who pays for rows that say nothing.
fn seen_before(seen: &mut BTreeMap<[String; 3], u32>, payable: &Payable) -> Option<Rejected> {
    let worker = &payable.worker;
    let document = [&worker.payer, &worker.id_kind, &worker.id_number].map(Clone::clone);
    let first = *seen.entry(document).or_insert(payable.row);
    (first != payable.row).then(|| Rejected {
        row: payable.row,
        column: Field::IdNumber.column().heading.to_owned(),
        value: worker.masked_id(),
        problem: format!("同一扣缴义务人的证件号码与第 {first} 行重复"),
        remedy: "请删去重复的行，或改正其中一行".to_owned(),
    })
}

/// A row whose words no font can print is refused: an empty box on a slip is nobody's name.
fn unprintable(row: u32, worker: &Worker) -> Option<Rejected> {
    let fields = [
        (Field::Name, &worker.name),
        (Field::Payer, &worker.payer),
        (Field::Post, &worker.post),
        (Field::Department, &worker.department),
        (Field::Project, &worker.project),
        (Field::WorkerNo, &worker.number),
    ];
    fields.into_iter().find_map(|(field, text)| {
        let missing = missing_characters(text);
        (!missing.is_empty()).then(|| Rejected {
            row,
            column: field.column().heading.to_owned(),
            value: text.clone(),
            problem: format!("字库里没有这些字：{}", missing.iter().collect::<String>()),
            remedy: "核对是否有误；确为生僻字的，用公安机关登记的规范字形".to_owned(),
        })
    })
}

fn refused(row: &RosterRow, refusal: Refusal) -> Rejected {
    let worker_no = || (Field::WorkerNo, row.worker_no.clone());
    let ((field, value), problem, remedy) = match refusal {
        Refusal::Coverage { role, reason } => (
            role.map_or_else(worker_no, |role| place_of(row, role)),
            reason,
            "用 gongche rules coverage 查看规则库覆盖的地区和期间；可用 --rules 读补充过的规则库".to_owned(),
        ),
        Refusal::Facts(reason) => (worker_no(), reason, "核对这一行的金额和日期".to_owned()),
        Refusal::Open(names) => (worker_no(), format!("缺少：{}", names.join("、")), "补充这些内容".to_owned()),
    };
    Rejected { row: row.row, column: field.column().heading.to_owned(), value, problem, remedy }
}

/// The cell that says where a role's place is; the place of insurance stands for those that are not said.
fn place_of(row: &RosterRow, role: Role) -> (Field, String) {
    let said = match role {
        Role::Insurance => None,
        Role::Fund => row.fund_place.as_ref().map(|place| (Field::FundPlace, place)),
        Role::Work | Role::Host => row.work_place.as_ref().map(|place| (Field::WorkPlace, place)),
    };
    let (field, place) = said.unwrap_or((Field::InsuredPlace, &row.insured_place));
    (field, place.clone())
}
