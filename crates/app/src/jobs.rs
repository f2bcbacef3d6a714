//! Long work: taken from the queue with a lease, with progress that a page can show, resumed after a crash.

use crate::{App, AppError, Ctx, Result};
use domain::{AccountId, Action, Actor, AuthorityId, BatchId, Door, Instant, JobId};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use store::job::{Job, NewJob, Progress, State};
use store::{Tx, Urgency};

/// How long a worker may be silent before its job is given to another.
pub(crate) const LEASE_SECONDS: i64 = 60;
/// Attempts before a job is given up.
const ATTEMPTS: u32 = 5;
/// Of a job each attempt of which ended its worker.
const CUT_OFF: &str = "任务多次中断，已停止。请系统管理员查看日志，排除原因后再继续。";

/// The place of a job among those of its kind that the clock asks for.
pub(crate) struct Slot<'s> {
    /// The key of `meta` under which the last one stands.
    pub(crate) key: &'static str,
    /// The last one, as it was read.
    pub(crate) last: Option<&'s str>,
    /// This one.
    pub(crate) next: &'s str,
}

impl App {
    /// Does one waiting job; `false` if there was none. The server calls it in a loop.
    pub async fn work_once(&self) -> Result<bool> {
        let now = self.now();
        let tx = self.db.begin(Urgency::Act).await?;
        for job in store::job::reclaim(&tx, ATTEMPTS, CUT_OFF, now).await?.failed {
            self.given_up(&tx, &job, CUT_OFF).await?;
        }
        let job = store::job::claim(&tx, now, now.plus_seconds(LEASE_SECONDS)).await?;
        tx.commit().await?;
        // With nothing asked for, what eases later checks: how names of bodies and addresses of sites find each other, which
        // bodies may be one, and what is wrong with what just came.
        let Some(job) = job else {
            return Ok(self.key_bodies().await? > 0
                || self.key_sites().await? > 0
                || self.pair_bodies().await? > 0
                || self.follow_quality().await? > 0);
        };
        self.run_job(&job).await?;
        Ok(true)
    }

    /// Whether anything waits: a read, so that an idle server writes nothing.
    pub async fn has_work(&self) -> Result<bool> {
        let reader = (&self.db).into();
        Ok(store::job::due(reader, self.now()).await?
            || !store::alike::due(reader, 1).await?.is_empty()
            || store::elsewhere::is_due(reader).await?
            || !store::pair::due(reader, 1).await?.is_empty()
            || self.quality_waits().await?)
    }

    /// Queues a job of the registry itself. With a slot, only if the last one is still the last: whichever node asks first queues
    /// it, and the others queue none.
    pub(crate) async fn queue(
        &self,
        kind: &'static str,
        payload: &str,
        slot: Option<Slot<'_>>,
    ) -> Result<Option<JobId>> {
        let id = self.job_id().await?;
        let now = self.now();
        let tx = self.db.begin(Urgency::Act).await?;
        if let Some(Slot { key, last, next }) = slot
            && !store::meta::advance(&tx, key, last, next).await?
        {
            return Ok(None);
        }
        let (account, authority) = (AccountId(0), AuthorityId(0));
        let job = NewJob { id, kind, payload, run_at: now, account, authority, total: 0, now };
        store::job::enqueue(&tx, &job).await?;
        tx.commit().await?;
        Ok(Some(id))
    }

    /// How far a job of a kind is; none when it has ended. `again` says how it is asked for once more.
    pub(crate) async fn made(&self, id: JobId, kind: &str, again: &str) -> Result<Option<(u32, u32)>> {
        let job = store::job::by_id((&self.db).into(), id).await?.filter(|job| job.kind == kind);
        let job = job.ok_or(AppError::NotFound)?;
        match job.state {
            State::Done => Ok(None),
            State::Failed => Err(AppError::refused(job.message, again)),
            State::Waiting | State::Running => Ok(Some((job.done, job.total))),
        }
    }

