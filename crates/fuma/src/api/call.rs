//! One call: who makes it and what it says, wherever it says it. Old clients behind gateways can set neither method nor
//! header, so all that is needed may stand in a form-encoded body.

use super::limits::Held;
use super::problem::Problem;
use super::signed;
use crate::http::asker::CallOf;
use crate::http::signature::{BodyCheck, Content, of_form};
use crate::http::{Client, Web};
use app::Ctx;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use domain::Secret;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::time::Duration;

/// Largest body of a call, bytes; batches and files have their own.
const BODY: usize = 64 << 20;
/// How long a body may take: a slow client holds nobody else up, but it is not waited for either.
const BODY_TIME: Duration = Duration::from_secs(120);
/// The form member that holds the token (RFC 6750 2.2).
const TOKEN: &str = "access_token";
/// The form member that holds the JSON text.
const JSON: &str = "body";

/// A call by a system.
pub struct Call {
    /// Who, through which door.
    pub ctx: Ctx,
    /// Parameters of the address and of a form body; those of the body win.
    pub params: Params,
    /// The JSON text.
    pub body: Bytes,
    /// As they came.
    pub headers: HeaderMap,
    _held: Held,
}

/// Parameters by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params(BTreeMap<String, String>);

impl Params {
    /// Reads `a=1&b=2`; the later of two equal names wins.
    ///
    /// # Errors
    /// Text that is not UTF-8: Chinese in another encoding would be taken for something else.
    pub fn read(text: &[u8]) -> Result<Params, Problem> {
        let pairs: BTreeMap<String, String> = form_urlencoded::parse(text).into_owned().collect();
        if pairs.iter().any(|(name, value)| name.contains('\u{FFFD}') || value.contains('\u{FFFD}')) {
            return Err(Problem::bad("not_utf8", "参数不是 UTF-8 编码", "请按 UTF-8 作百分号编码后重发。"));
        }
        Ok(Params(pairs))
    }

    /// Of members that were read one by one.
    pub fn of(members: Vec<(String, String)>) -> Params {
        Params(members.into_iter().collect())
    }

    /// A parameter that is there and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// A parameter as a value.
    ///
    /// # Errors
    /// A problem that names it, if it is there and no such value.
    pub fn parsed<T: std::str::FromStr>(&self, name: &'static str) -> Result<Option<T>, Problem> {
        self.get(name).map(|text| text.parse().map_err(|_| bad_parameter(name))).transpose()
    }

    /// A day.
    pub fn day(&self, name: &'static str) -> Result<Option<domain::Day>, Problem> {
        self.get(name).map(|text| domain::Day::parse(text).map_err(|_| bad_parameter(name))).transpose()
    }
}

fn bad_parameter(name: &str) -> Problem {
    Problem::bad("bad_parameter", format!("参数 {name} 的值无法识别"), "请按接口规范填写。")
}

/// A body that is no form and no JSON object of one call: who sends it, before it is read.
pub struct Caller {
    /// Who, through which door.
    pub ctx: Ctx,
    /// Parameters of the address.
    pub params: Params,
    /// What the body must pass, if the call is signed.
    pub check: Option<BodyCheck>,
    _held: Held,
}

impl FromRequestParts<Web> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Caller, Problem> {
        let params = address(parts)?;
        let token = bearer(&parts.headers).ok_or(app::AppError::SignedOut)?;
        let Known { ctx, signing, held } = known(web, parts, &token).await?;
        let check = signed::check(web, &ctx, signing, parts, None, Content::Streamed).await?;
        Ok(Caller { ctx, params, check, _held: held })
    }
}

impl FromRequest<Web> for Call {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Call, Problem> {
        let (mut parts, body) = request.into_parts();
        let params = address(&parts)?;
        let kind = match parts.method == Method::POST {
            true => content_type(&parts.headers),
            false => String::new(),
        };
        match kind.as_str() {
            "application/x-www-form-urlencoded" => of_a_form(web, parts, params, body).await,
            "application/json" | "" => {
                // Who may not call is not read.
                let token = bearer(&parts.headers).ok_or(app::AppError::SignedOut)?;
                let Known { ctx, signing, held } = known(web, &mut parts, &token).await?;
                let body = if kind.is_empty() { Bytes::new() } else { read(body).await? };
                signed::check(web, &ctx, signing, &parts, None, Content::Whole(&body)).await?;
                Ok(Call { ctx, params, body, headers: parts.headers, _held: held })
            }
            other => {
                let detail = format!("不支持内容类型“{}”", other.chars().take(60).collect::<String>());
                let hint = "请用 application/json，或把 JSON 放在 application/x-www-form-urlencoded 的成员 body 中。";
                let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
                Err(Problem::new(status, "media_type", "内容类型不支持").said(detail, hint))
            }
        }
    }
}

