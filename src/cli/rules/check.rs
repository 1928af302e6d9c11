//! `gongche rules check`: whether the book is sound, how sure it is of what it says, and what is due.

use super::survey::{self, Said};
use crate::{
    cli::{Done, book, error::CliError, output::Output},
    rulebook::{Answer, Book, Confidence, UNKNOWN, Version},
};
use chrono::NaiveDate;
use clap::Args;
use serde_json::{Value as Json, json};
use std::{collections::BTreeMap, fmt::Write as _};

/// 检查规则库
#[derive(Args)]
pub(in crate::cli) struct Check {
    /// 列出到这一天应复核而未复核的值，和仍在引用的已废止文件
    #[arg(long, value_name = "日期", value_parser = book::date)]
    on: Option<NaiveDate>,
}

impl Check {
    pub(super) fn run(&self, book: &Book, output: &Output) -> Result<Done, CliError> {
        let mut said = Vec::new();
        for (id, _) in book.entries() {
            said.extend(survey::of_entry(book, id)?);
        }
        let tally = Tally::of(&said);
        let due = self.on.map(|on| Due::of(book, &said, on));
        if output.is_json() {
            output.json(&self.json(book, &tally, due.as_ref()));
        } else {
            output.text(self.text(book, &tally, due.as_ref()).trim_end());
        }
        Ok(Done::Clean)
    }

    fn json(&self, book: &Book, tally: &Tally, due: Option<&Due>) -> Json {
        let by_mark = |counts: &BTreeMap<Confidence, usize>| -> BTreeMap<&str, usize> {
            Confidence::ALL.iter().map(|one| (one.mark(), counts.get(one).copied().unwrap_or(0))).collect()
        };
        json!({
            "files": book.sources().iter().count(),
            "packages": book.packages().count(),
            "entries": book.entries().count(),
            "instruments": book.instruments().iter().count(),
            "places": book.places().count(),
            "regions": book.regions().iter().count(),
            "examples": book.examples(true).count(),
            "rulebook": book.digest().to_string(),
            "values": tally.versions,
            "confidence": by_mark(&tally.confidence),
            "unknown_instruments": tally.unknown_instruments,
            "unpublished": tally.publication_unknown,
            "on": self.on.map(|on| on.to_string()),
            "overdue": due.map(|due| due.overdue.iter().map(Item::json).collect::<Vec<_>>()),
            "repealed": due.map(|due| due.repealed.iter().map(Item::json).collect::<Vec<_>>()),
        })
    }

    fn text(&self, book: &Book, tally: &Tally, due: Option<&Due>) -> String {
        let mut text = String::new();
        let _ = writeln!(
            text,
            "规则库无误：{} 个文件，{} 个包，{} 个条目，{} 份文件依据，{} 个地区文件，{} 个算例。",
            book.sources().iter().count(),
            book.packages().count(),
            book.entries().count(),
            book.instruments().iter().count(),
            book.places().count(),
            book.examples(true).count(),
        );
        let marks: Vec<String> = tally
            .confidence
            .iter()
            .map(|(confidence, count)| format!("{}（{}）{count}", confidence.mark(), confidence.meaning()))
            .collect();
        let _ = writeln!(text, "法定值 {} 个：{}。", tally.versions, marks.join("，"));
        let _ = writeln!(
            text,
            "其中文号不明 {} 个，公布日不详 {} 个。",
            tally.unknown_instruments, tally.publication_unknown
        );
        let _ = writeln!(text, "摘要 {}", book.digest());
        if let (Some(on), Some(due)) = (self.on, due) {
            for (title, items) in [("应复核而未复核", &due.overdue), ("仍在引用的已废止文件", &due.repealed)]
            {
                let count = if items.is_empty() { "没有".to_owned() } else { format!("{} 处", items.len()) };
                let _ = writeln!(text, "\n到 {on} {title}：{count}");
                for item in items {
                    let _ = writeln!(text, "  {}：{}\n    {}", item.name, item.reason, item.place);
                }
            }
        }
        text
    }
}

/// How much is said, and how surely.
#[derive(Default)]
struct Tally {
    versions: usize,
    confidence: BTreeMap<Confidence, usize>,
    unknown_instruments: usize,
    publication_unknown: usize,
}

