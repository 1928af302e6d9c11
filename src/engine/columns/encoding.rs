//! Values of one kind as whole numbers.

use super::code::calendar;
use crate::{
    engine::value::Value,
    quantity::Exact,
    rulebook::{Book, EntryId, Type},
};
use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

/// How the values of a column are written as whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// A number with so many decimals, without its point: at two decimals `345.00` is 34500.
    Number {
        /// How many.
        decimals: u32,
    },
    /// No is 0, yes is 1.
    Boolean,
    /// Days since the year 1 began; its first day is 1.
    Date,
    /// A member or choice, by position.
    Choice,
}

/// No row of money beyond this many parts (a hundred billion yuan, in fen) is computed in columns: it leaves room for
/// sums and products in 64 bits without a check at every step.
const MONEY_LIMIT: i64 = 10_000_000_000_000;
/// The same for everything that is counted or measured.
const COUNT_LIMIT: i64 = 1_000_000_000;

impl Encoding {
    /// How an entry's cells are given; nothing for what nobody can give.
    pub(super) fn of(book: &Book, entry: EntryId) -> Option<Encoding> {
        match book.entry(entry).of {
            Type::Number(unit) => {
                let decimals = book.fact(entry).map_or(unit.default_decimals(), |fact| fact.decimals);
                Some(Encoding::Number { decimals })
            }
            Type::Boolean => Some(Encoding::Boolean),
            Type::Date => Some(Encoding::Date),
            Type::Choice(_) => Some(Encoding::Choice),
            Type::Zero | Type::Rounding | Type::Scale(_) | Type::Dimension => None,
        }
    }

    /// The least and the greatest value of an entry's cells that columns take.
    pub(super) fn bounds(self, book: &Book, entry: EntryId) -> (i64, i64) {
        match (self, book.entry(entry).of) {
            (Encoding::Boolean, _) => (0, 1),
            (Encoding::Date, _) => calendar(),
            (Encoding::Choice, Type::Choice(set)) => {
                let members = i64::try_from(book.lexicon().members(set).len()).unwrap_or(i64::MAX);
                (0, members - 1)
            }
            (_, of) => {
                let money = matches!(of, Type::Number(unit) if unit.is_money());
                let limit = if money { MONEY_LIMIT } else { COUNT_LIMIT };
                let (low, high) = book.fact(entry).map_or((None, None), |fact| fact.range);
                let bound = |bound: Option<Exact>| bound.and_then(|bound| self.encode(&Value::Number(bound)));
                (bound(low).unwrap_or(-limit).max(-limit), bound(high).unwrap_or(limit).min(limit))
            }
        }
    }

    /// The value as a whole number, where it is one.
    pub(super) fn encode(self, value: &Value) -> Option<i64> {
        match (self, value) {
            (Encoding::Number { decimals }, Value::Number(number)) => {
                let number = number.to_decimal()?.normalize();
                let missing = decimals.checked_sub(number.scale())?;
                i64::try_from(number.mantissa().checked_mul(10i128.checked_pow(missing)?)?).ok()
            }
            (Encoding::Boolean, Value::Boolean(answer)) => Some(i64::from(*answer)),
            (Encoding::Date, Value::Date(day)) => Some(i64::from(day.num_days_from_ce())),
            (Encoding::Choice, Value::Choice(at)) => i64::try_from(*at).ok(),
            _ => None,
        }
    }

    /// The value of a whole number; none for what stands for no value.
    pub(super) fn decode(self, cell: i64) -> Value {
        let value = match self {
            Encoding::Number { decimals } => {
                Decimal::try_from_i128_with_scale(cell.into(), decimals).ok().map(|value| Value::Number(value.into()))
            }
            Encoding::Boolean => Some(Value::Boolean(cell != 0)),
            Encoding::Date => i32::try_from(cell).ok().and_then(NaiveDate::from_num_days_from_ce_opt).map(Value::Date),
            Encoding::Choice => usize::try_from(cell).ok().map(Value::Choice),
        };
        value.unwrap_or(Value::None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_comes_back_as_it_went_in() {
        let number = |text: &str| Value::Number(text.parse().unwrap());
        let fen = Encoding::Number { decimals: 2 };
        for (encoding, value, cell) in [
            (fen, number("345.00"), 34_500),
            (fen, number("-0.1"), -10),
            (fen, number("92233720368547758.07"), i64::MAX),
            (Encoding::Boolean, Value::Boolean(true), 1),
            (Encoding::Date, Value::Date(NaiveDate::MIN), calendar().0),
            (Encoding::Date, Value::Date(NaiveDate::MAX), calendar().1),
            (Encoding::Choice, Value::Choice(3), 3),
        ] {
            assert_eq!(encoding.encode(&value), Some(cell));
            assert_eq!(encoding.decode(cell), value);
        }
    }

    #[test]
    fn what_is_no_whole_number_of_parts_is_not_written() {
        let fen = Encoding::Number { decimals: 2 };
        for text in ["0.001", "92233720368547758.08"] {
            assert_eq!(fen.encode(&Value::Number(text.parse().unwrap())), None, "{text}");
        }
        let third = Exact::from(1).div(Exact::from(3)).unwrap();
        assert_eq!(fen.encode(&Value::Number(third)), None);
        assert_eq!(fen.encode(&Value::None), None);
        assert_eq!(Encoding::Boolean.encode(&Value::Choice(1)), None);
        assert_eq!(Encoding::Date.decode(calendar().1 + 1), Value::None);
    }
}
