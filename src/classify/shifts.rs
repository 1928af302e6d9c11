//! Hours by shift, added up by worker and week: whether work is still non-full-time, and since when it no longer is.
//!
//! A week runs from Monday to Sunday, and its daily average is over the days that were worked; the law says neither. Both
//! readings are stated in the note of the finding that uses them.

use crate::quantity::{ArithmeticError, Exact};
use chrono::{Datelike, Days, NaiveDate};
use std::collections::BTreeMap;

/// The limits of non-full-time work, in hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// A day on average.
    pub a_day: Exact,
    /// A week in all.
    pub a_week: Exact,
}

/// The hours of one worker at one employer, by day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shifts(BTreeMap<NaiveDate, Exact>);

/// What the shifts come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    /// The hours of the week that has the most.
    pub most_a_week: Exact,
    /// The highest average of hours per day worked that any week has.
    pub most_a_day: Exact,
    /// The hours of each week, by its Monday.
    pub weeks: BTreeMap<NaiveDate, Exact>,
    /// The first day on which a limit was passed: the day on which a week's hours went beyond the week's limit, or the
    /// last day worked of a week whose average went beyond the day's.
    pub exceeded_on: Option<NaiveDate>,
    /// The Mondays of the weeks in which no day was free.
    pub without_rest: Vec<NaiveDate>,
}

