//! `gongche run`: a run from preview to closed, in a ledger in which a second person lets it through.

use super::{
    Done,
    act::Actor,
    book,
    error::CliError,
    output::Output,
    pay::{Batch, Books, Engagements, Intent, Order, Outgoing, RunKind, outdated},
    table,
};
use crate::store::{Act, Ledger, Period, RunKey, Step, Transition};
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};

/// 一批工资的经过：试算、批准、发放、关账，以及重开、作废、代替
#[derive(Subcommand)]
pub(super) enum Run {
    /// 试算：出全套文件供核对，账本里只留摘要
    Preview(Preparation),
    /// 批准另一人试算过的一批，记入账本；名单或规则有改动的不批
    Approve(Preparation),
    /// 批准另一人试算过的一批，代替已批准或已发放的那一批；旧的仍保留
    Replace(Preparation),
    /// 记下已经发放
    Paid(Advance),
    /// 关账：以后不再改动
    Close(Advance),
    /// 重开已关账、已发放或已批准的一批，好重新试算
    Reopen(Advance),
    /// 作废：不再计入累计，旧的仍保留
    Void(Advance),
    /// 列出各批的状态和经过
    List(List),
}

/// What is to be paid, in which ledger, and who says so.
#[derive(Args)]
pub(super) struct Preparation {
    /// 名单，.xlsx 或 .csv
    #[arg(value_name = "名单")]
    roster: PathBuf,
    /// 工资所属月份，如 2026-09
    #[arg(long, value_name = "年-月")]
    period: Period,
    /// 输出目录
    #[arg(long, value_name = "目录")]
    out: PathBuf,
    /// 支付日；不写就是所属月份的最后一天
    #[arg(long, value_name = "日期", value_parser = book::date)]
    paid_on: Option<NaiveDate>,
    /// 只看到这一天为止已公布的规则；不写就是规则库里的全部
    #[arg(long, value_name = "日期", value_parser = book::date)]
    known_at: Option<NaiveDate>,
    /// 考勤，.xlsx 或 .csv：一班或者一次请假一行，各类小时由它合计
    #[arg(long, value_name = "文件")]
    attendance: Option<PathBuf>,
    /// 扣缴义务人；名单里有这一列时以名单为准
    #[arg(long, value_name = "名称")]
    employer: Option<String>,
    /// 付的是什么；当月工资以外的是单独一批
    #[arg(long, value_enum, default_value = "regular", value_name = "种类")]
    kind: RunKind,
    /// 第几批；不写就按种类：工资 1，奖金 2，离职结算 3，更正 4
    #[arg(long, value_name = "数", value_parser = clap::value_parser!(u32).range(1..))]
    number: Option<u32>,
    /// 账本：文件，或者 postgres:// 开头的地址；还没有的，新建为要批准的账本
    #[arg(long, value_name = "账本")]
    db: PathBuf,
    #[command(flatten)]
    actor: Actor,
    #[command(flatten)]
    engagements: Engagements,
    #[command(flatten)]
    outgoing: Outgoing,
}

/// Runs that stand in a ledger, and who takes a step with them.
#[derive(Args)]
pub(super) struct Advance {
    /// 工资所属月份，如 2026-09
    #[arg(long, value_name = "年-月")]
    period: Period,
    /// 账本：文件，或者 postgres:// 开头的地址
    #[arg(long, value_name = "账本")]
    db: PathBuf,
    /// 只是这个扣缴义务人的；不写就是账本里本期的全部
    #[arg(long, value_name = "名称")]
    employer: Option<String>,
    /// 付的是什么
    #[arg(long, value_enum, default_value = "regular", value_name = "种类")]
    kind: RunKind,
    /// 第几批；不写就按种类：工资 1，奖金 2，离职结算 3，更正 4
    #[arg(long, value_name = "数", value_parser = clap::value_parser!(u32).range(1..))]
    number: Option<u32>,
    #[command(flatten)]
    actor: Actor,
}

/// What to list.
#[derive(Args)]
pub(super) struct List {
    /// 账本：文件，或者 postgres:// 开头的地址
    #[arg(long, value_name = "账本")]
    db: PathBuf,
    /// 只列这个月份
    #[arg(long, value_name = "年-月")]
    period: Option<Period>,
}

impl Run {
    pub(super) fn run(&self, rules: Option<&Path>, output: &Output) -> Result<Done, CliError> {
        match self {
            Self::Preview(preparation) => preparation.run(Step::Preview, rules, output),
            Self::Approve(preparation) => preparation.run(Step::Approve, rules, output),
            Self::Replace(preparation) => preparation.run(Step::Replace, rules, output),
            Self::Paid(advance) => advance.run(Step::Pay, output),
            Self::Close(advance) => advance.run(Step::Close, output),
            Self::Reopen(advance) => advance.run(Step::Reopen, output),
            Self::Void(advance) => advance.run(Step::Void, output),
            Self::List(list) => list.run(output),
        }
    }
}

