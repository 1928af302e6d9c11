//! Workbooks. The one place where a binary float becomes decimal text.

use std::{
    io::Cursor,
    panic::{self, AssertUnwindSafe},
};

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx, XlsxError, open_workbook_from_rs};
use chrono::NaiveDate;

use super::{Area, Grid, Table, TableFault, Value};

/// The size of a sheet; a cell outside is none.
const SHEET_ROWS: u32 = 1_048_576;
const SHEET_COLUMNS: u32 = 16_384;

type Workbook<'a> = Xlsx<Cursor<&'a [u8]>>;

/// Reads the first visible sheet that has a header.
///
/// The reader of workbooks panics on some malformed cell references; to the person whose file it is, that is a damaged
/// file like any other.
pub(super) fn read(bytes: &[u8], knows: &impl Fn(&str) -> bool) -> Result<Table, TableFault> {
    panic::catch_unwind(AssertUnwindSafe(|| first_table(bytes, knows))).unwrap_or_else(|_| Err(misplaced()))
}

fn first_table(bytes: &[u8], knows: &impl Fn(&str) -> bool) -> Result<Table, TableFault> {
    let is_zip = bytes.starts_with(b"PK");
    let mut workbook: Workbook<'_> = open_workbook_from_rs(Cursor::new(bytes)).map_err(|error| match error {
        XlsxError::Password => TableFault::Encrypted,
        _ if !is_zip => TableFault::OldWorkbook,
        XlsxError::FileNotFound(_) | XlsxError::RelationshipNotFound => TableFault::NotATable,
        other => damaged(&other),
    })?;

    let sheets: Vec<String> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet)
        .map(|sheet| sheet.name.clone())
        .collect();
    let mut empty = true;
    for sheet in sheets {
        let mut grid = cells(&mut workbook, &sheet)?;
        empty &= grid.rows.is_empty();
        if let Some(header) = grid.find_header(knows) {
            let merged = workbook.merge_cells_by_sheet_name(&sheet).map_err(|error| damaged(&error))?;
            grid.merged = merged.iter().map(|area| Area { start: area.start, end: area.end }).collect();
            return grid.into_table(Some(sheet), header);
        }
    }
    Err(if empty { TableFault::Empty } else { TableFault::NoHeader })
}

/// Streams the cells instead of asking for a range: a range is as large as its farthest cell says.
fn cells(workbook: &mut Workbook<'_>, sheet: &str) -> Result<Grid, TableFault> {
    let mut grid = Grid::default();
    let mut reader = workbook.worksheet_cells_reader(sheet).map_err(|error| damaged(&error))?;
    while let Some(cell) = reader.next_cell_with_formula_metadata().map_err(|error| damaged(&error))? {
        let (row, column) = cell.pos;
        if row >= SHEET_ROWS || column >= SHEET_COLUMNS {
            return Err(misplaced());
        }
        let value = match value(&cell.value) {
            None if cell.formula.is_some() && cell.value == DataRef::Empty => {
                Some(Value::Broken("公式没有保存计算结果".to_owned()))
            }
            value => value,
        };
        if let Some(value) = value {
            grid.put(row, column, value);
        }
    }
    Ok(grid)
}

fn value(cell: &DataRef<'_>) -> Option<Value> {
    match cell {
        DataRef::Empty => None,
        DataRef::String(text) | DataRef::DurationIso(text) => Value::typed(text),
        DataRef::SharedString(text) => Value::typed(text),
        DataRef::Int(number) => Some(Value::Number(number.to_string())),
        DataRef::Float(number) => Some(Value::Number(decimal(*number))),
        DataRef::Bool(truth) => Some(Value::Bool(*truth)),
        DataRef::DateTime(moment) => Some(date(moment)),
        DataRef::DateTimeIso(text) => Value::typed(text.split('T').next().unwrap_or(text)),
        DataRef::Error(error) => Some(Value::Broken(error.to_string())),
    }
}

/// Rust prints the shortest decimal that reads back to the same float, which is what was typed for any number of up to
/// 15 digits: the float nearest to 0.07 prints as `0.07`.
fn decimal(number: f64) -> String {
    let text = number.to_string();
    if text == "-0" { "0".to_owned() } else { text }
}

/// A date; a time of day alone is text, as in a CSV: `22:30`.
fn date(moment: &ExcelDateTime) -> Value {
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    if moment.is_datetime() && (0.0..1.0).contains(&moment.as_f64()) {
        let seconds = if second == 0 { String::new() } else { format!(":{second:02}") };
        return Value::Text(format!("{hour:02}:{minute:02}{seconds}"));
    }
    let in_calendar = moment.as_f64() >= 1.0 && moment.is_datetime();
    match NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day)) {
        Some(date) if in_calendar => Value::Date(date),
        _ => Value::Broken(format!("不是日期（{}）", decimal(moment.as_f64()))),
    }
}

fn damaged(error: &XlsxError) -> TableFault {
    TableFault::Damaged(error.to_string())
}

fn misplaced() -> TableFault {
    TableFault::Damaged("单元格位置有误".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::float_arithmetic, reason = "a workbook keeps times as floats")]
    fn a_time_of_day_is_read_to_the_minute() {
        use calamine::ExcelDateTimeType::DateTime;
        for minutes in 0..24 * 60 {
            let moment = ExcelDateTime::new(f64::from(minutes) / 1440.0, DateTime, false);
            let time = format!("{:02}:{:02}", minutes / 60, minutes % 60);
            assert_eq!(date(&moment), Value::Text(time));
        }
        let half_past = ExcelDateTime::new(46_266.5, DateTime, false);
        assert_eq!(date(&half_past), Value::Date(NaiveDate::from_ymd_opt(2026, 9, 1).unwrap()));
    }

    #[test]
    fn floats_become_the_decimal_that_was_typed() {
        for typed in ["0.07", "3200.1", "10000000000", "9999999999.99", "0.1", "113.5", "-3.2"] {
            assert_eq!(decimal(typed.parse().unwrap()), typed);
        }
        assert_eq!(decimal(-0.0), "0");
        assert_eq!(decimal(0.1 + 0.2), "0.30000000000000004");
        assert_eq!(decimal(530_102_199_001_010_017.0), "530102199001010050");
    }
}
