//! What was refused, and how to mend it.

use serde::Serialize;

use super::workbook::{Cell, Kind, Sheet};

/// A cell that keeps its row out of the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejected {
    /// Row number as a spreadsheet program shows it, from 1.
    pub row: u32,
    /// The column's heading.
    pub column: String,
    /// What stood there; identity and account numbers are masked except for the last four characters.
    pub value: String,
    /// What is wrong with it.
    pub problem: String,
    /// How to mend it.
    pub remedy: String,
}

/// The sheet of `rejected.xlsx`: one line a problem.
#[must_use]
pub fn sheet(rejected: &[Rejected]) -> Sheet {
    let mut sheet = Sheet::new("退回的行")
        .column("行号", Kind::Count, 8)
        .column("列", Kind::Text, 18)
        .column("原值", Kind::Text, 24)
        .column("问题", Kind::Text, 44)
        .column("如何改正", Kind::Text, 52);
    for problem in rejected {
        sheet.push(vec![
            Cell::Count(problem.row.into()),
            Cell::text(&problem.column),
            Cell::text(&problem.value),
            Cell::text(&problem.problem),
            Cell::text(&problem.remedy),
        ]);
    }
    sheet
}
