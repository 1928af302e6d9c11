//! The people of a run, computed, on the disk: there may be very many, and each file of the run wants all of them in
//! turn. What is kept in memory of each is where it stands.

use super::people::Computed;
use crate::cli::error::{CliError, Kind};
use rayon::prelude::*;
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
    sync::Mutex,
};

/// How many people are in memory at a time.
pub(super) const BLOCK: usize = 500;

/// Bytes that are written at once.
const WRITTEN_AT_ONCE: usize = 1 << 20;

/// The computed, by their position in the run.
pub(super) struct Spool {
    file: Mutex<File>,
    /// Where each begins, and where the next would.
    begins: Vec<u64>,
    /// What is not written yet.
    pending: Vec<u8>,
}

impl Spool {
    /// An empty one in a folder; the file is gone when the folder is.
    ///
    /// # Errors
    /// The folder cannot be written to.
    pub(super) fn create(folder: &Path) -> io::Result<Self> {
        let path = folder.join("people");
        let file = File::options().read(true).write(true).create(true).truncate(true).open(path)?;
        Ok(Self { file: Mutex::new(file), begins: vec![0], pending: Vec::new() })
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.begins.len().saturating_sub(1)
    }

    /// Whether there is nobody.
    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds one.
    pub(super) fn push(&mut self, one: &Computed) -> Result<(), CliError> {
        let written = self.begins.last().copied().unwrap_or_default();
        let bytes = postcard::to_stdvec(one).map_err(|error| unreadable(&error))?;
        self.pending.extend_from_slice(&bytes);
        self.begins.push(written + bytes.len() as u64);
        if self.pending.len() >= WRITTEN_AT_ONCE { self.flush() } else { Ok(()) }
    }

    /// Writes what is not written yet: nobody can be read before.
    pub(super) fn flush(&mut self) -> Result<(), CliError> {
        let file = self.file.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        file.write_all(&self.pending).map_err(|error| unreadable(&error))?;
        self.pending.clear();
        Ok(())
    }

    /// Those at some positions, block by block.
    pub(super) fn blocks(
        &self,
        positions: impl IntoIterator<Item = usize>,
        mut take: impl FnMut(Vec<Computed>) -> Result<(), CliError>,
    ) -> Result<(), CliError> {
        let mut positions = positions.into_iter().peekable();
        while positions.peek().is_some() {
            let block: Vec<usize> = positions.by_ref().take(BLOCK).collect();
            take(self.read(&block)?)?;
        }
        Ok(())
    }

    /// Those at some positions, one after the other.
    pub(super) fn each(
        &self,
        positions: impl IntoIterator<Item = usize>,
        mut take: impl FnMut(&Computed) -> Result<(), CliError>,
    ) -> Result<(), CliError> {
        self.blocks(positions, |block| block.iter().try_for_each(&mut take))
    }

    /// All of them, one after the other.
    pub(super) fn all(&self, take: impl FnMut(&Computed) -> Result<(), CliError>) -> Result<(), CliError> {
        self.each(0..self.len(), take)
    }

    /// Those at some positions.
    pub(super) fn read(&self, positions: &[usize]) -> Result<Vec<Computed>, CliError> {
        let bytes: Vec<Vec<u8>> = positions
            .iter()
            .map(|at| {
                let (Some(begin), Some(end)) = (self.begins.get(*at), self.begins.get(at + 1)) else {
                    return Err(unreadable(&format!("没有第 {at} 人")));
                };
                let mut bytes = vec![0; usize::try_from(end - begin).unwrap_or_default()];
                let mut file = self.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                let read = file.seek(SeekFrom::Start(*begin)).and_then(|_| file.read_exact(&mut bytes));
                read.map(|()| bytes).map_err(|error| unreadable(&error))
            })
            .collect::<Result<_, _>>()?;
        bytes.par_iter().map(|bytes| postcard::from_bytes(bytes).map_err(|error| unreadable(&error))).collect()
    }
}

fn unreadable(error: &dyn std::fmt::Display) -> CliError {
    CliError::new(Kind::Internal, "spool", format!("核算的中间结果读写不了：{error}"))
        .hint("核对 --out 所在磁盘的空间和权限")
}
