//! The interface for approval systems, `/api/v1`: parse, ask the registry, answer. No rule stands here. What it looks like
//! from outside is docs/接口规范.md.

mod batches;
mod call;
pub mod docs;
mod files;
mod items;
mod limits;
pub mod openapi;
mod problem;
mod reading;
mod signed;
pub mod standard;
#[cfg(test)]
mod tests;
mod token;

pub use limits::Limits;
pub use problem::{Problem, located};

use crate::http::{Web, asker};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{Method, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

/// A call that reads: GET, or POST with the same parameters as form for callers that cannot send a token otherwise.
macro_rules! reading {
    ($handler:path) => {
        get($handler).post($handler)
    };
}

/// All calls. Each reads its body itself, within a limit of its own.
pub fn routes(web: &Web) -> Router<Web> {
    Router::new()
        .route("/api/v1/token", post(token::give))
        .route("/api/v1/certificates/check", post(items::check))
        .route("/api/v1/certificates/assign", post(items::assign))
        .route("/api/v1/certificates/renew", post(items::renew))
        .route("/api/v1/certificates/change", post(items::change))
        .route("/api/v1/certificates/correct", post(items::correct))
        .route("/api/v1/certificates/status", post(items::status))
        .route("/api/v1/certificates/adopt", post(items::adopt))
        .route("/api/v1/declared", post(items::declare))
        .route("/api/v1/batches/check", post(batches::check))
        .route("/api/v1/batches/assign", post(batches::assign))
        .route("/api/v1/batches/renew", post(batches::renew))
        .route("/api/v1/batches/change", post(batches::change))
        .route("/api/v1/batches/correct", post(batches::correct))
        .route("/api/v1/batches/{id}", reading!(batches::show))
        .route("/api/v1/batches/{id}/results", reading!(batches::results))
        .route("/api/v1/certificates/{number}", reading!(reading::certificate))
        .route("/api/v1/certificates/{number}/editions", reading!(reading::editions))
        .route("/api/v1/certificates/{number}/verdict", reading!(reading::verdict))
        .route("/api/v1/certificates/{number}/qr.svg", reading!(reading::qr_svg))
        .route("/api/v1/certificates/{number}/qr.png", reading!(reading::qr_png))
        .route("/api/v1/certificates/{number}/qr.pdf", reading!(reading::qr_pdf))
        .route("/api/v1/certificates/{number}/certificate.pdf", get(files::kept).post(files::print))
        .route("/api/v1/certificates/{number}/files", get(files::list).post(files::collect))
        .route("/api/v1/certificates/{number}/files/{sha256}", reading!(files::fetch))
        .route("/api/v1/records", reading!(reading::record))
        .route("/api/v1/bodies/{uscc}/certificates", reading!(reading::linked))
        .route("/api/v1/reconcile", get(reading::reconcile).post(reading::reconcile_against))
        .route("/api/v1/unadopted", reading!(reading::unadopted))
        .route("/api/v1/changes", reading!(reading::changes))
        .route("/api/v1/statistics", reading!(reading::statistics))
        .route("/api/v1/codes/{table}", reading!(reading::codes))
        .route("/api/v1/openapi.json", get(openapi::serve))
        .route("/api/v1/{*rest}", get(unknown).post(unknown))
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(web.clone(), asker::calls))
        .layer(from_fn_with_state(web.clone(), problem::located))
        .layer(DefaultBodyLimit::disable())
}

async fn unknown() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_found", "没有这个接口")
        .said("地址不是本版本接口的任何调用", "请核对地址；接口说明在 /api/docs。")
}

async fn wrong_method(method: Method) -> Problem {
    let (detail, hint) = match method {
        Method::GET => ("这个地址不接受 GET", "请改用 POST。"),
        Method::POST => ("这个地址不接受 POST", "请改用 GET。"),
        _ => ("接口只用 GET 和 POST", "请按接口规范选用方法。"),
    };
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method", "方法不支持").said(detail, hint)
}
