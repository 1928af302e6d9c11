//! Cells at places, how they look, and the workbook they make.

use super::expression::{Address, Comparison, Expression};
use crate::{
    exchange::workbook::{self, AMOUNT_FORMAT, WorkbookError, write_decimal},
    quantity::{ArithmeticError, Exact},
};
use rust_decimal::Decimal;
use rust_xlsxwriter::{
    Chart, ChartDataLabel, ChartFont, ChartFormat, ChartLine, ChartPoint, ChartSolidFill, Color, Format, FormatAlign,
    FormatBorder, Formula, Workbook, Worksheet, XlsxError,
};
use std::collections::BTreeMap;
use unicode_width::UnicodeWidthStr as _;

const INK: Color = Color::RGB(0x001F_3A5F);
const FAINT: Color = Color::RGB(0x006B_6B6B);
const RULE: Color = Color::RGB(0x00C8_CED6);
const TOTAL: Color = Color::RGB(0x00EE_F2F7);
const INPUT: Color = Color::RGB(0x00FF_F8E1);
const LOCKED: Color = Color::RGB(0x00E3_E8EE);
const SUPERVISED: Color = Color::RGB(0x00E2_F0EA);
const INPUT_INK: Color = Color::RGB(0x001A_4FA3);
const FONT: &str = "等线";
/// The height of a line of words, in points.
const LINE: u32 = 14;

/// What a cell is in its sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The sheet's name.
    Title,
    /// Small words over or under a table.
    Remark,
    /// The head of a column.
    Heading,
    /// The head of a group of rows.
    Group,
    /// Anything in a table.
    Body,
    /// What the reader may change.
    Input,
    /// The sum of what is over it.
    Total,
}

/// What a cell shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shows {
    /// Words.
    Text,
    /// Words in the middle.
    Word,
    /// An amount in yuan.
    Money,
    /// A ratio as a percentage.
    Percent,
    /// A share as a percentage with two decimals.
    Share,
    /// A number with as many decimals as it has.
    Number,
}

/// How the tender lets a row be treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Mark {
    /// As the bidder likes.
    #[default]
    None,
    /// It may not be changed.
    Locked,
    /// It is spent under the purchaser's eyes.
    Supervised,
}

/// How a cell looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Style {
    /// What it is.
    pub role: Role,
    /// What it shows.
    pub shows: Shows,
    /// How the tender lets its row be treated.
    pub mark: Mark,
}

impl Style {
    /// A style without a mark.
    #[must_use]
    pub const fn new(role: Role, shows: Shows) -> Self {
        Self { role, shows, mark: Mark::None }
    }

    /// The same with a mark.
    #[must_use]
    pub const fn marked(self, mark: Mark) -> Self {
        Self { mark, ..self }
    }

    fn format(self) -> Format {
        let format = Format::new().set_font_name(FONT).set_font_size(10).set_align(FormatAlign::VerticalCenter);
        let format = match self.role {
            Role::Title => return format.set_font_size(16).set_bold().set_font_color(INK),
            Role::Remark => return format.set_font_size(9).set_font_color(FAINT).set_text_wrap(),
            Role::Heading => format
                .set_bold()
                .set_font_color(Color::White)
                .set_background_color(INK)
                .set_align(FormatAlign::Center)
                .set_text_wrap(),
            Role::Group => format.set_bold().set_font_color(INK).set_background_color(TOTAL),
            Role::Body => match self.mark {
                Mark::None => format,
                Mark::Locked => format.set_background_color(LOCKED),
                Mark::Supervised => format.set_background_color(SUPERVISED),
            },
            Role::Input => format.set_font_color(INPUT_INK).set_background_color(INPUT).set_unlocked(),
            Role::Total => format.set_bold().set_background_color(TOTAL).set_border_top(FormatBorder::Thin),
        };
        let format = match self.shows {
            Shows::Text => format.set_text_wrap(),
            Shows::Word => format.set_align(FormatAlign::Center),
            Shows::Money => format.set_num_format(AMOUNT_FORMAT),
            Shows::Share => format.set_num_format("0.00%"),
            Shows::Percent => format.set_num_format("0.00##%"),
            Shows::Number => format.set_num_format("#,##0.######"),
        };
        format.set_border_bottom(FormatBorder::Hair).set_border_color(RULE)
    }
}

