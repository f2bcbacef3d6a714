//! `/office/clients`: the list, and setting a system up.

use super::{Typed, fields, fresh, grants, spec, state, text};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::docking::tabs;
use crate::office::{Badge, FieldView, Menu, Shell, TabView};
use app::{AppError, ClientInfo};
use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Action, AuthorityId, Instant};
use serde::Deserialize;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    authority: String,
}

#[derive(Template)]
#[template(path = "office/clients/list.html")]
struct ListPage {
    shell: Shell,
    tabs: Vec<TabView>,
    authorities: Vec<(String, String)>,
    authority: String,
    rows: Vec<RowView>,
    fields: Vec<FieldView>,
    grants: Vec<FieldView>,
    error: String,
    may_write: bool,
}

struct RowView {
    id: i64,
    name: String,
    public_id: String,
    authority: String,
    grants: String,
    badge: Badge,
    last: String,
}

fn row(web: &Web, it: &ClientInfo) -> RowView {
    let keys: Vec<_> = it.spec.grants.iter().map(|grant| grant.key()).collect();
    RowView {
        id: it.id.0,
        name: it.spec.name.clone(),
        public_id: it.public_id.clone(),
        authority: web.app.authority_name(it.authority),
        grants: keys.join(" "),
        badge: state(it, web.app.now()),
        last: it.last_seen_at.map(Instant::to_the_minute).unwrap_or_default(),
    }
}

async fn render(
    web: &Web,
    officer: &Officer,
    asked: &Asked,
    typed: &Typed,
    error: String,
) -> Result<Response, AppError> {
    let authority = asked.authority.parse().ok().map(AuthorityId);
    let all = web.app.clients(&officer.ctx, authority).await?;
    let tables = web.app.tables();
    let named = |it: &domain::Authority| (it.id.0.to_string(), it.name.clone());
    let mut inputs = fields(typed);
    if officer.national() {
        let of = FieldView::choice("authority", "机关", tables.authorities.iter().map(named).collect());
        inputs.insert(0, of.required().value(text(typed, "authority")));
    }
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut response = page(&ListPage {
        shell: officer.shell("接口系统", Menu::Docking, Vec::new()),
        tabs: tabs(officer, "/office/clients"),
        authorities: tables.authorities.iter().filter(|_| officer.national()).map(named).collect(),
        authority: asked.authority.clone(),
        rows: all.iter().map(|it| row(web, it)).collect(),
        fields: inputs,
        grants: grants(typed),
        error,
        may_write: officer.can(Action::ClientWrite),
    });
    *response.status_mut() = status;
    Ok(response)
}

/// `GET /office/clients`.
pub async fn list(
    State(web): State<Web>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Result<Response, OfficeError> {
    let mut typed = fresh();
    typed.insert("authority".into(), asked.authority.clone());
    Ok(render(&web, &officer, &asked, &typed, String::new()).await?)
}

/// `POST /office/clients`: sets a system up; its page is next, where its first secret is issued.
pub async fn create(
    State(web): State<Web>,
    officer: Officer,
    Form(typed): Form<Typed>,
) -> Result<Response, OfficeError> {
    let own = officer.ctx.authority()?;
    let authority = text(&typed, "authority").parse().map(AuthorityId).unwrap_or(own);
    let made = match spec(&typed) {
        Ok(spec) => web.app.create_client(&officer.ctx, authority, &spec).await,
        Err(error) => Err(error),
    };
    match made {
        Ok(id) => Ok(Redirect::to(&format!("/office/clients/{id}?said=client_made")).into_response()),
        Err(AppError::Refused { message, hint }) => {
            let error = format!("{message}。{hint}");
            Ok(render(&web, &officer, &Asked::default(), &typed, error).await?)
        }
        Err(error) => Err(error.into()),
    }
}
