//! Files to book: the tables are declared, named and given their meaning; everything that is wrong is reported at once.

use super::{
    book::{Bodies, Book, PlaceFiles},
    dated::{Band, Confidence, Literal, Timeline, Version},
    diagnostic::{Diagnostic, nearest},
    elaborate::{Setting, elaborate},
    example::{Example, read_examples},
    given,
    instrument::{Instrument, Register, UNKNOWN},
    lexicon::{Lexicon, NameError},
    model::{
        Aggregate, Body, Carried, Case, Clock, Content, Entry, EntryId, Fact, Figure, Finding, Formula, Gravity,
        Member, MessagePart, Nothing, Package, PackageId, Role, Round, Sort, Supply, Type, Way, Window,
    },
    region::RegionTree,
    row::{Row, place},
    shape::{INSTRUMENTS, PACKAGE, REGION, REGION_TREE, Shape},
    source::{FileId, Located, Place, Sources},
};
use crate::quantity::{Exact, Rounding, Unit};
use std::collections::BTreeMap;
use toml::de::DeTable;

/// The file of the register and that of the tree; region files lie below this folder; all others are packages.
const INSTRUMENTS_FILE: &str = "instruments.toml";
const REGIONS_FILE: &str = "regions.toml";
const REGIONS_FOLDER: &str = "regions/";

/// Parses a file and holds it against its shape. A file with a syntax error is reported, and read as far as it goes.
fn with_table(
    sources: &Sources,
    file: FileId,
    shape: &Shape,
    sink: &mut Vec<Diagnostic>,
    read: impl FnOnce(Row<'_>, &mut Vec<Diagnostic>),
) {
    let text = sources.text(file);
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let at = error.span().unwrap_or(0..text.len().min(1));
        sink.push(Diagnostic::error("toml", place(file, at), format!("TOML 写法有误：{}", error.message()), "这里"));
    }
    let row = Row { file, table: table.get_ref(), place: place(file, 0..0) };
    row.examine(shape, sink);
    read(row, sink);
}

/// Reads every file but those of the regions, which wait until a question touches them.
pub(super) fn read(sources: Sources, sink: &mut Vec<Diagnostic>) -> Book {
    let mut instruments = Register::default();
    let mut regions = RegionTree::default();
    let mut places = BTreeMap::new();
    let mut tables = Vec::new();
    for (file, path, text) in sources.iter() {
        if path == INSTRUMENTS_FILE {
            with_table(&sources, file, &INSTRUMENTS, sink, |row, sink| instruments = read_instruments(row, sink));
        } else if path == REGIONS_FILE {
            with_table(&sources, file, &REGION_TREE, sink, |row, sink| regions = read_regions(row, sink));
        } else if let Some(below) = path.strip_prefix(REGIONS_FOLDER) {
            let name = below.rsplit('/').next().and_then(|name| name.strip_suffix(".toml")).unwrap_or_default();
            // 530000.toml, 530000-minimum-wage.toml: a place may have a file for each subject.
            let code = name.split('-').next().unwrap_or_default();
            places.entry(code.to_owned()).or_insert_with(PlaceFiles::default).add(file);
        } else {
            tables.push((file, DeTable::parse_recoverable(text)));
        }
    }
    let mut heads = Vec::new();
    for (file, (table, errors)) in &tables {
        for error in errors {
            let at = error.span().unwrap_or(0..0);
            let message = format!("TOML 写法有误：{}", error.message());
            sink.push(Diagnostic::error("toml", place(*file, at), message, "这里"));
        }
        let row = Row { file: *file, table: table.get_ref(), place: place(*file, 0..0) };
        row.examine(&PACKAGE, sink);
        heads.push(row);
    }
    for code in places.keys().filter(|code| regions.name(code).is_none()) {
        if let Some(waiting) = places.get(code) {
            let message = format!("地区文件的文件名「{code}」不是 {REGIONS_FILE} 里的代码");
            let at = place(waiting.first(), 0..0);
            sink.push(Diagnostic::error("region", at, message, "文件名应为 GB/T 2260 代码"));
        }
    }
    let reader = Reader { sources: &sources, instruments: &instruments };
    let mut packages = reader.packages(&heads, sink);
    let lexicon = reader.declare(&heads, &mut packages, sink);
    let bodies = reader.bodies(&heads, &lexicon, &mut packages, sink);
    drop(tables);
    Book::new(sources, instruments, regions, packages, lexicon, bodies, places)
}

