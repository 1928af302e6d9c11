//! Dates and digests as documents print them.

use chrono::{Datelike as _, NaiveDate};

/// How many digits of a digest a page shows.
const SHOWN_DIGITS: usize = 12;

/// The first digits of a digest.
pub(crate) fn shortened(digest: &str) -> String {
    digest.chars().take(SHOWN_DIGITS).collect()
}

/// 2026年9月
pub(crate) fn month(date: NaiveDate) -> String {
    format!("{}年{}月", date.year(), date.month())
}

/// 2026年9月30日
pub(crate) fn day(date: NaiveDate) -> String {
    format!("{}{}日", month(date), date.day())
}
