//! A formula as planned: names are slots, dimensions unrolled, choices of place and date made.

use super::{plan::SlotId, value::Value};
use crate::{
    formula::{ArithmeticOperator, Comparison},
    quantity::Rounding,
    rulebook::{Band, DateFunction, ScalePart},
};

/// A part of a planned formula.
#[derive(Debug, Clone)]
pub enum Node<'b> {
    /// What the book or the formula itself says.
    Constant(Value),
    /// Another cell.
    Slot(SlotId),
    /// `-x`
    Negate(Box<Node<'b>>),
    /// `NOT x`
    Not(Box<Node<'b>>),
    /// `a + b` and its kin.
    Arithmetic(ArithmeticOperator, Box<Node<'b>>, Box<Node<'b>>),
    /// `a <= b` and its kin; with none on a side it does not hold.
    Compare(Comparison, Box<Node<'b>>, Box<Node<'b>>),
    /// All of them.
    And(Vec<Node<'b>>),
    /// One of them.
    Or(Vec<Node<'b>>),
    /// The second where the first holds, else the third.
    If(Box<Node<'b>>, Box<Node<'b>>, Box<Node<'b>>),
    /// Of pairs of condition and formula the one whose condition holds; a last one without condition where none does.
    Cases(Vec<(Option<Node<'b>>, Node<'b>)>),
    /// Of pairs of condition and formula the first whose condition holds; the last has no condition.
    Tests(Vec<(Option<Node<'b>>, Node<'b>)>),
    /// The largest that there is.
    Max(Vec<Node<'b>>),
    /// The smallest that there is.
    Min(Vec<Node<'b>>),
    /// The sum of those that there are; none where there are none.
    Add(Vec<Node<'b>>),
    /// x, at least low and at most high, as far as there are such.
    Clamp(Box<Node<'b>>, Box<Node<'b>>, Box<Node<'b>>),
    /// The size without the sign.
    Abs(Box<Node<'b>>),
    /// The whole part, toward minus infinity.
    Int(Box<Node<'b>>),
    /// Rounded.
    Round(Box<Node<'b>>, RoundBy<'b>),
    /// A look-up in the bands of a scale; none stands for a scale that the book does not cover: the slot says why.
    Scale(ScalePart, Option<&'b [Band]>, SlotId, Box<Node<'b>>),
    /// The sum of what there is.
    Sum(Vec<Node<'b>>),
    /// The arm that a choice names.
    Select(Box<Node<'b>>, Vec<Node<'b>>),
    /// A function of dates.
    Date(DateFunction, Vec<Node<'b>>),
    /// The first, or the second where the first is none.
    IfNone(Box<Node<'b>>, Box<Node<'b>>),
}

/// How something is rounded.
#[derive(Debug, Clone)]
pub enum RoundBy<'b> {
    /// As written.
    Fixed(Rounding),
    /// As a value says.
    Value(Box<Node<'b>>),
}

impl Node<'_> {
    /// Adds the slots that the formula may read.
    pub fn reads(&self, reads: &mut Vec<SlotId>) {
        match self {
            Self::Constant(_) => {}
            Self::Slot(slot) => reads.push(*slot),
            Self::Negate(x) | Self::Not(x) | Self::Abs(x) | Self::Int(x) | Self::Round(x, RoundBy::Fixed(_)) => {
                x.reads(reads)
            }
            Self::Scale(_, _, scale, x) => {
                reads.push(*scale);
                x.reads(reads);
            }
            Self::Arithmetic(_, a, b)
            | Self::Compare(_, a, b)
            | Self::IfNone(a, b)
            | Self::Round(a, RoundBy::Value(b)) => {
                a.reads(reads);
                b.reads(reads);
            }
            Self::If(a, b, c) | Self::Clamp(a, b, c) => {
                a.reads(reads);
                b.reads(reads);
                c.reads(reads);
            }
            Self::Cases(cases) | Self::Tests(cases) => {
                for (when, formula) in cases {
                    if let Some(when) = when {
                        when.reads(reads);
                    }
                    formula.reads(reads);
                }
            }
            Self::And(items)
            | Self::Or(items)
            | Self::Max(items)
            | Self::Min(items)
            | Self::Add(items)
            | Self::Sum(items)
            | Self::Date(_, items) => items.iter().for_each(|item| item.reads(reads)),
            Self::Select(key, arms) => {
                key.reads(reads);
                arms.iter().for_each(|arm| arm.reads(reads));
            }
        }
    }
}
