//! Many prints as one job. Which certificates is settled when the job is queued, and each is given the key of its print
//! record then: a job that was killed goes on after the records that exist, and no certificate is printed twice.
//!
//! Each certificate is committed singly. The one PDF is drawn from the same editions once all are recorded, in parts of
//! bounded size; a zip is never kept, it is put together from the kept finals while it is fetched.

use super::order::profile_key;
use super::{PrintOrder, Sheet, drawing};
use crate::{App, AppError, Ctx, Result};
use domain::{Action, AuthorityId, CertificateId, EventKind, JobId, Number};
use print::{Batch, Output, Parts, Pdf, PrintError, Profile};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use store::certificate::Filter;
use store::event::Recorded;
use store::job::Job;
use store::print::{Copy, PrintRecord};
use store::{StoreError, Urgency};
use tokio::sync::mpsc;
use zip::write::{SimpleFileOptions, ZipWriter};

/// The kind of the job.
pub(crate) const KIND: &str = "print_batch";
/// Certificates in one job: what a printing room does in a day, and a list that a job can carry.
const MOST: usize = 20_000;
/// Certificates that can be picked one by one.
const PICKED: usize = 1_000;
/// Certificates drawn at the same time; the rest of the machine answers scans.
const THREADS: usize = 2;
/// Prints in the list of the last ones.
const RECENT: usize = 20;

/// Which certificates.
#[derive(Clone, Debug)]
pub enum Selection {
    /// These.
    Picked(Vec<CertificateId>),
    /// All of the caller's authority that match.
    Matching(Filter),
}

/// As what the result is fetched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bundle {
    /// One PDF after the other in one file, for the printer.
    #[default]
    Pdf,
    /// A zip with a PDF for each certificate.
    Zip,
}

/// What is to be done with the selection.
#[derive(Clone, Debug)]
pub struct BatchOrder {
    /// What each print is; its paper number is the first one, and counts on.
    pub each: PrintOrder,
    /// As what the result is fetched.
    pub bundle: Bundle,
}

/// The payload of the job.
#[derive(Serialize, Deserialize)]
struct Work {
    /// Key of the first print record; each certificate has its own.
    first: i64,
    ids: Vec<i64>,
    copy: String,
    reason: String,
    paper: String,
    profile: String,
    bundle: Bundle,
}

/// How a job ended.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct PrintOutcome {
    /// Certificates printed.
    pub printed: u32,
    /// SHA-256 of the parts of the one PDF, in hex; empty for a zip.
    pub files: Vec<String>,
    /// What was not printed and why.
    pub refused: Vec<(String, String)>,
}

/// A print job as it is shown.
#[derive(Clone, Debug)]
pub struct PrintJob {
    /// The job.
    pub job: Job,
    /// Certificates in it.
    pub certificates: u32,
    /// As what they are printed.
    pub copy: Copy,
    /// How it is fetched.
    pub bundle: Bundle,
    /// How it ended; none before.
    pub outcome: Option<PrintOutcome>,
}

impl Work {
    fn of(job: &Job) -> Result<Work> {
        let broken = |e: serde_json::Error| AppError::Fault(format!("任务{}的内容：{e}", job.id));
        if job.kind == KIND {
            serde_json::from_str(&job.payload).map_err(broken)
        } else {
            Err(AppError::NotFound)
        }
    }

    fn count(&self) -> u32 {
        self.ids.len() as u32
    }

    fn order(&self) -> Result<PrintOrder> {
        let broken = || AppError::Fault("打印任务的内容".into());
        let (profile, part) = self.profile.split_once('/').unwrap_or((&self.profile, ""));
        Ok(PrintOrder {
            edition: None,
            copy: Copy::ALL.into_iter().find(|c| c.key() == self.copy).ok_or_else(broken)?,
            reason: self.reason.clone(),
            paper_number: String::new(),
            profile: if profile == "download" { Profile::Download } else { Profile::Archive },
            parts: match part {
                "face" => Parts::Face,
                "annex" => Parts::Annex,
                _ => Parts::Both,
            },
        })
    }
}

