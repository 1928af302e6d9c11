//! From one day to another, and from one time of the day to another: `自2026年1月1日起至2026年12月31日止` is twelve months,
//! `上午九点至下午三点半` six and a half hours.

use super::quantity::{Family, Found, number};
use crate::quantity::Exact;
use chrono::{Datelike, Days, NaiveDate};
use rust_decimal::prelude::ToPrimitive;

/// What may stand between the two ends.
const UNTIL: [&str; 14] =
    ["起至", "起到", "开始至", "(含)至", "至", "到", "起,至", "起—", "—", "--", "-", "~", "～", "–"];

/// The span of days or hours that begins at a place of a text.
pub(super) fn span(text: &str, start: usize) -> Option<Found> {
    let rest = &text[start..];
    days(rest).or_else(|| hours(rest)).map(|(family, value, length)| Found {
        family,
        value,
        start,
        end: start + length,
    })
}

fn until(text: &str) -> Option<&str> {
    let text = text.trim_start_matches('起');
    UNTIL.iter().find_map(|until| text.strip_prefix(until))
}

fn days(text: &str) -> Option<(Family, Exact, usize)> {
    let (from, rest) = date(text)?;
    let (to, rest) = date(until(rest)?)?;
    // Both days belong to it.
    let end = to.checked_add_days(Days::new(1)).filter(|end| *end > from)?;
    let months = i64::from(end.year() - from.year()) * 12 + i64::from(end.month()) - i64::from(from.month());
    let whole = months - i64::from(end.day() < from.day());
    Some((Family::Months, Exact::from(whole), text.len() - rest.len()))
}

fn date(text: &str) -> Option<(NaiveDate, &str)> {
    let (year, rest) = part(text, "年")?;
    let (month, rest) = part(rest, "月")?;
    let (day, rest) = part(rest, "日")?;
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    Some((date, rest))
}

fn part<'t>(text: &'t str, unit: &str) -> Option<(u32, &'t str)> {
    let (value, length) = number(text)?;
    Some((value.to_u32()?, text[length..].strip_prefix(unit)?))
}

fn hours(text: &str) -> Option<(Family, Exact, usize)> {
    let (from, rest) = time(text)?;
    let (to, rest) = time(until(rest)?)?;
    const DAY: u32 = 24 * 60;
    // 22:00至6:00 goes over midnight; 9点至3点半 goes on into the afternoon.
    let minutes = match to.checked_sub(from) {
        Some(0) | None if to + DAY / 2 > from && to < DAY / 2 && from < DAY / 2 => to + DAY / 2 - from,
        Some(0) | None => to + DAY - from,
        Some(minutes) => minutes,
    };
    let hours = Exact::from(i64::from(minutes)).div(Exact::from(60)).ok()?;
    Some((Family::Span, hours, text.len() - rest.len()))
}

/// A time of the day in minutes since midnight.
fn time(text: &str) -> Option<(u32, &str)> {
    const PARTS: [(&str, bool); 12] = [
        ("上午", false),
        ("早上", false),
        ("早晨", false),
        ("凌晨", false),
        ("次日", false),
        ("早", false),
        ("中午", false),
        ("下午", true),
        ("晚上", true),
        ("傍晚", true),
        ("夜间", true),
        ("晚", true),
    ];
    let (after_noon, rest) = PARTS
        .iter()
        .find_map(|(part, after_noon)| text.strip_prefix(part).map(|rest| (*after_noon, rest)))
        .unwrap_or((false, text));
    let (hour, length) = number(rest)?;
    let hour = hour.to_u32().filter(|hour| *hour <= 24)?;
    let rest = &rest[length..];
    let rest = rest.strip_prefix("点钟").or_else(|| rest.strip_prefix(['点', '时', ':']))?;
    let (minute, rest) = match rest.strip_prefix('半') {
        Some(rest) => (30, rest),
        None => match number(rest) {
            Some((minute, length)) => {
                let rest = &rest[length..];
                (minute.to_u32().filter(|minute| *minute < 60)?, rest.strip_prefix('分').unwrap_or(rest))
            }
            None => (0, rest.strip_prefix('整').unwrap_or(rest)),
        },
    };
    let hour = if after_noon && hour < 12 { hour + 12 } else { hour };
    Some((hour * 60 + minute, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_counted_in_months_and_hours() {
        for (text, family, value) in [
            ("2026年3月1日起至2027年2月28日止", Family::Months, "12"),
            ("2026年1月1日至2028年12月31日", Family::Months, "36"),
            ("二〇二六年五月一日起至二〇二六年十月三十日", Family::Months, "5"),
            ("上午九点至下午三点半", Family::Span, "6.5"),
            ("17:00至22:30", Family::Span, "5.5"),
            ("22:00-6:00", Family::Span, "8"),
            ("9点到3点", Family::Span, "6"),
        ] {
            let found = span(text, 0).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((found.family, found.value.to_string().as_str()), (family, value), "{text}");
        }
        for text in ["2026年3月1日", "2027年2月28日至2026年3月1日", "25:00至26:00", "三个月至五个月", "3至5人"]
        {
            assert_eq!(span(text, 0), None, "{text}");
        }
    }
}
