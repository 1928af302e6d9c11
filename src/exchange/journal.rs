//! The entries that a month makes in the books: sums of what is known of its people, posted to the accounts of a
//! mapping file. Debits equal credits, or nothing is written.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use thiserror::Error;

use super::{
    figures::{self, Figures},
    workbook::{Cell, Kind, Sheet},
};
use crate::{
    quantity::{ArithmeticError, Money},
    rulebook::nearest,
};

/// Which accounts the sums of a month are posted to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accounts {
    /// What the chart of accounts is called.
    pub title: String,
    #[serde(rename = "voucher")]
    vouchers: Vec<Voucher>,
}

/// Entries that balance.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Voucher {
    /// What happened; `{period}` is the month.
    summary: String,
    #[serde(rename = "entry")]
    entries: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    side: Side,
    /// 6401
    account: String,
    /// 主营业务成本
    name: String,
    /// Whose amounts, by the relation that they are paid under (`independent_service`); empty for everybody's.
    #[serde(default)]
    relations: Vec<String>,
    /// The keys whose amounts are added up; one with a minus before it is taken off.
    take: Vec<String>,
    /// One line for each of these: `project`, `department`, `payer`. None: one line.
    #[serde(default)]
    by: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Side {
    Debit,
    Credit,
}

/// What is wrong with a mapping, or with what it makes of a month.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum JournalError {
    /// No TOML, or keys that a mapping has not.
    #[error("{0}")]
    Toml(String),
    /// Nothing is known under a key.
    #[error("科目 {account} 的“{key}”不是可取的数据{}", nearest.as_ref().map_or(String::new(), |one| format!("，是不是“{one}”")))]
    Key {
        /// The account.
        account: String,
        /// What it takes.
        key: String,
        /// What is spelt most like it.
        nearest: Option<String>,
    },
    /// There is no such relation.
    #[error("科目 {account} 的“{relation}”不是用工关系{}", nearest.as_ref().map_or(String::new(), |one| format!("，是不是“{one}”")))]
    Relation {
        /// The account.
        account: String,
        /// What it is for.
        relation: String,
        /// What is spelt most like it.
        nearest: Option<String>,
    },
    /// What is known there is no amount.
    #[error("科目 {account} 的“{key}”不是金额")]
    NoAmount {
        /// The account.
        account: String,
        /// What it takes.
        key: String,
    },
    /// Debits and credits differ.
    #[error("“{summary}”借方 {debit}，贷方 {credit}，不平；核对各科目取的数据")]
    Unbalanced {
        /// The voucher.
        summary: String,
        /// The debits.
        debit: Money,
        /// The credits.
        credit: Money,
    },
    /// A sum beyond an amount.
    #[error("合计超出范围：{0}")]
    Sum(#[from] ArithmeticError),
}

impl Accounts {
    /// Reads a mapping.
    ///
    /// # Errors
    /// No TOML, or keys that a mapping has not.
    pub fn read(text: &str) -> Result<Self, JournalError> {
        toml::from_str(text).map_err(|error| JournalError::Toml(error.to_string()))
    }

    /// Whether something is known under each key; `ids` are those of the rule book's earnings and lines, `relations` its
    /// relations.
    ///
    /// # Errors
    /// The first key under which nothing is known, or the first relation that there is not.
    pub fn check(&self, ids: &BTreeSet<String>, relations: &BTreeSet<&str>) -> Result<(), JournalError> {
        let known: BTreeSet<&str> = figures::KEYS.iter().copied().chain(ids.iter().map(String::as_str)).collect();
        for entry in self.vouchers.iter().flat_map(|voucher| &voucher.entries) {
            let mut keys = entry.take.iter().map(|key| signed(key).1).chain(entry.by.iter().map(String::as_str));
            if let Some(key) = keys.find(|key| !known.contains(key)) {
                let nearest = nearest(key, known.iter().copied()).map(ToOwned::to_owned);
                return Err(JournalError::Key { account: entry.account.clone(), key: key.to_owned(), nearest });
            }
            if let Some(relation) = entry.relations.iter().find(|one| !relations.contains(one.as_str())) {
                let nearest = nearest(relation, relations.iter().copied()).map(ToOwned::to_owned);
                return Err(JournalError::Relation {
                    account: entry.account.clone(),
                    relation: relation.clone(),
                    nearest,
                });
            }
        }
        Ok(())
    }

