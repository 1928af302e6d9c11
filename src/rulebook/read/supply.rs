//! What the nation and the places supply, cell by cell.

use super::{Reader, dated::no_source, misnamed, parse};
use crate::rulebook::{
    dated::Confidence,
    diagnostic::Diagnostic,
    example::{Example, read_examples},
    lexicon::{Lexicon, NameError},
    model::{Content, Entry, EntryId, Nothing, PackageId, Sort, Supply, Unsaid},
    row::Row,
    shape::{REGION, SUPPLY},
    source::{FileId, Located},
};

/// For each dimension of a value the members meant; none: all.
type Members = Vec<Option<Vec<usize>>>;

impl Reader<'_> {
    /// What a region file says.
    pub(in crate::rulebook) fn region(
        self,
        file: FileId,
        code: &str,
        lexicon: &Lexicon,
        sink: &mut Vec<Diagnostic>,
    ) -> (Vec<Supply>, Vec<Example>) {
        let table = parse(self.sources, file, sink);
        let row = Row::new(file, table.get_ref());
        row.examine(&REGION, sink);
        let head = row.table("region");
        let named = self.regions.name(code).unwrap_or_default();
        for (key, expected) in [("code", code), ("name", named)] {
            if let Some(written) = head.and_then(|head| head.text(key)).filter(|written| written.value != expected) {
                let message = format!("文件名是 {code}（{named}），这里写的是「{}」", written.value);
                let report = Diagnostic::error("region", written.place, message, format!("应为 {expected}"));
                sink.push(report.help("改这里，或改文件名；名称以 regions.toml 为准"));
            }
        }
        for below in row.tables("supply").into_iter().filter_map(|row| row.texts("places")).flatten() {
            let known =
                self.regions.name(&below.value).is_some() && self.regions.canonical(&below.value) == below.value;
            if !known || !self.regions.lineage(&below.value).iter().any(|around| around == code) {
                let message = format!("「{}」不是{named}，也不在它下面", below.value);
                let report = Diagnostic::error("region", below.place, message, "应为它自己或其下地区的六位代码");
                sink.push(report.help("别处的值写在别处的文件里"));
            }
        }
        let supplies = self.supplies(None, row, lexicon, sink);
        (supplies, read_examples(self.regions, lexicon, None, row, Some(code), sink))
    }

    /// The supplies of a package file (whose names are the package's own) or of a region file (full ids).
    pub(super) fn supplies(
        self,
        package: Option<PackageId>,
        row: Row<'_>,
        lexicon: &Lexicon,
        sink: &mut Vec<Diagnostic>,
    ) -> Vec<Supply> {
        let mut supplies: Vec<Supply> = Vec::new();
        for row in row.tables("supply") {
            let Some(value) = self.supplied(package, row, lexicon, sink) else { continue };
            let entry = lexicon.entry(value);
            let Some(members) = members(row, entry, lexicon, sink) else { continue };
            let Some(content) = self.content(row, entry, lexicon, sink) else { continue };
            let places = row.texts("places").map(|codes| codes.into_iter().map(|code| code.value).collect());
            let supply = Supply { value, places, members, content, place: row.place_of("value") };
            if let Some(first) = supplies.iter().find(|first| first.rivals(&supply) && meet(first, &supply)) {
                let message = format!("「{}」的同一格有两处给出", entry.name);
                let report = Diagnostic::error("overlap", supply.place, message, "第二处");
                sink.push(
                    report
                        .with(first.place, "第一处")
                        .help("写明各自的成员，使每一格只有一处给出；值有变化时写在同一个 dated 里"),
                );
            }
            supplies.push(supply);
        }
        supplies
    }

    /// The value that a supply is of, if it may stand there.
    fn supplied(
        self,
        package: Option<PackageId>,
        row: Row<'_>,
        lexicon: &Lexicon,
        sink: &mut Vec<Diagnostic>,
    ) -> Option<EntryId> {
        let name = row.text("value")?;
        let value = match package {
            Some(package) => self.find(lexicon, package, &name, sink)?,
            None => match lexicon.by_full_id.get(&name.value) {
                Some(value) => *value,
                None => {
                    let supplied = lexicon.by_full_id.iter().filter(|(_, one)| lexicon.entry(**one).by_region);
                    let near = crate::rulebook::nearest(&name.value, supplied.map(|(id, _)| id.as_str()));
                    let report = misnamed(&NameError::Nothing(near.map(str::to_owned)), &name, "应为值的全称");
                    sink.push(report);
                    return None;
                }
            },
        };
        let entry = lexicon.entry(value);
        if package.is_some() && row.has("places") {
            let report = Diagnostic::error("supply", row.place_of("places"), "包里的值是全国的，不写 places", "多余");
            sink.push(report.help("一地的值写在地区文件里"));
        }
        let (message, help) = if entry.sort != Sort::Value || (entry.by.is_empty() && !entry.by_region) {
            (format!("「{}」不由 supply 给出", entry.name), "supply 只给写了 by 的 [value.…]")
        } else if package.is_some_and(|package| package != entry.package) {
            (format!("「{}」是别的包的值", entry.name), "全国的值写在定义它的包里，一地的值写在地区文件里")
        } else if package.is_none() && !entry.by_region {
            (
                format!("「{}」不因地区而异", entry.name),
                "这里写了也没有人读；确实因地而异的，在它的 by 里加上 \"region\"",
            )
        } else {
            return Some(value);
        };
        let report = Diagnostic::error("supply", name.place, message, "不能在这里给出").help(help);
        sink.push(report.with(entry.place, "它在这里定义"));
        None
    }

    fn content(self, row: Row<'_>, entry: &Entry, lexicon: &Lexicon, sink: &mut Vec<Diagnostic>) -> Option<Content> {
        match (row.string("none"), row.string("unknown"), row.has("dated")) {
            (None, None, true) => Some(Content::Dated(self.timeline(entry.of, row, lexicon, sink))),
            (Some(reason), None, false) => {
                let source = row.string("source");
                if !row.has("cite") {
                    sink.push(no_source(row.place_of("none")));
                }
                Some(Content::None(Nothing {
                    reason,
                    cite: self.cite(row.text("cite"), source.as_deref(), sink),
                    source,
                    confidence: row.string("confidence").and_then(|mark| Confidence::parse(&mark)),
                    note: row.string("note"),
                    place: row.place_of("value"),
                }))
            }
            (None, Some(reason), false) => {
                for key in ["cite", "confidence"].into_iter().filter(|key| row.has(key)) {
                    let message = "不知道的值没有依据，也谈不上可信度";
                    let report = Diagnostic::error("supply", row.place_of(key), message, "多余");
                    sink.push(report.help("删去它；在哪里读到的写在 source 里，已知的写在 note 里"));
                }
                Some(Content::Unknown(Unsaid { reason, source: row.string("source"), note: row.string("note") }))
            }
            (none, unknown, dated) => {
                let told = [("dated", dated), ("none", none.is_some()), ("unknown", unknown.is_some())];
                let told: Vec<&str> = told.into_iter().filter(|(_, told)| *told).map(|(key, _)| key).collect();
                let message = match told.as_slice() {
                    [] => "没有写值".to_owned(),
                    [rest @ .., last] => format!("既有 {} 又有 {last}", rest.join("、")),
                };
                let report = Diagnostic::error("missing-key", row.place_of("value"), message, "这一格");
                sink.push(report.help(
                    "有值写 dated = [{ … }]；确实没有这一项，写 none = \"为什么没有\"；有而不知道，写 unknown = \"为什么不知道\"",
                ));
                None
            }
        }
    }
}

