//! `gongche rules impact`: whom a change of the rules affects, by how much, from when.

use super::diff::{self, Side};
use crate::{
    cli::{Done, error::CliError, output::Output, table::table},
    engine::{State, changes},
    exchange::{
        rejected::Rejected,
        roster::{self, Paying},
    },
    payroll::{Month, Refusal, Slip},
    quantity::Money,
    rulebook::Book,
    store::Period,
};
use chrono::NaiveDate;
use clap::Args;
use rayon::prelude::*;
use serde_json::{Value as Json, json};
use std::{
    collections::{BTreeMap, BTreeSet},
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
    /// Each figure that differs, in the order of the slip.
    figures: Vec<Difference>,
    /// Why one of the two gives no slip, if that is the difference.
    refused: Option<String>,
}

/// A figure under the one rule and under the other.
struct Difference {
    id: String,
    name: String,
    before: Option<Money>,
    after: Option<Money>,
}

type Outcome = Result<Slip, Refusal>;

impl Impact {
    pub(super) fn run(&self, rules: Option<&Path>, output: &Output) -> Result<Done, CliError> {
        let (a, b) = (Side::read(&self.a)?, Side::read(&self.b)?);
        let (book_a, book_b) = (a.book(rules)?, b.book(rules)?);
        let mut affected = Vec::new();
        let (mut places, mut left_out) = (BTreeSet::new(), BTreeSet::new());
        let periods = self.periods()?;
        for period in &periods {
            let before = self.slips(&book_a, a.date(), *period)?;
            let after = self.slips(&book_b, b.date(), *period)?;
            places.extend(after.places);
            left_out.extend(before.left_out.intersection(&after.left_out).cloned());
            // The two books may know different places, and so refuse different rows.
            let mut after: BTreeMap<String, Outcome> =
                after.outcomes.into_iter().map(|(worker, _, outcome)| (worker, outcome)).collect();
            affected.extend(before.outcomes.into_iter().filter_map(|(worker, name, before)| {
                let after = after.remove(&worker)?;
                let person = Affected { worker, name, period: *period, figures: Vec::new(), refused: None };
                compare(person, &before, &after)
            }));
        }
        if output.is_json() {
            output.json(&affected.iter().map(json_of).collect::<Vec<_>>());
            return Ok(Done::Clean);
        }
        let mut text = format!("原 {}，今 {}\n", self.a, self.b);
        for period in &periods {
            let day = period.last_day();
            let state = |book, side: &Side| State { book, on: Some(day), known_at: side.date() };
            let mut changed = changes(state(&book_a, &a), state(&book_b, &b))
                .map_err(|diagnostics| CliError::rules(book_b.sources(), &diagnostics))?;
            changed.retain(|one| one.region.as_ref().is_none_or(|code| places.contains(code)));
            let _ = writeln!(text, "\n{period} 适用于名单的规则，变化如下");
            text.push_str(&diff::listed(&book_b, &changed));
        }
        text.push_str(&text_of(&affected));
        for reason in &left_out {
            let _ = writeln!(text, "没有核算：{reason}");
        }
        output.text(text.trim_end());
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
    fn slips(&self, book: &Book, known_at: Option<NaiveDate>, period: Period) -> Result<Paid, CliError> {
        let (period_start, period_end) = (period.first_day(), period.last_day());
        let paying = Paying {
            period_start,
            period_end,
            paid_on: period_end,
            payer: String::new(),
            contributed_elsewhere: false,
            completes_month: true,
        };
        let roster = roster::read(&self.roster, period_end)
            .map_err(|error| CliError::input("roster", error.to_string()).at(self.roster.display().to_string()))?;
        let mut paid = Paid::default();
        let (mut payables, mut rejected) = (Vec::new(), roster.rejected);
        for row in &roster.rows {
            match roster::payable(row, &paying, book) {
                Ok(payable) => payables.push(payable),
                Err(reasons) => rejected.extend(reasons),
            }
        }
        let told =
            |one: &Rejected| format!("{period} 第 {} 行 {}「{}」：{}", one.row, one.column, one.value, one.problem);
        paid.left_out.extend(rejected.iter().map(told));
        let mut month = Month::new(book, period_start, period_end, period_end, known_at)
            .map_err(|error| CliError::input("rules", error.to_string()))?;
        month
            .prepare(payables.iter().map(|payable| &payable.month.places))
            .map_err(|diagnostics| CliError::rules(book.sources(), &diagnostics))?;
        for payable in &payables {
            let places = &payable.month.places;
            for code in [&places.insurance, &places.fund, &places.work].into_iter().flatten() {
                paid.places.extend(book.regions().lineage(code));
            }
        }
        paid.outcomes = payables
            .par_iter()
            .map(|one| (one.worker.number.clone(), one.worker.name.clone(), month.slip(&one.month)))
            .collect();
        for (worker, _, outcome) in &paid.outcomes {
            if let Err(refusal) = outcome {
                let reason = match refusal {
                    Refusal::Coverage { reason, .. } | Refusal::Facts(reason) => reason.clone(),
                    Refusal::Open(facts) => format!("还缺 {}", facts.join("、")),
                };
                paid.left_out.insert(format!("{period} {worker}：{reason}"));
            }
        }
        Ok(paid)
    }
}

/// A month of the roster under one rule.
#[derive(Default)]
struct Paid {
    /// Number and name of each worker, and the slip.
    outcomes: Vec<(String, String, Outcome)>,
    /// The codes of the places whose rules apply, and of those around them.
    places: BTreeSet<String>,
    /// Who has no slip, and why.
    left_out: BTreeSet<String>,
}

/// What differs between two outcomes of one person's month, if anything does.
fn compare(mut person: Affected, before: &Outcome, after: &Outcome) -> Option<Affected> {
    let (before_figures, after_figures) = (figures(before), figures(after));
    let amount = |list: &[Figure], id: &str| list.iter().find(|one| one.id == id).map(|one| one.amount);
    let fresh = after_figures.iter().filter(|one| amount(&before_figures, &one.id).is_none());
    for one in before_figures.iter().chain(fresh) {
        let (was, is) = (amount(&before_figures, &one.id), amount(&after_figures, &one.id));
        if was != is {
            person.figures.push(Difference { id: one.id.clone(), name: one.name.clone(), before: was, after: is });
        }
    }
    person.refused = match (before, after) {
        (Err(Refusal::Coverage { reason, .. }), Ok(_)) => Some(format!("原来不覆盖：{reason}")),
        (Ok(_), Err(Refusal::Coverage { reason, .. })) => Some(format!("现在不覆盖：{reason}")),
        _ => None,
    };
    (!person.figures.is_empty()).then_some(person)
}

/// An amount of a slip.
struct Figure {
    id: String,
    name: String,
    amount: Money,
}

/// What a slip pays, in its order, by the contract's ids, with names for people.
fn figures(outcome: &Outcome) -> Vec<Figure> {
    let Ok(slip) = outcome else { return Vec::new() };
    let side = |payer: &str| if payer == "employee" { "个人" } else { "单位" };
    let lines = slip.lines().map(|line| Figure {
        id: line.id.clone(),
        name: format!("{}（{}）", line.name, side(&line.payer)),
        amount: line.amount,
    });
    let sums = [
        ("gross", "应发工资", slip.gross),
        ("tax", "个人所得税", slip.tax),
        ("net", "实发工资", slip.net),
        ("employer_cost", "用人单位成本", slip.employer_cost),
    ];
    let sums = sums.map(|(id, name, amount)| Figure { id: id.to_owned(), name: name.to_owned(), amount });
    lines.chain(sums).collect()
}

fn json_of(one: &Affected) -> Json {
    let text = |amount: Option<Money>| amount.map(|amount| amount.to_string());
    let figures: BTreeMap<&str, Json> = one
        .figures
        .iter()
        .map(|it| (it.id.as_str(), json!({ "name": it.name, "before": text(it.before), "after": text(it.after) })))
        .collect();
    json!({
        "worker": one.worker,
        "name": one.name,
        "period": one.period.to_string(),
        "figures": figures,
        "refused": one.refused,
    })
}

/// The people, month by month, and what it comes to for all of them.
fn text_of(affected: &[Affected]) -> String {
    let mut by_worker: BTreeMap<(&str, &str), Vec<&Affected>> = BTreeMap::new();
    for one in affected {
        by_worker.entry((&one.worker, &one.name)).or_default().push(one);
    }
    let mut text = String::new();
    for ((worker, name), months) in &by_worker {
        let Some(first) = months.first() else { continue };
        let _ = writeln!(text, "\n{worker} {name}：自 {} 起，{} 个月", first.period, months.len());
        for one in months {
            if let Some(reason) = &one.refused {
                let _ = writeln!(text, "  {} {reason}", one.period);
                continue;
            }
            let _ = writeln!(text, "  {}", one.period);
            let rows: Vec<[String; 4]> = one.figures.iter().map(Difference::row).collect();
            let _ = writeln!(text, "{}", table(["    项目", "原", "今", "差额"], &rows));
        }
    }
    let _ = writeln!(text, "\n{} 人受影响", by_worker.len());
    for (id, name) in [("net", "实发工资"), ("employer_cost", "用人单位成本")] {
        let all = affected.iter().flat_map(|one| &one.figures).filter(|one| one.id == id);
        if let Some(total) = Money::sum(all.filter_map(Difference::amount)).ok().filter(|total| *total != Money::ZERO) {
            let _ = writeln!(text, "{name}合计 {}", signed(total));
        }
    }
    text
}

impl Difference {
    /// How much more it is than it was, where it was and is anything.
    fn amount(&self) -> Option<Money> {
        self.after?.sub(self.before?).ok()
    }

    fn row(&self) -> [String; 4] {
        let text = |amount: Option<Money>| amount.map_or("无".to_owned(), Money::thousands);
        let by = self.amount().map_or(String::new(), signed);
        [format!("    {}", self.name), text(self.before), text(self.after), by]
    }
}

/// An amount with its sign.
fn signed(amount: Money) -> String {
    let sign = if amount > Money::ZERO { "+" } else { "" };
    format!("{sign}{}", amount.thousands())
}
