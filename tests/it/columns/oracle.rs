//! Formulas by rational numbers without limits, knowing nothing of the engine.

use num_bigint::BigInt;
use num_rational::BigRational;
use rust_decimal::prelude::{Signed, Zero};

/// Facts that are numbers, and their decimals.
pub(super) const NUMBERS: [(&str, u32); 5] = [("a", 2), ("b", 0), ("c", 6), ("d", 2), ("e", 2)];
/// The one of them that there need not be.
pub(super) const OPTIONAL: usize = 4;
pub(super) const MEMBERS: [&str; 3] = ["x", "y", "z"];
/// By member; of the last there is none.
pub(super) const RATES: [Option<&str>; 3] = [Some("0.08"), Some("12.5"), None];
/// By member, for look-ups: the last is not covered.
pub(super) const WEIGHTS: [Option<&str>; 3] = [Some("1.5"), Some("-3"), None];
pub(super) const LITERALS: [&str; 9] = ["0", "1", "2", "3", "0.01", "16%", "21.75", "1000", "-7.125"];
pub(super) const MODES: [&str; 4] = ["half-up", "half-even", "up", "down"];
pub(super) const STEPS: [&str; 5] = ["10", "1", "0.1", "0.01", "0.000001"];
/// Bound, rate and quick deduction.
pub(super) const BANDS: [(Option<&str>, &str, &str); 3] =
    [(Some("0"), "0", "0"), (Some("360.5"), "3%", "0"), (None, "10%", "25.235")];

