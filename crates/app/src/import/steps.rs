//! Where an import goes: committed, checked again, continued, given up by a person or by the machine.

use super::work::{Aim, Preview, Work};
use super::{Committed, Extent, Upload};
use crate::{App, AppError, Ctx, Result};
use domain::{Action, BatchId, EventKind, Object, Severity};
use std::sync::Arc;
use store::batch::{Batch, State};
use store::{Reader, Tx, Urgency};

/// Days for which the file of an import that is done is kept when lines were refused: for the annotated workbook. It holds
/// personal fields, so not for ever.
const KEPT_DAYS: i64 = 30;

/// What is said where the state does not admit the act.
fn not_now(batch: &Batch, act: &str) -> AppError {
    let hint = match batch.state {
        State::Uploading | State::Checking => "请等检查完成；超过几分钟没有进展的，请告诉系统管理员。",
        State::Committing => "正在赋码的导入会自己做完；做不下去时会停下并说明原因，刷新页面可以看到。",
        State::Interrupted => {
            "已取的编号和已赋的码不能收回：请排除原因后“继续”；确属误赋码的，完成后整批作废。"
        }
        State::Unchecked => "请先“重新检查”。",
        State::Checked => "请先核对预览，再提交或放弃。",
        State::Done | State::Discarded | State::Failed => {
            "这次导入已经结束；仍有证书要办理的，请重新上传文件。"
        }
    };
    AppError::refused(format!("导入处于“{}”，不能{act}", batch.state.label()), hint)
}

/// Whether a commit took numbers or did lines: then it can only go on. Numbers taken are kept for it, since what a counter
/// gave is never given again.
pub(super) async fn begun(reader: Reader<'_>, batch: &Batch) -> Result<bool> {
    Ok(batch.done > 0 || !store::reservation::list(reader, batch.id, 0, 1).await?.is_empty())
}