/// What stands in a cell.
#[derive(Debug, Clone)]
enum Content {
    Text(String),
    Number(Decimal),
    Formula { text: String, value: Decimal },
    Verdict { text: String, value: String },
}

/// Bars of a column's numbers, named by another column.
#[derive(Debug, Clone)]
pub struct BarChart {
    /// What it shows.
    pub title: String,
    /// The first and the last name.
    pub names: (Address, Address),
    /// The first and the last number.
    pub numbers: (Address, Address),
    /// The cell under its upper left corner.
    pub at: Address,
    /// Width and height in dots.
    pub size: (u32, u32),
    /// The colour of each bar, as web pages write it: `0x1F3A5F`.
    pub colours: Vec<u32>,
}

/// A sheet: its name, the width of its columns in characters, and what is kept in sight.
#[derive(Debug, Clone)]
pub struct LiveSheet {
    /// Its name.
    pub name: String,
    /// The width of each column, in characters of the standard font (a Chinese one counts two).
    pub widths: Vec<u16>,
    /// The row under which it scrolls.
    pub frozen: u32,
    /// Whether it is printed on a page lying on its side.
    pub landscape: bool,
}

/// A workbook of cells with formulas.
#[derive(Debug, Clone, Default)]
pub struct LiveBook {
    sheets: Vec<LiveSheet>,
    cells: BTreeMap<Address, (Content, Style)>,
    values: BTreeMap<Address, Exact>,
    names: BTreeMap<String, Address>,
    merged: Vec<(Address, u16)>,
    charts: Vec<BarChart>,
}

impl LiveBook {
    /// Adds a sheet; gives its first cell.
    pub fn sheet(&mut self, sheet: LiveSheet) -> Address {
        self.sheets.push(sheet);
        Address { sheet: self.sheets.len() - 1, row: 0, column: 0 }
    }

    /// Writes words.
    pub fn text(&mut self, at: Address, text: impl Into<String>, style: Style) {
        self.cells.insert(at, (Content::Text(text.into()), style));
    }

    /// Writes words over that many columns.
    pub fn wide_text(&mut self, at: Address, columns: u16, text: impl Into<String>, style: Style) {
        self.text(at, text, style);
        self.merged.push((at, columns));
    }

    /// Writes a number. One that no decimal can hold is written as the quotient it is.
    ///
    /// # Errors
    /// A number that does not fit.
    pub fn number(&mut self, at: Address, number: Exact, style: Style) -> Result<(), ArithmeticError> {
        match number.to_decimal() {
            Some(decimal) => {
                self.values.insert(at, number);
                self.cells.insert(at, (Content::Number(decimal), style));
                Ok(())
            }
            None => self.formula(at, &number.into(), style).map(|_| ()),
        }
    }

    /// Writes a formula; gives its value. The cells it rests on must have been written.
    ///
    /// # Errors
    /// A value that does not fit, and division by nought.
    pub fn formula(&mut self, at: Address, formula: &Expression, style: Style) -> Result<Exact, ArithmeticError> {
        let value = self.worth(formula)?;
        let shown = shown(value)?;
        self.values.insert(at, value);
        let text = formula.text(at.sheet, &self.sheet_names());
        self.cells.insert(at, (Content::Formula { text, value: shown }, style));
        Ok(value)
    }

    /// Writes one of two sentences, by how two numbers compare.
    ///
    /// # Errors
    /// A value that does not fit.
    pub fn verdict(
        &mut self,
        at: Address,
        (one, comparison, other): (&Expression, Comparison, &Expression),
        (yes, no): (&str, &str),
        style: Style,
    ) -> Result<(), ArithmeticError> {
        let compared = (one, comparison, other);
        let (holds, test) = Expression::compared(compared, &|cell| self.value(cell), (at.sheet, &self.sheet_names()))?;
        let text = format!("IF({test},\"{yes}\",\"{no}\")");
        let value = if holds { yes } else { no };
        self.cells.insert(at, (Content::Verdict { text, value: value.to_owned() }, style));
        Ok(())
    }

