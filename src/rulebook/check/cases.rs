//! Of a figure's cases exactly one holds: proved by trying every state of affairs their conditions can tell apart.
//!
//! A condition is taken apart into questions: a comparison of two terms has three answers (less, equal, greater), a
//! yes-or-no fact two, a choice as many as it has members. Comparisons of one term with several numbers are answered
//! together by where it lies among them. Every combination of answers is tried, but for those that a fact's own range or
//! its want of decimals rules out.

use crate::{
    formula::Comparison,
    quantity::Exact,
    rulebook::{
        book::Book,
        dated::Literal,
        diagnostic::Diagnostic,
        model::{Body, Case, EntryId, Fact, Type, Way},
        term::{Term, TermKind},
    },
};
use std::cmp::Ordering;

/// More combinations than this are not tried: the cases are then too tangled for a reader as well.
const MOST_COMBINATIONS: usize = 20_000;

pub(super) fn check(book: &Book, sink: &mut Vec<Diagnostic>) {
    for (id, entry) in book.entries() {
        let Some(Way::Cases(cases)) = book.figure(id).map(|figure| &figure.way) else { continue };
        if cases.is_empty() {
            continue;
        }
        if let Err((message, places)) = prove(book, cases) {
            let mut report = Diagnostic::error("cases", entry.place, message, "应恰有一种情形成立")
                .help("改条件，使任何时候恰有一种成立；其余的归 otherwise = true");
            for at in places {
                let formula = cases[at].when.as_ref().unwrap_or(&cases[at].formula);
                report = report.with(book.sources().inside(&formula.text, formula.term.span), "这种情形");
            }
            sink.push(report);
        }
    }
}

/// A question that conditions ask, and the terms it is about.
enum Question<'t> {
    /// Yes or no.
    Boolean(&'t Term),
    /// Which member.
    Choice(&'t Term, usize),
    /// How two terms compare.
    Order(&'t Term, &'t Term),
    /// Where a term lies among numbers in ascending order: below, at or above each.
    Position(&'t Term, Vec<Exact>),
}

impl Question<'_> {
    fn answers(&self) -> usize {
        match self {
            Self::Boolean(_) => 2,
            Self::Choice(_, members) => *members,
            Self::Order(..) => 3,
            Self::Position(_, numbers) => 2 * numbers.len() + 1,
        }
    }
}

type Fault = (String, Vec<usize>);

fn prove(book: &Book, cases: &[Case]) -> Result<(), Fault> {
    let mut questions: Vec<Question<'_>> = Vec::new();
    for case in cases {
        if let Some(when) = &case.when {
            collect(book, &when.term, &mut questions);
        }
    }
    let combinations = questions.iter().try_fold(1usize, |all, one| all.checked_mul(one.answers()));
    if combinations.is_none_or(|all| all > MOST_COMBINATIONS) {
        return Err(("情形的条件太复杂，无法证明恰有一种成立".to_owned(), Vec::new()));
    }
    let mut answers = vec![0usize; questions.len()];
    loop {
        let state = State { book, questions: &questions, answers: &answers };
        let holding: Vec<usize> = cases
            .iter()
            .enumerate()
            .filter(|(_, case)| case.when.as_ref().is_some_and(|when| state.holds(&when.term)))
            .map(|(at, _)| at)
            .collect();
        let otherwise = cases.iter().any(|case| case.when.is_none());
        match holding.len() {
            _ if !state.is_possible() => {}
            0 if !otherwise => return Err((format!("可能没有情形成立：{}", state.describe(cases)), Vec::new())),
            0 | 1 => {}
            _ => return Err((format!("可能有 {} 种情形同时成立：{}", holding.len(), state.describe(cases)), holding)),
        }
        // The next combination, like an odometer.
        let Some(at) = (0..answers.len()).find(|&at| answers[at] + 1 < questions[at].answers()) else { return Ok(()) };
        answers[..at].fill(0);
        answers[at] += 1;
    }
}

fn collect<'t>(book: &Book, term: &'t Term, questions: &mut Vec<Question<'t>>) {
    match &term.kind {
        TermKind::Boolean(_) => {}
        TermKind::Not(inner) => collect(book, inner, questions),
        TermKind::And(items) | TermKind::Or(items) => items.iter().for_each(|item| collect(book, item, questions)),
        TermKind::Compare(_, a, b) => match (a.of, b.of) {
            (Type::Choice(set), _) => {
                let members = book.lexicon().members(set).len();
                for chosen in [a, b].into_iter().map(Box::as_ref).filter(|one| !matches!(one.kind, TermKind::Member(_)))
                {
                    if !questions.iter().any(|one| matches!(one, Question::Choice(known, _) if same(known, chosen))) {
                        questions.push(Question::Choice(chosen, members));
                    }
                }
            }
            (Type::Boolean, _) => {
                collect(book, a, questions);
                collect(book, b, questions);
            }
            _ => {
                let (subject, number) = match (constant(book, a), constant(book, b)) {
                    (None, Some(number)) => (a, number),
                    (Some(number), None) => (b, number),
                    _ => {
                        let known = |one: &Question<'_>| match one {
                            Question::Order(x, y) => same(x, a) && same(y, b) || same(x, b) && same(y, a),
                            _ => false,
                        };
                        if !questions.iter().any(known) {
                            questions.push(Question::Order(a, b));
                        }
                        return;
                    }
                };
                let known = questions.iter_mut().find_map(|one| match one {
                    Question::Position(known, numbers) if same(known, subject) => Some(numbers),
                    _ => None,
                });
                match known {
                    Some(numbers) => {
                        if let Err(at) = numbers.binary_search(&number) {
                            numbers.insert(at, number);
                        }
                    }
                    None => questions.push(Question::Position(subject, vec![number])),
                }
            }
        },
        _ => {
            if !questions.iter().any(|one| matches!(one, Question::Boolean(known) if same(known, term))) {
                questions.push(Question::Boolean(term));
            }
        }
    }
}

