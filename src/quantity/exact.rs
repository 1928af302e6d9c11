//! Exact numbers: what every step of a calculation holds until a rule rounds it.

use serde::{Deserialize, Serialize};
use std::{cmp::Ordering, fmt, str::FromStr};

use rust_decimal::Decimal;
use thiserror::Error;

use super::{
    NumberError, Rounding,
    number::Written,
    ratio::{self, Fitted, ten_to},
};

/// An operation that has no exact result that can be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ArithmeticError {
    /// The exact result needs more digits than there is room for.
    #[error("计算结果的位数超出可精确表示的范围")]
    Overflow,
    /// Division by zero.
    #[error("除数为零")]
    DivisionByZero,
}

/// An exact rational number: a decimal over a positive whole divisor, which is one for all that a decimal can hold.
///
/// A value fits if, in lowest terms, it is `coefficient / (divisor × 10^scale)` with coefficient and divisor under 2^96
/// and a scale up to 28. Operations are exact; where the result does not fit they say [`ArithmeticError::Overflow`],
/// unlike `rust_decimal`'s own, which round at the 28th digit without a word.
///
/// ```
/// # use gongche::quantity::{Exact, Rounding};
/// let hourly = Exact::from(5_000).div(Exact::parse("21.75")?)?.div(Exact::from(8))?;
/// assert_eq!(hourly.to_string(), "2500/87");
/// let overtime = hourly.mul(Exact::from(3))?.mul(Exact::parse("150%")?)?;
/// assert_eq!(overtime.round(Rounding::parse("half-up 0.01")?)?.to_string(), "129.31");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
// Equality may be derived: what a decimal can hold has a divisor of one, and others come from `ratio`, which gives
// equal values equal parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "(Decimal, Decimal)", try_from = "(Decimal, Decimal)")]
pub struct Exact {
    numerator: Decimal,
    denominator: Decimal,
}

/// The parts of a number as bare integers: `±coefficient / (divisor × 10^scale)`.
struct Parts {
    negative: bool,
    coefficient: u128,
    divisor: u128,
    scale: u32,
}

#[expect(clippy::should_implement_trait, reason = "checked operations return results; the traits' operators cannot")]
impl Exact {
    /// 0.
    pub const ZERO: Exact = Exact { numerator: Decimal::ZERO, denominator: Decimal::ONE };
    /// 1.
    pub const ONE: Exact = Exact { numerator: Decimal::ONE, denominator: Decimal::ONE };

    /// Reads `5000`, `-1.50`, `3,164,626.00`, `16%` (0.16), in half or full width, between blanks.
    ///
    /// # Errors
    /// Anything else: exponents, thousands that are not threes, more than 28 decimals.
    pub fn parse(text: &str) -> Result<Exact, NumberError> {
        let written = Written::parse(text, "数字：应写成 5000、-1.50、3,164,626.00 或 16% 的样子")?;
        written.ratio().map(Exact::from)
    }

    /// The sum.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`] where it does not fit.
    pub fn add(self, other: Exact) -> Result<Exact, ArithmeticError> {
        if let Some(sum) = self.add_decimals(other) {
            return Ok(sum);
        }
        let (left, right) = (self.parts(), other.parts());
        let scale = left.scale.max(right.scale);
        let (negative, sum) = ratio::sum(
            &[left.coefficient, right.divisor, ten_to(scale - left.scale)],
            &[right.coefficient, left.divisor, ten_to(scale - right.scale)],
            left.negative != right.negative,
            &[left.divisor, right.divisor, ten_to(scale)],
        )
        .ok_or(ArithmeticError::Overflow)?;
        Exact::from_fitted(left.negative != negative, sum)
    }

    /// The difference.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`] where it does not fit.
    pub fn sub(self, other: Exact) -> Result<Exact, ArithmeticError> {
        self.add(other.neg())
    }

    /// The product.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`] where it does not fit.
    pub fn mul(self, other: Exact) -> Result<Exact, ArithmeticError> {
        if let Some(product) = self.mul_decimals(other) {
            return Ok(product);
        }
        let (left, right) = (self.parts(), other.parts());
        let product = ratio::quotient(
            &[left.coefficient, right.coefficient],
            &[left.divisor, right.divisor, ten_to(left.scale), ten_to(right.scale)],
        )
        .ok_or(ArithmeticError::Overflow)?;
        Exact::from_fitted(left.negative != right.negative, product)
    }

