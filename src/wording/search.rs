//! A path through the marks of a sentence.

use super::{
    lexicon::ConceptId,
    marked::{Grammar, Hit, Mark, Marked, Meaning},
    pattern::{Atom, Gap, Item, Part, Pattern},
};
use crate::quantity::Exact;

/// Where a pattern was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// First byte of the first item.
    pub start: usize,
    /// One past the last byte of the last.
    pub end: usize,
    /// What the items are, in the order of the text.
    pub hits: Vec<Hit>,
}

impl Match {
    /// The last quantity among the items.
    #[must_use]
    pub fn quantity(&self) -> Option<Exact> {
        self.hits.iter().rev().find_map(|hit| match hit.what {
            Mark::Quantity(_, value) => Some(value),
            Mark::Concept(_) => None,
        })
    }
}

/// Looks for a pattern. With `found`, it is a guard, which may refer to what was found and which no prohibition lays to
/// rest. Of several matches the one that ends first.
///
/// In a sentence with a lead, at least one item stands in the sentence itself: the lead was searched on its own.
#[must_use]
pub fn search(pattern: &Pattern, meaning: &Meaning<'_>, marked: &Marked, found: Option<&Match>) -> Option<Match> {
    let search = Search { meaning, grammar: meaning.grammar, marked, found };
    let mut hits = Vec::new();
    for part in &pattern.parts {
        match part {
            Part::Absent(item) => {
                if !search.candidates(item).is_empty() {
                    return None;
                }
            }
            Part::Sequence(items) => hits.extend(search.sequence(items)?),
        }
    }
    hits.sort_by_key(|hit: &Hit| (hit.start, hit.end));
    let (start, end) = (hits.first()?.start, hits.iter().map(|hit| hit.end).max()?);
    (found.is_some() || search.is_own(&hits)).then_some(Match { start, end, hits })
}

impl Meaning<'_> {
    /// Whether a concept speaks of what is not: each of its words begins with one of the grammar's.
    fn is_negative(&self, concept: ConceptId) -> bool {
        let nots = self.lexicon.words(self.grammar.not);
        let words = self.lexicon.words(concept);
        !words.is_empty() && words.iter().all(|word| nots.iter().any(|not| word.starts_with(not.as_str())))
    }

    /// Whether an item looks for a prohibition itself.
    fn is_prohibition(&self, item: &Item) -> bool {
        item.any.iter().all(|atom| matches!(atom, Atom::Concept(concept) if self.is_negative(*concept)))
    }
}

/// The hits of the path that ends at a hit of the last step.
fn path(steps: &[Vec<Step>], end: usize) -> Option<Vec<Hit>> {
    let mut at = end;
    let mut hits = Vec::with_capacity(steps.len());
    for step in steps.iter().rev() {
        let step = step.get(at)?;
        hits.push(step.hit);
        at = step.from;
    }
    hits.reverse();
    Some(hits)
}

struct Search<'s> {
    meaning: &'s Meaning<'s>,
    grammar: Grammar,
    marked: &'s Marked,
    found: Option<&'s Match>,
}

/// A hit on the way, and which of the step before it came from.
struct Step {
    hit: Hit,
    from: usize,
}

