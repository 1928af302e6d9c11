//! The facts of many rows, a column each.

use super::{ColumnPlan, encoding::Encoding, result::ColumnResults};
use crate::engine::{plan::SlotId, value::Value};
use std::{collections::BTreeMap, num::NonZeroUsize};

/// What a cell holds that leaves its fact out.
pub const LEFT_OUT: i64 = i64::MIN;
/// What a cell holds where there is none.
pub const NONE: i64 = i64::MIN + 1;
/// What a cell holds whose value is no whole number of the column's parts; beyond the bounds of every column.
const ODD: i64 = i64::MIN + 2;

/// The column of one fact.
#[derive(Debug, Clone)]
pub struct InputColumn {
    encoding: Encoding,
    cells: Vec<i64>,
    /// The values of cells that are [`ODD`].
    odd: BTreeMap<usize, Value>,
}

impl InputColumn {
    pub(super) fn new(encoding: Encoding, rows: usize) -> Self {
        Self { encoding, cells: vec![LEFT_OUT; rows], odd: BTreeMap::new() }
    }

    /// How its cells are written.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The cells, to be filled: each a value as [`InputColumn::encoding`] says, [`LEFT_OUT`] or [`NONE`].
    pub fn cells_mut(&mut self) -> &mut [i64] {
        &mut self.cells
    }

    /// Fills one cell. A row that the inputs do not have is passed over.
    pub fn set(&mut self, row: usize, value: &Value) {
        let Some(cell) = self.cells.get_mut(row) else { return };
        self.odd.remove(&row);
        *cell = match value {
            Value::None => NONE,
            value => self.encoding.encode(value).unwrap_or_else(|| {
                self.odd.insert(row, value.clone());
                ODD
            }),
        };
    }

    pub(super) fn cells(&self) -> &[i64] {
        &self.cells
    }

    /// What a row gives.
    fn value(&self, row: usize) -> Option<Value> {
        match *self.cells.get(row)? {
            LEFT_OUT => None,
            NONE => Some(Value::None),
            cell => {
                let odd = self.odd.get(&row).filter(|_| cell == ODD);
                Some(odd.cloned().unwrap_or_else(|| self.encoding.decode(cell)))
            }
        }
    }
}

/// The facts of many rows, as the plan in columns takes them. At first every row leaves every fact out.
#[derive(Debug, Clone)]
pub struct ColumnInputs<'c, 'p, 'b> {
    plan: &'c ColumnPlan<'p, 'b>,
    rows: usize,
    columns: Vec<InputColumn>,
}

impl<'c, 'p, 'b> ColumnInputs<'c, 'p, 'b> {
    pub(super) fn new(plan: &'c ColumnPlan<'p, 'b>, rows: usize) -> Self {
        let columns = plan.given().map(|(_, encoding)| InputColumn::new(encoding, rows)).collect();
        Self { plan, rows, columns }
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The column of a fact, if it was announced to the plan.
    pub fn column_mut(&mut self, slot: SlotId) -> Option<&mut InputColumn> {
        let at = self.plan.given().position(|(given, _)| given == slot)?;
        self.columns.get_mut(at)
    }

    /// Computes every row, on so many threads at most: few rows are done before threads are started.
    #[must_use]
    pub fn run(&self, threads: NonZeroUsize) -> ColumnResults {
        self.plan.run(self, threads)
    }

    pub(super) fn columns(&self) -> &[InputColumn] {
        &self.columns
    }

    /// What a row gives, for the exact path.
    pub(super) fn row(&self, row: usize) -> impl Iterator<Item = (SlotId, Value)> + '_ {
        let given = self.plan.given().zip(&self.columns);
        given.filter_map(move |((slot, _), column)| Some((slot, column.value(row)?)))
    }
}
