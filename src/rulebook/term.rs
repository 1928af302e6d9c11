//! A formula as understood: names resolved to entries, units checked.

use super::model::{EntryId, Type};
use crate::{
    formula::{ArithmeticOperator, Comparison, Span},
    quantity::{Exact, Rounding},
};

/// A part of a formula.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// What it is.
    pub kind: TermKind,
    /// Its type.
    pub of: Type,
    /// Where it stands in the formula's text.
    pub span: Span,
}

/// One index of a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Index {
    /// This member.
    Member(usize),
    /// The member at hand.
    AtHand(EntryId),
    /// The member that a choice names: a look-up.
    Choice(Box<Term>),
}

/// The kinds of term.
#[derive(Debug, Clone, PartialEq)]
pub enum TermKind {
    /// A number.
    Number(Exact),
    /// Yes or no.
    Boolean(bool),
    /// A member of a dimension, or a choice.
    Member(usize),
    /// The member at hand of a dimension.
    AtHand(EntryId),
    /// A cell of an entry; the indices follow the entry's dimensions.
    Cell(EntryId, Vec<Index>),
    /// `-x`
    Negate(Box<Term>),
    /// `NOT x`
    Not(Box<Term>),
    /// `a + b` and its kin.
    Arithmetic(ArithmeticOperator, Box<Term>, Box<Term>),
    /// `a <= b` and its kin.
    Compare(Comparison, Box<Term>, Box<Term>),
    /// All of them.
    And(Vec<Term>),
    /// One of them.
    Or(Vec<Term>),
    /// `IF(test, then, else)`
    If(Box<Term>, Box<Term>, Box<Term>),
    /// The largest.
    Max(Vec<Term>),
    /// The smallest.
    Min(Vec<Term>),
    /// The sum of those that there are; none where there are none.
    Add(Vec<Term>),
    /// `CLAMP(x, low, high)`
    Clamp(Box<Term>, Box<Term>, Box<Term>),
    /// The size without the sign.
    Abs(Box<Term>),
    /// Rounded as written.
    Round(Box<Term>, Rounding),
    /// Rounded as a value says.
    RoundBy(Box<Term>, Box<Term>),
    /// The whole part, toward minus infinity.
    Int(Box<Term>),
    /// A look-up in a scale.
    Scale(ScalePart, EntryId, Box<Term>),
    /// The sum over the members of a dimension.
    Sum {
        /// The dimension.
        dimension: EntryId,
        /// Which members count.
        filter: Option<Box<Term>>,
        /// What is added for each.
        term: Box<Term>,
    },
    /// A function of dates.
    Date(DateFunction, Vec<Term>),
    /// The first, or the second where the first is none.
    IfNone(Box<Term>, Box<Term>),
}

/// What is looked up in a scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScalePart {
    /// x × rate − quick deduction.
    Band,
    /// The rate.
    Rate,
    /// The quick deduction.
    Quick,
}

/// The functions of dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateFunction {
    /// The year.
    Year,
    /// The month of the year.
    Month,
    /// The day of the month.
    Day,
    /// Whole months between two dates.
    Months,
    /// Days between two dates.
    Days,
    /// So many months on.
    EDate,
    /// The last day of the month.
    EndOfMonth,
}

impl Term {
    /// Calls `visit` for this term and all below, from the outside in.
    pub fn walk<'t>(&'t self, visit: &mut impl FnMut(&'t Term)) {
        visit(self);
        self.children(&mut |child| child.walk(visit));
    }

    /// The terms directly below.
    pub fn children<'t>(&'t self, visit: &mut dyn FnMut(&'t Term)) {
        match &self.kind {
            TermKind::Number(_) | TermKind::Boolean(_) | TermKind::Member(_) | TermKind::AtHand(_) => {}
            TermKind::Cell(_, indices) => {
                for index in indices {
                    if let Index::Choice(term) = index {
                        visit(term);
                    }
                }
            }
            TermKind::Negate(x)
            | TermKind::Not(x)
            | TermKind::Abs(x)
            | TermKind::Int(x)
            | TermKind::Round(x, _)
            | TermKind::Scale(_, _, x) => visit(x),
            TermKind::Arithmetic(_, a, b)
            | TermKind::Compare(_, a, b)
            | TermKind::RoundBy(a, b)
            | TermKind::IfNone(a, b) => {
                visit(a);
                visit(b);
            }
            TermKind::If(a, b, c) | TermKind::Clamp(a, b, c) => {
                visit(a);
                visit(b);
                visit(c);
            }
            TermKind::And(terms)
            | TermKind::Or(terms)
            | TermKind::Max(terms)
            | TermKind::Min(terms)
            | TermKind::Add(terms)
            | TermKind::Date(_, terms) => terms.iter().for_each(visit),
            TermKind::Sum { filter, term, .. } => {
                if let Some(filter) = filter {
                    visit(filter);
                }
                visit(term);
            }
        }
    }

    /// The entries that this term and all below read.
    #[must_use]
    pub fn reads(&self) -> Vec<EntryId> {
        let mut reads = Vec::new();
        self.walk(&mut |term| match &term.kind {
            TermKind::Cell(entry, _) | TermKind::Scale(_, entry, _) => reads.push(*entry),
            _ => {}
        });
        reads
    }
}
