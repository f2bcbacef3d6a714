//! 通知地址: addresses that are told of what happens to the certificates of an authority. The event table is the outbox: a
//! hook follows its positions, and what it is to be told of becomes a row of [`crate::delivery`].
//!
//! Who sends to a hook holds its lease, so that a hook is sent one delivery at a time, by one node.
use domain::{AuthorityId, ClientId, EventKind, HookId, Instant};

use crate::{Reader, Result, Row, Tx, cell, event::Position};

/// One hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// Its key, from [`crate::ids`].
    pub id: HookId,
    /// Whose system it is; never changed.
    pub client: ClientId,
    /// Of whose certificates it is told; never changed.
    pub authority: AuthorityId,
    /// Where it is told.
    pub url: String,
    /// What signatures are made with, encrypted.
    pub secret: Vec<u8>,
    /// Keys of the kinds of events it is told of, parted by blanks; empty for all.
    pub kinds: String,
    /// Whether it is also told of acts of other authorities that concern its own.
    pub others: bool,
    /// 已停用.
    pub disabled: bool,
    /// Events up to here were turned into deliveries.
    pub at: Position,
    /// Nothing is sent before this moment: a lease ends, or a rest after failures.
    pub next_at: Instant,
    /// Failures since the last success.
    pub failures: u32,
    /// When it last took something.
    pub last_done_at: Option<Instant>,
    /// When it was set up.
    pub created_at: Instant,
}

macro_rules! columns {
    () => {
        "hook.id, hook.client_id, hook.authority_id, hook.url, hook.secret, hook.kinds, hook.disabled, hook.epoch,
        hook.position, hook.next_at, hook.failures, hook.last_done_at, hook.created_at, hook.others"
    };
}

/// What makes a hook one that is told: neither it nor its system is disabled.
macro_rules! enabled {
    () => {
        " from hook join client on client.id = hook.client_id where hook.disabled = 0 and client.disabled = 0"
    };
}

fn read(row: &Row<'_>) -> Result<Hook> {
    Ok(Hook {
        id: HookId(row.int(0)?),
        client: ClientId(row.int(1)?),
        authority: AuthorityId(row.int(2)?),
        url: cell::string(row, 3)?,
        secret: row.blob(4)?.to_vec(),
        kinds: cell::string(row, 5)?,
        disabled: row.bool(6)?,
        at: Position { epoch: row.int(7)?, number: row.int(8)? },
        next_at: cell::instant(row, 9)?,
        failures: cell::count(row, 10)?,
        last_done_at: row.opt_int(11)?.map(Instant::from_micros),
        created_at: cell::instant(row, 12)?,
        others: row.bool(13)?,
    })
}

/// Sets a hook up.
pub async fn create(tx: &Tx, it: &Hook) -> Result<()> {
    let sql = "insert into hook (id, client_id, authority_id, url, secret, kinds, disabled, epoch, position, next_at,
        failures, last_done_at, created_at, others)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    let args = [
        it.id.0.into(),
        it.client.0.into(),
        it.authority.0.into(),
        (&it.url).into(),
        it.secret.as_slice().into(),
        (&it.kinds).into(),
        it.disabled.into(),
        it.at.epoch.into(),
        it.at.number.into(),
        it.next_at.micros().into(),
        it.failures.into(),
        it.last_done_at.map(Instant::micros).into(),
        it.created_at.micros().into(),
        it.others.into(),
    ];
    tx.exec_one(sql, &args).await
}

/// Replaces what an officer may change of a hook: address, kinds, of whose acts it is told, whether it is disabled.
/// [`crate::StoreError::Conflict`] if there is no such one.
pub async fn update(tx: &Tx, it: &Hook) -> Result<()> {
    let sql = "update hook set url = $2, kinds = $3, disabled = $4, others = $5 where id = $1";
    let args = [it.id.0.into(), (&it.url).into(), (&it.kinds).into(), it.disabled.into(), it.others.into()];
    tx.exec_one(sql, &args).await
}

/// The hook of a key.
pub async fn by_id(reader: Reader<'_>, id: HookId) -> Result<Option<Hook>> {
    let sql = concat!("select ", columns!(), " from hook where hook.id = $1");
    reader.query_one(sql, &[id.0.into()], read).await
}

/// The hooks of an authority, or of all, by key.
pub async fn list(reader: Reader<'_>, authority: Option<AuthorityId>) -> Result<Vec<Hook>> {
    match authority {
        Some(authority) => {
            let sql =
                concat!("select ", columns!(), " from hook where hook.authority_id = $1 order by hook.id");
            reader.query(sql, &[authority.0.into()], read).await
        }
        None => {
            let sql = concat!("select ", columns!(), " from hook order by hook.id");
            reader.query(sql, &[], read).await
        }
    }
}

