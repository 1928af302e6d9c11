//! One row of attendance.

use super::{Record, Records, columns::Field, rejected};
use crate::{
    exchange::{
        rejected::Rejected,
        roster::values::{self, Fault, Reading},
        table::{self, Table, Value},
        text::fold,
    },
    payroll::{Activity, Stretch},
    quantity::Exact,
};
use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use std::collections::BTreeMap;

/// What a row may be of, by its words.
const ACTIVITIES: [(&str, Activity); 7] = [
    ("出勤", Activity::Work),
    ("加班", Activity::Overtime),
    ("补休", Activity::TimeOff),
    ("病假", Activity::Sick),
    ("事假", Activity::Personal),
    ("年休假", Activity::PaidLeave),
    ("带薪假", Activity::PaidLeave),
];

const MINUTES_OF_A_DAY: u32 = 24 * 60;

/// Reads the rows of a table.
pub(super) fn read(table: &Table, places: &BTreeMap<Field, usize>) -> Records {
    let mut records = Records::default();
    for record in &table.rows {
        let mut cells = Cells { places, record, refused: Vec::new() };
        let number = cells.required(Field::Number, values::worker_no);
        let read = cells.record(number.clone());
        match read {
            Some(read) if cells.refused.is_empty() => records.records.push(read),
            _ => records.refused.extend(cells.refused.into_iter().map(|one| (number.clone(), one))),
        }
    }
    records
}

struct Cells<'t> {
    places: &'t BTreeMap<Field, usize>,
    record: &'t table::Record,
    refused: Vec<Rejected>,
}

