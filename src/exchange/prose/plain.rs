//! Plain text and Markdown, in UTF-8, UTF-16 with a mark, or GB18030.

use super::ProseFault;
use crate::exchange::text::{Decoded, decode};

pub(super) fn read(bytes: &[u8], markdown: bool) -> Result<String, ProseFault> {
    let text = match decode(bytes) {
        Decoded::Text(text) if !text.contains('\0') => text,
        Decoded::Text(_) | Decoded::Binary => return Err(ProseFault::Damaged("不是文本文件".to_owned())),
        Decoded::Fault { line } => return Err(ProseFault::Encoding { line }),
    };
    Ok(if markdown { plain(&text) } else { text })
}

/// Markdown without its signs: emphasis, links, headings, rules of tables.
fn plain(text: &str) -> String {
    let mut lines = Vec::new();
    let mut in_code = false;
    for line in text.lines() {
        let bare = line.trim();
        if bare.starts_with("```") {
            in_code = !in_code;
            continue;
        }
        if in_code {
            lines.push(line.to_owned());
            continue;
        }
        let is_rule = bare.len() > 2 && bare.chars().all(|c| matches!(c, '-' | '|' | ':' | ' ' | '=' | '*' | '_'));
        if is_rule {
            lines.push(String::new());
            continue;
        }
        let unquoted = bare.trim_start_matches(['>', '#']).trim_start();
        let indent = if line.starts_with(char::is_whitespace) && unquoted.len() == bare.len() { "  " } else { "" };
        let row = unquoted.strip_prefix('|').map(|row| row.trim_end_matches('|').replace('|', "\t"));
        let words = row.unwrap_or_else(|| unquoted.to_owned()).replace("**", "").replace("__", "").replace('`', "");
        lines.push(format!("{indent}{words}"));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::GB18030;

    #[test]
    fn encodings_are_told_apart() {
        let text = "第一条 䶮某应当……\n";
        assert_eq!(read(text.as_bytes(), false).unwrap(), text);
        assert_eq!(read(format!("\u{FEFF}{text}").as_bytes(), false).unwrap(), text);
        assert_eq!(read(&GB18030.encode(text).0, false).unwrap(), text);
        assert!(matches!(read(b"a\nb\xFF\xFF", false), Err(ProseFault::Encoding { line: 2 })));
        assert!(matches!(read(b"\0\0\0", false), Err(ProseFault::Damaged(_))));
    }

    #[test]
    fn markdown_loses_its_signs() {
        let source = "## 第三条\n> **押金**\n| 岗位 | 年龄 |\n|---|---|\n| 客服 | 35周岁以下 |\n";
        assert_eq!(read(source.as_bytes(), true).unwrap(), "第三条\n押金\n 岗位 \t 年龄 \n\n 客服 \t 35周岁以下 ");
    }
}
