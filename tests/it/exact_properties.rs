//! Exact numbers against rational arithmetic without limits: every result is right, and `Overflow` is said only of what
//! cannot be held.
#![allow(clippy::arithmetic_side_effects)] // the oracle's numbers grow as they need
#![allow(clippy::unwrap_used)] // helpers of tests, like tests, fail by panicking

use std::{
    cmp::Ordering,
    hash::{DefaultHasher, Hash, Hasher},
};

use gongche::quantity::{ArithmeticError, Exact, Rounding, RoundingMode};
use num_bigint::{BigInt, BigUint};
use num_integer::Integer;
use num_rational::BigRational;
use proptest::{
    array::{uniform3, uniform8},
    collection,
    prelude::*,
    sample::select,
};
use rust_decimal::prelude::{Decimal, Signed, Zero};

fn ten_to(exponent: u32) -> BigRational {
    BigRational::from(BigInt::from(10).pow(exponent))
}

fn of_decimal(value: Decimal) -> BigRational {
    BigRational::from(BigInt::from(value.mantissa())) / ten_to(value.scale())
}

/// What a number is, by what it shows.
fn of_exact(value: Exact) -> BigRational {
    let shown = value.to_string();
    let (above, below) = shown.split_once('/').unwrap_or((&shown, "1"));
    of_decimal(above.parse().unwrap()) / of_decimal(below.parse().unwrap())
}

/// Whether some scale makes the value `coefficient / (divisor × 10^scale)` in lowest terms with both parts under 2^96.
fn fits(value: &BigRational) -> bool {
    let limit = BigInt::from(1u128 << 96);
    let (coefficient, divisor) = (value.numer().abs(), value.denom());
    (0..=28).map(|scale| BigInt::from(10).pow(scale)).any(|power| {
        let common = divisor.gcd(&power);
        &coefficient * (power / &common) < limit && divisor / common < limit
    })
}

/// Whether a value is a decimal of 96 bits and up to 28 places.
fn is_decimal(value: &BigRational) -> bool {
    let shortest = (0..=28).map(|scale| BigInt::from(10).pow(scale)).find(|power| power.is_multiple_of(value.denom()));
    shortest.is_some_and(|power| (value * power).numer().bits() <= 96)
}

/// The result is the value, or an overflow if the value has no form that fits.
fn check(result: Result<Exact, ArithmeticError>, value: &BigRational) -> Result<(), TestCaseError> {
    match result {
        Ok(result) => {
            prop_assert_eq!(&of_exact(result), value);
            prop_assert_eq!(result.to_decimal().map(of_decimal), Some(value.clone()).filter(is_decimal));
        }
        Err(fault) => {
            prop_assert_eq!(fault, ArithmeticError::Overflow);
            prop_assert!(!fits(value), "{value} fits");
        }
    }
    Ok(())
}

/// Coefficients of every length up to 96 bits, many at the ends and many that powers of two and five divide.
fn coefficients() -> impl Strategy<Value = i128> {
    const LARGEST: i128 = (1 << 96) - 1;
    let sizes = prop_oneof![
        2 => (any::<u128>(), 32u32..=127).prop_map(|(bits, shift)| (bits >> shift).cast_signed()),
        1 => 0i128..=2_000,
        1 => (0i128..=100).prop_map(|below| LARGEST - below),
        1 => (0u32..=28, 1i128..=7).prop_map(|(power, factor)| 10i128.pow(power) * factor),
        1 => (0u32..=41, 0u32..=96).prop_map(|(fives, twos)| 5i128.pow(fives).checked_mul(1 << twos).unwrap_or(1)),
    ];
    (sizes, any::<bool>()).prop_map(|(size, negative)| {
        let size = size.min(LARGEST);
        if negative { -size } else { size }
    })
}

fn decimals() -> impl Strategy<Value = Decimal> {
    let scales = prop_oneof![3 => 0u32..=6, 1 => 0u32..=28];
    (coefficients(), scales).prop_map(|(coefficient, scale)| Decimal::from_i128_with_scale(coefficient, scale))
}

/// Decimals, and quotients of decimals where they fit.
fn numbers() -> impl Strategy<Value = Exact> {
    let quotients = (decimals(), decimals())
        .prop_filter_map("no quotient", |(above, below)| Exact::from(above).div(Exact::from(below)).ok());
    prop_oneof![decimals().prop_map(Exact::from), quotients]
}

