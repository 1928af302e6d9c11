//! Book and question to a plan: every name a slot, every version picked, every dimension unrolled, once.

use super::{
    node::{Node, RoundBy},
    operations,
    question::Question,
    value::Value,
};
use crate::formula::Span;
use crate::rulebook::{
    Answer, Band, Body, Book, Consequence, Diagnostic, EntryId, FileId, Finding, Formula, Gap, Index, Literal,
    MessagePart, NATION, Nothing, PackageId, Place, Role, Round, Term, TermKind, Timeline, UNKNOWN, Version, Way,
};
use chrono::{Months, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};

/// A cell of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlotId(pub(crate) usize);

/// A cell, and where its value comes from. A slot stands after all that its figure reads.
#[derive(Debug)]
pub struct Slot<'b> {
    /// The entry.
    pub entry: EntryId,
    /// Which of its cells.
    pub cell: Vec<usize>,
    /// Where its value comes from.
    pub origin: Origin<'b>,
}

/// Where a cell's value comes from.
#[derive(Debug)]
pub enum Origin<'b> {
    /// The caller or the ledger; where nobody gives it: the figure bound to it, or the default, or it is not known.
    Input {
        /// What it is when left out.
        default: Option<Value>,
        /// The figure that another package computes for it.
        bound: Option<SlotId>,
    },
    /// The book.
    Constant(Constant<'b>),
    /// Nothing: the book does not cover it.
    Missing(Coverage),
    /// A formula.
    Figure(Computation<'b>),
}

/// What the book fixes, by which version.
#[derive(Debug, Clone)]
pub enum Constant<'b> {
    /// A version.
    Version {
        /// The value.
        value: Value,
        /// The version.
        version: &'b Version,
        /// The place that supplies it; none for what is fixed for the nation.
        region: Option<String>,
        /// Whether its `review_by` is past.
        provisional: bool,
    },
    /// That there is none.
    Nothing(&'b Nothing, String),
}

impl Constant<'_> {
    /// The value.
    #[must_use]
    pub fn value(&self) -> &Value {
        match self {
            Self::Version { value, .. } => value,
            Self::Nothing(..) => &Value::None,
        }
    }
}

/// How a figure follows.
#[derive(Debug)]
pub struct Computation<'b> {
    /// The formula.
    pub node: Node<'b>,
    /// How the result is rounded.
    pub round: Option<RoundBy<'b>>,
    /// Slots that decided the plan itself and so count as read.
    pub decided_by: Vec<SlotId>,
}

/// Why the book does not cover a cell: never a silent fall back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Coverage {
    /// Nobody said for which place.
    #[error("「{name}」因地区而异，没有说明{role}；请给出地区")]
    NoPlace {
        /// The cell.
        name: String,
        /// Whose place is wanted.
        role: &'static str,
    },
    /// The place supplies no such value.
    #[error("规则库没有{place}的「{name}」{besides}")]
    NoValue {
        /// The cell.
        name: String,
        /// The place.
        place: String,
        /// What other places have.
        besides: String,
    },
    /// There is a value, and the book does not know it.
    #[error("规则库不知道{place}的「{name}」：{reason}")]
    Unknown {
        /// The cell.
        name: String,
        /// The place.
        place: String,
        /// Why it is not known.
        reason: String,
    },
    /// No version answers for the date.
    #[error("规则库里{place}的「{name}」不覆盖 {on}：{reason}")]
    NoVersion {
        /// The cell.
        name: String,
        /// The place, or the nation.
        place: String,
        /// The date.
        on: NaiveDate,
        /// The nearest version known.
        reason: String,
    },
    /// A version answers, but its review is too long overdue.
    #[error("{place}的「{name}」应在 {review_by} 前复核，至 {on} 已过期太久，不再据以计算")]
    Overdue {
        /// The cell.
        name: String,
        /// The place, or the nation.
        place: String,
        /// The date.
        on: NaiveDate,
        /// When it should have been reviewed.
        review_by: NaiveDate,
    },
}

