//! Quantities in running text: `3个月`, `三个月`, `２年`, `百分之八十`, `1.5万元`, `半个月`.

use super::span::span;
use crate::quantity::Exact;
use rust_decimal::Decimal;

/// What is counted. Units of one family are brought to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// 个月; a year is twelve.
    Months,
    /// 日, 天, 工作日, and weeks of seven; not the day of a date.
    Days,
    /// 小时.
    Hours,
    /// 元.
    Yuan,
    /// A part of the whole: `20%`, `百分之二十`, `八折`, `八成`.
    Share,
    /// 周岁.
    Age,
    /// 人, 名.
    People,
    /// From one time of the day to another, in hours: 9:00至15:30.
    Span,
}

impl Family {
    /// Every family, with the sign a pattern writes between `<` and `>`.
    pub const ALL: [(Self, &'static str); 8] = [
        (Self::Months, "月"),
        (Self::Days, "天"),
        (Self::Hours, "小时"),
        (Self::Yuan, "元"),
        (Self::Share, "%"),
        (Self::Age, "岁"),
        (Self::People, "人"),
        (Self::Span, "时段"),
    ];

    /// The family of a sign.
    #[must_use]
    pub fn of(sign: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == sign).map(|(family, _)| *family)
    }
}

/// The units as they are written after a number, with how many of the family's unit they are; the longest first.
const UNITS: [(&str, Family, &str); 25] = [
    ("个工作日", Family::Days, "1"),
    ("个自然日", Family::Days, "1"),
    ("个日历日", Family::Days, "1"),
    ("工作日", Family::Days, "1"),
    ("自然日", Family::Days, "1"),
    ("个星期", Family::Days, "7"),
    ("个小时", Family::Hours, "1"),
    ("个月", Family::Months, "1"),
    ("年", Family::Months, "12"),
    ("周岁", Family::Age, "1"),
    ("岁", Family::Age, "1"),
    ("周", Family::Days, "7"),
    ("日", Family::Days, "1"),
    ("天", Family::Days, "1"),
    ("小时", Family::Hours, "1"),
    ("时", Family::Hours, "1"),
    ("h", Family::Hours, "1"),
    ("万元", Family::Yuan, "10000"),
    ("元", Family::Yuan, "1"),
    ("块", Family::Yuan, "1"),
    ("%", Family::Share, "0.01"),
    ("成", Family::Share, "0.1"),
    ("折", Family::Share, "0.1"),
    ("名", Family::People, "1"),
    ("人", Family::People, "1"),
];

/// A quantity and where it stands, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) family: Family,
    pub(super) value: Exact,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The quantities of a folded text, in order.
pub(super) fn quantities(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        match span(text, at).or_else(|| quantity(text, at)) {
            Some(one) => {
                at = one.end;
                found.push(one);
            }
            None => at += skipped(rest),
        }
    }
    found
}

/// How far to go on where no quantity stands: over the whole of a number, also of one too long to be one, else over one
/// character.
fn skipped(rest: &str) -> usize {
    let numeral = |sign: &char| {
        sign.is_ascii_digit() || digit(*sign).is_some() || power(*sign).is_some() || large(*sign).is_some()
    };
    match number(rest) {
        Some((_, length)) => length,
        None => {
            let signs: usize = rest.chars().take_while(numeral).map(char::len_utf8).sum();
            signs.max(rest.chars().next().map_or(1, char::len_utf8))
        }
    }
}

fn quantity(text: &str, start: usize) -> Option<Found> {
    let rest = &text[start..];
    if let Some(after) = rest.strip_prefix("百分之") {
        let (value, length) = number(after)?;
        let value = value.checked_div(Decimal::ONE_HUNDRED)?;
        return Some(Found {
            family: Family::Share, value: value.into(), start, end: start + "百分之".len() + length
        });
    }
    let (value, length) = number(rest)?;
    let mut after = &rest[length..];
    // 30(三十)日, 3000元(大写…): the number said again in brackets stands between it and its unit.
    if let Some(inner) = after.strip_prefix('(')
        && let Some((again, length)) = number(inner)
        && again == value
        && let Some(closed) = inner[length..].strip_prefix(')')
    {
        after = closed;
    }
    let (unit, family, multiple) = UNITS.iter().find(|(unit, ..)| after.starts_with(unit))?;
    let end = text.len() - after.len() + unit.len();
    if is_date(text, start, unit, value) {
        return None;
    }
    // 七五折 is 0.75, 七折 is 0.7.
    let multiple = if *unit == "折" && value >= Decimal::TEN { "0.01" } else { multiple };
    let value = value.checked_mul(Decimal::from_str_exact(multiple).ok()?)?;
    Some(Found { family: *family, value: value.into(), start, end })
}

/// `2026年`, `二〇二六年`, `每月10日` and `第三日` are no lengths of time.
fn is_date(text: &str, start: usize, unit: &str, value: Decimal) -> bool {
    let before = &text[..start];
    let ordinal = before.ends_with('第');
    match unit {
        // Nothing is agreed for a thousand years: it is a year of the calendar, in either script.
        "年" => ordinal || value >= Decimal::ONE_THOUSAND,
        "日" => ordinal || before.ends_with('月'),
        "时" => ordinal || before.ends_with(['日', '午', '晚', '早', '晨', '到', '至', '-', '~']),
        _ => ordinal,
    }
}

