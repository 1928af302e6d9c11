//! A tender in a workbook: the same facts as in a tender file, in sheets. It is turned into the file's text, each line with
//! the cell it came from, so that one reader judges both and a fault shows its cell.

use super::{
    table::{self, Record, Table, TableError, TableFault, Value},
    text::heading_key,
    workbook::{self, Cell, Kind, Sheet, WorkbookError},
};
use crate::{quote::tender_key, rulebook::shape::Form};
use std::{fmt::Write as _, path::Path};
use toml::Value as Toml;

/// The sheet of the sections that there is one of, and its columns: section, key, value, what it is.
const FACTS: (&str, [&str; 4]) = ("标书", ["节", "键", "值", "说明"]);
/// Those sections.
const SECTIONS: [&str; 3] = ["tender", "bidder", "offer"];

/// A sheet of a section that there may be several of: its name, the section, and its columns by key and heading.
struct Rows {
    sheet: &'static str,
    section: &'static str,
    columns: &'static [(&'static str, &'static str)],
}

const POSITIONS: Rows = Rows {
    sheet: "岗位",
    section: "position",
    columns: &[
        ("name", "岗位"),
        ("persons", "投入人数"),
        ("base", "基本工资"),
        ("performance", "绩效工资"),
        ("heat", "高温津贴"),
        ("yearly_bonus", "年终奖"),
        ("overtime_items", "加班基数的项目"),
        ("market_pay", "市场月薪"),
        ("requires", "人员要求"),
    ],
};
/// The rota's own keys stand beside the shifts: a position's first row says them.
const SHIFTS: Rows = Rows {
    sheet: "班次",
    section: "shift",
    columns: &[
        ("position", "所属岗位"),
        ("name", "班次"),
        ("count", "每天人数"),
        ("hours", "每班小时"),
        ("allowance", "每班津贴"),
        ("night", "是夜班"),
        ("every_day", "每天排班"),
        ("approved", "综合工时已批准"),
        ("absence", "缺勤比例"),
        ("annual_leave_days", "年休假天数"),
    ],
};
/// The keys of a shift that belong to its rota.
const OF_ROTA: [&str; 4] = ["every_day", "approved", "absence", "annual_leave_days"];
const OTHERS: [Rows; 4] = [
    Rows {
        sheet: "费用",
        section: "cost",
        columns: &[
            ("line", "报价项目"),
            ("what", "内容"),
            ("each", "单价"),
            ("per", "计量方式"),
            ("count", "每份数量"),
        ],
    },
    Rows {
        sheet: "规定金额",
        section: "required",
        columns: &[("line", "规定的项目"), ("amount", "规定的金额"), ("", "规定的出处")],
    },
    Rows {
        sheet: "其他投标人",
        section: "rival",
        columns: &[("name", "其他投标人"), ("price", "投标报价"), ("preference", "价格扣除比例")],
    },
    Rows {
        sheet: "情形",
        section: "scenario",
        columns: &[
            ("name", "情形"),
            ("taxpayer", "纳税人类别"),
            ("form", "法律形式"),
            ("place", "地点"),
            ("raise", "标准上涨比例"),
            ("persons", "人数改为"),
            ("profit", "利润率"),
        ],
    },
];

