//! What would change the result: answers are tried, alone and together, and the tests asked again.

use super::decision::{Change, Flip, Lead, Relation};
use crate::{
    engine::{Evaluation, Fault, Plan, PlannedQuestion, SlotId, Value, show},
    rulebook::Type,
};
use std::collections::{BTreeMap, BTreeSet};

/// The member of the dimension of relations that stands for none of them.
const UNDETERMINED: &str = "undetermined";

/// How many answers are changed together at most: with three there are some thousands of sets, with four a reader has
/// another engagement before him.
pub const MOST_CHANGES: usize = 3;

/// Of so many open questions all combinations of answers are tried; of more it is not claimed that they make no
/// difference.
const MOST_OPEN: usize = 6;

/// An engagement as it is put to the tests: what was answered, and what is presumed while nobody says.
pub(super) struct Case<'p, 'b> {
    pub(super) plan: &'p Plan<'b>,
    /// The relation.
    pub(super) slot: SlotId,
    /// What was answered.
    pub(super) known: BTreeMap<SlotId, Value>,
    /// What is presumed.
    pub(super) presumed: Vec<(&'p PlannedQuestion<'b>, Value)>,
}

/// What came of trying the answers to open questions.
pub(super) struct Tried {
    /// The one result of every combination of answers, if there is but one.
    pub(super) agreed: Option<Value>,
    /// The relations that came of them, in the order of the book.
    pub(super) relations: Vec<Relation>,
}

impl<'p, 'b> Case<'p, 'b> {
    /// A case of these answers. What nobody says is presumed where it may be, unless there are signs of the contrary.
    pub(super) fn new(plan: &'p Plan<'b>, slot: SlotId, known: BTreeMap<SlotId, Value>) -> Self {
        let mut case = Case { plan, slot, known, presumed: Vec::new() };
        let mut evaluation = case.evaluation();
        let mut presumed = Vec::new();
        for planned in plan.questions().iter().filter(|planned| !case.known.contains_key(&planned.slot)) {
            let Some(value) = &planned.question.presumed else { continue };
            let signs = planned.unless.as_ref().is_some_and(|unless| evaluation.condition(unless) == Some(true));
            if !signs {
                presumed.push((planned, Value::from(value)));
            }
        }
        case.presumed = presumed;
        case
    }

    /// The case of other answers, with what is then presumed.
    pub(super) fn with(&self, changes: impl IntoIterator<Item = (SlotId, Value)>) -> Self {
        let mut known = self.known.clone();
        known.extend(changes);
        Case::new(self.plan, self.slot, known)
    }

    /// The answers put to the plan, with what is presumed.
    pub(super) fn evaluation(&self) -> Evaluation<'p, 'b> {
        let presumed = self.presumed.iter().map(|(planned, value)| (planned.slot, value.clone()));
        let known = self.known.iter().map(|(slot, value)| (*slot, value.clone()));
        Evaluation::new(self.plan, known.chain(presumed))
    }

    /// What the tests say.
    pub(super) fn relation(&self) -> Result<Value, Fault> {
        self.evaluation().value(self.slot)
    }

    /// The relation that a value names; none where it is not known or cannot be determined.
    pub(super) fn named(&self, value: &Value) -> Option<Relation> {
        let book = self.plan.book();
        let (Value::Choice(at), Type::Choice(set)) = (value, book.entry(self.plan.slot(self.slot).entry).of) else {
            return None;
        };
        book.lexicon().members(set).get(*at).filter(|member| member.id != UNDETERMINED).cloned()
    }

    /// The answers that a question may have: those it names, else every answer there is. Of numbers and dates only those
    /// it names are tried.
    pub(super) fn alternatives(&self, planned: &PlannedQuestion<'b>) -> Vec<Value> {
        let book = self.plan.book();
        if let Some(tries) = &planned.tries {
            let mut evaluation = self.evaluation();
            let tried = tries.iter().filter_map(|node| evaluation.node(planned.slot, node).ok());
            return tried.filter(|value| value.is_known() && *value != Value::None).collect();
        }
        match book.entry(planned.question.fact).of {
            Type::Boolean => vec![Value::Boolean(true), Value::Boolean(false)],
            Type::Choice(set) => (0..book.lexicon().members(set).len()).map(Value::Choice).collect(),
            _ => Vec::new(),
        }
    }

