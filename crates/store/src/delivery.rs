//! 通知: what a hook is told, one row an event. A delivery waits, is done, or is dead once it was tried for long enough.
use domain::{CertificateId, Code, Concern, EventKind, HookId, Instant, Number};

use crate::{
    Kind, Reader, Result, Row, Tx, cell,
    event::{self, Position, Recorded},
};

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// To be sent from its moment on.
    Waiting,
    /// The receiver took it.
    Done,
    /// Given up.
    Dead,
}

impl State {
    /// All states.
    pub const ALL: [State; 3] = [State::Waiting, State::Done, State::Dead];

    /// The word in the database and in JSON.
    pub fn key(self) -> &'static str {
        match self {
            State::Waiting => "waiting",
            State::Done => "done",
            State::Dead => "dead",
        }
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            State::Waiting => "待送达",
            State::Done => "已送达",
            State::Dead => "未送达",
        }
    }

    /// The state of a key.
    pub fn parse(key: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.key() == key)
    }
}

/// One delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// To whom.
    pub hook: HookId,
    /// Of which event.
    pub at: Position,
    /// Where it stands.
    pub state: State,
    /// How often it was tried since it was put in the queue.
    pub attempts: u32,
    /// Not sent before this moment.
    pub next_at: Instant,
    /// The status of the last answer; none if there was no answer.
    pub status: Option<u16>,
    /// Why the last try failed; empty if it did not.
    pub message: String,
    /// When it was put in the queue, the last time.
    pub created_at: Instant,
    /// When it moved last.
    pub updated_at: Instant,
}

macro_rules! columns {
    () => {
        "d.hook_id, d.epoch, d.position, d.state, d.attempts, d.next_at, d.status, d.message, d.created_at, d.updated_at"
    };
}
/// How many columns [`read`] reads.
const COLUMNS: usize = 10;
/// How many columns an event has.
const EVENT: usize = 12;

/// Reads the columns that stand from `first` on.
fn read(row: &Row<'_>, first: usize) -> Result<Delivery> {
    let status = row.opt_int(first + 6)?.map(u16::try_from).transpose();
    Ok(Delivery {
        hook: HookId(row.int(first)?),
        at: Position { epoch: row.int(first + 1)?, number: row.int(first + 2)? },
        state: State::parse(row.text(first + 3)?).ok_or_else(|| row.broken(first + 3, "未知的通知状态"))?,
        attempts: cell::count(row, first + 4)?,
        next_at: cell::instant(row, first + 5)?,
        status: status.map_err(|_| row.broken(first + 6, "不是应答状态"))?,
        message: cell::string(row, first + 7)?,
        created_at: cell::instant(row, first + 8)?,
        updated_at: cell::instant(row, first + 9)?,
    })
}

/// Puts events in the queue of a hook, due at once.
pub async fn enqueue(tx: &Tx, hook: HookId, events: &[Position], now: Instant) -> Result<u64> {
    const INTO: &[(&str, Kind)] = &[
        ("hook_id", Kind::Int),
        ("epoch", Kind::Int),
        ("position", Kind::Int),
        ("state", Kind::Text),
        ("attempts", Kind::Int),
        ("next_at", Kind::Int),
        ("message", Kind::Text),
        ("created_at", Kind::Int),
        ("updated_at", Kind::Int),
    ];
    let mut cells = Vec::with_capacity(events.len() * INTO.len());
    for at in events {
        cells.extend([
            hook.0.into(),
            at.epoch.into(),
            at.number.into(),
            State::Waiting.key().into(),
            0_u32.into(),
            now.micros().into(),
            "".into(),
            now.micros().into(),
            now.micros().into(),
        ]);
    }
    tx.bulk("delivery", INTO, cells).await
}

/// What a delivery tells of.
#[derive(Clone, Debug)]
pub struct Told {
    /// The delivery.
    pub delivery: Delivery,
    /// What was done.
    pub event: Recorded,
    /// Number of the certificate.
    pub number: Number,
    /// Its code.
    pub code: Code,
    /// Why it concerns the authority of the hook, where the certificate is another one's: which that is.
    pub other: Option<(CertificateId, Concern)>,
}

/// The deliveries of a hook that are due, those that waited longest first; of one moment in the order of their events.
pub async fn due(reader: Reader<'_>, hook: HookId, now: Instant, limit: u32) -> Result<Vec<Told>> {
    let sql = concat!(
        "select e.epoch, e.position, e.recorded_at, e.effective_day, e.actor, e.authority_id, e.door, e.kind,
        e.object_id, e.edition, e.document, e.body, c.number, c.code, i.concern, ",
        columns!(),
        " from delivery d join hook h on h.id = d.hook_id
        join event e on e.epoch = d.epoch and e.position = d.position
        join certificate c on c.id = e.object_id
        left join inbox i on i.authority_id = h.authority_id and i.epoch = d.epoch and i.position = d.position
        and i.concern <> 'superior'
        where d.hook_id = $1 and d.state = 'waiting' and d.next_at <= $2
        order by d.next_at, d.epoch, d.position limit $3"
    );
    let map = |row: &Row<'_>| {
        Ok(Told {
            event: event::recorded(row)?,
            number: number(row, EVENT)?,
            code: domain::Code::read(row.text(EVENT + 1)?).map_err(|_| row.broken(EVENT + 1, "不是码"))?,
            other: match row.opt_text(EVENT + 2)? {
                None => None,
                Some(key) => {
                    let concern = Concern::parse(key);
                    let concern = concern.ok_or_else(|| row.broken(EVENT + 2, "未知的关系"))?;
                    Some((CertificateId(row.int(8)?), concern))
                }
            },
            delivery: read(row, EVENT + 3)?,
        })
    };
    reader.query(sql, &[hook.0.into(), now.micros().into(), limit.into()], map).await
}

