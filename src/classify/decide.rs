//! The decision: what is known is put to the tests; where they need more, what may be presumed is; what is still open is
//! tried, answer by answer.

use super::{
    chart::{Chart, ChartError},
    decision::{Decision, Follows, Open, Presumed, Reason, SecondWage, Settled, Stated},
    engagement::{Answer, Engagement},
    search::{Case, flips, leads},
    second_wage,
    shifts::{Hours, Limits, Shifts},
};
use crate::{
    engine::{Evaluation, Fault, Plan, PlannedQuestion, Question, SlotId, Source, Value, sources, values_digest},
    quantity::ArithmeticError,
    rulebook::{Book, Diagnostic, Given, Place, Type, Way},
};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// Why an engagement could not be judged.
#[derive(Debug)]
pub enum Trouble {
    /// The book lacks what a classification names.
    Chart(ChartError),
    /// A region file is wrong.
    Rules(Vec<Diagnostic>),
    /// The book does not cover it, or a number left what can be kept.
    Fault(Fault),
}

impl From<ChartError> for Trouble {
    fn from(error: ChartError) -> Self {
        Self::Chart(error)
    }
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// How much is asked of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Everything.
    Full,
    /// The relation, what is open, and the findings: enough for a whole workforce.
    Brief,
}

/// Decides one engagement.
///
/// # Errors
/// Why it could not be judged.
pub fn decide(book: &Book, engagement: &Engagement) -> Result<Decision, Trouble> {
    let mut judge = Judge::new(book)?;
    judge.prepare(engagement.region.as_deref(), engagement.on)?;
    judge.decide(engagement, Depth::Full)
}

/// Judges engagements: a plan for each place and day, made once.
pub struct Judge<'b> {
    pub(super) chart: Chart<'b>,
    known_at: Option<NaiveDate>,
    pub(super) plans: BTreeMap<(Option<String>, NaiveDate), Prepared<'b>>,
}

/// A plan, and the facts on which the relation may rest.
pub(super) struct Prepared<'b> {
    pub(super) plan: Plan<'b>,
    relation: SlotId,
    on: SlotId,
    decisive: BTreeSet<SlotId>,
}

impl<'b> Judge<'b> {
    /// A judge by a book.
    ///
    /// # Errors
    /// A book without the names of a classification.
    pub fn new(book: &'b Book) -> Result<Self, ChartError> {
        Ok(Self { chart: Chart::new(book)?, known_at: None, plans: BTreeMap::new() })
    }

    /// A judge who knows of the book what was published by a day.
    #[must_use]
    pub fn known_at(self, day: Option<NaiveDate>) -> Self {
        Self { known_at: day, ..self }
    }

    /// The names.
    #[must_use]
    pub fn chart(&self) -> &Chart<'b> {
        &self.chart
    }

    /// Makes the plan for a place and a day.
    ///
    /// # Errors
    /// What is wrong with a region file.
    pub fn prepare(&mut self, region: Option<&str>, on: NaiveDate) -> Result<(), Trouble> {
        let key = (region.map(str::to_owned), on);
        if self.plans.contains_key(&key) {
            return Ok(());
        }
        let book = self.chart.book;
        let question = Question::simple(on, self.known_at, region, book.regions());
        let plan = Plan::new(book, question, self.chart.package, &self.chart.goals()).map_err(Trouble::Rules)?;
        let find = |entry| plan.find(entry, &[]).ok_or_else(|| ChartError(book.entry(entry).full_id.clone()));
        let (relation, on) = (find(self.chart.relation)?, find(self.chart.on)?);
        let decisive = reached(&plan, relation);
        self.plans.insert(key, Prepared { plan, relation, on, decisive });
        Ok(())
    }

    /// An engagement whose hours are those that were recorded: they go before what was said of the hours, and name the
    /// day on which the work stopped being non-full-time.
    ///
    /// # Errors
    /// Hours beyond what can be kept exactly; a place and day that were not prepared have no limits.
    pub fn with_shifts(
        &self,
        mut engagement: Engagement,
        shifts: &Shifts,
    ) -> Result<(Engagement, Option<Hours>), ArithmeticError> {
        if shifts.is_empty() {
            return Ok((engagement, None));
        }
        let hours = shifts.hours(self.limits(&engagement), None)?;
        let mut set = |question: &str, given: Given| {
            let answer = Answer { given: Some(given), written: String::new(), place: Place::default() };
            engagement.answers.insert(question.to_owned(), answer);
        };
        set("hours_per_day", Given::Number(hours.most_a_day));
        set("hours_per_week", Given::Number(hours.most_a_week));
        if let Some(day) = hours.exceeded_on {
            set("exceeded_on", Given::Date(day));
        }
        Ok((engagement, Some(hours)))
    }

    fn limits(&self, engagement: &Engagement) -> Option<Limits> {
        let prepared = self.plans.get(&(engagement.region.clone(), engagement.on))?;
        let mut evaluation = Evaluation::new(&prepared.plan, []);
        let mut hours = |entry| evaluation.cell(entry, &[]).ok()?.number();
        Some(Limits { a_day: hours(self.chart.most_a_day)?, a_week: hours(self.chart.most_a_week)? })
    }

    /// Decides an engagement whose place and day were prepared.
    ///
    /// # Errors
    /// Why it could not be judged.
    pub fn decide(&self, engagement: &Engagement, depth: Depth) -> Result<Decision, Trouble> {
        let key = (engagement.region.clone(), engagement.on);
        let prepared = self.plans.get(&key).ok_or_else(|| ChartError("用工地点和日期的规则".to_owned()))?;
        let mut case = Case::new(&prepared.plan, prepared.relation, prepared.answers(engagement));
        if let Some((slot, days)) = self.part_month(&case) {
            case.known.insert(slot, days);
        }
        let mut decision = decision(prepared, &case, depth)?;
        decision.second_wage = second_wage::of(&self.chart, &case);
        decision.facts = prepared.stated(engagement, &case);
        Ok(decision)
    }
}

