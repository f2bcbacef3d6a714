//! 不予许可决定 on record. Rows never change; one that was recorded wrongly is taken back by a row of its own.

use crate::certificate::day;
use crate::{Reader, Result, Row, Tx, Val, cell};
use domain::admission::RefusalGround;
use domain::{AuthorityId, Day, Instant, RefusalId, Uscc};

/// One refusal as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Its key.
    pub id: RefusalId,
    /// Who refused.
    pub authority: AuthorityId,
    /// The body's own code, if it was given.
    pub uscc: Option<Uscc>,
    /// The code of its legal person, if it was given.
    pub parent_uscc: Option<Uscc>,
    /// The body's name, as typed.
    pub name: String,
    /// [`domain::name_key`] of it.
    pub name_key: String,
    /// The day of the decision.
    pub decided: Day,
    /// Its document.
    pub document: String,
    /// Why.
    pub ground: RefusalGround,
    /// What else was said; may be empty.
    pub remark: String,
    /// Who recorded it, as events write it.
    pub actor: String,
    /// When.
    pub recorded_at: Instant,
    /// By what it was taken back.
    pub end: Option<RefusalEnd>,
}

/// What took a refusal off the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusalEnd {
    /// Number of the document.
    pub document: String,
    /// Why.
    pub reason: String,
    /// Who did it, as events write it.
    pub actor: String,
    /// When.
    pub recorded_at: Instant,
}

macro_rules! refusals {
    ($rest:literal) => {
        concat!(
            "select r.id, r.authority_id, r.uscc, r.parent_uscc, r.name, r.name_key, r.decided_on, r.document, r.ground,
            r.remark, r.actor, r.recorded_at, e.document, e.reason, e.actor, e.recorded_at
            from refusal r left join refusal_end e on e.refusal_id = r.id ",
            $rest
        )
    };
}

fn uscc(row: &Row<'_>, column: usize) -> Result<Option<Uscc>> {
    let parsed = row.opt_text(column)?.map(Uscc::parse).transpose();
    parsed.map_err(|_| row.broken(column, "不是统一社会信用代码"))
}

fn end(row: &Row<'_>) -> Result<Option<RefusalEnd>> {
    let Some(at) = row.opt_int(15)? else { return Ok(None) };
    let recorded_at = Instant::from_micros(at);
    let [document, reason, actor] = [cell::string(row, 12)?, cell::string(row, 13)?, cell::string(row, 14)?];
    Ok(Some(RefusalEnd { document, reason, actor, recorded_at }))
}

fn read(row: &Row<'_>) -> Result<Refusal> {
    Ok(Refusal {
        id: RefusalId(row.int(0)?),
        authority: AuthorityId(row.int(1)?),
        uscc: uscc(row, 2)?,
        parent_uscc: uscc(row, 3)?,
        name: cell::string(row, 4)?,
        name_key: cell::string(row, 5)?,
        decided: day(row, 6)?,
        document: cell::string(row, 7)?,
        ground: RefusalGround::parse(row.text(8)?).ok_or_else(|| row.broken(8, "未知的不予许可原因"))?,
        remark: cell::string(row, 9)?,
        actor: cell::string(row, 10)?,
        recorded_at: cell::instant(row, 11)?,
        end: end(row)?,
    })
}

/// Puts one on record; `end` is not written.
pub async fn insert(tx: &Tx, it: &Refusal) -> Result<()> {
    let sql = "insert into refusal (id, authority_id, uscc, parent_uscc, name, name_key, decided_on, document, ground,
        remark, actor, recorded_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let args = [
        it.id.0.into(),
        it.authority.0.into(),
        it.uscc.map(|code| code.to_string()).into(),
        it.parent_uscc.map(|code| code.to_string()).into(),
        (&it.name).into(),
        (&it.name_key).into(),
        it.decided.number().into(),
        (&it.document).into(),
        it.ground.key().into(),
        (&it.remark).into(),
        (&it.actor).into(),
        it.recorded_at.micros().into(),
    ];
    tx.exec_one(sql, &args).await
}

/// Takes one back. A second time is [`crate::StoreError::Unique`].
pub async fn take_back(tx: &Tx, id: RefusalId, end: &RefusalEnd) -> Result<()> {
    let sql = "insert into refusal_end (refusal_id, document, reason, actor, recorded_at)
        values ($1, $2, $3, $4, $5)";
    let args = [
        id.0.into(),
        (&end.document).into(),
        (&end.reason).into(),
        (&end.actor).into(),
        end.recorded_at.micros().into(),
    ];
    tx.exec_one(sql, &args).await
}

/// The refusal of a key.
pub async fn by_id(reader: Reader<'_>, id: RefusalId) -> Result<Option<Refusal>> {
    reader.query_one(refusals!("where r.id = $1"), &[id.0.into()], read).await
}

/// The refusals of an authority, or of all, before a key; the newest first. Taken back ones are among them.
pub async fn list(
    reader: Reader<'_>,
    authority: Option<AuthorityId>,
    before: Option<RefusalId>,
    limit: u32,
) -> Result<Vec<Refusal>> {
    let before = before.map_or(i64::MAX, |id| id.0);
    match authority {
        Some(authority) => {
            let sql = refusals!("where r.authority_id = $1 and r.id < $2 order by r.id desc limit $3");
            reader.query(sql, &[authority.0.into(), before.into(), limit.into()], read).await
        }
        None => {
            let sql = refusals!("where r.id < $1 order by r.id desc limit $2");
            reader.query(sql, &[before.into(), limit.into()], read).await
        }
    }
}

/// The same decision on record already: authority and document, of one body, not taken back.
pub async fn same(reader: Reader<'_>, it: &Refusal) -> Result<Option<RefusalId>> {
    let sql = "select r.id from refusal r where r.name_key = $1 and r.decided_on = $2 and r.authority_id = $3
        and r.document = $4 and not exists (select 1 from refusal_end e where e.refusal_id = r.id) order by r.id limit 1";
    let args =
        [(&it.name_key).into(), it.decided.number().into(), it.authority.0.into(), (&it.document).into()];
    reader.query_one(sql, &args, |row| row.int(0).map(RefusalId)).await
}

/// Refusals decided on a day or later of bodies with one of these codes, their own or that of their legal person, or with
/// one of these keys of a name; those taken back are left out. The latest first.
pub async fn of_bodies(
    reader: Reader<'_>,
    codes: Vec<String>,
    names: Vec<String>,
    since: Day,
    limit: u32,
) -> Result<Vec<Refusal>> {
    // One look into an index a condition: joined by "or", an engine may rather read all that were decided since.
    let sql = refusals!(
        "where e.refusal_id is null and r.id in (
            select id from refusal where uscc is not null and uscc = any($1) and decided_on >= $3
            union select id from refusal where parent_uscc is not null and parent_uscc = any($1) and decided_on >= $3
            union select id from refusal where name_key = any($2) and decided_on >= $3)
        order by r.decided_on desc, r.id desc limit $4"
    );
    let args = [Val::Texts(codes), Val::Texts(names), since.number().into(), limit.into()];
    reader.query(sql, &args, read).await
}
