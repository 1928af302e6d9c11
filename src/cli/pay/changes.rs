//! What is otherwise than before: against the month before, and against the run that stands in the place of one.

use super::{books::corrupted, order::Run, records::person};
use crate::{
    cli::error::CliError,
    quantity::Money,
    rulebook::Book,
    store::{Difference, Ledger, Part, Period, RunKey, SlipRecord, StoredSlip},
};
use std::{collections::BTreeMap, fmt::Write as _};

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

/// Who is new, gone, or paid otherwise than in the last month of the ledger before this one. An off-cycle run is
/// not compared: it has whom it has.
pub(super) fn changes(ledger: &Ledger, run: &Run) -> Result<Vec<Change>, CliError> {
    let mut changes = Vec::new();
    if !run.batch.is_regular() {
        return Ok(changes);
    }
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

fn net_of(record: &SlipRecord) -> Result<Money, CliError> {
    let result: serde_json::Value = serde_json::from_str(&record.result).map_err(|_| corrupted("工资单"))?;
    let net = result["net"].as_str().and_then(|net| Money::parse(net).ok());
    net.ok_or_else(|| corrupted("实发工资"))
}

/// How many differences are told one by one.
const TOLD: usize = 20;

pub(super) fn differs(book: &Book, period: Period, differing: &[(&str, Vec<Difference>)]) -> CliError {
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
