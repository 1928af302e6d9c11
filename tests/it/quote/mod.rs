//! The price of a tender: the hotline's to the fen, both sides of every floor and finding, the way back from a price.

mod cli;
mod findings;
mod floors;
mod hotline;
mod months;
mod solving;
mod tenders;

use gongche::{
    quantity::Money,
    quote::{Given, Quote, Refusal, Tender, price, price_with},
    rulebook::{Book, Sources},
};
use std::sync::LazyLock;

/// The rules that the program carries.
pub(crate) static BOOK: LazyLock<Book> =
    LazyLock::new(|| Book::read(Sources::embedded()).unwrap_or_else(|faulty| panic!("{:#?}", faulty.diagnostics)));

pub(crate) const HOTLINE: &str = include_str!("../../../examples/hotline/tender.toml");

pub(crate) fn yuan(text: &str) -> Money {
    Money::parse(text).unwrap()
}

/// A tender from a file's text with some of it replaced; what is to be replaced must be there.
pub(crate) fn changed(text: &str, changes: &[(&str, &str)]) -> Tender {
    let text = changes.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "no {from:?}");
        text.replace(from, to)
    });
    Tender::read(&BOOK, "tender.toml", &text).unwrap_or_else(|fault| panic!("{fault}"))
}

/// The hotline without its scenarios, each of which is priced as a tender of its own.
pub(crate) static ALONE: LazyLock<&str> = LazyLock::new(|| HOTLINE.split_once("[[scenario]]").unwrap().0);

pub(crate) fn hotline(changes: &[(&str, &str)]) -> Quote {
    price(&BOOK, &changed(&ALONE, changes)).unwrap_or_else(|refusal| panic!("{refusal}"))
}

/// The hotline with its scenarios.
pub(crate) fn whole(changes: &[(&str, &str)]) -> Quote {
    price(&BOOK, &changed(HOTLINE, changes)).unwrap_or_else(|refusal| panic!("{refusal}"))
}

pub(crate) fn solved(changes: &[(&str, &str)], given: &Given) -> Result<Quote, Refusal> {
    price_with(&BOOK, &changed(&ALONE, changes), given)
}

/// The codes of the findings, without the package's `quote.`.
pub(crate) fn codes(quote: &Quote) -> Vec<&str> {
    quote.findings.iter().map(|finding| finding.code.trim_start_matches("quote.")).collect()
}

/// What must hold of every price: lines, positions, months and unit prices tie to the total.
pub(crate) fn assert_ties(quote: &Quote) {
    let sum = |amounts: Vec<Money>| Money::sum(amounts).unwrap();
    assert_eq!(sum(quote.lines.iter().map(|line| line.amount).collect()), quote.total, "lines");
    assert_eq!(sum(quote.positions.iter().map(|one| one.total).collect()), quote.total, "positions");
    assert_eq!(sum(quote.months.iter().map(|one| one.total).collect()), quote.total, "months");
    for (at, line) in quote.lines.iter().enumerate() {
        assert_eq!(sum(line.months.clone()), line.amount, "months of {}", line.id);
        assert_eq!(sum(quote.positions.iter().map(|one| one.lines[at]).collect()), line.amount, "posts of {}", line.id);
        let quantity: i64 = line.quantity.to_string().parse().unwrap();
        assert_eq!(line.unit_price.fen() * quantity, line.amount.fen(), "unit price of {}", line.id);
    }
    let groups = quote.subtotals.iter().filter(|group| quote.lines.iter().any(|line| line.group == group.id));
    assert_eq!(sum(groups.map(|group| group.amount).collect()), quote.total, "groups");
    assert_eq!(quote.capitals, gongche::quantity::capitals(quote.total));
}
