//! 404, 500 and their kind: what happened, what to do next, and for our own faults a reference number, never the fault's text.

use askama::Template;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::Visit;

/// The answer to a question that cannot be answered: a page, or the same in JSON for a program. `reference` is for the log, empty
/// where the visitor can mend it alone; `why` is empty where the status says all there is to say.
pub fn refusal(visit: &Visit, status: StatusCode, reference: &str, why: &str) -> Response {
    let page = ErrorPage { visit, status: status.as_u16(), reference, why };
    let mut response = if visit.json {
        let reference = Some(reference).filter(|it| !it.is_empty());
        let body = json!({ "status": page.status, "detail": page.advice(), "reference": reference });
        Json(body).into_response()
    } else {
        visit.page(&page)
    };
    *response.status_mut() = status;
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    response
}

/// An error page.
#[derive(Template)]
#[template(path = "public/error.html")]
pub struct ErrorPage<'a> {
    /// Who asks, and what every page carries.
    pub visit: &'a Visit,
    /// HTTP status.
    pub status: u16,
    /// Request id, for the log; empty where the visitor can mend it alone.
    pub reference: &'a str,
    /// What is wrong with what was asked; empty where the status says all there is to say.
    pub why: &'a str,
}

impl ErrorPage<'_> {
    fn title(&self) -> &'static str {
        let w = self.visit.w;
        match self.status {
            404 => w.error_404,
            405 => w.error_405,
            413 => w.error_413,
            429 => w.error_429,
            503 => w.error_503,
            400..=499 => w.error_400,
            _ => w.error_500,
        }
    }

    fn advice(&self) -> &str {
        let w = self.visit.w;
        match self.status {
            _ if !self.why.is_empty() => self.why,
            404 => w.advice_404,
            405 => w.advice_405,
            413 => w.advice_413,
            429 => w.advice_429,
            503 => w.advice_503,
            400..=499 => w.advice_400,
            _ => w.advice_500,
        }
    }
}
