//! Fractions of fen to whole fen without losing any: what is divided sums to what it was divided from.

use super::refusal::Refusal;
use crate::quantity::{ArithmeticError, Exact, Money, Rounding};

/// The sum.
pub(super) fn sum(numbers: impl IntoIterator<Item = Exact>) -> Result<Exact, ArithmeticError> {
    numbers.into_iter().try_fold(Exact::ZERO, Exact::add)
}

/// The product.
pub(super) fn product(numbers: impl IntoIterator<Item = Exact>) -> Result<Exact, ArithmeticError> {
    numbers.into_iter().try_fold(Exact::ONE, Exact::mul)
}

/// Whole fen.
pub(super) fn rounded(number: Exact, rounding: Rounding) -> Result<Money, Refusal> {
    let yuan = number.round(rounding)?;
    Money::from_decimal(yuan).map_err(|error| Refusal::facts("金额", error.to_string()))
}

/// Each part in whole fen, such that the parts sum to the rounded sum: what is cut off one is carried to the next.
pub(super) fn apportioned(parts: &[Vec<Exact>], rounding: Rounding) -> Result<Vec<Vec<Money>>, Refusal> {
    let (mut running, mut given) = (Exact::ZERO, Money::ZERO);
    let mut cell = |part: &Exact| -> Result<Money, Refusal> {
        running = running.add(*part)?;
        let so_far = rounded(running, rounding)?;
        let own = so_far.sub(given)?;
        given = so_far;
        Ok(own)
    };
    parts.iter().map(|row| row.iter().map(&mut cell).collect()).collect()
}

/// An amount divided by weights, in whole fen that sum to it. Without weights it all goes to the first.
pub(super) fn spread(amount: Money, weights: &[Vec<Money>]) -> Vec<Vec<Money>> {
    let all: i128 = weights.iter().flatten().map(|weight| i128::from(weight.fen())).sum();
    let (mut running, mut given) = (0_i128, 0_i64);
    let mut first = true;
    let mut cell = |weight: &Money| {
        running += i128::from(weight.fen());
        let so_far = match all {
            0 if first => amount.fen(),
            0 => given,
            // Below the amount in size, so it fits; the last is the amount itself.
            all => i64::try_from((i128::from(amount.fen()) * running).div_euclid(all)).unwrap_or(amount.fen()),
        };
        first = false;
        let own = so_far - given;
        given = so_far;
        Money::from_fen(own)
    };
    weights.iter().map(|row| row.iter().map(&mut cell).collect()).collect()
}

/// The cells added one by one.
pub(super) fn added(cells: &mut [Vec<Money>], more: &[Vec<Money>]) -> Result<(), ArithmeticError> {
    for (row, other) in cells.iter_mut().zip(more) {
        for (cell, amount) in row.iter_mut().zip(other) {
            *cell = cell.add(*amount)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fen(all: &[i64]) -> Vec<Money> {
        all.iter().copied().map(Money::from_fen).collect()
    }

    #[test]
    fn parts_sum_to_the_rounded_sum() {
        let third = Exact::ONE.div(Exact::from(3)).unwrap();
        let rounding = Rounding::parse("half-up 0.01").unwrap();
        let parts = apportioned(&[vec![third, third], vec![third]], rounding).unwrap();
        assert_eq!(parts, [fen(&[33, 34]), fen(&[33])]);
    }

    #[test]
    fn what_is_spread_is_all_there_also_a_loss() {
        let weights = [fen(&[1, 1]), fen(&[1])];
        assert_eq!(spread(Money::from_fen(100), &weights), [fen(&[33, 33]), fen(&[34])]);
        let loss = spread(Money::from_fen(-100), &weights);
        assert_eq!(loss.iter().flatten().map(|one| one.fen()).sum::<i64>(), -100);
        assert_eq!(spread(Money::from_fen(7), &[fen(&[0, 0])]), [fen(&[7, 0])]);
    }
}
