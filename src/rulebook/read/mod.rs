//! Files to book: the tables are declared, named and given their meaning; everything that is wrong is reported at once.

mod bodies;
mod calendar;
mod clauses;
mod dated;
mod declare;
mod figure;
mod question;
mod review;
mod supply;

use super::{
    book::{Book, PatternFiles, PlaceFiles},
    calendar::Calendar,
    diagnostic::Diagnostic,
    instrument::{Instrument, Register},
    lexicon::{Lexicon, NameError},
    model::{EntryId, PackageId, Sort},
    region::{NATION, RegionTree},
    row::{Row, place},
    shape::{INSTRUMENTS, PACKAGE, REGION_TREE},
    source::{FileId, Located, Sources},
};
use declare::Declared;
use std::{collections::BTreeMap, sync::OnceLock};
use toml::{Spanned, de::DeTable};

/// The file of the register and that of the tree; region files and the clauses of agreements lie
/// below these folders; all others are packages.
const INSTRUMENTS_FILE: &str = "instruments.toml";
const REGIONS_FILE: &str = "regions.toml";
const CALENDAR_FILE: &str = "calendar.toml";
const REGIONS_FOLDER: &str = "regions/";
/// Files of patterns, which wait until a text is reviewed.
const REVIEW_FILES: &str = "clauses/review";
const CLAUSES_FOLDER: &str = "clauses/agreements/";

/// Parses a file; what is no TOML is reported, and the rest is read as far as it goes.
pub(crate) fn parse<'s>(sources: &'s Sources, file: FileId, sink: &mut Vec<Diagnostic>) -> Spanned<DeTable<'s>> {
    let text = sources.text(file);
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let at = error.span().unwrap_or(0..0);
        let (message, label) = explain(error.message());
        sink.push(Diagnostic::error("toml", place(file, at), message, label));
    }
    table
}

/// What a message of the TOML parser means, as far as people meet it, and the words at the place.
fn explain(message: &str) -> (String, &'static str) {
    let known = match message {
        "duplicate key" => ("同一个键写了两次", "第二次；删去一处"),
        message if message.starts_with("invalid date") => ("没有这一天", "应为日历上有的日期"),
        message if message.contains("string, expected") => ("引号没有配对", "这里缺少结尾的引号"),
        message if message.starts_with("missing comma") => ("两项之间缺少逗号", "这里应有逗号"),
        message if message.starts_with("unclosed") => ("括号没有配对", "这里缺少结尾的括号"),
        "missing assignment between key-value pairs" | "key with no value" => ("键后面缺少等号和值", "应写 键 = 值"),
        "string values must be quoted" => ("文字没有加引号", "应写成 \"…\""),
        _ => return (format!("不是 TOML 的写法（{message}）"), "从这里起"),
    };
    (known.0.to_owned(), known.1)
}

/// Reads every file but those of the regions, which wait until a question touches them.
pub(super) fn read(sources: Sources, sink: &mut Vec<Diagnostic>) -> Book {
    let mut instruments = Register::default();
    let mut regions = RegionTree::default();
    let mut working_days = None;
    let mut places = BTreeMap::new();
    let mut packages = Vec::new();
    let mut patterns = Vec::new();
    let mut clauses = Vec::new();
    for (file, path, _) in sources.iter() {
        if path == INSTRUMENTS_FILE {
            instruments = read_instruments(Row::new(file, parse(&sources, file, sink).get_ref()), sink);
        } else if path == REGIONS_FILE {
            regions = read_regions(Row::new(file, parse(&sources, file, sink).get_ref()), sink);
        } else if path == CALENDAR_FILE {
            working_days = Some((file, parse(&sources, file, sink)));
        } else if let Some(below) = path.strip_prefix(REGIONS_FOLDER) {
            places.insert(below, file);
        } else if path.starts_with(REVIEW_FILES) {
            patterns.push(file);
        } else if path.starts_with(CLAUSES_FOLDER) {
            clauses.push((file, parse(&sources, file, sink)));
        } else {
            packages.push((file, parse(&sources, file, sink)));
        }
    }
    let places = place_files(&places, &regions, sink);
    let rows: Vec<Row<'_>> = packages.iter().map(|(file, table)| Row::new(*file, table.get_ref())).collect();
    for row in &rows {
        row.examine(&PACKAGE, sink);
    }
    let reader = Reader { sources: &sources, instruments: &instruments, regions: &regions };
    let calendar = working_days
        .as_ref()
        .map_or_else(Calendar::default, |(file, table)| reader.calendar(Row::new(*file, table.get_ref()), sink));
    let mut heads = reader.packages(&rows, sink);
    let declared = Declared::all(&rows);
    let lexicon = reader.declare(&declared, &mut heads, sink);
    let bodies = reader.bodies(&rows, &declared, &lexicon, &mut heads, sink);
    let files: Vec<Row<'_>> = clauses.iter().map(|(file, table)| Row::new(*file, table.get_ref())).collect();
    let library = reader.clauses(&files, &lexicon, &heads, sink);
    drop((declared, rows, files));
    drop((packages, working_days, clauses));
    let packages = heads;
    let patterns = PatternFiles::new(patterns);
    Book {
        sources,
        instruments,
        regions,
        calendar,
        packages,
        lexicon,
        bodies,
        clauses: library,
        places,
        patterns,
        digest: OnceLock::new(),
    }
}

