//! 导入: preview, then commit. The preview tells the truth: the same rules, nothing written.

mod commit;
mod lines;
mod plan;
mod steps;
mod work;

pub use commit::Committed;
pub use lines::LineDone;
pub use plan::{FaceChange, LineChanges, PlannedLine, RowsChange};

use crate::jobs::told;
use crate::keys::Bound;
use crate::sheet::{self, CsvSource, Limits};
use crate::{App, AppError, Ctx, Result};
use domain::{Action, AuthorityId, BatchId, EventKind, Group, JobId, Object, Place, Problem, Severity};
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::sync::Arc;
use steps::begun;
use store::Urgency;
use store::batch::{Batch, State, Summary};
use store::batch_problem::BatchProblem;
use work::{Aim, LISTED, Preview, Work};

/// A file as uploaded.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Its name: for CSV it tells which table it is.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// All or nothing, or the good rows only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// 全部或不.
    Whole,
    /// 只导入没有错误的证书.
    Good,
}

/// Bytes of one stored chunk of an upload.
const CHUNK: usize = 1 << 20;

/// Lines of a plan written in one transaction.
const PLANNED: usize = 2_000;

/// Files of an upload at most: the six tables as CSV.
const MOST_FILES: usize = 6;

/// What the command line hears of an import.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Report {
    /// Its key.
    pub batch: BatchId,
    /// Certificates in the file.
    pub lines: u32,
    /// Those without an error.
    pub good: u32,
    /// Those that are or would be new.
    pub fresh: u32,
    /// Those that change or would change a known certificate.
    pub changed: u32,
    /// Those that stand already.
    pub unchanged: u32,
    /// Errors and warnings, at most the first 20,000.
    #[serde(skip)]
    pub problems: Vec<BatchProblem>,
    /// Number of problems that stop a certificate.
    pub errors: u64,
    /// What was written; none for a check.
    pub committed: Option<Committed>,
    /// Whether this very file was imported before.
    pub before: bool,
    /// What would become of each certificate; of a check only.
    #[serde(skip)]
    pub plan: Vec<PlannedLine>,
}

impl App {
    /// Takes an upload in and queues its check. The same file again gives the import that it was; what was only checked is
    /// checked anew, since the registry may have changed.
    pub async fn upload(&self, ctx: &Ctx, files: Vec<Upload>) -> Result<BatchId> {
        let authority = ctx.authority()?;
        self.ask(ctx, Action::ImportPreview, Some(authority))?;
        if !files.is_empty() && files.iter().all(|f| f.bytes.is_empty()) {
            return Err(unreadable(sheet::SheetError::Empty));
        }
        if files.is_empty() {
            return Err(AppError::refused(
                "没有收到文件",
                "请选择一个工作簿，或每个工作表一个CSV文件（最多6个）。",
            ));
        }
        let csv = |f: &Upload| f.name.to_lowercase().ends_with(".csv");
        if files.len() > MOST_FILES || (files.len() > 1 && !files.iter().all(csv)) {
            let hint = "一次上传一个工作簿（xlsx、xls、ods），或同一批的CSV文件，每个工作表一个，最多6个。";
            return Err(AppError::refused(format!("一次选择了{}个文件，不能一起导入", files.len()), hint));
        }
        let limit = Limits::web().container;
        if let Some(big) = files.iter().find(|f| f.bytes.len() as u64 > limit) {
            let message = format!("文件“{}”有{}MB，超过{}MB", big.name, big.bytes.len() >> 20, limit >> 20);
            return Err(AppError::refused(message, "请分成几个文件上传；更大的批量请用命令 fuma import。"));
        }
        let digest = digest(files.iter().map(|f| f.bytes.as_slice()));
        if let Some(known) = store::batch::latest((&self.db).into(), authority, &digest).await?
            && self.is_that(ctx, &known, &files).await?
        {
            return Ok(known.id);
        }
        let names = files.iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join("、");
        let batch = self.new_batch(ctx, &names, digest, State::Uploading).await?;
        self.keep(batch.id, &files).await?;
        let job = self.job_id().await?;
        let tx = self.db.begin(Urgency::Act).await?;
        store::batch::set_state(&tx, batch.id, State::Uploading, State::Checking, "", self.now()).await?;
        self.enqueue(&tx, ctx, job, "import_check", &batch.id.to_string()).await?;
        tx.commit().await?;
        Ok(batch.id)
    }

