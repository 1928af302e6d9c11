//! Errors of commands: a kind, which is the exit code; a code for programs; a sentence; and where.

use super::output::Output;
use crate::{
    engine::{Fault, FaultKind},
    rulebook::{Diagnostic, Faulty, Sources, in_order, render},
};
use serde_json::{Value as Json, json};
use std::process::ExitCode;

/// What sort of failure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// What the user gave.
    Input,
    /// The rule book does not cover it.
    Coverage,
    /// A defect of ours, or of the machine.
    Internal,
}

/// A command that could not do what it was asked.
#[derive(Debug)]
pub(super) struct CliError {
    kind: Kind,
    code: &'static str,
    message: String,
    place: Option<String>,
    hint: Option<String>,
    /// For programs: each thing that is wrong on its own.
    details: Vec<Json>,
}

impl CliError {
    pub(super) fn new(kind: Kind, code: &'static str, message: impl Into<String>) -> Self {
        Self { kind, code, message: message.into(), place: None, hint: None, details: Vec::new() }
    }

    pub(super) fn input(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::Input, code, message)
    }

    /// The sentence.
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// Whether the rule book does not cover it.
    pub(super) fn is_coverage(&self) -> bool {
        self.kind == Kind::Coverage
    }

    /// With the place in the user's input.
    pub(super) fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }

    /// With a sentence before the message.
    pub(super) fn with(mut self, sentence: &str) -> Self {
        self.message = format!("{sentence}{}", self.message);
        self
    }

    /// With advice.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// With each thing that is wrong on its own, for programs.
    pub(super) fn with_details(mut self, details: Vec<Json>) -> Self {
        self.details = details;
        self
    }

    /// Several failures of one kind as one; none where there are none.
    pub(super) fn all(errors: Vec<Self>) -> Option<Self> {
        let mut errors = errors.into_iter();
        let mut all = errors.next()?;
        for one in errors {
            all.message = format!("{}\n\n{}", all.message, one.message);
            all.details.extend(one.details);
        }
        Some(all)
    }

    /// Rule files that are wrong.
    pub(super) fn rules(sources: &Sources, diagnostics: &[Diagnostic]) -> Self {
        Self::diagnostics("rules", "规则库有误", sources, diagnostics)
    }

    /// Files that are wrong, each thing with its place.
    pub(super) fn diagnostics(code: &'static str, what: &str, sources: &Sources, diagnostics: &[Diagnostic]) -> Self {
        let details = in_order(diagnostics).into_iter().map(|one| {
            json!({
                "code": one.code,
                "message": one.message,
                "where": sources.line(one.at.0),
                "expected": one.at.1,
                "hint": one.help,
            })
        });
        let text = format!("{what}：\n\n{}", render(sources, diagnostics).trim_end());
        Self { details: details.collect(), ..Self::input(code, text) }
    }

    /// Writes it to standard error, or as JSON to standard output, and gives the exit code.
    pub(super) fn report(self, output: &Output) -> ExitCode {
        if output.is_json() {
            let mut error =
                json!({ "code": self.code, "message": self.message, "where": self.place, "hint": self.hint });
            if !self.details.is_empty() {
                error["diagnostics"] = json!(self.details);
            }
            output.json(&json!({ "error": error }));
        } else {
            // A sentence that names the place itself says it once.
            let place = self.place.filter(|place| !self.message.contains(&format!("「{place}」")));
            let place = place.map_or(String::new(), |place| format!("{place}："));
            output.complain(&format!("错误：{place}{}", self.message));
            if let Some(hint) = self.hint {
                output.complain(&format!("改正：{hint}"));
            }
        }
        ExitCode::from(match self.kind {
            Kind::Input => 2,
            Kind::Coverage => 3,
            Kind::Internal => 70,
        })
    }
}

impl From<Faulty> for CliError {
    fn from(faulty: Faulty) -> Self {
        Self::rules(&faulty.sources, &faulty.diagnostics)
    }
}

impl From<Fault> for CliError {
    fn from(fault: Fault) -> Self {
        match fault.kind {
            FaultKind::Coverage(coverage) => Self::new(Kind::Coverage, "coverage", coverage.to_string()).at(fault.name),
            FaultKind::Arithmetic(error) => Self::input("arithmetic", error.to_string()).at(fault.name),
            // `rules check` proves that for every known fact one case holds; what has no value falls into none.
            FaultKind::Cases(0) => {
                Self::input("cases", "没有一种情形成立：它依据的事实里有「无」").at(fault.name).hint("给出这些事实的值")
            }
            FaultKind::Cases(_) => Self::new(Kind::Internal, "cases", fault.kind.to_string()).at(fault.name),
        }
    }
}