    /// Tries every combination of answers to some open questions.
    pub(super) fn tried(&self, open: &[&PlannedQuestion<'b>]) -> Result<Tried, Fault> {
        let mut results = Vec::new();
        // A number has more answers than can be tried.
        let exhaustive = open.len() <= MOST_OPEN && open.iter().all(|planned| self.is_finite(planned));
        let alternatives: Vec<Vec<Value>> = open.iter().map(|planned| self.alternatives(planned)).collect();
        if open.len() <= MOST_OPEN {
            let mut at = vec![0usize; open.len()];
            loop {
                let answers = open.iter().zip(&alternatives).zip(&at);
                let answers = answers.filter_map(|((planned, all), at)| Some((planned.slot, all.get(*at)?.clone())));
                results.push(self.with(answers).relation()?);
                // The next combination, like an odometer.
                let Some(next) = (0..at.len()).find(|&one| at[one] + 1 < alternatives[one].len()) else { break };
                at[..next].fill(0);
                at[next] += 1;
            }
        } else {
            for (planned, all) in open.iter().zip(&alternatives) {
                for answer in all {
                    results.push(self.with([(planned.slot, answer.clone())]).relation()?);
                }
            }
        }
        let first = results.first().cloned();
        let agreed = first.filter(|first| exhaustive && first.is_known() && results.iter().all(|one| one == first));
        let choices: BTreeSet<usize> =
            results.iter().filter_map(|one| if let Value::Choice(at) = one { Some(*at) } else { None }).collect();
        let relations = choices.into_iter().filter_map(|at| self.named(&Value::Choice(at))).collect();
        Ok(Tried { agreed, relations })
    }

    fn is_finite(&self, planned: &PlannedQuestion<'b>) -> bool {
        matches!(self.plan.book().entry(planned.question.fact).of, Type::Boolean | Type::Choice(_))
            && planned.tries.is_none()
    }

    pub(super) fn shown(&self, planned: &PlannedQuestion<'b>, value: &Value) -> String {
        let book = self.plan.book();
        show(book.lexicon(), value, book.entry(planned.question.fact).of)
    }
}

/// What each answer to a question would lead to.
pub(super) fn leads<'b>(case: &Case<'_, 'b>, planned: &PlannedQuestion<'b>) -> Result<Vec<Lead>, Fault> {
    let mut leads = Vec::new();
    for value in case.alternatives(planned) {
        let relation = case.named(&case.with([(planned.slot, value.clone())]).relation()?);
        leads.push(Lead { answer: case.shown(planned, &value), relation });
    }
    Ok(leads)
}

/// The smallest sets of answers whose change gives another relation: for each relation that can be reached the sets of
/// the least size, none of which contains a smaller one that changes the result. At most [`MOST_CHANGES`] answers are
/// changed together, and once anything is found no more than two.
pub(super) fn flips<'b>(case: &Case<'_, 'b>, decisive: &BTreeSet<SlotId>, settled: &Value) -> Result<Vec<Flip>, Fault> {
    let questions: Vec<(&PlannedQuestion<'b>, Vec<Value>)> = case
        .plan
        .questions()
        .iter()
        .filter(|planned| decisive.contains(&planned.slot))
        .map(|planned| {
            // To confirm what is only presumed is a change as well: an answer beside it may end the presumption.
            let known = case.known.get(&planned.slot);
            let others = case.alternatives(planned).into_iter().filter(|value| Some(value) != known);
            (planned, others.collect())
        })
        .collect();
    let now = case.named(settled);
    let mut search = Search { case, questions, now, found: Vec::new(), reached: BTreeSet::new(), sets: Vec::new() };
    for size in 1..=MOST_CHANGES {
        if size > 2 && !search.found.is_empty() {
            break;
        }
        let reached = search.reached.clone();
        search.sets_of(size, 0, &mut Vec::new(), &reached)?;
    }
    Ok(search.found)
}

/// Positions of a question and of one of its other answers.
type Step = (usize, usize);

struct Search<'c, 'p, 'b> {
    case: &'c Case<'p, 'b>,
    questions: Vec<(&'p PlannedQuestion<'b>, Vec<Value>)>,
    now: Option<Relation>,
    found: Vec<Flip>,
    /// The ids of the relations that were reached.
    reached: BTreeSet<String>,
    /// The sets that changed the result.
    sets: Vec<Vec<Step>>,
}

impl Search<'_, '_, '_> {
    /// Tries every set of a size; relations that smaller sets reached before are of no more interest.
    fn sets_of(
        &mut self,
        size: usize,
        from: usize,
        steps: &mut Vec<Step>,
        before: &BTreeSet<String>,
    ) -> Result<(), Fault> {
        if steps.len() == size {
            return self.set(steps, before);
        }
        for question in from..self.questions.len() {
            for answer in 0..self.questions[question].1.len() {
                steps.push((question, answer));
                // What flips already needs no further change.
                if !self.sets.iter().any(|set| set.len() < size && set.iter().all(|step| steps.contains(step))) {
                    self.sets_of(size, question + 1, steps, before)?;
                }
                steps.pop();
            }
        }
        Ok(())
    }

    fn set(&mut self, steps: &[Step], before: &BTreeSet<String>) -> Result<(), Fault> {
        let changes = steps.iter().map(|(question, answer)| {
            let (planned, others) = &self.questions[*question];
            (planned.slot, others[*answer].clone())
        });
        let value = self.case.with(changes).relation()?;
        let Some(relation) = self.case.named(&value).filter(|one| Some(one) != self.now.as_ref()) else {
            return Ok(());
        };
        self.sets.push(steps.to_vec());
        if before.contains(&relation.id) {
            return Ok(());
        }
        self.reached.insert(relation.id.clone());
        let changes = steps.iter().map(|(question, answer)| {
            let (planned, others) = &self.questions[*question];
            // What is only presumed nobody has said.
            let said = self.case.known.get(&planned.slot);
            Change {
                question: planned.question.id.clone(),
                name: self.case.plan.name(planned.slot),
                from: said.map_or_else(|| "未说明".to_owned(), |value| self.case.shown(planned, value)),
                to: self.case.shown(planned, &others[*answer]),
            }
        });
        self.found.push(Flip { changes: changes.collect(), relation });
        Ok(())
    }
}