    /// Whether files that come again are the import `known`, which is then brought to where it can go on.
    async fn is_that(&self, ctx: &Ctx, known: &Batch, files: &[Upload]) -> Result<bool> {
        match known.state {
            State::Checked | State::Unchecked => self.check_again(ctx, known).await.map(|()| true),
            State::Checking | State::Committing => Ok(true),
            State::Interrupted => {
                // The command line keeps no file.
                if !store::upload::any((&self.db).into(), known.id).await? {
                    self.keep_again(known.id, files).await?;
                }
                Ok(true)
            }
            State::Done => self.settled(known).await,
            // One whose upload broke off has only part of the file.
            State::Uploading | State::Discarded | State::Failed => Ok(false),
        }
    }

    /// Whether an import that is done has nothing left to do: no line was refused and no certificate annulled since.
    async fn settled(&self, batch: &Batch) -> Result<bool> {
        let reader = (&self.db).into();
        let annulled = store::certificate::Filter {
            authority: Some(batch.authority),
            batch: Some(batch.id),
            status: Some(domain::StatusWord::Annulled),
            ..store::certificate::Filter::default()
        };
        Ok(store::batch_line::refused(reader, batch.id, 0, 1).await?.is_empty()
            && store::certificate::ids(reader, &annulled, 0, 1).await?.is_empty())
    }

    async fn batch_row(&self, ctx: &Ctx, names: &str, digest: [u8; 32], state: State) -> Result<Batch> {
        let now = self.now();
        Ok(Batch {
            id: BatchId(self.ids("batch", 1).await?),
            authority: ctx.authority()?,
            account: ctx.account()?,
            door: ctx.door,
            state,
            file_name: names.chars().take(200).collect(),
            digest,
            whole: false,
            summary: Summary::default(),
            done: 0,
            message: String::new(),
            created_at: now,
            updated_at: now,
        })
    }

    /// The event of a new import.
    fn created(&self, ctx: &Ctx, batch: &Batch) -> domain::Event {
        let mut event = self.event(ctx, EventKind::BatchCreate, Object::Batch, batch.id.0);
        event.details.push(("sha256", data_encoding::HEXLOWER.encode(&batch.digest)));
        event
    }

    async fn new_batch(&self, ctx: &Ctx, names: &str, digest: [u8; 32], state: State) -> Result<Batch> {
        let batch = self.batch_row(ctx, names, digest, state).await?;
        let tx = self.db.begin(Urgency::Act).await?;
        store::batch::create(&tx, &batch).await?;
        store::event::append(&tx, &[self.created(ctx, &batch)]).await?;
        tx.commit().await?;
        Ok(batch)
    }

