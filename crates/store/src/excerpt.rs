//! 摘要: what the answer to a scan shows of the current edition, in one row. Derived, and written with the edition.
use domain::{CertificateId, Code, Number};

use crate::{
    Kind, Reader, Result, Row, Tx, Val, cell,
    certificate::{HEAD, Head, head, head_columns},
};

/// The packed excerpt of one edition of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    /// Whose.
    pub certificate: CertificateId,
    /// Of which edition.
    pub edition: u32,
    /// [`domain::Excerpt::pack`].
    pub bytes: Vec<u8>,
}

impl Packed {
    fn cells(&self) -> [Val; 3] {
        [self.certificate.0.into(), self.edition.into(), self.bytes.as_slice().into()]
    }
}

/// Inserts the excerpts of new certificates.
pub async fn insert(tx: &Tx, all: &[Packed]) -> Result<u64> {
    const COLUMNS: &[(&str, Kind)] =
        &[("certificate_id", Kind::Int), ("edition", Kind::Int), ("bytes", Kind::Blob)];
    tx.bulk_ahead("excerpt", COLUMNS, all.iter().flat_map(Packed::cells).collect()).await
}

/// Sets the excerpt of a certificate, unless a later edition has one.
pub async fn set(tx: &Tx, packed: &Packed) -> Result<()> {
    let sql = "insert into excerpt (certificate_id, edition, bytes) values ($1, $2, $3)
        on conflict (certificate_id) do update set edition = excluded.edition, bytes = excluded.bytes
        where excerpt.edition <= excluded.edition";
    tx.exec(sql, &packed.cells()).await.map(drop)
}

/// A certificate as an answer begins with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Its head.
    pub head: Head,
    /// How often it was changed or acted upon since it was written. 0: its excerpt tells its whole life.
    pub acts: u32,
    /// The packed excerpt of its current edition, if it was made.
    pub packed: Option<Vec<u8>>,
}

fn found(row: &Row<'_>) -> Result<Found> {
    let packed = row.opt_blob(HEAD + 1)?.map(<[u8]>::to_vec);
    Ok(Found { head: head(row)?, acts: cell::count(row, HEAD)?, packed })
}

/// The certificate of a code with the excerpt of its current edition, in one statement: the heart of a scan.
pub async fn by_code(reader: Reader<'_>, code: Code) -> Result<Option<Found>> {
    let sql = head_columns!(
        ", c.acts, x.bytes from certificate c
        left join excerpt x on x.certificate_id = c.id and x.edition = c.edition where c.code = $1"
    );
    reader.query_one(sql, &[code.as_str().into()], found).await
}

/// The certificate of a number with the excerpt of its current edition.
pub async fn by_number(reader: Reader<'_>, number: &Number) -> Result<Option<Found>> {
    let sql = head_columns!(
        ", c.acts, x.bytes from certificate c
        left join excerpt x on x.certificate_id = c.id and x.edition = c.edition where c.number = $1"
    );
    reader.query_one(sql, &[number.as_str().into()], found).await
}

/// Certificates after a key that have no excerpt of their current edition, by key.
pub async fn missing(
    reader: Reader<'_>,
    after: CertificateId,
    limit: u32,
) -> Result<Vec<(CertificateId, u32)>> {
    let sql = "select c.id, c.edition from certificate c
        left join excerpt x on x.certificate_id = c.id and x.edition = c.edition
        where c.id > $1 and x.certificate_id is null order by c.id limit $2";
    let map = |row: &Row<'_>| Ok((CertificateId(row.int(0)?), row.int(1)? as u32));
    reader.query(sql, &[after.0.into(), limit.into()], map).await
}
