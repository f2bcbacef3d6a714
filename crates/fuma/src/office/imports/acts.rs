//! What is done to an import: commit or continue, check again, give up, fetch the annotated workbook, annul what it assigned.

use crate::http::web::Web;
use crate::http::{OfficeError, Officer};
use crate::office::attachment;
use app::{AppError, Decision, Extent};
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::{BatchId, StatusAct};
use serde::Deserialize;

/// What is posted to commit.
#[derive(Deserialize)]
pub struct Commit {
    #[serde(default)]
    extent: String,
}

/// `POST /office/imports/{id}/commit`: also continues one that was interrupted.
pub async fn commit(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
    Form(typed): Form<Commit>,
) -> Result<Response, OfficeError> {
    let extent = if typed.extent == "whole" { Extent::Whole } else { Extent::Good };
    web.app.commit_batch(&officer.ctx, BatchId(id), extent).await?;
    Ok(Redirect::to(&format!("/office/imports/{id}")).into_response())
}

/// `POST /office/imports/{id}/recheck`.
pub async fn recheck(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
) -> Result<Response, OfficeError> {
    web.app.recheck_batch(&officer.ctx, BatchId(id)).await?;
    Ok(Redirect::to(&format!("/office/imports/{id}")).into_response())
}

/// `POST /office/imports/{id}/discard`.
pub async fn discard(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
) -> Result<Response, OfficeError> {
    web.app.discard_batch(&officer.ctx, BatchId(id)).await?;
    Ok(Redirect::to("/office/imports?said=discarded").into_response())
}

/// `GET /office/imports/{id}/annotated.xlsx`.
pub async fn annotated(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
) -> Result<Response, OfficeError> {
    let bytes = web.app.annotated(&officer.ctx, BatchId(id)).await?;
    Ok(attachment(&format!("导入{id}-标注.xlsx"), bytes))
}

/// What is posted to annul a batch.
#[derive(Deserialize)]
pub struct Annul {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    document: String,
    #[serde(default)]
    confirm: String,
}

/// `POST /office/imports/{id}/annul`.
pub async fn annul(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
    Form(typed): Form<Annul>,
) -> Result<Response, OfficeError> {
    if typed.confirm.is_empty() {
        let hint = "请勾选“我已核对”后再提交；作废不能撤回为未赋码。";
        return Err(OfficeError(AppError::refused("没有确认整批作废", hint)));
    }
    let decision = Decision {
        act: StatusAct::Annul,
        effective: web.app.today(),
        document: typed.document,
        reason: typed.reason,
    };
    web.app.annul_batch(&officer.ctx, BatchId(id), &decision).await?;
    Ok(Redirect::to(&format!("/office/imports/{id}?said=annulled")).into_response())
}
