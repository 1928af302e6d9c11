//! What one cell means: each reader takes a cell and gives the value, or the fault and its remedy.

use chrono::{Datelike, NaiveDate};

use crate::{
    exchange::{table::Value, text::fold},
    quantity::{Exact, Money, NumberError, Rate},
};

/// What is wrong with a cell, for the person who filled it.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::exchange) struct Fault {
    pub(in crate::exchange) problem: String,
    pub(in crate::exchange) remedy: String,
}

impl Fault {
    pub(in crate::exchange) fn new(problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { problem: problem.into(), remedy: remedy.into() }
    }
}

pub(in crate::exchange) type Reading<T> = Result<T, Fault>;

/// Ten billion yuan: above it a figure is a slip of the finger, or an account number in the wrong column.
const MAX_AMOUNT: Money = Money::from_fen(1_000_000_000_000);
/// The hours of the longest month.
const HOURS_OF_A_MONTH: i64 = 31 * 24;
/// Years outside are typing errors (0206, 2206).
const YEARS: std::ops::RangeInclusive<i32> = 1950..=2100;
/// Excel keeps 15 digits of a number and makes the others zero.
const EXACT_DIGITS: usize = 15;
/// Characters, for texts that become part of a file's name.
const MAX_NAME: usize = 64;

/// Any text, as it stands.
pub(in crate::exchange) fn text(value: &Value) -> Reading<String> {
    match value {
        Value::Broken(what) => Err(Fault::new(
            format!("单元格没有可用的值（{what}）"),
            "请修正公式，或在 Excel 中打开保存一次，或直接填写数值",
        )),
        other => Ok(other.to_string()),
    }
}

/// Digits or letters that name something: read from text, or from a number that has lost none of them.
pub(super) fn number_text(value: &Value) -> Reading<String> {
    let written = fold(&text(value)?);
    let format_as_text = "请把该列设为“文本”格式后重新填写（原来丢失的数字无法恢复）";
    match value {
        Value::Number(digits) if digits.len() > EXACT_DIGITS => {
            Err(Fault::new("以数字存储，Excel 只保留前 15 位，后面的已变成 0", format_as_text))
        }
        Value::Number(digits) if !digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Err(Fault::new("以带小数或负号的数字存储", format_as_text))
        }
        Value::Text(_) if is_scientific(&written) => {
            Err(Fault::new("已变成科学记数法，后几位数字已丢失", format_as_text))
        }
        Value::Date(_) => Err(Fault::new("这里是日期", format_as_text)),
        _ => Ok(written),
    }
}