impl<'b> Judge<'b> {
    /// The working days that the second wage runs beyond its whole months, as far as the calendar knows them.
    fn part_month(&self, case: &Case<'_, 'b>) -> Option<(SlotId, Value)> {
        let mut evaluation = case.evaluation();
        let mut day = |entry| match evaluation.cell(entry, &[]) {
            Ok(Value::Date(day)) => Some(day),
            _ => None,
        };
        let (from, until) = (day(self.chart.whole_months_until)?, day(self.chart.second_wage_ends)?);
        let days = self.chart.book.calendar().working_days_between(from, until).ok()?;
        let slot = case.plan.find(self.chart.part_month_days, &[])?;
        Some((slot, Value::Number(i64::from(days).into())))
    }
}

/// What the tests say of a case, and all that is said with it.
fn decision<'b>(prepared: &Prepared<'b>, case: &Case<'_, 'b>, depth: Depth) -> Result<Decision, Trouble> {
    let plan = &prepared.plan;
    let mut evaluation = case.evaluation();
    let value = evaluation.value(prepared.relation)?;
    let open = prepared.open(&value);
    let tried = case.tried(&open)?;
    let settled = match (&value, tried.agreed) {
        // What is open makes no difference: the result is that of every answer.
        (Value::Unknown(_), Some(agreed)) => agreed,
        _ => value,
    };
    let rests_on: Vec<SlotId> = evaluation.demanded().collect();
    let relation = case.named(&settled);
    let candidates = match (&relation, &settled) {
        (Some(one), _) => vec![one.clone()],
        (None, Value::Unknown(_)) => tried.relations,
        (None, _) => Vec::new(),
    };
    let open_questions = if settled.is_known() { Vec::new() } else { open_questions(case, &open)? };
    let flips = if depth == Depth::Full { flips(case, &prepared.decisive, &settled)? } else { Vec::new() };
    let settled_by = prepared.settled_by(&evaluation);
    let findings = evaluation.findings();
    let (reasons, waiting, (follows, uncovered)) = match depth {
        Depth::Full => (reasons(&mut evaluation, case), waiting(&mut evaluation), follows(&mut evaluation)),
        Depth::Brief => Default::default(),
    };
    Ok(Decision {
        relation,
        candidates,
        settled_by,
        facts: Vec::new(),
        reasons,
        open_questions,
        waiting,
        presumed: prepared.presumed(case)?,
        flips,
        findings,
        second_wage: SecondWage::NotOwed,
        follows,
        uncovered,
        uncertain: sources(plan, rests_on.iter().copied()).into_iter().filter(Source::is_unsettled).collect(),
        rulebook: plan.book().digest().to_string(),
        values_digest: values_digest(plan, rests_on).to_string(),
    })
}

/// The open questions, most decisive first: those of whose answers the most settle the relation; else in the order in
/// which they are asked.
fn open_questions<'b>(case: &Case<'_, 'b>, open: &[&PlannedQuestion<'b>]) -> Result<Vec<Open>, Trouble> {
    let mut ranked = Vec::new();
    for planned in open {
        let leads = leads(case, planned)?;
        let undecided = leads.iter().filter(|lead| lead.relation.is_none()).count();
        let question = planned.question;
        let asked = Open {
            question: question.id.clone(),
            name: case.plan.name(planned.slot),
            asks: question.asks.clone(),
            evidence: question.evidence.clone(),
            burden: question.burden.clone(),
            cite: question.cite.clone(),
            leads,
        };
        ranked.push((asked.leads.is_empty(), undecided, asked));
    }
    // The sort is stable: equals stay in the order in which they are asked.
    ranked.sort_by_key(|(nothing_to_try, undecided, _)| (*nothing_to_try, *undecided));
    Ok(ranked.into_iter().map(|(_, _, asked)| asked).collect())
}

impl<'b> Prepared<'b> {
    /// What was answered, and the day.
    pub(super) fn answers(&self, engagement: &Engagement) -> BTreeMap<SlotId, Value> {
        let questions = self.plan.questions().iter();
        let mut known: BTreeMap<SlotId, Value> = questions
            .filter_map(|planned| Some((planned.slot, Value::from(engagement.answer(&planned.question.id)?))))
            .collect();
        known.insert(self.on, Value::Date(engagement.on));
        known
    }

