//! What a working relation is in law, why, what would make it another, and what follows.
//!
//! The questions, the tests and what follows are the rule book's (`rules/labour/classification*.toml`); this room reads
//! the engagement, keeps apart what is known, presumed and open, and searches for what would change the result.

mod age;
pub mod ask;
mod chart;
mod decide;
mod decision;
mod engagement;
mod search;
mod second_wage;
mod shifts;
mod table;

pub use age::Ages;
pub use chart::{Chart, ChartError};
pub use decide::{Depth, Judge, Trouble, decide};
pub use decision::{
    Change, Decision, Flip, Follows, Lead, Open, Presumed, Reason, Relation, SecondWage, Settled, Stated,
};
pub use engagement::{Answer, Engagement};
pub use search::MOST_CHANGES;
pub(crate) use shifts::monday;
pub use shifts::{Hours, Limits, Shifts};
pub use table::{Item, Table};
