//! The ledger on SQLite or PostgreSQL: runs and slips, append-only and chained by hash.
//!
//! One row a slip, its lines in one JSON column. Nothing is updated in place: a correction is a new row that points at
//! what it replaces, and a query decides what is current. The store knows neither the law nor the engine: amounts are
//! decimal text, results are canonical JSON made by the caller.
//!
//! [`Ledger`] is a blocking façade; nobody outside this module sees a database type. What only one of the databases
//! does stands in `dialect/`.

mod arrears;
mod books;
mod chain;
mod compare;
mod dialect;
mod error;
mod history;
mod ledger;
mod lifecycle;
mod migrate;
mod model;
mod name;
mod openings;
mod period;
mod policy;
mod previews;
mod runs;
mod statement;
mod verify;

pub use arrears::{Arrear, BookedArrear};
pub use compare::{Difference, Part};
pub use error::{Problem, StoreError};
pub use history::{Asking, EarlierSlip, NOW, Span};
pub use ledger::Ledger;
pub use lifecycle::{Standing, State, Step};
pub use model::{Act, Amounts, RunHeader, RunKey, SlipRecord, Slips, StoredRun, StoredSlip, Transition, person_key};
pub use name::invisible_in;
pub use openings::{Loaded, Opening};
pub use period::{NotAPeriod, Period};
pub use previews::StoredPreview;
pub use runs::{CommitOutcome, Mode, Submission};
pub use verify::{ChainFault, ChainReport, FaultKind};
