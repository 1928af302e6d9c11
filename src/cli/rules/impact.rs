//! `gongche rules impact`: whom a change of the rules affects, by how much, from when.

use super::diff::Side;
use crate::{
    cli::{Done, error::CliError, output::Output},
    exchange::roster::{self, Paying},
    payroll::{Month, Refusal, Slip},
    quantity::Money,
    rulebook::Book,
    store::Period,
};
use chrono::{Days, Months, NaiveDate};
use clap::Args;
use rayon::prelude::*;
use serde_json::{Value as Json, json};
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
};

/// 规则的变化影响名单上的谁、影响多少、自何月起
#[derive(Args)]
pub(in crate::cli) struct Impact {
    /// 规则库目录，或已知日
    #[arg(value_name = "甲")]
    a: String,
    /// 规则库目录，或已知日
    #[arg(value_name = "乙")]
    b: String,
    /// 名单，.xlsx 或 .csv
    #[arg(long, value_name = "名单")]
    roster: PathBuf,
    /// 从哪个月起
    #[arg(long, value_name = "年-月")]
    period: Period,
    /// 到哪个月止；不写就只算一个月
    #[arg(long, value_name = "年-月")]
    until: Option<Period>,
}

/// More months than this are a slip of the finger.
const MOST_MONTHS: usize = 60;

/// A person in a month, under both rules.
struct Affected {
    worker: String,
    name: String,
    period: Period,
    /// Each figure that differs, with its name and what it is under the one and the other.
    figures: BTreeMap<String, (String, Option<Money>, Option<Money>)>,
    /// Why one of the two gives no slip, if that is the difference.
    refused: Option<String>,
}

type Outcome = Result<Slip, Refusal>;

impl Impact {
    pub(super) fn run(&self, rules: Option<&Path>, output: &Output) -> Result<Done, CliError> {
        let (a, b) = (Side::read(&self.a)?, Side::read(&self.b)?);
        let (book_a, book_b) = (a.book(rules)?, b.book(rules)?);
        let mut affected = Vec::new();
        for period in self.periods()? {
            let before = self.slips(&book_a, a.date(), period)?;
            let after = self.slips(&book_b, b.date(), period)?;
            // The two books may know different places, and so refuse different rows.
            let mut after: BTreeMap<String, Outcome> =
                after.into_iter().map(|(worker, _, outcome)| (worker, outcome)).collect();
            affected.extend(before.into_iter().filter_map(|(worker, name, before)| {
                let after = after.remove(&worker)?;
                compare(Affected { worker, name, period, figures: BTreeMap::new(), refused: None }, &before, &after)
            }));
        }
        if output.is_json() {
            output.json(&affected.iter().map(json_of).collect::<Vec<_>>());
        } else {
            output.text(text_of(&affected).trim_end());
        }
        Ok(Done::Clean)
    }

    fn periods(&self) -> Result<Vec<Period>, CliError> {
        let last = self.until.unwrap_or(self.period);
        let mut periods: Vec<Period> = Vec::new();
        let mut back = 0;
        while last.back(back) >= self.period {
            periods.push(last.back(back));
            back += 1;
            if periods.len() > MOST_MONTHS {
                return Err(CliError::input("period", format!("最多 {MOST_MONTHS} 个月")).at("--until"));
            }
        }
        if periods.is_empty() {
            return Err(CliError::input("period", format!("{last} 早于 {}", self.period)).at("--until"));
        }
        periods.reverse();
        Ok(periods)
    }