impl Preparation {
    fn run(&self, step: Step, rules: Option<&Path>, output: &Output) -> Result<Done, CliError> {
        let act = match step {
            Step::Preview => self.actor.act(step.name())?,
            _ => self.actor.reasoned(step.name())?,
        };
        let order = Order {
            roster: &self.roster,
            period: self.period,
            out: &self.out,
            paid_on: self.paid_on,
            known_at: self.known_at,
            employer: self.employer.as_deref(),
            batch: Batch::new(self.kind, self.number),
            attendance: self.attendance.as_deref(),
            outgoing: &self.outgoing,
            engagements: &self.engagements,
            with_slips: true,
        };
        let ledger = Books::prepare(&self.db, step == Step::Preview)?;
        let book = book::read(rules)?;
        let intent = match step {
            Step::Preview => Intent::Preview(&act),
            Step::Replace => Intent::Replace(&act),
            _ => Intent::Approve(&act),
        };
        order.carry_out(&book, Some(&ledger), intent, output)
    }
}

impl Advance {
    fn run(&self, step: Step, output: &Output) -> Result<Done, CliError> {
        let act = self.actor.reasoned(step.name())?;
        let ledger = Ledger::open_existing(&self.db)?;
        let batch = Batch::new(self.kind, self.number);
        let keys = ledger.run_keys(Some(self.period))?.into_iter();
        let keys: Vec<RunKey> = keys
            .filter(|key| batch.is(key) && self.employer.as_ref().is_none_or(|employer| *employer == key.payer))
            .collect();
        if keys.is_empty() {
            let whose = self.employer.as_deref().map_or_else(String::new, |employer| format!("{employer} "));
            let message = format!("账本里没有{whose}{} 的这一批", self.period);
            return Err(CliError::input("no-run", message)
                .at("--period")
                .hint("gongche run list 列出账本里的各批；扣缴义务人要写得一字不差"));
        }
        // Once a run is void, nothing in the ledger says any more who rested on it.
        let resting = keys.iter().filter(|_| step == Step::Void).map(|key| outdated(&ledger, key));
        let notes: Vec<String> = resting.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
        let states = ledger.advance(&keys, step, &act)?;
        let runs: Vec<(&RunKey, &str, &str)> =
            keys.iter().zip(states).map(|(key, state)| (key, state.word(), state.name())).collect();
        if output.is_json() {
            let runs: Vec<Json> = runs
                .iter()
                .map(|(key, word, _)| {
                    json!({ "employer": key.payer, "period": key.period.to_string(), "number": key.number, "state": word })
                })
                .collect();
            output.json(&json!({ "runs": runs, "by": act.by, "at": act.at, "why": act.why, "notes": notes }));
        } else {
            for (key, _, name) in runs {
                output.text(&format!("{key}：{name}（{act}，由本人自报）"));
            }
            notes.iter().for_each(|note| output.text(note));
        }
        Ok(Done::Clean)
    }
}

impl List {
    fn run(&self, output: &Output) -> Result<Done, CliError> {
        let ledger = Ledger::open_existing(&self.db)?;
        let mut runs = Vec::new();
        for key in ledger.run_keys(self.period)? {
            let (standing, steps) = (ledger.standing(&key)?, ledger.steps(&key)?);
            runs.push((key, standing, steps));
        }
        if output.is_json() {
            let runs: Vec<Json> = runs
                .iter()
                .map(|(key, standing, steps)| {
                    let steps = steps.iter().map(|step| {
                        let mut json = act_json(&step.act);
                        json["from"] = step.from.word().into();
                        json["to"] = step.to.word().into();
                        json
                    });
                    json!({
                        "employer": key.payer, "period": key.period.to_string(), "number": key.number,
                        "state": standing.state().word(),
                        "version": standing.run.as_ref().map(|run| run.version),
                        "preview": standing.preview.as_ref().map(|preview| act_json(&preview.act)),
                        "steps": steps.collect::<Vec<_>>(),
                    })
                })
                .collect();
            output.json(&json!({ "approval": ledger.requires_approval()?, "runs": runs }));
            return Ok(Done::Clean);
        }
        let mut rows = Vec::new();
        for (key, standing, steps) in &runs {
            let version = standing.run.as_ref().map_or_else(String::new, |run| run.version.to_string());
            let state = standing.state().name().to_owned();
            let mut told = steps.iter().map(step_text);
            let first = told.next().unwrap_or_default();
            rows.push([key.period.to_string(), key.number.to_string(), version, state, key.payer.clone(), first]);
            // The steps after the first stand under it.
            rows.extend(told.map(|step| {
                let [period, number, version, state, payer] = Default::default();
                [period, number, version, state, payer, step]
            }));
        }
        output.text(&table::table(["月份", "批", "版", "状态", "扣缴义务人", "经过"], &rows));
        Ok(Done::Clean)
    }
}

/// What was done, by whom, when and why.
fn step_text(step: &Transition) -> String {
    let Transition { from, to, act } = step;
    let what = if from == to { "再次试算" } else { to.name() };
    let why = if act.why.is_empty() { String::new() } else { format!("：{}", act.why) };
    format!("{what} {act}{why}")
}

fn act_json(act: &Act) -> Json {
    json!({ "by": act.by, "at": act.at, "why": act.why })
}
