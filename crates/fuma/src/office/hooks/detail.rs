//! `/office/hooks/{id}`: one address, what it was told, and sending it again.

use super::{KindView, Typed, key, kinds, others_field, spec, state, url_field};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::said::Said;
use crate::office::{Badge, Crumb, FactView, FieldView, Menu, Shell, TabView};
use app::stored::{Delivery, DeliveryState, Position};
use app::{AppError, HookInfo};
use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Action, Answer, Tone, group_digits};
use serde::Deserialize;

/// Deliveries of a page.
const ROWS: u32 = 50;

#[derive(Template)]
#[template(path = "office/hook.html")]
struct HookPage {
    shell: Shell,
    id: i64,
    badge: Badge,
    facts: Vec<FactView>,
    fields: Vec<FieldView>,
    kinds: Vec<KindView>,
    may_write: bool,
    dead: u64,
    tabs: Vec<TabView>,
    rows: Vec<DeliveryView>,
    first: String,
    next: String,
}

struct DeliveryView {
    at: String,
    what: &'static str,
    number: String,
    badge: Badge,
    attempts: u32,
    answer: String,
    next: String,
    place: String,
}

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// A state; none for all.
    state: String,
    /// The last event shown: `1.204`.
    before: String,
    said: String,
}

/// `1.204`.
fn place(at: Position) -> String {
    format!("{}.{}", at.epoch, at.number)
}

fn placed(text: &str) -> Option<Position> {
    let (epoch, number) = text.split_once('.')?;
    Some(Position { epoch: epoch.parse().ok()?, number: number.parse().ok()? })
}

fn delivery(it: &Delivery) -> DeliveryView {
    let d = &it.delivery;
    let tone = match d.state {
        DeliveryState::Waiting => Tone::Neutral,
        DeliveryState::Done => Tone::Good,
        DeliveryState::Dead => Tone::Bad,
    };
    let answer = match d.status {
        _ if !d.message.is_empty() => d.message.clone(),
        Some(status) => format!("对方答复 {status}"),
        None => String::new(),
    };
    DeliveryView {
        at: it.recorded_at.shanghai(),
        what: it.kind.label(),
        number: it.number.grouped(),
        badge: Badge::plain(d.state.label(), tone),
        attempts: d.attempts,
        answer,
        next: if d.state == DeliveryState::Waiting { d.next_at.shanghai() } else { String::new() },
        place: place(d.at),
    }
}

fn facts(web: &Web, it: &HookInfo) -> Vec<FactView> {
    let all = it.spec.kinds.iter().map(|kind| kind.label()).collect::<Vec<_>>().join("、");
    [
        ("接口系统", it.client_name.clone()),
        ("机关", web.app.authority_name(it.authority)),
        ("通知地址", it.spec.url.clone()),
        ("通知的事项", if all.is_empty() { "全部".to_owned() } else { all }),
        ("其他机关的办理", if it.spec.others { "同时通知".to_owned() } else { "不通知".to_owned() }),
        ("设立时间", it.created_at.shanghai()),
        ("最近送达", it.last_done_at.map_or("还没有".to_owned(), |at| at.shanghai())),
        ("此后失败", format!("{} 次", it.failures)),
        ("待送达", group_digits(it.waiting)),
        ("未送达", group_digits(it.dead)),
    ]
    .into_iter()
    .map(|(label, value)| FactView { label: label.to_owned(), value })
    .collect()
}

fn tabs(base: &str, here: Option<DeliveryState>) -> Vec<TabView> {
    let all = TabView { label: "全部".into(), href: base.to_owned(), here: here.is_none() };
    let of = |state: DeliveryState| TabView {
        label: state.label().to_owned(),
        href: format!("{base}?state={}", state.key()),
        here: here == Some(state),
    };
    std::iter::once(all).chain(DeliveryState::ALL.map(of)).collect()
}

/// `GET /office/hooks/{id}`.
pub async fn detail(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, OfficeError> {
    let it = web.app.hook(&officer.ctx, key(&id)?).await?;
    let (state_of, before) = (DeliveryState::parse(&asked.state), placed(&asked.before));
    let found = web.app.deliveries(&officer.ctx, it.id, state_of, before, ROWS).await?;
    let base = format!("/office/hooks/{}", it.id);
    let narrowed = format!("{base}?state={}", state_of.map_or("", DeliveryState::key));
    let last = found.last().filter(|_| found.len() == ROWS as usize).map(|it| place(it.delivery.at));
    let (tone, words) = Said { said: asked.said }.words();
    let crumbs = vec![Crumb { label: format!("地址 {}", it.id), href: base.clone() }];
    let may_write = domain::may(&officer.ctx.actor, Action::HookWrite, Some(it.authority));
    Ok(page(&HookPage {
        shell: officer.shell_saying("通知地址", Menu::Hooks, crumbs, tone, words),
        id: it.id.0,
        badge: state(&it),
        facts: facts(&web, &it),
        fields: vec![
            url_field(&it.spec.url),
            others_field(it.spec.others),
            FieldView::tick("disabled", "停用").value(if it.spec.disabled { "1" } else { "" }),
        ],
        kinds: kinds(|kind| it.spec.kinds.contains(&kind)),
        may_write: may_write == Answer::Allowed,
        dead: it.dead,
        tabs: tabs(&base, state_of),
        rows: found.iter().map(delivery).collect(),
        first: if before.is_some() { narrowed.clone() } else { String::new() },
        next: last.map(|last| format!("{narrowed}&before={last}")).unwrap_or_default(),
    }))
}

/// `POST /office/hooks/{id}`: address, kinds, whether it is disabled.
pub async fn set(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, OfficeError> {
    web.app.set_hook(&officer.ctx, key(&id)?, &spec(&typed)).await?;
    Ok(Redirect::to(&format!("/office/hooks/{id}?said=saved")).into_response())
}

/// What is posted to send again.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Again {
    /// One event; none for all that were given up.
    at: String,
}

/// `POST /office/hooks/{id}/resend`.
pub async fn resend(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Form(again): Form<Again>,
) -> Result<Response, OfficeError> {
    let one = match again.at.as_str() {
        "" => None,
        at => Some(placed(at).ok_or(AppError::NotFound)?),
    };
    web.app.resend(&officer.ctx, key(&id)?, one).await?;
    Ok(Redirect::to(&format!("/office/hooks/{id}?said=resent")).into_response())
}
