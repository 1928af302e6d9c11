//! `gongche bonus`: the annual bonus taxed apart, or merged into the year; both figures, and never a choice.

use super::{
    Done, book,
    error::{CliError, Kind},
    output::Output,
    table::table,
};
use crate::{
    engine::{Evaluation, FaultKind, Plan, Question, RaisedFinding, Value},
    exchange::roster::{self, Paying},
    payroll::{Month, Refusal},
    quantity::{Exact, Money},
    rulebook::Book,
    store::Period,
};
use chrono::NaiveDate;
use clap::Args;
use serde_json::{Value as Json, json};
use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

/// 全年一次性奖金：单独计税与并入综合所得的比较
#[derive(Args)]
pub(super) struct Bonus {
    /// 名单，.xlsx 或 .csv，有“全年一次性奖金”一列；不写就用 --amount 和 --other-taxable
    #[arg(value_name = "名单", requires = "period", conflicts_with_all = ["amount", "other_taxable"])]
    roster: Option<PathBuf>,
    /// 发放月份，如 2026-12
    #[arg(long, value_name = "年-月")]
    period: Option<Period>,
    /// 支付日；不写就是该月的最后一天
    #[arg(long, value_name = "日期", value_parser = book::date, required_unless_present = "roster")]
    on: Option<NaiveDate>,
    /// 奖金，元
    #[arg(long, value_name = "金额", required_unless_present = "roster")]
    amount: Option<String>,
    /// 其余综合所得全年应纳税所得额，已减各项扣除，可以为负；没有写就只算单独计税
    #[arg(long, value_name = "金额", allow_hyphen_values = true)]
    other_taxable: Option<String>,
    /// 只看到这一天为止已公布的规则
    #[arg(long, value_name = "日期", value_parser = book::date)]
    known_at: Option<NaiveDate>,
}

/// Who could not be compared, and why.
type Refused = Vec<(String, String)>;

/// What the two ways come to for one bonus.
struct Compared {
    worker: String,
    name: String,
    bonus: Money,
    other_taxable: Option<Money>,
    tax_apart: Money,
    net_apart: Money,
    tax_merged: Option<Money>,
    findings: Vec<RaisedFinding>,
}

impl Bonus {
    pub(super) fn run(&self, rules: Option<&Path>, output: &Output) -> Result<Done, CliError> {
        let book = book::read(rules)?;
        let (rows, refused) = match (&self.roster, self.period) {
            (Some(path), Some(period)) => self.of_roster(&book, path, period)?,
            _ => (vec![self.of_amounts(&book)?], Vec::new()),
        };
        if output.is_json() {
            output.json(&json!({
                "rulebook": book.digest().to_string(),
                "bonuses": rows.iter().map(Compared::json).collect::<Vec<_>>(),
                "rejected": refused.iter().map(|(worker, reason)| json!({ "worker": worker, "problem": reason }))
                    .collect::<Vec<_>>(),
            }));
        } else {
            output.text(text(&rows, &refused).trim_end());
        }
        Ok(if refused.is_empty() { Done::Clean } else { Done::Rejected })
    }

    fn of_amounts(&self, book: &Book) -> Result<Compared, CliError> {
        let money = |text: &str, at: &str| {
            Money::parse(text).map_err(|error| CliError::input("amount", error.to_string()).at(at.to_owned()))
        };
        let bonus = money(self.amount.as_deref().unwrap_or_default(), "--amount")?;
        let other = self.other_taxable.as_deref().map(|text| money(text, "--other-taxable")).transpose()?;
        let on = self.on.ok_or_else(|| CliError::input("usage", "要写明 --on"))?;
        self.compare(book, on, (String::new(), String::new()), bonus, other)
    }

    /// Everybody with a bonus. What else the year brings is taken from the roster's month: the sums to date and no more.
    fn of_roster(&self, book: &Book, path: &Path, period: Period) -> Result<(Vec<Compared>, Refused), CliError> {
        let (period_start, period_end) = (period.first_day(), period.last_day());
        let paid_on = self.on.unwrap_or(period_end);
        let paying = Paying {
            period_start,
            period_end,
            paid_on,
            payer: String::new(),
            contributed_elsewhere: false,
            completes_month: true,
        };
        let read = roster::read(path, period_end)
            .map_err(|error| CliError::input("roster", error.to_string()).at(path.display().to_string()))?;
        let mut month = Month::new(book, period_start, period_end, paid_on, self.known_at)
            .map_err(|error| CliError::input("rules", error.to_string()))?;
        let mut refused: Refused =
            read.rejected.into_iter().map(|one| (format!("第 {} 行", one.row), one.problem)).collect();
        let mut compared = Vec::new();
        for row in &read.rows {
            let Some(bonus) = row.items.get("year_end_bonus") else { continue };
            let payable = match roster::payable(row, &paying, book) {
                Ok(payable) => payable,
                Err(reasons) => {
                    refused.extend(reasons.into_iter().map(|one| (row.worker_no.clone(), one.problem)));
                    continue;
                }
            };
            month
                .prepare([&payable.month.places])
                .map_err(|diagnostics| CliError::rules(book.sources(), &diagnostics))?;
            match month.slip(&payable.month) {
                Ok(slip) => {
                    let who = (row.worker_no.clone(), row.name.clone());
                    let other = Some(slip.tax_block.taxable);
                    compared.push(self.compare(book, paid_on, who, *bonus, other)?);
                }
                Err(Refusal::Coverage { reason, .. } | Refusal::Facts(reason)) => {
                    refused.push((row.worker_no.clone(), reason));
                }
                Err(Refusal::Open(names)) => {
                    refused.push((row.worker_no.clone(), format!("缺少：{}", names.join("、"))));
                }
            }
        }
        if compared.is_empty() && refused.is_empty() {
            let message = "名单里没有人填全年一次性奖金";
            return Err(CliError::input("empty", message).at(path.display().to_string()));
        }
        Ok((compared, refused))
    }

