//! Amounts that are paid, charged or printed: whole fen.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

use rust_decimal::Decimal;

use super::{
    ArithmeticError, Exact, NumberError, format_thousands,
    number::{Written, limited},
};

/// An amount in yuan with exactly whole fen.
///
/// ```
/// # use gongche::quantity::Money;
/// let wage = Money::parse("5,000")?;
/// let net = wage.sub(Money::parse("352.24")?)?;
/// assert_eq!((net.to_string(), net.thousands()), ("4647.76".into(), "4,647.76".into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Money {
    fen: i64,
}

/// What an amount is called in messages, and how many decimals it has.
const KIND: &str = "金额";
const DECIMALS: u32 = 2;

#[expect(clippy::should_implement_trait, reason = "checked operations return results; the traits' operators cannot")]
impl Money {
    /// Nothing.
    pub const ZERO: Money = Money { fen: 0 };

    /// So many fen.
    #[must_use]
    pub const fn from_fen(fen: i64) -> Money {
        Money { fen }
    }

    /// How many fen.
    #[must_use]
    pub const fn fen(self) -> i64 {
        self.fen
    }

    /// So many yuan. Nothing is rounded.
    ///
    /// # Errors
    /// More than two decimals (trailing zeros aside), or more fen than an `i64` counts.
    pub fn from_decimal(yuan: Decimal) -> Result<Money, NumberError> {
        let yuan = limited(yuan, KIND, DECIMALS)?;
        // Two decimals at most, so the power is 10^0 to 10^2; 96 bits times a hundred fit an i128.
        let fen = yuan.mantissa() * 10i128.pow(DECIMALS - yuan.scale());
        i64::try_from(fen).map(Money::from_fen).map_err(|_| NumberError::OutOfRange { text: yuan.to_string() })
    }

    /// Reads an amount in yuan: `1234.5`, `1,234.50`, in half or full width.
    ///
    /// # Errors
    /// Anything that is not a number, a percent sign, more than two decimals.
    pub fn parse(text: &str) -> Result<Money, NumberError> {
        Money::from_decimal(Written::parse(text, "金额：应写成 5000 或 1,234.50 的样子")?.plain()?)
    }

    /// The amount in yuan, with two decimals.
    #[must_use]
    pub fn to_decimal(self) -> Decimal {
        Decimal::new(self.fen, DECIMALS)
    }

    /// The sum.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`].
    pub fn add(self, other: Money) -> Result<Money, ArithmeticError> {
        self.fen.checked_add(other.fen).map(Money::from_fen).ok_or(ArithmeticError::Overflow)
    }

    /// The difference.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`].
    pub fn sub(self, other: Money) -> Result<Money, ArithmeticError> {
        self.fen.checked_sub(other.fen).map(Money::from_fen).ok_or(ArithmeticError::Overflow)
    }

    /// The amount owed the other way.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`], of the lowest amount there is.
    pub fn neg(self) -> Result<Money, ArithmeticError> {
        self.fen.checked_neg().map(Money::from_fen).ok_or(ArithmeticError::Overflow)
    }

    /// The sum of many.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`] where the total does not fit, in whatever order the amounts come.
    pub fn sum(amounts: impl IntoIterator<Item = Money>) -> Result<Money, ArithmeticError> {
        // 2^64 amounts would be needed to overflow an i128.
        let fen: i128 = amounts.into_iter().map(|amount| i128::from(amount.fen)).sum();
        i64::try_from(fen).map(Money::from_fen).map_err(|_| ArithmeticError::Overflow)
    }

    /// With thousands separated: `1,234.50`.
    #[must_use]
    pub fn thousands(self) -> String {
        format_thousands(self.to_decimal())
    }
}

impl From<Money> for Exact {
    fn from(amount: Money) -> Exact {
        Exact::from(amount.to_decimal())
    }
}

impl FromStr for Money {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Money::parse(text)
    }
}

