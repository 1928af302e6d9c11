//! Quotients of whole numbers of any size, and how one is brought into the shape that [`Exact`](super::Exact) holds.
//!
//! Almost every quotient of a payroll fits 127 bits and is worked out there; the few that do not are worked out in big
//! integers by the same code, so that width decides the speed and never the answer.
#![allow(clippy::arithmetic_side_effects)] // `BigUint` grows, and `narrow` leaves room for one sum or doubling in u128

use std::cmp::Ordering;

use num_bigint::BigUint;
use num_integer::Integer;
use rust_decimal::Decimal;

use super::RoundingMode;

/// What the coefficient of a decimal, 96 bits, stays under.
const COEFFICIENT_LIMIT: u128 = 1 << 96;

/// A product that has not been multiplied out.
pub(super) type Product<'a> = &'a [u128];

/// `coefficient / (divisor × 10^scale)`, in the one form that [`lowest`] chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fitted {
    pub(super) coefficient: u128,
    pub(super) scale: u32,
    pub(super) divisor: u128,
}

/// `numerator / denominator`, or nothing where it does not fit.
pub(super) fn quotient(numerator: Product, denominator: Product) -> Option<Fitted> {
    match (narrow(numerator), narrow(denominator)) {
        (Some(numerator), Some(denominator)) => lowest(numerator, denominator),
        _ => lowest(wide(numerator), wide(denominator)),
    }
}

/// `(left ± right) / denominator` without its sign, and whether the subtraction turned it negative.
pub(super) fn sum(left: Product, right: Product, subtract: bool, denominator: Product) -> Option<(bool, Fitted)> {
    fn combine<T: Whole>(left: T, right: T, subtract: bool, denominator: T) -> Option<(bool, Fitted)> {
        let negative = subtract && left < right;
        let total = match (subtract, negative) {
            (false, _) => left + right,
            (true, false) => left - right,
            (true, true) => right - left,
        };
        Some((negative, lowest(total, denominator)?))
    }
    match (narrow(left), narrow(right), narrow(denominator)) {
        (Some(left), Some(right), Some(denominator)) => combine(left, right, subtract, denominator),
        _ => combine(wide(left), wide(right), subtract, wide(denominator)),
    }
}

/// How two products compare.
pub(super) fn compare(left: Product, right: Product) -> Ordering {
    match (narrow(left), narrow(right)) {
        (Some(left), Some(right)) => left.cmp(&right),
        _ => wide(left).cmp(&wide(right)),
    }
}

/// `numerator / denominator` rounded to a whole number, times `step / 10^scale`.
pub(super) fn rounded(
    numerator: Product,
    denominator: Product,
    mode: RoundingMode,
    step: u128,
    scale: u32,
) -> Option<Fitted> {
    let steps: BigUint = match (narrow(numerator), narrow(denominator)) {
        (Some(numerator), Some(denominator)) => whole(&numerator, &denominator, mode).into(),
        _ => whole(&wide(numerator), &wide(denominator), mode),
    };
    let coefficient = steps * step;
    // At the step's own scale where that fits ("345.00"), else with the trailing zeros taken off.
    match u128::try_from(&coefficient) {
        Ok(coefficient) if coefficient < COEFFICIENT_LIMIT => Some(Fitted { coefficient, scale, divisor: 1 }),
        _ => lowest(coefficient, ten_to(scale).into()).filter(|fitted| fitted.divisor == 1),
    }
}

/// `10^exponent`, for the scale of a decimal (at most 28).
pub(super) fn ten_to(exponent: u32) -> u128 {
    10u128.pow(exponent)
}

/// The integers that quotients are worked out in: `u128` and `BigUint`.
trait Whole: Integer + Clone + From<u128> + TryInto<u128> {}

impl<T: Integer + Clone + From<u128> + TryInto<u128>> Whole for T {}

/// The product, where it leaves a bit of a `u128` free.
fn narrow(product: Product) -> Option<u128> {
    product.iter().try_fold(1u128, |product, factor| product.checked_mul(*factor)).filter(|product| product >> 127 == 0)
}

