//! Straight-line code on columns of whole numbers: what a plan is lowered to.
//!
//! Each operation writes a register of its own. While code is written, the least and the greatest value of every
//! register are worked out, so that only what could leave 64 bits is checked when it runs. A row that leaves them falls
//! to the exact path; what can make a row fall is never removed, because every range rests on it.

use crate::{engine::operations, engine::value::Value, quantity::RoundingMode, rulebook::DateFunction};
use chrono::{Datelike, NaiveDate};

/// What an operation reads: the column that another wrote, or the same number for every row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Register(usize),
    Constant(i64),
}

impl Source {
    /// Conditions are masks: no bit or every bit.
    pub(super) const NO: Source = Source::Constant(0);
    pub(super) const YES: Source = Source::Constant(-1);
    pub(super) const ZERO: Source = Source::Constant(0);
    pub(super) const ONE: Source = Source::Constant(1);

    pub(super) fn mask(holds: bool) -> Source {
        if holds { Source::YES } else { Source::NO }
    }

    fn constant(self) -> Option<i64> {
        if let Source::Constant(value) = self { Some(value) } else { None }
    }
}

/// How a quotient becomes whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Rounded(RoundingMode),
    /// Toward minus infinity.
    Floor,
}

/// What a fact is in a row that leaves it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LeftOut {
    /// Another figure, or not known: the row falls.
    Open,
    /// Its default.
    Default(i64),
    /// By default there is none.
    None,
}

/// What an operation does with its sources `a`, `b`, `c`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// A column of the input; rows outside the bounds fall.
    Given {
        column: usize,
        low: i64,
        high: i64,
        left_out: LeftOut,
    },
    /// Where that column says that there is none.
    Absent {
        column: usize,
        left_out: LeftOut,
    },
    Add,
    Subtract,
    Multiply,
    Maximum,
    Minimum,
    Less,
    LessOrEqual,
    Equal,
    And,
    Or,
    /// `b` where the mask `a` holds, else `c`.
    Select,
    /// `a × b / c`, made whole; `c` is above zero.
    Divide(Way),
    /// `a × slope + offset` of the piece that holds `a`: of pieces that reach up to bounds, each inclusive.
    Pieces {
        bounds: Vec<i64>,
        pieces: Vec<(i64, i64)>,
    },
    /// The entry at the position `a`.
    Table(Vec<i64>),
    /// A function of the days `a` and `b`; of EDATE, `b` is a number of months.
    Date(DateFunction),
}

/// `a / by` made whole, for `by` above zero; nothing else is divided by.
pub(super) fn quotient(a: i64, by: i64, way: Way) -> i64 {
    let by = by.max(1);
    let (whole, remainder) = (a / by, a % by);
    let (below, above) = (remainder.unsigned_abs(), by.unsigned_abs() - remainder.unsigned_abs());
    let away = match way {
        Way::Rounded(RoundingMode::HalfUp) => below >= above,
        Way::Rounded(RoundingMode::HalfEven) => below > above || below == above && whole % 2 != 0,
        Way::Rounded(RoundingMode::Up) => below > 0,
        Way::Rounded(RoundingMode::Down) => false,
        Way::Floor => remainder < 0,
    };
    // One step away from zero cannot leave 64 bits: with a divisor of one nothing remains.
    if away { whole + a.signum() } else { whole }
}

/// A function of dates on day numbers, by the exact path's own; nothing where none comes of it.
fn date(function: DateFunction, a: i64, b: i64) -> Option<i64> {
    let day = |number: i64| NaiveDate::from_num_days_from_ce_opt(i32::try_from(number).ok()?);
    match function {
        DateFunction::Year => day(a).map(|day| i64::from(day.year())),
        DateFunction::Month => day(a).map(|day| i64::from(day.month())),
        DateFunction::Day => day(a).map(|day| i64::from(day.day())),
        DateFunction::Days => b.checked_sub(a),
        DateFunction::EndOfMonth | DateFunction::Months | DateFunction::EDate => {
            let mut values = vec![Value::Date(day(a)?)];
            match function {
                DateFunction::Months => values.push(Value::Date(day(b)?)),
                DateFunction::EDate => values.push(Value::Number(b.into())),
                _ => {}
            }
            match operations::date(function, &values) {
                Value::Date(day) => Some(i64::from(day.num_days_from_ce())),
                Value::Number(number) => number.to_decimal()?.try_into().ok(),
                _ => None,
            }
        }
    }
}

