//! Formulas as text for a spreadsheet program and as an exact value.
//!
//! Spreadsheet programs reckon in binary floats, in which half a fen is rarely half a fen: `1.005 * 100` is a little
//! less than 100.5 and would be rounded down. Rounding is therefore written in steps of what is rounded to, with the
//! float's own error rounded away first: `ROUND(ROUND(x*100,5),0)/100`. A tie is then a whole and a half, which binary
//! holds exactly, and goes where the rule sends it. The error of a product of amounts below a hundred million yuan is
//! less than a hundredth of what the inner rounding takes away, and products of amounts and rates of up to four decimals
//! lie on its grid.

use crate::quantity::{ArithmeticError, Exact, Rounding, RoundingMode};
use std::fmt;

/// The decimals that are kept of a number of steps before it is rounded to a whole one.
const KEPT: u32 = 5;

/// A cell of a workbook. All count from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    /// The sheet, in the order in which they were added.
    pub sheet: usize,
    /// The row.
    pub row: u32,
    /// The column.
    pub column: u16,
}

/// A formula.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// A number that stands in the formula.
    Number(Exact),
    /// The number in a cell.
    Cell(Address),
    /// The sum; of nothing it is nought.
    Sum(Vec<Expression>),
    /// The sum of a column's cells, from the first to the last.
    Column(Address, Address),
    /// The first less the second.
    Difference(Box<Expression>, Box<Expression>),
    /// The product; of nothing it is one.
    Product(Vec<Expression>),
    /// The first divided by the second.
    Quotient(Box<Expression>, Box<Expression>),
    /// The greatest.
    Most(Vec<Expression>),
    /// The least.
    Least(Vec<Expression>),
    /// Brought to a step.
    Rounded(Box<Expression>, Rounding),
    /// The third where the comparison of the first two holds, otherwise the fourth.
    Choice(Box<[Expression; 4]>, Comparison),
}

/// How two numbers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// The first is not less than the second.
    AtLeast,
    /// They are equal.
    Equal,
}

impl Comparison {
    const fn sign(self) -> &'static str {
        match self {
            Self::AtLeast => ">=",
            Self::Equal => "=",
        }
    }

    fn holds(self, one: Exact, other: Exact) -> bool {
        match self {
            Self::AtLeast => one >= other,
            Self::Equal => one == other,
        }
    }
}

impl From<Address> for Expression {
    fn from(cell: Address) -> Self {
        Self::Cell(cell)
    }
}

impl From<Exact> for Expression {
    fn from(number: Exact) -> Self {
        Self::Number(number)
    }
}

impl Address {
    /// The cell that many columns to the right.
    #[must_use]
    pub const fn right(self, columns: u16) -> Self {
        Self { column: self.column + columns, ..self }
    }

    /// `$C$5`.
    fn absolute(self) -> String {
        format!("${}${}", crate::exchange::table::column_name(self.column.into()), self.row + 1)
    }
}

impl Expression {
    /// Rounded half up to the fen.
    #[must_use]
    pub fn to_fen(self) -> Self {
        self.rounded(Rounding::FEN_HALF_UP)
    }

    /// Brought to a step.
    #[must_use]
    pub fn rounded(self, rounding: Rounding) -> Self {
        Self::Rounded(Box::new(self), rounding)
    }

    /// Less another.
    #[must_use]
    pub fn less(self, other: impl Into<Self>) -> Self {
        Self::Difference(Box::new(self), Box::new(other.into()))
    }

    /// Divided by another.
    #[must_use]
    pub fn over(self, other: impl Into<Self>) -> Self {
        Self::Quotient(Box::new(self), Box::new(other.into()))
    }

    /// Multiplied with another.
    #[must_use]
    pub fn times(self, other: impl Into<Self>) -> Self {
        Self::Product(vec![self, other.into()])
    }

    /// With another added.
    #[must_use]
    pub fn plus(self, other: impl Into<Self>) -> Self {
        Self::Sum(vec![self, other.into()])
    }

