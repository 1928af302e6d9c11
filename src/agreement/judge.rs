//! The rules' judgement of terms: findings of the agreement's package, clauses that may not stand, and the values of the
//! law that clauses quote.

use super::terms::{Said, Terms};
use crate::{
    engine::{Dates, Evaluation, Fault, Places, Plan, Question, RaisedFinding, SlotId, Value, values_digest},
    quantity::numeral,
    rulebook::{Agreement, Book, Cell, Clause, Diagnostic, Given, TermForm, Type},
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// What was found of a clause; none where it is about no clause of the agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The clause.
    pub clause: Option<String>,
    /// What was found.
    pub finding: RaisedFinding,
}

/// What the rules say of terms.
pub(super) struct Judgement {
    pub(super) findings: Vec<Judged>,
    /// The values of the law that clauses quote, in words.
    pub(super) quotes: BTreeMap<String, String>,
    /// For how many years the agreement is kept.
    pub(super) kept_years: Option<u32>,
    pub(super) values_digest: String,
}

/// Why terms could not be judged.
pub(super) enum Unjudged {
    Rules(Vec<Diagnostic>),
    Fault(Fault),
}

impl From<Fault> for Unjudged {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Judges the terms of an agreement that is signed on a day for work in a place.
pub(super) fn judge(
    book: &Book,
    agreement: &Agreement,
    terms: &Terms,
    region: Option<&str>,
    on: NaiveDate,
) -> Result<Judgement, Unjudged> {
    let library = book.clauses();
    let date = |term: &str| match terms.0.get(term) {
        Some(Said::Fact(_, Given::Date(day))) => Some(*day),
        _ => None,
    };
    let signing = date("signed_on").unwrap_or(on);
    // The work begins with the term, not before it is judged.
    let dates = Dates { signing, ..Dates::all(date("start").unwrap_or(on).max(on)) };
    let question = Question { dates, known_at: None, places: Places::all(region) };
    let mut goals: Vec<Cell> = library.quotes.iter().map(|quote| quote.cell.clone()).collect();
    goals.extend(agreement.needs.iter().cloned());
    goals.extend(agreement.kept.clone());
    let package = match (agreement.judge, goals.first()) {
        (Some(judge), _) => judge,
        (None, Some((entry, _))) => book.entry(*entry).package,
        (None, None) => {
            return Ok(Judgement {
                findings: Vec::new(),
                quotes: BTreeMap::new(),
                kept_years: None,
                values_digest: String::new(),
            });
        }
    };
    let facts = |term: &str| {
        library.term(term).map_or(&[][..], |term| if let TermForm::Facts(facts) = &term.form { facts } else { &[] })
    };
    let given = terms.0.iter().flat_map(|(id, said)| {
        let value = if let Said::Fact(_, given) = said { Some(Value::from(given)) } else { None };
        let own = facts(id).iter().filter_map(move |fact| Some((*fact, value.clone()?)));
        let shown =
            library.term(id).into_iter().flat_map(|term| term.shows.iter().map(|fact| (*fact, Value::Boolean(true))));
        own.chain(shown)
    });
    let given: BTreeMap<_, _> = given.collect();
    goals.extend(given.keys().map(|fact| (*fact, Vec::new())));
    let plan = Plan::new(book, question, package, &goals).map_err(Unjudged::Rules)?;
    let inputs: Vec<(SlotId, Value)> =
        given.into_iter().filter_map(|(fact, value)| Some((plan.find(fact, &[])?, value))).collect();
    let mut evaluation = Evaluation::new(&plan, inputs);
    for (entry, cell) in &agreement.needs {
        evaluation.cell(*entry, cell)?;
    }
    let mut quotes = BTreeMap::new();
    for quote in &library.quotes {
        let value = evaluation.cell(quote.cell.0, &quote.cell.1)?;
        quotes.insert(quote.id.clone(), in_words(&value, book.entry(quote.cell.0).of));
    }
    let kept = agreement.kept.as_ref().map(|(entry, cell)| evaluation.cell(*entry, cell)).transpose()?;
    let kept_years = kept.and_then(|value| u32::try_from(value.number()?.to_decimal()?).ok());
    let clauses = terms.clauses(library, agreement);
    let mut findings: Vec<Judged> = void(agreement, &clauses);
    findings.extend(
        evaluation.findings().into_iter().map(|finding| Judged { clause: about(&clauses, &finding.code), finding }),
    );
    let mut seen: Vec<(String, String)> = Vec::new();
    findings.retain(|one| {
        let key = (one.finding.code.clone(), one.finding.message.clone());
        let new = !seen.contains(&key);
        seen.push(key);
        new
    });
    findings.sort_by_key(|one| one.finding.severity);
    let demanded: Vec<SlotId> = evaluation.demanded().collect();
    Ok(Judgement { findings, quotes, kept_years, values_digest: values_digest(&plan, demanded).to_string() })
}

/// Clauses that stand where they must not.
fn void(agreement: &Agreement, clauses: &[&Clause]) -> Vec<Judged> {
    let raised = clauses.iter().flat_map(|clause| {
        let own = clause.void.iter().filter(|void| void.agreements.contains(&agreement.id));
        own.map(|void| Judged {
            clause: Some(clause.id.clone()),
            finding: RaisedFinding {
                code: format!("clause.{}", clause.id),
                severity: void.severity,
                message: void.message.clone(),
                cite: Some(void.cite.clone()),
                remedy: Some(void.remedy.clone()),
            },
        })
    });
    raised.collect()
}

/// The clause that a finding is about: one that names it, before one that names its package.
fn about(clauses: &[&Clause], code: &str) -> Option<String> {
    let package = code.rsplit_once('.').map_or("", |(package, _)| package);
    let named = |name: &str| clauses.iter().find(|clause| clause.judged_by.iter().any(|judge| judge == name));
    named(code).or_else(|| named(package)).map(|clause| clause.id.clone())
}

/// A number of the law as a contract writes it: 三十, 百分之一百五十.
fn in_words(value: &Value, of: Type) -> String {
    let percent = matches!(of, Type::Number(unit) if unit.is_percent());
    let number = value.number().and_then(|number| {
        let number = if percent { number.mul(100.into()).ok()? } else { number };
        u32::try_from(number.to_decimal()?).ok().filter(|whole| number == i64::from(*whole).into())
    });
    match number {
        Some(whole) if percent => format!("百分之{}", numeral(whole)),
        Some(whole) => numeral(whole),
        None => value.number().map_or_else(String::new, |number| number.to_string()),
    }
}
