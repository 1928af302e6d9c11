//! Small tools.

use super::{
    Done, book,
    error::{CliError, Kind},
    output::Output,
};
use crate::quantity::{Money, capitals};
use chrono::{Datelike, NaiveDate};
use clap::Args;
use serde_json::json;
use std::path::Path;

/// 把金额写成大写
#[derive(Args)]
pub(super) struct Capitals {
    /// 金额，元，最多两位小数
    #[arg(value_name = "金额", allow_hyphen_values = true)]
    amount: String,
}

impl Capitals {
    pub(super) fn run(&self, output: &Output) -> Result<Done, CliError> {
        let amount =
            Money::parse(&self.amount).map_err(|error| CliError::input("amount", error.to_string()).at("金额"))?;
        let words = capitals(amount);
        if output.is_json() {
            output.json(&json!({ "amount": amount.to_string(), "capitals": words }));
        } else {
            output.text(&words);
        }
        Ok(Done::Clean)
    }
}

/// 某日之后的第几个工作日（按国务院放假安排，当日不算）
#[derive(Args)]
pub(super) struct Workdays {
    /// 从哪一天起算
    #[arg(long, value_name = "日期", value_parser = book::date)]
    from: NaiveDate,
    /// 第几个工作日
    #[arg(long, value_name = "个数")]
    count: u32,
}

/// More working days than a calendar of years holds are a slip of the finger.
const MOST_WORKDAYS: u32 = 10_000;

impl Workdays {
    pub(super) fn run(&self, rules: Option<&Path>, output: &Output) -> Result<Done, CliError> {
        if self.count > MOST_WORKDAYS {
            return Err(CliError::input("count", format!("最多 {MOST_WORKDAYS} 个工作日")).at("--count"));
        }
        let book = book::read(rules)?;
        let calendar = book.calendar();
        let date = calendar
            .working_day_after(self.from, self.count)
            .map_err(|error| CliError::new(Kind::Coverage, "coverage", error.to_string()).at("工作日历"))?;
        let years = (self.from.year()..=date.year()).filter_map(|year| Some((year, calendar.year(year).ok()?)));
        let notes: Vec<String> =
            years.filter_map(|(year, known)| Some(format!("{year} 年：{}", known.note.as_ref()?))).collect();
        if output.is_json() {
            output.json(&json!({
                "from": self.from.to_string(),
                "count": self.count,
                "date": date.to_string(),
                "notes": notes,
            }));
        } else {
            output.text(&date.to_string());
            for note in notes {
                output.complain(&format!("注意：{note}"));
            }
        }
        Ok(Done::Clean)
    }
}
