//! 登录, 退出, 修改密码.

use super::{PasswordPage, SignInPage};
use crate::http::web::{Web, page};
use crate::http::{Client, OfficeError, PasswordOnly};
use app::{AppError, Credentials, Ctx, Footing};
use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Actor, Door, Secret};
use serde::Deserialize;

/// `?next=`.
#[derive(Debug, Default, Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
}

/// Only a path of this site is gone to after signing in.
fn safe(next: &str) -> &str {
    let ours = next.starts_with("/office")
        && !next.contains(['\\', '\r', '\n'])
        && !next.starts_with("/office/sign-");
    if ours { next } else { "/office" }
}

/// Whether the page says 演示.
fn demo(web: &Web) -> bool {
    web.app.config.footing == Footing::Demo
}

/// `GET /office/sign-in`.
pub async fn form(State(web): State<Web>, Query(next): Query<Next>) -> Response {
    page(&SignInPage { account: "", error: "", next: safe(&next.next), demo: demo(&web) })
}

/// What is posted to sign in.
#[derive(Deserialize)]
pub struct SignIn {
    account: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// `POST /office/sign-in`.
pub async fn sign_in(State(web): State<Web>, client: Client, Form(typed): Form<SignIn>) -> Response {
    let ctx =
        Ctx { actor: Actor::Public, door: Door::Form, request_id: client.request_id, source: client.source };
    let credentials = Credentials { login: typed.account.clone(), password: Secret::new(typed.password) };
    match web.app.sign_in(&ctx, &credentials, &client.agent).await {
        Ok(signed) => {
            let to = if signed.must_change { "/office/password" } else { safe(&typed.next) };
            let mut response = Redirect::to(to).into_response();
            set_cookie(&web, &mut response, signed.token.reveal(), "");
            response
        }
        Err(AppError::Refused { message, hint }) => {
            let error = format!("{message}。{hint}");
            let (account, next) = (typed.account.as_str(), safe(&typed.next));
            let mut response = page(&SignInPage { account, error: &error, next, demo: demo(&web) });
            *response.status_mut() = StatusCode::UNAUTHORIZED;
            response
        }
        Err(error) => OfficeError(error).into_response(),
    }
}

fn set_cookie(web: &Web, response: &mut Response, token: &str, age: &str) {
    let secure = if web.secure { "; Secure" } else { "" };
    let cookie = format!("{}={token}; Path=/; HttpOnly; SameSite=Strict{secure}{age}", web.cookie_name());
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// `POST /office/sign-out`.
pub async fn sign_out(State(web): State<Web>, officer: PasswordOnly) -> Result<Response, OfficeError> {
    web.app.sign_out(&officer.ctx, &officer.token).await?;
    let mut response = Redirect::to("/office/sign-in").into_response();
    set_cookie(&web, &mut response, "", "; Max-Age=0");
    Ok(response)
}

/// `GET /office/password`.
pub async fn password_form(State(web): State<Web>, officer: PasswordOnly) -> Response {
    password_page(&web, &officer, ["", "", ""])
}

fn password_page(web: &Web, officer: &PasswordOnly, errors: [&str; 3]) -> Response {
    let why = match (officer.session.must_change, officer.session.one_time) {
        (false, _) => "",
        (true, true) => "您用的是管理员给的一次性密码，请先改成自己的，再开始工作。",
        (true, false) => "您的密码已用满90天，按规定须换一个新的，再继续工作。",
    };
    page(&PasswordPage {
        account: &officer.session.account.login,
        why,
        old_error: errors[0],
        new_error: errors[1],
        repeat_error: errors[2],
        demo: demo(web),
    })
}

/// What is posted to change a password.
#[derive(Deserialize)]
pub struct NewPassword {
    old: String,
    new: String,
    repeat: String,
}

/// `POST /office/password`.
pub async fn change_password(
    State(web): State<Web>,
    officer: PasswordOnly,
    Form(typed): Form<NewPassword>,
) -> Response {
    if typed.new != typed.repeat {
        return again(password_page(&web, &officer, ["", "", "两次输入的新密码不一致"]));
    }
    let (old, new) = (Secret::new(typed.old), Secret::new(typed.new));
    match web.app.change_password(&officer.ctx, &old, &new, Some(&officer.token)).await {
        Ok(()) => Redirect::to("/office").into_response(),
        Err(AppError::Refused { message, hint }) => {
            let text = format!("{message}。{hint}");
            let errors =
                if message.contains("现密码") { [text.as_str(), "", ""] } else { ["", text.as_str(), ""] };
            again(password_page(&web, &officer, errors))
        }
        Err(error) => OfficeError(error).into_response(),
    }
}

fn again(mut response: Response) -> Response {
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    response
}
