//! A quantity of the text, held against a figure of the rule book.

use crate::{
    engine::{Evaluation, Plan, Question, Value, show},
    quantity::Exact,
    rulebook::{Book, Breach, Cell, EntryId, Limit},
};
use chrono::NaiveDate;
use std::cmp::Ordering;

/// The book, and the day and place that a text is reviewed for.
pub(super) struct Figures<'b> {
    pub(super) book: &'b Book,
    pub(super) on: NaiveDate,
    pub(super) region: Option<&'b str>,
}

/// What a comparison says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Compared {
    /// It is as it may be.
    Lawful,
    /// It is beyond the figure, which is this, and the quantity, both with their units.
    Beyond { limit: String, found: String },
    /// The figure is not known for that day and place, or for want of a fact.
    NotKnown,
}

impl Figures<'_> {
    /// Holds a quantity against a limit, given what the text says of the figure's facts.
    pub(super) fn compare(&self, limit: &Limit, quantity: Exact, given: &[(EntryId, Exact)]) -> Compared {
        let Some((value, shown, found)) = self.value(&limit.figure, quantity, given) else { return Compared::NotKnown };
        let beyond = match limit.breach {
            Breach::More => Ordering::Greater,
            Breach::Less => Ordering::Less,
        };
        if quantity.cmp(&value) == beyond { Compared::Beyond { limit: shown, found } } else { Compared::Lawful }
    }

    /// A figure's value, how it is shown, and how a quantity of its unit is.
    fn value(&self, figure: &Cell, quantity: Exact, given: &[(EntryId, Exact)]) -> Option<(Exact, String, String)> {
        let entry = self.book.entry(figure.0);
        let question = Question::simple(self.on, None, self.region, self.book.regions());
        let mut goals = vec![figure.clone()];
        goals.extend(given.iter().map(|(fact, _)| (*fact, Vec::new())));
        let plan = Plan::new(self.book, question, entry.package, &goals).ok()?;
        let inputs: Vec<_> = given
            .iter()
            .filter_map(|(fact, value)| Some((plan.find(*fact, &[])?, Value::Number(*value))))
            .filter(|(slot, value)| plan.admits(*slot, value).is_ok())
            .collect();
        let mut evaluation = Evaluation::new(&plan, inputs);
        let value = evaluation.value(plan.find(figure.0, &figure.1)?).ok()?.number()?;
        let shown = |number: Exact| show(self.book.lexicon(), &Value::Number(number), entry.of);
        Some((value, shown(value), shown(quantity)))
    }
}
