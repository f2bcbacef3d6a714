//! 批量作业: up to 100,000 items, one a line (NDJSON), worked through in the background. Each line is final once it is answered;
//! a crash resumes, and a line done but not yet answered is answered from its record.

use super::answer::{ItemAnswer, ItemOutcome, failed_as};
use super::call_act::CallAct;
use super::item::Fault;
use crate::import::blocking;
use crate::keys::Bound;
use crate::{App, AppError, Ctx, Result};
use domain::{Actor, BatchId, ClientId, Door};
use serde_json::Value;
use sha2::{Digest, Sha256};
use store::Urgency;
use store::batch_answer::Answer;
use store::call_batch::{CallBatch, State, Tally};

/// The job that works through a batch.
pub(crate) const KIND: &str = "call_batch";
/// Lines of a batch at most.
pub const MOST_LINES: u32 = 100_000;
/// Bytes of a batch at most.
pub const MOST_BYTES: u64 = 1 << 30;
/// Bytes of one stored part of what came.
const PART: usize = 1 << 20;
/// Longest line: a certificate with 30,000 capability rows.
const LINE: usize = 32 << 20;
/// Seconds in which a batch is received, or never will be.
const RECEIVING: i64 = 86_400;
/// Lines worked at a time: several transactions of usual certificates, of which one is judged while another is written.
const STEP: usize = 1_000;
/// Bytes of lines worked at a time.
const STEP_BYTES: usize = 4 << 20;

/// A batch that is being received: parts are kept as they come, so that no body stands in memory.
pub struct Receiving<'a> {
    app: &'a App,
    batch: CallBatch,
    sha: Sha256,
    part: Vec<u8>,
    parts: u32,
    bytes: u64,
    lines: u32,
    open_line: bool,
}

