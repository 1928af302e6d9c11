//! Opening balances: what persons bring into the ledger of a firm that starts in mid-year.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::Row as _;

use super::{
    chain::{Cell, Column, Entry, Table, Writer},
    dialect::{Connection, LIST_LIMIT},
    error::{Problem, StoreError},
    history::NOW,
    ledger::Ledger,
    model::{Amounts, read_amounts, write_amounts},
    period::Period,
    runs::stored,
    statement::Statement,
    verify::sound,
};

/// What one person brings into one tax year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// See [`super::person_key`].
    pub person: String,
    /// The last period that the amounts include.
    pub as_of: Period,
    /// The amounts.
    pub amounts: Amounts,
}

/// What became of opening balances that were loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loaded {
    /// Persons who had none.
    pub added: usize,
    /// Persons whose earlier ones were superseded.
    pub superseded: usize,
    /// Persons whose earlier ones were the same; nothing was written for them.
    pub unchanged: usize,
}

/// An opening balance on its way into the ledger.
pub(super) struct OpeningEntry<'a> {
    payer: &'a str,
    tax_year: i32,
    opening: &'a Opening,
    replaces: Option<i64>,
}

impl Entry for OpeningEntry<'_> {
    const TABLE: Table = Table {
        name: "opening",
        title: "期初余额",
        columns: &[
            Column::Text("payer"),
            Column::Text("person"),
            Column::Integer("tax_year"),
            Column::Text("as_of"),
            Column::Text("amounts"),
            Column::Integer("replaces"),
        ],
        known_by: &["payer", "tax_year", "person"],
    };

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            self.payer.into(),
            self.opening.person.as_str().into(),
            i64::from(self.tax_year).into(),
            self.opening.as_of.to_string().into(),
            write_amounts(&self.opening.amounts).into(),
            self.replaces.into(),
        ]
    }
}

impl Ledger {
    /// Loads the opening balances of a payer for a tax year, all or none. A person's later ones supersede the earlier
    /// as a whole; the earlier rows stay. Where one person is named twice, the last counts.
    pub fn load_opening(&self, payer: &str, tax_year: i32, openings: &[Opening]) -> Result<Loaded, StoreError> {
        self.block(async {
            let mut writer = Writer::begin(&self.connections).await?;
            let loaded = load(&mut writer, payer, tax_year, openings).await?;
            writer.commit().await?;
            Ok(loaded)
        })
    }

    /// The opening balances of `persons` as they stood before a row, or as they do [`super::NOW`]; who has none is left
    /// out.
    ///
    /// # Errors
    /// [`Problem::Tampered`], where a row that is read is not what its hash was made of.
    pub fn opening_balances(
        &self,
        payer: &str,
        tax_year: i32,
        persons: &BTreeSet<String>,
        before: i64,
    ) -> Result<BTreeMap<String, Opening>, StoreError> {
        self.block(async {
            let mut transaction = self.connections.read().await?;
            let persons: Vec<&str> = persons.iter().map(String::as_str).collect();
            let found = read(&mut transaction, payer, tax_year, &persons, before).await?;
            Ok(found.into_iter().map(|(person, (_, opening))| (person, opening)).collect())
        })
    }
}

/// Loads the opening balances of a payer in the transaction of `writer`.
pub(super) async fn load(
    writer: &mut Writer,
    payer: &str,
    tax_year: i32,
    openings: &[Opening],
) -> Result<Loaded, Problem> {
    let openings: BTreeMap<&str, &Opening> =
        openings.iter().map(|opening| (opening.person.as_str(), opening)).collect();
    let persons: Vec<&str> = openings.keys().copied().collect();
    let standing = read(writer.connection(), payer, tax_year, &persons, NOW).await?;

    let mut loaded = Loaded { added: 0, superseded: 0, unchanged: 0 };
    let mut entries = Vec::new();
    for (person, opening) in openings {
        let replaces = match standing.get(person) {
            Some((_, old)) if old == opening => {
                loaded.unchanged += 1;
                continue;
            }
            Some((id, _)) => {
                loaded.superseded += 1;
                Some(*id)
            }
            None => {
                loaded.added += 1;
                None
            }
        };
        entries.push(OpeningEntry { payer, tax_year, opening, replaces });
    }
    writer.append(&entries).await?;
    Ok(loaded)
}

/// The opening balances that stood before a row, each with its own row's id.
async fn read(
    connection: &mut Connection,
    payer: &str,
    tax_year: i32,
    persons: &[&str],
    before: i64,
) -> Result<BTreeMap<String, (i64, Opening)>, Problem> {
    let mut found = BTreeMap::new();
    for persons in persons.chunks(LIST_LIMIT) {
        let table = OpeningEntry::TABLE;
        let mut select = Statement::new(&format!("SELECT {} FROM opening WHERE payer = ", table.column_list()));
        select.value(payer.to_owned())?.text(" AND tax_year = ").value(i64::from(tax_year))?.text(" AND id < ");
        select.value(before)?.text(" AND ").is_one_of("person", persons.iter().copied())?.text(" ORDER BY id");
        // Each supersedes the one before it.
        for row in select.rows(&mut *connection).await? {
            sound(&table, &row)?;
            let id = row.try_get("id")?;
            let person: String = row.try_get("person")?;
            let opening = Opening {
                person: person.clone(),
                as_of: stored(id, row.try_get("as_of")?)?,
                amounts: read_amounts(id, row.try_get("amounts")?)?,
            };
            found.insert(person, (id, opening));
        }
    }
    Ok(found)
}
