//! Some hundreds of rows at once: each operation is one loop over columns that stay in cache.

use super::{
    code::{LeftOut, Source, Way, What},
    input::{ColumnInputs, LEFT_OUT, NONE},
    program::{Program, Step},
};
use crate::quantity::RoundingMode;
use std::{borrow::Cow, ops::Range};

/// How many rows a block has at most: a register is 4 KiB.
pub(super) const ROWS: usize = 512;

/// The registers of a block, and which of its rows fell.
pub(super) struct Block {
    registers: Vec<Vec<i64>>,
    /// What is being written, so that all registers can be read meanwhile.
    spare: Vec<i64>,
    fell: Vec<bool>,
}

impl Block {
    pub(super) fn new(program: &Program) -> Block {
        Block { registers: vec![Vec::new(); program.registers], spare: Vec::new(), fell: Vec::new() }
    }

    /// Runs the program on some rows.
    pub(super) fn run(&mut self, program: &Program, inputs: &ColumnInputs<'_, '_, '_>, rows: Range<usize>) {
        for register in self.registers.iter_mut().chain([&mut self.spare]) {
            register.resize(rows.len(), 0);
        }
        self.fell.clear();
        self.fell.resize(rows.len(), false);
        for step in &program.steps {
            self.step(step, inputs, &rows);
            std::mem::swap(&mut self.spare, &mut self.registers[step.to]);
        }
    }

    /// The cells of a result.
    pub(super) fn copy(&self, source: Source, to: &mut [i64]) {
        match source {
            Source::Register(at) => to.copy_from_slice(&self.registers[at]),
            Source::Constant(value) => to.fill(value),
        }
    }

    /// The rows that fell while the program ran.
    pub(super) fn fell(&self) -> &[bool] {
        &self.fell
    }

