//! What the tax client, the insurance bureau or the fund computed, held against ours: by person and item.
//!
//! Ours is `figures.csv` of the run. What their export is called and which of its columns is which of ours is data, under
//! `templates/exchange/answers/`.

use std::{collections::BTreeMap, path::Path, sync::LazyLock};

use include_dir::{Dir, include_dir};
use serde::Deserialize;
use thiserror::Error;

use super::{
    roster::read_amount,
    table::{self, Record, Table, TableError},
    text::heading_key,
    workbook::{Cell, Kind, Sheet},
};
use crate::quantity::{ArithmeticError, Money};

/// What somebody's export says, and which of our columns says the same.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Its name and vintage: `tax@2026`.
    pub schema: String,
    /// What it is, for people.
    pub title: String,
    /// Headings, theirs and ours, under which a person's document number stands.
    person: Vec<String>,
    /// Whether it must be said which insurance line it is.
    #[serde(default)]
    pub line: bool,
    compare: Vec<Comparison>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Comparison {
    /// What is compared, for people; `{line}` is the line that was said.
    name: String,
    /// Their headings; the first that is there is taken.
    theirs: Vec<String>,
    /// Our heading; `{line}` is the line that was said.
    ours: String,
    /// Whether an amount below nought is as good as nought: one side shows it, the other does not.
    #[serde(default)]
    not_below_nought: bool,
}

/// The outcome.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reconciliation {
    /// People that both sides know.
    pub people: usize,
    /// What is not the same, by person.
    pub differences: Vec<Difference>,
    /// For each item: its name, our sum, their sum.
    pub totals: Vec<(String, Money, Money)>,
    /// Items that their export does not have.
    pub without: Vec<String>,
}

/// An item of a person that is not the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// 姓名.
    pub name: String,
    /// The last four characters of the document number.
    pub id_tail: String,
    /// What differs.
    pub item: String,
    /// Ours; `None` where only they have the person.
    pub ours: Option<Money>,
    /// Theirs; `None` where only we have the person.
    pub theirs: Option<Money>,
}

/// Why two files could not be compared. `Display` is for people.
#[derive(Debug, Error)]
pub enum ReconcileError {
    /// A file is no table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A column that must be there is not.
    #[error("{file}：缺少列“{}”", headings.join("”或“"))]
    Column {
        /// The file.
        file: String,
        /// What it may be called.
        headings: Vec<String>,
    },
    /// A cell is no amount.
    #[error("{file}第 {row} 行“{heading}”：{problem}")]
    Cell {
        /// The file.
        file: String,
        /// Its row.
        row: u32,
        /// Its column.
        heading: String,
        /// What is wrong.
        problem: String,
    },
    /// A sum beyond an amount.
    #[error("合计超出范围：{0}")]
    Sum(#[from] ArithmeticError),
}

static SHIPPED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates/exchange/answers");

#[expect(clippy::expect_used, reason = "the files are embedded; a test reads them")]
static ANSWERS: LazyLock<Vec<Answer>> = LazyLock::new(|| {
    let read = |file: &'static include_dir::File<'static>| {
        toml::from_str(file.contents_utf8().expect("answers are UTF-8")).expect("answers are well-formed")
    };
    SHIPPED.files().map(read).collect()
});

impl Answer {
    /// The exports that the program can read.
    #[must_use]
    pub fn shipped() -> &'static [Self] {
        &ANSWERS
    }

    /// The newest of a family, `tax`, or the one of a full name, `tax@2026`.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        let named = |one: &&Self| one.schema == name || one.schema.split('@').next() == Some(name);
        Self::shipped().iter().filter(named).max_by_key(|one| &one.schema)
    }

    /// Holds their export against ours. `line` is our heading of an insurance line, where the export is of one.
    ///
    /// # Errors
    /// Files that are no tables, columns that are missing, cells that are no amounts.
    pub fn reconcile(&self, ours: &Path, theirs: &Path, line: &str) -> Result<Reconciliation, ReconcileError> {
        let items: Vec<Comparison> = self
            .compare
            .iter()
            .map(|item| Comparison {
                name: item.name.replace("{line}", line),
                ours: item.ours.replace("{line}", line),
                ..item.clone()
            })
            .collect();
        let ours = Side::read(ours, &self.person, &items, |item| vec![item.ours.clone()])?;
        let theirs = Side::read(theirs, &self.person, &items, |item| item.theirs.clone())?;
        let mut outcome = Reconciliation::default();
        for (at, item) in items.iter().enumerate() {
            if ours.columns[at].is_none() {
                let headings = vec![item.ours.clone()];
                return Err(ReconcileError::Column { file: ours.file, headings });
            }
            if theirs.columns[at].is_none() {
                outcome.without.push(item.name.clone());
                continue;
            }
            let sum = |side: &Side| Money::sum(side.people.values().map(|person| person.amounts[at]));
            outcome.totals.push((item.name.clone(), sum(&ours)?, sum(&theirs)?));
        }
        if outcome.totals.is_empty() {
            let headings = items.iter().flat_map(|item| item.theirs.clone()).collect();
            return Err(ReconcileError::Column { file: theirs.file, headings });
        }
        outcome.people = ours.people.keys().filter(|id| theirs.people.contains_key(*id)).count();
        let ids: std::collections::BTreeSet<&String> = ours.people.keys().chain(theirs.people.keys()).collect();
        for id in ids {
            let (mine, other) = (ours.people.get(id), theirs.people.get(id));
            for (at, item) in items.iter().enumerate().filter(|(at, _)| theirs.columns[*at].is_some()) {
                let (mine, other) = (mine.map(|one| one.amounts[at]), other.map(|one| one.amounts[at]));
                // Somebody of whom they know nothing, and who has nothing, is no difference.
                if mine == other || (mine.unwrap_or(Money::ZERO) == other.unwrap_or(Money::ZERO)) {
                    continue;
                }
                let name = ours.people.get(id).or_else(|| theirs.people.get(id)).map(|one| one.name.clone());
                outcome.differences.push(Difference {
                    name: name.unwrap_or_default(),
                    id_tail: id.chars().skip(id.chars().count().saturating_sub(4)).collect(),
                    item: item.name.clone(),
                    ours: mine,
                    theirs: other,
                });
            }
        }
        Ok(outcome)
    }
}

