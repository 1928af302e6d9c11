//! What can be wrong with a book whose every file is well formed.

mod cases;
mod circles;
mod decimals;

use super::{book::Book, diagnostic::Diagnostic};

/// Reports everything.
pub(super) fn book(book: &Book, sink: &mut Vec<Diagnostic>) {
    circles::check(book, sink);
    cases::check(book, sink);
    decimals::check(book, sink);
}
