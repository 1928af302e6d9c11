//! Identity documents: the kinds of the tax client, and the citizen identity number (GB 11643).

use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::Deserialize;

use super::values::{Fault, Reading};
use crate::exchange::text::fold;

/// A kind of identity document.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IdKind {
    /// The tax client's name for it, to the letter.
    pub(super) name: String,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    number: NumberScheme,
    /// The nationality that the document is given for, where it is one.
    #[serde(default)]
    nationality: Option<String>,
}

/// What an identity document says of its holder.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Holder {
    /// 国籍(地区).
    pub nationality: Option<String>,
    /// The birth date.
    pub born: Option<NaiveDate>,
    /// 男 or 女.
    pub sex: Option<&'static str>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum NumberScheme {
    /// Eighteen digits with birth date and check digit.
    Citizen,
    #[default]
    Any,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindsFile {
    #[serde(rename = "schema")]
    _schema: String,
    kind: Vec<IdKind>,
}

/// The kinds, in the tax client's order.
#[expect(clippy::expect_used, reason = "the file is embedded; a test reads it")]
pub(super) static ID_KINDS: LazyLock<Vec<IdKind>> = LazyLock::new(|| {
    let text = include_str!("../../../templates/exchange/tax-id-kinds@2024.toml");
    toml::from_str::<KindsFile>(text).expect("tax-id-kinds is well-formed").kind
});

/// The kind people mean by a name.
pub(super) fn id_kind(written: &str) -> Reading<&'static IdKind> {
    let wanted = fold(written);
    let found = ID_KINDS
        .iter()
        .find(|kind| std::iter::once(&kind.name).chain(&kind.aliases).any(|spelling| fold(spelling) == wanted));
    found.ok_or_else(|| {
        let names: Vec<&str> = ID_KINDS.iter().map(|kind| kind.name.as_str()).collect();
        Fault::new("不是扣缴端认识的证件类型", format!("请从以下选一种：{}", names.join("、")))
    })
}

/// The number of a document, in capitals and without spaces, where it can be one of its kind.
///
/// `until` is the last day somebody in the roster can have been born on.
pub(super) fn id_number(kind: &IdKind, written: &str, until: NaiveDate) -> Reading<String> {
    let number: String = written.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    match kind.number {
        NumberScheme::Citizen => citizen_number(number, until),
        NumberScheme::Any => Ok(number),
    }
}

/// What the document of a kind with a number that was found good says of its holder: a citizen number holds the birth
/// date, and its last digit but one is odd for men (GB 11643).
#[must_use]
pub fn holder(kind: &str, number: &str) -> Holder {
    let Some(kind) = ID_KINDS.iter().find(|one| one.name == kind) else { return Holder::default() };
    let nationality = kind.nationality.clone();
    if kind.number == NumberScheme::Any {
        return Holder { nationality, ..Holder::default() };
    }
    let born = number.get(6..14).and_then(|digits| NaiveDate::parse_from_str(digits, "%Y%m%d").ok());
    let order = number.chars().nth(16).and_then(|digit| digit.to_digit(10));
    let sex = order.map(|order| if order % 2 == 1 { "男" } else { "女" });
    Holder { nationality, born, sex }
}

fn citizen_number(number: String, until: NaiveDate) -> Reading<String> {
    const AS_ON_THE_CARD: &str = "请核对证件，填 18 位号码";
    let digits = number.strip_suffix('X').unwrap_or(&number);
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Fault::new("含有数字和末位 X 以外的字符", AS_ON_THE_CARD));
    }
    match number.len() {
        18 => {}
        15 => return Err(Fault::new("15 位的旧号码已经停用，扣缴端不接受", "请填 18 位号码")),
        length => return Err(Fault::new(format!("应为 18 位，这里有 {length} 位"), AS_ON_THE_CARD)),
    }
    match NaiveDate::parse_from_str(&number[6..14], "%Y%m%d") {
        Err(_) => return Err(Fault::new("第 7 至 14 位不是真实的出生日期", AS_ON_THE_CARD)),
        Ok(born) if born > until => {
            return Err(Fault::new(format!("出生日期晚于本期末 {until}"), AS_ON_THE_CARD));
        }
        Ok(_) => {}
    }
    if check_character(&number) != number.chars().last() {
        return Err(Fault::new("末位校验码不对，号码里有错字", AS_ON_THE_CARD));
    }
    Ok(number)
}

