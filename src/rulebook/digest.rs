//! What identifies a book: SHA-256 of its canonical content.

use super::source::{FILE_MARK, Sources};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// A SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of some bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The first twelve digits, for people.
    #[must_use]
    pub fn short(&self) -> String {
        self.to_string().chars().take(12).collect()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The canonical content of a book: its files in the order of their paths, without comments, blank lines and the
/// spaces around them. What a reader of the rules could not notice does not change it.
pub(super) fn canonical(sources: &Sources) -> String {
    let mut content = String::new();
    for (_, path, text) in sources.iter() {
        content.push(FILE_MARK);
        content.push_str(path);
        content.push('\n');
        canonical_file(text, &mut content);
    }
    content
}

/// Copies a file without what stands outside its texts and means nothing.
fn canonical_file(text: &str, content: &mut String) {
    let mut rest = text;
    let mut pending_space = false;
    let mut at_line_start = true;
    while let Some(c) = rest.chars().next() {
        match c {
            '#' => rest = rest.find('\n').map_or("", |end| &rest[end..]),
            '\n' | '\r' => {
                if !at_line_start {
                    content.push('\n');
                }
                (at_line_start, pending_space) = (true, false);
                rest = &rest[1..];
            }
            ' ' | '\t' => {
                pending_space = !at_line_start;
                rest = &rest[1..];
            }
            _ => {
                let length = if matches!(c, '"' | '\'') { quoted_length(rest, c) } else { c.len_utf8() };
                // One space is kept where it may part two words; around signs it means nothing.
                if std::mem::take(&mut pending_space) && !is_sign(c) && !content.ends_with(is_sign) {
                    content.push(' ');
                }
                let (token, after) = rest.split_at(length);
                content.push_str(token);
                at_line_start = false;
                rest = after;
            }
        }
    }
    content.push('\n');
}

const fn is_sign(c: char) -> bool {
    matches!(c, '=' | ',' | '[' | ']' | '{' | '}' | '.')
}

/// How many bytes a quoted text takes, quotes and all. Three quotes open a text of several lines, which three close.
fn quoted_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    let triple = quote.to_string().repeat(3);
    if text.starts_with(&triple) {
        for (at, c) in text.char_indices().skip(3) {
            match c {
                _ if escaped => escaped = false,
                '\\' if quote == '"' => escaped = true,
                // Up to two more quotes belong to the text itself.
                _ if text[at..].starts_with(&triple) => {
                    return at + text[at..].chars().take(5).take_while(|one| *one == quote).count();
                }
                _ => {}
            }
        }
        return text.len();
    }
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' if quote == '"' => escaped = true,
            _ if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn content(text: &str) -> String {
        canonical(&Sources::new([("a.toml".to_owned(), text.to_owned())].into()))
    }

    #[test]
    fn what_means_nothing_changes_nothing() {
        let plain = content("[value.a]\nname = \"减除 # 费用\"\ndated = [{ from = 2019-01-01, value = \"5000\" }]\n");
        let loose = content(
            "# 注\n\n[ value.a ]   # 值\nname=\"减除 # 费用\"\n\n  dated = [{from = 2019-01-01 , value = \"5000\"}]\r\n",
        );
        assert_eq!(plain, loose);
        assert_ne!(
            plain,
            content("[value.a]\nname = \"减除 #费用\"\ndated = [{ from = 2019-01-01, value = \"5000\" }]\n")
        );
        assert_ne!(
            plain,
            content("[value.a]\nname = \"减除 # 费用\"\ndated = [{ from = 2019-01-01, value = \"5001\" }]\n")
        );
    }

    #[test]
    fn a_text_of_several_lines_is_kept_as_it_is() {
        for quotes in ["\"\"\"", "'''"] {
            let text = |inner: &str| content(&format!("note = {quotes}{inner}{quotes}  # 注\nkey = 1\n"));
            assert_ne!(text("a  b"), text("a b"));
            assert_ne!(text("a\n# b"), text("a"));
            assert_ne!(text("a \"b  c\" d"), text("a \"b c\" d"));
            assert!(text("a").ends_with("\nkey=1\n\n") || text("a").ends_with("\nkey=1\n"), "{}", text("a"));
        }
    }

    proptest! {
        /// Comments, blank lines and spaces around signs change nothing; any other character does.
        #[test]
        fn only_what_says_something_counts(
            words in prop::collection::vec("[a-z险 #]{1,8}", 1..5),
            spaces in prop::collection::vec(" {0,3}", 5),
            comment in "# [a-z\"险]{0,9}",
            other in "[a-z险 #]{1,8}",
        ) {
            let file = |words: &[String], gap: &str, comment: &str| -> String {
                words.iter().map(|word| format!("{gap}a{gap}={gap}\"{word}\"{gap}{comment}\n{comment}\n")).collect()
            };
            let plain = content(&file(&words, "", ""));
            for gap in &spaces {
                prop_assert_eq!(&content(&file(&words, gap, &comment)), &plain);
            }
            let mut changed = words.clone();
            changed[0].clone_from(&other);
            prop_assert_eq!(content(&file(&changed, "", "")) == plain, other == words[0]);
        }
    }

    #[test]
    fn a_digest_is_a_sha_256() {
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Digest::of(b"abc").to_string(), expected);
        assert_eq!(Digest::of(b"abc").short(), expected[..12]);
    }
}