impl App {
    /// Commits a checked import, or goes on with one that was interrupted: queued, with progress on its page. How an
    /// interrupted one began, 全部或不 or good rows only, it goes on.
    pub async fn commit_batch(&self, ctx: &Ctx, id: BatchId, extent: Extent) -> Result<()> {
        let batch = self.batch(ctx, id).await?;
        self.ask(ctx, Action::Assign, Some(batch.authority))?;
        match batch.state {
            State::Checked => self.committable(&batch, extent).await?,
            State::Interrupted => self.continuable(&batch).await?,
            State::Uploading
            | State::Checking
            | State::Unchecked
            | State::Committing
            | State::Done
            | State::Discarded
            | State::Failed => return Err(not_now(&batch, "提交")),
        }
        let job = self.job_id().await?;
        let tx = self.db.begin(Urgency::Act).await?;
        self.enqueue(&tx, ctx, job, "import_commit", &id.to_string()).await?;
        if batch.state == State::Interrupted {
            self.resume(&tx, ctx, id).await?;
        } else {
            let whole = extent == Extent::Whole;
            store::batch::commit(&tx, id, whole, self.now()).await?;
            let mut event = self.event(ctx, EventKind::BatchCommit, Object::Batch, id.0);
            event.details.push(("whole", if whole { "1".into() } else { String::new() }));
            store::event::append(&tx, &[event]).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Whether a checked import may be committed.
    async fn committable(&self, batch: &Batch, extent: Extent) -> Result<()> {
        if batch.summary.fresh + batch.summary.changed == 0 {
            let hint = "请按问题清单改正后重新上传；登记库有了变化的，先“重新检查”。";
            return Err(AppError::refused("没有可以赋码或变更的证书", hint));
        }
        if extent == Extent::Whole {
            let only = Some(Severity::Error);
            let first = store::batch_problem::list((&self.db).into(), batch.id, only, 0, 1).await?;
            if let Some((_, first)) = first.into_iter().next() {
                let why = super::in_a_line(&first.sheet, first.row, &first.field, &first.message);
                let hint = format!("{}也可以选择“只导入没有错误的证书”。", first.hint);
                return Err(AppError::refused(format!("选择了“全部或不”，但有错误：{why}"), hint));
            }
        }
        if batch.summary.fresh > 0 {
            self.assigns_by_hand(batch.authority).await?;
        }
        Ok(())
    }

    /// Whether an interrupted import may go on here: the command line keeps no file.
    async fn continuable(&self, batch: &Batch) -> Result<()> {
        if !store::upload::any((&self.db).into(), batch.id).await? {
            let hint = "请把原来的 fuma import 命令再运行一次，或在“导入”页面上传同一文件后再继续。";
            return Err(AppError::refused("这次导入由命令行办理，系统中没有它的文件", hint));
        }
        if batch.summary.fresh > 0 {
            self.assigns_by_hand(batch.authority).await?;
        }
        Ok(())
    }

    async fn resume(&self, tx: &Tx, ctx: &Ctx, id: BatchId) -> Result<()> {
        store::batch::set_state(tx, id, State::Interrupted, State::Committing, "", self.now()).await?;
        let event = self.event(ctx, EventKind::BatchResume, Object::Batch, id.0);
        Ok(store::event::append(tx, &[event]).await.map(drop)?)
    }

    /// Goes on with an interrupted import in this process: the command line's, which queues no job.
    pub(super) async fn resume_here(&self, ctx: &Ctx, batch: Batch) -> Result<Batch> {
        let tx = self.db.begin(Urgency::Act).await?;
        self.resume(&tx, ctx, batch.id).await?;
        tx.commit().await?;
        Ok(Batch { state: State::Committing, ..batch })
    }

    /// Checks an import again that was checked or could not be: the registry may have changed since.
    pub async fn recheck_batch(&self, ctx: &Ctx, id: BatchId) -> Result<()> {
        let batch = self.batch(ctx, id).await?;
        self.ask(ctx, Action::ImportPreview, Some(batch.authority))?;
        match batch.state {
            State::Checked | State::Unchecked => self.check_again(ctx, &batch).await,
            State::Uploading
            | State::Checking
            | State::Committing
            | State::Interrupted
            | State::Done
            | State::Discarded
            | State::Failed => Err(not_now(&batch, "重新检查")),
        }
    }

    pub(super) async fn check_again(&self, ctx: &Ctx, batch: &Batch) -> Result<()> {
        let job = self.job_id().await?;
        let tx = self.db.begin(Urgency::Act).await?;
        store::batch::set_state(&tx, batch.id, batch.state, State::Checking, "", self.now()).await?;
        self.enqueue(&tx, ctx, job, "import_check", &batch.id.to_string()).await?;
        let event = self.event(ctx, EventKind::BatchCheck, Object::Batch, batch.id.0);
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Keeps the files of an import that has none, all or nothing: what is there is taken for whole.
    pub(super) async fn keep_again(&self, batch: BatchId, files: &[Upload]) -> Result<()> {
        let tx = self.db.begin(Urgency::Batch).await?;
        for (chunk, cipher) in self.sealed_chunks(batch, files) {
            store::upload::put(&tx, batch, &chunk, &cipher).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Where an import goes whose work was given up, with the reason: to be committed again if nothing of it was begun, else
    /// where it waits to be continued; one that was being checked, to be checked again.
    pub(crate) async fn interrupt_batch(&self, tx: &Tx, id: BatchId, why: &str) -> Result<()> {
        let Some(batch) = store::batch::by_id(tx.into(), id).await? else { return Ok(()) };
        let to = match batch.state {
            State::Checking => State::Unchecked,
            State::Committing if begun(tx.into(), &batch).await? => State::Interrupted,
            State::Committing if store::upload::any(tx.into(), id).await? => State::Checked,
            // The command line's: it is begun anew by the same command.
            State::Committing => State::Failed,
            State::Uploading
            | State::Unchecked
            | State::Checked
            | State::Interrupted
            | State::Done
            | State::Discarded
            | State::Failed => return Ok(()),
        };
        Ok(store::batch::set_state(tx, id, batch.state, to, why, self.now()).await?)
    }

    /// The same in a transaction of its own.
    pub(super) async fn interrupt_here(&self, id: BatchId, why: &str) -> Result<()> {
        let tx = self.db.begin(Urgency::Act).await?;
        self.interrupt_batch(&tx, id, why).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The job behind [`App::commit_batch`]; run again after a crash it resumes.
    pub(crate) async fn run_commit(
        &self,
        ctx: &Ctx,
        id: BatchId,
        progress: &(dyn Fn(u32, u32) + Sync),
    ) -> Result<()> {
        let batch = store::batch::by_id((&self.db).into(), id).await?.ok_or(AppError::NotFound)?;
        if batch.state != State::Committing {
            return Ok(());
        }
        let work = self.work_of(batch.authority, self.kept(id).await?).await?;
        let quiet = |_: u32, _: u32| {};
        let aim = if begun((&self.db).into(), &batch).await? { Aim::Resume } else { Aim::Judge };
        let preview = self.preview(&work, aim, &quiet).await?;
        let committed = self.commit_work(ctx, &batch, &work, &preview, progress).await?;
        self.end_batch(id, &committed, preview.errors).await
    }

    /// Reserves and writes.
    ///
    /// # Errors
    /// What stops it before anything is reserved: an error of a file that is taken whole or not at all, numbers that clash, a
    /// counter that gives none.
    pub(super) async fn commit_work(
        &self,
        ctx: &Ctx,
        batch: &Batch,
        work: &Arc<Work>,
        preview: &Preview,
        progress: &(dyn Fn(u32, u32) + Sync),
    ) -> Result<Committed> {
        if !begun((&self.db).into(), batch).await? {
            if batch.whole && preview.errors > 0 {
                return Err(stopped(work, preview));
            }
            let settings = self.settings_of(batch.authority).await?;
            if let Err(clashes) = self.reserve(work, batch.id, &preview.good, &settings).await? {
                let list: Vec<String> =
                    clashes.iter().take(5).map(|(l, why)| format!("第{l}张证书：{why}")).collect();
                let message = format!("没有赋码：{}", list.join("；"));
                return Err(AppError::refused(message, "请改正后重新导入。"));
            }
        }
        let mut committed = self.write_lines(ctx, work, batch.id, &preview.good, progress).await?;
        self.refuse_held(work, batch.id, &preview.held).await?;
        committed.refused = self.all_refused(batch.id).await?;
        Ok(committed)
    }

    /// `errors`: how many the file had; with none and nothing refused nobody needs it any more.
    pub(super) async fn end_batch(&self, id: BatchId, committed: &Committed, errors: u64) -> Result<()> {
        let message = match committed.refused.as_slice() {
            [] => String::new(),
            all => format!("{}张未受理，原因列在导入结果中", all.len()),
        };
        let tx = self.db.begin(Urgency::Act).await?;
        store::reservation::release(&tx, id).await?;
        store::batch_plan::clear(&tx, id).await?;
        if committed.refused.is_empty() && errors == 0 {
            store::upload::delete(&tx, id).await?;
        }
        store::batch::set_state(&tx, id, State::Committing, State::Done, &message, self.now()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Gives an import up of which nothing was assigned; its file is removed.
    pub async fn discard_batch(&self, ctx: &Ctx, id: BatchId) -> Result<()> {
        let batch = self.batch(ctx, id).await?;
        self.ask(ctx, Action::ImportPreview, Some(batch.authority))?;
        match batch.state {
            State::Checked | State::Unchecked => {}
            State::Interrupted if batch.done == 0 => {}
            State::Uploading
            | State::Checking
            | State::Committing
            | State::Interrupted
            | State::Done
            | State::Discarded
            | State::Failed => return Err(not_now(&batch, "放弃")),
        }
        let tx = self.db.begin(Urgency::Act).await?;
        store::batch::set_state(&tx, id, batch.state, State::Discarded, "", self.now()).await?;
        store::reservation::release(&tx, id).await?;
        store::batch_plan::clear(&tx, id).await?;
        store::upload::delete(&tx, id).await?;
        let event = self.event(ctx, EventKind::BatchDiscard, Object::Batch, id.0);
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Until which moment the file of an import is kept for the annotated workbook, if it is: of one that is done.
    pub async fn batch_file_until(&self, ctx: &Ctx, id: BatchId) -> Result<Option<domain::Instant>> {
        let batch = self.batch(ctx, id).await?;
        let kept = batch.state == State::Done && store::upload::any((&self.db).into(), id).await?;
        Ok(kept.then(|| batch.updated_at.plus_seconds(KEPT_DAYS * 86_400)))
    }

    /// Whether the file of an import is in the system, so that it can be continued from a page.
    pub async fn batch_has_file(&self, ctx: &Ctx, id: BatchId) -> Result<bool> {
        self.batch(ctx, id).await?;
        Ok(store::upload::any((&self.db).into(), id).await?)
    }

    /// Removes the files of imports that are long done. How many imports that were.
    pub async fn purge_uploads(&self) -> Result<usize> {
        let before = self.now().plus_seconds(-KEPT_DAYS * 86_400);
        let over = store::batch::outlived((&self.db).into(), before).await?;
        for id in &over {
            let tx = self.db.begin(Urgency::Batch).await?;
            store::upload::delete(&tx, *id).await?;
            tx.commit().await?;
        }
        Ok(over.len())
    }
}

/// Why a file that is taken whole or not at all is not taken: its first error, in its own words.
fn stopped(work: &Work, preview: &Preview) -> AppError {
    match preview.problems.iter().find(|problem| problem.stops()) {
        Some(first) => {
            let message = format!("没有赋码，选择了“全部或不”，但有错误：{}", work.why(first));
            AppError::refused(message, first.hint.clone())
        }
        None => AppError::refused("没有赋码，选择了“全部或不”，但有错误", "请重新检查，按问题清单改正。"),
    }
}
