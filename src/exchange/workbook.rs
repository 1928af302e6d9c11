//! Sheets of typed cells, as a workbook or as CSV.
//!
//! The same sheets give the same bytes: the creation time is fixed and nothing depends on the clock or on a hasher.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};
use thiserror::Error;

use crate::quantity::{ArithmeticError, Money};

/// Background of a heading.
pub(super) const HEADING_FILL: Color = Color::RGB(0x00DD_EBF7);
/// An amount with thousands separated and two decimals.
pub(super) const AMOUNT_FORMAT: &str = "#,##0.00";
const RULE: Color = Color::RGB(0x00BF_BFBF);
const A4: u8 = 9;

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Blank,
    /// Text, and whatever must be written as text: dates, identity and account numbers.
    Text(String),
    /// An amount in yuan.
    Money(Money),
    /// A number of things.
    Count(i64),
}

impl Cell {
    /// A cell of text; [`Cell::Blank`] where there is none.
    #[must_use]
    pub fn text(text: impl AsRef<str>) -> Self {
        match text.as_ref() {
            "" => Self::Blank,
            text => Self::Text(text.to_owned()),
        }
    }

    /// A cell of text that may be missing.
    #[must_use]
    pub fn maybe(text: Option<&String>) -> Self {
        text.map_or(Self::Blank, Self::text)
    }

    /// A date, written as text: 2026-09-01.
    #[must_use]
    pub fn date(date: NaiveDate) -> Self {
        Self::Text(date.to_string())
    }

    /// The cell as plain text, amounts without thousands.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Self::Blank => String::new(),
            Self::Text(text) => text.clone(),
            Self::Money(amount) => amount.to_string(),
            Self::Count(count) => count.to_string(),
        }
    }
}

/// What the cells of a column are; amounts are the ones that are totalled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text; the column is formatted so that digits typed into it later stay text.
    Text,
    /// Amounts in yuan.
    Money,
    /// Amounts in yuan for another program to read: two decimals, no thousands.
    Plain,
    /// Numbers of things.
    Count,
}

#[derive(Debug, Clone)]
struct Column {
    heading: String,
    kind: Kind,
    /// In characters of the standard font.
    width: u16,
}

/// A sheet: headings, rows of cells, and a line of totals if wanted.
#[derive(Debug, Clone)]
pub struct Sheet {
    name: String,
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    frozen_columns: u16,
    totals: bool,
}

/// Why a workbook could not be written.
#[derive(Debug, Error)]
pub enum WorkbookError {
    /// A row or column more than a sheet holds, a name of a sheet twice, and the like.
    #[error("无法生成工作簿：{0}")]
    Xlsx(#[from] XlsxError),
    /// A column's total does not fit an amount.
    #[error("“{heading}”的合计超出范围")]
    Total {
        /// The column.
        heading: String,
        /// Why.
        source: ArithmeticError,
    },
    /// The file could not be written.
    #[error("无法写入 {path}：{source}")]
    Io {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
}

impl Sheet {
    /// A sheet without columns.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), columns: Vec::new(), rows: Vec::new(), frozen_columns: 0, totals: false }
    }

    /// With one more column on the right, `width` characters wide (a Chinese one counts two).
    #[must_use]
    pub fn column(mut self, heading: &str, kind: Kind, width: u16) -> Self {
        self.columns.push(Column { heading: heading.to_owned(), kind, width });
        self
    }

    /// With that many columns on the left kept in sight; the heading always is.
    #[must_use]
    pub fn frozen(mut self, columns: u16) -> Self {
        self.frozen_columns = columns;
        self
    }

    /// With a last line that adds up the columns of amounts.
    #[must_use]
    pub fn with_totals(mut self) -> Self {
        self.totals = true;
        self
    }

    /// Adds a row: one cell a column, from the left.
    pub fn push(&mut self, row: Vec<Cell>) {
        debug_assert_eq!(row.len(), self.columns.len(), "a cell would be lost, or end up under the wrong heading");
        self.rows.push(row);
    }

    fn write(&self, sheet: &mut Worksheet) -> Result<(), WorkbookError> {
        let mut rows = Rows::begin(self, sheet)?;
        self.rows.iter().try_for_each(|row| rows.push(self, sheet, row))?;
        rows.end(self, sheet)
    }
}

/// The rows of a sheet as they are written, one under the other.
struct Rows {
    next: u32,
    /// The sum of each column so far; only those of amounts are shown.
    sums: Vec<Money>,
}

impl Rows {
    /// Writes the headings.
    fn begin(of: &Sheet, sheet: &mut Worksheet) -> Result<Self, WorkbookError> {
        sheet.set_name(&of.name)?;
        sheet.set_freeze_panes(1, of.frozen_columns)?;
        for_print(sheet)?;
        let heading = heading_format();
        for (place, column) in (0..).zip(&of.columns) {
            sheet.set_column_width(place, column.width)?;
            // A cell without a format of its own has its column's.
            sheet.set_column_format(place, &column.kind.format())?;
            sheet.write_string_with_format(0, place, &column.heading, &heading)?;
        }
        Ok(Self { next: 1, sums: vec![Money::ZERO; of.columns.len()] })
    }

