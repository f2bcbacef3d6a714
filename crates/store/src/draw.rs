//! 双随机抽查: who may be drawn, the pools as they were frozen, and what was drawn. Rows never change.

use crate::certificate::day;
use crate::{Reader, Result, Row, Tx, Val, body, cell};
use domain::draw::DrawnBody;
use domain::{AuthorityId, BodyId, Day, DrawId, InspectorId, Instant, StatusWord, Two};

/// A draw as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draw {
    /// Its key.
    pub id: DrawId,
    /// Whose.
    pub authority: AuthorityId,
    /// 任务名称.
    pub title: String,
    /// The plan's document.
    pub plan: String,
    /// SHA-256 of the text of its pools.
    pub digest: [u8; 32],
    /// Bodies in the pool.
    pub bodies: u32,
    /// Inspectors in the pool.
    pub inspectors: u32,
    /// The last draw of the same plan before it.
    pub earlier: Option<DrawId>,
    /// Why it was made once more.
    pub earlier_reason: String,
    /// Who froze the pools, as events write it.
    pub actor: String,
    /// When.
    pub frozen_at: Instant,
    /// What came of it.
    pub result: Option<Made>,
    /// Since when the public reads it.
    pub published_at: Option<Instant>,
}

/// The second step of a draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// The random bytes that decided.
    pub seed: [u8; 32],
    /// Bodies that were drawn.
    pub bodies: u32,
    /// Who drew, as events write it.
    pub actor: String,
    /// When.
    pub drawn_at: Instant,
}

/// A body with one of its certificates in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The body.
    pub body: body::Body,
    /// The certificate's domain.
    pub domain: Two,
    /// Its last valid day.
    pub valid_to: Day,
}

macro_rules! draws {
    ($rest:literal) => {
        concat!(
            "select d.id, d.authority_id, d.title, d.plan, d.digest, d.bodies, d.inspectors, d.earlier_id,
            d.earlier_reason, d.actor, d.frozen_at, r.seed, r.bodies, r.actor, r.drawn_at, p.published_at
            from draw d left join draw_result r on r.draw_id = d.id left join draw_publication p on p.draw_id = d.id ",
            $rest
        )
    };
}

fn made(row: &Row<'_>) -> Result<Option<Made>> {
    let Some(at) = row.opt_int(14)? else { return Ok(None) };
    let (seed, bodies) = (row.bytes(11)?, cell::count(row, 12)?);
    Ok(Some(Made { seed, bodies, actor: cell::string(row, 13)?, drawn_at: Instant::from_micros(at) }))
}

fn read(row: &Row<'_>) -> Result<Draw> {
    Ok(Draw {
        id: DrawId(row.int(0)?),
        authority: AuthorityId(row.int(1)?),
        title: cell::string(row, 2)?,
        plan: cell::string(row, 3)?,
        digest: row.bytes(4)?,
        bodies: cell::count(row, 5)?,
        inspectors: cell::count(row, 6)?,
        earlier: row.opt_int(7)?.map(DrawId),
        earlier_reason: cell::string(row, 8)?,
        actor: cell::string(row, 9)?,
        frozen_at: cell::instant(row, 10)?,
        result: made(row)?,
        published_at: row.opt_int(15)?.map(Instant::from_micros),
    })
}

/// Every body with a certificate of the authority that is in force on a day, once for each of these, in the order of keys.
pub async fn candidates(reader: Reader<'_>, authority: AuthorityId, on: Day) -> Result<Vec<Candidate>> {
    let sql = body::body_columns!(
        ", c.domain, c.valid_to from certificate c join body b on b.id = c.body_id
        where c.authority_id = $1 and c.valid_to >= $2 and c.valid_from <= $2 and c.status = $3 order by b.id, c.domain"
    );
    let read = |row: &Row<'_>| {
        let domain = row.text(body::READ)?.parse().map_err(|_| row.broken(body::READ, "不是领域代码"))?;
        Ok(Candidate { body: body::read(row)?, domain, valid_to: day(row, body::READ + 1)? })
    };
    let args = [authority.0.into(), on.number().into(), StatusWord::Valid.key().into()];
    reader.query(sql, &args, read).await
}

/// Freezes the pools of a draw; `result` and `published_at` are not written.
pub async fn freeze(tx: &Tx, it: &Draw, text: &str) -> Result<()> {
    let sql = "insert into draw (id, authority_id, title, plan, digest, bodies, inspectors, earlier_id, earlier_reason,
        actor, frozen_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let args = [
        it.id.0.into(),
        it.authority.0.into(),
        (&it.title).into(),
        (&it.plan).into(),
        (&it.digest).into(),
        it.bodies.into(),
        it.inspectors.into(),
        it.earlier.map(|id| id.0).into(),
        (&it.earlier_reason).into(),
        (&it.actor).into(),
        it.frozen_at.micros().into(),
    ];
    tx.exec_one(sql, &args).await?;
    tx.exec_one("insert into draw_pool (draw_id, text) values ($1, $2)", &[it.id.0.into(), text.into()]).await
}

