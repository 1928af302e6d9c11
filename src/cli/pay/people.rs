//! From the rows of a roster to slips, block by block: what a row is made into on its way to a slip is several times the
//! slip.

use super::{
    attendance::{Attendance, HoursOfAll},
    books::{self, Books},
    engagements::Classifier,
    order::Order,
    parts::Parts,
    report,
    spool::Spool,
    tally::Tally,
};
use crate::{
    cli::error::{CliError, Kind},
    document::missing_characters,
    engine::Places,
    exchange::{
        rejected::Rejected,
        roster::{self, Field, Payable, Paying, RosterRow},
        summary::{ClientColumns, Paid},
    },
    payroll::{Balance, Month, Refusal, Slip, Worker},
    quantity::{ArithmeticError, Money},
    rulebook::{Book, Role},
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One person, computed.
#[derive(Serialize, Deserialize)]
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
    pub(super) client: ClientColumns,
}

impl Computed {
    /// As the workbooks of the month need it.
    pub(super) fn paid(&self) -> Paid<'_> {
        Paid { worker: &self.worker, slip: &self.slip, client: &self.client }
    }
}

/// The people of a roster, computed.
pub(super) struct People {
    pub(super) computed: Spool,
    pub(super) tally: Tally,
    pub(super) rejected: Vec<Rejected>,
    /// How many rows the rule book does not cover.
    uncovered: usize,
    /// Those whose opening balance of the roster was left aside for what the ledger has.
    overruled: Vec<String>,
    /// Those whose insurance and fund of the month another run has contributed.
    contributed: Vec<String>,
    /// Those who were paid in the same month by another run.
    paid_before: Vec<String>,
    /// How many gave their additional deductions as one sum.
    undivided: usize,
    /// What is to be said of the engagements behind the roster.
    classified: Vec<String>,
    /// Hours by class, of those who have attendance.
    pub(super) hours: HoursOfAll,
    /// What is to be said of the attendance.
    attended: Vec<String>,
}

/// What makes slips of rows, and whom it has made them of.
pub(super) struct Reckoning<'a> {
    order: &'a Order<'a>,
    book: &'a Book,
    paying: &'a Paying,
    ledger: Option<&'a Books>,
    month: Month<'a>,
    attendance: Attendance<'a>,
    engagements: Classifier<'a>,
    parts: Parts,
    /// The first row of each payment to a document by a payer.
    seen: BTreeMap<([String; 3], u32), u32>,
    people: People,
}

/// A row, and what is to be paid by it.
type Due = (RosterRow, Payable);

impl<'a> Reckoning<'a> {
    /// For the month of an order.
    ///
    /// # Errors
    /// A book that has no payroll; attendance that cannot be read.
    pub(super) fn new(
        order: &'a Order<'a>,
        book: &'a Book,
        paying: &'a Paying,
        ledger: Option<&'a Books>,
        engagements: Classifier<'a>,
        parts: Parts,
        people: People,
    ) -> Result<Self, CliError> {
        let month = Month::new(book, paying.period_start, paying.period_end, paying.paid_on, order.known_at)
            .map_err(|error| CliError::input("rules", error.to_string()))?;
        let attendance = Attendance::open(order, book, &month, paying)?;
        Ok(Self { order, book, paying, ledger, month, attendance, engagements, parts, seen: BTreeMap::new(), people })
    }

    /// Computes the next rows, no two of which are payments of one person. With a ledger, what it knows of earlier months
    /// is carried in.
    pub(super) fn take(&mut self, rows: Vec<RosterRow>) -> Result<(), CliError> {
        let mut due = self.due(rows);
        self.people.rejected.extend(self.engagements.classify(self.book, self.paying, &mut due)?);
        if let Some(ledger) = self.ledger {
            let Order { batch, period, .. } = *self.order;
            let chart = self.month.chart();
            let paid_on = self.paying.paid_on;
            self.people.contributed.extend(ledger.leave_contributed(batch, period, paid_on, &mut due)?);
            // What comes after the first payment has what that one knew, and the first itself.
            let firsts = due.partition_point(|(row, _)| row.part == 1);
            let overruled = ledger.recall(batch, period, paid_on, chart, &mut due[..firsts])?;
            self.people.overruled.extend(overruled);
            let twice = due[..firsts].iter().filter(|(_, payable)| payable.month.known.is_paid_in_month(paid_on));
            self.people.paid_before.extend(twice.map(|(_, payable)| payable.worker.number.clone()));
        }
        self.month
            .prepare(due.iter().map(|(_, payable)| &payable.month.places))
            .map_err(|diagnostics| CliError::rules(self.book.sources(), &diagnostics))?;
        Classifier::expose(self.book, &self.month, &mut due);
        let month = &self.month;
        let slips: Vec<_> = due
            .par_iter()
            .map(|(_, payable)| {
                let row = &payable.month;
                let carried = month.carried(row)?;
                let slip = month.slip_of(&row.places, row.facts.iter().chain(&carried), &row.arrears)?;
                Ok::<_, Refusal>((slip, carried))
            })
            .collect();
        for ((row, payable), slip) in due.into_iter().zip(slips) {
            match slip {
                // A deduction that cannot be made is no payment that a ledger could hold.
                Ok((slip, _)) if self.ledger.is_some() && slip.overdrawn().is_some() => {
                    self.people.rejected.extend(overdrawn(&row, &slip));
                }
                Ok((slip, carried)) => {
                    self.parts.hand_on(&row, self.paying, &payable.month.known, &slip).map_err(overflow)?;
                    let has_more = self.parts.are_several(&row, self.paying);
                    let undivided =
                        row.additional.items.is_none() && row.additional.total > Money::ZERO && row.part == 1;
                    self.people.undivided += usize::from(undivided);
                    let computed = Computed {
                        facts: report::facts(self.book, &payable.month.facts),
                        carried_in: report::facts(self.book, &carried),
                        places: payable.month.places.clone(),
                        opening: books::used_opening(&row, self.paying, &payable),
                        worker: payable.worker,
                        slip,
                        client: report::client_columns(&row),
                    };
                    self.people.keep(&computed, has_more)?;
                }
                Err(refusal) => {
                    self.people.uncovered += usize::from(matches!(refusal, Refusal::Coverage { .. }));
                    self.people.rejected.push(refused(&row, refusal));
                }
            }
        }
        Ok(())
    }

