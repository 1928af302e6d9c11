//! `gongche rules`: check, list, show and test the rule book, and see what it covers.

mod check;
mod coverage;
mod diff;
mod impact;
mod list;
mod show;
mod survey;
mod test;

use super::{Done, book, error::CliError, output::Output};
use clap::Subcommand;
use std::path::Path;

/// 规则库
#[derive(Subcommand)]
pub(super) enum Rules {
    /// 检查全部规则文件
    Check(check::Check),
    /// 列出全部条目
    List(list::List),
    /// 写出一个条目：各版本、日期、依据、可信度；公式和它读取的条目
    Show(show::Show),
    /// 运行规则旁边的算例
    Test,
    /// 各地各项的值自何时起、到何时止，缺什么
    Coverage(coverage::Coverage),
    /// 两部规则库、两个日期或两个已知日之间有什么不同
    Diff(diff::Diff),
    /// 规则的变化影响名单上的谁、影响多少、自何月起
    Impact(impact::Impact),
    /// 输出规则文件的 JSON Schema，供编辑器使用
    Schema,
}

impl Rules {
    pub(super) fn run(&self, rules: Option<&Path>, output: &Output) -> Result<Done, CliError> {
        match self {
            Self::Check(check) => check.run(&book::read_all(rules)?, output),
            Self::List(list) => list.run(&book::read(rules)?, output),
            Self::Show(show) => show.run(&book::read(rules)?, output),
            Self::Test => test::run(&book::read_all(rules)?, output),
            Self::Coverage(coverage) => coverage.run(&book::read_all(rules)?, output),
            Self::Diff(diff) => diff.run(rules, output),
            Self::Impact(impact) => impact.run(rules, output),
            Self::Schema => {
                output.json(&crate::rulebook::json_schema());
                Ok(Done::Clean)
            }
        }
    }
}
