//! 统计, on its way: what nodes counted waits in two logs until it is added to the sums in the transaction that takes it away,
//! so that nothing is added twice, whoever does it and whenever he is killed.
use domain::tally::{BodySeen, Measure, Sketch, Sort};
use domain::{AuthorityId, Day, Door, EventKind, Instant, Two};

use crate::event::Position;
use crate::tally::Of;
use crate::{Reader, Result, Row, Tx, Val, cell};

/// Which log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Of what was asked.
    Questions,
    /// Of the bodies whose certificates were asked for.
    Bodies,
}

/// Writes a row into a log: [`domain::tally::Log`], or rows of bodies.
pub async fn put(tx: &Tx, which: Which, id: i64, at: Instant, bytes: Vec<u8>) -> Result<()> {
    let sql = match which {
        Which::Questions => "insert into tally_log (id, made_at, bytes) values ($1, $2, $3)",
        Which::Bodies => "insert into tally_body_log (id, made_at, bytes) values ($1, $2, $3)",
    };
    tx.exec_one(sql, &[id.into(), at.micros().into(), bytes.into()]).await
}

/// How many rows wait, counted up to `most`.
pub async fn waiting(reader: Reader<'_>, which: Which, most: u32) -> Result<u64> {
    let sql = match which {
        Which::Questions => "select count(*) from (select id from tally_log limit $1) as some_of",
        Which::Bodies => "select count(*) from (select id from tally_body_log limit $1) as some_of",
    };
    Ok(reader.query_one(sql, &[most.into()], |row| cell::total(row, 0)).await?.unwrap_or(0))
}

/// When the oldest waiting row was written.
pub async fn oldest(reader: Reader<'_>, which: Which) -> Result<Option<Instant>> {
    let sql = match which {
        Which::Questions => "select made_at from tally_log order by id limit 1",
        Which::Bodies => "select made_at from tally_body_log order by id limit 1",
    };
    reader.query_one(sql, &[], |row| cell::instant(row, 0)).await
}

/// The oldest rows that wait, at most `most`. The caller holds [`Tx::lock_tally`].
pub async fn some(tx: &Tx, which: Which, most: u32) -> Result<Vec<(i64, Vec<u8>)>> {
    let sql = match which {
        Which::Questions => "select id, bytes from tally_log order by id limit $1",
        Which::Bodies => "select id, bytes from tally_body_log order by id limit $1",
    };
    tx.query(sql, &[most.into()], |row| Ok((row.int(0)?, row.blob(1)?.to_vec()))).await
}

/// Takes rows out of a log; how many there were.
pub async fn remove(tx: &Tx, which: Which, ids: Vec<i64>) -> Result<u64> {
    let sql = match which {
        Which::Questions => "delete from tally_log where id = any($1)",
        Which::Bodies => "delete from tally_body_log where id = any($1)",
    };
    tx.exec(sql, &[Val::Ints(ids)]).await
}

/// Adds to the sums of bodies. Each key comes once.
pub async fn add_bodies(tx: &Tx, all: &[BodySeen]) -> Result<()> {
    let sql =
        "insert into tally_body (month, body_id, authority_id, people, machines) values ($1, $2, $3, $4, $5)
        on conflict (month, body_id, authority_id) do update set
        people = tally_body.people + excluded.people, machines = tally_body.machines + excluded.machines";
    let rows = all.iter().map(|it| {
        vec![
            it.month.into(),
            it.body.0.into(),
            it.authority.0.into(),
            it.people.cast_signed().into(),
            it.machines.cast_signed().into(),
        ]
    });
    tx.exec_many(sql, rows.collect()).await.map(drop)
}

/// Joins a sketch with what is kept of a day. The caller holds [`Tx::lock_tally`].
pub async fn join_sketch(tx: &Tx, day: Day, of: Of, sketch: &Sketch) -> Result<()> {
    let sql = "select registers from visitor_sketch where day = $1 and authority_id = $2";
    let args = [day.number().into(), of.key().into()];
    let kept = tx.query_one(sql, &args, |row| {
        Sketch::of_registers(row.blob(0)?).ok_or_else(|| row.broken(0, "访客计数无法读取"))
    });
    let mut whole = kept.await?.unwrap_or_default();
    whole.join(sketch);
    let sql = "insert into visitor_sketch (day, authority_id, registers) values ($1, $2, $3)
        on conflict (day, authority_id) do update set registers = excluded.registers";
    tx.exec_one(sql, &[day.number().into(), of.key().into(), whole.registers().into()]).await
}

/// Adds what was asked for on a day and is not there, most asked first, as long as there are not more than `most` different of
/// the day. The caller holds [`Tx::lock_tally`].
pub async fn add_unknown(tx: &Tx, day: Day, asked: &[(Sort, String, u64)], most: u64) -> Result<()> {
    let sql = "select count(*) from asked_unknown where day = $1";
    let there = tx.query_one(sql, &[day.number().into()], |row| cell::total(row, 0)).await?.unwrap_or(0);
    let mut room = most.saturating_sub(there);
    for sort in Sort::ALL {
        let mut mine: Vec<_> = asked.iter().filter(|it| it.0 == *sort).collect();
        if mine.is_empty() {
            continue;
        }
        mine.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.1.cmp(&b.1)));
        let sql = "select asked from asked_unknown where day = $1 and sort = $2 and asked = any($3)";
        let texts = mine.iter().map(|it| it.1.clone()).collect();
        let args = [day.number().into(), sort.key().into(), Val::Texts(texts)];
        let known: std::collections::HashSet<String> =
            tx.query(sql, &args, |row| cell::string(row, 0)).await?.into_iter().collect();
        mine.retain(|it| {
            let fits = known.contains(&it.1) || room > 0;
            if fits && !known.contains(&it.1) {
                room -= 1;
            }
            fits
        });
        let sql = "insert into asked_unknown (day, sort, asked, n) values ($1, $2, $3, $4)
            on conflict (day, sort, asked) do update set n = asked_unknown.n + excluded.n";
        let rows = mine.iter().map(|(sort, text, n)| {
            vec![day.number().into(), sort.key().into(), text.into(), n.cast_signed().into()]
        });
        tx.exec_many(sql, rows.collect()).await?;
    }
    Ok(())
}

