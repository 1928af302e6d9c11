//! What refers to what: facts bound by one package alone, findings that examples expect.

use crate::rulebook::{
    book::Book,
    diagnostic::Diagnostic,
    example::Example,
    model::{EntryId, PackageId, Supply},
};
use std::collections::BTreeMap;

pub(super) fn check(book: &Book, sink: &mut Vec<Diagnostic>) {
    for (package, _) in book.packages() {
        binds(book, package, sink);
    }
    let own: Vec<&Example> = book.examples(false).collect();
    examples(book, own, sink);
}

/// Of the packages that one sees, only one may compute a fact.
fn binds(book: &Book, package: PackageId, sink: &mut Vec<Diagnostic>) {
    let mut givers: BTreeMap<EntryId, EntryId> = BTreeMap::new();
    for (fact, figure) in book.reach(package).into_iter().flat_map(|one| book.package(one).binds.iter().copied()) {
        let first = *givers.entry(fact).or_insert(figure);
        if first != figure {
            let message = format!("「{}」由两个包给出", book.entry(fact).full_id);
            let report = Diagnostic::error("two-givers", book.entry(figure).place, message, "第二个");
            let report = report.with(book.entry(first).place, "第一个").help("同时用到的包里，只能有一个 bind 它");
            if !sink.contains(&report) {
                sink.push(report);
            }
        }
    }
}

/// What several files supply for one place may not answer for one cell: a file for each subject, or one for a place
/// and one for those below it.
pub(in crate::rulebook) fn places(book: &Book, sink: &mut Vec<Diagnostic>) {
    let mut known: BTreeMap<(EntryId, &str), Vec<&Supply>> = BTreeMap::new();
    for (code, supply) in book.supplied_places() {
        let others = known.entry((supply.value, code)).or_default();
        // Within one file this was reported when it was read.
        let other = others.iter().find(|other| other.place.file != supply.place.file && other.rivals(supply));
        if let Some(other) = other {
            let name = &book.entry(supply.value).name;
            let message = format!("{}的「{name}」同一格有两处给出", book.regions().path(code));
            let report = Diagnostic::error("overlap", supply.place, message, "第二处");
            sink.push(report.with(other.place, "第一处").help("每个地区的每一格只由一处给出，删去一处"));
        }
        others.push(supply);
    }
}

/// Examples expect only findings that there are.
pub(in crate::rulebook) fn examples<'e>(
    book: &Book,
    examples: impl IntoIterator<Item = &'e Example>,
    sink: &mut Vec<Diagnostic>,
) {
    let all: Vec<(PackageId, &str, String)> = book
        .packages()
        .flat_map(|(id, package)| {
            let full = |name: &str| format!("{}.{name}", package.id);
            package.findings.iter().map(move |finding| (id, finding.id.as_str(), full(&finding.id)))
        })
        .collect();
    for example in examples {
        for name in example.findings.iter().flatten() {
            // In a region file an example takes the view of the package whose figure it expects first.
            let known = |(package, id, full): &&(PackageId, &str, String)| {
                *full == name.value || (*id == name.value && example.package.is_none_or(|own| own == *package))
            };
            if all.iter().find(known).is_none() {
                let report = Diagnostic::error(
                    "example",
                    name.place,
                    format!("没有提示「{}」", name.value),
                    "应为 [finding.…] 的 id",
                );
                let words = all.iter().flat_map(|(_, id, full)| [*id, full.as_str()]);
                sink.push(report.suggest(&name.value, words, "本包的提示写 id，别的包的写全称"));
            }
        }
    }
}
