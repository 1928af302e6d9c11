//! A table in somebody's file: the header row found, the cells with their place.
//!
//! The kind of file is told from its bytes, not from its name. A title above the header, blank rows, columns in any
//! order and hidden sheets are tolerated; whatever could put a value under the wrong heading (merged cells, a heading
//! twice, a value under no heading) is refused.

mod csv;
mod xlsx;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs, io,
    path::{Path, PathBuf},
};

use chrono::NaiveDate;
use thiserror::Error;

use super::text::{heading_key, tidy};

/// Larger files are refused before they are unpacked; a roster of 100,000 people has about 20 MB.
const MAX_BYTES: u64 = 64 << 20;
/// Rows below the top of a sheet in which a header is looked for.
const HEADER_DEPTH: usize = 30;
/// Headings that must be recognised in one row before it counts as the header.
const HEADER_HITS: usize = 3;

/// What a cell held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Text, without spaces at its ends; never empty.
    Text(String),
    /// A number cell, as the shortest decimal text that reads back to the same binary float: `0.07`, `3200.5`.
    Number(String),
    /// A cell formatted as a date; a time of day is dropped.
    Date(NaiveDate),
    /// A truth value.
    Bool(bool),
    /// A cell without a usable value: an error such as `#N/A`, or a formula saved without its result.
    Broken(String),
}

impl Value {
    /// Text as people typed it; `None` when nothing can be seen in it.
    fn typed(text: &str) -> Option<Self> {
        const ERRORS: [&str; 8] = ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#GETTING_DATA"];
        let text = tidy(text);
        match text.as_str() {
            "" => None,
            error if ERRORS.contains(&error) => Some(Self::Broken(text)),
            _ => Some(Self::Text(text)),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) | Self::Number(text) | Self::Broken(text) => f.write_str(text),
            Self::Date(date) => write!(f, "{date}"),
            Self::Bool(true) => f.write_str("TRUE"),
            Self::Bool(false) => f.write_str("FALSE"),
        }
    }
}

/// A row below the header that holds something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Row number as a spreadsheet program shows it, from 1.
    pub row: u32,
    /// One cell a heading, in the table's order; `None` is blank.
    pub cells: Vec<Option<Value>>,
}

/// A table, with the places its cells came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The sheet it stood on; `None` for CSV.
    pub sheet: Option<String>,
    /// Row number of the header, from 1.
    pub header_row: u32,
    /// The headings as written, from left to right, without spaces at their ends.
    pub headings: Vec<String>,
    /// The rows below the header, blank ones left out.
    pub rows: Vec<Record>,
}

/// Why no table could be read from a file. `Display` is for the person who made the file.
#[derive(Debug, Error)]
#[error("{}：{fault}", path.display())]
pub struct TableError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub fault: TableFault,
}

/// What is wrong with a file.
#[derive(Debug, Error)]
#[allow(missing_docs, reason = "each message says it")]
pub enum TableFault {
    #[error("找不到这个文件")]
    NotFound,
    #[error("打不开（{0}）。如果正在 Excel 或 WPS 中打开，请先关闭；也请检查读取权限")]
    Unreadable(io::Error),
    #[error("这是 Excel 打开文件时的临时锁文件（~$ 开头），请改用原文件")]
    LockFile,
    #[error("文件是空的")]
    Empty,
    #[error("文件超过 {} MB，请拆分后再用", MAX_BYTES >> 20)]
    TooLarge,
    #[error("工作簿设有打开密码，请在 Excel 中取消密码后另存")]
    Encrypted,
    #[error("这是旧版 .xls 工作簿，请在 Excel 中另存为 .xlsx")]
    OldWorkbook,
    #[error("这是网页（HTML），不是工作簿；有些系统导出的 .xls 其实是网页，请在 Excel 中打开后另存为 .xlsx")]
    WebPage,
    #[error(
        "文件名以 .xlsx 结尾，内容却是文字，不是工作簿：是改了扩展名的文件的，请在 Excel 中打开后另存为 .xlsx，或者改回原来的扩展名"
    )]
    Renamed,
    #[error("既不是 .xlsx 工作簿，也不是 CSV 文本")]
    NotATable,
    #[error("工作簿已损坏或不完整（{0}），请在 Excel 中打开后另存为 .xlsx")]
    Damaged(String),
    #[error("第 {line} 行的文字既不是 UTF-8，也不是 GBK（GB18030）编码，请另存为“CSV UTF-8”")]
    Encoding { line: usize },
    #[error("找不到表头：没有哪一行含有 {HEADER_HITS} 个以上认识的列名（只看每张可见工作表的前 {HEADER_DEPTH} 行）")]
    NoHeader,
    #[error("{}", list(.0))]
    Layout(Vec<LayoutFault>),
}

