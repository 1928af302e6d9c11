//! The syntax tree of a formula.

use super::Span;
use crate::quantity::{Exact, Unit};

/// A part of a formula and the characters it was written in.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    /// What it is.
    pub kind: ExpressionKind,
    /// Where it stands.
    pub span: Span,
}

/// A name as written: an entry's Chinese name, id or full id, or a member of a dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The text, without quotation marks.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of expression.
#[derive(Debug, Clone, PartialEq)]
pub enum ExpressionKind {
    /// A number, with the unit written after it if there is one (`1月`; `16%` is 0.16 without unit).
    Number(Exact, Option<Unit>),
    /// Text in quotation marks: a rounding.
    Text(String),
    /// 是 or 否.
    Boolean(bool),
    /// A name, with the cell of its dimensions that is meant.
    Name(Name, Vec<Expression>),
    /// `-x`
    Negate(Box<Expression>),
    /// `NOT x`
    Not(Box<Expression>),
    /// `a + b` and its kin.
    Arithmetic(ArithmeticOperator, Box<Expression>, Box<Expression>),
    /// `a <= b` and its kin.
    Compare(Comparison, Box<Expression>, Box<Expression>),
    /// `a AND b`, `AND(a, b, …)`
    And(Vec<Expression>),
    /// `a OR b`, `OR(a, b, …)`
    Or(Vec<Expression>),
    /// A function of fixed meaning.
    Call(Function, Vec<Expression>),
    /// `SUM(dimension WHERE filter, term)`
    Sum {
        /// The dimension summed over.
        dimension: Name,
        /// Which members count; all without it.
        filter: Option<Box<Expression>>,
        /// What is added for each member.
        term: Box<Expression>,
    },
}

/// The four operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArithmeticOperator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

/// The six comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Comparison {
    /// Whether the comparison holds for two values in this order.
    #[must_use]
    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

macro_rules! functions {
    ($($variant:ident $name:literal $fewest:literal $most:literal $doc:literal;)*) => {
        /// The functions of the language.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Function {
            $(#[doc = $doc] $variant,)*
        }

        impl Function {
            /// The names of all of them.
            pub const NAMES: &[&str] = &[$($name),*];

            /// The function of that name, if there is one.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)*
                    _ => None,
                }
            }

            /// Its name in formulas.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// The fewest and the most arguments it takes.
            #[must_use]
            pub fn arity(self) -> (usize, usize) {
                match self {
                    $(Self::$variant => ($fewest, $most),)*
                }
            }
        }
    };
}

functions! {
    If "IF" 3 3 "`IF(test, then, else)`";
    Max "MAX" 1 16 "The largest.";
    Min "MIN" 1 16 "The smallest.";
    Add "ADD" 1 16 "The sum of those that there are; none where there are none.";
    Clamp "CLAMP" 3 3 "`CLAMP(x, low, high)`";
    Abs "ABS" 1 1 "The size without the sign.";
    Round "ROUND" 2 2 "`ROUND(x, \"half-up 0.01\")`";
    Int "INT" 1 1 "The whole part, toward minus infinity.";
    Band "BAND" 2 2 "`BAND(scale, x)`: x × rate − quick deduction.";
    Rate "RATE" 2 2 "`RATE(scale, x)`: the rate of the band that holds x.";
    Quick "QUICK" 2 2 "`QUICK(scale, x)`: the quick deduction of the band that holds x.";
    Year "YEAR" 1 1 "The year of a date, in 年.";
    Month "MONTH" 1 1 "The month of a date, in 月.";
    Day "DAY" 1 1 "The day of the month, in 天.";
    Months "MONTHS" 2 2 "`MONTHS(from, to)`: whole months between two dates.";
    Days "DAYS" 2 2 "`DAYS(from, to)`: days between two dates.";
    EDate "EDATE" 2 2 "`EDATE(date, 3月)`: the date so many months on, at most the month's last day.";
    EndOfMonth "EOMONTH" 1 1 "The last day of the date's month.";
    IfNone "IFNONE" 2 2 "`IFNONE(x, otherwise)`";
}
