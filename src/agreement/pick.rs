//! Which agreement: the one that the relation calls for, or one that somebody names and the relation bears.

use crate::{
    classify::{Decision, Engagement},
    rulebook::{Agreement, ClauseLibrary, nearest},
};

/// Where an engagement names the agreement that it wants.
const NAMED: &str = "agreement";

/// The question what the paper is called.
const TITLE: &str = "contract_title";

/// Why there is no agreement to draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The relation cannot be determined; the open questions, most decisive first.
    Undetermined(Vec<String>),
    /// No agreement has this id or name; the nearest.
    NoSuchAgreement(String, Option<String>),
    /// The library has no agreement for the relation.
    NoneFor(String),
    /// The relation does not bear the agreement.
    Unsupported {
        /// The agreement that was wanted.
        wanted: String,
        /// The relation in law.
        relation: String,
        /// What speaks for it, each with its citation.
        reasons: Vec<String>,
        /// The agreements that the relation calls for, by id and name.
        instead: Vec<(String, String)>,
        /// Instrument and article of the agreement that was wanted.
        cite: Option<String>,
    },
}

/// The agreements to draft. What the paper is called counts as naming one, if nobody names one otherwise: whoever calls
/// an employment a service agreement is told so, and not handed another paper.
pub(super) fn pick<'l>(
    library: &'l ClauseLibrary,
    engagement: &Engagement,
    decision: &Decision,
    wanted: Option<&str>,
) -> Result<Vec<&'l Agreement>, Refusal> {
    let Some(relation) = &decision.relation else {
        return Err(Refusal::Undetermined(decision.open_questions.iter().map(|open| open.asks.clone()).collect()));
    };
    let called_for: Vec<&Agreement> =
        library.agreements.iter().filter(|one| one.default.contains(&relation.id)).collect();
    let named = match wanted.or_else(|| engagement.terms.text(NAMED)) {
        Some(name) => Some(find(library, name)?),
        None => engagement.answers.get(TITLE).and_then(|answer| titled(library, &answer.written)),
    };
    match named {
        // One of those that go together calls for the others.
        Some(named) if called_for.iter().any(|one| one.id == named.id) && wanted.is_none() => Ok(called_for),
        Some(named) if named.relations.contains(&relation.id) => Ok(vec![named]),
        Some(named) => Err(Refusal::Unsupported {
            wanted: named.name.clone(),
            relation: relation.name.clone(),
            reasons: decision
                .reasons
                .iter()
                .filter(|reason| reason.speaks_for.id == relation.id)
                .map(|reason| {
                    let cite = reason.cite.as_ref().map_or(String::new(), |cite| format!("（{cite}）"));
                    format!("{}：{}{cite}", reason.name, reason.answer)
                })
                .collect(),
            instead: called_for.iter().map(|one| (one.id.clone(), one.name.clone())).collect(),
            cite: named.cite.clone(),
        }),
        None if called_for.is_empty() => Err(Refusal::NoneFor(relation.name.clone())),
        None => Ok(called_for),
    }
}

fn find<'l>(library: &'l ClauseLibrary, name: &str) -> Result<&'l Agreement, Refusal> {
    library.agreements.iter().find(|one| one.id == name || one.name == name).ok_or_else(|| {
        let names = library.agreements.iter().flat_map(|one| [one.id.as_str(), one.name.as_str()]);
        Refusal::NoSuchAgreement(name.to_owned(), nearest(name, names).map(str::to_owned))
    })
}

/// The agreement that a title means: of all the words that it contains the longest decide.
fn titled<'l>(library: &'l ClauseLibrary, title: &str) -> Option<&'l Agreement> {
    let titles = library.agreements.iter().flat_map(|one| one.titles.iter().map(move |words| (words, one)));
    titles
        .filter(|(words, _)| title.contains(words.as_str()))
        .max_by_key(|(words, _)| words.chars().count())
        .map(|(_, one)| one)
}
