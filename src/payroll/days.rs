//! The days of a month that a part of it is reckoned by.

use crate::rulebook::{Calendar, DayKind, NoYear};
use chrono::{Datelike, NaiveDate, Weekday};

/// Days between joining and leaving within a month, and of the whole month.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PayDays {
    /// Working days, and statutory holidays that fall on weekdays: what a monthly wage is paid for.
    pub pay_days_here: u32,
    /// The same of the whole month.
    pub pay_days_of_month: u32,
    /// Calendar days.
    pub days_here: u32,
    /// The same of the whole month.
    pub days_of_month: u32,
    /// Working days.
    pub workdays_here: u32,
    /// The same of the whole month.
    pub workdays_of_month: u32,
}

impl PayDays {
    /// Counts the days of the month from `start` to `end`, both included, for somebody employed from `hired` to `left`.
    ///
    /// # Errors
    /// A year that the calendar does not know.
    pub fn count(
        calendar: &Calendar,
        (start, end): (NaiveDate, NaiveDate),
        hired: NaiveDate,
        left: Option<NaiveDate>,
    ) -> Result<Self, NoYear> {
        let mut days = Self::default();
        for day in start.iter_days().take_while(|day| *day <= end) {
            let kind = calendar.kind(day)?;
            let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
            let workday = u32::from(kind == DayKind::Work);
            let pay_day = workday + u32::from(matches!(kind, DayKind::Statutory(_)) && !weekend);
            let here = u32::from(hired <= day && left.is_none_or(|left| day <= left));
            days.pay_days_of_month += pay_day;
            days.pay_days_here += pay_day * here;
            days.days_of_month += 1;
            days.days_here += here;
            days.workdays_of_month += workday;
            days.workdays_here += workday * here;
        }
        Ok(days)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rulebook::{Book, Sources};

    #[test]
    fn a_september_with_a_holiday_and_a_weekend_that_is_worked() {
        let book = Book::read(Sources::embedded()).unwrap();
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let september = (day("2026-09-01"), day("2026-09-30"));
        let count = |hired: &str, left: Option<&str>| {
            PayDays::count(book.calendar(), september, day(hired), left.map(day)).unwrap()
        };
        // Twenty-two weekdays, of which the 25th is the mid-autumn holiday; Sunday the 20th is worked.
        let whole = count("2025-01-01", None);
        assert_eq!((whole.days_of_month, whole.workdays_of_month, whole.pay_days_of_month), (30, 22, 23));
        assert_eq!((whole.days_here, whole.workdays_here, whole.pay_days_here), (30, 22, 23));
        let joiner = count("2026-09-24", None);
        assert_eq!((joiner.days_here, joiner.workdays_here, joiner.pay_days_here), (7, 4, 5));
        let leaver = count("2025-01-01", Some("2026-09-01"));
        assert_eq!((leaver.days_here, leaver.workdays_here, leaver.pay_days_here), (1, 1, 1));
    }
}