/// Writes what was drawn. A second time is [`crate::StoreError::Unique`].
pub async fn make(tx: &Tx, id: DrawId, made: &Made, drawn: &[DrawnBody]) -> Result<()> {
    let sql = "insert into draw_result (draw_id, seed, bodies, actor, drawn_at) values ($1, $2, $3, $4, $5)";
    let at = made.drawn_at.micros();
    let args = [id.0.into(), (&made.seed).into(), made.bodies.into(), (&made.actor).into(), at.into()];
    tx.exec_one(sql, &args).await?;
    let (mut bodies, mut inspectors): (Vec<Vec<Val>>, Vec<Vec<Val>>) = (Vec::new(), Vec::new());
    for (ord, it) in (0i64..).zip(drawn) {
        bodies.push(vec![id.0.into(), ord.into(), it.body.0.into(), (&it.part).into()]);
        for (seat, inspector) in (0i64..).zip(&it.inspectors) {
            inspectors.push(vec![id.0.into(), ord.into(), seat.into(), inspector.0.into()]);
        }
    }
    tx.exec_many("insert into draw_body (draw_id, ord, body_id, part) values ($1, $2, $3, $4)", bodies)
        .await?;
    let sql = "insert into draw_inspector (draw_id, ord, seat, inspector_id) values ($1, $2, $3, $4)";
    tx.exec_many(sql, inspectors).await.map(drop)
}

/// Lets the public read it. A second time is [`crate::StoreError::Unique`].
pub async fn publish(tx: &Tx, id: DrawId, actor: &str, now: Instant) -> Result<()> {
    let sql = "insert into draw_publication (draw_id, actor, published_at) values ($1, $2, $3)";
    tx.exec_one(sql, &[id.0.into(), actor.into(), now.micros().into()]).await
}

/// The draw of a key.
pub async fn by_id(reader: Reader<'_>, id: DrawId) -> Result<Option<Draw>> {
    reader.query_one(draws!("where d.id = $1"), &[id.0.into()], read).await
}

/// The draws of an authority, or of all, before a key; the newest first.
pub async fn list(
    reader: Reader<'_>,
    authority: Option<AuthorityId>,
    before: Option<DrawId>,
    limit: u32,
) -> Result<Vec<Draw>> {
    let before = before.map_or(i64::MAX, |id| id.0);
    match authority {
        Some(authority) => {
            let sql = draws!("where d.authority_id = $1 and d.id < $2 order by d.id desc limit $3");
            reader.query(sql, &[authority.0.into(), before.into(), limit.into()], read).await
        }
        None => {
            let sql = draws!("where d.id < $1 order by d.id desc limit $2");
            reader.query(sql, &[before.into(), limit.into()], read).await
        }
    }
}

/// What the public reads, published before a moment and a key; the latest first.
pub async fn published(
    reader: Reader<'_>,
    before: Option<(Instant, DrawId)>,
    limit: u32,
) -> Result<Vec<Draw>> {
    let (at, id) = before.map_or((i64::MAX, i64::MAX), |(at, id)| (at.micros(), id.0));
    let sql = draws!(
        "where p.published_at is not null and (p.published_at < $1 or (p.published_at = $1 and p.draw_id < $2))
        order by p.published_at desc, p.draw_id desc limit $3"
    );
    reader.query(sql, &[at.into(), id.into(), limit.into()], read).await
}

/// The last draw of a plan.
pub async fn last_of_plan(reader: Reader<'_>, authority: AuthorityId, plan: &str) -> Result<Option<DrawId>> {
    let sql = "select id from draw where authority_id = $1 and plan = $2 order by id desc limit 1";
    reader.query_one(sql, &[authority.0.into(), plan.into()], |row| row.int(0).map(DrawId)).await
}

/// The text of the pools.
pub async fn pool(reader: Reader<'_>, id: DrawId) -> Result<Option<String>> {
    let sql = "select text from draw_pool where draw_id = $1";
    reader.query_one(sql, &[id.0.into()], |row| cell::string(row, 0)).await
}

/// What was drawn, in its order.
pub async fn drawn(reader: Reader<'_>, id: DrawId) -> Result<Vec<DrawnBody>> {
    let sql = "select body_id, part from draw_body where draw_id = $1 order by ord";
    let read = |row: &Row<'_>| {
        Ok(DrawnBody { body: BodyId(row.int(0)?), part: cell::string(row, 1)?, inspectors: Vec::new() })
    };
    let mut drawn = reader.query(sql, &[id.0.into()], read).await?;
    let sql = "select ord, inspector_id from draw_inspector where draw_id = $1 order by ord, seat";
    let seats = reader.query(sql, &[id.0.into()], |row| Ok((row.int(0)?, InspectorId(row.int(1)?)))).await?;
    for (ord, inspector) in seats {
        if let Some(it) = usize::try_from(ord).ok().and_then(|ord| drawn.get_mut(ord)) {
            it.inspectors.push(inspector);
        }
    }
    Ok(drawn)
}

/// The draws in which one of these bodies was drawn, the newest first.
pub async fn of_bodies(reader: Reader<'_>, bodies: Vec<i64>, limit: u32) -> Result<Vec<Draw>> {
    let sql = draws!(
        "where d.id in (select draw_id from draw_body where body_id = any($1)) order by d.id desc limit $2"
    );
    reader.query(sql, &[Val::Ints(bodies), limit.into()], read).await
}
