//! The terms of an engagement, taken by the library: each held to what it must be, and all that is wrong said at once.

use crate::{
    classify::{Engagement, Item, Table},
    engine::{Value, admits},
    quantity::Exact,
    rulebook::{
        Agreement, Book, Clause, ClauseLibrary, ClauseTerm, EntryId, Given, Located, Place, TermForm, Type, nearest,
        parse_given,
    },
};
use std::collections::{BTreeMap, BTreeSet};

/// Words that say that there is nothing.
const NOTHING: [&str; 4] = ["", "无", "不限", "没有"];

/// Keys of `[terms]` that are no terms.
const OTHER_KEYS: [&str; 1] = ["agreement"];

/// What is wrong with the terms of an engagement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where it is to be written, as `table.key`.
    pub key: String,
    /// Where something stands that is wrong; none where something is missing.
    pub place: Option<Place>,
    /// What is wrong.
    pub message: String,
    /// How it is written.
    pub example: String,
}

/// A term as somebody gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    Text(String),
    Texts(Vec<String>),
    Rows(Vec<BTreeMap<String, String>>),
    Fact(EntryId, Given),
}

/// The terms that were given, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Terms(pub(super) BTreeMap<String, Said>);

impl Terms {
    /// Whether a term is given and is no "no".
    pub(super) fn affirms(&self, term: &str) -> bool {
        !matches!(self.0.get(term), None | Some(Said::Fact(_, Given::Boolean(false) | Given::None)))
    }

    /// The id of the member that a term chooses.
    fn chosen<'b>(&self, book: &'b Book, term: &str) -> Option<&'b str> {
        match self.0.get(term)? {
            Said::Fact(entry, Given::Choice(at)) => match book.entry(*entry).of {
                Type::Choice(set) => book.lexicon().members(set).get(*at).map(|member| member.id.as_str()),
                _ => None,
            },
            _ => None,
        }
    }

    /// The clauses of an agreement: those that must stand, and those that stand since their first term is given.
    pub(super) fn clauses<'l>(&self, library: &'l ClauseLibrary, agreement: &Agreement) -> Vec<&'l Clause> {
        let given = |clause: &Clause| clause.terms.first().is_some_and(|term| self.affirms(term));
        let among = |ids: &[String]| ids.contains(&agreement.id);
        let stands = |clause: &&Clause| {
            let void = clause.void.iter().any(|void| among(&void.agreements));
            among(&clause.required) || ((among(&clause.allowed) || void) && given(clause))
        };
        library.clauses.iter().filter(stands).collect()
    }

    /// The terms that an agreement cannot do without and that nobody gave.
    pub(super) fn missing(&self, book: &Book, agreement: &Agreement) -> Vec<Problem> {
        let library = book.clauses();
        let mut needed: BTreeSet<&str> = BTreeSet::new();
        for clause in self.clauses(library, agreement) {
            needed.extend(clause.terms.iter().map(String::as_str));
            let chosen = clause.if_chosen.iter().filter(|(term, choice, _)| self.chosen(book, term) == Some(choice));
            needed.extend(chosen.flat_map(|(_, _, terms)| terms.iter().map(String::as_str)));
        }
        let terms =
            library.terms.iter().filter(|term| needed.contains(term.id.as_str()) && !self.0.contains_key(&term.id));
        let missing = |term: &ClauseTerm| Problem {
            key: term.keys.first().cloned().unwrap_or_default(),
            place: None,
            message: format!("缺少{}", term.name),
            example: written(book, term),
        };
        terms.map(missing).collect()
    }
}

/// Reads every term that an engagement gives, and says what is wrong with each.
pub(super) fn read(book: &Book, engagement: &Engagement) -> (Terms, Vec<Problem>) {
    let library = book.clauses();
    let mut terms = Terms::default();
    let mut problems = Vec::new();
    for term in &library.terms {
        let found = term.keys.iter().find_map(|key| Some((key, item(engagement, key)?)));
        let Some((key, item)) = found else { continue };
        match said(book, term, item) {
            Ok(Some(said)) => _ = terms.0.insert(term.id.clone(), said),
            Ok(None) => {}
            Err(message) => problems.push(Problem {
                key: key.clone(),
                place: Some(item.place),
                message: format!("{}：{message}", term.name),
                example: written(book, term),
            }),
        }
    }
    let keys: Vec<&str> =
        library.terms.iter().flat_map(|term| &term.keys).filter_map(|key| key.strip_prefix("terms.")).collect();
    for key in engagement.terms.keys().filter(|key| !keys.contains(key) && !OTHER_KEYS.contains(key)) {
        if engagement.answers.contains_key(key) {
            continue;
        }
        let near = nearest(key, keys.iter().copied());
        problems.push(Problem {
            key: format!("terms.{key}"),
            place: engagement.terms.place_of_key(key),
            message: format!("条款库里没有「{key}」这个条件"),
            example: near.map_or_else(|| "删去这一行".to_owned(), |near| format!("是不是「{near}」？")),
        });
    }
    (terms, problems)
}

