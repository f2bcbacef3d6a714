//! `/office/bodies/merge`: both bodies side by side before they are made one, what moves and what is doubtful, and the act.

use super::{body_id, facts, grounds, href as of_body};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::{Crumb, FactView, FieldView, Menu, Shell, certificates};
use app::{AppError, BodyView, MergeAsk, MergePreview, MergeReason};
use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::{BodyId, Uscc};
use serde::Deserialize;

/// Certificates of a body that are named before the act.
const NAMED: usize = 20;

/// What the address asks for: two bodies; or one, and the code of another.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    stays: String,
    gone: String,
    q: String,
}

/// What is posted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    stays: String,
    gone: String,
    seen: String,
    document: String,
    reason: String,
    code: String,
    confirm: String,
}

#[derive(Template)]
#[template(path = "office/bodies/merge.html")]
struct MergePage {
    shell: Shell,
    error: String,
    gone: SideView,
    stays: SideView,
    doubts: Vec<&'static str>,
    grave: bool,
    others: String,
    turned: String,
    fields: Vec<FieldView>,
    seen: u32,
}

#[derive(Template)]
#[template(path = "office/bodies/merge_which.html")]
struct WhichPage {
    shell: Shell,
    name: String,
    stays: String,
    q: String,
    wrong: String,
    rows: Vec<Candidate>,
}

struct Candidate {
    href: String,
    name: String,
    code: String,
}

/// One of the two.
struct SideView {
    id: i64,
    href: String,
    name: String,
    facts: Vec<FactView>,
    merged: String,
    certificates: Vec<Row>,
    total: usize,
    places: Vec<String>,
}

struct Row {
    href: String,
    number: String,
    authority: String,
    name: String,
}

/// The page on which one body is merged into another.
pub fn href(gone: BodyId, stays: BodyId) -> String {
    format!("/office/bodies/merge?gone={gone}&stays={stays}")
}

fn side(web: &Web, view: &BodyView) -> SideView {
    let address = view.certificates.first().map(|card| card.face.address.clone()).unwrap_or_default();
    let row = |card: &app::stored::Card| Row {
        href: certificates::href(card.head.id),
        number: card.head.number.grouped(),
        authority: web.app.authority_short(card.head.authority),
        name: card.face.body_name.clone(),
    };
    SideView {
        id: view.body.id.0,
        href: of_body(view.body.id),
        name: view.body.name.clone(),
        facts: facts(&view.body, address, &web.app.tables()),
        merged: view.merged.iter().map(|body| body.name.as_str()).collect::<Vec<_>>().join("、"),
        certificates: view.certificates.iter().take(NAMED).map(row).collect(),
        total: view.certificates.len(),
        places: view.places.iter().map(|it| format!("{}　{}", it.site.name, it.site.address)).collect(),
    }
}

fn fields(preview: &MergePreview, typed: &Typed) -> Vec<FieldView> {
    let mut all: Vec<FieldView> = grounds(&typed.document, &typed.reason).into();
    if preview.to_be_typed().is_some() {
        let label = "保留机构的统一社会信用代码";
        all.push(
            FieldView::text("code", label)
                .required()
                .value(&typed.code)
                .hint("照证书或营业执照输入，不要从本页复制"),
        );
    }
    all.push(
        FieldView::tick("confirm", "我已核对两家的名称、代码和证书，确认是同一机构")
            .value(&typed.confirm)
            .wide(),
    );
    all
}

async fn show(web: &Web, officer: &Officer, typed: &Typed, error: String) -> Result<Response, OfficeError> {
    let (gone, stays) = (body_id(&typed.gone)?, body_id(&typed.stays)?);
    let preview = web.app.merge_preview(&officer.ctx, gone, stays).await?;
    let crumbs = vec![Crumb { label: "疑似重复机构".into(), href: super::duplicates::PATH.into() }];
    let others: Vec<String> = preview.others.iter().map(|id| web.app.authority_short(*id)).collect();
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut response = page(&MergePage {
        shell: officer.shell("合并机构", Menu::Bodies, crumbs),
        error,
        gone: side(web, &preview.gone),
        stays: side(web, &preview.stays),
        doubts: preview.doubts.iter().map(|doubt| doubt.label()).collect(),
        grave: preview.to_be_typed().is_some(),
        others: others.join("、"),
        turned: href(stays, gone),
        fields: fields(&preview, typed),
        seen: preview.certificates(),
    });
    *response.status_mut() = status;
    Ok(response)
}

/// `GET /office/bodies/merge`: both side by side; with one body alone it asks for the other.
pub async fn form(
    State(web): State<Web>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Result<Response, OfficeError> {
    if asked.gone.is_empty() {
        return which(&web, &officer, &asked).await;
    }
    let typed = Typed { stays: asked.stays, gone: asked.gone, ..Typed::default() };
    show(&web, &officer, &typed, String::new()).await
}

async fn which(web: &Web, officer: &Officer, asked: &Asked) -> Result<Response, OfficeError> {
    let stays = body_id(&asked.stays)?;
    web.app.ask(&officer.ctx, domain::Action::BodyMerge, Some(officer.ctx.authority()?))?;
    let view = web.app.body(&officer.ctx, stays, "").await?;
    let q: String = asked.q.trim().chars().filter(|c| !c.is_control()).take(60).collect();
    let found = match (q.is_empty(), Uscc::parse(&q)) {
        (true, _) => Ok(Vec::new()),
        (false, Ok(uscc)) => web.app.bodies_of(&officer.ctx, uscc).await,
        (false, Err(_)) => web.app.bodies_named(&officer.ctx, &q).await.map(|found| found.bodies),
    };
    let found = match found {
        Ok(found) => found,
        Err(AppError::NotFound) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let rows: Vec<Candidate> = found
        .iter()
        .filter(|(body, _)| body.id != view.body.id)
        .map(|(body, _)| Candidate {
            href: href(body.id, view.body.id),
            name: body.name.clone(),
            code: super::duplicates::code(body),
        })
        .collect();
    let nothing = !q.is_empty() && rows.is_empty();
    let crumbs = vec![Crumb { label: view.body.name.clone(), href: of_body(view.body.id) }];
    Ok(page(&WhichPage {
        shell: officer.shell("合并机构：选另一家", Menu::Bodies, crumbs),
        name: view.body.name.clone(),
        stays: view.body.id.to_string(),
        wrong: if nothing {
            "没有找到您可以查看的另一家机构，请核对代码或名称".into()
        } else {
            String::new()
        },
        q,
        rows,
    }))
}

/// `POST /office/bodies/merge`: merges, once it is confirmed.
pub async fn merge(
    State(web): State<Web>,
    officer: Officer,
    Form(typed): Form<Typed>,
) -> Result<Response, OfficeError> {
    if typed.confirm.is_empty() {
        let error = "没有合并：请核对两家的名称、代码和证书后勾选确认，再次提交".to_owned();
        return show(&web, &officer, &typed, error).await;
    }
    let ask = MergeAsk {
        gone: body_id(&typed.gone)?,
        stays: body_id(&typed.stays)?,
        why: MergeReason { document: typed.document.clone(), reason: typed.reason.clone() },
        typed: typed.code.clone(),
        seen: typed.seen.parse().ok(),
    };
    match web.app.merge_bodies(&officer.ctx, &ask).await {
        Ok(merged) => Ok(Redirect::to(&format!("{}?said=merged", of_body(merged.stays))).into_response()),
        Err(AppError::Refused { message, hint }) => {
            show(&web, &officer, &typed, format!("{message}。{hint}")).await
        }
        Err(error) => Err(error.into()),
    }
}
