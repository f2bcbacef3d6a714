//! `fuma job`: the caller's print jobs; `fuma print --job` fetches one.

use super::shown::{print, table};
use super::{As, End, Session};
use anyhow::Result;
use app::PrintJob;
use clap::Subcommand;
use domain::JobId;
use serde_json::{Value, json};

/// What is typed after its name.
#[derive(clap::Args)]
#[command(after_help = "例：fuma job list --as shaanxi\n　　fuma print --as shaanxi --job 513 --out 证书")]
pub struct Job {
    #[command(subcommand)]
    action: Do,
    #[command(flatten)]
    who: As,
}

#[derive(Subcommand)]
enum Do {
    /// 列出本人的打印任务和本机关最近的打印
    List,
    /// 一个打印任务办到哪里，没有打印的及其原因
    Show {
        /// 任务编号
        id: i64,
    },
}

impl Job {
    pub async fn run(self, session: Session) -> Result<End> {
        let (app, ctx) = session.enter(&self.who).await?;
        match self.action {
            Do::List => {
                let jobs = app.print_jobs(&ctx).await?;
                let recent = app.recent_prints(&ctx).await?;
                let printed = recent.iter().map(|(number, record)| {
                    let mut value = print(record);
                    value["number"] = json!(number);
                    value
                });
                let document = json!({
                    "jobs": jobs.iter().map(job).collect::<Vec<_>>(),
                    "recent": printed.collect::<Vec<_>>(),
                });
                session.tell(&document, || words(&jobs))?;
            }
            Do::Show { id } => {
                let it = app.print_job(&ctx, JobId(id)).await?;
                session.tell(&job(&it), || {
                    let refused = it.outcome.iter().flat_map(|outcome| &outcome.refused);
                    let refused = refused.map(|(number, why)| format!("没有打印 {number}　{why}"));
                    let lines: Vec<String> =
                        std::iter::once(words(std::slice::from_ref(&it))).chain(refused).collect();
                    lines.join("\n")
                })?;
            }
        }
        Ok(End::Ok)
    }
}

fn job(it: &PrintJob) -> Value {
    let outcome = it.outcome.as_ref();
    let refused = outcome.map(|outcome| &outcome.refused[..]).unwrap_or_default();
    let refused: Vec<Value> =
        refused.iter().map(|(number, why)| json!({ "number": number, "why": why })).collect();
    json!({
        "job": it.job.id,
        "state": it.job.state.key(),
        "copy": it.copy.key(),
        "certificates": it.certificates,
        "done": it.job.done,
        "printed": outcome.map(|outcome| outcome.printed),
        "files": outcome.map(|outcome| outcome.files.len()),
        "refused": refused,
        "message": it.job.message,
        "created_at": it.job.created_at.rfc3339(),
    })
}

fn words(jobs: &[PrintJob]) -> String {
    let row = |it: &PrintJob| {
        let printed = it.outcome.as_ref().map(|outcome| outcome.printed.to_string()).unwrap_or_default();
        vec![
            it.job.id.to_string(),
            it.job.created_at.shanghai(),
            it.copy.label().to_owned(),
            it.job.state.label().to_owned(),
            it.certificates.to_string(),
            printed,
        ]
    };
    table(&["任务", "时间", "种类", "状态", "证书", "已打印"], jobs.iter().map(row))
}
