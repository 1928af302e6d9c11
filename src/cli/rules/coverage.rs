//! `gongche rules coverage`: which values the book has for which place, since when and until when, and what is missing.

use super::survey::{self, Said};
use crate::{
    cli::{
        Done, book,
        error::{CliError, Kind},
        output::Output,
        table::table,
    },
    rulebook::{Answer, Book, Confidence, EntryId, NATION, Package},
};
use chrono::NaiveDate;
use clap::Args;
use serde_json::{Value as Json, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

/// How many of many places are named.
const SHOWN: usize = 3;

/// 查看覆盖范围
#[derive(Args)]
pub(in crate::cli) struct Coverage {
    /// 只看这个地区，连同它承用的上级地区和全国的值：名称或 GB/T 2260 代码
    #[arg(long, value_name = "地区")]
    region: Option<String>,
    /// 每个地区一行的总表（Markdown，即 docs/coverage.md）
    #[arg(long, conflicts_with = "region")]
    summary: bool,
}

impl Coverage {
    pub(super) fn run(&self, book: &Book, output: &Output) -> Result<Done, CliError> {
        let region = self.region.as_deref().map(|text| book::region(book, text)).transpose()?;
        let national = Subject::all(book, |entry| match book.entry(entry).by_region {
            true => Ok(None),
            false => Ok(Some(survey::of_entry(book, entry)?)),
        })?;
        let survey = Survey::of(book)?;
        let codes: Vec<&str> = region.as_ref().map_or_else(|| book.places().collect(), |code| vec![code.as_str()]);
        let places = codes.into_iter().map(|code| Place::of(&survey, code)).collect::<Result<Vec<_>, _>>()?;
        if self.summary {
            output.text(summary(book, &places).trim_end());
            return Ok(Done::Clean);
        }
        if let (Some(code), [place]) = (&region, places.as_slice())
            && !place.is_known()
        {
            let message = format!("规则库没有{}的任何值", book.regions().path(code));
            let report = CliError::new(Kind::Coverage, "coverage", message);
            return Err(report.hint("gongche rules coverage 列出已有的地区"));
        }
        let listed = if region.is_none() { survey.listed(&places) } else { Vec::new() };
        if output.is_json() {
            output.json(&json!({
                "national": national.iter().flat_map(|one| one.json(book)).collect::<Vec<_>>(),
                "places": places.iter().map(|place| place.json(book)).collect::<Vec<_>>(),
                "listed": listed.iter().map(|one| one.json(book)).collect::<Vec<_>>(),
                "rulebook": book.digest().to_string(),
            }));
        } else {
            let mut text = String::new();
            if region.is_none() {
                text.push_str("全国统一的值\n");
                national.iter().for_each(|subject| subject.text(book, None, &mut text));
            }
            places.iter().for_each(|place| place.text(book, region.is_some(), &mut text));
            if !listed.is_empty() {
                let rows: Vec<[String; 6]> = listed.iter().map(|one| one.row(book)).collect();
                let _ = writeln!(text, "\n由上级的文件分别列明的地区\n{}", table(HEADS, &rows));
            }
            output.text(text.trim());
        }
        Ok(Done::Clean)
    }
}

/// The heads of a table of what is said.
const HEADS: [&str; 6] = ["    项目", "自", "至（不含）", "可信度", "复核期限", "由谁给出"];

/// What the book says of every value that differs by place, all places on their own.
struct Survey<'b> {
    book: &'b Book,
    said: BTreeMap<EntryId, Vec<Said<'b>>>,
}

impl<'b> Survey<'b> {
    fn of(book: &'b Book) -> Result<Self, CliError> {
        let mut said = BTreeMap::new();
        for (id, _) in book.entries().filter(|(_, entry)| entry.by_region) {
            said.insert(id, survey::of_entry(book, id)?);
        }
        Ok(Self { book, said })
    }

