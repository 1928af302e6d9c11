//! The engine: book and question to a plan, plan and facts to figures, each with its trace.
//!
//! Same inputs, same bytes: nothing here reads a clock, the environment, a network or a database. Everything is exact
//! until a named rounding step.

mod changes;
pub mod columns;
mod evaluate;
mod node;
mod operations;
mod outcome;
mod plan;
mod question;
mod run;
mod show;
mod trace;
mod value;

pub use changes::{Change, Said, State, changes};
pub use evaluate::{Evaluation, Fault, FaultKind, admits};
pub use node::{Node, RoundBy};
pub use outcome::{Following, RaisedFinding, Source, Untried, sources, values_digest};
pub use plan::{
    Computation, Constant, Coverage, Origin, Plan, PlannedConsequence, PlannedFinding, PlannedQuestion, Slot, SlotId,
};
pub use question::{Dates, Places, Question};
pub use run::{ExampleFailure, run_example};
pub use show::{show, show_number};
pub use trace::{Step, trace, trace_in_words};
pub use value::{Unknown, Value};