fn read_instruments(row: Row<'_>, sink: &mut Vec<Diagnostic>) -> Register {
    let mut register = Register::default();
    for row in row.tables("instrument") {
        let Some(id) = row.text("id") else { continue };
        let instrument = Instrument {
            id: id.value.clone(),
            title: row.string("title").unwrap_or_default(),
            issuer: row.string("issuer").unwrap_or_default(),
            rank: row.string("rank").unwrap_or_default(),
            issued: row.date("issued"),
            in_force: row.date("in_force"),
            repealed: row.date("repealed"),
            replaced_by: row.string("replaced_by"),
            note: row.string("note"),
            place: id.place,
        };
        let aliases = row.texts("aliases").unwrap_or_default().into_iter().map(|alias| alias.value).collect();
        if let Some(taken) = register.add(instrument, aliases) {
            let report = Diagnostic::error("two-givers", id.place, format!("「{}」登记了两次", id.value), "第二次");
            sink.push(report.with(taken.place, "第一次"));
        }
    }
    for instrument in register.iter() {
        if let Some(next) = &instrument.replaced_by
            && register.get(next).is_none()
        {
            let message = format!("replaced_by 所指的「{next}」没有登记");
            sink.push(Diagnostic::error("instrument", instrument.place, message, "应登记它的后继文件"));
        }
    }
    register
}

fn read_regions(row: Row<'_>, sink: &mut Vec<Diagnostic>) -> RegionTree {
    let mut names = BTreeMap::new();
    for (code, name) in row.pairs("region") {
        if code.value.len() == 6 && code.value.bytes().all(|byte| byte.is_ascii_digit()) {
            names.insert(code.value, name.value);
        } else {
            sink.push(Diagnostic::error("region", code.place, "不是地区代码", "应为六位数字"));
        }
    }
    RegionTree::new(names)
}

pub(super) struct Reader<'a> {
    pub(super) sources: &'a Sources,
    pub(super) instruments: &'a Register,
}

