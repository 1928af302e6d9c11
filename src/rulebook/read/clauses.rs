//! The files of the clause library.

use super::{Reader, declare::is_plain, declare::not_an_id, misnamed};
use crate::rulebook::{
    clause::{Agreement, Clause, ClauseLibrary, Quote, Term, TermForm, Void},
    diagnostic::Diagnostic,
    example::{self, Cell},
    lexicon::Lexicon,
    model::{EntryId, Gravity, Package, PackageId, Sort},
    row::Row,
    shape::CLAUSES,
    source::Located,
};

impl Reader<'_> {
    pub(super) fn clauses(
        self,
        rows: &[Row<'_>],
        lexicon: &Lexicon,
        packages: &[Package],
        sink: &mut Vec<Diagnostic>,
    ) -> ClauseLibrary {
        let mut library = ClauseLibrary::default();
        for row in rows {
            row.examine(&CLAUSES, sink);
            for (id, row) in row.rows("agreement") {
                let agreement = self.agreement(&id, row, lexicon, packages, sink);
                let known = library.agreements.iter().any(|one| one.id == id.value);
                take(known, &id, agreement, &mut library.agreements, sink);
            }
            for (id, row) in row.rows("term") {
                let term = term(&id, row, lexicon, sink);
                let known = library.terms.iter().any(|one| one.id == id.value);
                take(known, &id, term, &mut library.terms, sink);
            }
            for (id, cell) in row.pairs("quote") {
                let Some(cell) = read_cell(&cell, lexicon, sink) else { continue };
                let known = library.quotes.iter().any(|one| one.id == id.value);
                take(known, &id, Quote { id: id.value.clone(), cell }, &mut library.quotes, sink);
            }
        }
        // Clauses speak of agreements and terms of all files.
        for (id, row) in rows.iter().flat_map(|row| row.rows("clause")) {
            let clause = self.clause(&id, row, &library, packages, sink);
            let known = library.clauses.iter().any(|one| one.id == id.value);
            take(known, &id, clause, &mut library.clauses, sink);
        }
        library
    }

    fn agreement(
        self,
        id: &Located<String>,
        row: Row<'_>,
        lexicon: &Lexicon,
        packages: &[Package],
        sink: &mut Vec<Diagnostic>,
    ) -> Agreement {
        let judge = row.text("judge").and_then(|name| {
            let found = packages.iter().position(|package| package.id == name.value);
            if found.is_none() {
                let report =
                    Diagnostic::error("unknown-name", name.place, format!("没有包「{}」", name.value), "应为包的 id");
                let ids = packages.iter().map(|package| package.id.as_str());
                sink.push(report.suggest(&name.value, ids, "写判断条款的包的 id"));
            }
            found.map(PackageId)
        });
        let needs = row.texts("needs").unwrap_or_default();
        Agreement {
            id: id.value.clone(),
            name: row.string("name").unwrap_or_default(),
            relations: values(row, "relations"),
            default: values(row, "default"),
            titles: values(row, "titles"),
            judge,
            signers: row.pairs("signers").into_iter().map(|(key, name)| (key.value, name.value)).collect(),
            kept: row.text("kept").and_then(|cell| read_cell(&cell, lexicon, sink)),
            needs: needs.iter().filter_map(|cell| read_cell(cell, lexicon, sink)).collect(),
            cite: self.cite(row.text("cite"), None, sink),
            place: id.place,
        }
    }

    fn clause(
        self,
        id: &Located<String>,
        row: Row<'_>,
        library: &ClauseLibrary,
        packages: &[Package],
        sink: &mut Vec<Diagnostic>,
    ) -> Clause {
        let agreements = |row: Row<'_>, key: &str, sink: &mut Vec<Diagnostic>| {
            let ids = || library.agreements.iter().map(|one| one.id.as_str());
            known(row, key, "协议", ids, sink)
        };
        let terms = |key: &str, sink: &mut Vec<Diagnostic>| {
            known(row, key, "条件", || library.terms.iter().map(|one| one.id.as_str()), sink)
        };
        for judge in row.texts("judged_by").unwrap_or_default() {
            let finding = judge.value.rsplit_once('.').is_some_and(|(package, finding)| {
                let of = packages.iter().find(|one| one.id == package);
                of.is_some_and(|of| of.findings.iter().any(|one| one.id == finding))
            });
            if !finding && !packages.iter().any(|one| one.id == judge.value) {
                let message = format!("没有包或提示「{}」", judge.value);
                let report = Diagnostic::error("unknown-name", judge.place, message, "应为包或提示的全称");
                let ids = packages.iter().map(|package| package.id.as_str());
                sink.push(report.suggest(&judge.value, ids, "例如 labour.probation 或 labour.probation.too_long"));
            }
        }
        let void = row.tables("void").into_iter().map(|row| Void {
            agreements: agreements(row, "in", sink),
            severity: match row.string("severity").as_deref() {
                Some("risk") => Gravity::Risk,
                Some("note") => Gravity::Note,
                _ => Gravity::Unlawful,
            },
            message: row.string("message").unwrap_or_default(),
            remedy: row.string("remedy").unwrap_or_default(),
            cite: self.cite(row.text("cite"), None, sink).unwrap_or_default(),
        });
        let void = void.collect();
        Clause {
            id: id.value.clone(),
            name: row.string("name").unwrap_or_default(),
            required: agreements(row, "required", sink),
            allowed: agreements(row, "allowed", sink),
            void,
            terms: terms("terms", sink),
            if_chosen: row
                .items("if_chosen")
                .into_iter()
                .filter_map(|(key, value)| {
                    let (term, choice) = key.value.split_once('.')?;
                    let needs = row.texts_of(value).into_iter().map(|text| text.value).collect();
                    Some((term.to_owned(), choice.to_owned(), needs))
                })
                .collect(),
            optional: terms("optional", sink),
            judged_by: values(row, "judged_by"),
            cite: self.cite(row.text("cite"), None, sink),
        }
    }
}

