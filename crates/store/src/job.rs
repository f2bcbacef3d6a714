//! Background work: imports, batch prints, exports. A job is claimed under a lease that its worker renews; a worker
//! that dies loses the lease and the job is claimed again, so every job must be able to resume.
//!
//! The attempt a worker was given is its fencing token: once the job was reclaimed, everything the old worker says is
//! [`crate::StoreError::Conflict`], and it must stop.
use domain::{AccountId, AuthorityId, Instant, JobId};

use crate::{Reader, Result, Row, Tx, cell};

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// To be claimed from its moment on.
    Waiting,
    /// Claimed, until its lease ends.
    Running,
    /// Done; the result stands.
    Done,
    /// Given up; the message says why.
    Failed,
}

impl State {
    /// All states.
    pub const ALL: [State; 4] = [State::Waiting, State::Running, State::Done, State::Failed];

    /// The word in the database and in JSON.
    pub fn key(self) -> &'static str {
        match self {
            State::Waiting => "waiting",
            State::Running => "running",
            State::Done => "done",
            State::Failed => "failed",
        }
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            State::Waiting => "等待中",
            State::Running => "进行中",
            State::Done => "已完成",
            State::Failed => "失败",
        }
    }
}

/// A job to be done.
#[derive(Clone, Debug)]
pub struct NewJob<'a> {
    /// Its key, from [`crate::ids`].
    pub id: JobId,
    /// What is to be done, a word the worker knows.
    pub kind: &'a str,
    /// With what: JSON, no personal fields.
    pub payload: &'a str,
    /// Not before this moment.
    pub run_at: Instant,
    /// Who asked for it.
    pub account: AccountId,
    /// For which authority.
    pub authority: AuthorityId,
    /// Steps in all, 0 if not known yet.
    pub total: u32,
    /// When it was asked for.
    pub now: Instant,
}

/// A job as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its key.
    pub id: JobId,
    /// What is to be done.
    pub kind: String,
    /// With what.
    pub payload: String,
    /// Where it stands.
    pub state: State,
    /// Not before this moment.
    pub run_at: Instant,
    /// The lease of the running attempt ends here.
    pub lease_until: Instant,
    /// How often it was claimed: the fencing token of the attempt.
    pub attempts: u32,
    /// Who asked for it.
    pub account: AccountId,
    /// For which authority.
    pub authority: AuthorityId,
    /// Steps done.
    pub done: u32,
    /// Steps in all, 0 if not known.
    pub total: u32,
    /// A sentence for people about where it stands; may be empty.
    pub message: String,
    /// What it made, in the form its kind says.
    pub result: Option<Vec<u8>>,
    /// When it was asked for.
    pub created_at: Instant,
    /// When it moved last.
    pub updated_at: Instant,
}

/// How far a worker is.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// Steps done.
    pub done: u32,
    /// Steps in all, 0 if not known.
    pub total: u32,
    /// A sentence for people; may be empty.
    pub message: &'a str,
}

macro_rules! columns {
    () => {
        "id, kind, payload, state, run_at, lease_until, attempts, account_id, authority_id, done, total, message,
        result, created_at, updated_at"
    };
}

fn read(row: &Row<'_>) -> Result<Job> {
    let word = row.text(3)?;
    let state = State::ALL.into_iter().find(|it| it.key() == word);
    Ok(Job {
        id: JobId(row.int(0)?),
        kind: cell::string(row, 1)?,
        payload: cell::string(row, 2)?,
        state: state.ok_or_else(|| row.broken(3, "未知的任务状态"))?,
        run_at: cell::instant(row, 4)?,
        lease_until: cell::instant(row, 5)?,
        attempts: cell::count(row, 6)?,
        account: AccountId(row.int(7)?),
        authority: AuthorityId(row.int(8)?),
        done: cell::count(row, 9)?,
        total: cell::count(row, 10)?,
        message: cell::string(row, 11)?,
        result: row.opt_blob(12)?.map(<[u8]>::to_vec),
        created_at: cell::instant(row, 13)?,
        updated_at: cell::instant(row, 14)?,
    })
}

/// Puts a job in the queue.
pub async fn enqueue(tx: &Tx, job: &NewJob<'_>) -> Result<()> {
    let sql =
        "insert into job (id, kind, payload, state, run_at, lease_until, attempts, account_id, authority_id,
        done, total, message, result, created_at, updated_at)
        values ($1, $2, $3, $4, $5, 0, 0, $6, $7, 0, $8, '', null, $9, $9)";
    let args = [
        job.id.0.into(),
        job.kind.into(),
        job.payload.into(),
        State::Waiting.key().into(),
        job.run_at.micros().into(),
        job.account.0.into(),
        job.authority.0.into(),
        job.total.into(),
        job.now.micros().into(),
    ];
    tx.exec_one(sql, &args).await
}

/// Claims the job that waits longest, under a lease; `None` if none is due. Any number of workers may ask at once:
/// each gets another job.
pub async fn claim(tx: &Tx, now: Instant, lease_until: Instant) -> Result<Option<Job>> {
    let sql = concat!(
        "update job set state = 'running', lease_until = $2, attempts = attempts + 1, updated_at = $1
        where id = (select id from job where state = 'waiting' and run_at <= $1
            order by run_at, id limit 1 {skip_locked}) returning ",
        columns!()
    );
    tx.query_one(sql, &[now.micros().into(), lease_until.micros().into()], read).await
}

