//! The one integration-test binary: one file a feature, each named here.

mod documents;
mod tidy;
