//! What a template is given: every term as a finished string, empty where nobody gave it.

use super::terms::{Said, Terms};
use crate::{
    document::day,
    engine::show_number,
    quantity::{Money, capitals, format_thousands},
    rulebook::{Agreement, Book, ClauseTerm, Given, TermForm, Type},
};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

/// Parties that an agreement may have; each has a `…_role` in the view.
const PARTIES: [&str; 4] = ["employer", "worker", "client", "school"];

/// The view of an agreement, whose shape is `templates/agreements/view.json`.
///
/// Each term stands under its id: words, dates and choices as text, lists as lists, and amounts with a twin
/// `<id>_capitals`. `quote` holds values of the law in words, `<party>_role` in what capacity a party signs, `document_word`
/// whether the text calls itself 合同 or 协议, `notice` what a draft for negotiation says of itself.
pub(super) fn view(
    book: &Book,
    agreement: &Agreement,
    terms: &Terms,
    quotes: &BTreeMap<String, String>,
    notice: &str,
) -> Json {
    let mut view = frame(agreement, notice);
    for term in &book.clauses().terms {
        let said = terms.0.get(&term.id);
        view.insert(term.id.clone(), said.map_or_else(|| empty(term), |said| shown(book, said)));
        if is_amount(book, term) {
            let amount = if let Some(Said::Fact(_, Given::Number(amount))) = said { Some(*amount) } else { None };
            let money = amount.and_then(|amount| Money::from_decimal(amount.to_decimal()?).ok());
            view.insert(format!("{}_capitals", term.id), json!(money.map_or_else(String::new, capitals)));
        }
    }
    view.insert("quote".to_owned(), json!(quotes));
    Json::Object(view)
}

/// An example of every term, to which templates are held: `templates/agreements/view.json`.
#[must_use]
pub fn example(book: &Book) -> Json {
    let library = book.clauses();
    let mut view = Map::new();
    for party in PARTIES {
        view.insert(format!("{party}_role"), json!("用人单位"));
    }
    for (key, text) in [("title", "劳动合同"), ("document_word", "合同"), ("notice", "审阅稿")] {
        view.insert(key.to_owned(), json!(text));
    }
    for term in &library.terms {
        let example = match &term.form {
            TermForm::Text | TermForm::Facts(_) => json!(term.example),
            TermForm::Texts => json!([term.name]),
            TermForm::Rows(columns) => json!([columns.iter().cloned().collect::<BTreeMap<_, _>>()]),
        };
        view.insert(term.id.clone(), example);
        if is_amount(book, term) {
            view.insert(format!("{}_capitals", term.id), json!("捌仟元整"));
        }
    }
    let quotes: BTreeMap<&str, &str> = library.quotes.iter().map(|quote| (quote.id.as_str(), "三十")).collect();
    view.insert("quote".to_owned(), json!(quotes));
    Json::Object(view)
}

fn frame(agreement: &Agreement, notice: &str) -> Map<String, Json> {
    let mut view = Map::new();
    let word = if agreement.name.contains("合同") { "合同" } else { "协议" };
    for (key, text) in [("title", agreement.name.as_str()), ("document_word", word), ("notice", notice)] {
        view.insert(key.to_owned(), json!(text));
    }
    for party in PARTIES {
        let role = agreement.signers.iter().find(|(prefix, _)| prefix == party).map_or("", |(_, role)| role);
        let capacity = role.split_once('(').map_or("", |(_, capacity)| capacity.trim_end_matches(')'));
        view.insert(format!("{party}_role"), json!(capacity));
    }
    view
}

fn is_amount(book: &Book, term: &ClauseTerm) -> bool {
    matches!(&term.form, TermForm::Facts(facts)
        if facts.first().is_some_and(|fact| matches!(book.entry(*fact).of, Type::Number(unit) if unit.is_priced())))
}

fn empty(term: &ClauseTerm) -> Json {
    match term.form {
        TermForm::Text | TermForm::Facts(_) => json!(""),
        TermForm::Texts | TermForm::Rows(_) => json!([]),
    }
}

fn shown(book: &Book, said: &Said) -> Json {
    match said {
        Said::Text(text) => json!(text),
        Said::Texts(texts) => json!(texts),
        Said::Rows(rows) => json!(rows),
        Said::Fact(entry, given) => {
            let of = book.entry(*entry).of;
            json!(match (given, of) {
                (Given::None, _) | (Given::Boolean(false), _) => String::new(),
                (Given::Boolean(true), _) => "是".to_owned(),
                (Given::Date(date), _) => day(*date),
                (Given::Choice(at), Type::Choice(set)) => {
                    book.lexicon().members(set).get(*at).map_or_else(String::new, |member| member.id.clone())
                }
                (Given::Choice(at), _) => at.to_string(),
                (Given::Number(number), _) => {
                    let text = show_number(*number, of);
                    let priced = matches!(of, Type::Number(unit) if unit.is_priced());
                    text.parse().ok().filter(|_| priced).map_or(text, format_thousands)
                }
            })
        }
    }
}
