//! Batches of lines (NDJSON): received as a stream, worked through in the background, answered line by line.

use super::call::{Call, Caller};
use super::problem::Problem;
use super::signed;
use crate::http::Web;
use crate::http::signature::BodyCheck;
use app::stored::{BatchAnswer, CallBatch, CallBatchState};
use app::{CallAct, Receiving};
use axum::Json;
use axum::extract::{FromRequest, FromRequestParts, Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::BatchId;
use futures_util::StreamExt;
use serde_json::{Value, json};
use std::time::Duration;

/// A sender that is silent for so long is given up.
const SILENCE: Duration = Duration::from_secs(60);
/// Lines of answers on a page, unless another number is asked for.
const PAGE: u32 = 1_000;

/// `POST /api/v1/batches/check`.
pub async fn check(State(web): State<Web>, request: Request) -> Result<Response, Problem> {
    receive(&web, request, CallAct::Check).await
}

/// `POST /api/v1/batches/assign`.
pub async fn assign(State(web): State<Web>, request: Request) -> Result<Response, Problem> {
    receive(&web, request, CallAct::Assign).await
}

/// `POST /api/v1/batches/renew`.
pub async fn renew(State(web): State<Web>, request: Request) -> Result<Response, Problem> {
    receive(&web, request, CallAct::Renew).await
}

/// `POST /api/v1/batches/change`.
pub async fn change(State(web): State<Web>, request: Request) -> Result<Response, Problem> {
    receive(&web, request, CallAct::Change).await
}

/// `POST /api/v1/batches/correct`.
pub async fn correct(State(web): State<Web>, request: Request) -> Result<Response, Problem> {
    receive(&web, request, CallAct::Correct).await
}

/// Lines as they come; or, from callers that can send no token beside them, as member `body` of a form.
async fn receive(web: &Web, request: Request, act: CallAct) -> Result<Response, Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
        let call = Call::from_request(request, web).await?;
        let mut receiving = web.app.receive_batch(&call.ctx, act).await?;
        receiving.take(&call.body).await?;
        return Ok(accepted(web, &receiving.end(&call.ctx).await?));
    }
    let (mut parts, body) = request.into_parts();
    let mut caller = Caller::from_request_parts(&mut parts, web).await?;
    let mut receiving = web.app.receive_batch(&caller.ctx, act).await?;
    let mut stream = body.into_data_stream();
    loop {
        match tokio::time::timeout(SILENCE, stream.next()).await {
            Ok(Some(Ok(bytes))) => {
                caller.check.iter_mut().for_each(|check| check.update(&bytes));
                receiving.take(&bytes).await?;
            }
            Ok(None) => break,
            Ok(Some(Err(_))) => return Err(broken(&mut receiving, "传输中断").await),
            Err(_) => return Err(broken(&mut receiving, "超过一分钟没有收到内容").await),
        }
    }
    // Nothing is worked on before the whole body is known to be what was signed.
    if let Some(Err(why)) = caller.check.take().map(BodyCheck::finish) {
        receiving.give_up("内容与签名不符").await?;
        return Err(signed::refused(web, &caller.ctx, &why));
    }
    Ok(accepted(web, &receiving.end(&caller.ctx).await?))
}

/// Half a batch is none; that it could not be ended as such changes nothing for the caller.
async fn broken(receiving: &mut Receiving<'_>, what: &str) -> Problem {
    if let Err(error) = receiving.give_up(what).await {
        tracing::error!(?error, "ending a batch that broke off");
    }
    Problem::bad(
        "broken_off",
        format!("{what}，批量作业没有开始"),
        "请检查网络后整批重发：已办的行不会重复办理。",
    )
}

fn accepted(web: &Web, batch: &CallBatch) -> Response {
    (StatusCode::ACCEPTED, Json(shown(web, batch))).into_response()
}

fn shown(web: &Web, batch: &CallBatch) -> Value {
    let base = web.base();
    json!({
        "batch": batch.id.to_string(),
        "act": batch.act,
        "state": batch.state.key(),
        "done": batch.done,
        "ok": batch.tally.ok,
        "warned": batch.tally.warned,
        "failed": batch.tally.failed,
        "message": batch.message,
        "created_at": batch.created_at.rfc3339(),
        "updated_at": batch.updated_at.rfc3339(),
        "status_url": format!("{base}/api/v1/batches/{}", batch.id),
        "results_url": format!("{base}/api/v1/batches/{}/results", batch.id),
    })
}

fn key(text: &str) -> Result<BatchId, Problem> {
    text.parse().map(BatchId).map_err(|_| app::AppError::NotFound.into())
}

/// `GET /api/v1/batches/{id}`.
pub async fn show(
    State(web): State<Web>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Json<Value>, Problem> {
    Ok(Json(shown(&web, &web.app.call_batch(&call.ctx, key(&id)?).await?)))
}

/// `GET /api/v1/batches/{id}/results`: NDJSON, one answer a line.
pub async fn results(
    State(web): State<Web>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    let id = key(&id)?;
    let after = call.params.parsed("after")?.unwrap_or(0);
    let limit = call.params.parsed("limit")?.unwrap_or(PAGE);
    let batch = web.app.call_batch(&call.ctx, id).await?;
    let answers = web.app.call_batch_answers(&call.ctx, id, after, limit).await?;
    let next = answers.last().map_or(after, |answer| answer.line);
    let ended = matches!(batch.state, CallBatchState::Done | CallBatchState::Failed) && next >= batch.done;
    // Nothing of an answer but its hints names an address of the interface.
    let mut response = web.own_addresses(answers.iter().map(line).collect()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    headers.insert("x-next-after", HeaderValue::from(next));
    headers.insert("x-complete", HeaderValue::from_static(if ended { "true" } else { "false" }));
    Ok(response)
}

/// `{"line":7,` and then the members of the answer.
fn line(answer: &BatchAnswer) -> String {
    format!("{{\"line\":{},{}\n", answer.line, answer.answer.strip_prefix('{').unwrap_or("}"))
}
