//! `gongche compare`: what an offer promised for a month against what the payroll paid.

use super::{
    Done, book,
    error::{CliError, Kind},
    output::Output,
    quote::{read_tender, refused},
    table::table,
};
use crate::{
    quantity::Money,
    quote::{Statement, price, statement},
};
use chrono::NaiveDate;
use clap::Args;
use serde_json::{Value as Json, json};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// 对照一个月的承诺和实际支付：逐项差额，监督使用的钱用了没有，不可竞争的工资少了没有
#[derive(Args)]
pub(super) struct Compare {
    /// 标书，.toml 文件
    #[arg(value_name = "标书")]
    tender: PathBuf,
    /// 工资核算的结果：gongche pay --format json 的输出
    #[arg(value_name = "工资")]
    payroll: PathBuf,
    /// 工资以外的支出，如 meals=9300.00；可以写多次
    #[arg(long, value_name = "项目=金额", value_parser = spent)]
    spent: Vec<(String, Money)>,
    /// 只算这种用工形式的人，如 employment；不写就是全部
    #[arg(long, value_name = "形式")]
    relation: Option<String>,
}

/// Pay items that are another line of a price, by the ids of the book.
const SAME: [(&str, &str); 2] = [("overtime", "holiday_overtime"), ("year_end_bonus", "bonus")];

impl Compare {
    pub(super) fn run(&self, rules: Option<&Path>, output: &Output) -> Result<Done, CliError> {
        let book = book::read(rules)?;
        let (tender, _) = read_tender(&book, &self.tender)?;
        let quote = price(&book, &tender).map_err(|refusal| refused(&book, refusal))?;
        let payroll = self.payroll()?;
        let mut paid = payroll.paid;
        for (line, amount) in &self.spent {
            if quote.line(line).is_none() {
                let known: Vec<&str> = quote.lines.iter().map(|line| line.id.as_str()).collect();
                let message = format!("报价没有 {line} 这一项");
                return Err(CliError::input("spent", message)
                    .at("--spent")
                    .hint(format!("可用：{}", known.join("、"))));
            }
            add(&mut paid, line, *amount)?;
        }
        let said = statement(&book, &quote, payroll.month, payroll.persons, &paid)
            .map_err(|refusal| refused(&book, refusal))?;
        if output.is_json() {
            output.json(&of_json(&said));
        } else {
            output.text(&text(&said)?);
        }
        Ok(Done::Clean)
    }

    fn payroll(&self) -> Result<Payroll, CliError> {
        let place = || self.payroll.display().to_string();
        let wrong = |message: String| {
            let hint = "用 gongche pay … --format json > payroll.json 生成";
            CliError::input("payroll", message).at(place()).hint(hint)
        };
        let text = fs::read_to_string(&self.payroll).map_err(|error| wrong(error.to_string()))?;
        let json: Json = serde_json::from_str(&text).map_err(|error| wrong(format!("不是 JSON：{error}")))?;
        let period = json["period"].as_str().unwrap_or_default();
        let month = format!("{period}-01").parse().map_err(|_| wrong("没有工资所属月份 period".to_owned()))?;
        let slips = json["slips"].as_array().ok_or_else(|| wrong("没有工资条 slips".to_owned()))?;
        let wanted = |slip: &&Json| self.relation.as_deref().is_none_or(|relation| slip["relation"] == relation);
        let slips: Vec<&Json> = slips.iter().filter(wanted).collect();
        let mut paid = BTreeMap::new();
        for slip in &slips {
            let who = slip["worker"].as_str().unwrap_or_default();
            for (list, payer) in [("earnings", None), ("lines", Some("employer"))] {
                for line in slip[list].as_array().map_or(&[][..], Vec::as_slice) {
                    if payer.is_some() && line["payer"].as_str() != payer {
                        continue;
                    }
                    let amount = line["amount"].as_str().unwrap_or_default();
                    let amount = Money::parse(amount).map_err(|error| wrong(format!("{who}：{error}")))?;
                    let id = line["id"].as_str().unwrap_or_default();
                    add(&mut paid, line_of(id.strip_suffix("_employer").unwrap_or(id)), amount)?;
                }
            }
        }
        Ok(Payroll { month, persons: u32::try_from(slips.len()).unwrap_or(u32::MAX), paid })
    }
}

/// What a payroll paid, by line of a price.
struct Payroll {
    month: NaiveDate,
    persons: u32,
    paid: BTreeMap<String, Money>,
}

fn line_of(id: &str) -> &str {
    SAME.iter().find(|(item, _)| *item == id).map_or(id, |(_, line)| line)
}

fn add(paid: &mut BTreeMap<String, Money>, line: &str, amount: Money) -> Result<(), CliError> {
    let sum = paid.entry(line.to_owned()).or_default();
    *sum =
        sum.add(amount).map_err(|error| CliError::new(Kind::Input, "totals", error.to_string()).at(line.to_owned()))?;
    Ok(())
}

fn spent(text: &str) -> Result<(String, Money), String> {
    let (line, amount) = text.split_once('=').ok_or("应写成 meals=9300.00 的样子")?;
    Money::parse(amount).map(|amount| (line.trim().to_owned(), amount)).map_err(|error| error.to_string())
}

fn text(said: &Statement) -> Result<String, CliError> {
    let words = |marks: (bool, bool)| match marks {
        (_, true) => "监督使用",
        (true, false) => "不可竞争",
        _ => "",
    };
    let row = |name: &str, [promised, paid, difference]: [Money; 3], mark: &str| {
        [name.to_owned(), promised.thousands(), paid.thousands(), difference.thousands(), mark.to_owned()]
    };
    let mut rows: Vec<[String; 5]> = said
        .lines
        .iter()
        .map(|line| row(&line.name, [line.promised, line.paid, line.difference], words(line.marks)))
        .collect();
    let total = |amount: fn(&crate::quote::StatementLine) -> Money| {
        Money::sum(said.lines.iter().map(amount))
            .map_err(|error| CliError::new(Kind::Input, "totals", error.to_string()).at("合计"))
    };
    rows.push(row(
        "合计",
        [total(|line| line.promised)?, total(|line| line.paid)?, total(|line| line.difference)?],
        "",
    ));
    let (offered, paid) = said.persons;
    let mut text = format!("{} 承诺与支付：承诺 {offered} 人，发薪 {paid} 人\n\n", said.month.format("%Y-%m"));
    text.push_str(&table(["项目", "承诺（元）", "支付（元）", "差额（元）", "性质"], &rows));
    for finding in &said.findings {
        text.push_str(&format!("\n\n{}：{}", finding.severity.name(), finding.message));
        if let Some(remedy) = &finding.remedy {
            text.push_str(&format!("\n  {remedy}"));
        }
    }
    Ok(text)
}

fn of_json(said: &Statement) -> Json {
    json!({
        "month": said.month.format("%Y-%m").to_string(),
        "persons": { "promised": said.persons.0, "paid": said.persons.1 },
        "lines": said.lines.iter().map(|line| json!({
            "id": line.id,
            "name": line.name,
            "locked": line.marks.0,
            "supervised": line.marks.1,
            "promised": line.promised.to_string(),
            "paid": line.paid.to_string(),
            "difference": line.difference.to_string(),
        })).collect::<Vec<_>>(),
        "findings": said.findings.iter().map(|one| json!({
            "code": one.code, "severity": one.severity.word(), "message": one.message,
            "cite": one.cite, "remedy": one.remedy,
        })).collect::<Vec<_>>(),
    })
}