/// What stands under `table.key`.
fn item<'e>(engagement: &'e Engagement, key: &str) -> Option<&'e Located<Item>> {
    let (table, key) = key.split_once('.')?;
    let table: &Table = match table {
        "employer" => &engagement.employer,
        "worker" => &engagement.worker,
        "client" => &engagement.client,
        "facts" => &engagement.facts,
        _ => &engagement.terms,
    };
    table.get(key)
}

fn said(book: &Book, term: &ClauseTerm, item: &Located<Item>) -> Result<Option<Said>, String> {
    let wrong = |expected: &str| format!("应为{expected}，这里是{}", item.value.kind());
    match &term.form {
        TermForm::Text => match &item.value {
            Item::Flag(false) => Ok(None),
            other => {
                let text = other.written().ok_or_else(|| wrong("文字"))?;
                Ok((!NOTHING.contains(&text.trim())).then(|| Said::Text(text.trim().to_owned())))
            }
        },
        TermForm::Texts => {
            let Item::List(items) = &item.value else { return Err(wrong("文字的列表")) };
            let texts: Option<Vec<String>> = items.iter().map(|one| one.value.written()).collect();
            let texts = texts.ok_or_else(|| "列表里每一项都应为文字".to_owned())?;
            Ok((!texts.is_empty()).then_some(Said::Texts(texts)))
        }
        TermForm::Rows(columns) => {
            rows(columns, &item.value).map(|rows| (!rows.is_empty()).then_some(Said::Rows(rows)))
        }
        TermForm::Facts(facts) => {
            let Some(&first) = facts.first() else { return Ok(None) };
            let given = match &item.value {
                Item::Flag(answer) if book.entry(first).of == Type::Boolean => Given::Boolean(*answer),
                Item::Date(day) if book.entry(first).of == Type::Date => Given::Date(*day),
                Item::Whole(number) if matches!(book.entry(first).of, Type::Number(_)) => {
                    Given::Number(Exact::from(*number))
                }
                Item::Text(text) => parse_given(book.lexicon(), first, text)?,
                _ => return Err(wrong(&format!("单位为{}的值", book.entry(first).of.unit()))),
            };
            for fact in facts {
                admits(book, *fact, &Value::from(&given))?;
            }
            Ok(Some(Said::Fact(first, given)))
        }
    }
}

fn rows(columns: &[(String, String)], item: &Item) -> Result<Vec<BTreeMap<String, String>>, String> {
    let Item::List(items) = item else { return Err(format!("应为列表，这里是{}", item.kind())) };
    let mut rows = Vec::new();
    for (number, item) in (1..).zip(items) {
        let Item::Table(table) = &item.value else {
            return Err(format!("第 {number} 项应写成 {{ … }}，这里是{}", item.value.kind()));
        };
        if let Some(key) = table.keys().find(|key| !columns.iter().any(|(column, _)| column == key)) {
            let names: Vec<&str> = columns.iter().map(|(column, _)| column.as_str()).collect();
            return Err(format!("第 {number} 项没有「{key}」这一栏，应为 {}", names.join("、")));
        }
        let cell = |(column, name): &(String, String)| {
            let text = table.get(column).and_then(|item| item.value.written());
            text.map(|text| (column.clone(), text)).ok_or_else(|| format!("第 {number} 项缺少「{column}」（{name}）"))
        };
        rows.push(columns.iter().map(cell).collect::<Result<_, _>>()?);
    }
    Ok(rows)
}

/// How a term is written: `probation_months = "3"`.
fn written(book: &Book, term: &ClauseTerm) -> String {
    let key = term.keys.first().and_then(|key| key.split_once('.')).map_or("", |(_, key)| key);
    let bare = match &term.form {
        TermForm::Texts | TermForm::Rows(_) => true,
        TermForm::Facts(facts) => {
            facts.first().is_some_and(|fact| matches!(book.entry(*fact).of, Type::Boolean | Type::Date))
        }
        TermForm::Text => false,
    };
    if bare { format!("{key} = {}", term.example) } else { format!("{key} = \"{}\"", term.example) }
}
