//! `/office/accounts`: the list, and opening an account.

use super::rights::{RightView, table};
use super::{roles, slip};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::said::Said;
use crate::office::{Badge, FieldView, Menu, Shell};
use app::{AccountInfo, AppError, NewAccount};
use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::{AccountId, Action, AuthorityId, Role, Tone};
use serde::Deserialize;

/// Accounts of a page, as the verb gives them.
const ROWS: usize = 200;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    authority: String,
    after: String,
    said: String,
}

/// What is posted to open an account.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    login: String,
    name: String,
    authority: String,
    role: String,
}

#[derive(Template)]
#[template(path = "office/accounts/list.html")]
struct ListPage {
    shell: Shell,
    authorities: Vec<(String, String)>,
    authority: String,
    rows: Vec<RowView>,
    next: String,
    fields: Vec<FieldView>,
    error: String,
    may_write: bool,
    roles: Vec<&'static str>,
    rights: Vec<RightView>,
}

struct RowView {
    id: i64,
    login: String,
    name: String,
    authority: String,
    role: &'static str,
    badge: Badge,
    last: String,
}

/// 停用, 锁定, 待改密码 or 正常.
pub fn state(it: &AccountInfo) -> Badge {
    match (it.disabled, it.locked_until, it.must_change) {
        (true, ..) => Badge::plain("已停用", Tone::Bad),
        (false, Some(_), _) => Badge::plain("已锁定", Tone::Warn),
        (false, None, true) => Badge::plain("须改密码", Tone::Neutral),
        (false, None, false) => Badge::plain("正常", Tone::Good),
    }
}

fn row(web: &Web, it: &AccountInfo) -> RowView {
    let at = it.last_login_at.map(|at| at.shanghai()).unwrap_or_default();
    let from = it.last_login_from.clone().unwrap_or_default();
    RowView {
        id: it.id.0,
        login: it.login.clone(),
        name: it.name.clone(),
        authority: web.app.authority_name(it.authority),
        role: it.role.label(),
        badge: state(it),
        last: format!("{at} {from}").trim().to_owned(),
    }
}

fn fields(web: &Web, officer: &Officer, typed: &Typed, own: AuthorityId) -> Vec<FieldView> {
    let mut out = vec![
        FieldView::text("login", "登录名")
            .required()
            .value(&typed.login)
            .hint("3至32个字母、数字、点、连字符，字母开头"),
        FieldView::text("name", "姓名").required().value(&typed.name),
    ];
    if officer.national() {
        let all = web.app.tables().authorities.iter().map(|a| (a.id.0.to_string(), a.name.clone())).collect();
        let hint = "其他机关只能开设管理员，由其管理员开设工作人员";
        out.push(FieldView::choice("authority", "机关", all).required().value(&typed.authority).hint(hint));
    }
    out.push(FieldView::choice("role", "角色", roles(officer, own)).required().value(&typed.role));
    out
}

async fn show(
    web: &Web,
    officer: &Officer,
    asked: &Asked,
    typed: &Typed,
    error: String,
) -> Result<Response, AppError> {
    let own = officer.ctx.authority()?;
    let authority = asked.authority.parse().ok().map(AuthorityId);
    let after = asked.after.parse().ok().map(AccountId);
    let found = web.app.list_accounts(&officer.ctx, authority, after).await?;
    let last = found.last().filter(|_| found.len() == ROWS);
    let (tone, words) = Said { said: asked.said.clone() }.words();
    let tables = web.app.tables();
    let authorities = tables.authorities.iter().filter(|_| officer.national());
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut response = page(&ListPage {
        shell: officer.shell_saying("账号与权限", Menu::Accounts, Vec::new(), tone, words),
        authorities: authorities.map(|a| (a.id.0.to_string(), a.short_name.clone())).collect(),
        authority: asked.authority.clone(),
        rows: found.iter().map(|it| row(web, it)).collect(),
        next: last
            .map(|it| format!("/office/accounts?authority={}&after={}", asked.authority, it.id))
            .unwrap_or_default(),
        fields: fields(web, officer, typed, own),
        error,
        may_write: officer.can(Action::AccountWrite),
        roles: Role::ALL.iter().map(|role| role.label()).collect(),
        rights: table(),
    });
    *response.status_mut() = status;
    Ok(response)
}

/// `GET /office/accounts`.
pub async fn list(
    State(web): State<Web>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Result<Response, OfficeError> {
    Ok(show(&web, &officer, &asked, &Typed::default(), String::new()).await?)
}

/// `POST /office/accounts`: opens an account and shows its slip, once.
pub async fn create(
    State(web): State<Web>,
    officer: Officer,
    Form(typed): Form<Typed>,
) -> Result<Response, OfficeError> {
    let own = officer.ctx.authority()?;
    let authority = typed.authority.parse().map(AuthorityId).unwrap_or(own);
    let made = match Role::parse(&typed.role) {
        None => Err(AppError::refused("没有选择角色", "请选择角色。")),
        Some(role) => {
            let new = NewAccount { login: typed.login.clone(), name: typed.name.clone(), authority, role };
            web.app.create_account(&officer.ctx, new).await
        }
    };
    match made {
        Ok(made) => Ok(slip::slip(&web, &officer, &made)),
        Err(AppError::Refused { message, hint }) => {
            Ok(show(&web, &officer, &Asked::default(), &typed, format!("{message}。{hint}")).await?)
        }
        Err(error) => Err(error.into()),
    }
}