/// Renews the lease of `claimed` and notes how far it is. [`crate::StoreError::Conflict`] if the lease was lost.
pub async fn heartbeat(
    tx: &Tx,
    claimed: &Job,
    progress: Progress<'_>,
    lease_until: Instant,
    now: Instant,
) -> Result<()> {
    let sql = "update job set done = $3, total = $4, message = $5, lease_until = $6, updated_at = $7
        where id = $1 and attempts = $2 and state = 'running'";
    let args = [
        claimed.id.0.into(),
        claimed.attempts.into(),
        progress.done.into(),
        progress.total.into(),
        progress.message.into(),
        lease_until.micros().into(),
        now.micros().into(),
    ];
    tx.exec_one(sql, &args).await
}

/// Renews the lease of `claimed` without a word on how far it is: in the transaction of what a worker writes, so that one
/// that lost its lease writes nothing. [`crate::StoreError::Conflict`] if it did.
pub async fn renew(tx: &Tx, claimed: &Job, lease_until: Instant) -> Result<()> {
    let sql = "update job set lease_until = $3 where id = $1 and attempts = $2 and state = 'running'";
    tx.exec_one(sql, &[claimed.id.0.into(), claimed.attempts.into(), lease_until.micros().into()]).await
}

/// The job is done. [`crate::StoreError::Conflict`] if the lease was lost.
pub async fn finish(
    tx: &Tx,
    claimed: &Job,
    message: &str,
    result: Option<&[u8]>,
    now: Instant,
) -> Result<()> {
    let sql =
        "update job set state = 'done', done = case when total > 0 then total else done end, message = $3,
        result = $4, updated_at = $5 where id = $1 and attempts = $2 and state = 'running'";
    let args =
        [claimed.id.0.into(), claimed.attempts.into(), message.into(), result.into(), now.micros().into()];
    tx.exec_one(sql, &args).await
}

/// Seconds to wait after the given attempt failed: 2, 4, 8… up to 10 minutes, so that a database or disk that is
/// away for a while is not asked without pause.
pub fn back_off(attempts: u32) -> i64 {
    (1_i64 << attempts.clamp(1, 10)).min(600)
}

/// The attempt failed: it waits for `again_at`, or is given up if that is `None`. The message is for people.
/// [`crate::StoreError::Conflict`] if the lease was lost.
pub async fn fail(
    tx: &Tx,
    claimed: &Job,
    message: &str,
    again_at: Option<Instant>,
    now: Instant,
) -> Result<()> {
    let sql = "update job set state = $3, run_at = $4, message = $5, updated_at = $6
        where id = $1 and attempts = $2 and state = 'running'";
    let state = if again_at.is_some() { State::Waiting } else { State::Failed };
    let args = [
        claimed.id.0.into(),
        claimed.attempts.into(),
        state.key().into(),
        again_at.unwrap_or(claimed.run_at).micros().into(),
        message.into(),
        now.micros().into(),
    ];
    tx.exec_one(sql, &args).await
}

/// A job by its key.
pub async fn by_id(reader: Reader<'_>, id: JobId) -> Result<Option<Job>> {
    let sql = concat!("select ", columns!(), " from job where id = $1");
    reader.query_one(sql, &[id.0.into()], read).await
}

/// One page of what an account asked for, newest first, before the key of the last one shown.
pub async fn list(
    reader: Reader<'_>,
    account: AccountId,
    before: Option<JobId>,
    limit: u32,
) -> Result<Vec<Job>> {
    let sql = concat!(
        "select ",
        columns!(),
        " from job where account_id = $1 and id < $2 order by id desc limit $3"
    );
    let before = before.map_or(i64::MAX, |it| it.0);
    reader.query(sql, &[account.0.into(), before.into(), limit.into()], read).await
}

/// What [`reclaim`] did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reclaimed {
    /// Put back in the queue.
    pub waiting: u64,
    /// Given up, as they stand now: each attempt ended its worker. What they were for is to be told.
    pub failed: Vec<Job>,
}

/// Whether a job waits to be claimed, or a lease has ended: a look before [`claim`], so that an idle worker writes
/// nothing.
pub async fn due(reader: Reader<'_>, now: Instant) -> Result<bool> {
    let sql = "select id from job where (state = 'waiting' and run_at <= $1) or (state = 'running' and lease_until < $1) limit 1";
    Ok(reader.query_one(sql, &[now.micros().into()], |row| row.int(0)).await?.is_some())
}

/// Takes back the jobs of which the lease has ended: to the queue, or given up with `message` after `most` attempts.
pub async fn reclaim(tx: &Tx, most: u32, message: &str, now: Instant) -> Result<Reclaimed> {
    let give_up = concat!(
        "update job set state = 'failed', message = $3, updated_at = $1
        where state = 'running' and lease_until < $1 and attempts >= $2 returning ",
        columns!()
    );
    let again = "update job set state = 'waiting', run_at = $1, updated_at = $1
        where state = 'running' and lease_until < $1";
    let failed = tx.query(give_up, &[now.micros().into(), most.into(), message.into()], read).await?;
    let waiting = tx.exec(again, &[now.micros().into()]).await?;
    Ok(Reclaimed { waiting, failed })
}
