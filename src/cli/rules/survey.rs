//! What the book says, place by place and cell by cell: cells of which one thing is said are taken together.

use crate::{
    cli::error::CliError,
    engine::{Value, show},
    rulebook::{
        Answer, Body, Book, Confidence, Diagnostic, EntryId, Instrument, Literal, NATION, Nothing, Timeline, Type,
        UNKNOWN, Version, citations,
    },
};
use serde_json::{Value as Json, json};

/// One thing that is said of some cells of an entry.
pub(super) struct Said<'b> {
    pub(super) entry: EntryId,
    pub(super) cells: Vec<Vec<usize>>,
    pub(super) answer: Answer<'b>,
    /// The place that says it; none where the entry knows no places.
    pub(super) place: Option<String>,
}

impl<'b> Said<'b> {
    pub(super) fn timeline(&self) -> Option<&'b Timeline> {
        match self.answer {
            Answer::Dated(timeline) => Some(timeline),
            Answer::None(_) => None,
        }
    }

    /// The name of the entry with that of the cells: 缴费费率[基本养老保险 · 个人].
    pub(super) fn name(&self, book: &Book) -> String {
        let (name, cells) = (&book.entry(self.entry).name, cells_name(book, self.entry, &self.cells));
        if cells.is_empty() { name.clone() } else { format!("{name}[{cells}]") }
    }

    pub(super) fn place_name(&self, book: &Book) -> String {
        self.place.as_deref().map_or_else(|| "全国".to_owned(), |code| book.regions().path(code))
    }
}

/// What the book says of an entry, all places on their own.
pub(super) fn of_entry(book: &Book, entry: EntryId) -> Result<Vec<Said<'_>>, CliError> {
    let fixed = |timeline| vec![Said { entry, cells: vec![Vec::new()], answer: Answer::Dated(timeline), place: None }];
    match book.body(entry) {
        Body::Value(timeline) | Body::Scale(timeline) => Ok(fixed(timeline)),
        Body::Supplied => {
            let codes = std::iter::once(NATION).chain(book.places().filter(|_| book.entry(entry).by_region));
            let mut all = Vec::new();
            for code in codes {
                all.extend(gather(book, entry, |cell| {
                    Ok(book.says(entry, cell, code)?.map(|answer| (answer, code.to_owned())))
                })?);
            }
            Ok(all)
        }
        _ => Ok(Vec::new()),
    }
}

/// What answers for an entry in one place, whoever says it.
pub(super) fn in_place<'b>(book: &'b Book, entry: EntryId, code: &str) -> Result<Vec<Said<'b>>, CliError> {
    match book.body(entry) {
        Body::Supplied => gather(book, entry, |cell| book.answer(entry, cell, code)),
        _ => of_entry(book, entry),
    }
}

fn gather<'b>(
    book: &'b Book,
    entry: EntryId,
    answer: impl Fn(&[usize]) -> Result<Option<(Answer<'b>, String)>, Vec<Diagnostic>>,
) -> Result<Vec<Said<'b>>, CliError> {
    let mut all: Vec<Said<'b>> = Vec::new();
    for cell in book.lexicon().cells(&book.entry(entry).by) {
        let found = answer(&cell).map_err(|diagnostics| CliError::rules(book.sources(), &diagnostics))?;
        let Some((answer, place)) = found else { continue };
        match all.iter_mut().find(|one| is_same(one.answer, answer)) {
            Some(one) => one.cells.push(cell),
            None => all.push(Said { entry, cells: vec![cell], answer, place: Some(place) }),
        }
    }
    Ok(all)
}

/// Whether it is one supply that says both.
fn is_same(a: Answer<'_>, b: Answer<'_>) -> bool {
    match (a, b) {
        (Answer::Dated(a), Answer::Dated(b)) => std::ptr::eq(a, b),
        (Answer::None(a), Answer::None(b)) => std::ptr::eq(a, b),
        _ => false,
    }
}

