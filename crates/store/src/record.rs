//! 业务记录: what a caller's record id stands for, written in the transaction of the act itself. Append-only: the same id
//! gets the same answer for ever, and another body under it is a mistake.
use domain::{AuthorityId, CertificateId, Instant};

use crate::certificate::{HEAD, Head, head, head_columns};
use crate::{Kind, Reader, Result, Row, Tx, Val, cell};

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The caller's id of it, unique within its authority.
    pub id: String,
    /// What was done, as the interface names it.
    pub act: String,
    /// Who did it, as events write it.
    pub actor: String,
    /// The certificate it concerns; key 0 where it concerns none: a declaration.
    pub certificate: CertificateId,
    /// The edition that stood afterwards; 0 without a certificate.
    pub edition: u32,
    /// Keyed hash of what was sent.
    pub digest: [u8; 32],
    /// What was answered, JSON.
    pub answer: String,
    /// When.
    pub recorded_at: Instant,
}

const COLUMNS: &[(&str, Kind)] = &[
    ("authority_id", Kind::Int),
    ("record_id", Kind::Text),
    ("act", Kind::Text),
    ("actor", Kind::Text),
    ("certificate_id", Kind::Int),
    ("edition", Kind::Int),
    ("digest", Kind::Blob),
    ("answer", Kind::Text),
    ("recorded_at", Kind::Int),
];

/// Writes records. An id known already is [`crate::StoreError::Unique`], here or from the next statement: nothing of `tx` may
/// stand.
pub async fn insert(tx: &Tx, authority: AuthorityId, records: &[Record]) -> Result<u64> {
    let mut cells: Vec<Val> = Vec::with_capacity(records.len() * COLUMNS.len());
    for it in records {
        cells.extend([
            authority.0.into(),
            (&it.id).into(),
            (&it.act).into(),
            (&it.actor).into(),
            it.certificate.0.into(),
            it.edition.into(),
            it.digest.into(),
            (&it.answer).into(),
            it.recorded_at.micros().into(),
        ]);
    }
    tx.bulk_ahead("record", COLUMNS, cells).await
}

fn read(row: &Row<'_>) -> Result<Record> {
    Ok(Record {
        id: cell::string(row, 0)?,
        act: cell::string(row, 1)?,
        actor: cell::string(row, 2)?,
        certificate: CertificateId(row.int(3)?),
        edition: cell::count(row, 4)?,
        digest: row.bytes(5)?,
        answer: cell::string(row, 6)?,
        recorded_at: cell::instant(row, 7)?,
    })
}

/// The records of these ids that are known.
pub async fn find(reader: Reader<'_>, authority: AuthorityId, ids: Vec<String>) -> Result<Vec<Record>> {
    let sql = "select record_id, act, actor, certificate_id, edition, digest, answer, recorded_at from record
        where authority_id = $1 and record_id = any($2)";
    reader.query(sql, &[authority.0.into(), Val::Texts(ids)], read).await
}

/// The ids under which a caller knows these certificates: certificate, id, act, oldest first.
pub async fn of_certificates(
    reader: Reader<'_>,
    ids: Vec<i64>,
) -> Result<Vec<(CertificateId, String, String)>> {
    let sql = "select certificate_id, record_id, act from record where certificate_id = any($1)
        order by certificate_id, recorded_at, record_id";
    let map =
        |row: &Row<'_>| Ok((CertificateId(row.int(0)?), row.text(1)?.to_owned(), row.text(2)?.to_owned()));
    reader.query(sql, &[Val::Ints(ids)], map).await
}

/// A certificate that was assigned by hand and that no record id names.
#[derive(Clone, Debug, PartialEq)]
pub struct Unadopted {
    /// Its head.
    pub head: Head,
    /// Its body, as it is called now.
    pub body: String,
    /// SHA-256 of the content of its current edition.
    pub digest: [u8; 32],
}

/// The certificates of an authority that a manual door assigned and that no record names, after a key, in the order of
/// their keys. What was assigned by mistake never was a certificate and is left out.
pub async fn unadopted(
    reader: Reader<'_>,
    authority: AuthorityId,
    after: i64,
    limit: u32,
) -> Result<Vec<Unadopted>> {
    let sql = head_columns!(
        ", b.name, e.digest from certificate c join body b on b.id = c.body_id
        join edition e on e.certificate_id = c.id and e.edition = c.edition
        where c.authority_id = $1 and c.id > $2 and c.door in ('form', 'workbook', 'command') and c.status <> 'annulled'
        and not exists (select 1 from record r where r.certificate_id = c.id) order by c.id limit $3"
    );
    let map = |row: &Row<'_>| {
        Ok(Unadopted { head: head(row)?, body: cell::string(row, HEAD)?, digest: row.bytes(HEAD + 1)? })
    };
    reader.query(sql, &[authority.0.into(), after.into(), limit.into()], map).await
}

/// How many there are in all: a walk along the index of the authority.
pub async fn count_unadopted(reader: Reader<'_>, authority: AuthorityId) -> Result<u64> {
    let sql = "select count(*) from certificate c
        where c.authority_id = $1 and c.door in ('form', 'workbook', 'command') and c.status <> 'annulled'
        and not exists (select 1 from record r where r.certificate_id = c.id)";
    Ok(reader.query_one(sql, &[authority.0.into()], |row| cell::total(row, 0)).await?.unwrap_or(0))
}
