//! A plan to code: figures become columns, and of each column it is known where there is none and which rows fall.
//!
//! Both branches of a condition are computed and one is chosen. What only the other branch cannot do is no reason for a
//! row to fall.

use super::{
    code::{Code, LeftOut, Source, What},
    encoding::Encoding,
    number::{Fallen, Number},
};
use crate::{
    engine::{
        node::{Node, RoundBy},
        plan::{Origin, Plan, SlotId},
        value::Value,
    },
    formula::{ArithmeticOperator, Comparison},
    quantity::Rounding,
    rulebook::{DateFunction, ScalePart, Type},
};
use chrono::Datelike;
use std::cmp::Ordering;

/// What kind of value a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// None in every row.
    Nothing,
    Number(Number),
    /// A mask.
    Boolean(Source),
    /// Days since the year 1 began.
    Date(Source),
    /// By position.
    Choice(Source),
    /// The same in every row: a rounding is no number.
    Rounding(Rounding),
}

/// A value as columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) kind: Kind,
    /// Where there is none.
    pub(super) none: Source,
    /// Which rows fall if they need it.
    pub(super) fell: Source,
}

impl Column {
    pub(super) fn of(kind: Kind) -> Column {
        let none = Source::mask(kind == Kind::Nothing);
        Column { kind, none, fell: Source::NO }
    }

    fn number(self) -> Result<Number, Fallen> {
        if let Kind::Number(number) = self.kind { Ok(number) } else { Err(Fallen) }
    }

    pub(super) fn boolean(self) -> Result<Source, Fallen> {
        match self.kind {
            Kind::Boolean(mask) => Ok(mask),
            Kind::Nothing => Ok(Source::NO),
            _ => Err(Fallen),
        }
    }
}

/// A column, or that the exact path must do it in every row.
pub(super) type Lowered = Result<Column, Fallen>;

/// What becomes of a goal.
pub(super) enum Outcome {
    /// Whole numbers in columns.
    Cells { encoding: Encoding, cells: Source, column: Column },
    /// There is none in any row.
    Nothing,
    /// Every row is computed by the exact path.
    Exact,
}

/// A plan being lowered.
pub(super) struct Lowering<'p, 'b> {
    plan: &'p Plan<'b>,
    /// The facts that come as columns.
    given: &'p [(SlotId, Encoding)],
    pub(super) code: Code,
    slots: Vec<Option<Lowered>>,
}

impl<'p, 'b> Lowering<'p, 'b> {
    pub(super) fn new(plan: &'p Plan<'b>, given: &'p [(SlotId, Encoding)]) -> Self {
        Self { plan, given, code: Code::default(), slots: vec![None; plan.slots().len()] }
    }

    pub(super) fn slot(&mut self, slot: SlotId) -> Lowered {
        if let Some(known) = self.slots[slot.0] {
            return known;
        }
        let lowered = match &self.plan.slot(slot).origin {
            Origin::Constant(constant) => constant_column(constant.value()),
            Origin::Missing(_) => Err(Fallen),
            Origin::Input { default, bound } => {
                match (self.given.iter().position(|(given, _)| *given == slot), bound, default) {
                    (Some(column), ..) => self.input(slot, column, default.as_ref().filter(|_| bound.is_none())),
                    (None, Some(figure), _) => self.slot(*figure),
                    (None, None, Some(default)) => constant_column(default),
                    (None, None, None) => Err(Fallen),
                }
            }
            Origin::Figure(figure) => {
                let value = self.node(&figure.node);
                figure.round.as_ref().map_or(value, |round| self.rounded(value?, round))
            }
        };
        self.slots[slot.0] = Some(lowered);
        lowered
    }