/// The number of the paper `n` after the first: the digits at its end count on and keep their width.
fn paper_after(first: &str, n: u32) -> Option<String> {
    let head = first.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &first[head.len()..];
    let value = digits.parse::<u64>().ok()?.checked_add(u64::from(n))?;
    let text = format!("{value:0width$}", width = digits.len());
    (text.len() == digits.len()).then(|| format!("{head}{text}"))
}

/// A name that every file system takes.
fn file_name(number: &Number, body: &str) -> String {
    let safe = |c: char| if c.is_control() || r#"/\:*?"<>|"#.contains(c) { '_' } else { c };
    let name: String = format!("{number}_{body}").chars().map(safe).take(80).collect();
    format!("{name}.pdf")
}

impl App {
    /// Queues the print of many certificates; [`App::print_job`] tells how far it is.
    ///
    /// # Errors
    /// Nothing matches, too much matches, or an order that no certificate could follow.
    pub async fn print_batch(&self, ctx: &Ctx, selection: &Selection, order: &BatchOrder) -> Result<JobId> {
        let authority = ctx.authority()?;
        self.ask(ctx, Action::Print, Some(authority))?;
        self.may_go_out()?;
        let each = order.each.cleaned()?;
        let ids = self.selected(ctx, authority, selection).await?;
        self.sound_batch(&each, &ids)?;
        let work = Work {
            first: self.ids("print_record", ids.len() as u64).await?,
            ids: ids.iter().map(|id| id.0).collect(),
            copy: each.copy.key().to_owned(),
            profile: profile_key(each.profile, each.parts),
            paper: each.paper_number,
            reason: each.reason,
            bundle: order.bundle,
        };
        let payload = serde_json::to_string(&work).map_err(|e| AppError::Fault(e.to_string()))?;
        // Queueing changes nothing in the register: each print leaves its own event when it is made.
        let job = self.job_id().await?;
        let tx = self.db.begin(Urgency::Act).await?;
        self.enqueue(&tx, ctx, job, KIND, &payload).await?;
        tx.commit().await?;
        Ok(job)
    }

    fn sound_batch(&self, each: &PrintOrder, ids: &[CertificateId]) -> Result<()> {
        if ids.is_empty() {
            return Err(AppError::refused(
                "没有选中可以打印的证书",
                "请先选择证书；待打印的已全部打印时，补打或再打副本请按编号或导入批次提交。",
            ));
        }
        if each.copy == Copy::Reprint && each.reason.is_empty() {
            return Err(AppError::refused("补打没有填写原因", "请写明原因，它会留在每一条打印记录中。"));
        }
        let last = ids.len() as u32 - 1;
        if !each.paper_number.is_empty() && paper_after(&each.paper_number, last).is_none() {
            let message = format!("起始纸张编号“{}”不能连续编到{}张", each.paper_number, ids.len());
            return Err(AppError::refused(message, "请填写以数字结尾、位数够用的编号，例如 A0000001。"));
        }
        Ok(())
    }

    async fn selected(
        &self,
        ctx: &Ctx,
        own: AuthorityId,
        selection: &Selection,
    ) -> Result<Vec<CertificateId>> {
        match selection {
            Selection::Picked(ids) if ids.len() > PICKED => {
                Err(AppError::refused(format!("一次最多逐张选{PICKED}张"), "请改为按条件或按导入批次打印。"))
            }
            Selection::Picked(ids) => {
                let mut seen = std::collections::HashSet::new();
                let ids: Vec<CertificateId> = ids.iter().copied().filter(|id| seen.insert(*id)).collect();
                for id in &ids {
                    let head = store::certificate::by_id((&self.db).into(), *id).await?;
                    self.ask(ctx, Action::Print, head.as_ref().map(|h| h.authority))?;
                    head.ok_or(AppError::NotFound)?;
                }
                Ok(ids)
            }
            Selection::Matching(filter) => {
                let filter = Filter { authority: Some(own), ..filter.clone() };
                let ids = store::certificate::ids((&self.db).into(), &filter, 0, MOST as u32 + 1).await?;
                if ids.len() > MOST {
                    let message = format!("符合条件的证书超过{MOST}张");
                    return Err(AppError::refused(message, "请缩小条件，分几次打印。"));
                }
                Ok(ids)
            }
        }
    }

