//! `/qr/{token}`: where a body fetches the code for its reports with the link of its 领取单. No cookie, no script; who
//! holds the paper may come.

use super::handlers::failed;
use super::{ReportCodeClosedPage, ReportCodePage, Visit};
use crate::http::web::Web;
use crate::office::prints::codes::code_file;
use app::{AppError, CodeFormat};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Deserialize;

/// The address is a secret of the body: it leaves this site in no referrer and stands in no index.
fn secret(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    response
}

/// `GET /qr/{token}`.
pub async fn show(State(web): State<Web>, visit: Visit, Path(token): Path<String>) -> Response {
    let visit = visit.in_chinese();
    let link = match web.app.link(&token).await {
        Ok(link) => link,
        Err(error) => return failed(&visit, error),
    };
    if !link.closed.is_empty() {
        return closed(&visit, &link.closed);
    }
    let shown = ReportCodePage {
        visit: &visit,
        number: &link.number,
        body_name: &link.body_name,
        token: &token,
        expires_at: link.expires_at.plus_seconds(-1),
        fetched: u64::from(link.downloads),
    };
    secret(visit.page(&shown))
}

/// The link or its certificate has ended: 410, and where to go.
fn closed(visit: &Visit, why: &str) -> Response {
    let mut response = visit.page(&ReportCodeClosedPage { visit, why });
    *response.status_mut() = StatusCode::GONE;
    secret(response)
}

/// `?view=1`: the picture in the page, which is no download.
#[derive(Debug, Default, Deserialize)]
pub struct Shown {
    #[serde(default)]
    view: String,
}

/// `GET /qr/{token}/code.svg`, `.png`, `.pdf`.
pub async fn code(
    State(web): State<Web>,
    visit: Visit,
    Path((token, file)): Path<(String, String)>,
    Query(shown): Query<Shown>,
) -> Response {
    let Some(format) = file.strip_prefix("code.").and_then(CodeFormat::parse) else {
        return failed(&visit, AppError::NotFound);
    };
    match web.app.link_code(&token, format, shown.view.is_empty()).await {
        Ok(file) => secret(code_file(file)),
        Err(AppError::Refused { message, .. }) => closed(&visit, &message),
        Err(error) => failed(&visit, error),
    }
}
