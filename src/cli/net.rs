//! `gongche net`: the gross that leaves a net.

use super::{
    Done, book,
    error::{CliError, Kind},
    output::Output,
};
use crate::{
    engine::Places,
    exchange::roster::Engagement,
    payroll::{Known, Month, Refusal, Row, Solution, solve},
    quantity::{Exact, Money},
    rulebook::{Book, Given, parse_given},
};
use chrono::{Datelike, Days, Months, NaiveDate};
use clap::Args;
use serde_json::{Value as Json, json};
use std::{collections::BTreeMap, fmt::Write as _, path::Path};

/// 由税后倒算税前：恰好得到这一实发数的应发数
#[derive(Args)]
pub(super) struct Net {
    /// 要得到的实发数，元
    #[arg(value_name = "实发", allow_negative_numbers = true)]
    net: String,
    /// 支付日；所属月份是它所在的月
    #[arg(long, value_name = "日期", value_parser = book::date)]
    on: NaiveDate,
    /// 只看到这一天为止已公布的规则
    #[arg(long, value_name = "日期", value_parser = book::date)]
    known_at: Option<NaiveDate>,
    /// 参保、缴存公积金和工作的地区
    #[arg(long, value_name = "地区")]
    region: String,
    /// 用工形式：全日制、非全日制、劳务派遣、超龄、实习、平台、劳务
    #[arg(long, value_name = "用工形式", default_value = "全日制")]
    engagement: String,
    /// 任职受雇日期；不写就是本月一日
    #[arg(long, value_name = "日期", value_parser = book::date)]
    hired: Option<NaiveDate>,
    /// 倒算哪个项目：labour.pay_items 的成员或其名称；不写就是该用工形式的基本报酬
    #[arg(long, value_name = "项目")]
    item: Option<String>,
    /// 其他事实，可以写多个：如 social.declared_base=20000、fund.rate=7%；不写的按规则的默认，
    /// 缴费基数随本期工资变动；没有 fund.rate 就不计住房公积金
    #[arg(long, value_name = "名称=值")]
    given: Vec<String>,
}

impl Net {
    pub(super) fn run(&self, rules: Option<&Path>, output: &Output) -> Result<Done, CliError> {
        let wanted = Money::parse(&self.net)
            .ok()
            .filter(|net| *net > Money::ZERO && *net <= LARGEST)
            .ok_or_else(|| CliError::input("net", "应为大于零、不超过一亿的金额，最多两位小数").at("实发"))?;
        let book = book::read(rules)?;
        let start = self.on.with_day(1).unwrap_or(self.on);
        let end = start.checked_add_months(Months::new(1)).and_then(|next| next.checked_sub_days(Days::new(1)));
        let mut month = Month::new(&book, start, end.unwrap_or(self.on), self.on, self.known_at)
            .map_err(|error| CliError::input("rules", error.to_string()))?;
        let (row, item) = self.row(&book, start)?;
        month.prepare([&row.places]).map_err(|diagnostics| CliError::rules(book.sources(), &diagnostics))?;
        let with = |gross: Money| {
            let mut row = row.clone();
            row.facts.insert(item.clone(), Given::Number(Exact::from(gross)));
            row
        };
        let solution = solve(wanted, |gross| month.net(&with(gross))).map_err(refused)?;
        let slip = |gross: Money| month.slip(&with(gross)).map_err(refused);
        let (json, text, done) = match solution {
            Solution::Exact(amounts) => {
                let first = amounts.first().copied().unwrap_or_default();
                let slip = slip(first)?;
                let due = slip.lines().any(|line| line.id.starts_with("housing_fund"));
                let without_fund = (due && !self.gives_fund())
                    .then(|| "没有计住房公积金；要计入的写 --given fund.rate=7%（按实际比例）".to_owned());
                let mut text = format!("{} = {}\n", name_of(&book, &item), first.thousands());
                for (name, amount) in [
                    ("应发", slip.gross),
                    ("个人缴纳社保公积金", slip.own_total),
                    ("个人所得税", slip.tax),
                    ("实发", slip.net),
                    ("用人单位成本", slip.employer_cost),
                ] {
                    let _ = writeln!(text, "  {name} {}", amount.thousands());
                }
                if let (true, Some(last)) = (amounts.len() > 1, amounts.last()) {
                    let _ = writeln!(
                        text,
                        "另有 {} 个应发数得到同样的实发，最大的是 {}",
                        amounts.len() - 1,
                        last.thousands()
                    );
                }
                if let Some(note) = &without_fund {
                    let _ = writeln!(text, "{note}");
                }
                for finding in &slip.findings {
                    let _ = writeln!(text, "{}：{}", finding.severity.name(), finding.message);
                }
                let json = json!({
                    "solution": "exact",
                    "amount": first.to_string(),
                    "amounts": amounts.iter().map(ToString::to_string).collect::<Vec<_>>(),
                    "gross": slip.gross.to_string(),
                    "own_total": slip.own_total.to_string(),
                    "tax": slip.tax.to_string(),
                    "net": slip.net.to_string(),
                    "employer_cost": slip.employer_cost.to_string(),
                    "notes": without_fund.iter().collect::<Vec<_>>(),
                    "findings": slip.findings.iter().map(super::eval::finding_json).collect::<Vec<_>>(),
                });
                (json, text, if slip.is_unlawful() { Done::Unlawful } else { Done::Clean })
            }
            Solution::Between { below, above } => {
                let text = format!(
                    "没有应发数恰好得到实发 {}：\n  {} 得 {}\n  {} 得 {}\n",
                    wanted.thousands(),
                    below.0.thousands(),
                    below.1.thousands(),
                    above.0.thousands(),
                    above.1.thousands()
                );
                let pair =
                    |(amount, net): (Money, Money)| json!({ "amount": amount.to_string(), "net": net.to_string() });
                let json = json!({ "solution": "none", "below": pair(below), "above": pair(above) });
                (json, text, Done::Clean)
            }
            Solution::Unreached(amount, net) => {
                let message = format!("应发到 {} 也只得实发 {}", amount.thousands(), net.thousands());
                return Err(CliError::input("net", message).at("实发"));
            }
        };
        if output.is_json() {
            output.json(&self.framed(&book, &item, wanted, json));
        } else {
            output.text(text.trim_end());
        }
        Ok(done)
    }

