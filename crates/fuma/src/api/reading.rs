//! Calls that read: certificates, records, a body's certificates nation-wide, what happened, what stands, figures, codes.

use super::call::Call;
use super::problem::Problem;
use crate::http::Web;
use app::{
    AppError, Claimed, CodeFormat, Cursor, FigureAsk, FigureReport, MOST_ASKED, SPANS, Unadopted, Whose,
};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::tally::Measure;
use domain::{CertificateId, Number, Uscc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::time::Duration;

/// Longest wait of a long poll, seconds.
const WAIT: u64 = 30;
/// How often a waiting call looks.
const LOOK: Duration = Duration::from_millis(400);
/// Entries on a page unless another number is asked for.
const PAGE: u32 = 200;
/// Days of statistics unless others are asked for.
const DAYS: i32 = 30;

/// A certificate number in an address.
pub fn number(text: &str) -> Result<Number, Problem> {
    Number::parse(text).map_err(|_| AppError::NotFound.into())
}

/// `GET /api/v1/certificates/{number}`.
pub async fn certificate(
    State(web): State<Web>,
    Path(text): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    let edition = call.params.parsed("edition")?;
    let found = web.app.fetch(&call.ctx, &number(&text)?, edition).await?;
    // The status stands in it as well, which makes no edition.
    let tag = format!("\"e{}-{}-{}\"", found.edition, found.status, &found.content_digest[..16]);
    if call.header("if-none-match") == tag {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    Ok(([(header::ETAG, tag)], Json(found)).into_response())
}

/// `GET /api/v1/certificates/{number}/editions`.
pub async fn editions(
    State(web): State<Web>,
    Path(text): Path<String>,
    call: Call,
) -> Result<Json<Value>, Problem> {
    let editions = web.app.fetch_editions(&call.ctx, &number(&text)?).await?;
    Ok(Json(json!({ "editions": editions })))
}

/// `GET /api/v1/certificates/{number}/verdict`.
pub async fn verdict(
    State(web): State<Web>,
    Path(text): Path<String>,
    call: Call,
) -> Result<Json<Value>, Problem> {
    let on = call.params.day("on")?.unwrap_or_else(|| web.app.today());
    let verdict = web.app.fetch_verdict(&call.ctx, &number(&text)?, on).await?;
    Ok(Json(
        json!({ "on": on.to_string(), "verdict": verdict.word().key(), "verdict_text": verdict.word().label() }),
    ))
}

/// `GET /api/v1/certificates/{number}/qr.svg`.
pub async fn qr_svg(state: State<Web>, path: Path<String>, call: Call) -> Result<Response, Problem> {
    qr(state, path, call, CodeFormat::Svg).await
}

/// `GET /api/v1/certificates/{number}/qr.png`.
pub async fn qr_png(state: State<Web>, path: Path<String>, call: Call) -> Result<Response, Problem> {
    qr(state, path, call, CodeFormat::Png).await
}

/// `GET /api/v1/certificates/{number}/qr.pdf`.
pub async fn qr_pdf(state: State<Web>, path: Path<String>, call: Call) -> Result<Response, Problem> {
    qr(state, path, call, CodeFormat::Pdf).await
}

async fn qr(
    State(web): State<Web>,
    Path(text): Path<String>,
    call: Call,
    format: CodeFormat,
) -> Result<Response, Problem> {
    let id = web.app.certificate_by_number(&call.ctx, &number(&text)?).await?;
    let file = web.app.report_code(&call.ctx, id, format).await?;
    Ok(([(header::CONTENT_TYPE, format.content_type())], file.bytes).into_response())
}

/// `GET /api/v1/records?record_id=`.
pub async fn record(State(web): State<Web>, call: Call) -> Result<Response, Problem> {
    let Some(id) = call.params.get("record_id") else {
        return Err(Problem::bad("bad_parameter", "没有 record_id", "请传要查询的业务记录号。"));
    };
    Ok(Json(web.app.fetch_record(&call.ctx, id).await?).into_response())
}

/// `GET /api/v1/bodies/{uscc}/certificates`.
pub async fn linked(
    State(web): State<Web>,
    Path(text): Path<String>,
    call: Call,
) -> Result<Json<Value>, Problem> {
    let uscc = Uscc::parse(&text).map_err(|_| AppError::NotFound)?;
    let certificates = web.app.linked_certificates(&call.ctx, uscc).await?;
    Ok(Json(json!({ "certificates": certificates })))
}

/// `GET /api/v1/reconcile`.
pub async fn reconcile(State(web): State<Web>, call: Call) -> Result<Response, Problem> {
    let days = (call.params.day("from")?, call.params.day("to")?);
    let limit = call.params.parsed("limit")?.unwrap_or(PAGE);
    let page = web.app.reconcile(&call.ctx, days, call.params.get("cursor"), limit).await;
    let page = page.map_err(|error| match error {
        // The only thing it refuses.
        AppError::Refused { message, hint } => Problem::bad("bad_cursor", message, hint),
        other => other.into(),
    })?;
    Ok(Json(page).into_response())
}

/// What a caller says that it has.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    items: Vec<Claimed>,
}

/// `POST /api/v1/reconcile`: with a body what the caller has is compared; without one it is the page of the GET.
pub async fn reconcile_against(state: State<Web>, call: Call) -> Result<Response, Problem> {
    if call.body.is_empty() {
        return reconcile(state, call).await;
    }
    let Claims { items } = call.json()?;
    if items.len() > MOST_ASKED {
        let detail = format!("一次最多比对{MOST_ASKED}项，现有{}项", items.len());
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "item_count", "项数不对")
            .said(detail, "请分几次调用。"));
    }
    if let Some(n) = items.iter().position(|it| it.record_id.is_empty() && it.number.trim().is_empty()) {
        let detail = format!("第{}项没有业务记录号，也没有证书编号", n + 1);
        return Err(Problem::bad("bad_json", detail, "每项至少传 record_id 和 number 中的一个。"));
    }
    Ok(Json(state.app.reconcile_against(&call.ctx, &items).await?).into_response())
}

