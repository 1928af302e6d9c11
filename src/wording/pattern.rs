//! A pattern, parsed: parts that must all be found in one sentence.

use super::{lexicon::ConceptId, quantity::Family};

/// One wording, in parts; all of them must be found, in any order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// The parts.
    pub parts: Vec<Part>,
}

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// These items, one after the other.
    Sequence(Vec<(Gap, Item)>),
    /// This nowhere in the sentence.
    Absent(Item),
}

/// What may stand between an item and the one before it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gap {
    /// At most so many characters; any number without it.
    pub most: Option<usize>,
    /// Whether commas and colons may.
    pub over_commas: bool,
    /// Items that may not.
    pub without: Vec<Item>,
}

/// One thing to be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Any of these.
    pub any: Vec<Atom>,
    /// The act of the pattern (`*`): a prohibition that governs it lays the pattern to rest.
    pub act: bool,
}

/// The least that can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Atom {
    /// A word of a concept.
    Concept(ConceptId),
    /// A word of a concept that names who acts: not `向乙方`, not `乙方的`.
    Subject(ConceptId),
    /// A quantity.
    Quantity(Family),
    /// The beginning of the sentence.
    Start,
    /// The end of it.
    End,
    /// In a guard: what was found.
    Found,
}
