//! The ledger's part of a payroll: what earlier months hand on, what changed since, and the run itself.

use super::{Computed, Run, report};
use crate::{
    cli::error::{CliError, Kind},
    exchange::roster::{self, Payable, Paying, RosterRow},
    payroll::{Balance, Chart, Earlier, Known},
    quantity::{Exact, Money},
    rulebook::{Book, Digest},
    store::{
        Amounts, CommitOutcome, Difference, EarlierSlip, Ledger, Opening, Part, Period, RunHeader, RunKey, SlipRecord,
        Span, StoreError, person_key,
    },
};
use chrono::{Datelike, NaiveDate};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    path::Path,
};

/// An open ledger.
pub(super) struct Books {
    ledger: Ledger,
}

/// The order of payments: by day, then period, then number.
type PaymentKey = (NaiveDate, Period, u32);

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
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        Self::input("ledger", error.to_string())
    }
}

impl Books {
    pub(super) fn open(path: &Path) -> Result<Self, CliError> {
        Ok(Self { ledger: Ledger::open(path)? })
    }

    /// Puts what the ledger knows of earlier payments in the place of what the roster says. The roster's opening
    /// balances count only where the ledger has no slip of the person in the tax year; gives the 工号 of those whose
    /// opening balance says something else than the ledger and was left aside.
    pub(super) fn recall(
        &self,
        period: Period,
        paid_on: NaiveDate,
        chart: &Chart<'_>,
        payables: &mut [(RosterRow, Payable)],
    ) -> Result<Vec<String>, CliError> {
        let mut by_payer: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (_, payable) in payables.iter() {
            by_payer.entry(payable.worker.payer.clone()).or_default().insert(person(&payable.worker));
        }
        let mut known: BTreeMap<(String, String), Known> = BTreeMap::new();
        for (payer, persons) in by_payer {
            let key = RunKey { payer: payer.clone(), period, number: 1 };
            let slips = self.earlier(&key, paid_on, chart, &persons)?;
            let openings = self.ledger.opening_balances(&payer, paid_on.year(), &persons)?;
            for person in persons {
                // Of a month that it sums up itself, an opening balance says nothing.
                let opening = openings.get(&person).filter(|opening| opening.as_of < period);
                let after = |period: Period| opening.is_none_or(|opening| period > opening.as_of);
                let slips = slips.get(&person).map(Vec::as_slice).unwrap_or_default();
                let slips = slips.iter().filter(|(period, _)| after(*period)).map(|(_, slip)| slip.clone());
                let one = Known { opening: opening.map(balance).transpose()?, slips: slips.collect() };
                known.insert((payer.clone(), person), one);
            }
        }
        let mut left_aside = Vec::new();
        for (_, payable) in payables {
            let Some(ledger) = known.remove(&(payable.worker.payer.clone(), person(&payable.worker))) else { continue };
            let roster = payable.month.known.opening.take();
            match roster {
                Some(roster) if ledger.slips.is_empty() => payable.month.known.opening = Some(roster),
                roster => {
                    let opening = ledger.opening.clone();
                    payable.month.known = ledger;
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

    /// The slips that the chart looks back at, oldest payment first.
    fn earlier(
        &self,
        key: &RunKey,
        paid_on: NaiveDate,
        chart: &Chart<'_>,
        persons: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, Vec<(Period, Earlier)>>, CliError> {
        let mut found: BTreeMap<String, BTreeMap<PaymentKey, (Period, Earlier)>> = BTreeMap::new();
        let year_before = chart.looks_back_a_year().then_some(Span::Months(12));
        let by_project = chart.by_project();
        let mut projects = BTreeMap::new();
        for span in [Span::TaxYear(paid_on.year())].into_iter().chain(year_before) {
            for (person, slips) in self.ledger.earlier_slips(key, paid_on, span, persons)? {
                let of_person = found.entry(person.clone()).or_default();
                for slip in slips {
                    // Only a slip of the same month is asked what it was for, and there is hardly ever one.
                    let asked = is_same_month(slip.paid_on, paid_on)
                        && slip.carried.keys().any(|id| by_project.contains(id.as_str()));
                    let project = if asked { self.project(key, &slip, &person, &mut projects)? } else { String::new() };
                    let earlier = Earlier { paid_on: slip.paid_on, project, amounts: exact(&slip.carried)? };
                    of_person.insert((slip.paid_on, slip.period, slip.number), (slip.period, earlier));
                }
            }
        }
        Ok(found.into_iter().map(|(person, slips)| (person, slips.into_values().collect())).collect())
    }

    /// What an earlier slip was for. The inputs of a run are read once.
    fn project(
        &self,
        key: &RunKey,
        slip: &EarlierSlip,
        person: &str,
        projects: &mut BTreeMap<RunKey, BTreeMap<String, String>>,
    ) -> Result<String, CliError> {
        let run = RunKey { payer: key.payer.clone(), period: slip.period, number: slip.number };
        if !projects.contains_key(&run) {
            let mut of_run = BTreeMap::new();
            for stored in self.ledger.slips_of(&run)? {
                let inputs: serde_json::Value =
                    serde_json::from_str(&stored.record.inputs).map_err(|_| corrupted("名单内容"))?;
                let project = inputs["project"].as_str().unwrap_or_default().to_owned();
                of_run.insert(stored.record.person, project);
            }
            projects.insert(run.clone(), of_run);
        }
        Ok(projects.get(&run).and_then(|of_run| of_run.get(person)).cloned().unwrap_or_default())
    }

    /// Who is new, gone, or paid otherwise than in the last month of the ledger before this one.
    pub(super) fn changes(&self, run: &Run) -> Result<Vec<Change>, CliError> {
        let mut changes = Vec::new();
        for (payer, now) in by_payer(run) {
            let Some(before) = self.ledger.previous_period(payer, run.period)? else { continue };
            let key = RunKey { payer: payer.to_owned(), period: before, number: 1 };
            let mut earlier: BTreeMap<String, SlipRecord> =
                self.ledger.slips_of(&key)?.into_iter().map(|slip| (slip.record.person.clone(), slip.record)).collect();
            for one in now {
                let (worker, name) = (one.worker.number.clone(), one.worker.name.clone());
                match earlier.remove(&person(&one.worker)) {
                    None => changes.push(Change::New { worker, name }),
                    Some(record) => {
                        let before = net_of(&record)?;
                        if before != one.slip.net {
                            changes.push(Change::Net { worker, name, before, now: one.slip.net });
                        }
                    }
                }
            }
            changes
                .extend(earlier.into_values().map(|record| Change::Gone { worker: record.worker, name: record.name }));
        }
        Ok(changes)
    }

    /// Refuses a run that differs from what stands in its place, before anything of it is written anywhere.
    pub(super) fn check(&self, book: &Book, run: &Run) -> Result<(), CliError> {
        let mut differing = Vec::new();
        for (payer, computed) in by_payer(run) {
            let (header, records) = records(run, payer, &computed);
            let differences = self.ledger.differences(&header, &records)?;
            if !differences.is_empty() {
                differing.push((payer, differences));
            }
        }
        if differing.is_empty() { Ok(()) } else { Err(differs(book, run.period, &differing)) }
    }

    /// Writes the run, a payer at a time: the rule book and the opening balances that it rests on, then the slips.
    pub(super) fn commit(&self, book: &Book, run: &Run, replace: bool) -> Result<Stored, CliError> {
        self.ledger.keep_book(&run.rulebook, book.canonical().as_bytes())?;
        let mut stored = Stored::AlreadyThere;
        for (payer, computed) in by_payer(run) {
            self.keep_openings(payer, run, &computed)?;
            let (header, records) = records(run, payer, &computed);
            match self.ledger.commit_run(&header, &records, replace)? {
                CommitOutcome::Committed { replaced: None, .. } => stored = Stored::Written,
                CommitOutcome::Committed { replaced: Some(_), .. } => stored = Stored::Replaced,
                CommitOutcome::AlreadyThere { .. } => {}
                CommitOutcome::Differs { differences, .. } => {
                    return Err(differs(book, run.period, &[(payer, differences)]));
                }
            }
        }
        Ok(stored)
    }

    /// The payers that have later months of the tax year in the ledger, with the first and the last of these: what was
    /// carried into them is not what it would be now.
    pub(super) fn outdated(&self, run: &Run) -> Result<Vec<(String, Period, Period)>, CliError> {
        let mut outdated = Vec::new();
        for payer in by_payer(run).into_keys() {
            let mut later: BTreeSet<Period> = BTreeSet::new();
            // The last month that there is.
            let mut before = Period::new(9999, 12).map_err(|_| corrupted("月份"))?;
            while let Some(period) = self.ledger.previous_period(payer, before)?.filter(|found| *found > run.period) {
                let key = RunKey { payer: payer.to_owned(), period, number: 1 };
                let paid_on = self.ledger.run(&key)?.map(|stored| stored.header.paid_on);
                if paid_on.is_some_and(|paid_on| paid_on.year() == run.paying.paid_on.year()) {
                    later.insert(period);
                }
                before = period;
            }
            if let (Some(first), Some(last)) = (later.first(), later.last()) {
                outdated.push((payer.to_owned(), *first, *last));
            }
        }
        Ok(outdated)
    }

    fn keep_openings(&self, payer: &str, run: &Run, computed: &[&Computed]) -> Result<(), CliError> {
        let openings: Vec<Opening> = computed
            .iter()
            .filter_map(|one| {
                let opening = one.opening.as_ref()?;
                let amounts: Amounts =
                    opening.amounts.iter().map(|(id, amount)| (id.clone(), amount.to_string())).collect();
                Some(Opening { person: person(&one.worker), as_of: run.period.back(1), amounts })
            })
            .collect();
        if !openings.is_empty() {
            self.ledger.load_opening(payer, run.paying.paid_on.year(), &openings)?;
        }
        Ok(())
    }
}

/// The computed by payer, in the roster's order.
fn by_payer(run: &Run) -> BTreeMap<&str, Vec<&Computed>> {
    let mut by_payer: BTreeMap<&str, Vec<&Computed>> = BTreeMap::new();
    for one in &run.computed {
        by_payer.entry(&one.worker.payer).or_default().push(one);
    }
    by_payer
}

fn person(worker: &crate::payroll::Worker) -> String {
    person_key(&worker.id_kind, &worker.id_number)
}

/// The run of one payer as the ledger takes it.
fn records(run: &Run, payer: &str, computed: &[&Computed]) -> (RunHeader, Vec<SlipRecord>) {
    let records: Vec<SlipRecord> = computed.iter().enumerate().map(|(at, one)| record(run, one, at)).collect();
    let inputs: Vec<&str> = records.iter().map(|record| record.inputs.as_str()).collect();
    let header = RunHeader {
        key: RunKey { payer: payer.to_owned(), period: run.period, number: 1 },
        kind: "regular".to_owned(),
        paid_on: run.paying.paid_on,
        known_at: run.known_at,
        inputs_digest: Digest::of(inputs.join("\n").as_bytes()).to_string(),
        rulebook_digest: run.rulebook.clone(),
        engine_version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    (header, records)
}

fn record(run: &Run, one: &Computed, at: usize) -> SlipRecord {
    let carried = one.slip.carried.iter().map(|(id, amount)| (id.clone(), amount.to_string())).collect();
    SlipRecord {
        worker: one.worker.number.clone(),
        person: person(&one.worker),
        name: one.worker.name.clone(),
        sequence: u32::try_from(at).unwrap_or(u32::MAX),
        tax_year: run.paying.paid_on.year(),
        carried,
        result: report::slip_json(one).to_string(),
        inputs: report::inputs_json(one).to_string(),
    }
}

fn is_same_month(one: NaiveDate, other: NaiveDate) -> bool {
    (one.year(), one.month()) == (other.year(), other.month())
}

fn corrupted(what: &str) -> CliError {
    CliError::new(Kind::Internal, "ledger", format!("账本里的{what}读不出来"))
}

fn exact(amounts: &Amounts) -> Result<BTreeMap<String, Exact>, CliError> {
    amounts.iter().map(|(id, text)| Ok((id.clone(), Exact::parse(text).map_err(|_| corrupted("金额"))?))).collect()
}

fn balance(opening: &Opening) -> Result<Balance, CliError> {
    let as_of = opening.as_of;
    let through = NaiveDate::from_ymd_opt(i32::from(as_of.year()), u32::from(as_of.month()), 1);
    Ok(Balance { through: through.ok_or_else(|| corrupted("月份"))?, amounts: exact(&opening.amounts)? })
}

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
