//! `/office/hooks`: addresses that are told of what happens to certificates, and what they were told.

use super::said::Said;
use super::{Badge, Crumb, FactView, FieldView, Menu, Shell, TabView};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use app::stored::{Delivery, DeliveryState, Position};
use app::{AppError, HOOK_KINDS, HookInfo, HookSpec, NewHook};
use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Action, Answer, ClientId, HookId, Instant, Tone, group_digits};
use serde::Deserialize;
use std::collections::HashMap;

/// Deliveries of a page.
const ROWS: u32 = 50;

/// What is posted of a hook: `client`, `url`, `disabled`, and `kind_…` for each kind that is ticked.
type Typed = HashMap<String, String>;

#[derive(Template)]
#[template(path = "office/hooks.html")]
struct ListPage {
    shell: Shell,
    national: bool,
    rows: Vec<RowView>,
    fields: Vec<FieldView>,
    kinds: Vec<KindView>,
    error: String,
    may_write: bool,
    no_system: bool,
}

struct RowView {
    id: i64,
    system: String,
    authority: String,
    url: String,
    badge: Badge,
    last: String,
    waiting: String,
    dead: String,
}

/// A kind to be ticked.
struct KindView {
    name: String,
    label: &'static str,
    ticked: bool,
}

#[derive(Template)]
#[template(path = "office/hook_secret.html")]
struct SecretPage<'a> {
    shell: Shell,
    id: i64,
    url: &'a str,
    secret: &'a str,
}

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

/// 已停用, 送达受阻, 正常, or 尚未使用.
fn state(it: &HookInfo) -> Badge {
    match (it.spec.disabled, it.failures, it.last_done_at) {
        (true, ..) => Badge::plain("已停用", Tone::Bad),
        (false, 1.., _) => Badge::plain("送达受阻", Tone::Warn),
        (false, 0, Some(_)) => Badge::plain("正常", Tone::Good),
        (false, 0, None) => Badge::plain("尚未使用", Tone::Neutral),
    }
}

fn at(moment: Option<Instant>) -> String {
    moment.map(|at| at.shanghai()).unwrap_or_default()
}

fn row(web: &Web, it: &HookInfo) -> RowView {
    RowView {
        id: it.id.0,
        system: it.client_name.clone(),
        authority: web.app.authority_name(it.authority),
        url: it.spec.url.clone(),
        badge: state(it),
        last: at(it.last_done_at),
        waiting: group_digits(it.waiting),
        dead: group_digits(it.dead),
    }
}

fn kinds(ticked: impl Fn(domain::EventKind) -> bool) -> Vec<KindView> {
    let view = |kind: &domain::EventKind| KindView {
        name: format!("kind_{}", kind.key()),
        label: kind.label(),
        ticked: ticked(*kind),
    };
    HOOK_KINDS.iter().map(view).collect()
}

fn spec(typed: &Typed) -> HookSpec {
    let ticked = |kind: &domain::EventKind| typed.contains_key(&format!("kind_{}", kind.key()));
    HookSpec {
        url: typed.get("url").cloned().unwrap_or_default(),
        kinds: HOOK_KINDS.into_iter().filter(|kind| ticked(kind)).collect(),
        disabled: typed.get("disabled").is_some_and(|text| !text.is_empty()),
    }
}

fn url_field(value: &str) -> FieldView {
    FieldView::text("url", "通知地址")
        .required()
        .wide()
        .value(value)
        .hint("对方接收通知的完整地址，如 https://notify.example.cn/fuma；对方用密钥核对签名")
}

async fn show(web: &Web, officer: &Officer, typed: &Typed, error: String) -> Result<Response, AppError> {
    let hooks = web.app.hooks(&officer.ctx, None).await?;
    let own = officer.ctx.authority()?;
    let systems = web.app.clients(&officer.ctx, Some(own)).await?;
    let systems: Vec<(String, String)> = systems
        .into_iter()
        .map(|it| (it.id.to_string(), format!("{}（{}）", it.spec.name, it.public_id)))
        .collect();
    let wanted = spec(typed);
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut response = page(&ListPage {
        shell: officer.shell("通知", Menu::Hooks, Vec::new()),
        national: officer.national(),
        rows: hooks.iter().map(|it| row(web, it)).collect(),
        no_system: systems.is_empty(),
        fields: vec![
            FieldView::choice("client", "接口系统", systems)
                .required()
                .value(typed.get("client").cloned().unwrap_or_default()),
            url_field(&wanted.url),
        ],
        kinds: kinds(|kind| wanted.kinds.contains(&kind)),
        error,
        may_write: officer.can(Action::HookWrite),
    });
    *response.status_mut() = status;
    Ok(response)
}

/// `GET /office/hooks`.
pub async fn list(State(web): State<Web>, officer: Officer) -> Result<Response, OfficeError> {
    Ok(show(&web, &officer, &Typed::new(), String::new()).await?)
}