/// Two quotients over one large factor that their sum is without: `a/(s·b)` and `c/(s·d)` with `s` dividing `a·d + c·b`,
/// which is longer than 128 bits.
fn relatives() -> impl Strategy<Value = (Exact, Exact)> {
    let odd = |bits: u32| (1u128 << (bits - 1)..1 << bits).prop_map(|number| number | 1);
    (odd(58), odd(37), odd(37), odd(95)).prop_filter_map("a common factor", |(s, b, d, a)| {
        let [shared, below, other, above] = [s, b, d, a].map(BigUint::from);
        let residue = above * other * below.modinv(&shared)? % &shared;
        let c = u128::try_from(shared - residue).ok()?;
        let quotient = |above: u128, below: u128| {
            let [above, below] = [above, below].map(|whole| Decimal::from_i128_with_scale(whole.cast_signed(), 0));
            Exact::from(above).div(Exact::from(below)).ok()
        };
        Some((quotient(a, s * b)?, quotient(c, s * d)?))
    })
}

fn modes() -> impl Strategy<Value = RoundingMode> {
    select(vec![RoundingMode::HalfUp, RoundingMode::HalfEven, RoundingMode::Up, RoundingMode::Down])
}

/// Steps that can be written, and others.
fn steps() -> impl Strategy<Value = Decimal> {
    let written = ["10", "1", "0.1", "0.01", "0.001", "0.0001", "0.00001", "0.000001"];
    let written = written.map(|step| step.parse::<Decimal>().unwrap()).to_vec();
    prop_oneof![
        4 => select(written),
        1 => decimals().prop_filter_map("zero", |step| (!step.is_zero()).then(|| step.abs())),
    ]
}

/// The definition of rounding: the multiple of the step on one side or the other, chosen by what is left over.
fn rounded(value: &BigRational, rounding: Rounding) -> BigRational {
    let step = of_decimal(rounding.step);
    let steps = value / &step;
    let toward_zero = steps.trunc();
    let left_over = (&steps - &toward_zero).abs();
    let half = BigRational::new(1.into(), 2.into());
    let away = match (rounding.mode, left_over.cmp(&half)) {
        (RoundingMode::Up, _) => !left_over.is_integer(),
        (RoundingMode::Down, _) | (_, Ordering::Less) => false,
        (_, Ordering::Greater) | (RoundingMode::HalfUp, Ordering::Equal) => true,
        (RoundingMode::HalfEven, Ordering::Equal) => !(&toward_zero * &half).is_integer(),
    };
    (if away { toward_zero + value.signum() } else { toward_zero }) * step
}

fn hash(number: Exact) -> u64 {
    let mut hasher = DefaultHasher::new();
    number.hash(&mut hasher);
    hasher.finish()
}

