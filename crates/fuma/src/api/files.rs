//! Files of a certificate: the printed final of the registry, and what the province made and sealed itself (归集).

use super::call::{Call, Caller, Params};
use super::problem::Problem;
use super::reading::number;
use super::signed;
use crate::http::Web;
use app::stored::Copy;
use app::{AppError, CollectAsk, ItemOutcome, MOST_FILE, PrintOrder, PrintedParts, Profile};
use axum::Json;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Multipart, Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::{CertificateId, Number};
use serde_json::{Value, json};
use std::time::Duration;

/// Bytes of a form beside its file.
const MEMBERS: usize = 1 << 20;
/// How long a file may take to come.
const FILE_TIME: Duration = Duration::from_secs(300);

/// `GET /api/v1/certificates/{number}/certificate.pdf`: the original as it was printed.
pub async fn kept(State(web): State<Web>, Path(text): Path<String>, call: Call) -> Result<Response, Problem> {
    let id = web.app.certificate_by_number(&call.ctx, &number(&text)?).await?;
    match original(&web, &call, id).await? {
        Some(bytes) => Ok(pdf(bytes)),
        None => Err(Problem::new(StatusCode::NOT_FOUND, "not_printed", "还没有正本")
            .said("当前版本还没有打印正本", "请用 POST 同一地址制作正本（需要 assign 权限）。")),
    }
}

/// `POST /api/v1/certificates/{number}/certificate.pdf`: the same, made if it is not there.
pub async fn print(
    State(web): State<Web>,
    Path(text): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    let id = web.app.certificate_by_number(&call.ctx, &number(&text)?).await?;
    if let Some(bytes) = original(&web, &call, id).await? {
        return Ok(pdf(bytes));
    }
    let order = PrintOrder {
        profile: Profile::Download,
        parts: PrintedParts::Both,
        copy: Copy::Original,
        ..PrintOrder::default()
    };
    match web.app.print_certificate(&call.ctx, id, &order).await {
        Ok(printed) => Ok(pdf(printed.bytes)),
        // Somebody else has just printed it.
        Err(error) => match original(&web, &call, id).await? {
            Some(bytes) => Ok(pdf(bytes)),
            None => Err(error.into()),
        },
    }
}

/// The original of the current edition, whole, if it was printed.
async fn original(web: &Web, call: &Call, id: CertificateId) -> Result<Option<Vec<u8>>, AppError> {
    let digest = web.app.original_of(&call.ctx, id).await?;
    match digest {
        Some(digest) => Ok(Some(web.app.record_file(&call.ctx, id, &digest).await?.bytes)),
        None => Ok(None),
    }
}

fn pdf(bytes: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "application/pdf")], bytes).into_response()
}

/// `GET /api/v1/certificates/{number}/files`.
pub async fn list(
    State(web): State<Web>,
    Path(text): Path<String>,
    call: Call,
) -> Result<Json<Value>, Problem> {
    Ok(Json(json!({ "files": web.app.collected(&call.ctx, &number(&text)?).await? })))
}

/// `GET /api/v1/certificates/{number}/files/{sha256}`.
pub async fn fetch(
    State(web): State<Web>,
    Path((text, sha256)): Path<(String, String)>,
    call: Call,
) -> Result<Response, Problem> {
    let digest = data_encoding::HEXLOWER_PERMISSIVE.decode(sha256.as_bytes()).ok();
    let digest: [u8; 32] = digest.and_then(|it| it.try_into().ok()).ok_or(AppError::NotFound)?;
    let (file, bytes) = web.app.collected_file(&call.ctx, &number(&text)?, &digest).await?;
    let kind = if file.format == "pdf" { "application/pdf" } else { "application/ofd" };
    Ok(([(header::CONTENT_TYPE, kind)], bytes).into_response())
}

/// `POST /api/v1/certificates/{number}/files`: the file as the body, or all members as `multipart/form-data`. A form without a
/// file is the list, for callers that can only post.
pub async fn collect(
    State(web): State<Web>,
    Path(text): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let number = number(&text)?;
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.unwrap_or_default().to_ascii_lowercase();
    if kind.starts_with("multipart/form-data") {
        return collect_form(&web, &number, request).await;
    }
    if kind.starts_with("application/x-www-form-urlencoded") {
        let call = Call::from_request(request, &web).await?;
        return Ok(list(State(web), Path(text), call).await?.into_response());
    }
    let (mut parts, body) = request.into_parts();
    let mut caller = Caller::from_request_parts(&mut parts, &web).await?;
    let bytes = whole(body, MOST_FILE).await?;
    as_signed(&web, &mut caller, &bytes)?;
    done(&web, &caller, &number, &caller.params, bytes).await
}

