//! The rule book: TOML files read, checked, named and dated. Holds no number of the law itself.
//!
//! Same files, same book: nothing here reads a clock, the environment, a network or a database.

mod book;
mod calendar;
mod check;
mod clause;
mod dated;
mod diagnostic;
mod digest;
mod elaborate;
mod example;
mod given;
mod instrument;
mod lexicon;
mod model;
mod read;
mod region;
mod review;
pub(crate) mod row;
mod schema;
pub(crate) mod shape;
mod shape_review;
mod source;
mod term;

pub use book::{Answer, Book, Faulty};
pub use calendar::{Calendar, DayKind, NoYear, Year};
pub use clause::{Agreement, Clause, ClauseLibrary, Quote, Term as ClauseTerm, TermForm, Void};
pub use dated::{Band, Confidence, Gap, Literal, Timeline, Version};
pub use diagnostic::{Diagnostic, Severity, in_order, nearest, render};
pub use digest::Digest;
pub use example::{Cell, Example, Step, cell};
pub use given::parse as parse_given;
pub use instrument::{Instrument, Register, UNKNOWN, citations};
pub use lexicon::{Lexicon, NameError};
pub use model::{
    Aggregate, Body, Carried, Case, Clock, Consequence, Content, Entry, EntryId, Fact, Figure, Finding, Formula, Given,
    Gravity, Member, MessagePart, Nothing, Package, PackageId, Question, Role, Round, Sort, Speaks, Supply, Test, Type,
    Unsaid, Way, Window,
};
pub(crate) use read::parse;
pub use region::{NATION, RegionError, RegionTree};
pub use review::{Breach, Limit, PartyCues, Required, ReviewRules, TextKind, Trap};
pub(crate) use row::place;
pub use schema::json_schema;
pub use source::{FileId, Located, Place, Sources};
pub use term::{DateFunction, Index, ScalePart, Term, TermKind};