    fn compare(
        &self,
        book: &Book,
        on: NaiveDate,
        (worker, name): (String, String),
        bonus: Money,
        other_taxable: Option<Money>,
    ) -> Result<Compared, CliError> {
        let find = |id: &str| book::cell(book, None, id).map(|(entry, _)| entry);
        let (tax, net, merged) = (find("tax.bonus.tax")?, find("tax.bonus.net")?, find("tax.bonus.merged_tax")?);
        let (amount, other) = (find("tax.bonus.bonus")?, find("tax.bonus.other_taxable")?);
        let goals: Vec<_> = [tax, net, merged, amount, other].map(|entry| (entry, Vec::new())).into();
        let question = Question::simple(on, self.known_at, None, book.regions());
        let plan = Plan::new(book, question, book.entry(tax).package, &goals)
            .map_err(|diagnostics| CliError::rules(book.sources(), &diagnostics))?;
        let given = [(amount, Some(bonus)), (other, other_taxable)];
        let given = given
            .into_iter()
            .filter_map(|(entry, money)| Some((plan.find(entry, &[])?, Value::Number(Exact::from(money?)))));
        let mut evaluation = Evaluation::new(&plan, given.collect::<Vec<_>>());
        let mut money = |entry| {
            let value = evaluation.cell(entry, &[]).map_err(|fault| match &fault.kind {
                FaultKind::Coverage(coverage) => CliError::new(Kind::Coverage, "coverage", coverage.to_string()),
                _ => CliError::input("amount", fault.to_string()),
            })?;
            Ok::<_, CliError>(
                value.number().and_then(Exact::to_decimal).and_then(|yuan| Money::from_decimal(yuan).ok()),
            )
        };
        let (tax_apart, net_apart, tax_merged) = (money(tax)?, money(net)?, money(merged)?);
        let findings = evaluation.findings();
        Ok(Compared {
            worker,
            name,
            bonus,
            other_taxable,
            tax_apart: tax_apart.unwrap_or_default(),
            net_apart: net_apart.unwrap_or_default(),
            tax_merged: tax_merged.filter(|_| other_taxable.is_some()),
            findings,
        })
    }
}

impl Compared {
    /// Which way costs less, in words; the worker chooses.
    fn cheaper(&self) -> &'static str {
        match self.tax_merged {
            None => "未比较",
            Some(merged) if merged < self.tax_apart => "并入较少",
            Some(merged) if merged > self.tax_apart => "单独较少",
            Some(_) => "相同",
        }
    }

    fn json(&self) -> Json {
        json!({
            "worker": self.worker,
            "name": self.name,
            "bonus": self.bonus.to_string(),
            "other_taxable": self.other_taxable.map(|amount| amount.to_string()),
            "tax_apart": self.tax_apart.to_string(),
            "net_apart": self.net_apart.to_string(),
            "tax_merged": self.tax_merged.map(|amount| amount.to_string()),
            "costs_less": match self.tax_merged {
                None => Json::Null,
                Some(merged) if merged < self.tax_apart => "merged".into(),
                Some(merged) if merged > self.tax_apart => "apart".into(),
                Some(_) => "same".into(),
            },
            "findings": self.findings.iter().map(super::eval::finding_json).collect::<Vec<_>>(),
        })
    }
}

fn text(rows: &[Compared], refused: &[(String, String)]) -> String {
    let shown = |amount: Option<Money>| amount.map_or_else(|| "—".to_owned(), Money::thousands);
    let lines: Vec<[String; 6]> = rows
        .iter()
        .map(|one| {
            [
                format!("{} {}", one.worker, one.name).trim().to_owned(),
                one.bonus.thousands(),
                shown(one.other_taxable),
                one.tax_apart.thousands(),
                shown(one.tax_merged),
                one.cheaper().to_owned(),
            ]
        })
        .collect();
    let mut text = table(["人员", "奖金", "其余应纳税所得额", "单独计税", "并入增加", "比较"], &lines);
    text.push('\n');
    for one in rows {
        for finding in &one.findings {
            let _ = writeln!(text, "{} {}：{}", one.worker, finding.severity.name(), finding.message);
            if let Some(remedy) = &finding.remedy {
                let _ = writeln!(text, "  处理：{remedy}");
            }
        }
    }
    for (worker, reason) in refused {
        let _ = writeln!(text, "没有比较：{worker} {reason}");
    }
    text.push_str(
        "由本人选定；一个纳税年度内单独计税只能用一次。其余应纳税所得额取本年至今的累计数，以后各月的收入没有推算。\n",
    );
    text
}
