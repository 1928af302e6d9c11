//! The rule book: what was read, and the questions one can ask of it.

use super::{
    calendar::Calendar,
    check,
    clause::ClauseLibrary,
    dated::{Literal, Timeline},
    diagnostic::{Diagnostic, Severity},
    digest::{Digest, canonical},
    example::Example,
    instrument::Register,
    lexicon::Lexicon,
    model::{Body, Carried, Content, Entry, EntryId, Fact, Figure, Nothing, Package, PackageId, Supply, Unsaid},
    read::{self, Reader},
    region::{NATION, RegionTree},
    review::ReviewRules,
    source::{FileId, Sources},
};
use crate::quantity::Exact;
use chrono::NaiveDate;
use std::{collections::BTreeMap, sync::OnceLock};

/// The rule book, read and checked. Region files are read when a question first touches them.
#[derive(Debug)]
pub struct Book {
    pub(super) sources: Sources,
    pub(super) instruments: Register,
    pub(super) regions: RegionTree,
    pub(super) calendar: Calendar,
    pub(super) packages: Vec<Package>,
    pub(super) lexicon: Lexicon,
    pub(super) bodies: Bodies,
    pub(super) clauses: ClauseLibrary,
    pub(super) places: BTreeMap<String, PlaceFiles>,
    pub(super) patterns: PatternFiles,
    pub(super) digest: OnceLock<Digest>,
}

/// What the entries hold, and what the nation supplies.
#[derive(Debug, Default)]
pub(super) struct Bodies {
    pub(super) entries: Vec<Body>,
    pub(super) supplies: Vec<Vec<Supply>>,
    pub(super) examples: Vec<Example>,
}

/// A region's files, and what they say once they were read.
#[derive(Debug, Default)]
pub(super) struct PlaceFiles {
    files: Vec<FileId>,
    read: OnceLock<PlaceContent>,
}

#[derive(Debug, Default)]
struct PlaceContent {
    supplies: Vec<Supply>,
    /// For each value and the code of each place that it is supplied for, the positions of the supplies.
    meant: BTreeMap<EntryId, BTreeMap<String, Vec<usize>>>,
    examples: Vec<Example>,
    diagnostics: Vec<Diagnostic>,
}

impl PlaceContent {
    /// Finds each supply by what it is for. A province lists thousands of tiers: nobody goes through them one by one.
    fn index(&mut self, code: &str) {
        for (at, supply) in self.supplies.iter().enumerate() {
            let places = self.meant.entry(supply.value).or_default();
            let own = [code.to_owned()];
            for place in supply.places.as_deref().unwrap_or(&own) {
                places.entry(place.clone()).or_default().push(at);
            }
        }
    }

    /// What is supplied of a value for a place.
    fn of(&self, value: EntryId, code: &str) -> impl Iterator<Item = &Supply> {
        let positions = self.meant.get(&value).and_then(|places| places.get(code));
        positions.into_iter().flatten().filter_map(|at| self.supplies.get(*at))
    }
}

impl PlaceFiles {
    pub(super) fn add(&mut self, file: FileId) {
        self.files.push(file);
    }
}

/// The files of patterns, and what they say once they were read.
#[derive(Debug, Default)]
pub(super) struct PatternFiles {
    files: Vec<FileId>,
    read: OnceLock<(ReviewRules, Vec<Diagnostic>)>,
}

impl PatternFiles {
    pub(super) fn new(files: Vec<FileId>) -> Self {
        Self { files, read: OnceLock::new() }
    }
}

