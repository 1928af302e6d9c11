//! The pattern language as text and as a search: how a sentence that says a certain thing may be worded.
//!
//! ```text
//! lexicon (concepts and their words) ─┐
//! pattern text ─ parser ─► Pattern ───┼─► search ─► the places in a sentence that say it
//! sentence ─ fold ─► Marked ──────────┘
//! ```
//!
//! It knows characters, words, nearness, subjects and negation; it has no idea of law. What is worth searching for, and
//! with which words, is the rule book's business (`rules/clauses/review*.toml`, `docs/review.md`). There are no
//! regular expressions underneath: a sentence is marked once with every word of the lexicon, and a pattern is a path
//! through the marks, found in time linear in the pattern and quadratic in the marks of one sentence.

mod fold;
mod lexicon;
mod marked;
mod parser;
mod pattern;
mod quantity;
mod search;
mod span;

pub use fold::{Folded, fold};
pub use lexicon::{ConceptId, Lexicon, expand};
pub use marked::{GRAMMAR, Grammar, Hit, Mark, Marked, Meaning};
pub use parser::{PatternError, parse};
pub use pattern::{Atom, Gap, Item, Part, Pattern};
pub use quantity::Family;
pub use search::{Match, search};