/// A formula.
#[derive(Debug, Clone)]
pub(super) enum Tree {
    Number(&'static str),
    Fact(usize),
    /// `p` of a member, or of the member at hand.
    Cell(Option<usize>),
    Rate(Option<usize>),
    /// The weight that the choice `k` names.
    Weight,
    /// An earlier figure of the book.
    Figure(usize),
    Negate(Box<Tree>),
    Arithmetic(char, Box<Tree>, Box<Tree>),
    If(Box<Test>, Box<Tree>, Box<Tree>),
    Add(Vec<Tree>),
    Max(Vec<Tree>),
    Min(Vec<Tree>),
    Clamp(Box<Tree>, Box<Tree>, Box<Tree>),
    Abs(Box<Tree>),
    Int(Box<Tree>),
    Round(Box<Tree>, usize, usize),
    Scale(&'static str, Box<Tree>),
    /// Over the members, only those with `p` above a number where there is one.
    Sum(Option<&'static str>, Box<Tree>),
    IfNone(Box<Tree>, Box<Tree>),
}

#[derive(Debug, Clone)]
pub(super) enum Test {
    Compare(&'static str, Tree, Tree),
    Flag,
    Chosen(usize),
    Not(Box<Test>),
    And(Box<Test>, Box<Test>),
    Or(Box<Test>, Box<Test>),
}

/// A figure of the book: a formula, or cases by where the fact `a` lies.
#[derive(Debug)]
pub(super) struct Figure {
    pub(super) arms: Vec<Tree>,
    pub(super) round: Option<(usize, usize)>,
    pub(super) by_line: bool,
}

/// Below, at most, and above which numbers `a` makes the three cases.
pub(super) const CASES: (&str, &str) = ("0.5", "100");

pub(super) fn literal(text: &str) -> BigRational {
    let (digits, percent) = text.strip_suffix('%').map_or((text, false), |digits| (digits, true));
    let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len()) + if percent { 2 } else { 0 };
    let whole: BigInt = digits.replace('.', "").parse().unwrap();
    BigRational::new(whole, BigInt::from(10).pow(u32::try_from(decimals).unwrap()))
}

/// What a formula comes to.
pub(super) type Known = Result<Option<BigRational>, Undefined>;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Undefined {
    DivisionByZero,
    NotCovered,
    /// A fact that decides it was left out.
    Open,
}

/// A row, as rational numbers.
pub(super) struct Row<'f> {
    pub(super) figures: &'f [Figure],
    pub(super) numbers: Vec<Known>,
    pub(super) cells: Vec<BigRational>,
    pub(super) flag: Result<bool, Undefined>,
    pub(super) chosen: Result<usize, Undefined>,
}

fn rounded(value: &BigRational, mode: usize, step: usize) -> BigRational {
    let step = literal(STEPS[step]);
    let steps = value / &step;
    let below = steps.trunc();
    let rest = (&steps - &below).abs();
    let half = BigRational::new(1.into(), 2.into());
    let away = match MODES[mode] {
        "half-up" => rest >= half,
        "half-even" => rest > half || rest == half && below.to_integer() % 2 != BigInt::zero(),
        "up" => !rest.is_zero(),
        _ => false,
    };
    let whole = if away { &below + steps.signum() } else { below };
    whole * step
}

impl Row<'_> {
    pub(super) fn figure(&self, at: usize, member: Option<usize>) -> Known {
        let figure = &self.figures[at];
        let tree = match figure.arms.as_slice() {
            [below, between, above] => {
                // What there is none of meets no condition; `a` may be left out, but never is none.
                let a = self.numbers[0].clone()?.unwrap();
                if a < literal(CASES.0) {
                    below
                } else if a > literal(CASES.1) {
                    above
                } else {
                    between
                }
            }
            arms => &arms[0],
        };
        let value = self.value(tree, member)?;
        Ok(value.map(|value| figure.round.map_or(value.clone(), |(mode, step)| rounded(&value, mode, step))))
    }

    fn value(&self, tree: &Tree, hand: Option<usize>) -> Known {
        let one = |tree: &Tree| self.value(tree, hand);
        let all = |trees: &[Tree]| trees.iter().map(one).collect::<Result<Vec<_>, _>>();
        let extreme = |values: Vec<Option<BigRational>>, largest: bool| {
            let some = values.into_iter().flatten();
            if largest { some.max() } else { some.min() }
        };
        let cell = |member: &Option<usize>| member.or(hand).unwrap();
        Ok(match tree {
            Tree::Number(text) => Some(literal(text)),
            Tree::Fact(at) => self.numbers[*at].clone()?,
            Tree::Cell(member) => Some(self.cells[cell(member)].clone()),
            Tree::Rate(member) => RATES[cell(member)].map(literal),
            Tree::Weight => Some(literal(WEIGHTS[self.chosen.clone()?].ok_or(Undefined::NotCovered)?)),
            Tree::Figure(at) => self.figure(*at, hand.filter(|_| self.figures[*at].by_line))?,
            Tree::Negate(x) => one(x)?.map(|x| -x),
            Tree::Arithmetic(operator, x, y) => match (one(x)?, one(y)?) {
                (Some(x), Some(y)) => Some(match operator {
                    '+' => x + y,
                    '-' => x - y,
                    '*' => x * y,
                    _ if y.is_zero() => return Err(Undefined::DivisionByZero),
                    _ => x / y,
                }),
                _ => None,
            },
            Tree::If(test, x, y) => one(if self.holds(test, hand)? { x } else { y })?,
            Tree::Add(trees) => all(trees)?.into_iter().flatten().reduce(|a, b| a + b),
            Tree::Max(trees) => extreme(all(trees)?, true),
            Tree::Min(trees) => extreme(all(trees)?, false),
            Tree::Clamp(x, low, high) => match one(x)? {
                None => None,
                x => {
                    let raised = extreme(vec![x, one(low)?], true);
                    extreme(vec![raised, one(high)?], false)
                }
            },
            Tree::Abs(x) => one(x)?.map(|x| x.abs()),
            Tree::Int(x) => one(x)?.map(|x| x.floor()),
            Tree::Round(x, mode, step) => one(x)?.map(|x| rounded(&x, *mode, *step)),
            Tree::Scale(part, x) => one(x)?.map(|x| {
                let (_, rate, quick) = BANDS.iter().find(|(to, ..)| to.is_none_or(|to| x <= literal(to))).unwrap();
                match *part {
                    "RATE" => literal(rate),
                    "QUICK" => literal(quick),
                    _ => x * literal(rate) - literal(quick),
                }
            }),
            Tree::Sum(above, x) => {
                let mut total = BigRational::zero();
                for member in 0..MEMBERS.len() {
                    if above.is_none_or(|above| self.cells[member] > literal(above)) {
                        total += self.value(x, Some(member))?.unwrap_or_else(BigRational::zero);
                    }
                }
                Some(total)
            }
            Tree::IfNone(x, y) => match one(x)? {
                None => one(y)?,
                some => some,
            },
        })
    }

    fn holds(&self, test: &Test, hand: Option<usize>) -> Result<bool, Undefined> {
        Ok(match test {
            Test::Compare(sign, x, y) => match (self.value(x, hand)?, self.value(y, hand)?) {
                (Some(x), Some(y)) => match *sign {
                    "=" => x == y,
                    "<>" => x != y,
                    "<" => x < y,
                    "<=" => x <= y,
                    ">" => x > y,
                    _ => x >= y,
                },
                _ => false,
            },
            Test::Flag => self.flag.clone()?,
            Test::Chosen(at) => self.chosen.clone()? == *at,
            Test::Not(x) => !self.holds(x, hand)?,
            Test::And(x, y) => self.holds(x, hand)? && self.holds(y, hand)?,
            Test::Or(x, y) => self.holds(x, hand)? || self.holds(y, hand)?,
        })
    }
}
