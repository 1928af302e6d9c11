//! The months of a service: which days, which of them are holidays, and the rules that each is priced under.

use super::{refusal::Refusal, sheet::Sheet};
use crate::{
    engine::{Dates, Places, Question},
    quantity::Exact,
    rulebook::{Book, DayKind},
};
use chrono::{Datelike as _, Days, Months, NaiveDate};

/// How many months back the last known rules are looked for.
const FURTHEST_BACK: u32 = 36;

/// A month of the service. The first begins with the service, so none need be a calendar month; the rules are those of
/// the calendar month in which it begins.
#[derive(Debug, Clone)]
pub(super) struct ServiceMonth {
    pub(super) first: NaiveDate,
    pub(super) last: NaiveDate,
    /// Its part of a whole month: less than one only where the service ends within it.
    pub(super) share: Exact,
    pub(super) days: u32,
    pub(super) statutory_days: u32,
    /// Working days by the State Council's calendar.
    pub(super) working_days: u32,
    /// Whether the calendar of its year is arranged.
    pub(super) arranged: bool,
}

/// The months from the first day to the last.
pub(super) fn months(book: &Book, from: NaiveDate, to: NaiveDate) -> Result<Vec<ServiceMonth>, Refusal> {
    let beyond = || Refusal::facts("服务期", "超出日历的范围");
    let mut months = Vec::new();
    for index in 0.. {
        let first = from.checked_add_months(Months::new(index)).ok_or_else(beyond)?;
        if first > to {
            break;
        }
        let next = from.checked_add_months(Months::new(index + 1)).ok_or_else(beyond)?;
        let whole_end = next.pred_opt().ok_or_else(beyond)?;
        let last = whole_end.min(to);
        let (days, whole) = (length(first, last), length(first, whole_end));
        let share = Exact::from(i64::from(days)).div(Exact::from(i64::from(whole)))?;
        let mut month = ServiceMonth { first, last, share, days, statutory_days: 0, working_days: 0, arranged: true };
        for offset in 0..days {
            let day = first.checked_add_days(Days::new(offset.into())).ok_or_else(beyond)?;
            let (kind, arranged) = kind(book, day)?;
            month.arranged &= arranged;
            match kind {
                DayKind::Statutory(_) => month.statutory_days += 1,
                DayKind::Work => month.working_days += 1,
                DayKind::Rest => {}
            }
        }
        months.push(month);
    }
    Ok(months)
}

fn length(first: NaiveDate, last: NaiveDate) -> u32 {
    u32::try_from(last.signed_duration_since(first).num_days() + 1).unwrap_or(0)
}

/// What a day is, and whether its year is arranged. Beyond the calendar the same day of its last year stands for it.
fn kind(book: &Book, day: NaiveDate) -> Result<(DayKind<'_>, bool), Refusal> {
    let calendar = book.calendar();
    let uncovered = |reason: String| Refusal::Coverage { about: "放假安排".to_owned(), reason };
    if let Ok(year) = calendar.year(day.year()) {
        return Ok((calendar.kind(day).map_err(|error| uncovered(error.to_string()))?, year.arranged));
    }
    let last = calendar.years().map(|(number, _)| number).max().filter(|last| *last < day.year());
    // The leap day of a year has no twin in every other.
    let twin = last.and_then(|year| day.with_year(year).or_else(|| day.pred_opt()?.with_year(year)));
    let twin = twin.ok_or_else(|| uncovered(format!("规则库没有 {} 年的放假安排", day.year())))?;
    Ok((calendar.kind(twin).map_err(|error| uncovered(error.to_string()))?, false))
}

/// A plan for one month, and whether an earlier month's rules had to stand for it.
pub(super) struct MonthSheet<'b> {
    pub(super) sheet: Sheet<'b>,
    /// Whether the book covers no more than an earlier month.
    pub(super) carried_on: bool,
}

/// Makes the plan of a month; where the book does not reach that far, that of the last month which it covers.
///
/// `probe` asks for what the month must give.
pub(super) fn sheet_for<'b>(
    book: &'b Book,
    month: &ServiceMonth,
    question: impl Fn(NaiveDate, NaiveDate) -> Question,
    (package_of, ids): (&str, &[String]),
    probe: impl Fn(&Sheet<'b>) -> Result<(), Refusal>,
) -> Result<MonthSheet<'b>, Refusal> {
    let mut refusal = None;
    for back in 0..=FURTHEST_BACK {
        let earlier = |day: NaiveDate| day.checked_sub_months(Months::new(back)).unwrap_or(day);
        let question = question(earlier(month.first), earlier(month.last));
        let sheet = Sheet::new(book, package_of, question, ids.iter().cloned())?;
        match probe(&sheet) {
            Ok(()) => return Ok(MonthSheet { sheet, carried_on: back > 0 }),
            Err(coverage @ Refusal::Coverage { .. }) => {
                refusal.get_or_insert(coverage);
            }
            Err(other) => return Err(other),
        }
    }
    Err(refusal.unwrap_or_else(|| Refusal::facts("服务期", "没有可用的规则")))
}

/// The question of a month: contributions by its first day, the wage floor by its last.
pub(super) fn question(
    place: &str,
    known_at: Option<NaiveDate>,
    opening: NaiveDate,
) -> impl Fn(NaiveDate, NaiveDate) -> Question {
    let places = Places::all(Some(place));
    move |first, last| Question {
        dates: Dates { payment: last, period: first, work: last, signing: opening },
        known_at,
        places: places.clone(),
    }
}
