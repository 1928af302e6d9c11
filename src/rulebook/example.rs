//! Worked examples: what is given, what must follow.

use super::{
    diagnostic::Diagnostic,
    given,
    lexicon::{Lexicon, NameError},
    model::{EntryId, Given, PackageId, Sort, Type},
    region::RegionTree,
    row::Row,
    source::{Located, Place},
};
use crate::formula::{self, ExpressionKind};
use chrono::NaiveDate;
use toml::{Spanned, de::DeValue};

/// A cell of an entry.
pub type Cell = (EntryId, Vec<usize>);

/// A worked example beside the rule it proves. More than one step is a run of months, over which carried values that
/// are not given are carried.
#[derive(Debug)]
pub struct Example {
    /// What it shows.
    pub title: String,
    /// Where it is from.
    pub source: String,
    /// The date of every clock.
    pub on: NaiveDate,
    /// What was published by then; everything without it.
    pub known_at: Option<NaiveDate>,
    /// The place of every role.
    pub region: Option<String>,
    /// The steps: what is given and what must follow.
    pub steps: Vec<Step>,
    /// The figures that the book must not answer after the last step, each with words of the coverage error.
    pub refused: Vec<(Cell, Located<String>)>,
    /// The findings that must be raised, and no others, where the example says so.
    pub findings: Option<Vec<Located<String>>>,
    /// The package it stands in, if it stands in one.
    pub package: Option<PackageId>,
    /// Where it stands.
    pub place: Place,
}

/// One month of an example.
#[derive(Debug, Default)]
pub struct Step {
    /// The facts.
    pub given: Vec<(Cell, Given)>,
    /// The figures and values, as written.
    pub expect: Vec<(Cell, Given)>,
}

/// The cell that a person writes: `tax`, `tax.wages.tax`, `contribution[pension, employee]`.
///
/// # Errors
/// What is wrong with it, in Chinese.
pub fn cell(lexicon: &Lexicon, package: Option<PackageId>, text: &str) -> Result<Cell, String> {
    let tree = formula::parse(text).map_err(|error| error.message)?;
    let ExpressionKind::Name(name, indices) = tree.kind else {
        return Err(format!("「{text}」不是名称"));
    };
    let found = match package {
        Some(package) => lexicon.find(package, &name.text),
        None => lexicon.find_anywhere(&name.text),
    };
    let entry = found.map_err(|error| match error {
        NameError::Nothing(Some(near)) => format!("没有「{}」；是不是「{near}」？", name.text),
        NameError::Nothing(None) => format!("没有「{}」", name.text),
        NameError::Several(givers) => {
            format!("「{}」有几处给出，请写全称：{}", name.text, givers.join("、"))
        }
    })?;
    let by = &lexicon.entry(entry).by;
    let mut members = vec![None; by.len()];
    for index in &indices {
        let ExpressionKind::Name(member, _) = &index.kind else {
            return Err(format!("「{text}」的下标不是成员"));
        };
        let meant: Vec<(usize, usize)> = by
            .iter()
            .enumerate()
            .filter_map(|(at, dimension)| Some((at, lexicon.member(*dimension, &member.text)?)))
            .collect();
        match meant.as_slice() {
            [(at, position)] if members[*at].is_none() => members[*at] = Some(*position),
            [(at, _)] => return Err(format!("「{text}」的「{}」写了两次", lexicon.entry(by[*at]).name)),
            [] => return Err(format!("「{}」没有成员「{}」；{}", name.text, member.text, shape(lexicon, entry))),
            _ => return Err(format!("「{}」的成员「{}」在几个维度里都有", name.text, member.text)),
        }
    }
    let full: Option<Vec<usize>> = members.into_iter().collect();
    full.map(|members| (entry, members))
        .ok_or_else(|| format!("「{}」要写明是哪一格：{}", name.text, shape(lexicon, entry)))
}

/// How a cell of an entry is written: 缴费额[pension|medical, employee|employer].
fn shape(lexicon: &Lexicon, entry: EntryId) -> String {
    let entry = lexicon.entry(entry);
    if entry.by.is_empty() {
        return format!("{} 不按维度区分", entry.name);
    }
    let members = |dimension: &EntryId| {
        let ids: Vec<&str> = lexicon.members(*dimension).iter().map(|member| member.id.as_str()).collect();
        ids.join("|")
    };
    format!("{}[{}]", entry.name, entry.by.iter().map(members).collect::<Vec<_>>().join(", "))
}

