//! 疑似重复机构: pairs of bodies that may be one, in rows for each area that has to do with one of the two, and what authorities
//! said of them. The pairs are derived from the bodies and may be made again at any time; what was said is kept.

use crate::body::{self, Body};
use crate::{Kind, Reader, Result, Row, StoreError, Tx, Val};
use domain::{AccountId, AuthorityId, BodyId, Instant, PairGround};
use std::collections::HashMap;

/// A pair; the lower key stands first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Pair {
    pub ground: PairGround,
    pub low: BodyId,
    pub high: BodyId,
}

impl Pair {
    /// The pair of two bodies, whichever comes first.
    pub fn of(ground: PairGround, a: BodyId, b: BodyId) -> Pair {
        Pair { ground, low: a.min(b), high: a.max(b) }
    }
}

const COLUMNS: &[(&str, Kind)] =
    &[("area", Kind::Text), ("ground", Kind::Int), ("low_id", Kind::Int), ("high_id", Kind::Int)];

/// Notes bodies whose pairs are to be made anew; one may be noted already.
pub(crate) async fn note(tx: &Tx, ids: &[BodyId]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let sql = "insert into pair_due (body_id) select id from body where id = any($1) on conflict do nothing";
    tx.exec(sql, &[Val::Ints(ids.iter().map(|id| id.0).collect())]).await?;
    Ok(())
}

/// Bodies whose pairs are still to be made, in the order of their ids.
pub async fn due(reader: Reader<'_>, limit: u32) -> Result<Vec<Body>> {
    let sql = "select body_id from pair_due where body_id > $1 order by body_id limit $2";
    let ids = reader.query(sql, &[0_i64.into(), limit.into()], |row| row.int(0)).await?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    body::by_ids(reader, ids).await
}

/// Keeps the pairs of bodies that were due, each with its areas, in place of all that these had.
///
/// # Errors
/// [`StoreError::Conflict`] if another process makes these pairs.
pub async fn keep(tx: &Tx, ids: &[BodyId], pairs: &[(Pair, Vec<String>)]) -> Result<()> {
    let of = || [Val::Ints(ids.iter().map(|id| id.0).collect())];
    if tx.exec("delete from pair_due where body_id = any($1)", &of()).await? != ids.len() as u64 {
        return Err(StoreError::Conflict);
    }
    tx.exec("delete from body_pair where low_id = any($1)", &of()).await?;
    tx.exec("delete from body_pair where high_id = any($1)", &of()).await?;
    let mut cells = Vec::new();
    for (pair, areas) in pairs {
        for area in areas {
            cells.extend([area.into(), pair.ground.rank().into(), pair.low.0.into(), pair.high.0.into()]);
        }
    }
    tx.bulk("body_pair", COLUMNS, cells).await?;
    Ok(())
}

fn pair(row: &Row<'_>) -> Result<Pair> {
    let ground = PairGround::of_rank(row.int(0)?).ok_or_else(|| row.broken(0, "未知的重复依据"))?;
    Ok(Pair { ground, low: BodyId(row.int(1)?), high: BodyId(row.int(2)?) })
}

/// Pairs of an area after one, the strongest ground first, without those of which the authority said that they are two, and
/// without bodies that were merged.
pub async fn list(
    reader: Reader<'_>,
    (area, authority): (&str, AuthorityId),
    after: Option<Pair>,
    limit: u32,
) -> Result<Vec<Pair>> {
    let sql = "select p.ground, p.low_id, p.high_id from body_pair p
        join body l on l.id = p.low_id join body h on h.id = p.high_id
        where p.area = $1 and (p.ground, p.low_id, p.high_id) > ($2, $3, $4)
        and l.merged_into is null and h.merged_into is null
        and not exists (select 1 from body_apart a
            where a.authority_id = $5 and a.low_id = p.low_id and a.high_id = p.high_id)
        order by p.ground, p.low_id, p.high_id limit $6";
    let (ground, low, high) = after.map_or((0, 0, 0), |it| (it.ground.rank(), it.low.0, it.high.0));
    let args = [area.into(), ground.into(), low.into(), high.into(), authority.0.into(), limit.into()];
    reader.query(sql, &args, pair).await
}

/// What an authority said of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Apart {
    pub low: BodyId,
    pub high: BodyId,
    pub at: Instant,
    pub by: AccountId,
}

/// The pairs of which an authority said that they are two, after one, by key.
pub async fn apart(
    reader: Reader<'_>,
    authority: AuthorityId,
    after: Option<(BodyId, BodyId)>,
    limit: u32,
) -> Result<Vec<Apart>> {
    let sql = "select low_id, high_id, said_at, said_by from body_apart
        where authority_id = $1 and (low_id, high_id) > ($2, $3) order by low_id, high_id limit $4";
    let (low, high) = after.map_or((0, 0), |(low, high)| (low.0, high.0));
    let read = |row: &Row<'_>| {
        Ok(Apart {
            low: BodyId(row.int(0)?),
            high: BodyId(row.int(1)?),
            at: Instant::from_micros(row.int(2)?),
            by: AccountId(row.int(3)?),
        })
    };
    reader.query(sql, &[authority.0.into(), low.into(), high.into(), limit.into()], read).await
}

/// Keeps that an authority said of two bodies that they are two; whether it had not said so yet.
pub async fn say_apart(tx: &Tx, authority: AuthorityId, said: &Apart) -> Result<bool> {
    let sql = "insert into body_apart (authority_id, low_id, high_id, said_at, said_by)
        values ($1, $2, $3, $4, $5) on conflict do nothing";
    let args = [
        authority.0.into(),
        said.low.0.into(),
        said.high.0.into(),
        said.at.micros().into(),
        said.by.0.into(),
    ];
    Ok(tx.exec(sql, &args).await? > 0)
}

/// Takes it back; whether it had said so.
pub async fn unsay_apart(tx: &Tx, authority: AuthorityId, (low, high): (BodyId, BodyId)) -> Result<bool> {
    let sql = "delete from body_apart where authority_id = $1 and low_id = $2 and high_id = $3";
    Ok(tx.exec(sql, &[authority.0.into(), low.0.into(), high.0.into()]).await? > 0)
}

/// How many certificates these bodies hold, annulled ones included, by authority.
pub async fn held(reader: Reader<'_>, bodies: Vec<i64>) -> Result<HashMap<BodyId, Vec<(AuthorityId, u32)>>> {
    let sql = "select body_id, authority_id, count(*) from certificate where body_id = any($1)
        group by body_id, authority_id order by body_id, authority_id";
    let read =
        |row: &Row<'_>| Ok((BodyId(row.int(0)?), AuthorityId(row.int(1)?), crate::cell::count(row, 2)?));
    let mut out: HashMap<BodyId, Vec<(AuthorityId, u32)>> = HashMap::new();
    for (body, authority, n) in reader.query(sql, &[Val::Ints(bodies)], read).await? {
        out.entry(body).or_default().push((authority, n));
    }
    Ok(out)
}
