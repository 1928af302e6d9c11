//! The patterns of the book, sought in every sentence of a text.

use super::{
    compare::{Compared, Figures},
    parties::parties,
    sentences::{Text, text},
};
use crate::{
    quantity::Exact,
    rulebook::{Book, Confidence, Diagnostic, EntryId, Gravity, Limit, ReviewRules, Trap},
    wording::{Marked, Match, Meaning, Pattern, search},
};
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// What a text is reviewed as, and for when and where.
#[derive(Debug, Clone, Copy)]
pub struct Settings<'s> {
    /// The position of its kind in [`ReviewRules::kinds`].
    pub kind: usize,
    /// The day whose law it is held against.
    pub on: NaiveDate,
    /// The canonical code of the place of work, for figures that differ by place.
    pub region: Option<&'s str>,
}

/// Something unlawful or risky in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The trap's id.
    pub code: String,
    /// What is wrong, in a few words.
    pub title: String,
    /// How grave it is.
    pub severity: Gravity,
    /// The number of the clause.
    pub clause: String,
    /// The whole sentence, word for word.
    pub excerpt: String,
    /// The words of it that the finding rests on, in order.
    pub words: Vec<String>,
    /// Why.
    pub message: String,
    /// Instrument and article.
    pub cite: String,
    /// What to write instead.
    pub remedy: String,
    /// How well the law is sourced.
    pub confidence: Confidence,
}

/// Something that must be agreed and was not found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Its id.
    pub code: String,
    /// What must be agreed.
    pub title: String,
    /// How grave its absence is.
    pub severity: Gravity,
    /// Why.
    pub message: String,
    /// Instrument and article.
    pub cite: String,
    /// What to write.
    pub remedy: String,
    /// How well the law is sourced.
    pub confidence: Confidence,
}

/// What was found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// In the order of the text.
    pub findings: Vec<Finding>,
    /// In the order of the book.
    pub missing: Vec<Missing>,
    /// What could not be held against the law, and what is wanted for it.
    pub open: Vec<String>,
    /// How many sentences were read.
    pub sentences: usize,
}

/// Reviews a text, one paragraph a line.
///
/// # Errors
/// What is wrong with the files of patterns.
pub fn review<'b>(book: &'b Book, settings: Settings<'b>, source: &str) -> Result<Review, &'b [Diagnostic]> {
    let rules = book.review()?;
    let empty = Review { findings: Vec::new(), missing: Vec::new(), open: Vec::new(), sentences: 0 };
    let (Some(kind), Some(grammar)) = (rules.kinds.get(settings.kind), rules.grammar) else { return Ok(empty) };
    let meaning = Meaning::new(&rules.lexicon, grammar, &parties(source, rules, kind));
    let text = text(source);
    let marked: Vec<Marked> = text.parts.iter().map(|part| meaning.mark(part.folded.clone())).collect();
    let figures = Figures { book, on: settings.on, region: settings.region };
    let reviewer = Reviewer { rules, settings, meaning, text, marked, figures };
    Ok(reviewer.review())
}

struct Reviewer<'r> {
    rules: &'r ReviewRules,
    settings: Settings<'r>,
    meaning: Meaning<'r>,
    text: Text,
    /// Each part, marked.
    marked: Vec<Marked>,
    figures: Figures<'r>,
}

/// A trap that was found, before it is worded.
struct Caught<'r> {
    trap: &'r Trap,
    sentence: usize,
    words: Vec<String>,
    message: String,
}

impl<'r> Reviewer<'r> {
    fn review(self) -> Review {
        let mut caught: Vec<Caught<'_>> = Vec::new();
        let mut open = BTreeSet::new();
        let traps: Vec<&Trap> = self
            .rules
            .traps
            .iter()
            .filter(|trap| trap.kinds.contains(&self.settings.kind) && trap.holds(self.settings.on))
            .collect();
        for at in 0..self.marked.len() {
            let sentence = self.text.parts[at].sentence;
            let views = self.views(at);
            for trap in &traps {
                let known = caught.iter().rev().take_while(|one| one.sentence == sentence);
                if known.into_iter().any(|one| one.trap.id == trap.id) {
                    continue;
                }
                caught.extend(self.caught(trap, at, &views, &mut open));
            }
        }
        let replaced: BTreeSet<(usize, &str)> = caught
            .iter()
            .flat_map(|one| one.trap.instead_of.iter().map(move |other| (one.sentence, other.as_str())))
            .collect();
        caught.retain(|one| !replaced.contains(&(one.sentence, one.trap.id.as_str())));
        let findings = caught.iter().map(|one| self.finding(one)).collect();
        let missing = self.missing();
        Review { findings, missing, open: open.into_iter().collect(), sentences: self.text.sentences.len() }
    }

