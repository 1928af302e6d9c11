//! No figure may rest on itself.

use crate::rulebook::{
    book::Book,
    diagnostic::Diagnostic,
    model::{Body, EntryId, Round, Way},
};
use std::collections::BTreeMap;

/// The entries that an entry's value rests on. A bound fact rests on the figure that gives it; what is carried rests
/// on earlier slips and so on nothing.
pub(super) fn rests_on(book: &Book, entry: EntryId, binds: &BTreeMap<EntryId, EntryId>) -> Vec<EntryId> {
    match book.body(entry) {
        Body::Figure(figure) => {
            let mut reads = match &figure.way {
                Way::Formula(formula) => formula.term.reads(),
                Way::Cases(cases) => cases
                    .iter()
                    .flat_map(|case| case.when.iter().chain([&case.formula]))
                    .flat_map(|formula| formula.term.reads())
                    .collect(),
            };
            if let Round::Value(value) = figure.round {
                reads.push(value);
            }
            reads
        }
        Body::Fact(_) => binds.get(&entry).copied().into_iter().collect(),
        _ => Vec::new(),
    }
}

pub(super) fn check(book: &Book, sink: &mut Vec<Diagnostic>) {
    let binds: BTreeMap<EntryId, EntryId> =
        book.packages().flat_map(|(_, package)| package.binds.iter().copied()).collect();
    let mut state: BTreeMap<EntryId, bool> = BTreeMap::new();
    for (entry, _) in book.entries() {
        walk(book, entry, &binds, &mut state, &mut Vec::new(), sink);
    }
}

/// Depth first; `state` is false while an entry is on the way and true once it is done.
fn walk(
    book: &Book,
    entry: EntryId,
    binds: &BTreeMap<EntryId, EntryId>,
    state: &mut BTreeMap<EntryId, bool>,
    way: &mut Vec<EntryId>,
    sink: &mut Vec<Diagnostic>,
) {
    match state.get(&entry) {
        Some(true) => return,
        Some(false) => {
            let start = way.iter().position(|one| *one == entry).unwrap_or(0);
            let names: Vec<&str> =
                way[start..].iter().chain([&entry]).map(|one| book.entry(*one).name.as_str()).collect();
            let message = format!("循环：{}", names.join(" → "));
            let mut report = Diagnostic::error("cycle", book.entry(entry).place, message, "这个数最终依赖它自己");
            for one in &way[start + 1..] {
                report = report.with(book.entry(*one).place, "途经这里");
            }
            sink.push(report);
            return;
        }
        None => {}
    }
    state.insert(entry, false);
    way.push(entry);
    for next in rests_on(book, entry, binds) {
        walk(book, next, binds, state, way, sink);
    }
    way.pop();
    state.insert(entry, true);
}