impl App {
    /// Begins to receive a batch.
    pub async fn receive_batch(&self, ctx: &Ctx, act: CallAct) -> Result<Receiving<'_>> {
        let authority = ctx.authority()?;
        self.ask(ctx, act.action(), Some(authority))?;
        let Actor::Client { id: client, .. } = ctx.actor else { return Err(AppError::Forbidden) };
        let now = self.now();
        let batch = CallBatch {
            id: BatchId(self.ids("batch", 1).await?),
            authority,
            client,
            act: act.key().to_owned(),
            state: State::Receiving,
            digest: [0; 32],
            bytes: 0,
            done: 0,
            tally: Tally::default(),
            message: String::new(),
            created_at: now,
            updated_at: now,
        };
        let tx = self.db.begin(Urgency::Act).await?;
        store::call_batch::create(&tx, &batch).await?;
        tx.commit().await?;
        Ok(Receiving {
            app: self,
            batch,
            sha: Sha256::new(),
            part: Vec::with_capacity(PART),
            parts: 0,
            bytes: 0,
            lines: 0,
            open_line: false,
        })
    }

    /// A batch of the caller's authority.
    pub async fn call_batch(&self, ctx: &Ctx, id: BatchId) -> Result<CallBatch> {
        let batch = store::call_batch::by_id((&self.db).into(), id).await?;
        self.ask(ctx, domain::Action::CertificateRead, batch.as_ref().map(|batch| batch.authority))?;
        batch.ok_or(AppError::NotFound)
    }

    /// The answers to the lines of a batch after a line, at most `limit`.
    pub async fn call_batch_answers(
        &self,
        ctx: &Ctx,
        id: BatchId,
        after: u32,
        limit: u32,
    ) -> Result<Vec<Answer>> {
        self.call_batch(ctx, id).await?;
        Ok(store::batch_answer::list((&self.db).into(), id, after, limit.clamp(1, 5_000)).await?)
    }

    /// The job behind [`Receiving::end`]; run again after a crash it resumes.
    pub(crate) async fn run_call_batch(
        &self,
        id: BatchId,
        progress: &(dyn Fn(u32, u32) + Sync),
    ) -> Result<()> {
        let batch = store::call_batch::by_id((&self.db).into(), id).await?.ok_or(AppError::NotFound)?;
        if batch.state != State::Working {
            return Ok(());
        }
        let act = CallAct::parse(&batch.act).ok_or_else(|| AppError::Fault(format!("作业{id}的种类")))?;
        let ctx = self.ctx_of_client(batch.client, id).await?;
        let (state, message) = match self.work_through(&ctx, act, id, progress).await {
            Ok(()) => (State::Done, String::new()),
            // Trying again would not help; what was answered stands.
            Err(AppError::Refused { message, hint }) => (State::Failed, format!("{message}。{hint}")),
            Err(AppError::Forbidden) => (State::Failed, "该系统已停用或没有这项权限".to_owned()),
            Err(error) => return Err(error),
        };
        let tx = self.db.begin(Urgency::Batch).await?;
        store::call_batch::end(&tx, id, state, &message, self.now()).await?;
        store::upload::delete(&tx, id).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends a batch whose job was given up: what was answered stands, and the same lines may be sent again.
    pub(crate) async fn fail_call_batch(&self, tx: &store::Tx, id: BatchId, why: &str) -> Result<()> {
        let batch = store::call_batch::by_id(tx.into(), id).await?;
        if batch.is_some_and(|batch| batch.state == State::Working) {
            store::call_batch::end(tx, id, State::Failed, why, self.now()).await?;
            store::upload::delete(tx, id).await?;
        }
        Ok(())
    }

    /// Ends batches that a server which ended was receiving, and removes what it had of them. How many.
    pub async fn purge_batches(&self) -> Result<usize> {
        let now = self.now();
        let abandoned = store::call_batch::abandoned((&self.db).into(), now.plus_seconds(-RECEIVING)).await?;
        for id in &abandoned {
            let tx = self.db.begin(Urgency::Batch).await?;
            store::call_batch::end(&tx, *id, State::Failed, "接收中断，请重新发送", now).await?;
            store::upload::delete(&tx, *id).await?;
            tx.commit().await?;
        }
        Ok(abandoned.len())
    }

    async fn work_through(
        &self,
        ctx: &Ctx,
        act: CallAct,
        id: BatchId,
        progress: &(dyn Fn(u32, u32) + Sync),
    ) -> Result<()> {
        let mut lines = Lines::new(self, id);
        let mut done = store::batch_answer::last((&self.db).into(), id).await?;
        lines.skip(done).await?;
        let mut ahead = read(lines.step().await?).await?;
        while !ahead.is_empty() {
            // The next lines are read while these are worked: first in the line, so that they begin before SQLite is asked.
            let (next, answers) =
                tokio::join!(async { read(lines.step().await?).await }, self.work_lines(ctx, act, ahead));
            let answers = answers?;
            self.keep_answers(id, done, &answers).await?;
            done += answers.len() as u32;
            progress(done, done);
            ahead = next?;
        }
        Ok(())
    }

    /// One answer a line: what is no JSON is told as such.
    async fn work_lines(&self, ctx: &Ctx, act: CallAct, lines: Vec<ReadLine>) -> Result<Vec<ItemAnswer>> {
        let mut answers: Vec<Option<ItemAnswer>> = Vec::with_capacity(lines.len());
        let mut items = Vec::with_capacity(lines.len());
        for line in lines {
            match line {
                Ok(value) => {
                    items.push(value);
                    answers.push(None);
                }
                Err(column) => {
                    let message = format!("不是有效的 JSON（第{column}列）");
                    let hint = "每行一个完整的 JSON 对象，UTF-8 编码，行内不换行。";
                    answers.push(Some(failed_as("", vec![Fault::error("", "not_json", message, hint)])));
                }
            }
        }
        let mut done = self.call_items(ctx, act, items, Urgency::Batch).await?.into_iter();
        let lost = || AppError::Fault("批量作业中有一行没有答复".into());
        answers.into_iter().map(|answer| answer.or_else(|| done.next()).ok_or_else(lost)).collect()
    }

    async fn keep_answers(&self, id: BatchId, done: u32, answers: &[ItemAnswer]) -> Result<()> {
        let mut tally = Tally::default();
        let mut rows = Vec::with_capacity(answers.len());
        for (line, answer) in (done + 1..).zip(answers) {
            match answer.outcome {
                ItemOutcome::Ok => tally.ok += 1,
                ItemOutcome::Warned => tally.warned += 1,
                ItemOutcome::Error => tally.failed += 1,
            }
            let json = serde_json::to_string(answer).map_err(|e| AppError::Fault(e.to_string()))?;
            rows.push(Answer { line, outcome: answer.outcome.key().to_owned(), answer: json });
        }
        let tx = self.db.begin(Urgency::Batch).await?;
        store::batch_answer::insert(&tx, id, &rows).await?;
        store::call_batch::add_done(&tx, id, tally, self.now()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The system that sent a batch, as it is allowed now.
    async fn ctx_of_client(&self, client: ClientId, batch: BatchId) -> Result<Ctx> {
        let client = store::client::by_id((&self.db).into(), client).await?.ok_or(AppError::NotFound)?;
        let grants = if client.disabled { domain::Grants::default() } else { client.grants };
        Ok(Ctx {
            actor: Actor::Client { id: client.id, authority: client.authority, grants },
            door: Door::Interface,
            request_id: format!("batch-{batch}"),
            source: "job".into(),
        })
    }
}

impl Receiving<'_> {
    /// Takes bytes in.
    ///
    /// # Errors
    /// [`AppError::Refused`] beyond the limits; the batch is then failed.
    pub async fn take(&mut self, mut bytes: &[u8]) -> Result<()> {
        self.sha.update(bytes);
        self.bytes += bytes.len() as u64;
        for byte in bytes {
            if *byte == b'\n' {
                self.lines += u32::from(self.open_line);
                self.open_line = false;
            } else if !byte.is_ascii_whitespace() {
                self.open_line = true;
            }
        }
        if self.bytes > MOST_BYTES || self.lines > MOST_LINES {
            let message = format!("批量作业超过{MOST_LINES}行或{}GB", MOST_BYTES >> 30);
            return self.fail(&message).await;
        }
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(PART - self.part.len()));
            self.part.extend_from_slice(now);
            bytes = later;
            if self.part.len() == PART {
                self.keep().await?;
            }
        }
        Ok(())
    }

    async fn keep(&mut self) -> Result<()> {
        let place = Bound::Upload(self.batch.id.0, i64::from(self.parts));
        let cipher = self.app.keys.seal(place, &self.part);
        let chunk = store::upload::Chunk { n: self.parts, name: "ndjson".into() };
        let tx = self.app.db.begin(Urgency::Batch).await?;
        store::upload::put(&tx, self.batch.id, &chunk, &cipher).await?;
        tx.commit().await?;
        self.parts += 1;
        self.part.clear();
        Ok(())
    }

    async fn fail(&mut self, message: &str) -> Result<()> {
        self.give_up(message).await?;
        Err(AppError::refused(message, "请分成几批发送。"))
    }

    /// Ends a batch of which not all came, or not what was signed: nothing of it is kept or worked on.
    pub async fn give_up(&mut self, message: &str) -> Result<()> {
        let app = self.app;
        let tx = app.db.begin(Urgency::Batch).await?;
        store::call_batch::end(&tx, self.batch.id, State::Failed, message, app.now()).await?;
        store::upload::delete(&tx, self.batch.id).await?;
        tx.commit().await?;
        Ok(())
    }

    /// All is here: queues the work. The very same lines again give the batch that they were, while it is worked or where
    /// all of them were done: lines that failed may do now. A check is asked anew, since it tells what would be today.
    ///
    /// # Errors
    /// [`AppError::Refused`] if there was no line.
    pub async fn end(mut self, ctx: &Ctx) -> Result<CallBatch> {
        self.lines += u32::from(self.open_line);
        if self.lines == 0 {
            let message = "没有收到任何一行";
            self.give_up(message).await?;
            return Err(AppError::refused(message, "每行一个完整的 JSON 对象，行与行之间换行。"));
        }
        let digest: [u8; 32] = self.sha.clone().finalize().into();
        let (app, id) = (self.app, self.batch.id);
        let reader = (&app.db).into();
        let known = match self.batch.act == CallAct::Check.key() {
            true => None,
            false => {
                store::call_batch::latest(reader, self.batch.authority, &self.batch.act, &digest).await?
            }
        };
        if let Some(known) = known {
            self.give_up("与之前的作业相同").await?;
            return Ok(known);
        }
        if !self.part.is_empty() {
            self.keep().await?;
        }
        let job = app.job_id().await?;
        let tx = app.db.begin(Urgency::Act).await?;
        store::call_batch::received(&tx, id, &digest, self.bytes, app.now()).await?;
        app.enqueue(&tx, ctx, job, KIND, &id.to_string()).await?;
        tx.commit().await?;
        self.app.call_batch(ctx, id).await
    }
}

