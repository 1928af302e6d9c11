//! A tender's price: built up from the rules that will later pay the people, held against every floor, and said in the
//! order in which an evaluation committee reads it.
//!
//! ```text
//! tender.toml ─► Tender ─► rota, months ─► build-up ─► closing ─► floors, findings, rivals, scenarios ─► Quote
//! ```
//!
//! The law, the cost lines and what each rests on are in `rules/quote`; here is only who is counted in which month, how
//! a price is closed, and what is solved for what.

mod amounts;
mod build;
mod close;
mod core;
mod desk;
mod findings;
mod floors;
mod json;
mod lines;
mod model;
mod months;
mod price;
mod refusal;
mod rivals;
mod rota;
mod scenarios;
mod sheet;
mod solve;
mod standing;
mod start;
mod statement;
mod tender;

pub(crate) use json::{percent_of, two_decimals};
pub use model::{
    AtRisk, Basis, Exposure, Factor, Finding, Floor, Line, MonthRow, MonthValue, PositionQuote, Quote, Reading, Rival,
    Rivalry, RotaReport, Scenario, Solution, Standing, StatutoryFloor, StatutoryPosition, Subtotal, Term,
    UncertainValue, UnitPrice,
};
pub use price::{price, price_with};
pub use refusal::Refusal;
pub use start::{StartPlan, Step, start_plan};
pub use statement::{Statement, StatementLine, statement};
pub use tender::{
    Bidder, Cost, FloorReading, Given, Kind, LegalForm, ManagementOn, Offer, OfferedLine, Per, Position, Profit,
    ProfitOn, Quoted, RequiredLine, RivalBid, Rota, ScenarioChange, Shift, Subject, Taxpayer, Tender, TenderFault,
};