    /// Keeps the files, encrypted, chunk by chunk.
    async fn keep(&self, batch: BatchId, files: &[Upload]) -> Result<()> {
        for (chunk, cipher) in self.sealed_chunks(batch, files) {
            let tx = self.db.begin(Urgency::Act).await?;
            store::upload::put(&tx, batch, &chunk, &cipher).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// The files in numbered chunks, encrypted.
    fn sealed_chunks(
        &self,
        batch: BatchId,
        files: &[Upload],
    ) -> impl Iterator<Item = (store::upload::Chunk, Vec<u8>)> {
        let chunks = files.iter().flat_map(|file| file.bytes.chunks(CHUNK).map(|bytes| (&file.name, bytes)));
        (0..).zip(chunks).map(move |(n, (name, bytes))| {
            let cipher = self.keys.seal(Bound::Upload(batch.0, i64::from(n)), bytes);
            (store::upload::Chunk { n, name: name.clone() }, cipher)
        })
    }

    /// The files of an upload.
    async fn kept(&self, batch: BatchId) -> Result<Vec<Upload>> {
        let mut files: Vec<Upload> = Vec::new();
        for chunk in store::upload::list((&self.db).into(), batch).await? {
            let cipher = store::upload::get((&self.db).into(), batch, chunk.n).await?.unwrap_or_default();
            let bytes = self.keys.open_sealed(Bound::Upload(batch.0, i64::from(chunk.n)), &cipher)?;
            match files.last_mut().filter(|f| f.name == chunk.name) {
                Some(file) => file.bytes.extend(bytes),
                None => files.push(Upload { name: chunk.name, bytes }),
            }
        }
        if files.is_empty() {
            let hint = "原文件在导入完成或放弃后删除，命令行导入的不保存；请重新上传同一文件。";
            return Err(AppError::refused("系统中已没有这次导入的文件", hint));
        }
        Ok(files)
    }

    async fn work_of(&self, authority: AuthorityId, files: Vec<Upload>) -> Result<Arc<Work>> {
        let tables = self.tables();
        let read = move || {
            let limits = Limits::web();
            let mut book = match files.as_slice() {
                [one] => sheet::read(&one.name, &one.bytes, &limits)?,
                many => {
                    let set: Vec<_> =
                        many.iter().map(|f| (f.name.as_str(), CsvSource::Bytes(&f.bytes))).collect();
                    sheet::read_csv_set(&set, &limits)?
                }
            };
            let assembly = sheet::assemble(&mut book)?;
            Ok(Arc::new(Work { book, assembly, tables, authority }))
        };
        blocking(read).await?.map_err(unreadable)
    }

    /// Checks an uploaded file: the job behind [`App::upload`].
    pub(crate) async fn check_batch(&self, id: BatchId, progress: &(dyn Fn(u32, u32) + Sync)) -> Result<()> {
        let batch = store::batch::by_id((&self.db).into(), id).await?.ok_or(AppError::NotFound)?;
        if batch.state != State::Checking {
            return Ok(());
        }
        let files = self.kept(id).await?;
        let work = match self.work_of(batch.authority, files).await {
            Ok(work) => work,
            Err(AppError::Refused { message, hint }) => {
                return self.fail_batch(&batch, &format!("{}。{hint}", message.trim_end_matches('。'))).await;
            }
            Err(error) => return Err(error),
        };
        let preview = self.preview(&work, Aim::List, progress).await?;
        self.keep_preview(id, &work, &preview).await
    }

    async fn fail_batch(&self, batch: &Batch, message: &str) -> Result<()> {
        let tx = self.db.begin(Urgency::Act).await?;
        store::batch::set_state(&tx, batch.id, batch.state, State::Failed, message, self.now()).await?;
        store::upload::delete(&tx, batch.id).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn keep_preview(&self, id: BatchId, work: &Work, preview: &Preview) -> Result<()> {
        let problems = listed(work, preview);
        let tx = self.db.begin(Urgency::Act).await?;
        store::batch_plan::clear(&tx, id).await?;
        tx.commit().await?;
        // Chunk by chunk: nobody reads the plan of an import that is being checked, and the one writer is not held up.
        for lines in preview.plan.chunks(PLANNED) {
            let tx = self.db.begin(Urgency::Batch).await?;
            store::batch_plan::insert(&tx, id, lines).await?;
            tx.commit().await?;
        }
        let tx = self.db.begin(Urgency::Batch).await?;
        store::batch_problem::clear(&tx, id).await?;
        store::batch_problem::insert(&tx, id, 1, &problems).await?;
        store::batch::set_summary(&tx, id, &preview.summary, self.now()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// One import.
    pub async fn batch(&self, ctx: &Ctx, id: BatchId) -> Result<Batch> {
        let batch = store::batch::by_id((&self.db).into(), id).await?;
        let owner = batch.as_ref().map(|b| b.authority);
        self.ask(ctx, Action::CertificateRead, owner)?;
        batch.ok_or(AppError::NotFound)
    }

    /// Imports of the caller's authority, newest first.
    pub async fn batches(&self, ctx: &Ctx, before: Option<BatchId>) -> Result<Vec<Batch>> {
        let authority = ctx.authority()?;
        self.ask(ctx, Action::CertificateRead, Some(authority))?;
        Ok(store::batch::list((&self.db).into(), authority, before, 50).await?)
    }

    /// A page of the problems of an import, with their numbers, after the number `after`.
    pub async fn batch_problems(
        &self,
        ctx: &Ctx,
        id: BatchId,
        only: Option<Severity>,
        after: u32,
        limit: u32,
    ) -> Result<Vec<(u32, BatchProblem)>> {
        self.batch(ctx, id).await?;
        Ok(store::batch_problem::list((&self.db).into(), id, only, after, limit).await?)
    }

    /// How many problems of each sort an import has.
    pub async fn batch_counts(&self, ctx: &Ctx, id: BatchId) -> Result<Vec<store::batch_problem::Count>> {
        self.batch(ctx, id).await?;
        Ok(store::batch_problem::counts((&self.db).into(), id).await?)
    }

    /// The workbook back, with its errors as they are now marked. Once the file is gone, a list of the lines that were not
    /// accepted.
    pub async fn annotated(&self, ctx: &Ctx, id: BatchId) -> Result<Vec<u8>> {
        let batch = self.batch(ctx, id).await?;
        self.ask(ctx, Action::ImportPreview, Some(batch.authority))?;
        if batch.state == State::Done && !store::upload::any((&self.db).into(), id).await? {
            let refused = self.all_refused(id).await?;
            return blocking(move || sheet::refusals(&refused)).await?.map_err(unreadable);
        }
        let files = self.kept(id).await?;
        let work = self.work_of(batch.authority, files).await?;
        let quiet = |_: u32, _: u32| {};
        let preview = self.preview(&work, Aim::Judge, &quiet).await?;
        let run = move || sheet::annotate(&work.book, &work.assembly, &preview.problems, sheet::Keep::All);
        blocking(run).await?.map_err(unreadable)
    }

    /// Reads, checks and (unless `extent` is `None`) commits files of this machine: the command line's import. The
    /// same files again resume or change nothing.
    pub async fn import_paths(
        &self,
        ctx: &Ctx,
        paths: Vec<PathBuf>,
        extent: Option<Extent>,
        progress: &(dyn Fn(&'static str, u32, u32) + Sync),
    ) -> Result<Report> {
        let authority = ctx.authority()?;
        self.ask(ctx, Action::ImportPreview, Some(authority))?;
        if extent.is_some() {
            self.ask(ctx, Action::Assign, Some(authority))?;
        }
        progress("读取", 0, 1);
        let (work, digest) = self.work_of_paths(authority, &paths).await?;
        let known = store::batch::latest((&self.db).into(), authority, &digest).await?;
        let going = known.clone().filter(|b| matches!(b.state, State::Committing | State::Interrupted));
        let aim = match &going {
            _ if extent.is_none() => Aim::List,
            Some(batch) if begun((&self.db).into(), batch).await? => Aim::Resume,
            Some(_) | None => Aim::Judge,
        };
        let preview = self.preview(&work, aim, &|done, total| progress("检查", done, total)).await?;
        // What was refused then, or annulled since, may do now.
        let before = known.is_some_and(|b| b.state == State::Done) && preview.good.is_empty();
        let mut report = report(&work, &preview, before);
        let blocked = extent == Some(Extent::Whole) && preview.errors > 0 && going.is_none();
        let Some(extent) = extent.filter(|_| !before && !blocked) else { return Ok(report) };
        let batch = match going {
            Some(batch) if batch.state == State::Interrupted => self.resume_here(ctx, batch).await?,
            Some(batch) => batch,
            None => self.begin_commit(ctx, &paths, digest, &work, &preview, extent).await?,
        };
        report.batch = batch.id;
        let write = |done: u32, total: u32| progress("赋码", done, total);
        match self.commit_work(ctx, &batch, &work, &preview, &write).await {
            Ok(committed) => {
                self.end_batch(batch.id, &committed, preview.errors).await?;
                report.committed = Some(committed);
                Ok(report)
            }
            Err(error) => {
                // Else it would be said to be worked on for ever.
                let why = told(&error, &format!("批次{}", batch.id));
                if let Err(second) = self.interrupt_here(batch.id, &why).await {
                    tracing::error!(batch = batch.id.0, error = %second, "an import was left as it was");
                }
                Err(error)
            }
        }
    }

    async fn begin_commit(
        &self,
        ctx: &Ctx,
        paths: &[PathBuf],
        digest: [u8; 32],
        work: &Work,
        preview: &Preview,
        extent: Extent,
    ) -> Result<Batch> {
        let name = |p: &PathBuf| p.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let names = paths.iter().map(name).collect::<Vec<_>>().join("、");
        let mut batch = self.batch_row(ctx, &names, digest, State::Checking).await?;
        let problems = listed(work, preview);
        // In one transaction: an import that is being checked by nobody would be left behind by a crash.
        let tx = self.db.begin(Urgency::Act).await?;
        store::batch::create(&tx, &batch).await?;
        store::batch_problem::insert(&tx, batch.id, 1, &problems).await?;
        store::batch::set_summary(&tx, batch.id, &preview.summary, self.now()).await?;
        store::batch::commit(&tx, batch.id, extent == Extent::Whole, self.now()).await?;
        let committed = self.event(ctx, EventKind::BatchCommit, Object::Batch, batch.id.0);
        store::event::append(&tx, &[self.created(ctx, &batch), committed]).await?;
        tx.commit().await?;
        batch.whole = extent == Extent::Whole;
        batch.state = State::Committing;
        Ok(batch)
    }

    async fn work_of_paths(
        &self,
        authority: AuthorityId,
        paths: &[PathBuf],
    ) -> Result<(Arc<Work>, [u8; 32])> {
        let csv = paths.iter().all(|p| p.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv")));
        if paths.is_empty() || (paths.len() > 1 && !csv) {
            let hint = "一次导入一个工作簿（xlsx、xls、ods），或同一批的几个CSV文件。";
            return Err(AppError::refused("文件的组合不对", hint));
        }
        let tables = self.tables();
        let paths = paths.to_vec();
        let read = move || {
            let limits = Limits::command_line();
            let name =
                |p: &PathBuf| p.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let (mut book, digest) = if csv {
                let names: Vec<String> = paths.iter().map(name).collect();
                let set: Vec<_> =
                    names.iter().map(String::as_str).zip(paths.iter().map(|p| CsvSource::File(p))).collect();
                // Beside the reading, which keeps one core busy.
                let (book, digest) = std::thread::scope(|scope| {
                    let digest = scope.spawn(|| digest_files(&paths));
                    (sheet::read_csv_set(&set, &limits), digest.join())
                });
                (book?, digest.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?)
            } else {
                let bytes = std::fs::read(&paths[0]).map_err(sheet::SheetError::Io)?;
                (sheet::read(&name(&paths[0]), &bytes, &limits)?, digest(std::iter::once(bytes.as_slice())))
            };
            let assembly = sheet::assemble(&mut book)?;
            Ok((Arc::new(Work { book, assembly, tables, authority }), digest))
        };
        blocking(read).await?.map_err(unreadable)
    }

    /// Key of a job to be queued, taken before the transaction that needs it: ids come in blocks, each taken in a
    /// transaction of its own, for which the one writer would wait for ever inside another.
    pub(crate) async fn job_id(&self) -> Result<JobId> {
        Ok(JobId(self.ids("job", 1).await?))
    }

    /// Puts a job in the queue, in the transaction that makes it necessary.
    pub(crate) async fn enqueue(
        &self,
        tx: &store::Tx,
        ctx: &Ctx,
        id: JobId,
        kind: &'static str,
        payload: &str,
    ) -> Result<()> {
        let now = self.now();
        let job = store::job::NewJob {
            id,
            kind,
            payload,
            run_at: now,
            // 0 for a system: its batch says which.
            account: ctx.account().unwrap_or(domain::AccountId(0)),
            authority: ctx.authority()?,
            total: 0,
            now,
        };
        Ok(store::job::enqueue(tx, &job).await?)
    }
}

/// Runs file work off the async threads. It begins with the call and not with the first wait: what stands beside it in a
/// `join!` may read SQLite, which never waits.
pub(crate) fn blocking<T: Send + 'static>(
    run: impl FnOnce() -> T + Send + 'static,
) -> impl Future<Output = Result<T>> {
    let thread = tokio::task::spawn_blocking(run);
    async { thread.await.map_err(|e| AppError::Fault(format!("读取表格的线程：{e}"))) }
}

fn unreadable(error: sheet::SheetError) -> AppError {
    // Most of its sentences say what to do themselves, after the first stop.
    let said = error.to_string();
    match said.trim_end_matches('。').split_once('。') {
        Some((message, hint)) => AppError::refused(message, format!("{hint}。")),
        None => AppError::refused(said.trim_end_matches('。'), "请核对文件后重新上传。"),
    }
}

/// SHA-256 over the lengths and bytes of the files.
fn digest<'a>(files: impl Iterator<Item = &'a [u8]>) -> [u8; 32] {
    let mut sha = Sha256::new();
    for bytes in files {
        sha.update((bytes.len() as u64).to_be_bytes());
        sha.update(bytes);
    }
    sha.finalize().into()
}

/// The same over files too large for memory.
fn digest_files(paths: &[PathBuf]) -> Result<[u8; 32], sheet::SheetError> {
    use std::io::Read;
    let mut sha = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    for path in paths {
        let mut file = std::fs::File::open(path).map_err(sheet::SheetError::Io)?;
        sha.update(file.metadata().map_err(sheet::SheetError::Io)?.len().to_be_bytes());
        loop {
            let n = file.read(&mut buffer).map_err(sheet::SheetError::Io)?;
            if n == 0 {
                break;
            }
            sha.update(&buffer[..n]);
        }
    }
    Ok(sha.finalize().into())
}

/// A problem with its place, in one line.
fn in_a_line(sheet: &str, row: u32, field: &str, message: &str) -> String {
    let row = if row > 0 { format!("第{row}行") } else { String::new() };
    // Many messages begin with the name of their field.
    let field = if message.starts_with(field) { "" } else { field };
    format!("{sheet}{row}{field}：{message}")
}

/// Problems in the words of the file: its own sheet names, columns in letters.
/// Beyond those kept, their number.
fn listed(work: &Work, preview: &Preview) -> Vec<BatchProblem> {
    let map = |p: &Problem| BatchProblem {
        severity: p.severity,
        sheet: work.sheet(p.place.group),
        row: p.place.row,
        column: match (p.place.column, p.place.field) {
            (Some(_), _) => p.place.column_letters(),
            (None, Some(field)) => work.column(p.place.group, field),
            (None, None) => String::new(),
        },
        field: p.place.field.map(|f| f.label().to_owned()).unwrap_or_default(),
        code: p.code.to_owned(),
        value: p.value.clone(),
        message: p.message.clone(),
        hint: p.hint.clone(),
    };
    let unlisted = (preview.more > 0).then(|| Problem {
        severity: if preview.more_errors { Severity::Error } else { Severity::Warning },
        place: Place::row(Group::Certificate, 0),
        code: "unlisted",
        value: String::new(),
        message: format!("另有{}处问题未列出", preview.more),
        hint: format!("一次最多列出{LISTED}处；请先改正已列出的，再重新检查。"),
    });
    preview.problems.iter().chain(&unlisted).map(map).collect()
}

fn report(work: &Work, preview: &Preview, before: bool) -> Report {
    let s = &preview.summary;
    Report {
        batch: BatchId(0),
        lines: s.lines,
        good: s.good,
        fresh: s.fresh,
        changed: s.changed,
        unchanged: s.unchanged,
        problems: listed(work, preview),
        errors: preview.errors,
        committed: None,
        before,
        plan: preview.plan.iter().map(PlannedLine::of).collect(),
    }
}