/// A finding as planned.
#[derive(Debug)]
pub struct PlannedFinding<'b> {
    /// The finding.
    pub finding: &'b Finding,
    /// Its package.
    pub package: PackageId,
    /// The cell it is raised for.
    pub cell: Vec<usize>,
    /// When it is raised.
    pub when: Node<'b>,
    /// The values of its sentence.
    pub values: Vec<(Node<'b>, &'b Term)>,
    /// The values of its remedy.
    pub remedy_values: Vec<(Node<'b>, &'b Term)>,
}

/// A question as planned.
#[derive(Debug)]
pub struct PlannedQuestion<'b> {
    /// The question.
    pub question: &'b crate::rulebook::Question,
    /// The cell of its fact.
    pub slot: SlotId,
    /// The sign that ends its presumption.
    pub unless: Option<Node<'b>>,
    /// When each thing that its answers speak for is said.
    pub speaks: Vec<Node<'b>>,
    /// The answers to try.
    pub tries: Option<Vec<Node<'b>>>,
}

/// A consequence as planned.
#[derive(Debug)]
pub struct PlannedConsequence<'b> {
    /// The consequence.
    pub consequence: &'b Consequence,
    /// Its package.
    pub package: PackageId,
    /// When it follows.
    pub when: Node<'b>,
    /// The values of its sentence.
    pub values: Vec<(Node<'b>, &'b Term)>,
}

/// A plan: what to compute, decided once.
#[derive(Debug)]
pub struct Plan<'b> {
    book: &'b Book,
    question: Question,
    slots: Vec<Slot<'b>>,
    index: BTreeMap<EntryId, BTreeMap<Vec<usize>, SlotId>>,
    findings: Vec<PlannedFinding<'b>>,
    questions: Vec<PlannedQuestion<'b>>,
    consequences: Vec<PlannedConsequence<'b>>,
}

impl<'b> Plan<'b> {
    /// A plan for some cells. Facts that `package` and what it uses compute for each other are bound.
    ///
    /// # Errors
    /// What is wrong with a region file that the question touches.
    pub fn new(
        book: &'b Book,
        question: Question,
        package: PackageId,
        goals: &[(EntryId, Vec<usize>)],
    ) -> Result<Self, Vec<Diagnostic>> {
        let reach = book.reach(package);
        let binds = reach.iter().flat_map(|one| book.package(*one).binds.iter().copied()).collect();
        let plan = Plan {
            book,
            question,
            slots: Vec::new(),
            index: BTreeMap::new(),
            findings: Vec::new(),
            questions: Vec::new(),
            consequences: Vec::new(),
        };
        let mut planner = Planner { plan, binds, diagnostics: Vec::new(), decided_by: Vec::new() };
        for (entry, cell) in goals {
            planner.slot(*entry, cell);
        }
        for one in reach {
            planner.findings(one);
            planner.questions(one);
            planner.consequences(one);
        }
        if planner.diagnostics.is_empty() { Ok(planner.plan) } else { Err(planner.diagnostics) }
    }

