//! The ledger's part of a payroll: what earlier months hand on, what changed since, and the run itself.

use super::{Computed, Run, report};
use crate::{
    cli::error::{CliError, Kind},
    exchange::roster::{self, Payable, RosterRow},
    payroll::Known,
    quantity::{Exact, Money},
    rulebook::{Book, Digest},
    store::{
        Amounts, CommitOutcome, Difference, Ledger, Opening, Part, Period, RunHeader, RunKey, SlipRecord, Span,
        StoreError, person_key,
    },
};
use chrono::{Datelike, NaiveDate};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// An open ledger.
pub(super) struct Books {
    ledger: Ledger,
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
    /// balances count only where the ledger has no slip of the person in the tax year.
    pub(super) fn recall(
        &self,
        period: Period,
        paid_on: NaiveDate,
        payables: &mut [(&RosterRow, Payable)],
    ) -> Result<(), CliError> {
        let mut by_payer: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (_, payable) in payables.iter() {
            by_payer.entry(payable.worker.payer.clone()).or_default().insert(person(&payable.worker));
        }
        let mut known: BTreeMap<(String, String), Known> = BTreeMap::new();
        for (payer, persons) in by_payer {
            let key = RunKey { payer: payer.clone(), period, number: 1 };
            let slips = self.ledger.earlier_slips(&key, paid_on, Span::TaxYear(paid_on.year()), &persons)?;
            let openings = self.ledger.opening_balances(&payer, paid_on.year(), &persons)?;
            for person in persons {
                let opening = openings.get(&person);
                let after = |period: Period| opening.is_none_or(|opening| period > opening.as_of);
                let slips = slips.get(&person).map(Vec::as_slice).unwrap_or_default();
                let one = Known {
                    opening: opening.map(|opening| exact(&opening.amounts)).transpose()?,
                    slips: slips
                        .iter()
                        .filter(|slip| after(slip.period))
                        .map(|slip| exact(&slip.carried))
                        .collect::<Result<_, _>>()?,
                };
                known.insert((payer.clone(), person), one);
            }
        }
        for (_, payable) in payables {
            let Some(ledger) = known.remove(&(payable.worker.payer.clone(), person(&payable.worker))) else { continue };
            let roster_opens = payable.month.known.opening.is_some() && ledger.slips.is_empty();
            if !roster_opens {
                payable.month.known = ledger;
            }
        }
        Ok(())
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

    /// Writes the run, a payer at a time: the rule book and the opening balances that it rests on, then the slips.
    pub(super) fn commit(&self, book: &Book, run: &Run, replace: bool) -> Result<Stored, CliError> {
        self.ledger.keep_book(&run.rulebook, book.canonical().as_bytes())?;
        let mut stored = Stored::AlreadyThere;
        for (payer, computed) in by_payer(run) {
            self.keep_openings(payer, run, &computed)?;
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
            match self.ledger.commit_run(&header, &records, replace)? {
                CommitOutcome::Committed { replaced: None, .. } => stored = Stored::Written,
                CommitOutcome::Committed { replaced: Some(_), .. } => stored = Stored::Replaced,
                CommitOutcome::AlreadyThere { .. } => {}
                CommitOutcome::Differs { differences, .. } => return Err(differs(run.period, payer, &differences)),
            }
        }
        Ok(stored)
    }

    fn keep_openings(&self, payer: &str, run: &Run, computed: &[&Computed]) -> Result<(), CliError> {
        let openings: Vec<Opening> = computed
            .iter()
            .filter_map(|one| {
                let amounts = one.opening.as_ref()?;
                let amounts: Amounts = amounts.iter().map(|(id, amount)| (id.clone(), amount.to_string())).collect();
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

fn corrupted(what: &str) -> CliError {
    CliError::new(Kind::Internal, "ledger", format!("账本里的{what}读不出来"))
}

fn exact(amounts: &Amounts) -> Result<BTreeMap<String, Exact>, CliError> {
    amounts.iter().map(|(id, text)| Ok((id.clone(), Exact::parse(text).map_err(|_| corrupted("金额"))?))).collect()
}

fn net_of(record: &SlipRecord) -> Result<Money, CliError> {
    let result: serde_json::Value = serde_json::from_str(&record.result).map_err(|_| corrupted("工资单"))?;
    let net = result["net"].as_str().and_then(|net| Money::parse(net).ok());
    net.ok_or_else(|| corrupted("实发工资"))
}

/// How many differences are told one by one.
const TOLD: usize = 20;

fn differs(period: Period, payer: &str, differences: &[Difference]) -> CliError {
    let mut lines: Vec<String> = differences.iter().take(TOLD).map(describe).collect();
    if differences.len() > TOLD {
        lines.push(format!("……共 {} 处", differences.len()));
    }
    let message = format!("账本里已有 {payer} {period} 的工资，与本次不同：\n  {}", lines.join("\n  "));
    CliError::input("differs", message).hint("确认以本次为准的，加 --replace；旧的记录仍会保留")
}

fn describe(difference: &Difference) -> String {
    match difference {
        Difference::PaidOn { old, new } => format!("支付日：{old} → {new}"),
        Difference::Kind { old, new } => format!("批次：{old} → {new}"),
        Difference::Joined { worker, name } => format!("{worker} {name}：本次新增"),
        Difference::Left { worker, name } => format!("{worker} {name}：本次没有"),
        Difference::Amount { worker, name, figure, old, new } => {
            let text = |amount: &Option<String>| amount.clone().unwrap_or_else(|| "无".to_owned());
            format!("{worker} {name}：{figure} {} → {}", text(old), text(new))
        }
        Difference::Other { worker, name, part } => {
            let part = match part {
                Part::Name => "姓名",
                Part::Person => "证件",
                Part::TaxYear => "纳税年度",
                Part::Result => "其他金额或提示",
                Part::Inputs => "依据的事实",
            };
            format!("{worker} {name}：{part}不同")
        }
    }
}

/// The opening balance of the roster that a row was computed with, to be kept in the ledger.
pub(super) fn used_opening(row: &RosterRow, payable: &Payable) -> Option<BTreeMap<String, Exact>> {
    let opening = roster::opening(row)?;
    (payable.month.known.slips.is_empty() && payable.month.known.opening.as_ref() == Some(&opening)).then_some(opening)
}
