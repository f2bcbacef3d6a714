//! Our own client of the interface, as the system of a province has one: it fetches and renews its token, waits and tries
//! again where the server is away or busy, and sends every repetition byte for byte as the call before it, so that the
//! record ids in it stay what they were. Where it has a key it signs each call, and each repetition anew.

mod call;
mod retry;
mod signer;
#[cfg(test)]
mod tests;
mod token;
mod trouble;
mod typed;

pub use call::{Answer, Call};
pub use retry::Patience;
pub use signer::{Signer, Stamp, nonce, now};
pub use trouble::Trouble;
pub use typed::Connection;

use anyhow::{Context, Result, bail};
use domain::Secret;
use reqwest::{Method, StatusCode, Url, header};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use token::Tokens;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);
/// How long one answer may take; a long poll lasts 30 s.
const ANSWER: Duration = Duration::from_secs(120);
/// Where the interface begins.
const BASE: &str = "/api/v1";

/// What a system is known by.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// `client_id`.
    pub id: String,
    /// `client_secret`.
    pub secret: Secret,
}

/// The client of one interface.
pub struct Client {
    http: reqwest::Client,
    base: String,
    tokens: Tokens,
    signer: Option<Signer>,
    patience: Patience,
    retries: AtomicU64,
}

impl Client {
    /// A client of the interface at an address: `https://host`, `https://host/sandbox`, or either with `/api/v1`.
    ///
    /// # Errors
    /// An address that is none; a machine without certificates to trust.
    pub fn new(url: &str, credentials: Credentials, patience: Patience) -> Result<Client> {
        // Fails only where a provider is installed already, which is then as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder()
            .user_agent(concat!("fuma/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .timeout(ANSWER)
            .redirect(reqwest::redirect::Policy::none())
            // What is tried again, and when, is decided here and nowhere else.
            .retry(reqwest::retry::never())
            .build()
            .context("无法建立接口连接")?;
        let base = base(url)?;
        let tokens = Tokens::new(credentials);
        Ok(Client { http, base, tokens, signer: None, patience, retries: AtomicU64::new(0) })
    }

    /// A client that signs, if it is given a key.
    pub fn signing(self, signer: Option<Signer>) -> Client {
        Client { signer, ..self }
    }

    /// What it signs with.
    pub fn signer(&self) -> Option<&Signer> {
        self.signer.as_ref()
    }

    /// The address of the interface, with `/api/v1`.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// `client_id`.
    pub fn id(&self) -> &str {
        self.tokens.id()
    }

    /// How often a call was tried again so far.
    pub fn retries(&self) -> u64 {
        self.retries.load(Ordering::Relaxed)
    }

    /// Makes a call with a token: whatever the server answers, once it is neither away nor busy.
    ///
    /// # Errors
    /// A server that stays away for as long as the client has patience, and a token that is not given.
    pub async fn send(&self, call: &Call) -> Result<Answer> {
        let mut renewed = false;
        loop {
            let token = self.tokens.get(self).await?;
            let answer = self.patiently(call, Some(&token)).await?;
            // The server may forget a token before its time: a secret was ended, a registry restored.
            if answer.status != StatusCode::UNAUTHORIZED || answer.refuses_signature() || renewed {
                return Ok(answer);
            }
            self.tokens.forget(&token).await;
            renewed = true;
        }
    }

    /// Makes a call as it stands, without adding a token, until the server is neither away nor busy.
    ///
    /// # Errors
    /// A server that stays away.
    pub async fn send_bare(&self, call: &Call) -> Result<Answer> {
        self.patiently(call, None).await
    }

    /// Makes a call as it stands: no token is added, nothing is tried again.
    ///
    /// # Errors
    /// A server that does not answer.
    pub async fn send_once(&self, call: &Call) -> Result<Answer> {
        let answer = self.exchange(call, None).await;
        Ok(answer.map_err(|error| Trouble::away(&self.base, &error, 1))?)
    }

    /// Makes a call and wants its document.
    ///
    /// # Errors
    /// Those of [`Client::send`], and every answer but a success.
    pub async fn document(&self, call: &Call) -> Result<serde_json::Value> {
        let answer = self.send(call).await?;
        if !answer.status.is_success() {
            bail!("接口答复 {}", answer.told());
        }
        answer.json()
    }

    /// A token that is good for some minutes yet.
    ///
    /// # Errors
    /// Those of the token call.
    pub async fn token(&self) -> Result<Secret> {
        self.tokens.get(self).await
    }

    /// Tries until there is an answer to go on with.
    async fn patiently(&self, call: &Call, token: Option<&Secret>) -> Result<Answer> {
        for tried in 1.. {
            let answer = self.exchange(call, token).await;
            let again = retry::again(&answer);
            let told = |answer: reqwest::Result<Answer>| {
                Ok(answer.map_err(|error| Trouble::away(&self.base, &error, tried))?)
            };
            let Some(asked) = again else { return told(answer) };
            let Some(wait) = self.patience.wait(tried, asked, jitter()) else { return told(answer) };
            tracing::debug!(tried, ?wait, "the interface is away or busy");
            self.retries.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(wait).await;
        }
        unreachable!("patience ends")
    }

    async fn exchange(&self, call: &Call, token: Option<&Secret>) -> reqwest::Result<Answer> {
        let mut url = format!("{}{}", self.base, call.path);
        if !call.query.is_empty() {
            url = format!("{url}?{}", call::encoded(&call.query));
        }
        let method = if call.get { Method::GET } else { Method::POST };
        let mut request = self.http.request(method, url);
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        if let Some((kind, bytes)) = &call.body {
            request = request.header(header::CONTENT_TYPE, *kind).body(bytes.clone());
        }
        if let Some(token) = token {
            request = request.bearer_auth(token.reveal());
        }
        let mut request = request.build()?;
        // The last thing done to it, since a signature covers the request as it leaves.
        if let Some(signer) = self.signer.as_ref().filter(|_| call.is_signed()) {
            let sent = call.body.as_ref().map_or(&[][..], |(_, bytes)| bytes);
            signer.sign(&mut request, sent, call.stamp.as_ref());
        }
        Answer::read(self.http.execute(request).await?).await
    }
}

/// A number in 0..1 by which clients that lost the same server come back apart from each other.
fn jitter() -> f64 {
    f64::from(u32::from_le_bytes(app::random())) / 2_f64.powi(32)
}

/// The address of the interface, whether it was given with `/api/v1` or without.
fn base(url: &str) -> Result<String> {
    let wrong = || format!("接口地址“{url}”应为 https://主机名 或 https://主机名/sandbox");
    let parsed: Url = url.parse().ok().with_context(wrong)?;
    if !matches!(parsed.scheme(), "http" | "https") || !parsed.has_host() || parsed.query().is_some() {
        bail!(wrong());
    }
    let text = parsed.as_str().trim_end_matches('/');
    Ok(if text.ends_with(BASE) { text.to_owned() } else { format!("{text}{BASE}") })
}
