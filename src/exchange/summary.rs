//! The workbook of a month: one row a person with totals.

use super::workbook::{Cell, Kind, Sheet};
use crate::{
    payroll::{Slip, Sums, Worker},
    quantity::Money,
};
use std::collections::{BTreeMap, BTreeSet};

/// A person of the month as the workbook needs them.
#[derive(Debug, Clone, Copy)]
pub struct Paid<'m> {
    /// Who.
    pub worker: &'m Worker,
    /// What.
    pub slip: &'m Slip,
    /// The month's own deductions as the tax client lists them, by its column.
    pub client: &'m BTreeMap<&'static str, Money>,
}

/// One row a person, totals below. Lines that nobody has are no columns.
#[must_use]
pub fn overview(paid: &[Paid<'_>]) -> Sheet {
    let mut earnings: BTreeMap<(usize, &str), &str> = BTreeMap::new();
    let mut lines: Vec<(&str, String)> = Vec::new();
    for one in paid {
        for earning in &one.slip.earnings {
            earnings.insert((earning.place, &earning.id), &earning.name);
        }
        for line in one.slip.lines() {
            if !lines.iter().any(|(id, _)| *id == line.id) {
                let side = if line.payer == "employee" { "个人" } else { "单位" };
                lines.push((&line.id, format!("{}（{side}）", line.name)));
            }
        }
    }
    let payers: BTreeSet<&str> = paid.iter().map(|one| one.worker.payer.as_str()).collect();
    let mut sheet = Sheet::new("工资汇总").frozen(2);
    let payer = (payers.len() > 1).then_some(("扣缴义务人", 26));
    let who = [("工号", 10), ("姓名", 10), ("部门", 12), ("岗位", 12), ("参保地", 14), ("用工形式", 9)];
    for (heading, width) in who.into_iter().chain(payer) {
        sheet = sheet.column(heading, Kind::Text, width);
    }
    for name in earnings.values() {
        sheet = sheet.column(name, Kind::Money, 11);
    }
    sheet = sheet.column("应发工资", Kind::Money, 12);
    for (_, name) in &lines {
        sheet = sheet.column(name, Kind::Money, 14);
    }
    for heading in ["个人所得税", "赔偿损失扣款", "其他扣款", "实发工资", "用人单位成本"] {
        sheet = sheet.column(heading, Kind::Money, 13);
    }
    sheet = sheet.column("提示", Kind::Text, 40).with_totals();
    for one in paid {
        let (worker, slip) = (one.worker, one.slip);
        let mut row: Vec<Cell> =
            [&worker.number, &worker.name, &worker.department, &worker.post, &worker.insured_at, &worker.engagement]
                .map(Cell::text)
                .into();
        row.extend(payer.map(|_| Cell::text(&worker.payer)));
        row.extend(earnings.keys().map(|(_, id)| {
            let found = slip.earnings.iter().find(|earning| earning.id == *id);
            Cell::Money(found.map_or(Money::ZERO, |earning| earning.amount))
        }));
        row.push(Cell::Money(slip.gross));
        row.extend(lines.iter().map(|(id, _)| {
            let found = slip.lines().find(|line| line.id == *id);
            found.map_or(Cell::Blank, |line| Cell::Money(line.amount))
        }));
        row.extend([slip.tax, slip.loss, slip.other_deduction, slip.net, slip.employer_cost].map(Cell::Money));
        let notes: Vec<&str> = slip.findings.iter().map(|finding| finding.message.as_str()).collect();
        row.push(Cell::text(notes.join(" ")));
        sheet.push(row);
    }
    sheet
}

/// Hours by class, one row a person, of those who have attendance.
#[must_use]
pub fn hours(people: &[(String, String, Sums)]) -> Sheet {
    let classes = ["出勤", "平日延长", "休息日", "法定休假日", "补休", "病假", "事假", "带薪假", "最长一周"];
    let mut sheet = Sheet::new("考勤合计").frozen(2).column("工号", Kind::Text, 10).column("姓名", Kind::Text, 10);
    for class in classes {
        sheet = sheet.column(&format!("{class}小时"), Kind::Text, 14);
    }
    for (number, name, sums) in people {
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
        sheet.push([Cell::text(number), Cell::text(name)].into_iter().chain(hours).collect());
    }
    sheet
}
