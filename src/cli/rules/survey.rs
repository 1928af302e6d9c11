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
use std::collections::BTreeSet;

/// One thing that is said of some cells of an entry.
pub(super) struct Said<'b> {
    pub(super) entry: EntryId,
    pub(super) cells: Vec<Vec<usize>>,
    pub(super) answer: Answer<'b>,
    /// The places that it is for; none where the entry knows no places.
    pub(super) places: Vec<String>,
}

impl<'b> Said<'b> {
    pub(super) fn timeline(&self) -> Option<&'b Timeline> {
        match self.answer {
            Answer::Dated(timeline) => Some(timeline),
            Answer::None(_) | Answer::Unknown(_) => None,
        }
    }

    /// Whether it only says that the book does not know the value.
    pub(super) fn is_unknown(&self) -> bool {
        matches!(self.answer, Answer::Unknown(_))
    }

    /// The name of the entry with that of the cells: 缴费费率[基本养老保险 · 个人].
    pub(super) fn name(&self, book: &Book) -> String {
        let (name, cells) = (&book.entry(self.entry).name, cells_name(book, self.entry, &self.cells));
        if cells.is_empty() { name.clone() } else { format!("{name}[{cells}]") }
    }

    /// The one place, where what answers for a place was asked for.
    pub(super) fn place(&self) -> Option<&str> {
        self.places.first().map(String::as_str)
    }

    pub(super) fn place_name(&self, book: &Book) -> String {
        places_name(book, self.places.iter().map(String::as_str))
    }

    /// Whether it says the same of the same cells.
    pub(super) fn is_same(&self, other: &Said<'_>) -> bool {
        self.entry == other.entry && self.cells == other.cells && is_same(self.answer, other.answer)
    }
}

/// Some places in words, province by province; the nation where there are none.
pub(super) fn places_name<'c>(book: &Book, codes: impl IntoIterator<Item = &'c str>) -> String {
    let regions = book.regions();
    let mut provinces: Vec<(String, Vec<String>)> = Vec::new();
    for code in codes.into_iter().filter(|code| *code != NATION) {
        let province = regions.lineage(code).into_iter().rev().nth(1).map_or(String::new(), |one| regions.path(&one));
        let path = regions.path(code);
        let below = path.strip_prefix(&province).unwrap_or(&path).to_owned();
        match provinces.iter_mut().find(|(known, _)| *known == province) {
            Some((_, names)) => names.push(below),
            None => provinces.push((province, vec![below])),
        }
    }
    if provinces.is_empty() {
        return "全国".to_owned();
    }
    provinces.into_iter().map(|(province, names)| province + &names.join("、")).collect::<Vec<_>>().join("、")
}

/// What the book says of an entry, all places on their own; places of which the same is said stand together.
pub(super) fn of_entry(book: &Book, entry: EntryId) -> Result<Vec<Said<'_>>, CliError> {
    match book.body(entry) {
        Body::Value(timeline) | Body::Scale(timeline) => {
            let answer = Answer::Dated(timeline);
            Ok(vec![Said { entry, cells: vec![Vec::new()], answer, places: Vec::new() }])
        }
        Body::Supplied => {
            let supplied = book.supplied_places().filter(|(_, supply)| supply.value == entry).map(|(code, _)| code);
            let codes: BTreeSet<&str> = std::iter::once(NATION).chain(supplied).collect();
            let mut all: Vec<Said<'_>> = Vec::new();
            for code in codes {
                let own = |cell: &[usize]| Ok(book.says(entry, cell, code)?.map(|answer| (answer, code.to_owned())));
                for said in gather(book, entry, own)? {
                    match all.iter_mut().find(|known| known.is_same(&said)) {
                        Some(known) => known.places.extend(said.places),
                        None => all.push(said),
                    }
                }
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
            None => all.push(Said { entry, cells: vec![cell], answer, places: vec![place] }),
        }
    }
    Ok(all)
}

/// Whether it is one supply that says both.
fn is_same(a: Answer<'_>, b: Answer<'_>) -> bool {
    match (a, b) {
        (Answer::Dated(a), Answer::Dated(b)) => std::ptr::eq(a, b),
        (Answer::None(a), Answer::None(b)) => std::ptr::eq(a, b),
        (Answer::Unknown(a), Answer::Unknown(b)) => std::ptr::eq(a, b),
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
