//! 办理记录: appended at the very end of a transaction, so that positions follow commit order.

use crate::{Kind, Reader, Result, Row, Tx, Val};
use domain::{Day, Event, EventKind, Instant};

/// Epoch and number of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Raised when followers must rebuild.
    pub epoch: i64,
    /// Counts from 1 within the epoch, in commit order.
    pub number: i64,
}

/// An event as it is shown.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each is the field of domain::Event with the same name")]
pub struct Recorded {
    pub position: Position,
    pub recorded_at: Instant,
    pub effective: Day,
    pub actor: String,
    pub authority: Option<i64>,
    pub door: String,
    pub kind: EventKind,
    pub object_id: i64,
    pub edition: Option<u32>,
    pub document: String,
    pub body: Vec<u8>,
}

impl Recorded {
    /// A value of the canonical body; empty if it has none of this key.
    pub fn detail(&self, key: &str) -> String {
        let text = String::from_utf8_lossy(&self.body);
        let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('\t'));
        line.unwrap_or_default().to_owned()
    }

    /// Whether it is about a certificate.
    pub fn of_certificate(&self) -> bool {
        self.detail("object") == domain::Object::Certificate.key()
    }
}

const COLUMNS: &[(&str, Kind)] = &[
    ("epoch", Kind::Int),
    ("position", Kind::Int),
    ("recorded_at", Kind::Int),
    ("effective_day", Kind::Int),
    ("actor", Kind::Text),
    ("authority_id", Kind::Int),
    ("door", Kind::Text),
    ("request_id", Kind::Text),
    ("kind", Kind::Text),
    ("object", Kind::Text),
    ("object_id", Kind::Int),
    ("edition", Kind::Int),
    ("document", Kind::Text),
    ("decision_day", Kind::Int),
    ("salt", Kind::Blob),
    ("body", Kind::Blob),
    ("digest", Kind::Blob),
];

/// Appends events in the order given. Nothing else may be written in `tx` after it but the letters that name them
/// ([`crate::inbox`]). The position of the last one.
pub async fn append(tx: &Tx, events: &[Event]) -> Result<Position> {
    tx.lock_positions().await?;
    let Position { epoch, mut number } = last(tx.into()).await?;
    let mut cells = Vec::with_capacity(events.len() * COLUMNS.len());
    for event in events {
        number += 1;
        let body = event.body();
        let digest = Event::digest(&event.salt, &body);
        cells.extend([
            epoch.into(),
            number.into(),
            event.recorded_at.micros().into(),
            event.effective.number().into(),
            event.actor.to_string().into(),
            event.authority.map(|a| a.0).into(),
            event.door.key().into(),
            (&event.request_id).into(),
            event.kind.key().into(),
            event.object.key().into(),
            event.object_id.into(),
            event.edition.into(),
            (&event.document).into(),
            event.decided.map(Day::number).into(),
            Val::from(event.salt),
            Val::from(body),
            Val::from(digest),
        ]);
    }
    tx.bulk_ahead("event", COLUMNS, cells).await?;
    Ok(Position { epoch, number })
}

pub(crate) fn recorded(row: &Row<'_>) -> Result<Recorded> {
    let kind = EventKind::parse(row.text(7)?).ok_or_else(|| row.broken(7, "未知的办理种类"))?;
    Ok(Recorded {
        position: Position { epoch: row.int(0)?, number: row.int(1)? },
        recorded_at: Instant::from_micros(row.int(2)?),
        effective: crate::certificate::day(row, 3)?,
        actor: row.text(4)?.to_owned(),
        authority: row.opt_int(5)?,
        door: row.text(6)?.to_owned(),
        kind,
        object_id: row.int(8)?,
        edition: row.opt_int(9)?.map(|n| n as u32),
        document: row.text(10)?.to_owned(),
        body: row.blob(11)?.to_vec(),
    })
}

/// The events of one object, oldest first.
pub async fn of_object(
    reader: Reader<'_>,
    object: domain::Object,
    id: i64,
    limit: u32,
) -> Result<Vec<Recorded>> {
    let sql = "select epoch, position, recorded_at, effective_day, actor, authority_id, door, kind, object_id, edition,
        document, body from event where object = $1 and object_id = $2 order by epoch, position limit $3";
    reader.query(sql, &[object.key().into(), id.into(), limit.into()], recorded).await
}

/// The events of these objects, each object's oldest first.
pub async fn of_objects(reader: Reader<'_>, object: domain::Object, ids: Vec<i64>) -> Result<Vec<Recorded>> {
    let sql = "select epoch, position, recorded_at, effective_day, actor, authority_id, door, kind, object_id, edition,
        document, body from event where object = $1 and object_id = any($2) order by object_id, epoch, position";
    reader.query(sql, &[object.key().into(), Val::Ints(ids)], recorded).await
}

/// The events of one authority before a position, newest first.
pub async fn of_authority(
    reader: Reader<'_>,
    authority: domain::AuthorityId,
    before: Option<Position>,
    limit: u32,
) -> Result<Vec<Recorded>> {
    let before = before.unwrap_or(Position { epoch: i64::MAX, number: i64::MAX });
    let sql = "select epoch, position, recorded_at, effective_day, actor, authority_id, door, kind, object_id, edition,
        document, body from event where authority_id = $1 and (epoch, position) < ($2, $3)
        order by epoch desc, position desc limit $4";
    let args = [authority.0.into(), before.epoch.into(), before.number.into(), limit.into()];
    reader.query(sql, &args, recorded).await
}

/// The events of one authority after a position, in commit order.
pub async fn after(
    reader: Reader<'_>,
    authority: domain::AuthorityId,
    after: Position,
    limit: u32,
) -> Result<Vec<Recorded>> {
    let sql = "select epoch, position, recorded_at, effective_day, actor, authority_id, door, kind, object_id, edition,
        document, body from event where authority_id = $1 and (epoch, position) > ($2, $3)
        order by epoch, position limit $4";
    let args = [authority.0.into(), after.epoch.into(), after.number.into(), limit.into()];
    reader.query(sql, &args, recorded).await
}

/// Position of the last event; number 0 in an empty register.
pub async fn last(reader: Reader<'_>) -> Result<Position> {
    // The epoch of `meta::epoch` and the position in one statement: appending holds up all other commits.
    let sql = "select m.epoch, coalesce((select max(e.position) from event e where e.epoch = m.epoch), 0)
        from (select coalesce((select cast(value as bigint) from meta where key = 'epoch'), 1) as epoch) m";
    let read = |row: &Row<'_>| Ok(Position { epoch: row.int(0)?, number: row.int(1)? });
    Ok(reader.query_one(sql, &[], read).await?.unwrap_or(Position { epoch: 1, number: 0 }))
}
