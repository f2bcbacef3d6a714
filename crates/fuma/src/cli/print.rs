//! `fuma print`: one certificate or many, as a job that survives the command.

use super::certificate::{Narrow, tell_file};
use super::shown::by_number;
use super::{As, End, Session, write};
use anyhow::{Context, Result, bail};
use app::stored::{Copy, Filter, JobState};
use app::{
    App, BatchOrder, Bundle, Ctx, PrintJob, PrintOrder, PrintOutcome, PrintedParts, Profile, Selection,
};
use clap::ArgGroup;
use domain::{BatchId, JobId, Number, StatusWord};
use indicatif::ProgressBar;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::io::AsyncWriteExt;

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma print --as shaanxi --due --out 待打印.pdf\n　　fuma print --as shaanxi --name 环境监测 --out 环境监测.zip\n　　fuma print --as shaanxi --number 262712050001 --out 证书"
)]
#[command(group = ArgGroup::new("which").required(true).multiple(true))]
pub struct Print {
    /// 证书编号，可以给出多次
    #[arg(long, group = "which", num_args = 1.., conflicts_with_all = ["batch", "due", "name", "begins", "uscc"])]
    number: Vec<Number>,
    /// 一次导入中待打印的证书
    #[arg(long, group = "which", value_name = "批次")]
    batch: Option<i64>,
    /// 全部待打印的证书
    #[arg(long, group = "which")]
    due: bool,
    /// 取回以前的打印任务；没有做完的先做完
    #[arg(long, group = "which", value_name = "任务", conflicts_with_all = ["number", "batch", "due", "name", "begins", "uscc"])]
    job: Option<i64>,
    #[command(flatten)]
    narrow: Narrow,
    /// 写到哪里：文件夹（每张一个PDF）、.pdf（合成一个）或 .zip
    #[arg(long)]
    out: PathBuf,
    /// 打印哪一版，默认现行版；只用于一张证书
    #[arg(long, requires = "number")]
    edition: Option<u32>,
    /// 打成压缩包
    #[arg(long)]
    zip: bool,
    /// 打印副本
    #[arg(long, conflicts_with = "reprint")]
    duplicate: bool,
    /// 补打，须写明原因
    #[arg(long, requires = "reason")]
    reprint: bool,
    /// 补打、再打副本的原因
    #[arg(long, default_value = "")]
    reason: String,
    /// 起始纸张编号，如 A0000001，其余顺次编号
    #[arg(long, default_value = "")]
    paper: String,
    /// 只打证书
    #[arg(long, conflicts_with = "annex")]
    face: bool,
    /// 只打附表
    #[arg(long)]
    annex: bool,
    /// 电子下载用的文件（带结构标签）
    #[arg(long)]
    download: bool,
    #[command(flatten)]
    who: As,
}

/// In what shape the result is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Folder,
    Pdf,
    Zip,
}

impl Print {
    fn shape(&self) -> Shape {
        let ending = self.out.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
        match ending.as_str() {
            _ if self.zip => Shape::Zip,
            "zip" => Shape::Zip,
            "pdf" => Shape::Pdf,
            _ => Shape::Folder,
        }
    }

    fn order(&self) -> BatchOrder {
        let copy = match (self.duplicate, self.reprint) {
            (true, _) => Copy::Duplicate,
            (_, true) => Copy::Reprint,
            _ => Copy::Original,
        };
        let parts = match (self.face, self.annex) {
            (true, _) => PrintedParts::Face,
            (_, true) => PrintedParts::Annex,
            _ => PrintedParts::Both,
        };
        let each = PrintOrder {
            edition: self.edition,
            copy,
            reason: self.reason.clone(),
            paper_number: self.paper.clone(),
            profile: if self.download { Profile::Download } else { Profile::Archive },
            parts,
        };
        BatchOrder { each, bundle: if self.shape() == Shape::Pdf { Bundle::Pdf } else { Bundle::Zip } }
    }

    async fn selection(&self, app: &App, ctx: &Ctx) -> Result<Selection> {
        if !self.number.is_empty() {
            let mut ids = Vec::with_capacity(self.number.len());
            for number in &self.number {
                ids.push(by_number(app, ctx, number).await?);
            }
            return Ok(Selection::Picked(ids));
        }
        Ok(Selection::Matching(self.narrow.onto(Filter {
            status: Some(StatusWord::Valid),
            print_due: self.due || !(self.reprint || self.duplicate),
            batch: self.batch.map(BatchId),
            expires_from: Some(app.today()),
            ..Filter::default()
        })?))
    }

