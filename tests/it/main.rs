//! The one integration-test binary: one file a feature, each named here.

mod decimal_arithmetic;
mod exact_properties;
mod exchange;
mod roster;
mod tidy;