/// A number as it stands, or that of a value which has had only one.
fn constant(book: &Book, term: &Term) -> Option<Exact> {
    match &term.kind {
        TermKind::Number(value) => Some(*value),
        TermKind::Negate(inner) => constant(book, inner).map(Exact::neg),
        TermKind::Cell(entry, indices) if indices.is_empty() => only_number(book, *entry),
        _ => None,
    }
}

/// The fact that a term is. What a package computes for it is held to neither range nor decimals.
fn fact<'b>(book: &'b Book, term: &Term) -> Option<&'b Fact> {
    let TermKind::Cell(entry, _) = &term.kind else { return None };
    let bound = book.packages().any(|(_, package)| package.binds.iter().any(|(fact, _)| fact == entry));
    book.fact(*entry).filter(|_| !bound)
}

/// Whether a fact can lie at a position among ascending numbers: on one of them, or between two.
fn can_lie(fact: &Fact, position: usize, numbers: &[Exact]) -> bool {
    let (least, most) = &fact.range;
    let whole = fact.decimals == 0;
    if position % 2 == 1 {
        return numbers.get(position / 2).is_some_and(|number| {
            least.is_none_or(|least| least <= *number)
                && most.is_none_or(|most| *number <= most)
                && (!whole || number.floor() == *number)
        });
    }
    let below = (position / 2).checked_sub(1).and_then(|at| numbers.get(at));
    let above = numbers.get(position / 2);
    // The bounds of numbers are not in between, those of the range are; of whole numbers the next one counts.
    let low = match (below, least) {
        (Some(below), Some(least)) if least > below => Some((*least, true)),
        (Some(below), _) => Some((*below, false)),
        (None, least) => least.map(|least| (least, true)),
    };
    let high = match (above, most) {
        (Some(above), Some(most)) if most < above => Some((*most, true)),
        (Some(above), _) => Some((*above, false)),
        (None, most) => most.map(|most| (most, true)),
    };
    let (Some((low, with_low)), Some((high, with_high))) = (low, high) else { return true };
    if !whole {
        return low < high || (low == high && with_low && with_high);
    }
    let first = if with_low && low.floor() == low { Ok(low) } else { low.floor().add(Exact::ONE) };
    first.is_ok_and(|first| first < high || (first == high && with_high))
}

fn only_number(book: &Book, entry: EntryId) -> Option<Exact> {
    let Body::Value(timeline) = book.body(entry) else { return None };
    let mut numbers = timeline.versions().iter().map(|version| match version.literal {
        Literal::Number(value) => Some(value),
        _ => None,
    });
    let first = numbers.next()??;
    numbers.all(|other| other == Some(first)).then_some(first)
}

/// Whether two terms say the same, wherever they stand.
fn same(a: &Term, b: &Term) -> bool {
    fn bare(term: &Term) -> String {
        // The debug form without places: terms are small, and this runs once when a book is read.
        let mut text = format!("{:?}", term.kind);
        while let Some(start) = text.find("span: Span {") {
            let end = text[start..].find('}').map_or(text.len(), |end| start + end + 1);
            text.replace_range(start..end, "");
        }
        text
    }
    bare(a) == bare(b)
}

struct State<'s, 't> {
    book: &'s Book,
    questions: &'s [Question<'t>],
    answers: &'s [usize],
}

impl State<'_, '_> {
    /// Whether no fact lies where its range, or its want of decimals, does not let it.
    fn is_possible(&self) -> bool {
        self.questions.iter().zip(self.answers).all(|(question, &answer)| match question {
            Question::Position(term, numbers) => {
                fact(self.book, term).is_none_or(|fact| can_lie(fact, answer, numbers))
            }
            _ => true,
        })
    }

