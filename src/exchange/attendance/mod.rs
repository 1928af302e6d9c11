//! Attendance: shifts and absences day by day, in somebody's table, and what they make of a roster's rows.
//!
//! A row is a shift or an absence: hours of a day, or when it began and ended. What a row means for pay is
//! [`payroll::Timesheet`](crate::payroll::Timesheet)'s to say, against the rule book.

mod check;
mod columns;
mod fill;
mod record;

use super::{
    rejected::Rejected,
    table::{self, TableError, list},
};
use crate::payroll::{Activity, Stretch};
use chrono::{NaiveDate, NaiveDateTime};
use std::path::{Path, PathBuf};
use thiserror::Error;

pub use fill::{Attended, Told};

/// A row of attendance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Row number in the file, from 1.
    pub row: u32,
    /// 工号.
    pub number: String,
    /// 扣缴义务人, where the file says it.
    pub payer: Option<String>,
    /// 项目, where the file says it.
    pub project: Option<String>,
    /// The day on which it began.
    pub day: NaiveDate,
    /// 类别.
    pub activity: Activity,
    /// Its hours by calendar day; none of a row that only says what the day is.
    pub stretches: Vec<Stretch>,
    /// When it began and ended, where times were given.
    pub span: Option<(NaiveDateTime, NaiveDateTime)>,
    /// 日别: whether the rota made it a working day.
    pub own_day: Option<bool>,
    /// 结算日: when its pay was settled.
    pub settled_on: Option<NaiveDate>,
}

/// The rows of a table, good and bad.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Records {
    /// The rows that could be read, in the file's order.
    pub records: Vec<Record>,
    /// What is wrong with the others, with the 工号 that they are of as far as it could be read.
    pub refused: Vec<(Option<String>, Rejected)>,
}

/// Why no attendance could be read from a file. `Display` is for the person who made the file.
#[derive(Debug, Error)]
pub enum AttendanceError {
    /// There is no table in it.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The table has other columns.
    #[error("{}：{}", path.display(), list(faults))]
    Columns {
        /// The file.
        path: PathBuf,
        /// All that is wrong with its columns.
        faults: Vec<String>,
    },
}

/// Reads attendance.
///
/// # Errors
/// [`AttendanceError`], where the file as a whole is none. What is wrong with single rows is in [`Records::refused`].
pub fn read(path: &Path) -> Result<Records, AttendanceError> {
    let table = table::read(path, columns::knows)?;
    let places = columns::places(&table.headings)
        .map_err(|faults| AttendanceError::Columns { path: path.to_owned(), faults })?;
    Ok(record::read(&table, &places))
}

/// What is told of a cell of attendance among refusals of a roster.
fn rejected(row: u32, heading: &str, value: String, problem: String, remedy: &str) -> Rejected {
    Rejected { row, column: format!("考勤表的{heading}"), value, problem, remedy: remedy.to_owned() }
}
