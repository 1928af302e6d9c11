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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::columns::code::LeftOut;

    #[test]
    fn registers_are_used_again_and_what_can_fall_stays() {
        let mut code = Code::default();
        let given = |column| What::Given { column, low: 0, high: i64::MAX, left_out: LeftOut::Open };
        let unused = [Source::ZERO; 3];
        let (x, y) = (code.emit(given(0), unused), code.emit(given(1), unused));
        let _not_needed = code.maximum(x, Source::ONE);
        let _may_fall = code.add(x, y);
        let mut z = x;
        for step in 2..50 {
            z = code.minimum(z, Source::Constant(step));
        }
        let program = Program::new(&code, &[z, Source::ONE]);
        assert_eq!(program.steps.len(), 2 + 1 + 48, "all but the maximum");
        assert!(program.registers <= 3, "{}", program.registers);
        assert_eq!(program.results[1], Source::ONE);
    }

    #[test]
    fn a_register_that_is_read_twice_is_freed_once() {
        let mut code = Code::default();
        let given = |column| What::Given { column, low: 0, high: 9, left_out: LeftOut::Open };
        let (x, y) = (code.emit(given(0), [Source::ZERO; 3]), code.emit(given(1), [Source::ZERO; 3]));
        let mask = code.less(x, y);
        let chosen = code.select(mask, x, mask);
        let (a, b) = (code.add(chosen, y), code.subtract(chosen, y));
        let program = Program::new(&code, &[a, b, chosen]);
        let places: BTreeSet<usize> = program.steps.iter().rev().take(3).map(|step| step.to).collect();
        assert_eq!(places.len(), 3, "three results are held at once");
    }
}
