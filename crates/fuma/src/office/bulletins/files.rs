//! A bulletin as files: PDF, workbook, JSON, and the aggregates it is made again from.

use super::{key, told};
use crate::http::web::Web;
use crate::http::{OfficeError, Officer};
use crate::office::attachment;
use app::AppError;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::bulletin::BulletinId;

/// `通报-2026-Q3-第1版.pdf`.
async fn named(web: &Web, officer: &Officer, id: BulletinId, ending: &str) -> Result<String, AppError> {
    let view = web.app.bulletin(&officer.ctx, id).await?;
    Ok(format!("通报-{}-第{}版.{ending}", view.aggregates.period.key(), view.aggregates.edition))
}

/// `GET /office/bulletins/{id}/bulletin.pdf`.
pub async fn pdf(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
) -> Result<Response, OfficeError> {
    let id = key(&id)?;
    let bytes = web.app.bulletin_pdf(&officer.ctx, id).await?;
    Ok(attachment(&named(&web, &officer, id, "pdf").await?, bytes))
}

/// `GET /office/bulletins/{id}/bulletin.xlsx`.
pub async fn xlsx(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
) -> Result<Response, OfficeError> {
    let id = key(&id)?;
    let bytes = web.app.bulletin_book(&officer.ctx, id).await?;
    Ok(attachment(&named(&web, &officer, id, "xlsx").await?, bytes))
}

/// `GET /office/bulletins/{id}/bulletin.json`.
pub async fn json(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
) -> Result<Response, OfficeError> {
    let view = web.app.bulletin(&officer.ctx, key(&id)?).await?;
    Ok(Json(told::bulletin(&web.app, &view)).into_response())
}

/// `GET /office/bulletins/{id}/aggregates.txt`: the bytes of the digest.
pub async fn aggregates(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
) -> Result<Response, OfficeError> {
    let id = key(&id)?;
    let view = web.app.bulletin(&officer.ctx, id).await?;
    let mut response = attachment(&named(&web, &officer, id, "txt").await?, view.bulletin.aggregates);
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    Ok(response)
}
