//! `/office/bulletins`: the bulletins one may read, newest first, and where the national level drafts one.

use super::{badge, href};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::said::Said;
use crate::office::{Badge, FieldView, Menu, Refused, Shell, back, ruled};
use app::AppError;
use app::stored::BulletinListed;
use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::bulletin::{BulletinId, Period, Span};
use domain::{Action, Tone};
use serde::Deserialize;

/// Rows of a page.
const ROWS: u32 = 30;
/// So many periods of each length are offered.
const OFFERED: usize = 4;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    before: Option<i64>,
    said: String,
}

/// What is posted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    period: String,
}

#[derive(Template)]
#[template(path = "office/bulletins/list.html")]
struct ListPage {
    shell: Shell,
    rows: Vec<RowView>,
    next: String,
    may_draft: bool,
    may_declare: bool,
    period: FieldView,
    error: String,
}

/// A bulletin in a list.
pub struct RowView {
    /// Its page.
    pub href: String,
    /// Its title.
    pub title: String,
    /// 月度, 季度 or 年度.
    pub span: &'static str,
    /// Which edition.
    pub edition: u32,
    /// Where it is.
    pub state: Badge,
    /// The day since when.
    pub since: String,
    /// Whether the reader's authority has signed; none where it was not sent to it.
    pub signed: Option<Badge>,
}

impl RowView {
    /// A bulletin in words.
    pub fn of(it: &BulletinListed) -> RowView {
        let signed = |yes| match yes {
            true => Badge::plain("已签收", Tone::Good),
            false => Badge::plain("待签收", Tone::Warn),
        };
        RowView {
            href: href(it.id),
            title: it.title.clone(),
            span: it.period.span().label(),
            edition: it.edition,
            state: badge(it.state),
            since: it.since.day().to_string(),
            signed: it.signed.map(signed),
        }
    }
}

/// The last periods of each length that are over.
fn offered(web: &Web) -> Vec<(String, String)> {
    let of = |span| {
        let last = Period::over(span, web.app.today());
        std::iter::successors(last, |it| it.previous()).take(OFFERED)
    };
    Span::ALL.into_iter().flat_map(of).map(|it| (it.key(), it.label())).collect()
}

async fn render(
    web: &Web,
    officer: &Officer,
    asked: Asked,
    (typed, refused): (&Typed, Refused),
) -> Result<Response, OfficeError> {
    let all = web.app.bulletins(&officer.ctx, asked.before.map(BulletinId), ROWS).await?;
    let last = all.last().filter(|_| all.len() == ROWS as usize);
    let (tone, words) = Said { said: asked.said }.words();
    let response = page(&ListPage {
        shell: officer.shell_saying("通报", Menu::Bulletins, Vec::new(), tone, words),
        rows: all.iter().map(RowView::of).collect(),
        next: last.map(|it| format!("/office/bulletins?before={}", it.id)).unwrap_or_default(),
        may_draft: officer.can(Action::BulletinDraft),
        may_declare: !officer.national(),
        period: FieldView::choice("period", "时期", offered(web))
            .required()
            .value(&typed.period)
            .hint("已经过完的月度、季度、年度"),
        error: refused.error.clone(),
    });
    Ok(refused.status(response))
}

/// `GET /office/bulletins`.
pub async fn list(
    State(web): State<Web>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Result<Response, OfficeError> {
    render(&web, &officer, asked, (&Typed::default(), Refused::default())).await
}

/// `POST /office/bulletins`: drafts one.
pub async fn draft(
    State(web): State<Web>,
    officer: Officer,
    Form(typed): Form<Typed>,
) -> Result<Response, OfficeError> {
    let drafted = match Period::parse(&typed.period) {
        Some(period) => web.app.draft_bulletin(&officer.ctx, period, None).await,
        // Who may not draft is told so first.
        None => web
            .app
            .may_draft_bulletins(&officer.ctx)
            .and_then(|()| Err(AppError::refused("没有选择时期", "请选择一个已经过完的月度、季度或年度。"))),
    };
    match ruled(drafted)? {
        Ok(id) => Ok(back(&href(id), "bulletin_drafted")),
        Err(refused) => render(&web, &officer, Asked::default(), (&typed, refused)).await,
    }
}
