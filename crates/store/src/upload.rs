//! The files of an import in numbered chunks, encrypted by the caller since they hold personal fields; removed when
//! the import is done with no line refused, discarded, or long done.
use domain::BatchId;

use crate::{Reader, Result, Tx, cell};

/// A chunk without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Counts from 0 through all files of the import.
    pub n: u32,
    /// The file it is part of.
    pub name: String,
}

/// Keeps a chunk. The same number again is [`crate::StoreError::Unique`].
pub async fn put(tx: &Tx, batch: BatchId, chunk: &Chunk, cipher: &[u8]) -> Result<()> {
    let sql = "insert into upload (batch_id, n, name, cipher) values ($1, $2, $3, $4)";
    tx.exec_one(sql, &[batch.0.into(), chunk.n.into(), (&chunk.name).into(), cipher.into()]).await
}

/// The chunks of an import in order, without their bytes.
pub async fn list(reader: Reader<'_>, batch: BatchId) -> Result<Vec<Chunk>> {
    let sql = "select n, name from upload where batch_id = $1 order by n";
    reader
        .query(sql, &[batch.0.into()], |row| {
            Ok(Chunk { n: cell::count(row, 0)?, name: cell::string(row, 1)? })
        })
        .await
}

/// Whether any chunk of an import is kept.
pub async fn any(reader: Reader<'_>, batch: BatchId) -> Result<bool> {
    let sql = "select batch_id from upload where batch_id = $1 limit 1";
    Ok(reader.query_one(sql, &[batch.0.into()], |row| row.int(0)).await?.is_some())
}

/// The bytes of one chunk, still encrypted.
pub async fn get(reader: Reader<'_>, batch: BatchId, n: u32) -> Result<Option<Vec<u8>>> {
    let sql = "select cipher from upload where batch_id = $1 and n = $2";
    reader.query_one(sql, &[batch.0.into(), n.into()], |row| Ok(row.blob(0)?.to_vec())).await
}

/// Removes all chunks of an import. How many there were.
pub async fn delete(tx: &Tx, batch: BatchId) -> Result<u64> {
    tx.exec("delete from upload where batch_id = $1", &[batch.0.into()]).await
}