/// The hooks that are told of events, by key.
pub async fn enabled(reader: Reader<'_>) -> Result<Vec<Hook>> {
    let sql = concat!("select ", columns!(), enabled!(), " order by hook.id");
    reader.query(sql, &[], read).await
}

/// The next events of an authority after a position, oldest first.
pub async fn ahead(
    reader: Reader<'_>,
    authority: AuthorityId,
    after: Position,
    limit: u32,
) -> Result<Vec<(Position, EventKind)>> {
    let sql =
        "select epoch, position, kind from event where authority_id = $1 and (epoch, position) > ($2, $3)
        order by epoch, position limit $4";
    let args = [authority.0.into(), after.epoch.into(), after.number.into(), limit.into()];
    let map = |row: &Row<'_>| {
        let kind = EventKind::parse(row.text(2)?).ok_or_else(|| row.broken(2, "未知的办理种类"))?;
        Ok((Position { epoch: row.int(0)?, number: row.int(1)? }, kind))
    };
    reader.query(sql, &args, map).await
}

/// The next acts of others that an authority was told of after a position, oldest first: [`crate::inbox::after`] without
/// what they say.
pub async fn ahead_of_others(
    reader: Reader<'_>,
    authority: AuthorityId,
    after: Position,
    limit: u32,
) -> Result<Vec<(Position, EventKind)>> {
    let sql = "select i.epoch, i.position, e.kind from inbox i
        join event e on e.epoch = i.epoch and e.position = i.position
        where i.authority_id = $1 and (i.epoch, i.position) > ($2, $3) and i.concern <> 'superior'
        order by i.epoch, i.position limit $4";
    let args = [authority.0.into(), after.epoch.into(), after.number.into(), limit.into()];
    let map = |row: &Row<'_>| {
        let kind = EventKind::parse(row.text(2)?).ok_or_else(|| row.broken(2, "未知的办理种类"))?;
        Ok((Position { epoch: row.int(0)?, number: row.int(1)? }, kind))
    };
    reader.query(sql, &args, map).await
}

/// Moves a hook on. [`crate::StoreError::Conflict`] if it stands elsewhere: another node did it.
pub async fn advance(tx: &Tx, id: HookId, from: Position, to: Position) -> Result<()> {
    let sql = "update hook set epoch = $4, position = $5 where id = $1 and epoch = $2 and position = $3";
    let args = [id.0.into(), from.epoch.into(), from.number.into(), to.epoch.into(), to.number.into()];
    tx.exec_one(sql, &args).await
}

/// The hooks to which something may be sent now, those that waited longest first.
pub async fn due(reader: Reader<'_>, now: Instant, limit: u32) -> Result<Vec<HookId>> {
    let sql = concat!(
        "select hook.id",
        enabled!(),
        " and hook.next_at <= $1 and exists (select 1 from delivery where delivery.hook_id = hook.id
        and delivery.state = 'waiting' and delivery.next_at <= $1) order by hook.next_at, hook.id limit $2"
    );
    reader.query(sql, &[now.micros().into(), limit.into()], |row| Ok(HookId(row.int(0)?))).await
}

/// Takes the lease of a hook; `None` if another one holds it, it rests, or it was disabled.
pub async fn lease(tx: &Tx, id: HookId, now: Instant, until: Instant) -> Result<Option<Hook>> {
    let sql = concat!(
        "update hook set next_at = $3 where id = $1 and next_at <= $2 and disabled = 0 returning ",
        columns!()
    );
    tx.query_one(sql, &[id.0.into(), now.micros().into(), until.micros().into()], read).await
}

/// How a lease ends.
#[derive(Clone, Copy, Debug)]
pub struct Release {
    /// Nothing is sent before.
    pub next_at: Instant,
    /// Failures since the last success.
    pub failures: u32,
    /// When it took something, if it did.
    pub done_at: Option<Instant>,
}

/// Gives a lease back; `false` if it had ended and is somebody else's.
pub async fn release(tx: &Tx, id: HookId, lease: Instant, to: &Release) -> Result<bool> {
    let sql = "update hook set next_at = $3, failures = $4, last_done_at = coalesce($5, last_done_at)
        where id = $1 and next_at = $2";
    let args = [
        id.0.into(),
        lease.micros().into(),
        to.next_at.micros().into(),
        to.failures.into(),
        to.done_at.map(Instant::micros).into(),
    ];
    Ok(tx.exec(sql, &args).await? == 1)
}

/// Disables a hook; `false` if it was so already.
pub async fn disable(tx: &Tx, id: HookId) -> Result<bool> {
    let sql = "update hook set disabled = 1 where id = $1 and disabled = 0";
    Ok(tx.exec(sql, &[id.0.into()]).await? == 1)
}