impl What {
    /// What the operation makes of a row; nothing where the row falls. Columns of the input are not for it to read.
    pub(super) fn apply(&self, [a, b, c]: [i64; 3]) -> Option<i64> {
        let mask = |holds: bool| Some(-i64::from(holds));
        match self {
            What::Given { .. } | What::Absent { .. } => None,
            What::Add => a.checked_add(b),
            What::Subtract => a.checked_sub(b),
            What::Multiply => a.checked_mul(b),
            What::Maximum => Some(a.max(b)),
            What::Minimum => Some(a.min(b)),
            What::Less => mask(a < b),
            What::LessOrEqual => mask(a <= b),
            What::Equal => mask(a == b),
            What::And => Some(a & b),
            What::Or => Some(a | b),
            What::Select => Some(if a == 0 { c } else { b }),
            What::Divide(way) => a.checked_mul(b).map(|product| quotient(product, c, *way)),
            What::Pieces { bounds, pieces } => {
                let (slope, offset) = pieces.get(bounds.iter().filter(|bound| a > **bound).count())?;
                a.checked_mul(*slope)?.checked_add(*offset)
            }
            What::Table(entries) => entries.get(usize::try_from(a).ok()?).copied(),
            What::Date(function) => date(*function, a, b),
        }
    }
}

/// An operation: the register it writes is its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Operation {
    pub(super) what: What,
    pub(super) of: [Source; 3],
}

/// The least and the greatest value, as wide as products of two of 64 bits are.
type Range = (i128, i128);

const I64: Range = (i64::MIN as i128, i64::MAX as i128);

/// Code as it is written.
#[derive(Debug, Default)]
pub(super) struct Code {
    pub(super) operations: Vec<Operation>,
    /// Of each whether it could leave 64 bits.
    pub(super) checked: Vec<bool>,
    ranges: Vec<Range>,
}

impl Code {
    /// Adds an operation, unless its result is at hand.
    pub(super) fn emit(&mut self, what: What, of: [Source; 3]) -> Source {
        if let Some(simpler) = simplified(&what, of) {
            return simpler;
        }
        let operation = Operation { what, of };
        if let Some(known) = self.operations.iter().position(|known| *known == operation) {
            return Source::Register(known);
        }
        let (low, high) = self.reach(&operation);
        self.checked.push(self.must_check(&operation, (low, high)));
        self.ranges.push((low.max(I64.0), high.min(I64.1)));
        self.operations.push(operation);
        Source::Register(self.operations.len() - 1)
    }

    pub(super) fn add(&mut self, a: Source, b: Source) -> Source {
        self.emit(What::Add, [a, b, Source::ZERO])
    }

    pub(super) fn subtract(&mut self, a: Source, b: Source) -> Source {
        self.emit(What::Subtract, [a, b, Source::ZERO])
    }

    pub(super) fn multiply(&mut self, a: Source, b: Source) -> Source {
        self.emit(What::Multiply, [a, b, Source::ZERO])
    }

    pub(super) fn maximum(&mut self, a: Source, b: Source) -> Source {
        self.emit(What::Maximum, [a, b, Source::ZERO])
    }

    pub(super) fn minimum(&mut self, a: Source, b: Source) -> Source {
        self.emit(What::Minimum, [a, b, Source::ZERO])
    }

    pub(super) fn less(&mut self, a: Source, b: Source) -> Source {
        self.emit(What::Less, [a, b, Source::ZERO])
    }

    pub(super) fn equal(&mut self, a: Source, b: Source) -> Source {
        self.emit(What::Equal, [a, b, Source::ZERO])
    }

    pub(super) fn and(&mut self, a: Source, b: Source) -> Source {
        self.emit(What::And, [a, b, Source::ZERO])
    }

    pub(super) fn or(&mut self, a: Source, b: Source) -> Source {
        self.emit(What::Or, [a, b, Source::ZERO])
    }

    pub(super) fn not(&mut self, a: Source) -> Source {
        if let Source::Register(at) = a
            && let Operation { what: What::Subtract, of: [Source::YES, a, _] } = self.operations[at]
        {
            return a;
        }
        // Every bit less every bit is none: a mask's complement.
        self.subtract(Source::YES, a)
    }

    pub(super) fn select(&mut self, mask: Source, a: Source, b: Source) -> Source {
        self.emit(What::Select, [mask, a, b])
    }

    /// `a / by` made whole. A product that fits is taken into the division, which saves a column.
    pub(super) fn divide(&mut self, a: Source, by: Source, way: Way) -> Source {
        let (a, factor) = match a {
            Source::Register(at) if self.operations[at].what == What::Multiply && !self.checked[at] => {
                let [a, factor, _] = self.operations[at].of;
                (a, factor)
            }
            _ => (a, Source::ONE),
        };
        self.emit(What::Divide(way), [a, factor, by])
    }

    /// The least and the greatest value of a source in rows that do not fall.
    pub(super) fn range(&self, source: Source) -> Range {
        match source {
            Source::Register(at) => self.ranges[at],
            Source::Constant(value) => (value.into(), value.into()),
        }
    }