fn wide(product: Product) -> BigUint {
    product.iter().map(|factor| BigUint::from(*factor)).product()
}

/// The quotient as `coefficient / (divisor × 10^scale)`: in lowest terms, with as much of the denominator in the scale
/// as the coefficient has room for.
///
/// The choice depends on the value alone, so equal values have equal parts; and a coefficient or divisor that is too
/// large for this form is too large for every other, because a larger scale only lengthens the coefficient and a
/// smaller one only the divisor.
fn lowest<T: Whole>(numerator: T, denominator: T) -> Option<Fitted> {
    let (ten, limit) = (T::from(10), T::from(COEFFICIENT_LIMIT));
    let common = numerator.gcd(&denominator);
    let mut coefficient = numerator / common.clone();
    let mut divisor = denominator / common;
    let mut scale = 0;
    while scale < Decimal::MAX_SCALE && coefficient < limit {
        let shared = ten.gcd(&(divisor.clone() % ten.clone()));
        let longer = coefficient.clone() * (ten.clone() / shared.clone());
        if shared.is_one() || longer >= limit {
            break;
        }
        coefficient = longer;
        divisor = divisor / shared;
        scale += 1;
    }
    let [coefficient, divisor] =
        [coefficient, divisor].map(|part| part.try_into().ok().filter(|part| *part < COEFFICIENT_LIMIT));
    Some(Fitted { coefficient: coefficient?, scale, divisor: divisor? })
}

/// The quotient rounded once, by its remainder.
fn whole<T: Whole>(numerator: &T, denominator: &T, mode: RoundingMode) -> T {
    let (whole, remainder) = numerator.div_rem(denominator);
    let half = (remainder.clone() + remainder.clone()).cmp(denominator);
    let away = match mode {
        RoundingMode::Up => !remainder.is_zero(),
        RoundingMode::Down => false,
        RoundingMode::HalfUp => half.is_ge(),
        RoundingMode::HalfEven => half.is_gt() || half.is_eq() && whole.is_odd(),
    };
    if away { whole + T::one() } else { whole }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole_number(coefficient: u128) -> Option<Fitted> {
        Some(Fitted { coefficient, scale: 0, divisor: 1 })
    }

    /// Products of just over 127 bits would not overflow a `u128`, but their sum and the double of a remainder would.
    #[test]
    fn nothing_wraps_at_the_edge_of_narrow() {
        let (half, three_quarters, almost_all) = ([1 << 64, 1 << 63], [1 << 64, 3 << 62], [1 << 64, (1 << 64) - 1]);
        assert_eq!(sum(&half, &half, false, &half), whole_number(2).map(|sum| (false, sum)));
        assert_eq!(sum(&half, &almost_all, true, &[1 << 63, (1 << 64) - 2]), whole_number(1).map(|sum| (true, sum)));
        assert_eq!(rounded(&three_quarters, &almost_all, RoundingMode::HalfUp, 1, 0), whole_number(1));
    }

    /// The denominator goes into the scale as far as the coefficient has room, and stays a divisor from there.
    #[test]
    fn one_form_for_a_value() {
        let fitted = |coefficient, scale, divisor| Some(Fitted { coefficient, scale, divisor });
        let largest = COEFFICIENT_LIMIT - 1;
        assert_eq!(quotient(&[50], &[100]), fitted(5, 1, 1));
        assert_eq!(quotient(&[1], &[30]), fitted(1, 1, 3));
        assert_eq!(quotient(&[largest], &[10]), fitted(largest, 1, 1));
        assert_eq!(quotient(&[largest], &[4]), fitted(largest, 0, 4));
        assert_eq!(quotient(&[1], &[ten_to(28), 1 << 10]), fitted(1, 28, 1 << 10));
        assert_eq!(quotient(&[1], &[COEFFICIENT_LIMIT]), fitted(5u128.pow(28), 28, 1 << 68));
        assert_eq!(quotient(&[1], &[COEFFICIENT_LIMIT, 3]), fitted(5u128.pow(28), 28, 3 << 68));
        assert_eq!(quotient(&[COEFFICIENT_LIMIT], &[1]), None);
    }
}