impl Reader<'_> {
    fn packages(&self, heads: &[Row<'_>], sink: &mut Vec<Diagnostic>) -> Vec<Package> {
        let mut packages: Vec<Package> = Vec::new();
        for row in heads {
            let head = row.table("package");
            let id = head.and_then(|head| head.text("id"));
            let heading = id.as_ref().map_or(row.place, |id| id.place);
            let id = id.map_or_else(|| self.sources.path(row.file).to_owned(), |id| id.value);
            if let Some(first) = packages.iter().find(|package| package.id == id) {
                let report = Diagnostic::error("two-givers", heading, format!("包「{id}」定义了两次"), "第二次");
                sink.push(report.with(first.heading, "第一次"));
            }
            let word = |key: &str| head.and_then(|head| head.string(key)).unwrap_or_default();
            let horizon_months = head.and_then(|head| head.text("horizon")).and_then(|text| {
                let months = text.value.strip_suffix('月').and_then(|months| months.trim().parse().ok());
                if months.is_none() {
                    sink.push(Diagnostic::error("form", text.place, "不是月数", "例如 \"12月\""));
                }
                months
            });
            packages.push(Package {
                id,
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
                heading,
            });
        }
        for (at, row) in heads.iter().enumerate() {
            for used in row.table("package").and_then(|head| head.texts("uses")).unwrap_or_default() {
                match packages.iter().position(|package| package.id == used.value) {
                    Some(found) => packages[at].uses.push(PackageId(found)),
                    None => {
                        let near = nearest(&used.value, packages.iter().map(|package| package.id.as_str()));
                        let report = Diagnostic::error(
                            "unknown-name",
                            used.place,
                            format!("没有包「{}」", used.value),
                            "应为包的 id",
                        );
                        let report = match near {
                            Some(near) => report.help(format!("是不是「{near}」？")),
                            None => report,
                        };
                        sink.push(report);
                    }
                }
            }
        }
        packages
    }

    /// Gives every entry its place among the names, then its dimensions and its type.
    fn declare(&self, heads: &[Row<'_>], packages: &mut [Package], sink: &mut Vec<Diagnostic>) -> Lexicon {
        let mut lexicon =
            Lexicon { uses: packages.iter().map(|package| package.uses.clone()).collect(), ..Lexicon::default() };
        for (at, row) in heads.iter().enumerate() {
            let mut own = BTreeMap::new();
            for sort in Sort::ALL {
                for (id, row) in row.rows(sort.key()) {
                    let entry = EntryId(lexicon.entries.len());
                    self.declare_one(PackageId(at), &packages[at].id, sort, &id, row, &mut lexicon, sink);
                    let name = lexicon.entry(entry).name.clone();
                    for (word, place) in
                        [(id.value, id.place), (name, row.text("name").map_or(id.place, |name| name.place))]
                    {
                        if let Some(first) = own.insert(word.clone(), entry)
                            && first != entry
                        {
                            let message = format!("「{word}」在本包里有两处给出");
                            let report = Diagnostic::error("two-givers", place, message, "第二处");
                            sink.push(report.with(lexicon.entry(first).place, "第一处"));
                        }
                    }
                    packages[at].entries.push(entry);
                }
            }
            lexicon.own.push(own);
        }
        for (at, row) in heads.iter().enumerate() {
            for sort in Sort::ALL {
                for (id, row) in row.rows(sort.key()) {
                    if let Some(&entry) = lexicon.own[at].get(&id.value) {
                        self.type_one(PackageId(at), entry, row, &mut lexicon, sink);
                    }
                }
            }
        }
        // What is carried has the type of the figure it carries, which stands by now.
        for (at, row) in heads.iter().enumerate() {
            for (id, row) in row.rows(Sort::Carried.key()) {
                if let (Some(&entry), Some(figure)) = (lexicon.own[at].get(&id.value), row.text("of"))
                    && let Some(figure) = self.find(&lexicon, PackageId(at), &figure, sink)
                {
                    lexicon.entries[entry.0].of = lexicon.entry(figure).of;
                }
            }
        }
        lexicon
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one declaration, used once")]
    fn declare_one(
        &self,
        package: PackageId,
        package_id: &str,
        sort: Sort,
        id: &Located<String>,
        row: Row<'_>,
        lexicon: &mut Lexicon,
        sink: &mut Vec<Diagnostic>,
    ) {
        let plain = |id: &str| {
            !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        };
        if !plain(&id.value) {
            let message = format!("「{}」不是 id", id.value);
            sink.push(Diagnostic::error("id", id.place, message, "id 由小写英文字母、数字和下划线组成"));
        }
        let members = match sort {
            Sort::Dimension => row.pairs("members"),
            _ => row.pairs("choices"),
        };
        let members = members.into_iter().map(|(id, name)| Member { id: id.value, name: name.value }).collect();
        let full_id = format!("{package_id}.{}", id.value);
        let entry = EntryId(lexicon.entries.len());
        lexicon.by_full_id.insert(full_id.clone(), entry);
        lexicon.entries.push(Entry {
            package,
            id: id.value.clone(),
            full_id,
            name: row.string("name").unwrap_or_else(|| id.value.clone()),
            sort,
            by: Vec::new(),
            by_region: false,
            inherits: row.flag_or("inherits", true),
            of: Type::Dimension,
            members,
            note: row.string("note"),
            place: id.place,
        });
    }

    fn type_one(
        &self,
        package: PackageId,
        entry: EntryId,
        row: Row<'_>,
        lexicon: &mut Lexicon,
        sink: &mut Vec<Diagnostic>,
    ) {
        let mut by = Vec::new();
        for name in row.texts("by").unwrap_or_default() {
            if name.value == "region" {
                lexicon.entries[entry.0].by_region = true;
            } else if let Some(dimension) = self.find_dimension(lexicon, package, &name, sink) {
                by.push(dimension);
            }
        }
        lexicon.entries[entry.0].by = by;
        let sort = lexicon.entry(entry).sort;
        let has_choices = sort == Sort::Fact && !lexicon.entry(entry).members.is_empty();
        let unit = row.text("unit");
        lexicon.entries[entry.0].of = match sort {
            Sort::Dimension | Sort::Carried => Type::Dimension,
            Sort::Scale => Type::Scale(unit.map_or(Unit::YUAN, |unit| self.unit(&unit, sink))),
            _ if has_choices => Type::Choice(entry),
            _ => match (row.text("dimension"), unit) {
                (Some(dimension), _) => match self.find_dimension(lexicon, package, &dimension, sink) {
                    Some(dimension) => Type::Choice(dimension),
                    None => Type::Number(Unit::NONE),
                },
                (None, Some(unit)) => match unit.value.as_str() {
                    "是否" => Type::Boolean,
                    "日期" => Type::Date,
                    "舍入" => Type::Rounding,
                    _ => Type::Number(self.unit(&unit, sink)),
                },
                (None, None) => {
                    let place = lexicon.entry(entry).place;
                    sink.push(Diagnostic::error("missing-key", place, "没有写单位", "应写 unit、choices 或 dimension"));
                    Type::Number(Unit::NONE)
                }
            },
        };
    }

    fn unit(&self, text: &Located<String>, sink: &mut Vec<Diagnostic>) -> Unit {
        Unit::parse(&text.value).unwrap_or_else(|error| {
            sink.push(Diagnostic::error("unit", text.place, error.to_string(), "应为单位"));
            Unit::NONE
        })
    }

    fn find(
        &self,
        lexicon: &Lexicon,
        package: PackageId,
        name: &Located<String>,
        sink: &mut Vec<Diagnostic>,
    ) -> Option<EntryId> {
        let (code, message, help) = match lexicon.find(package, &name.value) {
            Ok(entry) => return Some(entry),
            Err(NameError::Nothing(near)) => (
                "unknown-name",
                format!("没有「{}」这个名称", name.value),
                near.map(|near| format!("是不是「{near}」？")),
            ),
            Err(NameError::Several(givers)) => (
                "two-givers",
                format!("「{}」有几处给出：{}", name.value, givers.join("、")),
                Some("请写全称".to_owned()),
            ),
        };
        let report = Diagnostic::error(code, name.place, message, "应为已定义的名称");
        sink.push(match help {
            Some(help) => report.help(help),
            None => report,
        });
        None
    }

    fn find_dimension(
        &self,
        lexicon: &Lexicon,
        package: PackageId,
        name: &Located<String>,
        sink: &mut Vec<Diagnostic>,
    ) -> Option<EntryId> {
        let entry = self.find(lexicon, package, name, sink)?;
        if lexicon.entry(entry).sort == Sort::Dimension {
            return Some(entry);
        }
        sink.push(Diagnostic::error("unit", name.place, format!("「{}」不是维度", name.value), "应为维度"));
        None
    }

    fn bodies(
        &self,
        heads: &[Row<'_>],
        lexicon: &Lexicon,
        packages: &mut [Package],
        sink: &mut Vec<Diagnostic>,
    ) -> Bodies {
        let mut bodies = Bodies::default();
        for (at, row) in heads.iter().enumerate() {
            let package = PackageId(at);
            for sort in Sort::ALL {
                for (_, row) in row.rows(sort.key()) {
                    let entry = EntryId(bodies.entries.len());
                    let body = self.body(package, entry, row, lexicon, sink);
                    bodies.entries.push(body);
                }
            }
            for (fact, figure) in row.pairs("bind") {
                let (fact_id, figure_id) =
                    (self.find_bound(lexicon, &fact, sink), self.find(lexicon, package, &figure, sink));
                let (Some(fact_id), Some(figure_id)) = (fact_id, figure_id) else { continue };
                let (given, wanted) = (lexicon.entry(figure_id), lexicon.entry(fact_id));
                let fits = match (given.of, wanted.of) {
                    (Type::Number(x), Type::Number(y)) => x.same_dimension(&y),
                    (x, y) => x == y,
                };
                if !fits || given.by != wanted.by {
                    let message =
                        format!("「{}」是{}，不能给「{}」（{}）", given.name, given.of, wanted.name, wanted.of);
                    sink.push(Diagnostic::error("unit", figure.place, message, "单位和维度要相同"));
                }
                packages[at].binds.push((fact_id, figure_id));
            }
            packages[at].findings = row
                .rows("finding")
                .into_iter()
                .filter_map(|(id, row)| self.finding(package, &id, row, lexicon, sink))
                .collect();
            bodies.supplies.push(self.supplies(Some(package), *row, lexicon, sink));
            bodies.examples.extend(read_examples(lexicon, package, *row, None, sink));
        }
        bodies
    }

    fn find_bound(&self, lexicon: &Lexicon, name: &Located<String>, sink: &mut Vec<Diagnostic>) -> Option<EntryId> {
        match lexicon.by_full_id.get(&name.value) {
            Some(&entry) if lexicon.entry(entry).sort == Sort::Fact => Some(entry),
            _ => {
                let message = format!("没有事实「{}」", name.value);
                sink.push(Diagnostic::error("unknown-name", name.place, message, "应为别的包的 fact 的全称"));
                None
            }
        }
    }

    fn body(
        &self,
        package: PackageId,
        entry: EntryId,
        row: Row<'_>,
        lexicon: &Lexicon,
        sink: &mut Vec<Diagnostic>,
    ) -> Body {
        let head = lexicon.entry(entry);
        match head.sort {
            Sort::Dimension => Body::Dimension,
            Sort::Fact => Body::Fact(self.fact(entry, row, lexicon, sink)),
            Sort::Carried => self.carried(package, entry, row, lexicon, sink),
            Sort::Scale => Body::Scale(self.timeline(head.of, row, lexicon, sink)),
            Sort::Value if row.texts("by").is_some() => Body::Supplied,
            Sort::Value => {
                if row.tables("dated").is_empty() {
                    sink.push(Diagnostic::error(
                        "missing-key",
                        head.place,
                        "这个值没有任何版本",
                        "应写 dated，或写 by 由 supply 给出",
                    ));
                }
                Body::Value(self.timeline(head.of, row, lexicon, sink))
            }
            Sort::Figure => Body::Figure(self.figure(package, entry, row, lexicon, sink)),
        }
    }

    fn fact(&self, entry: EntryId, row: Row<'_>, lexicon: &Lexicon, sink: &mut Vec<Diagnostic>) -> Fact {
        let default = row.text("default").and_then(|text| {
            given::parse(lexicon, entry, &text.value)
                .map_err(|error| sink.push(Diagnostic::error("form", text.place, error, "默认值要符合这个事实的单位")))
                .ok()
        });
        let mut bounds = (None, None);
        if let Some(text) = row.text("range") {
            match text.value.split_once("..=") {
                Some((low, high)) => {
                    let mut bound = |side: &str| -> Option<Exact> {
                        let side = side.trim();
                        if side.is_empty() {
                            return None;
                        }
                        Exact::parse(side)
                            .map_err(|error| {
                                sink.push(Diagnostic::error("form", text.place, error.to_string(), "范围的一端"))
                            })
                            .ok()
                    };
                    bounds = (bound(low), bound(high));
                }
                None => sink.push(Diagnostic::error("form", text.place, "不是范围", "例如 \"1..=12\"、\"0..=\"")),
            }
        }
        let own = match lexicon.entry(entry).of {
            Type::Number(unit) => unit.default_decimals(),
            _ => 0,
        };
        let decimals = row.text("decimals").map_or(own, |text| {
            text.value.parse().unwrap_or_else(|_| {
                sink.push(Diagnostic::error("form", text.place, "不是小数位数", "例如 \"2\""));
                own
            })
        });
        Fact { range: bounds, default, decimals }
    }

    fn carried(
        &self,
        package: PackageId,
        entry: EntryId,
        row: Row<'_>,
        lexicon: &Lexicon,
        sink: &mut Vec<Diagnostic>,
    ) -> Body {
        let figure = row.text("of").and_then(|of| lexicon.find(package, &of.value).ok()).unwrap_or(entry);
        let word = |key: &str| row.string(key).unwrap_or_default();
        let default = row.text("default").and_then(|text| {
            given::parse(lexicon, entry, &text.value)
                .map_err(|error| {
                    sink.push(Diagnostic::error("form", text.place, error, "默认值要符合所结转的数的单位"))
                })
                .ok()
        });
        Body::Carried(Carried {
            figure,
            over: match word("over").as_str() {
                "12-months" => Window::TwelveMonths,
                "run-of-months" => Window::RunOfMonths,
                _ => Window::TaxYear,
            },
            aggregate: match word("agg").as_str() {
                "average" => Aggregate::Average,
                "last" => Aggregate::Last,
                "count" => Aggregate::Count,
                _ => Aggregate::Sum,
            },
            default,
        })
    }

    /// Reports what a citation names that no register knows; where it is unknown, a source must be named.
    fn cite(&self, cite: Option<Located<String>>, source: Option<&str>, sink: &mut Vec<Diagnostic>) -> Option<String> {
        let cite = cite?;
        for unknown in self.instruments.uncited(&cite.value) {
            let near = nearest(unknown, self.instruments.iter().map(|one| one.id.as_str()));
            let message = format!("「{unknown}」不是已登记的文件");
            let report = Diagnostic::error("instrument", cite.place, message, format!("应先登记在 {INSTRUMENTS_FILE}"));
            sink.push(match near {
                Some(near) => report.help(format!("是不是「{near}」？")),
                None => report,
            });
        }
        if cite.value.trim().is_empty() || (cite.value == UNKNOWN && source.is_none()) {
            let message = "既没有文件，也没有来源";
            sink.push(Diagnostic::error("no-source", cite.place, message, "cite = \"unknown\" 时要写 source"));
        }
        Some(cite.value)
    }

    fn timeline(&self, of: Type, row: Row<'_>, lexicon: &Lexicon, sink: &mut Vec<Diagnostic>) -> Timeline {
        let versions = row.tables("dated").into_iter().filter_map(|row| self.version(of, row, lexicon, sink)).collect();
        Timeline::new(versions, sink)
    }

    fn version(&self, of: Type, row: Row<'_>, lexicon: &Lexicon, sink: &mut Vec<Diagnostic>) -> Option<Version> {
        let source = row.string("source");
        let cite = self.cite(row.text("cite"), source.as_deref(), sink);
        let literal = match of {
            Type::Scale(_) => Some(Literal::Bands(self.bands(row, sink))),
            _ => row.text("value").and_then(|text| self.literal(of, &text, lexicon, sink)),
        };
        Some(Version {
            from: row.date("from")?,
            until: row.date("until"),
            literal: literal?,
            cite: cite?,
            source,
            published: row.date("published"),
            checked: row.date("checked")?,
            review_by: row.date("review_by"),
            confidence: row.string("confidence").and_then(|mark| Confidence::parse(&mark))?,
            note: row.string("note"),
            over: row.flag("over"),
            place: row.place,
        })
    }

    fn literal(
        &self,
        of: Type,
        text: &Located<String>,
        lexicon: &Lexicon,
        sink: &mut Vec<Diagnostic>,
    ) -> Option<Literal> {
        let read = match of {
            Type::Rounding => Rounding::parse(&text.value).map(Literal::Rounding).map_err(|error| error.to_string()),
            _ => given::parse_typed(lexicon, of, &text.value).and_then(given::literal),
        };
        read.map_err(|error| sink.push(Diagnostic::error("form", text.place, error, format!("应为{of}")))).ok()
    }

    /// The bands of a scale: ascending, and continuous where one ends and the next begins.
    fn bands(&self, row: Row<'_>, sink: &mut Vec<Diagnostic>) -> Vec<Band> {
        let mut bands: Vec<Band> = Vec::new();
        let rows = row.tables("bands");
        let count = rows.len();
        for (at, row) in rows.into_iter().enumerate() {
            let mut number = |key: &str| {
                let text = row.text(key)?;
                Exact::parse(&text.value)
                    .map_err(|error| sink.push(Diagnostic::error("form", text.place, error.to_string(), "应为数")))
                    .ok()
            };
            let (to, rate, quick) = (number("to"), number("rate"), number("quick"));
            let (Some(rate), Some(quick)) = (rate, quick) else { continue };
            if to.is_none() != (at + 1 == count) {
                let message =
                    if to.is_none() { "只有最后一级可以没有上限" } else { "最后一级不应有上限" };
                sink.push(Diagnostic::error("bands", row.place, message, "上限 to"));
            }
            if let Some(previous) = bands.last() {
                if let (Some(low), Some(high)) = (previous.to, to)
                    && high <= low
                {
                    sink.push(Diagnostic::error("bands", row.place, "上限没有递增", "应大于前一级的上限"));
                }
                // Both bands must give the same at the bound where they meet: low × r₁ − q₁ = low × r₂ − q₂.
                let tax = |band: (Exact, Exact)| previous.to.and_then(|low| low.mul(band.0).ok()?.sub(band.1).ok());
                let (below, above) = (tax((previous.rate, previous.quick)), tax((rate, quick)));
                if let (Some(below), Some(above)) = (below, above)
                    && below != above
                {
                    let message = format!("速算扣除数与前一级不衔接：交界处前一级得 {below}，这一级得 {above}");
                    sink.push(Diagnostic::error("bands", row.place, message, "速算扣除数 quick"));
                }
            }
            bands.push(Band { to, rate, quick });
        }
        if bands.is_empty() {
            sink.push(Diagnostic::error("bands", row.place, "税率表没有级次", "至少一级"));
        }
        bands
    }

    fn figure(
        &self,
        package: PackageId,
        entry: EntryId,
        row: Row<'_>,
        lexicon: &Lexicon,
        sink: &mut Vec<Diagnostic>,
    ) -> Figure {
        let head = lexicon.entry(entry);
        let setting = Setting { sources: self.sources, lexicon, package, at_hand: &head.by };
        let mut cases = Vec::new();
        for row in row.tables("cases") {
            let when = row.text("when");
            if when.is_some() == row.flag("otherwise") {
                sink.push(Diagnostic::error(
                    "cases",
                    row.place,
                    "每种情形写 when 或 otherwise = true，只写其一",
                    "这种情形",
                ));
            }
            let when = when.map(|when| self.condition(setting, when, sink));
            let formula = row.text("formula").and_then(|text| self.formula(setting, text, head.of, sink));
            let cite = self.cite(row.text("cite"), None, sink);
            match (when, formula) {
                (Some(None), _) | (_, None) => {}
                (when, Some(formula)) => cases.push(Case { when: when.flatten(), formula, cite }),
            }
        }
        let text = row.text("formula");
        let written = row.tables("cases").len();
        let way = match text {
            Some(text) if written == 0 => match self.formula(setting, text, head.of, sink) {
                Some(formula) => Way::Formula(formula),
                None => Way::Cases(Vec::new()),
            },
            _ => {
                if (written == 0) != row.text("formula").is_some() {
                    sink.push(Diagnostic::error(
                        "missing-key",
                        head.place,
                        "应写 formula 或 cases，只写其一",
                        "这个数",
                    ));
                }
                let otherwise = cases.iter().position(|case| case.when.is_none());
                if otherwise.is_some_and(|at| at + 1 != cases.len()) {
                    sink.push(Diagnostic::error("cases", head.place, "otherwise 只能有一个，放在最后", "这个数的情形"));
                }
                Way::Cases(cases)
            }
        };
        let round = match row.text("round") {
            None => Round::Unsaid,
            Some(text) if text.value == "exact" => Round::Exact,
            Some(text) => match Rounding::parse(&text.value) {
                Ok(rounding) => Round::Fixed(rounding),
                Err(_) => match self.find(lexicon, package, &text, sink) {
                    Some(value) if lexicon.entry(value).of == Type::Rounding => {
                        if let Some(missing) = lexicon.entry(value).by.iter().find(|one| !head.by.contains(one)) {
                            let message = format!("舍入按「{}」区分，这个数没有", lexicon.entry(*missing).name);
                            sink.push(Diagnostic::error("cell", text.place, message, "维度要包含在这个数的 by 里"));
                        }
                        Round::Value(value)
                    }
                    Some(_) => {
                        sink.push(Diagnostic::error(
                            "rounding",
                            text.place,
                            "不是舍入方式",
                            "例如 \"half-up 0.01\"，或单位为「舍入」的值",
                        ));
                        Round::Unsaid
                    }
                    None => Round::Unsaid,
                },
            },
        };
        Figure { way, round, cite: self.cite(row.text("cite"), None, sink) }
    }

    fn formula(
        &self,
        setting: Setting<'_>,
        text: Located<String>,
        of: Type,
        sink: &mut Vec<Diagnostic>,
    ) -> Option<Formula> {
        let term = elaborate(setting, &text, sink)?;
        let fits = match (term.of, of) {
            (Type::Zero, Type::Number(_)) => true,
            (Type::Number(x), Type::Number(y)) => x.same_dimension(&y),
            (x, y) => x == y,
        };
        if !fits {
            let place = self.sources.inside(&text, term.span);
            let report = Diagnostic::error(
                "unit",
                place,
                format!("公式得出{}，这个数的单位是{of}", term.of),
                format!("应得出{of}"),
            );
            sink.push(match (term.of, of) {
                (Type::Number(x), Type::Number(y)) => report.help(format!("单位相差「{}」", x.div(y))),
                _ => report,
            });
        }
        Some(Formula { text, term })
    }

    fn condition(&self, setting: Setting<'_>, text: Located<String>, sink: &mut Vec<Diagnostic>) -> Option<Formula> {
        self.formula(setting, text, Type::Boolean, sink)
    }

    fn finding(
        &self,
        package: PackageId,
        id: &Located<String>,
        row: Row<'_>,
        lexicon: &Lexicon,
        sink: &mut Vec<Diagnostic>,
    ) -> Option<Finding> {
        let by: Vec<EntryId> = row
            .texts("by")
            .unwrap_or_default()
            .iter()
            .filter_map(|name| self.find_dimension(lexicon, package, name, sink))
            .collect();
        let setting = Setting { sources: self.sources, lexicon, package, at_hand: &by };
        let when = row.text("when").and_then(|text| self.condition(setting, text, sink));
        let message = row.text("message").map(|text| self.message(setting, &text, sink));
        Some(Finding {
            id: id.value.clone(),
            severity: match row.string("severity")?.as_str() {
                "unlawful" => Gravity::Unlawful,
                "risk" => Gravity::Risk,
                _ => Gravity::Note,
            },
            when: when?,
            message: message?,
            remedy: row.string("remedy"),
            cite: self.cite(row.text("cite"), None, sink),
            by,
            place: id.place,
        })
    }

    /// A sentence with names in braces; `{地区}` is the place that answers for the package.
    fn message(&self, setting: Setting<'_>, text: &Located<String>, sink: &mut Vec<Diagnostic>) -> Vec<MessagePart> {
        let mut parts = Vec::new();
        let mut rest = text.value.as_str();
        while let Some((words, after)) = rest.split_once('{') {
            parts.push(MessagePart::Words(words.to_owned()));
            let Some((name, tail)) = after.split_once('}') else {
                sink.push(Diagnostic::error("message", text.place, "「{」没有配对的「}」", "这句话"));
                return parts;
            };
            if name == "地区" {
                parts.push(MessagePart::Region);
            } else {
                let start = text.value.len() - after.len();
                let place = self.sources.inside(text, crate::formula::Span::new(start, start + name.len()));
                let mut errors = Vec::new();
                match elaborate(setting, &Located { value: name.to_owned(), place: Place::default() }, &mut errors) {
                    Some(term) => parts.push(MessagePart::Value(term)),
                    None => sink.extend(errors.into_iter().map(|error| Diagnostic {
                        at: (place, error.at.1),
                        also: Vec::new(),
                        ..error
                    })),
                }
            }
            rest = tail;
        }
        parts.push(MessagePart::Words(rest.to_owned()));
        parts
    }

    /// The supplies of a package file (whose names are the package's own) or of a region file (full ids).
    pub(super) fn supplies(
        &self,
        package: Option<PackageId>,
        row: Row<'_>,
        lexicon: &Lexicon,
        sink: &mut Vec<Diagnostic>,
    ) -> Vec<Supply> {
        let mut supplies: Vec<Supply> = Vec::new();
        for row in row.tables("supply") {
            let Some(name) = row.text("value") else { continue };
            let value = match package {
                Some(package) => self.find(lexicon, package, &name, sink),
                None => lexicon.by_full_id.get(&name.value).copied().or_else(|| {
                    let near = nearest(&name.value, lexicon.by_full_id.keys().map(String::as_str));
                    let report = Diagnostic::error(
                        "unknown-name",
                        name.place,
                        format!("没有值「{}」", name.value),
                        "应为值的全称",
                    );
                    sink.push(match near {
                        Some(near) => report.help(format!("是不是「{near}」？")),
                        None => report,
                    });
                    None
                }),
            };
            let Some(value) = value else { continue };
            let entry = lexicon.entry(value);
            if entry.sort != Sort::Value || (entry.by.is_empty() && !entry.by_region) {
                let message = format!("「{}」不由 supply 给出", entry.name);
                sink.push(Diagnostic::error("supply", name.place, message, "应为写了 by 的 value"));
                continue;
            }
            let Some(members) = self.supplied_members(row, entry, lexicon, sink) else { continue };
            let dated = row.tables("dated");
            let content = match row.string("none") {
                Some(reason) if dated.is_empty() => {
                    let source = row.string("source");
                    Content::None(Nothing {
                        reason,
                        cite: self.cite(row.text("cite"), source.as_deref(), sink),
                        source,
                        confidence: row.string("confidence").and_then(|mark| Confidence::parse(&mark)),
                        note: row.string("note"),
                        place: name.place,
                    })
                }
                None if !dated.is_empty() => Content::Dated(self.timeline(entry.of, row, lexicon, sink)),
                _ => {
                    sink.push(Diagnostic::error(
                        "missing-key",
                        name.place,
                        "应写 dated 或 none，只写其一",
                        "这个 supply",
                    ));
                    continue;
                }
            };
            let places = row.texts("places").map(|codes| codes.into_iter().map(|code| code.value).collect());
            let supply = Supply { value, places, members, content, place: name.place };
            if let Some(first) = supplies.iter().find(|first| overlaps(first, &supply)) {
                let report =
                    Diagnostic::error("overlap", name.place, format!("「{}」的同一格有两处给出", entry.name), "第二处");
                sink.push(report.with(first.place, "第一处"));
            }
            supplies.push(supply);
        }
        supplies
    }

    fn supplied_members(
        &self,
        row: Row<'_>,
        entry: &Entry,
        lexicon: &Lexicon,
        sink: &mut Vec<Diagnostic>,
    ) -> Option<Vec<Option<Vec<usize>>>> {
        const OWN: [&str; 8] = ["value", "places", "dated", "none", "cite", "source", "confidence", "note"];
        let mut members = vec![None; entry.by.len()];
        let mut sound = true;
        for (key, value) in row.keys_of(row.table).into_iter().filter(|(key, _)| !OWN.contains(&key.value.as_str())) {
            let Some(at) = entry.by.iter().position(|dimension| lexicon.entry(*dimension).id == key.value) else {
                let dimensions: Vec<&str> = entry.by.iter().map(|one| lexicon.entry(*one).id.as_str()).collect();
                let message = format!("「{}」不按「{}」区分", entry.name, key.value);
                let expected = format!("可用的维度：{}", dimensions.join("、"));
                sink.push(Diagnostic::error("unknown-key", key.place, message, expected));
                sound = false;
                continue;
            };
            let mut meant = Vec::new();
            for name in row.texts_of(value) {
                match lexicon.member(entry.by[at], &name.value) {
                    Some(member) => meant.push(member),
                    None => {
                        let known: Vec<&str> =
                            lexicon.members(entry.by[at]).iter().map(|one| one.id.as_str()).collect();
                        let message = format!("「{}」不是成员", name.value);
                        sink.push(Diagnostic::error(
                            "cell",
                            name.place,
                            message,
                            format!("应为：{}", known.join("、")),
                        ));
                        sound = false;
                    }
                }
            }
            members[at] = Some(meant);
        }
        sound.then_some(members)
    }

    /// What a region file says.
    pub(super) fn region(
        &self,
        file: FileId,
        code: &str,
        regions: &RegionTree,
        lexicon: &Lexicon,
        sink: &mut Vec<Diagnostic>,
    ) -> (Vec<Supply>, Vec<Example>) {
        let mut read = (Vec::new(), Vec::new());
        with_table(self.sources, file, &REGION, sink, |row, sink| {
            if let Some(written) = row.table("region").and_then(|head| head.text("code"))
                && written.value != code
            {
                let message = format!("文件名是 {code}，这里写的是 {}", written.value);
                sink.push(Diagnostic::error("region", written.place, message, "两处代码应相同"));
            }
            for place in row.tables("supply").into_iter().filter_map(|row| row.texts("places")).flatten() {
                let below = regions.name(&place.value).is_some()
                    && regions.lineage(&place.value).iter().skip(1).any(|around| around == code);
                if !below {
                    let message = format!("「{}」不是 {code} 下面的地区", place.value);
                    sink.push(Diagnostic::error("region", place.place, message, "应为本地区之下的六位代码"));
                }
            }
            read.0 = self.supplies(None, row, lexicon, sink);
            read.1 = read_examples(lexicon, PackageId(usize::MAX), row, Some(code), sink);
        });
        read
    }
}

/// Whether two supplies answer for one cell with equal right.
fn overlaps(a: &Supply, b: &Supply) -> bool {
    let same_place = match (&a.places, &b.places) {
        (Some(a), Some(b)) => a.iter().any(|code| b.contains(code)),
        (a, b) => a.is_none() && b.is_none(),
    };
    a.value == b.value
        && same_place
        && a.named() == b.named()
        && a.members.iter().zip(&b.members).all(|(a, b)| match (a, b) {
            (Some(a), Some(b)) => a.iter().any(|member| b.contains(member)),
            _ => true,
        })
}
