//! The price as a workbook that goes on calculating.
//!
//! 参数 holds what may be changed, 测算 says each line again as formulas, 报价 makes unit prices and the total of them,
//! 依据 tells where each rate stands. Every formula is computed exactly as it is written, and must give the engine's
//! amount; where a rounding within a line differs (a tax that is three taxes), the difference stands in a cell of its
//! own, as 尾差.

mod grounds;
mod offer;
mod parameters;
mod reckoning;

use super::PaperError;
use crate::{
    exchange::live::{Address, LiveBook, Mark, Role, Shows, Style},
    quote::{Kind, Quote},
};

const TITLE: Style = Style::new(Role::Title, Shows::Text);
const REMARK: Style = Style::new(Role::Remark, Shows::Text);
const HEADING: Style = Style::new(Role::Heading, Shows::Word);
const GROUP: Style = Style::new(Role::Group, Shows::Text);
const TEXT: Style = Style::new(Role::Body, Shows::Text);
const WORD: Style = Style::new(Role::Body, Shows::Word);

/// The workbook as the bytes of an `.xlsx` file.
///
/// # Errors
/// Amounts that do not fit.
pub fn workbook(quote: &Quote) -> Result<Vec<u8>, PaperError> {
    let mut book = LiveBook::default();
    let parameters = parameters::write(&mut book, quote)?;
    let lines = reckoning::write(&mut book, quote, &parameters)?;
    offer::write(&mut book, quote, &parameters, &lines)?;
    grounds::write(&mut book, quote)?;
    Ok(book.to_xlsx()?)
}

/// A number that the reader may change.
const fn input(shows: Shows) -> Style {
    Style::new(Role::Input, shows)
}

const fn body(shows: Shows) -> Style {
    Style::new(Role::Body, shows)
}

const fn total(shows: Shows) -> Style {
    Style::new(Role::Total, shows)
}

/// How a line is marked by what the tender lets be done with it.
const fn mark(kind: Kind) -> Mark {
    match kind {
        Kind { supervised: true, .. } => Mark::Supervised,
        Kind { locked: true, .. } => Mark::Locked,
        Kind { .. } => Mark::None,
    }
}

/// A row of words from a cell to the right.
fn row<'t>(book: &mut LiveBook, at: Address, texts: impl IntoIterator<Item = &'t str>, style: Style) {
    for (column, text) in (0..).zip(texts) {
        book.text(at.right(column), text, style);
    }
}

/// The cell under it that many rows.
const fn down(at: Address, rows: u32) -> Address {
    Address { row: at.row + rows, ..at }
}
