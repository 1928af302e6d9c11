//! The façade: a ledger that blocks, over a database that does not.

use std::{
    future::Future,
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::Pool;
use tokio::runtime::{self, Runtime};

use super::{
    dialect::{self, Database},
    error::{Problem, StoreError},
    migrate::migrate,
};

/// How long a writer waits for another. The largest commit we know, 100,000 slips, takes a few seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// An open ledger. Its methods block; they may not be called from within an asynchronous runtime.
///
/// What was committed is on the disk: a killed process or a power cut loses none of it and leaves nothing by halves.
#[derive(Debug)]
pub struct Ledger {
    path: PathBuf,
    runtime: Runtime,
    pub(super) pool: Pool<Database>,
}

impl Ledger {
    /// Opens the ledger at `path`, and makes it if there is none.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::connect(path.as_ref(), true, PATIENCE)
    }

    /// Opens the ledger at `path`, which must be there.
    pub fn open_existing(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::connect(path.as_ref(), false, PATIENCE)
    }

    pub(super) fn connect(path: &Path, create: bool, patience: Duration) -> Result<Self, StoreError> {
        let blame = |problem| StoreError { path: path.to_owned(), problem };
        if !create && !path.exists() {
            return Err(blame(Problem::NotFound));
        }
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| blame(Problem::Disk(error.to_string())))?;
        let pool = runtime.block_on(dialect::connect(path, create, patience)).map_err(|error| blame(error.into()))?;
        let ledger = Self { path: path.to_owned(), runtime, pool };
        ledger.block(migrate(&ledger.pool))?;
        Ok(ledger)
    }

    /// Where the ledger is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs `work` to its end, and says whose problem it was.
    pub(super) fn block<T>(&self, work: impl Future<Output = Result<T, Problem>>) -> Result<T, StoreError> {
        self.runtime.block_on(work).map_err(|problem| StoreError { path: self.path.clone(), problem })
    }
}

impl Drop for Ledger {
    /// Closes the file, so that the write-ahead log is folded into it and it can be copied as one.
    fn drop(&mut self) {
        self.runtime.block_on(self.pool.close());
    }
}
