//! Who gives which name: the packages, then every entry with its dimensions and its type.

use super::Reader;
use crate::{
    quantity::Unit,
    rulebook::{
        diagnostic::Diagnostic,
        lexicon::Lexicon,
        model::{Clock, Entry, EntryId, Member, Package, PackageId, Role, Sort, Type},
        row::Row,
        source::{Located, Place},
    },
};
use std::collections::BTreeMap;

/// The dimension of places, which no package declares.
const REGION: &str = "region";

/// An entry as it stands in its file; its position among all is its [`EntryId`].
pub(super) struct Declared<'t> {
    pub(super) package: PackageId,
    pub(super) sort: Sort,
    pub(super) id: Located<String>,
    pub(super) row: Row<'t>,
}

impl<'t> Declared<'t> {
    /// Every entry of every package.
    pub(super) fn all(packages: &[Row<'t>]) -> Vec<Self> {
        let mut all = Vec::new();
        for (at, file) in packages.iter().enumerate() {
            for sort in Sort::ALL {
                let rows = file.rows(sort.key()).into_iter();
                all.extend(rows.map(|(id, row)| Self { package: PackageId(at), sort, id, row }));
            }
        }
        all
    }
}

/// Whether it is lower-case letters, digits and underscores.
pub(super) fn is_plain(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

pub(super) fn not_an_id(id: &Located<String>) -> Diagnostic {
    let message = format!("「{}」不能作 id", id.value);
    let report = Diagnostic::error("id", id.place, message, "只能用小写英文字母、数字和下划线");
    report.help("中文名称写在 name 里")
}

/// That something is given twice.
fn twice(what: &str, second: Place, first: Place) -> Diagnostic {
    let report = Diagnostic::error("two-givers", second, format!("{what}有两处给出"), "第二处");
    report.with(first, "第一处").help("改掉一处的名称")
}

impl Reader<'_> {
    pub(super) fn packages(self, rows: &[Row<'_>], sink: &mut Vec<Diagnostic>) -> Vec<Package> {
        let mut packages: Vec<Package> = Vec::new();
        for row in rows {
            let package = self.package(*row, sink);
            if let Some(first) = packages.iter().find(|first| first.id == package.id) {
                sink.push(twice(&format!("包「{}」", package.id), package.heading, first.heading));
            }
            packages.push(package);
        }
        for (at, row) in rows.iter().enumerate() {
            for used in row.table("package").and_then(|head| head.texts("uses")).unwrap_or_default() {
                let found = packages.iter().position(|package| package.id == used.value).map(PackageId);
                match found {
                    Some(found) if packages[at].uses.contains(&found) || found.0 == at => {
                        let message =
                            if found.0 == at { "包不用写进自己的 uses" } else { "同一个包写了两次" };
                        sink.push(Diagnostic::error("uses", used.place, message, "多余").help("删去它"));
                    }
                    Some(found) => packages[at].uses.push(found),
                    None => {
                        let message = format!("没有包「{}」", used.value);
                        let report = Diagnostic::error("unknown-name", used.place, message, "应为包的 id");
                        let ids = packages.iter().map(|package| package.id.as_str());
                        sink.push(report.suggest(&used.value, ids, "gongche rules list 列出全部的包"));
                    }
                }
            }
        }
        packages
    }

    fn package(self, row: Row<'_>, sink: &mut Vec<Diagnostic>) -> Package {
        let head = row.table("package");
        let id = head.and_then(|head| head.text("id"));
        if let Some(id) = id.as_ref().filter(|id| !id.value.split('.').all(is_plain)) {
            sink.push(not_an_id(id));
        }
        let word = |key: &str| head.and_then(|head| head.string(key)).unwrap_or_default();
        let horizon_months = head.and_then(|head| head.text("horizon")).and_then(|text| {
            let months = text.value.strip_suffix('月').and_then(|months| months.trim().parse().ok());
            if months.is_none() {
                let message = format!("「{}」不是月数", text.value);
                sink.push(Diagnostic::error("form", text.place, message, "应为月数").help("例如 horizon = \"12月\""));
            }
            months
        });
        Package {
            heading: id.as_ref().map_or(row.place, |id| id.place),
            // Without an id the path will do: it is reported, and nothing else has it.
            id: id.map_or_else(|| self.sources.path(row.file).to_owned(), |id| id.value),
            title: word("title"),
            clock: match word("clock").as_str() {
                "period" => Clock::Period,
                "work" => Clock::Work,
                "signing" => Clock::Signing,
                _ => Clock::Payment,
            },
            place: match word("place").as_str() {
                "fund" => Role::Fund,
                "work" => Role::Work,
                "host" => Role::Host,
                _ => Role::Insurance,
            },
            uses: Vec::new(),
            horizon_months,
            entries: Vec::new(),
            binds: Vec::new(),
            findings: Vec::new(),
            questions: Vec::new(),
            consequences: Vec::new(),
        }
    }

    /// Gives every entry its place among the names, then its dimensions and its type.
    pub(super) fn declare(
        self,
        declared: &[Declared<'_>],
        packages: &mut [Package],
        sink: &mut Vec<Diagnostic>,
    ) -> Lexicon {
        let mut lexicon = Lexicon {
            uses: packages.iter().map(|package| package.uses.clone()).collect(),
            own: vec![BTreeMap::new(); packages.len()],
            ..Lexicon::default()
        };
        for one in declared {
            let package = &mut packages[one.package.0];
            package.entries.push(EntryId(lexicon.entries.len()));
            self.name(one, &package.id, &mut lexicon, sink);
        }
        for (at, one) in declared.iter().enumerate() {
            self.dimensions(EntryId(at), one, &mut lexicon, sink);
            lexicon.entries[at].of = self.type_of(EntryId(at), one, &lexicon, sink);
        }
        // What is carried has the type of the figure it carries, which stands by now.
        for (at, one) in declared.iter().enumerate().filter(|(_, one)| one.sort == Sort::Carried) {
            if let Some(of) = self.type_carried(one, &lexicon, sink) {
                lexicon.entries[at].of = of;
            }
        }
        lexicon
    }

    fn name(self, one: &Declared<'_>, package: &str, lexicon: &mut Lexicon, sink: &mut Vec<Diagnostic>) {
        let Declared { id, row, sort, .. } = one;
        if !is_plain(&id.value) {
            sink.push(not_an_id(id));
        }
        let members = row.pairs(if *sort == Sort::Dimension { "members" } else { "choices" });
        let mut known: BTreeMap<&str, Place> = BTreeMap::new();
        for (member, name) in &members {
            if !is_plain(&member.value) {
                sink.push(not_an_id(member));
            }
            for word in [member, name] {
                if let Some(first) = known.insert(&word.value, word.place).filter(|_| member.value != name.value) {
                    sink.push(twice(&format!("成员「{}」", word.value), word.place, first));
                }
            }
        }
        let entry = EntryId(lexicon.entries.len());
        let name = row.text("name").unwrap_or_else(|| id.clone());
        let own = &mut lexicon.own[one.package.0];
        for word in [id, &name] {
            let first = *own.entry(word.value.clone()).or_insert(entry);
            if first != entry {
                sink.push(twice(&format!("「{}」在本包里", word.value), word.place, lexicon.entries[first.0].place));
            }
        }
        let full_id = format!("{package}.{}", id.value);
        lexicon.by_full_id.entry(full_id.clone()).or_insert(entry);
        lexicon.entries.push(Entry {
            package: one.package,
            id: id.value.clone(),
            full_id,
            name: name.value,
            sort: *sort,
            by: Vec::new(),
            by_region: false,
            inherits: row.flag_or("inherits", true),
            of: Type::Dimension,
            members: members.into_iter().map(|(id, name)| Member { id: id.value, name: name.value }).collect(),
            note: row.string("note"),
            place: id.place,
        });
    }

    fn dimensions(self, entry: EntryId, one: &Declared<'_>, lexicon: &mut Lexicon, sink: &mut Vec<Diagnostic>) {
        for name in one.row.texts("by").unwrap_or_default() {
            if name.value == REGION {
                if one.sort != Sort::Value {
                    let message = format!("{}不能按地区区分", one.sort.name());
                    let report = Diagnostic::error("cell", name.place, message, "只有法定值可以");
                    sink.push(report.help("删去 \"region\"：所读的值因地而异，结果自然因地而异"));
                }
                lexicon.entries[entry.0].by_region = true;
                continue;
            }
            let Some(dimension) = self.find_dimension(lexicon, one.package, &name, sink) else { continue };
            if lexicon.entries[entry.0].by.contains(&dimension) {
                let message = format!("维度「{}」写了两次", name.value);
                sink.push(Diagnostic::error("cell", name.place, message, "多余").help("删去它"));
            } else {
                lexicon.entries[entry.0].by.push(dimension);
            }
        }
    }

    fn type_of(self, entry: EntryId, one: &Declared<'_>, lexicon: &Lexicon, sink: &mut Vec<Diagnostic>) -> Type {
        let row = one.row;
        let unit = row.text("unit");
        let ways: &[&str] = match one.sort {
            Sort::Dimension | Sort::Carried => return Type::Dimension,
            Sort::Scale => return Type::Scale(unit.map_or(Unit::YUAN, |unit| unit_of(&unit, sink))),
            Sort::Fact => &["unit", "choices", "dimension"],
            Sort::Value | Sort::Figure => &["unit", "dimension"],
        };
        let written: Vec<&str> = ways.iter().copied().filter(|way| row.has(way)).collect();
        match written.as_slice() {
            [] => {
                let report = Diagnostic::error("missing-key", one.id.place, "没有写单位", "这个名称");
                sink.push(report.help(format!("写 {} 之一，例如 unit = \"元\"", ways.join("、"))));
            }
            [_, second, ..] => {
                let message = format!("{} 只能写一个", written.join("、"));
                sink.push(Diagnostic::error("unit", row.place_of(second), message, "多余").help("留下一个，删去其余"));
            }
            [_] => {}
        }
        if row.has("choices") {
            return Type::Choice(entry);
        }
        if let Some(dimension) = row.text("dimension") {
            let found = self.find_dimension(lexicon, one.package, &dimension, sink);
            return found.map_or(Type::Number(Unit::NONE), Type::Choice);
        }
        match unit {
            None => Type::Number(Unit::NONE),
            Some(unit) => match unit.value.as_str() {
                "是否" => Type::Boolean,
                "日期" => Type::Date,
                "舍入" if one.sort == Sort::Value => Type::Rounding,
                "舍入" => {
                    let message = format!("{}不能是舍入", one.sort.name());
                    sink.push(Diagnostic::error("unit", unit.place, message, "只有法定值可以").help("写成 [value.…]"));
                    Type::Rounding
                }
                _ => Type::Number(unit_of(&unit, sink)),
            },
        }
    }

    fn type_carried(self, one: &Declared<'_>, lexicon: &Lexicon, sink: &mut Vec<Diagnostic>) -> Option<Type> {
        let of = one.row.text("of")?;
        let figure = lexicon.entry(self.find(lexicon, one.package, &of, sink)?);
        let mut fail = |code, place, message: String, help: &str| {
            sink.push(Diagnostic::error(code, place, message, "不能结转").help(help));
        };
        if figure.sort != Sort::Figure {
            let message = format!("「{}」是{}", figure.name, figure.sort.name());
            fail("carried", of.place, message, "of 写要结转的 [figure.…]");
        } else if !figure.by.is_empty() {
            fail("carried", of.place, format!("「{}」按维度区分", figure.name), "结转不按维度区分的数");
        }
        let aggregate = one.row.text("agg")?;
        let counts = aggregate.value == "count";
        if matches!(aggregate.value.as_str(), "sum" | "average") && !matches!(figure.of, Type::Number(_)) {
            let message = format!("「{}」是{}，没有合计和平均", figure.name, figure.of);
            fail("carried", aggregate.place, message, "agg 写 last 或 count");
        }
        Some(if counts { Type::Number(Unit::NONE) } else { figure.of })
    }
}

fn unit_of(text: &Located<String>, sink: &mut Vec<Diagnostic>) -> Unit {
    Unit::parse(&text.value).unwrap_or_else(|error| {
        sink.push(Diagnostic::error("unit", text.place, error.to_string(), "应为单位"));
        Unit::NONE
    })
}