    /// What is to be paid by each row; the others are refused.
    fn due(&mut self, rows: Vec<RosterRow>) -> Vec<Due> {
        let mut due = Vec::with_capacity(rows.len());
        for mut row in rows {
            let filled = self.attendance.fill(&mut row);
            let admitted = filled.and_then(|()| self.parts.admit(&mut row, self.paying));
            let payable = match admitted.and_then(|paying| roster::payable(&row, &paying, self.book)) {
                Ok(mut payable) => {
                    self.parts.tell(&row, self.paying, self.book, &mut payable);
                    payable
                }
                Err(reasons) => {
                    self.people.rejected.extend(reasons);
                    continue;
                }
            };
            match unprintable(row.row, &payable.worker).or_else(|| seen_before(&mut self.seen, &payable)) {
                None => due.push((row, payable)),
                Some(refused) => self.people.rejected.push(refused),
            }
        }
        due
    }

    /// The digest of a roster with that of what stands behind it: a preview holds for all of it.
    pub(super) fn sealed(&self, roster: String) -> String {
        self.engagements.sealed(roster)
    }

    /// The people, all of them.
    pub(super) fn finish(self) -> Result<People, CliError> {
        let mut people = self.people;
        people.classified = self.engagements.notes();
        let (strangers, notes, hours) = self.attendance.finish();
        people.rejected.extend(strangers);
        (people.attended, people.hours) = (notes, hours);
        people.computed.flush()?;
        people.rejected.sort_by_key(|one| one.row);
        Ok(people)
    }
}

/// How many workers a note names.
const NAMED: usize = 20;

/// The first of some 工号, and how many there are.
pub(super) fn named(workers: &[String]) -> String {
    let more = if workers.len() > NAMED { format!("等 {} 人", workers.len()) } else { String::new() };
    format!("{}{more}", workers.iter().take(NAMED).cloned().collect::<Vec<_>>().join("、"))
}

impl People {
    /// Nobody yet, but those whom reading the roster refused.
    pub(super) fn new(computed: Spool, rejected: Vec<Rejected>) -> Self {
        Self {
            computed,
            tally: Tally::default(),
            rejected,
            uncovered: 0,
            overruled: Vec::new(),
            contributed: Vec::new(),
            paid_before: Vec::new(),
            undivided: 0,
            classified: Vec::new(),
            hours: Vec::new(),
            attended: Vec::new(),
        }
    }

    fn keep(&mut self, one: &Computed, has_more: bool) -> Result<(), CliError> {
        self.tally.add(one, has_more).map_err(overflow)?;
        self.computed.push(one)
    }

    /// Whether there is no slip at all, and that only since the rule book covers none.
    pub(super) fn is_uncovered(&self) -> bool {
        self.computed.is_empty() && self.uncovered > 0 && self.uncovered == self.rejected.len()
    }

    /// What is to be said of all of them.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = self.attended.clone();
        if !self.overruled.is_empty() {
            let workers = named(&self.overruled);
            notes.push(format!("账本里已有本年的工资，与名单里的期初数不同，以账本为准：{workers}"));
        }
        if !self.contributed.is_empty() {
            let workers = named(&self.contributed);
            notes.push(format!("本期的社保和公积金已由账本里本期的另一批缴纳，这一批不再缴，收入照常累计：{workers}"));
        }
        if self.undivided > 0 {
            notes.push(format!(
                "{} 人的专项附加扣除只填了合计：filings 里的报税表里没有分项，导入扣缴端前请补填",
                self.undivided
            ));
        }
        if !self.paid_before.is_empty() {
            let workers = named(&self.paid_before);
            notes.push(format!(
                "这些人同一个月已由另一批付过：{workers}。累计数已计入；报税时同一人一行，本期收入和各项扣除要与那一批合并"
            ));
        }
        notes.extend(self.classified.iter().cloned());
        notes
    }
}

fn overflow(error: ArithmeticError) -> CliError {
    CliError::new(Kind::Input, "totals", error.to_string()).at("合计")
}

/// A second row of one payment to a person by one payer. The roster's own check does not know who pays for rows that say nothing.
fn seen_before(seen: &mut BTreeMap<([String; 3], u32), u32>, payable: &Payable) -> Option<Rejected> {
    let worker = &payable.worker;
    let document = [&worker.payer, &worker.id_kind, &worker.id_number].map(Clone::clone);
    let first = *seen.entry((document, worker.part)).or_insert(payable.row);
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

/// A row whose deductions leave less than nothing.
fn overdrawn(row: &RosterRow, slip: &Slip) -> Option<Rejected> {
    let finding = slip.overdrawn()?;
    let (field, amount) = match slip.other_deduction {
        Money::ZERO => (Field::LossDeduction, slip.loss),
        other => (Field::OtherDeduction, other),
    };
    Some(Rejected {
        row: row.row,
        column: field.column().heading.to_owned(),
        value: amount.to_string(),
        problem: format!("{}没有记入账本", finding.message),
        remedy: finding.remedy.clone().unwrap_or_default(),
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
