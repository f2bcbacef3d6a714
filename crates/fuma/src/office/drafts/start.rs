//! The beginning of a new certificate: what sort, and whether official forms are at hand.

use super::step_of;
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::upload::Received;
use crate::office::{Menu, Shell};
use app::{Form, Put};
use askama::Template;
use axum::extract::{Multipart, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Action, Field, Kinds};

/// `office/draft_start.html`.
#[derive(Template)]
#[template(path = "office/draft_start.html")]
struct StartPage {
    shell: Shell,
}

/// `GET /office/drafts/new`.
pub async fn start(State(web): State<Web>, officer: Officer) -> Result<Response, OfficeError> {
    web.app.ask(&officer.ctx, Action::DraftWrite, None)?;
    Ok(page(&StartPage { shell: officer.shell("新建证书", Menu::New, Vec::new()) }))
}

/// `POST /office/drafts/new`: what was chosen and read becomes a draft.
pub async fn create(
    State(web): State<Web>,
    officer: Officer,
    form: Multipart,
) -> Result<Response, OfficeError> {
    let received = Received::read(form).await?;
    let mut form = Form::default();
    if let Ok(kinds) = Kinds::parse(received.text("kind")) {
        form.set(Field::Kind, kinds.to_string());
    }
    let mut first = 1;
    for file in received.files.iter().cloned() {
        let read = web.app.read_annex(&officer.ctx, file, &mut form, Put::Append).await?;
        first = read.parts.first().map_or(first, |part| step_of(part.group));
    }
    let id = web.app.create_draft(&officer.ctx, &form).await?;
    let step = if received.files.len() == 1 { first } else { 1 };
    Ok(Redirect::to(&format!("/office/drafts/{id}?step={step}&said=created")).into_response())
}