impl Shifts {
    /// Adds a shift; several on one day are added up.
    ///
    /// # Errors
    /// Hours beyond what can be kept exactly.
    pub fn add(&mut self, day: NaiveDate, hours: Exact) -> Result<(), ArithmeticError> {
        let so_far = self.0.entry(day).or_insert(Exact::ZERO);
        *so_far = so_far.add(hours)?;
        Ok(())
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those up to a day.
    #[must_use]
    pub fn until(&self, day: NaiveDate) -> Self {
        Self(self.0.range(..=day).map(|(day, hours)| (*day, *hours)).collect())
    }

    /// The last day worked.
    #[must_use]
    pub fn last_day(&self) -> Option<NaiveDate> {
        self.0.keys().next_back().copied()
    }

    /// The hours of a day.
    #[must_use]
    pub fn of_day(&self, day: NaiveDate) -> Option<Exact> {
        self.0.get(&day).copied()
    }

    /// Adds the shifts up, week by week. Where they are known only to a day, the average of the week that goes on past it
    /// is left to whoever knows the whole week.
    ///
    /// # Errors
    /// Hours beyond what can be kept exactly.
    pub fn hours(&self, limits: Option<Limits>, known_to: Option<NaiveDate>) -> Result<Hours, ArithmeticError> {
        let mut weeks: BTreeMap<NaiveDate, Vec<(NaiveDate, Exact)>> = BTreeMap::new();
        for (day, hours) in &self.0 {
            weeks.entry(monday(*day)).or_default().push((*day, *hours));
        }
        let mut result = Hours {
            most_a_week: Exact::ZERO,
            most_a_day: Exact::ZERO,
            weeks: BTreeMap::new(),
            exceeded_on: None,
            without_rest: Vec::new(),
        };
        for (monday, days) in weeks {
            let mut total = Exact::ZERO;
            for (day, hours) in &days {
                total = total.add(*hours)?;
                if limits.is_some_and(|limits| total > limits.a_week) {
                    result.exceeded_on = result.exceeded_on.or(Some(*day));
                }
            }
            let sunday = monday.checked_add_days(Days::new(DAYS_OF_A_WEEK - 1));
            if known_to.is_none_or(|last| sunday.is_some_and(|sunday| sunday <= last)) {
                let average = total.div(Exact::from(i64::try_from(days.len()).unwrap_or(i64::MAX)))?;
                if limits.is_some_and(|limits| average > limits.a_day) {
                    result.exceeded_on = result.exceeded_on.or(days.last().map(|(day, _)| *day));
                }
                result.most_a_day = result.most_a_day.max(average);
            }
            if u64::try_from(days.len()) == Ok(DAYS_OF_A_WEEK) {
                result.without_rest.push(monday);
            }
            result.most_a_week = result.most_a_week.max(total);
            result.weeks.insert(monday, total);
        }
        Ok(result)
    }
}

const DAYS_OF_A_WEEK: u64 = 7;

/// The Monday of a day's week.
pub(crate) fn monday(day: NaiveDate) -> NaiveDate {
    let back = Days::new(day.weekday().num_days_from_monday().into());
    day.checked_sub_days(back).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shifts(days: &[(&str, &str)]) -> Shifts {
        let mut shifts = Shifts::default();
        for (day, hours) in days {
            shifts.add(day.parse().unwrap(), Exact::parse(hours).unwrap()).unwrap();
        }
        shifts
    }

    fn hours(days: &[(&str, &str)]) -> Hours {
        let limits = Limits { a_day: Exact::from(4), a_week: Exact::from(24) };
        shifts(days).hours(Some(limits), None).unwrap()
    }

    fn day(text: &str) -> Option<NaiveDate> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn a_week_of_four_hours_on_six_days_is_within_both_limits() {
        // Monday 2026-09-07 to Saturday 2026-09-12.
        let days: Vec<String> = (7..=12).map(|day| format!("2026-09-{day:02}")).collect();
        let week: Vec<(&str, &str)> = days.iter().map(|day| (day.as_str(), "4")).collect();
        let hours = hours(&week);
        assert_eq!((hours.most_a_week, hours.most_a_day), (Exact::from(24), Exact::from(4)));
        assert_eq!(hours.exceeded_on, None);
    }

    #[test]
    fn what_was_worked_after_a_day_is_left_out() {
        let all = shifts(&[("2026-09-29", "4"), ("2026-09-30", "5"), ("2026-10-01", "6")]);
        let until = all.until("2026-09-30".parse().unwrap());
        assert_eq!(until, shifts(&[("2026-09-29", "4"), ("2026-09-30", "5")]));
    }

    #[test]
    fn the_day_is_named_on_which_the_weeks_hours_went_beyond() {
        let hours = hours(&[
            ("2026-09-07", "4"),
            ("2026-09-08", "4"),
            ("2026-09-09", "4"),
            ("2026-09-10", "4"),
            ("2026-09-11", "4"),
            ("2026-09-12", "4"),
            ("2026-09-13", "0.5"),
        ]);
        assert_eq!(hours.exceeded_on, day("2026-09-13"));
        assert_eq!(hours.most_a_week, Exact::parse("24.5").unwrap());
    }

    #[test]
    fn an_average_beyond_the_days_limit_counts_at_the_end_of_its_week() {
        let hours = hours(&[("2026-09-07", "3"), ("2026-09-09", "5.1"), ("2026-09-14", "4")]);
        assert_eq!(hours.exceeded_on, day("2026-09-09"));
        assert_eq!(hours.most_a_day, Exact::parse("4.05").unwrap());
        assert_eq!(hours.weeks.len(), 2);
    }

    #[test]
    fn shifts_of_one_day_are_added_and_weeks_are_kept_apart() {
        let hours = hours(&[("2026-09-13", "2"), ("2026-09-13", "2"), ("2026-09-14", "4")]);
        assert_eq!(hours.weeks.values().copied().collect::<Vec<_>>(), [Exact::from(4), Exact::from(4)]);
        assert_eq!(hours.exceeded_on, None);
    }

    #[test]
    fn the_average_of_a_week_that_is_not_over_is_left_open() {
        let limits = Limits { a_day: Exact::from(4), a_week: Exact::from(24) };
        // Monday 2026-09-28; the week ends on Sunday 2026-10-04.
        let days = shifts(&[("2026-09-28", "5"), ("2026-09-29", "4")]);
        let known_to = |last| days.hours(Some(limits), day(last)).unwrap().exceeded_on;
        assert_eq!(known_to("2026-10-03"), None);
        assert_eq!(known_to("2026-10-04"), day("2026-09-29"));
        // The hours of a week are passed on a day, however the week goes on.
        let days = shifts(&[("2026-09-28", "12"), ("2026-09-29", "12"), ("2026-09-30", "0.1")]);
        assert_eq!(days.hours(Some(limits), day("2026-09-30")).unwrap().exceeded_on, day("2026-09-30"));
    }

    #[test]
    fn a_week_has_no_rest_where_all_its_days_are_worked() {
        let seven: Vec<String> = (7..=13).map(|day| format!("2026-09-{day:02}")).collect();
        let week: Vec<(&str, &str)> = seven.iter().map(|day| (day.as_str(), "3")).collect();
        assert_eq!(hours(&week).without_rest, [day("2026-09-07").unwrap()]);
        assert!(hours(&week[..6]).without_rest.is_empty());
        assert!(hours(&[&week[1..], &[("2026-09-14", "3")]].concat()).without_rest.is_empty());
    }
}