impl Cells<'_> {
    fn value(&self, field: Field) -> Option<&Value> {
        self.places.get(&field).and_then(|place| self.record.cells.get(*place)?.as_ref())
    }

    fn refuse(&mut self, field: Field, fault: Fault) {
        let value = self.value(field).map(ToString::to_string).unwrap_or_default();
        let Fault { problem, remedy } = fault;
        self.refused.push(rejected(self.record.row, field.heading(), value, problem, &remedy));
    }

    fn optional<T>(&mut self, field: Field, read: impl FnOnce(&Value) -> Reading<T>) -> Option<T> {
        match read(self.value(field)?) {
            Ok(value) => Some(value),
            Err(fault) => {
                self.refuse(field, fault);
                None
            }
        }
    }

    fn required<T>(&mut self, field: Field, read: impl FnOnce(&Value) -> Reading<T>) -> Option<T> {
        if self.value(field).is_none() {
            self.refuse(field, Fault::new("必填，这里是空的", format!("请填写{}", field.heading())));
        }
        self.optional(field, read)
    }

    fn record(&mut self, number: Option<String>) -> Option<Record> {
        let payer = self.optional(Field::Payer, values::text);
        let project = self.optional(Field::Project, values::text);
        let day = self.required(Field::Day, values::date);
        let hours = self.optional(Field::Hours, hours);
        let (pause, pause_begin) = (self.optional(Field::Break, minutes), self.optional(Field::BreakBegin, begin));
        let (begin, end) = (self.optional(Field::Begin, begin), self.optional(Field::End, end));
        let activity = self.optional(Field::Activity, activity);
        let own_day = self.optional(Field::OwnDay, own_day);
        let settled_on = self.optional(Field::SettledOn, values::date);
        let settled_on = match (day, settled_on) {
            (Some(day), Some(settled)) if settled < day => {
                self.refuse(Field::SettledOn, Fault::new(format!("早于日期 {day}"), "填写结算支付这一班报酬的日子"));
                None
            }
            (_, settled) => settled,
        };
        if !self.refused.is_empty() {
            return None;
        }
        let (number, day) = (number?, day?);
        let kind = activity.unwrap_or(Activity::Work);
        let stretch = |day_of: NaiveDate, hours: Exact| Stretch { began: day, day: day_of, activity: kind, hours };
        let (stretches, span) = match (hours, begin, end) {
            (Some(hours), None, None) if pause.is_none() && pause_begin.is_none() => (vec![stretch(day, hours)], None),
            (Some(_), None, None) => {
                self.refuse(
                    Field::Break,
                    Fault::new("填了小时，又填了休息", "小时填扣除休息以后的；休息只和上班、下班一起填"),
                );
                return None;
            }
            (None, Some(begin), Some(end)) => {
                let span = self.span(day, begin, end)?;
                let parts = self.parts(span, pause, pause_begin)?;
                (parts.into_iter().map(|(day, hours)| stretch(day, hours)).collect(), Some(span))
            }
            (None, None, None) if own_day.is_some() && activity.is_none() => (Vec::new(), None),
            (Some(_), ..) => {
                self.refuse(Field::Hours, Fault::new("填了小时，又填了上班、下班", "两种填法只用一种"));
                return None;
            }
            (None, begin, _) => {
                let field = match begin {
                    _ if !self.places.contains_key(&Field::Begin) => Field::Hours,
                    Some(_) => Field::End,
                    None => Field::Begin,
                };
                self.refuse(field, Fault::new("没有填时间", "填写小时，或者填写上班和下班；只说明日别的行不填类别"));
                return None;
            }
        };
        Some(Record {
            row: self.record.row,
            number,
            payer,
            project,
            day,
            activity: kind,
            stretches,
            span,
            own_day,
            settled_on,
        })
    }

    /// From when to when: an end that is not after the beginning is on the next day.
    fn span(&mut self, day: NaiveDate, begin: u32, (next, end): (bool, u32)) -> Option<(NaiveDateTime, NaiveDateTime)> {
        if begin == end && !next {
            self.refuse(Field::End, Fault::new("与上班时间相同", "填写下班的时间；到次日同一时间的，分成两行"));
            return None;
        }
        let from = moment(day, begin)?;
        let until = moment(day, if next || end < begin { end + MINUTES_OF_A_DAY } else { end })?;
        if until.signed_duration_since(from) > TimeDelta::days(1) {
            self.refuse(Field::End, Fault::new("一班超过 24 小时", "核对时间；确实连续的，按日分成几行"));
            return None;
        }
        Some((from, until))
    }

    /// The hours by calendar day, without the break.
    fn parts(
        &mut self,
        (from, until): (NaiveDateTime, NaiveDateTime),
        pause: Option<u32>,
        pause_begin: Option<u32>,
    ) -> Option<Vec<(NaiveDate, Exact)>> {
        let midnight = from.date().checked_add_days(Days::new(1))?.and_time(NaiveTime::MIN);
        let minutes =
            |from: NaiveDateTime, until: NaiveDateTime| until.signed_duration_since(from).num_minutes().max(0);
        let mut parts = [minutes(from, until.min(midnight)), minutes(from.max(midnight), until)];
        match (pause.map(i64::from).filter(|pause| *pause > 0), pause_begin) {
            (None, None) => {}
            (None, Some(_)) => {
                self.refuse(Field::Break, Fault::new("填了休息开始，没有填休息", "填写休息的分钟数"));
                return None;
            }
            (Some(pause), _) if pause >= minutes(from, until) => {
                self.refuse(Field::Break, Fault::new("休息不短于这一班", "填写休息的分钟数，如 60"));
                return None;
            }
            (Some(pause), None) if parts[1] == 0 => parts[0] -= pause,
            (Some(_), None) => {
                let remedy = "填写休息开始的时间，或者在零点分成两行：零点前后可能不是同一类的日子";
                self.refuse(Field::BreakBegin, Fault::new("这一班跨过零点，不知道休息在零点以前还是以后", remedy));
                return None;
            }
            (Some(pause), Some(begin)) => {
                let same_day = moment(from.date(), begin)?;
                let begins = if same_day < from { same_day.checked_add_days(Days::new(1))? } else { same_day };
                let ends = begins.checked_add_signed(TimeDelta::minutes(pause))?;
                if ends > until {
                    self.refuse(Field::BreakBegin, Fault::new("休息不在这一班之内", "核对休息开始和休息的分钟数"));
                    return None;
                }
                parts[0] -= minutes(begins, ends.min(midnight));
                parts[1] -= minutes(begins.max(midnight), ends);
            }
        }
        let days = [from.date(), midnight.date()];
        let hours = |minutes: i64| Exact::from(minutes).div(Exact::from(60)).ok();
        days.into_iter()
            .zip(parts)
            .filter(|(_, minutes)| *minutes > 0)
            .map(|(day, part)| Some((day, hours(part)?)))
            .collect()
    }
}

fn moment(day: NaiveDate, minutes: u32) -> Option<NaiveDateTime> {
    day.and_time(NaiveTime::MIN).checked_add_signed(TimeDelta::minutes(minutes.into()))
}

