//! `/office/drafts/{id}/admission`: the check of a draft, and its 核查单.

use super::CheckView;
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::{Crumb, Menu, Shell, attachment};
use app::AdmissionAsk;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::DraftId;

#[derive(Template)]
#[template(path = "office/admission/draft.html")]
struct DraftPage {
    shell: Shell,
    id: i64,
    check: CheckView,
}

/// `GET /office/drafts/{id}/admission`.
pub async fn show(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
) -> Result<Response, OfficeError> {
    let view = web.app.draft(&officer.ctx, DraftId(id)).await?;
    let check = web.app.admission(&officer.ctx, &AdmissionAsk::Draft(DraftId(id))).await?;
    let crumbs = vec![Crumb { label: view.head.title, href: format!("/office/drafts/{id}?step=6") }];
    let shell = officer.shell("许可核查", Menu::Drafts, crumbs);
    Ok(page(&DraftPage { shell, id, check: CheckView::of(&check, true) }))
}

/// `POST /office/drafts/{id}/admission.pdf`: checks again and prints it; who checked whom is on record.
pub async fn sheet(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
) -> Result<Response, OfficeError> {
    let bytes = web.app.admission_sheet(&officer.ctx, &AdmissionAsk::Draft(DraftId(id))).await?;
    Ok(attachment(&format!("许可核查单-草稿{id}.pdf"), bytes))
}
