//! Whether two names are one person's: what cannot be seen, and how wide it is written, does not make another.

use unicode_normalization::UnicodeNormalization as _;

/// Whether two names are one to whoever reads them.
pub(super) fn same(one: &str, other: &str) -> bool {
    let key = |name: &str| -> String {
        let seen = name.nfkc().filter(|c| !c.is_whitespace() && !is_invisible(*c));
        seen.flat_map(char::to_lowercase).collect()
    };
    key(one) == key(other)
}

/// The first character of a name that nobody sees; a plain space between words is none.
#[must_use]
pub fn invisible_in(name: &str) -> Option<char> {
    name.chars().find(|c| *c != ' ' && (c.is_whitespace() || is_invisible(*c)))
}

/// Controls, and what Unicode calls default ignorable; the blank pattern of Braille.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{AD}'
                | '\u{34F}'
                | '\u{61C}'
                | '\u{115F}'..='\u{1160}'
                | '\u{17B4}'..='\u{17B5}'
                | '\u{180B}'..='\u{180F}'
                | '\u{200B}'..='\u{200F}'
                | '\u{202A}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{FE00}'..='\u{FE0F}'
                | '\u{FEFF}'
                | '\u{FFA0}'
                | '\u{FFF0}'..='\u{FFFB}'
                | '\u{1BCA0}'..='\u{1BCA3}'
                | '\u{1D173}'..='\u{1D17A}'
                | '\u{E0000}'..='\u{E0FFF}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_the_same_is_the_same_name() {
        for other in ["样例甲", " 样例甲 ", "样例\u{200B}甲", "样例甲\u{A0}", "样例\u{3000}甲", "样例甲\u{FE0F}"]
        {
            assert!(same("样例甲", other), "{other:?}");
        }
        assert!(same("Zhang San", "ｚｈａｎｇ　ｓａｎ"));
        assert!(!same("样例甲", "样例乙"));
        assert!(!same("样例甲", "样例甲2"));
    }

    #[test]
    fn only_a_plain_space_may_stand_in_a_name() {
        assert_eq!(invisible_in("Zhang San"), None);
        assert_eq!(invisible_in("买买提·样例"), None);
        for hidden in ['\u{A0}', '\u{3000}', '\u{200B}', '\u{FEFF}', '\t', '\u{2800}', '\u{E0100}'] {
            assert_eq!(invisible_in(&format!("样例{hidden}甲")), Some(hidden), "{hidden:?}");
        }
    }
}