    fn input(&mut self, slot: SlotId, column: usize, default: Option<&Value>) -> Lowered {
        let (_, encoding) = self.given[column];
        let (low, high) = encoding.bounds(self.plan.book(), self.plan.slot(slot).entry);
        let left_out = match default {
            Some(Value::None) => LeftOut::None,
            Some(value) => encoding.encode(value).map_or(LeftOut::Open, LeftOut::Default),
            None => LeftOut::Open,
        };
        let unused = [Source::ZERO; 3];
        let cells = self.code.emit(What::Given { column, low, high, left_out }, unused);
        let kind = match encoding {
            Encoding::Number { decimals } => {
                let unit = 10i64.checked_pow(decimals).ok_or(Fallen)?;
                Kind::Number(Number { parts: cells, unit, over: Source::ONE })
            }
            Encoding::Boolean => Kind::Boolean(self.code.subtract(Source::ZERO, cells)),
            Encoding::Date => Kind::Date(cells),
            Encoding::Choice => Kind::Choice(cells),
        };
        // Only where the book says that there may be none are rows without one computed in columns.
        let none = match left_out {
            LeftOut::None => self.code.emit(What::Absent { column, left_out }, unused),
            _ => Source::NO,
        };
        Ok(Column { none, ..Column::of(kind) })
    }

    pub(super) fn node(&mut self, node: &Node<'b>) -> Lowered {
        match node {
            Node::Constant(value) => constant_column(value),
            Node::Slot(slot) => self.slot(*slot),
            Node::Negate(x) => self.map(x, |code, x| Ok(code.negated(x))),
            Node::Abs(x) => self.map(x, |code, x| Ok(code.size(x))),
            Node::Int(x) => self.map(x, |code, x| Ok(code.whole(x))),
            Node::Not(x) => {
                let x = self.node(x)?;
                Ok(match x.kind {
                    Kind::Boolean(mask) => Column { kind: Kind::Boolean(self.code.not(mask)), ..x },
                    _ => x,
                })
            }
            Node::Arithmetic(operator, a, b) => self.arithmetic(*operator, a, b),
            Node::Compare(comparison, a, b) => self.compared(*comparison, a, b),
            Node::And(items) => self.all(items, true),
            Node::Or(items) => self.all(items, false),
            Node::If(test, then, or) => {
                let test = self.node(test)?;
                let holds = test.boolean()?;
                let chosen = self.branch(holds, |this| this.node(then), |this| this.node(or))?;
                let (none, fell) = (self.code.or(test.none, chosen.none), self.code.or(test.fell, chosen.fell));
                Ok(Column { none, fell, ..chosen })
            }
            Node::Cases(cases) => self.cases(cases),
            Node::Tests(tests) => self.tests(tests),
            Node::Max(items) => self.extreme(items, Ordering::Greater),
            Node::Min(items) => self.extreme(items, Ordering::Less),
            Node::Clamp(x, low, high) => {
                let (x, low, high) = (self.node(x)?, self.node(low)?, self.node(high)?);
                let raised = self.further(x, low, Ordering::Greater)?;
                let clamped = self.further(raised, high, Ordering::Less)?;
                Ok(if x.none == Source::YES { x } else { Column { none: x.none, ..clamped } })
            }
            Node::Round(x, round) => {
                let x = self.node(x)?;
                self.rounded(x, round)
            }
            Node::Scale(part, bands, _, x) => {
                let bands = bands.ok_or(Fallen)?;
                let part: ScalePart = *part;
                self.map(x, |code, x| code.looked_up(part, bands, x))
            }
            Node::Sum(items) => Ok(Column { none: Source::NO, ..self.sum(items)? }),
            Node::Add(items) => {
                let sum = self.sum(items)?;
                Ok(if sum.none == Source::YES { Column { fell: sum.fell, ..Column::of(Kind::Nothing) } } else { sum })
            }
            Node::Select(key, arms) => self.selected(key, arms),
            Node::Date(function, items) => self.date(*function, items),
            Node::IfNone(x, otherwise) => {
                let x = self.node(x)?;
                if x.none == Source::NO {
                    return Ok(x);
                }
                let there_is = Column { none: Source::NO, ..x };
                let chosen = self.branch(x.none, |this| this.node(otherwise), |_| Ok(there_is))?;
                Ok(Column { fell: self.code.or(x.fell, chosen.fell), ..chosen })
            }
        }
    }

    /// A number made of one number; what there is none of stays so.
    fn map(&mut self, x: &Node<'b>, change: impl FnOnce(&mut Code, Number) -> Result<Number, Fallen>) -> Lowered {
        let x = self.node(x)?;
        if x.kind == Kind::Nothing {
            return Ok(x);
        }
        let number = change(&mut self.code, x.number()?)?;
        Ok(Column { kind: Kind::Number(number), ..x })
    }

