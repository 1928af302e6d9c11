//! What the ledger is given and gives back: runs and slips.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use super::{
    chain::{Cell, Column, Entry, Table, hexadecimal},
    error::Problem,
    lifecycle::State,
    period::Period,
};

/// Amounts by the id of their figure, as decimal text (`"1600.00"`).
pub type Amounts = BTreeMap<String, String>;

/// The key of a person in the ledger: SHA-256 over the kind and the number of the identity document, lower-case
/// hexadecimal. The number itself is never stored. A hash without a secret keeps the number from casual readers
/// only; who has the file can try all numbers, so the file must be kept like the roster.
pub fn person_key(document: &str, number: &str) -> String {
    // The check digit X is written in either case.
    hexadecimal(&Sha256::digest(format!("{}\n{}", document.trim(), number.trim().to_uppercase())))
}

/// What names a run: at most one of them is current.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunKey {
    /// The withholding agent (扣缴义务人). Year-to-date never crosses it.
    pub payer: String,
    /// The month that is paid for.
    pub period: Period,
    /// 1 is the regular run of the period; off-cycle runs count on.
    pub number: u32,
}

impl fmt::Display for RunKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} 第 {} 批", self.payer, self.period, self.number)
    }
}

/// Who did something, when and why. On a command line a name is what its owner says it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Who.
    pub by: String,
    /// When, as the caller tells the time (ISO 8601).
    pub at: String,
    /// Why; may be empty.
    pub why: String,
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}，{}", self.by, self.at)
    }
}

/// A run, without its slips.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunHeader {
    /// What names it.
    pub key: RunKey,
    /// `regular`, or what else the caller calls it.
    pub kind: String,
    /// The day of payment.
    pub paid_on: NaiveDate,
    /// What could be known on this day counts; `None` is all that the book holds.
    pub known_at: Option<NaiveDate>,
    /// Digest of all inputs, as the caller makes it.
    pub inputs_digest: String,
    /// Digest of the rule book, which must have been kept ([`super::Ledger::keep_book`]).
    pub rulebook_digest: String,
    /// The version of the program.
    pub engine_version: String,
}

/// A run as the ledger holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRun {
    /// Its number in the ledger.
    pub id: i64,
    /// The run.
    pub header: RunHeader,
    /// Its state, after all transitions.
    pub state: State,
    /// 1, and one more with each replacement.
    pub version: u32,
    /// The run that it replaced.
    pub replaces: Option<i64>,
}

/// One person's pay in one run, as the caller made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlipRecord {
    /// 工号, once in a run.
    pub worker: String,
    /// See [`person_key`].
    pub person: String,
    /// The name on the slip.
    pub name: String,
    /// The place in the run, for printing.
    pub sequence: u32,
    /// The tax year of the payment.
    pub tax_year: i32,
    /// The amounts that later periods need.
    pub carried: Amounts,
    /// The result as canonical JSON.
    pub result: String,
    /// The inputs as canonical JSON, identity numbers masked.
    pub inputs: String,
}

/// A slip as the ledger holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSlip {
    /// Its number in the ledger.
    pub id: i64,
    /// The run that it belongs to.
    pub run_id: i64,
    /// The slip.
    pub record: SlipRecord,
    /// The slip that it replaced.
    pub replaces: Option<i64>,
    /// Its link in the chain.
    pub hash: String,
}

/// The slips of a run as their maker keeps them: in memory, or on a disk where they are many.
pub trait Slips {
    /// How many there are.
    fn count(&self) -> usize;

    /// One of them, by its position.
    ///
    /// # Errors
    /// [`Problem::Spool`], where it cannot be read.
    fn slip(&self, at: usize) -> Result<Cow<'_, SlipRecord>, Problem>;
}

impl<T: AsRef<[SlipRecord]>> Slips for T {
    fn count(&self) -> usize {
        self.as_ref().len()
    }

    fn slip(&self, at: usize) -> Result<Cow<'_, SlipRecord>, Problem> {
        self.as_ref().get(at).map(Cow::Borrowed).ok_or_else(|| Problem::Spool(format!("没有第 {at} 张")))
    }
}

/// A step in the life of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// The state that the run was in.
    pub from: State,
    /// The state that it was in afterwards.
    pub to: State,
    /// Who did it, when and why.
    pub act: Act,
}

/// A run on its way into the ledger.
pub(super) struct RunEntry<'a> {
    pub(super) header: &'a RunHeader,
    pub(super) state: State,
    pub(super) version: i64,
    pub(super) replaces: Option<i64>,
}

