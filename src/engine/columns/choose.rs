//! What a row decides: conditions, cases and look-ups by a choice.

use super::{
    code::{Source, What},
    lower::{Column, Kind, Lowered, Lowering},
    number::{Fallen, Number},
};
use crate::engine::node::Node;

impl<'b> Lowering<'_, 'b> {
    /// Whether all of them hold, or else whether one does. What there is none of decides nothing, and what comes after
    /// the one that decides is not needed.
    pub(super) fn all(&mut self, items: &[Node<'b>], all: bool) -> Lowered {
        // One of them holds unless all of them do not: both are asked as "is it still open".
        let (mut open, mut fell) = (Source::YES, Source::NO);
        for item in items {
            if open == Source::NO {
                break;
            }
            match self.node(item).and_then(|item| Ok((item.boolean()?, item))) {
                Ok((holds, item)) => {
                    let undecided = if all { holds } else { self.code.not(holds) };
                    let undecided = self.code.or(undecided, item.none);
                    let falls = self.code.and(open, item.fell);
                    fell = self.code.or(fell, falls);
                    open = self.code.and(open, undecided);
                }
                Err(Fallen) => fell = self.code.or(fell, open),
            }
        }
        let holds = if all { open } else { self.code.not(open) };
        Ok(Column { kind: Kind::Boolean(holds), none: Source::NO, fell })
    }

    /// One of two, by a mask; of a mask that is the same in every row the other is not even lowered.
    pub(super) fn branch(
        &mut self,
        mask: Source,
        then: impl FnOnce(&mut Self) -> Lowered,
        or: impl FnOnce(&mut Self) -> Lowered,
    ) -> Lowered {
        if mask == Source::YES {
            return then(self);
        }
        if mask == Source::NO {
            return or(self);
        }
        match (then(self), or(self)) {
            (Err(Fallen), Err(Fallen)) => Err(Fallen),
            (Ok(then), Err(Fallen)) => {
                let not = self.code.not(mask);
                Ok(Column { fell: self.code.or(then.fell, not), ..then })
            }
            (Err(Fallen), Ok(or)) => Ok(Column { fell: self.code.or(or.fell, mask), ..or }),
            (Ok(then), Ok(or)) => {
                let kind = match (then.kind, or.kind) {
                    (Kind::Nothing, kind) | (kind, Kind::Nothing) => kind,
                    (Kind::Number(a), Kind::Number(b)) => Kind::Number(self.code.chosen(mask, a, b)?),
                    (Kind::Boolean(a), Kind::Boolean(b)) => Kind::Boolean(self.code.select(mask, a, b)),
                    (Kind::Date(a), Kind::Date(b)) => Kind::Date(self.code.select(mask, a, b)),
                    (Kind::Choice(a), Kind::Choice(b)) => Kind::Choice(self.code.select(mask, a, b)),
                    (Kind::Rounding(a), Kind::Rounding(b)) if a == b => then.kind,
                    _ => return Err(Fallen),
                };
                let none = self.code.select(mask, then.none, or.none);
                let fell = self.code.select(mask, then.fell, or.fell);
                Ok(Column { kind, none, fell })
            }
        }
    }

    /// Of the cases the one that holds; rows of which several hold, or none, fall.
    pub(super) fn cases(&mut self, cases: &[(Option<Node<'b>>, Node<'b>)]) -> Lowered {
        let (mut some, mut fell) = (Source::NO, Source::NO);
        let mut arms = Vec::new();
        for (when, formula) in cases {
            let Some(when) = when else { continue };
            let when = self.node(when)?;
            let there_is = self.code.not(when.none);
            let holds = self.code.and(when.boolean()?, there_is);
            let again = self.code.and(some, holds);
            fell = self.code.or(fell, again);
            fell = self.code.or(fell, when.fell);
            some = self.code.or(some, holds);
            arms.push((holds, formula));
        }
        let otherwise = cases.iter().find(|(when, _)| when.is_none()).map(|(_, formula)| formula);
        let mut chosen = match otherwise {
            Some(formula) if some != Source::YES => self.node(formula),
            _ => Err(Fallen),
        };
        for (holds, formula) in arms.into_iter().rev() {
            chosen = self.branch(holds, |this| this.node(formula), |_| chosen);
        }
        let chosen = chosen?;
        Ok(Column { fell: self.code.or(fell, chosen.fell), ..chosen })
    }

    /// The first test that holds; the last has no condition.
    pub(super) fn tests(&mut self, tests: &[(Option<Node<'b>>, Node<'b>)]) -> Lowered {
        let Some(((when, gives), rest)) = tests.split_first() else { return Err(Fallen) };
        let Some(when) = when else { return self.node(gives) };
        let when = self.node(when)?;
        let there_is = self.code.not(when.none);
        let holds = self.code.and(when.boolean()?, there_is);
        let chosen = self.branch(holds, |this| this.node(gives), |this| this.tests(rest))?;
        Ok(Column { fell: self.code.or(when.fell, chosen.fell), ..chosen })
    }

    pub(super) fn selected(&mut self, key: &Node<'b>, arms: &[Node<'b>]) -> Lowered {
        let key = self.node(key)?;
        let at = match key.kind {
            Kind::Choice(at) => at,
            Kind::Nothing => return Ok(key),
            _ => return Err(Fallen),
        };
        if let Source::Constant(at) = at {
            let arm = usize::try_from(at).ok().and_then(|at| arms.get(at)).ok_or(Fallen)?;
            let arm = self.node(arm)?;
            return Ok(Column { kind: arm.kind, ..self.either(key, arm) });
        }
        let arms: Vec<Lowered> = arms.iter().map(|arm| self.node(arm)).collect();
        let chosen = match self.table(at, &arms)? {
            Some(table) => table,
            None => {
                let mut chosen = Err(Fallen);
                for (position, arm) in arms.into_iter().enumerate().rev() {
                    let position = i64::try_from(position).map_err(|_| Fallen)?;
                    let here = self.code.equal(at, Source::Constant(position));
                    chosen = self.branch(here, |_| arm, |_| chosen);
                }
                chosen?
            }
        };
        Ok(Column { kind: chosen.kind, ..self.either(key, chosen) })
    }

    /// Arms that are numbers of the book, as most are: looked up by position.
    fn table(&mut self, at: Source, arms: &[Lowered]) -> Result<Option<Column>, Fallen> {
        let constant = |arm: &Lowered| match arm {
            Err(Fallen) => Some(None),
            Ok(Column { kind: Kind::Number(number), none: Source::NO, fell: Source::NO }) => match number {
                Number { parts: Source::Constant(parts), unit, over: Source::ONE } => Some(Some((*parts, *unit))),
                _ => None,
            },
            Ok(_) => None,
        };
        let Some(entries) = arms.iter().map(constant).collect::<Option<Vec<_>>>() else { return Ok(None) };
        let mut widest = Number::ZERO;
        for (parts, unit) in entries.iter().flatten() {
            let number = Number { parts: Source::Constant(*parts), unit: *unit, over: Source::ONE };
            (_, _, widest) = self.code.aligned(widest, number)?;
        }
        let unit = widest.unit;
        let values: Option<Vec<i64>> =
            entries.iter().map(|entry| entry.map_or(Some(0), |(parts, own)| parts.checked_mul(unit / own))).collect();
        let missing = entries.iter().map(|entry| if entry.is_none() { -1 } else { 0 }).collect();
        let sources = [at, Source::ZERO, Source::ZERO];
        let parts = self.code.emit(What::Table(values.ok_or(Fallen)?), sources);
        let fell = self.code.emit(What::Table(missing), sources);
        Ok(Some(Column { fell, ..Column::of(Kind::Number(Number { parts, ..widest })) }))
    }
}
