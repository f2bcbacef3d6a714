//! `POST /api/v1/token`: OAuth 2.0 client credentials (RFC 6749 4.4).

use super::call::{Params, form};
use super::problem::Problem;
use crate::http::{Client, Web};
use app::{Ctx, IssuedToken, TokenAsk, TokenError};
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::{Actor, Door, Secret};
use serde_json::{Value, json};

/// Gives a token, or an error of RFC 6749 5.2.
pub async fn give(State(web): State<Web>, client: Client, request: Request) -> Result<Response, Problem> {
    web.limits.ask_token(&client.source)?;
    let (parts, body) = request.into_parts();
    let form = form(body).await?;
    if form.get("grant_type") != Some("client_credentials") {
        let (error, text) = match form.get("grant_type") {
            None => ("invalid_request", "没有 grant_type；请以 application/x-www-form-urlencoded 提交"),
            Some(_) => ("unsupported_grant_type", "grant_type 应为 client_credentials"),
        };
        return Ok(refused(StatusCode::BAD_REQUEST, error, text));
    }
    let Some((public_id, secret)) = credentials(&parts.headers, &form) else {
        let text = "没有 client_id 和 client_secret（表单成员，或 HTTP Basic）";
        return Ok(refused(StatusCode::UNAUTHORIZED, "invalid_client", text));
    };
    let ctx = Ctx {
        actor: Actor::Public,
        door: Door::Interface,
        request_id: client.request_id,
        source: client.source,
    };
    let asked = TokenAsk { public_id, secret, scope: form.get("scope").map(str::to_owned) };
    Ok(match web.app.give_token(&ctx, &asked).await? {
        Ok(IssuedToken { token, expires_in, grants }) => answer(
            StatusCode::OK,
            json!({
                "access_token": token.reveal(),
                "token_type": "Bearer",
                "expires_in": expires_in,
                "scope": grants.to_string(),
            }),
        ),
        Err(error) => {
            let (status, key) = match error {
                TokenError::InvalidClient => (StatusCode::UNAUTHORIZED, "invalid_client"),
                TokenError::UnauthorizedClient => (StatusCode::BAD_REQUEST, "unauthorized_client"),
                TokenError::InvalidScope => (StatusCode::BAD_REQUEST, "invalid_scope"),
            };
            refused(status, key, &error.to_string())
        }
    })
}

/// From the form, or HTTP Basic with both parts form-encoded (RFC 6749 2.3.1).
fn credentials(headers: &HeaderMap, form: &Params) -> Option<(String, Secret)> {
    if let Some(id) = form.get("client_id") {
        return Some((id.to_owned(), Secret::new(form.get("client_secret")?.to_owned())));
    }
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let plain = String::from_utf8(data_encoding::BASE64.decode(encoded.trim().as_bytes()).ok()?).ok()?;
    let (id, secret) = plain.split_once(':')?;
    Some((id.to_owned(), Secret::new(secret.to_owned())))
}

fn refused(status: StatusCode, error: &str, text: &str) -> Response {
    let mut response = answer(status, json!({ "error": error, "error_description": text }));
    if status == StatusCode::UNAUTHORIZED {
        let headers = response.headers_mut();
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(r#"Basic realm="fuma""#));
    }
    response
}

fn answer(status: StatusCode, body: Value) -> Response {
    let headers = [(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")];
    (status, headers, Json(body)).into_response()
}