proptest! {
    #[test]
    fn sums_and_differences(left in numbers(), right in numbers()) {
        let (a, b) = (of_exact(left), of_exact(right));
        check(left.add(right), &(&a + &b))?;
        check(left.sub(right), &(&a - &b))?;
    }

    #[test]
    fn sums_that_shrink_from_beyond_128_bits((left, right) in relatives()) {
        let (a, b) = (of_exact(left), of_exact(right));
        prop_assert!(left.add(right).is_ok());
        check(left.add(right), &(&a + &b))?;
        check(left.neg().sub(right), &(-a - b))?;
    }

    #[test]
    fn products_and_quotients(left in numbers(), right in numbers()) {
        let (a, b) = (of_exact(left), of_exact(right));
        check(left.mul(right), &(&a * &b))?;
        if right.is_zero() {
            prop_assert_eq!(left.div(right), Err(ArithmeticError::DivisionByZero));
        } else {
            check(left.div(right), &(&a / &b))?;
        }
    }

    #[test]
    fn signs(number in numbers()) {
        let value = of_exact(number);
        prop_assert_eq!(of_exact(number.neg()), -&value);
        prop_assert_eq!(number.neg().neg(), number);
        prop_assert_eq!(of_exact(number.abs()), value.abs());
        prop_assert_eq!(number.is_negative(), value.is_negative());
        prop_assert_eq!(number.is_zero(), value.is_zero());
        prop_assert_eq!(number.is_zero(), number == Exact::ZERO);
    }

    #[test]
    fn order(left in numbers(), right in numbers()) {
        prop_assert_eq!(left.cmp(&right), of_exact(left).cmp(&of_exact(right)));
        prop_assert_eq!(left == right, left.cmp(&right).is_eq());
    }

    /// Two ways to one value: the same parts, the same hash, the same text.
    #[test]
    fn equal_values_are_one(number in numbers(), factor in decimals()) {
        let factor = Exact::from(factor);
        if let Ok(there) = number.mul(factor) && let Ok(back) = there.div(factor) {
            prop_assert_eq!(back, number);
            prop_assert_eq!(back.cmp(&number), Ordering::Equal);
            prop_assert_eq!(back.to_string(), number.to_string());
            prop_assert_eq!(hash(back), hash(number));
        }
    }

    #[test]
    fn roundings(number in numbers(), mode in modes(), step in steps()) {
        let rounding = Rounding { mode, step };
        let value = rounded(&of_exact(number), rounding);
        match number.round(rounding) {
            Ok(result) => {
                prop_assert_eq!(of_decimal(result), value);
                prop_assert!(!(result.is_zero() && result.is_sign_negative()));
            }
            Err(fault) => {
                prop_assert_eq!(fault, ArithmeticError::Overflow);
                prop_assert!(!is_decimal(&value), "{} fits", value);
            }
        }
    }

    /// Numbers on a tie, and a hair off one, where they can be had.
    #[test]
    fn ties(steps_from_zero in -1_000_000i64..1_000_000, hair in -1i64..=1, mode in modes(), step in steps()) {
        let unit = Exact::from(step);
        let tie = Exact::from(steps_from_zero).add(Exact::parse("0.5").unwrap()).unwrap();
        let number = tie.add(Exact::from(hair).div(Exact::from(1_000_000_007)).unwrap()).unwrap().mul(unit);
        let rounding = Rounding { mode, step };
        if let Ok(number) = number && let Ok(result) = number.round(rounding) {
            prop_assert_eq!(of_decimal(result), rounded(&of_exact(number), rounding));
        }
    }

    #[test]
    fn floors(number in numbers()) {
        prop_assert_eq!(of_exact(number.floor()), of_exact(number).floor());
    }

    #[test]
    fn decimals_read_as_they_are_shown(value in decimals()) {
        prop_assert_eq!(Exact::parse(&Exact::from(value).to_string()), Ok(Exact::from(value)));
        prop_assert_eq!(Exact::parse(&value.to_string()), Ok(Exact::from(value)));
        prop_assert_eq!(Exact::from(value).to_decimal(), Some(value));
    }

    /// Chains of operations, wherever they lead.
    #[test]
    fn chains(start in decimals(), steps in collection::vec((0..4, decimals()), 1..12)) {
        let mut number = Exact::from(start);
        for (operation, operand) in steps {
            let operand = Exact::from(operand);
            let (a, b) = (of_exact(number), of_exact(operand));
            let (result, value) = match operation {
                0 => (number.add(operand), a + b),
                1 => (number.sub(operand), a - b),
                2 => (number.mul(operand), a * b),
                _ if operand.is_zero() => continue,
                _ => (number.div(operand), a / b),
            };
            check(result, &value)?;
            match result {
                Ok(result) => number = result,
                Err(_) => break,
            }
        }
    }

    /// Overtime as payrolls compute it never overflows: wages of up to a thousand million yuan, by days and hours, for
    /// several kinds of hours, on several wages.
    #[test]
    fn overtime_fits(wages in collection::vec((0i64..=100_000_000_000, uniform3(0i64..=74_400)), 1..8)) {
        let (days, day) = (Exact::parse("21.75").unwrap(), Exact::from(8));
        let (mut total, mut value) = (Exact::ZERO, of_decimal(Decimal::ZERO));
        for (fen, hours) in wages {
            let wage = Exact::from(Decimal::new(fen, 2));
            let hourly = wage.div(days).and_then(|daily| daily.div(day)).unwrap();
            for (hundredths, rate) in hours.into_iter().zip(["150%", "200%", "300%"]) {
                let (hours, rate) = (Exact::from(Decimal::new(hundredths, 2)), Exact::parse(rate).unwrap());
                let pay = hourly.mul(hours).and_then(|pay| pay.mul(rate)).unwrap();
                total = total.add(pay).unwrap();
                value += of_exact(wage) / of_exact(days) / of_exact(day) * of_exact(hours) * of_exact(rate);
            }
        }
        prop_assert_eq!(of_exact(total), value.clone());
        let rounding = Rounding::parse("half-up 0.01").unwrap();
        prop_assert_eq!(of_decimal(total.round(rounding).unwrap()), rounded(&value, rounding));
    }

    /// So do sums of quotients by different numbers of days and months.
    #[test]
    fn sums_of_unlike_quotients_fit(fens in uniform8(0i64..=100_000_000_000)) {
        let divisors = ["21.75", "20.83", "20.67", "12", "30", "31", "365", "36"];
        let mut total = Exact::ZERO;
        for (fen, divisor) in fens.into_iter().zip(divisors) {
            let quotient = Exact::from(Decimal::new(fen, 2)).div(Exact::parse(divisor).unwrap()).unwrap();
            total = total.add(quotient).unwrap();
        }
        prop_assert!(total.round(Rounding::FEN_HALF_UP).is_ok());
    }
}