    /// A part as it is read: by itself; an item of a list after what introduces the list, and before it (擅自离职的
    /// of 有下列情形之一的，支付违约金); what goes on from the part before (否则, 违者) after that.
    ///
    /// Of a list that is forbidden as a whole no item says anything by itself.
    fn views(&self, at: usize) -> Vec<Marked> {
        let part = &self.text.parts[at];
        let own = &self.marked[at];
        let lead = part.lead.map(|lead| &self.marked[lead]);
        if lead.is_some_and(|lead| self.meaning.forbids_list(lead)) {
            return Vec::new();
        }
        let mut views = vec![own.clone()];
        views.extend(lead.iter().flat_map(|lead| [own.after(lead), own.before(lead)]));
        if self.meaning.goes_on_from_before(own) {
            views.extend(part.before.map(|before| own.after(&self.marked[before])));
        }
        views
    }

    fn caught(&self, trap: &'r Trap, at: usize, views: &[Marked], open: &mut BTreeSet<String>) -> Option<Caught<'r>> {
        for view in views {
            for pattern in &trap.find {
                let Some(found) = search(pattern, &self.meaning, view, None) else { continue };
                if self.is_laid_to_rest(trap, at, view, &found) {
                    continue;
                }
                let Some(message) = self.message(trap, at, &found, open) else { continue };
                let text = view.folded.text();
                let words = found.hits.iter().map(|hit| text[hit.start..hit.end].to_owned());
                let mut words: Vec<String> = words.filter(|word| !word.is_empty()).collect();
                words.dedup();
                return Some(Caught { trap, sentence: self.text.parts[at].sentence, words, message });
            }
        }
        None
    }

    fn is_laid_to_rest(&self, trap: &Trap, at: usize, view: &Marked, found: &Match) -> bool {
        let here = |pattern: &Pattern| search(pattern, &self.meaning, view, Some(found)).is_some();
        if self.rules.unless.iter().chain(&trap.unless).any(here) {
            return true;
        }
        let group = self.text.sentences[self.text.parts[at].sentence].group;
        !trap.unless_near.is_empty()
            && (0..self.marked.len())
                .filter(|other| self.text.sentences[self.text.parts[*other].sentence].group == group)
                .any(|other| {
                    let nowhere = Match { start: 0, end: 0, hits: Vec::new() };
                    trap.unless_near
                        .iter()
                        .any(|pattern| search(pattern, &self.meaning, &self.marked[other], Some(&nowhere)).is_some())
                })
    }

    /// The sentence for the reader; none where a quantity is within its limit or cannot be held against it.
    fn message(&self, trap: &Trap, at: usize, found: &Match, open: &mut BTreeSet<String>) -> Option<String> {
        let Some(limit) = &trap.limit else { return Some(trap.message.clone()) };
        let given = self.given(limit, at);
        match self.figures.compare(limit, found.quantity()?, &given) {
            Compared::Lawful => None,
            Compared::Beyond { limit, found } => {
                Some(trap.message.replace("{limit}", &limit).replace("{found}", &found))
            }
            Compared::NotKnown => {
                let name = &self.figures.book.entry(limit.figure.0).name;
                open.insert(format!("「{}」没有比对：缺少{name}所需的地区或者事实。", trap.title));
                None
            }
        }
    }

    /// The facts of a limit, as the text gives them: in the same clause, else anywhere.
    fn given(&self, limit: &Limit, at: usize) -> Vec<(EntryId, Exact)> {
        let group = self.text.sentences[self.text.parts[at].sentence].group;
        let in_group = |other: &usize| self.text.sentences[self.text.parts[*other].sentence].group == group;
        let all = 0..self.marked.len();
        let order: Vec<usize> = all.clone().filter(in_group).chain(all.filter(|other| !in_group(other))).collect();
        let sought = limit.given.iter().filter_map(|(fact, patterns)| {
            let found = order.iter().find_map(|other| {
                let found = patterns.iter().find_map(|one| search(one, &self.meaning, &self.marked[*other], None));
                found?.quantity()
            });
            Some((*fact, found?))
        });
        sought.collect()
    }

    fn finding(&self, caught: &Caught<'_>) -> Finding {
        let (trap, sentence) = (caught.trap, &self.text.sentences[caught.sentence]);
        Finding {
            code: trap.id.clone(),
            title: trap.title.clone(),
            severity: trap.severity,
            clause: sentence.clause.clone(),
            excerpt: sentence.text.clone(),
            words: caught.words.clone(),
            message: caught.message.clone(),
            cite: trap.cite.clone(),
            remedy: trap.remedy.clone(),
            confidence: trap.confidence,
        }
    }

    fn missing(&self) -> Vec<Missing> {
        let wanted = self
            .rules
            .required
            .iter()
            .filter(|one| one.kinds.contains(&self.settings.kind) && one.holds(self.settings.on));
        let there =
            |pattern: &Pattern| self.marked.iter().any(|marked| search(pattern, &self.meaning, marked, None).is_some());
        wanted
            .filter(|one| !one.find.iter().any(there))
            .map(|one| Missing {
                code: one.id.clone(),
                title: one.title.clone(),
                severity: one.severity,
                message: one.message.clone(),
                cite: one.cite.clone(),
                remedy: one.remedy.clone(),
                confidence: one.confidence,
            })
            .collect()
    }
}
