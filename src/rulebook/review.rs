//! How somebody else's text is reviewed: what to look for in which kind of text, and what it means.

use super::{
    dated::Confidence,
    example::Cell,
    model::{EntryId, Gravity},
    source::Place,
};
use crate::wording::{ConceptId, Grammar, Lexicon, Pattern};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// Everything that the files of patterns say.
#[derive(Debug, Default)]
pub struct ReviewRules {
    /// When they were last held against the law; a review is as of this day, unless it says another.
    pub checked: NaiveDate,
    /// The kinds of text, by id.
    pub kinds: Vec<TextKind>,
    /// Names for several kinds at once.
    pub groups: BTreeMap<String, Vec<usize>>,
    /// The concepts and their words.
    pub lexicon: Lexicon,
    /// The concepts that the search itself needs; none in a book without patterns.
    pub grammar: Option<Grammar>,
    /// The concepts that are parties, and how a text says so.
    pub parties: Vec<PartyCues>,
    /// Wordings that lay any finding to rest.
    pub unless: Vec<Pattern>,
    /// What is unlawful or risky.
    pub traps: Vec<Trap>,
    /// What must not be missing.
    pub required: Vec<Required>,
}

/// A kind of text: an employment contract, a tender.
#[derive(Debug, Clone)]
pub struct TextKind {
    /// Its id.
    pub id: String,
    /// What such a text is called.
    pub name: String,
    /// How such texts name their parties, where they do not say otherwise.
    pub parties: Vec<(String, ConceptId)>,
}

/// A party, and the words beside a name that means it.
#[derive(Debug, Clone)]
pub struct PartyCues {
    /// The party.
    pub concept: ConceptId,
    /// 劳动者, 身份证号码.
    pub cues: Vec<String>,
}

/// Something that must not be agreed, or not without thought.
#[derive(Debug)]
pub struct Trap {
    /// Its id.
    pub id: String,
    /// What is wrong, in a few words.
    pub title: String,
    /// The kinds of text it is sought in, by position.
    pub kinds: Vec<usize>,
    /// How grave it is.
    pub severity: Gravity,
    /// The wordings.
    pub find: Vec<Pattern>,
    /// Wordings in the same sentence that lay it to rest.
    pub unless: Vec<Pattern>,
    /// Wordings in the same clause that lay it to rest.
    pub unless_near: Vec<Pattern>,
    /// Traps that this one stands for.
    pub instead_of: Vec<String>,
    /// The figure beyond which it is unlawful, if it is a matter of more or less.
    pub limit: Option<Limit>,
    /// Why, in a sentence.
    pub message: String,
    /// What to write instead.
    pub remedy: String,
    /// Instrument and article.
    pub cite: String,
    /// How well the law is sourced.
    pub confidence: Confidence,
    /// Since when it is law.
    pub from: Option<NaiveDate>,
    /// The first day on which it no longer is.
    pub until: Option<NaiveDate>,
    /// Where it is written.
    pub place: Place,
}

/// A figure of the book that a quantity of the text is held against.
#[derive(Debug)]
pub struct Limit {
    /// The figure's cell.
    pub figure: Cell,
    /// What is unlawful.
    pub breach: Breach,
    /// Facts of the figure, and where in the text their quantity stands.
    pub given: Vec<(EntryId, Vec<Pattern>)>,
}

/// What of a quantity is unlawful.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breach {
    /// More than the figure.
    More,
    /// Less than it.
    Less,
}

/// Something that must be agreed.
#[derive(Debug)]
pub struct Required {
    /// Its id.
    pub id: String,
    /// What must be agreed.
    pub title: String,
    /// The kinds of text that must have it, by position.
    pub kinds: Vec<usize>,
    /// The wordings by which it is known to be there.
    pub find: Vec<Pattern>,
    /// How grave its absence is.
    pub severity: Gravity,
    /// Why, in a sentence.
    pub message: String,
    /// What to write.
    pub remedy: String,
    /// Instrument and article.
    pub cite: String,
    /// How well the law is sourced.
    pub confidence: Confidence,
    /// Since when it is law.
    pub from: Option<NaiveDate>,
    /// The first day on which it no longer is.
    pub until: Option<NaiveDate>,
}

impl ReviewRules {
    /// The kind of an id, by position.
    #[must_use]
    pub fn kind(&self, id: &str) -> Option<usize> {
        self.kinds.iter().position(|kind| kind.id == id)
    }
}

/// Whether something with these bounds is law on a day.
pub(super) fn holds(from: Option<NaiveDate>, until: Option<NaiveDate>, on: NaiveDate) -> bool {
    from.is_none_or(|from| from <= on) && until.is_none_or(|until| on < until)
}

impl Trap {
    /// Whether it is law on a day.
    #[must_use]
    pub fn holds(&self, on: NaiveDate) -> bool {
        holds(self.from, self.until, on)
    }
}

impl Required {
    /// Whether it is law on a day.
    #[must_use]
    pub fn holds(&self, on: NaiveDate) -> bool {
        holds(self.from, self.until, on)
    }
}
