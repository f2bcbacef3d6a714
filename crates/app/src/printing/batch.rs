//! Many prints as one job. Which certificates is settled when the job is queued, and each is given the key of its print
//! record then: a job that was killed goes on after the records that exist, and no certificate is printed twice.
//!
//! Each certificate is committed singly. The one PDF is drawn from the same editions once all are recorded, in parts of
//! bounded size; a zip is never kept, it is put together from the kept finals while it is fetched.

use super::order::profile_key;
use super::{PrintOrder, Sheet, drawing};
use crate::{App, AppError, Ctx, Result};
use domain::{Action, AuthorityId, CertificateId, Door, JobId};
use print::{Batch, Output, Parts, Pdf, PrintError, Profile};
use serde::{Deserialize, Serialize};
use store::certificate::Filter;
use store::job::Job;
use store::print::{Copy, PrintRecord};
use store::{StoreError, Urgency};
use tokio::sync::mpsc;

/// The kind of the job.
pub(crate) const KIND: &str = "print_batch";
/// Certificates in one job: what a printing room does in a day, and a list that a job can carry.
const MOST: usize = 20_000;
/// Certificates that can be picked one by one.
const PICKED: usize = 1_000;
/// Certificates drawn at the same time; the rest of the machine answers scans.
const THREADS: usize = 2;

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
pub(super) struct Work {
    /// Key of the first print record; each certificate has its own.
    pub(super) first: i64,
    ids: Vec<i64>,
    copy: String,
    reason: String,
    paper: String,
    profile: String,
    pub(super) bundle: Bundle,
    /// Through which door it was asked for: the prints' events say so.
    door: String,
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

impl Work {
    pub(super) fn of(job: &Job) -> Result<Work> {
        let broken = |e: serde_json::Error| AppError::Fault(format!("任务{}的内容：{e}", job.id));
        if job.kind == KIND {
            serde_json::from_str(&job.payload).map_err(broken)
        } else {
            Err(AppError::NotFound)
        }
    }

    /// The door it was asked through.
    fn door(&self) -> Result<Door> {
        Door::parse(&self.door).ok_or_else(|| AppError::Fault(format!("打印任务的入口“{}”", self.door)))
    }

    pub(super) fn count(&self) -> u32 {
        self.ids.len() as u32
    }

    pub(super) fn order(&self) -> Result<PrintOrder> {
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
            door: ctx.door.key().to_owned(),
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
        let ctx = &Ctx { door: work.door()?, ..ctx.clone() };
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
}