/// `POST /office/hooks`: sets one up and shows its secret, once.
pub async fn create(
    State(web): State<Web>,
    officer: Officer,
    Form(typed): Form<Typed>,
) -> Result<Response, OfficeError> {
    let client = typed.get("client").and_then(|id| id.parse().ok()).map(ClientId);
    let wanted = spec(&typed);
    let made = match client {
        Some(client) => web.app.create_hook(&officer.ctx, client, &wanted).await,
        None => {
            web.app.ask(&officer.ctx, Action::HookWrite, None)?;
            Err(AppError::refused("没有选择接口系统", "请选择由哪个系统接收通知。"))
        }
    };
    match made {
        Ok(made) => Ok(secret(&officer, &made, &wanted.url)),
        Err(AppError::Refused { message, hint }) => {
            Ok(show(&web, &officer, &typed, format!("{message}。{hint}")).await?)
        }
        Err(error) => Err(error.into()),
    }
}

fn secret(officer: &Officer, made: &NewHook, url: &str) -> Response {
    let shell = officer.shell("通知地址的密钥", Menu::Hooks, Vec::new());
    page(&SecretPage { shell, id: made.id.0, url: url.trim(), secret: made.secret.reveal() })
}

fn key(text: &str) -> Result<HookId, AppError> {
    text.parse().map(HookId).map_err(|_| AppError::NotFound)
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
        ("设立时间", it.created_at.shanghai()),
        ("最近送达", it.last_done_at.map_or("还没有".to_owned(), |at| at.shanghai())),
        ("此后失败", format!("{} 次", it.failures)),
        ("待送达、未送达", format!("{}、{}", group_digits(it.waiting), group_digits(it.dead))),
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

#[cfg(test)]
mod tests {
    use crate::gallery::keep;
    use crate::testing::{Caller, FULL, OURS, SECOND, Town};
    use app::{ClientSpec, Decision, Receipt};
    use domain::{Grants, StatusAct};

    async fn cancel(town: &Town, number: &str) {
        let (ctx, id) = (town.ctx(Caller::Licensing).await, town.id(number).await);
        let decision = Decision {
            act: StatusAct::Cancel,
            effective: town.app.today(),
            document: "陕示注〔2026〕1号".into(),
            reason: "样张".into(),
        };
        town.app.act(&ctx, id, &decision).await.unwrap();
    }

    #[tokio::test]
    async fn an_address_is_set_up_with_a_secret_shown_once_and_its_deliveries_are_shown_and_sent_again() {
        let town = Town::with_certificates().await;
        let (who, list) = (Caller::Integration, "/office/hooks");
        town.get(who, list).await.holds(&["还没有接口系统"]);
        let ctx = town.ctx(Caller::ProvincialAdmin).await;
        let spec =
            ClientSpec { name: "示例审批系统".into(), grants: Grants::all(), ..ClientSpec::default() };
        let client = town.app.create_client(&ctx, OURS, &spec).await.unwrap().to_string();
        let typed =
            |url| [("client", client.as_str()), ("url", url), ("kind_cancel", "1"), ("kind_assign", "1")];
        let wrong = town.post(who, list, &typed("ftp://notify.example.cn/")).await;
        assert_eq!(wrong.status, 422);
        assert!(
            wrong.text().contains("应以 https:// 或 http:// 开头") && wrong.text().contains("ftp://notify")
        );
        let made = town.post(who, list, &typed("https://notify.example.cn/fuma")).await;
        let made = made.holds(&["whsec_", "只显示这一次"]);
        keep("office", "hook_secret", &made);
        let html =
            town.get(who, list).await.holds(&["示例审批系统", "尚未使用", "https://notify.example.cn/fuma"]);
        assert!(!html.contains("whsec_"));
        keep("office", "hooks", &html);
        for (number, answer) in
            [(FULL, Receipt::Answered(204)), (SECOND, Receipt::Failed("连不上对方".into()))]
        {
            cancel(&town, number).await;
            while town.app.follow_hooks().await.unwrap() {}
            for sent in town.app.due_deliveries(9).await.unwrap() {
                town.app.note_deliveries(&sent, std::slice::from_ref(&answer)).await.unwrap();
            }
        }
        let id = town.app.hooks(&ctx, None).await.unwrap()[0].id;
        let path = format!("{list}/{id}");
        let html = town.get(who, &path).await;
        let html =
            html.holds(&["注销", "2627 1205 0001", "已送达", "待送达", "连不上对方", "送达受阻", "重发"]);
        keep("office", "hook", &html);
        let done = town.get(who, &format!("{path}?state=done")).await.holds(&["2627 1205 0001"]);
        assert!(!done.contains("2627 1205 0002"));
        let at = html.split("name=\"at\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let again = town.post(who, &format!("{path}/resend"), &[("at", at)]).await;
        town.get(who, &again.location).await.holds(&["已排入发送"]);
        assert_eq!(town.post(who, &format!("{path}/resend"), &[]).await.status, 422, "nothing was given up");
        let off = [("url", "https://notify.example.cn/fuma"), ("disabled", "1")];
        let off = town.post(who, &path, &off).await;
        town.get(who, &off.location).await.holds(&["已保存", "已停用", "全部"]);
        town.get(Caller::NationalAdmin, list).await.holds(&["陕西省市场监督管理局", "示例审批系统"]);
        assert_eq!(town.get(Caller::ForeignAdmin, &path).await.status, 404);
        assert_eq!(town.get(Caller::Licensing, list).await.status, 403);
    }
}
