//! 签名密钥 of a system: registered, ended, and a shared one shown once.

use super::slip::{Line, shown_once};
use super::{Typed, client, one, text};
use crate::http::web::Web;
use crate::http::{OfficeError, Officer};
use crate::office::FieldView;
use app::{AppError, ClientInfo, IssuedKey, KeyInfo, SignatureAlgorithm};
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::Secret;

/// A key in the list.
pub struct KeyView {
    pub key_id: String,
    pub algorithm: &'static str,
    /// In groups that a page can break; empty for a shared key.
    pub public: Vec<String>,
    pub made: String,
    /// Empty while it is good.
    pub ended: String,
}

pub fn view(it: KeyInfo) -> KeyView {
    let groups = |hex: String| {
        let groups = hex.as_bytes().chunks(16).map(|part| String::from_utf8_lossy(part).into_owned());
        groups.collect()
    };
    KeyView {
        public: it.public.map(groups).unwrap_or_default(),
        algorithm: it.algorithm.label(),
        key_id: it.key_id,
        made: it.created_at.to_the_minute(),
        ended: it.ended_at.map(|at| at.to_the_minute()).unwrap_or_default(),
    }
}

/// What is asked of a new key.
pub fn fields(typed: &Typed) -> Vec<FieldView> {
    let options = SignatureAlgorithm::ALL.iter().map(|it| (it.key().to_owned(), it.label().to_owned()));
    // The domestic shared key is what most systems of provinces will use.
    let chosen = match text(typed, "algorithm") {
        "" => SignatureAlgorithm::HmacSm3.key(),
        chosen => chosen,
    };
    vec![
        FieldView::choice("algorithm", "签名算法", options.collect()).required().value(chosen),
        FieldView::lines("public", "公钥").value(text(typed, "public")).hint(
            "只有 Ed25519 和 SM2-SM3 要填：PEM 或十六进制，私钥由接入系统自行保管。共享密钥由本系统生成",
        ),
    ]
}

/// `POST /office/clients/{id}/keys`: a shared key is shown once as the answer.
pub async fn register(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, OfficeError> {
    let key = client(&id)?;
    let made = match SignatureAlgorithm::parse(text(&typed, "algorithm")) {
        Some(algorithm) => {
            web.app.create_key(&officer.ctx, key, algorithm, Some(text(&typed, "public"))).await
        }
        None => Err(AppError::refused("没有选择签名算法", "请选择一种签名算法。")),
    };
    match made {
        Ok(IssuedKey { key_id, algorithm, shared: Some(shared) }) => {
            let it = web.app.client(&officer.ctx, key).await?;
            Ok(slip(&web, &officer, &it, &key_id, algorithm, &shared))
        }
        Ok(_) => Ok(Redirect::to(&format!("/office/clients/{id}?said=key#keys")).into_response()),
        Err(AppError::Refused { message, hint }) => {
            one::with_key_refused(&web, &officer, key, typed, format!("{message}。{hint}")).await
        }
        Err(error) => Err(error.into()),
    }
}

fn slip(
    web: &Web,
    officer: &Officer,
    it: &ClientInfo,
    key_id: &str,
    algorithm: SignatureAlgorithm,
    shared: &Secret,
) -> Response {
    let lines = vec![
        Line::code("keyid", key_id),
        Line::code("alg", algorithm.key()),
        Line::code("签名密钥（Base64）", shared.reveal()),
    ];
    shown_once(web, officer, it, "签名密钥交接单", lines)
}

/// `POST /office/clients/{id}/keys/{key}/end`.
pub async fn end(
    State(web): State<Web>,
    officer: Officer,
    Path((id, key)): Path<(String, String)>,
) -> Result<Response, OfficeError> {
    web.app.end_key(&officer.ctx, client(&id)?, &key).await?;
    Ok(Redirect::to(&format!("/office/clients/{id}?said=key_ended#keys")).into_response())
}
