//! Code made ready to run: what nobody needs is left out, and registers are used again, so that a block stays in cache.

use super::code::{Code, Operation, Source, What};
use std::collections::BTreeSet;

/// An operation, and the register it writes.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) operation: Operation,
    /// Whether it could leave 64 bits; of a division, whether it must be worked out from the remainder.
    pub(super) checked: bool,
    pub(super) to: usize,
}

/// Steps in order, and where the results are.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) steps: Vec<Step>,
    pub(super) registers: usize,
    pub(super) results: Vec<Source>,
}

impl Program {
    pub(super) fn new(code: &Code, results: &[Source]) -> Program {
        let last_use = last_uses(code, results);
        let mut program = Program { steps: Vec::new(), registers: 0, results: Vec::new() };
        // Which register holds each operation's result, and which are free again.
        let mut held = vec![0; code.operations.len()];
        let mut free = Vec::new();
        for (at, (operation, checked)) in code.operations.iter().zip(&code.checked).enumerate() {
            let Some(mine) = last_use[at] else { continue };
            let place = |source: Source| match source {
                Source::Register(at) => Source::Register(held[at]),
                constant => constant,
            };
            let of = operation.of.map(place);
            // A block writes beside its registers, so that one that is read for the last time may take the result.
            let ended: BTreeSet<usize> = registers(&operation.of).filter(|read| last_use[*read] == Some(at)).collect();
            free.extend(ended.into_iter().map(|read| held[read]));
            let to = free.pop().unwrap_or_else(|| {
                program.registers += 1;
                program.registers - 1
            });
            held[at] = to;
            if mine == at {
                free.push(to);
            }
            let operation = Operation { what: operation.what.clone(), of };
            program.steps.push(Step { operation, checked: *checked, to });
        }
        program.results = results
            .iter()
            .map(|source| match source {
                Source::Register(at) => Source::Register(held[*at]),
                constant => *constant,
            })
            .collect();
        program
    }
}

fn registers(of: &[Source; 3]) -> impl Iterator<Item = usize> + '_ {
    of.iter().filter_map(|source| if let Source::Register(at) = source { Some(*at) } else { None })
}

/// For each operation the last that reads it (itself where only a row's fall matters); nothing for what is not needed.
fn last_uses(code: &Code, results: &[Source]) -> Vec<Option<usize>> {
    let mut last_use = vec![None; code.operations.len()];
    for result in results {
        if let Source::Register(at) = result {
            last_use[*at] = Some(usize::MAX);
        }
    }
    for (at, operation) in code.operations.iter().enumerate().rev() {
        let can_fall = match operation.what {
            What::Given { .. } => true,
            What::Divide(_) => false,
            _ => code.checked[at],
        };
        if can_fall && last_use[at].is_none() {
            last_use[at] = Some(at);
        }
        if last_use[at].is_some() {
            for read in registers(&operation.of) {
                last_use[read] = last_use[read].max(Some(at));
            }
        }
    }
    last_use
}