    /// Its exact value. `cell` gives the value of a cell; one without a number counts as nought, as in a spreadsheet.
    ///
    /// # Errors
    /// A result that does not fit, and division by nought.
    pub(super) fn value(&self, cell: &impl Fn(Address) -> Exact) -> Result<Exact, ArithmeticError> {
        let all = |parts: &[Self]| parts.iter().map(|part| part.value(cell)).collect::<Result<Vec<_>, _>>();
        match self {
            Self::Number(number) => Ok(*number),
            Self::Cell(address) => Ok(cell(*address)),
            Self::Sum(parts) => all(parts)?.into_iter().try_fold(Exact::ZERO, Exact::add),
            Self::Column(first, last) => {
                (first.row..=last.row).map(|row| cell(Address { row, ..*first })).try_fold(Exact::ZERO, Exact::add)
            }
            Self::Difference(one, other) => one.value(cell)?.sub(other.value(cell)?),
            Self::Product(parts) => all(parts)?.into_iter().try_fold(Exact::ONE, Exact::mul),
            Self::Quotient(one, other) => one.value(cell)?.div(other.value(cell)?),
            Self::Most(parts) => Ok(all(parts)?.into_iter().max().unwrap_or(Exact::ZERO)),
            Self::Least(parts) => Ok(all(parts)?.into_iter().min().unwrap_or(Exact::ZERO)),
            Self::Rounded(inner, rounding) => inner.value(cell)?.round(*rounding).map(Exact::from),
            Self::Choice(parts, comparison) => {
                let [one, other, yes, no] = parts.as_ref();
                let chosen = if comparison.holds(one.value(cell)?, other.value(cell)?) { yes } else { no };
                chosen.value(cell)
            }
        }
    }

    /// Whether a comparison holds, and its text in a cell of the sheet `here`.
    pub(super) fn compared(
        (one, comparison, other): (&Self, Comparison, &Self),
        cell: &impl Fn(Address) -> Exact,
        (here, sheets): (usize, &[&str]),
    ) -> Result<(bool, String), ArithmeticError> {
        let holds = comparison.holds(one.value(cell)?, other.value(cell)?);
        Ok((holds, format!("{}{}{}", one.text(here, sheets), comparison.sign(), other.text(here, sheets))))
    }

    /// Its text, in a cell of the sheet `here`; `sheets` are the names of the sheets.
    pub(super) fn text(&self, here: usize, sheets: &[&str]) -> String {
        Text { expression: self, here, sheets }.to_string()
    }
}

/// An expression as text in one sheet of a workbook.
struct Text<'a> {
    expression: &'a Expression,
    here: usize,
    sheets: &'a [&'a str],
}

impl<'a> Text<'a> {
    fn of(&self, expression: &'a Expression) -> Self {
        Self { expression, here: self.here, sheets: self.sheets }
    }

    /// In brackets where it is more than a cell, a number or a call.
    fn operand(&self, expression: &'a Expression) -> String {
        let bare = match expression {
            Expression::Number(number) => number.to_decimal().is_some() && !number.is_negative(),
            Expression::Cell(_)
            | Expression::Column(..)
            | Expression::Most(_)
            | Expression::Least(_)
            | Expression::Choice(..) => true,
            // Ends in the multiplication with the step.
            Expression::Rounded(..) => false,
            Expression::Sum(parts) | Expression::Product(parts) => parts.len() == 1,
            Expression::Difference(..) | Expression::Quotient(..) => false,
        };
        let text = self.of(expression).to_string();
        if bare { text } else { format!("({text})") }
    }

    fn joined(&self, parts: &'a [Expression], sign: &str, nothing: &str) -> String {
        match parts {
            [] => nothing.to_owned(),
            [only] => self.of(only).to_string(),
            many => many.iter().map(|part| self.operand(part)).collect::<Vec<_>>().join(sign),
        }
    }

    fn call(&self, function: &str, parts: &'a [Expression]) -> String {
        let parts: Vec<String> = parts.iter().map(|part| self.of(part).to_string()).collect();
        format!("{function}({})", parts.join(","))
    }

    fn cell(&self, address: Address) -> String {
        match self.sheets.get(address.sheet) {
            Some(name) if address.sheet != self.here => format!("'{name}'!{}", address.absolute()),
            _ => address.absolute(),
        }
    }