/// `GET /api/v1/unadopted`: what was assigned by hand and no record id names yet.
pub async fn unadopted(State(web): State<Web>, call: Call) -> Result<Json<Value>, Problem> {
    let cursor = call.params.parsed("cursor").map_err(|_| bad_cursor())?;
    let after = cursor.map(CertificateId);
    let limit = call.params.parsed("limit")?.unwrap_or(PAGE);
    let page = web.app.unadopted(&call.ctx, after, limit).await?;
    let item = |it: &Unadopted| {
        json!({
            "number": it.head.number.to_string(),
            "code": it.head.code.to_string(),
            "body_name": it.body,
            "edition": it.head.edition,
            "status": it.head.status.word().key(),
            "content_digest": data_encoding::HEXLOWER.encode(&it.digest),
            "assigned_at": it.head.assigned_at.rfc3339(),
            "door": it.head.door.key(),
        })
    };
    let items: Vec<Value> = page.rows.iter().map(item).collect();
    let next = page.next.map(|id| id.to_string());
    Ok(Json(json!({ "items": items, "total": page.total, "next": next })))
}

/// `GET /api/v1/changes`: what happened after a cursor; waits for it if asked to.
pub async fn changes(State(web): State<Web>, call: Call) -> Result<Response, Problem> {
    let mut after = match call.params.get("cursor") {
        None => Cursor::START,
        Some(text) => Cursor::parse(text).ok_or_else(bad_cursor)?,
    };
    let limit = call.params.parsed("limit")?.unwrap_or(PAGE);
    let wait = call.params.parsed::<u64>("wait")?.unwrap_or(0).min(WAIT);
    let until = tokio::time::Instant::now() + Duration::from_secs(wait);
    loop {
        let Some(page) = web.app.changes(&call.ctx, after, limit).await? else {
            return Err(Problem::new(StatusCode::GONE, "epoch_raised", "请对账").said(
                "登记库经过恢复，原游标不再有效",
                "请用 /api/v1/reconcile 对账，再从其 position 继续。",
            ));
        };
        if page.events.is_empty() && tokio::time::Instant::now() < until {
            after = Cursor::parse(&page.next).unwrap_or(after);
            tokio::time::sleep(LOOK).await;
            continue;
        }
        if !call.header("accept").contains("application/x-ndjson") {
            return Ok(Json(page).into_response());
        }
        // The way on stands in the last line, and beside it in a header: old clients see no headers.
        let lines: String = page.events.iter().map(ndjson).collect();
        let mut response = (lines + &ndjson(&json!({ "next": page.next }))).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
        if let Ok(next) = HeaderValue::from_str(&page.next) {
            headers.insert("x-next-cursor", next);
        }
        return Ok(response);
    }
}