    fn push(&mut self, of: &Sheet, sheet: &mut Worksheet, row: &[Cell]) -> Result<(), WorkbookError> {
        for ((place, cell), (sum, column)) in (0..).zip(row).zip(self.sums.iter_mut().zip(&of.columns)) {
            match cell {
                Cell::Blank => {}
                Cell::Text(text) => {
                    sheet.write_string(self.next, place, text)?;
                }
                Cell::Money(amount) => {
                    if of.totals && column.kind == Kind::Money {
                        let heading = || column.heading.clone();
                        *sum =
                            sum.add(*amount).map_err(|source| WorkbookError::Total { heading: heading(), source })?;
                    }
                    write_decimal(sheet, self.next, place, amount.to_decimal(), None)?;
                }
                Cell::Count(count) => {
                    write_decimal(sheet, self.next, place, Decimal::from(*count), None)?;
                }
            }
        }
        self.next += 1;
        Ok(())
    }

    /// Writes the line of totals, where there is one: a label in the first column, sums under the amounts.
    fn end(self, of: &Sheet, sheet: &mut Worksheet) -> Result<(), WorkbookError> {
        if !of.totals {
            return Ok(());
        }
        for (place, (column, sum)) in (0..).zip(of.columns.iter().zip(self.sums)) {
            let format = column.kind.format().set_bold().set_border_top(FormatBorder::Thin);
            match column.kind {
                Kind::Money => write_decimal(sheet, self.next, place, sum.to_decimal(), Some(&format))?,
                _ if place == 0 => sheet.write_string_with_format(self.next, place, "合计", &format)?,
                _ => sheet.write_blank(self.next, place, &format)?,
            };
        }
        Ok(())
    }
}

/// A workbook of very many rows: a row that was written is on the disk and no longer in memory.
pub struct WorkbookWriter {
    workbook: Workbook,
    sheets: Vec<(Sheet, Rows)>,
}

impl WorkbookWriter {
    /// A workbook without sheets; until it is saved, its rows are in nameless files of a folder.
    ///
    /// # Errors
    /// A folder that cannot be written to.
    pub fn new(scratch: &Path) -> Result<Self, WorkbookError> {
        let mut workbook = undated()?;
        workbook.set_tempdir(scratch)?;
        Ok(Self { workbook, sheets: Vec::new() })
    }

    /// Adds a sheet by its headings; gives its place.
    ///
    /// # Errors
    /// More columns than a sheet holds, a name twice.
    pub fn add(&mut self, headed: Sheet) -> Result<usize, WorkbookError> {
        debug_assert!(headed.rows.is_empty(), "its rows would be lost");
        let rows = Rows::begin(&headed, self.workbook.add_worksheet_with_low_memory()?)?;
        self.sheets.push((headed, rows));
        Ok(self.sheets.len() - 1)
    }

