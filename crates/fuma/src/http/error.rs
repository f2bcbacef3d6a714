//! The one place where a failure becomes a status and a page.

use crate::assets;
use crate::http::web::page;
use crate::office::ProblemList;
use crate::public::SITE_NAME;
use app::AppError;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use store_error::is_conflict;
use tower_http::csrf::ProtectionError;

/// A failure on the officers' site.
pub struct OfficeError(pub AppError);

impl From<AppError> for OfficeError {
    fn from(error: AppError) -> OfficeError {
        OfficeError(error)
    }
}

/// `office/error.html`: what is wrong, what to do, and a way on.
#[derive(Default, Template)]
#[template(path = "office/error.html")]
struct ErrorPage {
    title: &'static str,
    message: String,
    hint: String,
    problems: Vec<ProblemList>,
    reference: String,
    /// Whether the way on is to sign in beside this page.
    sign_in: bool,
    demo: bool,
}

/// A number under which the log holds what happened.
pub fn fault_reference() -> String {
    let bytes = app::random::<5>();
    data_encoding::BASE32_NOPAD.encode(&bytes)
}

/// Our own fault: the visitor gets a reference, the log the text.
pub fn fault(text: &str) -> Response {
    let reference = fault_reference();
    tracing::error!(reference, "fault: {text}");
    show(
        StatusCode::INTERNAL_SERVER_ERROR,
        "系统内部错误",
        String::new(),
        String::new(),
        Vec::new(),
        reference,
    )
}

/// The answer to what another site's page sends in a visitor's name, which the layer against that refuses.
pub fn cross_site(_: ProtectionError) -> Response {
    show(
        StatusCode::FORBIDDEN,
        "没有办理",
        "这次提交不是从本站页面发出的，为防冒用没有办理".into(),
        "请打开本站页面，重新填写后提交。网址经过转发或改写的，请改用本站网址。".into(),
        Vec::new(),
        String::new(),
    )
}

/// The answer to what was posted when the session was over: what was typed is still with the browser, which sends it again when
/// the page is loaded anew.
pub fn signed_out_meanwhile() -> Response {
    let mut response = page(&ErrorPage {
        title: "登录已过期",
        message: "登录已过期，刚才提交的内容没有保存".into(),
        hint: "请不要关闭本页：先在新窗口登录，再回到本页刷新，并在浏览器询问时确认重新提交，填写的内容就会再提交一次。".into(),
        sign_in: true,
        ..ErrorPage::default()
    });
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    response
}

fn show(
    status: StatusCode,
    title: &'static str,
    message: String,
    hint: String,
    problems: Vec<ProblemList>,
    reference: String,
) -> Response {
    let mut response = page(&ErrorPage { title, message, hint, problems, reference, ..ErrorPage::default() });
    *response.status_mut() = status;
    response
}

/// The status of a failure: decided here and nowhere else.
pub fn status(error: &AppError) -> StatusCode {
    match error {
        AppError::Invalid(_) | AppError::Refused { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        AppError::Forbidden => StatusCode::FORBIDDEN,
        AppError::NotFound => StatusCode::NOT_FOUND,
        AppError::SignedOut => StatusCode::UNAUTHORIZED,
        AppError::Store(error) if is_conflict(error) => StatusCode::CONFLICT,
        AppError::Store(_) | AppError::NotReady { .. } => StatusCode::SERVICE_UNAVAILABLE,
        AppError::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for OfficeError {
    fn into_response(self) -> Response {
        let error = self.0;
        let (status, hint) = (status(&error), error.hint());
        let title = match &error {
            AppError::SignedOut => return Redirect::to("/office/sign-in").into_response(),
            AppError::Fault(text) => return fault(text),
            AppError::Invalid(_) => "有问题需要改正",
            AppError::Refused { .. } => "没有办理",
            AppError::Forbidden => "没有权限",
            AppError::NotFound => "没有找到",
            AppError::NotReady { .. } => "正在准备",
            AppError::Store(inner) => {
                tracing::warn!(error = ?inner, "the store refused");
                "没有保存"
            }
        };
        let problems = match &error {
            AppError::Invalid(problems) => ProblemList::of(problems),
            _ => Vec::new(),
        };
        show(status, title, error.to_string(), hint, problems, String::new())
    }
}

/// What the doors must tell apart of the store's refusals.
mod store_error {
    use app::StoreError;

    /// Somebody else was faster: 409.
    pub fn is_conflict(error: &StoreError) -> bool {
        matches!(error, StoreError::Conflict | StoreError::Unique { .. })
    }
}
