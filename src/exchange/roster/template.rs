//! A roster as a workbook people can fill: headings with notes, drop-downs, and a page of instructions.

use std::path::Path;

use rust_decimal::Decimal;
use rust_xlsxwriter::{Color, DataValidation, ExcelDateTime, Format, FormatAlign, Formula, Note, Worksheet, XlsxError};

use super::{
    BreakReading, Engagement,
    columns::{COLUMNS, Column, Field, Kind, SAMPLE},
    identity::ID_KINDS,
    values,
};
use crate::{
    exchange::{
        table::{Table, Value},
        workbook::{self, AMOUNT_FORMAT, WorkbookError, for_print, heading_format, undated, write_decimal},
    },
    quantity::{Exact, Money, Rate},
};

const ROSTER: &str = "名册";
const INSTRUCTIONS: &str = "填表说明";
/// Background of a heading whose column must be filled.
const REQUIRED_FILL: Color = Color::RGB(0x00F8_CBAD);
const SAMPLE_COLOUR: Color = Color::RGB(0x0080_8080);
/// Rows the drop-downs reach down to.
const LAST_ROW: u32 = 10_000;
/// Where the list of identity documents stands among the instructions (column E, from the second row).
const KINDS_COLUMN: u16 = 4;
const KINDS_FIRST_ROW: u32 = 1;

/// What is true of the whole roster.
const HINTS: [&str; 4] = [
    "列的先后次序不限；用不着的选填列可以删去；不要增加表里没有的列。",
    "不要合并单元格，不要留合计行。",
    "隐藏的行和筛选掉的行同样参与核算，不核算的人员请删去。",
    "一行有错时只退回这一行，错在哪里、如何改正写在 rejected.xlsx；其余各行照常核算。",
];

/// Writes an empty roster: headings, notes, drop-downs, one made-up row, instructions.
///
/// # Errors
/// The file cannot be written.
pub fn template(path: &Path) -> Result<(), WorkbookError> {
    let columns: Vec<&Column> = COLUMNS.iter().collect();
    let example = |column: &&Column| match column.example {
        "" => None,
        text => Some(Value::Text(text.to_owned())),
    };
    workbook::save(path, &laid_out(&columns, &[columns.iter().map(example).collect()])?)
}

/// A table with a roster's columns (of CSV, for instance) as a workbook in the template's form.
///
/// Cells that cannot be read as what their column holds are carried over as text, for people to mend; columns that are
/// none of a roster's are left out.
///
/// # Errors
/// More rows than a sheet holds.
pub fn to_xlsx(table: &Table) -> Result<Vec<u8>, WorkbookError> {
    let places: Vec<(usize, &Column)> = (0..)
        .zip(&table.headings)
        .filter_map(|(place, heading)| Some((place, Field::of_heading(heading)?.column())))
        .collect();
    let columns: Vec<&Column> = places.iter().map(|(_, column)| *column).collect();
    let rows: Vec<Vec<Option<Value>>> = table
        .rows
        .iter()
        .map(|record| places.iter().map(|(place, _)| record.cells.get(*place).cloned().flatten()).collect())
        .collect();
    laid_out(&columns, &rows)
}

fn laid_out(columns: &[&Column], rows: &[Vec<Option<Value>>]) -> Result<Vec<u8>, WorkbookError> {
    let mut workbook = undated()?;
    let sheet = workbook.add_worksheet();
    sheet.set_name(ROSTER)?.set_freeze_panes(1, 2)?;
    for (place, column) in (0..).zip(columns) {
        head(sheet, place, column)?;
    }
    for (row, cells) in (1..).zip(rows) {
        let is_sample = cells.iter().flatten().any(|value| value.to_string() == SAMPLE);
        for ((place, column), cell) in (0..).zip(columns).zip(cells) {
            let format = match is_sample {
                true => format(column.kind).set_font_color(SAMPLE_COLOUR),
                false => format(column.kind),
            };
            if let Some(value) = cell {
                fill(sheet, (row, place), column.kind, value, &format)?;
            }
        }
    }
    instruct(workbook.add_worksheet(), columns)?;
    Ok(workbook.save_to_buffer()?)
}

fn head(sheet: &mut Worksheet, place: u16, column: &Column) -> Result<(), XlsxError> {
    let heading = match column.required {
        true => heading_format().set_background_color(REQUIRED_FILL),
        false => heading_format(),
    };
    sheet.set_column_width(place, width(column))?;
    sheet.set_column_format(place, &format(column.kind))?;
    sheet.write_string_with_format(0, place, column.heading, &heading)?;
    let note = Note::new(remark(column)).add_author_prefix(false).set_width(260).set_height(90);
    sheet.insert_note(0, place, &note)?;
    if let Some(choices) = choices(column.kind)? {
        sheet.add_data_validation(1, place, LAST_ROW, place, &choices)?;
    }
    Ok(())
}