/// Something in the shape of the table that could put a value under the wrong heading.
#[derive(Debug, Error, PartialEq, Eq)]
#[allow(missing_docs, reason = "each message says it")]
pub enum LayoutFault {
    #[error("{range} 是合并单元格，请取消合并，并在每一格填写")]
    Merged { range: String },
    #[error("列名“{heading}”出现两次（{first} 列和 {second} 列），请只留一列")]
    DuplicateHeading { heading: String, first: String, second: String },
    #[error("{cell} 有内容“{value}”，但这一列没有列名；请补上列名、删去内容，或检查这一行是否错位")]
    Unheaded { cell: String, value: String },
}

/// One fault a line; a single one needs no list.
pub(crate) fn list<T: fmt::Display>(faults: &[T]) -> String {
    match faults {
        [only] => only.to_string(),
        many => many.iter().map(|fault| format!("\n  · {fault}")).collect(),
    }
}

/// Reads the table in a file: an `.xlsx` workbook, or CSV in UTF-8, GBK (GB18030) or UTF-16.
///
/// `knows` says whether a heading (spaces removed, half-width) belongs to the kind of table that is wanted; of a
/// workbook's visible sheets the first with a header is taken.
pub fn read(path: &Path, knows: impl Fn(&str) -> bool) -> Result<Table, TableError> {
    let in_file = |fault| TableError { path: path.to_owned(), fault };
    let bytes = load(path).map_err(in_file)?;
    parse(&bytes, &knows)
        .map_err(|fault| in_file(if is_renamed(path, &bytes, &fault) { TableFault::Renamed } else { fault }))
}

/// Whether no table was found in what a name alone makes a workbook. Text with a table in it is read, whatever its name.
fn is_renamed(path: &Path, bytes: &[u8], fault: &TableFault) -> bool {
    let named = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xlsx"));
    named && !is_workbook(bytes) && matches!(fault, TableFault::NoHeader | TableFault::NotATable)
}

fn is_workbook(bytes: &[u8]) -> bool {
    const ZIP: &[u8] = b"PK\x03\x04";
    const COMPOUND_FILE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
    bytes.starts_with(ZIP) || bytes.starts_with(COMPOUND_FILE)
}

/// Whether a file is a table, by its name.
#[must_use]
pub fn is_table(path: &Path) -> bool {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    matches!(extension.as_deref(), Some("xlsx" | "csv" | "xls" | "txt"))
}

fn load(path: &Path) -> Result<Vec<u8>, TableFault> {
    if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("~$")) {
        return Err(TableFault::LockFile);
    }
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => TableFault::NotFound,
        _ => TableFault::Unreadable(error),
    };
    if fs::metadata(path).map_err(unreadable)?.len() > MAX_BYTES {
        return Err(TableFault::TooLarge);
    }
    fs::read(path).map_err(unreadable)
}

fn parse(bytes: &[u8], knows: &impl Fn(&str) -> bool) -> Result<Table, TableFault> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        Err(TableFault::Empty)
    } else if is_workbook(bytes) {
        xlsx::read(bytes, knows)
    } else {
        let grid = csv::read(bytes)?;
        let header = grid.find_header(knows).ok_or(TableFault::NoHeader)?;
        grid.into_table(None, header)
    }
}

/// The cells of one sheet that hold something, before anybody knows what they mean. Rows and columns count from 0.
#[derive(Debug, Default)]
struct Grid {
    rows: BTreeMap<u32, BTreeMap<u32, Value>>,
    merged: Vec<Area>,
}

/// A rectangle of cells, both corners within.
#[derive(Debug, Clone, Copy)]
struct Area {
    start: (u32, u32),
    end: (u32, u32),
}

impl Grid {
    fn put(&mut self, row: u32, column: u32, value: Value) {
        self.rows.entry(row).or_default().insert(column, value);
    }

    /// The row with the most recognised headings, the upper one of equals.
    fn find_header(&self, knows: &impl Fn(&str) -> bool) -> Option<u32> {
        let hits = |cells: &BTreeMap<u32, Value>| {
            cells.values().map(|value| heading_key(&value.to_string())).filter(|key| knows(key)).count()
        };
        let mut best = None;
        for (row, cells) in self.rows.iter().take(HEADER_DEPTH) {
            let found = hits(cells);
            if found >= HEADER_HITS && best.is_none_or(|(most, _)| found > most) {
                best = Some((found, *row));
            }
        }
        best.map(|(_, row)| row)
    }

