//! Bodies whose names are nearly the same, found by the keys of [`domain::NameShape`]. The keys are made after the body,
//! in sorted heaps: until then it is found by its name and codes only.

use crate::body::{self, Body};
use crate::{Kind, Reader, Result, StoreError, Tx, Val};
use domain::{BodyId, CROWD};
use std::collections::HashMap;

/// The bodies that share one of these keys, each with the key. A key that too many share brings none.
pub async fn by_keys(reader: Reader<'_>, keys: Vec<i64>) -> Result<Vec<(i64, Body)>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let sql = body::body_columns!(
        ", k.key from body_key k join body b on b.id = k.body_id where k.key = any($1) order by k.key, k.body_id"
    );
    let found =
        reader.query(sql, &[Val::Ints(keys)], |row| Ok((row.int(body::READ)?, body::read(row)?))).await?;
    let mut count: HashMap<i64, usize> = HashMap::new();
    found.iter().for_each(|(key, _)| *count.entry(*key).or_default() += 1);
    Ok(found.into_iter().filter(|(key, _)| count[key] < CROWD).collect())
}

/// Bodies whose keys are still to be made, in the order of their ids.
pub async fn due(reader: Reader<'_>, limit: u32) -> Result<Vec<Body>> {
    // In two steps: joined, PostgreSQL may walk all bodies in search of the few that are due.
    let sql = "select body_id from body_due where body_id > $1 order by body_id limit $2";
    let ids = reader.query(sql, &[0_i64.into(), limit.into()], |row| row.int(0)).await?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    body::by_ids(reader, ids).await
}

/// Notes bodies whose keys are to be made; one may be noted already.
pub(crate) async fn note(tx: &Tx, id: BodyId) -> Result<()> {
    tx.exec("insert into body_due (body_id) values ($1) on conflict do nothing", &[id.0.into()]).await?;
    Ok(())
}

/// Notes bodies that have just been made.
pub(crate) async fn note_new(tx: &Tx, ids: impl Iterator<Item = BodyId>) -> Result<()> {
    tx.bulk_ahead("body_due", &[("body_id", Kind::Int)], ids.map(|id| id.0.into()).collect()).await?;
    Ok(())
}

/// Keeps the keys of bodies that were due; their pairs are due from then on ([`crate::pair`]). A key that is full takes no further body, so that no look-up grows with the
/// registry; keys of a former name stay, and whoever finds a body by one looks at its name.
///
/// # Errors
/// [`StoreError::Conflict`] if another process makes these keys.
pub async fn keep(tx: &Tx, ids: &[BodyId], mut keys: Vec<(i64, BodyId)>) -> Result<()> {
    let args = [Val::Ints(ids.iter().map(|id| id.0).collect())];
    let gone = tx.exec("delete from body_due where body_id = any($1)", &args).await?;
    if gone != ids.len() as u64 {
        return Err(StoreError::Conflict);
    }
    crate::pair::note(tx, ids).await?;
    keys.sort_unstable_by_key(|(key, id)| (*key, id.0));
    keys.dedup();
    let mut wanted: Vec<i64> = keys.iter().map(|(key, _)| *key).collect();
    wanted.dedup();
    let sql = "select key, body_id from body_key where key = any($1)";
    let pair = |row: &crate::Row<'_>| Ok((row.int(0)?, BodyId(row.int(1)?)));
    let mut stand: HashMap<i64, Vec<BodyId>> = HashMap::new();
    for (key, id) in tx.query(sql, &[Val::Ints(wanted)], pair).await? {
        stand.entry(key).or_default().push(id);
    }
    let mut cells = Vec::with_capacity(keys.len() * 2);
    let (mut last, mut n) = (None, 0);
    for (key, id) in keys {
        if last != Some(key) {
            (last, n) = (Some(key), stand.get(&key).map_or(0, Vec::len));
        }
        if n < CROWD && !stand.get(&key).is_some_and(|of| of.contains(&id)) {
            n += 1;
            cells.extend([key.into(), id.0.into()]);
        }
    }
    tx.bulk("body_key", &[("key", Kind::Int), ("body_id", Kind::Int)], cells).await?;
    Ok(())
}
