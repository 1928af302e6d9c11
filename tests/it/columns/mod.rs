//! Many rows in columns give what one row by the exact path gives, to the fen and to the fault.
#![allow(clippy::arithmetic_side_effects, reason = "the oracle's numbers grow as they need")]

mod book;
mod edges;
mod formulas;
mod oracle;
mod wages;

use chrono::NaiveDate;
use gongche::{
    engine::{
        Evaluation, Origin, Plan, SlotId, Value,
        columns::{ColumnInputs, ColumnResults},
    },
    rulebook::{Book, Sources, render},
};
use num_bigint::BigInt;
use num_rational::BigRational;
use std::num::NonZeroUsize;

/// Numbers that look random and are the same in every run (SplitMix64).
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).unwrap()).unwrap()
    }

    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + i64::try_from(self.next() % u64::try_from(high - low + 1).unwrap()).unwrap()
    }

    pub(super) fn of<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }
}

pub(super) fn on(day: &str) -> NaiveDate {
    day.parse().unwrap()
}

/// A book of these files, without instruments and places.
pub(super) fn read_book(files: &[(&str, &str)]) -> Book {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    Book::read(Sources::new(files)).unwrap_or_else(|faulty| panic!("{}", render(&faulty.sources, &faulty.diagnostics)))
}

/// The slots of a plan that a caller may give.
pub(super) fn inputs_of(plan: &Plan<'_>) -> Vec<SlotId> {
    let slots = plan.slots().iter().filter(|slot| matches!(slot.origin, Origin::Input { .. }));
    slots.map(|slot| plan.find(slot.entry, &slot.cell).unwrap()).collect()
}

pub(super) const ONE: NonZeroUsize = NonZeroUsize::MIN;
pub(super) const TWO: NonZeroUsize = ONE.saturating_add(1);

/// Every goal of every row is what the exact path says.
pub(super) fn assert_exact(plan: &Plan<'_>, goals: &[SlotId], rows: &[Vec<(SlotId, Value)>], results: &ColumnResults) {
    for (row, given) in rows.iter().enumerate() {
        let mut evaluation = Evaluation::new(plan, given.clone());
        for (goal, slot) in goals.iter().enumerate() {
            assert_eq!(
                results.value(goal, row),
                Some(evaluation.value(*slot)),
                "{} of {:?}",
                plan.name(*slot),
                given.iter().map(|(slot, value)| (plan.name(*slot), value)).collect::<Vec<_>>()
            );
        }
    }
}

pub(super) fn fill(inputs: &mut ColumnInputs<'_, '_, '_>, rows: &[Vec<(SlotId, Value)>]) {
    for (row, given) in rows.iter().enumerate() {
        for (slot, value) in given {
            inputs.column_mut(*slot).unwrap().set(row, value);
        }
    }
}

/// `above / below`.
pub(super) fn ratio(above: i64, below: i64) -> BigRational {
    BigRational::new(BigInt::from(above), BigInt::from(below))
}
