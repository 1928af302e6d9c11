//! A month of payroll: facts in, slips out. The arithmetic is the rule book's; this room knows whose facts go where and
//! what is carried from slip to slip.

mod chart;
mod days;
mod exposure;
mod history;
mod hours;
mod month;
mod slip;
mod solve;
mod spells;
mod timesheet;
mod worker;

pub use chart::{Chart, ChartError};
pub use days::PayDays;
pub use exposure::{Exposure, Recast};
pub use history::{Balance, Earlier, Known};
pub use hours::{HoursError, HoursRules};
pub use month::{Month, Refusal, Row};
pub use slip::{Arrear, Contribution, Derivation, Earning, Line, Paper, Slip, Step, TaxBlock, Totals, UncertainValue};
pub use solve::{Solution, solve};
pub use spells::Employment;
pub use timesheet::{Activity, Class, SheetError, Standards, Stretch, Sums, Timesheet};
pub use worker::{Worker, label, masked};
