//! `gongche check`: what relation it is in law, why, what follows, what would make it another.

mod report;

use super::{
    Done, book,
    error::{CliError, Kind},
    output::Output,
};
use crate::{
    classify::{ChartError, Decision, Depth, Engagement, Judge, Trouble},
    rulebook::{Book, Faulty, Gravity},
};
use clap::Args;
use std::path::{Path, PathBuf};

/// 认定一份用工是什么关系，为什么，有什么后果
#[derive(Args)]
pub(super) struct Check {
    /// 一份用工（.toml）
    #[arg(value_name = "文件")]
    engagement: PathBuf,
}

impl Check {
    pub(super) fn run(&self, rules: Option<&Path>, output: &Output) -> Result<Done, CliError> {
        let book = book::read(rules)?;
        let mut judge = Judge::new(&book)?;
        let engagement = read(&judge, &self.engagement)?;
        let decision = decided(&book, &mut judge, &engagement)?;
        if output.is_json() {
            output.json(&report::json(&decision, &engagement));
        } else {
            output.text(report::text(&decision, &engagement).trim_end());
        }
        Ok(done(&decision))
    }
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