    /// Writes the next row of a sheet.
    ///
    /// # Errors
    /// More rows than a sheet holds.
    pub fn push(&mut self, at: usize, row: &[Cell]) -> Result<(), WorkbookError> {
        let Some((sheet, rows)) = self.sheets.get_mut(at) else { return Ok(()) };
        debug_assert_eq!(row.len(), sheet.columns.len(), "a cell would be lost, or end up under the wrong heading");
        rows.push(sheet, self.workbook.worksheet_from_index(at)?, row)
    }

    /// Writes the file.
    ///
    /// # Errors
    /// A total beyond an amount, a file that cannot be written.
    pub fn save(mut self, path: &Path) -> Result<(), WorkbookError> {
        for (at, (sheet, rows)) in std::mem::take(&mut self.sheets).into_iter().enumerate() {
            rows.end(&sheet, self.workbook.worksheet_from_index(at)?)?;
        }
        Ok(self.workbook.save(path)?)
    }
}

impl Kind {
    fn format(self) -> Format {
        match self {
            Self::Text => Format::new().set_num_format("@").set_align(FormatAlign::Top).set_text_wrap(),
            Self::Money => Format::new().set_num_format(AMOUNT_FORMAT).set_align(FormatAlign::Top),
            Self::Plain => Format::new().set_num_format("0.00").set_align(FormatAlign::Top),
            Self::Count => Format::new().set_num_format("0").set_align(FormatAlign::Top),
        }
    }
}

/// How headings look in every workbook.
pub(super) fn heading_format() -> Format {
    Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter)
        .set_background_color(HEADING_FILL)
        .set_border(FormatBorder::Thin)
        .set_border_color(RULE)
}

/// On paper: as wide as a page lying on its side, with the headings on each.
pub(super) fn for_print(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    Ok(())
}

/// A new workbook that says nothing about when it was made.
pub(super) fn undated() -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_author("Gongche").set_creation_datetime(&made));
    Ok(workbook)
}

/// Writes a decimal as a number, or as text where a number would not be exact; without a format it has its column's.
///
/// A number cell is a binary float. Two decimals of up to 15 digits never share a float, and the shortest decimal that
/// reads back to the float is the one written (DBL_DIG of IEEE 754), so an amount below ten trillion yuan comes back to
/// the fen, in this program and in spreadsheet programs, which show 15 digits. Above that, text is the exact cell.
pub(super) fn write_decimal<'a>(
    sheet: &'a mut Worksheet,
    row: u32,
    column: u16,
    decimal: Decimal,
    format: Option<&Format>,
) -> Result<&'a mut Worksheet, XlsxError> {
    const EXACT: u128 = 1_000_000_000_000_000;
    let text = decimal.to_string();
    match (text.parse::<f64>(), format) {
        (Ok(number), Some(format)) if decimal.mantissa().unsigned_abs() < EXACT => {
            sheet.write_number_with_format(row, column, number, format)
        }
        (Ok(number), None) if decimal.mantissa().unsigned_abs() < EXACT => sheet.write_number(row, column, number),
        (_, Some(format)) => sheet.write_string_with_format(row, column, text, format),
        (_, None) => sheet.write_string(row, column, text),
    }
}

/// The sheets as the bytes of an `.xlsx` workbook.
///
/// # Errors
/// More rows or columns than a sheet holds, two sheets of one name, a total beyond an amount.
pub fn to_xlsx(sheets: &[Sheet]) -> Result<Vec<u8>, WorkbookError> {
    let mut workbook = undated()?;
    for sheet in sheets {
        sheet.write(workbook.add_worksheet())?;
    }
    Ok(workbook.save_to_buffer()?)
}

/// How a text file of rows is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delimited {
    /// What stands between cells: a character of ASCII.
    pub separator: char,
    /// Whether the headings are the first row.
    pub heading: bool,
    /// Whether it begins with the mark by which spreadsheet programs know UTF-8.
    pub marked: bool,
}

impl Delimited {
    /// CSV in UTF-8, with the mark by which spreadsheet programs know it.
    pub const CSV: Self = Self { separator: ',', heading: true, marked: true };
}

/// A sheet as text, written a row a line. There are no lines of totals: what reads the file adds up for itself.
pub struct LinesWriter<W: Write> {
    lines: csv::Writer<W>,
}