    /// What was answered, in the order of the questions.
    fn stated(&self, engagement: &Engagement, case: &Case<'_, 'b>) -> Vec<Stated> {
        let stated = self.plan.questions().iter().filter_map(|planned| {
            let answer = engagement.answers.get(&planned.question.id)?;
            let shown = answer.given.as_ref().map(|given| case.shown(planned, &Value::from(given)));
            Some(Stated {
                question: planned.question.id.clone(),
                name: self.plan.name(planned.slot),
                // A title is told as it stands on the paper, not as what it was taken for.
                answer: match shown {
                    Some(shown) if planned.question.words.is_empty() => shown,
                    _ => answer.written.clone(),
                },
            })
        });
        stated.collect()
    }

    /// What was presumed and makes a difference: without it the relation would wait for the answer.
    fn presumed(&self, case: &Case<'_, 'b>) -> Result<Vec<Presumed>, Fault> {
        let unaided = Case { presumed: Vec::new(), known: case.known.clone(), ..*case };
        let Value::Unknown(unknown) = unaided.relation()? else { return Ok(Vec::new()) };
        let waiting: BTreeSet<SlotId> = unknown.facts().collect();
        let told = case.presumed.iter().filter(|(planned, _)| waiting.contains(&planned.slot));
        let told = told.map(|(planned, value)| Presumed {
            question: planned.question.id.clone(),
            name: self.plan.name(planned.slot),
            answer: case.shown(planned, value),
            cite: planned.question.cite.clone(),
            confidence: planned.question.confidence,
        });
        Ok(told.collect())
    }

    /// The questions on whose answers the relation waits.
    fn open(&self, value: &Value) -> Vec<&PlannedQuestion<'b>> {
        let Value::Unknown(unknown) = value else { return Vec::new() };
        let waiting: BTreeSet<SlotId> = unknown.facts().collect();
        self.plan.questions().iter().filter(|planned| waiting.contains(&planned.slot)).collect()
    }

    /// The test that held.
    fn settled_by(&self, evaluation: &Evaluation<'_, 'b>) -> Option<Settled> {
        let held = evaluation.case_held(self.relation)?;
        let figure = self.plan.book().figure(self.plan.slot(self.relation).entry)?;
        let Way::Tests(tests) = &figure.way else { return None };
        let test = tests.get(held)?;
        Some(Settled {
            name: test.name.clone(),
            cite: test.cite.clone(),
            confidence: test.confidence,
            note: test.note.clone(),
        })
    }
}

/// What each answer that was given speaks for.
fn reasons<'b>(evaluation: &mut Evaluation<'_, 'b>, case: &Case<'_, 'b>) -> Vec<Reason> {
    let (plan, book) = (case.plan, case.plan.book());
    let relations = match book.entry(plan.slot(case.slot).entry).of {
        Type::Choice(set) => book.lexicon().members(set),
        _ => &[],
    };
    let mut reasons = Vec::new();
    for planned in plan.questions() {
        let Some(value) = case.known.get(&planned.slot) else { continue };
        for (speaks, when) in planned.question.speaks.iter().zip(&planned.speaks) {
            let Some(relation) = relations.iter().find(|member| member.id == speaks.member.value) else { continue };
            if evaluation.condition(when) == Some(true) {
                reasons.push(Reason {
                    question: planned.question.id.clone(),
                    name: plan.name(planned.slot),
                    answer: case.shown(planned, value),
                    value: value.clone(),
                    speaks_for: relation.clone(),
                    cite: speaks.cite.clone().or_else(|| planned.question.cite.clone()),
                });
            }
        }
    }
    reasons
}

/// The questions on which findings and consequences wait, in the order in which they are asked.
fn waiting(evaluation: &mut Evaluation<'_, '_>) -> Vec<String> {
    let waited_for = evaluation.waited_for();
    let questions = evaluation.plan().questions().iter();
    questions.filter(|planned| waited_for.contains(&planned.slot)).map(|planned| planned.question.id.clone()).collect()
}

/// What follows, and what of it the book does not cover.
fn follows(evaluation: &mut Evaluation<'_, '_>) -> (Vec<Follows>, Vec<String>) {
    let mut uncovered: Vec<String> = Vec::new();
    let mut follows: Vec<Follows> = Vec::new();
    for one in evaluation.consequences() {
        for reason in one.uncovered {
            if !uncovered.contains(&reason) {
                uncovered.push(reason);
            }
        }
        follows.push(Follows {
            code: one.code,
            topic: one.topic,
            message: one.message,
            cite: one.cite,
            values: one.values,
        });
    }
    (follows, uncovered)
}

/// The facts on which a slot may rest, near and far.
fn reached(plan: &Plan<'_>, from: SlotId) -> BTreeSet<SlotId> {
    let mut reached = BTreeSet::from([from]);
    let mut open = vec![from];
    while let Some(one) = open.pop() {
        for read in plan.reads(one) {
            if reached.insert(read) {
                open.push(read);
            }
        }
    }
    reached
}