/// Hours within one day.
fn hours(value: &Value) -> Reading<Exact> {
    const PLAIN: &str = "填扣除休息以后的小时数，如 8 或 7.5；跨过零点的班次填上班和下班的时间";
    let hours = Exact::parse(&fold(&values::text(value)?)).map_err(|_| Fault::new("不是小时数", PLAIN))?;
    if hours.is_negative() || hours.is_zero() || hours > Exact::from(24) {
        return Err(Fault::new("不是一天之内的小时数", PLAIN));
    }
    match hours.to_decimal() {
        Some(decimal) if decimal.normalize().scale() <= 2 => Ok(hours),
        _ => Err(Fault::new("小时数超过两位小数", PLAIN)),
    }
}

fn minutes(value: &Value) -> Reading<u32> {
    match fold(&values::text(value)?).parse() {
        Ok(minutes @ 0..MINUTES_OF_A_DAY) => Ok(minutes),
        _ => Err(Fault::new("不是分钟数", "填休息的分钟数，如 60")),
    }
}

/// A time of day, in minutes; that at which a day ends is 24:00.
fn begin(value: &Value) -> Reading<u32> {
    let (next, minutes) = end(value)?;
    if next { Err(Fault::new("这里不写次日", "日期填这一班开始的那一天")) } else { Ok(minutes) }
}

/// A time of day, in minutes, and whether it is said to be of the next day.
fn end(value: &Value) -> Reading<(bool, u32)> {
    const SPELLINGS: &str = "填 22:30 这样的时间；次日的直接填时间，或者写 次日06:00";
    let not_a_time = || Fault::new("不是一天之内的时间", SPELLINGS);
    let written = match value {
        Value::Date(_) => return Err(Fault::new("这里是日期", SPELLINGS)),
        other => fold(&values::text(other)?),
    };
    let (next, time) = match written.strip_prefix("次日") {
        Some(time) => (true, time.trim()),
        None => (false, written.as_str()),
    };
    let parts: Option<Vec<u32>> =
        time.split(':').map(|part| (1..=2).contains(&part.len()).then(|| part.parse().ok()).flatten()).collect();
    match parts.ok_or_else(not_a_time)?[..] {
        [hour, minute] | [hour, minute, 0] if minute < 60 && hour * 60 + minute <= MINUTES_OF_A_DAY => {
            Ok((next, hour * 60 + minute))
        }
        [_, _, seconds] if (1..60).contains(&seconds) => Err(Fault::new("时间精确到秒", "填到分钟，如 22:30")),
        _ => Err(not_a_time()),
    }
}

fn activity(value: &Value) -> Reading<Activity> {
    let written = fold(&values::text(value)?);
    ACTIVITIES.iter().find(|(word, _)| *word == written).map(|(_, activity)| *activity).ok_or_else(|| {
        let words = ACTIVITIES.map(|(word, _)| word).join("、");
        Fault::new("不认识的类别", format!("请从以下选一种：{words}；不填即出勤，其他不扣工资的假填带薪假"))
    })
}

