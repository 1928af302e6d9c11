//! The gross that leaves a net: exactly, or the nearest on both sides where there is none.
//!
//! What is left of one more yuan is not always more: a fund that is rounded to the yuan takes a whole one at once, and a
//! bonus loses thousands where it enters a band. So the search looks at every stretch where the net passes the wanted one,
//! and then at each fen about the passage.

use crate::quantity::Money;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Solution {
    /// The amounts, least first, that leave exactly the wanted net.
    Exact(Vec<Money>),
    /// There is none: amounts with what they leave, the most below and the least above.
    Between {
        /// An amount and its net.
        below: (Money, Money),
        /// An amount and its net.
        above: (Money, Money),
    },
    /// Nothing up to the bound leaves as much: the bound and its net.
    Unreached(Money, Money),
}

/// Stretches that the range is cut into.
const STRETCHES: i64 = 256;
/// Fen on each side of a passage: a fund rounded to the yuan on both sides of it moves the net by that much.
const ABOUT: i64 = 160;
/// The tax takes less than half of a yuan and insurance less than a third, so that a tenth of it is always left.
const BOUND: i64 = 10;

/// The amounts that leave `wanted`, by a function that says what an amount leaves.
///
/// # Errors
/// What the function complains of.
pub fn solve<E>(wanted: Money, mut leaves: impl FnMut(Money) -> Result<Money, E>) -> Result<Solution, E> {
    let most = wanted.fen().saturating_mul(BOUND).max(STRETCHES);
    let step = most / STRETCHES + 1;
    let mut at = |fen: i64| leaves(Money::from_fen(fen)).map(Money::fen);
    let (mut exact, mut below, mut above) = (Vec::new(), None::<(i64, i64)>, None::<(i64, i64)>);
    let mut left = (0, at(0)?);
    for stretch in 1..=STRETCHES {
        let right = (stretch.saturating_mul(step), at(stretch.saturating_mul(step))?);
        let passes = (left.1 <= wanted.fen()) != (right.1 <= wanted.fen()) || left.1 == wanted.fen();
        if passes {
            let (mut low, mut high) = (left, right);
            while high.0 - low.0 > 1 {
                let middle = low.0 + (high.0 - low.0) / 2;
                let found = (middle, at(middle)?);
                if (found.1 <= wanted.fen()) == (low.1 <= wanted.fen()) {
                    low = found;
                } else {
                    high = found;
                }
            }
            for fen in (low.0 - ABOUT).max(0)..=high.0 + ABOUT {
                let net = at(fen)?;
                match net.cmp(&wanted.fen()) {
                    std::cmp::Ordering::Equal => exact.push(fen),
                    std::cmp::Ordering::Less if below.is_none_or(|(_, best)| net > best) => below = Some((fen, net)),
                    std::cmp::Ordering::Greater if above.is_none_or(|(_, best)| net < best) => {
                        above = Some((fen, net));
                    }
                    _ => {}
                }
            }
        }
        left = right;
    }
    exact.sort_unstable();
    exact.dedup();
    let money = |(fen, net): (i64, i64)| (Money::from_fen(fen), Money::from_fen(net));
    Ok(match (exact.is_empty(), below, above) {
        (false, ..) => Solution::Exact(exact.into_iter().map(Money::from_fen).collect()),
        (true, Some(below), Some(above)) => Solution::Between { below: money(below), above: money(above) },
        (true, ..) => Solution::Unreached(Money::from_fen(left.0), Money::from_fen(left.1)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    fn yuan(yuan: i64) -> Money {
        Money::from_fen(yuan * 100)
    }

    #[test]
    fn a_straight_line_has_one_solution() {
        let found = solve(yuan(9_000), |gross| Ok::<_, Infallible>(gross.sub(yuan(1_000)).unwrap())).unwrap();
        assert_eq!(found, Solution::Exact(vec![yuan(10_000)]));
        // A tenth that is rounded down leaves the same of two neighbours.
        let found = solve(yuan(9_000), |gross| Ok::<_, Infallible>(Money::from_fen(gross.fen() * 9 / 10))).unwrap();
        assert_eq!(found, Solution::Exact(vec![yuan(10_000), Money::from_fen(1_000_001)]));
    }

    #[test]
    fn a_jump_leaves_a_gap_or_takes_what_was_there_before() {
        // From 1,000 yuan on there are 100 more.
        let up =
            |gross: Money| Ok::<_, Infallible>(gross.add(yuan(if gross >= yuan(1_000) { 100 } else { 0 })).unwrap());
        let gap = Solution::Between {
            below: (Money::from_fen(99_999), Money::from_fen(99_999)),
            above: (yuan(1_000), yuan(1_100)),
        };
        assert_eq!(solve(yuan(1_050), up).unwrap(), gap);
        assert_eq!(solve(yuan(1_100), up).unwrap(), Solution::Exact(vec![yuan(1_000)]));
        // From 1,000 yuan on there are 100 less: 950 is left twice.
        let down =
            |gross: Money| Ok::<_, Infallible>(gross.sub(yuan(if gross >= yuan(1_000) { 100 } else { 0 })).unwrap());
        assert_eq!(solve(yuan(950), down).unwrap(), Solution::Exact(vec![yuan(950), yuan(1_050)]));
    }

    #[test]
    fn what_nothing_leaves_is_said() {
        let nothing = |_| Ok::<_, Infallible>(Money::ZERO);
        assert!(matches!(solve(yuan(1), nothing).unwrap(), Solution::Unreached(_, Money::ZERO)));
    }
}
