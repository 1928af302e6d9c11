//! The working calendar: what the State Council arranged, year by year.

use super::dated::Confidence;
use chrono::{Datelike, Days, NaiveDate, Weekday};
use std::collections::{BTreeMap, BTreeSet};

/// What a day is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayKind<'c> {
    /// A statutory holiday, by name: work is paid threefold and no time off stands for it.
    Statutory(&'c str),
    /// A rest day: a weekend, or a day that a swap made free.
    Rest,
    /// A working day: also a weekend that a swap took.
    Work,
}

/// The arrangement of one year.
#[derive(Debug, Clone)]
pub struct Year {
    /// Statutory days and their names.
    pub statutory: BTreeMap<NaiveDate, String>,
    /// Days off between Monday and Friday that are not statutory.
    pub rest: BTreeSet<NaiveDate>,
    /// Weekends that are worked.
    pub work: BTreeSet<NaiveDate>,
    /// Whether the State Council has arranged the year; if not, only the statutory days are known.
    pub arranged: bool,
    /// Instrument.
    pub cite: String,
    /// Where it was read.
    pub source: Option<String>,
    /// When it was published.
    pub published: Option<NaiveDate>,
    /// How well it is sourced.
    pub confidence: Confidence,
    /// For the reader.
    pub note: Option<String>,
}

/// The years that the book knows.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    years: BTreeMap<i32, Year>,
}

/// A day beyond the calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("规则库没有 {year} 年的放假安排（有 {known}）")]
pub struct NoYear {
    /// The year.
    pub year: i32,
    /// The years that there are.
    pub known: String,
}

impl Calendar {
    /// Adds a year; gives back whether it is new.
    pub(super) fn add(&mut self, number: i32, year: Year) -> bool {
        self.years.insert(number, year).is_none()
    }

    /// The years in order.
    pub fn years(&self) -> impl Iterator<Item = (i32, &Year)> {
        self.years.iter().map(|(number, year)| (*number, year))
    }

    /// The arrangement of a year.
    ///
    /// # Errors
    /// A year that the book does not know: never a guess by weekends.
    pub fn year(&self, number: i32) -> Result<&Year, NoYear> {
        self.years.get(&number).ok_or_else(|| {
            let known = match (self.years.keys().next(), self.years.keys().next_back()) {
                (Some(first), Some(last)) => format!("{first} 至 {last} 年"),
                _ => "一年也没有".to_owned(),
            };
            NoYear { year: number, known }
        })
    }

    /// What a day is.
    ///
    /// # Errors
    /// A year that the book does not know.
    pub fn kind(&self, day: NaiveDate) -> Result<DayKind<'_>, NoYear> {
        let year = self.year(day.year())?;
        let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        Ok(match year.statutory.get(&day) {
            Some(name) => DayKind::Statutory(name),
            None if year.rest.contains(&day) => DayKind::Rest,
            None if weekend && !year.work.contains(&day) => DayKind::Rest,
            None => DayKind::Work,
        })
    }

    /// The working day that is `count` working days after a day, which itself does not count.
    ///
    /// # Errors
    /// A year on the way that the book does not know.
    pub fn working_day_after(&self, from: NaiveDate, count: u32) -> Result<NaiveDate, NoYear> {
        let (mut day, mut left) = (from, count);
        while left > 0 {
            let beyond = NoYear { year: day.year(), known: "日历的尽头".to_owned() };
            day = day.checked_add_days(Days::new(1)).ok_or(beyond)?;
            if self.kind(day)? == DayKind::Work {
                left -= 1;
            }
        }
        Ok(day)
    }

    /// The working days from a day until another, which itself does not count.
    ///
    /// # Errors
    /// A year among them that the book does not know.
    pub fn working_days_between(&self, from: NaiveDate, until: NaiveDate) -> Result<u32, NoYear> {
        let mut days = 0;
        for day in from.iter_days().take_while(|day| *day < until) {
            days += u32::from(self.kind(day)? == DayKind::Work);
        }
        Ok(days)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn calendar() -> Calendar {
        let mut calendar = Calendar::default();
        let year = Year {
            statutory: [(day("2026-10-01"), "国庆节".to_owned())].into(),
            rest: [day("2026-10-02")].into(),
            work: [day("2026-10-10")].into(),
            arranged: true,
            cite: String::new(),
            source: None,
            published: None,
            confidence: Confidence::Verified,
            note: None,
        };
        assert!(calendar.add(2026, year));
        calendar
    }

    #[test]
    fn a_day_is_statutory_rest_or_work() {
        let calendar = calendar();
        for (on, kind) in [
            ("2026-09-30", DayKind::Work),
            ("2026-10-01", DayKind::Statutory("国庆节")),
            ("2026-10-02", DayKind::Rest),
            ("2026-10-03", DayKind::Rest),
            ("2026-10-10", DayKind::Work),
            ("2026-10-11", DayKind::Rest),
        ] {
            assert_eq!(calendar.kind(day(on)), Ok(kind), "{on}");
        }
    }

    #[test]
    fn working_days_between_two_days_leave_out_the_second() {
        let calendar = calendar();
        let between = |from, until| calendar.working_days_between(day(from), day(until)).unwrap();
        // Monday 2026-10-12 to Friday 2026-10-16, and nothing backward.
        assert_eq!(between("2026-10-12", "2026-10-17"), 5);
        assert_eq!(between("2026-10-12", "2026-10-12"), 0);
        assert_eq!(between("2026-10-13", "2026-10-12"), 0);
    }

    #[test]
    fn working_days_are_counted_from_the_day_after_and_never_beyond_the_known() {
        let calendar = calendar();
        assert_eq!(calendar.working_day_after(day("2026-09-30"), 1), Ok(day("2026-10-05")));
        assert_eq!(calendar.working_day_after(day("2026-10-09"), 1), Ok(day("2026-10-10")));
        assert_eq!(calendar.working_day_after(day("2026-10-09"), 0), Ok(day("2026-10-09")));
        assert_eq!(calendar.working_day_after(day("2026-12-31"), 1).unwrap_err().year, 2027);
    }
}