    /// Begins to post a month.
    #[must_use]
    pub fn posting(&self) -> Posting<'_> {
        let none = |voucher: &Voucher| voucher.entries.iter().map(|_| BTreeMap::new()).collect();
        Posting { accounts: self, sums: self.vouchers.iter().map(none).collect() }
    }
}

/// The entries of a month, added up person by person.
pub struct Posting<'a> {
    accounts: &'a Accounts,
    /// For each entry of each voucher what is posted, by what it is divided by.
    sums: Vec<Vec<BTreeMap<String, Money>>>,
}

impl Posting<'_> {
    /// Adds a person.
    ///
    /// # Errors
    /// Keys that hold no amount, sums beyond an amount.
    pub fn take(&mut self, person: &Figures) -> Result<(), JournalError> {
        for (voucher, sums) in self.accounts.vouchers.iter().zip(&mut self.sums) {
            voucher.entries.iter().zip(sums).try_for_each(|(entry, sums)| entry.add(person, sums))?;
        }
        Ok(())
    }

    /// The entries, one sheet; lines of nought are left out.
    ///
    /// # Errors
    /// Vouchers that do not balance, sums beyond an amount.
    pub fn sheet(self, month: &str) -> Result<Sheet, JournalError> {
        let mut sheet = Sheet::new("记账凭证")
            .frozen(1)
            .column("凭证", Kind::Count, 6)
            .column("摘要", Kind::Text, 28)
            .column("科目", Kind::Text, 12)
            .column("科目名称", Kind::Text, 28)
            .column("辅助核算", Kind::Text, 18)
            .column("借方", Kind::Money, 14)
            .column("贷方", Kind::Money, 14)
            .with_totals();
        for (number, (voucher, sums)) in (1..).zip(self.accounts.vouchers.iter().zip(self.sums)) {
            let summary = voucher.summary.replace("{period}", month);
            let (mut debit, mut credit) = (Money::ZERO, Money::ZERO);
            for (entry, sums) in voucher.entries.iter().zip(sums) {
                for (of, amount) in sums.into_iter().filter(|(_, amount)| *amount != Money::ZERO) {
                    let cells = match entry.side {
                        Side::Debit => [Cell::Money(amount), Cell::Blank],
                        Side::Credit => [Cell::Blank, Cell::Money(amount)],
                    };
                    let total = if entry.side == Side::Debit { &mut debit } else { &mut credit };
                    *total = total.add(amount)?;
                    let words = [&summary, &entry.account, &entry.name, &of].map(Cell::text);
                    sheet.push(std::iter::once(Cell::Count(number)).chain(words).chain(cells).collect());
                }
            }
            if debit != credit {
                return Err(JournalError::Unbalanced { summary, debit, credit });
            }
        }
        Ok(sheet)
    }
}

impl Entry {
    /// Adds what is posted of a person.
    fn add(&self, person: &Figures, sums: &mut BTreeMap<String, Money>) -> Result<(), JournalError> {
        let relation = person.get("relation").map_or(String::new(), Cell::to_text);
        if !self.relations.is_empty() && !self.relations.contains(&relation) {
            return Ok(());
        }
        let of: Vec<String> = self.by.iter().map(|key| person.get(key).map_or(String::new(), Cell::to_text)).collect();
        let sum = sums.entry(of.join(" ").trim().to_owned()).or_default();
        for key in &self.take {
            let (added, key) = signed(key);
            let amount = match person.get(key) {
                Some(Cell::Money(amount)) => *amount,
                None | Some(Cell::Blank) => continue,
                Some(_) => {
                    return Err(JournalError::NoAmount { account: self.account.clone(), key: key.to_owned() });
                }
            };
            *sum = if added { sum.add(amount)? } else { sum.sub(amount)? };
        }
        Ok(())
    }
}

/// Whether a key's amount is added, and the key without its sign.
fn signed(key: &str) -> (bool, &str) {
    key.strip_prefix('-').map_or((true, key), |key| (false, key))
}
