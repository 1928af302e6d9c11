//! What can be wrong with a book whose every file is well formed.

mod cases;
mod circles;
mod decimals;
mod questions;
mod references;

use super::{book::Book, diagnostic::Diagnostic};

pub(super) use references::{examples, places};

/// Reports everything. What could not be read was reported before, and is passed over here.
pub(super) fn book(book: &Book, sink: &mut Vec<Diagnostic>) {
    references::check(book, sink);
    circles::check(book, sink);
    cases::check(book, sink);
    decimals::check(book, sink);
    questions::check(book, sink);
}

#[cfg(test)]
mod tests;
