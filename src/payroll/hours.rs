//! What the book holds recorded hours against: the standards of a day and a week, and the reckoning of a whole period.

use super::{chart::ChartError, month::Month, timesheet::Standards};
use crate::{
    classify::Limits,
    engine::{Evaluation, Fault, Places, Plan, Question, Value},
    quantity::Exact,
    rulebook::{Book, Cell, Diagnostic, EntryId, Given, cell},
};

/// The rules of hours for a month.
pub struct HoursRules<'b> {
    plan: Plan<'b>,
    extended: EntryId,
    standards: Standards,
}

/// Why there are no rules of hours.
#[derive(Debug)]
pub enum HoursError {
    /// The book lacks what is asked of it.
    Chart(ChartError),
    /// A region file is wrong.
    Rules(Vec<Diagnostic>),
    /// The book does not cover the month.
    Fault(Fault),
}

impl<'b> HoursRules<'b> {
    /// The rules for a month. They are the nation's: no place is asked.
    ///
    /// # Errors
    /// [`HoursError`].
    pub fn new(month: &Month<'b>) -> Result<Self, HoursError> {
        let (book, dates, known_at) = month.question();
        let missing = |id: &str| HoursError::Chart(ChartError(id.to_owned()));
        let find = |id: &str| book.lexicon().find_anywhere(id).map_err(|_| missing(id));
        let extended = find("payroll.days.extended")?;
        let package = book.entry(extended).package;
        let [a_day, most_a_day, most_a_week, rounding] = [
            find("labour.hours.daily_hours")?,
            find("labour.non_full_time.most_a_day")?,
            find("labour.non_full_time.most_a_week")?,
            find("payroll.days.rounding")?,
        ];
        let question = Question { dates, known_at, places: Places::default() };
        let own = [extended, a_day, most_a_day, most_a_week, rounding];
        let goals: Vec<Cell> = own.map(|entry| (entry, Vec::new())).into();
        let plan = Plan::new(book, question, package, &goals).map_err(HoursError::Rules)?;
        let mut evaluation = Evaluation::new(&plan, []);
        let mut value = |entry| evaluation.cell(entry, &[]).map_err(HoursError::Fault);
        let mut hours = |entry, id| value(entry)?.number().ok_or_else(|| missing(id));
        let a_day = hours(a_day, "labour.hours.daily_hours")?;
        let non_full_time = Limits {
            a_day: hours(most_a_day, "labour.non_full_time.most_a_day")?,
            a_week: hours(most_a_week, "labour.non_full_time.most_a_week")?,
        };
        let Value::Rounding(rounding) = value(rounding)? else { return Err(missing("payroll.days.rounding")) };
        let standards = Standards { a_day, non_full_time, rounding };
        Ok(Self { plan, extended, standards })
    }

    /// The book.
    #[must_use]
    pub fn book(&self) -> &'b Book {
        self.plan.book()
    }

    /// What hours are held against.
    #[must_use]
    pub fn standards(&self) -> &Standards {
        &self.standards
    }

    /// The hours beyond the standard of the period that facts, by the full id of their cell, come to.
    ///
    /// # Errors
    /// What does not do, in words.
    pub fn extended<'g>(&self, facts: impl IntoIterator<Item = (&'g str, &'g Given)>) -> Result<Exact, String> {
        let mut given = Vec::new();
        for (id, value) in facts {
            let (entry, members) = cell(self.book().lexicon(), None, id)?;
            let Some(slot) = self.plan.find(entry, &members) else { continue };
            let value = Value::from(value);
            self.plan.admits(slot, &value).map_err(|error| format!("{}：{error}", self.plan.name(slot)))?;
            given.push((slot, value));
        }
        let value = Evaluation::new(&self.plan, given).cell(self.extended, &[]).map_err(|fault| fault.to_string())?;
        value.number().ok_or_else(|| "规则没有得出延长工作的小时".to_owned())
    }
}
