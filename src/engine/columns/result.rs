//! What many rows came to.

use super::encoding::Encoding;
use crate::engine::{evaluate::Fault, value::Value};

/// What a goal came to in one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'r> {
    /// Computed in columns: a whole number, as the goal's encoding says.
    Whole(i64),
    /// There is none, or the row was computed by the exact path.
    Other(&'r Result<Value, Fault>),
}

/// How a goal is handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goal {
    /// In columns, at this position.
    Cells(Encoding, usize),
    /// There is none in any row.
    Nothing,
    /// By the exact path in every row.
    Exact,
}

/// What many rows came to: for each row every goal, in the order in which the plan was given them.
#[derive(Debug, Clone)]
pub struct ColumnResults {
    pub(super) goals: Vec<Goal>,
    pub(super) rows: usize,
    /// Block by block; in a block goal by goal.
    pub(super) cells: Vec<i64>,
    /// How many goals have cells.
    pub(super) width: usize,
    /// How many rows a block has; the last may have fewer.
    pub(super) block: usize,
    /// What is not in the cells, by row and goal.
    pub(super) others: Vec<((usize, usize), Result<Value, Fault>)>,
    /// How many rows were computed by the exact path.
    pub(super) fallen: usize,
}

/// What a goal is that there is none of in any row.
static NOTHING: Result<Value, Fault> = Ok(Value::None);

impl ColumnResults {
    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many rows fell to the exact path, not counting goals that always do.
    #[must_use]
    pub fn fallen(&self) -> usize {
        self.fallen
    }

    /// How a goal's whole numbers are to be read, if it has any.
    #[must_use]
    pub fn encoding(&self, goal: usize) -> Option<Encoding> {
        if let Goal::Cells(encoding, _) = self.goals.get(goal)? { Some(*encoding) } else { None }
    }

    /// What a goal came to in a row; nothing for a goal or row that there is not.
    #[must_use]
    pub fn cell(&self, goal: usize, row: usize) -> Option<Cell<'_>> {
        let of = self.goals.get(goal).filter(|_| row < self.rows)?;
        if let Ok(at) = self.others.binary_search_by_key(&(row, goal), |(key, _)| *key) {
            return self.others.get(at).map(|(_, result)| Cell::Other(result));
        }
        match of {
            Goal::Cells(_, column) => {
                let start = row / self.block * self.block;
                let rows = self.block.min(self.rows - start);
                self.cells.get(start * self.width + column * rows + (row - start)).map(|cell| Cell::Whole(*cell))
            }
            Goal::Nothing | Goal::Exact => Some(Cell::Other(&NOTHING)),
        }
    }

    /// The value of a goal in a row, as the exact path gives it; nothing for a goal or row that there is not.
    ///
    /// # Errors
    /// Why it could not be computed.
    #[must_use]
    pub fn value(&self, goal: usize, row: usize) -> Option<Result<Value, Fault>> {
        Some(match (self.cell(goal, row)?, self.encoding(goal)) {
            (Cell::Whole(cell), Some(encoding)) => Ok(encoding.decode(cell)),
            (Cell::Other(result), _) => result.clone(),
            (Cell::Whole(_), None) => Ok(Value::None),
        })
    }
}
