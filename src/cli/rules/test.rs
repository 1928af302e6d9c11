//! `gongche rules test`: the worked examples beside the rules, run.

use crate::{
    cli::{Done, error::CliError, output::Output},
    engine::run_example,
    rulebook::Book,
};
use serde_json::json;

pub(super) fn run(book: &Book, output: &Output) -> Result<Done, CliError> {
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
    if failures.is_empty() { Ok(Done::Clean) } else { Ok(Done::Failed) }
}
