//! What is decided of an engagement, and all that is said with it.

use crate::{
    engine::{RaisedFinding, Source, Value},
    quantity::Exact,
    rulebook::{Confidence, Member},
};
use chrono::NaiveDate;

/// A relation: its id for programs, its name for people. Which there are is said by the rule book.
pub type Relation = Member;

/// What a working relation is in law, and why.
#[derive(Debug, Clone)]
pub struct Decision {
    /// The relation; none where it cannot be determined.
    pub relation: Option<Relation>,
    /// What it may be, where it cannot be determined for want of answers; else the relation alone.
    pub candidates: Vec<Relation>,
    /// The test that decided; none where open questions leave several in play.
    pub settled_by: Option<Settled>,
    /// What was answered, in the order of the questions.
    pub facts: Vec<Stated>,
    /// What speaks for which relation, in the order of the questions.
    pub reasons: Vec<Reason>,
    /// The questions that would decide it, most decisive first.
    pub open_questions: Vec<Open>,
    /// The ids of the questions for want of whose answers it is not known whether a finding is to be raised or a
    /// consequence follows, in the order in which they are asked.
    pub waiting: Vec<String>,
    /// What was presumed while nobody said.
    pub presumed: Vec<Presumed>,
    /// The smallest sets of answers whose change would give another relation.
    pub flips: Vec<Flip>,
    /// What is unlawful, risky or to be noted.
    pub findings: Vec<RaisedFinding>,
    /// What the lack of a written contract costs.
    pub second_wage: SecondWage,
    /// What follows.
    pub follows: Vec<Follows>,
    /// What of it the book does not cover, and why.
    pub uncovered: Vec<String>,
    /// Values of the book that the result rests on and that are not settled.
    pub uncertain: Vec<Source>,
    /// The digest of the rule book.
    pub rulebook: String,
    /// The digest of the values that the result rests on.
    pub values_digest: String,
}

impl Decision {
    /// Whether a person has to decide, or more be answered.
    #[must_use]
    pub const fn is_undetermined(&self) -> bool {
        self.relation.is_none()
    }

    /// Whether the relation is the one of an id.
    #[must_use]
    pub fn is(&self, relation: &str) -> bool {
        self.relation.as_ref().is_some_and(|one| one.id == relation)
    }
}

/// What the lack of a written contract costs until the day of the judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecondWage {
    /// Nothing: it was made in time, or the relation asks for none.
    NotOwed,
    /// A second wage.
    Owed {
        /// The first day for which it is owed.
        from: NaiveDate,
        /// The first day for which it no longer is.
        until: NaiveDate,
        /// In yuan.
        amount: Exact,
    },
    /// Not known for want of the answers to these questions, in the order in which they are asked.
    Open(Vec<String>),
}

/// The test that decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// What was tested.
    pub name: String,
    /// Instrument and article.
    pub cite: String,
    /// How well that is sourced.
    pub confidence: Confidence,
    /// For the reader.
    pub note: Option<String>,
}

/// An answer that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// The id of the question.
    pub question: String,
    /// The question's fact in the law's terms.
    pub name: String,
    /// The answer, for people: as it was written where the book has no value for it.
    pub answer: String,
}

/// An answer and what it speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The id of the question.
    pub question: String,
    /// The question's fact in the law's terms.
    pub name: String,
    /// The answer, for people.
    pub answer: String,
    /// The answer, for programs.
    pub value: Value,
    /// The relation it speaks for.
    pub speaks_for: Relation,
    /// Instrument and article.
    pub cite: Option<String>,
}

/// A question that nobody answered and on which the relation depends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// Its id.
    pub question: String,
    /// The question's fact in the law's terms.
    pub name: String,
    /// The question, as one asks a person.
    pub asks: String,
    /// By what it is shown.
    pub evidence: Vec<String>,
    /// Who must prove it.
    pub burden: Option<String>,
    /// Instrument and article.
    pub cite: Option<String>,
    /// What each answer would lead to.
    pub leads: Vec<Lead>,
}

/// What an answer would lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lead {
    /// The answer, for people.
    pub answer: String,
    /// The relation; none: still undetermined.
    pub relation: Option<Relation>,
}

/// What was presumed while nobody said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presumed {
    /// The id of the question.
    pub question: String,
    /// The question's fact in the law's terms.
    pub name: String,
    /// What it is taken to be, for people.
    pub answer: String,
    /// Instrument and article.
    pub cite: Option<String>,
    /// How sure the presumption is.
    pub confidence: Option<Confidence>,
}

/// Answers whose change would give another relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flip {
    /// The changes, all of which are needed.
    pub changes: Vec<Change>,
    /// The relation they give.
    pub relation: Relation,
}

/// A changed answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The id of the question.
    pub question: String,
    /// The question's fact in the law's terms.
    pub name: String,
    /// The answer as it is, for people; 未说明 where nobody gave it.
    pub from: String,
    /// The answer that would change the result.
    pub to: String,
}

/// What follows from the relation, in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follows {
    /// Its id.
    pub code: String,
    /// What it is about; sentences of one topic stand together.
    pub topic: String,
    /// The sentence.
    pub message: String,
    /// Instrument and article.
    pub cite: String,
    /// The values in the sentence: id and text, for programs.
    pub values: Vec<(String, String)>,
}
