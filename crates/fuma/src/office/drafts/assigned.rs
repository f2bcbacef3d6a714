//! The assignment, and what to do with the new code.

use super::stance::LAST;
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::certificates::href;
use crate::office::prints::codes::closed;
use crate::office::{FactView, Menu, Shell};
use app::AppError;
use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Action, CertificateId, DraftId, Tone};
use serde::Deserialize;

/// What is posted to assign.
#[derive(Deserialize)]
pub struct Assign {
    version: u32,
}

/// `office/assigned.html`.
#[derive(Template)]
#[template(path = "office/assigned.html")]
struct AssignedPage {
    shell: Shell,
    number: String,
    code: String,
    href: String,
    facts: Vec<FactView>,
    may_print: bool,
    may_code: bool,
    /// Why no slip is given out; empty where one is.
    closed: String,
    print_due: bool,
}

/// `POST /office/drafts/{id}/assign`: what was reviewed is assigned, or nothing.
pub async fn assign(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
    Form(typed): Form<Assign>,
) -> Result<Response, OfficeError> {
    let view = web.app.draft(&officer.ctx, DraftId(id)).await?;
    if view.head.version != typed.version {
        let hint = "请重新核对后再赋码。";
        return Err(OfficeError(AppError::refused("草稿在核对之后又被修改", hint)));
    }
    match web.app.assign_draft(&officer.ctx, DraftId(id)).await {
        Ok(written) => Ok(Redirect::to(&format!("/office/assigned/{}", written.certificate)).into_response()),
        Err(AppError::Invalid(_)) => {
            Ok(Redirect::to(&format!("/office/drafts/{id}?step={LAST}")).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /office/assigned/{certificate}`.
pub async fn assigned(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
) -> Result<Response, OfficeError> {
    let card = web.app.certificate(&officer.ctx, CertificateId(id)).await?.card;
    let fact = |label: &str, value: String| FactView { label: label.into(), value };
    let head = &card.head;
    let shell =
        officer.shell_saying("赋码完成", Menu::New, Vec::new(), Tone::Good, "已赋码，公众现在可以查验。");
    Ok(page(&AssignedPage {
        shell,
        number: head.number.grouped(),
        code: head.code.grouped(),
        href: href(head.id),
        facts: vec![
            fact("机构名称", card.face.body_name.clone()),
            fact("业务类型", card.face.kinds.to_string()),
            fact("版本", format!("第{}版", head.edition)),
            fact("有效期", format!("{} 至 {}", head.valid_from, head.valid_to)),
            fact("检测能力", format!("{} 项", card.capabilities)),
        ],
        may_print: officer.can(Action::Print),
        may_code: officer.can(Action::ReportCode),
        closed: closed(web.app.code_usable(&card)),
        print_due: head.print_due,
    }))
}
