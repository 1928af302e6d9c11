//! Why a number is what it is: each figure with its formula in the law's terms, the same with numbers, and what it
//! rests on.

mod words;

use super::{
    evaluate::Evaluation,
    node::RoundBy,
    operations,
    plan::{Constant, Origin, SlotId},
    show::show,
    value::Value,
};
use crate::{
    formula::Span,
    quantity::Unit,
    rulebook::{EntryId, Formula, Index, Literal, NATION, Round, Term, TermKind, Type, UNKNOWN, Way},
};
use chrono::NaiveDate;
use serde::{Serialize, Serializer};
use std::{borrow::Cow, cell::OnceCell, collections::BTreeMap};

/// One step of a derivation. What the book says word for word is lent from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step<'b> {
    /// The cell, for programs.
    pub id: Cow<'b, str>,
    /// The cell, for people.
    pub name: Cow<'b, str>,
    /// Its value, with unit.
    pub value: String,
    /// Where the value comes from: `figure`, `above` (a figure derived where it was first
    /// read), `value`, `given`, `carried`, `default`, `unknown`.
    pub origin: &'static str,
    /// The formula in the law's terms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formula: Option<&'b str>,
    /// The same with numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub numbers: Option<String>,
    /// The condition of the case that held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<&'b str>,
    /// How the result was rounded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rounding: Option<String>,
    /// Instrument and article.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cite: Option<Cow<'b, str>>,
    /// Since when the version is in force.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_text")]
    pub from: Option<NaiveDate>,
    /// How well the version is sourced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<&'static str>,
    /// The place that supplies it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// For the reader.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Cow<'b, str>>,
    /// What the formula reads.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step<'b>>,
}

/// A date as people write it.
fn as_text<S: Serializer>(day: &Option<NaiveDate>, serializer: S) -> Result<S::Ok, S::Error> {
    match day {
        Some(day) => serializer.collect_str(day),
        None => serializer.serialize_none(),
    }
}

/// The derivation of a cell that was computed. A cell read more than once is derived where it is first read.
#[must_use]
pub fn trace<'b>(evaluation: &Evaluation<'_, 'b>, slot: SlotId) -> Step<'b> {
    derivation(evaluation, slot, false)
}

/// As [`trace`], the numbers in the words of people: for who does not know the language of the formulas.
#[must_use]
pub fn trace_in_words<'b>(evaluation: &Evaluation<'_, 'b>, slot: SlotId) -> Step<'b> {
    derivation(evaluation, slot, true)
}

fn derivation<'b>(evaluation: &Evaluation<'_, 'b>, slot: SlotId, in_words: bool) -> Step<'b> {
    let slots = evaluation.plan().slots().len();
    let shown = std::iter::repeat_with(OnceCell::new).take(slots).collect();
    Tracer { evaluation, in_words, derived: vec![false; slots], shown, paths: BTreeMap::new() }.step(slot)
}

/// The members at hand: for each dimension which one.
type AtHand = Vec<(EntryId, usize)>;

struct Tracer<'e, 'p, 'b> {
    evaluation: &'e Evaluation<'p, 'b>,
    /// Whether the numbers stand in words.
    in_words: bool,
    /// Which figures stand derived above.
    derived: Vec<bool>,
    /// The values as text: each is shown where it is computed and wherever it is read.
    shown: Vec<OnceCell<String>>,
    /// The places that supply values, by code.
    paths: BTreeMap<&'p str, String>,
}