/// The examples of a package, or of the file of a place.
pub(super) fn read_examples(
    regions: &RegionTree,
    lexicon: &Lexicon,
    package: Option<PackageId>,
    row: Row<'_>,
    place: Option<&str>,
    sink: &mut Vec<Diagnostic>,
) -> Vec<Example> {
    let mut examples = Vec::new();
    for row in row.tables("example") {
        let region = row.text("region");
        if let Some((region, error)) = region.as_ref().and_then(|text| Some((text, regions.find(&text.value).err()?))) {
            sink.push(Diagnostic::error("region", region.place, error.to_string(), "应为地区的代码或名称"));
        }
        if ["expect", "refused"].into_iter().all(|key| row.items(key).is_empty()) && !row.has("findings") {
            let report = Diagnostic::error("example", row.place_of("title"), "这个算例什么也不证明", "没有写结果");
            sink.push(
                report.help(
                    "写 expect = { 名称 = \"值\" }，findings = [\"…\"]，或 refused = { 名称 = \"不覆盖的原因\" }",
                ),
            );
        }
        let Some(on) = row.date("on") else { continue };
        let mut series = Series { lexicon, package, row, sink };
        let (steps, refused) = (series.steps(), series.refused());
        examples.push(Example {
            place: row.place_of("title"),
            title: row.string("title").unwrap_or_default(),
            source: row.string("source").unwrap_or_default(),
            on,
            known_at: row.date("known_at"),
            region: region.map(|text| text.value).or_else(|| place.map(str::to_owned)),
            steps,
            refused,
            findings: row.texts("findings"),
            package,
        });
    }
    examples
}

/// The lines of an example, each one value for all months or a list with one for each.
struct Series<'e, 't> {
    lexicon: &'e Lexicon,
    package: Option<PackageId>,
    row: Row<'t>,
    sink: &'e mut Vec<Diagnostic>,
}

impl<'t> Series<'_, 't> {
    /// The figures that must not be answered, each with some words of the reason.
    fn refused(&mut self) -> Vec<(Cell, Located<String>)> {
        let mut refused = Vec::new();
        for (name, written) in self.row.items("refused") {
            let Some(cell) = self.cell(&name, "refused") else { continue };
            let Some(words) = self.row.texts_of(written).into_iter().next() else { continue };
            if words.value.trim().is_empty() {
                let report = Diagnostic::error("example", words.place, "没有写不覆盖的原因", "空的");
                self.sink.push(report.help("写出错误里的几个字，例如「2028-01-01」：为别的原因算不出的，不能算通过"));
            }
            refused.push((cell, words));
        }
        refused
    }

    fn steps(&mut self) -> Vec<Step> {
        let row = self.row;
        let lines = || ["given", "expect"].into_iter().flat_map(|key| row.items(key));
        let mut lists = lines().filter(|(_, written)| written.get_ref().is_array());
        // The first list says how many months there are.
        let first = lists.next().map(|(name, written)| (name.place, row.texts_of(written).len()));
        let months = first.map_or(1, |(_, months)| months);
        for (name, written) in lists {
            let found = row.texts_of(written).len();
            if found != months {
                let message = format!("这里有 {found} 个月，别处有 {months} 个月");
                let report = Diagnostic::error("example", name.place, message, format!("应有 {months} 个值"));
                let report = report.help("各行的月数要相同；每月都一样的，只写一个值");
                self.sink.push(first.map_or(report.clone(), |(place, _)| report.with(place, "这里定下月数")));
            }
        }
        let mut steps = Vec::new();
        steps.resize_with(months, Step::default);
        for (name, written) in row.items("given") {
            self.line(&name, written, true, |at, cell, value| steps[at].given.push((cell, value)), months);
        }
        for (name, written) in row.items("expect") {
            self.line(&name, written, false, |at, cell, value| steps[at].expect.push((cell, value)), months);
        }
        steps
    }

    /// The cell that a line is about, if it may stand under that key.
    fn cell(&mut self, name: &Located<String>, key: &str) -> Option<Cell> {
        let cell = match cell(self.lexicon, self.package, &name.value) {
            Ok(cell) => cell,
            Err(error) => {
                self.sink.push(Diagnostic::error("unknown-name", name.place, error, "应为已定义的名称"));
                return None;
            }
        };
        let entry = self.lexicon.entry(cell.0);
        if matches!(entry.sort, Sort::Fact | Sort::Carried) == (key == "given")
            && !matches!(entry.of, Type::Dimension | Type::Scale(_))
        {
            return Some(cell);
        }
        let message = format!("「{}」是{}，不能写在 {key} 里", entry.name, entry.sort.name());
        let report = Diagnostic::error("example", name.place, message, "写错了地方");
        self.sink.push(report.help("given 里写 fact 和 carried，expect 和 refused 里写 figure 和 value"));
        None
    }

    /// Hands over the value of each month.
    fn line(
        &mut self,
        name: &Located<String>,
        written: &'t Spanned<DeValue<'t>>,
        given: bool,
        mut take: impl FnMut(usize, Cell, Given),
        months: usize,
    ) {
        let key = if given { "given" } else { "expect" };
        let Some(cell) = self.cell(name, key) else { return };
        let list = written.get_ref().is_array();
        let texts = self.row.texts_of(written);
        for at in 0..months {
            let Some(text) = texts.get(if list { at } else { 0 }) else { continue };
            match given::parse(self.lexicon, cell.0, &text.value) {
                Ok(value) => take(at, cell.clone(), value),
                Err(error) => {
                    self.sink.push(Diagnostic::error(
                        "form",
                        text.place,
                        error,
                        format!("应为{}", self.lexicon.entry(cell.0).of),
                    ));
                    // What all months share is wrong once.
                    if !list {
                        return;
                    }
                }
            }
        }
    }
}
