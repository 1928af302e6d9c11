//! What relation it is: the table of engagements, properties of the decision, and the command.

mod command;
mod properties;
mod table;

use chrono::NaiveDate;
use gongche::{
    classify::{Answer, Chart, Decision, Engagement, Item, decide},
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
    let answers = facts.into_iter().filter_map(|(id, item)| {
        let question = chart.question(&id).unwrap_or_else(|| panic!("no question {id}"));
        let answer = Answer::read(&chart, question, &item).unwrap_or_else(|wrong| panic!("{id}: {wrong:?}"))?;
        Some((id, answer))
    });
    let engagement = Engagement::of_answers(region.map(str::to_owned), on, answers.collect());
    decide(book(), &engagement).unwrap_or_else(|trouble| panic!("{trouble:?}"))
}

/// The relation's id, as programs see it.
fn relation(decision: &Decision) -> &str {
    decision.relation.as_ref().map_or("undetermined", |relation| &relation.id)
}
