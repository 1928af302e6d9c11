//! Some hundreds of rows at once: each operation is one loop over columns that stay in cache.

use super::{
    code::{LeftOut, Source, Way, What},
    input::{ColumnInputs, LEFT_OUT, NONE},
    program::{Program, Step},
};
use crate::quantity::RoundingMode;
use std::{iter::repeat_n, ops::Range};

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
            What::Add if step.checked => self.checked(of, i64::overflowing_add),
            What::Subtract if step.checked => self.checked(of, i64::overflowing_sub),
            What::Multiply if step.checked => self.checked(of, i64::overflowing_mul),
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
            What::Divide(way) => self.divide(*way, of, step.checked),
            What::Pieces { bounds, pieces } if !step.checked => self.pieces(of, bounds, pieces),
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
        for (((out, fell), a), b) in self.spare.iter_mut().zip(&mut self.fell).zip(a).zip(b) {
            let (value, overflow) = make(a, b);
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
        for ((((out, fell), a), b), c) in self.spare.iter_mut().zip(&mut self.fell).zip(a).zip(b).zip(c) {
            let value = what.apply([a, b, c]);
            *fell |= value.is_none();
            *out = value.unwrap_or_default();
        }
    }
}

/// The cells of a source, for loops that are not worth one copy for each kind of source.
fn column(registers: &[Vec<i64>], source: Source, rows: usize) -> Box<dyn Iterator<Item = i64> + '_> {
    match source {
        Source::Register(at) => Box::new(registers[at].iter().copied()),
        Source::Constant(value) => Box::new(repeat_n(value, rows)),
    }
}