impl Search<'_> {
    /// The hits of a sequence; of all its paths one that ends first, with the shortest gaps from behind.
    fn sequence(&self, items: &[(Gap, Item)]) -> Option<Vec<Hit>> {
        let act = items.iter().position(|(_, item)| item.act).unwrap_or(items.len() - 1);
        // A pattern that looks for a prohibition before its act is not laid to rest by one.
        let minds_negation =
            self.found.is_none() && !items[..act].iter().any(|(_, item)| self.meaning.is_prohibition(item));
        let mut steps: Vec<Vec<Step>> = Vec::with_capacity(items.len());
        for (at, (gap, item)) in items.iter().enumerate() {
            let without: Vec<Hit> = gap.without.iter().flat_map(|item| self.candidates(item)).collect();
            let mut next = Vec::new();
            for hit in self.candidates(item) {
                if at == act && minds_negation && self.is_negated(hit) {
                    continue;
                }
                let Some(before) = at.checked_sub(1).and_then(|before| steps.get(before)) else {
                    next.push(Step { hit, from: 0 });
                    continue;
                };
                let from = before.iter().rposition(|step| self.reaches(step.hit, hit, gap, &without));
                next.extend(from.map(|from| Step { hit, from }));
            }
            if next.is_empty() {
                return None;
            }
            steps.push(next);
        }
        let mut paths = (0..steps.last().map_or(0, Vec::len)).filter_map(|end| path(&steps, end));
        let first = paths.next()?;
        // Of a sentence with its lead, a path through the sentence itself goes before one through the lead alone.
        if self.is_own(&first) { Some(first) } else { Some(paths.find(|path| self.is_own(path)).unwrap_or(first)) }
    }

    /// Whether something of it stands in the sentence itself.
    fn is_own(&self, hits: &[Hit]) -> bool {
        let own = &self.marked.own;
        hits.iter().any(|hit| own.start <= hit.start && hit.start < own.end)
    }

    fn candidates(&self, item: &Item) -> Vec<Hit> {
        let mut candidates = Vec::new();
        for atom in &item.any {
            let text = self.marked.folded.text();
            let point = |at: usize| Hit { what: Mark::Concept(self.grammar.mask), start: at, end: at, acts: false };
            match atom {
                Atom::Start => candidates.push(point(0)),
                Atom::End => candidates.push(point(text.trim_end_matches(['。', ';', '!', '?', '.']).len())),
                Atom::Found => {
                    candidates.extend(self.found.map(|found| Hit { end: found.end, ..point(found.start) }));
                }
                Atom::Concept(concept) if !self.marked.has(*concept) => {}
                Atom::Subject(concept) if !self.marked.has(*concept) => {}
                Atom::Concept(concept) => candidates.extend(self.hits(|hit| hit.what == Mark::Concept(*concept))),
                Atom::Subject(concept) => {
                    candidates.extend(self.hits(|hit| hit.what == Mark::Concept(*concept) && hit.acts));
                }
                Atom::Quantity(family) => {
                    candidates.extend(self.hits(|hit| matches!(hit.what, Mark::Quantity(found, _) if found == *family)))
                }
            }
        }
        if item.any.len() > 1 {
            candidates.sort_by_key(|hit| (hit.start, hit.end));
        }
        candidates
    }

    fn hits(&self, wanted: impl Fn(&Hit) -> bool) -> impl Iterator<Item = Hit> {
        self.marked.hits.iter().copied().filter(move |hit| wanted(hit))
    }

    /// Whether the gap between two hits is as it should be.
    fn reaches(&self, before: Hit, after: Hit, gap: &Gap, without: &[Hit]) -> bool {
        if after.start < before.end {
            return false;
        }
        let between = &self.marked.folded.text()[before.end..after.start];
        gap.most.is_none_or(|most| self.marked.folded.characters(before.end, after.start) <= most)
            && (gap.over_commas || !between.contains([',', ':', ';', '。']))
            && !without.iter().any(|other| before.end <= other.start && other.end <= after.start)
    }

    /// Whether a prohibition or denial governs an act: it stands before it in the same stretch of the sentence, with
    /// nothing between them that turns it round.
    fn is_negated(&self, act: Hit) -> bool {
        self.hits(|hit| hit.what == Mark::Concept(self.grammar.not_this)).any(|not| not.end == act.start)
            || self.is_forbidden(act)
    }

    fn is_forbidden(&self, act: Hit) -> bool {
        let mut prohibitions = self.hits(|hit| hit.what == Mark::Concept(self.grammar.not));
        prohibitions.any(|not| not.end <= act.start && self.governs(not, act))
    }

    fn governs(&self, not: Hit, act: Hit) -> bool {
        const FARTHEST: usize = 40;
        let turned = self.marked.hits.iter().any(|hit| {
            hit.what == Mark::Concept(self.grammar.reversal) && not.end <= hit.start && hit.end <= act.start
        });
        !turned && self.marked.folded.characters(not.end, act.start) <= FARTHEST && self.one_stretch(not.end, act.start)
    }

    /// Whether no comma divides two places, save those after which the sentence goes on with 或, 也 and the like.
    fn one_stretch(&self, from: usize, to: usize) -> bool {
        let text = self.marked.folded.text();
        text[from..to].match_indices([',', ':', ';', '。']).all(|(at, sign)| {
            let next = from + at + sign.len();
            sign == ","
                && self
                    .marked
                    .hits
                    .iter()
                    .any(|hit| hit.what == Mark::Concept(self.grammar.goes_on) && hit.start == next)
        })
    }
}
