//! A tender's price: built up from the rules that will later pay the people, held against every floor, and said in the
//! order in which an evaluation committee reads it.
//!
//! ```text
//! tender.toml ─► Tender ─► rota, months ─► build-up ─► closing ─► floors, findings, rivals, scenarios ─► Quote
//! ```
//!
//! The law, the cost lines and what each rests on are in `rules/quote`; here is only who is counted in which month, how
//! a price is closed, and what is solved for what.

mod model;
mod tender;

pub use model::{
    AtRisk, Basis, Exposure, Factor, Finding, Floor, Line, MonthRow, MonthValue, PositionQuote, Quote, Reading, Rival,
    Rivalry, RotaReport, Scenario, Solution, Standing, StatutoryFloor, StatutoryPosition, Subtotal, Term,
    UncertainValue, UnitPrice,
};
pub use tender::{
    Bidder, Cost, FloorReading, Given, Kind, LegalForm, ManagementOn, Offer, OfferedLine, Per, Position, Profit,
    ProfitOn, Quoted, RequiredLine, RivalBid, Rota, ScenarioChange, Shift, Subject, Taxpayer, Tender, TenderFault,
};
