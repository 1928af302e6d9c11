//! `gongche arrears`: what the book of today makes of months that are paid, booked in the month that is to be paid next.

use super::{
    Done,
    act::Actor,
    book,
    error::{CliError, Kind},
    ledger::month_of,
    output::Output,
    pay::{StoredInputs, recompute},
};
use crate::{
    payroll::{Line, Slip},
    quantity::{ArithmeticError, Money},
    rulebook::{Book, Gravity},
    store::{Arrear, BookedArrear, Ledger, Period, RunKey, StoredRun, StoredSlip},
};
use chrono::NaiveDate;
use clap::Args;
use rayon::prelude::*;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    path::{Path, PathBuf},
};

/// 比对已发放的各月：后来公布（或后来录入）的规则改变了什么，差额记到本期
#[derive(Args)]
pub(super) struct Arrears {
    /// 差额记到哪个月，如 2026-08；比对的是它以前的各月
    #[arg(long, value_name = "年-月")]
    period: Period,
    /// 账本：文件，或者 postgres:// 开头的地址
    #[arg(long, value_name = "账本")]
    db: PathBuf,
    /// 只比对这个扣缴义务人的
    #[arg(long, value_name = "名称")]
    employer: Option<String>,
    /// 只看到这一天为止已公布的规则；不写就是规则库里的全部
    #[arg(long, value_name = "日期", value_parser = book::date)]
    known_at: Option<NaiveDate>,
    /// 把差额记入账本，核算这个月时随同缴纳；不写就只列出来
    #[arg(long)]
    book: bool,
    #[command(flatten)]
    actor: Actor,
}

/// What is left of a stored result: what was paid, and what was said of it.
#[derive(Deserialize)]
struct StoredResult {
    lines: Vec<StoredLine>,
    findings: Vec<StoredFinding>,
}

#[derive(Deserialize)]
struct StoredLine {
    id: String,
    name: String,
    amount: String,
}

#[derive(Deserialize)]
struct StoredFinding {
    code: String,
}

/// One line of one person's month that is not what it would be today.
struct Difference {
    worker: String,
    name: String,
    arrear: Arrear,
    paid: Money,
    due: Money,
    booked: Money,
    amount: Money,
}

/// One slip, held against today's book.
#[derive(Default)]
struct Compared {
    differences: Vec<Difference>,
    /// 工号, name, and what is unlawful today that was not then.
    unlawful: Vec<(String, String, String)>,
    /// 工号, name, and why it cannot be compared.
    problems: Vec<(String, String, String)>,
}

/// One run, held against today's book.
struct ComparedRun {
    key: RunKey,
    slips: usize,
    compared: Compared,
}

impl Arrears {
    pub(super) fn run(&self, rules: Option<&Path>, output: &Output) -> Result<Done, CliError> {
        let act = if self.book { Some(self.actor.reasoned("记入补差")?) } else { None };
        let book = book::read(rules)?;
        let ledger = Ledger::open_existing(&self.db)?;
        let keys = ledger.run_keys(None)?.into_iter().filter(|key| {
            key.period < self.period && self.employer.as_ref().is_none_or(|employer| *employer == key.payer)
        });
        let keys: Vec<RunKey> = keys.collect();
        let payers: BTreeSet<&str> = keys.iter().map(|key| key.payer.as_str()).collect();
        let mut last = BTreeMap::new();
        for payer in payers {
            last.insert(payer.to_owned(), ledger.last_arrear(payer)?);
        }
        let mut runs = Vec::new();
        for key in &keys {
            runs.extend(self.compare(&book, &ledger, key)?);
        }
        if let Some(act) = &act {
            if runs.iter().any(|run| !run.compared.differences.is_empty()) {
                ledger.keep_book(&book.digest().to_string(), book.canonical().as_bytes())?;
            }
            for (payer, last) in &last {
                let of_payer = runs.iter().filter(|run| run.key.payer == *payer);
                let arrears: Vec<Arrear> =
                    of_payer.flat_map(|run| &run.compared.differences).map(|one| one.arrear.clone()).collect();
                if !arrears.is_empty() {
                    ledger.book_arrears(payer, self.period, &arrears, *last, &book.digest().to_string(), act)?;
                }
            }
        }
        if output.is_json() {
            output.json(&self.json(&book, &runs)?);
        } else {
            output.text(self.text(&runs)?.trim_end());
        }
        let problems = runs.iter().any(|run| !run.compared.problems.is_empty());
        let unlawful = runs.iter().any(|run| !run.compared.unlawful.is_empty());
        Ok(if problems {
            Done::Rejected
        } else if unlawful {
            Done::Unlawful
        } else {
            Done::Clean
        })
    }