    async fn run_job(&self, job: &Job) -> Result<()> {
        let (done, total) = (AtomicU32::new(job.done), AtomicU32::new(job.total));
        let progress = |d: u32, t: u32| {
            done.store(d, Ordering::Relaxed);
            total.store(t, Ordering::Relaxed);
        };
        // Both are polled side by side: the work may hold the writer that a beat waits for.
        let beats = async {
            loop {
                tokio::time::sleep(Duration::from_millis(700)).await;
                let at = (done.load(Ordering::Relaxed), total.load(Ordering::Relaxed));
                if let Err(error) = self.beat(job, at).await {
                    return error;
                }
            }
        };
        let outcome = tokio::select! {
            outcome = self.do_job(job, &progress) => outcome,
            lost = beats => return Err(lost),
        };
        let now = self.now();
        let tx = self.db.begin(Urgency::Act).await?;
        match outcome {
            Ok(result) => store::job::finish(&tx, job, "", result.as_deref(), now).await?,
            Err(error) => {
                tracing::error!(job = job.id.0, kind = job.kind, error = %error, "job failed");
                let again = (retryable(&error) && job.attempts < ATTEMPTS)
                    .then(|| now.plus_seconds(store::job::back_off(job.attempts)));
                let message = told(&error, &format!("任务{}", job.id));
                store::job::fail(&tx, job, &message, again, now).await?;
                if again.is_none() {
                    self.given_up(&tx, job, &message).await?;
                }
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// Moves what a job was for to where a person can go on, in the transaction that gives the job up: else it would be said to
    /// be worked on for ever.
    async fn given_up(&self, tx: &Tx, job: &Job, why: &str) -> Result<()> {
        match (job.kind.as_str(), job.payload.parse().map(BatchId)) {
            ("import_check" | "import_commit", Ok(batch)) => self.interrupt_batch(tx, batch, why).await,
            (crate::interface::BATCH_KIND, Ok(batch)) => self.fail_call_batch(tx, batch, why).await,
            // Others are asked for by their own state.
            _ => Ok(()),
        }
    }

    async fn beat(&self, job: &Job, (done, total): (u32, u32)) -> Result<()> {
        let now = self.now();
        let tx = self.db.begin(Urgency::Act).await?;
        let progress = Progress { done, total, message: "" };
        store::job::heartbeat(&tx, job, progress, now.plus_seconds(LEASE_SECONDS), now).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn do_job(&self, job: &Job, progress: &(dyn Fn(u32, u32) + Sync)) -> Result<Option<Vec<u8>>> {
        let batch =
            || job.payload.parse().map(BatchId).map_err(|_| AppError::Fault(format!("任务{}的内容", job.id)));
        match job.kind.as_str() {
            "import_check" => self.check_batch(batch()?, progress).await.map(|()| None),
            "import_commit" => {
                let ctx = self.ctx_of_job(job, Door::Workbook).await?;
                self.run_commit(&ctx, batch()?, progress).await.map(|()| None)
            }
            crate::interface::BATCH_KIND => self.run_call_batch(batch()?, progress).await.map(|()| None),
            crate::quality::KIND => self.run_quality(job, progress).await.map(|()| None),
            crate::open_data::KIND => self.run_open_data(job, progress).await.map(|()| None),
            crate::printing::KIND => {
                let ctx = self.ctx_of_job(job, Door::Form).await?;
                self.run_print(&ctx, job, progress).await.map(Some)
            }
            other => Err(AppError::Fault(format!("不认识的任务种类{other}"))),
        }
    }

    /// The person who asked for the job, as he was allowed then: his rights were asked when it was queued.
    pub(crate) async fn ctx_of_job(&self, job: &Job, door: Door) -> Result<Ctx> {
        let account =
            store::account::by_id((&self.db).into(), job.account).await?.ok_or(AppError::NotFound)?;
        let level = self.tables().authority(account.authority).map(|a| a.level).ok_or(AppError::NotFound)?;
        Ok(Ctx {
            actor: Actor::Account { id: account.id, authority: account.authority, level, role: account.role },
            door,
            request_id: format!("job-{}", job.id),
            source: "job".into(),
        })
    }

    /// A job of the caller's authority, for its progress page.
    pub async fn job(&self, ctx: &Ctx, id: JobId) -> Result<Job> {
        let job = store::job::by_id((&self.db).into(), id).await?;
        self.ask(ctx, Action::CertificateRead, job.as_ref().map(|j| j.authority))?;
        job.ok_or(AppError::NotFound)
    }

    /// What the caller asked for, newest first.
    pub async fn jobs(&self, ctx: &Ctx) -> Result<Vec<Job>> {
        self.ask(ctx, Action::CertificateRead, None)?;
        Ok(store::job::list((&self.db).into(), ctx.account()?, None, 50).await?)
    }

    /// When a job that started at `from` will be done, by its pace so far; `None` while nothing is known.
    pub fn remaining(&self, from: Instant, done: u32, total: u32) -> Option<i64> {
        let passed = (self.now().micros() - from.micros()) / 1_000_000;
        (done > 0 && total >= done).then(|| passed * i64::from(total - done) / i64::from(done))
    }
}

/// What people are told of work that went wrong, with what to do. A fault's own text is for the log, where `reference` finds it.
pub(crate) fn told(error: &AppError, reference: &str) -> String {
    let said = match error {
        AppError::Fault(_) => format!("系统内部错误（{reference}）"),
        AppError::Invalid(_)
        | AppError::Refused { .. }
        | AppError::Forbidden
        | AppError::NotFound
        | AppError::SignedOut
        | AppError::NotReady { .. }
        | AppError::Store(_) => error.to_string(),
    };
    format!("{}。{}", said.trim_end_matches('。'), error.hint())
}

/// Whether trying again later may help.
fn retryable(error: &AppError) -> bool {
    match error {
        AppError::Store(_) | AppError::Fault(_) | AppError::NotReady { .. } => true,
        AppError::Invalid(_)
        | AppError::Refused { .. }
        | AppError::Forbidden
        | AppError::NotFound
        | AppError::SignedOut => false,
    }
}
