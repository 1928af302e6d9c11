//! Hours of a month by class, from what was recorded shift by shift.
//!
//! What is paid for a day goes by the calendar day on which the hours fall: work past midnight into a statutory holiday is
//! work on a holiday. How long somebody worked goes by the day on which the shift began: midnight does not make two short
//! days of one long shift. Where the two readings differ on a working day, the one with more hours beyond the day's
//! standard counts.

use crate::{
    classify::{Hours, Limits, Shifts, monday},
    quantity::{ArithmeticError, Exact, Rounding},
    rulebook::{Calendar, DayKind, NoYear},
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// What a record is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activity {
    /// 出勤: the hours of a day, as far as the day's standard goes and beyond.
    Work,
    /// 加班: hours that are all beyond the day's standard.
    Overtime,
    /// 补休.
    TimeOff,
    /// 病假.
    Sick,
    /// 事假.
    Personal,
    /// 年休假 and other leave that takes nothing off the wage.
    PaidLeave,
}

impl Activity {
    /// Whether it is work.
    #[must_use]
    pub const fn is_work(self) -> bool {
        matches!(self, Self::Work | Self::Overtime)
    }
}

/// What a day is to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// A working day.
    Work,
    /// A day of rest.
    Rest,
    /// A statutory holiday.
    Statutory,
}

/// The part of a record that falls on one calendar day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The day on which the shift began.
    pub began: NaiveDate,
    /// The day on which these hours fall.
    pub day: NaiveDate,
    /// What it is of.
    pub activity: Activity,
    /// How long.
    pub hours: Exact,
}

/// What the book holds hours against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standards {
    /// Hours of a working day.
    pub a_day: Exact,
    /// The limits of non-full-time work.
    pub non_full_time: Limits,
    /// How the sums of a month are rounded.
    pub rounding: Rounding,
}

/// The records of one person with one payer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Timesheet {
    /// What was recorded.
    pub stretches: Vec<Stretch>,
    /// Days that the rota made working days (true) or days of rest (false), against the calendar.
    pub own_days: BTreeMap<NaiveDate, bool>,
}

/// The sums of a month, in hours, rounded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sums {
    /// All work.
    pub worked: Exact,
    /// Beyond the standard of working days.
    pub weekday: Exact,
    /// On days of rest.
    pub rest_day: Exact,
    /// On statutory holidays.
    pub holiday: Exact,
    /// 补休.
    pub time_off: Exact,
    /// 病假.
    pub sick: Exact,
    /// 事假.
    pub personal: Exact,
    /// Leave that takes nothing off the wage.
    pub paid_leave: Exact,
    /// The most that one working day was exceeded by.
    pub longest_day: Exact,
    /// Week by week, the days before the month that belong to its first week among them.
    pub weeks: Hours,
}

/// Why hours could not be added up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "each message says it")]
pub enum SheetError {
    #[error(transparent)]
    Calendar(#[from] NoYear),
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
}

/// Hours of working days that were begun on one day, or fall on it.
#[derive(Debug, Clone, Copy)]
struct Length {
    work: Exact,
    overtime: Exact,
}

impl Default for Length {
    fn default() -> Self {
        Self { work: Exact::ZERO, overtime: Exact::ZERO }
    }
}

impl Length {
    fn add(&mut self, one: &Stretch) -> Result<(), ArithmeticError> {
        let sum = if one.activity == Activity::Overtime { &mut self.overtime } else { &mut self.work };
        *sum = sum.add(one.hours)?;
        Ok(())
    }

    fn beyond(self, standard: Exact) -> Result<Exact, ArithmeticError> {
        self.work.sub(standard)?.max(Exact::ZERO).add(self.overtime)
    }
}

impl Timesheet {
    /// What a day is: by the rota where it says so, statutory holidays always by the calendar.
    ///
    /// # Errors
    /// A year that the calendar does not know.
    pub fn class(&self, calendar: &Calendar, day: NaiveDate) -> Result<Class, NoYear> {
        Ok(match (calendar.kind(day)?, self.own_days.get(&day)) {
            (DayKind::Statutory(_), _) => Class::Statutory,
            (_, Some(true)) | (DayKind::Work, None) => Class::Work,
            (_, Some(false)) | (DayKind::Rest, None) => Class::Rest,
        })
    }

