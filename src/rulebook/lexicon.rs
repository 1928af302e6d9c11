//! The names of the book: who gives which, and what a name means in a package.

use super::model::{Entry, EntryId, Member, PackageId, Type};
use std::collections::BTreeMap;

/// The entries by name.
#[derive(Debug, Default)]
pub struct Lexicon {
    pub(super) entries: Vec<Entry>,
    pub(super) by_full_id: BTreeMap<String, EntryId>,
    /// For each package its own entries, by id and by Chinese name.
    pub(super) own: Vec<BTreeMap<String, EntryId>>,
    /// For each package those whose names it may write without their id.
    pub(super) uses: Vec<Vec<PackageId>>,
}

/// Why a name means nothing, or too much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameError {
    /// Nothing gives it; the nearest name that something gives.
    Nothing(Option<String>),
    /// Several packages that are used give it: their full ids.
    Several(Vec<String>),
}

impl Lexicon {
    /// The entry of an id.
    #[must_use]
    pub fn entry(&self, id: EntryId) -> &Entry {
        &self.entries[id.0]
    }

    /// What a name means in a package: its own entry, or that of the one package it uses which gives it, or a full id.
    ///
    /// # Errors
    /// No entry, or several.
    pub fn find(&self, package: PackageId, name: &str) -> Result<EntryId, NameError> {
        if let Some(&own) = self.own[package.0].get(name) {
            return Ok(own);
        }
        let used: Vec<EntryId> =
            self.uses[package.0].iter().filter_map(|used| self.own[used.0].get(name).copied()).collect();
        match used.as_slice() {
            [one] => Ok(*one),
            [] => self.by_full_id.get(name).copied().ok_or_else(|| NameError::Nothing(self.nearest(package, name))),
            several => Err(NameError::Several(several.iter().map(|id| self.entry(*id).full_id.clone()).collect())),
        }
    }

    /// What a person means who writes a full id, or an id or Chinese name that only one package gives.
    ///
    /// # Errors
    /// No entry, or several.
    pub fn find_anywhere(&self, name: &str) -> Result<EntryId, NameError> {
        if let Some(&found) = self.by_full_id.get(name) {
            return Ok(found);
        }
        let found: Vec<EntryId> = self.own.iter().filter_map(|own| own.get(name).copied()).collect();
        match found.as_slice() {
            [one] => Ok(*one),
            [] => {
                let words = self.by_full_id.keys().chain(self.own.iter().flat_map(BTreeMap::keys));
                let near = super::diagnostic::nearest(name, words.map(String::as_str));
                Err(NameError::Nothing(near.map(str::to_owned)))
            }
            several => Err(NameError::Several(several.iter().map(|id| self.entry(*id).full_id.clone()).collect())),
        }
    }

    fn nearest(&self, package: PackageId, name: &str) -> Option<String> {
        let scopes = std::iter::once(&package).chain(&self.uses[package.0]);
        let words = scopes.flat_map(|scope| self.own[scope.0].keys()).map(String::as_str);
        super::diagnostic::nearest(name, words).map(str::to_owned)
    }

    /// The members of a dimension, or the choices of a fact.
    #[must_use]
    pub fn members(&self, of: EntryId) -> &[Member] {
        &self.entry(of).members
    }

    /// The position of a member by id or name.
    #[must_use]
    pub fn member(&self, of: EntryId, name: &str) -> Option<usize> {
        self.members(of).iter().position(|member| member.id == name || member.name == name)
    }

    /// The set of members from which an entry's cells are, if they are choices.
    #[must_use]
    pub fn choice_set(&self, entry: EntryId) -> Option<EntryId> {
        match self.entry(entry).of {
            Type::Choice(set) => Some(set),
            _ => None,
        }
    }

    /// The name of a cell for people: 缴费额[基本养老保险、个人].
    #[must_use]
    pub fn cell_name(&self, entry: EntryId, cell: &[usize]) -> String {
        self.with_members(&self.entry(entry).name, entry, cell, "、", |member| &member.name)
    }

    /// The id of a cell for programs: `social.contribution[pension,employee]`.
    #[must_use]
    pub fn cell_id(&self, entry: EntryId, cell: &[usize]) -> String {
        self.with_members(&self.entry(entry).full_id, entry, cell, ",", |member| &member.id)
    }

    /// Written straight into one text: a trace names a hundred cells.
    fn with_members(
        &self,
        name: &str,
        entry: EntryId,
        cell: &[usize],
        between: &str,
        text: fn(&Member) -> &str,
    ) -> String {
        let by = self.entry(entry).by.iter().zip(cell);
        let members = by.filter_map(|(dimension, at)| self.members(*dimension).get(*at));
        let mut out = String::with_capacity(name.len() + cell.len() * 24);
        out.push_str(name);
        if cell.is_empty() {
            return out;
        }
        out.push('[');
        for (at, member) in members.enumerate() {
            out.push_str(if at == 0 { "" } else { between });
            out.push_str(text(member));
        }
        out.push(']');
        out
    }

    /// Every cell of an entry, the last dimension running fastest.
    #[must_use]
    pub fn cells(&self, by: &[EntryId]) -> Vec<Vec<usize>> {
        let mut cells = vec![Vec::new()];
        for dimension in by {
            let size = self.members(*dimension).len();
            cells = cells
                .iter()
                .flat_map(|cell: &Vec<usize>| {
                    (0..size).map(move |at| {
                        let mut longer = cell.clone();
                        longer.push(at);
                        longer
                    })
                })
                .collect();
        }
        cells
    }
}