fn own_day(value: &Value) -> Reading<bool> {
    match fold(&values::text(value)?).as_str() {
        "工作日" => Ok(true),
        "休息日" => Ok(false),
        _ => Err(Fault::new("不认识的日别", "轮班的填工作日或者休息日；不填即按日历")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::attendance::columns;

    const HEADINGS: [&str; 10] = ["工号", "日期", "小时", "上班", "下班", "休息", "休息开始", "类别", "日别", "结算日"];

    /// One row of Monday 2026-09-07 with some cells: what it comes to, or the columns that are refused.
    fn row(cells: &[(&str, &str)]) -> Result<Record, Vec<String>> {
        let headings: Vec<String> = HEADINGS.map(str::to_owned).into();
        let all = [&[("工号", "A1"), ("日期", "2026-09-07")], cells].concat();
        let cell = |heading: &str| {
            let text = all.iter().rev().find(|(one, _)| *one == heading).map(|(_, text)| (*text).to_owned());
            text.filter(|text| !text.is_empty()).map(Value::Text)
        };
        let record = table::Record { row: 2, cells: HEADINGS.iter().map(|heading| cell(heading)).collect() };
        let places = columns::places(&headings).unwrap();
        let read = read(&Table { sheet: None, header_row: 1, headings, rows: vec![record] }, &places);
        match read.records.into_iter().next() {
            Some(record) => Ok(record),
            None => Err(read.refused.into_iter().map(|(_, one)| one.column.replace("考勤表的", "")).collect()),
        }
    }

    /// The hours of the day and of the next.
    fn hours_of(cells: &[(&str, &str)]) -> [String; 2] {
        let record = row(cells).unwrap();
        ["2026-09-07", "2026-09-08"].map(|day| {
            let mut of_day = record.stretches.iter().filter(|one| one.day.to_string() == day);
            of_day.next().map_or_else(String::new, |one| one.hours.to_string())
        })
    }

    #[test]
    fn a_shift_ends_on_its_day_or_on_the_next() {
        let times = |begin, end| hours_of(&[("上班", begin), ("下班", end)]);
        assert_eq!(times("08:00", "16:30"), ["8.5", ""]);
        assert_eq!(times("22:00", "6:00"), ["2", "6"]);
        assert_eq!(times("22:00", "次日06:00"), ["2", "6"]);
        assert_eq!(times("16:00", "24:00"), ["8", ""]);
        assert_eq!(times("16:00", "00:00:00"), ["8", ""]);
        assert_eq!(times("９：００", "9:20"), ["1/3", ""]);
        assert_eq!(hours_of(&[("小时", "7.25")]), ["7.25", ""]);
    }

    #[test]
    fn a_break_is_taken_off_where_it_was() {
        let times =
            |begin, end, pause, from| hours_of(&[("上班", begin), ("下班", end), ("休息", pause), ("休息开始", from)]);
        assert_eq!(times("08:00", "17:00", "60", ""), ["8", ""]);
        assert_eq!(times("22:00", "07:00", "60", "23:00"), ["1", "7"]);
        assert_eq!(times("22:00", "07:00", "60", "03:00"), ["2", "6"]);
        assert_eq!(times("22:00", "07:00", "60", "23:30"), ["1.5", "6.5"]);
        assert_eq!(times("22:00", "24:00", "0", ""), ["2", ""]);
    }

    #[test]
    fn what_does_not_say_when_is_refused_where_it_stands() {
        for (cells, column) in [
            (&[][..], "上班"),
            (&[("上班", "08:00")], "下班"),
            (&[("上班", "08:00"), ("下班", "08:00")], "下班"),
            (&[("上班", "08:00"), ("下班", "次日09:00")], "下班"),
            (&[("上班", "次日08:00"), ("下班", "09:00")], "上班"),
            (&[("上班", "24:01"), ("下班", "09:00")], "上班"),
            (&[("上班", "08:00:30"), ("下班", "09:00")], "上班"),
            (&[("小时", "8"), ("上班", "08:00"), ("下班", "16:00")], "小时"),
            (&[("小时", "8"), ("休息", "60")], "休息"),
            (&[("小时", "0")], "小时"),
            (&[("小时", "24.01")], "小时"),
            (&[("小时", "8.001")], "小时"),
            (&[("上班", "22:00"), ("下班", "06:00"), ("休息", "60")], "休息开始"),
            (&[("上班", "22:00"), ("下班", "06:00"), ("休息", "60"), ("休息开始", "05:30")], "休息开始"),
            (&[("上班", "08:00"), ("下班", "09:00"), ("休息", "60")], "休息"),
            (&[("上班", "08:00"), ("下班", "09:00"), ("休息开始", "08:30")], "休息"),
            (&[("小时", "8"), ("类别", "旷工")], "类别"),
            (&[("小时", "8"), ("日别", "节日")], "日别"),
            (&[("类别", "病假"), ("日别", "工作日")], "上班"),
            (&[("小时", "8"), ("日期", "九月七日")], "日期"),
            (&[("小时", "8"), ("工号", "")], "工号"),
            (&[("小时", "8"), ("结算日", "2026-09-06")], "结算日"),
        ] {
            assert_eq!(row(cells).map(|_| ()), Err(vec![column.to_owned()]), "{cells:?}");
        }
        assert_eq!(row(&[("小时", "x"), ("类别", "旷工")]).unwrap_err(), ["小时", "类别"]);
    }

    #[test]
    fn a_row_may_say_only_what_the_day_is() {
        let free = row(&[("日别", "休息日")]).unwrap();
        assert_eq!((free.own_day, free.stretches.len()), (Some(false), 0));
        assert_eq!(row(&[("小时", "8"), ("类别", "病假")]).unwrap().activity, Activity::Sick);
        assert!(row(&[("小时", "8"), ("结算日", "2026-09-07")]).is_ok());
    }
}