    /// Adds up the month from `start` to `end`. `known_to` is its last day for somebody who works on after it: the last
    /// week is not over.
    ///
    /// # Errors
    /// [`SheetError`].
    pub fn sums(
        &self,
        calendar: &Calendar,
        standards: &Standards,
        (start, end): (NaiveDate, NaiveDate),
        known_to: Option<NaiveDate>,
    ) -> Result<Sums, SheetError> {
        let round = |hours: Exact| hours.round(standards.rounding).map(Exact::from);
        let within = || self.stretches.iter().filter(|one| (start..=end).contains(&one.day));
        let of = |wanted: Activity| {
            let mut mine = within().filter(|one| one.activity == wanted);
            mine.try_fold(Exact::ZERO, |sum, one| sum.add(one.hours)).and_then(round)
        };
        let (mut rest_day, mut holiday, mut worked) = (Exact::ZERO, Exact::ZERO, Exact::ZERO);
        for one in within().filter(|one| one.activity.is_work()) {
            worked = worked.add(one.hours)?;
            match self.class(calendar, one.day)? {
                Class::Rest => rest_day = rest_day.add(one.hours)?,
                Class::Statutory => holiday = holiday.add(one.hours)?,
                Class::Work => {}
            }
        }
        let (weekday, longest_day) = self.beyond(calendar, standards.a_day, (start, end))?;
        let mut shifts = Shifts::default();
        let first = monday(start);
        for one in self.stretches.iter().filter(|one| one.activity.is_work() && (first..=end).contains(&one.began)) {
            if !one.hours.is_zero() {
                shifts.add(one.began, one.hours)?;
            }
        }
        let mut weeks = shifts.hours(Some(standards.non_full_time), known_to)?;
        weeks.most_a_week = round(weeks.most_a_week)?;
        weeks.most_a_day = round(weeks.most_a_day)?;
        Ok(Sums {
            worked: round(worked)?,
            weekday: round(weekday)?,
            rest_day: round(rest_day)?,
            holiday: round(holiday)?,
            time_off: of(Activity::TimeOff)?,
            sick: of(Activity::Sick)?,
            personal: of(Activity::Personal)?,
            paid_leave: of(Activity::PaidLeave)?,
            longest_day: round(longest_day)?,
            weeks,
        })
    }