    /// What is said of places that have no file of their own.
    fn listed(&self, places: &[Place<'b>]) -> Vec<Said<'b>> {
        let own: BTreeSet<&str> = places.iter().map(|place| place.code.as_str()).chain([NATION]).collect();
        let without_file = |said: &Said<'b>| Said {
            entry: said.entry,
            cells: said.cells.clone(),
            answer: said.answer,
            places: said.places.iter().filter(|code| !own.contains(code.as_str())).cloned().collect(),
        };
        self.said.values().flatten().map(without_file).filter(|one| !one.places.is_empty()).collect()
    }

    /// The cells of a value that some place supplies and that nothing answers among what is said here.
    fn missing(&self, entry: EntryId, here: &[Said<'_>]) -> Option<Missing> {
        let answered: BTreeSet<&Vec<usize>> =
            here.iter().filter(|one| one.entry == entry && !one.is_gap()).flat_map(|one| &one.cells).collect();
        let mut missing = Missing { entry, cells: BTreeSet::new(), elsewhere: BTreeSet::new() };
        for other in self.said.get(&entry).into_iter().flatten().filter(|other| !other.is_gap()) {
            let open: Vec<&Vec<usize>> = other.cells.iter().filter(|cell| !answered.contains(cell)).collect();
            if !open.is_empty() {
                missing.elsewhere.extend(other.places.iter().cloned());
                missing.cells.extend(open.into_iter().cloned());
            }
        }
        (!missing.cells.is_empty()).then_some(missing)
    }
}

/// What the book says of one subject: the values of one package.
struct Subject<'b> {
    package: &'b Package,
    said: Vec<Said<'b>>,
    /// Cells that other places supply, and this one does not.
    missing: Vec<Missing>,
}

/// Cells of a value that nothing answers.
struct Missing {
    entry: EntryId,
    cells: BTreeSet<Vec<usize>>,
    /// The places that have them.
    elsewhere: BTreeSet<String>,
}

impl<'b> Subject<'b> {
    /// The packages that have such values.
    fn all(
        book: &'b Book,
        said: impl Fn(EntryId) -> Result<Option<Vec<Said<'b>>>, CliError>,
    ) -> Result<Vec<Self>, CliError> {
        let mut subjects = Vec::new();
        for (_, package) in book.packages() {
            let mut subject = Self { package, said: Vec::new(), missing: Vec::new() };
            for entry in &package.entries {
                subject.said.extend(said(*entry)?.unwrap_or_default());
            }
            subjects.push(subject);
        }
        subjects.retain(|subject| !subject.said.is_empty());
        Ok(subjects)
    }

    /// The days on which every value that is answered at all has a version: the first, and the first no longer.
    fn complete(&self) -> Option<(NaiveDate, Option<NaiveDate>)> {
        let spans = || self.said.iter().filter_map(span);
        let from = spans().map(|(from, _)| from).max()?;
        Some((from, spans().filter_map(|(_, until)| until).min()))
    }

    fn json(&self, book: &Book) -> Vec<Json> {
        self.said.iter().map(|one| one.json(book)).collect()
    }

    /// A table of what `only` says itself, or of all.
    fn text(&self, book: &Book, only: Option<&str>, text: &mut String) {
        let days = match self.complete() {
            None => String::new(),
            Some((from, None)) => format!("：各项自 {from} 起齐备"),
            Some((from, Some(until))) => format!("：各项自 {from} 至 {until}（不含）齐备"),
        };
        let days = if self.missing.is_empty() { days } else { "：不齐".to_owned() };
        let _ = writeln!(text, "\n  {}（{}）{days}", self.package.title, self.package.id);
        let shown = self.said.iter().filter(|one| only.is_none_or(|code| one.place() == Some(code)));
        let rows: Vec<[String; 6]> = shown.map(|one| one.row(book)).collect();
        if !rows.is_empty() {
            let _ = writeln!(text, "{}", table(HEADS, &rows));
        }
        // In the overview the names will do; which cells, and who has them, is told of a place asked for.
        if only.is_some() && !self.missing.is_empty() {
            let names: Vec<&str> = self.missing.iter().map(|one| book.entry(one.entry).name.as_str()).collect();
            let _ = writeln!(text, "    缺：{}", names.join("、"));
        }
        for missing in self.missing.iter().filter(|_| only.is_none()) {
            let cells: Vec<Vec<usize>> = missing.cells.iter().cloned().collect();
            let cells = survey::cells_name(book, missing.entry, &cells);
            let cells = if cells.is_empty() { String::new() } else { format!("[{cells}]") };
            let elsewhere = some_places(book, &missing.elsewhere);
            let _ = writeln!(text, "    缺：{}{cells}（{elsewhere}有）", book.entry(missing.entry).name);
        }
        for (one, until) in self.said.iter().filter_map(|one| Some((one, span(one)?.1?))) {
            if only.is_none_or(|code| one.place() == Some(code)) {
                let _ = writeln!(text, "    缺：{until} 起的{}", one.name(book));
            }
        }
    }
}

/// What the book says for one place.
struct Place<'b> {
    code: String,
    subjects: Vec<Subject<'b>>,
}