impl<'p, 'b> Tracer<'_, 'p, 'b> {
    fn step(&mut self, slot: SlotId) -> Step<'b> {
        let plan = self.evaluation.plan();
        let book = plan.book();
        let entry = plan.slot(slot).entry;
        let (id, name) = if plan.slot(slot).cell.is_empty() {
            (book.entry(entry).full_id.as_str().into(), book.entry(entry).name.as_str().into())
        } else {
            (plan.id(slot).into(), plan.name(slot).into())
        };
        let mut step = Step {
            id,
            name,
            value: self
                .shown(slot)
                .map_or_else(|| show(book.lexicon(), &Value::None, book.entry(entry).of), str::to_owned),
            origin: "figure",
            formula: None,
            numbers: None,
            case: None,
            rounding: None,
            cite: None,
            from: None,
            confidence: None,
            place: None,
            note: None,
            steps: Vec::new(),
        };
        let first_time = !std::mem::replace(&mut self.derived[slot.0], true);
        match &plan.slot(slot).origin {
            Origin::Input { bound, .. } => {
                step.origin = match (self.evaluation.is_given(slot), bound) {
                    (true, _) if book.carried(entry).is_some() => "carried",
                    (true, _) => "given",
                    (false, Some(figure)) => {
                        step.steps.push(self.step(*figure));
                        "figure"
                    }
                    (false, None) if self.evaluation.computed(slot).is_none_or(Value::is_known) => "default",
                    (false, None) => "unknown",
                };
            }
            Origin::Constant(constant) => {
                step.origin = "value";
                match constant {
                    Constant::Version { version, region, .. } => {
                        step.cite = Some(cited(&version.cite, version.source.as_deref()));
                        step.from = Some(version.from);
                        step.confidence = Some(version.confidence.mark());
                        step.place = region.as_deref().and_then(|code| self.place(code));
                        step.note = version.note.as_deref().map(Cow::from);
                    }
                    Constant::Nothing(nothing, region) => {
                        let cite = nothing.cite.as_deref().unwrap_or(UNKNOWN);
                        step.cite = Some(cited(cite, nothing.source.as_deref()));
                        step.confidence = nothing.confidence.map(|confidence| confidence.mark());
                        step.place = self.place(region);
                        step.note = Some(nothing.note.as_deref().unwrap_or(&nothing.reason).into());
                    }
                }
            }
            Origin::Missing(coverage) => step.note = Some(coverage.to_string().into()),
            Origin::Figure(computation) => {
                if !first_time {
                    step.origin = "above";
                    return step;
                }
                let Some(figure) = book.figure(entry) else { return step };
                step.cite = figure.cite.as_deref().map(Cow::from);
                let by = &book.entry(entry).by;
                let at_hand: AtHand = by.iter().copied().zip(plan.slot(slot).cell.iter().copied()).collect();
                let formula = match &figure.way {
                    Way::Formula(formula) => Some(formula),
                    Way::Cases(cases) => self.evaluation.case_held(slot).and_then(|at| cases.get(at)).map(|case| {
                        step.case = Some(case.when.as_ref().map_or("其他情形", |when| &when.text.value));
                        step.cite = case.cite.as_deref().or(figure.cite.as_deref()).map(Cow::from);
                        &case.formula
                    }),
                    Way::Tests(tests) => self.evaluation.case_held(slot).and_then(|at| tests.get(at)).map(|test| {
                        step.case = Some(&test.name);
                        step.cite = Some(Cow::from(&test.cite));
                        step.confidence = Some(test.confidence.mark());
                        step.note = test.note.as_deref().map(Cow::from);
                        &test.gives
                    }),
                };
                step.rounding = match (&computation.round, figure.round) {
                    (Some(RoundBy::Fixed(rounding)), _) => Some(rounding.describe()),
                    (Some(RoundBy::Value(_)), Round::Value(value)) => self.rounding(value, &at_hand),
                    _ => None,
                };
                let mut reads = Vec::new();
                for when in figure.way.conditions() {
                    self.reads(&when.term, &at_hand, &mut reads);
                }
                if let Some(formula) = formula {
                    step.formula = Some(&formula.text.value);
                    step.numbers = Some(self.numbers(formula, &at_hand, &mut reads));
                }
                if let Round::Value(value) = figure.round {
                    reads.extend(self.slot_at_hand(value, &at_hand));
                }
                for at in 0..reads.len() {
                    let read = reads[at];
                    // A formula reads a handful: they are looked through faster than sorted.
                    if !reads[..at].contains(&read) && self.evaluation.computed(read).is_some() {
                        step.steps.push(self.read_by(slot, read));
                    }
                }
            }
        }
        step
    }

    /// The value of a slot that was computed, for people.
    fn shown(&self, slot: SlotId) -> Option<&str> {
        let value = self.evaluation.computed(slot)?;
        let plan = self.evaluation.plan();
        let of = plan.book().entry(plan.slot(slot).entry).of;
        Some(self.shown[slot.0].get_or_init(|| show(plan.book().lexicon(), value, of)))
    }

    /// The place of a code, for people; the nation is not named.
    fn place(&mut self, code: &'p str) -> Option<String> {
        let regions = self.evaluation.plan().book().regions();
        (code != NATION).then(|| self.paths.entry(code).or_insert_with(|| regions.path(code)).clone())
    }

    /// What a figure reads: of a scale the band that it found.
    fn read_by(&mut self, figure: SlotId, read: SlotId) -> Step<'b> {
        let mut step = self.step(read);
        let plan = self.evaluation.plan();
        if let Origin::Constant(Constant::Version { version, .. }) = &plan.slot(read).origin
            && let Literal::Bands(bands) = &version.literal
            && let Some(at) = self.evaluation.band_found(figure)
            && let (Some(band), Type::Scale(unit)) = (bands.get(at), plan.book().entry(plan.slot(read).entry).of)
        {
            let money = |value| show(plan.book().lexicon(), &Value::Number(value), Type::Number(unit));
            let percent = show(plan.book().lexicon(), &Value::Number(band.rate), Type::Number(Unit::PERCENT));
            let above = at.checked_sub(1).and_then(|below| bands.get(below)?.to);
            let range = match (above, band.to) {
                (None, Some(to)) => format!("不超过 {}", money(to)),
                (Some(above), Some(to)) => format!("超过 {} 至 {}", money(above), money(to)),
                (Some(above), None) => format!("超过 {}", money(above)),
                (None, None) => "不分级".to_owned(),
            };
            step.value = format!("第 {} 级（{range}）：{percent}，速算扣除数 {}", at + 1, money(band.quick));
        }
        step
    }

    fn rounding(&self, value: EntryId, at_hand: &AtHand) -> Option<String> {
        match self.evaluation.computed(self.slot_at_hand(value, at_hand)?)? {
            Value::Rounding(rounding) => Some(rounding.describe()),
            _ => None,
        }
    }

    fn slot_at_hand(&self, entry: EntryId, at_hand: &AtHand) -> Option<SlotId> {
        let plan = self.evaluation.plan();
        let by = &plan.book().entry(entry).by;
        let cell: Option<Vec<usize>> = by
            .iter()
            .map(|dimension| at_hand.iter().rfind(|(one, _)| one == dimension).map(|(_, member)| *member))
            .collect();
        plan.find(entry, &cell?)
    }

    /// The slot that a cell of the formula means: a look-up's key was computed, so the member is known.
    fn slot_of(&self, entry: EntryId, indices: &[Index], at_hand: &AtHand) -> Option<SlotId> {
        let cell: Option<Vec<usize>> = indices
            .iter()
            .map(|index| match index {
                Index::Member(at) => Some(*at),
                Index::AtHand(dimension) => at_hand.iter().rfind(|(one, _)| one == dimension).map(|(_, at)| *at),
                Index::Choice(key) => match &key.kind {
                    TermKind::Cell(entry, indices) => {
                        match self.evaluation.computed(self.slot_of(*entry, indices, at_hand)?)? {
                            Value::Choice(at) => Some(*at),
                            _ => None,
                        }
                    }
                    _ => None,
                },
            })
            .collect();
        self.evaluation.plan().find(entry, &cell?)
    }

    fn reads(&self, term: &Term, at_hand: &AtHand, reads: &mut Vec<SlotId>) {
        match &term.kind {
            TermKind::Cell(entry, indices) => {
                for index in indices {
                    if let Index::Choice(key) = index {
                        self.reads(key, at_hand, reads);
                    }
                }
                reads.extend(self.slot_of(*entry, indices, at_hand));
            }
            TermKind::Scale(_, scale, x) => {
                self.reads(x, at_hand, reads);
                reads.extend(self.evaluation.plan().find(*scale, &[]));
            }
            TermKind::Sum { dimension, filter, term } => {
                for at in 0..self.evaluation.plan().book().lexicon().members(*dimension).len() {
                    let mut at_hand = at_hand.clone();
                    at_hand.push((*dimension, at));
                    if let Some(filter) = filter {
                        self.reads(filter, &at_hand, reads);
                    }
                    self.reads(term, &at_hand, reads);
                }
            }
            _ => term.children(&mut |child| self.reads(child, at_hand, reads)),
        }
    }

    /// Whether a filter let a member pass, as far as what was computed tells.
    fn holds(&self, filter: &Term, at_hand: &AtHand) -> Option<bool> {
        match &filter.kind {
            TermKind::Cell(entry, indices) => {
                self.evaluation.computed(self.slot_of(*entry, indices, at_hand)?)?.boolean()
            }
            TermKind::Not(inner) => self.holds(inner, at_hand).map(|holds| !holds),
            TermKind::And(items) => {
                items.iter().map(|item| self.holds(item, at_hand)).try_fold(true, |all, one| Some(all && one?))
            }
            TermKind::Or(items) => {
                items.iter().map(|item| self.holds(item, at_hand)).try_fold(false, |any, one| Some(any || one?))
            }
            TermKind::Compare(comparison, a, b) => {
                operations::compare(*comparison, &self.value_of(a, at_hand)?, &self.value_of(b, at_hand)?).boolean()
            }
            _ => None,
        }
    }

    /// The formula with numbers in place of the names, and the cells that it read.
    fn numbers(&self, formula: &Formula, at_hand: &AtHand, reads: &mut Vec<SlotId>) -> String {
        let mut replaced = Vec::new();
        let text = &formula.text.value;
        self.replace(text, &formula.term, at_hand, &mut replaced, reads);
        splice(text, Span::new(0, text.len()), replaced)
    }

    fn replace<'t>(
        &'t self,
        text: &str,
        term: &Term,
        at_hand: &AtHand,
        replaced: &mut Vec<(Span, Cow<'t, str>)>,
        reads: &mut Vec<SlotId>,
    ) {
        if let Some(words) = self.in_words.then(|| self.in_words(text, term, at_hand, reads)).flatten() {
            replaced.push((term.span, words.into()));
            return;
        }
        match &term.kind {
            TermKind::Cell(entry, indices) => {
                for index in indices {
                    if let Index::Choice(key) = index {
                        self.reads(key, at_hand, reads);
                    }
                }
                let slot = self.slot_of(*entry, indices, at_hand);
                reads.extend(slot);
                if let Some(number) = slot.and_then(|slot| self.shown(slot)) {
                    replaced.push((term.span, number.into()));
                }
            }
            TermKind::Scale(_, scale, x) => {
                self.replace(text, x, at_hand, replaced, reads);
                reads.extend(self.evaluation.plan().find(*scale, &[]));
            }
            TermKind::AtHand(dimension) => {
                let members = self.evaluation.plan().book().lexicon().members(*dimension);
                let at = at_hand.iter().rfind(|(one, _)| one == dimension).map(|(_, at)| *at);
                if let Some(member) = at.and_then(|at| members.get(at)) {
                    replaced.push((term.span, member.name.as_str().into()));
                }
            }
            TermKind::Sum { dimension, filter, term: each } => {
                let mut parts = Vec::new();
                for at in 0..self.evaluation.plan().book().lexicon().members(*dimension).len() {
                    let mut at_hand = at_hand.clone();
                    at_hand.push((*dimension, at));
                    if let Some(filter) = filter {
                        self.reads(filter, &at_hand, reads);
                        if self.holds(filter, &at_hand) == Some(false) {
                            self.reads(each, &at_hand, reads);
                            continue;
                        }
                    }
                    let mut inner = Vec::new();
                    self.replace(text, each, &at_hand, &mut inner, reads);
                    // A member of which there is none adds nothing.
                    let numbers: Vec<Cow<'_, str>> = inner.into_iter().map(|(_, number)| number).collect();
                    if !numbers.is_empty() && numbers.iter().all(|number| number != "无") {
                        parts.push(numbers.join("×"));
                    }
                }
                let sum = if parts.is_empty() { "0".to_owned() } else { format!("({})", parts.join(" + ")) };
                replaced.push((term.span, sum.into()));
            }
            _ => term.children(&mut |child| self.replace(text, child, at_hand, replaced, reads)),
        }
    }
}

/// The characters of a text in a span, with other words for some of them.
fn splice(text: &str, span: Span, mut replaced: Vec<(Span, Cow<'_, str>)>) -> String {
    replaced.sort_by_key(|(span, _)| span.start);
    let (mut out, mut at) = (String::with_capacity(text.len() * 2), span.start);
    for (span, words) in replaced {
        out.push_str(text.get(at..span.start).unwrap_or_default());
        out.push_str(&words);
        at = span.end;
    }
    out.push_str(text.get(at..span.end).unwrap_or_default());
    out
}

/// A citation for people: where no instrument is known, where it was read.
fn cited<'t>(cite: &'t str, source: Option<&str>) -> Cow<'t, str> {
    match source {
        Some(source) if cite == UNKNOWN => format!("文号不明（来源：{source}）").into(),
        None if cite == UNKNOWN => "文号不明".into(),
        _ => cite.into(),
    }
}
