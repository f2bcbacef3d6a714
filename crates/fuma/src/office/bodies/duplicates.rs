//! `/office/bodies/duplicates`: 疑似重复机构, and what an authority says of them: 不是重复.

use super::{body_id, href};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::said::Said;
use crate::office::{Crumb, Menu, Shell};
use app::stored::{Body, Pair};
use app::{ApartView, PairView};
use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Action, AuthorityId, BodyId, PairGround};
use serde::Deserialize;

/// Pairs on a page.
const ROWS: u32 = 30;
/// Where the list is.
pub const PATH: &str = "/office/bodies/duplicates";

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// `apart`: those of which it was said that they are two.
    only: String,
    after: String,
    said: String,
}

/// A pair that something is said of.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct PairForm {
    a: String,
    b: String,
}

#[derive(Template)]
#[template(path = "office/bodies/duplicates.html")]
struct DuplicatesPage {
    shell: Shell,
    apart: bool,
    rows: Vec<PairRow>,
    next: String,
    may_say: bool,
    may_merge: bool,
}

/// A pair as a row.
struct PairRow {
    /// Why it is one; when and by whom it was said that they are two.
    ground: String,
    both: [Side; 2],
    ids: [i64; 2],
    merge: String,
}

struct Side {
    href: String,
    name: String,
    code: String,
    place: String,
    held: String,
}

/// The code a body is known by, in words.
pub fn code(body: &Body) -> String {
    match (body.own_uscc, body.parent_uscc, &body.org_code) {
        (Some(own), ..) => own.to_string(),
        (None, Some(parent), _) if body.parent_name.is_empty() => format!("属法人 {parent}"),
        (None, Some(parent), _) => format!("属{}（{parent}）", body.parent_name),
        (None, None, Some(org)) => format!("组织机构代码 {org}"),
        (None, None, None) => "没有代码".to_owned(),
    }
}

fn side(web: &Web, body: &Body, held: &[(AuthorityId, u32)]) -> Side {
    let held: Vec<String> =
        held.iter().map(|(authority, n)| format!("{} {n} 张", web.app.authority_short(*authority))).collect();
    Side {
        href: href(body.id),
        name: body.name.clone(),
        code: code(body),
        place: body.division.map(|it| web.app.tables().division_name(it)).unwrap_or_default(),
        held: if held.is_empty() { "没有证书".to_owned() } else { held.join("、") },
    }
}

fn pair_row(web: &Web, pair: &PairView) -> PairRow {
    let [low, high] = &pair.bodies;
    let [of_low, of_high] = &pair.held;
    PairRow {
        ground: pair.ground.label().to_owned(),
        both: [side(web, low, of_low), side(web, high, of_high)],
        ids: [low.id.0, high.id.0],
        merge: merge_href(pair),
    }
}

/// The one with an own code stays, else the one with more certificates, else the older one; the page lets it be turned round.
fn merge_href(pair: &PairView) -> String {
    let [low, high] = &pair.bodies;
    let n = |at: usize| pair.held[at].iter().map(|(_, n)| *n).sum::<u32>();
    let weight = |body: &Body, at| (body.own_uscc.is_some(), n(at));
    let (gone, stays) = if weight(high, 1) > weight(low, 0) { (low, high) } else { (high, low) };
    super::merge::href(gone.id, stays.id)
}

fn apart_row(web: &Web, it: &ApartView) -> PairRow {
    let [low, high] = &it.bodies;
    PairRow {
        ground: format!("{}　{}", it.at.to_the_minute(), it.by),
        both: [side(web, low, &[]), side(web, high, &[])].map(|side| Side { held: String::new(), ..side }),
        ids: [low.id.0, high.id.0],
        merge: String::new(),
    }
}

fn place(text: &str) -> Option<Pair> {
    let mut parts = text.split('.');
    let ground = PairGround::of_rank(parts.next()?.parse().ok()?)?;
    let (low, high) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some(Pair { ground, low: BodyId(low), high: BodyId(high) })
}

fn both(text: &str) -> Option<(BodyId, BodyId)> {
    let (low, high) = text.split_once('.')?;
    Some((BodyId(low.parse().ok()?), BodyId(high.parse().ok()?)))
}

/// `GET /office/bodies/duplicates`.
pub async fn list(
    State(web): State<Web>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Result<Response, OfficeError> {
    let apart = asked.only == "apart";
    let (rows, next) = if apart {
        let said = web.app.pairs_apart(&officer.ctx, both(&asked.after), ROWS).await?;
        let last = said.last().filter(|_| said.len() == ROWS as usize);
        let next = last.map(|it| format!("{PATH}?only=apart&after={}.{}", it.bodies[0].id, it.bodies[1].id));
        (said.iter().map(|it| apart_row(&web, it)).collect::<Vec<_>>(), next)
    } else {
        let found = web.app.pairs(&officer.ctx, place(&asked.after), ROWS).await?;
        let at = |pair: Pair| format!("{PATH}?after={}.{}.{}", pair.ground.rank(), pair.low, pair.high);
        (found.pairs.iter().map(|pair| pair_row(&web, pair)).collect(), found.next.map(at))
    };
    let crumbs = vec![Crumb { label: "疑似重复机构".into(), href: PATH.into() }];
    let (tone, words) = Said { said: asked.said }.words();
    Ok(page(&DuplicatesPage {
        shell: officer.shell_saying("疑似重复机构", Menu::Bodies, crumbs, tone, words),
        apart,
        rows,
        next: next.unwrap_or_default(),
        may_say: officer.can(Action::BodyApart),
        may_merge: officer.can(Action::BodyMerge),
    }))
}

/// `POST /office/bodies/apart`: they are two.
pub async fn say_apart(
    State(web): State<Web>,
    officer: Officer,
    Form(said): Form<PairForm>,
) -> Result<Response, OfficeError> {
    web.app.say_apart(&officer.ctx, body_id(&said.a)?, body_id(&said.b)?).await?;
    Ok(Redirect::to(&format!("{PATH}?said=apart")).into_response())
}

/// `POST /office/bodies/apart/end`: that is taken back.
pub async fn unsay_apart(
    State(web): State<Web>,
    officer: Officer,
    Form(said): Form<PairForm>,
) -> Result<Response, OfficeError> {
    web.app.unsay_apart(&officer.ctx, body_id(&said.a)?, body_id(&said.b)?).await?;
    Ok(Redirect::to(&format!("{PATH}?only=apart&said=apart_end")).into_response())
}