    /// The quotient, exact: a third stays a third.
    ///
    /// # Errors
    /// [`ArithmeticError::DivisionByZero`]; [`ArithmeticError::Overflow`] where it does not fit.
    pub fn div(self, other: Exact) -> Result<Exact, ArithmeticError> {
        if other.is_zero() {
            return Err(ArithmeticError::DivisionByZero);
        }
        let (left, right) = (self.parts(), other.parts());
        let scale = left.scale.max(right.scale);
        let quotient = ratio::quotient(
            &[left.coefficient, right.divisor, ten_to(scale - left.scale)],
            &[left.divisor, right.coefficient, ten_to(scale - right.scale)],
        )
        .ok_or(ArithmeticError::Overflow)?;
        Exact::from_fitted(left.negative != right.negative, quotient)
    }

    /// The number with the other sign.
    #[must_use]
    pub fn neg(self) -> Exact {
        let mut numerator = self.numerator;
        // Zero has one sign here.
        numerator.set_sign_positive(self.is_negative() || self.is_zero());
        Exact { numerator, ..self }
    }

    /// The number without its sign.
    #[must_use]
    pub fn abs(self) -> Exact {
        Exact { numerator: self.numerator.abs(), ..self }
    }

    /// Whether it is zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.numerator.is_zero()
    }

    /// Whether it is below zero.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.numerator.is_sign_negative()
    }

    /// The number rounded, once, to a whole multiple of the step, with the step's decimals.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`] where the result does not fit a decimal; [`ArithmeticError::DivisionByZero`] for a
    /// step of zero.
    pub fn round(self, rounding: Rounding) -> Result<Decimal, ArithmeticError> {
        let (number, step) = (self.parts(), Exact::from(rounding.step.normalize()).parts());
        if step.coefficient == 0 {
            return Err(ArithmeticError::DivisionByZero);
        }
        let scale = number.scale.max(step.scale);
        let rounded = ratio::rounded(
            &[number.coefficient, ten_to(scale - number.scale)],
            &[number.divisor, step.coefficient, ten_to(scale - step.scale)],
            rounding.mode,
            step.coefficient,
            step.scale,
        )
        .ok_or(ArithmeticError::Overflow)?;
        Ok(Exact::from_fitted(number.negative, rounded)?.numerator)
    }

    /// The largest whole number that is not above it.
    #[must_use]
    pub fn floor(self) -> Exact {
        let Parts { negative, coefficient, divisor, scale } = self.parts();
        // A denominator too large for a u128 is larger than every coefficient.
        let (whole, inexact) = match divisor.checked_mul(ten_to(scale)) {
            Some(denominator) => (coefficient / denominator, !coefficient.is_multiple_of(denominator)),
            None => (0, coefficient != 0),
        };
        let whole = if negative && inexact { whole + 1 } else { whole };
        // Fits: a whole number is its own floor, and every other has a denominator of two or more.
        Exact::from_fitted(negative, Fitted { coefficient: whole, scale: 0, divisor: 1 }).unwrap_or(self)
    }

    /// The number as a decimal, where it is a finite one that fits 28 decimals.
    #[must_use]
    pub fn to_decimal(self) -> Option<Decimal> {
        self.is_decimal().then_some(self.numerator)
    }

    fn is_decimal(&self) -> bool {
        self.denominator == Decimal::ONE
    }

    /// The sum where both are decimals that line up in 127 bits, as almost all do.
    fn add_decimals(self, other: Exact) -> Option<Exact> {
        let (left, right) = (self.to_decimal()?, other.to_decimal()?);
        let scale = left.scale().max(right.scale());
        let lined_up = |number: Decimal| number.mantissa().checked_mul(10i128.pow(scale - number.scale()));
        let sum = lined_up(left)?.checked_add(lined_up(right)?)?;
        Decimal::try_from_i128_with_scale(sum, scale).ok().map(Exact::from)
    }

    /// The product where both are decimals and no zeros need be taken off to hold it.
    fn mul_decimals(self, other: Exact) -> Option<Exact> {
        let (left, right) = (self.to_decimal()?, other.to_decimal()?);
        let product = left.mantissa().checked_mul(right.mantissa())?;
        Decimal::try_from_i128_with_scale(product, left.scale() + right.scale()).ok().map(Exact::from)
    }

    /// A fraction in lowest terms of two whole numbers, as text: `17/30`, where to print it is `1.7/3`. Nothing where the
    /// parts are beyond what can be held.
    #[must_use]
    pub fn to_fraction(self) -> Option<String> {
        let Parts { negative, coefficient, divisor, scale } = self.parts();
        let below = divisor.checked_mul(10_u128.checked_pow(scale)?)?;
        let (mut common, mut rest) = (coefficient, below);
        while rest > 0 {
            (common, rest) = (rest, common.checked_rem(rest)?);
        }
        let [above, below] = [coefficient, below].map(|part| part.checked_div(common));
        Some(format!("{}{}/{}", if negative { "-" } else { "" }, above?, below?))
    }

    fn parts(self) -> Parts {
        Parts {
            negative: self.numerator.is_sign_negative(),
            coefficient: self.numerator.mantissa().unsigned_abs(),
            divisor: self.denominator.mantissa().unsigned_abs(),
            scale: self.numerator.scale(),
        }
    }

    fn from_fitted(negative: bool, fitted: Fitted) -> Result<Exact, ArithmeticError> {
        let decimal = |coefficient: u128, scale| {
            let coefficient = i128::try_from(coefficient).ok()?;
            Decimal::try_from_i128_with_scale(coefficient, scale).ok()
        };
        let numerator = decimal(fitted.coefficient, fitted.scale).ok_or(ArithmeticError::Overflow)?;
        let denominator = decimal(fitted.divisor, 0).ok_or(ArithmeticError::Overflow)?;
        let positive = Exact { numerator, denominator };
        Ok(if negative { positive.neg() } else { positive })
    }
}

