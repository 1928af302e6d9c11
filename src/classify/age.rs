//! Whether somebody is past the statutory retirement age, as far as birth date and sex tell. Of a woman it depends on her
//! post, which neither says: then only what holds for every class is said.

use super::decide::{Judge, Trouble};
use crate::{
    engine::{Evaluation, Plan, SlotId, Value},
    rulebook::{EntryId, Type},
};
use chrono::NaiveDate;

/// Who is past the age on a day.
pub struct Ages<'j, 'b> {
    plan: &'j Plan<'b>,
    on: (SlotId, NaiveDate),
    born: SlotId,
    sex: SlotId,
    class: SlotId,
    over_age: EntryId,
    /// The names of the sexes, and the classes that each may be of.
    sexes: Vec<(&'b str, Vec<usize>)>,
}

impl<'b> Judge<'b> {
    /// Makes the plan for a day.
    ///
    /// # Errors
    /// What is wrong with a region file.
    pub fn prepare_ages(&mut self, on: NaiveDate) -> Result<(), Trouble> {
        // Ages are of no place.
        self.prepare(None, on)
    }

    /// Who is past the age on a day that was prepared; none where the rules do not ask what it depends on.
    #[must_use]
    pub fn ages(&self, on: NaiveDate) -> Option<Ages<'_, 'b>> {
        let (chart, plan) = (&self.chart, &self.plans.get(&(None, on))?.plan);
        let book = chart.book;
        let fact = |id: &str| chart.question(id).map(|question| question.fact);
        let slot = |entry| plan.find(entry, &[]);
        let members = |entry| match book.entry(entry).of {
            Type::Choice(set) => Some(book.lexicon().members(set)),
            _ => None,
        };
        let (sex, class) = (fact("sex")?, fact("retirement_class")?);
        let slots = (slot(chart.on)?, slot(fact("birth_date")?)?, slot(sex)?, slot(class)?);
        // A class that the sex alone decides is nobody else's.
        let decided: Vec<Option<usize>> = (0..members(sex)?.len())
            .map(|at| match Evaluation::new(plan, [(slots.2, Value::Choice(at))]).cell(chart.own_class, &[]) {
                Ok(Value::Choice(class)) => Some(class),
                _ => None,
            })
            .collect();
        let others: Vec<usize> = (0..members(class)?.len()).filter(|class| !decided.contains(&Some(*class))).collect();
        let sexes = members(sex)?.iter().zip(&decided).map(|(sex, decided)| {
            let classes = decided.map_or_else(|| others.clone(), |class| vec![class]);
            (sex.name.as_str(), classes)
        });
        Some(Ages {
            plan,
            on: (slots.0, on),
            born: slots.1,
            sex: slots.2,
            class: slots.3,
            over_age: chart.over_age,
            sexes: sexes.collect(),
        })
    }
}

impl Ages<'_, '_> {
    /// Whether somebody is past it, by the name of the sex; none where it depends on the class of the post.
    #[must_use]
    pub fn is_past(&self, born: NaiveDate, sex: &str) -> Option<bool> {
        let at = self.sexes.iter().position(|(name, _)| *name == sex)?;
        let past = |class: &usize| {
            let known = [
                (self.on.0, Value::Date(self.on.1)),
                (self.born, Value::Date(born)),
                (self.sex, Value::Choice(at)),
                (self.class, Value::Choice(*class)),
            ];
            match Evaluation::new(self.plan, known).cell(self.over_age, &[]) {
                Ok(Value::Boolean(past)) => Some(past),
                _ => None,
            }
        };
        let mut answers = self.sexes[at].1.iter().map(past);
        let first = answers.next()??;
        answers.all(|one| one == Some(first)).then_some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rulebook::{Book, Sources};

    #[test]
    fn a_man_by_his_birth_a_woman_only_where_every_post_agrees() {
        let book = Book::read(Sources::embedded()).unwrap();
        let mut judge = Judge::new(&book).unwrap();
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        // 20 March 1966 and sixty years and four months, as the rule's own example has it.
        for (on, past) in [("2026-07-19", false), ("2026-07-20", true)] {
            judge.prepare_ages(day(on)).unwrap();
            let ages = judge.ages(day(on)).unwrap();
            assert_eq!(ages.is_past(day("1966-03-20"), "男"), Some(past), "{on}");
        }
        judge.prepare_ages(day("2026-09-30")).unwrap();
        let ages = judge.ages(day("2026-09-30")).unwrap();
        let woman = |born: &str| ages.is_past(day(born), "女");
        assert_eq!((woman("1960-01-01"), woman("1974-01-01"), woman("1990-01-01")), (Some(true), None, Some(false)));
        assert_eq!(ages.is_past(day("1960-01-01"), "？"), None);
    }
}
