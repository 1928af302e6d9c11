//! The one integration-test binary: one file a feature, each named here.

mod exchange;
mod roster;
mod tidy;