impl<'b> Place<'b> {
    fn of(survey: &Survey<'b>, code: &str) -> Result<Self, CliError> {
        let book = survey.book;
        let mut subjects = Subject::all(book, |entry| match book.entry(entry).by_region {
            true => Ok(Some(survey::in_place(book, entry, code)?)),
            false => Ok(None),
        })?;
        for subject in &mut subjects {
            let entries = subject.package.entries.iter();
            subject.missing = entries.filter_map(|entry| survey.missing(*entry, &subject.said)).collect();
        }
        Ok(Self { code: code.to_owned(), subjects })
    }

    /// Whether anything is said of it that is not said of the whole nation.
    fn is_known(&self) -> bool {
        self.subjects.iter().flat_map(|one| &one.said).any(|one| one.place() != Some(NATION))
    }

    fn above(&self, book: &Book) -> Vec<String> {
        book.regions().lineage(&self.code).into_iter().skip(1).collect()
    }

    fn json(&self, book: &Book) -> Json {
        let missing = self.subjects.iter().flat_map(|subject| {
            subject.missing.iter().map(|missing| {
                let cells = missing.cells.iter().map(|cell| json!(book.lexicon().cell_id(missing.entry, cell)));
                json!({
                    "package": subject.package.id,
                    "id": book.entry(missing.entry).full_id,
                    "cells": cells.collect::<Vec<_>>(),
                    "name": book.entry(missing.entry).name,
                    "supplied_by": missing.elsewhere.iter().take(SHOWN).collect::<Vec<_>>(),
                    "supplied_by_count": missing.elsewhere.len(),
                })
            })
        });
        let complete = self.subjects.iter().map(|subject| {
            let days = subject.complete().filter(|_| subject.missing.is_empty());
            json!({
                "package": subject.package.id,
                "title": subject.package.title,
                "from": days.map(|(from, _)| from.to_string()),
                "until": days.and_then(|(_, until)| until).map(|day| day.to_string()),
            })
        });
        json!({
            "region": self.code,
            "name": book.regions().path(&self.code),
            "inherits": self.above(book),
            "subjects": complete.collect::<Vec<_>>(),
            "covered": self.subjects.iter().flat_map(|subject| subject.json(book)).collect::<Vec<_>>(),
            "missing": missing.collect::<Vec<_>>(),
        })
    }

    /// The whole of it, or what it says itself and whose values it shares otherwise.
    fn text(&self, book: &Book, whole: bool, text: &mut String) {
        let above = self.above(book);
        let above: Vec<&str> = above.iter().map(|code| book.regions().name(code).unwrap_or(code)).collect();
        let above =
            if whole { format!("连同{}", above.join("、")) } else { format!("其余随{}", above.join("、")) };
        let _ = writeln!(text, "\n{}（{}），{above}", book.regions().path(&self.code), self.code);
        let only = (!whole).then_some(self.code.as_str());
        for subject in &self.subjects {
            let speaks = only.is_none_or(|code| subject.said.iter().any(|one| one.place() == Some(code)));
            if speaks || !subject.missing.is_empty() {
                subject.text(book, only, text);
            }
        }
    }
}

