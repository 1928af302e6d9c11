//! No figure may rest on itself, and no package use itself.

use crate::rulebook::{
    book::Book,
    diagnostic::Diagnostic,
    model::{Body, EntryId, PackageId, Round},
};
use std::collections::BTreeMap;

/// The entries that an entry's value rests on, but for what other packages bind to it. What is carried rests on
/// earlier slips and so on nothing.
pub(super) fn rests_on(book: &Book, entry: EntryId) -> Vec<EntryId> {
    let Body::Figure(figure) = book.body(entry) else { return Vec::new() };
    let mut reads: Vec<EntryId> = figure.way.formulas().into_iter().flat_map(|one| one.term.reads()).collect();
    if let Round::Value(value) = figure.round {
        reads.push(value);
    }
    reads
}

pub(super) fn check(book: &Book, sink: &mut Vec<Diagnostic>) {
    let uses = |package: PackageId| book.package(package).uses.clone();
    for circle in circles(book.packages().map(|(id, _)| id), uses) {
        let ids = || circle.iter().map(|one| book.package(*one).id.as_str());
        let message = format!("包的 uses 循环：{}", ids().chain(ids().take(1)).collect::<Vec<_>>().join(" → "));
        let mut places = circle.iter().map(|one| book.package(*one).heading);
        let Some(first) = places.next() else { continue };
        let report = Diagnostic::error("cycle", first, message, "这个包最终用到它自己");
        let report = places.fold(report, |report, place| report.with(place, "途经这里"));
        sink.push(report.help("删去其中一处 uses；要给别的包算一个事实，用 [bind]"));
    }

    // A bound fact rests on the figures that give it, whichever package binds it.
    let mut bound: BTreeMap<EntryId, Vec<EntryId>> = BTreeMap::new();
    for (fact, figure) in book.packages().flat_map(|(_, package)| package.binds.iter().copied()) {
        bound.entry(fact).or_default().push(figure);
    }
    let next = |entry: EntryId| bound.get(&entry).cloned().unwrap_or_else(|| rests_on(book, entry));
    for circle in circles(book.entries().map(|(id, _)| id), next) {
        let names = || circle.iter().map(|one| book.entry(*one).name.as_str());
        let message = format!("循环：{}", names().chain(names().take(1)).collect::<Vec<_>>().join(" → "));
        let mut places = circle.iter().map(|one| book.entry(*one).place);
        let Some(first) = places.next() else { continue };
        let report = Diagnostic::error("cycle", first, message, "这个数最终依赖它自己");
        let report = places.fold(report, |report, place| report.with(place, "途经这里"));
        sink.push(report.help("改公式断开循环；要用以前月份的结果，用 [carried.…]"));
    }
}

/// The circles that one meets going from each node to those it leads to, depth first.
fn circles<N: Copy + Ord>(nodes: impl IntoIterator<Item = N>, next: impl Fn(N) -> Vec<N>) -> Vec<Vec<N>> {
    let mut walk = Walk { next, done: BTreeMap::new(), way: Vec::new(), circles: Vec::new() };
    for node in nodes {
        walk.visit(node);
    }
    walk.circles
}

struct Walk<N, F> {
    next: F,
    /// False while a node is on the way, true once it is done.
    done: BTreeMap<N, bool>,
    way: Vec<N>,
    circles: Vec<Vec<N>>,
}

impl<N: Copy + Ord, F: Fn(N) -> Vec<N>> Walk<N, F> {
    fn visit(&mut self, node: N) {
        match self.done.get(&node) {
            Some(true) => {}
            Some(false) => {
                let start = self.way.iter().position(|one| *one == node).unwrap_or(0);
                self.circles.push(self.way[start..].to_vec());
            }
            None => {
                self.done.insert(node, false);
                self.way.push(node);
                for next in (self.next)(node) {
                    self.visit(next);
                }
                self.way.pop();
                self.done.insert(node, true);
            }
        }
    }
}