/// A line: its value, or the column from which it is none.
type ReadLine = std::result::Result<Value, usize>;

/// Reads lines on a blocking thread.
async fn read(lines: Vec<Vec<u8>>) -> Result<Vec<ReadLine>> {
    let value = |line: Vec<u8>| serde_json::from_slice(&line).map_err(|error| error.column());
    blocking(move || lines.into_iter().map(value).collect()).await
}

/// The lines of a batch, read part by part.
struct Lines<'a> {
    app: &'a App,
    batch: BatchId,
    part: u32,
    ended: bool,
    /// Read and not yet handed out.
    buffer: Vec<u8>,
    at: usize,
}

impl<'a> Lines<'a> {
    fn new(app: &'a App, batch: BatchId) -> Lines<'a> {
        Lines { app, batch, part: 0, ended: false, buffer: Vec::new(), at: 0 }
    }

    async fn skip(&mut self, lines: u32) -> Result<()> {
        for _ in 0..lines {
            self.next().await?;
        }
        Ok(())
    }

    /// The next lines to be worked together; none at the end.
    async fn step(&mut self) -> Result<Vec<Vec<u8>>> {
        let (mut lines, mut bytes) = (Vec::new(), 0);
        while lines.len() < STEP && bytes < STEP_BYTES {
            let Some(line) = self.next().await? else { break };
            bytes += line.len();
            lines.push(line);
        }
        Ok(lines)
    }

    /// The next line that is not blank.
    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        loop {
            if let Some(end) = self.buffer[self.at..].iter().position(|byte| *byte == b'\n') {
                let line = self.buffer[self.at..self.at + end].trim_ascii().to_vec();
                self.at += end + 1;
                if !line.is_empty() {
                    return Ok(Some(line));
                }
                continue;
            }
            if !self.ended {
                self.more().await?;
                continue;
            }
            let rest = self.buffer[self.at..].trim_ascii().to_vec();
            self.at = self.buffer.len();
            return Ok((!rest.is_empty()).then_some(rest));
        }
    }

    async fn more(&mut self) -> Result<()> {
        self.buffer.drain(..self.at);
        self.at = 0;
        if self.buffer.len() > LINE {
            let message = format!("有一行超过{}MB", LINE >> 20);
            return Err(AppError::refused(message, "每行一张证书；请核对行与行之间是否换行。"));
        }
        match store::upload::get((&self.app.db).into(), self.batch, self.part).await? {
            Some(cipher) => {
                let place = Bound::Upload(self.batch.0, i64::from(self.part));
                self.buffer.extend(self.app.keys.open_sealed(place, &cipher)?);
                self.part += 1;
            }
            None => self.ended = true,
        }
        Ok(())
    }
}
