//! A layout read from its file, and held against what there is to take.

use std::collections::BTreeSet;

use thiserror::Error;

use super::{CellKind, Column, Layout, Rows};
use crate::{
    exchange::figures::{self, LINE_KEYS},
    rulebook::nearest,
};

/// How tax may be withheld, as slips name it.
const METHODS: [&str; 4] = ["wages", "labour", "intern", "platform"];

/// What is wrong with a layout. `Display` is for the person who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LayoutError {
    /// No TOML, or keys that a layout has not.
    #[error("{0}")]
    Toml(String),
    /// Nothing is known under a key.
    #[error("列“{column}”的 take = \"{key}\" 不是可取的数据{}", nearest.as_ref().map_or(String::new(), |one| format!("，是不是 \"{one}\""))) ]
    Key {
        /// The column.
        column: String,
        /// What it takes.
        key: String,
        /// What is spelt most like it.
        nearest: Option<String>,
    },
    /// A column that says twice, or not at all, what stands in it.
    #[error("列“{column}”：{problem}")]
    Column {
        /// The column.
        column: String,
        /// What is wrong.
        problem: &'static str,
    },
    /// A method of tax that there is not.
    #[error("methods 里的“{_0}”不是计税方法，可写：{}", METHODS.join("、"))]
    Method(String),
    /// A sheet without a name.
    #[error("缺少 sheet（工作表名）")]
    Sheet,
}

impl Layout {
    /// Reads a layout.
    ///
    /// # Errors
    /// No TOML, keys that a layout has not, columns that contradict themselves.
    pub fn read(text: &str) -> Result<Self, LayoutError> {
        let layout: Self = toml::from_str(text).map_err(|error| LayoutError::Toml(error.to_string()))?;
        if layout.rows != Rows::InsuranceLine && layout.sheet.is_none() {
            return Err(LayoutError::Sheet);
        }
        if let Some(other) = layout.methods.iter().find(|method| !METHODS.contains(&method.as_str())) {
            return Err(LayoutError::Method(other.clone()));
        }
        layout.columns.iter().try_for_each(Column::sound)?;
        if let Some(column) = layout.columns.iter().find(|column| !layout.form.foreign(&column.name).is_empty()) {
            let problem = "列名里有 GBK 编码没有的字";
            return Err(LayoutError::Column { column: column.name.clone(), problem });
        }
        Ok(layout)
    }

    /// Whether there is something under each key that it takes. `ids` are those of the rule book's earnings and lines:
    /// `earning.base`, `line.pension_employee`.
    ///
    /// # Errors
    /// The first key under which nothing is known.
    pub fn check(&self, ids: &BTreeSet<String>) -> Result<(), LayoutError> {
        let own: &[&str] = match self.rows {
            Rows::Person | Rows::Project | Rows::Payment => &[],
            Rows::InsuranceLine => &LINE_KEYS,
        };
        let known: BTreeSet<&str> =
            figures::KEYS.iter().chain(own).copied().chain(ids.iter().map(String::as_str)).collect();
        let columns = self.columns.iter().flat_map(|column| {
            let keys = [&column.take, &column.plus].into_iter().flatten();
            keys.map(|key| (column.name.as_str(), key.as_str()))
        });
        let having = self.having.as_deref().map(|key| ("having", key));
        for (column, key) in columns.chain(having) {
            // What the tax client calls a deduction is the roster's to say.
            if !known.contains(key) && !key.starts_with("client.") {
                let nearest = nearest(key, known.iter().copied()).map(ToOwned::to_owned);
                return Err(LayoutError::Key { column: column.to_owned(), key: key.to_owned(), nearest });
            }
        }
        Ok(())
    }
}

impl Column {
    fn sound(&self) -> Result<(), LayoutError> {
        let amount = matches!(self.kind, CellKind::Money | CellKind::Fen);
        let problem = if self.take.is_some() && self.always.is_some() {
            "take 和 always 只能写一个"
        } else if self.kind == CellKind::Sequence && (self.take.is_some() || self.always.is_some()) {
            "序号列不写 take 和 always"
        } else if amount && (self.always.is_some() || !self.words.is_empty() || self.unique || self.longest.is_some()) {
            "金额列不能有 always、words、unique、longest"
        } else if self.plus.is_some() && (self.take.is_none() || !amount) {
            "plus 只写在有 take 的金额列"
        } else if self.positive && !amount {
            "只有金额列可以写 positive"
        } else {
            return Ok(());
        };
        Err(LayoutError::Column { column: self.name.clone(), problem })
    }
}
