//! What changed between two states of the law: two books, two dates, or two days of knowledge.

use super::{show::show, value::Value};
use crate::{
    quantity::Unit,
    rulebook::{Answer, Body, Book, Diagnostic, EntryId, Literal, NATION, Timeline, Type, UNKNOWN, Version, Way},
};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// A state of the law: a book, read on a day with what was published by another.
#[derive(Clone, Copy)]
pub struct State<'b> {
    /// The book.
    pub book: &'b Book,
    /// The day that picks the versions; none: all versions of the book.
    pub on: Option<NaiveDate>,
    /// What was published by then; everything without it.
    pub known_at: Option<NaiveDate>,
}

/// What a state says of one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The value for people, or the formula.
    pub text: String,
    /// Since when.
    pub from: Option<NaiveDate>,
    /// Instrument and article.
    pub cite: Option<String>,
}

/// One thing of which two states say something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// For programs.
    pub id: String,
    /// For people.
    pub name: String,
    /// The code of the place, where it differs by place.
    pub region: Option<String>,
    /// Its name.
    pub place: Option<String>,
    /// What the first state says; nothing where it has no such thing.
    pub before: Vec<Said>,
    /// What the second state says.
    pub after: Vec<Said>,
}

/// Everything that two states say differently, in the order of ids and places. Nothing is inferred: a place answers for
/// itself, and what it inherits is told once, where it is supplied.
///
/// # Errors
/// What is wrong with a region file of either book.
pub fn changes(a: State<'_>, b: State<'_>) -> Result<Vec<Change>, Vec<Diagnostic>> {
    let (before, after) = (said(a)?, said(b)?);
    let keys: BTreeSet<&Key> = before.keys().chain(after.keys()).collect();
    let mut changes = Vec::new();
    for key in keys {
        let (was, is) = (before.get(key), after.get(key));
        let texts = |one: Option<&(String, Vec<Said>)>| one.map(|(_, said)| said.clone()).unwrap_or_default();
        let (before, after) = (texts(was), texts(is));
        let same = before.len() == after.len()
            && before.iter().zip(&after).all(|(x, y)| x.text == y.text && (a.on.is_some() || x == y));
        if !same {
            let name = was.or(is).map(|(name, _)| name.clone()).unwrap_or_default();
            let book = if is.is_some() { b.book } else { a.book };
            let region = (key.1 != NATION).then(|| key.1.clone());
            let place = region.as_deref().map(|code| book.regions().path(code));
            changes.push(Change { id: key.0.clone(), name, region, place, before, after });
        }
    }
    Ok(changes)
}

/// The id of a cell and the code of its place.
type Key = (String, String);

/// What a state says of each cell, by its name for people.
type Statements = BTreeMap<Key, (String, Vec<Said>)>;

fn said(state: State<'_>) -> Result<Statements, Vec<Diagnostic>> {
    let book = state.book;
    let mut said = BTreeMap::new();
    for (id, entry) in book.entries() {
        let key = |cell: &[usize], place: &str| (book.lexicon().cell_id(id, cell), place.to_owned());
        match book.body(id) {
            Body::Value(timeline) | Body::Scale(timeline) => {
                said.insert(key(&[], NATION), (entry.name.clone(), versions(state, timeline, id)));
            }
            Body::Supplied => {
                let supplied = book.supplied_places().filter(|(_, supply)| supply.value == id).map(|(place, _)| place);
                let places: BTreeSet<&str> = supplied.chain([NATION]).collect();
                for place in places {
                    for cell in book.lexicon().cells(&entry.by) {
                        // What a place has from around it is told there.
                        let Some(answer) = book.says(id, &cell, place)? else { continue };
                        let told = match answer {
                            Answer::Dated(timeline) => versions(state, timeline, id),
                            Answer::None(nothing) => {
                                vec![Said {
                                    text: format!("无（{}）", nothing.reason),
                                    from: None,
                                    cite: nothing.cite.clone(),
                                }]
                            }
                            Answer::Unknown(unsaid) => {
                                vec![Said { text: format!("不知道（{}）", unsaid.reason), from: None, cite: None }]
                            }
                        };
                        said.insert(key(&cell, place), (book.lexicon().cell_name(id, &cell), told));
                    }
                }
            }
            Body::Figure(figure) => {
                let text = match &figure.way {
                    Way::Formula(formula) => formula.text.value.clone(),
                    Way::Cases(cases) => {
                        let line = |case: &crate::rulebook::Case| {
                            let when = case.when.as_ref().map_or("其他情形", |when| when.text.value.as_str());
                            format!("{when}：{}", case.formula.text.value)
                        };
                        cases.iter().map(line).collect::<Vec<_>>().join("；")
                    }
                    Way::Tests(tests) => {
                        let line = |test: &crate::rulebook::Test| {
                            let when = test.when.as_ref().map_or("其他情形", |when| when.text.value.as_str());
                            format!("{}（{when}）：{}（{}）", test.name, test.gives.text.value, test.cite)
                        };
                        tests.iter().map(line).collect::<Vec<_>>().join("；")
                    }
                };
                let told = Said { text, from: None, cite: figure.cite.clone() };
                said.insert(key(&[], NATION), (entry.name.clone(), vec![told]));
            }
            Body::Fact(_) | Body::Carried(_) | Body::Dimension => {}
        }
    }
    Ok(said)
}

fn versions(state: State<'_>, timeline: &Timeline, entry: EntryId) -> Vec<Said> {
    let told = |version: &Version| Said {
        text: literal(state.book, &version.literal, state.book.entry(entry).of),
        from: Some(version.from),
        cite: Some(match &version.source {
            Some(source) if version.cite == UNKNOWN => format!("文号不明（来源：{source}）"),
            _ => version.cite.clone(),
        }),
    };
    match state.on {
        Some(on) => timeline.on(on, state.known_at).ok().map(told).into_iter().collect(),
        None => timeline.versions().iter().map(told).collect(),
    }
}

fn literal(book: &Book, literal: &Literal, of: Type) -> String {
    match (literal, of) {
        (Literal::Bands(bands), Type::Scale(unit)) => {
            let number = |value, of| show(book.lexicon(), &Value::Number(value), of);
            let band = |band: &crate::rulebook::Band| {
                let to = band.to.map_or("以上".to_owned(), |to| format!("至{}", number(to, Type::Number(unit))));
                let rate = number(band.rate, Type::Number(Unit::PERCENT));
                format!("{to} {rate} 速算扣除数 {}", number(band.quick, Type::Number(unit)))
            };
            bands.iter().map(band).collect::<Vec<_>>().join("；")
        }
        _ => show(book.lexicon(), &Value::from(literal), of),
    }
}
