//! The other way round: to the fen, or why not.

use super::{assert_ties, hotline, solved, yuan};
use gongche::{
    quantity::{Money, Rate},
    quote::{Given, Refusal},
};

fn given(total: Option<&str>, profit: Option<&str>, wage: Option<&str>) -> Given {
    Given { total: total.map(yuan), profit: profit.map(|one| Rate::parse(one).unwrap()), wage: wage.map(yuan) }
}

#[test]
fn a_total_affords_a_wage_and_a_fen_more_is_too_much() {
    let quote = solved(&[], &given(Some("3164626"), None, None)).unwrap();
    assert_ties(&quote);
    assert_eq!(quote.total, yuan("3164626.00"));
    let solution = quote.solution.as_ref().unwrap();
    assert!(solution.exact, "{}", solution.residue);
    let (_, before, after) = &solution.wages[0];
    assert_eq!(*before, yuan("3250.00"));
    assert!(*after > *before && quote.amount("profit") >= Money::ZERO);
    // The same wage written into the file leaves the same profit; a fen more leaves none.
    let total = ("base         = \"3250.00\"", format!("base = \"{after}\""));
    assert_eq!(hotline(&[(total.0, &total.1)]).amount("profit"), quote.amount("profit"));
    let more = after.add(Money::from_fen(1)).unwrap();
    assert!(hotline(&[(total.0, &format!("base = \"{more}\""))]).amount("profit") < Money::ZERO);
}

#[test]
fn a_total_with_a_least_profit_leaves_it() {
    let quote = solved(&[], &given(Some("3300000"), Some("5%"), None)).unwrap();
    assert_eq!(quote.total, yuan("3300000.00"));
    assert!(quote.amount("profit") >= yuan("165000.00"));
    let plain = solved(&[], &given(Some("3300000"), None, None)).unwrap();
    assert!(plain.solution.unwrap().average_pay > quote.solution.unwrap().average_pay);
}

#[test]
fn a_profit_gives_the_price_to_the_fen() {
    let quote = solved(&[], &given(None, Some("5%"), None)).unwrap();
    assert_ties(&quote);
    assert!(quote.solution.as_ref().unwrap().exact);
    assert_eq!((quote.total, quote.amount("profit")), (yuan("3278884.33"), yuan("163944.22")));
    // Half up, 5 % of 3,278,884.33 are 163,944.22.
    let none = solved(&[], &given(None, Some("0%"), None)).unwrap();
    assert_eq!(none.amount("profit"), Money::ZERO);
    // By heads, the unit price is whole fen, and the profit says where they went.
    let heads = solved(&[("\"item\"", "\"head_year\"")], &given(None, Some("5%"), None)).unwrap();
    let solution = heads.solution.as_ref().unwrap();
    assert!(solution.exact || solution.residue.contains("单价须为整分"), "{}", solution.residue);
    // A profit that with the taxes is the whole price has none.
    assert!(matches!(solved(&[], &given(None, Some("95%"), None)), Err(Refusal::Facts { .. })));
}

#[test]
fn a_wage_gives_the_base_or_says_that_no_base_gives_it() {
    let met = solved(&[], &given(None, None, Some("5194.17"))).unwrap();
    assert_eq!(met.solution.as_ref().unwrap().average_pay, yuan("5194.17"));
    assert!(met.solution.unwrap().exact);
    let quote = solved(&[], &given(None, Some("2%"), Some("5200"))).unwrap();
    assert_ties(&quote);
    let solution = quote.solution.as_ref().unwrap();
    assert!(solution.average_pay >= yuan("5200"));
    assert_eq!(solution.exact, solution.average_pay == yuan("5200"));
    assert!(solution.exact || solution.residue.contains("跳过"));
    // Allowances and holidays alone are more than that.
    assert!(matches!(solved(&[], &given(None, None, Some("300"))), Err(Refusal::Facts { .. })));
}

#[test]
fn a_total_that_nothing_can_be_paid_from_is_refused() {
    assert!(matches!(solved(&[], &given(Some("100000"), None, None)), Err(Refusal::Facts { .. })));
}
