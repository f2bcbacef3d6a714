//! `/office/clients/{id}`: one system, what is set of it, and its secrets.

use super::keys::{self, KeyView};
use super::{Typed, client, fields, grants, slip, spec, state, typed_of};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::docking::tabs;
use crate::office::said::Said;
use crate::office::{Badge, Crumb, FactView, FieldView, Menu, Shell, TabView};
use app::{AppError, ClientInfo};
use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Action, Answer, ClientId, Instant, may};

/// Secrets that are good at the same time, as the verb allows.
const LIVE: usize = 2;

#[derive(Template)]
#[template(path = "office/clients/client.html")]
struct ClientPage {
    shell: Shell,
    tabs: Vec<TabView>,
    id: i64,
    public_id: String,
    badge: Badge,
    facts: Vec<FactView>,
    secrets: Vec<SecretView>,
    may_issue: bool,
    keys: Vec<KeyView>,
    key_fields: Vec<FieldView>,
    key_error: String,
    may_register: bool,
    fields: Vec<FieldView>,
    grants: Vec<FieldView>,
    ticks: Vec<FieldView>,
    error: String,
    may_write: bool,
}

struct SecretView {
    n: u32,
    tail: String,
    issued: String,
}

fn facts(web: &Web, it: &ClientInfo) -> Vec<FactView> {
    let spec = &it.spec;
    let at = |at: Option<Instant>| at.map(Instant::to_the_minute).unwrap_or_default();
    let or = |text: String, none: &str| if text.is_empty() { none.to_owned() } else { text };
    let grants: Vec<_> = spec.grants.iter().map(|grant| grant.label()).collect();
    let window = match (spec.from, spec.to) {
        (None, None) => "长期".to_owned(),
        (from, to) => format!("{} 至 {}", or(at(from), "设立"), or(at(to), "长期")),
    };
    [
        ("机关", web.app.authority_name(it.authority)),
        ("接口权限", grants.join("；")),
        ("来源地址", or(spec.addresses.clone(), "不限")),
        ("有效期", window),
        ("请求签名", if spec.signing { "要求".into() } else { "不要求".to_owned() }),
        ("每秒请求数", spec.rate.to_string()),
        ("设立时间", it.created_at.to_the_minute()),
        ("最近领取令牌", or(at(it.last_seen_at), "从未")),
    ]
    .into_iter()
    .map(|(label, value)| FactView { label: label.to_owned(), value })
    .collect()
}

fn ticks(typed: &Typed) -> Vec<FieldView> {
    let value = |name: &str| super::text(typed, name).to_owned();
    vec![
        FieldView::tick("signing", "要求请求签名").value(value("signing")),
        FieldView::tick("disabled", "停用这个系统").value(value("disabled")),
    ]
}

/// What was typed and refused, with why; nothing at first.
#[derive(Default)]
struct Again {
    set: Option<(Typed, String)>,
    key: Option<(Typed, String)>,
}

async fn render(
    web: &Web,
    officer: &Officer,
    said: &Said,
    id: ClientId,
    again: Again,
) -> Result<Response, OfficeError> {
    let it = &web.app.client(&officer.ctx, id).await?;
    let known = web.app.client_keys(&officer.ctx, id).await?;
    let (tone, words) = said.words();
    let crumbs = vec![Crumb { label: "接口系统".into(), href: "/office/clients".into() }];
    let write = may(&officer.ctx.actor, Action::ClientWrite, Some(it.authority)) == Answer::Allowed;
    let (typed, error) = again.set.unwrap_or_else(|| (typed_of(&it.spec), String::new()));
    let (key_typed, key_error) = again.key.unwrap_or_default();
    let secret = |it: &app::SecretInfo| SecretView {
        n: it.n,
        tail: it.tail.clone(),
        issued: it.created_at.to_the_minute(),
    };
    let status = if error.is_empty() && key_error.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let mut response = page(&ClientPage {
        shell: officer.shell_saying(&it.spec.name, Menu::Docking, crumbs, tone, words),
        tabs: tabs(officer, "/office/clients"),
        id: it.id.0,
        public_id: it.public_id.clone(),
        badge: state(it, web.app.now()),
        facts: facts(web, it),
        secrets: it.secrets.iter().map(secret).collect(),
        may_issue: it.secrets.len() < LIVE,
        may_register: known.iter().filter(|key| key.ended_at.is_none()).count() < LIVE,
        keys: known.into_iter().map(keys::view).collect(),
        key_fields: keys::fields(&key_typed),
        key_error,
        fields: fields(&typed),
        grants: grants(&typed),
        ticks: ticks(&typed),
        error,
        may_write: write,
    });
    *response.status_mut() = status;
    Ok(response)
}

/// The page with a key that was not registered.
pub(super) async fn with_key_refused(
    web: &Web,
    officer: &Officer,
    id: ClientId,
    typed: Typed,
    error: String,
) -> Result<Response, OfficeError> {
    let again = Again { key: Some((typed, error)), ..Again::default() };
    render(web, officer, &Said::default(), id, again).await
}

/// `GET /office/clients/{id}`.
pub async fn show(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Query(said): Query<Said>,
) -> Result<Response, OfficeError> {
    render(&web, &officer, &said, client(&id)?, Again::default()).await
}

/// `POST /office/clients/{id}`: what is set of it, 停用 among it.
pub async fn set(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, OfficeError> {
    let key = client(&id)?;
    let set = match spec(&typed) {
        Ok(spec) => web.app.set_client(&officer.ctx, key, &spec).await,
        Err(error) => Err(error),
    };
    match set {
        Ok(()) => Ok(Redirect::to(&format!("/office/clients/{id}?said=client")).into_response()),
        Err(AppError::Refused { message, hint }) => {
            let again = Again { set: Some((typed, format!("{message}。{hint}"))), ..Again::default() };
            render(&web, &officer, &Said::default(), key, again).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /office/clients/{id}/secrets`: a new secret, shown once as the answer.
pub async fn issue(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
) -> Result<Response, OfficeError> {
    let id = client(&id)?;
    let issued = web.app.issue_secret(&officer.ctx, id).await?;
    let it = web.app.client(&officer.ctx, id).await?;
    Ok(slip::slip(&web, &officer, &it, &issued))
}

/// `POST /office/clients/{id}/secrets/{n}/end`.
pub async fn end(
    State(web): State<Web>,
    officer: Officer,
    Path((id, n)): Path<(String, String)>,
) -> Result<Response, OfficeError> {
    let n = n.parse().map_err(|_| AppError::NotFound)?;
    web.app.end_secret(&officer.ctx, client(&id)?, n).await?;
    Ok(Redirect::to(&format!("/office/clients/{id}?said=secret_ended")).into_response())
}
