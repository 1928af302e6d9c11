//! Texts that people wrote: plain text, Markdown, Word and PDF, as lines, one paragraph a line.
//!
//! Cells of a table stand in one line a row, divided by tabs. What is no text (pictures, comments, deleted words) is left
//! out.

mod docx;
mod pdf;
mod plain;

use std::path::Path;
use thiserror::Error;

/// Why a file gives no text.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ProseFault {
    /// A file of another kind.
    #[error("不认识这种文件：{0}")]
    Kind(String),
    /// Bytes that are no text in any known encoding.
    #[error("不是文本：第 {line} 行无法解码")]
    Encoding {
        /// The line, from 1.
        line: usize,
    },
    /// A file that is broken, or not what its name says.
    #[error("文件损坏：{0}")]
    Damaged(String),
    /// A file without text: a scan.
    #[error("文件里没有文字")]
    Empty,
    /// More than a text of words holds.
    #[error("文件太大")]
    TooLarge,
}

impl ProseFault {
    /// How to mend it.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::Kind(_) => "支持 .txt .md .docx .pdf；旧的 .doc 请另存为 .docx",
            Self::Encoding { .. } => "另存为 UTF-8 或 GB18030 编码的文本",
            Self::Damaged(_) => "在原来的程序里打开并重新保存",
            Self::Empty => "扫描件请先做文字识别",
            Self::TooLarge => "拆成几个文件",
        }
    }
}

/// The largest text, in bytes after unpacking: some ten thousand pages.
const LARGEST: usize = 64 << 20;

/// The kinds of file that can be read, by the ending of their name.
const ENDINGS: [&str; 5] = ["txt", "md", "markdown", "docx", "pdf"];

/// Whether a file's name says that it is a text that can be read.
#[must_use]
pub fn is_prose(path: &Path) -> bool {
    let hidden = path.file_name().is_none_or(|name| name.to_string_lossy().starts_with(['.', '~']));
    !hidden && ENDINGS.contains(&ending(path).as_str())
}

fn ending(path: &Path) -> String {
    path.extension().map_or_else(String::new, |ending| ending.to_string_lossy().to_lowercase())
}

/// The text of a file.
///
/// # Errors
/// Another kind of file, a broken one, one without text.
pub fn read(path: &Path, bytes: &[u8]) -> Result<String, ProseFault> {
    if bytes.len() > LARGEST {
        return Err(ProseFault::TooLarge);
    }
    let ending = ending(path);
    let text = match ending.as_str() {
        "docx" => docx::read(bytes)?,
        "pdf" => pdf::read(bytes)?,
        "txt" | "md" | "markdown" => plain::read(bytes, ending != "txt")?,
        _ => return Err(ProseFault::Kind(path.display().to_string())),
    };
    if text.trim().is_empty() { Err(ProseFault::Empty) } else { Ok(text) }
}
