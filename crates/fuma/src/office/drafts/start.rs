//! The beginning of a new certificate: what sort, and whether official forms are at hand.

use super::save;
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::upload::Received;
use crate::office::{Menu, Shell};
use app::{AnnexRead, Form, Put};
use askama::Template;
use axum::extract::{Multipart, State};
use axum::response::Response;
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
    let mut read = AnnexRead::default();
    for file in received.files {
        read.join(web.app.read_annex(&officer.ctx, file, &mut form, Put::Append).await?);
    }
    save::begin(&web, &officer, &form, &read, "created").await
}
