//! Somebody else's text, read for what is unlawful, risky or missing in it.
//!
//! ```text
//! text ─ sentences ─► clauses, sentences, leads ─┐
//! rule book ─ ReviewRules ─► patterns, words ────┼─► reviewer ─► findings, what is missing ─► report
//! text ─ parties ─► who is 甲方 ─────────────────┘
//! ```
//!
//! What is sought, in which words and with what consequence stands in `rules/clauses/review*.toml`; how that is written,
//! in `docs/review.md`. Here is only how a text falls into sentences, who its parties are, and how a quantity is held
//! against a figure of the book.

mod compare;
mod enumerator;
mod parties;
mod reviewer;
mod sentences;

pub use reviewer::{Finding, Missing, Review, Settings, review};