/// The last character that the first seventeen digits call for: ISO 7064 MOD 11-2.
fn check_character(number: &str) -> Option<char> {
    let digits = number.chars().take(17);
    let remainder = digits.filter_map(|c| c.to_digit(10)).fold(0, |sum, digit| (sum + digit) * 2 % 11);
    "10X98765432".chars().nth(remainder as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period_end() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 9, 30).unwrap()
    }

    fn card(number: &str) -> Reading<String> {
        id_number(id_kind("居民身份证").unwrap(), number, period_end())
    }

    fn with_check(first_seventeen: &str) -> String {
        format!("{first_seventeen}{}", check_character(first_seventeen).unwrap())
    }

    #[test]
    fn there_are_thirteen_kinds_and_each_spelling_means_one() {
        assert_eq!(ID_KINDS.len(), 13);
        let mut spellings: Vec<String> = ID_KINDS
            .iter()
            .flat_map(|kind| std::iter::once(&kind.name).chain(&kind.aliases))
            .map(|s| fold(s))
            .collect();
        let all = spellings.len();
        spellings.sort();
        spellings.dedup();
        assert_eq!(spellings.len(), all);
        assert_eq!(id_kind("外国人工作许可证(a类)").unwrap_err().problem, "不是扣缴端认识的证件类型");
        assert_eq!(id_kind("外国人工作许可证(A类)").unwrap().name, "中华人民共和国外国人工作许可证（A类）");
        assert!(id_kind("军官证").is_err());
    }

    #[test]
    fn the_check_digit_is_that_of_the_standard() {
        // The example of GB 11643 itself.
        assert_eq!(check_character("34052419800101001"), Some('X'));
        assert_eq!(card("34052419800101001x"), Ok("34052419800101001X".into()));
        assert_eq!(card("530102 19900101 0028"), Ok("530102199001010028".into()));
        for wrong in '0'..='9' {
            let number = format!("53010219900101002{wrong}");
            assert_eq!(card(&number).is_ok(), wrong == '8', "{number}");
        }
        assert!(card("530102199001010082").is_err(), "two digits swapped");
    }

    #[test]
    fn birth_dates_are_real_and_not_to_come() {
        assert!(card(&with_check("53010220000229001")).is_ok());
        assert!(card(&with_check("53010220010229001")).unwrap_err().problem.contains("出生日期"));
        assert!(card(&with_check("53010220260930001")).is_ok());
        assert!(card(&with_check("53010220261001001")).unwrap_err().problem.contains("晚于本期末"));
        assert!(card(&with_check("99999919900101001")).is_ok(), "an unknown region is no error");
    }

    #[test]
    fn old_and_misshapen_numbers_are_refused() {
        assert!(card("530102900101001").unwrap_err().problem.contains("15 位"));
        assert!(card("53010219900101002").unwrap_err().problem.contains("17 位"));
        assert!(card("5301021990010100288").unwrap_err().problem.contains("19 位"));
        assert!(card("53010219900101X028").unwrap_err().problem.contains("字符"));
        assert!(card("５３").unwrap_err().problem.contains("字符"));
    }

    #[test]
    fn a_citizen_number_says_who_holds_it() {
        let holder_of = |number| holder("居民身份证", number);
        let woman = holder_of("530102199001010028");
        assert_eq!((woman.nationality.as_deref(), woman.sex), (Some("中国"), Some("女")));
        assert_eq!(woman.born, NaiveDate::from_ymd_opt(1990, 1, 1));
        assert_eq!(holder_of(&with_check("53010219900101001")).sex, Some("男"));
        assert_eq!(holder("外国护照", "E1234567"), Holder::default());
    }

    #[test]
    fn other_documents_only_need_a_number() {
        let passport = id_kind("外国护照").unwrap();
        assert_eq!(id_number(passport, "e 1234567", period_end()), Ok("E1234567".into()));
        let permit = id_kind("港澳居民居住证").unwrap();
        assert_eq!(id_number(permit, "810000199001010019", period_end()), Ok("810000199001010019".into()));
        assert!(id_number(permit, "810000199001010018", period_end()).is_err());
    }
}