impl Tally {
    fn of(said: &[Said<'_>]) -> Self {
        let mut tally = Self::default();
        for one in said {
            match one.answer {
                Answer::Dated(timeline) => {
                    for version in timeline.versions() {
                        tally.count(version.confidence, &version.cite);
                        tally.publication_unknown += usize::from(version.published.is_none());
                    }
                }
                // Who says nothing of how sure it is states what the instrument says.
                Answer::None(nothing) => tally.count(
                    nothing.confidence.unwrap_or(Confidence::Verified),
                    nothing.cite.as_deref().unwrap_or(UNKNOWN),
                ),
                // A gap is no value; `coverage` lists it.
                Answer::Unknown(_) => {}
            }
        }
        tally
    }

    fn count(&mut self, confidence: Confidence, cite: &str) {
        self.versions += 1;
        *self.confidence.entry(confidence).or_default() += 1;
        self.unknown_instruments += usize::from(cite == UNKNOWN);
    }
}

/// Something that somebody should look at.
struct Item {
    id: String,
    name: String,
    reason: String,
    /// `file:line`.
    place: String,
}

impl Item {
    fn json(&self) -> Json {
        json!({ "id": self.id, "name": self.name, "reason": self.reason, "where": self.place })
    }
}

/// What is due on a day.
struct Due {
    overdue: Vec<Item>,
    repealed: Vec<Item>,
}

impl Due {
    fn of(book: &Book, said: &[Said<'_>], on: NaiveDate) -> Self {
        let mut due = Self { overdue: Vec::new(), repealed: Vec::new() };
        for one in said {
            let entry = book.entry(one.entry);
            let place = if one.places.is_empty() { String::new() } else { one.place_name(book) };
            let item = |version: &Version, reason: String| Item {
                id: entry.full_id.clone(),
                name: format!("{place}{}", one.name(book)),
                reason,
                place: book.sources().line(version.place),
            };
            // Only what still answers is of interest: what was superseded need not be reviewed.
            let Some(version) = one.timeline().and_then(|timeline| timeline.on(on, None).ok()) else { continue };
            if let Some(review_by) = version.review_by.filter(|review_by| *review_by <= on) {
                let value = survey::literal(book, entry.of, &version.literal);
                let cite = survey::cited(&version.cite, version.source.as_deref());
                let reason = format!("{value}，自 {} 起，{cite}；应于 {review_by} 前复核", version.from);
                due.overdue.push(item(version, reason));
            }
            for reason in repealed(book, &version.cite, on) {
                due.repealed.push(item(version, reason));
            }
        }
        due.figures(book, on);
        due
    }

    /// Figures, their cases and findings have no dates: what they cite must stand.
    fn figures(&mut self, book: &Book, on: NaiveDate) {
        for (id, entry) in book.entries() {
            let Some(figure) = book.figure(id) else { continue };
            let cites = figure.cite.as_deref().into_iter().chain(figure.way.cites());
            let reasons = cites.flat_map(|cite| repealed(book, cite, on));
            self.repealed.extend(reasons.map(|reason| Item {
                id: entry.full_id.clone(),
                name: entry.name.clone(),
                reason,
                place: book.sources().line(entry.place),
            }));
        }
        for (_, package) in book.packages() {
            for finding in &package.findings {
                let reasons = finding.cite.iter().flat_map(|cite| repealed(book, cite, on));
                self.repealed.extend(reasons.map(|reason| Item {
                    id: format!("{}.{}", package.id, finding.id),
                    name: format!("提示 {}", finding.id),
                    reason,
                    place: book.sources().line(finding.place),
                }));
            }
        }
    }
}

/// The instruments of a citation that are repealed on a day, in words.
fn repealed(book: &Book, cite: &str, on: NaiveDate) -> Vec<String> {
    let repealed = survey::instruments(book, cite).into_iter().filter_map(|one| {
        let day = one.repealed.filter(|day| *day <= on)?;
        let next = one.replaced_by.as_ref().map_or(String::new(), |next| format!("，由「{next}」代替"));
        Some(format!("「{}」已于 {day} 废止{next}", one.id))
    });
    repealed.collect()
}
