//! `gongche rules`: check, list, show and test the rule book, and see what it covers.

use super::{Done, book, error::CliError, output::Output};
use crate::{engine::run_example, rulebook::Book};
use clap::Subcommand;
use serde_json::json;
use std::path::Path;

/// 规则库
#[derive(Subcommand)]
pub(super) enum Rules {
    /// 检查全部规则文件
    Check,
    /// 运行规则旁边的算例
    Test,
    /// 输出规则文件的 JSON Schema，供编辑器使用
    Schema,
}

impl Rules {
    pub(super) fn run(&self, rules: Option<&Path>, output: &Output) -> Result<Done, CliError> {
        match self {
            Self::Schema => {
                output.json(&crate::rulebook::json_schema());
                Ok(Done::Clean)
            }
            Self::Check => check(&book::read_all(rules)?, output),
            Self::Test => test(&book::read_all(rules)?, output),
        }
    }
}

fn check(book: &Book, output: &Output) -> Result<Done, CliError> {
    let counts = json!({
        "files": book.sources().iter().count(),
        "packages": book.packages().count(),
        "entries": book.entries().count(),
        "instruments": book.instruments().iter().count(),
        "places": book.places().count(),
        "regions": book.regions().iter().count(),
        "examples": book.examples(true).count(),
        "rulebook": book.digest().to_string(),
    });
    if output.is_json() {
        output.json(&counts);
    } else {
        output.text(&format!(
            "规则库无误：{} 个文件，{} 个包，{} 个条目，{} 份文件依据，{} 个地区文件，{} 个算例。\n摘要 {}",
            counts["files"],
            counts["packages"],
            counts["entries"],
            counts["instruments"],
            counts["places"],
            counts["examples"],
            book.digest()
        ));
    }
    Ok(Done::Clean)
}

fn test(book: &Book, output: &Output) -> Result<Done, CliError> {
    let (mut passed, mut failures) = (0usize, Vec::new());
    for example in book.examples(true) {
        match run_example(book, example) {
            Ok(()) => passed += 1,
            Err(failure) => failures.push((book.sources().line(example.place), &example.title, failure.lines)),
        }
    }
    if output.is_json() {
        let failed: Vec<_> = failures
            .iter()
            .map(|(place, title, lines)| json!({ "where": place, "title": title, "lines": lines }))
            .collect();
        output.json(&json!({ "passed": passed, "failed": failed }));
    } else {
        for (place, title, lines) in &failures {
            output.text(&format!("未通过：{title}（{place}）\n  {}", lines.join("\n  ")));
        }
        output.text(&format!("{passed} 个算例通过，{} 个未通过", failures.len()));
    }
    if failures.is_empty() {
        return Ok(Done::Clean);
    }
    Err(CliError::input("examples", format!("{} 个算例未通过", failures.len())))
}