impl From<Exact> for (Decimal, Decimal) {
    /// Numerator and denominator.
    fn from(value: Exact) -> Self {
        (value.numerator, value.denominator)
    }
}

impl TryFrom<(Decimal, Decimal)> for Exact {
    type Error = ArithmeticError;

    /// Numerator and denominator, brought to the one form that equal values have.
    fn try_from((numerator, denominator): (Decimal, Decimal)) -> Result<Exact, ArithmeticError> {
        Exact::from(numerator).div(Exact::from(denominator))
    }
}

impl From<Decimal> for Exact {
    fn from(value: Decimal) -> Exact {
        let numerator = if value.is_zero() { value.abs() } else { value };
        Exact { numerator, denominator: Decimal::ONE }
    }
}

impl From<i64> for Exact {
    fn from(value: i64) -> Exact {
        Exact::from(Decimal::from(value))
    }
}

impl FromStr for Exact {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Exact::parse(text)
    }
}

impl Default for Exact {
    fn default() -> Exact {
        Exact::ZERO
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Exact) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Exact {
    /// By value: 1/3 is above 0.3333 and below 0.3334.
    fn cmp(&self, other: &Exact) -> Ordering {
        let (left, right) = (self.parts(), other.parts());
        if left.negative != right.negative {
            return right.negative.cmp(&left.negative);
        }
        let scale = left.scale.max(right.scale);
        let sizes = ratio::compare(
            &[left.coefficient, right.divisor, ten_to(scale - left.scale)],
            &[right.coefficient, left.divisor, ten_to(scale - right.scale)],
        );
        if left.negative { sizes.reverse() } else { sizes }
    }
}

impl fmt::Display for Exact {
    /// A decimal without trailing zeros, or else a fraction in lowest terms: `0.5`, `2500/87`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numerator = self.numerator.normalize();
        if self.is_decimal() {
            return fmt::Display::fmt(&numerator, f);
        }
        write!(f, "{numerator}/{}", self.denominator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::RoundingMode;

    fn exact(text: &str) -> Exact {
        match text.split_once('/') {
            Some((above, below)) => exact(above).div(exact(below)).unwrap(),
            None => Exact::parse(text).unwrap(),
        }
    }

    #[test]
    fn a_fraction_is_of_whole_numbers_in_lowest_terms() {
        let [here, month] = ["17", "30"].map(exact);
        let share = here.div(month).unwrap();
        assert_eq!((share.to_string().as_str(), share.to_fraction().as_deref()), ("1.7/3", Some("17/30")));
        for (value, fraction) in [("-14/21.75", "-56/87"), ("0.5", "1/2"), ("3", "3/1"), ("0", "0/1")] {
            assert_eq!(exact(value).to_fraction().as_deref(), Some(fraction), "{value}");
        }
        let least = exact(&format!("0.{}1", "0".repeat(27))).div(exact("79228162514264337593543950335")).unwrap();
        assert_eq!(least.to_fraction(), None, "a divisor beyond 128 bits");
    }

    #[test]
    fn zero_has_one_sign() {
        let zeros = [
            exact("-0"),
            Exact::ZERO.neg(),
            Exact::from(-Decimal::ZERO),
            exact("1").sub(exact("1.00")).unwrap().neg(),
            exact("0").mul(exact("-1/3")).unwrap(),
            exact("-1/3").add(exact("1/3")).unwrap(),
        ];
        for zero in zeros {
            assert!(zero.is_zero() && !zero.is_negative());
            assert_eq!((zero, zero.to_string().as_str()), (Exact::ZERO, "0"));
        }
        let below_a_fen = exact("-0.001").round(Rounding::FEN_HALF_UP).unwrap();
        assert_eq!(below_a_fen.to_string(), "0.00");
    }

    #[test]
    fn equal_values_are_equal_however_they_came() {
        assert_eq!(exact("1/2"), exact("0.5"));
        assert_eq!(exact("1/2"), exact("0.50"));
        assert_eq!(exact("2/6"), exact("1/3"));
        assert_eq!(exact("0.1/0.3"), exact("1/3"));
        assert_ne!(exact("1/3"), exact("0.3333333333333333333333333333"));
        assert_eq!(exact("1/3").mul(exact("3")), Ok(Exact::ONE));
    }

    #[test]
    fn order_is_by_value_to_the_last_digit() {
        let ascending = [
            "-79228162514264337593543950335",
            "-1/3",
            "-0.3333333333333333333333333333",
            "-1/79228162514264337593543950335",
            "0",
            "0.0000000000000000000000000001",
            "0.3333333333333333333333333333",
            "1/3",
            "0.3333333333333333333333333334",
            "79228162514264337593543950334/79228162514264337593543950335",
            "1",
            "79228162514264337593543950335/79228162514264337593543950334",
            "79228162514264337593543950335",
        ];
        for (index, left) in ascending.iter().enumerate() {
            for (other, right) in ascending.iter().enumerate() {
                assert_eq!(exact(left).cmp(&exact(right)), index.cmp(&other), "{left} to {right}");
            }
        }
    }

    #[test]
    fn is_a_decimal_where_it_is_finite() {
        for (number, decimal) in [
            ("87/4", Some("21.75")),
            ("1/1024", Some("0.0009765625")),
            ("1/3", None),
            // finite, but of 30 places
            ("1/1073741824", None),
        ] {
            let decimal = decimal.map(|text| text.parse::<Decimal>().unwrap());
            assert_eq!(exact(number).to_decimal(), decimal, "{number}");
        }
    }

    #[test]
    fn floor_goes_down() {
        for (number, floor) in [
            ("7.99", "7"),
            ("7", "7"),
            ("0.5", "0"),
            ("-0.5", "-1"),
            ("-7", "-7"),
            ("-7.01", "-8"),
            ("22/7", "3"),
            ("-22/7", "-4"),
            ("0.0000000000000000000000000001/79228162514264337593543950335", "0"),
            ("-0.0000000000000000000000000001/79228162514264337593543950335", "-1"),
            ("-79228162514264337593543950335", "-79228162514264337593543950335"),
            ("-79228162514264337593543950335/2", "-39614081257132168796771975168"),
        ] {
            assert_eq!(exact(number).floor(), exact(floor), "{number}");
        }
    }

    #[test]
    fn a_step_of_zero_is_an_error_and_its_sign_is_of_no_account() {
        let mode = RoundingMode::HalfUp;
        let round = |step| exact("1.26").round(Rounding { mode, step });
        assert_eq!(round(Decimal::ZERO), Err(ArithmeticError::DivisionByZero));
        assert_eq!(round(Decimal::new(-5, 1)), Ok(Decimal::new(15, 1)));
        assert_eq!(round(Decimal::new(25, 2)), Ok(Decimal::new(125, 2)));
    }

    #[test]
    fn rounds_the_largest_numbers() {
        let round = |number: &str, rounding: &str| exact(number).round(Rounding::parse(rounding).unwrap());
        // No room for two decimals, and none needed.
        let largest = "79228162514264337593543950335";
        assert_eq!(round(largest, "half-up 0.01"), Ok(Decimal::MAX));
        assert_eq!(round(largest, "up 10"), Err(ArithmeticError::Overflow));
        assert_eq!(round(largest, "down 10").unwrap().to_string(), "79228162514264337593543950330");
    }
}
