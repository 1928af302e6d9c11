//! Concepts and their words: every way of naming an actor, an act, a thing or a mood.

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};
use std::collections::BTreeMap;

/// A concept, by its position in the [`Lexicon`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConceptId(pub(super) usize);

/// Concepts by name, and one automaton that finds all their words in one pass.
#[derive(Debug, Default)]
pub struct Lexicon {
    names: BTreeMap<String, ConceptId>,
    /// The words of each concept, folded.
    words: Vec<Vec<String>>,
    /// Of each word of the automaton, the concepts that have it.
    concepts: Vec<Vec<ConceptId>>,
    automaton: Option<AhoCorasick>,
}

impl Lexicon {
    /// The concept of a name, which is added if it is new.
    pub fn concept(&mut self, name: &str) -> ConceptId {
        if let Some(known) = self.names.get(name) {
            return *known;
        }
        let id = ConceptId(self.words.len());
        self.words.push(Vec::new());
        self.names.insert(name.to_owned(), id);
        id
    }

    /// The concept of a name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<ConceptId> {
        self.names.get(name).copied()
    }

    /// The names of the concepts.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    /// How many concepts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Adds a word to a concept.
    pub fn add(&mut self, concept: ConceptId, word: &str) {
        let word = super::fold(word).text().to_owned();
        if let Some(words) = self.words.get_mut(concept.0)
            && !word.is_empty()
            && !words.contains(&word)
        {
            words.push(word);
        }
    }

    /// The words of a concept, folded.
    #[must_use]
    pub fn words(&self, concept: ConceptId) -> &[String] {
        self.words.get(concept.0).map_or(&[], Vec::as_slice)
    }

    /// Builds the automaton; words added later are not found. Gives back whether it could be built, which only a
    /// lexicon of absurd size cannot.
    pub fn build(&mut self) -> bool {
        let mut by_word: BTreeMap<&str, Vec<ConceptId>> = BTreeMap::new();
        for (at, words) in self.words.iter().enumerate() {
            for word in words {
                by_word.entry(word).or_default().push(ConceptId(at));
            }
        }
        let built = AhoCorasickBuilder::new().match_kind(MatchKind::Standard).build(by_word.keys());
        self.concepts = by_word.into_values().collect();
        self.automaton = built.ok();
        self.automaton.is_some()
    }

    /// Every occurrence of every word in a folded text: concept, first byte, one past the last.
    pub(super) fn occurrences<'l>(&'l self, text: &'l str) -> impl Iterator<Item = (ConceptId, usize, usize)> + 'l {
        let found = self.automaton.iter().flat_map(move |automaton| automaton.find_overlapping_iter(text));
        found.flat_map(|one| {
            let concepts = self.concepts.get(one.pattern().as_usize()).map_or(&[][..], Vec::as_slice);
            concepts.iter().map(move |concept| (*concept, one.start(), one.end()))
        })
    }
}

/// At most so many words come of one word with choices.
const MOST_WORDS: usize = 512;

/// The words that a word with choices stands for: `(未|没有)经(批准|同意|)` is six. Brackets do not nest.
///
/// # Errors
/// Brackets that do not match, or too many words, in Chinese.
pub fn expand(word: &str) -> Result<Vec<String>, String> {
    let mut words = vec![String::new()];
    let mut rest = word;
    loop {
        let Some(open) = rest.find('(') else {
            if rest.contains(')') {
                return Err("有右括号而没有左括号".to_owned());
            }
            words.iter_mut().for_each(|word| word.push_str(rest));
            return Ok(words);
        };
        let (plain, choices) = (&rest[..open], &rest[open + 1..]);
        let close = choices.find(')').ok_or_else(|| "括号没有配对".to_owned())?;
        if plain.contains(')') || choices[..close].contains('(') {
            return Err("括号没有配对，或者套了括号".to_owned());
        }
        let choices: Vec<&str> = choices[..close].split('|').collect();
        if words.len() * choices.len() > MOST_WORDS {
            return Err(format!("展开后超过 {MOST_WORDS} 个词"));
        }
        words =
            words.iter().flat_map(|word| choices.iter().map(move |choice| format!("{word}{plain}{choice}"))).collect();
        rest = &rest[open + 1 + close + 1..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_expand_to_words() {
        assert_eq!(expand("押金").unwrap(), ["押金"]);
        assert_eq!(expand("(未|没有)经(批准|)").unwrap(), ["未经批准", "未经", "没有经批准", "没有经"]);
        for wrong in ["(押", "押)", "((a)b)", &"(a|b|c|d)".repeat(6)] {
            assert!(expand(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn words_may_overlap_and_belong_to_several_concepts() {
        let mut lexicon = Lexicon::default();
        let (money, worker) = (lexicon.concept("money"), lexicon.concept("worker"));
        lexicon.add(money, "押金");
        lexicon.add(money, "工装押金");
        lexicon.add(worker, "押金");
        assert!(lexicon.build());
        let found: Vec<_> = lexicon.occurrences("交工装押金").collect();
        assert_eq!(found.len(), 3);
        assert_eq!(lexicon.find("money"), Some(money));
    }
}
