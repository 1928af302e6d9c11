//! Standard output and standard error. A closed pipe ends the writing, never the program.

use serde::Serialize;
use std::io::Write as _;

/// Where results go.
pub(super) struct Output {
    json: bool,
}

impl Output {
    pub(super) const fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether a program reads the result.
    pub(super) const fn is_json(&self) -> bool {
        self.json
    }

    /// Text for people, with a line break.
    pub(super) fn text(&self, text: &str) {
        let _ = writeln!(std::io::stdout().lock(), "{text}");
    }

    /// JSON alone, indented.
    pub(super) fn json(&self, value: &impl Serialize) {
        if let Ok(text) = serde_json::to_string_pretty(value) {
            self.text(&text);
        }
    }

    /// Words that are no result.
    pub(super) fn complain(&self, text: &str) {
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }
}