/// The text of a tender file with the facts of a workbook.
///
/// # Errors
/// A file that is no workbook, or lacks the sheets of the tender or of the positions.
pub fn to_toml(path: &Path) -> Result<String, TableError> {
    let mut text = String::new();
    let facts = table::read(path, |key| FACTS.1.contains(&key))?;
    for section in SECTIONS {
        let _ = writeln!(text, "[{section}]");
        for record in &facts.rows {
            let cell = |at: usize| record.cells.get(at).and_then(Option::as_ref);
            let (Some(of), Some(key), Some(value)) = (cell(0), cell(1), cell(2)) else { continue };
            if of.to_string() == section {
                line(&mut text, section, &key.to_string(), value, &place(FACTS.0, record, &key.to_string()));
            }
        }
    }
    let shifts = optional(path, &SHIFTS)?;
    let positions = rows(path, &POSITIONS)?;
    for record in &positions.rows {
        block(&mut text, &POSITIONS, &positions, record, |_| true);
        let name = named(&positions, record, POSITIONS.columns[0].1);
        let own =
            |shift: &&Record| shifts.as_ref().is_some_and(|table| named(table, shift, SHIFTS.columns[0].1) == name);
        let Some(table) = &shifts else { continue };
        let mut of_position = table.rows.iter().filter(own).peekable();
        if let Some(first) = of_position.peek() {
            text.push_str("[position.rota]\n");
            fields(&mut text, ("rota", &SHIFTS), table, first, |key| OF_ROTA.contains(&key));
        }
        for shift in of_position {
            text.push_str("[[position.rota.shifts]]\n");
            fields(&mut text, ("shift", &SHIFTS), table, shift, |key| !OF_ROTA.contains(&key) && key != "position");
        }
    }
    for sheet in &OTHERS {
        let Some(table) = optional(path, sheet)? else { continue };
        for record in &table.rows {
            block(&mut text, sheet, &table, record, |_| true);
        }
    }
    Ok(text)
}

fn rows(path: &Path, sheet: &Rows) -> Result<Table, TableError> {
    table::read(path, |key| sheet.columns.iter().any(|(_, heading)| heading_key(heading) == key))
}

/// A sheet that may be missing.
fn optional(path: &Path, sheet: &Rows) -> Result<Option<Table>, TableError> {
    match rows(path, sheet) {
        Err(error) if matches!(error.fault, TableFault::NoHeader) => Ok(None),
        other => other.map(Some),
    }
}

fn block(text: &mut String, sheet: &Rows, table: &Table, record: &Record, wanted: impl Fn(&str) -> bool) {
    let _ = writeln!(text, "[[{}]]", sheet.section);
    fields(text, (sheet.section, sheet), table, record, wanted);
}

fn fields(
    text: &mut String,
    (section, sheet): (&str, &Rows),
    table: &Table,
    record: &Record,
    wanted: impl Fn(&str) -> bool,
) {
    for (heading, cell) in table.headings.iter().zip(&record.cells) {
        let known = sheet.columns.iter().find(|(_, known)| heading_key(known) == heading_key(heading));
        // A heading that is none of ours is a key, and the reader says that it knows none such.
        let key = known.map_or(heading.as_str(), |(key, _)| *key);
        if let (Some(value), false, true) = (cell, key.is_empty(), wanted(key)) {
            line(text, section, key, value, &place(sheet.sheet, record, heading));
        }
    }
}

fn named(table: &Table, record: &Record, heading: &str) -> Option<String> {
    let at = table.headings.iter().position(|one| heading_key(one) == heading_key(heading))?;
    record.cells.get(at)?.as_ref().map(ToString::to_string)
}

fn place(sheet: &str, record: &Record, heading: &str) -> String {
    format!("工作表「{sheet}」第 {} 行「{heading}」", record.row)
}

/// A key with its value as the form of the key has it, and the cell it stood in.
fn line(text: &mut String, section: &str, key: &str, value: &Value, place: &str) {
    let shown = value.to_string();
    let written = match (tender_key(section, key), value) {
        (Some(Form::Flag), Value::Bool(flag)) => flag.to_string(),
        (Some(Form::Flag), _) if matches!(shown.as_str(), "是" | "TRUE" | "true") => "true".to_owned(),
        (Some(Form::Flag), _) if matches!(shown.as_str(), "否" | "FALSE" | "false") => "false".to_owned(),
        (Some(Form::Texts), _) => {
            let items = shown.split(['、', ',', '，']).map(|item| quoted(item.trim()));
            format!("[{}]", items.collect::<Vec<_>>().join(", "))
        }
        (Some(Form::Date), _) if chrono::NaiveDate::parse_from_str(&shown, "%Y-%m-%d").is_ok() => shown,
        _ => quoted(&shown),
    };
    let bare = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let key = if bare { key.to_owned() } else { quoted(key) };
    let _ = writeln!(text, "{key} = {written} # {place}");
}

