//! Brings a ledger to the form that this version knows.

use sqlx::{AssertSqlSafe, query, query_scalar, raw_sql};

use super::{
    chain::GENESIS,
    dialect::{Connection, Connections, Content, Dialect},
    error::Problem,
};

/// The migrations in order; the first is version 1. What has been released is never edited.
const MIGRATIONS: [&str; 2] = [include_str!("migrations/0001_ledger.sql"), include_str!("migrations/0002_runs.sql")];

/// Makes a new ledger if it may, or brings an older one forward, in one transaction; refuses a newer one and other
/// people's databases.
pub(super) async fn migrate(connections: &Connections, create: bool) -> Result<(), Problem> {
    let dialect = connections.dialect();
    // In one transaction, so that a ledger which another program is just making is seen as nothing or as whole.
    let mut reading = connections.read().await?;
    let found = version(dialect, &mut reading).await?;
    reading.rollback().await?;
    if found == 0 && !create {
        return Err(Problem::NotFound);
    }
    // Only now that the database is known to be empty or ours may it be changed.
    connections.settle().await?;
    if found == MIGRATIONS.len() as i64 {
        return Ok(());
    }

    let mut transaction = connections.write().await?;
    // Somebody else may have done it while we waited for the lock.
    let from = version(dialect, &mut transaction).await?;
    if from == 0 {
        dialect.claim(&mut transaction).await?;
        query("CREATE TABLE schema_version (version BIGINT NOT NULL)").execute(&mut *transaction).await?;
    }
    for (migration, number) in MIGRATIONS.iter().zip(1_i64..).filter(|(_, number)| *number > from) {
        raw_sql(AssertSqlSafe(dialect.ddl(migration))).execute(&mut *transaction).await?;
        query("INSERT INTO schema_version (version) VALUES ($1)").bind(number).execute(&mut *transaction).await?;
    }
    if from == 0 {
        let sql = "INSERT INTO head (ledger, last_id, hash) VALUES (1, 0, $1)";
        query(sql).bind(GENESIS).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// The version of a ledger, 0 for an empty file.
async fn version(dialect: Dialect, connection: &mut Connection) -> Result<i64, Problem> {
    match dialect.content(connection).await? {
        Content::Nothing => return Ok(0),
        Content::Foreign => return Err(Problem::NotALedger),
        Content::Ledger => {}
    }
    let found: i64 = query_scalar("SELECT coalesce(max(version), 0) FROM schema_version").fetch_one(connection).await?;
    let known = MIGRATIONS.len() as i64;
    if found > known { Err(Problem::Newer { found, known }) } else { Ok(found) }
}