    /// The book.
    #[must_use]
    pub fn book(&self) -> &'b Book {
        self.book
    }

    /// What it was made for.
    #[must_use]
    pub fn question(&self) -> &Question {
        &self.question
    }

    /// The slots: each stands after all that it reads.
    #[must_use]
    pub fn slots(&self) -> &[Slot<'b>] {
        &self.slots
    }

    /// A slot.
    #[must_use]
    pub fn slot(&self, id: SlotId) -> &Slot<'b> {
        &self.slots[id.0]
    }

    /// The slot of a cell, if the plan has it.
    #[must_use]
    pub fn find(&self, entry: EntryId, cell: &[usize]) -> Option<SlotId> {
        self.index.get(&entry)?.get(cell).copied()
    }

    /// The findings.
    #[must_use]
    pub fn findings(&self) -> &[PlannedFinding<'b>] {
        &self.findings
    }

    /// The questions.
    #[must_use]
    pub fn questions(&self) -> &[PlannedQuestion<'b>] {
        &self.questions
    }

    /// The consequences.
    #[must_use]
    pub fn consequences(&self) -> &[PlannedConsequence<'b>] {
        &self.consequences
    }

    /// The slots that a slot's formula may read.
    #[must_use]
    pub fn reads(&self, id: SlotId) -> Vec<SlotId> {
        match &self.slot(id).origin {
            Origin::Input { bound, .. } => bound.iter().copied().collect(),
            Origin::Constant(_) | Origin::Missing(_) => Vec::new(),
            Origin::Figure(figure) => {
                let mut reads = figure.decided_by.clone();
                figure.node.reads(&mut reads);
                if let Some(RoundBy::Value(node)) = &figure.round {
                    node.reads(&mut reads);
                }
                reads
            }
        }
    }

    /// The slots that a goal, or a finding, may ask for, near and far.
    #[must_use]
    pub fn reach(&self, goal: SlotId) -> BTreeSet<SlotId> {
        let mut open = vec![goal];
        for planned in &self.findings {
            planned.when.reads(&mut open);
            planned.values.iter().for_each(|(value, _)| value.reads(&mut open));
        }
        let mut reach = BTreeSet::new();
        while let Some(slot) = open.pop() {
            if reach.insert(slot) {
                open.extend(self.reads(slot));
            }
        }
        reach
    }

    /// Why the book does not cover a slot, with what it has elsewhere: the tiers of the province where each place has its
    /// own, else the nearest place that has a value. Looked up when it is asked, since that reads the files of all places.
    #[must_use]
    pub fn uncovered(&self, id: SlotId, coverage: &Coverage) -> Coverage {
        let (slot, book) = (self.slot(id), self.book);
        let package = book.package(book.entry(slot.entry).package);
        let (Coverage::NoValue { name, place, .. }, Some(code)) = (coverage, self.question.places.of(package.place))
        else {
            return coverage.clone();
        };
        let besides = if book.entry(slot.entry).inherits {
            let nearest = book.nearest_place(slot.entry, &slot.cell, code);
            nearest.map_or_else(String::new, |code| format!("；最近的有值地区是{}", book.regions().path(code)))
        } else {
            let tiers = book.tiers(slot.entry, &slot.cell, code, self.question.dates.of(package.clock));
            let unit = book.entry(slot.entry).of.unit();
            let listed = format!("；所在省份各档为 {} {unit}，没有资料说明这里属于哪一档", tiers.join("、"));
            if tiers.is_empty() { String::new() } else { listed }
        };
        Coverage::NoValue { name: name.clone(), place: place.clone(), besides }
    }

    /// The name of a slot for people.
    #[must_use]
    pub fn name(&self, id: SlotId) -> String {
        let slot = self.slot(id);
        self.book.lexicon().cell_name(slot.entry, &slot.cell)
    }

    /// The id of a slot for programs.
    #[must_use]
    pub fn id(&self, id: SlotId) -> String {
        let slot = self.slot(id);
        self.book.lexicon().cell_id(slot.entry, &slot.cell)
    }
}

/// The members at hand: for each dimension which one.
type AtHand = Vec<(EntryId, usize)>;

struct Planner<'b> {
    plan: Plan<'b>,
    binds: BTreeMap<EntryId, EntryId>,
    diagnostics: Vec<Diagnostic>,
    /// Slots that decided the formula being planned.
    decided_by: Vec<SlotId>,
}

impl<'b> Planner<'b> {
    fn slot(&mut self, entry: EntryId, cell: &[usize]) -> SlotId {
        if let Some(found) = self.plan.find(entry, cell) {
            return found;
        }
        let origin = self.origin(entry, cell);
        let id = SlotId(self.plan.slots.len());
        self.plan.slots.push(Slot { entry, cell: cell.to_vec(), origin });
        self.plan.index.entry(entry).or_default().insert(cell.to_vec(), id);
        id
    }

