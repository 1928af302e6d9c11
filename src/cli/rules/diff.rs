//! `gongche rules diff`: what changed, in words a lawyer reads.

use super::survey;
use crate::{
    cli::{Done, book, error::CliError, output::Output},
    engine::{Change, Said, State, changes},
    rulebook::Book,
};
use chrono::NaiveDate;
use clap::Args;
use serde_json::{Value as Json, json};
use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

/// 两部规则库、两个日期或两个已知日之间有什么不同
#[derive(Args)]
pub(in crate::cli) struct Diff {
    /// 规则库目录，或日期
    #[arg(value_name = "甲")]
    a: String,
    /// 规则库目录，或日期
    #[arg(value_name = "乙")]
    b: String,
    /// 看哪一天的规则；写了它，甲、乙的日期就是已知日
    #[arg(long, value_name = "日期", value_parser = book::date)]
    on: Option<NaiveDate>,
    /// 只看这个地区（及全国）
    #[arg(long, value_name = "地区")]
    region: Option<String>,
}

/// One side of a comparison: a folder with its own book, or a date in the common one.
pub(super) enum Side {
    /// Another book.
    Folder(PathBuf),
    /// A date.
    Date(NaiveDate),
}

impl Side {
    pub(super) fn read(text: &str) -> Result<Self, CliError> {
        if let Ok(day) = book::date(text) {
            return Ok(Self::Date(day));
        }
        let folder = PathBuf::from(text);
        if folder.is_dir() {
            return Ok(Self::Folder(folder));
        }
        let message = format!("“{text}”既不是规则库目录，也不是日期");
        Err(CliError::input("side", message).at(text.to_owned()).hint("写目录，或 2026-07-01 这样的日期"))
    }

    pub(super) fn book(&self, common: Option<&Path>) -> Result<Book, CliError> {
        match self {
            Self::Folder(folder) => book::read_all(Some(folder)),
            Self::Date(_) => book::read_all(common),
        }
    }

    pub(super) const fn date(&self) -> Option<NaiveDate> {
        match self {
            Self::Folder(_) => None,
            Self::Date(day) => Some(*day),
        }
    }
}

impl Diff {
    pub(super) fn run(&self, rules: Option<&Path>, output: &Output) -> Result<Done, CliError> {
        let (a, b) = (Side::read(&self.a)?, Side::read(&self.b)?);
        if a.date().is_some() != b.date().is_some() {
            return Err(CliError::input("side", "甲、乙要么都是目录，要么都是日期"));
        }
        let (book_a, book_b) = (a.book(rules)?, b.book(rules)?);
        let state = |book, side: &Side| match self.on {
            Some(on) => State { book, on: Some(on), known_at: side.date() },
            None => State { book, on: side.date(), known_at: None },
        };
        let mut found = changes(state(&book_a, &a), state(&book_b, &b))
            .map_err(|diagnostics| CliError::rules(book_b.sources(), &diagnostics))?;
        if let Some(text) = &self.region {
            let code = book::region(&book_b, text)?;
            let lineage: Vec<String> =
                book_b.regions().lineage(&code).iter().map(|code| book_b.regions().path(code)).collect();
            found.retain(|change| change.place.as_ref().is_none_or(|place| lineage.contains(place)));
        }
        if output.is_json() {
            output.json(&found.iter().map(json_of).collect::<Vec<_>>());
        } else if found.is_empty() {
            output.text("没有不同。");
        } else {
            let listed = listed(&book_b, &found);
            output.text(&format!("{}\n{listed}\n共 {} 处不同", self.heading(), found.len()));
        }
        Ok(Done::Clean)
    }
}

impl Diff {
    /// What is held against what.
    fn heading(&self) -> String {
        match self.on {
            Some(on) => format!("{on} 的规则：原为 {} 所知，今为 {} 所知", self.a, self.b),
            None => format!("原 {}，今 {}", self.a, self.b),
        }
    }
}

fn json_of(change: &Change) -> Json {
    let said = |list: &[Said]| -> Vec<Json> {
        list.iter()
            .map(|one| json!({ "value": one.text, "from": one.from.map(|day| day.to_string()), "cite": one.cite }))
            .collect()
    };
    json!({
        "id": change.id,
        "name": change.name,
        "region": change.region,
        "place": change.place,
        "before": said(&change.before),
        "after": said(&change.after),
    })
}

/// One thing that changed alike in some places; none of them: in the nation.
struct Alike<'c> {
    change: &'c Change,
    regions: Vec<&'c str>,
}

/// The changes, and for each the places in which it is the same: an announcement that moves a tier moves a hundred counties.
fn alike(changes: &[Change]) -> Vec<Alike<'_>> {
    let mut all: Vec<Alike<'_>> = Vec::new();
    for change in changes {
        let same = |known: &&mut Alike<'_>| {
            let known = known.change;
            (&known.id, &known.before, &known.after) == (&change.id, &change.before, &change.after)
                && known.region.is_some() == change.region.is_some()
        };
        match all.iter_mut().find(same) {
            Some(known) => known.regions.extend(change.region.as_deref()),
            None => all.push(Alike { change, regions: change.region.as_deref().into_iter().collect() }),
        }
    }
    all.sort_by(|a, b| (&a.regions, &a.change.id).cmp(&(&b.regions, &b.change.id)));
    all
}

/// The changes, place by place; of the versions of a book only those that are new, gone or different.
pub(super) fn listed(book: &Book, changes: &[Change]) -> String {
    let mut text = String::new();
    let mut under: Option<Vec<&str>> = None;
    for Alike { change, regions } in alike(changes) {
        if under.as_ref() != Some(&regions) {
            let _ = writeln!(text, "\n{}", survey::places_name(book, regions.iter().copied()));
        }
        under = Some(regions);
        let _ = writeln!(text, "  {}（{}）", change.name, change.id);
        for (word, own, other) in [("原", &change.before, &change.after), ("今", &change.after, &change.before)] {
            for one in own.iter().filter(|one| !other.contains(one)) {
                let _ = writeln!(text, "    {word} {}", describe(one));
            }
            if own.is_empty() {
                let _ = writeln!(text, "    {word} 没有值");
            }
        }
    }
    text
}

fn describe(said: &Said) -> String {
    let from = said.from.map_or(String::new(), |day| format!("，自 {day} 起"));
    let cite = said.cite.as_ref().map_or(String::new(), |cite| format!("（{cite}）"));
    format!("{}{from}{cite}", said.text)
}
