//! `gongche ledger`: whether the past is what it was, and whether it comes out again.

use super::{
    Done, book,
    difference::{Difference, differences},
    error::CliError,
    output::Output,
    pay::{StoredInputs, exact, facts, known, recompute},
};
use crate::{
    payroll::{Earlier, Known, Month},
    rulebook::{Book, Sources},
    store::{Asking, Ledger, Period, RunKey, StoredRun, StoredSlip},
};
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use rayon::prelude::*;
use serde_json::{Value as Json, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

/// 检查账本
#[derive(Subcommand)]
pub(super) enum LedgerCommand {
    /// 从头核对账本的每一行：被改动、缺失、挪动的行都会发现
    Verify(Verify),
    /// 用账本里存下的名单和规则书重算一个月，逐字节与存下的工资单比对
    Replay(Replay),
}

/// Which ledger to verify.
#[derive(Args)]
pub(super) struct Verify {
    /// 账本：文件，或者 postgres:// 开头的地址
    #[arg(long, value_name = "账本")]
    db: PathBuf,
}

/// What to compute again.
#[derive(Args)]
pub(super) struct Replay {
    /// 工资所属月份，如 2026-09
    #[arg(value_name = "年-月")]
    period: Period,
    /// 账本：文件，或者 postgres:// 开头的地址
    #[arg(long, value_name = "账本")]
    db: PathBuf,
    /// 只重算这个扣缴义务人的
    #[arg(long, value_name = "名称")]
    employer: Option<String>,
}

impl LedgerCommand {
    pub(super) fn run(&self, output: &Output) -> Result<Done, CliError> {
        match self {
            Self::Verify(verify) => verify.run(output),
            Self::Replay(replay) => replay.run(output),
        }
    }
}

impl Verify {
    fn run(&self, output: &Output) -> Result<Done, CliError> {
        let report = Ledger::open_existing(&self.db)?.verify()?;
        let fault = report.fault.as_ref().map(ToString::to_string);
        if output.is_json() {
            let json = json!({
                "sound": report.sound, "hash": report.hash, "fault": fault,
                "row": report.fault.as_ref().map(|fault| fault.id),
            });
            output.json(&json);
        } else {
            let rows = report.sound;
            output.text(&match &fault {
                None => format!("账本完好：{rows} 行\n链尾 {}", report.hash),
                Some(fault) => format!("账本不完好：前 {rows} 行完好，{fault}"),
            });
        }
        Ok(if fault.is_none() { Done::Clean } else { Done::Failed })
    }
}

/// A run, computed again.
struct Replayed {
    key: RunKey,
    rulebook: String,
    engine: String,
    slips: usize,
    /// 工号 and name, and what is wrong.
    differing: Vec<Differing>,
}

impl Replay {
    fn run(&self, output: &Output) -> Result<Done, CliError> {
        let ledger = Ledger::open_existing(&self.db)?;
        let keys = ledger.run_keys(Some(self.period))?.into_iter();
        let keys = keys.filter(|key| self.employer.as_ref().is_none_or(|employer| *employer == key.payer));
        let mut replayed = Vec::new();
        for key in keys {
            replayed.extend(replay(&ledger, &key)?);
        }
        if replayed.is_empty() {
            let message = format!("账本里没有 {} 的工资", self.period);
            return Err(CliError::input("no-run", message).hint("gongche run list 列出账本里的各批"));
        }
        if output.is_json() {
            output.json(
                &json!({ "period": self.period.to_string(), "runs": replayed.iter().map(json_of).collect::<Vec<_>>() }),
            );
        } else {
            replayed.iter().for_each(|run| output.text(&text_of(run)));
        }
        let same = replayed.iter().all(|run| run.differing.is_empty());
        Ok(if same { Done::Clean } else { Done::Failed })
    }
}

/// 工号 and name of a slip, and what of it differs.
type Differing = (String, String, String);

/// Computes the current run of a key again from what the ledger has; nothing where it has none.
fn replay(ledger: &Ledger, key: &RunKey) -> Result<Option<Replayed>, CliError> {
    let Some(run) = ledger.run(key)? else { return Ok(None) };
    let book = stored_book(ledger, &run)?;
    let mut month = month_of(&book, &run, run.header.known_at)?;
    let mut replayed = Replayed {
        key: key.clone(),
        rulebook: run.header.rulebook_digest.clone(),
        engine: run.header.engine_version.clone(),
        slips: 0,
        differing: Vec::new(),
    };
    let mut several: BTreeSet<String> = BTreeSet::new();
    ledger.each_page::<CliError>(key, |_, page| {
        replayed.slips += page.len();
        let read: Vec<(&StoredSlip, Option<StoredInputs>)> =
            page.iter().map(|slip| (slip, StoredInputs::read(&slip.record.inputs))).collect();
        let places: Vec<_> = read.iter().filter_map(|(_, inputs)| Some(inputs.as_ref()?.places())).collect();
        month.prepare(&places).map_err(|diagnostics| CliError::rules(book.sources(), &diagnostics))?;
        let all: Vec<_> = read.iter().map(|(slip, inputs)| (*slip, inputs.as_ref())).collect();
        let known = known_before(ledger, &run, &month, &all)?;
        let differing = read.par_iter().filter_map(|(slip, inputs)| {
            let record = &slip.record;
            let first = || inputs.as_ref().filter(|inputs| inputs.part() == 1);
            let carried = || carried_otherwise(&book, &month, first()?, known.get(&record.person)?.clone());
            difference(&book, &month, inputs.as_ref(), &record.result)
                .or_else(carried)
                .map(|what| (record.worker.clone(), record.name.clone(), what))
        });
        replayed.differing.extend(differing.collect::<Vec<_>>());
        let further = read.iter().filter(|(_, inputs)| inputs.as_ref().is_some_and(|inputs| inputs.part() > 1));
        several.extend(further.map(|(slip, _)| slip.record.person.clone()));
        Ok(())
    })?;
    replayed.differing.extend(later_payments(ledger, &run, (&book, &month), &several)?);
    Ok(Some(replayed))
}

/// What of that which was carried into later payments (笔次) the earlier ones of their run do not give.
fn later_payments(
    ledger: &Ledger,
    run: &StoredRun,
    (book, month): (&Book, &Month<'_>),
    persons: &BTreeSet<String>,
) -> Result<Vec<Differing>, CliError> {
    let mut payments: BTreeMap<String, BTreeMap<u32, (StoredSlip, Option<StoredInputs>)>> = BTreeMap::new();
    if persons.is_empty() {
        return Ok(Vec::new());
    }
    ledger.each_page::<CliError>(&run.header.key, |_, page| {
        for slip in page.into_iter().filter(|slip| persons.contains(&slip.record.person)) {
            let inputs = StoredInputs::read(&slip.record.inputs);
            let part = inputs.as_ref().map_or(1, StoredInputs::part);
            payments.entry(slip.record.person.clone()).or_default().insert(part, (slip, inputs));
        }
        Ok(())
    })?;
    let mut differing = Vec::new();
    for of_person in payments.values() {
        let all: Vec<(&StoredSlip, Option<&StoredInputs>)> =
            of_person.values().map(|(slip, inputs)| (slip, inputs.as_ref())).collect();
        let Some(mut known) = known_before(ledger, run, month, &all)?.into_values().next() else { continue };
        for (part, (slip, inputs)) in of_person {
            let (record, Some(inputs)) = (&slip.record, inputs) else { continue };
            let what = carried_otherwise(book, month, inputs, known.clone()).filter(|_| *part > 1);
            differing.extend(what.map(|what| (record.worker.clone(), record.name.clone(), what)));
            known.slips.push(Earlier {
                period: run.header.key.period.first_day(),
                paid_on: run.header.paid_on,
                employment: None,
                project: inputs.project().to_owned(),
                same_run: true,
                amounts: exact(&record.carried)?,
            });
        }
    }
    Ok(differing)
}

/// What the ledger knew of the persons of some slips when it took their run.
fn known_before(
    ledger: &Ledger,
    run: &StoredRun,
    month: &Month<'_>,
    slips: &[(&StoredSlip, Option<&StoredInputs>)],
) -> Result<BTreeMap<String, Known>, CliError> {
    let asking = Asking { run: &run.header.key, paid_on: run.header.paid_on, before: run.id };
    let hired = |(slip, inputs): &(&StoredSlip, Option<&StoredInputs>)| {
        Some((slip.record.person.clone(), inputs.as_ref()?.hired()?))
    };
    known(ledger, asking, month.chart(), &slips.iter().filter_map(hired).collect())
}

/// What of that which was carried into a slip the rows before its run do not give; nothing where they give all of it.
fn carried_otherwise(book: &Book, month: &Month<'_>, inputs: &StoredInputs, known: Known) -> Option<String> {
    let carried = month.carried(&inputs.row(known)?).ok()?;
    let (given, stored) = (facts(book, &carried), inputs.carried());
    let ids: BTreeSet<&String> = given.keys().chain(stored.keys()).collect();
    let id = ids.into_iter().find(|id| given.get(*id) != stored.get(*id))?;
    let name = book.lexicon().find_anywhere(id).map_or(id.as_str(), |entry| &book.entry(entry).name);
    let text = |amounts: &BTreeMap<String, String>| amounts.get(id).cloned().unwrap_or_else(|| "无".to_owned());
    Some(format!("此前累计的“{name}”：存的是 {}，按账本里它以前的各行是 {}", text(stored), text(&given)))
}

/// Why a slip does not come out as it is stored; nothing where it does, to the byte.
fn difference(book: &Book, month: &Month<'_>, inputs: Option<&StoredInputs>, stored: &str) -> Option<String> {
    let Some(inputs) = inputs else {
        return Some("由旧版本程序记入，没有留存重算所需的全部内容".to_owned());
    };
    let computed = match recompute(book, month, inputs) {
        Ok(slip) => inputs.result(&slip),
        Err(reason) => return Some(format!("现在算不出来：{reason}")),
    };
    if computed == stored {
        return None;
    }
    let read = |text: &str| serde_json::from_str::<Json>(text).unwrap_or_default();
    Some(match differences(&read(stored), &read(&computed)).into_iter().next() {
        Some(Difference { place, one, other }) => format!("{place}：存的是 {one}，重算是 {other}"),
        None => "内容相同，写法不同".to_owned(),
    })
}

/// The rule book that a run was computed under, read by this program.
pub(super) fn stored_book(ledger: &Ledger, run: &StoredRun) -> Result<Book, CliError> {
    let digest = &run.header.rulebook_digest;
    let content = ledger.book(digest)?.and_then(|content| String::from_utf8(content).ok());
    let book = content.and_then(|content| Sources::from_canonical(&content)).map(Book::read).transpose()?;
    book.filter(|book| book.digest().to_string() == *digest).ok_or_else(|| {
        CliError::input("ledger", format!("账本里的规则书 {digest} 读不出来，或与它的摘要不符"))
            .hint("用 gongche ledger verify 核对账本，从备份恢复")
    })
}

/// The month of a run, under a book, as far as it was known on a day.
pub(super) fn month_of<'b>(
    book: &'b Book,
    run: &StoredRun,
    known_at: Option<NaiveDate>,
) -> Result<Month<'b>, CliError> {
    let period = run.header.key.period;
    Month::new(book, period.first_day(), period.last_day(), run.header.paid_on, known_at)
        .map_err(|error| CliError::input("rules", error.to_string()))
}

fn json_of(run: &Replayed) -> Json {
    let differing: Vec<Json> = run
        .differing
        .iter()
        .map(|(worker, name, what)| json!({ "worker": worker, "name": name, "problem": what }))
        .collect();
    json!({
        "employer": run.key.payer, "number": run.key.number, "rulebook": run.rulebook, "engine": run.engine,
        "slips": run.slips, "same": run.slips - run.differing.len(), "differing": differing,
    })
}

/// How many differing slips are told one by one.
const TOLD: usize = 20;

fn text_of(run: &Replayed) -> String {
    let book = book::short(&run.rulebook);
    if run.differing.is_empty() {
        return format!("{}：{} 张工资单重算，逐字节相同（规则书 {book}）", run.key, run.slips);
    }
    let told = run.differing.iter().take(TOLD).map(|(worker, name, what)| format!("  {worker} {name}：{what}"));
    let mut lines = vec![format!(
        "{}：{} 张工资单重算，{} 张不同（规则书 {book}，当时的程序 {}）",
        run.key,
        run.slips,
        run.differing.len(),
        run.engine
    )];
    lines.extend(told);
    if run.differing.len() > TOLD {
        lines.push(format!("  ……共 {} 张", run.differing.len()));
    }
    lines.join("\n")
}
