//! Values as text for people and for programs.

use super::value::Value;
use crate::{
    quantity::{Exact, Rounding, RoundingMode, Unit, format_decimal},
    rulebook::{Lexicon, Type},
};
use rust_decimal::Decimal;

/// How many decimals of a quotient without end are shown to people.
const SHOWN_DECIMALS: u32 = 6;

/// A number, in yuan with at least two decimals: 555.00. A quotient without end stays a fraction.
#[must_use]
pub fn show_number(value: Exact, of: Type) -> String {
    let least = match of {
        Type::Number(unit) if unit.is_priced() => unit.default_decimals(),
        _ => 0,
    };
    match value.to_decimal() {
        Some(decimal) => format_decimal(decimal, least.max(decimal.normalize().scale())),
        None => value.to_string(),
    }
}

/// A value for people: with its unit, ratios as percentages, choices by name.
#[must_use]
pub fn show(lexicon: &Lexicon, value: &Value, of: Type) -> String {
    match (value, of) {
        (Value::None, _) => "无".to_owned(),
        (Value::Unknown(_), _) => "未知".to_owned(),
        (Value::Boolean(true), _) => "是".to_owned(),
        (Value::Boolean(false), _) => "否".to_owned(),
        (Value::Date(day), _) => day.to_string(),
        (Value::Rounding(rounding), _) => rounding.describe(),
        (Value::Choice(at), Type::Choice(set)) => {
            lexicon.members(set).get(*at).map_or_else(String::new, |member| member.name.clone())
        }
        (Value::Choice(at), _) => at.to_string(),
        (Value::Number(value), Type::Number(unit)) => with_unit(*value, unit),
        (Value::Number(value), _) => value.to_string(),
    }
}

fn with_unit(value: Exact, unit: Unit) -> String {
    if unit.is_percent() {
        let percent = value.mul(Exact::from(100)).ok().and_then(Exact::to_decimal);
        if let Some(percent) = percent {
            return format!("{}%", percent.normalize());
        }
        // A share without end: near enough to read, and exact beside it.
        if let (Ok(percent), Some(fraction)) = (value.mul(Exact::from(100)), value.to_fraction()) {
            return format!("≈{}%（{fraction}）", near(percent));
        }
    }
    let unit_text = match unit {
        unit if unit.is_percent() => String::new(),
        // 9月 is September.
        Unit::MONTH => "个月".to_owned(),
        unit => unit.to_string(),
    };
    match value.to_decimal() {
        Some(_) => format!("{}{unit_text}", show_number(value, Type::Number(unit))),
        None => format!("≈{}{unit_text}", near(value)),
    }
}

/// A number without end, to as many decimals as are shown.
fn near(value: Exact) -> String {
    let step = Decimal::new(1, SHOWN_DECIMALS);
    let near = value.round(Rounding { mode: RoundingMode::HalfUp, step }).map(|near| near.to_string());
    near.unwrap_or_else(|_| value.to_string())
}