    /// Where there is none of either, and where either fell.
    pub(super) fn either(&mut self, a: Column, b: Column) -> Column {
        let (none, fell) = (self.code.or(a.none, b.none), self.code.or(a.fell, b.fell));
        Column { kind: Kind::Nothing, none, fell }
    }

    fn arithmetic(&mut self, operator: ArithmeticOperator, a: &Node<'b>, b: &Node<'b>) -> Lowered {
        let (a, b) = (self.node(a)?, self.node(b)?);
        let mut result = self.either(a, b);
        if a.kind == Kind::Nothing || b.kind == Kind::Nothing {
            return Ok(result);
        }
        let (a, b) = (a.number()?, b.number()?);
        let number = match operator {
            ArithmeticOperator::Add => self.code.sum(a, b)?,
            ArithmeticOperator::Subtract => self.code.difference(a, b)?,
            ArithmeticOperator::Multiply => self.code.product(a, b)?,
            ArithmeticOperator::Divide => {
                let (ratio, undefined) = self.code.ratio(a, b)?;
                result.fell = self.code.or(result.fell, undefined);
                ratio
            }
        };
        Ok(Column { kind: Kind::Number(number), ..result })
    }

    fn compared(&mut self, comparison: Comparison, a: &Node<'b>, b: &Node<'b>) -> Lowered {
        let (a, b) = (self.node(a)?, self.node(b)?);
        let both = self.either(a, b);
        let holds = match (a.kind, b.kind) {
            (Kind::Nothing, _) | (_, Kind::Nothing) => Source::NO,
            (Kind::Number(a), Kind::Number(b)) => self.code.compared(comparison, a, b)?,
            (Kind::Date(a), Kind::Date(b)) | (Kind::Choice(a), Kind::Choice(b)) => {
                self.code.compared_parts(comparison, a, b)
            }
            // No is below yes, but its mask is above the other.
            (Kind::Boolean(a), Kind::Boolean(b)) => self.code.compared_parts(comparison, b, a),
            _ => return Err(Fallen),
        };
        let there_are = self.code.not(both.none);
        let holds = self.code.and(holds, there_are);
        Ok(Column { kind: Kind::Boolean(holds), none: Source::NO, ..both })
    }

