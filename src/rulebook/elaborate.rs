//! From a formula's text to what it means: names to entries, units checked.

use super::{
    diagnostic::Diagnostic,
    lexicon::Lexicon,
    model::{EntryId, PackageId, Sort, Type},
    read::misnamed,
    source::{Located, Place, Sources},
    term::{DateFunction, Index, ScalePart, Term, TermKind},
};
use crate::{
    formula::{self, ArithmeticOperator, Expression, ExpressionKind, Function, Name, Span},
    quantity::{Rounding, Unit},
};

/// Where a formula stands: whose names it may write, and which dimensions have a member at hand.
#[derive(Clone, Copy)]
pub(super) struct Setting<'a> {
    pub(super) sources: &'a Sources,
    pub(super) lexicon: &'a Lexicon,
    pub(super) package: PackageId,
    pub(super) at_hand: &'a [EntryId],
}

/// Reads a formula and gives it its meaning; what is wrong goes to `sink`.
pub(super) fn elaborate(setting: Setting<'_>, text: &Located<String>, sink: &mut Vec<Diagnostic>) -> Option<Term> {
    match formula::parse(&text.value) {
        Ok(tree) => Elaborator { setting, text, at_hand: setting.at_hand.to_vec(), sink }.term(&tree),
        Err(error) => {
            let place = setting.sources.inside(text, error.span);
            sink.push(Diagnostic::error("syntax", place, "公式写法有误", error.message));
            None
        }
    }
}

/// What to do to get from one unit to another.
pub(super) fn bridge(what: &str, from: Unit, to: Unit) -> String {
    let (times, over) = (to.div(from).to_string(), from.div(to).to_string());
    // Nobody is told to multiply by a yuan.
    match (times.contains(['/', '元']), over.contains(['/', '元'])) {
        (false, _) => format!("{what}乘以 1{times}，才是「{to}」"),
        (_, false) => format!("{what}除以 1{over}，才是「{to}」"),
        _ => format!("{what}是「{from}」，不是与「{to}」同类的量，无从换算：核对名称，或看是不是少乘、少除了一项"),
    }
}

struct Elaborator<'a> {
    setting: Setting<'a>,
    text: &'a Located<String>,
    at_hand: Vec<EntryId>,
    sink: &'a mut Vec<Diagnostic>,
}