/// What became of a try.
#[derive(Clone, Copy, Debug)]
pub struct Settled<'a> {
    /// Where the delivery stands now.
    pub state: State,
    /// The next try, if it waits.
    pub next_at: Instant,
    /// The status of the answer.
    pub status: Option<u16>,
    /// Why it failed; empty if it did not.
    pub message: &'a str,
}

/// Notes a try of `seen`; `false` if it was put in the queue anew meanwhile.
pub async fn settle(tx: &Tx, seen: &Delivery, to: &Settled<'_>, now: Instant) -> Result<bool> {
    let sql = "update delivery set state = $6, attempts = attempts + 1, next_at = $7, status = $8, message = $9,
        updated_at = $10 where hook_id = $1 and epoch = $2 and position = $3 and state = 'waiting' and attempts = $4
        and created_at = $5";
    let args = [
        seen.hook.0.into(),
        seen.at.epoch.into(),
        seen.at.number.into(),
        seen.attempts.into(),
        seen.created_at.micros().into(),
        to.state.key().into(),
        to.next_at.micros().into(),
        to.status.map(i64::from).into(),
        to.message.into(),
        now.micros().into(),
    ];
    Ok(tx.exec(sql, &args).await? == 1)
}

/// Puts a delivery in the queue anew, whatever became of it. [`crate::StoreError::Conflict`] if there is none.
pub async fn again(tx: &Tx, hook: HookId, at: Position, now: Instant) -> Result<()> {
    let sql =
        "update delivery set state = 'waiting', attempts = 0, next_at = $4, created_at = $4, updated_at = $4
        where hook_id = $1 and epoch = $2 and position = $3";
    let args = [hook.0.into(), at.epoch.into(), at.number.into(), now.micros().into()];
    tx.exec_one(sql, &args).await
}

/// Puts dead deliveries in the queue anew, the oldest first. How many.
pub async fn again_dead(tx: &Tx, hook: HookId, limit: u32, now: Instant) -> Result<u64> {
    let sql =
        "update delivery set state = 'waiting', attempts = 0, next_at = $3, created_at = $3, updated_at = $3
        where hook_id = $1 and (epoch, position) in (select epoch, position from delivery
        where hook_id = $1 and state = 'dead' order by epoch, position limit $2)";
    tx.exec(sql, &[hook.0.into(), limit.into(), now.micros().into()]).await
}

/// A delivery as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The delivery.
    pub delivery: Delivery,
    /// What was done.
    pub kind: EventKind,
    /// When that was recorded.
    pub recorded_at: Instant,
    /// Number of the certificate.
    pub number: Number,
}

/// The deliveries of a hook before an event, the newest event first; of one state or of all.
pub async fn list(
    reader: Reader<'_>,
    hook: HookId,
    state: Option<State>,
    before: Option<Position>,
    limit: u32,
) -> Result<Vec<Listed>> {
    macro_rules! listed {
        ($condition:literal) => {
            concat!(
                "select ",
                columns!(),
                ", e.kind, e.recorded_at, c.number
                from delivery d join event e on e.epoch = d.epoch and e.position = d.position
                join certificate c on c.id = e.object_id
                where d.hook_id = $1 and (d.epoch, d.position) < ($2, $3) ",
                $condition,
                " order by d.epoch desc, d.position desc limit $4"
            )
        };
    }
    let before = before.unwrap_or(Position { epoch: i64::MAX, number: i64::MAX });
    let mut args = vec![hook.0.into(), before.epoch.into(), before.number.into(), limit.into()];
    let map = |row: &Row<'_>| {
        let kind = EventKind::parse(row.text(COLUMNS)?);
        Ok(Listed {
            delivery: read(row, 0)?,
            kind: kind.ok_or_else(|| row.broken(COLUMNS, "未知的办理种类"))?,
            recorded_at: cell::instant(row, COLUMNS + 1)?,
            number: number(row, COLUMNS + 2)?,
        })
    };
    match state {
        None => reader.query(listed!(""), &args, map).await,
        Some(state) => {
            args.push(state.key().into());
            reader.query(listed!("and d.state = $5"), &args, map).await
        }
    }
}

/// How many deliveries of a hook stand so.
pub async fn count(reader: Reader<'_>, hook: HookId, state: State) -> Result<u64> {
    let sql = "select count(*) from delivery where hook_id = $1 and state = $2";
    let args = [hook.0.into(), state.key().into()];
    Ok(reader.query_one(sql, &args, |row| cell::total(row, 0)).await?.unwrap_or(0))
}

/// Removes deliveries of a hook that were done or given up, put in the queue before a moment. How many.
pub async fn purge(tx: &Tx, hook: HookId, before: Instant, limit: u32) -> Result<u64> {
    let sql = "delete from delivery where hook_id = $1 and (epoch, position) in (select epoch, position from delivery
        where hook_id = $1 and created_at < $2 and state <> 'waiting' order by created_at limit $3)";
    tx.exec(sql, &[hook.0.into(), before.micros().into(), limit.into()]).await
}

fn number(row: &Row<'_>, column: usize) -> Result<Number> {
    Number::parse(row.text(column)?).map_err(|_| row.broken(column, "不是证书编号"))
}