/// The members that a supply names.
fn members(row: Row<'_>, entry: &Entry, lexicon: &Lexicon, sink: &mut Vec<Diagnostic>) -> Option<Members> {
    let mut members = vec![None; entry.by.len()];
    let mut sound = true;
    let own = |key: &str| SUPPLY.keys.iter().any(|known| known.name == key);
    for (key, value) in row.keys_of(row.table).into_iter().filter(|(key, _)| !own(&key.value)) {
        let Some(at) = entry.by.iter().position(|dimension| lexicon.entry(*dimension).id == key.value) else {
            let dimensions = || entry.by.iter().map(|dimension| lexicon.entry(*dimension).id.as_str());
            let known = dimensions().collect::<Vec<_>>().join("、");
            let message = format!("「{}」不按「{}」区分", entry.name, key.value);
            let expected = if known.is_empty() {
                "它只按地区区分".to_owned()
            } else {
                format!("可写的维度：{known}")
            };
            let report = Diagnostic::error("unknown-key", key.place, message, expected);
            let words = dimensions().chain(SUPPLY.keys.iter().map(|known| known.name));
            sink.push(report.suggest(&key.value, words, "删去它，或在这个值的 by 里加上这个维度"));
            sound = false;
            continue;
        };
        let mut meant = Vec::new();
        for name in row.texts_of(value) {
            match lexicon.member(entry.by[at], &name.value) {
                Some(member) => meant.push(member),
                None => {
                    sink.push(no_member(&name, entry.by[at], lexicon));
                    sound = false;
                }
            }
        }
        if meant.is_empty() && sound {
            let report = Diagnostic::error("cell", row.place_of(&key.value), "没有写任何成员", "空的");
            sink.push(report.help("指全部成员时，整行删去"));
            sound = false;
        }
        members[at] = Some(meant);
    }
    sound.then_some(members)
}

fn no_member(name: &Located<String>, dimension: EntryId, lexicon: &Lexicon) -> Diagnostic {
    let ids = || lexicon.members(dimension).iter().map(|member| member.id.as_str());
    let message = format!("「{}」不是{}的成员", name.value, lexicon.entry(dimension).name);
    let known = ids().collect::<Vec<_>>().join("、");
    let report = Diagnostic::error("cell", name.place, message, format!("应为：{known}"));
    report.suggest(&name.value, ids(), "写成员的 id，或先在维度的 members 里加上")
}

/// Whether two supplies of a file are for a common place.
fn meet(a: &Supply, b: &Supply) -> bool {
    match (&a.places, &b.places) {
        (Some(a), Some(b)) => a.iter().any(|code| b.contains(code)),
        (a, b) => a.is_none() && b.is_none(),
    }
}
