//! Rule books, kept so that what was computed under an old one can be computed again.

use std::{
    borrow::Cow,
    io::{Read, Write},
};

use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use sqlx::{query, query_scalar};

use super::{
    chain::{Cell, Column, Entry, Table, Writer},
    dialect::Connection,
    error::{Problem, StoreError},
    ledger::Ledger,
};

/// A rule book on its way into the ledger.
pub(super) struct BookEntry<'a> {
    digest: &'a str,
    deflated: Vec<u8>,
}

impl Entry for BookEntry<'_> {
    const TABLE: Table = Table {
        name: "book",
        title: "规则书",
        columns: &[Column::Text("digest"), Column::Bytes("content")],
        known_by: &["digest"],
    };

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![self.digest.into(), Cell::Bytes(Some(Cow::Borrowed(&self.deflated)))]
    }
}

impl Ledger {
    /// Keeps a rule book under its digest. Keeping it again changes nothing; other content under the same digest is
    /// refused ([`Problem::BookDiffers`]).
    pub fn keep_book(&self, digest: &str, content: &[u8]) -> Result<(), StoreError> {
        self.block(async {
            let mut writer = Writer::begin(&self.connections).await?;
            keep(&mut writer, digest, content).await?;
            writer.commit().await
        })
    }

    /// The canonical content of a kept rule book.
    pub fn book(&self, digest: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.block(async { read(&mut *self.connections.acquire().await?, digest).await })
    }
}

/// Keeps a rule book in the transaction of `writer`.
pub(super) async fn keep(writer: &mut Writer, digest: &str, content: &[u8]) -> Result<(), Problem> {
    match read(writer.connection(), digest).await? {
        Some(kept) if kept == content => Ok(()),
        Some(_) => Err(Problem::BookDiffers(digest.to_owned())),
        None => writer.append(&[BookEntry { digest, deflated: deflate(content)? }]).await.map(drop),
    }
}

pub(super) async fn is_kept(connection: &mut Connection, digest: &str) -> Result<bool, Problem> {
    Ok(query("SELECT 1 FROM book WHERE digest = $1").bind(digest).fetch_optional(connection).await?.is_some())
}

async fn read(connection: &mut Connection, digest: &str) -> Result<Option<Vec<u8>>, Problem> {
    let sql = "SELECT content FROM book WHERE digest = $1";
    let deflated: Option<Vec<u8>> = query_scalar(sql).bind(digest).fetch_optional(connection).await?;
    deflated.map(|deflated| inflate(digest, &deflated)).transpose()
}

fn deflate(content: &[u8]) -> Result<Vec<u8>, Problem> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(content).and_then(|()| encoder.finish());
    written.map_err(|error| Problem::Disk(error.to_string()))
}

fn inflate(digest: &str, deflated: &[u8]) -> Result<Vec<u8>, Problem> {
    let mut content = Vec::new();
    match DeflateDecoder::new(deflated).read_to_end(&mut content) {
        Ok(_) => Ok(content),
        Err(error) => Err(Problem::Corrupted(format!("规则书 {digest} 无法解压：{error}"))),
    }
}
