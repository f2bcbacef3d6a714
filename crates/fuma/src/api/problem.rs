//! What a call gets that could not be answered: RFC 9457 problem details, in words for the people who run the system.

use crate::http::{Web, fault_reference};
use app::{AppError, StoreError};
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// Seconds after which a call that met a busy store may be made again.
const BUSY: u64 = 2;

/// A problem on its way out.
#[derive(Clone, Debug)]
pub struct Problem(Box<Details>);

#[derive(Clone, Debug, Serialize)]
struct Details {
    /// What is wrong, as an address with words about it; set by [`located`].
    #[serde(rename = "type")]
    kind: String,
    /// One line.
    title: &'static str,
    /// The status of the answer.
    status: u16,
    /// What is wrong this time.
    #[serde(skip_serializing_if = "String::is_empty")]
    detail: String,
    /// What to do.
    #[serde(skip_serializing_if = "String::is_empty")]
    hint: String,
    /// Stable word for machines.
    code: &'static str,
    /// Set by [`located`]. Which call it was: the request id that stands in the events and the log.
    instance: String,
    /// Seconds to wait, as in the header of the same name: not every caller sees headers.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
}

/// The media type of problems.
pub const PROBLEM_JSON: &str = "application/problem+json";

impl Problem {
    /// A problem of a code.
    pub fn new(status: StatusCode, code: &'static str, title: &'static str) -> Problem {
        Problem(Box::new(Details {
            kind: String::new(),
            title,
            status: status.as_u16(),
            detail: String::new(),
            hint: String::new(),
            code,
            instance: String::new(),
            retry_after: None,
        }))
    }

    /// A call that cannot be read.
    pub fn bad(code: &'static str, detail: impl Into<String>, hint: impl Into<String>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, code, "调用无法识别").said(detail, hint)
    }

    /// With what is wrong and what to do.
    pub fn said(mut self, detail: impl Into<String>, hint: impl Into<String>) -> Problem {
        (self.0.detail, self.0.hint) = (detail.into(), hint.into());
        self
    }

    /// Not before so many seconds.
    pub fn after(mut self, seconds: u64) -> Problem {
        self.0.retry_after = Some(seconds);
        self
    }

    /// Its word.
    #[cfg(test)]
    pub fn code(&self) -> &'static str {
        self.0.code
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Problem {
        let hint = error.hint();
        match error {
            AppError::Invalid(_) | AppError::Refused { .. } => {
                Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "refused", "没有办理")
                    .said(error.to_string(), hint)
            }
            AppError::Forbidden => Problem::new(StatusCode::FORBIDDEN, "forbidden", "没有权限").said(
                "令牌没有这项权限",
                "请用含相应 scope 的令牌；需要增加权限的，请本机关管理员在“对接”页设置。",
            ),
            AppError::NotFound => Problem::new(StatusCode::NOT_FOUND, "not_found", "没有找到")
                .said("没有这一项，或不属于本机关", "请核对地址和编号。"),
            AppError::NotReady { .. } => {
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "暂时无法办理")
                    .said(error.to_string(), hint)
                    .after(BUSY)
            }
            AppError::SignedOut => Problem::new(StatusCode::UNAUTHORIZED, "invalid_token", "令牌无效")
                .said("没有令牌，或令牌已过期、已停用", "请重新获取令牌后再调用。"),
            AppError::Store(StoreError::Conflict | StoreError::Unique { .. }) => {
                Problem::new(StatusCode::CONFLICT, "conflict", "与另一办理冲突")
                    .said(error.to_string(), "请原样重发：业务记录号保证不会重复办理。")
            }
            AppError::Store(inner) => {
                tracing::warn!(error = ?inner, "the store refused a call");
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "暂时无法办理")
                    .said(inner.to_string(), "请稍后原样重发：业务记录号保证不会重复办理。")
                    .after(BUSY)
            }
            AppError::Fault(text) => {
                let reference = fault_reference();
                tracing::error!(reference, "fault: {text}");
                Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "fault", "系统内部错误")
                    .said(format!("参考号{reference}"), "请稍后重试；反复出现请把参考号告诉系统管理员。")
            }
        }
    }
}

impl IntoResponse for Problem {
    /// The details travel beside an empty answer, until [`located`] knows where and of which call they are.
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Around all calls: writes the problems out, with the address of their words and the request id.
pub async fn located(State(web): State<Web>, request: Request, next: Next) -> Response {
    let id = request.headers().get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
    let instance = id.to_owned();
    let mut response = next.run(request).await;
    let Some(Problem(mut details)) = response.extensions_mut().remove::<Problem>() else { return response };
    details.kind = format!("{}{}/api/docs#{}", web.app.config.base_url(), web.base(), details.code);
    details.instance = instance;
    details.hint = web.own_addresses(details.hint);
    let retry_after = details.retry_after;
    let mut response = (response.status(), Json(*details)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    if response.status() == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static(r#"Bearer realm="fuma", error="invalid_token""#),
        );
    }
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
