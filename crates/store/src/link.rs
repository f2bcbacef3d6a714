//! 下载链接: where a body fetches the code for its reports (N4.3.2): valid for a time, renewable, counted. The token
//! itself is never stored, only its SHA-256.
use domain::{CertificateId, Instant};

use crate::{Kind, Reader, Result, Row, Tx, cell};

/// SHA-256 of a link's token.
pub type TokenHash = [u8; 32];

/// One link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What the token in its address hashes to.
    pub token_hash: TokenHash,
    /// Whose code it gives.
    pub certificate: CertificateId,
    /// When it was made.
    pub created_at: Instant,
    /// It gives nothing from this moment on.
    pub expires_at: Instant,
    /// How often it was used.
    pub downloads: u32,
}

fn read(row: &Row<'_>) -> Result<Link> {
    Ok(Link {
        token_hash: row.bytes(0)?,
        certificate: CertificateId(row.int(1)?),
        created_at: cell::instant(row, 2)?,
        expires_at: cell::instant(row, 3)?,
        downloads: cell::count(row, 4)?,
    })
}

/// Makes links, one per certificate of an act or of a batch.
pub async fn create(tx: &Tx, links: &[Link]) -> Result<u64> {
    const COLUMNS: &[(&str, Kind)] = &[
        ("token_hash", Kind::Blob),
        ("certificate_id", Kind::Int),
        ("created_at", Kind::Int),
        ("expires_at", Kind::Int),
        ("downloads", Kind::Int),
    ];
    let mut cells = Vec::with_capacity(links.len() * COLUMNS.len());
    for it in links {
        cells.extend([
            it.token_hash.into(),
            it.certificate.0.into(),
            it.created_at.micros().into(),
            it.expires_at.micros().into(),
            it.downloads.into(),
        ]);
    }
    tx.bulk("download_link", COLUMNS, cells).await
}

/// The link of a token. Whether it is still good is the caller's rule.
pub async fn find(reader: Reader<'_>, token_hash: &TokenHash) -> Result<Option<Link>> {
    let sql = "select token_hash, certificate_id, created_at, expires_at, downloads from download_link
        where token_hash = $1";
    reader.query_one(sql, &[token_hash.into()], read).await
}

/// The links of a certificate, newest first.
pub async fn of_certificate(reader: Reader<'_>, certificate: CertificateId) -> Result<Vec<Link>> {
    let sql = "select token_hash, certificate_id, created_at, expires_at, downloads from download_link
        where certificate_id = $1 order by created_at desc, token_hash";
    reader.query(sql, &[certificate.0.into()], read).await
}

/// Moves the end of `seen`. [`crate::StoreError::Conflict`] if it was renewed meanwhile.
pub async fn renew(tx: &Tx, seen: &Link, expires_at: Instant) -> Result<()> {
    let sql = "update download_link set expires_at = $3 where token_hash = $1 and expires_at = $2";
    let args = [seen.token_hash.into(), seen.expires_at.micros().into(), expires_at.micros().into()];
    tx.exec_one(sql, &args).await
}

/// Counts a use.
pub async fn count_download(tx: &Tx, token_hash: &TokenHash) -> Result<()> {
    let sql = "update download_link set downloads = downloads + 1 where token_hash = $1";
    tx.exec_one(sql, &[token_hash.into()]).await
}
