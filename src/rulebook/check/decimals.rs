//! A money figure that can have more than two decimals must name its rounding.

use super::circles::rests_on;
use crate::{
    formula::ArithmeticOperator,
    quantity::Exact,
    rulebook::{
        book::Book,
        dated::{Literal, Timeline, most_decimals},
        diagnostic::Diagnostic,
        model::{Aggregate, Body, EntryId, Round, Type, Way},
        term::{ScalePart, Term, TermKind},
    },
};
use std::collections::BTreeMap;

/// The most decimals a value can have; none: no end of them.
type Decimals = Option<u32>;

/// A fen has two.
const OF_MONEY: u32 = 2;

pub(super) fn check(book: &Book, sink: &mut Vec<Diagnostic>) {
    let mut bounds = Bounds { book, known: BTreeMap::new() };
    for (id, entry) in book.entries() {
        let Some(figure) = book.figure(id) else { continue };
        let money = matches!(entry.of, Type::Number(unit) if unit.is_money());
        if figure.round != Round::Unsaid || !money {
            continue;
        }
        let most = bounds.of_way(&figure.way);
        if most.is_none_or(|most| most > OF_MONEY) {
            let how = most.map_or("无限多位".to_owned(), |most| format!(" {most} 位"));
            let message = format!("「{}」可能有{how}小数，却没有写明如何舍入", entry.name);
            let mut report = Diagnostic::error("rounding", entry.place, message, "应写 round，例如 \"half-up 0.01\"")
                .help("若这一步从不支付，写 round = \"exact\"");
            for read in rests_on(book, id) {
                if bounds.of_entry(read).is_none_or(|most| most > OF_MONEY) {
                    report = report.with(book.entry(read).place, "小数来自这里");
                }
            }
            sink.push(report);
        }
    }
}

struct Bounds<'b> {
    book: &'b Book,
    known: BTreeMap<EntryId, Decimals>,
}

impl Bounds<'_> {
    fn of_entry(&mut self, id: EntryId) -> Decimals {
        if let Some(known) = self.known.get(&id) {
            return *known;
        }
        let own = match self.book.entry(id).of {
            Type::Number(unit) => most_decimals(unit),
            _ => 0,
        };
        // A figure may read what is carried of itself. It then has no more than its unit's decimals, or is reported.
        self.known.insert(id, Some(own));
        let found = match self.book.body(id) {
            Body::Fact(fact) => Some(fact.decimals),
            Body::Carried(carried) => match carried.aggregate {
                Aggregate::Average => None,
                Aggregate::Count => Some(0),
                Aggregate::Sum | Aggregate::First | Aggregate::Last => self.of_entry(carried.figure),
            },
            Body::Value(timeline) => Some(of_timeline(timeline)),
            Body::Supplied | Body::Dimension | Body::Scale(_) => Some(own),
            Body::Figure(figure) => match figure.round {
                Round::Fixed(rounding) => Some(rounding.decimals()),
                // A rounding that differs by place is for what is paid.
                Round::Value(_) => Some(OF_MONEY),
                Round::Unsaid | Round::Exact => self.of_way(&figure.way),
            },
        };
        self.known.insert(id, found);
        found
    }

    fn of_way(&mut self, way: &Way) -> Decimals {
        match way {
            Way::Formula(formula) => self.of_term(&formula.term),
            way => self.most(way.results().into_iter().map(|formula| &formula.term)),
        }
    }

    fn most<'t>(&mut self, terms: impl IntoIterator<Item = &'t Term>) -> Decimals {
        terms.into_iter().map(|term| self.of_term(term)).try_fold(0, |most, one| Some(most.max(one?)))
    }

    fn of_term(&mut self, term: &Term) -> Decimals {
        match &term.kind {
            TermKind::Number(value) => Some(scale(*value)),
            TermKind::Cell(entry, _) => self.of_entry(*entry),
            TermKind::Negate(x) | TermKind::Abs(x) => self.of_term(x),
            TermKind::Arithmetic(ArithmeticOperator::Add | ArithmeticOperator::Subtract, a, b)
            | TermKind::IfNone(a, b) => self.most([a.as_ref(), b.as_ref()]),
            TermKind::Arithmetic(ArithmeticOperator::Multiply, a, b) => Some(self.of_term(a)? + self.of_term(b)?),
            TermKind::Arithmetic(ArithmeticOperator::Divide, a, b) => match b.kind {
                // A power of ten only moves the point.
                TermKind::Number(value) if scale_of_reciprocal(value).is_some() => {
                    Some(self.of_term(a)? + scale_of_reciprocal(value)?)
                }
                _ => None,
            },
            TermKind::If(_, then, or) => self.most([then.as_ref(), or.as_ref()]),
            TermKind::Max(terms) | TermKind::Min(terms) | TermKind::Add(terms) => self.most(terms),
            TermKind::Clamp(x, low, high) => self.most([x.as_ref(), low.as_ref(), high.as_ref()]),
            TermKind::Round(_, rounding) => Some(rounding.decimals()),
            TermKind::RoundBy(..) => Some(OF_MONEY),
            TermKind::Scale(part, scale, x) => {
                let (rate, quick) = self.of_scale(*scale);
                match part {
                    ScalePart::Rate => Some(rate),
                    ScalePart::Quick => Some(quick),
                    ScalePart::Band => Some((self.of_term(x)? + rate).max(quick)),
                }
            }
            TermKind::Sum { term, .. } => self.of_term(term),
            TermKind::Int(_)
            | TermKind::Date(..)
            | TermKind::Boolean(_)
            | TermKind::Member(_)
            | TermKind::AtHand(_)
            | TermKind::Not(_)
            | TermKind::Compare(..)
            | TermKind::And(_)
            | TermKind::Or(_) => Some(0),
        }
    }

    /// The decimals of a scale's rates and of its quick deductions.
    fn of_scale(&self, id: EntryId) -> (u32, u32) {
        let Body::Scale(timeline) = self.book.body(id) else { return (0, 0) };
        let bands = timeline.versions().iter().flat_map(|version| match &version.literal {
            Literal::Bands(bands) => bands.as_slice(),
            _ => &[],
        });
        bands.fold((0, 0), |(rate, quick), band| (rate.max(scale(band.rate)), quick.max(scale(band.quick))))
    }
}

fn of_timeline(timeline: &Timeline) -> u32 {
    let numbers = timeline.versions().iter().filter_map(|version| match version.literal {
        Literal::Number(value) => Some(scale(value)),
        _ => None,
    });
    numbers.max().unwrap_or(0)
}

fn scale(value: Exact) -> u32 {
    value.to_decimal().map_or(OF_MONEY, |value| value.normalize().scale())
}

fn scale_of_reciprocal(value: Exact) -> Option<u32> {
    Exact::ONE.div(value).ok()?.to_decimal().map(|value| value.normalize().scale())
}
