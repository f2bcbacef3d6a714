//! What is done to a bulletin: steps of its way, corrections, receipts, replies and answers.

use super::one::{Typed, render};
use super::{href, key};
use crate::http::web::Web;
use crate::http::{OfficeError, Officer};
use crate::office::said::Said;
use crate::office::{back, ruled};
use app::AppError;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::bulletin::{BulletinId, ReplyKind, Step};
use serde::Deserialize;

/// A step as it is posted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct TypedStep {
    step: String,
    seen: String,
    reason: String,
}

/// An answer as it is posted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct TypedAnswer {
    reply: String,
    text: String,
}

/// Back to the bulletin with a message, or with what was refused.
async fn told<T>(
    web: &Web,
    officer: &Officer,
    id: BulletinId,
    (done, said, typed): (Result<T, AppError>, &str, &Typed),
) -> Result<Response, OfficeError> {
    match ruled(done)? {
        Ok(_) => Ok(back(&href(id), said)),
        Err(refused) => render(web, officer, id, (&Said::default(), typed, refused)).await,
    }
}

/// `POST /office/bulletins/{id}/step`.
pub async fn step(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Form(typed): Form<TypedStep>,
) -> Result<Response, OfficeError> {
    let id = key(&id)?;
    let (step, said) = match Step::parse(&typed.step) {
        Some(Step::Approve) => (Step::Approve, "bulletin_approved"),
        Some(Step::Return) => (Step::Return, "bulletin_returned"),
        Some(Step::Release) => (Step::Release, "bulletin_released"),
        Some(Step::Discard) => (Step::Discard, "bulletin_discarded"),
        Some(Step::Withdraw) => (Step::Withdraw, "bulletin_withdrawn"),
        Some(Step::Draft | Step::Edit) | None => return Err(AppError::NotFound.into()),
    };
    let seen = typed.seen.parse().ok();
    let done = web.app.step_bulletin(&officer.ctx, id, seen, (step, &typed.reason)).await;
    told(&web, &officer, id, (done, said, &Typed::default())).await
}

/// `POST /office/bulletins/{id}/correct`: drafts the edition that corrects it.
pub async fn correct(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
) -> Result<Response, OfficeError> {
    let id = key(&id)?;
    match web.app.correct_bulletin(&officer.ctx, id).await {
        Ok(new) => Ok(back(&href(new), "bulletin_drafted")),
        Err(error) => told(&web, &officer, id, (Err::<(), _>(error), "", &Typed::default())).await,
    }
}

/// `POST /office/bulletins/{id}/receipt`: 签收.
pub async fn sign(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
) -> Result<Response, OfficeError> {
    let id = key(&id)?;
    let done = web.app.sign_bulletin(&officer.ctx, id).await;
    told(&web, &officer, id, (done, "bulletin_signed", &Typed::default())).await
}

/// `POST /office/bulletins/{id}/replies`: 回复 or 异议.
pub async fn reply(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, OfficeError> {
    let id = key(&id)?;
    // What is neither is a dispute without a figure, or an answer: the verb says what is missing.
    let fallback = if typed.figure.is_empty() { ReplyKind::Answer } else { ReplyKind::Dispute };
    let kind = ReplyKind::parse(&typed.kind).unwrap_or(fallback);
    let done = web.app.reply_bulletin(&officer.ctx, id, (kind, &typed.figure, &typed.text)).await;
    told(&web, &officer, id, (done, "bulletin_replied", &typed)).await
}

/// `POST /office/bulletins/{id}/answers`: the national level's answer to a reply.
pub async fn answer(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Form(typed): Form<TypedAnswer>,
) -> Result<Response, OfficeError> {
    let id = key(&id)?;
    let reply = typed.reply.parse().unwrap_or(0);
    let done = web.app.answer_reply(&officer.ctx, id, reply, &typed.text).await;
    told(&web, &officer, id, (done, "bulletin_answered", &Typed::default())).await
}
