//! `/office/certificates/{id}/persons/{person}/erase`: what is known of a person, by kind, and the act that erases it
//! (个人信息保护法 Art. 47).

use super::person::label;
use super::{certificate, href as of_certificate};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::{Crumb, FieldView, Menu, Shell};
use app::{AppError, Erasure};
use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::{CertificateId, PersonId};
use serde::Deserialize;

/// What is posted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    document: String,
    reason: String,
    confirm: String,
}

#[derive(Template)]
#[template(path = "office/certificates/erase.html")]
struct ErasePage {
    shell: Shell,
    name: String,
    parts: String,
    fields: Vec<FieldView>,
    error: String,
    action: String,
    back: String,
}

/// Somebody who is no longer on the certificate but still known.
pub struct Former {
    /// His name.
    pub name: String,
    /// The page that erases him.
    pub href: String,
}

/// The page that erases what is known of a person.
pub fn href(id: CertificateId, person: PersonId) -> String {
    format!("{}/persons/{person}/erase", of_certificate(id))
}

/// Who left the certificate and is still known; nobody for who may not erase.
pub async fn former(
    web: &Web,
    officer: &Officer,
    id: CertificateId,
    may_erase: bool,
) -> Result<Vec<Former>, AppError> {
    if !may_erase {
        return Ok(Vec::new());
    }
    let found = web.app.former_persons(&officer.ctx, id).await?;
    Ok(found.into_iter().map(|(person, name)| Former { name, href: href(id, person) }).collect())
}

fn keys((id, person): (String, String)) -> Result<(CertificateId, PersonId), AppError> {
    Ok((certificate(&id)?, PersonId(person.parse().map_err(|_| AppError::NotFound)?)))
}

fn fields(typed: &Typed) -> Vec<FieldView> {
    vec![
        FieldView::text("document", "文号")
            .required()
            .value(&typed.document)
            .hint("本人的删除申请或批准删除的文件的编号"),
        FieldView::lines("reason", "原因")
            .required()
            .value(&typed.reason)
            .hint("会留在办理记录中，不要写证件号码、电话等个人信息"),
        FieldView::tick("confirm", "我已核对人员和依据，确认删除").value(&typed.confirm).wide(),
    ]
}

async fn show(
    web: &Web,
    officer: &Officer,
    (id, person): (CertificateId, PersonId),
    typed: &Typed,
    error: String,
) -> Result<Response, OfficeError> {
    let found = web.app.erasable(&officer.ctx, id, person).await?;
    let crumbs = vec![Crumb { label: "证书详情".into(), href: of_certificate(id) }];
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut response = page(&ErasePage {
        shell: officer.shell("删除个人信息", Menu::Certificates, crumbs),
        name: if found.name.is_empty() { "联系人".into() } else { found.name },
        parts: found.parts.into_iter().map(label).collect::<Vec<_>>().join("、"),
        fields: fields(typed),
        error,
        action: href(id, person),
        back: of_certificate(id),
    });
    *response.status_mut() = status;
    Ok(response)
}

/// `GET /office/certificates/{id}/persons/{person}/erase`: says what will go and asks for the grounds.
pub async fn form(
    State(web): State<Web>,
    officer: Officer,
    Path(keys_of): Path<(String, String)>,
) -> Result<Response, OfficeError> {
    show(&web, &officer, keys(keys_of)?, &Typed::default(), String::new()).await
}

/// `POST /office/certificates/{id}/persons/{person}/erase`: erases, once it is confirmed.
pub async fn erase(
    State(web): State<Web>,
    officer: Officer,
    Path(keys_of): Path<(String, String)>,
    Form(typed): Form<Typed>,
) -> Result<Response, OfficeError> {
    let (id, person) = keys(keys_of)?;
    if typed.confirm.is_empty() {
        let error = "没有删除：请核对后勾选确认，再次提交".to_owned();
        return show(&web, &officer, (id, person), &typed, error).await;
    }
    let why = Erasure { document: typed.document.clone(), reason: typed.reason.clone() };
    match web.app.erase_person(&officer.ctx, id, person, &why).await {
        Ok(_) => Ok(Redirect::to(&format!("{}?said=erased", of_certificate(id))).into_response()),
        Err(AppError::Refused { message, hint }) => {
            show(&web, &officer, (id, person), &typed, format!("{message}。{hint}")).await
        }
        Err(error) => Err(error.into()),
    }
}