    /// Holds a run against today's book; nothing where it is not paid, or counts no more.
    fn compare(&self, book: &Book, ledger: &Ledger, key: &RunKey) -> Result<Option<ComparedRun>, CliError> {
        let Some(run) = ledger.run(key)?.filter(|run| run.state.is_settled()) else { return Ok(None) };
        let mut month = month_of(book, &run, self.known_at)?;
        let mut found = ComparedRun { key: key.clone(), slips: 0, compared: Compared::default() };
        ledger.each_page::<CliError>(key, |_, page| {
            found.slips += page.len();
            let persons: BTreeSet<String> = page.iter().map(|slip| slip.record.person.clone()).collect();
            let booked = ledger.booked_arrears(&key.payer, &persons)?;
            let read: Vec<(&StoredSlip, Option<StoredInputs>)> =
                page.iter().map(|slip| (slip, StoredInputs::read(&slip.record.inputs))).collect();
            let places: Vec<_> = read.iter().filter_map(|(_, inputs)| Some(inputs.as_ref()?.places())).collect();
            month.prepare(&places).map_err(|diagnostics| CliError::rules(book.sources(), &diagnostics))?;
            let compared = read.par_iter().map(|(slip, inputs)| {
                let Some(inputs) = inputs else {
                    return Err("由旧版本程序记入，没有留存重算所需的全部内容".to_owned());
                };
                let booked = booked.get(&slip.record.person).map(Vec::as_slice).unwrap_or_default();
                held_against(&run, slip, &recompute(book, &month, inputs)?, booked)
            });
            for (compared, (slip, _)) in compared.collect::<Vec<_>>().into_iter().zip(&read) {
                let record = &slip.record;
                match compared {
                    Ok(one) => {
                        found.compared.differences.extend(one.differences);
                        found.compared.unlawful.extend(one.unlawful);
                    }
                    Err(reason) => {
                        found.compared.problems.push((record.worker.clone(), record.name.clone(), reason));
                    }
                }
            }
            Ok(())
        })?;
        Ok(Some(found))
    }

    fn json(&self, book: &Book, runs: &[ComparedRun]) -> Result<Json, CliError> {
        let told = |(worker, name, what): &(String, String, String)| json!({ "worker": worker, "name": name, "message": what });
        let run_json = |run: &ComparedRun| {
            let arrears: Vec<Json> = run
                .compared
                .differences
                .iter()
                .map(|one| {
                    json!({
                        "worker": one.worker, "name": one.name, "period": one.arrear.period.to_string(),
                        "id": one.arrear.line, "line": one.arrear.name, "paid": one.paid.to_string(),
                        "due": one.due.to_string(), "booked": one.booked.to_string(),
                        "amount": one.amount.to_string(),
                    })
                })
                .collect();
            json!({
                "employer": run.key.payer, "period": run.key.period.to_string(), "number": run.key.number,
                "slips": run.slips, "arrears": arrears,
                "unlawful": run.compared.unlawful.iter().map(told).collect::<Vec<_>>(),
                "problems": run.compared.problems.iter().map(told).collect::<Vec<_>>(),
            })
        };
        let (own, employer) = sums(runs.iter())?;
        Ok(json!({
            "period": self.period.to_string(),
            "known_at": self.known_at.map(|day| day.to_string()),
            "rulebook": book.digest().to_string(),
            "booked": self.book,
            "totals": { "employee": own.to_string(), "employer": employer.to_string() },
            "runs": runs.iter().map(run_json).collect::<Vec<_>>(),
        }))
    }

    fn text(&self, runs: &[ComparedRun]) -> Result<String, CliError> {
        let mut text = String::new();
        for run in runs {
            let (own, employer) = sums(std::iter::once(run))?;
            let people: BTreeSet<&str> = run.compared.differences.iter().map(|one| one.worker.as_str()).collect();
            let _ = writeln!(
                text,
                "{}：比对 {} 张，{} 人有差额，个人 {}，单位 {}",
                run.key,
                run.slips,
                people.len(),
                signed(own),
                signed(employer)
            );
            listed(&mut text, run.compared.differences.iter().map(difference_line));
            let told = |(worker, name, what): &(String, String, String)| format!("{worker} {name}：{what}");
            listed(&mut text, run.compared.unlawful.iter().map(|one| format!("按今天的规则违法，{}", told(one))));
            listed(&mut text, run.compared.problems.iter().map(|one| format!("不能比对，{}", told(one))));
        }
        let (own, employer) = sums(runs.iter())?;
        if own == Money::ZERO && employer == Money::ZERO && runs.iter().all(|run| run.compared.differences.is_empty()) {
            let _ = writeln!(text, "{} 以前已发放的各月没有差额。", self.period);
            return Ok(text);
        }
        let _ = writeln!(text, "合计：个人 {}，单位 {}", signed(own), signed(employer));
        let _ = writeln!(
            text,
            "{}",
            if self.book {
                format!("已记入账本，核算 {} 时随同缴纳；本期已经核算过的，重新核算。", self.period)
            } else {
                "没有记入账本。核对后加 --book、--by、--why 记入。".to_owned()
            }
        );
        Ok(text)
    }
}

