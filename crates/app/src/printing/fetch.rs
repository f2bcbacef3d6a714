//! What was printed, fetched: a job and how it ended, its one PDF, its zip, and the last prints.

use super::PrintOutcome;
use super::batch::{Bundle, KIND, Work};
use crate::pieces::Pieces;
use crate::{App, AppError, Ctx, Result};
use domain::{Action, EventKind, JobId, Number};
use std::collections::HashMap;
use std::io::Write;
use store::event::Recorded;
use store::job::Job;
use store::print::{Copy, PrintRecord};
use tokio::sync::mpsc;
use zip::write::{SimpleFileOptions, ZipWriter};

/// Prints in the list of the last ones.
const RECENT: usize = 20;

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

/// A name that every file system takes.
fn file_name(number: &Number, body: &str) -> String {
    let safe = |c: char| if c.is_control() || r#"/\:*?"<>|"#.contains(c) { '_' } else { c };
    let name: String = format!("{number}_{body}").chars().map(safe).take(80).collect();
    format!("{name}.pdf")
}

impl App {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_holds_nothing_a_file_system_minds() {
        let number = Number::parse("260027340001").unwrap();
        assert_eq!(file_name(&number, "示例/检测:公司"), "260027340001_示例_检测_公司.pdf");
        assert!(file_name(&number, &"长".repeat(200)).chars().count() <= 84);
    }
}