    fn origin(&mut self, entry: EntryId, cell: &[usize]) -> Origin<'b> {
        let book = self.plan.book;
        match book.body(entry) {
            Body::Fact(fact) => Origin::Input {
                default: fact.default.as_ref().map(Value::from),
                bound: self.binds.get(&entry).copied().map(|figure| self.slot(figure, cell)),
            },
            Body::Carried(carried) => Origin::Input { default: carried.default.as_ref().map(Value::from), bound: None },
            Body::Value(timeline) => self.version(entry, cell, timeline, None),
            Body::Scale(timeline) => self.version(entry, cell, timeline, None),
            Body::Supplied => self.supplied(entry, cell),
            Body::Dimension => Origin::Constant(Constant::Nothing(&NO_CELL, String::new())),
            Body::Figure(figure) => {
                let at_hand: AtHand = book.entry(entry).by.iter().copied().zip(cell.iter().copied()).collect();
                let before = std::mem::take(&mut self.decided_by);
                let node = match &figure.way {
                    Way::Formula(formula) => self.formula(formula, &at_hand),
                    Way::Cases(cases) => {
                        let arms = cases.iter().map(|case| self.arm(case.when.as_ref(), &case.formula, &at_hand));
                        Node::Cases(arms.collect())
                    }
                    Way::Tests(tests) => {
                        let arms = tests.iter().map(|test| self.arm(test.when.as_ref(), &test.gives, &at_hand));
                        Node::Tests(arms.collect())
                    }
                };
                let round = match figure.round {
                    Round::Unsaid | Round::Exact => None,
                    Round::Fixed(rounding) => Some(RoundBy::Fixed(rounding)),
                    Round::Value(value) => {
                        let cell = self.cell_at_hand(value, &at_hand);
                        Some(RoundBy::Value(Box::new(Node::Slot(self.slot(value, &cell)))))
                    }
                };
                let decided_by = std::mem::replace(&mut self.decided_by, before);
                Origin::Figure(Computation { node, round, decided_by })
            }
        }
    }

    fn cell_at_hand(&self, entry: EntryId, at_hand: &AtHand) -> Vec<usize> {
        let by = &self.plan.book.entry(entry).by;
        by.iter().map(|dimension| member_at_hand(*dimension, at_hand)).collect()
    }

    fn place(&self, entry: EntryId) -> (Role, Option<String>) {
        let book = self.plan.book;
        let role = book.package(book.entry(entry).package).place;
        (role, self.plan.question.places.of(role).map(str::to_owned))
    }

    fn supplied(&mut self, entry: EntryId, cell: &[usize]) -> Origin<'b> {
        let book = self.plan.book;
        let name = || book.lexicon().cell_name(entry, cell);
        let (role, place) = self.place(entry);
        let place = match place {
            Some(place) => place,
            None if !book.entry(entry).by_region => NATION.to_owned(),
            None => return Origin::Missing(Coverage::NoPlace { name: name(), role: role.name() }),
        };
        match book.answer(entry, cell, &place) {
            Ok(Some((Answer::Dated(timeline), from))) => self.version(entry, cell, timeline, Some(from)),
            Ok(Some((Answer::None(nothing), from))) => Origin::Constant(Constant::Nothing(nothing, from)),
            Ok(Some((Answer::Unknown(unsaid), _))) => Origin::Missing(Coverage::Unknown {
                name: name(),
                place: book.regions().path(&place),
                reason: unsaid.reason.clone(),
            }),
            Ok(None) => Origin::Missing(Coverage::NoValue {
                name: name(),
                place: book.regions().path(&place),
                besides: String::new(),
            }),
            Err(diagnostics) => {
                for one in diagnostics {
                    if !self.diagnostics.contains(&one) {
                        self.diagnostics.push(one);
                    }
                }
                let place = book.regions().path(&place);
                Origin::Missing(Coverage::NoValue { name: name(), place, besides: String::new() })
            }
        }
    }

    fn version(&self, entry: EntryId, cell: &[usize], timeline: &'b Timeline, region: Option<String>) -> Origin<'b> {
        let book = self.plan.book;
        let package = book.package(book.entry(entry).package);
        let on = self.plan.question.dates.of(package.clock);
        let name = || book.lexicon().cell_name(entry, cell);
        let place = || region.as_ref().map_or_else(|| "全国".to_owned(), |code| book.regions().path(code));
        let version = match timeline.on(on, self.plan.question.known_at) {
            Ok(version) => version,
            Err(gap) => {
                let reason = nearest(timeline, gap);
                return Origin::Missing(Coverage::NoVersion { name: name(), place: place(), on, reason });
            }
        };
        let overdue = version.review_by.filter(|review_by| *review_by <= on);
        if let (Some(review_by), Some(months)) = (overdue, package.horizon_months)
            && review_by.checked_add_months(Months::new(months)).is_some_and(|end| end <= on)
        {
            return Origin::Missing(Coverage::Overdue { name: name(), place: place(), on, review_by });
        }
        let value = Value::from(&version.literal);
        Origin::Constant(Constant::Version { value, version, region, provisional: overdue.is_some() })
    }

    fn formula(&mut self, formula: &'b Formula, at_hand: &AtHand) -> Node<'b> {
        self.node(&formula.term, at_hand)
    }

    /// A condition, if there is one, and what it leads to.
    fn arm(
        &mut self,
        when: Option<&'b Formula>,
        formula: &'b Formula,
        at_hand: &AtHand,
    ) -> (Option<Node<'b>>, Node<'b>) {
        let when = when.map(|when| self.formula(when, at_hand));
        // What the member at hand rules out reads nothing, and keeps its place: the trace counts.
        let formula = match when {
            Some(Node::Constant(Value::Boolean(false))) => Node::Constant(Value::None),
            _ => self.formula(formula, at_hand),
        };
        (when, formula)
    }

    fn boxed(&mut self, term: &'b Term, at_hand: &AtHand) -> Box<Node<'b>> {
        Box::new(self.node(term, at_hand))
    }

    fn nodes(&mut self, terms: &'b [Term], at_hand: &AtHand) -> Vec<Node<'b>> {
        terms.iter().map(|term| self.node(term, at_hand)).collect()
    }

    fn node(&mut self, term: &'b Term, at_hand: &AtHand) -> Node<'b> {
        match &term.kind {
            TermKind::Number(value) => Node::Constant(Value::Number(*value)),
            TermKind::Boolean(value) => Node::Constant(Value::Boolean(*value)),
            TermKind::Member(at) => Node::Constant(Value::Choice(*at)),
            TermKind::AtHand(dimension) => Node::Constant(Value::Choice(member_at_hand(*dimension, at_hand))),
            TermKind::Cell(entry, indices) => self.cell(*entry, indices, Vec::new(), at_hand),
            TermKind::Negate(x) => Node::Negate(self.boxed(x, at_hand)),
            TermKind::Not(x) => fold(Node::Not(self.boxed(x, at_hand))),
            TermKind::Arithmetic(operator, a, b) => {
                Node::Arithmetic(*operator, self.boxed(a, at_hand), self.boxed(b, at_hand))
            }
            TermKind::Compare(comparison, a, b) => {
                fold(Node::Compare(*comparison, self.boxed(a, at_hand), self.boxed(b, at_hand)))
            }
            TermKind::And(terms) => fold(Node::And(self.nodes(terms, at_hand))),
            TermKind::Or(terms) => fold(Node::Or(self.nodes(terms, at_hand))),
            TermKind::If(test, then, or) => match self.node(test, at_hand) {
                // What the dimension at hand decides is decided here, and the other branch never becomes a slot.
                Node::Constant(Value::Boolean(true)) => self.node(then, at_hand),
                Node::Constant(Value::Boolean(false)) => self.node(or, at_hand),
                test => Node::If(Box::new(test), self.boxed(then, at_hand), self.boxed(or, at_hand)),
            },
            TermKind::Max(terms) => Node::Max(self.nodes(terms, at_hand)),
            TermKind::Min(terms) => Node::Min(self.nodes(terms, at_hand)),
            TermKind::Add(terms) => Node::Add(self.nodes(terms, at_hand)),
            TermKind::Clamp(x, low, high) => {
                Node::Clamp(self.boxed(x, at_hand), self.boxed(low, at_hand), self.boxed(high, at_hand))
            }
            TermKind::Abs(x) => Node::Abs(self.boxed(x, at_hand)),
            TermKind::Int(x) => Node::Int(self.boxed(x, at_hand)),
            TermKind::Round(x, rounding) => Node::Round(self.boxed(x, at_hand), RoundBy::Fixed(*rounding)),
            TermKind::RoundBy(x, how) => {
                let how = self.boxed(how, at_hand);
                Node::Round(self.boxed(x, at_hand), RoundBy::Value(how))
            }
            TermKind::Scale(part, scale, x) => {
                let slot = self.slot(*scale, &[]);
                let bands: Option<&'b [Band]> = match &self.plan.slots[slot.0].origin {
                    Origin::Constant(Constant::Version {
                        version: Version { literal: Literal::Bands(bands), .. },
                        ..
                    }) => Some(bands),
                    _ => None,
                };
                Node::Scale(*part, bands, slot, self.boxed(x, at_hand))
            }
            TermKind::Sum { dimension, filter, term } => self.sum(*dimension, filter.as_deref(), term, at_hand),
            TermKind::Date(function, terms) => Node::Date(*function, self.nodes(terms, at_hand)),
            TermKind::IfNone(x, otherwise) => Node::IfNone(self.boxed(x, at_hand), self.boxed(otherwise, at_hand)),
        }
    }

    /// A cell whose indices are settled one by one; a choice among members becomes a selection.
    fn cell(&mut self, entry: EntryId, indices: &'b [Index], mut settled: Vec<usize>, at_hand: &AtHand) -> Node<'b> {
        match indices.get(settled.len()) {
            None => Node::Slot(self.slot(entry, &settled)),
            Some(Index::Member(at)) => {
                settled.push(*at);
                self.cell(entry, indices, settled, at_hand)
            }
            Some(Index::AtHand(dimension)) => {
                settled.push(member_at_hand(*dimension, at_hand));
                self.cell(entry, indices, settled, at_hand)
            }
            Some(Index::Choice(term)) => {
                let key = self.boxed(term, at_hand);
                let dimension = self.plan.book.entry(entry).by[settled.len()];
                let arms = (0..self.plan.book.lexicon().members(dimension).len())
                    .map(|at| {
                        let mut one = settled.clone();
                        one.push(at);
                        self.cell(entry, indices, one, at_hand)
                    })
                    .collect();
                Node::Select(key, arms)
            }
        }
    }

    fn sum(&mut self, dimension: EntryId, filter: Option<&'b Term>, term: &'b Term, at_hand: &AtHand) -> Node<'b> {
        let mut terms = Vec::new();
        for at in 0..self.plan.book.lexicon().members(dimension).len() {
            let mut at_hand = at_hand.clone();
            at_hand.push((dimension, at));
            let counts = filter.map(|filter| self.node(filter, &at_hand));
            match counts.as_ref().map(|node| self.settled(node)) {
                Some(Some(false)) => {}
                None | Some(Some(true)) => terms.push(self.node(term, &at_hand)),
                Some(None) => {
                    let counts = counts.unwrap_or(Node::Constant(Value::Boolean(true)));
                    let term = self.boxed(term, &at_hand);
                    terms.push(Node::If(Box::new(counts), term, Box::new(Node::Constant(Value::None))));
                }
            }
        }
        Node::Sum(terms)
    }

    /// The answer of a filter that the book alone decides; the values it rests on count as read.
    fn settled(&mut self, node: &Node<'b>) -> Option<bool> {
        match node {
            Node::Constant(value) => value.boolean(),
            Node::Slot(slot) => match &self.plan.slots[slot.0].origin {
                Origin::Constant(constant) => {
                    let answer = constant.value().boolean();
                    self.decided_by.push(*slot);
                    answer
                }
                _ => None,
            },
            Node::Not(inner) => self.settled(inner).map(|answer| !answer),
            Node::And(items) => {
                let answers: Option<Vec<bool>> = items.iter().map(|item| self.settled(item)).collect();
                answers.map(|answers| answers.into_iter().all(|one| one))
            }
            Node::Or(items) => {
                let answers: Option<Vec<bool>> = items.iter().map(|item| self.settled(item)).collect();
                answers.map(|answers| answers.into_iter().any(|one| one))
            }
            _ => None,
        }
    }

    fn findings(&mut self, package: PackageId) {
        let book = self.plan.book;
        for finding in &book.package(package).findings {
            for cell in book.lexicon().cells(&finding.by) {
                let at_hand: AtHand = finding.by.iter().copied().zip(cell.iter().copied()).collect();
                let when = self.formula(&finding.when, &at_hand);
                let values = self.values(&finding.message, &at_hand);
                let remedy_values = self.values(finding.remedy.as_deref().unwrap_or_default(), &at_hand);
                self.plan.findings.push(PlannedFinding { finding, package, cell, when, values, remedy_values });
            }
        }
    }

    /// The values of a sentence.
    fn values(&mut self, message: &'b [MessagePart], at_hand: &AtHand) -> Vec<(Node<'b>, &'b Term)> {
        let value = |part: &'b MessagePart| match part {
            MessagePart::Value(term) => Some((self.node(term, at_hand), term)),
            _ => None,
        };
        message.iter().filter_map(value).collect()
    }

    fn questions(&mut self, package: PackageId) {
        let book = self.plan.book;
        let nothing_at_hand = AtHand::new();
        for question in &book.package(package).questions {
            let mut formulas = |formulas: &'b [Formula]| -> Vec<Node<'b>> {
                formulas.iter().map(|formula| self.formula(formula, &nothing_at_hand)).collect()
            };
            let tries = question.tries.as_deref().map(&mut formulas);
            let speaks = question.speaks.iter().map(|one| self.formula(&one.when, &nothing_at_hand)).collect();
            let unless = question.unless.as_ref().map(|unless| self.formula(unless, &nothing_at_hand));
            let slot = self.slot(question.fact, &[]);
            self.plan.questions.push(PlannedQuestion { question, slot, unless, speaks, tries });
        }
    }

    fn consequences(&mut self, package: PackageId) {
        let book = self.plan.book;
        let nothing_at_hand = AtHand::new();
        for consequence in &book.package(package).consequences {
            let when = self.formula(&consequence.when, &nothing_at_hand);
            let values = self.values(&consequence.message, &nothing_at_hand);
            self.plan.consequences.push(PlannedConsequence { consequence, package, when, values });
        }
    }
}

/// The version nearest to a day that none answers for, with its citation.
fn nearest(timeline: &Timeline, gap: Gap<'_>) -> String {
    let cited = |is: &dyn Fn(&Version) -> bool| {
        let cite = timeline.versions().iter().find(|version| is(version)).map(|version| version.cite.as_str());
        cite.filter(|cite| *cite != UNKNOWN).map_or(String::new(), |cite| format!("（{cite}）"))
    };
    match gap {
        Gap::Before(first) => format!("最早的一版{}自 {first} 起", cited(&|version| version.from == *first)),
        Gap::After(end) => {
            // `until` is the first day on which it no longer is; people name the last on which it was.
            let last = end.pred_opt().unwrap_or(*end);
            format!("最后一版{}施行到 {last}", cited(&|version| version.until == Some(*end)))
        }
        Gap::Unpublished => "当时还没有公布任何一版".to_owned(),
    }
}

/// A dimension has no cell of its own; the reader of a book refuses a formula that reads one.
static NO_CELL: Nothing = Nothing {
    reason: String::new(),
    cite: None,
    source: None,
    confidence: None,
    note: None,
    place: Place { file: FileId::FIRST, span: Span::new(0, 0) },
};

fn member_at_hand(dimension: EntryId, at_hand: &AtHand) -> usize {
    // The innermost: SUM over a dimension hides the one outside. The reader saw to it that there is one.
    at_hand.iter().rfind(|(one, _)| *one == dimension).map_or(0, |(_, member)| *member)
}

/// A condition on constants alone is decided now.
fn fold(node: Node<'_>) -> Node<'_> {
    let constant = |node: &Node<'_>| if let Node::Constant(value) = node { Some(value.clone()) } else { None };
    let answer = match &node {
        Node::Not(x) => constant(x).and_then(|value| value.boolean()).map(|value| !value),
        Node::Compare(comparison, a, b) => match (constant(a), constant(b)) {
            (Some(a), Some(b)) => operations::compare(*comparison, &a, &b).boolean(),
            _ => None,
        },
        Node::And(items) | Node::Or(items) => {
            let answers: Option<Vec<bool>> = items.iter().map(|item| constant(item)?.boolean()).collect();
            let all = matches!(node, Node::And(_));
            answers.map(|answers| if all { answers.iter().all(|one| *one) } else { answers.iter().any(|one| *one) })
        }
        _ => None,
    };
    answer.map_or(node, |answer| Node::Constant(Value::Boolean(answer)))
}