    /// Hours beyond the standard of working days, and the most of one day.
    fn beyond(
        &self,
        calendar: &Calendar,
        standard: Exact,
        (start, end): (NaiveDate, NaiveDate),
    ) -> Result<(Exact, Exact), SheetError> {
        let (mut before, mut begun): (BTreeMap<NaiveDate, Length>, BTreeMap<NaiveDate, Length>) = Default::default();
        let mut fallen: BTreeMap<NaiveDate, Length> = BTreeMap::new();
        for one in self.stretches.iter().filter(|one| one.activity.is_work() && one.day <= end) {
            if self.class(calendar, one.day)? != Class::Work {
                continue;
            }
            begun.entry(one.began).or_default().add(one)?;
            if one.day < start {
                before.entry(one.began).or_default().add(one)?;
            } else {
                fallen.entry(one.day).or_default().add(one)?;
            }
        }
        let mut longest = Exact::ZERO;
        let (mut by_shift, mut by_day) = (Exact::ZERO, Exact::ZERO);
        for (day, length) in &begun {
            // What of a shift was beyond the standard before the month is paid with the month before.
            let paid = before.get(day).map_or(Ok(Exact::ZERO), |length| length.beyond(standard))?;
            let owed = length.beyond(standard)?.sub(paid)?;
            by_shift = by_shift.add(owed)?;
            if !owed.is_zero() {
                longest = longest.max(length.beyond(standard)?);
            }
        }
        for length in fallen.values() {
            let beyond = length.beyond(standard)?;
            by_day = by_day.add(beyond)?;
            longest = longest.max(beyond);
        }
        Ok((by_shift.max(by_day), longest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rulebook::{Book, Sources};
    use std::sync::LazyLock;

    static BOOK: LazyLock<Book> = LazyLock::new(|| Book::read(Sources::embedded()).unwrap());

    fn day(text: &str) -> NaiveDate {
        format!("2026-{text}").parse().unwrap()
    }

    fn hours(text: &str) -> Exact {
        Exact::parse(text).unwrap()
    }

    /// Shifts by the day on which they began, each with the hours of that day and those past midnight.
    fn sheet(shifts: &[(&str, Activity, &str, &str)]) -> Timesheet {
        let mut sheet = Timesheet::default();
        for (began, activity, before, after) in shifts {
            let began = day(began);
            for (day, hours) in [(began, hours(before)), (began.succ_opt().unwrap(), hours(after))] {
                sheet.stretches.push(Stretch { began, day, activity: *activity, hours });
            }
        }
        sheet
    }

    fn september(sheet: &Timesheet) -> Sums {
        let standards = Standards {
            a_day: hours("8"),
            non_full_time: Limits { a_day: hours("4"), a_week: hours("24") },
            rounding: Rounding::parse("half-up 0.01").unwrap(),
        };
        let end = day("09-30");
        sheet.sums(BOOK.calendar(), &standards, (day("09-01"), end), Some(end)).unwrap()
    }

    fn classes(shifts: &[(&str, Activity, &str, &str)]) -> [String; 3] {
        let sums = september(&sheet(shifts));
        [sums.weekday, sums.rest_day, sums.holiday].map(|hours| hours.to_string())
    }

    use Activity::{Overtime, Work};

    #[test]
    fn a_day_is_exceeded_beyond_its_standard_only() {
        assert_eq!(classes(&[("09-01", Work, "8", "0")]), ["0", "0", "0"]);
        assert_eq!(classes(&[("09-01", Work, "8.5", "0")]), ["0.5", "0", "0"]);
        assert_eq!(classes(&[("09-01", Work, "4", "0"), ("09-01", Work, "5", "0")]), ["1", "0", "0"]);
        // What was declared overtime is overtime however short the day was.
        assert_eq!(classes(&[("09-01", Work, "6", "0"), ("09-01", Overtime, "2", "0")]), ["2", "0", "0"]);
    }

    #[test]
    fn a_weekend_that_is_worked_is_a_working_day_and_another_is_none() {
        // Sunday the 20th is worked for the holidays of October, Saturday the 19th is not.
        assert_eq!(classes(&[("09-20", Work, "9", "0")]), ["1", "0", "0"]);
        assert_eq!(classes(&[("09-19", Work, "9", "0")]), ["0", "9", "0"]);
    }

    #[test]
    fn a_holiday_begins_at_midnight() {
        // Friday the 25th is the mid-autumn holiday.
        assert_eq!(classes(&[("09-24", Work, "2", "6")]), ["0", "0", "6"]);
        assert_eq!(classes(&[("09-25", Work, "2", "6")]), ["0", "6", "2"]);
        // A statutory holiday on a weekend is paid as the holiday: Saturday 2026-10-03.
        let october = sheet(&[("10-03", Work, "8", "0")]);
        assert_eq!(october.class(BOOK.calendar(), day("10-03")).unwrap(), Class::Statutory);
    }

    #[test]
    fn midnight_does_not_make_two_short_days_of_one_long_shift() {
        // 20:00 to 06:00 from Tuesday to Wednesday.
        assert_eq!(classes(&[("09-01", Work, "4", "6")]), ["2", "0", "0"]);
        // From Sunday night's shift into Monday, and another on Monday: fourteen hours on one day.
        assert_eq!(classes(&[("09-06", Work, "2", "6"), ("09-07", Work, "8", "0")]), ["6", "2", "0"]);
    }

    #[test]
    fn a_shift_across_the_edge_of_the_month_is_paid_once() {
        // Monday 2026-08-31 20:00 to 06:00: the last two of its ten hours fall into September.
        assert_eq!(classes(&[("08-31", Work, "4", "6")]), ["2", "0", "0"]);
        // Ten hours before midnight: two were August's, one more is September's.
        assert_eq!(classes(&[("08-31", Work, "10", "1")]), ["1", "0", "0"]);
        // What falls on the first of October is October's.
        let sums = september(&sheet(&[("09-30", Work, "2", "6")]));
        assert_eq!((sums.worked, sums.weekday), (hours("2"), Exact::ZERO));
    }

    #[test]
    fn the_rota_moves_days_of_rest_but_no_holiday() {
        let mut moved = sheet(&[("09-05", Work, "9", "0"), ("09-25", Work, "8", "0"), ("09-08", Work, "1", "0")]);
        moved.own_days = [(day("09-05"), true), (day("09-25"), true), (day("09-08"), false)].into();
        let sums = september(&moved);
        assert_eq!((sums.weekday, sums.rest_day, sums.holiday), (hours("1"), hours("1"), hours("8")));
    }

    #[test]
    fn minutes_are_added_up_before_they_are_rounded() {
        let third = Exact::from(1).div(Exact::from(3)).unwrap();
        let mut sheet = Timesheet::default();
        for day in ["09-05", "09-06", "09-12"].map(day) {
            sheet.stretches.push(Stretch { began: day, day, activity: Work, hours: third });
        }
        assert_eq!(september(&sheet).rest_day, Exact::from(1));
        sheet.stretches.pop();
        assert_eq!(september(&sheet).rest_day, hours("0.67"));
    }

    #[test]
    fn weeks_reach_back_to_their_monday_and_count_a_shift_on_the_day_it_began() {
        // Monday 2026-08-31 to Saturday, four hours each, then half an hour on Sunday.
        let days = ["08-31", "09-01", "09-02", "09-03", "09-04", "09-05"];
        let mut week: Vec<_> = days.iter().map(|day| (*day, Work, "2", "2")).collect();
        let exactly = september(&sheet(&week));
        assert_eq!((exactly.weeks.exceeded_on, exactly.weeks.most_a_week), (None, hours("24")));
        assert_eq!(exactly.worked, hours("22"));
        week.push(("09-06", Work, "0.01", "0"));
        let beyond = september(&sheet(&week));
        assert_eq!((beyond.weeks.exceeded_on, beyond.weeks.most_a_week), (Some(day("09-06")), hours("24.01")));
        assert_eq!(beyond.weeks.without_rest, [day("08-31")]);
        // The week before is not this month's.
        assert_eq!(september(&sheet(&[("08-30", Work, "12", "0")])).weeks.exceeded_on, None);
        // Four hours and a half each night, however midnight cuts them.
        let nights: Vec<_> = ["09-07", "09-08", "09-09"].iter().map(|day| (*day, Work, "2", "2.5")).collect();
        assert_eq!(september(&sheet(&nights)).weeks.exceeded_on, Some(day("09-09")));
    }
}
