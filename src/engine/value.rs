//! What a cell can be.

use super::plan::SlotId;
use crate::{
    quantity::{Exact, Rounding},
    rulebook::{Given, Literal},
};
use chrono::NaiveDate;
use std::{collections::BTreeSet, sync::Arc};

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// There is none.
    None,
    /// A number of the cell's unit.
    Number(Exact),
    /// Yes or no.
    Boolean(bool),
    /// A date.
    Date(NaiveDate),
    /// How to round.
    Rounding(Rounding),
    /// A member or choice, by position.
    Choice(usize),
    /// It is not known, for want of these facts.
    Unknown(Unknown),
}

/// The facts for want of which a value is not known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unknown(Arc<BTreeSet<SlotId>>);

impl Unknown {
    /// For want of one fact.
    #[must_use]
    pub fn fact(slot: SlotId) -> Self {
        Self(Arc::new([slot].into()))
    }

    /// For want of these and those.
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        if other.0.is_subset(&self.0) { self } else { Self(Arc::new(self.0.union(&other.0).copied().collect())) }
    }

    /// The facts, in the order of the plan.
    pub fn facts(&self) -> impl Iterator<Item = SlotId> {
        self.0.iter().copied()
    }
}

impl Value {
    /// The number, if it is one.
    #[must_use]
    pub fn number(&self) -> Option<Exact> {
        if let Self::Number(value) = self { Some(*value) } else { None }
    }

    /// The answer, if it is yes or no.
    #[must_use]
    pub fn boolean(&self) -> Option<bool> {
        if let Self::Boolean(value) = self { Some(*value) } else { None }
    }

    /// Whether it is known, be it that there is none.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !matches!(self, Self::Unknown(_))
    }
}

impl From<&Given> for Value {
    fn from(given: &Given) -> Self {
        match given {
            Given::None => Self::None,
            Given::Number(value) => Self::Number(*value),
            Given::Boolean(value) => Self::Boolean(*value),
            Given::Date(value) => Self::Date(*value),
            Given::Choice(at) => Self::Choice(*at),
        }
    }
}

impl From<&Literal> for Value {
    /// The bands of a scale are no value of a cell; a scale is looked up, and never read as one.
    fn from(literal: &Literal) -> Self {
        match literal {
            Literal::Number(value) => Self::Number(*value),
            Literal::Boolean(value) => Self::Boolean(*value),
            Literal::Date(value) => Self::Date(*value),
            Literal::Rounding(value) => Self::Rounding(*value),
            Literal::Member(at) => Self::Choice(*at),
            Literal::Bands(_) => Self::None,
        }
    }
}
