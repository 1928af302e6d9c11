//! `gongche quote`: the price of a tender, what it rests on, and what is to be said against it.

mod files;
mod report;

use super::{
    Done, book,
    error::{CliError, Kind},
    output::Output,
    table::table,
};
use crate::{
    quantity::{Money, Rate},
    quote::{Given, Refusal, StartPlan, Tender, TenderFault, price_with, start_plan},
    rulebook::Book,
};
use chrono::NaiveDate;
use clap::Args;
use serde_json::json;
use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// 测算一份标书的报价：逐项构成、各种最低价、核查
#[derive(Args)]
pub(super) struct QuoteArgs {
    /// 标书，.toml 文件
    #[arg(value_name = "标书", required_unless_present = "template")]
    tender: Option<PathBuf>,
    /// 输出目录
    #[arg(long, value_name = "目录")]
    out: Option<PathBuf>,
    /// 总价已定，求可负担的工资（元）
    #[arg(long, value_name = "金额", value_parser = money)]
    total: Option<Money>,
    /// 利润占总价的比例已定，求总价（如 5%）；与 --total 同用时是最低利润
    #[arg(long, value_name = "比例", value_parser = rate)]
    profit: Option<Rate>,
    /// 每人月均应发工资已定，求总价（元，含加班、津贴和奖金）
    #[arg(long, value_name = "金额", value_parser = money, conflicts_with = "total")]
    wage: Option<Money>,
    /// 中标后签订合同的日期：另出进场计划
    #[arg(long, value_name = "日期", value_parser = book::date)]
    award: Option<NaiveDate>,
    /// 签订合同后多少个工作日内到岗；不写就按规则库
    #[arg(long, value_name = "天数", requires = "award", value_parser = clap::value_parser!(u32).range(..=1000))]
    within: Option<u32>,
    /// 在 JSON 里写出每一项的推导
    #[arg(long)]
    trace: bool,
    /// 只写一份标书样例到这个 .toml 文件，已有的文件不覆盖
    #[arg(long, value_name = "文件", conflicts_with_all = ["tender", "out"])]
    template: Option<PathBuf>,
}

impl QuoteArgs {
    pub(super) fn run(&self, rules: Option<&Path>, output: &Output) -> Result<Done, CliError> {
        if let Some(path) = &self.template {
            return template(path, output);
        }
        let Some(path) = &self.tender else { return Err(CliError::new(Kind::Internal, "usage", "没有标书")) };
        let book = book::read(rules)?;
        let (tender, text) = read_tender(&book, path)?;
        let given = Given { total: self.total, profit: self.profit, wage: self.wage };
        let quote = price_with(&book, &tender, &given).map_err(|refusal| refused(&book, refusal))?;
        let plan = self.award.map(|signed| start_plan(&book, &quote, signed, self.within)).transpose();
        let plan = plan.map_err(|refusal| refused(&book, refusal))?;
        if let Some(out) = self.out.as_deref().filter(|_| !quote.is_unlawful()) {
            files::write(out, &quote, plan.as_ref(), ("tender.toml", text.as_bytes()))?;
        }
        if output.is_json() {
            output.json(&quote.json(self.trace));
        } else {
            output.text(report::report(&quote).trim_end());
            if let Some(plan) = &plan {
                output.text(&plan_text(plan));
            }
        }
        Ok(if quote.is_unlawful() { Done::Unlawful } else { Done::Clean })
    }
}

/// The tender file that people start from.
const TEMPLATE: &str = include_str!("../../../examples/hotline/tender.toml");

/// Writes a made-up tender; what is there already is somebody's work.
fn template(path: &Path, output: &Output) -> Result<Done, CliError> {
    let place = path.display().to_string();
    let written = fs::File::create_new(path).and_then(|mut file| file.write_all(TEMPLATE.as_bytes()));
    written.map_err(|error| {
        let message = match error.kind() {
            io::ErrorKind::AlreadyExists => "已经有这个文件，没有覆盖".to_owned(),
            _ => error.to_string(),
        };
        CliError::input("template", message).at(place.clone())
    })?;
    if output.is_json() {
        output.json(&json!({ "template": place }));
    } else {
        output.text(&format!("标书样例已写入 {place}，照着改即可"));
    }
    Ok(Done::Clean)
}

/// A tender file, and its text.
pub(in crate::cli) fn read_tender(book: &Book, path: &Path) -> Result<(Tender, String), CliError> {
    let place = path.display().to_string();
    let text =
        fs::read_to_string(path).map_err(|error| CliError::input("tender", error.to_string()).at(place.clone()))?;
    let tender = Tender::read(book, &place, &text).map_err(|fault| faulty(&fault))?;
    Ok((tender, text))
}

fn plan_text(plan: &StartPlan) -> String {
    let rows: Vec<[String; 4]> = plan
        .steps
        .iter()
        .map(|step| {
            let cite = step.cite.clone().unwrap_or_else(|| "采购文件".to_owned());
            [step.name.clone(), step.by.to_string(), step.reckoning.clone(), cite]
        })
        .collect();
    let notes: String = plan.notes.iter().map(|note| format!("\n注意：{note}")).collect();
    format!("\n进场计划（{} 签订合同）\n{}{notes}", plan.signed, table(["事项", "最迟", "计算", "依据"], &rows))
}

fn faulty(fault: &TenderFault) -> CliError {
    CliError::diagnostics("tender", "标书有误", &fault.sources, &fault.diagnostics)
}

pub(in crate::cli) fn refused(book: &Book, refusal: Refusal) -> CliError {
    match refusal {
        Refusal::Rules(diagnostics) => CliError::rules(book.sources(), &diagnostics),
        Refusal::Coverage { about, reason } => CliError::new(Kind::Coverage, "coverage", reason)
            .at(about)
            .hint("用 gongche rules coverage 查看规则库覆盖的地区和期间"),
        Refusal::Facts { about, reason } => CliError::input("tender", reason).at(about),
        other @ (Refusal::Book(_) | Refusal::Arithmetic(_)) => CliError::input("tender", other.to_string()),
    }
}

fn money(text: &str) -> Result<Money, String> {
    match Money::parse(text) {
        Ok(amount) if amount > Money::ZERO => Ok(amount),
        Ok(_) => Err("应大于 0 元".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn rate(text: &str) -> Result<Rate, String> {
    let whole = Rate::parse("100%").map_err(|error| error.to_string())?;
    match Rate::parse(text) {
        Ok(rate) if rate >= Rate::default() && rate < whole => Ok(rate),
        Ok(_) => Err("应在 0% 与 100% 之间".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}
