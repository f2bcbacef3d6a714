//! `/office/certificates/{id}/print`: one certificate, looked at, printed, and fetched again.

use super::inline;
use super::order::{self, Pairs};
use super::queue::{RecentRow, recent};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::certificates::href;
use crate::office::standing::{printed, standing};
use crate::office::{Badge, Crumb, FieldView, Menu, Shell, attachment};
use app::stored::Copy;
use app::{AppError, Detail, PrintedParts};
use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Action, CertificateId, Tone};

/// `office/prints/single.html`.
#[derive(Template)]
#[template(path = "office/prints/single.html")]
struct SinglePage {
    shell: Shell,
    id: i64,
    number: String,
    body: String,
    state: Badge,
    printed: String,
    wrong: Option<(String, String)>,
    fields: Vec<FieldView>,
    prints: Vec<RecentRow>,
}

/// `GET /office/certificates/{id}/print`.
pub async fn form(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
    uri: axum::http::Uri,
) -> Result<Response, OfficeError> {
    let detail = web.app.certificate(&officer.ctx, CertificateId(id)).await?;
    let said = if uri.query() == Some("said=printed") {
        "已打印并存档，文件在下方打印记录中。"
    } else {
        ""
    };
    // What a person most likely wants: the original, once it is printed a reprint, for the files a duplicate.
    let head = &detail.card.head;
    let original = detail.prints.iter().any(|p| p.copy == Copy::Original && p.edition == head.edition);
    let copy = match (head.status.word().ended() || head.valid_to < web.app.today(), original) {
        (true, _) => Copy::Duplicate,
        (false, true) => Copy::Reprint,
        (false, false) => Copy::Original,
    };
    show(&web, &officer, &detail, &vec![("copy".into(), copy.key().into())], None, said)
}

fn show(
    web: &Web,
    officer: &Officer,
    detail: &Detail,
    pairs: &Pairs,
    wrong: Option<(String, String)>,
    said: &str,
) -> Result<Response, OfficeError> {
    let head = &detail.card.head;
    web.app.ask(&officer.ctx, Action::Print, Some(head.authority))?;
    let crumbs = vec![Crumb { label: head.number.grouped(), href: href(head.id) }];
    let mut fields = order::fields(pairs, false);
    if head.edition > 1 {
        let editions = (1..=head.edition).rev().map(|n| (n.to_string(), format!("第{n}版"))).collect();
        let given = Some(order::value(pairs, "edition")).filter(|t| !t.is_empty());
        let current = head.edition.to_string();
        fields.insert(
            1,
            FieldView::choice("edition", "版本", editions).value(given.unwrap_or(&current)).required(),
        );
    }
    Ok(page(&SinglePage {
        shell: officer.shell_saying("打印证书", Menu::Prints, crumbs, Tone::Good, said),
        id: head.id.0,
        number: head.number.grouped(),
        body: detail.card.face.body_name.clone(),
        state: standing(detail, head),
        printed: printed(head),
        wrong,
        fields,
        prints: detail.prints.iter().map(|record| recent(&head.number, record)).collect(),
    }))
}

/// `POST /office/certificates/{id}/print`.
pub async fn print(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, OfficeError> {
    let id = CertificateId(id);
    match web.app.print_certificate(&officer.ctx, id, &order::order(&pairs)).await {
        Ok(_) => Ok(Redirect::to(&format!("{}/print?said=printed", href(id))).into_response()),
        Err(AppError::Refused { message, hint }) => {
            let detail = web.app.certificate(&officer.ctx, id).await?;
            show(&web, &officer, &detail, &pairs, Some((message, hint)), "")
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /office/certificates/{id}/sample.pdf`.
pub async fn sample(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
) -> Result<Response, OfficeError> {
    let bytes = web.app.preview_certificate(&officer.ctx, CertificateId(id), PrintedParts::Both).await?;
    Ok(inline("样张.pdf", bytes))
}

/// `GET /office/certificates/{id}/face.svg`.
pub async fn face(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
) -> Result<Response, OfficeError> {
    let svg = web.app.face_picture(&officer.ctx, CertificateId(id)).await?;
    Ok(inline("证书样张.svg", svg.into_bytes()))
}

/// `GET /office/certificates/{id}/files/{digest}.pdf`: a final, byte for byte.
pub async fn file(
    State(web): State<Web>,
    officer: Officer,
    Path((id, file)): Path<(i64, String)>,
) -> Result<Response, OfficeError> {
    let digest =
        file.strip_suffix(".pdf").and_then(|hex| data_encoding::HEXLOWER.decode(hex.as_bytes()).ok());
    let digest: [u8; 32] = digest.and_then(|d| d.try_into().ok()).ok_or(AppError::NotFound)?;
    let printed = web.app.record_file(&officer.ctx, CertificateId(id), &digest).await?;
    let name =
        format!("{}-第{}版-{}.pdf", printed.number, printed.record.edition, printed.record.copy.label());
    Ok(attachment(&name, printed.bytes))
}
