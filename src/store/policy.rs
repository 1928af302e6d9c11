//! What a ledger was made with: whether a second person lets each run through.

use sqlx::query_scalar;

use super::{
    chain::{Cell, Column, Entry, Head, Table, Writer},
    dialect::Connection,
    error::{Problem, StoreError},
    ledger::Ledger,
};

const REQUIRED: &str = "required";

/// The policy on its way into the ledger.
pub(super) struct PolicyEntry;

impl Entry for PolicyEntry {
    const TABLE: Table =
        Table { name: "policy", title: "账本约定", columns: &[Column::Text("approval")], known_by: &["approval"] };

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![REQUIRED.into()]
    }
}

impl Ledger {
    /// Whether each run needs the approval of a second person.
    pub fn requires_approval(&self) -> Result<bool, StoreError> {
        self.block(async { requires_approval(&mut *self.connections.acquire().await?).await })
    }

    /// Whether nothing was ever written to it.
    pub fn is_empty(&self) -> Result<bool, StoreError> {
        self.block(async { Ok(Head::read(&mut *self.connections.acquire().await?).await?.last_id == 0) })
    }

    /// Makes this a ledger in which each run needs the approval of a second person. Only an empty ledger can become
    /// one ([`Problem::NotEmpty`]); what went through without approval would otherwise look approved.
    pub fn require_approval(&self) -> Result<(), StoreError> {
        self.block(async {
            let mut writer = Writer::begin(&self.connections).await?;
            if requires_approval(writer.connection()).await? {
                return Ok(());
            }
            if !writer.is_empty() {
                return Err(Problem::NotEmpty);
            }
            writer.append(&[PolicyEntry]).await?;
            writer.commit().await
        })
    }
}

pub(super) async fn requires_approval(connection: &mut Connection) -> Result<bool, Problem> {
    let sql = "SELECT approval FROM policy ORDER BY id DESC LIMIT 1";
    let approval: Option<String> = query_scalar(sql).fetch_optional(connection).await?;
    Ok(approval.is_some_and(|approval| approval == REQUIRED))
}