/// What a paid slip owes, line by line, against the one that today's book gives.
fn held_against(run: &StoredRun, slip: &StoredSlip, today: &Slip, booked: &[BookedArrear]) -> Result<Compared, String> {
    let record = &slip.record;
    let stored: StoredResult = serde_json::from_str(&record.result).map_err(|error| error.to_string())?;
    let RunKey { period, number, .. } = run.header.key;
    let paid: BTreeMap<&str, &StoredLine> = stored.lines.iter().map(|line| (line.id.as_str(), line)).collect();
    let due: BTreeMap<&str, &Line> = today.lines().map(|line| (line.id.as_str(), line)).collect();
    let amount_of = |text: &str| Money::parse(text).map_err(|error| error.to_string());
    let mut compared = Compared::default();
    for id in paid.keys().chain(due.keys().filter(|id| !paid.contains_key(*id))) {
        let paid_amount = paid.get(id).map_or(Ok(Money::ZERO), |line| amount_of(&line.amount))?;
        let due_amount = due.get(id).map_or(Money::ZERO, |line| line.amount);
        let of_line = booked.iter().map(|one| &one.arrear).filter(|one| {
            // What another run of the month owed has nothing to do with this one's.
            (one.period, one.number) == (period, number) && one.line == *id
        });
        let amounts = of_line.map(|one| amount_of(&one.amount)).collect::<Result<Vec<_>, _>>()?;
        let still = |booked: Money| due_amount.sub(paid_amount)?.sub(booked);
        let booked_amount = Money::sum(amounts).map_err(|error| error.to_string())?;
        let amount = still(booked_amount).map_err(|error: ArithmeticError| error.to_string())?;
        if amount == Money::ZERO {
            continue;
        }
        let line_name = due.get(id).map(|line| line.name.clone()).or(paid.get(id).map(|line| line.name.clone()));
        compared.differences.push(Difference {
            worker: record.worker.clone(),
            name: record.name.clone(),
            arrear: Arrear {
                person: record.person.clone(),
                worker: record.worker.clone(),
                period,
                number,
                line: (*id).to_owned(),
                name: line_name.unwrap_or_default(),
                amount: amount.to_string(),
            },
            paid: paid_amount,
            due: due_amount,
            booked: booked_amount,
            amount,
        });
    }
    let known: BTreeSet<&str> = stored.findings.iter().map(|finding| finding.code.as_str()).collect();
    let new = today
        .findings
        .iter()
        .filter(|finding| finding.severity == Gravity::Unlawful && !known.contains(finding.code.as_str()));
    compared.unlawful.extend(new.map(|finding| (record.worker.clone(), record.name.clone(), finding.message.clone())));
    Ok(compared)
}

/// How the id of a line ends that the worker bears.
const OWN: &str = "_employee";

/// What the workers owe, and what the employers.
fn sums<'r>(runs: impl Iterator<Item = &'r ComparedRun>) -> Result<(Money, Money), CliError> {
    let (mut own, mut employer) = (Vec::new(), Vec::new());
    for one in runs.flat_map(|run| &run.compared.differences) {
        if one.arrear.line.ends_with(OWN) { own.push(one.amount) } else { employer.push(one.amount) }
    }
    let sum = |amounts: Vec<Money>| {
        Money::sum(amounts).map_err(|error| CliError::new(Kind::Input, "totals", error.to_string()).at("合计"))
    };
    Ok((sum(own)?, sum(employer)?))
}

/// How many lines of a list the terminal shows; JSON has all.
const SHOWN: usize = 20;

fn listed(text: &mut String, lines: impl ExactSizeIterator<Item = String>) {
    let all = lines.len();
    for line in lines.take(SHOWN) {
        let _ = writeln!(text, "  {line}");
    }
    if all > SHOWN {
        let _ = writeln!(text, "  ……共 {all} 处");
    }
}

fn difference_line(one: &Difference) -> String {
    let payer = if one.arrear.line.ends_with(OWN) { "个人" } else { "单位" };
    let booked = match one.booked {
        Money::ZERO => String::new(),
        booked => format!("，已补 {}", signed(booked)),
    };
    format!(
        "{} {}：{}（{payer}）{} → {}{booked}，补 {}",
        one.worker,
        one.name,
        one.arrear.name,
        one.paid.thousands(),
        one.due.thousands(),
        signed(one.amount)
    )
}

fn signed(amount: Money) -> String {
    let sign = if amount > Money::ZERO { "+" } else { "" };
    format!("{sign}{}", amount.thousands())
}
