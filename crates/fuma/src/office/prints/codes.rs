//! The code for reports: files, slips, links.

use super::inline;
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::certificates::href;
use crate::office::said::Said;
use crate::office::{Badge, Crumb, Menu, Shell, attachment};
use app::stored::Filter;
use app::{AppError, CodeFile, CodeFormat};
use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::{BatchId, CertificateId, Tone, group_digits};
use serde::Deserialize;

/// A code as a file to be saved or, as SVG, shown.
pub fn code_file(file: CodeFile) -> Response {
    let name = format!("报告二维码-{}.{}", file.number, file.format.key());
    match file.format {
        CodeFormat::Svg => inline(&name, file.bytes),
        CodeFormat::Png | CodeFormat::Pdf => attachment(&name, file.bytes),
    }
}

/// `GET /office/certificates/{id}/code.svg`, `.png`, `.pdf`.
pub async fn code(web: Web, officer: Officer, id: i64, format: CodeFormat) -> Result<Response, OfficeError> {
    Ok(code_file(web.app.report_code(&officer.ctx, CertificateId(id), format).await?))
}

/// `GET /office/certificates/{id}/code.svg`.
pub async fn svg(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
) -> Result<Response, OfficeError> {
    code(web, officer, id, CodeFormat::Svg).await
}

/// `GET /office/certificates/{id}/code.png`.
pub async fn png(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
) -> Result<Response, OfficeError> {
    code(web, officer, id, CodeFormat::Png).await
}

/// `GET /office/certificates/{id}/code.pdf`.
pub async fn pdf(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
) -> Result<Response, OfficeError> {
    code(web, officer, id, CodeFormat::Pdf).await
}

/// `POST /office/certificates/{id}/slip.pdf`: each slip carries a link of its own, so it is made, not fetched.
pub async fn slip(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
) -> Result<Response, OfficeError> {
    let (number, bytes) = web.app.report_slip(&officer.ctx, CertificateId(id)).await?;
    Ok(attachment(&format!("报告二维码领取单-{number}.pdf"), bytes))
}

/// Why something is not given out, as a sentence for a page; empty where it is.
pub fn closed(given: app::Result<()>) -> String {
    given.err().map(|error| format!("{error}。{}", error.hint())).unwrap_or_default()
}

/// `office/prints/links.html`.
#[derive(Template)]
#[template(path = "office/prints/links.html")]
struct LinksPage {
    shell: Shell,
    id: i64,
    number: String,
    body: String,
    /// Why no slip is given out now; empty where one is.
    closed: String,
    rows: Vec<LinkRow>,
}

struct LinkRow {
    key: String,
    made: String,
    until: String,
    state: Badge,
    downloads: String,
}

/// `GET /office/certificates/{id}/links`.
pub async fn links(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
    Query(said): Query<Said>,
) -> Result<Response, OfficeError> {
    let id = CertificateId(id);
    let links = web.app.links(&officer.ctx, id).await?;
    let card = web.app.certificate(&officer.ctx, id).await?.card;
    let now = web.app.now();
    let rows = links.iter().map(|link| LinkRow {
        key: data_encoding::HEXLOWER.encode(&link.token_hash),
        made: link.created_at.shanghai(),
        until: link.expires_at.plus_seconds(-1).day().to_string(),
        state: match now < link.expires_at {
            true => Badge::plain("可下载", Tone::Good),
            false => Badge::plain("已过期", Tone::Neutral),
        },
        downloads: group_digits(u64::from(link.downloads)),
    });
    let crumbs = vec![Crumb { label: card.head.number.grouped(), href: href(id) }];
    let (tone, words) = said.words();
    Ok(page(&LinksPage {
        shell: officer.shell_saying("报告二维码下载链接", Menu::Certificates, crumbs, tone, words),
        id: id.0,
        number: card.head.number.grouped(),
        body: card.face.body_name.clone(),
        closed: closed(web.app.code_usable(&card)),
        rows: rows.collect(),
    }))
}

/// Which link.
#[derive(Debug, Deserialize)]
pub struct Renew {
    link: String,
}

/// `POST /office/certificates/{id}/links`: another 30 days.
pub async fn renew(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
    Form(form): Form<Renew>,
) -> Result<Response, OfficeError> {
    let hash = data_encoding::HEXLOWER.decode(form.link.as_bytes()).ok().and_then(|h| h.try_into().ok());
    web.app.renew_link(&officer.ctx, CertificateId(id), &hash.ok_or(AppError::NotFound)?).await?;
    Ok(Redirect::to(&format!("/office/certificates/{id}/links?said=renewed")).into_response())
}

/// `office/prints/slips.html`.
#[derive(Template)]
#[template(path = "office/prints/slips.html")]
struct SlipsPage {
    shell: Shell,
    batch: i64,
    /// Why no slip is given out now; empty where some are.
    closed: String,
    files: Vec<u32>,
}

/// `GET /office/imports/{id}/slips`.
pub async fn slips(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
) -> Result<Response, OfficeError> {
    let files = web.app.slip_files(&officer.ctx, &of_batch(id)).await?;
    let crumbs = vec![Crumb { label: format!("导入批次 {id}"), href: format!("/office/imports/{id}") }];
    let shell = officer.shell("本批报告二维码领取单", Menu::Import, crumbs);
    Ok(page(&SlipsPage {
        shell,
        batch: id,
        closed: closed(web.app.may_go_out()),
        files: (1..=files).collect(),
    }))
}

fn of_batch(id: i64) -> Filter {
    Filter { batch: Some(BatchId(id)), ..Filter::default() }
}

/// Which file of a batch's slips.
#[derive(Debug, Deserialize)]
pub struct SlipFile {
    file: u32,
}

/// `POST /office/imports/{id}/slips`.
pub async fn batch_slips(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
    Form(form): Form<SlipFile>,
) -> Result<Response, OfficeError> {
    let bytes = web.app.report_slips(&officer.ctx, &of_batch(id), form.file).await?;
    Ok(attachment(&format!("报告二维码领取单-批次{id}-{}.pdf", form.file), bytes))
}