    /// The rows in which a mask holds.
    pub(super) fn holding(&self, mask: Source) -> Box<dyn Iterator<Item = usize> + '_> {
        match mask {
            Source::Constant(0) => Box::new(std::iter::empty()),
            Source::Constant(_) => Box::new(0..self.fell.len()),
            Source::Register(at) => {
                let cells = self.registers[at].iter().enumerate();
                Box::new(cells.filter(|(_, cell)| **cell != 0).map(|(row, _)| row))
            }
        }
    }

    fn step(&mut self, step: &Step, inputs: &ColumnInputs<'_, '_, '_>, rows: &Range<usize>) {
        let of = step.operation.of;
        match &step.operation.what {
            What::Given { column, low, high, left_out } => {
                let cells = &inputs.columns()[*column].cells()[rows.clone()];
                self.given(cells, *low..=*high, *left_out);
            }
            What::Absent { column, left_out } => {
                let none_by_default = *left_out == LeftOut::None;
                for (out, cell) in self.spare.iter_mut().zip(&inputs.columns()[*column].cells()[rows.clone()]) {
                    *out = -i64::from(*cell == NONE || none_by_default && *cell == LEFT_OUT);
                }
            }
            what => self.operate(what, of, step.checked),
        }
    }

    /// An operation on registers.
    fn operate(&mut self, what: &What, of: [Source; 3], checked: bool) {
        match what {
            // Columns of the input are no registers: `step` reads them.
            What::Given { .. } | What::Absent { .. } => {}
            What::Add if checked => self.checked(of, i64::overflowing_add),
            What::Subtract if checked => self.checked(of, i64::overflowing_sub),
            What::Multiply if checked => self.checked(of, i64::overflowing_mul),
            What::Add => self.each(of, i64::wrapping_add),
            What::Subtract => self.each(of, i64::wrapping_sub),
            What::Multiply => self.each(of, i64::wrapping_mul),
            What::Maximum => self.each(of, i64::max),
            What::Minimum => self.each(of, i64::min),
            What::Less => self.each(of, |a, b| -i64::from(a < b)),
            What::LessOrEqual => self.each(of, |a, b| -i64::from(a <= b)),
            What::Equal => self.each(of, |a, b| -i64::from(a == b)),
            What::And => self.each(of, |a, b| a & b),
            What::Or => self.each(of, |a, b| a | b),
            What::Select => self.select(of),
            What::Divide(way) => self.divide(*way, of, checked),
            What::Pieces { bounds, pieces } if !checked => self.pieces(of, bounds, pieces),
            what @ (What::Pieces { .. } | What::Table(_) | What::Date(_)) => self.apply(what, of),
        }
    }

    /// A column of the input, held against its bounds.
    fn given(&mut self, cells: &[i64], bounds: std::ops::RangeInclusive<i64>, left_out: LeftOut) {
        let mut odd = false;
        for (out, cell) in self.spare.iter_mut().zip(cells) {
            odd |= !bounds.contains(cell);
            *out = *cell;
        }
        if !odd {
            return;
        }
        for ((out, fell), cell) in self.spare.iter_mut().zip(&mut self.fell).zip(cells) {
            *out = match (*cell, left_out) {
                (LEFT_OUT, LeftOut::Default(value)) => value,
                (LEFT_OUT | NONE, LeftOut::None) => 0,
                (cell, _) if bounds.contains(&cell) => cell,
                _ => {
                    *fell = true;
                    0
                }
            };
        }
    }

    /// One number a row from two.
    fn each(&mut self, [a, b, _]: [Source; 3], make: impl Fn(i64, i64) -> i64) {
        let registers = &self.registers;
        let out = self.spare.iter_mut();
        match (a, b) {
            (Source::Register(a), Source::Register(b)) => {
                for ((out, a), b) in out.zip(&registers[a]).zip(&registers[b]) {
                    *out = make(*a, *b);
                }
            }
            (Source::Register(a), Source::Constant(b)) => {
                out.zip(&registers[a]).for_each(|(out, a)| *out = make(*a, b))
            }
            (Source::Constant(a), Source::Register(b)) => {
                out.zip(&registers[b]).for_each(|(out, b)| *out = make(a, *b))
            }
            (Source::Constant(a), Source::Constant(b)) => out.for_each(|out| *out = make(a, b)),
        }
    }

    /// The same where the result may not fit.
    fn checked(&mut self, [a, b, _]: [Source; 3], make: impl Fn(i64, i64) -> (i64, bool)) {
        let rows = self.spare.len();
        let (a, b) = (column(&self.registers, a, rows), column(&self.registers, b, rows));
        for (((out, fell), a), b) in self.spare.iter_mut().zip(&mut self.fell).zip(a.iter()).zip(b.iter()) {
            let (value, overflow) = make(*a, *b);
            *out = value;
            *fell |= overflow;
        }
    }

    fn select(&mut self, [mask, a, b]: [Source; 3]) {
        let Source::Register(mask) = mask else { return };
        let choose = |mask: i64, a: i64, b: i64| (a & mask) | (b & !mask);
        let registers = &self.registers;
        let out = self.spare.iter_mut().zip(&registers[mask]);
        match (a, b) {
            (Source::Register(a), Source::Register(b)) => {
                for (((out, mask), a), b) in out.zip(&registers[a]).zip(&registers[b]) {
                    *out = choose(*mask, *a, *b);
                }
            }
            (Source::Register(a), Source::Constant(b)) => {
                out.zip(&registers[a]).for_each(|((out, mask), a)| *out = choose(*mask, *a, b));
            }
            (Source::Constant(a), Source::Register(b)) => {
                out.zip(&registers[b]).for_each(|((out, mask), b)| *out = choose(*mask, a, *b));
            }
            (Source::Constant(a), Source::Constant(b)) => out.for_each(|(out, mask)| *out = choose(*mask, a, b)),
        }
    }

    /// Almost every division of a payroll rounds decimals: by a power of ten, for which the compiler finds a product.
    fn divide(&mut self, way: Way, of: [Source; 3], from_remainder: bool) {
        let [_, _, by] = of;
        let bias = |by: i64| match way {
            Way::Rounded(RoundingMode::HalfUp) => Some(by / 2),
            Way::Rounded(RoundingMode::Up) => Some(by - 1),
            Way::Rounded(RoundingMode::Down) => Some(0),
            Way::Rounded(RoundingMode::HalfEven) | Way::Floor => None,
        };
        if let (Source::Constant(by), false) = (by, from_remainder)
            && let Some(bias) = bias(by)
        {
            match by {
                10 => return self.biased::<10>(of, bias),
                100 => return self.biased::<100>(of, bias),
                1_000 => return self.biased::<1_000>(of, bias),
                10_000 => return self.biased::<10_000>(of, bias),
                100_000 => return self.biased::<100_000>(of, bias),
                1_000_000 => return self.biased::<1_000_000>(of, bias),
                10_000_000 => return self.biased::<10_000_000>(of, bias),
                100_000_000 => return self.biased::<100_000_000>(of, bias),
                _ => {}
            }
        }
        self.apply(&What::Divide(way), of);
    }

    /// The quotient toward zero of a product moved away from zero by what makes it round as it should.
    fn biased<const BY: i64>(&mut self, of: [Source; 3], bias: i64) {
        self.each(of, |a, factor| {
            let product = a.wrapping_mul(factor);
            let sign = product >> 63;
            product.wrapping_add((bias ^ sign).wrapping_sub(sign)) / BY
        });
    }

    fn pieces(&mut self, [a, ..]: [Source; 3], bounds: &[i64], pieces: &[(i64, i64)]) {
        self.each([a, Source::ZERO, Source::ZERO], |a, _| {
            let piece: usize = bounds.iter().map(|bound| usize::from(a > *bound)).sum();
            let (slope, offset) = pieces.get(piece).copied().unwrap_or_default();
            a.wrapping_mul(slope).wrapping_add(offset)
        });
    }

    /// Row by row, as the operation is defined.
    fn apply(&mut self, what: &What, of: [Source; 3]) {
        let rows = self.spare.len();
        let [a, b, c] = of.map(|source| column(&self.registers, source, rows));
        let sources = a.iter().zip(b.iter()).zip(c.iter());
        for ((out, fell), ((a, b), c)) in self.spare.iter_mut().zip(&mut self.fell).zip(sources) {
            let value = what.apply([*a, *b, *c]);
            *fell |= value.is_none();
            *out = value.unwrap_or_default();
        }
    }
}

