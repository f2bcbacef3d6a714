//! The HTTP side of an answer: status, page or JSON, and the headers a scan needs (dependencies.md 14.2).

use askama::Template;
use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use domain::Verdict;

use super::{VerdictJson, Visit};
use crate::http::Answered;

/// When the system itself is the reason, come back after so many seconds.
const RETRY_AFTER: &str = "30";

/// Whether the caller is a program: `application/json` is accepted and `text/html` is not named.
pub fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    accept.contains("application/json") && !accept.contains("text/html")
}

/// Room for a page of middling size, so that it is not moved while it grows.
const PAGE: usize = 16 << 10;

/// A verdict as page.
pub fn verdict_page(visit: &Visit, verdict: &Verdict, page: &impl Template) -> Response {
    let mut html = String::with_capacity(PAGE);
    match page.render_into(&mut html) {
        Ok(()) => visit.remember(with_headers(verdict, Html(html).into_response())),
        Err(error) => {
            tracing::error!(%error, "a public page did not render");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A verdict as JSON.
pub fn verdict_json(verdict: &Verdict, json: &VerdictJson<'_>) -> Response {
    with_headers(verdict, Json(json).into_response())
}

/// Never kept (WeChat caches hard and a status may change at any time), never indexed, no referrer, page and JSON told apart.
fn with_headers(verdict: &Verdict, mut response: Response) -> Response {
    response.extensions_mut().insert(Answered);
    let status =
        StatusCode::from_u16(verdict.word().http_status()).expect("a verdict's status is a known code");
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let mut set = |name, value| headers.insert(name, HeaderValue::from_static(value));
    set(header::CACHE_CONTROL, "no-store");
    set(header::VARY, "accept");
    set(header::REFERRER_POLICY, "no-referrer");
    set(header::HeaderName::from_static("x-robots-tag"), "noindex");
    if status == StatusCode::SERVICE_UNAVAILABLE {
        set(header::RETRY_AFTER, RETRY_AFTER);
    }
    response
}

#[cfg(test)]
mod tests {
    use domain::{Lookup, Shown};

    use super::super::samples::{NOW, today, verdict, visit};
    use super::super::{AnswerPage, VerdictJson};
    use super::*;

    fn accept(value: &str) -> bool {
        wants_json(&HeaderMap::from_iter([(header::ACCEPT, value.parse().unwrap())]))
    }

    #[test]
    fn browsers_get_the_page_and_programs_that_ask_get_json() {
        assert!(accept("application/json") && accept("application/json, text/plain, */*"));
        assert!(!accept("text/html,application/xhtml+xml,*/*;q=0.8") && !accept("*/*"));
        assert!(!wants_json(&HeaderMap::new()));
    }

    #[test]
    fn an_answer_is_never_kept_and_an_outage_says_when_to_come_back() {
        let down = Verdict::of(Lookup::Unavailable, Shown::Short, today(), today());
        let visit = visit();
        let page = AnswerPage { visit: &visit, verdict: &down, asked: "", asked_at: NOW };
        let response = verdict_page(&visit, &down, &page);
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[header::RETRY_AFTER], RETRY_AFTER);
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        assert!(!response.headers().contains_key(header::SET_COOKIE));
        let valid = verdict(&[], Shown::Short);
        let response = verdict_json(&valid, &VerdictJson::of(&valid, None, NOW));
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/json");
        assert_eq!(response.headers()["x-robots-tag"], "noindex");
    }
}
