//! `/office/hooks`: the list, and setting an address up.

use super::{KindView, Typed, kinds, others_field, spec, state, url_field};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::{Badge, FieldView, Menu, Shell};
use app::{AppError, HookInfo, NewHook};
use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::{Action, ClientId, group_digits};

#[derive(Template)]
#[template(path = "office/hooks.html")]
struct ListPage {
    shell: Shell,
    national: bool,
    rows: Vec<RowView>,
    fields: Vec<FieldView>,
    kinds: Vec<KindView>,
    error: String,
    may_write: bool,
    no_system: bool,
}

struct RowView {
    id: i64,
    system: String,
    authority: String,
    url: String,
    badge: Badge,
    last: String,
    waiting: String,
    dead: String,
}

#[derive(Template)]
#[template(path = "office/hook_secret.html")]
struct SecretPage<'a> {
    shell: Shell,
    id: i64,
    url: &'a str,
    secret: &'a str,
}

fn row(web: &Web, it: &HookInfo) -> RowView {
    RowView {
        id: it.id.0,
        system: it.client_name.clone(),
        authority: web.app.authority_name(it.authority),
        url: it.spec.url.clone(),
        badge: state(it),
        last: it.last_done_at.map(|at| at.shanghai()).unwrap_or_default(),
        waiting: group_digits(it.waiting),
        dead: group_digits(it.dead),
    }
}

async fn show(web: &Web, officer: &Officer, typed: &Typed, error: String) -> Result<Response, AppError> {
    let hooks = web.app.hooks(&officer.ctx, None).await?;
    let own = officer.ctx.authority()?;
    let systems = web.app.clients(&officer.ctx, Some(own)).await?;
    let systems: Vec<(String, String)> = systems
        .into_iter()
        .map(|it| (it.id.to_string(), format!("{}（{}）", it.spec.name, it.public_id)))
        .collect();
    // Who has one system need not choose.
    let only = match systems.as_slice() {
        [(id, _)] => id.clone(),
        _ => String::new(),
    };
    let wanted = spec(typed);
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut response = page(&ListPage {
        shell: officer.shell("通知", Menu::Hooks, Vec::new()),
        national: officer.national(),
        rows: hooks.iter().map(|it| row(web, it)).collect(),
        no_system: systems.is_empty(),
        fields: vec![
            FieldView::choice("client", "接口系统", systems)
                .required()
                .value(typed.get("client").cloned().unwrap_or(only)),
            url_field(&wanted.url),
            others_field(wanted.others),
        ],
        kinds: kinds(|kind| wanted.kinds.contains(&kind)),
        error,
        may_write: officer.can(Action::HookWrite),
    });
    *response.status_mut() = status;
    Ok(response)
}

/// `GET /office/hooks`.
pub async fn list(State(web): State<Web>, officer: Officer) -> Result<Response, OfficeError> {
    Ok(show(&web, &officer, &Typed::new(), String::new()).await?)
}

/// `POST /office/hooks`: sets one up and shows its secret, once.
pub async fn create(
    State(web): State<Web>,
    officer: Officer,
    Form(typed): Form<Typed>,
) -> Result<Response, OfficeError> {
    let client = typed.get("client").and_then(|id| id.parse().ok()).map(ClientId);
    let wanted = spec(&typed);
    let made = match client {
        Some(client) => web.app.create_hook(&officer.ctx, client, &wanted).await,
        None => {
            web.app.ask(&officer.ctx, Action::HookWrite, None)?;
            Err(AppError::refused("没有选择接口系统", "请选择由哪个系统接收通知。"))
        }
    };
    match made {
        Ok(made) => Ok(secret(&officer, &made, &wanted.url)),
        Err(AppError::Refused { message, hint }) => {
            Ok(show(&web, &officer, &typed, format!("{message}。{hint}")).await?)
        }
        Err(error) => Err(error.into()),
    }
}

fn secret(officer: &Officer, made: &NewHook, url: &str) -> Response {
    let shell = officer.shell("通知地址的密钥", Menu::Hooks, Vec::new());
    page(&SecretPage { shell, id: made.id.0, url: url.trim(), secret: made.secret.reveal() })
}