    fn extreme(&mut self, items: &[Node<'b>], wanted: Ordering) -> Lowered {
        let mut best = Column::of(Kind::Nothing);
        for item in items {
            let item = self.node(item)?;
            best = self.further(best, item, wanted)?;
        }
        Ok(best)
    }

    /// The larger (or smaller) of two, or the one that there is.
    fn further(&mut self, a: Column, b: Column, wanted: Ordering) -> Lowered {
        let fell = self.code.or(a.fell, b.fell);
        let none = self.code.and(a.none, b.none);
        let kind = match (a.kind, b.kind) {
            (Kind::Nothing, kind) | (kind, Kind::Nothing) => kind,
            (Kind::Number(x), Kind::Number(y)) => {
                let (x, y, shape) = self.code.aligned(x, y)?;
                Kind::Number(Number { parts: self.further_part((x, a.none), (y, b.none), wanted), ..shape })
            }
            (Kind::Date(x), Kind::Date(y)) => Kind::Date(self.further_part((x, a.none), (y, b.none), wanted)),
            _ => return Err(Fallen),
        };
        Ok(Column { kind, none, fell })
    }

    fn further_part(&mut self, (a, no_a): (Source, Source), (b, no_b): (Source, Source), wanted: Ordering) -> Source {
        let both = if wanted.is_gt() { self.code.maximum(a, b) } else { self.code.minimum(a, b) };
        let or_a = self.code.select(no_b, a, both);
        self.code.select(no_a, b, or_a)
    }

    fn rounded(&mut self, value: Column, round: &RoundBy<'b>) -> Lowered {
        if value.kind == Kind::Nothing {
            return Ok(value);
        }
        let rounding = match round {
            RoundBy::Fixed(rounding) => *rounding,
            RoundBy::Value(how) => {
                let how = self.node(how)?;
                match how.kind {
                    Kind::Rounding(rounding) if (how.none, how.fell) == (Source::NO, Source::NO) => rounding,
                    Kind::Nothing => return Ok(Column { fell: self.code.or(value.fell, how.fell), ..how }),
                    _ => return Err(Fallen),
                }
            }
        };
        let number = self.code.rounded(value.number()?, rounding)?;
        Ok(Column { kind: Kind::Number(number), ..value })
    }

    /// The sum of what there is, none where there is nothing at all.
    fn sum(&mut self, items: &[Node<'b>]) -> Lowered {
        let (mut total, mut none, mut fell) = (Number::ZERO, Source::YES, Source::NO);
        for item in items {
            let item = self.node(item)?;
            fell = self.code.or(fell, item.fell);
            none = self.code.and(none, item.none);
            if item.kind == Kind::Nothing {
                continue;
            }
            let number = item.number()?;
            let parts = self.code.select(item.none, Source::ZERO, number.parts);
            total = self.code.sum(total, Number { parts, ..number })?;
        }
        Ok(Column { kind: Kind::Number(total), none, fell })
    }

    fn date(&mut self, function: DateFunction, items: &[Node<'b>]) -> Lowered {
        let mut result = Column::of(Kind::Date(Source::ZERO));
        let mut sources = [Source::ZERO; 3];
        for (source, item) in sources.iter_mut().zip(items) {
            let item = self.node(item)?;
            result = self.either(result, item);
            *source = match item.kind {
                Kind::Date(days) => days,
                Kind::Number(number) => self.code.whole(number).parts,
                Kind::Nothing => Source::ZERO,
                _ => return Err(Fallen),
            };
        }
        if result.none == Source::YES {
            return Ok(result);
        }
        let cells = self.code.emit(What::Date(function), sources);
        let kind = match function {
            DateFunction::EDate | DateFunction::EndOfMonth => Kind::Date(cells),
            _ => Kind::Number(Number { parts: cells, ..Number::ZERO }),
        };
        Ok(Column { kind, ..result })
    }

    /// A goal as it is handed out.
    pub(super) fn goal(&mut self, slot: SlotId) -> Outcome {
        let Ok(column) = self.slot(slot) else { return Outcome::Exact };
        let cells = match column.kind {
            Kind::Number(number) => self.decimal(slot, number),
            Kind::Boolean(mask) => Some((Encoding::Boolean, self.code.subtract(Source::ZERO, mask))),
            Kind::Date(days) => Some((Encoding::Date, days)),
            Kind::Choice(at) => Some((Encoding::Choice, at)),
            Kind::Nothing if column.fell == Source::NO => return Outcome::Nothing,
            Kind::Nothing | Kind::Rounding(_) => None,
        };
        cells.map_or(Outcome::Exact, |(encoding, cells)| Outcome::Cells { encoding, cells, column })
    }

    /// The number with as many decimals as its unit has, or as it needs; nothing for a quotient that is no decimal.
    fn decimal(&mut self, slot: SlotId, number: Number) -> Option<(Encoding, Source)> {
        let fewest = match self.plan.book().entry(self.plan.slot(slot).entry).of {
            Type::Number(unit) => unit.default_decimals(),
            _ => 0,
        };
        if number.over != Source::ONE {
            return None;
        }
        let decimals = (fewest..=18).find(|decimals| 10i64.pow(*decimals) % number.unit == 0)?;
        let factor = Source::Constant(10i64.pow(decimals) / number.unit);
        Some((Encoding::Number { decimals }, self.code.multiply(number.parts, factor)))
    }
}

fn constant_column(value: &Value) -> Lowered {
    Ok(Column::of(match value {
        Value::None => Kind::Nothing,
        Value::Number(number) => Kind::Number(Number::constant(*number)?),
        Value::Boolean(answer) => Kind::Boolean(Source::mask(*answer)),
        Value::Date(day) => Kind::Date(Source::Constant(day.num_days_from_ce().into())),
        Value::Rounding(rounding) => Kind::Rounding(*rounding),
        Value::Choice(at) => Kind::Choice(Source::Constant(i64::try_from(*at).map_err(|_| Fallen)?)),
        Value::Unknown(_) => return Err(Fallen),
    }))
}
