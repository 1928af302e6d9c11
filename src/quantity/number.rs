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

/// An amount for the page: thousands separated, to the fen or as far as it goes.
#[must_use]
pub fn format_amount(value: Decimal) -> String {
    let text = format_decimal(value, value.normalize().scale().max(2));
    text.parse().map_or(text, format_thousands)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::Exact;

    #[test]
    fn reads_what_people_write() {
        #[rustfmt::skip]
        let table = [
            ("5000", "5000"),
            ("-1.50", "-1.5"),
            ("+7", "7"),
            (" 007.0 ", "7"),
            ("3,164,626.00", "3164626"),
            ("1,234", "1234"),
            ("-12,345.6", "-12345.6"),
            ("16%", "0.16"),
            ("-0.5%", "-0.005"),
            ("100.00%", "1"),
            ("1,000%", "10"),
            ("５０００", "5000"),
            ("－１．５０", "-1.5"),
            ("−1.50", "-1.5"),
            ("＋３，１６４，６２６．００", "3164626"),
            ("１６％", "0.16"),
            ("\u{3000}16％\u{a0}", "0.16"),
            ("0", "0"),
            ("-0.00", "0"),
            ("79228162514264337593543950335", "79228162514264337593543950335"),
            ("-0.0000000000000000000000000001", "-0.0000000000000000000000000001"),
            ("0.00000000000000000000000001%", "0.0000000000000000000000000001"),
            ("0.0000000000000000000000000100%", "0.0000000000000000000000000001"),
        ];
        for (text, value) in table {
            assert_eq!(Exact::parse(text).map(|value| value.to_string()).as_deref(), Ok(value), "{text}");
        }
    }

    #[test]
    fn refuses_what_could_be_read_in_two_ways() {
        let table = [
            "",
            " ",
            "-",
            "%",
            ".",
            ".5",
            "5.",
            "1.2.3",
            "1e3",
            "1E+3",
            "0x10",
            "--1",
            "1-",
            "1 000",
            "1%%",
            "%1",
            "5 %",
            "12,34",
            "1234,567",
            "1,2345",
            ",123",
            "1,",
            "1,,000",
            "1,234.5,6",
            "五千",
            "½",
            "NaN",
            "inf",
            "1_000",
            "¥5",
            "5元",
            "٣",
            "1.٣",
        ];
        for text in table {
            assert!(
                matches!(Exact::parse(text), Err(NumberError::Malformed { .. })),
                "{text}: {:?}",
                Exact::parse(text)
            );
        }
    }

    #[test]
    fn refuses_what_it_cannot_hold() {
        let long = "9".repeat(100_000);
        let table = [
            "79228162514264337593543950336",
            "0.00000000000000000000000000001",
            "0.000000000000000000000000001%",
            "1.00000000000000000000000000000",
            &long,
        ];
        for text in table {
            let fault = Exact::parse(text).unwrap_err();
            assert!(matches!(fault, NumberError::TooLong { .. }), "{fault}");
            assert!(fault.to_string().chars().count() < 100);
        }
    }

    #[test]
    fn says_what_was_expected() {
        let fault = Exact::parse("1e3").unwrap_err();
        assert_eq!(fault.to_string(), "「1e3」不是数字：应写成 5000、-1.50、3,164,626.00 或 16% 的样子");
    }

    #[test]
    fn pads_to_the_decimals_of_a_unit_and_never_rounds() {
        #[rustfmt::skip]
        let table = [
            ("345", 2, "345.00"),
            ("345.1", 2, "345.10"),
            ("345.1000", 2, "345.10"),
            ("345.123", 2, "345.123"),
            ("345.00", 0, "345"),
            ("-0.5", 2, "-0.50"),
            ("-0.00", 2, "0.00"),
            ("0.16", 6, "0.160000"),
            ("79228162514264337593543950335", 2, "79228162514264337593543950335.00"),
        ];
        for (value, decimals, shown) in table {
            assert_eq!(format_decimal(value.parse().unwrap(), decimals), shown);
        }
    }

    #[test]
    fn separates_thousands() {
        #[rustfmt::skip]
        let table = [
            ("3164626.00", "3,164,626.00"),
            ("0", "0"),
            ("-0.00", "0.00"),
            ("0.1234", "0.1234"),
            ("999", "999"),
            ("1000", "1,000"),
            ("-999.5", "-999.5"),
            ("-1000.5", "-1,000.5"),
            ("100000", "100,000"),
            ("1234567.1234567", "1,234,567.1234567"),
        ];
        for (value, shown) in table {
            assert_eq!(format_thousands(value.parse().unwrap()), shown);
        }
    }
}
