//! `/office/bodies?uscc=`: from a code to the page of its body, or to a list where several have it.

use super::href;
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::{Menu, Shell};
use app::stored::Body;
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Ground, Uscc};
use serde::Deserialize;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    uscc: String,
}

#[derive(Template)]
#[template(path = "office/bodies/find.html")]
struct FindPage {
    shell: Shell,
    uscc: String,
    wrong: String,
    rows: Vec<BodyRow>,
}

struct BodyRow {
    href: String,
    name: String,
    uscc: String,
    parent: String,
    why: &'static str,
}

/// `GET /office/bodies`.
pub async fn find(
    State(web): State<Web>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Result<Response, OfficeError> {
    let shell = officer.shell("机构", Menu::Bodies, Vec::new());
    let blank = |wrong: String| FindPage { shell, uscc: asked.uscc.clone(), wrong, rows: Vec::new() };
    if asked.uscc.trim().is_empty() {
        return Ok(page(&blank(String::new())));
    }
    let uscc = match Uscc::parse(&asked.uscc) {
        Ok(uscc) => uscc,
        Err(error) => return Ok(page(&blank(format!("统一社会信用代码“{}”：{error}", asked.uscc.trim())))),
    };
    let found = web.app.bodies_of(&officer.ctx, uscc).await?;
    if let [(body, _)] = found.as_slice() {
        return Ok(Redirect::to(&href(body.id)).into_response());
    }
    let rows = found.iter().map(|(body, ground)| row(body, *ground)).collect();
    Ok(page(&FindPage { rows, ..blank(String::new()) }))
}

fn row(body: &Body, ground: Ground) -> BodyRow {
    BodyRow {
        href: href(body.id),
        name: body.name.clone(),
        uscc: body.own_uscc.map(|uscc| uscc.to_string()).unwrap_or_default(),
        parent: body.parent_name.clone(),
        why: ground.label(),
    }
}
