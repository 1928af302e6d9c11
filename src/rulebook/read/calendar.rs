//! The working calendar's file.

use super::Reader;
use crate::rulebook::{
    calendar::{Calendar, Year},
    dated::Confidence,
    diagnostic::Diagnostic,
    row::Row,
    shape::CALENDAR,
};
use chrono::{Datelike, NaiveDate, Weekday};
use std::collections::{BTreeMap, BTreeSet};

impl Reader<'_> {
    pub(super) fn calendar(self, row: Row<'_>, sink: &mut Vec<Diagnostic>) -> Calendar {
        row.examine(&CALENDAR, sink);
        let mut calendar = Calendar::default();
        for row in row.tables("year") {
            let Some(text) = row.text("year") else { continue };
            let Ok(number) = text.value.parse::<i32>() else {
                sink.push(Diagnostic::error("form", text.place, "不是年份", "例如 \"2026\""));
                continue;
            };
            let Some(confidence) = row.string("confidence").and_then(|mark| Confidence::parse(&mark)) else { continue };
            let source = row.string("source");
            let cite = self.cite(row.text("cite"), source.as_deref(), sink).unwrap_or_default();
            let mut year = Year {
                statutory: BTreeMap::new(),
                rest: BTreeSet::new(),
                work: BTreeSet::new(),
                arranged: row.flag("arranged"),
                cite,
                source,
                published: row.date("published"),
                confidence,
                note: row.string("note"),
            };
            for holiday in row.tables("holidays") {
                let name = holiday.string("name").unwrap_or_default();
                let mut out_of_place = |day: NaiveDate, wrong: bool, why: &str| {
                    if wrong {
                        let message = format!("{name}：{day} {why}");
                        sink.push(Diagnostic::error("calendar", holiday.place, message, "这个假日"));
                    }
                };
                for day in holiday.dates("statutory") {
                    out_of_place(day, day.year() != number, "不在这一年");
                    year.statutory.insert(day, name.clone());
                }
                for day in holiday.dates("rest") {
                    out_of_place(day, is_weekend(day), "本来就是周末，不必写");
                    year.rest.insert(day);
                }
                for day in holiday.dates("work") {
                    out_of_place(day, !is_weekend(day), "不是周末，不是补班");
                    year.work.insert(day);
                }
            }
            if !calendar.add(number, year) {
                sink.push(Diagnostic::error("two-givers", text.place, format!("{number} 年写了两次"), "第二次"));
            }
        }
        calendar
    }
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}
