//! The attendance of a run: read, reckoned by the book of the month, and told of.

use super::{order::Order, people::named};
use crate::{
    cli::error::{CliError, Kind},
    exchange::{
        attendance::{self, AttendanceError, Attended, Told},
        rejected::Rejected,
        roster::{Paying, RosterRow},
        table::list,
    },
    payroll::{HoursError, HoursRules, Month, Sums},
    rulebook::Book,
};

/// The attendance of a run, if it has one.
pub(super) struct Attendance<'b>(Option<Attended<'b>>);

/// The sums of each, with 工号 and name.
pub(super) type HoursOfAll = Vec<(String, String, Sums)>;

impl<'b> Attendance<'b> {
    /// Reads the file that the order names.
    pub(super) fn open(
        order: &Order<'_>,
        book: &'b Book,
        month: &Month<'b>,
        paying: &Paying,
    ) -> Result<Self, CliError> {
        let Some(path) = order.attendance else { return Ok(Self(None)) };
        let place = path.display().to_string();
        let records = attendance::read(path).map_err(|error| {
            // The place is told beside the message.
            let message = match &error {
                AttendanceError::Table(error) => error.fault.to_string(),
                AttendanceError::Columns { faults, .. } => list(faults),
            };
            CliError::input("attendance", message).at(place.clone())
        })?;
        if records.records.is_empty() && records.refused.is_empty() {
            return Err(CliError::input("empty", "考勤表里没有内容").at(place).hint("一班或者一次请假填一行"));
        }
        let rules = HoursRules::new(month).map_err(|error| match error {
            HoursError::Chart(error) => CliError::input("rules", error.to_string()),
            HoursError::Rules(diagnostics) => CliError::rules(book.sources(), &diagnostics),
            HoursError::Fault(fault) => CliError::new(Kind::Coverage, "coverage", fault.to_string()),
        })?;
        Ok(Self(Some(Attended::new(records, rules, paying))))
    }

    /// Fills a row of the roster.
    pub(super) fn fill(&mut self, row: &mut RosterRow) -> Result<(), Vec<Rejected>> {
        self.0.as_mut().map_or(Ok(()), |attended| attended.fill(row))
    }

    /// What belongs to nobody, what is to be said, and the hours of each.
    pub(super) fn finish(self) -> (Vec<Rejected>, Vec<String>, HoursOfAll) {
        let Some(attended) = self.0 else { return Default::default() };
        let (left, told) = attended.finish();
        let notes = notes(&told);
        (left, notes, told.sums)
    }
}

fn notes(told: &Told) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(year) = told.unarranged {
        notes.push(format!("{year} 年的放假安排尚未公布，调休和补班没有计入考勤的工作日和休息日"));
    }
    if !told.refused.is_empty() {
        notes.push(format!("考勤有误，或者与名单不同，没有核算：{}", named(&told.refused)));
    }
    if told.without > 0 {
        notes.push(format!("{} 人没有考勤，小时以名单为准", told.without));
    }
    if !told.unused.is_empty() {
        notes.push(format!("实习、平台、劳务按约定的报酬支付，考勤没有用到：{}", named(&told.unused)));
    }
    if !told.cut.is_empty() {
        notes.push(format!(
            "第一周从上月开始，考勤里没有上月的几天，每周小时可能少计：{}。把第一周的各日补入考勤",
            named(&told.cut)
        ));
    }
    if !told.spilled.is_empty() {
        let workers: Vec<String> =
            told.spilled.iter().map(|(worker, hours)| format!("{worker}（{hours} 小时）")).collect();
        notes.push(format!("月末的夜班有一部分落在下月，计入下月；下月的考勤要带上这一行：{}", named(&workers)));
    }
    notes
}