/// Members in this order: `access_token` if no header carries it, the others, then `file`.
async fn collect_form(web: &Web, number: &Number, request: Request) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let mut members = Vec::new();
    let (mut caller, mut body) = (None, body);
    if parts.headers.contains_key(header::AUTHORIZATION) {
        let mut known = Caller::from_request_parts(&mut parts, web).await?;
        if known.check.is_some() {
            let bytes = whole(body, MOST_FILE + MEMBERS).await?;
            as_signed(web, &mut known, &bytes)?;
            body = bytes.into();
        }
        caller = Some(known);
    }
    let again = Request::from_parts(parts.clone(), body);
    let mut form = Multipart::from_request(again, web).await.map_err(|_| unreadable())?;
    while let Some(field) = form.next_field().await.map_err(|_| unreadable())? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            let Some(caller) = &caller else { return Err(AppError::SignedOut.into()) };
            let bytes = match tokio::time::timeout(FILE_TIME, limited(field)).await {
                Ok(bytes) => bytes?,
                Err(_) => return Err(too_slow()),
            };
            let params = Params::of(members);
            return done(web, caller, number, &params, bytes).await;
        }
        let text = field.text().await.map_err(|_| unreadable())?;
        if name == "access_token" && caller.is_none() {
            let value = format!("Bearer {text}").parse().map_err(|_| AppError::SignedOut)?;
            parts.headers.insert(header::AUTHORIZATION, value);
            let known = Caller::from_request_parts(&mut parts, web).await?;
            if known.check.is_some() {
                let hint = "签名的文件请直接作为请求体发送，或把令牌放在 Authorization 头中。";
                return Err(Problem::bad("signature_component", "令牌在表单里的文件不能签名", hint));
            }
            caller = Some(known);
        } else {
            members.push((name, text));
        }
    }
    Err(Problem::bad("no_body", "没有文件", "请把文件放在成员 file 中，排在其他成员之后。"))
}

/// A whole body, in time and within a limit.
async fn whole(body: Body, most: usize) -> Result<Bytes, Problem> {
    match tokio::time::timeout(FILE_TIME, to_bytes(body, most)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(_)) => Err(too_large()),
        Err(_) => Err(too_slow()),
    }
}

/// Holds a body against the digest that was signed.
fn as_signed(web: &Web, caller: &mut Caller, bytes: &[u8]) -> Result<(), Problem> {
    let Some(mut check) = caller.check.take() else { return Ok(()) };
    check.update(bytes);
    check.finish().map_err(|why| signed::refused(web, &caller.ctx, &why))
}

async fn limited(mut field: axum::extract::multipart::Field<'_>) -> Result<Bytes, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|_| unreadable())? {
        if bytes.len() + chunk.len() > MOST_FILE {
            return Err(too_large());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.into())
}

async fn done(
    web: &Web,
    caller: &Caller,
    number: &Number,
    params: &Params,
    bytes: Bytes,
) -> Result<Response, Problem> {
    let text = |name: &str| params.get(name).unwrap_or_default().to_owned();
    let asked = CollectAsk {
        record_id: text("record_id"),
        part: text("part"),
        format: text("format"),
        sha256: text("sha256"),
        sm3: text("sm3"),
    };
    let answer = web.app.collect(&caller.ctx, number, &asked, bytes.into()).await?;
    let status = match answer.outcome {
        ItemOutcome::Error => StatusCode::UNPROCESSABLE_ENTITY,
        ItemOutcome::Ok | ItemOutcome::Warned => StatusCode::OK,
    };
    Ok((status, Json(json!({ "results": [answer] }))).into_response())
}

fn too_large() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "文件过大")
        .said(format!("文件超过{}MB，或传输中断", MOST_FILE >> 20), "请压缩或拆分后重发。")
}

fn too_slow() -> Problem {
    Problem::new(StatusCode::REQUEST_TIMEOUT, "too_slow", "请求太慢")
        .said("没有在时限内收完文件", "请检查网络后原样重发。")
}

fn unreadable() -> Problem {
    Problem::bad("bad_form", "表单内容无法识别", "请按 multipart/form-data 编码。")
}