/// What the book says of a cell of a supplied value.
#[derive(Debug, Clone, Copy)]
pub enum Answer<'b> {
    /// Its versions.
    Dated(&'b Timeline),
    /// That there is none.
    None(&'b Nothing),
    /// That there is one, which the book does not know.
    Unknown(&'b Unsaid),
}

/// A book that must not be used, and why.
#[derive(Debug)]
pub struct Faulty {
    /// Its files.
    pub sources: Sources,
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
}

impl Book {
    /// Reads and checks everything that is nation-wide. Region files are checked when they are read.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn read(sources: Sources) -> Result<Self, Faulty> {
        Self::judge(sources, |_| Vec::new())
    }

    /// Reads and checks every file, those of the regions too.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn read_all(sources: Sources) -> Result<Self, Faulty> {
        Self::judge(sources, |book| {
            let places = book.places.keys().filter_map(|code| book.place(code));
            let mut diagnostics: Vec<Diagnostic> = places.flat_map(|place| place.diagnostics.clone()).collect();
            check::places(book, &mut diagnostics);
            diagnostics.extend(book.patterns().1.iter().cloned());
            diagnostics
        })
    }

    fn judge(sources: Sources, further: impl FnOnce(&Self) -> Vec<Diagnostic>) -> Result<Self, Faulty> {
        let mut diagnostics = Vec::new();
        let book = read::read(sources, &mut diagnostics);
        check::book(&book, &mut diagnostics);
        diagnostics.extend(further(&book));
        if diagnostics.iter().any(|one| one.severity == Severity::Error) {
            return Err(Faulty { sources: book.sources, diagnostics });
        }
        Ok(book)
    }

    /// Its files.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The register of instruments.
    #[must_use]
    pub fn instruments(&self) -> &Register {
        &self.instruments
    }

    /// The tree of places.
    #[must_use]
    pub fn regions(&self) -> &RegionTree {
        &self.regions
    }

    /// The working calendar.
    #[must_use]
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// The library of clauses.
    #[must_use]
    pub fn clauses(&self) -> &ClauseLibrary {
        &self.clauses
    }

    /// The names.
    #[must_use]
    pub fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    /// The packages, in the order of their files.
    pub fn packages(&self) -> impl Iterator<Item = (PackageId, &Package)> {
        self.packages.iter().enumerate().map(|(at, package)| (PackageId(at), package))
    }

    /// A package.
    #[must_use]
    pub fn package(&self, id: PackageId) -> &Package {
        &self.packages[id.0]
    }

    /// An entry's name and type.
    #[must_use]
    pub fn entry(&self, id: EntryId) -> &Entry {
        self.lexicon.entry(id)
    }

    /// Every entry of the book.
    pub fn entries(&self) -> impl Iterator<Item = (EntryId, &Entry)> {
        self.lexicon.entries.iter().enumerate().map(|(at, entry)| (EntryId(at), entry))
    }

    /// What an entry holds.
    #[must_use]
    pub fn body(&self, id: EntryId) -> &Body {
        &self.bodies.entries[id.0]
    }

    /// An entry's fact, if it is one.
    #[must_use]
    pub fn fact(&self, id: EntryId) -> Option<&Fact> {
        if let Body::Fact(fact) = self.body(id) { Some(fact) } else { None }
    }

    /// An entry's figure, if it is one.
    #[must_use]
    pub fn figure(&self, id: EntryId) -> Option<&Figure> {
        if let Body::Figure(figure) = self.body(id) { Some(figure) } else { None }
    }

    /// An entry's carried value, if it is one.
    #[must_use]
    pub fn carried(&self, id: EntryId) -> Option<&Carried> {
        if let Body::Carried(carried) = self.body(id) { Some(carried) } else { None }
    }

    /// A package and every package it uses, directly or not, in the order of the files.
    #[must_use]
    pub fn reach(&self, package: PackageId) -> Vec<PackageId> {
        let mut reach = vec![package];
        let mut at = 0;
        while let Some(one) = reach.get(at).copied() {
            for used in &self.package(one).uses {
                if !reach.contains(used) {
                    reach.push(*used);
                }
            }
            at += 1;
        }
        reach.sort_unstable();
        reach
    }

    /// The worked examples: those of the packages, and with `regions` those of the region files.
    pub fn examples(&self, regions: bool) -> impl Iterator<Item = &Example> {
        let places = self.places.keys().filter(move |_| regions).filter_map(|code| self.place(code));
        self.bodies.examples.iter().chain(places.flat_map(|place| &place.examples))
    }

    /// The codes of the places that have a file.
    pub fn places(&self) -> impl Iterator<Item = &str> {
        self.places.keys().map(String::as_str)
    }

    /// What the files of all places supply, each with the code of a place that it is for.
    pub fn supplied_places(&self) -> impl Iterator<Item = (&str, &Supply)> {
        self.places.keys().filter_map(|code| Some((code.as_str(), self.place(code)?))).flat_map(|(code, place)| {
            place.supplies.iter().flat_map(move |supply| {
                let named = supply.places.iter().flatten().map(String::as_str);
                let own = supply.places.is_none().then_some(code);
                named.chain(own).map(move |code| (code, supply))
            })
        })
    }

    fn place(&self, code: &str) -> Option<&PlaceContent> {
        let place = self.places.get(code)?;
        Some(place.read.get_or_init(|| {
            let mut content = PlaceContent::default();
            let reader = Reader { sources: &self.sources, instruments: &self.instruments, regions: &self.regions };
            for file in &place.files {
                let (supplies, examples) = reader.region(*file, code, &self.lexicon, &mut content.diagnostics);
                content.supplies.extend(supplies);
                content.examples.extend(examples);
            }
            check::examples(self, &content.examples, &mut content.diagnostics);
            content.index(code);
            content
        }))
    }

    fn patterns(&self) -> &(ReviewRules, Vec<Diagnostic>) {
        self.patterns.read.get_or_init(|| {
            let reader = Reader { sources: &self.sources, instruments: &self.instruments, regions: &self.regions };
            let mut diagnostics = Vec::new();
            let rules = reader.review(&self.patterns.files, &self.lexicon, &mut diagnostics);
            (rules, diagnostics)
        })
    }

    /// How texts are reviewed: the patterns, read when this is first asked.
    ///
    /// # Errors
    /// What is wrong with their files.
    pub fn review(&self) -> Result<&ReviewRules, &[Diagnostic]> {
        let (rules, diagnostics) = self.patterns();
        if diagnostics.iter().any(|one| one.severity == Severity::Error) { Err(diagnostics) } else { Ok(rules) }
    }

    /// What the files of a place say, if it has any.
    fn sound_place(&self, code: &str) -> Result<Option<&PlaceContent>, Vec<Diagnostic>> {
        match self.place(code) {
            Some(place) if place.diagnostics.iter().any(|one| one.severity == Severity::Error) => {
                Err(place.diagnostics.clone())
            }
            place => Ok(place),
        }
    }

    /// What is supplied for a place itself, by the nation, by its own files, or by those of the places around it for
    /// the places that they name.
    ///
    /// # Errors
    /// What is wrong with one of these files.
    pub fn supplies(&self, code: &str) -> Result<Vec<&Supply>, Vec<Diagnostic>> {
        let mut supplies = Vec::new();
        for around in self.regions.lineage(code) {
            let nation = self.bodies.supplies.iter().flatten().filter(|_| around == NATION);
            let place = self.sound_place(&around)?;
            let own = around == code;
            let meant = |supply: &&Supply| match &supply.places {
                None => own,
                Some(places) => places.iter().any(|place| place == code),
            };
            supplies.extend(nation.chain(place.iter().flat_map(|place| &place.supplies)).filter(meant));
        }
        Ok(supplies)
    }

    /// What the book says of a cell of a supplied value: the most special place that says anything answers, and of its
    /// supplies the one that names most.
    ///
    /// # Errors
    /// What is wrong with the file of a place on the way.
    pub fn answer(
        &self,
        value: EntryId,
        cell: &[usize],
        region: &str,
    ) -> Result<Option<(Answer<'_>, String)>, Vec<Diagnostic>> {
        let entry = self.entry(value);
        let mut lineage = if entry.by_region { self.regions.lineage(region) } else { vec![NATION.to_owned()] };
        if !entry.inherits {
            lineage.truncate(1);
        }
        for code in lineage {
            if let Some(answer) = self.says(value, cell, &code)? {
                return Ok(Some((answer, code)));
            }
        }
        Ok(None)
    }

    /// What a place itself (or the nation) says of a cell: of its supplies the one that names most.
    ///
    /// # Errors
    /// What is wrong with its file.
    pub fn says(&self, value: EntryId, cell: &[usize], code: &str) -> Result<Option<Answer<'_>>, Vec<Diagnostic>> {
        // The nation's values stand in their own package. A place's own files go before those around it.
        let national = self.bodies.supplies.get(self.entry(value).package.0).filter(|_| code == NATION);
        let mut supplies: Vec<&Supply> = national.into_iter().flatten().filter(|one| one.value == value).collect();
        for around in self.regions.lineage(code) {
            supplies.extend(self.sound_place(&around)?.into_iter().flat_map(|place| place.of(value, code)));
        }
        // Of equals the last would win.
        let best = supplies.into_iter().rev().filter(|one| one.answers(cell)).max_by_key(|one| one.named());
        Ok(best.map(|supply| match &supply.content {
            Content::Dated(timeline) => Answer::Dated(timeline),
            Content::None(nothing) => Answer::None(nothing),
            Content::Unknown(unsaid) => Answer::Unknown(unsaid),
        }))
    }

    /// A place that has a value of a cell, for the reader of a coverage error: the nearest, in the same province if one
    /// there has it.
    #[must_use]
    pub fn nearest_place(&self, value: EntryId, cell: &[usize], region: &str) -> Option<&str> {
        let head = region.get(..2)?;
        let answers = |code: &&str| matches!(self.answer(value, cell, code), Ok(Some((Answer::Dated(_), _))));
        let near = self.places().filter(|code| code.starts_with(head));
        let far = self.places().filter(|code| !code.starts_with(head));
        near.chain(far).find(answers)
    }

    /// The values that places of the same province have of a cell on a day, for the reader of a coverage error: where
    /// a county has no value of its own, these are the tiers it may be in.
    #[must_use]
    pub fn tiers(&self, value: EntryId, cell: &[usize], region: &str, on: NaiveDate) -> Vec<String> {
        let Some(province) = self.regions.lineage(region).into_iter().rev().find(|code| code != NATION) else {
            return Vec::new();
        };
        let below = self.place(&province).into_iter().flat_map(|place| &place.supplies);
        let mut numbers: Vec<Exact> = below
            .filter(|supply| supply.value == value && supply.answers(cell))
            .filter_map(|supply| match &supply.content {
                Content::Dated(timeline) => timeline.on(on, None).ok(),
                Content::None(_) | Content::Unknown(_) => None,
            })
            .filter_map(|version| match version.literal {
                Literal::Number(number) => Some(number),
                _ => None,
            })
            .collect();
        numbers.sort_by(|a, b| b.cmp(a));
        numbers.dedup();
        numbers.into_iter().map(|number| number.to_string()).collect()
    }

    /// The digest of everything the book says: SHA-256 of its canonical content.
    #[must_use]
    pub fn digest(&self) -> &Digest {
        self.digest.get_or_init(|| Digest::of(canonical(&self.sources).as_bytes()))
    }

    /// The canonical content: what a ledger keeps so that the book stays readable.
    #[must_use]
    pub fn canonical(&self) -> String {
        canonical(&self.sources)
    }
}

#[cfg(test)]
mod tests;
