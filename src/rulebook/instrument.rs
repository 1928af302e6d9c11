//! The register of instruments, and what a citation names.

use super::source::Place;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// A document of the law.
#[derive(Debug, Clone)]
pub struct Instrument {
    /// What a citation begins with.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Who issued it.
    pub issuer: String,
    /// 法律, 行政法规, …
    pub rank: String,
    /// When it was issued.
    pub issued: Option<NaiveDate>,
    /// Since when in force.
    pub in_force: Option<NaiveDate>,
    /// Since when no longer.
    pub repealed: Option<NaiveDate>,
    /// The id of its successor.
    pub replaced_by: Option<String>,
    /// For the reader.
    pub note: Option<String>,
    /// Where it is registered.
    pub place: Place,
}

/// The instruments by id and alias.
#[derive(Debug, Clone, Default)]
pub struct Register {
    instruments: Vec<Instrument>,
    by_name: BTreeMap<String, usize>,
}

/// What a citation says instead of an instrument when none is known.
pub const UNKNOWN: &str = "unknown";

impl Register {
    /// Adds an instrument under its id and aliases, as far as no other has them.
    pub(super) fn add(&mut self, instrument: Instrument, aliases: Vec<String>) {
        let at = self.instruments.len();
        for name in std::iter::once(instrument.id.clone()).chain(aliases) {
            self.by_name.entry(name).or_insert(at);
        }
        self.instruments.push(instrument);
    }

    /// The ids and aliases.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    /// The instruments in the order of the register.
    pub fn iter(&self) -> impl Iterator<Item = &Instrument> {
        self.instruments.iter()
    }

    /// The instrument of that id or alias.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Instrument> {
        self.by_name.get(name).and_then(|at| self.instruments.get(*at))
    }

    /// The instrument that a single citation names: its text up to a space, or all of it.
    #[must_use]
    pub fn cited(&self, citation: &str) -> Option<&Instrument> {
        let mut name = citation.trim();
        loop {
            if let Some(found) = self.get(name) {
                return Some(found);
            }
            name = name.rsplit_once(' ')?.0.trim_end();
        }
    }

    /// The parts of a citation that name no registered instrument.
    #[must_use]
    pub fn uncited<'c>(&self, cite: &'c str) -> Vec<&'c str> {
        citations(cite).filter(|one| *one != UNKNOWN && self.cited(one).is_none()).collect()
    }
}

/// The single citations of a `cite`.
pub fn citations(cite: &str) -> impl Iterator<Item = &str> {
    cite.split('；').map(str::trim).filter(|one| !one.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_citation_names_an_instrument_and_a_place_in_it() {
        let mut register = Register::default();
        let law = Instrument {
            id: "个人所得税法".to_owned(),
            title: String::new(),
            issuer: String::new(),
            rank: "法律".to_owned(),
            issued: None,
            in_force: None,
            repealed: None,
            replaced_by: None,
            note: None,
            place: Place::default(),
        };
        register.add(law.clone(), vec!["中华人民共和国个人所得税法".to_owned()]);
        register.add(Instrument { rank: "规范性文件".to_owned(), ..law }, Vec::new());
        assert_eq!(register.get("个人所得税法").unwrap().rank, "法律", "a name belongs to one instrument");
        assert!(register.cited("个人所得税法 第六条 第一款").is_some());
        assert!(register.cited("中华人民共和国个人所得税法").is_some());
        assert_eq!(register.uncited("个人所得税法 第六条；某公告 第一条"), ["某公告 第一条"]);
        assert!(register.uncited(UNKNOWN).is_empty());
    }
}