/// Adds what has a sound id that nothing else of its sort has.
fn take<T>(known: bool, id: &Located<String>, one: T, among: &mut Vec<T>, sink: &mut Vec<Diagnostic>) {
    if !is_plain(&id.value) {
        sink.push(not_an_id(id));
    } else if known {
        let message = format!("「{}」有两处给出", id.value);
        sink.push(Diagnostic::error("two-givers", id.place, message, "第二处").help("改掉一处的 id"));
    } else {
        among.push(one);
    }
}

fn values(row: Row<'_>, key: &str) -> Vec<String> {
    row.texts(key).unwrap_or_default().into_iter().map(|text| text.value).collect()
}

/// The texts of a key, each of which must be one of these ids.
fn known<'l, I: Iterator<Item = &'l str>>(
    row: Row<'_>,
    key: &str,
    sort: &str,
    ids: impl Fn() -> I,
    sink: &mut Vec<Diagnostic>,
) -> Vec<String> {
    let texts = row.texts(key).unwrap_or_default();
    for text in texts.iter().filter(|text| !ids().any(|id| id == text.value)) {
        let report = Diagnostic::error(
            "unknown-name",
            text.place,
            format!("没有{sort}「{}」", text.value),
            format!("应为{sort}的 id"),
        );
        sink.push(report.suggest(&text.value, ids(), "先在条款库里定义它"));
    }
    texts.into_iter().map(|text| text.value).collect()
}

fn read_cell(text: &Located<String>, lexicon: &Lexicon, sink: &mut Vec<Diagnostic>) -> Option<Cell> {
    let read = example::cell(lexicon, None, &text.value);
    let report = |error: String| {
        let report = Diagnostic::error("cell", text.place, error, "应为条目的全称");
        sink.push(report.help("写全称，按维度区分的写上成员，例如 labour.notice.days[worker]"));
    };
    read.map_err(report).ok()
}

fn term(id: &Located<String>, row: Row<'_>, lexicon: &Lexicon, sink: &mut Vec<Diagnostic>) -> Term {
    let mut facts = |key: &str| -> Vec<EntryId> {
        row.texts(key).unwrap_or_default().iter().filter_map(|name| fact(name, lexicon, sink)).collect()
    };
    let (shows, facts) = (facts("shows"), facts("facts"));
    let columns: Vec<(String, String)> =
        row.pairs("columns").into_iter().map(|(key, name)| (key.value, name.value)).collect();
    if let Some(other) = facts.iter().skip(1).find(|one| lexicon.entry(**one).of != lexicon.entry(facts[0]).of) {
        let message = format!("「{}」与「{}」类别不同", lexicon.entry(*other).name, lexicon.entry(facts[0]).name);
        let report = Diagnostic::error("unit", row.place_of("facts"), message, "一个条件给出的事实要同一类别");
        sink.push(report.help("分成两个条件，或者在自己的包里用 [figure.…] 换算"));
    }
    let form = match (facts.is_empty(), columns.is_empty(), row.flag("list")) {
        (false, ..) => TermForm::Facts(facts),
        (true, false, _) => TermForm::Rows(columns),
        (true, true, true) => TermForm::Texts,
        (true, true, false) => TermForm::Text,
    };
    let mut keys = values(row, "keys");
    if keys.is_empty() {
        keys.push(format!("terms.{}", id.value));
    }
    Term {
        id: id.value.clone(),
        name: row.string("name").unwrap_or_default(),
        form,
        shows,
        keys,
        example: row.string("example").unwrap_or_default(),
    }
}

fn fact(name: &Located<String>, lexicon: &Lexicon, sink: &mut Vec<Diagnostic>) -> Option<EntryId> {
    let entry =
        lexicon.find_anywhere(&name.value).map_err(|error| sink.push(misnamed(&error, name, "应为事实的全称"))).ok()?;
    if lexicon.entry(entry).sort == Sort::Fact {
        return Some(entry);
    }
    let message = format!("「{}」是{}，不是事实", name.value, lexicon.entry(entry).sort.name());
    sink.push(Diagnostic::error("form", name.place, message, "应为 [fact.…] 的全称"));
    None
}
