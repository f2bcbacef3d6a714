//! 机构合并: the certificates of a body go to another one, and what leads to it leads there from then on. What this does is
//! told by the events of the act alone: who undoes it takes from there which certificates were moved.

use crate::{Result, Row, StoreError, Tx, Val, alike, pair};
use domain::{BodyId, CertificateId};

/// Merges one body into another: its certificates and whatever was merged into it before. Which certificates moved, in
/// the order of their keys. All bodies concerned must be held ([`crate::body::hold`]).
///
/// # Errors
/// [`StoreError::Conflict`] if one of the two has been merged already.
pub async fn merge(tx: &Tx, gone: BodyId, stays: BodyId) -> Result<Vec<CertificateId>> {
    if gone == stays {
        return Err(StoreError::Conflict);
    }
    let sql = "update body set merged_into = $2, merged_first = $2 where id = $1 and merged_into is null
        and exists (select 1 from body s where s.id = $2 and s.merged_into is null)";
    tx.exec_one(sql, &[gone.0.into(), stays.0.into()]).await?;
    let sql = "update body set merged_into = $2 where merged_into = $1";
    tx.exec(sql, &[gone.0.into(), stays.0.into()]).await?;
    let certificate = |row: &Row<'_>| Ok(CertificateId(row.int(0)?));
    let sql = "select id from certificate where body_id = $1 order by id {for_update}";
    let moved = tx.query(sql, &[gone.0.into()], certificate).await?;
    give(tx, &moved, gone, stays).await?;
    due(tx, &[gone, stays]).await?;
    Ok(moved)
}

/// The body with which one was merged when that was done; none if it is not merged.
pub async fn merged_first(reader: crate::Reader<'_>, body: BodyId) -> Result<Option<BodyId>> {
    let sql = "select merged_first from body where id = $1 and merged_into is not null";
    let read = |row: &Row<'_>| Ok(row.opt_int(0)?.map(BodyId));
    Ok(reader.query_one(sql, &[body.0.into()], read).await?.flatten())
}

/// What was merged into a body before it was itself merged, and still is there: key and with which it was merged.
pub async fn merged_under(reader: crate::Reader<'_>, body: BodyId, stays: BodyId) -> Result<Vec<BodyId>> {
    let sql = "select id, merged_first from body where merged_into = $1 order by id";
    let pair = |row: &Row<'_>| Ok((BodyId(row.int(0)?), row.opt_int(1)?.map(BodyId)));
    let all = reader.query(sql, &[stays.0.into()], pair).await?;
    let mut under = vec![body];
    let mut at = 0;
    while let Some(of) = under.get(at).copied() {
        under.extend(all.iter().filter(|(_, first)| *first == Some(of)).map(|(id, _)| *id));
        at += 1;
    }
    Ok(under.split_off(1))
}

/// Undoes a merge: the body lives again with those of `certificates` that are still where they went, and with what was
/// merged into it before (`under`). Which certificates came back. All bodies concerned must be held.
///
/// # Errors
/// [`StoreError::Conflict`] if it is not merged into `stays`.
pub async fn split(
    tx: &Tx,
    (gone, under): (BodyId, &[BodyId]),
    stays: BodyId,
    certificates: Vec<i64>,
) -> Result<Vec<CertificateId>> {
    let sql = "update body set merged_into = null, merged_first = null where id = $1 and merged_into = $2";
    tx.exec_one(sql, &[gone.0.into(), stays.0.into()]).await?;
    if !under.is_empty() {
        let sql = "update body set merged_into = $2 where id = any($1) and merged_into = $3";
        let ids = under.iter().map(|id| id.0).collect();
        tx.exec(sql, &[Val::Ints(ids), gone.0.into(), stays.0.into()]).await?;
    }
    let sql = "select id from certificate where id = any($1) and body_id = $2 order by id {for_update}";
    let certificate = |row: &Row<'_>| Ok(CertificateId(row.int(0)?));
    let back = tx.query(sql, &[Val::Ints(certificates), stays.0.into()], certificate).await?;
    give(tx, &back, stays, gone).await?;
    due(tx, &[gone, stays]).await?;
    Ok(back)
}

async fn give(tx: &Tx, certificates: &[CertificateId], from: BodyId, to: BodyId) -> Result<()> {
    let sql = "update certificate set body_id = $3 where id = any($1) and body_id = $2";
    let ids = certificates.iter().map(|id| id.0).collect();
    let moved = tx.exec(sql, &[Val::Ints(ids), from.0.into(), to.0.into()]).await?;
    if moved == certificates.len() as u64 { Ok(()) } else { Err(StoreError::Conflict) }
}

/// Both have other likenesses from now on.
async fn due(tx: &Tx, bodies: &[BodyId]) -> Result<()> {
    for body in bodies {
        alike::note(tx, *body).await?;
    }
    pair::note(tx, bodies).await
}