fn bad_cursor() -> Problem {
    Problem::bad("bad_cursor", "游标无法识别", "请原样传回上一页的 next，或不传从头开始。")
}

fn ndjson(value: &impl Serialize) -> String {
    serde_json::to_string(value).map(|line| line + "\n").unwrap_or_default()
}

/// `GET /api/v1/statistics`.
pub async fn statistics(State(web): State<Web>, call: Call) -> Result<Json<Value>, Problem> {
    let to = call.params.day("to")?.unwrap_or_else(|| web.app.today());
    let from = match call.params.day("from")? {
        Some(from) => from,
        None => to.plus_days(1 - DAYS).unwrap_or(to),
    };
    if from > to {
        let detail = format!("from={from} 晚于 to={to}");
        return Err(Problem::bad("bad_parameter", detail, "请核对起止日期。"));
    }
    let mut figures = web.app.statistics(&call.ctx, from, to).await?;
    if let Some(ask) = figures_asked(&call)? {
        figures["report"] = web.app.figures(&call.ctx, &ask).await?.json();
    }
    Ok(Json(figures))
}

/// Which page of figures is asked for besides; a system has those of its own authority, and the sums of the nation.
fn figures_asked(call: &Call) -> Result<Option<FigureAsk>, Problem> {
    let unknown =
        |name: &str| Problem::bad("bad_parameter", format!("参数 {name} 的值无法识别"), "请按接口规范填写。");
    let Some(report) = call.params.get("report") else { return Ok(None) };
    let report = FigureReport::parse(report).ok_or_else(|| unknown("report"))?;
    let measure = call.params.get("measure");
    let measure = measure.map(|it| Measure::parse(it).ok_or_else(|| unknown("measure"))).transpose()?;
    let days: Option<u16> = call.params.parsed("days")?;
    if days.is_some_and(|days| !SPANS.contains(&days)) {
        return Err(unknown("days"));
    }
    let whose = match call.params.get("of") {
        None | Some("own") => None,
        Some("nation") => Some(Whose::Nation),
        Some(_) => return Err(unknown("of")),
    };
    let by_month = match call.params.get("by") {
        None => None,
        Some("day") => Some(false),
        Some("month") => Some(true),
        Some(_) => return Err(unknown("by")),
    };
    let (month, day) = (call.params.day("month")?, call.params.day("day")?);
    Ok(Some(FigureAsk { report, whose, measure, days, by_month, month, day }))
}

/// `GET /api/v1/codes/{table}`.
pub async fn codes(
    State(web): State<Web>,
    Path(table): Path<String>,
    call: Call,
) -> Result<Json<Value>, Problem> {
    let after = call.params.get("after").unwrap_or_default();
    let Some(codes) = web.app.code_table(&call.ctx, &table, after).await? else {
        return Err(AppError::NotFound.into());
    };
    let codes: Vec<Value> =
        codes.into_iter().map(|(code, name)| json!({ "code": code, "name": name })).collect();
    Ok(Json(json!({ "table": table, "codes": codes })))
}
