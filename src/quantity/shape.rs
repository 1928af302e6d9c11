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