/// As TOML writes text; line breaks of a cell become blanks, what else cannot be seen is left out.
fn quoted(text: &str) -> String {
    let one_line: String = text.replace(['\n', '\r', '\t'], " ").chars().filter(|c| !c.is_control()).collect();
    format!("\"{}\"", one_line.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A workbook with the facts of a tender file, to be filled in otherwise; `text` must be a tender file.
///
/// # Errors
/// More rows than a sheet holds.
pub fn to_xlsx(text: &str) -> Result<Vec<u8>, WorkbookError> {
    let file: toml::Table = text.parse().unwrap_or_default();
    let mut sheets = vec![facts_sheet(&file)];
    for rows in std::iter::once(&POSITIONS).chain(&OTHERS) {
        let mut sheet = headed(rows);
        for row in tables(&file, rows.section) {
            sheet.push(rows.columns.iter().map(|(key, _)| cell(row.get(*key))).collect());
        }
        sheets.push(sheet);
    }
    sheets.insert(2, shifts_sheet(&file));
    workbook::to_xlsx(&sheets)
}

fn headed(rows: &Rows) -> Sheet {
    rows.columns.iter().fold(Sheet::new(rows.sheet), |sheet, (_, heading)| sheet.column(heading, Kind::Text, 18))
}

fn facts_sheet(file: &toml::Table) -> Sheet {
    let widths = [12, 22, 40, 80];
    let columns = FACTS.1.iter().zip(widths);
    let mut sheet =
        columns.fold(Sheet::new(FACTS.0), |sheet, (heading, width)| sheet.column(heading, Kind::Text, width));
    for section in SECTIONS {
        for (key, what) in crate::quote::tender_keys(section) {
            let value = file.get(section).and_then(|table| table.get(key));
            sheet.push(vec![Cell::text(section), Cell::text(key), cell(value), Cell::text(what)]);
        }
    }
    sheet
}

fn shifts_sheet(file: &toml::Table) -> Sheet {
    let mut sheet = headed(&SHIFTS);
    for position in tables(file, "position") {
        let Some(rota) = position.get("rota").and_then(Toml::as_table) else { continue };
        for (at, shift) in tables(rota, "shifts").enumerate() {
            let of = |key: &str| match key {
                "position" => position.get("name"),
                key if OF_ROTA.contains(&key) => rota.get(key).filter(|_| at == 0),
                key => shift.get(key),
            };
            sheet.push(SHIFTS.columns.iter().map(|(key, _)| cell(of(key))).collect());
        }
    }
    sheet
}

fn tables<'t>(table: &'t toml::Table, key: &str) -> impl Iterator<Item = &'t toml::Table> {
    table.get(key).and_then(Toml::as_array).into_iter().flatten().filter_map(Toml::as_table)
}

fn cell(value: Option<&Toml>) -> Cell {
    match value {
        None => Cell::Blank,
        Some(Toml::Boolean(flag)) => Cell::text(if *flag { "是" } else { "否" }),
        Some(Toml::Array(items)) => Cell::text(items.iter().filter_map(Toml::as_str).collect::<Vec<_>>().join("、")),
        Some(Toml::String(text)) => Cell::text(text),
        Some(Toml::Integer(number)) => Cell::text(number.to_string()),
        Some(Toml::Datetime(day)) => Cell::text(day.to_string()),
        // Numbers with a point are text in a tender file that people start from; tables have sheets of their own.
        Some(Toml::Float(_) | Toml::Table(_)) => Cell::Blank,
    }
}
