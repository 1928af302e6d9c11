//! The files of a rule book, and the places in them that diagnostics point at.

use crate::formula::Span;
use std::{collections::BTreeMap, path::Path};

/// A file of the book, by its position in [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct FileId(pub(super) usize);

impl FileId {
    /// The first file.
    pub const FIRST: Self = Self(0);
}

/// Some characters of a file of the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// Which file.
    pub file: FileId,
    /// Which bytes of it.
    pub span: Span,
}

/// Something read from the book, and where it stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// What was read.
    pub value: T,
    /// Where it stands.
    pub place: Place,
}

/// What stands before the path of each file in the canonical content; no text of a rule may hold it.
pub(super) const FILE_MARK: char = '\u{1}';

/// The texts of a rule book: relative path (with `/`) to content, in the order of the paths.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<(String, String)>,
}

impl Sources {
    /// The given files. Paths are relative to the book's folder and use `/`.
    #[must_use]
    pub fn new(files: BTreeMap<String, String>) -> Self {
        Self { files: files.into_iter().collect() }
    }

    /// The rules that the binary carries.
    #[must_use]
    pub fn embedded() -> Self {
        const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/rules.rs"));
        Self::new(FILES.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
    }

    /// The files of a book's canonical content ([`super::Book::canonical`]); nothing where it is no such content.
    #[must_use]
    pub fn from_canonical(content: &str) -> Option<Self> {
        let files = content.strip_prefix(FILE_MARK)?.split(FILE_MARK);
        let files: Option<BTreeMap<String, String>> =
            files.map(|file| file.split_once('\n').map(|(path, text)| (path.to_owned(), text.to_owned()))).collect();
        files.map(Self::new)
    }

    /// Every `.toml` file below a folder.
    ///
    /// # Errors
    /// A folder or file that cannot be read, or that is not UTF-8, with its path.
    pub fn read(folder: &Path) -> Result<Self, String> {
        let mut files = BTreeMap::new();
        let mut folders = vec![folder.to_path_buf()];
        while let Some(below) = folders.pop() {
            let fault = |error: std::io::Error| format!("{}：{error}", below.display());
            for entry in std::fs::read_dir(&below).map_err(fault)? {
                let path = entry.map_err(fault)?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "toml") {
                    let text =
                        std::fs::read_to_string(&path).map_err(|error| format!("{}：{error}", path.display()))?;
                    let relative = path.strip_prefix(folder).unwrap_or(&path);
                    let parts: Vec<_> = relative.components().map(|part| part.as_os_str().to_string_lossy()).collect();
                    files.insert(parts.join("/"), text);
                }
            }
        }
        if files.is_empty() {
            return Err(format!("{}：没有规则文件（.toml）", folder.display()));
        }
        Ok(Self::new(files))
    }

    /// The files in the order of their paths.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &str, &str)> {
        self.files.iter().enumerate().map(|(at, (path, text))| (FileId(at), path.as_str(), text.as_str()))
    }

    /// The path of a file.
    #[must_use]
    pub fn path(&self, file: FileId) -> &str {
        self.files.get(file.0).map_or("", |(path, _)| path)
    }

    /// The text of a file.
    #[must_use]
    pub fn text(&self, file: FileId) -> &str {
        self.files.get(file.0).map_or("", |(_, text)| text)
    }

    /// `path:line` of a place, for people.
    #[must_use]
    pub fn line(&self, place: Place) -> String {
        let before = self.text(place.file).get(..place.span.start).unwrap_or_default();
        format!("{}:{}", self.path(place.file), before.matches('\n').count() + 1)
    }

    /// The place of `inner` within a text value that stands at `place`. A value written with escapes has no such
    /// correspondence, and the whole value is meant.
    #[must_use]
    pub fn inside(&self, value: &Located<String>, inner: Span) -> Place {
        let Place { file, span } = value.place;
        let written = self.text(file).get(span.start..span.end).unwrap_or_default();
        let bare = written.strip_prefix(['"', '\'']).and_then(|rest| rest.strip_suffix(['"', '\'']));
        let start = match value.value.as_str() {
            text if text == written => span.start,
            text if Some(text) == bare => span.start + 1,
            _ => return value.place,
        };
        // An error at the end of a formula has no characters of its own: point at the closing quote.
        let shifted = inner.shift(start);
        let end = shifted.end.max(shifted.start + 1).min(span.end);
        Place { file, span: Span::new(shifted.start.min(end), end) }
    }
}