impl<W: Write> LinesWriter<W> {
    /// Begins with the mark and the headings, where the form has them.
    ///
    /// # Errors
    /// What is written to takes no more.
    pub fn new(mut to: W, headed: &Sheet, form: Delimited) -> io::Result<Self> {
        if form.marked {
            to.write_all("\u{FEFF}".as_bytes())?;
        }
        let separator = u8::try_from(form.separator).unwrap_or(b',');
        let mut lines = csv::WriterBuilder::new()
            .delimiter(separator)
            .terminator(csv::Terminator::CRLF)
            .flexible(true)
            .from_writer(to);
        if form.heading {
            lines.write_record(headed.columns.iter().map(|column| &column.heading))?;
        }
        Ok(Self { lines })
    }

    /// Writes the next row.
    ///
    /// # Errors
    /// What is written to takes no more.
    pub fn push(&mut self, row: &[Cell]) -> io::Result<()> {
        Ok(self.lines.write_record(row.iter().map(Cell::to_text))?)
    }

    /// What was written to.
    ///
    /// # Errors
    /// What is written to takes no more.
    pub fn finish(self) -> io::Result<W> {
        self.lines.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

/// Puts a file in place whole: readers see the old bytes or the new ones, never half.
///
/// # Errors
/// The folder cannot be written to, or the file is held open by another program.
pub fn save(path: &Path, bytes: &[u8]) -> Result<(), WorkbookError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let written = fs::write(&beside, bytes).and_then(|()| fs::rename(&beside, path));
    written.map_err(|source| {
        // Nothing is left lying about; whether it could be removed changes nothing for the caller.
        let _ = fs::remove_file(&beside);
        WorkbookError::Io { path: path.display().to_string(), source }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payroll() -> Sheet {
        let mut sheet = Sheet::new("工资").column("姓名", Kind::Text, 12).column("实发", Kind::Money, 12).with_totals();
        sheet.push(vec![Cell::text("张三"), Cell::Money(Money::from_fen(7))]);
        sheet.push(vec![Cell::text("李,四"), Cell::Money(Money::from_fen(123_456))]);
        sheet
    }

    #[test]
    fn totals_are_added_in_fen() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.xlsx");
        let Sheet { rows, .. } = payroll();
        let mut writer = WorkbookWriter::new(folder.path()).unwrap();
        let at = writer.add(Sheet { rows: Vec::new(), ..payroll() }).unwrap();
        rows.iter().for_each(|row| writer.push(at, row).unwrap());
        writer.save(&path).unwrap();
        for bytes in [fs::read(&path).unwrap(), to_xlsx(&[payroll()]).unwrap()] {
            let mut read: calamine::Xlsx<_> = calamine::open_workbook_from_rs(io::Cursor::new(bytes)).unwrap();
            let range = calamine::Reader::worksheet_range(&mut read, "工资").unwrap();
            let cell = |row, column| range.get_value((row, column)).unwrap().to_string();
            assert_eq!((cell(3, 0), cell(3, 1)), ("合计".to_owned(), "1234.63".to_owned()));
            assert_eq!((cell(2, 0), cell(2, 1)), ("李,四".to_owned(), "1234.56".to_owned()));
        }
        let mut sheet = payroll();
        sheet.push(vec![Cell::Blank, Cell::Money(Money::from_fen(i64::MAX))]);
        assert!(matches!(to_xlsx(&[sheet]), Err(WorkbookError::Total { heading, .. }) if heading == "实发"));
    }

    #[test]
    fn csv_has_a_mark_and_plain_amounts() {
        let sheet = payroll();
        let mut lines = LinesWriter::new(Vec::new(), &sheet, Delimited::CSV).unwrap();
        sheet.rows.iter().for_each(|row| lines.push(row).unwrap());
        let text = String::from_utf8(lines.finish().unwrap()).unwrap();
        assert_eq!(text, "\u{FEFF}姓名,实发\r\n张三,0.07\r\n\"李,四\",1234.56\r\n");
    }

    #[test]
    fn a_file_is_replaced_whole_or_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.xlsx");
        save(&path, b"one").unwrap();
        save(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(save(&folder.path().join("missing").join("a.xlsx"), b"x").is_err());
    }
}
