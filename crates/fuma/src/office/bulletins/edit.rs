//! `/office/bulletins/{id}/edit`: the words of a draft.

use super::{href, key};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::{Crumb, Menu, Refused, Shell, back, ruled};
use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::bulletin::{BulletinId, Step};
use serde::Deserialize;

/// What is posted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    title: String,
    text: String,
    seen: String,
}

#[derive(Template)]
#[template(path = "office/bulletins/edit.html")]
struct EditPage {
    shell: Shell,
    id: i64,
    title: String,
    text: String,
    seen: String,
    error: String,
}

fn render(officer: &Officer, id: BulletinId, typed: Typed, refused: Refused) -> Response {
    let crumbs = vec![
        Crumb { label: typed.title.clone(), href: href(id) },
        Crumb { label: "修改文字".into(), href: format!("{}/edit", href(id)) },
    ];
    let response = page(&EditPage {
        shell: officer.shell("修改通报文字", Menu::Bulletins, crumbs),
        id: id.0,
        title: typed.title,
        text: typed.text,
        seen: typed.seen,
        error: refused.error.clone(),
    });
    refused.status(response)
}

/// `GET /office/bulletins/{id}/edit`.
pub async fn form(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
) -> Result<Response, OfficeError> {
    web.app.may_draft_bulletins(&officer.ctx)?;
    let id = key(&id)?;
    let view = web.app.bulletin(&officer.ctx, id).await?;
    if !web.app.bulletin_steps(&officer.ctx, &view).contains(&Step::Edit) {
        return Ok(Redirect::to(&href(id)).into_response());
    }
    let seen = view.at().to_string();
    Ok(render(&officer, id, Typed { title: view.title, text: view.text, seen }, Refused::default()))
}

/// `POST /office/bulletins/{id}/edit`.
pub async fn save(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, OfficeError> {
    let id = key(&id)?;
    let seen = typed.seen.parse().unwrap_or(u32::MAX);
    match ruled(web.app.edit_bulletin(&officer.ctx, id, seen, (&typed.title, &typed.text)).await)? {
        Ok(()) => Ok(back(&href(id), "bulletin_edited")),
        Err(refused) => Ok(render(&officer, id, typed, refused)),
    }
}
