//! What tests ask is asked of people: every fact on which a choice by tests rests has a question, a default or a figure
//! that computes it, and what an answer speaks for is a member of what some tests decide.

use super::circles::rests_on;
use crate::rulebook::{
    book::Book,
    diagnostic::Diagnostic,
    model::{EntryId, Sort, Type, Way},
};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(book: &Book, sink: &mut Vec<Diagnostic>) {
    let decided: Vec<(EntryId, EntryId)> = book
        .entries()
        .filter_map(|(id, entry)| match (book.figure(id).map(|figure| &figure.way), entry.of) {
            (Some(Way::Tests(_)), Type::Choice(set)) => Some((id, set)),
            _ => None,
        })
        .collect();
    // Where no tests could be read, that was reported.
    if !decided.is_empty() {
        speaks(book, &decided, sink);
    }
    asked(book, &decided, sink);
    asked_once(book, sink);
}

/// What an answer speaks for is a member of what tests decide.
fn speaks(book: &Book, decided: &[(EntryId, EntryId)], sink: &mut Vec<Diagnostic>) {
    let members: BTreeSet<&str> =
        decided.iter().flat_map(|(_, set)| book.lexicon().members(*set)).map(|member| member.id.as_str()).collect();
    let questions = book.packages().flat_map(|(_, package)| &package.questions);
    for member in questions.flat_map(|question| &question.speaks).map(|speaks| &speaks.member) {
        if !members.contains(member.value.as_str()) {
            let message = format!("没有哪个依次检验的数会是「{}」", member.value);
            let report = Diagnostic::error("question", member.place, message, "应为检验结果的 id");
            sink.push(report.suggest(&member.value, members.iter().copied(), "写 [figure.…] 的 tests 所取维度的成员"));
        }
    }
}

/// What tests rest on, somebody is asked. A package without questions has its facts from elsewhere.
fn asked(book: &Book, decided: &[(EntryId, EntryId)], sink: &mut Vec<Diagnostic>) {
    let asked: BTreeSet<EntryId> =
        book.packages().flat_map(|(_, package)| package.questions.iter().map(|question| question.fact)).collect();
    for (figure, _) in decided {
        let package = book.entry(*figure).package;
        if book.package(package).questions.is_empty() {
            continue;
        }
        let bound: BTreeMap<EntryId, EntryId> =
            book.reach(package).into_iter().flat_map(|one| book.package(one).binds.iter().copied()).collect();
        for fact in facts(book, *figure, &bound) {
            let entry = book.entry(fact);
            let defaulted = book.fact(fact).is_some_and(|fact| fact.default.is_some());
            if !asked.contains(&fact) && !defaulted {
                let name = &book.entry(*figure).name;
                let message = format!("「{name}」的检验要用「{}」，没有人问", entry.name);
                let report = Diagnostic::error("question", entry.place, message, "这个事实");
                sink.push(report.help(format!("写一节 [question.{}]，或者给它 default", entry.id)));
            }
        }
    }
}

/// The facts on which an entry rests, near and far, but for those that figures give.
fn facts(book: &Book, from: EntryId, bound: &BTreeMap<EntryId, EntryId>) -> BTreeSet<EntryId> {
    let mut reached = BTreeSet::from([from]);
    let mut open = vec![from];
    while let Some(one) = open.pop() {
        let below = bound.get(&one).map_or_else(|| rests_on(book, one), |figure| vec![*figure]);
        open.extend(below.into_iter().filter(|next| reached.insert(*next)));
    }
    reached.into_iter().filter(|one| book.entry(*one).sort == Sort::Fact && !bound.contains_key(one)).collect()
}

/// A key of an engagement file means one question.
fn asked_once(book: &Book, sink: &mut Vec<Diagnostic>) {
    for (id, _) in book.packages() {
        let mut known = BTreeMap::new();
        for question in book.reach(id).into_iter().flat_map(|one| &book.package(one).questions) {
            if let Some(first) = known.insert(&question.id, question.place) {
                let message = format!("「{}」问了两次", question.id);
                let report = Diagnostic::error("two-givers", question.place, message, "第二次");
                let report = report.with(first, "第一次").help("同时用到的包里，一个 id 只能是一个问题");
                if !sink.contains(&report) {
                    sink.push(report);
                }
            }
        }
    }
}
