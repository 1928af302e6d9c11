//! Gongche 工尺: what a working relation is in law, what must be paid, and what the lowest lawful price is, from one
//! dated and cited rule book.
//!
//! Data flows one way: `rules/` → [`rulebook`] → [`engine`] → [`classify`], [`payroll`], [`agreement`] → [`document`], [`exchange`], [`store`] →
//! [`cli`]. Each floor uses only those under it; `ARCHITECTURE.md` states the invariants.

pub mod agreement;
pub mod classify;
pub mod cli;
pub mod document;
pub mod engine;
pub mod exchange;
pub mod formula;
pub mod papers;
pub mod payroll;
pub mod quantity;
pub mod quote;
pub mod review;
pub mod rulebook;
pub mod statement;
pub mod store;
pub mod wording;
