//! Whether somebody's records can be of the month, of the employment, and of one person at all.

use super::{
    Record,
    columns::Field as Of,
    fill::{Sheet, System},
    rejected,
};
use crate::{
    classify::monday,
    exchange::{rejected::Rejected, roster::Engagement},
    payroll::{Class, Timesheet},
    quantity::Exact,
    rulebook::{Calendar, DayKind},
};
use chrono::{NaiveDate, NaiveDateTime};
use std::collections::BTreeMap;

impl Sheet<'_, '_> {
    /// Whether working days and days of rest are told apart.
    fn has_days_of_rest(&self) -> bool {
        self.system == System::Standard && self.row.engagement != Engagement::NonFullTime
    }

    /// The records as they are.
    pub(super) fn timesheet(&self, records: &[&Record]) -> Timesheet {
        Timesheet {
            stretches: records.iter().flat_map(|record| record.stretches.iter().copied()).collect(),
            own_days: records.iter().filter_map(|record| Some((record.day, record.own_day?))).collect(),
        }
    }

    /// The records, looked through.
    pub(super) fn checked(&self, records: &[&Record], faults: &mut Vec<Rejected>) -> Timesheet {
        let timesheet = self.timesheet(records);
        for record in records {
            faults.extend(self.day(record));
            faults.extend(self.own_day(record, records));
            faults.extend(self.leave(record, &timesheet));
        }
        faults.extend(overlaps(records));
        faults.extend(crowded_days(records));
        faults.extend(self.rota(records, &timesheet));
        timesheet
    }

    fn calendar(&self) -> &Calendar {
        self.from.rules.book().calendar()
    }

    /// A day of the month and of the employment. Before the month: its first week, for the sums of a week, and the night
    /// before.
    fn day(&self, record: &Record) -> Option<Rejected> {
        let (start, end, day) = (self.from.start, self.from.end, record.day);
        let earliest = start.pred_opt().map_or(start, |eve| monday(start).min(eve));
        let (problem, remedy) = if day < earliest || day > end {
            let remedy = "删去这一行；本期以前的，只带第一周的各日和上月末日的夜班";
            (format!("不在本期（{start} 至 {end}）"), remedy)
        } else if day < self.row.hired {
            (format!("早于任职受雇日期 {}", self.row.hired), "核对日期和任职受雇日期")
        } else if self.row.left.is_some_and(|left| day > left) {
            ("晚于离职日期".to_owned(), "核对日期和离职日期")
        } else if let Err(error) = self.calendar().kind(day) {
            (error.to_string(), "用补充过日历的规则库（--rules）")
        } else {
            return None;
        };
        Some(rejected(record.row, Of::Day.heading(), day.to_string(), problem, remedy))
    }

    /// What the rota says of a day: one thing, and nothing of a statutory holiday.
    fn own_day(&self, record: &Record, records: &[&Record]) -> Option<Rejected> {
        let own = record.own_day?;
        let other = |other: &&&Record| other.day == record.day && other.row < record.row;
        let (problem, remedy) =
            if let Some(other) = records.iter().filter(other).find(|other| other.own_day == Some(!own)) {
                (format!("与第 {} 行的日别不同", other.row), "同一天只能是一种，改正其中一行")
            } else if let Ok(DayKind::Statutory(name)) = self.calendar().kind(record.day) {
                (format!("{} 是法定休假日（{name}），轮班不能改动", record.day), "这一行不填日别")
            } else {
                return None;
            };
        let word = if own { "工作日" } else { "休息日" };
        Some(rejected(record.row, Of::OwnDay.heading(), word.to_owned(), problem, remedy))
    }

    /// Leave is from work that was due.
    fn leave(&self, record: &Record, timesheet: &Timesheet) -> Option<Rejected> {
        let leaves = !record.activity.is_work() && !record.stretches.is_empty() && self.has_days_of_rest();
        let free = timesheet.class(self.calendar(), record.day).is_ok_and(|class| class != Class::Work);
        (leaves && free).then(|| {
            let problem = "不是工作日，没有可以请假的时间".to_owned();
            let remedy = "请假和补休只填工作日的小时；轮班的，日别填工作日";
            rejected(record.row, Of::Day.heading(), record.day.to_string(), problem, remedy)
        })
    }

    /// A day of rest that becomes a working day has another in its place, or it is work on a day of rest.
    fn rota(&self, records: &[&Record], timesheet: &Timesheet) -> Option<Rejected> {
        let moved = |wanted: bool, kind: DayKind<'_>| {
            let days = timesheet.own_days.iter().filter(|(_, own)| **own == wanted);
            days.filter(|(day, _)| self.calendar().kind(**day) == Ok(kind)).count()
        };
        let (taken, given) = (moved(true, DayKind::Rest), moved(false, DayKind::Work));
        let first = records.iter().find(|record| record.own_day == Some(true))?;
        (self.has_days_of_rest() && taken > given).then(|| {
            let problem = format!("日别把 {taken} 个休息日改为工作日，只把 {given} 个工作日改为休息日");
            let remedy = "轮休的那天也填一行（日别填休息日，不填小时）；没有另外安排休息的，不改日别，按休息日加班";
            rejected(first.row, Of::OwnDay.heading(), "工作日".to_owned(), problem, remedy)
        })
    }
}

/// Shifts of one person that overlap.
fn overlaps(records: &[&Record]) -> Vec<Rejected> {
    let mut spans: Vec<_> = records.iter().filter_map(|record| Some((record.span?, record.row))).collect();
    spans.sort_unstable();
    let mut faults = Vec::new();
    let mut latest: Option<(NaiveDateTime, u32)> = None;
    for ((from, until), row) in spans {
        if let Some((_, other)) = latest.filter(|(before, _)| *before > from) {
            let problem = format!("与第 {other} 行的时间重叠");
            let value = from.format("%H:%M").to_string();
            faults.push(rejected(row, Of::Begin.heading(), value, problem, "改正时间，或删去重复的一行"));
        }
        if latest.is_none_or(|(before, _)| until > before) {
            latest = Some((until, row));
        }
    }
    faults
}

/// Days of more hours than there are.
fn crowded_days(records: &[&Record]) -> Vec<Rejected> {
    let longest = Exact::from(24);
    let mut faults = Vec::new();
    let mut days: BTreeMap<NaiveDate, Exact> = BTreeMap::new();
    for record in records {
        for one in &record.stretches {
            let before = days.get(&one.day).copied().unwrap_or(Exact::ZERO);
            let sum = before.add(one.hours);
            if let Ok(sum) = sum
                && sum <= longest
            {
                days.insert(one.day, sum);
                continue;
            }
            let problem = format!("{} 的各行合计超过 24 小时", one.day);
            let remedy = "核对当天的各行和前一天的夜班";
            faults.push(rejected(record.row, Of::Hours.heading(), one.hours.to_string(), problem, remedy));
        }
    }
    faults
}
