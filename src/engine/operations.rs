//! The operations on values that are known or not, or of which there are none.

use super::value::{Unknown, Value};
use crate::{
    formula::{ArithmeticOperator, Comparison},
    quantity::{ArithmeticError, Exact},
    rulebook::{Band, DateFunction, ScalePart},
};
use chrono::{Datelike, Days, Months, NaiveDate};
use std::cmp::Ordering;

/// For want of which facts any of these is not known, if any is not.
pub(super) fn unknown<'v>(values: impl IntoIterator<Item = &'v Value>) -> Option<Unknown> {
    values.into_iter().fold(None, |so_far, value| match (value, so_far) {
        (Value::Unknown(these), Some(those)) => Some(those.and(these)),
        (Value::Unknown(these), None) => Some(these.clone()),
        (_, so_far) => so_far,
    })
}

/// Numbers are computed with; where there is none, none comes out.
pub(super) fn arithmetic(operator: ArithmeticOperator, a: &Value, b: &Value) -> Result<Value, ArithmeticError> {
    if let Some(unknown) = unknown([a, b]) {
        return Ok(Value::Unknown(unknown));
    }
    let (Some(a), Some(b)) = (a.number(), b.number()) else { return Ok(Value::None) };
    let result = match operator {
        ArithmeticOperator::Add => a.add(b),
        ArithmeticOperator::Subtract => a.sub(b),
        ArithmeticOperator::Multiply => a.mul(b),
        ArithmeticOperator::Divide => a.div(b),
    };
    result.map(Value::Number)
}

/// What there is is compared; with none on a side no comparison holds, but that two are the same or not.
pub(super) fn compare(comparison: Comparison, a: &Value, b: &Value) -> Value {
    if let Some(unknown) = unknown([a, b]) {
        return Value::Unknown(unknown);
    }
    let order = match (a, b) {
        (Value::Number(a), Value::Number(b)) => Some(a.cmp(b)),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::Boolean(a), Value::Boolean(b)) => Some(a.cmp(b)),
        (Value::Choice(a), Value::Choice(b)) => Some(a.cmp(b)),
        _ => None,
    };
    Value::Boolean(order.is_some_and(|order| comparison.holds(order)))
}

/// The largest (or smallest) of those that there are.
pub(super) fn extreme(values: &[Value], wanted: Ordering) -> Value {
    if let Some(unknown) = unknown(values) {
        return Value::Unknown(unknown);
    }
    let mut best = Value::None;
    for value in values {
        let order = match (value, &best) {
            (Value::Number(a), Value::Number(b)) => a.cmp(b),
            (Value::Date(a), Value::Date(b)) => a.cmp(b),
            (Value::None, _) => continue,
            _ => wanted,
        };
        if order == wanted {
            best = value.clone();
        }
    }
    best
}

/// The sum of those that there are; nought where there are none.
pub(super) fn sum(values: &[Value]) -> Result<Value, ArithmeticError> {
    if let Some(unknown) = unknown(values) {
        return Ok(Value::Unknown(unknown));
    }
    let numbers = values.iter().filter_map(Value::number);
    numbers.into_iter().try_fold(Exact::ZERO, Exact::add).map(Value::Number)
}

/// What is looked up in the band of a scale that holds x.
pub(super) fn band(part: ScalePart, band: &Band, x: Exact) -> Result<Value, ArithmeticError> {
    let found = match part {
        ScalePart::Rate => band.rate,
        ScalePart::Quick => band.quick,
        ScalePart::Band => x.mul(band.rate)?.sub(band.quick)?,
    };
    Ok(Value::Number(found))
}

/// A function of dates; nothing comes of a date that is none, or of one that leaves the calendar.
pub(super) fn date(function: DateFunction, values: &[Value]) -> Value {
    if let Some(unknown) = unknown(values) {
        return Value::Unknown(unknown);
    }
    let number = |value: i64| Value::Number(Exact::from(value));
    let result = match (function, values) {
        (DateFunction::Year, [Value::Date(day)]) => Some(number(i64::from(day.year()))),
        (DateFunction::Month, [Value::Date(day)]) => Some(number(i64::from(day.month()))),
        (DateFunction::Day, [Value::Date(day)]) => Some(number(i64::from(day.day()))),
        (DateFunction::EndOfMonth, [Value::Date(day)]) => end_of_month(*day).map(Value::Date),
        (DateFunction::Days, [Value::Date(from), Value::Date(to)]) => {
            Some(number(to.signed_duration_since(*from).num_days()))
        }
        (DateFunction::Months, [Value::Date(from), Value::Date(to)]) => Some(number(whole_months(*from, *to))),
        (DateFunction::EDate, [Value::Date(day), Value::Number(months)]) => {
            let months: Option<i64> = months.floor().to_decimal().and_then(|months| months.try_into().ok());
            months.and_then(|months| months_on(*day, months)).map(Value::Date)
        }
        _ => None,
    };
    result.unwrap_or(Value::None)
}

fn end_of_month(day: NaiveDate) -> Option<NaiveDate> {
    day.with_day(1)?.checked_add_months(Months::new(1))?.checked_sub_days(Days::new(1))
}

fn months_on(day: NaiveDate, months: i64) -> Option<NaiveDate> {
    let size = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
    if months < 0 { day.checked_sub_months(size) } else { day.checked_add_months(size) }
}

/// Whole months from one date to another: the most that, counted on from the first, do not pass the second.
fn whole_months(from: NaiveDate, to: NaiveDate) -> i64 {
    if to < from {
        return -whole_months(to, from);
    }
    let of = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month0());
    let months = of(to) - of(from);
    let passes = months_on(from, months).is_none_or(|day| day > to);
    if passes { months - 1 } else { months }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_months_on_both_sides_of_the_day() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        for (from, to, expected) in [
            ("2026-01-15", "2026-02-14", 0),
            ("2026-01-15", "2026-02-15", 1),
            ("2026-01-31", "2026-02-28", 1),
            ("2026-01-31", "2026-02-27", 0),
            ("2024-02-29", "2025-02-28", 12),
            ("2026-03-01", "2026-01-15", -1),
        ] {
            assert_eq!(whole_months(day(from), day(to)), expected, "{from} {to}");
        }
        assert_eq!(end_of_month(day("2028-02-10")), Some(day("2028-02-29")));
    }

    #[test]
    fn none_is_passed_over_and_unknown_is_not() {
        let number = |value: i64| Value::Number(Exact::from(value));
        assert_eq!(extreme(&[Value::None, number(2), number(3)], Ordering::Less), number(2));
        assert_eq!(extreme(&[Value::None], Ordering::Less), Value::None);
        assert_eq!(sum(&[Value::None, number(2)]), Ok(number(2)));
        let unknown = Value::Unknown(Unknown::fact(super::super::plan::SlotId(7)));
        assert_eq!(sum(&[unknown.clone(), number(2)]), Ok(unknown.clone()));
        assert_eq!(arithmetic(ArithmeticOperator::Add, &Value::None, &number(1)), Ok(Value::None));
        assert_eq!(compare(Comparison::Greater, &number(1), &Value::None), Value::Boolean(false));
        assert_eq!(compare(Comparison::Greater, &unknown, &Value::None), unknown);
    }
}