    fn framed(&self, book: &Book, item: &str, wanted: Money, mut json: Json) -> Json {
        json["wanted"] = wanted.to_string().into();
        json["item"] = item.into();
        json["name"] = name_of(book, item).into();
        json["on"] = self.on.to_string().into();
        json["known_at"] = self.known_at.map(|day| day.to_string()).into();
        json["rulebook"] = book.digest().to_string().into();
        json
    }

    /// Whether a rate of the fund is given.
    fn gives_fund(&self) -> bool {
        self.given.iter().any(|one| one.contains("fund.rate") || one.contains("公积金缴存比例"))
    }

    /// The facts that do not change, and the id of the one that is sought.
    fn row(&self, book: &Book, start: NaiveDate) -> Result<(Row, String), CliError> {
        let engagement = Engagement::ALL.into_iter().find(|one| one.label() == self.engagement).ok_or_else(|| {
            let labels = Engagement::ALL.map(Engagement::label).join("、");
            CliError::input("engagement", "不认识的用工形式")
                .at(self.engagement.clone())
                .hint(format!("可选：{labels}"))
        })?;
        let region = book::region(book, &self.region)?;
        let hired = self.hired.unwrap_or(start);
        let mut facts = BTreeMap::new();
        let mut give = |id: &str, text: &str| {
            let cell = book::cell(book, None, id)?;
            let value = parse_given(book.lexicon(), cell.0, text);
            let value = value.map_err(|error| CliError::input("given", error).at(id.to_owned()))?;
            facts.insert(book.lexicon().cell_id(cell.0, &cell.1), value);
            Ok::<_, CliError>(())
        };
        give("labour.relations.relation", engagement.relation())?;
        give("tax.months.paid_on", &self.on.to_string())?;
        give("tax.months.hire_date", &hired.to_string())?;
        give("fund.rate", "0")?;
        // Nobody is enrolled in the fund unless a rate is given.
        if !self.gives_fund() {
            give("fund.months", "0")?;
        }
        for text in &self.given {
            let Some((name, value)) = text.split_once('=') else {
                return Err(CliError::input("given", format!("「{text}」应写成 名称=值")).at("--given"));
            };
            give(name.trim(), value.trim())?;
        }
        let item = self.item.as_deref().unwrap_or(engagement.main_item());
        let cell = book::cell(book, None, &format!("payroll.amount[{item}]"))?;
        let id = book.lexicon().cell_id(cell.0, &cell.1);
        let places = Places::all(Some(&region));
        let known = Known::default();
        Ok((Row { places, hired, left: None, project: String::new(), facts, known, arrears: Vec::new() }, id))
    }
}

/// A hundred million yuan: above it a figure is a slip of the finger.
const LARGEST: Money = Money::from_fen(10_000_000_000);

fn name_of(book: &Book, item: &str) -> String {
    let cell = crate::rulebook::cell(book.lexicon(), None, item);
    cell.map_or_else(|_| item.to_owned(), |(entry, cell)| book.lexicon().cell_name(entry, &cell))
}

fn refused(refusal: Refusal) -> CliError {
    match refusal {
        Refusal::Coverage { reason, .. } => CliError::new(Kind::Coverage, "coverage", reason),
        Refusal::Facts(reason) => CliError::input("facts", reason),
        Refusal::Open(names) => CliError::input("open", format!("缺少：{}", names.join("、"))).hint("用 --given 补充"),
    }
}