    fn holds(&self, term: &Term) -> bool {
        match &term.kind {
            TermKind::Boolean(value) => *value,
            TermKind::Not(inner) => !self.holds(inner),
            TermKind::And(items) => items.iter().all(|item| self.holds(item)),
            TermKind::Or(items) => items.iter().any(|item| self.holds(item)),
            TermKind::Compare(comparison, a, b) => match a.of {
                Type::Boolean => (self.holds(a) == self.holds(b)) == (*comparison == Comparison::Equal),
                Type::Choice(_) => self.compare_choice(*comparison, a, b),
                _ => comparison.holds(self.order(a, b)),
            },
            _ => self.answer(|one| matches!(one, Question::Boolean(known) if same(known, term))) == Some(1),
        }
    }

    fn answer(&self, wanted: impl Fn(&Question<'_>) -> bool) -> Option<usize> {
        self.questions.iter().position(wanted).map(|at| self.answers[at])
    }

    fn compare_choice(&self, comparison: Comparison, a: &Term, b: &Term) -> bool {
        let member = |term: &Term| match term.kind {
            TermKind::Member(at) => Some(at),
            _ => self.answer(|one| matches!(one, Question::Choice(known, _) if same(known, term))),
        };
        (member(a) == member(b)) == (comparison == Comparison::Equal)
    }

    fn order(&self, a: &Term, b: &Term) -> Ordering {
        let (number_a, number_b) = (constant(self.book, a), constant(self.book, b));
        if let (Some(x), Some(y)) = (number_a, number_b) {
            return x.cmp(&y);
        }
        for (at, one) in self.questions.iter().enumerate() {
            match (one, number_a, number_b) {
                (Question::Position(known, numbers), _, Some(number)) if same(known, a) => {
                    return lies(self.answers[at], numbers, number);
                }
                (Question::Position(known, numbers), Some(number), _) if same(known, b) => {
                    return lies(self.answers[at], numbers, number).reverse();
                }
                (Question::Order(x, y), ..) if same(x, a) && same(y, b) => return of_answer(self.answers[at]),
                (Question::Order(x, y), ..) if same(x, b) && same(y, a) => {
                    return of_answer(self.answers[at]).reverse();
                }
                _ => {}
            }
        }
        Ordering::Equal
    }

    /// The state of affairs in words, as far as it matters.
    fn describe(&self, cases: &[Case]) -> String {
        let text = |term: &Term| -> String {
            let formulas = cases.iter().filter_map(|case| case.when.as_ref());
            let mut found = None;
            for formula in formulas {
                formula.term.walk(&mut |other| {
                    if found.is_none() && std::ptr::eq(other, term) {
                        found = formula.text.value.get(term.span.start..term.span.end).map(str::to_owned);
                    }
                });
            }
            found.unwrap_or_default()
        };
        let parts: Vec<String> = self
            .questions
            .iter()
            .zip(self.answers)
            .map(|(question, &answer)| match question {
                Question::Boolean(term) => format!("{} = {}", text(term), if answer == 1 { "是" } else { "否" }),
                Question::Choice(term, _) => match term.of {
                    Type::Choice(set) => {
                        let members = self.book.lexicon().members(set);
                        format!("{} = {}", text(term), members.get(answer).map_or("", |member| member.name.as_str()))
                    }
                    _ => String::new(),
                },
                Question::Order(a, b) => {
                    let sign = ["<", "=", ">"][answer.min(2)];
                    format!("{} {sign} {}", text(a), text(b))
                }
                Question::Position(term, numbers) => {
                    let (text, below) = (text(term), answer.checked_sub(2).and_then(|below| numbers.get(below / 2)));
                    match (below, numbers.get(answer / 2)) {
                        (_, Some(number)) if answer % 2 == 1 => format!("{text} = {number}"),
                        (Some(low), Some(high)) => format!("{low} < {text} < {high}"),
                        (None, Some(high)) => format!("{text} < {high}"),
                        (Some(low), None) => format!("{text} > {low}"),
                        (None, None) => text,
                    }
                }
            })
            .collect();
        parts.join("，")
    }
}

fn of_answer(answer: usize) -> Ordering {
    [Ordering::Less, Ordering::Equal, Ordering::Greater][answer.min(2)]
}

/// How a term at a position among ascending numbers compares with one of them: even positions lie between numbers,
/// odd ones on them.
fn lies(position: usize, numbers: &[Exact], number: Exact) -> Ordering {
    match numbers.binary_search(&number) {
        Ok(at) => position.cmp(&(2 * at + 1)),
        Err(_) => Ordering::Equal,
    }
}
