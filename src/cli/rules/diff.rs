//! `gongche rules diff`: what changed, in words a lawyer reads.

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
            output.text(text_of(&found).trim_end());
        }
        Ok(Done::Clean)
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
        "place": change.place,
        "before": said(&change.before),
        "after": said(&change.after),
    })
}

/// The changes, place by place; of the versions of a book only those that are new, gone or different.
fn text_of(changes: &[Change]) -> String {
    let mut text = String::new();
    let mut sorted: Vec<&Change> = changes.iter().collect();
    sorted.sort_by(|a, b| (&a.place, &a.id).cmp(&(&b.place, &b.id)));
    let mut heading = None;
    for change in sorted {
        let place = change.place.as_deref().unwrap_or("全国");
        if heading != Some(place) {
            let _ = writeln!(text, "{}{place}", if heading.is_some() { "\n" } else { "" });
            heading = Some(place);
        }
        let _ = writeln!(text, "  {}（{}）", change.name, change.id);
        for one in change.before.iter().filter(|one| !change.after.contains(one)) {
            let _ = writeln!(text, "    原 {}", describe(one));
        }
        for one in change.after.iter().filter(|one| !change.before.contains(one)) {
            let _ = writeln!(text, "    今 {}", describe(one));
        }
        if change.after.is_empty() {
            let _ = writeln!(text, "    今 没有值");
        }
    }
    let _ = writeln!(text, "\n共 {} 处不同", changes.len());
    text
}

fn describe(said: &Said) -> String {
    let from = said.from.map_or(String::new(), |day| format!("，自 {day} 起"));
    let cite = said.cite.as_ref().map_or(String::new(), |cite| format!("（{cite}）"));
    format!("{}{from}{cite}", said.text)
}
