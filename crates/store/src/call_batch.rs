//! 批量作业: lines of a caller, worked through one after the other; see also [`crate::batch_answer`] and [`crate::upload`].
use domain::{AuthorityId, BatchId, ClientId, Instant};

use crate::{Reader, Result, Row, Tx, cell};

/// Where a batch stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Its lines are on their way in.
    Receiving,
    /// All lines are here; they are worked through.
    Working,
    /// Every line has its answer.
    Done,
    /// It could not be received or read; the message says why.
    Failed,
}

impl State {
    /// All states.
    pub const ALL: [State; 4] = [State::Receiving, State::Working, State::Done, State::Failed];

    /// The word in the database and in JSON.
    pub fn key(self) -> &'static str {
        match self {
            State::Receiving => "receiving",
            State::Working => "working",
            State::Done => "done",
            State::Failed => "failed",
        }
    }
}

/// Lines by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Done without a remark.
    pub ok: u32,
    /// Done with warnings.
    pub warned: u32,
    /// Not done.
    pub failed: u32,
}

/// One batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallBatch {
    /// Its key, from the series of imports.
    pub id: BatchId,
    /// For whom.
    pub authority: AuthorityId,
    /// By which system.
    pub client: ClientId,
    /// What is asked for each line.
    pub act: String,
    /// Where it stands.
    pub state: State,
    /// SHA-256 of what was sent.
    pub digest: [u8; 32],
    /// How long that is.
    pub bytes: u64,
    /// Lines answered.
    pub done: u32,
    /// And how.
    pub tally: Tally,
    /// A sentence for people; may be empty.
    pub message: String,
    /// When it began.
    pub created_at: Instant,
    /// When it moved last.
    pub updated_at: Instant,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, authority_id, client_id, act, state, digest, bytes, done, ok, warned, failed, message, created_at,
            updated_at from call_batch ",
            $rest
        )
    };
}

fn read(row: &Row<'_>) -> Result<CallBatch> {
    let state = row.text(4)?;
    let state = State::ALL.into_iter().find(|it| it.key() == state);
    Ok(CallBatch {
        id: BatchId(row.int(0)?),
        authority: AuthorityId(row.int(1)?),
        client: ClientId(row.int(2)?),
        act: cell::string(row, 3)?,
        state: state.ok_or_else(|| row.broken(4, "未知的作业状态"))?,
        digest: row.bytes(5)?,
        bytes: cell::total(row, 6)?,
        done: cell::count(row, 7)?,
        tally: Tally {
            ok: cell::count(row, 8)?,
            warned: cell::count(row, 9)?,
            failed: cell::count(row, 10)?,
        },
        message: cell::string(row, 11)?,
        created_at: cell::instant(row, 12)?,
        updated_at: cell::instant(row, 13)?,
    })
}

/// Begins a batch.
pub async fn create(tx: &Tx, it: &CallBatch) -> Result<()> {
    let sql =
        "insert into call_batch (id, authority_id, client_id, act, state, digest, bytes, done, ok, warned, failed,
        message, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    let args = [
        it.id.0.into(),
        it.authority.0.into(),
        it.client.0.into(),
        (&it.act).into(),
        it.state.key().into(),
        it.digest.into(),
        (it.bytes as i64).into(),
        it.done.into(),
        it.tally.ok.into(),
        it.tally.warned.into(),
        it.tally.failed.into(),
        (&it.message).into(),
        it.created_at.micros().into(),
        it.updated_at.micros().into(),
    ];
    tx.exec_one(sql, &args).await
}

/// The batch of a key.
pub async fn by_id(reader: Reader<'_>, id: BatchId) -> Result<Option<CallBatch>> {
    reader.query_one(select!("where id = $1"), &[id.0.into()], read).await
}

/// The newest batch of these very lines by the same authority for the same act that is being worked, or was done to the
/// last line.
pub async fn latest(
    reader: Reader<'_>,
    authority: AuthorityId,
    act: &str,
    digest: &[u8; 32],
) -> Result<Option<CallBatch>> {
    let sql = select!(
        "where digest = $1 and authority_id = $2 and act = $3 and (state = 'working' or (state = 'done' and failed = 0))
        order by id desc limit 1"
    );
    reader.query_one(sql, &[digest.into(), authority.0.into(), act.into()], read).await
}

/// One page of an authority's batches, newest first, before the key of the last one shown.
pub async fn list(
    reader: Reader<'_>,
    authority: AuthorityId,
    before: Option<BatchId>,
    limit: u32,
) -> Result<Vec<CallBatch>> {
    let before = before.map_or(i64::MAX, |it| it.0);
    let sql = select!("where authority_id = $1 and id < $2 order by id desc limit $3");
    reader.query(sql, &[authority.0.into(), before.into(), limit.into()], read).await
}

/// Batches that began before a moment and of which the last line never came: the server ended meanwhile.
pub async fn abandoned(reader: Reader<'_>, before: Instant) -> Result<Vec<BatchId>> {
    let sql = "select id from call_batch where state = 'receiving' and created_at < $1 order by id";
    reader.query(sql, &[before.micros().into()], |row| Ok(BatchId(row.int(0)?))).await
}

/// All lines are here.
pub async fn received(tx: &Tx, id: BatchId, digest: &[u8; 32], bytes: u64, now: Instant) -> Result<()> {
    let sql = "update call_batch set state = 'working', digest = $2, bytes = $3, updated_at = $4
        where id = $1 and state = 'receiving'";
    tx.exec_one(sql, &[id.0.into(), digest.into(), (bytes as i64).into(), now.micros().into()]).await
}

/// Adds lines answered, in the transaction that writes their answers.
pub async fn add_done(tx: &Tx, id: BatchId, tally: Tally, now: Instant) -> Result<()> {
    let sql =
        "update call_batch set done = done + $2, ok = ok + $3, warned = warned + $4, failed = failed + $5,
        updated_at = $6 where id = $1 and state = 'working'";
    let args = [
        id.0.into(),
        (tally.ok + tally.warned + tally.failed).into(),
        tally.ok.into(),
        tally.warned.into(),
        tally.failed.into(),
        now.micros().into(),
    ];
    tx.exec_one(sql, &args).await
}

/// Ends it, done or failed. [`crate::StoreError::Conflict`] if it has ended.
pub async fn end(tx: &Tx, id: BatchId, state: State, message: &str, now: Instant) -> Result<()> {
    let sql = "update call_batch set state = $2, message = $3, updated_at = $4
        where id = $1 and state in ('receiving', 'working')";
    tx.exec_one(sql, &[id.0.into(), state.key().into(), message.into(), now.micros().into()]).await
}
