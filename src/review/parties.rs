//! Who 甲方 and 乙方 are: by the kind of text, unless it says so itself.

use super::sentences::paragraphs;
use crate::{
    rulebook::{ReviewRules, TextKind},
    wording::ConceptId,
};

/// Parties are named at the beginning.
const OPENING: usize = 60;

/// Words after which a text gives a name: 以下简称“甲方”.
const CALLED: [&str; 3] = ["简称", "下称", "统称"];

/// The names of the parties and what they mean, those of the kind first; a later one goes before an earlier.
pub(super) fn parties(source: &str, rules: &ReviewRules, kind: &TextKind) -> Vec<(String, ConceptId)> {
    let mut parties = kind.parties.clone();
    let names: Vec<String> = parties.iter().map(|(name, _)| name.clone()).filter(|name| name.ends_with('方')).collect();
    for paragraph in paragraphs(source).iter().take(OPENING) {
        // From one name to the next: several parties may stand in one line.
        let mut starts: Vec<(usize, &String)> = names
            .iter()
            .filter_map(|name| Some((paragraph.find(name.as_str())?, name)))
            .filter(|(at, name)| defines(paragraph, *at, name))
            .collect();
        starts.sort_unstable();
        for (number, (at, name)) in starts.iter().enumerate() {
            let end = starts.get(number + 1).map_or(paragraph.len(), |(next, _)| *next);
            // 发包方（甲方）: what it is may stand before the name.
            let from = if number == 0 { 0 } else { *at };
            let window = &paragraph[from..end];
            if let Some(concept) = cued(window, rules) {
                meaning(&mut parties, name, concept);
            }
            let known = parties.iter().find(|(other, _)| other == *name).map(|(_, concept)| *concept);
            for short in called(window).filter(|short| short != *name) {
                if let Some(concept) = known {
                    meaning(&mut parties, &short, concept);
                }
            }
        }
    }
    parties
}

fn meaning(parties: &mut Vec<(String, ConceptId)>, name: &str, concept: ConceptId) {
    match parties.iter_mut().find(|(other, _)| other == name) {
        Some(known) => known.1 = concept,
        None => parties.push((name.to_owned(), concept)),
    }
}

/// Whether a name is being defined: `甲方：`, `甲方（用人单位）`, `（甲方）`, `简称“甲方”`.
fn defines(paragraph: &str, at: usize, name: &str) -> bool {
    let before = paragraph[..at].trim_end_matches(['“', '"', '‘', '「', ' ']);
    let after = paragraph[at + name.len()..].trim_start();
    let in_brackets = before.ends_with(['（', '(']) && after.starts_with(['）', ')', '：', ':']);
    let heads = before.trim().is_empty() && after.starts_with(['：', ':', '（', '(']);
    in_brackets || heads || CALLED.iter().any(|called| before.ends_with(called))
}

/// The party whose cue stands first in a window.
fn cued(window: &str, rules: &ReviewRules) -> Option<ConceptId> {
    let cues = rules.parties.iter().flat_map(|party| party.cues.iter().map(move |cue| (cue, party.concept)));
    let found = cues.filter_map(|(cue, concept)| Some((window.find(cue.as_str())?, cue.len(), concept)));
    found.min_by_key(|(at, length, _)| (*at, std::cmp::Reverse(*length))).map(|(.., concept)| concept)
}

/// The short names that a window gives: 以下简称“公司”.
fn called(window: &str) -> impl Iterator<Item = String> + '_ {
    CALLED.iter().flat_map(|called| window.split(called).skip(1)).filter_map(|rest| {
        let rest = rest.trim_start_matches([':', '：', '为', ' ', '“', '"', '‘', '「']);
        let end = rest.find(['”', '"', '’', '」', '）', ')', '，', ','])?;
        let name = rest[..end].trim();
        (2..=8).contains(&name.chars().count()).then(|| name.to_owned())
    })
}