    /// The job behind [`App::print_batch`]; run again after a crash it goes on where it was.
    pub(crate) async fn run_print(
        &self,
        ctx: &Ctx,
        job: &Job,
        progress: &(dyn Fn(u32, u32) + Sync),
    ) -> Result<Vec<u8>> {
        let work = Work::of(job)?;
        // The one PDF draws every certificate a second time.
        let total = if work.bundle == Bundle::Pdf { work.count() * 2 } else { work.count() };
        let report = |done: u32| progress(done, total);
        let refused = self.print_each(ctx, &work, &report).await?;
        let records = store::print::of_keys((&self.db).into(), work.first, work.count()).await?;
        let files = match work.bundle {
            Bundle::Pdf => self.one_pdf(&work, &records, job, &report).await?,
            Bundle::Zip => Vec::new(),
        };
        let outcome = PrintOutcome { printed: records.len() as u32, files, refused };
        serde_json::to_vec(&outcome).map_err(|e| AppError::Fault(e.to_string()))
    }

    async fn print_each(
        &self,
        ctx: &Ctx,
        work: &Work,
        report: &(dyn Fn(u32) + Sync),
    ) -> Result<Vec<(String, String)>> {
        let order = work.order()?;
        let done = store::print::of_keys((&self.db).into(), work.first, work.count()).await?;
        let done: std::collections::HashSet<i64> = done.into_iter().map(|r| r.id).collect();
        let todo: Vec<(i64, CertificateId)> =
            (work.first..).zip(&work.ids).map(|(key, id)| (key, CertificateId(*id))).collect();
        // Papers lie in a stack: their numbers follow the order in which certificates really were printed.
        let together = if work.paper.is_empty() { THREADS } else { 1 };
        let (mut printed, mut refused) = (0, Vec::new());
        for (n, few) in (1..).zip(todo.chunks(together)) {
            let paper_number = match work.paper.as_str() {
                "" => String::new(),
                first => paper_after(first, printed).unwrap_or_default(),
            };
            let order = PrintOrder { paper_number, ..order.clone() };
            let one = async |at: usize| match few.get(at) {
                Some((key, id)) if !done.contains(key) => self.print_nth(ctx, &order, *key, *id).await,
                _ => Ok(None),
            };
            let (a, b) = tokio::try_join!(one(0), one(1))?;
            let bad = [a, b].into_iter().flatten();
            let before = refused.len();
            refused.extend(bad);
            printed += (few.len() - (refused.len() - before)) as u32;
            report((n * together).min(todo.len()) as u32);
        }
        Ok(refused)
    }

    /// Prints one of a job; what a rule refuses is told at the end and stops nothing.
    async fn print_nth(
        &self,
        ctx: &Ctx,
        order: &PrintOrder,
        key: i64,
        id: CertificateId,
    ) -> Result<Option<(String, String)>> {
        let head = store::certificate::by_id((&self.db).into(), id).await?.ok_or(AppError::NotFound)?;
        let number = head.number.to_string();
        if self.ask(ctx, Action::Print, Some(head.authority)).is_err() {
            return Ok(Some((number, AppError::Forbidden.to_string())));
        }
        match self.print_one(ctx, &head, order, key, Urgency::Batch).await {
            Ok(_) => Ok(None),
            // Another worker, which lost its lease meanwhile, was faster.
            Err(AppError::Store(StoreError::Unique { .. })) => Ok(None),
            Err(AppError::Refused { message, .. }) => Ok(Some((number, message))),
            Err(error) => Err(error),
        }
    }

