//! How a statement is laid out and what it says of itself: data, in `templates/exchange/statement.toml`.

use serde::Deserialize;
use std::sync::LazyLock;

/// Groups of pay items, and the sentences that are printed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// What the paper is called.
    pub(super) title: String,
    /// The heading of items that no group names.
    pub(super) other: String,
    /// A project with fewer people hides none of them.
    few: usize,
    #[serde(rename = "group")]
    pub(super) groups: Vec<Group>,
    /// What is said where numbers stand for names.
    pub(super) pseudonymous: Notice,
    /// What is said where names are given.
    pub(super) named: Notice,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Group {
    pub(super) name: String,
    /// Ids of the rule book's items.
    pub(super) items: Vec<String>,
}

/// A sentence with what it rests on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Notice {
    pub(super) sentence: String,
    pub(super) cite: String,
}

#[expect(clippy::expect_used, reason = "the file is embedded; a test reads it")]
static FORM: LazyLock<Form> = LazyLock::new(|| {
    toml::from_str(include_str!("../../templates/exchange/statement.toml")).expect("the form is well-formed")
});

impl Form {
    /// The form that the program carries.
    #[must_use]
    pub fn shipped() -> &'static Self {
        &FORM
    }

    /// Whether a number stands for somebody whom everybody knows.
    #[must_use]
    pub fn is_few(&self, people: usize) -> bool {
        people < self.few
    }

    /// What its sentences cite.
    #[must_use]
    pub fn citations(&self) -> [&str; 2] {
        [&self.pseudonymous.cite, &self.named.cite]
    }

    /// The ids of the items that its groups name.
    pub fn items(&self) -> impl Iterator<Item = &str> {
        self.groups.iter().flat_map(|group| &group.items).map(String::as_str)
    }

    /// The place of an item's group; beyond the last for one that none names.
    pub(super) fn group(&self, item: &str) -> usize {
        self.groups.iter().position(|group| group.items.iter().any(|one| one == item)).unwrap_or(self.groups.len())
    }

    /// The heading of a group's place.
    pub(super) fn heading(&self, group: usize) -> &str {
        self.groups.get(group).map_or(&self.other, |group| &group.name)
    }
}
