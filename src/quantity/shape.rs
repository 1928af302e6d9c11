//! Numbers of a known kind that are not money: each has the decimals its kind has, and no more.

use std::{fmt, str::FromStr};

use rust_decimal::Decimal;

use super::{
    Exact, NumberError, format_decimal,
    number::{Written, limited},
};

/// Declares a kind: its name and an example for messages, its decimals, how it is read and how it is shown.
macro_rules! shape {
    ($(#[$doc:meta])* $name:ident: $kind:literal, $example:literal, $decimals:literal, $read:path, $show:path) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Decimal);

        impl $name {
            #[doc = concat!("How many decimals it may have: ", stringify!($decimals), ".")]
            pub const DECIMALS: u32 = $decimals;

            /// The number, where it has no more decimals than its kind. Nothing is rounded.
            ///
            /// # Errors
            /// More decimals (trailing zeros aside).
            pub fn from_decimal(value: Decimal) -> Result<Self, NumberError> {
                limited(value, $kind, Self::DECIMALS).map(Self)
            }

            #[doc = concat!("Reads ", $example, ", in half or full width.")]
            ///
            /// # Errors
            /// What is not a number of this kind, or has more decimals.
            pub fn parse(text: &str) -> Result<Self, NumberError> {
                let written = Written::parse(text, concat!($kind, "：应写成 ", $example, " 的样子"))?;
                Self::from_decimal($read(written)?)
            }

            /// The number.
            #[must_use]
            pub fn value(self) -> Decimal {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&$show(self.0, Self::DECIMALS))
            }
        }

        impl FromStr for $name {
            type Err = NumberError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl From<$name> for Exact {
            fn from(number: $name) -> Exact {
                Exact::from(number.0)
            }
        }
    };
}

shape! {
    /// A ratio, read and shown as a percentage: `16%` has the value 0.16. Plain `0.16` is read too.
    Rate: "比率", "16% 或 0.16", 6, Written::ratio, show_percent
}
shape! {
    /// Working time in hours.
    Hours: "工时", "7.5", 2, Written::plain, format_decimal
}
shape! {
    /// Working time in days.
    Days: "天数", "21.75", 2, Written::plain, format_decimal
}
shape! {
    /// A number of people, times or things.
    Count: "个数", "12", 0, Written::plain, format_decimal
}

/// Without trailing zeros: `16%`, `0.5%`.
fn show_percent(ratio: Decimal, _decimals: u32) -> String {
    match Exact::from(ratio).mul(Exact::from(100)) {
        Ok(percent) => format!("{percent}%"),
        // Too large to be shown as a percentage, which no rate is; the plain number reads back as well.
        Err(_) => ratio.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_and_shown_as_percentages() {
        for (text, value, shown) in [
            ("16%", "0.16", "16%"),
            ("0.16", "0.16", "16%"),
            ("0.5%", "0.005", "0.5%"),
            ("１００％", "1", "100%"),
            ("9.8333%", "0.098333", "9.8333%"),
            ("-3%", "-0.03", "-3%"),
            ("0", "0", "0%"),
            ("79228162514264337593543950335", "79228162514264337593543950335", "79228162514264337593543950335"),
        ] {
            let rate = Rate::parse(text).unwrap();
            assert_eq!((rate.value(), rate.to_string().as_str()), (value.parse().unwrap(), shown));
            assert_eq!(Rate::parse(shown), Ok(rate));
        }
    }

    #[test]
    fn hours_days_and_counts_have_their_decimals() {
        assert_eq!(Hours::parse("7.5").unwrap().to_string(), "7.50");
        assert_eq!(Days::parse("21.75").unwrap().to_string(), "21.75");
        assert_eq!(Count::parse("1,200").unwrap().to_string(), "1200");
        assert_eq!(Count::parse("12.0"), Count::parse("12"));
        assert_eq!(Exact::from(Days::parse("21.75").unwrap()).to_string(), "21.75");
        assert_eq!(Count::from_decimal(Decimal::TWO).map(Count::value), Ok(Decimal::TWO));
    }

    #[test]
    fn refuses_more_decimals_and_wrong_signs() {
        #[rustfmt::skip]
        let faults = [
            (Rate::parse("0.0000001").unwrap_err(), "「0.0000001」小数过多：比率至多6位小数"),
            (Hours::parse("7.505").unwrap_err(), "「7.505」小数过多：工时至多2位小数"),
            (Days::parse("0.001").unwrap_err(), "「0.001」小数过多：天数至多2位小数"),
            (Count::parse("1.5").unwrap_err(), "「1.5」小数过多：个数至多0位小数"),
            (Hours::parse("50%").unwrap_err(), "「50%」不是工时：应写成 7.5 的样子"),
            (Count::parse("三").unwrap_err(), "「三」不是个数：应写成 12 的样子"),
            (Rate::parse("一成").unwrap_err(), "「一成」不是比率：应写成 16% 或 0.16 的样子"),
        ];
        for (fault, message) in faults {
            assert_eq!(fault.to_string(), message);
        }
    }
}
