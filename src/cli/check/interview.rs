//! An interview: one question after another, as long as an answer still matters.

use super::{Check, decided};
use crate::{
    classify::{Answer, Decision, Engagement, Judge, ask},
    cli::{book, error::CliError, output::Output},
    rulebook::Book,
};
use std::{collections::BTreeMap, io::BufRead as _};

/// Asks until nothing matters any more, or until the input ends. Questions and what is wrong with an answer go to
/// standard error, so that the result alone stands on standard output.
pub(super) fn run(
    check: &Check,
    book: &Book,
    judge: &mut Judge<'_>,
    known: Option<Engagement>,
    output: &Output,
) -> Result<(Engagement, Decision), CliError> {
    let mut engagement = match known {
        Some(engagement) => engagement,
        None => {
            let on = check
                .on
                .ok_or_else(|| CliError::input("on", "没有写在哪一天判断").at("--on").hint("加 --on 2026-09-30"))?;
            let region = check.region.as_deref().map(|text| book::region(book, text)).transpose()?;
            Engagement::of_answers(region, on, BTreeMap::new())
        }
    };
    let mut lines = std::io::stdin().lock().lines();
    let mut passed: Vec<String> = Vec::new();
    loop {
        let decision = decided(book, judge, &engagement)?;
        let chart = judge.chart();
        let Some(question) = ask::next(chart, &decision, &engagement, &passed) else {
            return Ok((engagement, decision));
        };
        output.complain(&ask::put(chart, question));
        let answer: Option<Answer> = loop {
            let Some(Ok(line)) = lines.next() else { return Ok((engagement, decision)) };
            match ask::answered(chart, question, &line) {
                Ok(answer) => break answer,
                Err((problem, expected)) => output.complain(&format!("{problem}；{expected}。请再答一次：")),
            }
        };
        match answer {
            Some(answer) => _ = engagement.answers.insert(question.id.clone(), answer),
            None => passed.push(question.id.clone()),
        }
    }
}
