//! `/office/bodies?q=`: from a code to the page of its body, or to a list where several have it; from words to those that are
//! called so.

use super::href;
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::{Menu, Shell};
use app::stored::Body;
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Action, Ground, Uscc};
use serde::Deserialize;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    #[serde(alias = "uscc")]
    q: String,
}

#[derive(Template)]
#[template(path = "office/bodies/find.html")]
struct FindPage {
    shell: Shell,
    q: String,
    wrong: String,
    asked: bool,
    rows: Vec<BodyRow>,
    by_whole_name: bool,
    may_see_pairs: bool,
}

struct BodyRow {
    href: String,
    name: String,
    uscc: String,
    parent: String,
    why: &'static str,
}

/// Whether what was typed is meant for a code: letters and digits only, and about as long.
fn is_meant_for_a_code(text: &str) -> bool {
    let folded = domain::fold_width(text);
    let letters = folded.chars().filter(|c| !c.is_whitespace());
    letters.clone().all(|c| c.is_ascii_alphanumeric()) && (16..=20).contains(&letters.count())
}

/// `GET /office/bodies`.
pub async fn find(
    State(web): State<Web>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Result<Response, OfficeError> {
    let q: String = asked.q.trim().chars().filter(|c| !c.is_control()).take(60).collect();
    let mut found = FindPage {
        shell: officer.shell("机构", Menu::Bodies, Vec::new()),
        wrong: String::new(),
        asked: !q.is_empty(),
        rows: Vec::new(),
        by_whole_name: false,
        may_see_pairs: officer.can(Action::PairRead),
        q,
    };
    if found.q.is_empty() {
        return Ok(page(&found));
    }
    let bodies = match Uscc::parse(&found.q) {
        Ok(uscc) => {
            let bodies = web.app.bodies_of(&officer.ctx, uscc).await?;
            if let [(body, _)] = bodies.as_slice() {
                return Ok(Redirect::to(&href(body.id)).into_response());
            }
            bodies
        }
        Err(error) if is_meant_for_a_code(&found.q) => {
            found.wrong = format!("统一社会信用代码“{}”：{error}", found.q);
            return Ok(page(&found));
        }
        Err(_) => {
            let named = web.app.bodies_named(&officer.ctx, &found.q).await?;
            found.by_whole_name = !named.searched;
            named.bodies
        }
    };
    found.rows = bodies.iter().map(|(body, ground)| row(body, *ground)).collect();
    Ok(page(&found))
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