/// The cell in the form its column has; what cannot be read stays text.
fn fill(
    sheet: &mut Worksheet,
    (row, place): (u32, u16),
    kind: Kind,
    value: &Value,
    format: &Format,
) -> Result<(), XlsxError> {
    let decimal = match kind {
        Kind::Amount => values::amount(value).ok().map(Money::to_decimal),
        Kind::Rate => values::share(value).ok().map(Rate::value),
        Kind::Hours => values::hours(value).ok().and_then(Exact::to_decimal),
        Kind::Count => values::count(value).ok().map(Decimal::from),
        Kind::Class => values::injury_class(value).ok().map(Decimal::from),
        _ => None,
    };
    let date = values::date(value).ok().filter(|_| kind == Kind::Date);
    match (decimal, date) {
        (Some(decimal), _) => write_decimal(sheet, row, place, decimal, Some(format))?,
        (None, Some(date)) => {
            let date = ExcelDateTime::parse_from_str(&date.to_string())?;
            sheet.write_datetime_with_format(row, place, &date, format)?
        }
        (None, None) => sheet.write_string_with_format(row, place, value.to_string(), format)?,
    };
    Ok(())
}

fn format(kind: Kind) -> Format {
    let code = match kind {
        Kind::Amount => AMOUNT_FORMAT,
        Kind::Rate => "0.0%",
        Kind::Date => "yyyy-mm-dd",
        Kind::Class | Kind::Count => "0",
        Kind::Hours => "0.##",
        Kind::Text
        | Kind::Number
        | Kind::IdKind
        | Kind::Engagement
        | Kind::Month
        | Kind::Reading
        | Kind::YesNo
        | Kind::Scheme
        | Kind::Told => "@",
    };
    Format::new().set_num_format(code)
}

/// In characters: wide enough for the heading and for what the column holds. A Chinese character is two wide.
fn width(column: &Column) -> u16 {
    let content = match (column.field, column.kind) {
        (Field::IdNumber | Field::BankAccount | Field::Project, _) => 22,
        (Field::Payer | Field::Note, _) => 26,
        (_, Kind::IdKind) => 16,
        _ => 12,
    };
    let heading = column.heading.chars().fold(2, |width, _| width + 2);
    heading.max(content)
}

fn remark(column: &Column) -> String {
    let duty = if column.required { "必填。" } else { "选填。" };
    format!("{duty}{}{}", holds(column.kind), column.note)
}

/// What a kind of column takes, in one sentence; what only the column's own note can say is left to it.
fn holds(kind: Kind) -> &'static str {
    match kind {
        Kind::Amount => "金额，元。",
        Kind::Date => "日期。",
        Kind::Month => "月份。",
        Kind::Rate => "比例。",
        Kind::YesNo => "填“是”或“否”（不填为“否”）。",
        Kind::Told => "填“是”或“否”。",
        Kind::Hours => "小时数。",
        Kind::Count => "整数。",
        Kind::IdKind | Kind::Engagement | Kind::Class | Kind::Reading | Kind::Scheme => "从下拉列表中选择。",
        Kind::Text | Kind::Number => "",
    }
}

fn choices(kind: Kind) -> Result<Option<DataValidation>, XlsxError> {
    let choose = DataValidation::new();
    let list = match kind {
        Kind::Engagement => choose.allow_list_strings(&Engagement::ALL.map(Engagement::label))?,
        Kind::Reading => choose.allow_list_strings(&BreakReading::ALL.map(BreakReading::label))?,
        Kind::YesNo | Kind::Told => choose.allow_list_strings(&["是", "否"])?,
        Kind::Class => choose.allow_list_strings(&["1", "2", "3", "4", "5", "6", "7", "8"])?,
        Kind::Scheme => choose.allow_list_strings(&["一档", "二档", "三档"])?,
        // The names together are longer than a list in a cell may be, so it points to where they are written.
        Kind::IdKind => {
            let (first, last) = (KINDS_FIRST_ROW + 1, KINDS_FIRST_ROW as usize + ID_KINDS.len());
            choose.allow_list_formula(Formula::new(format!("='{INSTRUCTIONS}'!$E${first}:$E${last}")))
        }
        _ => return Ok(None),
    };
    Ok(Some(list.set_error_title("请从列表中选择")?.set_error_message("这一格只能填下拉列表中的值。")?))
}

fn instruct(sheet: &mut Worksheet, columns: &[&Column]) -> Result<(), XlsxError> {
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    sheet.set_name(INSTRUCTIONS)?.set_freeze_panes(1, 0)?;
    for_print(sheet)?;
    let headings = [("列", 24), ("是否必填", 10), ("说明", 70), ("", 4), ("证件类型的取值", 44)];
    for (place, (heading, width)) in (0..).zip(headings) {
        sheet.set_column_width(place, width)?;
        if !heading.is_empty() {
            sheet.write_string_with_format(0, place, heading, &heading_format())?;
        }
    }
    for (row, column) in (1..).zip(columns) {
        let duty = if column.required { "必填" } else { "选填" };
        let says = format!("{}{}", holds(column.kind), column.note);
        sheet.write_string_with_format(row, 0, column.heading, &wrapped)?;
        sheet.write_string_with_format(row, 1, duty, &wrapped)?;
        sheet.write_string_with_format(row, 2, says, &wrapped)?;
    }
    let below = columns.len() as u32 + 2;
    for (row, hint) in (below..).zip(HINTS) {
        sheet.write_string_with_format(row, 2, hint, &wrapped)?;
    }
    for (row, kind) in (KINDS_FIRST_ROW..).zip(ID_KINDS.iter()) {
        sheet.write_string(row, KINDS_COLUMN, &kind.name)?;
    }
    Ok(())
}
