//! Standard output and standard error. A closed pipe ends the writing, never the program.

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use std::io::{BufWriter, IsTerminal as _, Write as _};

/// Work of fewer steps shows no bar.
const LONG_WORK: usize = 100;

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

    /// JSON alone, indented; it is written while it is made, since it may be very long.
    pub(super) fn json(&self, value: &impl Serialize) {
        let mut to = BufWriter::new(std::io::stdout().lock());
        match serde_json::to_writer_pretty(&mut to, value) {
            Err(error) if !error.is_io() => self.complain(&error.to_string()),
            _ => {
                let _ = writeln!(to);
                let _ = to.flush();
            }
        }
    }

    /// A bar for long work, where somebody watches: on a terminal, and not where a program reads the result.
    pub(super) fn progress(&self, what: &str, steps: usize) -> ProgressBar {
        if steps < LONG_WORK || self.json || !std::io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new(u64::try_from(steps).unwrap_or(u64::MAX));
        let style = ProgressStyle::with_template(&format!("{what} {{bar:40}} {{pos}}/{{len}}，剩余 {{eta}}"));
        bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
    }

    /// Words that are no result.
    pub(super) fn complain(&self, text: &str) {
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }
}