fn read_instruments(row: Row<'_>, sink: &mut Vec<Diagnostic>) -> Register {
    row.examine(&INSTRUMENTS, sink);
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
        let aliases = row.texts("aliases").unwrap_or_default();
        let names = std::iter::once(&id).chain(&aliases);
        for (name, taken) in names.filter_map(|name| Some((name, register.get(&name.value)?))) {
            let message = format!("「{}」已经是另一份文件的名称", name.value);
            let report = Diagnostic::error("two-givers", name.place, message, "第二次登记");
            sink.push(report.with(taken.place, "第一次登记").help("每个名称只能指一份文件；删去一处，或写全称"));
        }
        register.add(instrument, aliases.into_iter().map(|alias| alias.value).collect());
    }
    for row in row.tables("instrument") {
        if let Some(next) = row.text("replaced_by").filter(|next| register.get(&next.value).is_none()) {
            let message = format!("后继文件「{}」没有登记", next.value);
            let report = Diagnostic::error("instrument", next.place, message, "应为本表里的 id");
            sink.push(report.suggest(&next.value, register.names(), "先在本表里登记后继文件"));
        }
    }
    register
}

fn read_regions(row: Row<'_>, sink: &mut Vec<Diagnostic>) -> RegionTree {
    row.examine(&REGION_TREE, sink);
    let mut names = BTreeMap::new();
    for (code, name) in row.pairs("region") {
        if code.value.len() == 6 && code.value.bytes().all(|byte| byte.is_ascii_digit()) {
            names.insert(code.value, name.value);
        } else {
            let message = format!("「{}」不是地区代码", code.value);
            let report = Diagnostic::error("region", code.place, message, "应为六位数字");
            sink.push(report.help("写 GB/T 2260 的六位代码，例如 530100 = \"昆明市\""));
        }
    }
    RegionTree::new(names)
}

/// The files of the places by code. A place may have a file for each subject (530000.toml, 530000-minimum-wage.toml),
/// all in the folder of its province.
fn place_files(
    files: &BTreeMap<&str, FileId>,
    regions: &RegionTree,
    sink: &mut Vec<Diagnostic>,
) -> BTreeMap<String, PlaceFiles> {
    let mut places: BTreeMap<String, PlaceFiles> = BTreeMap::new();
    for (path, file) in files {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let code = name.split(['.', '-']).next().unwrap_or_default();
        let canonical = regions.canonical(code);
        let province = format!("{}0000", code.get(..2).unwrap_or_default());
        let (message, help) = if code == NATION {
            ("全国的值不写在地区文件里".to_owned(), "写在定义它的包里，用 [[supply]]".to_owned())
        } else if regions.name(code).is_none() {
            let message = format!("地区文件名开头的「{code}」不是 {REGIONS_FILE} 里的代码");
            (message, "文件名以 GB/T 2260 的六位代码开头，例如 530100.toml、530100-fund.toml".to_owned())
        } else if canonical != code {
            let message = format!("「{code}」（{}）只是分组，不是一个地区", regions.name(code).unwrap_or_default());
            (message, format!("写在 {canonical}.toml 里"))
        } else if folder != province {
            ("地区文件放错了文件夹".to_owned(), format!("放到 {REGIONS_FOLDER}{province}/{name}"))
        } else {
            places.entry(code.to_owned()).or_default().add(*file);
            continue;
        };
        sink.push(Diagnostic::error("region", place(*file, 0..0), message, "这个文件").help(help));
    }
    places
}

/// What the readers of every part of a file need at hand.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) sources: &'a Sources,
    pub(super) instruments: &'a Register,
    pub(super) regions: &'a RegionTree,
}

impl Reader<'_> {
    /// What a name means in a package.
    fn find(
        self,
        lexicon: &Lexicon,
        package: PackageId,
        name: &Located<String>,
        sink: &mut Vec<Diagnostic>,
    ) -> Option<EntryId> {
        lexicon.find(package, &name.value).map_err(|error| sink.push(misnamed(&error, name, "应为已定义的名称"))).ok()
    }

    fn find_dimension(
        self,
        lexicon: &Lexicon,
        package: PackageId,
        name: &Located<String>,
        sink: &mut Vec<Diagnostic>,
    ) -> Option<EntryId> {
        let entry = self.find(lexicon, package, name, sink)?;
        if lexicon.entry(entry).sort == Sort::Dimension {
            return Some(entry);
        }
        let message = format!("「{}」是{}，不是维度", name.value, lexicon.entry(entry).sort.name());
        sink.push(Diagnostic::error("unit", name.place, message, "应为 [dimension.…] 的 id"));
        None
    }
}

/// The report of a name that means nothing, or too much.
pub(super) fn misnamed(error: &NameError, name: &Located<String>, expected: &str) -> Diagnostic {
    match error {
        NameError::Nothing(near) => {
            let message = format!("没有「{}」这个名称", name.value);
            let report = Diagnostic::error("unknown-name", name.place, message, expected);
            report.help(match near {
                Some(near) => format!("是不是「{near}」？"),
                None => "名称要在本包或 uses 的包里定义；别的包要写全称，例如 tax.wages.tax".to_owned(),
            })
        }
        NameError::Several(givers) => {
            let message = format!("「{}」有几处给出：{}", name.value, givers.join("、"));
            let report = Diagnostic::error("two-givers", name.place, message, "不知道是哪一个");
            report.help(format!("写全称，例如 {}", givers.first().map_or("", String::as_str)))
        }
    }
}