impl fmt::Display for Money {
    /// Always two decimals: `1234.50`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.to_decimal(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yuan(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    const MOST: Money = Money::from_fen(i64::MAX);
    const LEAST: Money = Money::from_fen(i64::MIN);

    #[test]
    fn reads_and_shows() {
        #[rustfmt::skip]
        let table = [
            ("0", 0, "0.00", "0.00"),
            ("-0", 0, "0.00", "0.00"),
            ("0.01", 1, "0.01", "0.01"),
            ("-0.05", -5, "-0.05", "-0.05"),
            ("1234.5", 123_450, "1234.50", "1,234.50"),
            ("1,234.50", 123_450, "1234.50", "1,234.50"),
            ("-１，２３４．５", -123_450, "-1234.50", "-1,234.50"),
            ("2270.0000", 227_000, "2270.00", "2,270.00"),
            ("92233720368547758.07", i64::MAX, "92233720368547758.07", "92,233,720,368,547,758.07"),
            ("-92233720368547758.08", i64::MIN, "-92233720368547758.08", "-92,233,720,368,547,758.08"),
        ];
        for (text, fen, shown, thousands) in table {
            let amount = yuan(text);
            assert_eq!((amount.fen(), amount.to_string(), amount.thousands()), (fen, shown.into(), thousands.into()));
            assert_eq!(Money::parse(shown), Ok(amount));
            assert_eq!(Money::from_decimal(amount.to_decimal()), Ok(amount));
            assert_eq!(Exact::from(amount), Exact::parse(shown).unwrap());
        }
    }

    #[test]
    fn refuses_parts_of_a_fen() {
        let fault = Money::parse("352.245").unwrap_err();
        assert_eq!(fault.to_string(), "「352.245」小数过多：金额至多2位小数");
        assert_eq!(Money::from_decimal("0.001".parse().unwrap()).ok(), None);
        assert_eq!(Money::from_decimal("0.010".parse().unwrap()), Ok(Money::from_fen(1)));
    }

    #[test]
    fn refuses_percentages_and_what_is_too_large() {
        assert_eq!(Money::parse("5%").unwrap_err().to_string(), "「5%」不是金额：应写成 5000 或 1,234.50 的样子");
        for text in ["92233720368547758.08", "-92233720368547758.09", "79228162514264337593543950335"] {
            assert!(matches!(Money::parse(text), Err(NumberError::OutOfRange { .. })), "{text}");
        }
    }

    #[test]
    fn computes_up_to_both_ends_and_not_over_them() {
        assert_eq!(yuan("0.10").add(yuan("0.20")), Ok(yuan("0.30")));
        assert_eq!(yuan("5000").sub(yuan("5000.01")), Ok(yuan("-0.01")));
        assert_eq!(yuan("5000").neg(), Ok(yuan("-5000")));
        let fen = Money::from_fen(1);
        assert_eq!(MOST.sub(fen).and_then(|amount| amount.add(fen)), Ok(MOST));
        assert_eq!(MOST.add(fen), Err(ArithmeticError::Overflow));
        assert_eq!(LEAST.sub(fen), Err(ArithmeticError::Overflow));
        assert_eq!(LEAST.neg(), Err(ArithmeticError::Overflow));
        assert_eq!(LEAST.add(fen).and_then(Money::neg), Ok(MOST));
    }

    #[test]
    fn sums_in_any_order() {
        assert_eq!(Money::sum([]), Ok(Money::ZERO));
        assert_eq!(Money::sum([MOST, MOST, LEAST, Money::from_fen(-9)]), Ok(Money::from_fen(i64::MAX - 10)));
        assert_eq!(Money::sum([MOST, Money::from_fen(1)]), Err(ArithmeticError::Overflow));
        assert_eq!(Money::sum([LEAST, Money::from_fen(-1)]), Err(ArithmeticError::Overflow));
    }

    #[test]
    fn orders_by_amount() {
        assert!(LEAST < yuan("-0.01") && yuan("-0.01") < Money::ZERO && yuan("9.99") < yuan("10"));
        assert_eq!(Money::default(), Money::ZERO);
    }
}
