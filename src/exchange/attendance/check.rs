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
    rulebook::DayKind,
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
        let mut refuse = |record: &Record, of: Of, value: String, problem: String, remedy: &str| {
            faults.push(rejected(record.row, of.heading(), value, problem, remedy));
        };
        let (start, end) = (self.from.start, self.from.end);
        // Days before the month: its first week, for the sums of a week, and the night before.
        let earliest = start.pred_opt().map_or(start, |eve| monday(start).min(eve));
        let calendar = self.from.rules.book().calendar();
        let timesheet = self.timesheet(records);
        for record in records {
            let day = record.day;
            let mut wrong = |problem: String, remedy: &str| refuse(record, Of::Day, day.to_string(), problem, remedy);
            if day < earliest || day > end {
                wrong(
                    format!("不在本期（{start} 至 {end}）"),
                    "删去这一行；本期以前的，只带第一周的各日和上月末日的夜班",
                );
            } else if day < self.row.hired {
                wrong(format!("早于任职受雇日期 {}", self.row.hired), "核对日期和任职受雇日期");
            } else if self.row.left.is_some_and(|left| day > left) {
                wrong("晚于离职日期".to_owned(), "核对日期和离职日期");
            }
            let conflict = |other: &&&Record| {
                other.own_day.is_some() && record.own_day.is_some() && other.own_day != record.own_day
            };
            if let Some(other) =
                records.iter().filter(|other| other.day == day && other.row < record.row).find(conflict)
            {
                let problem = format!("与第 {} 行的日别不同", other.row);
                refuse(record, Of::OwnDay, String::new(), problem, "同一天只能是一种，改正其中一行");
            }
            match (calendar.kind(day), record.own_day) {
                (Ok(DayKind::Statutory(name)), Some(_)) => {
                    refuse(
                        record,
                        Of::OwnDay,
                        String::new(),
                        format!("{day} 是法定休假日（{name}），轮班不能改动"),
                        "这一行不填日别",
                    );
                }
                (Ok(_), _) => {}
                (Err(error), _) => {
                    refuse(record, Of::Day, day.to_string(), error.to_string(), "用补充过日历的规则库（--rules）")
                }
            }
            let leaves = !record.activity.is_work() && !record.stretches.is_empty();
            let free = timesheet.class(calendar, day).is_ok_and(|class| class != Class::Work);
            if leaves && free && self.has_days_of_rest() {
                let remedy = "请假和补休只填工作日的小时；轮班的，日别填工作日";
                refuse(record, Of::Activity, String::new(), format!("{day} 不是工作日，没有可以请假的时间"), remedy);
            }
        }
        let mut spans: Vec<_> = records.iter().filter_map(|record| Some((record.span?, *record))).collect();
        spans.sort_by_key(|(span, record)| (*span, record.row));
        let mut latest: Option<(NaiveDateTime, u32)> = None;
        for ((from, until), record) in spans {
            if let Some((_, other)) = latest.filter(|(before, _)| *before > from) {
                refuse(
                    record,
                    Of::Begin,
                    from.to_string(),
                    format!("与第 {other} 行的时间重叠"),
                    "改正时间，或删去重复的一行",
                );
            }
            if latest.is_none_or(|(before, _)| until > before) {
                latest = Some((until, record.row));
            }
        }
        let mut days: BTreeMap<NaiveDate, Exact> = BTreeMap::new();
        for record in records {
            for one in &record.stretches {
                let sum = days.entry(one.day).or_insert(Exact::ZERO);
                let before = *sum;
                *sum = sum.add(one.hours).unwrap_or(before);
                if *sum > Exact::from(24) && before <= Exact::from(24) {
                    let problem = format!("{} 的各行合计超过 24 小时", one.day);
                    refuse(record, Of::Hours, one.hours.to_string(), problem, "核对当天的各行和前一天的夜班");
                }
            }
        }
        let moved = |wanted: bool, kind: DayKind<'_>| {
            let days = timesheet.own_days.iter().filter(|(_, own)| **own == wanted);
            days.filter(|(day, _)| calendar.kind(**day) == Ok(kind)).count()
        };
        let (taken, given) = (moved(true, DayKind::Rest), moved(false, DayKind::Work));
        if self.has_days_of_rest()
            && taken > given
            && let Some(record) = records.iter().find(|record| record.own_day == Some(true))
        {
            let problem = format!("日别把 {taken} 个休息日改为工作日，只把 {given} 个工作日改为休息日");
            let remedy = "轮休的那天也填一行（日别填休息日，不填小时）；没有另外安排休息的，不改日别，按休息日加班";
            refuse(record, Of::OwnDay, String::new(), problem, remedy);
        }
        timesheet
    }
}
