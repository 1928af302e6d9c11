//! What can go wrong between a view and a file.

use thiserror::Error;

/// Why there is no document.
#[derive(Debug, Error)]
pub enum DocumentError {
    /// No embedded template has this name.
    #[error("没有名为“{0}”的文书模板")]
    UnknownTemplate(String),
    /// The template itself is wrong: syntax, a name its example view does not have, markup it may not use.
    #[error("文书模板“{template}”有误：{message}")]
    Template {
        /// Name of the template.
        template: String,
        /// What is wrong, and where.
        message: String,
    },
    /// The view has not the shape of the template's example view.
    #[error("给文书模板“{template}”的数据不合样例（templates/{template}.view.json）：{}", .problems.join("；"))]
    View {
        /// Name of the template.
        template: String,
        /// Every difference, each with its path.
        problems: Vec<String>,
    },
    /// The document has characters that no font has.
    #[error("字体中没有这些字符，无法印出：{}。请核对是否录入有误，或改用通行写法", listed(.0))]
    MissingCharacters(Vec<char>),
    /// A column is too narrow or a margin too wide for anything to be set in it.
    #[error("版面放不下：{0}")]
    Layout(String),
    /// The `.docx` could not be written.
    #[error("DOCX 文件：{0}")]
    Docx(String),
    /// The document has a password.
    #[error("{}", if *given { "密码不对，打不开这份文件" } else { "这份文件有密码" })]
    Password {
        /// Whether one was given.
        given: bool,
    },
    /// The PDF could not be written or read.
    #[error("PDF 文件：{0}")]
    Pdf(String),
}

impl From<lopdf::Error> for DocumentError {
    fn from(error: lopdf::Error) -> Self {
        Self::Pdf(error.to_string())
    }
}

fn listed(characters: &[char]) -> String {
    let named: Vec<String> = characters.iter().map(|&c| format!("“{c}”(U+{:04X})", u32::from(c))).collect();
    named.join("、")
}
