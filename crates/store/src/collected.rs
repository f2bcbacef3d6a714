//! 归集: finished certificates and annexes as the province sealed them, by content hash. The bytes lie in parts, so that no
//! transaction is long; the row that names them is written last, and only then are they there.
use domain::{CertificateId, Instant};

use crate::{Reader, Result, Row, Tx, Val, cell};

/// SHA-256 of a file.
pub type Digest = [u8; 32];

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collected {
    /// Of which edition.
    pub edition: u32,
    /// `certificate` or `annex`.
    pub part: String,
    /// `pdf` or `ofd`.
    pub format: String,
    /// SHA-256.
    pub digest: Digest,
    /// SM3.
    pub sm3: [u8; 32],
    /// Bytes.
    pub size: u64,
    /// The record id it came under.
    pub record_id: String,
    /// When.
    pub recorded_at: Instant,
}

fn read(row: &Row<'_>) -> Result<Collected> {
    Ok(Collected {
        edition: cell::count(row, 0)?,
        part: cell::string(row, 1)?,
        format: cell::string(row, 2)?,
        digest: row.bytes(3)?,
        sm3: row.bytes(4)?,
        size: cell::total(row, 5)?,
        record_id: cell::string(row, 6)?,
        recorded_at: cell::instant(row, 7)?,
    })
}

/// Keeps a part of a file; `false` if it is kept already.
pub async fn put_part(tx: &Tx, digest: &Digest, n: u32, bytes: &[u8]) -> Result<bool> {
    let sql = "insert into collected_part (digest, n, bytes) values ($1, $2, $3) on conflict (digest, n) do nothing";
    Ok(tx.exec(sql, &[digest.into(), n.into(), bytes.into()]).await? == 1)
}

/// One part of a file, from 0; none beyond its end.
pub async fn part(reader: Reader<'_>, digest: &Digest, n: u32) -> Result<Option<Vec<u8>>> {
    let sql = "select bytes from collected_part where digest = $1 and n = $2";
    reader.query_one(sql, &[digest.into(), n.into()], |row| Ok(row.blob(0)?.to_vec())).await
}

/// Says that a file belongs to a certificate. Two at the same moment: the slower one is [`crate::StoreError::Unique`].
pub async fn insert(tx: &Tx, certificate: CertificateId, it: &Collected) -> Result<()> {
    let sql = "insert into collected (certificate_id, n, edition, part, format, digest, sm3, size, record_id, recorded_at)
        select $1, coalesce(max(n), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9 from collected where certificate_id = $1";
    let args: [Val; 9] = [
        certificate.0.into(),
        it.edition.into(),
        (&it.part).into(),
        (&it.format).into(),
        it.digest.into(),
        it.sm3.into(),
        (it.size as i64).into(),
        (&it.record_id).into(),
        it.recorded_at.micros().into(),
    ];
    tx.exec_one(sql, &args).await
}

/// The files of a certificate, newest first.
pub async fn list(reader: Reader<'_>, certificate: CertificateId) -> Result<Vec<Collected>> {
    let sql = "select edition, part, format, digest, sm3, size, record_id, recorded_at from collected
        where certificate_id = $1 order by n desc";
    reader.query(sql, &[certificate.0.into()], read).await
}
