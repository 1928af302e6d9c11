//! `gongche check`: what relation it is in law, why, what follows, what would make it another.

mod interview;
mod report;
mod workforce;

use super::{
    Done, book,
    error::{CliError, Kind},
    output::Output,
    pay::cannot_write,
};
use crate::{
    classify::{ChartError, Decision, Depth, Engagement, Judge, Trouble, ask},
    document::opinion,
    exchange::table,
    rulebook::{Book, Faulty, Gravity},
};
use chrono::NaiveDate;
use clap::Args;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// 认定一份用工是什么关系，为什么，有什么后果
#[derive(Args)]
pub(super) struct Check {
    /// 一份用工（.toml），或者一批用工的名单、考勤（.xlsx、.csv）
    #[arg(value_name = "文件", required_unless_present_any = ["template", "interview"])]
    file: Option<PathBuf>,
    /// 写出一份空白的用工文件，列出全部的项
    #[arg(long, conflicts_with_all = ["file", "interview"])]
    template: bool,
    /// 在终端逐项询问，只问还有影响的；给出文件的，从已知的接着问
    #[arg(long)]
    interview: bool,
    /// 名单、询问：在哪一天判断；名单有考勤的，默认为最后一个工作日
    #[arg(long, value_name = "日期", value_parser = book::date)]
    on: Option<NaiveDate>,
    /// 名单、询问：没有写用工地的，在哪里用工
    #[arg(long, value_name = "地区")]
    region: Option<String>,
    /// 写到这个目录：一份用工的意见书，或者一批用工的提示
    #[arg(long, value_name = "目录")]
    out: Option<PathBuf>,
}

impl Check {
    pub(super) fn run(&self, rules: Option<&Path>, output: &Output) -> Result<Done, CliError> {
        let book = book::read(rules)?;
        let mut judge = Judge::new(&book)?;
        if self.template {
            output.text(ask::template(judge.chart()).trim_end());
            return Ok(Done::Clean);
        }
        if let Some(file) = self.file.as_deref().filter(|file| table::is_table(file)) {
            return workforce::run(self, file, &book, &mut judge, output);
        }
        let known = self.file.as_deref().map(|file| read(&judge, file)).transpose()?;
        let (engagement, decision) = if self.interview {
            interview::run(self, &book, &mut judge, known, output)?
        } else {
            let engagement = known.ok_or_else(|| CliError::input("usage", "要写明文件"))?;
            let decision = decided(&book, &mut judge, &engagement)?;
            (engagement, decision)
        };
        if let Some(out) = &self.out {
            write(&book, out, &engagement, &decision)?;
        }
        if output.is_json() {
            output.json(&report::json(&decision, &engagement));
        } else {
            output.text(report::text(&decision, &engagement).trim_end());
        }
        Ok(done(&decision))
    }
}

/// The opinion on an engagement.
const OPINION: &str = "opinion.pdf";

fn write(book: &Book, out: &Path, engagement: &Engagement, decision: &Decision) -> Result<(), CliError> {
    let facts = report::facts_json(engagement, decision);
    let files = BTreeMap::from([
        ("facts.json".to_owned(), facts.to_string().into_bytes()),
        ("result.json".to_owned(), report::json(decision, engagement).to_string().into_bytes()),
    ]);
    let pdf = opinion(book, engagement, decision, &files)?;
    std::fs::create_dir_all(out).map_err(|error| cannot_write(out, &error))?;
    let path = out.join(OPINION);
    std::fs::write(&path, pdf).map_err(|error| cannot_write(&path, &error))
}

pub(in crate::cli) fn read(judge: &Judge<'_>, path: &Path) -> Result<Engagement, CliError> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| CliError::input("file", format!("读不了：{error}")).at(shown.clone()))?;
    Engagement::read(judge.chart(), &shown, &text).map_err(|faulty| CliError::engagement(&faulty))
}

pub(in crate::cli) fn decided(
    book: &Book,
    judge: &mut Judge<'_>,
    engagement: &Engagement,
) -> Result<Decision, CliError> {
    let result =
        judge.prepare(engagement.region.as_deref(), engagement.on).and_then(|()| judge.decide(engagement, Depth::Full));
    result.map_err(|trouble| CliError::trouble(book, trouble))
}

fn done(decision: &Decision) -> Done {
    let unlawful = decision.findings.iter().any(|finding| finding.severity == Gravity::Unlawful);
    if unlawful { Done::Unlawful } else { Done::Clean }
}

impl CliError {
    /// An engagement file that is wrong.
    pub(in crate::cli) fn engagement(faulty: &Faulty) -> Self {
        Self::diagnostics("engagement", "文件有误", &faulty.sources, &faulty.diagnostics)
    }

    /// An engagement that could not be judged.
    pub(in crate::cli) fn trouble(book: &Book, trouble: Trouble) -> Self {
        match trouble {
            Trouble::Chart(error) => error.into(),
            Trouble::Rules(diagnostics) => Self::rules(book.sources(), &diagnostics),
            Trouble::Fault(fault) => fault.into(),
        }
    }
}

impl From<ChartError> for CliError {
    fn from(error: ChartError) -> Self {
        Self::new(Kind::Coverage, "coverage", error.to_string())
    }
}