    /// The slips of a month under one rule, each paid on the month's last day, with the roster's opening balances.
    fn slips(
        &self,
        book: &Book,
        known_at: Option<NaiveDate>,
        period: Period,
    ) -> Result<Vec<(String, String, Outcome)>, CliError> {
        let start = NaiveDate::from_ymd_opt(i32::from(period.year()), u32::from(period.month()), 1);
        let end = start.and_then(|start| start.checked_add_months(Months::new(1))?.checked_sub_days(Days::new(1)));
        let (Some(period_start), Some(period_end)) = (start, end) else {
            return Err(CliError::input("period", format!("{period} 不是月份")));
        };
        let paying = Paying {
            period_start,
            period_end,
            paid_on: period_end,
            payer: String::new(),
            contributed_elsewhere: false,
        };
        let roster = roster::read(&self.roster, period_end)
            .map_err(|error| CliError::input("roster", error.to_string()).at(self.roster.display().to_string()))?;
        let payables: Vec<_> = roster.rows.iter().filter_map(|row| roster::payable(row, &paying, book).ok()).collect();
        let mut month = Month::new(book, period_start, period_end, period_end, known_at)
            .map_err(|error| CliError::input("rules", error.to_string()))?;
        month
            .prepare(payables.iter().map(|payable| &payable.month.places))
            .map_err(|diagnostics| CliError::rules(book.sources(), &diagnostics))?;
        Ok(payables
            .par_iter()
            .map(|one| (one.worker.number.clone(), one.worker.name.clone(), month.slip(&one.month)))
            .collect())
    }
}

/// What differs between two outcomes of one person's month, if anything does.
fn compare(mut person: Affected, before: &Outcome, after: &Outcome) -> Option<Affected> {
    let (figures_before, figures_after) = (figures(before), figures(after));
    for (id, (name, before)) in &figures_before {
        let after = figures_after.get(id).map(|(_, amount)| *amount);
        if after != Some(*before) {
            person.figures.insert(id.clone(), (name.clone(), Some(*before), after));
        }
    }
    for (id, (name, after)) in figures_after.iter().filter(|(id, _)| !figures_before.contains_key(*id)) {
        person.figures.insert(id.clone(), (name.clone(), None, Some(*after)));
    }
    person.refused = match (before, after) {
        (Err(Refusal::Coverage { reason, .. }), Ok(_)) => Some(format!("甲不覆盖：{reason}")),
        (Ok(_), Err(Refusal::Coverage { reason, .. })) => Some(format!("乙不覆盖：{reason}")),
        _ => None,
    };
    (!person.figures.is_empty()).then_some(person)
}

/// What a slip pays, by the contract's ids, with names for people.
fn figures(outcome: &Outcome) -> BTreeMap<String, (String, Money)> {
    let Ok(slip) = outcome else { return BTreeMap::new() };
    let side = |payer: &str| if payer == "employee" { "个人" } else { "单位" };
    let lines =
        slip.lines().map(|line| (line.id.clone(), (format!("{}（{}）", line.name, side(&line.payer)), line.amount)));
    let sums = [
        ("gross", "应发工资", slip.gross),
        ("tax", "个人所得税", slip.tax),
        ("net", "实发工资", slip.net),
        ("employer_cost", "用人单位成本", slip.employer_cost),
    ];
    lines.chain(sums.map(|(id, name, amount)| (id.to_owned(), (name.to_owned(), amount)))).collect()
}

fn json_of(one: &Affected) -> Json {
    let figures: BTreeMap<&String, Json> = one
        .figures
        .iter()
        .map(|(id, (name, before, after))| {
            let text = |amount: &Option<Money>| amount.map(|amount| amount.to_string());
            (id, json!({ "name": name, "before": text(before), "after": text(after) }))
        })
        .collect();
    json!({
        "worker": one.worker,
        "name": one.name,
        "period": one.period.to_string(),
        "figures": figures,
        "refused": one.refused,
    })
}

fn text_of(affected: &[Affected]) -> String {
    let mut by_worker: BTreeMap<(&str, &str), Vec<&Affected>> = BTreeMap::new();
    for one in affected {
        by_worker.entry((&one.worker, &one.name)).or_default().push(one);
    }
    let mut text = String::new();
    for ((worker, name), months) in &by_worker {
        let Some(first) = months.first() else { continue };
        let _ = writeln!(text, "{worker} {name}：自 {} 起，{} 个月", first.period, months.len());
        for one in months {
            if let Some(reason) = &one.refused {
                let _ = writeln!(text, "  {} {reason}", one.period);
                continue;
            }
            let parts: Vec<String> = one
                .figures
                .values()
                .map(|(name, before, after)| {
                    let text = |amount: &Option<Money>| amount.map_or("无".to_owned(), Money::thousands);
                    format!("{name} {} → {}", text(before), text(after))
                })
                .collect();
            let _ = writeln!(text, "  {} {}", one.period, parts.join("；"));
        }
    }
    let _ = writeln!(text, "{} 人受影响", by_worker.len());
    text
}
