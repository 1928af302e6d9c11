//! The numbers of clauses: `第十二条`, `12.3`, `一、`, `（三）`, `1.`, `①`.

/// How a number is written. Numbers of one style are of one rank; which style is above which, a text decides for itself
/// by the order in which it uses them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// 第一章, 第二部分, 第三节: a heading of many clauses.
    Chapter,
    /// 第一条.
    Article,
    /// 一、
    Chinese,
    /// （一）
    ChineseInBrackets,
    /// 1.2, by how many numbers it has.
    Dotted(usize),
    /// 1. or 1、 or 1)
    Arabic,
    /// (1)
    ArabicInBrackets,
    /// ①
    Circled,
    /// -, •, ★, *
    Bullet,
}

/// A number at the start of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Enumerator {
    pub(super) style: Style,
    /// As it is shown: 第十二条, (三).
    pub(super) label: String,
    /// How many bytes of the text it takes, with the spaces after it.
    pub(super) length: usize,
}

const CHINESE_DIGITS: &str = "零〇一二三四五六七八九十百千两";
const BULLETS: &str = "-•·●■◆★☆*#※▲►–—";

/// The number that a text begins with.
pub(super) fn enumerator(text: &str) -> Option<Enumerator> {
    let bare = text.trim_start_matches(|c: char| c.is_whitespace());
    let lead = text.len() - bare.len();
    let found = |style: Style, length: usize| {
        let label: String = bare[..length].chars().filter(|c| !c.is_whitespace()).collect();
        let label = label.trim_end_matches(['、', '.', '．', '，', ',']).to_owned();
        let rest = &bare[length..];
        let spaces = rest.len() - rest.trim_start().len();
        Some(Enumerator { style, label, length: lead + length + spaces })
    };
    let first = bare.chars().next()?;
    if BULLETS.contains(first) {
        let length = bare.find(|c: char| !BULLETS.contains(c) && !c.is_whitespace()).unwrap_or(bare.len());
        // A bullet may stand before a number.
        return match enumerator(&bare[length..]) {
            Some(inner) => Some(Enumerator { length: lead + length + inner.length, ..inner }),
            None => Some(Enumerator { style: Style::Bullet, label: String::new(), length: lead + length }),
        };
    }
    if ('①'..='⑳').contains(&first) {
        return found(Style::Circled, first.len_utf8());
    }
    if let Some(rest) = bare.strip_prefix('第') {
        let digits = digits(rest, |c| CHINESE_DIGITS.contains(c) || c.is_ascii_digit() || c == ' ');
        let unit = rest[digits..].chars().next()?;
        let style = match unit {
            _ if rest[..digits].trim().is_empty() => return None,
            '条' => Style::Article,
            '章' | '编' | '节' | '篇' => Style::Chapter,
            '部' => Style::Chapter,
            _ => return None,
        };
        let unit = if unit == '部' { "部分" } else { &rest[digits..digits + unit.len_utf8()] };
        return rest[digits..].starts_with(unit).then(|| found(style, "第".len() + digits + unit.len()))?;
    }
    if let Some(rest) = bare.strip_prefix(['(', '（']) {
        let open = first.len_utf8();
        for (style, is_digit) in [
            (Style::ChineseInBrackets, (|c| CHINESE_DIGITS.contains(c)) as fn(char) -> bool),
            (Style::ArabicInBrackets, |c| c.is_ascii_digit()),
        ] {
            let length = digits(rest, is_digit);
            if length > 0
                && let Some(close) = rest[length..].chars().next().filter(|c| matches!(c, ')' | '）'))
            {
                return found(style, open + length + close.len_utf8());
            }
        }
        return None;
    }
    let chinese = digits(bare, |c| CHINESE_DIGITS.contains(c));
    if chinese > 0 {
        let sign = bare[chinese..].chars().next().filter(|c| matches!(c, '、' | '.' | '．'))?;
        return found(Style::Chinese, chinese + sign.len_utf8());
    }
    arabic(bare).and_then(|(style, length)| found(style, length))
}

fn digits(text: &str, is_digit: impl Fn(char) -> bool) -> usize {
    text.find(|c: char| !is_digit(c)).unwrap_or(text.len())
}

/// `1.`, `1、`, `1)`, `1.2`, `1.2.3`: not `3.5元`, not `2026年`.
fn arabic(text: &str) -> Option<(Style, usize)> {
    let number = digits(text, |c| c.is_ascii_digit() || c == '.' || c == '．');
    let parts = text[..number].split(['.', '．']).filter(|part| !part.is_empty()).count();
    let next = text[number..].chars().next();
    let begins = text.starts_with(|c: char| c.is_ascii_digit());
    match (parts, next) {
        _ if !begins => None,
        (1, Some('、' | ')' | '）')) => Some((Style::Arabic, number + next.map_or(0, char::len_utf8))),
        (1, Some(c)) if text[..number].ends_with(['.', '．']) && !c.is_ascii_digit() => Some((Style::Arabic, number)),
        (2.., Some(c)) if !"元万亿%％倍天小年月个日折成".contains(c) && parts <= 5 => {
            let sign = if matches!(c, '、' | ')' | '）') { c.len_utf8() } else { 0 };
            Some((Style::Dotted(parts), number + sign))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_clauses_are_told_from_other_numbers() {
        for (text, style, label) in [
            ("第十二条 乙方", Style::Article, "第十二条"),
            ("第 12 条乙方", Style::Article, "第12条"),
            ("第三章 工资", Style::Chapter, "第三章"),
            ("第二部分 需求", Style::Chapter, "第二部分"),
            ("三、报酬", Style::Chinese, "三"),
            ("（四）押金", Style::ChineseInBrackets, "（四）"),
            ("(5) 押金", Style::ArabicInBrackets, "(5)"),
            ("12.3 乙方", Style::Dotted(2), "12.3"),
            ("2.1.4乙方", Style::Dotted(3), "2.1.4"),
            ("6. 乙方", Style::Arabic, "6"),
            ("7、乙方", Style::Arabic, "7"),
            ("③乙方", Style::Circled, "③"),
            ("★2、乙方", Style::Arabic, "2"),
            ("- 乙方", Style::Bullet, ""),
        ] {
            let found = enumerator(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((found.style, found.label.as_str()), (style, label), "{text}");
            assert!(text[found.length..].starts_with(|c: char| !c.is_whitespace()), "{text}");
        }
        for text in ["2026年1月1日", "3.5元每小时", "第三方", "一般情况下", "100人", "乙方", "（甲方）", ""]
        {
            assert_eq!(enumerator(text), None, "{text}");
        }
    }
}
