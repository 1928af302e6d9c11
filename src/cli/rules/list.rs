//! `gongche rules list`: every entry of the book.

use crate::{
    cli::{Done, error::CliError, output::Output, table::table},
    rulebook::{Book, Entry, PackageId, nearest},
};
use clap::Args;
use serde_json::{Value as Json, json};

/// 列出条目
#[derive(Args)]
pub(in crate::cli) struct List {
    /// 只列这个包，写 id 或标题
    #[arg(long, value_name = "包")]
    package: Option<String>,
}

impl List {
    pub(super) fn run(&self, book: &Book, output: &Output) -> Result<Done, CliError> {
        let only = self.package.as_deref().map(|text| find(book, text)).transpose()?;
        let entries = || book.entries().map(|(_, entry)| entry).filter(|one| only.is_none_or(|id| one.package == id));
        if output.is_json() {
            let entries: Vec<Json> = entries().map(|entry| describe(book, entry)).collect();
            output.json(&json!({ "entries": entries, "rulebook": book.digest().to_string() }));
        } else {
            let rows: Vec<[String; 6]> = entries()
                .map(|entry| {
                    let title = book.package(entry.package).title.clone();
                    let by = dimensions(book, entry).into_iter().map(|(_, name)| name).collect::<Vec<_>>().join("、");
                    let (sort, unit) = (entry.sort.name().to_owned(), entry.of.unit());
                    [entry.full_id.clone(), entry.name.clone(), sort, unit, by, title]
                })
                .collect();
            output.text(&table(["ID", "名称", "类别", "单位", "按", "包"], &rows));
        }
        Ok(Done::Clean)
    }
}

/// The package of an id or title.
fn find(book: &Book, text: &str) -> Result<PackageId, CliError> {
    let found = book.packages().find(|(_, package)| package.id == text || package.title == text);
    found.map(|(id, _)| id).ok_or_else(|| {
        let ids: Vec<&str> = book.packages().map(|(_, package)| package.id.as_str()).collect();
        let titles = book.packages().map(|(_, package)| package.title.as_str());
        CliError::input("unknown-name", format!("没有包「{text}」")).hint(
            match nearest(text, ids.iter().copied().chain(titles)) {
                Some(near) => format!("是不是「{near}」？"),
                None => format!("有：{}", ids.join("、")),
            },
        )
    })
}

/// The dimensions of an entry with that of places: id and name.
pub(super) fn dimensions(book: &Book, entry: &Entry) -> Vec<(String, String)> {
    let region = entry.by_region.then(|| ("region".to_owned(), "地区".to_owned()));
    let others = entry.by.iter().map(|one| (book.entry(*one).id.clone(), book.entry(*one).name.clone()));
    region.into_iter().chain(others).collect()
}

/// What every command says of an entry first.
pub(super) fn describe(book: &Book, entry: &Entry) -> Json {
    let package = book.package(entry.package);
    json!({
        "id": entry.full_id,
        "name": entry.name,
        "sort": entry.sort.key(),
        "unit": entry.of.unit(),
        "by": dimensions(book, entry).into_iter().map(|(id, _)| id).collect::<Vec<_>>(),
        "package": package.id,
        "title": package.title,
        "note": entry.note,
        "where": book.sources().line(entry.place),
    })
}
