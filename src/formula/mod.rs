//! The formula language as text: characters to tokens to a syntax tree, every part with its place.
//!
//! Total by construction (no loops, no recursion, no I/O) and bounded: [`MAX_LENGTH`] characters, [`MAX_DEPTH`] levels.
//! What a name means and whether units fit is the rule book's business.

mod lexer;
mod parser;
mod tree;

pub use parser::parse;
pub use tree::{ArithmeticOperator, Comparison, Expression, ExpressionKind, Function, Name};

/// The longest formula, in characters.
pub const MAX_LENGTH: usize = 2_000;
/// The deepest nesting of a formula.
pub const MAX_DEPTH: usize = 32;

/// A range of bytes in the text it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The span from `start` to `end`.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The same characters when the text begins `offset` bytes into something larger.
    #[must_use]
    pub const fn shift(self, offset: usize) -> Self {
        Self { start: self.start + offset, end: self.end + offset }
    }
}

/// What is wrong with a formula's text, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// The characters at fault.
    pub span: Span,
    /// What was found and what was expected, in Chinese.
    pub message: String,
}
