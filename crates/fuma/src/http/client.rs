//! Where a request comes from and what it is called.

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use std::convert::Infallible;
use std::net::SocketAddr;

/// The caller of a request, signed in or not.
#[derive(Clone, Debug)]
pub struct Client {
    /// In every event and log line of the request.
    pub request_id: String,
    /// Network address, without the port.
    pub source: String,
    /// What the browser calls itself.
    pub agent: String,
}

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Client, Infallible> {
        let header = |name: &str| parts.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let source = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip().to_string());
        Ok(Client {
            request_id: header("x-request-id").chars().take(64).collect(),
            source: source.unwrap_or_default(),
            agent: header("user-agent").to_owned(),
        })
    }
}
