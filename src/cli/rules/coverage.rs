//! `gongche rules coverage`: which values the book has for which place, since when and until when, and what is missing.

use super::survey::{self, Said};
use crate::{
    cli::{
        Done, book,
        error::{CliError, Kind},
        output::Output,
        table::table,
    },
    rulebook::{Body, Book, EntryId, NATION, Package},
};
use chrono::NaiveDate;
use clap::Args;
use serde_json::{Value as Json, json};
use std::{collections::BTreeSet, fmt::Write as _};

/// How many of the places that have what another lacks are named to people.
const SHOWN: usize = 3;

/// 查看覆盖范围
#[derive(Args)]
pub(in crate::cli) struct Coverage {
    /// 只看这个地区，连同它承用的上级地区和全国的值：名称或 GB/T 2260 代码
    #[arg(long, value_name = "地区")]
    region: Option<String>,
}

impl Coverage {
    pub(super) fn run(&self, book: &Book, output: &Output) -> Result<Done, CliError> {
        let region = self.region.as_deref().map(|text| book::region(book, text)).transpose()?;
        let national = Subject::all(book, |entry| match book.entry(entry).by_region {
            true => Ok(None),
            false => Ok(Some(survey::of_entry(book, entry)?)),
        })?;
        let codes: BTreeSet<&str> = match &region {
            Some(code) => [code.as_str()].into(),
            None => book.supplied_places().map(|(code, _)| code).chain(book.places()).collect(),
        };
        let places = codes.into_iter().map(|code| Place::of(book, code)).collect::<Result<Vec<_>, _>>()?;
        if let (Some(code), [place]) = (&region, places.as_slice())
            && !place.is_known()
        {
            let message = format!("规则库没有{}的任何值", book.regions().path(code));
            return Err(
                CliError::new(Kind::Coverage, "coverage", message).hint("gongche rules coverage 列出已有的地区")
            );
        }
        if output.is_json() {
            let national: Vec<Json> = national.iter().flat_map(|one| one.json(book)).collect();
            let places: Vec<Json> = places.iter().map(|place| place.json(book)).collect();
            output.json(&json!({ "national": national, "places": places, "rulebook": book.digest().to_string() }));
        } else {
            let mut text = String::new();
            if region.is_none() {
                text.push_str("全国统一的值\n");
                national.iter().for_each(|subject| subject.text(book, None, &mut text));
            }
            for alike in alike(&places, book) {
                Place::text(&alike, book, region.is_some(), &mut text);
            }
            output.text(text.trim());
        }
        Ok(Done::Clean)
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
    cells: Vec<Vec<usize>>,
    /// The places that have them.
    elsewhere: Vec<String>,
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
        self.said
            .iter()
            .map(|one| {
                let cells = one.cells.iter().map(|cell| json!(book.lexicon().cell_id(one.entry, cell)));
                let (from, until) = span(one).map_or((None, None), |(from, until)| (Some(from), until));
                json!({
                    "package": self.package.id,
                    "id": book.entry(one.entry).full_id,
                    "cells": cells.collect::<Vec<_>>(),
                    "name": one.name(book),
                    "from": from.map(|day| day.to_string()),
                    "until": until.map(|day| day.to_string()),
                    "review_by": review_by(one).map(|day| day.to_string()),
                    "confidence": marks(one),
                    "none": one.timeline().is_none(),
                    "supplied_by": one.place().unwrap_or(NATION),
                })
            })
            .collect()
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
        let rows: Vec<[String; 6]> = shown
            .map(|one| {
                let (from, until) = match span(one) {
                    Some((from, until)) => (from.to_string(), until.map_or("未定".to_owned(), |day| day.to_string())),
                    None => ("无此项".to_owned(), String::new()),
                };
                let review = review_by(one).map_or(String::new(), |day| day.to_string());
                [format!("    {}", one.name(book)), from, until, marks(one).join("→"), review, one.place_name(book)]
            })
            .collect();
        if !rows.is_empty() {
            let _ =
                writeln!(text, "{}", table(["    项目", "自", "至（不含）", "可信度", "复核期限", "由谁给出"], &rows));
        }
        for missing in &self.missing {
            let cells = survey::cells_name(book, missing.entry, &missing.cells);
            let cells = if cells.is_empty() { String::new() } else { format!("[{cells}]") };
            let (name, count) = (&book.entry(missing.entry).name, missing.elsewhere.len());
            let elsewhere = survey::places_name(book, missing.elsewhere.iter().take(SHOWN).map(String::as_str));
            let more = if count > SHOWN { format!("等 {count} 处") } else { String::new() };
            let _ = writeln!(text, "    缺：{name}{cells}（{elsewhere}{more}有）");
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
    fn of(book: &'b Book, code: &str) -> Result<Self, CliError> {
        let mut subjects = Subject::all(book, |entry| match book.entry(entry).by_region {
            true => Ok(Some(survey::in_place(book, entry, code)?)),
            false => Ok(None),
        })?;
        for subject in &mut subjects {
            for entry in &subject.package.entries {
                if matches!(book.body(*entry), Body::Supplied) && book.entry(*entry).by_region {
                    subject.missing.extend(missing(book, *entry, &subject.said)?);
                }
            }
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
                    "supplied_by": missing.elsewhere,
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

    /// What it says itself, not what it shares with the places around it.
    fn own(&self) -> impl Iterator<Item = &Said<'b>> {
        self.subjects.iter().flat_map(|one| &one.said).filter(|one| one.place() == Some(self.code.as_str()))
    }

    /// Whether the same is said of another place, which lies in the same.
    fn is_like(&self, other: &Self, book: &Book) -> bool {
        let mut pairs = self.own().zip(other.own());
        self.above(book) == other.above(book)
            && self.own().count() == other.own().count()
            && pairs.all(|(one, another)| one.is_same(another))
    }

    /// The whole of it, or what it says itself and whose values it shares otherwise; places that are alike in one.
    fn text(alike: &[&Self], book: &Book, whole: bool, text: &mut String) {
        let Some(first) = alike.first() else { return };
        let codes = || alike.iter().map(|place| place.code.as_str());
        let above = first.above(book);
        let above: Vec<&str> = above.iter().map(|code| book.regions().name(code).unwrap_or(code)).collect();
        let above =
            if whole { format!("连同{}", above.join("、")) } else { format!("其余随{}", above.join("、")) };
        let names = survey::places_name(book, codes());
        let _ = writeln!(text, "\n{names}（{}），{above}", codes().collect::<Vec<_>>().join("、"));
        let only = (!whole).then_some(first.code.as_str());
        for subject in &first.subjects {
            let speaks = only.is_none_or(|code| subject.said.iter().any(|one| one.place() == Some(code)));
            if speaks || !subject.missing.is_empty() {
                subject.text(book, only, text);
            }
        }
    }
}

/// The places in their order, those of which the same is said together with the first of them.
fn alike<'p, 'b>(places: &'p [Place<'b>], book: &Book) -> Vec<Vec<&'p Place<'b>>> {
    let mut groups: Vec<Vec<&Place<'b>>> = Vec::new();
    for place in places {
        match groups.iter_mut().find(|group| group.first().is_some_and(|first| first.is_like(place, book))) {
            Some(group) => group.push(place),
            None => groups.push(vec![place]),
        }
    }
    groups
}

/// The cells of a value that some place supplies and that nothing answers here.
fn missing(book: &Book, entry: EntryId, said: &[Said<'_>]) -> Result<Option<Missing>, CliError> {
    let answered = |cell: &Vec<usize>| said.iter().any(|one| one.entry == entry && one.cells.contains(cell));
    let mut missing = Missing { entry, cells: Vec::new(), elsewhere: Vec::new() };
    for other in survey::of_entry(book, entry)? {
        let open: Vec<Vec<usize>> = other.cells.iter().filter(|cell| !answered(cell)).cloned().collect();
        if !open.is_empty() {
            let new =
                other.places.iter().filter(|place| !missing.elsewhere.contains(place)).cloned().collect::<Vec<_>>();
            missing.elsewhere.extend(new);
            let new = open.into_iter().filter(|cell| !missing.cells.contains(cell)).collect::<Vec<_>>();
            missing.cells.extend(new);
        }
    }
    missing.cells.sort();
    Ok((!missing.cells.is_empty()).then_some(missing))
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
