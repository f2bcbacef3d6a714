//! `/office/accounts/{id}`: one account, and what may be done with it.

use super::list::state;
use super::{account, roles, slip};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::said::Said;
use crate::office::{Badge, Crumb, FactView, FieldView, Menu, Shell};
use app::{AccountInfo, AppError};
use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Answer, Role, may_keep_account};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "office/accounts/account.html")]
struct AccountPage {
    shell: Shell,
    id: i64,
    login: String,
    badge: Badge,
    disabled: bool,
    facts: Vec<FactView>,
    fields: Vec<FieldView>,
    may_keep: bool,
    oneself: bool,
}

fn facts(web: &Web, it: &AccountInfo) -> Vec<FactView> {
    let at = |moment: Option<domain::Instant>| moment.map(|at| at.shanghai()).unwrap_or_default();
    [
        ("姓名", it.name.clone()),
        ("机关", web.app.authority_name(it.authority)),
        ("角色", it.role.label().to_owned()),
        ("开设时间", it.created_at.shanghai()),
        ("上次登录", at(it.last_login_at)),
        ("登录地址", it.last_login_from.clone().unwrap_or_default()),
        ("锁定至", at(it.locked_until)),
    ]
    .into_iter()
    .filter(|(label, value)| *label != "锁定至" || !value.is_empty())
    .map(|(label, value)| FactView { label: label.to_owned(), value })
    .collect()
}

/// `GET /office/accounts/{id}`.
pub async fn show(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Query(said): Query<Said>,
) -> Result<Response, OfficeError> {
    let it = web.app.account(&officer.ctx, account(&id)?).await?;
    let (tone, words) = said.words();
    let crumbs = vec![Crumb { label: it.login.clone(), href: format!("/office/accounts/{}", it.id) }];
    let fields = vec![
        FieldView::text("name", "姓名").required().value(&it.name),
        FieldView::choice("role", "角色", roles(&officer, it.authority)).required().value(it.role.key()),
    ];
    Ok(page(&AccountPage {
        shell: officer.shell_saying(&it.name, Menu::Accounts, crumbs, tone, words),
        id: it.id.0,
        badge: state(&it),
        disabled: it.disabled,
        facts: facts(&web, &it),
        fields,
        may_keep: may_keep_account(&officer.ctx.actor, it.role, it.authority) == Answer::Allowed,
        oneself: officer.ctx.account()? == it.id,
        login: it.login,
    }))
}

fn back(id: &str, said: &str) -> Response {
    Redirect::to(&format!("/office/accounts/{id}?said={said}")).into_response()
}

/// `POST /office/accounts/{id}/reset`: a new slip.
pub async fn reset(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
) -> Result<Response, OfficeError> {
    let made = web.app.reset_password(&officer.ctx, account(&id)?).await?;
    Ok(slip::slip(&web, &officer, &made))
}

/// `POST /office/accounts/{id}/disable`.
pub async fn disable(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
) -> Result<Response, OfficeError> {
    web.app.disable_account(&officer.ctx, account(&id)?).await?;
    Ok(back(&id, "disabled"))
}

/// `POST /office/accounts/{id}/enable`.
pub async fn enable(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
) -> Result<Response, OfficeError> {
    web.app.enable_account(&officer.ctx, account(&id)?).await?;
    Ok(back(&id, "enabled"))
}

/// What is posted to change an account.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    name: String,
    role: String,
}

/// `POST /office/accounts/{id}`: role and name.
pub async fn change(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, OfficeError> {
    let role =
        Role::parse(&typed.role).ok_or_else(|| AppError::refused("没有选择角色", "请返回选择角色。"))?;
    web.app.change_role_name(&officer.ctx, account(&id)?, role, &typed.name).await?;
    Ok(back(&id, "saved"))
}
