//! What relation it is: the table of engagements, properties of the decision, and the command.

mod command;
mod properties;
mod table;

use chrono::NaiveDate;
use gongche::{
    classify::{Chart, Item},
    classify::{Decision, Engagement, decide},
    rulebook::{Book, Sources},
};
use std::sync::OnceLock;

/// The embedded book, read once for all tests.
fn book() -> &'static Book {
    static BOOK: OnceLock<Book> = OnceLock::new();
    BOOK.get_or_init(|| Book::read(Sources::embedded()).unwrap_or_else(|faulty| panic!("{:#?}", faulty.diagnostics)))
}

fn judged(region: Option<&str>, on: &str, facts: impl IntoIterator<Item = (String, Item)>) -> Decision {
    let chart = Chart::new(book()).unwrap();
    let on: NaiveDate = on.parse().unwrap();
    let engagement = Engagement::of_answers(&chart, region.map(str::to_owned), on, facts)
        .unwrap_or_else(|diagnostics| panic!("{diagnostics:#?}"));
    decide(book(), &engagement).unwrap_or_else(|trouble| panic!("{trouble:?}"))
}

/// The relation's id, as programs see it.
fn relation(decision: &Decision) -> &str {
    decision.relation.as_ref().map_or("undetermined", |relation| &relation.id)
}