    /// The number in a cell; nought where there is none.
    #[must_use]
    pub fn value(&self, at: Address) -> Exact {
        self.values.get(&at).copied().unwrap_or(Exact::ZERO)
    }

    /// What a formula would be worth.
    ///
    /// # Errors
    /// A value that does not fit, and division by nought.
    pub fn worth(&self, formula: &Expression) -> Result<Exact, ArithmeticError> {
        formula.value(&|cell| self.value(cell))
    }

    /// Gives a cell a name by which formulas and programs find it.
    pub fn name(&mut self, name: &str, at: Address) {
        self.names.insert(name.to_owned(), at);
    }

    /// The cell of a name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<Address> {
        self.names.get(name).copied()
    }

    /// Adds a chart.
    pub fn chart(&mut self, chart: BarChart) {
        self.charts.push(chart);
    }

    /// The workbook as the bytes of an `.xlsx` file.
    ///
    /// # Errors
    /// More rows or columns than a sheet holds, two sheets of one name, a name that is none.
    pub fn to_xlsx(&self) -> Result<Vec<u8>, WorkbookError> {
        let mut book = workbook::undated()?;
        let mut formats: BTreeMap<Style, Format> = BTreeMap::new();
        for (number, sheet) in self.sheets.iter().enumerate() {
            let worksheet = book.add_worksheet();
            set_up(sheet, worksheet)?;
            for (at, columns) in self.merged.iter().filter(|(at, _)| at.sheet == number) {
                let style = self.cells.get(at).map_or(Style::new(Role::Remark, Shows::Text), |(_, style)| *style);
                worksheet.merge_range(at.row, at.column, at.row, at.column + columns - 1, "", &style.format())?;
            }
            for (row, lines) in self.tall_rows(number, &sheet.widths) {
                worksheet.set_row_height(row, LINE * lines + 4)?;
            }
            for (at, (content, style)) in self.cells.iter().filter(|(at, _)| at.sheet == number) {
                let format = formats.entry(*style).or_insert_with(|| style.format());
                write(worksheet, *at, content, format)?;
            }
            for chart in self.charts.iter().filter(|chart| chart.at.sheet == number) {
                worksheet.insert_chart(chart.at.row, chart.at.column, &self.drawn(chart))?;
            }
        }
        self.define_names(&mut book)?;
        Ok(book.save_to_buffer()?)
    }

    /// The rows whose words need more than a line, and how many they need. Programs that do not fit rows to their words
    /// would show the first line alone.
    fn tall_rows(&self, sheet: usize, widths: &[u16]) -> BTreeMap<u32, u32> {
        let mut rows = BTreeMap::new();
        for (at, (content, style)) in self.cells.iter().filter(|(at, _)| at.sheet == sheet) {
            let Content::Text(text) = content else { continue };
            let merged = self.merged.iter().find(|(first, _)| first == at).map_or(1, |(_, columns)| *columns);
            let columns = widths.iter().skip(at.column.into()).take(merged.into());
            let width: usize = columns.map(|width| usize::from(*width)).sum();
            let lines = match style.role {
                Role::Title => 2,
                _ => text.width().div_ceil(width.max(1)),
            };
            let tallest = rows.entry(at.row).or_insert(1);
            *tallest = u32::try_from(lines).unwrap_or(1).max(*tallest);
        }
        rows.retain(|_, lines| *lines > 1);
        rows
    }

    fn define_names(&self, book: &mut Workbook) -> Result<(), XlsxError> {
        for (name, at) in &self.names {
            // From a sheet that is none, so that the reference names its sheet.
            let reference = Expression::Cell(*at).text(usize::MAX, &self.sheet_names());
            book.define_name(name, &format!("={reference}"))?;
        }
        Ok(())
    }

    fn sheet_names(&self) -> Vec<&str> {
        self.sheets.iter().map(|sheet| sheet.name.as_str()).collect()
    }

    fn drawn(&self, chart: &BarChart) -> Chart {
        let names = self.sheet_names();
        let range = |(first, last): (Address, Address)| {
            let name = names.get(first.sheet).copied().unwrap_or_default();
            (name.to_owned(), first.row, first.column, last.row, last.column)
        };
        let point = |colour: &u32| {
            let mut fill = ChartSolidFill::new();
            fill.set_color(Color::RGB(*colour));
            ChartPoint::new().set_format(ChartFormat::new().set_solid_fill(&fill))
        };
        let points: Vec<ChartPoint> = chart.colours.iter().map(point).collect();
        let mut drawn = Chart::new_bar();
        let (sheet, first_row, first_column, last_row, last_column) = range(chart.names);
        let (_, from_row, from_column, to_row, to_column) = range(chart.numbers);
        drawn
            .add_series()
            .set_categories((sheet.as_str(), first_row, first_column, last_row, last_column))
            .set_values((sheet.as_str(), from_row, from_column, to_row, to_column))
            .set_points(&points)
            .set_gap(45)
            .set_data_label(ChartDataLabel::new().show_value().set_num_format("#,##0").set_font(&font(9)));
        drawn.title().set_name(&chart.title).set_font(font(12).set_bold());
        drawn.legend().set_hidden();
        // Of bars that lie, the upright axis is the one of names, and its first name stands at the bottom.
        drawn.y_axis().set_font(&font(9)).set_reverse().set_major_gridlines(false);
        drawn.x_axis().set_hidden(true).set_major_gridlines(false);
        drawn.chart_area().set_format(ChartFormat::new().set_border(ChartLine::new().set_color(RULE)));
        drawn.set_width(chart.size.0).set_height(chart.size.1);
        drawn
    }
}