    fn must_check(&self, operation: &Operation, (low, high): Range) -> bool {
        match operation.what {
            // A half is added before it divides.
            What::Divide(_) => {
                let [a, factor, by] = operation.of.map(|source| self.range(source));
                let product = product(a, factor);
                product.0 - by.1 < I64.0 || product.1 + by.1 > I64.1
            }
            What::Date(_) => true,
            _ => low < I64.0 || high > I64.1,
        }
    }

    /// The range as it would be without the bounds of 64 bits.
    fn reach(&self, operation: &Operation) -> Range {
        let [a, b, c] = operation.of.map(|source| self.range(source));
        let calendar = calendar();
        let (calendar_low, calendar_high) = (i128::from(calendar.0), i128::from(calendar.1));
        match &operation.what {
            What::Given { low, high, left_out, .. } => {
                let range = (i128::from(*low), i128::from(*high));
                match left_out {
                    LeftOut::Open => range,
                    LeftOut::Default(value) => union(range, (i128::from(*value), i128::from(*value))),
                    LeftOut::None => union(range, (0, 0)),
                }
            }
            What::Absent { .. } | What::Less | What::LessOrEqual | What::Equal | What::And | What::Or => (-1, 0),
            What::Add => (a.0 + b.0, a.1 + b.1),
            What::Subtract => (a.0 - b.1, a.1 - b.0),
            What::Multiply => product(a, b),
            What::Maximum => (a.0.max(b.0), a.1.max(b.1)),
            What::Minimum => (a.0.min(b.0), a.1.min(b.1)),
            What::Select => union(b, c),
            What::Divide(way) => {
                let (low, high) = product(a, b);
                let whole = |value: i128, by: i128| match (i64::try_from(value), i64::try_from(by)) {
                    (Ok(value), Ok(by)) => i128::from(quotient(value, by, *way)),
                    _ => value,
                };
                // Every way of making whole keeps order; a divisor that varies is at least one.
                if c.0 == c.1 { (whole(low, c.0), whole(high, c.0)) } else { (low.min(0), high.max(0)) }
            }
            What::Pieces { bounds, pieces } => {
                let from = bounds.iter().map(|bound| i128::from(*bound) + 1);
                let to = bounds.iter().map(|bound| i128::from(*bound));
                let spans = std::iter::once(a.0).chain(from).zip(to.chain([a.1]));
                let values = spans.zip(pieces).filter_map(|((from, to), (slope, offset))| {
                    let (from, to) = (from.max(a.0), to.min(a.1));
                    let (slope, offset) = (i128::from(*slope), i128::from(*offset));
                    (from <= to).then(|| union(corner(from * slope + offset), corner(to * slope + offset)))
                });
                values.reduce(union).unwrap_or((0, 0))
            }
            What::Table(entries) => {
                entries.iter().map(|entry| corner(i128::from(*entry))).reduce(union).unwrap_or((0, 0))
            }
            What::Date(function) => match function {
                DateFunction::Month => (1, 12),
                DateFunction::Day => (1, 31),
                DateFunction::Days => (b.0 - a.1, b.1 - a.0),
                // No calendar has more years or months than days.
                DateFunction::Year | DateFunction::Months => (2 * calendar_low, 2 * calendar_high),
                DateFunction::EDate | DateFunction::EndOfMonth => (calendar_low, calendar_high),
            },
        }
    }
}

/// The first and the last day of the calendar.
pub(super) fn calendar() -> (i64, i64) {
    (NaiveDate::MIN.num_days_from_ce().into(), NaiveDate::MAX.num_days_from_ce().into())
}

fn corner(value: i128) -> Range {
    (value, value)
}

fn union(a: Range, b: Range) -> Range {
    (a.0.min(b.0), a.1.max(b.1))
}

fn product(a: Range, b: Range) -> Range {
    [a.0 * b.1, a.1 * b.0, a.1 * b.1].into_iter().map(corner).fold(corner(a.0 * b.0), union)
}

