//! Calls that write, item by item: check, assign, renew, change, correct, status, adopt, declare.

use super::call::Call;
use super::problem::Problem;
use crate::http::Web;
use app::{CallAct, ItemAnswer, ItemOutcome};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Items of a call at most.
pub const MOST: usize = 500;

/// What is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Items {
    items: Vec<Value>,
}

/// What is answered.
#[derive(Serialize)]
struct Results {
    results: Vec<ItemAnswer>,
}

/// `POST /api/v1/certificates/check`.
pub async fn check(State(web): State<Web>, call: Call) -> Result<Response, Problem> {
    items(&web, &call, CallAct::Check).await
}

/// `POST /api/v1/certificates/assign`.
pub async fn assign(State(web): State<Web>, call: Call) -> Result<Response, Problem> {
    items(&web, &call, CallAct::Assign).await
}

/// `POST /api/v1/certificates/renew`.
pub async fn renew(State(web): State<Web>, call: Call) -> Result<Response, Problem> {
    items(&web, &call, CallAct::Renew).await
}

/// `POST /api/v1/certificates/change`.
pub async fn change(State(web): State<Web>, call: Call) -> Result<Response, Problem> {
    items(&web, &call, CallAct::Change).await
}

/// `POST /api/v1/certificates/correct`.
pub async fn correct(State(web): State<Web>, call: Call) -> Result<Response, Problem> {
    items(&web, &call, CallAct::Correct).await
}

/// `POST /api/v1/certificates/status`.
pub async fn status(State(web): State<Web>, call: Call) -> Result<Response, Problem> {
    let items = taken(&web, &call, "status").await?;
    Ok(answer(&web, web.app.call_status(&call.ctx, items).await?))
}

/// `POST /api/v1/certificates/adopt`.
pub async fn adopt(State(web): State<Web>, call: Call) -> Result<Response, Problem> {
    let items = taken(&web, &call, "adopt").await?;
    Ok(answer(&web, web.app.call_adopt(&call.ctx, items).await?))
}

/// `POST /api/v1/declared`.
pub async fn declare(State(web): State<Web>, call: Call) -> Result<Response, Problem> {
    let items = taken(&web, &call, "declare").await?;
    Ok(answer(&web, web.app.call_declare(&call.ctx, items).await?))
}

async fn items(web: &Web, call: &Call, act: CallAct) -> Result<Response, Problem> {
    let items = taken(web, call, act.key()).await?;
    Ok(answer(web, web.app.call_items(&call.ctx, act, items, app::Urgency::Act).await?))
}

/// The items of a call, after its key was noted.
async fn taken(web: &Web, call: &Call, act: &str) -> Result<Vec<Value>, Problem> {
    let Items { items } = call.json()?;
    if items.is_empty() || items.len() > MOST {
        let detail = format!("一次调用应有1至{MOST}项，现有{}项", items.len());
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "item_count", "项数不对")
            .said(detail, "请分几次调用，或用批量作业 /api/v1/batches。"));
    }
    let key = match call.header("idempotency-key").trim().trim_matches('"') {
        "" => call.params.get("idempotency_key").unwrap_or_default(),
        key => key,
    };
    if !key.is_empty() && !web.app.note_call_key(&call.ctx, key, act, &call.body).await? {
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "key_reused", "幂等键已用过").said(
            "同一 Idempotency-Key 曾用于另一内容的调用",
            "重发须与原内容完全相同；新的调用请用新的键。",
        ));
    }
    Ok(items)
}

/// 200 if anything was done, else 422: the same shape either way.
fn answer(web: &Web, mut results: Vec<ItemAnswer>) -> Response {
    for fault in results.iter_mut().flat_map(|answer| &mut answer.problems) {
        fault.hint = web.own_addresses(std::mem::take(&mut fault.hint));
    }
    let done = results.iter().any(|answer| answer.outcome != ItemOutcome::Error);
    let status = if done { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    (status, Json(Results { results })).into_response()
}
