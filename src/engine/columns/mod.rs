//! Many rows in columns, on whole numbers.
//!
//! A plan is lowered once: each figure becomes a few operations on columns of 64-bit whole numbers, parts of a unit
//! chosen from the facts' decimals and the book's values, so that every step stays exact until a rule rounds it. Rows
//! run in blocks that stay in cache. Whatever a column cannot do makes a row fall to the exact path: a fact that is left
//! out, a number that leaves 64 bits, a place that the book does not cover. So both paths give the same for every row,
//! to the fen and to the fault; columns only give it sooner.

mod block;
mod choose;
mod code;
mod encoding;
mod input;
mod lower;
mod number;
mod program;
mod result;

pub use encoding::Encoding;
pub use input::{ColumnInputs, InputColumn, LEFT_OUT, NONE};
pub use result::{Cell, ColumnResults};

use super::{
    evaluate::{Evaluation, Fault},
    plan::{Plan, SlotId},
    value::Value,
};
use block::{Block, ROWS};
use code::Source;
use lower::{Lowering, Outcome};
use program::Program;
use rayon::{
    ThreadPoolBuilder,
    iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator},
};
use result::Goal;
use std::{collections::BTreeSet, num::NonZeroUsize};

/// A plan in columns.
#[derive(Debug)]
pub struct ColumnPlan<'p, 'b> {
    plan: &'p Plan<'b>,
    given: Vec<(SlotId, Encoding)>,
    slots: Vec<SlotId>,
    goals: Vec<Goal>,
    program: Program,
    /// For each goal with cells where it, where there is none, and where it fell.
    outputs: Vec<Output>,
}

/// Where a goal's columns are among the results of the program.
#[derive(Debug, Clone, Copy)]
struct Output {
    goal: usize,
    cells: usize,
    none: usize,
    fell: usize,
}

/// What is not in the cells, by row and goal.
type Others = Vec<((usize, usize), Result<Value, Fault>)>;

/// Fewer blocks are done before threads are started.
const WORTH_THREADS: usize = 32;

impl<'p, 'b> ColumnPlan<'p, 'b> {
    /// Lowers what some goals need. Of the facts and carried values these are given, at least in some rows; all others
    /// are computed, or have their default, or are not known.
    #[must_use]
    pub fn new(plan: &'p Plan<'b>, goals: &[SlotId], given: &[SlotId]) -> Self {
        let book = plan.book();
        let known: BTreeSet<SlotId> = given.iter().copied().collect();
        let given: Vec<(SlotId, Encoding)> =
            known.into_iter().filter_map(|slot| Some((slot, Encoding::of(book, plan.slot(slot).entry)?))).collect();
        let mut lowering = Lowering::new(plan, &given);
        let (mut results, mut outputs, mut ways): (Vec<Source>, Vec<Output>, Vec<Goal>) = Default::default();
        for (goal, slot) in goals.iter().enumerate() {
            ways.push(match lowering.goal(*slot) {
                Outcome::Cells { encoding, cells, column } => {
                    let at = results.len();
                    results.extend([cells, column.none, column.fell]);
                    outputs.push(Output { goal, cells: at, none: at + 1, fell: at + 2 });
                    Goal::Cells(encoding, outputs.len() - 1)
                }
                Outcome::Nothing => Goal::Nothing,
                Outcome::Exact => Goal::Exact,
            });
        }
        let program = Program::new(&lowering.code, &results);
        Self { plan, given, slots: goals.to_vec(), goals: ways, program, outputs }
    }

    /// The facts that are given, and how.
    pub fn given(&self) -> impl Iterator<Item = (SlotId, Encoding)> + '_ {
        self.given.iter().copied()
    }

    /// Inputs of so many rows, to be filled.
    #[must_use]
    pub fn inputs(&self, rows: usize) -> ColumnInputs<'_, 'p, 'b> {
        ColumnInputs::new(self, rows)
    }

    /// The goals that are computed by the exact path in every row, by position: each is slow, and right.
    pub fn exact_goals(&self) -> impl Iterator<Item = usize> + '_ {
        self.goals.iter().enumerate().filter(|(_, goal)| **goal == Goal::Exact).map(|(at, _)| at)
    }

    fn run(&self, inputs: &ColumnInputs<'_, '_, '_>, threads: NonZeroUsize) -> ColumnResults {
        let (rows, width) = (inputs.rows(), self.outputs.len());
        let mut cells = vec![0; rows * width];
        // Goals without cells still have their rows: a block of nothing each.
        let starts: Vec<usize> = (0..rows).step_by(ROWS).collect();
        let compute = |block: &mut Block, start: usize, cells: &mut [i64]| {
            self.block(block, inputs, start..rows.min(start + ROWS), cells)
        };
        let pool = (threads.get() > 1 && starts.len() >= WORTH_THREADS)
            .then(|| ThreadPoolBuilder::new().num_threads(threads.get()).build().ok())
            .flatten();
        let blocks: Vec<(usize, Others)> = match pool {
            // Threads that cannot be had are done without.
            None => {
                let mut block = Block::new(&self.program);
                let mut rest = cells.as_mut_slice();
                let mut done = Vec::with_capacity(starts.len());
                for start in starts {
                    let (mine, after) = rest.split_at_mut(rest.len().min(ROWS * width));
                    rest = after;
                    done.push(compute(&mut block, start, mine));
                }
                done
            }
            Some(pool) => pool.install(|| {
                let mut pieces: Vec<&mut [i64]> = cells.chunks_mut((ROWS * width).max(1)).collect();
                pieces.resize_with(starts.len(), Default::default);
                pieces
                    .into_par_iter()
                    .zip(starts)
                    .map_init(|| Block::new(&self.program), |block, (cells, start)| compute(block, start, cells))
                    .collect()
            }),
        };
        let fallen = blocks.iter().map(|(fallen, _)| fallen).sum();
        let others = blocks.into_iter().flat_map(|(_, others)| others).collect();
        ColumnResults { goals: self.goals.clone(), rows, cells, width, block: ROWS, others, fallen }
    }

    /// One block: its cells goal by goal, and apart from them what is not whole.
    fn block(
        &self,
        block: &mut Block,
        inputs: &ColumnInputs<'_, '_, '_>,
        rows: std::ops::Range<usize>,
        cells: &mut [i64],
    ) -> (usize, Others) {
        block.run(&self.program, inputs, rows.clone());
        let mut others = Others::new();
        let mut fallen = block.fell().to_vec();
        let result = |at: usize| self.program.results[at];
        for (output, cells) in self.outputs.iter().zip(cells.chunks_mut(rows.len().max(1))) {
            block.copy(result(output.cells), cells);
            block.holding(result(output.fell)).for_each(|row| fallen[row] = true);
            others.extend(
                block.holding(result(output.none)).map(|row| ((rows.start + row, output.goal), Ok(Value::None))),
            );
        }
        let always: Vec<usize> = self.exact_goals().collect();
        let count = fallen.iter().filter(|fell| **fell).count();
        if count == 0 && always.is_empty() {
            others.sort_unstable_by_key(|(key, _)| *key);
            return (0, others);
        }
        others.retain(|((row, _), _)| !fallen[row - rows.start]);
        for (row, fell) in rows.zip(fallen) {
            let goals: Vec<usize> = if fell { (0..self.slots.len()).collect() } else { always.clone() };
            let mut evaluation = Evaluation::new(self.plan, inputs.row(row));
            others.extend(goals.into_iter().map(|goal| ((row, goal), evaluation.value(self.slots[goal]))));
        }
        others.sort_unstable_by_key(|(key, _)| *key);
        (count, others)
    }
}
