//! Workbooks that go on calculating: cells with formulas, each with the value it has now.
//!
//! A formula is an [`Expression`], which is both written as text for the spreadsheet program and computed here exactly,
//! so that what a viewer shows without calculating is what calculating gives, and a test can compare the two.

mod expression;
mod sheet;

pub use self::{
    expression::{Address, Comparison, Expression},
    sheet::{BarChart, LiveBook, LiveSheet, Mark, Role, Shows, Style},
};