    /// The printed editions one after the other, in parts of bounded size, each kept by its hash.
    async fn one_pdf(
        &self,
        work: &Work,
        records: &[PrintRecord],
        job: &Job,
        report: &(dyn Fn(u32) + Sync),
    ) -> Result<Vec<String>> {
        let order = work.order()?;
        let output = Output { profile: order.profile, created: job.created_at };
        let (to_thread, sheets) = mpsc::channel::<Sheet>(THREADS);
        let (from_thread, mut parts) = mpsc::channel::<Pdf>(1);
        let (fonts, template) = (self.fonts.clone(), self.template.clone());
        let thread = drawing(move || bind(sheets, &from_thread, || Batch::new(output, &fonts, &template)));
        let feed = async move {
            for (n, record) in (1..).zip(records) {
                let head = store::certificate::by_id((&self.db).into(), record.certificate).await?;
                let head = head.ok_or(AppError::NotFound)?;
                let sheet = self.sheet(&head, record.edition, order.parts).await?;
                if to_thread.send(sheet).await.is_err() {
                    break; // the thread has failed and says why
                }
                report(work.count() + n);
            }
            Ok(())
        };
        let keep = async {
            let mut files = Vec::new();
            while let Some(part) = parts.recv().await {
                let tx = self.db.begin(Urgency::Batch).await?;
                store::print::put_file(&tx, &part.sha256, &part.bytes, self.now()).await?;
                tx.commit().await?;
                files.push(data_encoding::HEXLOWER.encode(&part.sha256));
            }
            Ok(files)
        };
        let ((), (), files) = tokio::try_join!(thread, feed, keep)?;
        Ok(files)
    }

    /// A print job of the caller's authority.
    pub async fn print_job(&self, ctx: &Ctx, id: JobId) -> Result<PrintJob> {
        let job = store::job::by_id((&self.db).into(), id).await?;
        self.ask(ctx, Action::Print, job.as_ref().map(|j| j.authority))?;
        shown(job.ok_or(AppError::NotFound)?)
    }

    /// The print jobs the caller asked for, newest first.
    pub async fn print_jobs(&self, ctx: &Ctx) -> Result<Vec<PrintJob>> {
        self.ask(ctx, Action::Print, None)?;
        let jobs = store::job::list((&self.db).into(), ctx.account()?, None, 50).await?;
        jobs.into_iter().filter(|j| j.kind == KIND).map(shown).collect()
    }

    /// What a job has printed so far, with the names its files are given.
    pub async fn print_job_records(&self, ctx: &Ctx, id: JobId) -> Result<Vec<(String, PrintRecord)>> {
        let work = Work::of(&self.print_job(ctx, id).await?.job)?;
        let records = store::print::of_keys((&self.db).into(), work.first, work.count()).await?;
        let mut named = Vec::with_capacity(records.len());
        for record in records {
            let card = store::certificate::card_by_id((&self.db).into(), record.certificate).await?;
            let card = card.ok_or(AppError::NotFound)?;
            named.push((file_name(&card.head.number, &card.face.body_name), record));
        }
        Ok(named)
    }

    /// Part `part`, from 1, of the one PDF of a finished job.
    pub async fn print_job_pdf(&self, ctx: &Ctx, id: JobId, part: usize) -> Result<Vec<u8>> {
        let outcome = self.print_job(ctx, id).await?.outcome.unwrap_or_default();
        let digest = part.checked_sub(1).and_then(|at| outcome.files.get(at)).ok_or(AppError::NotFound)?;
        let digest = data_encoding::HEXLOWER.decode(digest.as_bytes()).ok().and_then(|d| d.try_into().ok());
        self.final_file(&digest.ok_or(AppError::NotFound)?).await
    }

    /// The finals of a job as a zip, piece by piece: one certificate at a time is in memory. Entries are stored, since
    /// PDF does not shrink, in the order of the job.
    ///
    /// # Errors
    /// After one the zip is not whole: the door must break off.
    pub async fn print_job_zip(&self, ctx: &Ctx, id: JobId, out: &mpsc::Sender<Vec<u8>>) -> Result<()> {
        let broken = |e: &dyn std::fmt::Display| AppError::Fault(format!("压缩包：{e}"));
        let pieces = Pieces::default();
        let mut zip = ZipWriter::new_stream(pieces.clone());
        let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        let mut names: HashMap<String, u32> = HashMap::new();
        for (name, record) in self.print_job_records(ctx, id).await? {
            let again = names.entry(name.clone()).or_default();
            *again += 1;
            let name = if *again > 1 { format!("{again}_{name}") } else { name };
            zip.start_file(name, options).map_err(|e| broken(&e))?;
            zip.write_all(&self.final_file(&record.digest).await?).map_err(|e| broken(&e))?;
            if out.send(pieces.take()).await.is_err() {
                return Ok(()); // nobody listens any more
            }
        }
        zip.finish().map_err(|e| broken(&e))?;
        // Nobody listening is no failure of ours.
        drop(out.send(pieces.take()).await);
        Ok(())
    }

