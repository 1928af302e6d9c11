//! A formula with numbers as people read it: branches that were not taken are left out, functions have names of their own.

use super::{AtHand, Tracer, splice};
use crate::{
    engine::{operations, plan::SlotId, value::Value},
    formula::Span,
    rulebook::{EntryId, ScalePart, Term, TermKind},
};

impl Tracer<'_, '_, '_> {
    /// What stands for a part of a formula that a reader would not understand as it is written.
    pub(super) fn in_words(
        &self,
        text: &str,
        term: &Term,
        at_hand: &AtHand,
        reads: &mut Vec<SlotId>,
    ) -> Option<String> {
        let whole = term.span == Span::new(0, text.len());
        match &term.kind {
            TermKind::IfNone(x, otherwise) => {
                let taken = if self.is_none(x, at_hand) { otherwise } else { x };
                Some(self.branch(text, taken, whole, at_hand, reads))
            }
            TermKind::If(test, then, or) => {
                let taken = match self.holds(test, at_hand) {
                    Some(true) => then,
                    Some(false) => or,
                    None => {
                        let [test, then, or] = [test, then, or].map(|one| self.part(text, one, at_hand, reads));
                        return Some(format!("({test} 时为 {then}，否则为 {or})"));
                    }
                };
                Some(self.branch(text, taken, whole, at_hand, reads))
            }
            TermKind::Max(terms) => Some(self.one_of("较大者", text, terms, at_hand, reads)),
            TermKind::Min(terms) => Some(self.one_of("较小者", text, terms, at_hand, reads)),
            TermKind::Scale(part, scale, x) => {
                reads.extend(self.evaluation.plan().find(*scale, &[]));
                let scale = &self.evaluation.plan().book().entry(*scale).name;
                let what = match part {
                    ScalePart::Band => "计算",
                    ScalePart::Rate => "的税率",
                    ScalePart::Quick => "的速算扣除数",
                };
                Some(format!("{}按{scale}{what}", self.part(text, x, at_hand, reads)))
            }
            TermKind::Sum { dimension, filter, term } => {
                let sum = self.addends(text, (*dimension, filter.as_deref(), term), at_hand, reads);
                Some(if sum.contains(" + ") && !whole { format!("({sum})") } else { sum })
            }
            _ => None,
        }
    }

    /// A part of a formula with numbers in place of the names.
    fn part(&self, text: &str, term: &Term, at_hand: &AtHand, reads: &mut Vec<SlotId>) -> String {
        let mut replaced = Vec::new();
        self.replace(text, term, at_hand, &mut replaced, reads);
        splice(text, term.span, replaced)
    }

    /// The branch that was taken. What took the place of a part of something larger stays together.
    fn branch(&self, text: &str, taken: &Term, whole: bool, at_hand: &AtHand, reads: &mut Vec<SlotId>) -> String {
        match &taken.kind {
            TermKind::Sum { dimension, filter, term } if whole => {
                self.addends(text, (*dimension, filter.as_deref(), term), at_hand, reads)
            }
            TermKind::Arithmetic(..) | TermKind::Negate(_) if !whole => {
                format!("({})", self.part(text, taken, at_hand, reads))
            }
            _ => self.part(text, taken, at_hand, reads),
        }
    }

    /// The one among several that counts; those of which there is none do not.
    fn one_of(&self, which: &str, text: &str, terms: &[Term], at_hand: &AtHand, reads: &mut Vec<SlotId>) -> String {
        let there = terms.iter().filter(|term| !self.is_none(term, at_hand));
        let parts: Vec<String> = there.map(|term| self.part(text, term, at_hand, reads)).collect();
        match parts.as_slice() {
            [one] => one.clone(),
            several => format!("[{}] 的{which}", several.join("，")),
        }
    }

    /// What is added up over a dimension.
    fn addends(
        &self,
        text: &str,
        (dimension, filter, term): (EntryId, Option<&Term>, &Term),
        at_hand: &AtHand,
        reads: &mut Vec<SlotId>,
    ) -> String {
        let mut parts = Vec::new();
        for at in 0..self.evaluation.plan().book().lexicon().members(dimension).len() {
            let mut at_hand = at_hand.clone();
            at_hand.push((dimension, at));
            let counts = filter.is_none_or(|filter| self.holds(filter, &at_hand) != Some(false));
            if counts && !self.is_none(term, &at_hand) {
                parts.push(self.part(text, term, &at_hand, reads));
            }
        }
        if parts.is_empty() { "0".to_owned() } else { parts.join(" + ") }
    }

    /// Whether there is none of it, as far as what was computed tells.
    fn is_none(&self, term: &Term, at_hand: &AtHand) -> bool {
        match &term.kind {
            TermKind::Cell(entry, indices) => {
                let slot = self.slot_of(*entry, indices, at_hand);
                slot.and_then(|slot| self.evaluation.computed(slot)).is_some_and(|value| *value == Value::None)
            }
            TermKind::Negate(x) => self.is_none(x, at_hand),
            TermKind::Arithmetic(_, a, b) => self.is_none(a, at_hand) || self.is_none(b, at_hand),
            TermKind::IfNone(a, b) => self.is_none(a, at_hand) && self.is_none(b, at_hand),
            _ => false,
        }
    }

    /// The value of a part of a formula, as far as what was computed tells.
    pub(super) fn value_of(&self, term: &Term, at_hand: &AtHand) -> Option<Value> {
        match &term.kind {
            TermKind::Number(value) => Some(Value::Number(*value)),
            TermKind::Boolean(value) => Some(Value::Boolean(*value)),
            TermKind::Member(at) => Some(Value::Choice(*at)),
            TermKind::AtHand(dimension) => {
                at_hand.iter().rfind(|(one, _)| one == dimension).map(|(_, at)| Value::Choice(*at))
            }
            TermKind::Cell(entry, indices) => {
                self.evaluation.computed(self.slot_of(*entry, indices, at_hand)?).cloned()
            }
            TermKind::Arithmetic(operator, a, b) => {
                operations::arithmetic(*operator, &self.value_of(a, at_hand)?, &self.value_of(b, at_hand)?).ok()
            }
            _ => None,
        }
    }
}