impl Reconciliation {
    /// The differences as a sheet.
    #[must_use]
    pub fn sheet(&self) -> Sheet {
        let mut sheet = Sheet::new("差异")
            .column("姓名", Kind::Text, 12)
            .column("证件号码末四位", Kind::Text, 14)
            .column("项目", Kind::Text, 24)
            .column("我方", Kind::Money, 14)
            .column("对方", Kind::Money, 14)
            .column("差额", Kind::Money, 14)
            .column("说明", Kind::Text, 24);
        for one in &self.differences {
            let amount = |side: Option<Money>| side.map_or(Cell::Blank, Cell::Money);
            sheet.push(vec![
                Cell::text(&one.name),
                Cell::text(&one.id_tail),
                Cell::text(&one.item),
                amount(one.ours),
                amount(one.theirs),
                one.more().map_or(Cell::Blank, Cell::Money),
                Cell::text(one.remark()),
            ]);
        }
        sheet
    }
}

impl Difference {
    /// By how much ours is more; one side that does not have the person has nothing. `None` beyond an amount.
    #[must_use]
    pub fn more(&self) -> Option<Money> {
        self.ours.unwrap_or_default().sub(self.theirs.unwrap_or_default()).ok()
    }

    /// Who lacks the person, or by how much ours is more.
    #[must_use]
    pub fn remark(&self) -> String {
        match (self.ours, self.theirs) {
            (Some(ours), Some(theirs)) => match ours.sub(theirs) {
                Ok(more) if more > Money::ZERO => format!("我方多 {}", more.thousands()),
                Ok(less) => format!("我方少 {}", less.neg().map_or_else(|error| error.to_string(), Money::thousands)),
                Err(error) => error.to_string(),
            },
            (Some(_), None) => "对方没有此人".to_owned(),
            _ => "我方没有此人".to_owned(),
        }
    }
}

/// One side's amounts, by document number.
struct Side {
    file: String,
    people: BTreeMap<String, Person>,
    /// Whether each item has a column.
    columns: Vec<Option<usize>>,
}

struct Person {
    name: String,
    amounts: Vec<Money>,
}

impl Side {
    fn read(
        path: &Path,
        person: &[String],
        items: &[Comparison],
        headings: impl Fn(&Comparison) -> Vec<String>,
    ) -> Result<Self, ReconcileError> {
        let file = path.display().to_string();
        let wanted: Vec<String> =
            person.iter().cloned().chain(["姓名".to_owned()]).chain(items.iter().flat_map(&headings)).collect();
        let keys: Vec<String> = wanted.iter().map(|heading| heading_key(heading)).collect();
        let table = table::read(path, |key| keys.iter().any(|known| known == key))?;
        let id = column(&table, person)
            .ok_or_else(|| ReconcileError::Column { file: file.clone(), headings: person.to_vec() })?;
        let name = column(&table, &["姓名".to_owned()]);
        let columns: Vec<Option<usize>> = items.iter().map(|item| column(&table, &headings(item))).collect();
        let mut side = Self { file, people: BTreeMap::new(), columns };
        for row in &table.rows {
            let text = |at: usize| row.cells.get(at).and_then(Option::as_ref).map(ToString::to_string);
            // A line of totals is nobody's.
            let Some(id) = text(id) else { continue };
            let amounts = side.amounts(&table, row, items)?;
            let name = name.and_then(text).unwrap_or_default();
            match side.people.get_mut(&id) {
                // Two payments of one person are one to them.
                Some(person) => {
                    for (sum, more) in person.amounts.iter_mut().zip(amounts) {
                        *sum = sum.add(more)?;
                    }
                }
                None => {
                    side.people.insert(id, Person { name, amounts });
                }
            }
        }
        Ok(side)
    }

    fn amounts(&self, table: &Table, row: &Record, items: &[Comparison]) -> Result<Vec<Money>, ReconcileError> {
        let amount = |(at, item): (&Option<usize>, &Comparison)| {
            let Some((at, value)) = at.and_then(|at| Some((at, row.cells.get(at)?.as_ref()?))) else {
                return Ok(Money::ZERO);
            };
            let amount = read_amount(value);
            let amount = amount.map(|one| if item.not_below_nought { one.max(Money::ZERO) } else { one });
            amount.map_err(|problem| ReconcileError::Cell {
                file: self.file.clone(),
                row: row.row,
                heading: table.headings.get(at).cloned().unwrap_or_default(),
                problem,
            })
        };
        self.columns.iter().zip(items).map(amount).collect()
    }
}

/// The first of some headings that a table has.
fn column(table: &Table, headings: &[String]) -> Option<usize> {
    headings.iter().find_map(|wanted| {
        let wanted = heading_key(wanted);
        table.headings.iter().position(|heading| heading_key(heading) == wanted)
    })
}
