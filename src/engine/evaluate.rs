//! One row: every demanded cell once, exactly.

use super::{
    node::{Node, RoundBy},
    operations,
    plan::{Coverage, Origin, Plan, SlotId},
    show::show_number,
    value::{Unknown, Value},
};
use crate::{
    quantity::{ArithmeticError, Exact},
    rulebook::{Book, EntryId, Type},
};
use std::{cmp::Ordering, collections::BTreeSet};

/// Why a cell could not be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}：{kind}")]
pub struct Fault {
    /// The cell.
    pub slot: SlotId,
    /// Its name.
    pub name: String,
    /// What happened.
    pub kind: FaultKind,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultKind {
    /// A number left what can be kept exactly, or was divided by nought.
    #[error("{0}")]
    Arithmetic(#[from] ArithmeticError),
    /// The book does not cover it.
    #[error("{0}")]
    Coverage(Coverage),
    /// Of the cases none holds, or several. `rules check` proves that this cannot be.
    #[error("有 {0} 种情形同时成立")]
    Cases(usize),
}

/// The cells of one row, each computed when it is first demanded.
pub struct Evaluation<'p, 'b> {
    plan: &'p Plan<'b>,
    inputs: Vec<Option<Value>>,
    cells: Vec<Option<Result<Value, Fault>>>,
    /// For each figure with cases the one that held.
    held: Vec<Option<usize>>,
    /// For each figure that looks into a scale the band it found.
    found: Vec<Option<usize>>,
}

impl<'p, 'b> Evaluation<'p, 'b> {
    /// A row with these facts given.
    #[must_use]
    pub fn new(plan: &'p Plan<'b>, given: impl IntoIterator<Item = (SlotId, Value)>) -> Self {
        let size = plan.slots().len();
        let mut inputs = vec![None; size];
        for (slot, value) in given {
            inputs[slot.0] = Some(value);
        }
        Self { plan, inputs, cells: vec![None; size], held: vec![None; size], found: vec![None; size] }
    }

    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &'p Plan<'b> {
        self.plan
    }

    /// The value of a cell.
    ///
    /// # Errors
    /// Why it could not be computed.
    pub fn value(&mut self, slot: SlotId) -> Result<Value, Fault> {
        if let Some(known) = &self.cells[slot.0] {
            return known.clone();
        }
        let computed = self.compute(slot);
        self.cells[slot.0] = Some(computed.clone());
        computed
    }

    /// The value of an entry's cell; none where the plan does not have it.
    ///
    /// # Errors
    /// Why it could not be computed.
    pub fn cell(&mut self, entry: EntryId, cell: &[usize]) -> Result<Value, Fault> {
        self.plan.find(entry, cell).map_or(Ok(Value::None), |slot| self.value(slot))
    }

    /// The value of a cell if it was demanded and could be computed.
    #[must_use]
    pub fn computed(&self, slot: SlotId) -> Option<&Value> {
        self.cells[slot.0].as_ref()?.as_ref().ok()
    }

    /// Whether a fact was given by hand.
    #[must_use]
    pub fn is_given(&self, slot: SlotId) -> bool {
        self.inputs[slot.0].is_some()
    }

    /// Which case of a figure held, by position.
    #[must_use]
    pub fn case_held(&self, slot: SlotId) -> Option<usize> {
        self.held[slot.0]
    }

    /// Which band a figure found in the scale that it looks into, by position.
    #[must_use]
    pub fn band_found(&self, slot: SlotId) -> Option<usize> {
        self.found[slot.0]
    }

    /// The slots demanded so far, in the order of the plan.
    pub fn demanded(&self) -> impl Iterator<Item = SlotId> + '_ {
        self.cells.iter().enumerate().filter(|(_, cell)| cell.is_some()).map(|(at, _)| SlotId(at))
    }

    /// The slots that a computed cell rests on, near and far, itself included, in the order of the plan.
    #[must_use]
    pub fn rests_on(&self, slot: SlotId) -> Vec<SlotId> {
        let mut reached = BTreeSet::from([slot]);
        let mut open = vec![slot];
        while let Some(one) = open.pop() {
            for read in self.plan.reads(one) {
                if self.cells[read.0].is_some() && reached.insert(read) {
                    open.push(read);
                }
            }
        }
        reached.into_iter().collect()
    }

    fn compute(&mut self, slot: SlotId) -> Result<Value, Fault> {
        let plan = self.plan;
        let fault = |kind: FaultKind| Fault { slot, name: plan.name(slot), kind };
        match &plan.slot(slot).origin {
            Origin::Constant(constant) => Ok(constant.value().clone()),
            Origin::Missing(coverage) => Err(fault(FaultKind::Coverage(plan.uncovered(slot, coverage)))),
            Origin::Input { default, bound } => match (self.inputs[slot.0].take(), bound, default) {
                // A value given by hand wins over the figure that another package computes for it.
                (Some(given), ..) => {
                    self.inputs[slot.0] = Some(given.clone());
                    Ok(given)
                }
                (None, Some(figure), _) => self.value(*figure),
                (None, None, Some(default)) => Ok(default.clone()),
                (None, None, None) => Ok(Value::Unknown(Unknown::fact(slot))),
            },
            Origin::Figure(figure) => {
                for &decided in &figure.decided_by {
                    self.value(decided)?;
                }
                let value = self.node(slot, &figure.node)?;
                match &figure.round {
                    Some(round) => self.round(slot, value, round),
                    None => Ok(value),
                }
            }
        }
    }

    fn round(&mut self, slot: SlotId, value: Value, round: &RoundBy<'b>) -> Result<Value, Fault> {
        let Value::Number(number) = value else { return Ok(value) };
        let rounding = match round {
            RoundBy::Fixed(rounding) => *rounding,
            RoundBy::Value(node) => match self.node(slot, node)? {
                Value::Rounding(rounding) => rounding,
                other => return Ok(other),
            },
        };
        self.arithmetic(slot, number.round(rounding).map(|value| Value::Number(value.into())))
    }

    fn arithmetic<T>(&self, slot: SlotId, result: Result<T, ArithmeticError>) -> Result<T, Fault> {
        result.map_err(|error| Fault { slot, name: self.plan.name(slot), kind: error.into() })
    }

    fn nodes(&mut self, slot: SlotId, nodes: &[Node<'b>]) -> Result<Vec<Value>, Fault> {
        nodes.iter().map(|node| self.node(slot, node)).collect()
    }

    /// The value of a condition alone: of a finding, say. Faults are named after `slot`.
    ///
    /// # Errors
    /// Why it could not be computed.
    pub fn node(&mut self, slot: SlotId, node: &Node<'b>) -> Result<Value, Fault> {
        match node {
            Node::Constant(value) => Ok(value.clone()),
            Node::Slot(other) => self.value(*other),
            Node::Negate(x) => Ok(map_number(self.node(slot, x)?, Exact::neg)),
            Node::Abs(x) => Ok(map_number(self.node(slot, x)?, Exact::abs)),
            Node::Int(x) => Ok(map_number(self.node(slot, x)?, Exact::floor)),
            Node::Not(x) => Ok(match self.node(slot, x)? {
                Value::Boolean(value) => Value::Boolean(!value),
                other => other,
            }),
            Node::Arithmetic(operator, a, b) => {
                let (a, b) = (self.node(slot, a)?, self.node(slot, b)?);
                self.arithmetic(slot, operations::arithmetic(*operator, &a, &b))
            }
            Node::Compare(comparison, a, b) => {
                let (a, b) = (self.node(slot, a)?, self.node(slot, b)?);
                Ok(operations::compare(*comparison, &a, &b))
            }
            Node::And(items) => self.connected(slot, items, false),
            Node::Or(items) => self.connected(slot, items, true),
            Node::If(test, then, or) => match self.node(slot, test)? {
                Value::Boolean(true) => self.node(slot, then),
                Value::Boolean(false) => self.node(slot, or),
                Value::Unknown(unknown) => Ok(self.undecided(slot, unknown, &[then.as_ref(), or.as_ref()])),
                _ => Ok(Value::None),
            },
            Node::Cases(cases) => self.cases(slot, cases),
            Node::Tests(tests) => self.tests(slot, tests),
            Node::Max(items) => Ok(operations::extreme(&self.nodes(slot, items)?, Ordering::Greater)),
            Node::Min(items) => Ok(operations::extreme(&self.nodes(slot, items)?, Ordering::Less)),
            Node::Clamp(x, low, high) => {
                let x = self.node(slot, x)?;
                if x == Value::None {
                    return Ok(x);
                }
                let raised = operations::extreme(&[x, self.node(slot, low)?], Ordering::Greater);
                Ok(operations::extreme(&[raised, self.node(slot, high)?], Ordering::Less))
            }
            Node::Round(x, round) => {
                let value = self.node(slot, x)?;
                self.round(slot, value, round)
            }
            Node::Scale(part, bands, scale, x) => {
                let x = self.node(slot, x)?;
                match bands {
                    Some(bands) => {
                        self.value(*scale)?;
                        let Value::Number(x) = x else { return Ok(x) };
                        let found = bands.iter().position(|band| band.to.is_none_or(|to| x <= to));
                        self.found[slot.0] = found;
                        match found.and_then(|at| bands.get(at)) {
                            Some(band) => self.arithmetic(slot, operations::band(*part, band, x)),
                            None => Ok(Value::None),
                        }
                    }
                    None => self.value(*scale),
                }
            }
            Node::Sum(items) => {
                let values = self.nodes(slot, items)?;
                self.arithmetic(slot, operations::sum(&values))
            }
            Node::Add(items) => {
                let values = self.nodes(slot, items)?;
                if values.iter().all(|value| *value == Value::None) {
                    return Ok(Value::None);
                }
                self.arithmetic(slot, operations::sum(&values))
            }
            Node::Select(key, arms) => match self.node(slot, key)? {
                Value::Choice(at) => arms.get(at).map_or(Ok(Value::None), |arm| self.node(slot, arm)),
                other => Ok(other),
            },
            Node::Date(function, items) => Ok(operations::date(*function, &self.nodes(slot, items)?)),
            Node::IfNone(x, otherwise) => match self.node(slot, x)? {
                Value::None => self.node(slot, otherwise),
                value => Ok(value),
            },
        }
    }

    /// The first test that holds decides. One that is not known leaves it and those after it in play, and the result is
    /// known only where all that are in play come to the same.
    fn tests(&mut self, slot: SlotId, tests: &[(Option<Node<'b>>, Node<'b>)]) -> Result<Value, Fault> {
        let mut open: Option<Unknown> = None;
        let mut in_play: Vec<&Node<'b>> = Vec::new();
        for (at, (when, gives)) in tests.iter().enumerate() {
            let holds = when.as_ref().map_or(Ok(Value::Boolean(true)), |when| self.node(slot, when))?;
            match (holds, open.is_some()) {
                (Value::Boolean(true), false) => {
                    self.held[slot.0] = Some(at);
                    return self.node(slot, gives);
                }
                (Value::Boolean(true), true) => {
                    in_play.push(gives);
                    break;
                }
                (Value::Unknown(unknown), _) => {
                    open = Some(open.map_or(unknown.clone(), |so_far| so_far.and(&unknown)));
                    in_play.push(gives);
                }
                _ => {}
            }
        }
        match open {
            Some(open) => Ok(self.undecided(slot, open, &in_play)),
            None => Ok(Value::None),
        }
    }

    /// AND and OR need only what decides them: one false (or true) settles it, whatever is not known.
    fn connected(&mut self, slot: SlotId, items: &[Node<'b>], decisive: bool) -> Result<Value, Fault> {
        let mut open: Option<Unknown> = None;
        for item in items {
            match self.node(slot, item)? {
                Value::Boolean(value) if value == decisive => return Ok(Value::Boolean(decisive)),
                Value::Unknown(unknown) => open = Some(open.map_or(unknown.clone(), |so_far| so_far.and(&unknown))),
                _ => {}
            }
        }
        Ok(open.map_or(Value::Boolean(!decisive), Value::Unknown))
    }

    /// What a choice comes to that is itself not known: the branches' value if all agree.
    fn undecided(&mut self, slot: SlotId, unknown: Unknown, branches: &[&Node<'b>]) -> Value {
        let values: Vec<Option<Value>> = branches.iter().map(|branch| self.node(slot, branch).ok()).collect();
        match values.first() {
            Some(Some(first)) if first.is_known() && values.iter().all(|one| one.as_ref() == Some(first)) => {
                first.clone()
            }
            _ => {
                let also = operations::unknown(values.iter().flatten());
                Value::Unknown(also.map_or(unknown.clone(), |also| unknown.and(&also)))
            }
        }
    }

    fn cases(&mut self, slot: SlotId, cases: &[(Option<Node<'b>>, Node<'b>)]) -> Result<Value, Fault> {
        let mut holding = Vec::new();
        let mut open: Option<Unknown> = None;
        for (at, (when, _)) in cases.iter().enumerate() {
            let Some(when) = when else { continue };
            match self.node(slot, when)? {
                Value::Boolean(true) => holding.push(at),
                Value::Unknown(unknown) => open = Some(open.map_or(unknown.clone(), |so_far| so_far.and(&unknown))),
                _ => {}
            }
        }
        if let (Some(open), true) = (open, holding.is_empty()) {
            let branches: Vec<&Node<'b>> = cases.iter().map(|(_, formula)| formula).collect();
            return Ok(self.undecided(slot, open, &branches));
        }
        if holding.is_empty() {
            holding.extend(cases.iter().position(|(when, _)| when.is_none()));
        }
        match holding.as_slice() {
            [one] => {
                self.held[slot.0] = Some(*one);
                self.node(slot, &cases[*one].1)
            }
            several => Err(Fault { slot, name: self.plan.name(slot), kind: FaultKind::Cases(several.len()) }),
        }
    }
}

fn map_number(value: Value, change: impl FnOnce(Exact) -> Exact) -> Value {
    match value {
        Value::Number(number) => Value::Number(change(number)),
        other => other,
    }
}

impl Plan<'_> {
    /// Holds what a caller gives for a fact against its range and its decimals.
    ///
    /// # Errors
    /// What was expected, in Chinese.
    pub fn admits(&self, slot: SlotId, value: &Value) -> Result<(), String> {
        admits(self.book(), self.slot(slot).entry, value)
    }
}

/// Holds what a caller gives for a fact against its range and its decimals.
///
/// # Errors
/// What was expected, in Chinese.
pub fn admits(book: &Book, entry: EntryId, value: &Value) -> Result<(), String> {
    let (Some(fact), Value::Number(number)) = (book.fact(entry), value) else { return Ok(()) };
    let of = book.entry(entry).of;
    let decimals = number.to_decimal().map(|value| value.normalize().scale());
    if decimals.is_none_or(|decimals| decimals > fact.decimals) {
        return Err(format!("{number} 的小数超过 {} 位", fact.decimals));
    }
    let unit = if let Type::Number(unit) = of { unit.to_string() } else { String::new() };
    match fact.range {
        (Some(low), _) if *number < low => Err(format!("应不小于 {}{unit}", show_number(low, of))),
        (_, Some(high)) if *number > high => Err(format!("应不大于 {}{unit}", show_number(high, of))),
        _ => Ok(()),
    }
}