/// The cells of a source, for loops that are not worth one copy for each kind of source.
fn column(registers: &[Vec<i64>], source: Source, rows: usize) -> Cow<'_, [i64]> {
    match source {
        Source::Register(at) => Cow::from(&registers[at]),
        Source::Constant(value) => Cow::from(vec![value; rows]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rulebook::DateFunction;

    /// Of these all sums and products fit.
    const ORDINARY: [i64; 14] =
        [0, 1, -1, 2, 5, 49, 50, -50, 51, -150, 250, 123_456_789, -1_999_999_999, 2_000_000_050];
    const EXTREME: [i64; 8] = [0, 1, -1, 7, 4_000_000_000, -4_000_000_000, i64::MAX, i64::MIN];

    /// Runs one operation on every pair of numbers, from registers and from constants, and holds it to its definition.
    fn hold(what: &What, by: i64, checked: bool, numbers: &[i64]) {
        let pairs: Vec<(i64, i64)> = numbers.iter().flat_map(|a| numbers.iter().map(|b| (*a, *b))).collect();
        let (left, right): (Vec<i64>, Vec<i64>) = pairs.iter().copied().unzip();
        let mut block = Block {
            registers: vec![left, right, vec![by; pairs.len()]],
            spare: vec![0; pairs.len()],
            fell: vec![false; pairs.len()],
        };
        let kinds = |at: usize, constant: i64| [Source::Register(at), Source::Constant(constant)];
        for a in kinds(0, 50) {
            for b in kinds(1, 250) {
                for c in kinds(2, by) {
                    // Masks come first, and are none of these numbers; a constant one is folded away.
                    if *what == What::Select {
                        let Source::Register(_) = a else { continue };
                        block.registers[0] = pairs.iter().map(|(a, _)| -i64::from(*a > 1)).collect();
                    }
                    block.fell.fill(false);
                    block.operate(what, [a, b, c], checked);
                    for row in 0..pairs.len() {
                        let cell = |source| match source {
                            Source::Register(at) => block.registers[at][row],
                            Source::Constant(value) => value,
                        };
                        let of = [cell(a), cell(b), cell(c)];
                        let expected = what.apply(of);
                        assert_eq!(block.fell[row], expected.is_none(), "{what:?} {of:?}");
                        if let Some(expected) = expected {
                            assert_eq!(block.spare[row], expected, "{what:?} {of:?}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn loops_do_what_the_operations_are_defined_to_do() {
        let masks = [What::Less, What::LessOrEqual, What::Equal, What::And, What::Or, What::Select];
        for what in masks.into_iter().chain([What::Maximum, What::Minimum]) {
            hold(&what, 7, false, &ORDINARY);
            hold(&what, 7, false, &EXTREME);
        }
        for what in [What::Add, What::Subtract, What::Multiply] {
            hold(&what, 7, false, &ORDINARY);
            hold(&what, 7, true, &EXTREME);
        }
        let bounds = vec![-50, 0, 5, 250];
        let pieces = vec![(0, 1), (2, -1), (3, 3), (-4, 0), (5, 7)];
        let pieces = What::Pieces { bounds, pieces };
        hold(&pieces, 7, false, &ORDINARY);
        hold(&pieces, 7, true, &EXTREME);
        hold(&What::Table((0..60).collect()), 7, true, &ORDINARY);
        hold(&What::Date(DateFunction::Months), 7, true, &ORDINARY);
    }

    #[test]
    fn every_way_of_rounding_is_the_same_by_a_product_and_by_the_remainder() {
        let modes = [RoundingMode::HalfUp, RoundingMode::HalfEven, RoundingMode::Up, RoundingMode::Down];
        for way in modes.map(Way::Rounded).into_iter().chain([Way::Floor]) {
            for by in [1, 3, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000] {
                hold(&What::Divide(way), by, false, &ORDINARY);
                hold(&What::Divide(way), by, true, &EXTREME);
            }
        }
    }
}
