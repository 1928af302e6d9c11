//! Previews: that somebody computed a run and looked at it. Nothing of it is kept but a digest.

use sqlx::{Row as _, any::AnyRow, query};

use super::{
    chain::{Cell, Column, Entry, Table, Writer},
    dialect::Connection,
    error::{Problem, StoreError},
    ledger::Ledger,
    lifecycle::{State, Step},
    model::{Act, RunKey},
    policy,
    runs::standing,
};

/// A preview as the ledger holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPreview {
    /// Its number in the ledger.
    pub id: i64,
    /// Digest of the roster, the rule book, the inputs and the results.
    pub digest: String,
    /// Who previewed it.
    pub act: Act,
}

/// A preview on its way into the ledger.
pub(super) struct PreviewEntry<'a> {
    run: &'a RunKey,
    digest: &'a str,
    act: &'a Act,
}

impl Entry for PreviewEntry<'_> {
    const TABLE: Table = Table {
        name: "preview",
        title: "试算",
        columns: &[
            Column::Text("payer"),
            Column::Text("period"),
            Column::Integer("number"),
            Column::Text("digest"),
            Column::Text("by_whom"),
            Column::Text("at_time"),
            Column::Text("why"),
        ],
        known_by: &["payer", "period", "number", "by_whom"],
    };

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            self.run.payer.as_str().into(),
            self.run.period.to_string().into(),
            i64::from(self.run.number).into(),
            self.digest.into(),
            self.act.by.as_str().into(),
            self.act.at.as_str().into(),
            self.act.why.as_str().into(),
        ]
    }
}

impl Ledger {
    /// Keeps that somebody previewed some runs, each with its digest: all or none. Gives the states of the runs, which a
    /// preview of a standing run leaves as they are.
    pub fn record_previews(&self, previews: &[(RunKey, String)], act: &Act) -> Result<Vec<State>, StoreError> {
        self.block(async {
            let mut writer = Writer::begin(&self.connections).await?;
            if !policy::requires_approval(writer.connection()).await? {
                return Err(Problem::ApprovalUnknown);
            }
            let mut states = Vec::new();
            for (run, _) in previews {
                let standing = standing(writer.connection(), run).await?;
                states.push(standing.after(run, Step::Preview)?);
                standing.follows(run, act)?;
            }
            let entries: Vec<PreviewEntry<'_>> =
                previews.iter().map(|(run, digest)| PreviewEntry { run, digest, act }).collect();
            writer.append(&entries).await?;
            writer.commit().await?;
            Ok(states)
        })
    }
}

impl Ledger {
    /// The previews of a run, oldest first.
    pub(super) fn previews(&self, run: &RunKey) -> Result<Vec<StoredPreview>, StoreError> {
        self.block(async {
            let sql = "SELECT id, digest, by_whom, at_time, why FROM preview \
                       WHERE payer = $1 AND period = $2 AND number = $3 ORDER BY id";
            let select = query(sql).bind(run.payer.as_str()).bind(run.period.to_string()).bind(i64::from(run.number));
            let rows = select.fetch_all(&mut *self.connections.acquire().await?).await?;
            rows.iter().map(read).collect()
        })
    }
}

/// The last preview of a run that is younger than the row `since`.
pub(super) async fn last(
    connection: &mut Connection,
    run: &RunKey,
    since: i64,
) -> Result<Option<StoredPreview>, Problem> {
    let sql = "SELECT id, digest, by_whom, at_time, why FROM preview \
               WHERE payer = $1 AND period = $2 AND number = $3 AND id > $4 ORDER BY id DESC LIMIT 1";
    let select = query(sql).bind(run.payer.as_str()).bind(run.period.to_string());
    let row = select.bind(i64::from(run.number)).bind(since).fetch_optional(connection).await?;
    row.as_ref().map(read).transpose()
}

fn read(row: &AnyRow) -> Result<StoredPreview, Problem> {
    let act = Act { by: row.try_get("by_whom")?, at: row.try_get("at_time")?, why: row.try_get("why")? };
    Ok(StoredPreview { id: row.try_get("id")?, digest: row.try_get("digest")?, act })
}
