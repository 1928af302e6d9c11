//! Numbers as people write them, and as they read them.

use rust_decimal::Decimal;
use thiserror::Error;

/// Why a text is not a number, or not one of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NumberError {
    /// Not a number at all, or not written as one of this kind is.
    #[error("「{text}」不是{expected}")]
    Malformed {
        /// What was written, cut short where it is long.
        text: String,
        /// What it should have been, with an example.
        expected: &'static str,
    },
    /// More digits than a decimal holds.
    #[error("「{text}」位数过多：至多28位有效数字、28位小数")]
    TooLong {
        /// What was written, cut short where it is long.
        text: String,
    },
    /// More decimals than the kind has.
    #[error("「{text}」小数过多：{kind}至多{decimals}位小数")]
    TooPrecise {
        /// What was written, cut short where it is long.
        text: String,
        /// What is being read: 金额, 工时 and the like.
        kind: &'static str,
        /// How many decimals it may have.
        decimals: u32,
    },
    /// Larger than amounts can be.
    #[error("「{text}」超出金额的上限（约92233万亿元）")]
    OutOfRange {
        /// What was written, cut short where it is long.
        text: String,
    },
}

/// A number as it was written.
pub(super) struct Written<'a> {
    text: &'a str,
    /// What the reader hoped for, with an example.
    expected: &'static str,
    /// The digits, before any percent sign is applied.
    value: Decimal,
    percent: bool,
}

impl<'a> Written<'a> {
    /// Reads a sign, digits with or without thousands separators, decimals and a percent sign, each of them in half or
    /// full width, between blanks. No exponents, no bare points.
    pub(super) fn parse(text: &'a str, expected: &'static str) -> Result<Written<'a>, NumberError> {
        let malformed = || NumberError::Malformed { text: excerpt(text), expected };
        let half: String = text.trim().chars().map(half_width).collect();
        let (negative, unsigned) = match half.strip_prefix('-') {
            Some(unsigned) => (true, unsigned),
            None => (false, half.strip_prefix('+').unwrap_or(&half)),
        };
        let (digits, percent) = match unsigned.strip_suffix('%') {
            Some(digits) => (digits, true),
            None => (unsigned, false),
        };
        let (whole, decimals) = match digits.split_once('.') {
            Some((whole, decimals)) if is_digits(decimals) => (whole, decimals),
            Some(_) => return Err(malformed()),
            None => (digits, ""),
        };
        if !is_digits(whole) && !is_grouped(whole) {
            return Err(malformed());
        }
        let value = decimal(negative, whole, decimals).ok_or_else(|| NumberError::TooLong { text: excerpt(text) })?;
        Ok(Written { text, expected, value, percent })
    }

    /// As a plain number, for kinds that no percentage is.
    pub(super) fn plain(self) -> Result<Decimal, NumberError> {
        if self.percent {
            return Err(NumberError::Malformed { text: excerpt(self.text), expected: self.expected });
        }
        Ok(self.value)
    }

    /// With the percent sign, if any, applied: 16% is 0.16.
    pub(super) fn ratio(self) -> Result<Decimal, NumberError> {
        if !self.percent {
            return Ok(self.value);
        }
        let mut value = self.value.normalize();
        value.set_scale(value.scale() + 2).map_err(|_| NumberError::TooLong { text: excerpt(self.text) })?;
        Ok(value)
    }
}

/// The decimal of these digits (separators are passed over), where it holds them all.
fn decimal(negative: bool, whole: &str, decimals: &str) -> Option<Decimal> {
    let mut digits = whole.chars().chain(decimals.chars()).filter_map(|digit| digit.to_digit(10));
    let coefficient =
        digits.try_fold(0i128, |coefficient, digit| coefficient.checked_mul(10)?.checked_add(digit.into()))?;
    let scale = decimals.len().try_into().ok()?;
    Decimal::try_from_i128_with_scale(if negative { -coefficient } else { coefficient }, scale).ok()
}

/// The value without trailing zeros, where it then has no more than so many decimals.
pub(super) fn limited(value: Decimal, kind: &'static str, decimals: u32) -> Result<Decimal, NumberError> {
    let value = value.normalize();
    if value.scale() > decimals {
        return Err(NumberError::TooPrecise { text: value.to_string(), kind, decimals });
    }
    Ok(value)
}

/// The start of a text, long enough to know it by.
pub(super) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into(),
    }
}

fn half_width(written: char) -> char {
    match written {
        '０'..='９' => char::from_digit(u32::from(written) - u32::from('０'), 10).unwrap_or(written),
        '＋' => '+',
        '－' | '−' => '-',
        '．' => '.',
        '，' => ',',
        '％' => '%',
        other => other,
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether thousands are separated as they should be: one to three digits, then threes.
fn is_grouped(text: &str) -> bool {
    let mut groups = text.split(',');
    groups.next().is_some_and(|first| is_digits(first) && first.len() <= 3)
        && groups.all(|group| is_digits(group) && group.len() == 3)
}

/// A number with the decimals of its unit, padded with zeros: `format_decimal(345, 2)` is `345.00`.
///
/// It pads and takes off zeros, but never rounds: digits that are there are shown.
#[must_use]
pub fn format_decimal(value: Decimal, decimals: u32) -> String {
    let value = value.normalize();
    let decimals = decimals.max(value.scale()) as usize;
    format!("{value:.decimals$}")
}

/// A number with its thousands separated: `3164626.00` is `3,164,626.00`. Decimals stay as they are.
#[must_use]
pub fn format_thousands(value: Decimal) -> String {
    let plain = value.abs().to_string();
    let (whole, decimals) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
    let mut grouped = String::from(if value.is_sign_negative() && !value.is_zero() { "-" } else { "" });
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + decimals
}
