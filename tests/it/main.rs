//! The one integration-test binary: one file a feature, each named here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a test that cannot run here says so")]
#![allow(clippy::duplicate_mod, reason = "the same tests of the ledger run on two databases")]
#![allow(clippy::arithmetic_side_effects, reason = "an oracle of rational numbers reads like arithmetic")]

mod agreement;
mod boundaries;
mod classify;
mod columns;
mod compare;
mod decimal_arithmetic;
mod documents;
mod engine;
mod eval;
mod exact_properties;
mod exchange;
mod ledger;
mod papers;
mod pay;
mod postgres;
mod quote;
mod review;
mod roster;
mod rulebook;
mod rules;
mod tidy;
