//! Whether somebody is past the statutory retirement age, as far as birth date and sex tell. Of a woman it depends on her
//! post, which neither says: then only what holds for every class is said.

use super::decide::Judge;
use crate::{
    engine::{Evaluation, SlotId, Value},
    rulebook::{Given, Type},
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

impl Judge<'_> {
    /// Whether somebody is past the age on a day for which no place was prepared; none where it depends on the class of
    /// the post, or the rules do not say. The sex is a member of the rules' choice, by name.
    #[must_use]
    pub fn is_past_retirement_age(&self, on: NaiveDate, born: NaiveDate, sex: &str) -> Option<bool> {
        let plan = &self.plans.get(&(None, on))?.plan;
        let book = plan.book();
        let slot = |entry| plan.find(entry, &[]);
        let question = |id: &str| self.chart.question(id).map(|question| question.fact);
        let member = |entry, name: &str| match book.entry(entry).of {
            Type::Choice(set) => book.lexicon().member(set, name).map(Value::Choice),
            _ => None,
        };
        let sex_asked = question("sex")?;
        let class = question("retirement_class")?;
        let Type::Choice(classes) = book.entry(class).of else { return None };
        let own = |sex: &Value, class_given: Option<usize>| {
            let mut known: BTreeMap<SlotId, Value> = BTreeMap::from([
                (slot(self.chart.on)?, Value::Date(on)),
                (slot(question("birth_date")?)?, Value::from(&Given::Date(born))),
                (slot(sex_asked)?, sex.clone()),
            ]);
            if let Some(at) = class_given {
                known.insert(slot(class)?, Value::Choice(at));
            }
            Some(Evaluation::new(plan, known))
        };
        let sex = member(sex_asked, sex)?;
        // A class that the sex alone decides is nobody else's.
        let Type::Choice(sexes) = book.entry(sex_asked).of else { return None };
        let decided = (0..book.lexicon().members(sexes).len()).filter_map(|at| {
            let one = Value::Choice(at);
            match own(&one, None)?.cell(self.chart.own_class, &[]).ok()? {
                Value::Choice(class) => Some((one, class)),
                _ => None,
            }
        });
        let decided: Vec<(Value, usize)> = decided.collect();
        let possible: Vec<usize> = match decided.iter().find(|(one, _)| *one == sex) {
            Some((_, class)) => vec![*class],
            None => {
                let all = 0..book.lexicon().members(classes).len();
                all.filter(|class| decided.iter().all(|(_, of_another)| of_another != class)).collect()
            }
        };
        let mut answers =
            possible.into_iter().map(|class| match own(&sex, Some(class))?.cell(self.chart.over_age, &[]) {
                Ok(Value::Boolean(past)) => Some(past),
                _ => None,
            });
        let first = answers.next()??;
        answers.all(|one| one == Some(first)).then_some(first)
    }
}
