//! A sentence marked with everything the lexicon knows in it.

use super::{
    fold::Folded,
    lexicon::{ConceptId, Lexicon},
    quantity::{Family, quantities},
};
use crate::quantity::Exact;
use aho_corasick::{AhoCorasick, MatchKind};
use std::{collections::BTreeMap, ops::Range};

/// Something found in a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// What it is.
    pub what: Mark,
    /// Its first byte in the folded text.
    pub start: usize,
    /// One past its last.
    pub end: usize,
    /// Whether, as a party, it is the one who acts: nothing like 向 or 与 before it, no 的 after it.
    pub acts: bool,
}

/// What a hit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// A word of a concept.
    Concept(ConceptId),
    /// A quantity, in the unit of its family.
    Quantity(Family, Exact),
}

/// The concepts that the search itself needs: how Chinese says no, and who does what to whom.
#[derive(Debug, Clone, Copy)]
pub struct Grammar {
    /// 不得, 严禁, 无需: what follows is forbidden or not done.
    pub not: ConceptId,
    /// 拒绝, 未, 否则: after it a prohibition no longer holds.
    pub reversal: ConceptId,
    /// 或者, 也: after a comma, the prohibition goes on.
    pub goes_on: ConceptId,
    /// 向, 给, 与: the party that follows does not act.
    pub toward: ConceptId,
    /// The endings of the titles of laws: 法, 条例, 规定.
    pub law_ending: ConceptId,
    /// What a title of a law in 《》 becomes.
    pub law: ConceptId,
    /// What any other title in 《》 becomes.
    pub paper: ConceptId,
    /// Words in which a word of another concept is not meant: 扣押金额.
    pub mask: ConceptId,
    /// 下列, 以下: a prohibition before it holds for the whole list.
    pub listing: ConceptId,
    /// 否则, 违者: a sentence that begins so goes on from the one before.
    pub otherwise: ConceptId,
    /// 不, 未: says no of what follows at once, and of nothing else.
    pub not_this: ConceptId,
}

/// The names of the concepts of the [`Grammar`], as the lexicon has them.
pub const GRAMMAR: [&str; 11] =
    ["not", "reversal", "goes_on", "toward", "law_ending", "law", "paper", "mask", "listing", "otherwise", "not_this"];

impl Grammar {
    /// The grammar of a lexicon; the name of a concept that it lacks.
    ///
    /// # Errors
    /// The first of [`GRAMMAR`] that the lexicon has not.
    pub fn of(lexicon: &Lexicon) -> Result<Self, &'static str> {
        let find = |at: usize| lexicon.find(GRAMMAR[at]).ok_or(GRAMMAR[at]);
        Ok(Self {
            not: find(0)?,
            reversal: find(1)?,
            goes_on: find(2)?,
            toward: find(3)?,
            law_ending: find(4)?,
            law: find(5)?,
            paper: find(6)?,
            mask: find(7)?,
            listing: find(8)?,
            otherwise: find(9)?,
            not_this: find(10)?,
        })
    }
}

/// The lexicon as one document uses it: with the names that the document gives its parties.
#[derive(Debug)]
pub struct Meaning<'l> {
    pub(super) lexicon: &'l Lexicon,
    pub(super) grammar: Grammar,
    names: Option<AhoCorasick>,
    concepts: Vec<ConceptId>,
}

impl<'l> Meaning<'l> {
    /// A lexicon, its grammar, and what names of parties mean: `甲方` the employer. The longest name goes before.
    #[must_use]
    pub fn new(lexicon: &'l Lexicon, grammar: Grammar, parties: &[(String, ConceptId)]) -> Self {
        let (names, concepts): (Vec<String>, Vec<ConceptId>) = parties
            .iter()
            .map(|(name, concept)| (super::fold(name).text().to_owned(), *concept))
            // A name of nothing that can be seen would be found between any two bytes.
            .filter(|(name, _)| !name.is_empty())
            .unzip();
        let names = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(names).ok();
        Self { lexicon, grammar, names, concepts }
    }