/// What needs no operation: constants, and operations that change nothing.
fn simplified(what: &What, of: [Source; 3]) -> Option<Source> {
    if let [Some(a), Some(b), Some(c)] = of.map(Source::constant)
        && let Some(value) = what.apply([a, b, c])
    {
        return Some(Source::Constant(value));
    }
    let [a, b, c] = of;
    match what {
        What::Add | What::Or if a == Source::ZERO => Some(b),
        What::Add | What::Subtract | What::Or if b == Source::ZERO => Some(a),
        What::Multiply if a == Source::ONE => Some(b),
        What::Multiply if b == Source::ONE => Some(a),
        What::And if a == Source::NO || b == Source::NO => Some(Source::NO),
        What::And if a == Source::YES => Some(b),
        What::And if b == Source::YES => Some(a),
        What::Or if a == Source::YES || b == Source::YES => Some(Source::YES),
        What::And | What::Or | What::Maximum | What::Minimum if a == b => Some(a),
        What::Select if a == Source::NO => Some(c),
        What::Select if a == Source::YES => Some(b),
        What::Select if b == c => Some(b),
        What::Table(entries) => {
            let first = *entries.first()?;
            entries.iter().all(|entry| *entry == first).then_some(Source::Constant(first))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::{Exact, Rounding};
    use rust_decimal::Decimal;

    #[test]
    fn quotients_round_as_exact_numbers_do() {
        for mode in [RoundingMode::HalfUp, RoundingMode::HalfEven, RoundingMode::Up, RoundingMode::Down] {
            let rounding = Rounding { mode, step: Decimal::ONE };
            for by in [1, 2, 3, 4, 10, 200, i64::MAX] {
                for a in [0, 1, 2, 3, 5, 6, 7, 14, 15, 16, 100, 300, 301, i64::MAX] {
                    for a in [a, -a] {
                        let exact = Exact::from(a).div(Exact::from(by)).unwrap().round(rounding).unwrap();
                        assert_eq!(Decimal::from(quotient(a, by, Way::Rounded(mode))), exact, "{a} / {by} {mode}");
                        let floor = Exact::from(a).div(Exact::from(by)).unwrap().floor();
                        assert_eq!(Exact::from(quotient(a, by, Way::Floor)), floor, "{a} / {by}");
                    }
                }
            }
        }
        assert_eq!(quotient(i64::MIN, 1, Way::Rounded(RoundingMode::Up)), i64::MIN);
        assert_eq!(quotient(5, 0, Way::Floor), 5, "nothing is divided by nought");
    }

    fn given(code: &mut Code, low: i64, high: i64) -> Source {
        let what = What::Given { column: code.operations.len(), low, high, left_out: LeftOut::Open };
        code.emit(what, [Source::ZERO; 3])
    }

    fn is_checked(code: &Code, source: Source) -> bool {
        if let Source::Register(at) = source { code.checked[at] } else { false }
    }

    #[test]
    fn only_what_may_leave_64_bits_is_checked() {
        let mut code = Code::default();
        let (most, one) = (given(&mut code, -1, i64::MAX), given(&mut code, -1, 1));
        let fits = code.subtract(most, Source::Constant(i64::MAX));
        assert!(!is_checked(&code, fits));
        let leaves = code.add(most, one);
        assert!(is_checked(&code, leaves));
        assert_eq!(code.range(leaves), (-2, i64::MAX.into()), "rows that leave have fallen");
        let half = given(&mut code, -(1 << 31), 1 << 31);
        let fits = code.multiply(half, half);
        assert!(!is_checked(&code, fits));
        let leaves = code.multiply(fits, Source::Constant(3));
        assert!(is_checked(&code, leaves));
    }

    #[test]
    fn ranges_follow_pieces_tables_and_quotients() {
        let mut code = Code::default();
        let x = given(&mut code, -100, 100);
        let unused = Source::ZERO;
        let pieces = What::Pieces { bounds: vec![0, 200], pieces: vec![(0, 7), (3, -1), (1_000, 0)] };
        let pieces = code.emit(pieces, [x, unused, unused]);
        assert_eq!(code.range(pieces), (2, 299), "the last piece is out of reach");
        let table = code.emit(What::Table(vec![4, -9, 6]), [x, unused, unused]);
        assert_eq!(code.range(table), (-9, 6));
        let tenth = code.divide(x, Source::Constant(8), Way::Floor);
        assert_eq!(code.range(tenth), (-13, 12));
    }

    #[test]
    fn what_is_at_hand_is_not_computed_again() {
        let mut code = Code::default();
        let x = given(&mut code, 0, 9);
        let (sum, again) = (code.add(x, Source::ONE), code.add(x, Source::ONE));
        assert_eq!(sum, again);
        assert_eq!(code.add(Source::Constant(2), Source::Constant(3)), Source::Constant(5));
        assert_eq!(code.multiply(Source::ONE, x), x);
        let mask = code.less(x, Source::ONE);
        let not = code.not(mask);
        assert_eq!(code.not(not), mask);
        assert_eq!(code.select(Source::YES, x, Source::ONE), x);
        // A product that fits is taken into the division.
        let product = code.multiply(x, Source::Constant(8));
        let share = code.divide(product, Source::Constant(100), Way::Rounded(RoundingMode::HalfUp));
        let Source::Register(at) = share else { panic!("{share:?}") };
        assert_eq!(code.operations[at].of, [x, Source::Constant(8), Source::Constant(100)]);
    }
}