/// `5.30102E+17`: what a CSV holds of a long number that a spreadsheet program saved.
fn is_scientific(text: &str) -> bool {
    text.split_once(['E', 'e']).is_some_and(|(mantissa, exponent)| {
        mantissa.contains('.')
            && mantissa.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
            && exponent.strip_prefix('+').is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

/// A worker's number: it names files and keys the ledger.
pub(in crate::exchange) fn worker_no(value: &Value) -> Reading<String> {
    let number = number_text(value)?;
    if number == "." || number == ".." {
        return Err(Fault::new("工号不能是“.”或“..”", "请改用字母或数字编号"));
    }
    file_name_part(number, "工号")
}

/// A person's name, as on the identity document.
pub(super) fn name(value: &Value) -> Reading<String> {
    let name = file_name_part(text(value)?, "姓名")?;
    if name.contains(char::is_whitespace) && !name.contains(|c: char| c.is_ascii_alphabetic()) {
        return Err(Fault::new("姓名中间有空格", "请删去空格，与证件上的姓名一致"));
    }
    Ok(name)
}

fn file_name_part(part: String, what: &str) -> Reading<String> {
    const FORBIDDEN: [char; 9] = ['/', '\\', ':', '*', '?', '"', '<', '>', '|'];
    if let Some(c) = part.chars().find(|c| FORBIDDEN.contains(c) || c.is_control()) {
        let shown =
            if c.is_control() { "控制字符（如换行、制表符）".to_owned() } else { format!("“{c}”") };
        return Err(Fault::new(
            format!("{what}里有{shown}"),
            format!("请删去；{what}用于文件名，不能含 / \\ : * ? \" < > | 和控制字符"),
        ));
    }
    let length = part.chars().count();
    if length > MAX_NAME {
        return Err(Fault::new(format!("{what}有 {length} 个字符"), format!("请缩短到 {MAX_NAME} 个字符以内")));
    }
    Ok(part)
}

/// A bank account: digits, spaces between groups allowed.
pub(super) fn bank_account(value: &Value) -> Reading<String> {
    let digits: String = number_text(value)?.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(digits)
    } else {
        Err(Fault::new("银行账号只能是数字", "请只填数字"))
    }
}

/// An amount of yuan, not negative.
pub(super) fn amount(value: &Value) -> Reading<Money> {
    match signed_amount(value)? {
        negative if negative < Money::ZERO => {
            Err(Fault::new("金额是负数", "请填正数；要扣的钱填在缺勤扣款或其他扣款，也填正数"))
        }
        large if large > MAX_AMOUNT => Err(too_large()),
        amount => Ok(amount),
    }
}

/// An amount that is nonsense where it is nought.
pub(super) fn more_than_nought(value: &Value) -> Reading<Money> {
    match amount(value)? {
        Money::ZERO => Err(Fault::new("不能是 0", "请填公布的数；没有的留空")),
        amount => Ok(amount),
    }
}

/// An amount of yuan that may be one to be given back.
pub(super) fn signed_amount(value: &Value) -> Reading<Money> {
    const PLAIN: &str = "请填以元为单位的数字，如 3200 或 3200.50";
    let written = text(value)?;
    if let Value::Date(_) | Value::Bool(_) = value {
        return Err(Fault::new("这里应是金额", "请把单元格设为“数值”格式后重新填写"));
    }
    Money::parse(&fold(&written)).map_err(|error| match error {
        NumberError::Malformed { .. } => Fault::new("不是金额", PLAIN),
        NumberError::TooPrecise { .. } | NumberError::TooLong { .. } if matches!(value, Value::Number(_)) => {
            Fault::new("金额超过两位小数", "请填到分；公式的结果常带有看不见的尾数，请用 ROUND(…,2) 取到两位小数")
        }
        NumberError::TooPrecise { .. } => Fault::new("金额超过两位小数", "请填到分，最多两位小数"),
        NumberError::TooLong { .. } | NumberError::OutOfRange { .. } => too_large(),
    })
}

fn too_large() -> Fault {
    Fault::new("金额超过 100 亿元", "请检查是否错列，或多打了数字")
}

/// A share below one, as `7%` or `0.07`.
pub(super) fn share(value: &Value) -> Reading<Rate> {
    const SPELLINGS: &str = "填 7% 或 0.07";
    let written: String = fold(&text(value)?).chars().filter(|c| !c.is_whitespace()).collect();
    let Ok(rate) = written.parse::<Rate>() else {
        return Err(Fault::new("不是比例", SPELLINGS));
    };
    let [zero, one] = ["0", "1"].map(|bound| bound.parse::<Rate>().unwrap_or_default());
    if rate < zero || rate >= one {
        return Err(Fault::new("比例应在 0 与 100% 之间", SPELLINGS));
    }
    Ok(rate)
}

/// A number of hours within a month, at most two decimals.
pub(super) fn hours(value: &Value) -> Reading<Exact> {
    const PLAIN: &str = "填小时数，如 86 或 86.5";
    let hours = Exact::parse(&fold(&text(value)?)).map_err(|_| Fault::new("不是小时数", PLAIN))?;
    if hours.is_negative() || hours > Exact::from(HOURS_OF_A_MONTH) {
        return Err(Fault::new(format!("小时数应在 0 与 {HOURS_OF_A_MONTH} 之间"), PLAIN));
    }
    match hours.to_decimal() {
        Some(decimal) if decimal.normalize().scale() <= 2 => Ok(hours),
        _ => Err(Fault::new("小时数超过两位小数", PLAIN)),
    }
}

/// A whole number of days or months.
pub(super) fn count(value: &Value) -> Reading<u32> {
    match fold(&text(value)?).parse() {
        Ok(count @ 0..=366) => Ok(count),
        _ => Err(Fault::new("不是整数", "填 0 至 366 的整数")),
    }
}

/// A share that may be the whole, as `60%`, `0.6` or `100%`.
pub(super) fn portion(value: &Value) -> Reading<Rate> {
    let whole: Rate = "1".parse().unwrap_or_default();
    match fold(&text(value)?).parse::<Rate>() {
        Ok(rate) if rate == whole => Ok(rate),
        _ => share(value),
    }
}

/// A day: a date cell, or text such as 2026-08-01, 2026/8/1, 2026年8月1日, 20260801.
pub(in crate::exchange) fn date(value: &Value) -> Reading<NaiveDate> {
    const SPELLINGS: &str = "填 2026-08-01 这样的日期，或把单元格设为“日期”格式";
    let date = match value {
        Value::Date(date) => Some(*date),
        other => match numbers_of_date(&text(other)?)[..] {
            [year, month, day] => day_of(year, month, day),
            _ => None,
        },
    };
    in_sane_years(date.ok_or_else(|| Fault::new("不是日期", SPELLINGS))?, SPELLINGS)
}

/// A month, as its first day: 2026-08, 2026年8月, 202608, or any day of it.
pub(super) fn month(value: &Value) -> Reading<NaiveDate> {
    const SPELLINGS: &str = "填 2026-08 这样的月份";
    let month = match value {
        Value::Date(date) => date.with_day(1),
        other => match numbers_of_date(&text(other)?)[..] {
            [year, month] => day_of(year, month, 1),
            [year, month, day] => day_of(year, month, day).and_then(|date| date.with_day(1)),
            _ => None,
        },
    };
    in_sane_years(month.ok_or_else(|| Fault::new("不是月份", SPELLINGS))?, SPELLINGS)
}

/// The numbers of a date as written; empty where it is not written as one.
fn numbers_of_date(text: &str) -> Vec<u32> {
    let folded = fold(text);
    // A time of day may follow ("2026-08-01 00:00:00"); it says nothing about the day.
    let day = folded.split([' ', 'T']).next().unwrap_or_default();
    let plain = day.replace(['年', '月', '/', '.'], "-").replace('日', "");
    let plain = plain.trim_end_matches('-');
    let all_digits = plain.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = match plain.len() {
        8 if all_digits => vec![&plain[..4], &plain[4..6], &plain[6..]],
        6 if all_digits => vec![&plain[..4], &plain[4..]],
        _ => plain.split('-').collect(),
    };
    let four_digit_year = parts.first().is_some_and(|year| year.len() == 4);
    let numbers: Option<Vec<u32>> = parts.iter().map(|part| part.parse().ok()).collect();
    numbers.filter(|_| four_digit_year).unwrap_or_default()
}

fn day_of(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

fn in_sane_years(date: NaiveDate, spellings: &str) -> Reading<NaiveDate> {
    if YEARS.contains(&date.year()) {
        Ok(date)
    } else {
        Err(Fault::new(format!("年份 {} 不合理", date.year()), spellings))
    }
}

/// 是 or 否.
pub(super) fn yes_no(value: &Value) -> Reading<bool> {
    match fold(&text(value)?).to_lowercase().as_str() {
        "是" | "y" | "yes" | "true" | "1" | "对" | "√" => Ok(true),
        "否" | "n" | "no" | "false" | "0" | "空" | "无" | "×" => Ok(false),
        _ => Err(Fault::new("应填“是”或“否”", "填“是”或“否”；不填为“否”")),
    }
}

/// A class of industry, 1 to 8.
pub(super) fn injury_class(value: &Value) -> Reading<u8> {
    let written = fold(&text(value)?);
    match written.trim_end_matches('类').parse() {
        Ok(class @ 1..=8) => Ok(class),
        _ => Err(Fault::new("不是工伤保险行业风险类别", "填 1 至 8；没有核定可以不填")),
    }
}

/// A scheme of medical insurance where a place has several, from 1.
pub(super) fn scheme(value: &Value) -> Reading<u8> {
    match fold(&text(value)?).trim_end_matches('档') {
        "一" | "1" => Ok(1),
        "二" | "2" => Ok(2),
        "三" | "3" => Ok(3),
        _ => Err(Fault::new("不是职工医疗保险的参保档次", "填一档、二档或三档；参保地不分档的不填")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(value: &str) -> Value {
        Value::Text(value.to_owned())
    }

    fn number(value: &str) -> Value {
        Value::Number(value.to_owned())
    }

    fn problem<T: std::fmt::Debug>(reading: Reading<T>) -> String {
        reading.unwrap_err().problem
    }

    #[test]
    fn amounts_have_at_most_two_decimals_and_are_not_negative() {
        for (written, fen) in [("3200", 320_000), ("0.07", 7), ("3,200.50", 320_050), ("１２", 1_200), ("5.500", 550)]
        {
            assert_eq!(amount(&typed(written)), Ok(Money::from_fen(fen)), "{written}");
        }
        assert_eq!(amount(&number("0.1")), Ok(Money::from_fen(10)));
        assert_eq!(problem(amount(&typed("0.005"))), "金额超过两位小数");
        assert!(amount(&number("0.30000000000000004")).unwrap_err().remedy.contains("ROUND"));
        assert_eq!(problem(amount(&typed("-0.01"))), "金额是负数");
        assert_eq!(amount(&typed("0")), Ok(Money::ZERO));
        for malformed in ["3200元", "1E4", "3,20", "三千", "-", "1.2.3"] {
            assert_eq!(problem(amount(&typed(malformed))), "不是金额", "{malformed}");
        }
        assert_eq!(problem(amount(&Value::Date(NaiveDate::from_ymd_opt(2026, 9, 1).unwrap()))), "这里应是金额");
        assert_eq!(problem(amount(&Value::Broken("#N/A".into()))), "单元格没有可用的值（#N/A）");
    }

    #[test]
    fn amounts_stop_at_ten_billion() {
        assert_eq!(amount(&typed("10000000000")), Ok(MAX_AMOUNT));
        assert_eq!(problem(amount(&typed("10000000000.01"))), "金额超过 100 亿元");
        assert_eq!(problem(amount(&number("530102199001010000"))), "金额超过 100 亿元");
        assert_eq!(problem(amount(&typed(&"9".repeat(60)))), "金额超过 100 亿元");
    }

    #[test]
    fn shares_are_percentages_or_fractions_and_never_seven() {
        let seven: Rate = "0.07".parse().unwrap();
        for written in ["7%", "0.07", "７％", "7.0%", "7 %"] {
            assert_eq!(share(&typed(written)).map_err(|fault| fault.problem), Ok(seven), "{written}");
        }
        assert_eq!(share(&number("0.07")), Ok(seven));
        for refused in ["7", "1", "100%", "-1%"] {
            assert_eq!(
                share(&typed(refused)),
                Err(Fault::new("比例应在 0 与 100% 之间", "填 7% 或 0.07")),
                "{refused}"
            );
        }
        assert!(share(&typed("99.9%")).is_ok());
        assert_eq!(problem(share(&typed("七"))), "不是比例");
    }

    #[test]
    fn days_and_months_are_read_as_people_write_them() {
        let first = NaiveDate::from_ymd_opt(2026, 8, 1).unwrap();
        for written in [
            "2026-08-01",
            "2026/8/1",
            "2026.8.1",
            "2026年8月1日",
            "20260801",
            "2026-08-01 00:00:00",
            "２０２６年８月１日",
        ] {
            assert_eq!(date(&typed(written)), Ok(first), "{written}");
            assert_eq!(month(&typed(written)), Ok(first), "{written}");
        }
        for written in ["2026-08", "2026年8月", "2026/8", "202608", "2026年08月15日"] {
            assert_eq!(month(&typed(written)), Ok(first), "{written}");
        }
        assert_eq!(date(&number("20260801")), Ok(first));
        for refused in ["2026-02-29", "2026-13-01", "8/1/2026", "26-08-01", "46235", "八月", "2026-08", "2026--08-01"]
        {
            assert_eq!(problem(date(&typed(refused))), "不是日期", "{refused}");
        }
        assert!(date(&typed("2028-02-29")).is_ok());
        assert_eq!(problem(month(&typed("2026-00"))), "不是月份");
        assert_eq!(problem(date(&typed("0206-08-01"))), "年份 206 不合理");
        assert!(date(&typed("1950-01-01")).is_ok());
        assert_eq!(problem(date(&typed("1949-12-31"))), "年份 1949 不合理");
    }

    #[test]
    fn long_numbers_must_not_have_passed_through_a_float() {
        assert_eq!(number_text(&number("123456789012345")), Ok("123456789012345".into()));
        assert!(problem(number_text(&number("1234567890123456"))).contains("只保留前 15 位"));
        assert!(problem(number_text(&typed("5.30102E+17"))).contains("科学记数法"));
        assert_eq!(number_text(&typed("E12")), Ok("E12".into()));
        assert!(problem(number_text(&number("1.5"))).contains("小数"));
    }

    #[test]
    fn worker_numbers_and_names_can_be_part_of_a_file_name() {
        assert_eq!(worker_no(&typed("KM-001")), Ok("KM-001".into()));
        assert_eq!(worker_no(&number("1001")), Ok("1001".into()));
        for refused in [".", "..", "a/b", "a\\b", "..\\x", "a\tb", "a:b"] {
            assert!(worker_no(&typed(refused)).is_err(), "{refused:?}");
        }
        assert!(worker_no(&typed(&"9".repeat(64))).is_ok());
        assert!(worker_no(&typed(&"9".repeat(65))).is_err());

        for good in ["张三", "欧阳·样例", "䶮𬴊", "John Smith", "阿卜杜拉·样例"] {
            assert_eq!(name(&typed(good)), Ok(good.into()));
        }
        assert_eq!(problem(name(&typed("张 三"))), "姓名中间有空格");
        assert!(problem(name(&typed("张\n三"))).contains("控制字符"));
    }

    #[test]
    fn other_values() {
        assert_eq!(bank_account(&typed("6222 0200 0000 0000 000")), Ok("6222020000000000000".into()));
        assert!(bank_account(&typed("6222-02")).is_err());
        assert_eq!(yes_no(&typed("Ｙ")), Ok(true));
        assert_eq!(yes_no(&Value::Bool(false)), Ok(false));
        assert_eq!(yes_no(&number("1")), Ok(true));
        assert!(yes_no(&typed("也许")).is_err());
        assert_eq!(injury_class(&number("8")), Ok(8));
        assert_eq!(injury_class(&typed("3类")), Ok(3));
        assert_eq!(scheme(&typed("二档")), Ok(2));
        assert_eq!(scheme(&number("3")), Ok(3));
        assert!(scheme(&typed("四档")).is_err());
        assert!(injury_class(&typed("0")).is_err());
        assert!(injury_class(&typed("9")).is_err());
    }
}
