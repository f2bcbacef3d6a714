//! 收件箱: acts against certificates as other authorities are told of them. A row is written in the transaction of its act and
//! names the act by the position of its event; reading it changes that row and nothing else.

use crate::certificate::day;
use crate::event::{Position, Recorded, recorded};
use crate::{Kind, Reader, Result, Row, Tx, Val};
use domain::{AccountId, AuthorityId, BodyId, CertificateId, Concern, Day, EventKind, Instant, Number};

/// An act, as one authority is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Position of its event.
    pub at: Position,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// First day on which it holds.
    pub effective: Day,
    /// Which act.
    pub kind: EventKind,
    /// Number of the decision document.
    pub document: String,
    /// The certificate.
    pub certificate: CertificateId,
    /// Its number.
    pub number: Number,
    /// Who issued it.
    pub issuer: AuthorityId,
    /// Its body.
    pub body: BodyId,
    /// The body as it is called now.
    pub body_name: String,
    /// Who acted.
    pub by: AuthorityId,
    /// Why it concerns the authority.
    pub concern: Concern,
    /// When it was marked as read, and by whom.
    pub read: Option<(Instant, AccountId)>,
}

/// Which letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// All.
    All,
    /// Those that nobody has marked as read.
    Unread,
}

const COLUMNS: &[(&str, Kind)] = &[
    ("authority_id", Kind::Int),
    ("epoch", Kind::Int),
    ("position", Kind::Int),
    ("certificate_id", Kind::Int),
    ("by_id", Kind::Int),
    ("concern", Kind::Text),
];

/// Tells authorities of the act at a position, which `by` did to a certificate. Belongs right behind the event itself: the
/// position is known only then, and until the commit nobody else gets one.
pub async fn insert(
    tx: &Tx,
    at: Position,
    (certificate, by): (CertificateId, AuthorityId),
    told: &[(AuthorityId, Concern)],
) -> Result<()> {
    if told.is_empty() {
        return Ok(());
    }
    let mut cells: Vec<Val> = Vec::with_capacity(told.len() * COLUMNS.len());
    for (authority, concern) in told {
        cells.extend([
            authority.0.into(),
            at.epoch.into(),
            at.number.into(),
            certificate.0.into(),
            by.0.into(),
            concern.key().into(),
        ]);
    }
    tx.bulk("inbox", COLUMNS, cells).await?;
    Ok(())
}

fn concern(row: &Row<'_>, column: usize) -> Result<Concern> {
    Concern::parse(row.text(column)?).ok_or_else(|| row.broken(column, "未知的关系"))
}

fn letter(row: &Row<'_>) -> Result<Letter> {
    let read_at = row.opt_int(13)?.map(Instant::from_micros);
    Ok(Letter {
        at: Position { epoch: row.int(0)?, number: row.int(1)? },
        recorded_at: Instant::from_micros(row.int(2)?),
        effective: day(row, 3)?,
        kind: EventKind::parse(row.text(4)?).ok_or_else(|| row.broken(4, "未知的办理种类"))?,
        document: row.text(5)?.to_owned(),
        certificate: CertificateId(row.int(6)?),
        number: Number::parse(row.text(7)?).map_err(|_| row.broken(7, "不是证书编号"))?,
        issuer: AuthorityId(row.int(8)?),
        body: BodyId(row.int(9)?),
        body_name: row.text(10)?.to_owned(),
        by: AuthorityId(row.int(11)?),
        concern: concern(row, 12)?,
        read: read_at.zip(row.opt_int(14)?.map(AccountId)),
    })
}

macro_rules! letters {
    ($condition:literal) => {
        concat!(
            "select i.epoch, i.position, e.recorded_at, e.effective_day, e.kind, e.document, i.certificate_id, c.number,
            c.authority_id, c.body_id, b.name, i.by_id, i.concern, i.read_at, i.read_by
            from inbox i join event e on e.epoch = i.epoch and e.position = i.position
            join certificate c on c.id = i.certificate_id join body b on b.id = c.body_id
            where i.authority_id = $1",
            $condition,
            " order by i.epoch desc, i.position desc limit $4"
        )
    };
}

/// What an authority was told of before a position, newest first.
pub async fn list(
    reader: Reader<'_>,
    authority: AuthorityId,
    which: Which,
    before: Option<Position>,
    limit: u32,
) -> Result<Vec<Letter>> {
    let before = before.unwrap_or(Position { epoch: i64::MAX, number: i64::MAX });
    let args = [authority.0.into(), before.epoch.into(), before.number.into(), limit.into()];
    let sql = match which {
        Which::All => letters!(" and (i.epoch, i.position) < ($2, $3)"),
        // Not a range of the primary key: the engine would walk all that was ever read for the few that were not.
        Which::Unread => letters!(" and i.read_at is null and (i.epoch + 0, i.position) < ($2, $3)"),
    };
    reader.query(sql, &args, letter).await
}

/// Unread letters beyond which they are not counted: nobody reads a greater number, and it stands on every page.
pub const MOST_COUNTED: u64 = 1_000;

/// How many letters an authority has not read, up to [`MOST_COUNTED`].
pub async fn unread(reader: Reader<'_>, authority: AuthorityId) -> Result<u64> {
    let sql = "select count(*) from (
            select position from inbox where authority_id = $1 and read_at is null limit $2) unread";
    let args = [authority.0.into(), (MOST_COUNTED as u32).into()];
    Ok(reader.query_one(sql, &args, |row| crate::cell::total(row, 0)).await?.unwrap_or(0))
}

/// The acts of others that concern an authority, after a position and in commit order, with why: what its change stream
/// tells beside its own. What its superior did to its own certificates is among its own events already.
pub async fn after(
    reader: Reader<'_>,
    authority: AuthorityId,
    after: Position,
    limit: u32,
) -> Result<Vec<(Recorded, Concern)>> {
    let sql =
        "select e.epoch, e.position, e.recorded_at, e.effective_day, e.actor, e.authority_id, e.door, e.kind,
        e.object_id, e.edition, e.document, e.body, i.concern
        from inbox i join event e on e.epoch = i.epoch and e.position = i.position
        where i.authority_id = $1 and (i.epoch, i.position) > ($2, $3) and i.concern <> 'superior'
        order by i.epoch, i.position limit $4";
    let args = [authority.0.into(), after.epoch.into(), after.number.into(), limit.into()];
    reader.query(sql, &args, |row| Ok((recorded(row)?, concern(row, 12)?))).await
}

/// Marks one letter as read; whether there was one that was not. The first mark stays.
pub async fn mark(
    tx: &Tx,
    authority: AuthorityId,
    at: Position,
    (when, by): (Instant, AccountId),
) -> Result<bool> {
    let sql = "update inbox set read_at = $4, read_by = $5
        where authority_id = $1 and epoch = $2 and position = $3 and read_at is null";
    let args = [authority.0.into(), at.epoch.into(), at.number.into(), when.micros().into(), by.0.into()];
    Ok(tx.exec(sql, &args).await? > 0)
}

/// Marks all letters up to a position as read: what came while somebody looked at the list stays unread. How many.
pub async fn mark_up_to(
    tx: &Tx,
    authority: AuthorityId,
    at: Position,
    (when, by): (Instant, AccountId),
) -> Result<u64> {
    let sql = "update inbox set read_at = $4, read_by = $5
        where authority_id = $1 and read_at is null and (epoch + 0, position) <= ($2, $3)";
    let args = [authority.0.into(), at.epoch.into(), at.number.into(), when.micros().into(), by.0.into()];
    tx.exec(sql, &args).await
}
