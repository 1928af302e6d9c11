//! The workbook of a month: one row a person with totals.

use super::workbook::{Cell, Kind, Sheet};
use crate::{
    payroll::{Slip, Sums, Worker},
    quantity::Money,
};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

/// A person of the month as the workbook needs them.
#[derive(Debug, Clone, Copy)]
pub struct Paid<'m> {
    /// Who.
    pub worker: &'m Worker,
    /// What.
    pub slip: &'m Slip,
    /// The month's own deductions as the tax client lists them, by its column.
    pub client: &'m ClientColumns,
}

/// Amounts by the tax client's column.
pub type ClientColumns = BTreeMap<Cow<'static, str>, Money>;

/// The columns of the workbook: lines that nobody has are none.
#[derive(Debug, Default)]
pub struct Overview {
    /// By the place of the item and its id.
    earnings: BTreeMap<(usize, String), String>,
    lines: Vec<(String, String)>,
    payers: BTreeSet<String>,
}

impl Overview {
    /// Takes up one person more.
    pub fn see(&mut self, one: &Paid<'_>) {
        for earning in &one.slip.earnings {
            let key = (earning.place, earning.id.clone());
            self.earnings.entry(key).or_insert_with(|| earning.name.clone());
        }
        for line in one.slip.lines() {
            if !self.lines.iter().any(|(id, _)| *id == line.id) {
                let side = if line.payer == "employee" { "个人" } else { "单位" };
                self.lines.push((line.id.clone(), format!("{}（{side}）", line.name)));
            }
        }
        if !self.payers.contains(&one.worker.payer) {
            self.payers.insert(one.worker.payer.clone());
        }
    }

    fn has_payers(&self) -> bool {
        self.payers.len() > 1
    }

    /// The sheet without its rows; it has a line of totals.
    #[must_use]
    pub fn headed(&self) -> Sheet {
        let mut sheet = Sheet::new("工资汇总").frozen(2);
        let payer = self.has_payers().then_some(("扣缴义务人", 26));
        let who = [("工号", 10), ("姓名", 10), ("部门", 12), ("岗位", 12), ("参保地", 14), ("用工形式", 9)];
        for (heading, width) in who.into_iter().chain(payer) {
            sheet = sheet.column(heading, Kind::Text, width);
        }
        for name in self.earnings.values() {
            sheet = sheet.column(name, Kind::Money, 11);
        }
        sheet = sheet.column("应发工资", Kind::Money, 12);
        for (_, name) in &self.lines {
            sheet = sheet.column(name, Kind::Money, 14);
        }
        for heading in ["个人所得税", "赔偿损失扣款", "其他扣款", "实发工资", "用人单位成本"] {
            sheet = sheet.column(heading, Kind::Money, 13);
        }
        sheet.column("提示", Kind::Text, 40).with_totals()
    }

    /// The row of a person who was seen.
    #[must_use]
    pub fn row(&self, one: &Paid<'_>) -> Vec<Cell> {
        let (worker, slip) = (one.worker, one.slip);
        let mut row: Vec<Cell> =
            [&worker.label(), &worker.name, &worker.department, &worker.post, &worker.insured_at, &worker.engagement]
                .map(Cell::text)
                .into();
        row.extend(self.has_payers().then(|| Cell::text(&worker.payer)));
        row.extend(self.earnings.keys().map(|(_, id)| {
            let found = slip.earnings.iter().find(|earning| earning.id == *id);
            Cell::Money(found.map_or(Money::ZERO, |earning| earning.amount))
        }));
        row.push(Cell::Money(slip.gross));
        row.extend(self.lines.iter().map(|(id, _)| {
            let found = slip.lines().find(|line| line.id == *id);
            found.map_or(Cell::Blank, |line| Cell::Money(line.amount))
        }));
        row.extend([slip.tax, slip.loss, slip.other_deduction, slip.net, slip.employer_cost].map(Cell::Money));
        let notes: Vec<&str> = slip.findings.iter().map(|finding| finding.message.as_str()).collect();
        row.push(Cell::text(notes.join(" ")));
        row
    }
}

/// The sheet of hours by class, for those who have attendance, without rows.
#[must_use]
pub fn hours_headed() -> Sheet {
    let classes = ["出勤", "平日延长", "休息日", "法定休假日", "补休", "病假", "事假", "带薪假", "最长一周"];
    let sheet = Sheet::new("考勤合计").frozen(2).column("工号", Kind::Text, 10).column("姓名", Kind::Text, 10);
    classes.iter().fold(sheet, |sheet, class| sheet.column(&format!("{class}小时"), Kind::Text, 14))
}

/// The row of one person in the sheet of hours: 工号, name, sums.
#[must_use]
pub fn hours_row((number, name, sums): &(String, String, Sums)) -> Vec<Cell> {
    let hours = [
        sums.worked,
        sums.weekday,
        sums.rest_day,
        sums.holiday,
        sums.time_off,
        sums.sick,
        sums.personal,
        sums.paid_leave,
        sums.weeks.most_a_week,
    ];
    let hours = hours.map(|hours| Cell::text(hours.to_string()));
    [Cell::text(number), Cell::text(name)].into_iter().chain(hours).collect()
}