impl Entry for RunEntry<'_> {
    const TABLE: Table = Table {
        name: "run",
        title: "批次",
        columns: &[
            Column::Text("payer"),
            Column::Text("period"),
            Column::Integer("number"),
            Column::Integer("version"),
            Column::Text("kind"),
            Column::Text("paid_on"),
            Column::Text("known_at"),
            Column::Text("state"),
            Column::Text("inputs_digest"),
            Column::Text("rulebook_digest"),
            Column::Text("engine_version"),
            Column::Integer("replaces"),
        ],
        known_by: &["payer", "period", "number"],
    };

    fn cells(&self) -> Vec<Cell<'_>> {
        let header = self.header;
        vec![
            header.key.payer.as_str().into(),
            header.key.period.to_string().into(),
            i64::from(header.key.number).into(),
            self.version.into(),
            header.kind.as_str().into(),
            header.paid_on.to_string().into(),
            Cell::Text(header.known_at.map(|day| day.to_string().into())),
            self.state.word().into(),
            header.inputs_digest.as_str().into(),
            header.rulebook_digest.as_str().into(),
            header.engine_version.as_str().into(),
            self.replaces.into(),
        ]
    }
}

/// A slip on its way into the ledger.
pub(super) struct SlipEntry<'a> {
    pub(super) run_id: i64,
    pub(super) record: &'a SlipRecord,
    pub(super) replaces: Option<i64>,
}

impl Entry for SlipEntry<'_> {
    const TABLE: Table = Table {
        name: "slip",
        title: "工资单",
        columns: &[
            Column::Integer("run_id"),
            Column::Integer("sequence"),
            Column::Text("worker"),
            Column::Text("person"),
            Column::Text("name"),
            Column::Integer("tax_year"),
            Column::Text("carried"),
            Column::Integer("replaces"),
            Column::Text("result"),
            Column::Text("inputs"),
        ],
        known_by: &["worker", "name"],
    };

    fn cells(&self) -> Vec<Cell<'_>> {
        let record = self.record;
        vec![
            self.run_id.into(),
            i64::from(record.sequence).into(),
            record.worker.as_str().into(),
            record.person.as_str().into(),
            record.name.as_str().into(),
            i64::from(record.tax_year).into(),
            write_amounts(&record.carried).into(),
            self.replaces.into(),
            record.result.as_str().into(),
            record.inputs.as_str().into(),
        ]
    }
}

/// A transition on its way into the ledger.
pub(super) struct TransitionEntry<'a> {
    pub(super) run_id: i64,
    pub(super) transition: &'a Transition,
}

impl Entry for TransitionEntry<'_> {
    const TABLE: Table = Table {
        name: "transition",
        title: "状态变更",
        columns: &[
            Column::Integer("run_id"),
            Column::Text("from_state"),
            Column::Text("to_state"),
            Column::Text("by_whom"),
            Column::Text("at_time"),
            Column::Text("why"),
        ],
        known_by: &["to_state", "by_whom"],
    };

    fn cells(&self) -> Vec<Cell<'_>> {
        let Transition { from, to, act } = self.transition;
        let texts = [from.word(), to.word(), &act.by, &act.at, &act.why];
        std::iter::once(self.run_id.into()).chain(texts.map(Cell::from)).collect()
    }
}

/// Amounts as the one column that holds them: a JSON object in the order of its keys.
pub(super) fn write_amounts(amounts: &Amounts) -> String {
    let object = amounts.iter().map(|(figure, amount)| (figure.clone(), amount.as_str().into()));
    serde_json::Value::Object(object.collect()).to_string()
}

pub(super) fn read_amounts(id: i64, text: &str) -> Result<Amounts, Problem> {
    serde_json::from_str(text).map_err(|error| Problem::Corrupted(format!("第 {id} 行的金额无法读出：{error}")))
}

/// A number that the ledger keeps wider than we need it.
pub(super) fn narrow<T: TryFrom<i64>>(id: i64, number: i64) -> Result<T, Problem> {
    number.try_into().map_err(|_| Problem::Corrupted(format!("第 {id} 行的数字 {number} 超出范围")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with Python's `hashlib`.
    #[test]
    fn a_person_has_one_key() {
        let key = "4ec777acd373e3500afbde55839a4cfdd5c6c1e7ec1972d03b9248d0eea5b58c";
        assert_eq!(person_key("居民身份证", "53010219900307123X"), key);
        assert_eq!(person_key(" 居民身份证", "53010219900307123x "), key);
        assert_ne!(person_key("护照", "53010219900307123X"), key);
    }

    #[test]
    fn amounts_come_back_in_one_canonical_text() {
        let amounts =
            Amounts::from([("b".to_owned(), "-0.10".to_owned()), ("a\"\n税".to_owned(), "1600.00".to_owned())]);
        let text = write_amounts(&amounts);
        assert_eq!(text, r#"{"a\"\n税":"1600.00","b":"-0.10"}"#);
        assert_eq!(read_amounts(1, &text).unwrap(), amounts);
        assert!(matches!(read_amounts(1, r#"{"a":1600.00}"#), Err(Problem::Corrupted(_))), "an amount is text");
    }
}