    fn into_table(mut self, sheet: Option<String>, header_row: u32) -> Result<Table, TableFault> {
        let header = self.rows.remove(&header_row).unwrap_or_default();
        let body = self.rows.split_off(&header_row);

        let mut faults: Vec<LayoutFault> = Vec::new();
        for area in self.merged.iter().filter(|area| area.end.0 >= header_row) {
            faults.push(LayoutFault::Merged { range: format!("{}:{}", cell_name(area.start), cell_name(area.end)) });
        }
        let mut seen: BTreeMap<String, u32> = BTreeMap::new();
        for (column, heading) in &header {
            let heading = heading.to_string();
            if let Some(first) = seen.insert(heading_key(&heading), *column) {
                let (first, second) = (column_name(first), column_name(*column));
                faults.push(LayoutFault::DuplicateHeading { heading, first, second });
            }
        }
        let mut reported = BTreeSet::new();
        for (row, cells) in &body {
            for (column, value) in cells.iter().filter(|(column, _)| !header.contains_key(column)) {
                // One a column is enough to find it; a shifted file would otherwise fill the screen.
                if reported.insert(*column) {
                    let (cell, value) = (cell_name((*row, *column)), value.to_string());
                    faults.push(LayoutFault::Unheaded { cell, value });
                }
            }
        }
        if !faults.is_empty() {
            return Err(TableFault::Layout(faults));
        }

        let rows = body
            .into_iter()
            .map(|(row, mut cells)| Record {
                row: row + 1,
                cells: header.keys().map(|column| cells.remove(column)).collect(),
            })
            .collect();
        let headings = header.values().map(ToString::to_string).collect();
        Ok(Table { sheet, header_row: header_row + 1, headings, rows })
    }
}

/// `(1, 27)` is `AB2`.
fn cell_name((row, column): (u32, u32)) -> String {
    format!("{}{}", column_name(column), row + 1)
}

/// The letters a spreadsheet program gives a column: 0 is `A`, 26 is `AA`.
pub(super) fn column_name(column: u32) -> String {
    let mut name = String::new();
    let mut rest = column + 1;
    while rest > 0 {
        let digit = (rest - 1) % 26;
        name.insert(0, char::from_u32(u32::from('A') + digit).unwrap_or('?'));
        rest = (rest - 1) / 26;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn knows(key: &str) -> bool {
        ["工号", "姓名", "基本工资"].contains(&key)
    }

    fn text(value: &str) -> Option<Value> {
        Some(Value::Text(value.to_owned()))
    }

    #[test]
    fn columns_are_named_as_spreadsheets_name_them() {
        assert_eq!(column_name(0), "A");
        assert_eq!(column_name(25), "Z");
        assert_eq!(column_name(26), "AA");
        assert_eq!(column_name(701), "ZZ");
        assert_eq!(column_name(702), "AAA");
    }

    #[test]
    fn a_title_above_blank_rows_and_any_order_are_tolerated() {
        let table =
            parse("九月工资表,,\n\n姓名, 工 号 ,基本工资\n张三,001,3200\n,,\n李四,002,\n".as_bytes(), &knows).unwrap();
        assert_eq!(table.header_row, 3);
        assert_eq!(table.headings, ["姓名", "工 号", "基本工资"]);
        assert_eq!(table.rows.len(), 2);
        assert_eq!(table.rows[0], Record { row: 4, cells: vec![text("张三"), text("001"), text("3200")] });
        assert_eq!(table.rows[1], Record { row: 6, cells: vec![text("李四"), text("002"), None] });
    }

    #[test]
    fn a_shifted_row_and_a_heading_twice_are_refused_together() {
        let error =
            parse("工号,姓名,基本工资,姓 名\n1,张三,3200,张三\n2,李四,3,200,李四\n".as_bytes(), &knows).unwrap_err();
        let TableFault::Layout(faults) = error else { panic!("{error}") };
        assert_eq!(
            faults,
            [
                LayoutFault::DuplicateHeading { heading: "姓 名".into(), first: "B".into(), second: "D".into() },
                LayoutFault::Unheaded { cell: "E3".into(), value: "李四".into() },
            ]
        );
    }

    #[test]
    fn what_is_no_table_is_named() {
        let fault = |bytes: &[u8]| parse(bytes, &knows).unwrap_err();
        assert!(matches!(fault(b""), TableFault::Empty));
        assert!(matches!(fault(b" \r\n"), TableFault::Empty));
        assert!(matches!(fault(b"<html><table>"), TableFault::WebPage));
        assert!(matches!(fault(b"%PDF-1.7\x00\x01"), TableFault::NotATable));
        assert!(matches!(fault(b"PK\x03\x04 and then nothing"), TableFault::Damaged(_)));
        assert!(matches!(fault("工号,姓名,籍贯\n1,张三,昆明\n".as_bytes()), TableFault::NoHeader));
    }

    #[test]
    fn error_cells_typed_as_text_are_no_values() {
        assert_eq!(Value::typed("#N/A"), Some(Value::Broken("#N/A".into())));
        assert_eq!(Value::typed("N/A"), text("N/A"));
        assert_eq!(Value::typed(" \u{3000}"), None);
    }
}