    /// Marks a sentence.
    #[must_use]
    pub fn mark(&self, folded: Folded) -> Marked {
        let text = folded.text();
        let titles = self.titles(text);
        let inside = |start: usize, end: usize| titles.iter().any(|title| title.start <= start && end <= title.end);
        let words: Vec<(ConceptId, usize, usize)> = self.lexicon.occurrences(text).collect();
        let masks: Vec<(usize, usize)> = words
            .iter()
            .filter(|(concept, ..)| *concept == self.grammar.mask)
            .map(|(_, start, end)| (*start, *end))
            .collect();
        let masked = |start: usize, end: usize| {
            masks.iter().any(|(from, to)| *from <= start && end <= *to && to - from > end - start)
        };
        let toward: Vec<usize> =
            words.iter().filter(|(concept, ..)| *concept == self.grammar.toward).map(|(.., end)| *end).collect();
        let acts = |start: usize, end: usize| !toward.contains(&start) && !text[end..].starts_with(['的', '之']);
        let names = self.names.iter().flat_map(|names| names.find_iter(text));
        let names =
            names.filter_map(|one| Some((*self.concepts.get(one.pattern().as_usize())?, one.start(), one.end())));
        let mut hits: Vec<Hit> = words
            .iter()
            .copied()
            .chain(names)
            .filter(|(_, start, end)| !inside(*start, *end) && !masked(*start, *end))
            .map(|(concept, start, end)| Hit { what: Mark::Concept(concept), start, end, acts: acts(start, end) })
            .collect();
        let counted = quantities(text).into_iter().filter(|one| !inside(one.start, one.end));
        hits.extend(counted.map(|one| Hit {
            what: Mark::Quantity(one.family, one.value),
            start: one.start,
            end: one.end,
            acts: false,
        }));
        hits.extend(titles);
        hits.sort_by_key(|hit| (hit.start, std::cmp::Reverse(hit.end)));
        hits.dedup();
        // 付 in 支付 is not a second 付.
        let mut longest: BTreeMap<usize, usize> = BTreeMap::new();
        hits.retain(|hit| {
            let Mark::Concept(concept) = hit.what else { return true };
            let reached = longest.entry(concept.0).or_default();
            let new = hit.end > *reached || hit.start >= *reached;
            *reached = (*reached).max(hit.end);
            new
        });
        hits.sort_by_key(|hit| (hit.start, hit.end));
        Marked::new(folded, hits, self.lexicon.len())
    }

    /// Whether a sentence goes on from the one before it.
    #[must_use]
    pub fn goes_on_from_before(&self, marked: &Marked) -> bool {
        marked.hits.iter().any(|hit| hit.start == 0 && hit.what == Mark::Concept(self.grammar.otherwise))
    }

    /// Whether a lead forbids or denies the whole of its list: 不得有下列行为.
    #[must_use]
    pub fn forbids_list(&self, lead: &Marked) -> bool {
        let hits = |concept: ConceptId| lead.hits.iter().filter(move |hit| hit.what == Mark::Concept(concept));
        hits(self.grammar.not).any(|not| {
            let turned = hits(self.grammar.reversal).chain(hits(self.grammar.otherwise));
            hits(self.grammar.listing).any(|listing| not.end <= listing.start)
                && !turned.into_iter().any(|one| not.end <= one.start)
        })
    }

    /// Titles in 《》, brackets and all: what stands in them is a name and says nothing.
    fn titles(&self, text: &str) -> Vec<Hit> {
        let mut titles = Vec::new();
        let mut from = 0;
        while let Some(start) = text[from..].find('《').map(|at| from + at) {
            let Some(close) = text[start..].find('》').map(|at| start + at) else { break };
            let title = text["《".len() + start..close].trim_end_matches(['(', ')']);
            let is_law = self.lexicon.words(self.grammar.law_ending).iter().any(|ending| title.ends_with(ending));
            let concept = if is_law { self.grammar.law } else { self.grammar.paper };
            let end = close + "》".len();
            titles.push(Hit { what: Mark::Concept(concept), start, end, acts: false });
            from = end;
        }
        titles
    }
}

/// A sentence with what was found in it, in order.
#[derive(Debug, Clone)]
pub struct Marked {
    /// The sentence, folded.
    pub folded: Folded,
    /// What was found.
    pub hits: Vec<Hit>,
    /// Where the sentence itself stands; before or behind it may stand the lead that introduces it.
    pub own: Range<usize>,
    /// Of each concept, whether it was found.
    present: Vec<bool>,
}

impl Marked {
    fn new(folded: Folded, hits: Vec<Hit>, concepts: usize) -> Self {
        let mut present = vec![false; concepts];
        for hit in &hits {
            if let Mark::Concept(concept) = hit.what
                && let Some(found) = present.get_mut(concept.0)
            {
                *found = true;
            }
        }
        let own = 0..folded.text().len();
        Self { folded, hits, own, present }
    }

    /// This sentence after its lead, as one text.
    #[must_use]
    pub fn after(&self, lead: &Self) -> Self {
        let start = lead.folded.text().len();
        Self { own: start..start + self.folded.text().len(), ..lead.then(self) }
    }

    /// This sentence before its lead: 擅自离职 before 有下列情形之一的，支付违约金.
    #[must_use]
    pub fn before(&self, lead: &Self) -> Self {
        Self { own: 0..self.folded.text().len(), ..self.then(lead) }
    }

    fn then(&self, next: &Self) -> Self {
        let at = self.folded.text().len();
        let shifted = next.hits.iter().map(|hit| Hit { start: hit.start + at, end: hit.end + at, ..*hit });
        let hits = self.hits.iter().copied().chain(shifted).collect();
        let present = self.present.iter().zip(&next.present).map(|(one, other)| *one || *other).collect();
        Self { folded: next.folded.after(&self.folded), hits, own: 0..at, present }
    }

    /// Whether a concept was found.
    #[must_use]
    pub fn has(&self, concept: ConceptId) -> bool {
        self.present.get(concept.0).copied().unwrap_or(false)
    }
}