/// A call all of which stands in a form: parameters, JSON text, and token and signature where no header carries them.
async fn of_a_form(web: &Web, mut parts: Parts, mut params: Params, body: Body) -> Result<Call, Problem> {
    let raw = read(body).await?;
    let mut form = Params::read(&raw)?;
    let pairs: Vec<(String, String)> = form_urlencoded::parse(&raw).into_owned().collect();
    let token = bearer(&parts.headers).or_else(|| form.0.remove(TOKEN).map(Secret::new));
    let Known { ctx, signing, held } =
        known(web, &mut parts, &token.ok_or(app::AppError::SignedOut)?).await?;
    let text = String::from_utf8_lossy(&raw);
    let inside = of_form(&text, &pairs).map_err(|why| signed::refused(web, &ctx, &why))?;
    match &inside {
        Some(inside) => {
            let content = Content::Whole(&inside.content);
            signed::check(web, &ctx, signing, &parts, Some(&inside.texts), content).await?
        }
        None => signed::check(web, &ctx, signing, &parts, None, Content::Whole(&raw)).await?,
    };
    let body = form.0.remove(JSON).map(Bytes::from).unwrap_or_default();
    params.0.extend(form.0);
    Ok(Call { ctx, params, body, headers: parts.headers, _held: held })
}

impl Call {
    /// The JSON text as a value.
    ///
    /// # Errors
    /// A problem that says where it stops being one.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        json(&self.body)
    }

    /// A header as text; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// JSON text as a value.
pub fn json<T: DeserializeOwned>(text: &[u8]) -> Result<T, Problem> {
    if text.trim_ascii().is_empty() {
        return Err(Problem::bad("no_body", "没有请求内容", "请把 JSON 放在请求体，或表单成员 body 中。"));
    }
    serde_json::from_slice(text).map_err(|error| {
        let place = format!("第{}行第{}列", error.line(), error.column());
        let what = match error.classify() {
            serde_json::error::Category::Data => "结构不符合接口规范",
            _ => "不是有效的 JSON",
        };
        Problem::bad("bad_json", format!("请求内容{what}（{place}）"), "请核对结构和 UTF-8 编码。")
    })
}

/// The parameters of the address. A token never stands there: addresses are logged on the way.
fn address(parts: &Parts) -> Result<Params, Problem> {
    let params = Params::read(parts.uri.query().unwrap_or_default().as_bytes())?;
    if params.0.contains_key(TOKEN) {
        let hint =
            "请放在 Authorization 头，或 POST 表单成员 access_token 中；这个令牌请视为已泄露，停用其密钥。";
        return Err(Problem::bad("token_in_address", "令牌不能写在地址里", hint));
    }
    Ok(params)
}

fn bearer(headers: &HeaderMap) -> Option<Secret> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| Secret::new(token.trim().to_owned()))
}

fn content_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Who calls, whether he must sign, and room for the call.
struct Known {
    ctx: Ctx,
    signing: bool,
    held: Held,
}

async fn known(web: &Web, parts: &mut Parts, token: &Secret) -> Result<Known, Problem> {
    let Ok(client) = Client::from_request_parts(parts, web).await;
    let caller = web.app.caller(token, &client.source).await?;
    let ctx = caller.ctx(client.request_id, client.source);
    CallOf::tell(&parts.extensions, ctx.actor.authority());
    let held = web.limits.enter(caller.id, caller.rate)?;
    Ok(Known { ctx, signing: caller.signing, held })
}

/// A form-encoded body.
pub async fn form(body: Body) -> Result<Params, Problem> {
    Params::read(&read(body).await?)
}

/// A whole body, in time and within the limit.
pub async fn read(body: Body) -> Result<Bytes, Problem> {
    match tokio::time::timeout(BODY_TIME, to_bytes(body, BODY)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(_)) => Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "请求内容过大").said(
            format!("请求内容超过{}MB，或传输中断", BODY >> 20),
            "请减少每次的项数，或用批量作业 /api/v1/batches。",
        )),
        Err(_) => Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "too_slow", "请求太慢")
            .said(format!("{}秒内没有收完请求内容", BODY_TIME.as_secs()), "请检查网络后原样重发。")),
    }
}
