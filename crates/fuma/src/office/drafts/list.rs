//! 草稿: what was left unfinished, and throwing it away.

use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::{Crumb, Menu, Shell};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::{DraftId, Tone};
use serde::Deserialize;

/// `office/drafts.html`.
#[derive(Template)]
#[template(path = "office/drafts.html")]
struct DraftsPage {
    shell: Shell,
    rows: Vec<DraftRow>,
}

/// One draft.
struct DraftRow {
    id: i64,
    title: String,
    kinds: String,
    when: String,
    change: bool,
}

/// `office/draft_discard.html`.
#[derive(Template)]
#[template(path = "office/draft_discard.html")]
struct DiscardPage {
    shell: Shell,
    id: i64,
    title: String,
}

/// `?said=`.
#[derive(Debug, Default, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    said: String,
}

/// `GET /office/drafts`.
pub async fn list(
    State(web): State<Web>,
    officer: Officer,
    Query(query): Query<ListQuery>,
) -> Result<Response, OfficeError> {
    let rows = web.app.drafts(&officer.ctx).await?.into_iter().map(|head| DraftRow {
        id: head.id.0,
        title: head.title,
        kinds: head.kinds,
        when: head.updated_at.shanghai(),
        change: head.certificate.is_some(),
    });
    let said = if query.said == "discarded" { "草稿已丢弃。" } else { "" };
    let shell = officer.shell_saying("草稿", Menu::Drafts, Vec::new(), Tone::Good, said);
    Ok(page(&DraftsPage { shell, rows: rows.collect() }))
}

/// `GET /office/drafts/{id}/discard`.
pub async fn discard_form(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
) -> Result<Response, OfficeError> {
    let head = web.app.draft(&officer.ctx, DraftId(id)).await?.head;
    let crumbs = vec![Crumb { label: head.title.clone(), href: format!("/office/drafts/{id}") }];
    let shell = officer.shell("丢弃草稿", Menu::Drafts, crumbs);
    Ok(page(&DiscardPage { shell, id, title: head.title }))
}

/// `POST /office/drafts/{id}/discard`.
pub async fn discard(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
) -> Result<Response, OfficeError> {
    web.app.discard_draft(&officer.ctx, DraftId(id)).await?;
    Ok(Redirect::to("/office/drafts?said=discarded").into_response())
}
