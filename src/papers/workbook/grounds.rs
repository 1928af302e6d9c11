//! 依据: where each rate and standard stands, and how well it is known.

use super::{GROUP, HEADING, REMARK, TEXT, TITLE, WORD, down, row};
use crate::{
    exchange::live::{Address, LiveBook, LiveSheet},
    papers::{PaperError, view},
    quote::Quote,
};
use serde_json::Value;

const COLUMNS: u16 = 5;

/// Writes the sheet.
pub(super) fn write(book: &mut LiveBook, quote: &Quote) -> Result<(), PaperError> {
    let sheet = LiveSheet { name: "依据".to_owned(), widths: vec![28, 44, 44, 20, 16], frozen: 1, landscape: true };
    let first = book.sheet(sheet);
    book.wide_text(first, COLUMNS, format!("{}　费率和标准的依据", quote.tender.title), TITLE);
    let view = view::view(quote)?;
    let said = format!("规则库 {}　所用数值 {}", quote.rulebook, quote.values_digest);
    book.wide_text(down(first, 1), COLUMNS, said, REMARK);
    let sections = [
        (
            "一、法律规定的项目",
            "sources",
            ["项目", "计算", "依据", "核对", "说明"],
            ["name", "reckoning", "cite", "confidence", "note"],
        ),
        (
            "二、当地标准",
            "standards",
            ["标准", "数值", "依据", "适用月份", "状态"],
            ["name", "value", "cite", "months", "standing"],
        ),
        (
            "三、采购文件规定或者投标人自定的项目",
            "own",
            ["项目", "计算", "", "", ""],
            ["name", "reckoning", "", "", ""],
        ),
        (
            "四、未经核实的数值",
            "uncertain",
            ["数值", "现用", "说明", "核对", ""],
            ["name", "value", "remark", "confidence", ""],
        ),
    ];
    let mut next = down(first, 3);
    for (title, list, heads, fields) in sections {
        let rows = view[list].as_array().map_or(&[][..], Vec::as_slice);
        if !rows.is_empty() {
            next = table(book, next, title, (heads, fields), rows);
        }
    }
    Ok(())
}

fn table(
    book: &mut LiveBook,
    at: Address,
    title: &str,
    (heads, fields): ([&str; COLUMNS as usize], [&str; COLUMNS as usize]),
    rows: &[Value],
) -> Address {
    book.wide_text(at, COLUMNS, title, GROUP);
    row(book, down(at, 1), heads, HEADING);
    let mut next = down(at, 2);
    for entry in rows {
        row(book, next, fields.map(|field| entry[field].as_str().unwrap_or_default()), TEXT);
        book.text(next.right(3), entry[fields[3]].as_str().unwrap_or_default(), WORD);
        next = down(next, 1);
    }
    down(next, 1)
}
