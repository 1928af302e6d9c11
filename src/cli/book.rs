//! The rule book of a command: the one that the binary carries, or another folder's.

use super::error::CliError;
use crate::rulebook::{Book, Entry, EntryId, NameError, PackageId, Sort, Sources};
use chrono::NaiveDate;
use std::path::Path;

pub(super) fn sources(folder: Option<&Path>) -> Result<Sources, CliError> {
    match folder {
        None => Ok(Sources::embedded()),
        Some(folder) => Sources::read(folder).map_err(|error| CliError::input("rules", error)),
    }
}

pub(super) fn read(folder: Option<&Path>) -> Result<Book, CliError> {
    Ok(Book::read(sources(folder)?)?)
}

/// The same with the files of all places, which are otherwise read when a question touches them.
pub(super) fn read_all(folder: Option<&Path>) -> Result<Book, CliError> {
    Ok(Book::read_all(sources(folder)?)?)
}

/// The place a person means.
pub(super) fn region(book: &Book, text: &str) -> Result<String, CliError> {
    let code = book.regions().find(text);
    code.map(str::to_owned).map_err(|error| CliError::input("region", error.to_string()).at("地区"))
}

/// The cell a person means; facts of the goal's package are looked for there first.
pub(super) fn cell(book: &Book, package: Option<PackageId>, text: &str) -> Result<(EntryId, Vec<usize>), CliError> {
    let in_package = package.and_then(|package| crate::rulebook::cell(book.lexicon(), Some(package), text).ok());
    match in_package {
        Some(cell) => Ok(cell),
        None => crate::rulebook::cell(book.lexicon(), None, text).map_err(|error| {
            let report = CliError::input("unknown-name", error).at(text.to_owned());
            match book.lexicon().find_anywhere(entry_of(text)) {
                Err(NameError::Nothing(None)) => report.hint(alike(book, entry_of(text))),
                _ => report,
            }
        }),
    }
}

/// How many names are offered.
const OFFERED: usize = 5;

/// The name of a cell without its members.
fn entry_of(cell: &str) -> &str {
    cell.split('[').next().unwrap_or(cell).trim()
}

/// Names that hold the words of one that nobody knows, or where to look.
fn alike(book: &Book, word: &str) -> String {
    let computed = |entry: &&Entry| matches!(entry.sort, Sort::Figure | Sort::Value | Sort::Fact);
    let holds = |entry: &&Entry| !word.is_empty() && (entry.name.contains(word) || entry.full_id.contains(word));
    let found = book.entries().map(|(_, entry)| entry).filter(computed).filter(holds);
    let names: Vec<String> = found.take(OFFERED).map(|entry| format!("{}（{}）", entry.name, entry.full_id)).collect();
    if names.is_empty() {
        "gongche rules list 列出全部名称".to_owned()
    } else {
        format!("相近的有 {}；gongche rules list 列出全部名称", names.join("、"))
    }
}

/// The entry a person means.
pub(super) fn entry(book: &Book, text: &str) -> Result<EntryId, CliError> {
    book.lexicon().find_anywhere(text).map_err(|error| match error {
        NameError::Nothing(near) => {
            let report = CliError::input("unknown-name", format!("没有「{text}」"));
            match near {
                Some(near) => report.hint(format!("是不是「{near}」？")),
                None => report.hint(alike(book, text)),
            }
        }
        NameError::Several(givers) => {
            CliError::input("two-givers", format!("「{text}」有几处给出：{}", givers.join("、"))).hint("请写全称")
        }
    })
}

/// The first digits of a digest, for people.
pub(super) fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

pub(super) fn date(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| format!("“{text}”不是日期，例如 2026-07-01"))
}