/// A number at the start of a text and how many bytes it takes.
pub(super) fn number(text: &str) -> Option<(Decimal, usize)> {
    let arabic = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(text.len());
    let digits = text[..arabic].trim_end_matches([',', '.']);
    if digits.starts_with(|c: char| c.is_ascii_digit()) {
        let value = Decimal::from_str_exact(&digits.replace(',', "")).ok()?;
        let rest = &text[digits.len()..];
        // 3百分之… is no three hundred.
        let sign = rest.chars().next().filter(|_| !rest.starts_with("百分之"));
        let multiple = sign.and_then(|sign| large(sign).or_else(|| power(sign).map(Decimal::from)));
        return match (sign, multiple) {
            (Some(sign), Some(multiple)) => Some((value.checked_mul(multiple)?, digits.len() + sign.len_utf8())),
            _ => Some((value, digits.len())),
        };
    }
    chinese(text)
}

const fn large(sign: char) -> Option<Decimal> {
    match sign {
        '万' => Some(Decimal::from_parts(10_000, 0, 0, false, 0)),
        '亿' => Some(Decimal::from_parts(100_000_000, 0, 0, false, 0)),
        _ => None,
    }
}

const fn digit(sign: char) -> Option<u64> {
    Some(match sign {
        '零' | '〇' => 0,
        '一' | '壹' => 1,
        '二' | '两' | '贰' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

const fn power(sign: char) -> Option<u64> {
    Some(match sign {
        '十' | '拾' => 10,
        '百' | '佰' => 100,
        '千' | '仟' => 1_000,
        _ => return None,
    })
}

/// More digits than this are no quantity of a contract.
const MOST_SIGNS: usize = 16;

/// A number in Chinese numerals, plain or capital; `半` is a half.
fn chinese(text: &str) -> Option<(Decimal, usize)> {
    if text.starts_with('半') {
        return Some((Decimal::new(5, 1), "半".len()));
    }
    let (mut whole, mut section, mut pending, mut length, mut signs) = (0_u64, 0_u64, None, 0, 0);
    for sign in text.chars() {
        if let Some(digit) = digit(sign) {
            // 二〇二六: digits one after the other.
            pending = Some(pending.unwrap_or(0) * 10 + digit);
        } else if let Some(power) = power(sign) {
            section += pending.take().unwrap_or(1) * power;
        } else if let Some(multiple) = large(sign).and_then(|multiple| u64::try_from(multiple.mantissa()).ok())
            && length > 0
        {
            whole = (whole + section + pending.take().unwrap_or(0)).checked_mul(multiple)?;
            section = 0;
        } else {
            break;
        }
        length += sign.len_utf8();
        signs += 1;
        if signs > MOST_SIGNS {
            return None;
        }
    }
    (length > 0).then(|| (Decimal::from(whole + section + pending.unwrap_or(0)), length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(Family, String)> {
        quantities(text).into_iter().map(|one| (one.family, one.value.to_string())).collect()
    }

    #[test]
    fn numbers_in_both_scripts_are_brought_to_one_unit() {
        for (text, family, value) in [
            ("三个月", Family::Months, "3"),
            ("3个月", Family::Months, "3"),
            ("两年", Family::Months, "24"),
            ("半年", Family::Months, "6"),
            ("一年半", Family::Months, "12"),
            ("三十日", Family::Days, "30"),
            ("30(三十)日", Family::Days, "30"),
            ("十五个工作日", Family::Days, "15"),
            ("一百二十小时", Family::Hours, "120"),
            ("百分之八十", Family::Share, "0.8"),
            ("20%", Family::Share, "0.2"),
            ("八折", Family::Share, "0.8"),
            ("1.5万元", Family::Yuan, "15000"),
            ("3,164,626元", Family::Yuan, "3164626"),
            ("壹万贰仟元", Family::Yuan, "12000"),
            ("二十五周岁", Family::Age, "25"),
            ("5千元", Family::Yuan, "5000"),
            ("3百元", Family::Yuan, "300"),
            ("3.5万元", Family::Yuan, "35000"),
            ("七五折", Family::Share, "0.75"),
        ] {
            assert_eq!(read(text), [(family, value.to_owned())], "{text}");
        }
    }

    #[test]
    fn a_date_is_no_length_of_time() {
        for text in ["2026年3月1日", "每月10日", "第三日", "二〇二六年", "二〇二六", "第十二条", "18时至22时"]
        {
            let lengths: Vec<_> =
                read(text).into_iter().filter(|(family, _)| !matches!(family, Family::Hours | Family::Span)).collect();
            assert!(lengths.is_empty(), "{text}: {lengths:?}");
        }
        assert_eq!(read("自2026年1月1日起三年"), [(Family::Months, "36".to_owned())]);
    }

    #[test]
    fn absurd_numbers_are_passed_over() {
        assert!(read(&format!("{}元", "九".repeat(400))).is_empty());
        assert!(read(&format!("{}元", "9".repeat(400))).is_empty());
    }
}
