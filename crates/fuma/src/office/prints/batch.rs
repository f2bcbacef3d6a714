//! Many at once: the page that asks once more, the job, and its results.

use super::order::{self, Chosen, Pairs};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::{Badge, Crumb, FieldView, Menu, ProgressView, Shell, attachment, streamed};
use app::stored::{Filter, JobState};
use app::{AppError, BatchOrder, Bundle, PrintJob};
use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Action, JobId, Tone, group_digits};

/// `office/prints/new.html`.
#[derive(Template)]
#[template(path = "office/prints/new.html")]
struct NewPage {
    shell: Shell,
    count: String,
    any: bool,
    of: String,
    hidden: Vec<(&'static str, String)>,
    /// The import whose slips may be wanted as well.
    batch: Option<i64>,
    /// Whether what was printed before may be included; `None` where certificates were picked.
    all: Option<bool>,
    wrong: Option<(String, String)>,
    fields: Vec<FieldView>,
}

/// A job in a list.
pub struct JobRow {
    /// Its key.
    pub id: i64,
    /// When it was asked for.
    pub when: String,
    /// As what, and how it is fetched.
    pub what: String,
    /// Where it stands.
    pub state: Badge,
    /// How many.
    pub figures: String,
}

/// A job as a row.
pub fn job_row(of: &PrintJob) -> JobRow {
    let outcome = of.outcome.as_ref();
    let refused = outcome.map(|o| o.refused.len()).filter(|n| *n > 0);
    let figures = match outcome {
        Some(o) => format!("已打印 {} 张", group_digits(u64::from(o.printed))),
        None => format!("{} 张", group_digits(u64::from(of.certificates))),
    };
    JobRow {
        id: of.job.id.0,
        when: of.job.created_at.shanghai(),
        what: format!("{}，{}", of.copy.label(), if of.bundle == Bundle::Pdf { "一个PDF" } else { "压缩包" }),
        state: badge(of.job.state),
        figures: refused.map_or(figures.clone(), |n| format!("{figures}，{n} 张没有打印")),
    }
}

fn badge(state: JobState) -> Badge {
    let tone = match state {
        JobState::Done => Tone::Good,
        JobState::Failed => Tone::Bad,
        JobState::Waiting | JobState::Running => Tone::Neutral,
    };
    Badge::plain(state.label(), tone)
}

/// `GET /office/prints/new?id=`: a link from a certificate leads to its own page.
pub async fn link(
    State(web): State<Web>,
    officer: Officer,
    Query(pairs): Query<Pairs>,
) -> Result<Response, OfficeError> {
    new(State(web), officer, Form(pairs)).await
}

/// `POST /office/prints/new`: what was chosen, and as what it is to be printed.
pub async fn new(
    State(web): State<Web>,
    officer: Officer,
    Form(pairs): Form<Pairs>,
) -> Result<Response, OfficeError> {
    let chosen = Chosen::of(&pairs);
    match &chosen {
        Chosen::Picked(ids) if ids.len() == 1 => {
            Ok(Redirect::to(&format!("/office/certificates/{}/print", ids[0])).into_response())
        }
        _ => ask(&web, &officer, &chosen, &pairs, None).await,
    }
}

async fn ask(
    web: &Web,
    officer: &Officer,
    chosen: &Chosen,
    pairs: &Pairs,
    wrong: Option<(String, String)>,
) -> Result<Response, OfficeError> {
    web.app.ask(&officer.ctx, Action::Print, None)?;
    let count = match chosen {
        Chosen::Picked(ids) => ids.len() as u64,
        Chosen::Matching { .. } => {
            let filter = Filter { authority: officer.ctx.authority().ok(), ..chosen.filter(web.app.today()) };
            web.app.count_certificates(&officer.ctx, &filter).await?
        }
    };
    let (of, all) = match chosen {
        Chosen::Picked(_) => ("所选证书".to_owned(), None),
        Chosen::Matching { batch: Some(batch), all, .. } => (format!("导入批次 {batch}"), Some(*all)),
        Chosen::Matching { all, .. } => ("待打印的证书".to_owned(), Some(*all)),
    };
    let crumbs = vec![Crumb { label: "批量打印".into(), href: "/office/prints".into() }];
    Ok(page(&NewPage {
        shell: officer.shell("批量打印", Menu::Prints, crumbs),
        count: group_digits(count),
        any: count > 0,
        of,
        hidden: chosen.hidden(),
        batch: if let Chosen::Matching { batch, .. } = chosen { *batch } else { None },
        all,
        wrong,
        fields: order::fields(pairs, true),
    }))
}

/// `POST /office/prints`: the job is queued.
pub async fn queue(
    State(web): State<Web>,
    officer: Officer,
    Form(pairs): Form<Pairs>,
) -> Result<Response, OfficeError> {
    let chosen = Chosen::of(&pairs);
    if !order::value(&pairs, "again").is_empty() {
        return ask(&web, &officer, &chosen, &pairs, None).await;
    }
    let batch = BatchOrder { each: order::order(&pairs), bundle: order::bundle(&pairs) };
    match web.app.print_batch(&officer.ctx, &chosen.selection(web.app.today()), &batch).await {
        Ok(job) => Ok(Redirect::to(&format!("/office/prints/{job}")).into_response()),
        Err(AppError::Refused { message, hint }) => {
            ask(&web, &officer, &chosen, &pairs, Some((message, hint))).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `office/prints/job.html`.
#[derive(Template)]
#[template(path = "office/prints/job.html")]
struct JobPage {
    shell: Shell,
    id: i64,
    row: JobRow,
    progress: Option<ProgressView>,
    failed: String,
    parts: Vec<usize>,
    any: bool,
    refused: Vec<(String, String)>,
}

/// `GET /office/prints/{job}`.
pub async fn job(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
) -> Result<Response, OfficeError> {
    let of = web.app.print_job(&officer.ctx, JobId(id)).await?;
    let running = matches!(of.job.state, JobState::Waiting | JobState::Running);
    let crumbs = vec![Crumb { label: format!("打印任务 {id}"), href: format!("/office/prints/{id}") }];
    let outcome = of.outcome.clone().unwrap_or_default();
    Ok(page(&JobPage {
        shell: officer.shell(&format!("打印任务 {id}"), Menu::Prints, crumbs),
        id,
        row: job_row(&of),
        progress: running.then(|| progress(&web, &of)),
        failed: if of.job.state == JobState::Failed { of.job.message.clone() } else { String::new() },
        parts: (1..=outcome.files.len()).collect(),
        any: outcome.printed > 0,
        refused: outcome.refused,
    }))
}

fn progress(web: &Web, of: &PrintJob) -> ProgressView {
    let (done, all) = (of.job.done, of.certificates);
    let binding = done > all;
    let left = web.app.remaining(of.job.created_at, done, of.job.total);
    ProgressView {
        id: "print-progress".into(),
        label: if binding { "已全部打印，正在合成一个 PDF" } else { "正在打印" }.into(),
        done: u64::from(if binding { done - all } else { done }),
        total: if of.job.total == 0 { 0 } else { u64::from(all) },
        running: false,
        note: left.filter(|s| *s > 5).map(|s| format!("约剩 {s} 秒。")).unwrap_or_default()
            + "可以离开本页，任务会继续；从“打印”可以回到这里。",
    }
}

/// `GET /office/prints/{job}/{part}.pdf`.
pub async fn part(
    State(web): State<Web>,
    officer: Officer,
    Path((id, file)): Path<(i64, String)>,
) -> Result<Response, OfficeError> {
    let n = file.strip_suffix(".pdf").and_then(|n| n.parse().ok()).ok_or(AppError::NotFound)?;
    let bytes = web.app.print_job_pdf(&officer.ctx, JobId(id), n).await?;
    Ok(attachment(&format!("打印任务{id}-第{n}部分.pdf"), bytes))
}

/// `GET /office/prints/{job}/all.zip`: put together while it is sent.
pub async fn zip(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
) -> Result<Response, OfficeError> {
    let job = web.app.print_job(&officer.ctx, JobId(id)).await?.job.id;
    let (send, pieces) = tokio::sync::mpsc::channel::<Vec<u8>>(2);
    let (app, ctx) = (web.app.clone(), officer.ctx.clone());
    let work = tokio::spawn(async move { app.print_job_zip(&ctx, job, &send).await });
    Ok(streamed(&format!("打印任务{id}.zip"), pieces, work))
}
