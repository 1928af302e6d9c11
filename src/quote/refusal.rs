//! Why a tender could not be priced.

use crate::{
    engine::{Fault, FaultKind},
    quantity::ArithmeticError,
    rulebook::Diagnostic,
};

/// Why a tender could not be priced.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// The book lacks an entry that a price names.
    #[error("规则库没有「{0}」，无法测算报价")]
    Book(String),
    /// Files of the book are wrong.
    #[error("规则库有误")]
    Rules(Vec<Diagnostic>),
    /// The book does not cover it.
    #[error("{about}：{reason}")]
    Coverage {
        /// What was asked for.
        about: String,
        /// What the book does not have.
        reason: String,
    },
    /// What was given does not do.
    #[error("{about}：{reason}")]
    Facts {
        /// Which part of the tender.
        about: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A number that cannot be held.
    #[error("金额超出可计算的范围：{0}")]
    Arithmetic(#[from] ArithmeticError),
}

impl Refusal {
    pub(super) fn facts(about: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Facts { about: about.into(), reason: reason.into() }
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        let about = fault.name;
        match fault.kind {
            FaultKind::Coverage(coverage) => Self::Coverage { about, reason: coverage.to_string() },
            other => Self::Facts { about, reason: other.to_string() },
        }
    }
}
