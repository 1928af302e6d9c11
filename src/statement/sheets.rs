//! A statement as sheets of a workbook: every item and every line in a column of its own.

use super::{Entry, Statement, view::Frame};
use crate::{
    exchange::workbook::{Cell, Kind, Sheet},
    quantity::{ArithmeticError, Money},
};

impl Statement<'_> {
    /// What it is and on what ground; then a row a person with totals.
    ///
    /// # Errors
    /// Sums beyond an amount.
    pub fn sheets(&self, frame: &Frame<'_>) -> Result<[Sheet; 2], ArithmeticError> {
        Ok([self.about(frame), self.rows(frame)?])
    }

    fn about(&self, frame: &Frame<'_>) -> Sheet {
        let mut sheet = Sheet::new("说明").column("事项", Kind::Text, 14).column("内容", Kind::Text, 90);
        let notice = self.notice(frame);
        let people = self.size().to_string();
        for (what, text) in [
            ("名称", self.form.title.as_str()),
            ("月份", &frame.month()),
            ("付款单位", &self.payer),
            ("项目", &self.project),
            ("人数", &people),
            ("说明", &notice.sentence),
            ("法律依据", &notice.cite),
            ("提供姓名的依据", frame.named.unwrap_or_default()),
        ] {
            if !text.is_empty() {
                sheet.push(vec![Cell::text(what), Cell::text(text)]);
            }
        }
        sheet
    }

    fn rows(&self, frame: &Frame<'_>) -> Result<Sheet, ArithmeticError> {
        let who: &[(&str, u16)] =
            if frame.named.is_some() { &[("工号", 10), ("姓名", 10), ("岗位", 14)] } else { &[("代号", 8)] };
        let mut sheet = Sheet::new("逐人").frozen(1);
        for (heading, width) in who {
            sheet = sheet.column(heading, Kind::Text, *width);
        }
        for ((group, ..), item) in &self.items {
            let kind = if item.in_cash { "" } else { "，实物，不计入合计" };
            let heading = format!("{}（{}{kind}）", item.name, self.form.heading(*group));
            sheet = sheet.column(&heading, Kind::Money, 13);
        }
        sheet = sheet.column("应发合计", Kind::Money, 13);
        for (_, name) in &self.lines {
            sheet = sheet.column(&format!("{name}（单位）"), Kind::Money, 13);
        }
        let arrears = self.has_arrears();
        if arrears {
            sheet = sheet.column("社会保险费以前月份补差（单位）", Kind::Money, 13);
            sheet = sheet.column("住房公积金以前月份补差（单位）", Kind::Money, 13);
        }
        sheet = sheet.column("单位缴纳合计", Kind::Money, 13).column("用人单位成本", Kind::Money, 13).with_totals();
        for (alias, one) in self.aliases() {
            let mut row: Vec<Cell> = match frame.named {
                Some(_) => [&one.number, &one.name, &one.post].map(Cell::text).into(),
                None => vec![Cell::text(alias)],
            };
            let nought = |amount: Option<&Money>| Cell::Money(amount.copied().unwrap_or_default());
            row.extend(self.items.keys().map(|key| nought(one.pay.get(key))));
            row.push(Cell::Money(one.gross));
            row.extend(self.lines.iter().map(|(id, _)| nought(one.lines.get(id))));
            if arrears {
                row.extend([one.insurance_arrears, one.fund_arrears].map(Cell::Money));
            }
            row.extend([one.contributed()?, one.cost].map(Cell::Money));
            sheet.push(row);
        }
        Ok(sheet)
    }
}

/// Who stands behind which number: for the payer alone.
#[must_use]
pub fn key_sheet(statements: &[Statement<'_>]) -> Sheet {
    let mut sheet = Sheet::new("代号对照（内部保存，不随月报提供）")
        .column("付款单位", Kind::Text, 26)
        .column("项目", Kind::Text, 26)
        .column("代号", Kind::Text, 8)
        .column("工号", Kind::Text, 12)
        .column("姓名", Kind::Text, 12);
    for statement in statements {
        for (alias, Entry { number, name, .. }) in statement.aliases() {
            sheet.push([&statement.payer, &statement.project, &alias, number, name].map(Cell::text).into());
        }
    }
    sheet
}
