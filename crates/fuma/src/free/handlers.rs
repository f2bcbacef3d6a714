//! The gate before what is counted, the page of who asked too much, and the exchange of work for a pass.

use super::source::behind_unknown_proxy;
use super::work::{self, Pass, Worthless};
use super::{Entry, MISS, PASS_MINUTES, Source, Weight};
use crate::api::Problem;
use crate::assets;
use crate::http::Web;
use crate::public::handlers::failed;
use crate::public::{SITE_NAME, Visit, wants_json};
use askama::Template;
use axum::Form;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use domain::Secret;
use serde::Deserialize;
use std::net::SocketAddr;
use std::sync::Once;

/// Longest address that a pass leads back to.
const ADDRESS: usize = 4_000;

/// `public/limit.html`.
#[derive(Template)]
#[template(path = "public/limit.html")]
struct LimitPage<'a> {
    /// Who asks, and what every page carries.
    visit: &'a Visit,
    /// Questions a minute that are free.
    free: u32,
    /// Questions in half an hour on a pass.
    pass: u32,
    /// When to come again: 30 秒.
    wait: String,
    /// What is to be solved; none where work does not help.
    challenge: Option<String>,
    /// Where a pass leads.
    next: &'a str,
    /// Whether what was sent is lost: a list.
    again: bool,
    /// Why the work was worth nothing.
    error: &'static str,
}

/// Around what is counted: lets a question in, or answers it with what to do instead. It costs a stranger's request one
/// look into a table in memory; only where it would be refused the session is asked for, since officers are not counted.
pub async fn limit(State(web): State<Web>, request: Request, next: Next) -> Response {
    let Some(source) = counted(&web, &request) else { return next.run(request).await };
    let jar = CookieJar::from_headers(request.headers());
    let pass = jar.get(cookie_name(&web)).and_then(|it| Pass::read(&web.app, source, it.value()));
    match web.free.enter(source, pass.as_ref(), web.app.now()) {
        Entry::Refused { .. } if signed_in(&web, &jar).await => next.run(request).await,
        Entry::Refused { wait, work } => refused(&web, &request, source, (wait, work)),
        entry => {
            let response = next.run(request).await;
            let weight = match response.extensions().get::<Weight>() {
                Some(weight) => weight.0,
                None if response.status() == StatusCode::NOT_FOUND => MISS,
                None => 1,
            };
            web.free.weigh(source, entry, weight - 1, web.app.now());
            response
        }
    }
}

/// Who is to be counted, if the request is a question at all: an empty form is none.
fn counted(web: &Web, request: &Request) -> Option<Source> {
    let form = request.method() == Method::GET
        && request.uri().query().is_none()
        && !["/certificate/", "/body/"].iter().any(|it| request.uri().path().starts_with(it));
    if form || !web.free.counts() {
        return None;
    }
    let ip = peer(request.extensions())?.ip();
    if behind_unknown_proxy(ip, request.headers(), &web.proxies) {
        TOLD.call_once(|| {
            tracing::warn!("a proxy stands in front that `proxies` does not name: nobody is counted")
        });
        return None;
    }
    Some(Source::of(ip))
}

/// Said once, not with every request.
static TOLD: Once = Once::new();

fn peer(extensions: &Extensions) -> Option<SocketAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|it| it.0)
}

/// Bound to this host wherever https lets it be, as the session is.
fn cookie_name(web: &Web) -> &'static str {
    if web.secure { "__Host-pass" } else { "pass" }
}

async fn signed_in(web: &Web, jar: &CookieJar) -> bool {
    match jar.get(web.cookie_name()) {
        Some(token) => web.app.session(&Secret::new(token.value().to_owned())).await.is_ok(),
        None => false,
    }
}

fn refused(web: &Web, request: &Request, source: Source, (wait, work): (u64, bool)) -> Response {
    let rates = web.free.rates;
    if wants_json(request.headers()) {
        let detail = format!("同一网络地址每分钟不超过 {} 次查询，查不到的一次按 {MISS} 次计", rates.free);
        let hint = "请按 Retry-After 等待。批量使用请下载开放数据（/open-data）；审批系统请用联网自动赋码接口（/api/docs）。扫码不受限制。";
        return Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many", "查询过于频繁")
            .said(detail, hint)
            .after(wait)
            .into_response();
    }
    let again = request.method() != Method::GET;
    let next = if again { request.uri().path() } else { address(request.uri()) };
    let visit = Visit::read(web, request.uri().query().unwrap_or_default(), request.headers()).in_chinese();
    shown((web, &visit), source, (wait, work), next, again, "")
}

/// The address that was asked for, as far as it is one to come back to.
fn address(uri: &Uri) -> &str {
    let whole = uri.path_and_query().map_or("/", |it| it.as_str());
    if whole.len() <= ADDRESS { whole } else { uri.path() }
}

fn shown(
    (web, visit): (&Web, &Visit),
    source: Source,
    (wait, work): (u64, bool),
    next: &str,
    again: bool,
    error: &'static str,
) -> Response {
    let challenge = match work.then(|| work::challenge(&web.app, source)).transpose() {
        Ok(challenge) => challenge,
        Err(error) => return failed(visit, error),
    };
    let (free, pass) = (web.free.rates.free, web.free.rates.pass);
    let wait_told = told(wait);
    let mut response =
        visit.page(&LimitPage { visit, free, pass, wait: wait_told, challenge, next, again, error });
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
    response
}

/// 30 秒, 5 分钟.
fn told(seconds: u64) -> String {
    match seconds {
        ..=90 => format!("{} 秒", seconds.max(1)),
        more => format!("{} 分钟", more.div_ceil(60)),
    }
}

/// What the page of the work sends.
#[derive(Deserialize)]
pub struct Done {
    #[serde(default)]
    altcha: String,
    #[serde(default)]
    next: String,
}

/// Only addresses of this site are come back to.
fn safe(next: &str) -> &str {
    let ours = next.starts_with('/') && !next.starts_with("//") && next.len() <= ADDRESS;
    if ours && !next.contains(['\\', '\r', '\n']) { next } else { "/" }
}

/// `POST /pass`: a solution for a pass, and back to what was asked.
pub async fn give_pass(
    State(web): State<Web>,
    visit: Visit,
    peer: Option<axum::Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    Form(done): Form<Done>,
) -> Response {
    let next = safe(&done.next);
    let source = match peer {
        Some(peer) if web.free.counts() && !behind_unknown_proxy(peer.0.0.ip(), &headers, &web.proxies) => {
            Source::of(peer.0.0.ip())
        }
        // Nobody is counted: there is nothing a pass would be for.
        _ => return Redirect::to(next).into_response(),
    };
    match work::exchange(&web.app, &web.free.used, source, &done.altcha) {
        Ok(pass) => {
            let mut response = Redirect::to(next).into_response();
            let secure = if web.secure { "; Secure" } else { "" };
            let (name, value) = (cookie_name(&web), pass.written(&web.app, source));
            let age = pass.seconds(web.app.now());
            let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}");
            if let Ok(value) = HeaderValue::from_str(&cookie) {
                response.headers_mut().append(header::SET_COOKIE, value);
            }
            response
        }
        Err(why) => {
            let error = match why {
                Worthless::Wrong => "验证没有通过，可能是您的网络地址刚刚变了。请再验证一次。",
                Worthless::Late => "验证已过时。请再验证一次。",
                Worthless::Again => "这次验证已经用过。请再验证一次。",
            };
            shown((&web, &visit.in_chinese()), source, (super::MISS.into(), true), next, false, error)
        }
    }
}
