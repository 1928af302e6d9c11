//! A month, as runs are keyed by it.

use chrono::{Months, NaiveDate};
use std::{fmt, str::FromStr};

/// A calendar month, written `2026-09`. Its text sorts as it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    year: u16,
    month: u8,
}

/// A text or pair of numbers that names no month of the years 1 to 9999.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}”不是所属期，应写作年-月，如 2026-09")]
pub struct NotAPeriod(pub String);

impl Period {
    /// The month `month` (1 to 12) of `year` (1 to 9999).
    pub fn new(year: u16, month: u8) -> Result<Self, NotAPeriod> {
        let known = (1..=9999).contains(&year) && (1..=12).contains(&month);
        known.then_some(Self { year, month }).ok_or_else(|| NotAPeriod(format!("{year}-{month}")))
    }

    /// The year, 1 to 9999.
    pub fn year(self) -> u16 {
        self.year
    }

    /// The month of the year, 1 to 12.
    pub fn month(self) -> u8 {
        self.month
    }

    /// Its first day.
    #[expect(clippy::expect_used, reason = "years 1 to 9999 and months 1 to 12 are all in the calendar")]
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(i32::from(self.year), u32::from(self.month), 1).expect("a month of the calendar")
    }

    /// Its last day.
    #[expect(clippy::expect_used, reason = "the calendar goes on after the year 9999")]
    pub fn last_day(self) -> NaiveDate {
        let next = self.first_day().checked_add_months(Months::new(1));
        next.and_then(|next| next.pred_opt()).expect("a month that ends")
    }

    /// The month `months` before this one; the first of the year 1 if that lies earlier.
    pub fn back(self, months: u32) -> Self {
        let since_year_one = (u32::from(self.year) - 1) * 12 + u32::from(self.month) - 1;
        let earlier = since_year_one.saturating_sub(months);
        // Both fit: they are no greater than what this month was made of.
        Self { year: (earlier / 12 + 1) as u16, month: (earlier % 12 + 1) as u8 }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl FromStr for Period {
    type Err = NotAPeriod;

    fn from_str(text: &str) -> Result<Self, NotAPeriod> {
        let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
        text.split_once('-')
            .filter(|(year, month)| digits(year, 4) && digits(month, 2))
            .and_then(|(year, month)| Self::new(year.parse().ok()?, month.parse().ok()?).ok())
            .ok_or_else(|| NotAPeriod(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes_and_nothing_else() {
        for good in ["0001-01", "2026-09", "2026-12", "9999-12"] {
            assert_eq!(good.parse::<Period>().unwrap().to_string(), good);
        }
        for bad in ["", "2026", "2026-9", "2026-00", "2026-13", "0000-01", "26-09", "2026-09-01", "2026/09", "２026-09"]
        {
            assert_eq!(bad.parse::<Period>(), Err(NotAPeriod(bad.to_owned())));
        }
    }

    #[test]
    fn steps_back_over_the_turn_of_the_year() {
        let january = Period::new(2026, 1).unwrap();
        assert_eq!(january.back(0), january);
        assert_eq!(january.back(1).to_string(), "2025-12");
        assert_eq!(january.back(12).to_string(), "2025-01");
        assert_eq!(january.back(u32::MAX).to_string(), "0001-01");
    }

    #[test]
    fn a_month_has_its_first_and_its_last_day() {
        let days = |text: &str| {
            let period: Period = text.parse().unwrap();
            [period.first_day(), period.last_day()].map(|day| day.to_string())
        };
        assert_eq!(days("2026-02"), ["2026-02-01", "2026-02-28"]);
        assert_eq!(days("2024-02"), ["2024-02-01", "2024-02-29"]);
        assert_eq!(days("2026-12"), ["2026-12-01", "2026-12-31"]);
        assert_eq!(days("0001-01"), ["0001-01-01", "0001-01-31"]);
        assert_eq!(days("9999-12"), ["9999-12-01", "9999-12-31"]);
    }
}