fn font(size: u16) -> ChartFont {
    let mut font = ChartFont::new();
    font.set_name(FONT).set_size(size).set_color(INK);
    font
}

fn set_up(sheet: &LiveSheet, worksheet: &mut Worksheet) -> Result<(), XlsxError> {
    worksheet.set_name(&sheet.name)?;
    for (place, width) in (0..).zip(&sheet.widths) {
        worksheet.set_column_width(place, *width)?;
    }
    worksheet.set_freeze_panes(sheet.frozen, 0)?;
    worksheet.set_screen_gridlines(false);
    if sheet.landscape {
        worksheet.set_landscape();
    }
    worksheet.set_paper_size(9).set_print_fit_to_pages(1, 0).set_print_center_horizontally(true);
    worksheet.set_margins(0.5, 0.5, 0.6, 0.6, 0.3, 0.3);
    worksheet.set_footer("&L&8&A&R&8第 &P 页 共 &N 页");
    Ok(())
}

fn write(sheet: &mut Worksheet, at: Address, content: &Content, format: &Format) -> Result<(), XlsxError> {
    match content {
        Content::Text(text) if text.is_empty() => sheet.write_blank(at.row, at.column, format)?,
        Content::Text(text) => sheet.write_string_with_format(at.row, at.column, text, format)?,
        Content::Number(number) => write_decimal(sheet, at.row, at.column, *number, Some(format))?,
        Content::Formula { text, value } => {
            let formula = Formula::new(format!("={text}")).set_result(value.to_string());
            sheet.write_formula_with_format(at.row, at.column, formula, format)?
        }
        Content::Verdict { text, value } => {
            let formula = Formula::new(format!("={text}")).set_result(value);
            sheet.write_formula_with_format(at.row, at.column, formula, format)?
        }
    };
    Ok(())
}

/// The value as a viewer shows it that does not calculate: 15 digits, as spreadsheet programs keep.
fn shown(value: Exact) -> Result<Decimal, ArithmeticError> {
    use crate::quantity::{Rounding, RoundingMode};
    match value.to_decimal() {
        Some(decimal) => Ok(decimal.normalize()),
        None => value.round(Rounding { mode: RoundingMode::HalfUp, step: Decimal::new(1, 10) }),
    }
}