/// A line a place: since when every value of a subject that it has is there, how sure the least sure of those in force
/// is, and how many values others have and it lacks.
fn summary(book: &Book, places: &[Place<'_>]) -> String {
    let titles: Vec<(&str, &str)> = places.first().map_or_else(Vec::new, |place| {
        let subjects = place.subjects.iter();
        subjects.map(|subject| (subject.package.id.as_str(), subject.package.title.as_str())).collect()
    });
    let mut text = String::from("# 覆盖范围\n\n");
    text.push_str(
        "由 `gongche rules coverage --summary` 生成。每格：各项自何日起齐备，现行各版中最低的可信度，缺几项。",
    );
    text.push_str("`—`：没有任何值。细目见 `gongche rules coverage --region 地区`。\n\n");
    let heads: Vec<&str> = titles.iter().map(|(_, title)| *title).collect();
    let _ = writeln!(text, "| 地区 | {} |\n|---|{}", heads.join(" | "), "---|".repeat(heads.len()));
    for place in places {
        let cells: Vec<String> = titles
            .iter()
            .map(|(id, _)| {
                let subject = place.subjects.iter().find(|subject| subject.package.id == *id);
                subject.map_or_else(|| "—".to_owned(), Subject::summary)
            })
            .collect();
        let _ = writeln!(text, "| {} {} | {} |", place.code, book.regions().path(&place.code), cells.join(" | "));
    }
    text
}

impl Subject<'_> {
    fn summary(&self) -> String {
        let Some((from, _)) = self.complete() else { return "—".to_owned() };
        let latest = self.said.iter().filter_map(|one| one.timeline()?.versions().last());
        let worst = latest.map(|version| version.confidence).max().map_or("", Confidence::mark);
        match self.missing.len() {
            0 => format!("{from} {worst}"),
            missing => format!("{from} {worst} 缺{missing}"),
        }
    }
}

impl Said<'_> {
    /// Whether a place lacks the value. What the nation says to be unknown is not what every place has.
    fn is_gap(&self) -> bool {
        self.is_unknown() && self.place() != Some(NATION)
    }

    fn json(&self, book: &Book) -> Json {
        let cells = self.cells.iter().map(|cell| json!(book.lexicon().cell_id(self.entry, cell)));
        let (from, until) = span(self).map_or((None, None), |(from, until)| (Some(from), until));
        let nation = [NATION.to_owned()];
        let entry = book.entry(self.entry);
        json!({
            "package": book.package(entry.package).id,
            "id": entry.full_id,
            "cells": cells.collect::<Vec<_>>(),
            "name": self.name(book),
            "from": from.map(|day| day.to_string()),
            "until": until.map(|day| day.to_string()),
            "review_by": review_by(self).map(|day| day.to_string()),
            "confidence": marks(self),
            "none": matches!(self.answer, Answer::None(_)),
            "unknown": self.is_unknown(),
            "regions": if self.places.is_empty() { &nation[..] } else { &self.places },
        })
    }

    /// A row of a table under [`HEADS`].
    fn row(&self, book: &Book) -> [String; 6] {
        let (from, until) = match span(self) {
            Some((from, until)) => (from.to_string(), until.map_or("未定".to_owned(), |day| day.to_string())),
            None if self.is_unknown() => ("不知道".to_owned(), String::new()),
            None => ("无此项".to_owned(), String::new()),
        };
        let review = review_by(self).map_or(String::new(), |day| day.to_string());
        let marks = marks(self).join("→");
        [format!("    {}", self.name(book)), from, until, marks, review, some_places(book, &self.places)]
    }
}

/// The first of some places by name, and how many they are.
fn some_places<'c>(book: &Book, codes: impl IntoIterator<Item = &'c String, IntoIter: Clone>) -> String {
    let codes = codes.into_iter();
    let count = codes.clone().count();
    let names = survey::places_name(book, codes.take(SHOWN).map(String::as_str));
    if count > SHOWN { format!("{names}等 {count} 处") } else { names }
}

/// The first day on which something has a value, and the first on which it no longer has.
fn span(said: &Said<'_>) -> Option<(NaiveDate, Option<NaiveDate>)> {
    let standing = || said.timeline().into_iter().flat_map(|one| one.versions()).filter(|version| !version.over);
    Some((standing().next()?.from, standing().next_back()?.until))
}

/// When the value that answers last should be reviewed.
fn review_by(said: &Said<'_>) -> Option<NaiveDate> {
    said.timeline()?.versions().iter().rfind(|version| !version.over)?.review_by
}

/// How sure the versions are, from the first to the last, where it changes.
fn marks(said: &Said<'_>) -> Vec<&'static str> {
    let mut marks: Vec<&str> =
        said.timeline().into_iter().flat_map(|one| one.versions()).map(|version| version.confidence.mark()).collect();
    marks.dedup();
    marks
}