/// Some cells of an entry in words: nothing where they are all of them; members by dimension where they are a block of
/// all combinations; else one by one.
pub(super) fn cells_name(book: &Book, entry: EntryId, cells: &[Vec<usize>]) -> String {
    let lexicon = book.lexicon();
    let by = &book.entry(entry).by;
    let named = |at: usize, member: usize| lexicon.members(by[at]).get(member).map_or("", |one| one.name.as_str());
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); by.len()];
    for cell in cells {
        for (known, member) in members.iter_mut().zip(cell) {
            if !known.contains(member) {
                known.push(*member);
            }
        }
    }
    if members.iter().map(Vec::len).product::<usize>() == cells.len() {
        let parts = members.iter().enumerate().filter(|(at, known)| known.len() < lexicon.members(by[*at]).len());
        let parts: Vec<String> = parts
            .map(|(at, known)| known.iter().map(|member| named(at, *member)).collect::<Vec<_>>().join("、"))
            .collect();
        return parts.join(" · ");
    }
    let one = |cell: &Vec<usize>| {
        cell.iter().enumerate().map(|(at, member)| named(at, *member)).collect::<Vec<_>>().join(" · ")
    };
    cells.iter().map(one).collect::<Vec<_>>().join("；")
}

/// What a version fixes, in words.
pub(super) fn literal(book: &Book, of: Type, literal: &Literal) -> String {
    match literal {
        Literal::Bands(_) => "（见各级）".to_owned(),
        literal => show(book.lexicon(), &Value::from(literal), of),
    }
}

/// The registered instruments that a citation names.
pub(super) fn instruments<'b>(book: &'b Book, cite: &str) -> Vec<&'b Instrument> {
    citations(cite).filter_map(|one| book.instruments().cited(one)).collect()
}

pub(super) fn instruments_json(book: &Book, cite: &str) -> Json {
    let all: Vec<Json> = instruments(book, cite)
        .into_iter()
        .map(|one| {
            json!({
                "id": one.id,
                "title": one.title,
                "issuer": one.issuer,
                "rank": one.rank,
                "repealed": one.repealed.map(|day| day.to_string()),
                "replaced_by": one.replaced_by,
            })
        })
        .collect();
    json!(all)
}

pub(super) fn version_json(book: &Book, of: Type, version: &Version) -> Json {
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string());
    let bands = match &version.literal {
        Literal::Bands(bands) => Some(
            bands
                .iter()
                .map(|band| {
                    json!({
                        "to": band.to.map(|to| to.to_string()),
                        "rate": band.rate.to_string(),
                        "quick": band.quick.to_string(),
                    })
                })
                .collect::<Vec<_>>(),
        ),
        _ => None,
    };
    json!({
        "from": version.from.to_string(),
        "until": day(version.until),
        "over": version.over,
        "value": if bands.is_some() { Json::Null } else { json!(literal(book, of, &version.literal)) },
        "bands": bands,
        "cite": version.cite,
        "source": version.source,
        "instruments": instruments_json(book, &version.cite),
        "published": day(version.published),
        "checked": version.checked.to_string(),
        "review_by": day(version.review_by),
        "confidence": version.confidence.mark(),
        "note": version.note,
        "where": book.sources().line(version.place),
    })
}

pub(super) fn nothing_json(book: &Book, nothing: &Nothing) -> Json {
    json!({
        "reason": nothing.reason,
        "cite": nothing.cite,
        "source": nothing.source,
        "instruments": instruments_json(book, nothing.cite.as_deref().unwrap_or_default()),
        "confidence": nothing.confidence.map(Confidence::mark),
        "note": nothing.note,
    })
}

/// A citation for people: where no instrument is known, where it was read.
pub(super) fn cited(cite: &str, source: Option<&str>) -> String {
    match source {
        Some(source) if cite == UNKNOWN => format!("文号不明（来源：{source}）"),
        Some(source) => format!("{cite}（读自：{source}）"),
        None => cite.to_owned(),
    }
}
