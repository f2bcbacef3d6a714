//! The picture of the certificate page as it will print, beside the form.

use super::save::{Posted, put};
use crate::http::web::Web;
use crate::http::{OfficeError, Officer};
use crate::office::attachment;
use app::DraftView;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::DraftId;

/// `GET /office/drafts/{id}/face.svg`: the draft as it was saved.
pub async fn face(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
) -> Result<Response, OfficeError> {
    let view = web.app.draft(&officer.ctx, DraftId(id)).await?;
    drawn(&web, &officer, &view).await
}

/// `POST /office/drafts/{id}/face.svg`: the draft with what is being typed, which is not saved.
pub async fn face_typed(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, OfficeError> {
    let mut view = web.app.draft(&officer.ctx, DraftId(id)).await?;
    put(&mut view, &Posted { pairs: &pairs });
    drawn(&web, &officer, &view).await
}

async fn drawn(web: &Web, officer: &Officer, view: &DraftView) -> Result<Response, OfficeError> {
    let svg = web.app.preview_face(&officer.ctx, &view.form).await?;
    Ok(attachment("样张.svg", svg.into_bytes()))
}
