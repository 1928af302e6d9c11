//! `gongche reconcile`: what the tax client, the insurance bureau or the fund computed, held against ours.

use super::{
    Done,
    error::{CliError, Kind},
    output::Output,
    table::table,
};
use crate::{
    exchange::{
        reconcile::{Answer, ReconcileError, Reconciliation},
        workbook::{save, to_xlsx},
    },
    quantity::Money,
};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

/// 把税务、社保、公积金一方算出的数与我方的逐人逐项比对；有差异时退出码为 1
#[derive(Args)]
pub(super) struct Reconcile {
    /// 我方的明细：pay 输出目录里的 filings/figures.csv
    #[arg(value_name = "我方明细")]
    ours: PathBuf,
    /// 对方的导出表，.xlsx 或 .csv
    #[arg(value_name = "对方导出")]
    theirs: PathBuf,
    /// 对方的表是哪一种：tax（扣缴端税款计算）、social（社保费申报明细）、fund（公积金汇缴清册）
    #[arg(long = "as", value_name = "种类")]
    kind: String,
    /// 社保：是哪个险种的哪一方，照我方明细的列名，如 基本养老保险（个人）
    #[arg(long, value_name = "险种")]
    line: Option<String>,
    /// 把差异写成 .xlsx
    #[arg(long, value_name = "文件")]
    out: Option<PathBuf>,
}

impl Reconcile {
    pub(super) fn run(&self, output: &Output) -> Result<Done, CliError> {
        let Some(answer) = Answer::named(&self.kind) else {
            let known: Vec<&str> = Answer::shipped().iter().map(|one| one.schema.as_str()).collect();
            let error = CliError::input("kind", format!("不认识“{}”", self.kind)).at("--as");
            return Err(error.hint(format!("可选：{}", known.join("、"))));
        };
        let line = match (answer.line, &self.line) {
            (true, None) => {
                let error = CliError::input("line", format!("“{}”要写明是哪个险种的哪一方", answer.title));
                return Err(error.at("--line").hint("照 figures.csv 的列名写，如 --line 基本养老保险（个人）"));
            }
            (false, Some(_)) => {
                return Err(CliError::input("line", format!("“{}”不分险种", answer.title)).at("--line"));
            }
            (_, line) => line.as_deref().unwrap_or_default(),
        };
        let found = answer.reconcile(&self.ours, &self.theirs, line).map_err(|error| match error {
            ReconcileError::Table(error) => {
                CliError::input("table", error.fault.to_string()).at(error.path.display().to_string())
            }
            other => CliError::input("reconcile", other.to_string()),
        })?;
        if let Some(path) = &self.out {
            let bytes = to_xlsx(&[found.sheet()]).map_err(|error| internal(&error))?;
            save(path, &bytes).map_err(|error| CliError::input("write", error.to_string()))?;
        }
        if output.is_json() {
            output.json(&as_json(answer, &found));
        } else {
            output.text(&as_text(answer, &found));
        }
        Ok(if found.differences.is_empty() { Done::Clean } else { Done::Unlawful })
    }
}

fn internal(error: &dyn std::fmt::Display) -> CliError {
    CliError::new(Kind::Internal, "workbook", error.to_string())
}

fn as_text(answer: &Answer, found: &Reconciliation) -> String {
    let shown = |amount: Option<Money>| amount.map_or_else(|| "—".to_owned(), Money::thousands);
    let mut text = format!("{}：双方都有的 {} 人\n", answer.title, found.people);
    for (item, ours, theirs) in &found.totals {
        let verdict = if ours == theirs { "一致" } else { "不一致" };
        text += &format!("  {item}：我方合计 {}，对方合计 {}，{verdict}\n", ours.thousands(), theirs.thousands());
    }
    for item in &found.without {
        text += &format!("  {item}：对方的表里没有，未比\n");
    }
    if found.differences.is_empty() {
        return text + "逐人比对没有差异";
    }
    let rows: Vec<[String; 6]> = found
        .differences
        .iter()
        .map(|one| {
            let [ours, theirs] = [one.ours, one.theirs].map(shown);
            [one.name.clone(), one.id_tail.clone(), one.item.clone(), ours, theirs, one.remark()]
        })
        .collect();
    text + &format!("差异 {} 处\n{}", rows.len(), table(["姓名", "证件末四位", "项目", "我方", "对方", "说明"], &rows))
}

fn as_json(answer: &Answer, found: &Reconciliation) -> serde_json::Value {
    let amount = |amount: Option<Money>| amount.map(|amount| amount.to_string());
    let differences = found.differences.iter().map(|one| {
        json!({
            "name": one.name, "id_tail": one.id_tail, "item": one.item,
            "ours": amount(one.ours), "theirs": amount(one.theirs), "difference": amount(one.more()), "remark": one.remark(),
        })
    });
    let totals = found
        .totals
        .iter()
        .map(|(item, ours, theirs)| json!({ "item": item, "ours": ours.to_string(), "theirs": theirs.to_string() }));
    json!({
        "kind": answer.schema,
        "people": found.people,
        "totals": totals.collect::<Vec<_>>(),
        "not_compared": found.without,
        "differences": differences.collect::<Vec<_>>(),
    })
}