    pub async fn run(self, session: Session) -> Result<End> {
        let (app, ctx) = session.enter(&self.who).await?;
        if let (Some(_), [number]) = (self.edition, &self.number[..]) {
            let id = by_number(&app, &ctx, number).await?;
            let printed = app.print_certificate(&ctx, id, &self.order().each).await?;
            tell_file(&session, write(self.out, &printed.bytes)?)?;
            return Ok(End::Ok);
        }
        if self.edition.is_some() {
            bail!("--edition 只能与一个 --number 一起用");
        }
        let id = match self.job {
            Some(id) => JobId(id),
            None => app.print_batch(&ctx, &self.selection(&app, &ctx).await?, &self.order()).await?,
        };
        eprintln!("打印任务 {id}：中断后可用 fuma print --job {id} --out … 接着做");
        let bar = super::bar();
        let done = finished(&app, &ctx, id, &bar).await?;
        bar.finish_and_clear();
        if done.job.state == JobState::Failed {
            bail!("打印任务 {id} 没有完成：{}", done.job.message);
        }
        let outcome = done.outcome.unwrap_or_default();
        let shape = match self.shape() {
            // A job that was made for a zip has no one PDF, and nothing has none at all.
            Shape::Pdf if outcome.files.is_empty() && outcome.printed > 0 => {
                bail!("任务 {id} 没有合成一个PDF；请把 --out 改为文件夹或 .zip")
            }
            shape => shape,
        };
        let files = match shape {
            _ if outcome.printed == 0 => Vec::new(),
            Shape::Folder => write_each(&app, &ctx, id, &self.out).await?,
            Shape::Pdf => write_pdf(&app, &ctx, id, outcome.files.len(), &self.out).await?,
            Shape::Zip => vec![write_zip(&app, &ctx, id, &self.out).await?],
        };
        session.tell(&document(id, &outcome, &files), || words(&outcome, &files))?;
        Ok(if outcome.refused.is_empty() { End::Ok } else { End::Partial })
    }
}

/// Works on the queue until the job is done; a server that runs beside may be the one who does it.
async fn finished(app: &App, ctx: &Ctx, id: JobId, bar: &ProgressBar) -> Result<PrintJob> {
    let look = async || {
        let of = app.print_job(ctx, id).await?;
        let all = of.job.total.max(of.certificates);
        bar.set_message("打印");
        bar.set_length(u64::from(all));
        bar.set_position(u64::from(of.job.done));
        anyhow::Ok(of)
    };
    let mut told = false;
    loop {
        let work = app.work_once();
        tokio::pin!(work);
        let worked = loop {
            tokio::select! {
                worked = &mut work => break worked?,
                () = tokio::time::sleep(Duration::from_millis(300)) => { look().await?; }
            }
        };
        let of = look().await?;
        if matches!(of.job.state, JobState::Done | JobState::Failed) {
            return Ok(of);
        }
        if !worked {
            if !told {
                told = true;
                let why = "另一个程序正在做这个任务，或做到一半停了：停了的最多一分钟后由这里接着做";
                bar.suspend(|| eprintln!("{why}"));
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }
}

async fn write_each(app: &App, ctx: &Ctx, id: JobId, folder: &Path) -> Result<Vec<PathBuf>> {
    std::fs::create_dir_all(folder).with_context(|| format!("文件夹 {} 建不了", folder.display()))?;
    let mut files = Vec::new();
    for (name, record) in app.print_job_records(ctx, id).await? {
        let printed = app.record_file(ctx, record.certificate, &record.digest).await?;
        files.push(write(folder.join(name), &printed.bytes)?);
    }
    Ok(files)
}

async fn write_pdf(app: &App, ctx: &Ctx, id: JobId, parts: usize, out: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for n in 1..=parts {
        let stem = out.file_stem().unwrap_or_default().to_string_lossy();
        let path = if parts == 1 { out.to_owned() } else { out.with_file_name(format!("{stem}-{n}.pdf")) };
        files.push(write(path, &app.print_job_pdf(ctx, id, n).await?)?);
    }
    Ok(files)
}

/// The zip as it comes, piece by piece; under its name only once it is whole.
async fn write_zip(app: &App, ctx: &Ctx, id: JobId, out: &Path) -> Result<PathBuf> {
    let part = out.with_extension("zip.part");
    let cannot = || format!("文件 {} 写不进去", part.display());
    let mut file = tokio::fs::File::create(&part).await.with_context(cannot)?;
    let (send, mut pieces) = tokio::sync::mpsc::channel::<Vec<u8>>(2);
    let keep = async {
        while let Some(piece) = pieces.recv().await {
            file.write_all(&piece).await.with_context(cannot)?;
        }
        file.sync_all().await.with_context(cannot)
    };
    let make = async move { anyhow::Ok(app.print_job_zip(ctx, id, &send).await?) };
    tokio::try_join!(make, keep)?;
    std::fs::rename(&part, out).with_context(|| format!("文件 {} 写不进去", out.display()))?;
    Ok(out.to_owned())
}

fn document(id: JobId, outcome: &PrintOutcome, files: &[PathBuf]) -> Value {
    let refused = outcome.refused.iter().map(|(number, why)| json!({ "number": number, "why": why }));
    let refused: Vec<Value> = refused.collect();
    json!({ "job": id, "printed": outcome.printed, "files": files, "refused": refused })
}

fn words(outcome: &PrintOutcome, files: &[PathBuf]) -> String {
    let refused = outcome.refused.iter().map(|(number, why)| format!("没有打印 {number}　{why}"));
    let mut lines: Vec<String> = refused.collect();
    lines.push(format!("已打印 {} 张，没有打印 {} 张", outcome.printed, outcome.refused.len()));
    lines.extend(files.iter().take(5).map(|path| format!("　　{}", path.display())));
    if files.len() > 5 {
        lines.push(format!("　　…… 共 {} 个文件", files.len()));
    }
    lines.join("\n")
}