/// The salt of a day's visitors.
pub async fn salt(reader: Reader<'_>, day: Day) -> Result<Option<[u8; 32]>> {
    let sql = "select salt from visitor_salt where day = $1";
    reader
        .query_one(sql, &[day.number().into()], |row| {
            row.blob(0)?.try_into().map_err(|_| row.broken(0, "长度不对"))
        })
        .await
}

/// Proposes a salt of a day: the first one that is kept is everybody's.
pub async fn propose_salt(tx: &Tx, day: Day, salt: &[u8; 32]) -> Result<()> {
    let sql = "insert into visitor_salt (day, salt) values ($1, $2) on conflict (day) do nothing";
    tx.exec(sql, &[day.number().into(), salt.into()]).await.map(drop)
}

/// Whether a salt of a day before this one is still there.
pub async fn has_old_salt(reader: Reader<'_>, before: Day) -> Result<bool> {
    let sql = "select count(*) from visitor_salt where day < $1";
    Ok(reader.query_one(sql, &[before.number().into()], |row| row.int(0)).await?.unwrap_or(0) > 0)
}

/// Forgets the salts of days before this one.
pub async fn drop_salts(tx: &Tx, before: Day) -> Result<()> {
    tx.exec("delete from visitor_salt where day < $1", &[before.number().into()]).await.map(drop)
}

/// Something that was done, as it is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// Where it stands among the events.
    pub position: Position,
    /// When.
    pub at: Instant,
    /// What.
    pub measure: Measure,
    /// For which authority.
    pub authority: Option<AuthorityId>,
    /// Through which door.
    pub door: Door,
    /// 领域 of the certificate.
    pub domain: Option<Two>,
    /// Province of its body, 66 for one of the XPCC.
    pub province: Option<Two>,
}

/// The kinds of events that are counted, and as what.
const COUNTED: [(EventKind, Measure); 4] = [
    (EventKind::BatchCommit, Measure::Import),
    (EventKind::Assign, Measure::Assign),
    (EventKind::Change, Measure::Change),
    (EventKind::Print, Measure::Print),
];

fn province(row: &Row<'_>, column: usize) -> Result<Option<Two>> {
    if row.opt_int(column + 1)? == Some(1) {
        return Ok("66".parse().ok());
    }
    Ok(row.opt_text(column)?.and_then(|division| division.get(..2)?.parse().ok()))
}

fn done(row: &Row<'_>) -> Result<Done> {
    let kind = row.text(2)?;
    let counted = COUNTED.iter().find(|it| it.0.key() == kind);
    let domain = row.opt_text(6)?.map(|text| text.parse().map_err(|_| row.broken(6, "应为两位数字")));
    Ok(Done {
        position: Position { epoch: row.int(0)?, number: row.int(1)? },
        measure: counted.ok_or_else(|| row.broken(2, "未知的办理种类"))?.1,
        at: cell::instant(row, 3)?,
        authority: row.opt_int(4)?.map(AuthorityId),
        door: cell::door(row, 5)?,
        domain: domain.transpose()?,
        province: province(row, 7)?,
    })
}

/// What was done behind a position up to another, oldest first, at most `most`.
pub async fn done_after(
    reader: Reader<'_>,
    (after, to): (Position, Position),
    most: u32,
) -> Result<Vec<Done>> {
    let sql = "select e.epoch, e.position, e.kind, e.recorded_at, e.authority_id, e.door, c.domain, b.division, b.xpcc
        from event e left join certificate c on c.id = e.object_id and e.object = 'certificate'
        left join body b on b.id = c.body_id
        where (e.epoch, e.position) > ($1, $2) and (e.epoch, e.position) <= ($3, $4)
        and e.kind in ('batch_commit', 'assign', 'change', 'print') order by e.epoch, e.position limit $5";
    let args = [after.epoch.into(), after.number.into(), to.epoch.into(), to.number.into(), most.into()];
    reader.query(sql, &args, done).await
}

/// Deletes the sums of measures, to be made again.
pub async fn forget(tx: &Tx, measures: &[Measure]) -> Result<()> {
    let keys = measures.iter().map(|it| it.key().to_owned()).collect();
    tx.exec("delete from tally where measure = any($1)", &[Val::Texts(keys)]).await.map(drop)
}

/// The provinces of bodies, 66 for those of the XPCC, where they are known.
pub async fn provinces(reader: Reader<'_>, bodies: Vec<i64>) -> Result<Vec<(i64, Two)>> {
    let sql = "select id, division, xpcc from body where id = any($1)";
    let read = |row: &Row<'_>| Ok(province(row, 1)?.map(|two| (row.int(0), two)));
    let all = reader.query(sql, &[Val::Ints(bodies)], read).await?;
    all.into_iter().flatten().map(|(id, two)| Ok((id?, two))).collect()
}
