//! The façade: a ledger that blocks, over a database that does not.

use std::{
    future::Future,
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::runtime::{self, Runtime};

use super::{
    dialect::{Connections, Dialect},
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
    pub(super) connections: Connections,
}

impl Ledger {
    /// Opens the ledger at `path`, a file or the address of a PostgreSQL database (`postgres://…`), and makes it if there
    /// is none.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::connect(path.as_ref(), true, PATIENCE)
    }

    /// Opens the ledger at `path`, which must be there.
    pub fn open_existing(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::connect(path.as_ref(), false, PATIENCE)
    }

    pub(super) fn connect(path: &Path, create: bool, patience: Duration) -> Result<Self, StoreError> {
        let blame = |problem| StoreError::at(path, problem);
        if !create && !Dialect::of(path).is_there(path) {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            let could_be = folder.is_none_or(Path::is_dir);
            return Err(blame(if could_be { Problem::NotFound } else { Problem::CannotOpen }));
        }
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| blame(Problem::Disk(error.to_string())))?;
        let connections = runtime.block_on(Connections::open(path, create, patience)).map_err(blame)?;
        let ledger = Self { path: path.to_owned(), runtime, connections };
        ledger.block(migrate(&ledger.connections, create))?;
        Ok(ledger)
    }

    /// Where the ledger is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs `work` to its end, and says whose problem it was.
    pub(super) fn block<T>(&self, work: impl Future<Output = Result<T, Problem>>) -> Result<T, StoreError> {
        self.runtime.block_on(work).map_err(|problem| StoreError::at(&self.path, problem))
    }
}

impl Drop for Ledger {
    /// Closes the database; a file, so that the write-ahead log is folded into it and it can be copied as one.
    fn drop(&mut self) {
        self.runtime.block_on(self.connections.close());
    }
}

#[cfg(test)]
mod tests {
    use sqlx::query;

    use super::*;
    use crate::store::chain::Writer;

    fn ledger(folder: &tempfile::TempDir) -> Ledger {
        Ledger::connect(&folder.path().join("ledger.db"), true, Duration::from_millis(50)).unwrap()
    }

    #[test]
    fn who_waits_too_long_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let (holder, waiter) = (ledger(&folder), ledger(&folder));
        let lock = holder.runtime.block_on(holder.connections.write()).unwrap();
        let error = waiter.keep_book("digest", b"content").unwrap_err();
        assert!(matches!(error.problem, Problem::Locked), "{error:?}");
        assert_eq!(waiter.book("digest").unwrap(), None, "readers need not wait");
        holder.runtime.block_on(lock.rollback()).unwrap();
        waiter.keep_book("digest", b"content").unwrap();
    }

    #[test]
    fn a_full_disk_keeps_nothing_of_the_transaction() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = ledger(&folder);
        // The limit is the connection's, and goes with it when the failed transaction costs us the connection.
        ledger
            .block(async {
                query("PRAGMA max_page_count = 1").execute(&mut *ledger.connections.acquire().await?).await?;
                Ok(())
            })
            .unwrap();
        // Noise, so that it does not deflate away.
        let noise: Vec<u8> = (0..200_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let error = ledger.keep_book("digest", &noise).unwrap_err();
        assert!(matches!(error.problem, Problem::Full), "{error:?}");
        assert_eq!(ledger.verify().unwrap().sound, 0);
        ledger.keep_book("digest", &noise).unwrap();
        assert_eq!(ledger.verify().unwrap().sound, 1);
    }

    #[test]
    fn a_dropped_writer_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = ledger(&folder);
        ledger.keep_book("first", b"content").unwrap();
        let before = ledger.verify().unwrap();
        ledger
            .block(async {
                let mut writer = Writer::begin(&ledger.connections).await?;
                query("DELETE FROM book").execute(writer.connection()).await?;
                drop(writer);
                Ok(())
            })
            .unwrap();
        assert_eq!(ledger.verify().unwrap(), before);
        ledger.keep_book("second", b"content").unwrap();
        assert_eq!(ledger.verify().unwrap().sound, 2);
    }
}
