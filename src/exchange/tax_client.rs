//! The layouts that the tax bureau's client (自然人电子税务局扣缴端) imports: named and versioned schemas, kept as data
//! under `templates/exchange/`. A layout says which columns there are and in which order; a row names its cells.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;
use thiserror::Error;

use super::workbook::{Cell, Kind, Sheet};

/// A layout of the tax client.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// Its name and vintage: `tax-wage@2024`.
    pub schema: String,
    /// The item of income it declares.
    pub title: String,
    /// What the client expects the sheet to be called.
    pub sheet: String,
    #[serde(rename = "column")]
    columns: Vec<LayoutColumn>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LayoutColumn {
    name: String,
    kind: CellKind,
    /// The client marks the heading of a required column with an asterisk.
    #[serde(default)]
    required: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum CellKind {
    Text,
    Money,
}

/// A row's cells, by the names of the columns (without the asterisk of required ones).
pub type Row = BTreeMap<&'static str, Cell>;

/// A row that does not fit the layout: a fault of the program that made it, not of anybody's input.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LayoutError {
    /// The layout has no such column.
    #[error("{schema} 没有“{name}”这一列（第 {row} 行）")]
    Unknown {
        /// The layout.
        schema: String,
        /// The row, from 1.
        row: usize,
        /// The column.
        name: String,
    },
    /// A column that every row must fill is blank.
    #[error("{schema} 的“{name}”必填（第 {row} 行）")]
    Missing {
        /// The layout.
        schema: String,
        /// The row, from 1.
        row: usize,
        /// The column.
        name: String,
    },
    /// Text under an amount, or an amount under a text.
    #[error("{schema} 的“{name}”类型不符（第 {row} 行）")]
    Kind {
        /// The layout.
        schema: String,
        /// The row, from 1.
        row: usize,
        /// The column.
        name: String,
    },
}

#[expect(clippy::expect_used, reason = "the file is embedded; a test reads it")]
static WAGES_2024: LazyLock<Layout> = LazyLock::new(|| {
    let text = include_str!("../../templates/exchange/tax-wage@2024.toml");
    toml::from_str(text).expect("tax-wage@2024 is well-formed")
});

impl Layout {
    /// 正常工资薪金所得, the 24 columns of 2024.
    #[must_use]
    pub fn wages_2024() -> &'static Self {
        &WAGES_2024
    }

    /// The names of the columns, in the layout's order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }

    /// The rows as a sheet in the layout's order. A column of amounts that a row does not name is zero, one of text is
    /// blank.
    ///
    /// # Errors
    /// [`LayoutError`], of the first row that does not fit.
    pub fn fill(&self, rows: &[Row]) -> Result<Sheet, LayoutError> {
        let mut sheet = self.columns.iter().fold(Sheet::new(&self.sheet).frozen(2), |sheet, column| {
            let mark = if column.required { "*" } else { "" };
            let (kind, width) = match column.kind {
                CellKind::Text => (Kind::Text, 20),
                CellKind::Money => (Kind::Money, 14),
            };
            sheet.column(&format!("{mark}{}", column.name), kind, width)
        });
        for (place, cells) in rows.iter().enumerate() {
            let fault = |name: &str| (self.schema.clone(), place + 1, name.to_owned());
            if let Some(name) = cells.keys().find(|name| self.names().all(|known| known != **name)) {
                let (schema, row, name) = fault(name);
                return Err(LayoutError::Unknown { schema, row, name });
            }
            let mut line = Vec::with_capacity(self.columns.len());
            for column in &self.columns {
                let cell = cells.get(column.name.as_str()).cloned().unwrap_or(Cell::Blank);
                line.push(match (column.kind, cell) {
                    (CellKind::Text, Cell::Blank) if column.required => {
                        let (schema, row, name) = fault(&column.name);
                        return Err(LayoutError::Missing { schema, row, name });
                    }
                    (CellKind::Text, cell @ (Cell::Text(_) | Cell::Blank))
                    | (CellKind::Money, cell @ Cell::Money(_)) => cell,
                    (CellKind::Money, Cell::Blank) => Cell::Money(crate::quantity::Money::ZERO),
                    _ => {
                        let (schema, row, name) = fault(&column.name);
                        return Err(LayoutError::Kind { schema, row, name });
                    }
                });
            }
            sheet.push(line);
        }
        Ok(sheet)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{exchange::workbook::to_csv, quantity::Money};

    fn person() -> Row {
        let text = [("姓名", "样例人员"), ("证件类型", "居民身份证"), ("证件号码", "530102199001010028")];
        let mut row: Row = text.map(|(name, value)| (name, Cell::text(value))).into();
        row.insert("本期收入", Cell::Money(Money::from_fen(380_000)));
        row
    }

    #[test]
    fn the_layout_has_24_columns_in_the_clients_order() {
        let names: Vec<&str> = Layout::wages_2024().names().collect();
        assert_eq!(names.len(), 24);
        assert_eq!(names[..5], ["工号", "姓名", "证件类型", "证件号码", "本期收入"]);
        assert_eq!(
            names[16..],
            [
                "累计个人养老金",
                "企业(职业)年金",
                "商业健康保险",
                "税延养老保险",
                "其他",
                "准予扣除的捐赠额",
                "减免税额",
                "备注"
            ]
        );
    }

    #[test]
    fn rows_are_written_by_name_in_that_order() {
        let text = String::from_utf8(to_csv(&Layout::wages_2024().fill(&[person()]).unwrap())).unwrap();
        let lines: Vec<&str> = text.trim_start_matches('\u{FEFF}').lines().collect();
        assert!(lines[0].starts_with("工号,*姓名,*证件类型,*证件号码,本期收入,本期免税收入,基本养老保险费,"));
        assert!(lines[1].starts_with(",样例人员,居民身份证,530102199001010028,3800.00,0.00,0.00,"));
        assert!(lines[1].ends_with(",0.00,"));
    }

    #[test]
    fn rows_that_do_not_fit_are_refused() {
        let fill = |row: Row| Layout::wages_2024().fill(&[person(), row]).map(|_| ());
        let mut unknown = person();
        unknown.insert("大病医疗", Cell::Blank);
        let mut nameless = person();
        nameless.remove("姓名");
        let mut worded = person();
        worded.insert("本期收入", Cell::text("三千"));
        let (schema, row) = ("tax-wage@2024".to_owned(), 2);
        assert_eq!(fill(person()), Ok(()));
        assert_eq!(fill(unknown), Err(LayoutError::Unknown { schema: schema.clone(), row, name: "大病医疗".into() }));
        assert_eq!(fill(nameless), Err(LayoutError::Missing { schema: schema.clone(), row, name: "姓名".into() }));
        assert_eq!(fill(worded), Err(LayoutError::Kind { schema, row, name: "本期收入".into() }));
    }
}
