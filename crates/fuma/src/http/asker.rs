//! Who asks, as the registry counts it. The network address is looked at here, once a request, and goes no further.

use super::Web;
use crate::free::{Source, behind_unknown_proxy};
use crate::public::wants_json;
use app::{Asker, Asking};
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use domain::AuthorityId;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

/// Who makes a request.
pub async fn asker(web: &Web, extensions: &Extensions, headers: &HeaderMap) -> Asker {
    if let Some(known) = extensions.get::<Asker>() {
        return *known;
    }
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|it| it.0.ip());
    // Behind a proxy that nobody named all people have one address: it tells nothing of any of them.
    let ip = peer.filter(|ip| !behind_unknown_proxy(*ip, headers, &web.proxies));
    let user_agent = headers.get(header::USER_AGENT).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let asking = Asking {
        source: ip.map(|ip| Source::of(ip).bytes()),
        user_agent,
        json: wants_json(headers),
        province: ip.and_then(|ip| web.networks.province(ip)),
    };
    web.app.asker(asking).await
}

impl FromRequestParts<Web> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Asked, Infallible> {
        Ok(Asked(asker(web, &parts.extensions, &parts.headers).await))
    }
}

/// Who makes this request, for handlers that count what they answer.
#[derive(Clone, Copy, Debug)]
pub struct Asked(pub Asker);

/// Stands on an answer that was counted as what it is: it is no page that was merely looked at.
#[derive(Clone, Copy, Debug)]
pub struct Answered;

/// Around pages of the public: counts that one was looked at, where it answered no question.
pub async fn views(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    if request.method() != Method::GET {
        return next.run(request).await;
    }
    let asker = asker(&web, request.extensions(), request.headers()).await;
    request.extensions_mut().insert(asker);
    let response = next.run(request).await;
    if response.status() == StatusCode::OK && response.extensions().get::<Answered>().is_none() {
        web.app.count_view(&asker);
    }
    response
}

/// Whose system makes a call: told by who finds out, read by who counts.
#[derive(Clone, Debug, Default)]
pub struct CallOf(Arc<OnceLock<AuthorityId>>);

impl CallOf {
    /// Tells it.
    pub fn tell(extensions: &Extensions, authority: Option<AuthorityId>) {
        if let (Some(it), Some(authority)) = (extensions.get::<CallOf>(), authority) {
            it.0.get_or_init(|| authority);
        }
    }
}

/// Around the interface: counts its calls, also those that are refused.
pub async fn calls(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    // Its description is read by people and tools; it is no call.
    if request.uri().path().ends_with("/openapi.json") {
        return next.run(request).await;
    }
    let of = CallOf::default();
    request.extensions_mut().insert(of.clone());
    let response = next.run(request).await;
    web.app.count_call(of.0.get().copied(), response.status().as_u16());
    response
}