impl Elaborator<'_> {
    fn place(&self, span: Span) -> Place {
        self.setting.sources.inside(self.text, span)
    }

    fn fail<T>(
        &mut self,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
        expected: impl Into<String>,
    ) -> Option<T> {
        let place = self.place(span);
        self.sink.push(Diagnostic::error(code, place, message, expected));
        None
    }

    fn wrong_type<T>(&mut self, term: &Term, expected: &str) -> Option<T> {
        let message = format!("这里是{}", term.of);
        self.fail("unit", term.span, message, format!("应为{expected}"))
    }

    fn term(&mut self, tree: &Expression) -> Option<Term> {
        let span = tree.span;
        let made = |kind, of| Some(Term { kind, of, span });
        match &tree.kind {
            ExpressionKind::Number(value, unit) => {
                let of = match unit {
                    Some(unit) => Type::Number(*unit),
                    None if value.is_zero() => Type::Zero,
                    None => Type::Number(Unit::NONE),
                };
                made(TermKind::Number(*value), of)
            }
            ExpressionKind::Text(_) => self.fail("unit", span, "这里是一段文字", "引号里的文字只能是 ROUND 的舍入方式"),
            ExpressionKind::Boolean(value) => made(TermKind::Boolean(*value), Type::Boolean),
            ExpressionKind::Name(name, cell) => self.name(name, cell, span),
            ExpressionKind::Negate(inner) => {
                let inner = self.number(inner)?;
                let of = inner.of;
                made(TermKind::Negate(Box::new(inner)), of)
            }
            ExpressionKind::Not(inner) => {
                let inner = self.boolean(inner)?;
                made(TermKind::Not(Box::new(inner)), Type::Boolean)
            }
            ExpressionKind::Arithmetic(operator, a, b) => {
                let (a, b) = (self.number(a), self.number(b));
                self.arithmetic(*operator, a?, b?, span)
            }
            ExpressionKind::Compare(comparison, a, b) => {
                let (a, b) = self.comparable(a, b)?;
                self.same(&a, &b)?;
                let ordered = !matches!(a.of, Type::Boolean | Type::Choice(_));
                if !ordered && !matches!(comparison, formula::Comparison::Equal | formula::Comparison::NotEqual) {
                    return self.fail("unit", span, format!("{}没有大小之分", a.of), "只能用 = 或 <>");
                }
                made(TermKind::Compare(*comparison, Box::new(a), Box::new(b)), Type::Boolean)
            }
            ExpressionKind::And(items) => {
                let items = self.all(items, Self::boolean)?;
                made(TermKind::And(items), Type::Boolean)
            }
            ExpressionKind::Or(items) => {
                let items = self.all(items, Self::boolean)?;
                made(TermKind::Or(items), Type::Boolean)
            }
            ExpressionKind::Call(function, arguments) => self.call(*function, arguments, span),
            ExpressionKind::Sum { dimension, filter, term } => {
                let dimension = self.dimension(dimension)?;
                self.at_hand.push(dimension);
                let filter = filter.as_ref().map(|filter| self.boolean(filter));
                let term = self.number(term);
                self.at_hand.pop();
                let filter = match filter {
                    Some(filter) => Some(Box::new(filter?)),
                    None => None,
                };
                let term = Box::new(term?);
                let of = term.of;
                made(TermKind::Sum { dimension, filter, term }, of)
            }
        }
    }

    /// Every one of them, so that all that is wrong is reported at once.
    fn all(&mut self, items: &[Expression], each: fn(&mut Self, &Expression) -> Option<Term>) -> Option<Vec<Term>> {
        let read: Vec<Option<Term>> = items.iter().map(|item| each(self, item)).collect();
        read.into_iter().collect()
    }

    fn number(&mut self, tree: &Expression) -> Option<Term> {
        let term = self.term(tree)?;
        match term.of {
            Type::Number(_) | Type::Zero => Some(term),
            _ => self.wrong_type(&term, "数"),
        }
    }

    fn boolean(&mut self, tree: &Expression) -> Option<Term> {
        let term = self.term(tree)?;
        if term.of == Type::Boolean { Some(term) } else { self.wrong_type(&term, "条件（是或否）") }
    }

    fn date(&mut self, tree: &Expression) -> Option<Term> {
        let term = self.term(tree)?;
        if term.of == Type::Date { Some(term) } else { self.wrong_type(&term, "日期") }
    }

    fn arithmetic(&mut self, operator: ArithmeticOperator, a: Term, b: Term, span: Span) -> Option<Term> {
        let of = match operator {
            ArithmeticOperator::Add | ArithmeticOperator::Subtract => self.same(&a, &b)?,
            ArithmeticOperator::Multiply | ArithmeticOperator::Divide => {
                let unit = |of| if let Type::Number(unit) = of { unit } else { Unit::NONE };
                let (below, above) = (unit(b.of), unit(a.of));
                let multiply = operator == ArithmeticOperator::Multiply;
                Type::Number(if multiply { above.mul(below) } else { above.div(below) })
            }
        };
        Some(Term { kind: TermKind::Arithmetic(operator, Box::new(a), Box::new(b)), of, span })
    }

    /// The type of two terms that must be of one kind.
    fn same(&mut self, a: &Term, b: &Term) -> Option<Type> {
        match (a.of, b.of) {
            (Type::Number(x), Type::Number(y)) if x.same_dimension(&y) => Some(a.of),
            (Type::Number(_), Type::Zero) => Some(a.of),
            (Type::Zero, Type::Number(_) | Type::Zero) => Some(b.of),
            (x, y) if x == y && !matches!(x, Type::Number(_)) => Some(x),
            _ => {
                let place = self.place(b.span);
                let message = format!("{}与{}不能放在一起算", a.of, b.of);
                let mut report = Diagnostic::error("unit", place, message, format!("这里是{}", b.of));
                report = report.with(self.place(a.span), format!("这里是{}", a.of));
                if let (Type::Number(x), Type::Number(y)) = (a.of, b.of) {
                    report = report.help(match (&a.kind, &b.kind) {
                        (_, TermKind::Number(number)) if y == Unit::NONE => format!("在数的后面写单位：{number}{x}"),
                        (TermKind::Number(number), _) if x == Unit::NONE => format!("在数的后面写单位：{number}{y}"),
                        _ => bridge("后一个", y, x),
                    });
                }
                self.sink.push(report);
                None
            }
        }
    }

    /// The type of several terms that must be of one kind: a nought among them says nothing of the kind.
    fn same_all(&mut self, terms: &[Term]) -> Option<Type> {
        let (mut known, others) = terms.split_first()?;
        for term in others {
            self.same(known, term)?;
            if known.of == Type::Zero {
                known = term;
            }
        }
        Some(known.of)
    }

    /// Both sides of a comparison; a bare name may be a member of what the other side chooses from.
    fn comparable(&mut self, a: &Expression, b: &Expression) -> Option<(Term, Term)> {
        for (choice, member, swapped) in [(a, b, false), (b, a, true)] {
            if let ExpressionKind::Name(name, cell) = &member.kind
                && cell.is_empty()
                && let ExpressionKind::Name(chosen, _) = &choice.kind
                && let Ok(entry) = self.setting.lexicon.find(self.setting.package, &chosen.text)
            {
                let set = match self.setting.lexicon.entry(entry).sort {
                    Sort::Dimension => Some(entry),
                    _ => self.setting.lexicon.choice_set(entry),
                };
                if let Some(set) = set
                    && let Some(at) = self.setting.lexicon.member(set, &name.text)
                {
                    let chosen = self.term(choice)?;
                    let member = Term { kind: TermKind::Member(at), of: Type::Choice(set), span: member.span };
                    return Some(if swapped { (member, chosen) } else { (chosen, member) });
                }
            }
        }
        let (a, b) = (self.comparand(a, b), self.comparand(b, a));
        Some((a?, b?))
    }

    /// A side of a comparison. A name that means nothing beside a choice was meant for one of its members.
    fn comparand(&mut self, side: &Expression, other: &Expression) -> Option<Term> {
        let Setting { lexicon, package, .. } = self.setting;
        if let (ExpressionKind::Name(name, cell), ExpressionKind::Name(chosen, _)) = (&side.kind, &other.kind)
            && cell.is_empty()
            && lexicon.find(package, &name.text).is_err()
            && let Some(set) = lexicon.find(package, &chosen.text).ok().and_then(|entry| lexicon.choice_set(entry))
        {
            let members: Vec<&str> = lexicon.members(set).iter().map(|member| member.name.as_str()).collect();
            let message = format!("「{}」不是「{}」的选项", name.text, chosen.text);
            return self.fail("cell", side.span, message, format!("应为：{}", members.join("、")));
        }
        self.term(side)
    }

    fn find(&mut self, name: &Name) -> Option<EntryId> {
        match self.setting.lexicon.find(self.setting.package, &name.text) {
            Ok(entry) => Some(entry),
            Err(error) => {
                let located = Located { value: name.text.clone(), place: self.place(name.span) };
                self.sink.push(misnamed(&error, &located, "没有谁给出这个名称"));
                None
            }
        }
    }

    fn dimension(&mut self, name: &Name) -> Option<EntryId> {
        let entry = self.find(name)?;
        if self.setting.lexicon.entry(entry).sort == Sort::Dimension {
            return Some(entry);
        }
        self.fail("unit", name.span, format!("「{}」不是维度", name.text), "应为维度的名称")
    }

    fn name(&mut self, name: &Name, cell: &[Expression], span: Span) -> Option<Term> {
        let id = self.find(name)?;
        let lexicon = self.setting.lexicon;
        let entry = lexicon.entry(id);
        match entry.sort {
            Sort::Dimension if cell.is_empty() => {
                if self.at_hand.contains(&id) {
                    return Some(Term { kind: TermKind::AtHand(id), of: Type::Choice(id), span });
                }
                self.fail("cell", span, format!("这里没有「{}」的当前成员", entry.name), "只能用在按该维度计算的地方")
            }
            Sort::Dimension => self.fail("cell", span, "维度不能再取下标", "应为维度的名称"),
            Sort::Scale => self.fail(
                "unit",
                span,
                format!("「{}」是税率表", entry.name),
                "只能作为 BAND、RATE、QUICK 的第一个参数",
            ),
            _ => {
                let indices = self.indices(id, cell, span)?;
                Some(Term { kind: TermKind::Cell(id, indices), of: entry.of, span })
            }
        }
    }

    /// One index for each of the entry's dimensions: written, or the member at hand.
    fn indices(&mut self, id: EntryId, cell: &[Expression], span: Span) -> Option<Vec<Index>> {
        let lexicon = self.setting.lexicon;
        let by = &lexicon.entry(id).by;
        let mut indices: Vec<Option<Index>> = vec![None; by.len()];
        for written in cell {
            let (at, index) = self.index(id, written)?;
            if indices[at].replace(index).is_some() {
                let dimension = &lexicon.entry(by[at]).name;
                return self.fail("cell", written.span, format!("「{dimension}」写了两次"), "每个维度只写一个成员");
            }
        }
        let mut full = Vec::with_capacity(by.len());
        for (dimension, index) in by.iter().zip(indices) {
            match index {
                Some(index) => full.push(index),
                None if self.at_hand.contains(dimension) => full.push(Index::AtHand(*dimension)),
                None => {
                    let (entry, first) = (&lexicon.entry(id).name, lexicon.members(*dimension).first());
                    let message =
                        format!("「{entry}」按「{}」区分，这里没有说明是哪一个", lexicon.entry(*dimension).name);
                    let member = first.map_or("…", |member| member.name.as_str());
                    return self.fail("cell", span, message, format!("应写成 {entry}[{member}] 的样子"));
                }
            }
        }
        Some(full)
    }

    /// Which dimension an index is of, and the index.
    fn index(&mut self, id: EntryId, written: &Expression) -> Option<(usize, Index)> {
        let lexicon = self.setting.lexicon;
        let by = &lexicon.entry(id).by;
        if let ExpressionKind::Name(name, inner) = &written.kind
            && inner.is_empty()
        {
            let found: Vec<(usize, usize)> = by
                .iter()
                .enumerate()
                .filter_map(|(at, dimension)| Some((at, lexicon.member(*dimension, &name.text)?)))
                .collect();
            match found.as_slice() {
                [(at, member)] => return Some((*at, Index::Member(*member))),
                [] if lexicon.find(self.setting.package, &name.text).is_err() => {
                    let members: Vec<&str> =
                        by.iter().flat_map(|one| lexicon.members(*one)).map(|member| member.name.as_str()).collect();
                    let message = format!("「{}」不是成员", name.text);
                    return self.fail("cell", written.span, message, format!("应为：{}", members.join("、")));
                }
                [] => {}
                _ => {
                    let message = format!("「{}」在几个维度里都有", name.text);
                    return self.fail("cell", written.span, message, "成员的名称不能相同");
                }
            }
        }
        let term = self.term(written)?;
        match term.of {
            Type::Choice(set) if by.contains(&set) => {
                let at = by.iter().position(|dimension| *dimension == set)?;
                let index = match term.kind {
                    TermKind::AtHand(dimension) => Index::AtHand(dimension),
                    _ => Index::Choice(Box::new(term)),
                };
                Some((at, index))
            }
            _ => self.wrong_type(&term, "成员，或按成员选择的名称"),
        }
    }

    fn call(&mut self, function: Function, arguments: &[Expression], span: Span) -> Option<Term> {
        let made = |kind, of| Some(Term { kind, of, span });
        match function {
            Function::If => {
                let [test, then, or] = arguments else { return None };
                let (test, then, or) = (self.boolean(test), self.term(then), self.term(or));
                let (then, or) = (then?, or?);
                let of = self.same(&then, &or)?;
                made(TermKind::If(Box::new(test?), Box::new(then), Box::new(or)), of)
            }
            Function::Max | Function::Min => {
                let terms = self.all(arguments, Self::term)?;
                let of = self.same_all(&terms)?;
                if !matches!(of, Type::Number(_) | Type::Zero | Type::Date) {
                    return self.wrong_type(&terms[0], "数或日期");
                }
                made(if function == Function::Max { TermKind::Max(terms) } else { TermKind::Min(terms) }, of)
            }
            Function::Add => {
                let terms = self.all(arguments, Self::number)?;
                let of = self.same_all(&terms)?;
                made(TermKind::Add(terms), of)
            }
            Function::Clamp => {
                let terms = self.all(arguments, Self::number)?;
                let of = self.same_all(&terms)?;
                let [x, low, high] = <[Term; 3]>::try_from(terms).ok()?;
                made(TermKind::Clamp(Box::new(x), Box::new(low), Box::new(high)), of)
            }
            Function::Abs | Function::Int => {
                let x = self.number(arguments.first()?)?;
                let of = x.of;
                let x = Box::new(x);
                made(if function == Function::Abs { TermKind::Abs(x) } else { TermKind::Int(x) }, of)
            }
            Function::Round => self.round(arguments, span),
            Function::Band | Function::Rate | Function::Quick => self.scale(function, arguments, span),
            Function::IfNone => {
                let terms = self.all(arguments, Self::term)?;
                let of = self.same_all(&terms)?;
                let [x, otherwise] = <[Term; 2]>::try_from(terms).ok()?;
                made(TermKind::IfNone(Box::new(x), Box::new(otherwise)), of)
            }
            Function::Year | Function::Month | Function::Day | Function::EndOfMonth => {
                let date = self.date(arguments.first()?)?;
                let (function, of) = match function {
                    Function::Year => (DateFunction::Year, Type::Number(Unit::YEAR)),
                    Function::Month => (DateFunction::Month, Type::Number(Unit::MONTH)),
                    Function::Day => (DateFunction::Day, Type::Number(Unit::DAY)),
                    _ => (DateFunction::EndOfMonth, Type::Date),
                };
                made(TermKind::Date(function, vec![date]), of)
            }
            Function::Months | Function::Days => {
                let dates = self.all(arguments, Self::date)?;
                let (function, unit) = if function == Function::Months {
                    (DateFunction::Months, Unit::MONTH)
                } else {
                    (DateFunction::Days, Unit::DAY)
                };
                made(TermKind::Date(function, dates), Type::Number(unit))
            }
            Function::EDate => {
                let [date, months] = arguments else { return None };
                let (date, months) = (self.date(date), self.number(months));
                let (date, months) = (date?, months?);
                if !matches!(months.of, Type::Zero) && months.of != Type::Number(Unit::MONTH) {
                    return self.wrong_type(&months, "「月」");
                }
                made(TermKind::Date(DateFunction::EDate, vec![date, months]), Type::Date)
            }
        }
    }

    fn round(&mut self, arguments: &[Expression], span: Span) -> Option<Term> {
        let [x, how] = arguments else { return None };
        let x = self.number(x);
        if let ExpressionKind::Text(text) = &how.kind {
            return match Rounding::parse(text) {
                Ok(rounding) => {
                    let x = x?;
                    let of = x.of;
                    Some(Term { kind: TermKind::Round(Box::new(x), rounding), of, span })
                }
                Err(error) => self.fail("rounding", how.span, error.to_string(), "例如 \"half-up 0.01\""),
            };
        }
        let how = self.term(how)?;
        if how.of != Type::Rounding {
            return self.wrong_type(&how, "舍入");
        }
        let x = x?;
        let of = x.of;
        Some(Term { kind: TermKind::RoundBy(Box::new(x), Box::new(how)), of, span })
    }

    fn scale(&mut self, function: Function, arguments: &[Expression], span: Span) -> Option<Term> {
        let [scale, x] = arguments else { return None };
        let x = self.number(x);
        let ExpressionKind::Name(name, cell) = &scale.kind else {
            return self.fail("unit", scale.span, "这里要写税率表的名称", "应为税率表");
        };
        let id = self.find(name)?;
        let Type::Scale(unit) = self.setting.lexicon.entry(id).of else {
            return self.fail("unit", scale.span, format!("「{}」不是税率表", name.text), "应为税率表");
        };
        if !cell.is_empty() {
            return self.fail("cell", scale.span, "税率表没有下标", "只写名称");
        }
        let x = x?;
        if matches!(x.of, Type::Number(of) if !of.same_dimension(&unit)) {
            return self.wrong_type(&x, &format!("「{unit}」（税率表的单位）"));
        }
        let (part, of) = match function {
            Function::Rate => (ScalePart::Rate, Type::Number(Unit::PERCENT)),
            Function::Quick => (ScalePart::Quick, Type::Number(unit)),
            _ => (ScalePart::Band, Type::Number(unit)),
        };
        Some(Term { kind: TermKind::Scale(part, id, Box::new(x)), of, span })
    }
}

#[cfg(test)]
mod tests;
