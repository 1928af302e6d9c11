//! Worked examples: what is given, what must follow.

use super::{
    diagnostic::Diagnostic,
    given,
    lexicon::Lexicon,
    model::{EntryId, Given, PackageId, Sort, Type},
    row::Row,
    source::{Located, Place},
};
use crate::formula::{self, ExpressionKind};
use chrono::NaiveDate;

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
    /// The findings that must be raised, and no others, where the example says so.
    pub findings: Option<Vec<String>>,
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
        super::lexicon::NameError::Nothing(Some(near)) => format!("没有「{}」；是不是「{near}」？", name.text),
        super::lexicon::NameError::Nothing(None) => format!("没有「{}」", name.text),
        super::lexicon::NameError::Several(givers) => {
            format!("「{}」有几处给出，请写全称：{}", name.text, givers.join("、"))
        }
    })?;
    let by = &lexicon.entry(entry).by;
    let mut members = vec![None; by.len()];
    for index in &indices {
        let ExpressionKind::Name(member, _) = &index.kind else {
            return Err(format!("「{text}」的下标不是成员"));
        };
        let at =
            by.iter().enumerate().find_map(|(at, dimension)| Some((at, lexicon.member(*dimension, &member.text)?)));
        let Some((at, position)) = at else {
            return Err(format!("「{}」没有成员「{}」", name.text, member.text));
        };
        members[at] = Some(position);
    }
    let full: Option<Vec<usize>> = members.into_iter().collect();
    full.map(|members| (entry, members)).ok_or_else(|| {
        let dimensions: Vec<String> = by
            .iter()
            .map(|one| {
                let ids: Vec<&str> = lexicon.members(*one).iter().map(|member| member.id.as_str()).collect();
                ids.join("|")
            })
            .collect();
        format!("「{}」要写明是哪一格：{}[{}]", name.text, name.text, dimensions.join(", "))
    })
}

pub(super) fn read_examples(
    lexicon: &Lexicon,
    package: PackageId,
    row: Row<'_>,
    region: Option<&str>,
    sink: &mut Vec<Diagnostic>,
) -> Vec<Example> {
    let package = region.is_none().then_some(package);
    let mut examples = Vec::new();
    for row in row.tables("example") {
        let Some(on) = row.date("on") else { continue };
        let mut steps: Vec<Step> = Vec::new();
        for key in ["given", "expect"] {
            for (name, written) in row.items(key) {
                let texts = row.texts_of(written);
                let list = written.get_ref().is_array();
                read_series(lexicon, package, &name, &texts, list, key == "given", &mut steps, sink);
            }
        }
        let title = row.text("title");
        examples.push(Example {
            place: title.as_ref().map_or(row.place, |title| title.place),
            title: title.map(|title| title.value).unwrap_or_default(),
            source: row.string("source").unwrap_or_default(),
            on,
            known_at: row.date("known_at"),
            region: row.string("region").or_else(|| region.map(str::to_owned)),
            steps,
            findings: row.texts("findings").map(|names| names.into_iter().map(|name| name.value).collect()),
            package,
        });
    }
    examples
}

#[expect(clippy::too_many_arguments, reason = "the parts of one line of an example, used once")]
fn read_series(
    lexicon: &Lexicon,
    package: Option<PackageId>,
    name: &Located<String>,
    texts: &[Located<String>],
    list: bool,
    given: bool,
    steps: &mut Vec<Step>,
    sink: &mut Vec<Diagnostic>,
) {
    let cell = match cell(lexicon, package, &name.value) {
        Ok(cell) => cell,
        Err(error) => {
            sink.push(Diagnostic::error("unknown-name", name.place, error, "应为已定义的名称"));
            return;
        }
    };
    let entry = lexicon.entry(cell.0);
    let wanted = matches!(entry.sort, Sort::Fact | Sort::Carried);
    if wanted != given || matches!(entry.of, Type::Dimension | Type::Scale(_)) {
        let expected = if given { "given 里写 fact 或 carried" } else { "expect 里写 figure 或 value" };
        sink.push(Diagnostic::error("example", name.place, format!("「{}」不能写在这里", entry.name), expected));
        return;
    }
    if steps.is_empty() {
        steps.resize_with(if list { texts.len() } else { 1 }, Step::default);
    } else if list && steps.len() == 1 && texts.len() > 1 {
        // The first line may have been one value for all months.
        let first = steps.pop().unwrap_or_default();
        for _ in texts {
            steps.push(Step { given: first.given.clone(), expect: first.expect.clone() });
        }
    } else if list && steps.len() != texts.len() {
        let message = format!("这里有 {} 个月，别处有 {} 个月", texts.len(), steps.len());
        sink.push(Diagnostic::error("example", name.place, message, "各行的月数应相同"));
        return;
    }
    for (at, step) in steps.iter_mut().enumerate() {
        let Some(text) = (if list { texts.get(at) } else { texts.first() }) else { continue };
        match given::parse(lexicon, cell.0, &text.value) {
            Ok(value) => {
                let line = if given { &mut step.given } else { &mut step.expect };
                line.push((cell.clone(), value));
            }
            Err(error) => sink.push(Diagnostic::error("form", text.place, error, "应符合单位")),
        }
    }
}