    /// The last prints of the caller's authority, newest first, as far as its last thousand acts hold any.
    pub async fn recent_prints(&self, ctx: &Ctx) -> Result<Vec<(Number, PrintRecord)>> {
        let authority = ctx.authority()?;
        self.ask(ctx, Action::CertificateRead, Some(authority))?;
        let (mut keys, mut before) = (Vec::new(), None);
        for _ in 0..5 {
            let events = store::event::of_authority((&self.db).into(), authority, before, 200).await?;
            keys.extend(events.iter().filter(|e| e.kind == EventKind::Print).filter_map(record_key));
            before = events.last().map(|e| e.position);
            if keys.len() >= RECENT || before.is_none() {
                break;
            }
        }
        let mut records = Vec::new();
        for key in keys.into_iter().take(RECENT) {
            records.extend(store::print::of_keys((&self.db).into(), key, 1).await?);
        }
        let ids = records.iter().map(|r| r.certificate.0).collect();
        let numbers = store::certificate::numbers_of((&self.db).into(), ids).await?;
        Ok(records.into_iter().filter_map(|r| Some((numbers.get(&r.certificate)?.clone(), r))).collect())
    }
}

/// The key of the record that the event of a print names.
fn record_key(event: &Recorded) -> Option<i64> {
    let text = String::from_utf8_lossy(&event.body);
    text.lines().find_map(|line| line.strip_prefix("record\t")?.parse().ok())
}

/// Draws sheets into files of bounded size until there are no more.
fn bind<'f>(
    mut sheets: mpsc::Receiver<Sheet>,
    parts: &mpsc::Sender<Pdf>,
    empty: impl Fn() -> Batch<'f>,
) -> Result<(), PrintError> {
    let mut batch = empty();
    while let Some(sheet) = sheets.blocking_recv() {
        batch.push(&sheet.document())?;
        if batch.is_full() {
            let full = std::mem::replace(&mut batch, empty()).finish()?;
            // Nobody takes parts any more when the job was given up.
            drop(parts.blocking_send(full));
        }
    }
    if batch.pages() > 0 {
        drop(parts.blocking_send(batch.finish()?));
    }
    Ok(())
}

fn shown(job: Job) -> Result<PrintJob> {
    let work = Work::of(&job)?;
    let outcome = job.result.as_deref().map(serde_json::from_slice).transpose();
    Ok(PrintJob {
        certificates: work.count(),
        copy: work.order()?.copy,
        bundle: work.bundle,
        outcome: outcome.map_err(|e| AppError::Fault(format!("任务{}的结果：{e}", job.id)))?,
        job,
    })
}

/// Where the zip writer leaves its bytes until they are sent.
#[derive(Clone, Default)]
struct Pieces(Arc<Mutex<Vec<u8>>>);

impl Pieces {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paper_numbers_count_on_and_keep_their_width() {
        assert_eq!(paper_after("A0098", 3).as_deref(), Some("A0101"));
        assert_eq!(paper_after("7", 2).as_deref(), Some("9"));
        assert_eq!(paper_after("A98", 2), None, "a hundredth does not fit two digits");
        assert_eq!(paper_after("无", 1), None);
        assert_eq!(paper_after("", 0), None);
    }

    #[test]
    fn a_file_name_holds_nothing_a_file_system_minds() {
        let number = Number::parse("260027340001").unwrap();
        assert_eq!(file_name(&number, "示例/检测:公司"), "260027340001_示例_检测_公司.pdf");
        assert!(file_name(&number, &"长".repeat(200)).chars().count() <= 84);
    }
}
