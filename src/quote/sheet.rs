//! A plan of the engine by the names of its cells: what is asked of it, and what is given.

use super::refusal::Refusal;
use crate::{
    engine::{Evaluation, Plan, Question, RaisedFinding, SlotId, Value, trace},
    quantity::{Exact, Money},
    rulebook::{Book, Cell, cell},
};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// A plan whose cells are asked for by full id: `quote.month.contribution[pension,employer]`.
pub(super) struct Sheet<'b> {
    plan: Plan<'b>,
    slots: BTreeMap<String, SlotId>,
}

impl<'b> Sheet<'b> {
    /// A plan for these cells, as the package sees them.
    pub(super) fn new(
        book: &'b Book,
        package_of: &str,
        question: Question,
        ids: impl IntoIterator<Item = String>,
    ) -> Result<Self, Refusal> {
        let find = |id: &str| cell(book.lexicon(), None, id).map_err(|_| Refusal::Book(id.to_owned()));
        let package = book.entry(find(package_of)?.0).package;
        let goals: Vec<(String, Cell)> =
            ids.into_iter().map(|id| find(&id).map(|cell| (id, cell))).collect::<Result<_, _>>()?;
        let cells: Vec<Cell> = goals.iter().map(|(_, cell)| cell.clone()).collect();
        let plan = Plan::new(book, question, package, &cells).map_err(Refusal::Rules)?;
        let slots = goals.into_iter().filter_map(|(id, (entry, cell))| Some((id, plan.find(entry, &cell)?))).collect();
        Ok(Self { plan, slots })
    }

    pub(super) fn plan(&self) -> &Plan<'b> {
        &self.plan
    }

    fn slot(&self, id: &str) -> Result<SlotId, Refusal> {
        self.slots.get(id).copied().ok_or_else(|| Refusal::Book(id.to_owned()))
    }

    /// The same plan with facts.
    pub(super) fn with(&self, given: &Facts) -> Result<Answers<'_, 'b>, Refusal> {
        let mut facts = Vec::new();
        for (id, value) in &given.0 {
            let slot = self.slot(id)?;
            self.plan.admits(slot, value).map_err(|error| Refusal::facts(self.plan.name(slot), error))?;
            facts.push((slot, value.clone()));
        }
        Ok(Answers { sheet: self, evaluation: Evaluation::new(&self.plan, facts) })
    }
}

/// Facts by the full id of their cell.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts(Vec<(String, Value)>);

impl Facts {
    pub(super) fn number(mut self, id: impl Into<String>, value: impl Into<Exact>) -> Self {
        self.0.push((id.into(), Value::Number(value.into())));
        self
    }

    /// A number, if there is one.
    pub(super) fn maybe(self, id: &str, value: Option<impl Into<Exact>>) -> Self {
        match value {
            Some(value) => self.number(id, value),
            None => self,
        }
    }

    pub(super) fn yes(mut self, id: impl Into<String>, value: bool) -> Self {
        self.0.push((id.into(), Value::Boolean(value)));
        self
    }

    /// A member of the dimension that the fact is a choice of.
    pub(super) fn choice(mut self, book: &Book, id: &str, member: &str) -> Result<Self, Refusal> {
        let missing = || Refusal::Book(format!("{id} = {member}"));
        let entry = book.lexicon().find_anywhere(id).map_err(|_| missing())?;
        let set = book.lexicon().choice_set(entry).ok_or_else(missing)?;
        let at = book.lexicon().member(set, member).ok_or_else(missing)?;
        self.0.push((id.to_owned(), Value::Choice(at)));
        Ok(self)
    }

    pub(super) fn date(mut self, id: &str, value: chrono::NaiveDate) -> Self {
        self.0.push((id.to_owned(), Value::Date(value)));
        self
    }
}

/// A plan with facts, being asked.
pub(super) struct Answers<'p, 'b> {
    sheet: &'p Sheet<'b>,
    evaluation: Evaluation<'p, 'b>,
}

impl Answers<'_, '_> {
    fn value(&mut self, id: &str) -> Result<Value, Refusal> {
        let slot = self.sheet.slot(id)?;
        match self.evaluation.value(slot)? {
            Value::Unknown(unknown) => {
                let names: Vec<String> = unknown.facts().map(|slot| self.sheet.plan.name(slot)).collect();
                Err(Refusal::facts(self.sheet.plan.name(slot), format!("还缺：{}", names.join("、"))))
            }
            value => Ok(value),
        }
    }

    /// A number; none where the book says that there is none.
    pub(super) fn maybe(&mut self, id: &str) -> Result<Option<Exact>, Refusal> {
        Ok(self.value(id)?.number())
    }

    /// A number; nought where there is none.
    pub(super) fn number(&mut self, id: &str) -> Result<Exact, Refusal> {
        Ok(self.maybe(id)?.unwrap_or(Exact::ZERO))
    }

    /// Whole fen.
    pub(super) fn money(&mut self, id: &str) -> Result<Money, Refusal> {
        let number = self.number(id)?;
        let money = number.to_decimal().and_then(|yuan| Money::from_decimal(yuan).ok());
        money.ok_or_else(|| Refusal::facts(id, format!("{number} 不是整分的金额")))
    }

    pub(super) fn is(&mut self, id: &str) -> Result<bool, Refusal> {
        Ok(self.value(id)?.boolean().unwrap_or(false))
    }

    pub(super) fn rounding(&mut self, id: &str) -> Result<crate::quantity::Rounding, Refusal> {
        match self.value(id)? {
            Value::Rounding(rounding) => Ok(rounding),
            _ => Err(Refusal::Book(id.to_owned())),
        }
    }

    pub(super) fn choice(&mut self, id: &str) -> Result<usize, Refusal> {
        match self.value(id)? {
            Value::Choice(at) => Ok(at),
            _ => Err(Refusal::Book(id.to_owned())),
        }
    }

    /// The derivation of a cell, for programs.
    pub(super) fn trace(&mut self, id: &str) -> Result<Json, Refusal> {
        self.value(id)?;
        let slot = self.sheet.slot(id)?;
        Ok(serde_json::to_value(trace(&self.evaluation, slot)).unwrap_or(Json::Null))
    }

    /// The slots that a cell rests on, near and far, itself included.
    pub(super) fn rests_on(&mut self, id: &str) -> Result<Vec<SlotId>, Refusal> {
        self.value(id)?;
        let slot = self.sheet.slot(id)?;
        Ok(self.evaluation.rests_on(slot))
    }

    /// The findings of some packages.
    pub(super) fn findings(&mut self, packages: &[&str]) -> Vec<RaisedFinding> {
        let of = |code: &str| code.rsplit_once('.').is_some_and(|(package, _)| packages.contains(&package));
        self.evaluation.findings().into_iter().filter(|finding| of(&finding.code)).collect()
    }
}