    /// The number of steps without the float's error, brought to a whole number, times the step.
    fn rounded(&self, inner: &'a Expression, rounding: Rounding) -> String {
        let inner = self.operand(inner);
        // A step under one is the inverse of a whole number, which a float can hold: steps are powers of ten.
        let decimals = rounding.decimals();
        let (into_steps, out_of_steps) = if decimals > 0 {
            let whole = format!("1{}", "0".repeat(decimals as usize));
            (format!("*{whole}"), format!("/{whole}"))
        } else if rounding.step == rust_decimal::Decimal::ONE {
            (String::new(), String::new())
        } else {
            (format!("/{}", rounding.step), format!("*{}", rounding.step))
        };
        let steps = format!("ROUND({inner}{into_steps},{KEPT})");
        let whole = match rounding.mode {
            RoundingMode::HalfUp => format!("ROUND({steps},0)"),
            RoundingMode::Up => format!("ROUNDUP({steps},0)"),
            RoundingMode::Down => format!("ROUNDDOWN({steps},0)"),
            RoundingMode::HalfEven => {
                format!("IF(MOD(ABS({steps}),1)=0.5,2*ROUND({steps}/2,0),ROUND({steps},0))")
            }
        };
        format!("{whole}{out_of_steps}")
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self.expression {
            Expression::Number(number) => number.to_string(),
            Expression::Cell(address) => self.cell(*address),
            Expression::Sum(parts) => self.joined(parts, "+", "0"),
            Expression::Column(first, last) => format!("SUM({}:{})", self.cell(*first), last.absolute()),
            Expression::Difference(one, other) => format!("{}-{}", self.operand(one), self.operand(other)),
            Expression::Product(parts) => self.joined(parts, "*", "1"),
            Expression::Quotient(one, other) => format!("{}/{}", self.operand(one), self.operand(other)),
            Expression::Most(parts) => self.call("MAX", parts),
            Expression::Least(parts) => self.call("MIN", parts),
            Expression::Rounded(inner, rounding) => self.rounded(inner, *rounding),
            Expression::Choice(parts, comparison) => {
                let [one, other, yes, no] = parts.as_ref();
                let (one, other) = (self.of(one), self.of(other));
                format!("IF({one}{}{other},{},{})", comparison.sign(), self.of(yes), self.of(no))
            }
        };
        f.write_str(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Expression {
        Exact::parse(text).unwrap().into()
    }

    const fn cell(sheet: usize, row: u32, column: u16) -> Address {
        Address { sheet, row, column }
    }

    fn text(expression: &Expression) -> String {
        expression.text(0, &["测算", "参数"])
    }

    #[test]
    fn cells_of_other_sheets_are_named() {
        assert_eq!(text(&cell(0, 4, 2).into()), "$C$5");
        assert_eq!(text(&cell(1, 0, 27).into()), "'参数'!$AB$1");
        assert_eq!(text(&Expression::Column(cell(1, 0, 0), cell(1, 8, 0))), "SUM('参数'!$A$1:$A$9)");
    }

    #[test]
    fn brackets_stand_where_they_must() {
        let sum = number("1").plus(number("2"));
        assert_eq!(text(&sum.clone().times(number("3"))), "(1+2)*3");
        assert_eq!(text(&number("9").less(sum.clone())), "9-(1+2)");
        assert_eq!(text(&number("6").over(number("2").times(number("3")))), "6/(2*3)");
        assert_eq!(text(&number("1").times(Exact::parse("1").unwrap().div(Exact::from(3)).unwrap())), "1*(1/3)");
        assert_eq!(text(&number("-1").times(number("2"))), "(-1)*2");
        assert_eq!(text(&Expression::Sum(vec![])), "0");
        assert_eq!(text(&Expression::Most(vec![sum, number("4")])), "MAX(1+2,4)");
    }

    #[test]
    fn rounding_is_written_in_whole_steps() {
        let rounded = |rounding: &str| text(&number("1.005").rounded(Rounding::parse(rounding).unwrap()));
        assert_eq!(rounded("half-up 0.01"), "ROUND(ROUND(1.005*100,5),0)/100");
        assert_eq!(rounded("half-up 1"), "ROUND(ROUND(1.005,5),0)");
        assert_eq!(rounded("up 10"), "ROUNDUP(ROUND(1.005/10,5),0)*10");
        assert_eq!(rounded("down 0.1"), "ROUNDDOWN(ROUND(1.005*10,5),0)/10");
    }

    #[test]
    fn a_value_is_exact() {
        let value = |expression: Expression| expression.value(&|_| Exact::from(7)).unwrap().to_string();
        assert_eq!(value(number("1").over(number("3")).times(number("3"))), "1");
        assert_eq!(value(number("1.005").to_fen()), "1.01");
        assert_eq!(value(Expression::Column(cell(0, 0, 0), cell(0, 2, 0))), "21");
        assert_eq!(value(Expression::Least(vec![number("2"), cell(0, 0, 0).into()])), "2");
        assert_eq!(value(Expression::Most(vec![number("2"), cell(0, 0, 0).into()])), "7");
        let choice = |than| {
            let parts = [number("2"), number(than), number("3").plus(number("1")), number("5")];
            Expression::Choice(Box::new(parts), Comparison::AtLeast)
        };
        assert_eq!(value(choice("2")), "4");
        assert_eq!(value(choice("2.01")), "5");
        assert_eq!(text(&choice("2")), "IF(2>=2,3+1,5)");
        assert!(number("1").over(number("0")).value(&|_| Exact::ZERO).is_err());
    }
}
