//! How people's text is compared: character width and what cannot be seen do not matter.

use encoding_rs::{Encoding, GB18030, UTF_8};

/// What bytes are as text.
pub(crate) enum Decoded {
    /// This.
    Text(String),
    /// Nothing of the sort.
    Binary,
    /// Text with a fault in a line, from 1.
    Fault {
        /// The line.
        line: usize,
    },
}

/// A byte-order mark decides; without one, whatever is valid UTF-8 is UTF-8, since Chinese text in GBK hardly ever is.
pub(crate) fn decode(bytes: &[u8]) -> Decoded {
    let (encoding, body) = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => (encoding, &bytes[mark..]),
        None if std::str::from_utf8(bytes).is_ok() => (UTF_8, bytes),
        None => (GB18030, bytes),
    };
    match encoding.decode_without_bom_handling_and_without_replacement(body) {
        Some(text) => Decoded::Text(text.into_owned()),
        None if body.contains(&0) => Decoded::Binary,
        None => {
            let readable = encoding.decode_without_bom_handling(body).0;
            let until_fault = readable.split('\u{FFFD}').next().unwrap_or_default();
            Decoded::Fault { line: until_fault.matches('\n').count() + 1 }
        }
    }
}

/// Without spaces at the ends and without characters that have no width (they come along when text is pasted).
pub(crate) fn tidy(text: &str) -> String {
    let visible: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    visible.trim().to_owned()
}

/// [`tidy`], and full-width letters, digits and signs as their ASCII twins: `１２％` is `12%`.
pub(crate) fn fold(text: &str) -> String {
    tidy(&text.chars().map(half_width).collect::<String>())
}

/// What two spellings of one heading share: no spaces or line breaks, no mark of a required column, no unit in
/// brackets, half-width signs.
pub(crate) fn heading_key(heading: &str) -> String {
    let mut key: String = fold(heading).chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    for unit in ["(元)", "(元/月)", "(必填)", "(选填)"] {
        if let Some(bare) = key.strip_suffix(unit) {
            key.truncate(bare.len());
        }
    }
    key.trim_matches('*').to_owned()
}

fn half_width(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{3000}' | '\u{00A0}' => ' ',
        other => other,
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_compared_without_spaces_widths_marks_and_units() {
        for spelling in ["基本工资", " 基本 工资\n", "*基本工资", "基本工资（元）", "基本\u{3000}工资(元/月)"]
        {
            assert_eq!(heading_key(spelling), "基本工资", "{spelling:?}");
        }
        assert_eq!(heading_key("企业（职业）年金"), "企业(职业)年金");
        assert_ne!(heading_key("基本工资2"), "基本工资");
    }

    #[test]
    fn pasted_text_loses_what_cannot_be_seen() {
        assert_eq!(tidy("\u{FEFF} 张三\u{200B} "), "张三");
        assert_eq!(fold("１２．５％　"), "12.5%");
    }
}
