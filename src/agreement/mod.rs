//! Agreements: which one a relation calls for, whether its terms are lawful, and what it says.
//!
//! The clauses are the rule book's (`rules/clauses/agreements/`), their words are templates (`templates/agreements/`,
//! `templates/clauses/`). This room picks the agreement, takes the terms from the engagement, has the rules judge them, and
//! hands the template finished strings.

mod draft;
mod judge;
mod manifest;
mod pick;
mod terms;
mod view;

pub use draft::{Draft, Obstacle, drafts};
pub use manifest::{Signed, manifest};
pub use pick::Refusal;
pub use terms::Problem;
pub use view::example;
