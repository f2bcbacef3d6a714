//! `/office/bodies/{id}/split`: what undoing a merge would bring back and what it would leave, and the act.

use super::{body_id, grounds, href as of_body};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::{Crumb, FieldView, Menu, Shell, certificates};
use app::stored::Card;
use app::{AppError, MergeReason};
use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::BodyId;
use serde::Deserialize;

/// What is posted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    document: String,
    reason: String,
    confirm: String,
}

#[derive(Template)]
#[template(path = "office/bodies/split.html")]
struct SplitPage {
    shell: Shell,
    error: String,
    gone: String,
    code: String,
    stays: String,
    back: Vec<Row>,
    kept: Vec<Row>,
    under: String,
    merged_at: String,
    merged_for: String,
    fields: Vec<FieldView>,
    action: String,
    page: String,
}

struct Row {
    href: String,
    number: String,
    authority: String,
    name: String,
}

async fn show(
    web: &Web,
    officer: &Officer,
    id: BodyId,
    typed: &Typed,
    error: String,
) -> Result<Response, OfficeError> {
    let found = web.app.split_preview(&officer.ctx, id).await?;
    let row = |card: &Card| Row {
        href: certificates::href(card.head.id),
        number: card.head.number.grouped(),
        authority: web.app.authority_short(card.head.authority),
        name: card.face.body_name.clone(),
    };
    let stays = &found.stays.body;
    let crumbs = vec![Crumb { label: stays.name.clone(), href: of_body(stays.id) }];
    let mut fields: Vec<FieldView> = grounds(&typed.document, &typed.reason).into();
    fields.push(FieldView::tick("confirm", "我已核对，确认撤销这次合并").value(&typed.confirm).wide());
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut response = page(&SplitPage {
        shell: officer.shell("撤销合并", Menu::Bodies, crumbs),
        error,
        gone: found.gone.name.clone(),
        code: super::duplicates::code(&found.gone),
        stays: stays.name.clone(),
        back: found.back.iter().map(row).collect(),
        kept: found.kept.iter().map(row).collect(),
        under: found.under.iter().map(|body| body.name.as_str()).collect::<Vec<_>>().join("、"),
        merged_at: found.merge.recorded_at.to_the_minute(),
        merged_for: found.merge.detail("reason"),
        fields,
        action: format!("{}/split", of_body(id)),
        page: of_body(stays.id),
    });
    *response.status_mut() = status;
    Ok(response)
}

/// `GET /office/bodies/{id}/split`.
pub async fn form(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
) -> Result<Response, OfficeError> {
    show(&web, &officer, body_id(&id)?, &Typed::default(), String::new()).await
}

/// `POST /office/bodies/{id}/split`: undoes the merge, once it is confirmed.
pub async fn split(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, OfficeError> {
    let id = body_id(&id)?;
    if typed.confirm.is_empty() {
        let error = "没有撤销：请核对后勾选确认，再次提交".to_owned();
        return show(&web, &officer, id, &typed, error).await;
    }
    let why = MergeReason { document: typed.document.clone(), reason: typed.reason.clone() };
    match web.app.split_body(&officer.ctx, id, &why).await {
        Ok(_) => Ok(Redirect::to(&format!("{}?said=split", of_body(id))).into_response()),
        Err(AppError::Refused { message, hint }) => {
            show(&web, &officer, id, &typed, format!("{message}。{hint}")).await
        }
        Err(error) => Err(error.into()),
    }
}
