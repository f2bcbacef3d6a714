//! The list of imports, the drop zone and the templates.

use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::upload::Received;
use crate::office::{Badge, Menu, Shell, attachment};
use app::stored::{Batch, BatchState, Outcome};
use app::{AppError, sheet};
use askama::Template;
use axum::extract::{Multipart, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Action, BatchId, Group, Tone, group_digits};
use serde::Deserialize;

/// Imports on a page; the verb gives as many.
const PAGE: usize = 50;

/// `office/imports.html`.
#[derive(Template)]
#[template(path = "office/imports.html")]
struct ImportsPage {
    shell: Shell,
    may: bool,
    rows: Vec<BatchRow>,
    older: Option<i64>,
    groups: [Group; 6],
}

/// One import in the list.
struct BatchRow {
    id: i64,
    file: String,
    when: String,
    state: Badge,
    figures: String,
    message: String,
}

/// State as badge.
pub fn badge(state: BatchState) -> Badge {
    let tone = match state {
        BatchState::Done => Tone::Good,
        BatchState::Checked => Tone::Warn,
        BatchState::Failed | BatchState::Unchecked | BatchState::Interrupted => Tone::Bad,
        BatchState::Uploading | BatchState::Checking | BatchState::Committing | BatchState::Discarded => {
            Tone::Neutral
        }
    };
    Badge::plain(state.label(), tone)
}

/// The colour of what became, or would become, of a line.
pub fn outcome_tone(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Fresh | Outcome::Changed => Tone::Good,
        Outcome::Unchanged => Tone::Neutral,
        Outcome::Refused => Tone::Bad,
    }
}

fn row(batch: Batch) -> BatchRow {
    let s = &batch.summary;
    let n = |n: u32| group_digits(u64::from(n));
    let figures = match batch.state {
        BatchState::Uploading | BatchState::Checking | BatchState::Unchecked | BatchState::Failed => {
            String::new()
        }
        BatchState::Checked | BatchState::Discarded => {
            format!(
                "{}张，可赋码{}张，有错误{}张",
                n(s.lines),
                n(s.fresh + s.changed),
                n(s.lines - s.good.min(s.lines))
            )
        }
        BatchState::Committing | BatchState::Interrupted | BatchState::Done => {
            format!("{} / {}张", n(batch.done), n(s.fresh + s.changed))
        }
    };
    BatchRow {
        id: batch.id.0,
        state: badge(batch.state),
        file: batch.file_name,
        when: batch.created_at.shanghai(),
        figures,
        message: batch.message,
    }
}

/// `?before=&said=`.
#[derive(Debug, Default, Deserialize)]
pub struct ListQuery {
    before: Option<i64>,
    #[serde(default)]
    said: String,
}

/// `GET /office/imports`.
pub async fn list(
    State(web): State<Web>,
    officer: Officer,
    Query(query): Query<ListQuery>,
) -> Result<Response, OfficeError> {
    let batches = web.app.batches(&officer.ctx, query.before.map(BatchId)).await?;
    let said =
        if query.said == "discarded" { "已放弃该次导入，没有写入任何内容。" } else { "" };
    Ok(page(&ImportsPage {
        shell: officer.shell_saying("导入", Menu::Import, Vec::new(), Tone::Good, said),
        may: officer.can(Action::ImportPreview),
        older: (batches.len() == PAGE).then(|| batches.last().map(|b| b.id.0)).flatten(),
        rows: batches.into_iter().map(row).collect(),
        groups: Group::ALL,
    }))
}

/// `POST /office/imports`: a workbook goes into the queue; an official annex form becomes a draft, because it belongs
/// to one certificate.
pub async fn upload(
    State(web): State<Web>,
    officer: Officer,
    form: Multipart,
) -> Result<Response, OfficeError> {
    let received = Received::read(form).await?;
    if web.app.is_annex(&officer.ctx, &received.files).await? {
        let Some(file) = received.files.into_iter().next() else {
            return Err(OfficeError(AppError::NotFound));
        };
        let mut form = app::Form::default();
        let read = web.app.read_annex(&officer.ctx, file, &mut form, app::Put::Replace).await?;
        return crate::office::drafts::begin(&web, &officer, &form, &read, "annex").await;
    }
    let id = web.app.upload(&officer.ctx, received.files).await?;
    Ok(Redirect::to(&format!("/office/imports/{id}")).into_response())
}

/// `GET /office/imports/template.xlsx`.
pub async fn template(State(web): State<Web>, _officer: Officer) -> Result<Response, OfficeError> {
    let tables = web.app.tables();
    let bytes = sheet::template(&tables).map_err(|e| AppError::Fault(e.to_string()))?;
    Ok(attachment("资质认定证书导入模板.xlsx", bytes))
}

/// `GET /office/imports/template/{group}`: one table as CSV.
pub async fn csv_template(_officer: Officer, Path(group): Path<String>) -> Result<Response, OfficeError> {
    let key = group.strip_suffix(".csv").unwrap_or_default();
    let group = Group::ALL.into_iter().find(|g| g.key() == key).ok_or(AppError::NotFound)?;
    Ok(attachment(&format!("{}.csv", group.sheet()), sheet::csv_template(group)))
}
