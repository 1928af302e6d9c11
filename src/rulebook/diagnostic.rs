//! What is wrong with a rule book: all of it at once, each with the file, the line, the characters and what was
//! expected.

use super::source::{Place, Sources};
use codespan_reporting::{
    diagnostic::{Diagnostic as Report, Label, Severity as Level},
    files::SimpleFiles,
    term::{self, Config},
};

/// Whether a book with this diagnostic may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It may.
    Warning,
    /// It may not.
    Error,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether it stops the book from being used.
    pub severity: Severity,
    /// A word for programs: `unknown-key`, `unit`, `overlap`, …
    pub code: &'static str,
    /// What is wrong, in a sentence.
    pub message: String,
    /// The characters at fault and what was expected of them.
    pub at: (Place, String),
    /// Other characters that belong to the matter.
    pub also: Vec<(Place, String)>,
    /// How to mend it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(code: &'static str, place: Place, message: impl Into<String>, expected: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message: message.into(),
            at: (place, expected.into()),
            also: Vec::new(),
            help: None,
        }
    }

    /// A warning at a place.
    pub fn warning(code: &'static str, place: Place, message: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, place, message, expected) }
    }

    /// With another place that belongs to the matter.
    #[must_use]
    pub fn with(mut self, place: Place, what: impl Into<String>) -> Self {
        self.also.push((place, what.into()));
        self
    }

    /// With advice.
    #[must_use]
    pub fn help(mut self, advice: impl Into<String>) -> Self {
        self.help = Some(advice.into());
        self
    }

    /// With the nearest of the words that would do; where none is near, with other advice.
    #[must_use]
    pub fn suggest<'w>(self, word: &str, among: impl IntoIterator<Item = &'w str>, otherwise: &str) -> Self {
        match nearest(word, among) {
            Some(near) => self.help(format!("是不是「{near}」？")),
            None => self.help(otherwise),
        }
    }
}

/// Diagnostics in the order of the files and of the places in them.
#[must_use]
pub fn in_order(diagnostics: &[Diagnostic]) -> Vec<&Diagnostic> {
    let mut sorted: Vec<&Diagnostic> = diagnostics.iter().collect();
    sorted.sort_by_key(|one| (one.at.0.file, one.at.0.span.start));
    sorted
}

/// The diagnostics as text for a terminal: in the order of the files, with the lines they point at.
#[must_use]
pub fn render(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let mut files = SimpleFiles::new();
    for (_, path, text) in sources.iter() {
        files.add(path, text);
    }
    let mut text = String::new();
    for one in in_order(diagnostics) {
        let label = |(place, what): &(Place, String), primary: bool| {
            let range = place.span.start..place.span.end;
            let label =
                if primary { Label::primary(place.file.0, range) } else { Label::secondary(place.file.0, range) };
            label.with_message(what)
        };
        let level = if one.severity == Severity::Error { Level::Error } else { Level::Warning };
        let labels = std::iter::once(label(&one.at, true)).chain(one.also.iter().map(|other| label(other, false)));
        let report = Report::new(level)
            .with_code(one.code)
            .with_message(&one.message)
            .with_labels(labels.collect())
            .with_notes(one.help.iter().map(|advice| format!("改正：{advice}")).collect());
        // A place outside its file cannot be drawn; the sentence still is.
        match term::emit_into_string(&Config::default(), &files, &report) {
            Ok(drawn) => text.push_str(&drawn),
            Err(_) => text.push_str(&format!("{}: {}\n", one.code, one.message)),
        }
        text.push('\n');
    }
    text
}

/// The nearest of some words to one that is not among them, if any is near.
#[must_use]
pub fn nearest<'w>(word: &str, among: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let far = ((word.chars().count() + 1) / 3).max(1);
    among.into_iter().map(|other| (distance(word, other), other)).filter(|(d, _)| *d <= far).min().map(|(_, w)| w)
}

/// How many characters to insert, delete or change to make one word the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let change = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_near() {
        assert_eq!(nearest("formla", ["formula", "round", "unit"]), Some("formula"));
        assert_eq!(nearest("confidense", ["cite", "confidence"]), Some("confidence"));
        assert_eq!(nearest("缴费比列", ["缴费比例", "缴费基数"]), Some("缴费比例"));
        assert_eq!(nearest("xyz", ["formula", "unit"]), None);
    }
}
