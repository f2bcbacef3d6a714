//! One call and what came back.

use super::Stamp;
use anyhow::{Context, Result};
use reqwest::{StatusCode, Url, header::HeaderMap};
use serde_json::Value;

/// JSON.
const JSON: &str = "application/json";
/// What HTML forms send.
const FORM: &str = "application/x-www-form-urlencoded";

/// A call of the interface. It can be sent as often as it takes: each time the same bytes go out.
#[derive(Clone, Debug)]
pub struct Call {
    pub(super) get: bool,
    pub(super) path: String,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Option<(&'static str, Vec<u8>)>,
    pub(super) stamp: Option<Stamp>,
    unsigned: bool,
}

/// Where tokens are given: whoever has none yet is heard without a signature.
const TOKEN: &str = "/token";

impl Call {
    /// Asks for what stands at a path below `/api/v1`.
    pub fn get(path: impl Into<String>) -> Call {
        let (query, headers) = (Vec::new(), Vec::new());
        Call { get: true, path: path.into(), query, headers, body: None, stamp: None, unsigned: false }
    }

    /// Sends bytes of a kind.
    pub fn post(path: impl Into<String>, kind: &'static str, bytes: Vec<u8>) -> Call {
        Call { get: false, body: Some((kind, bytes)), ..Call::get(path) }
    }

    /// Sends a document.
    pub fn json(path: impl Into<String>, document: &Value) -> Call {
        Call::post(path, JSON, document.to_string().into_bytes())
    }

    /// Sends a form.
    pub fn form(path: impl Into<String>, pairs: &[(&'static str, String)]) -> Call {
        Call::post(path, FORM, encoded(pairs).into_bytes())
    }

    /// Adds a parameter to the address.
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Call {
        self.query.push((name, value.to_string()));
        self
    }

    /// Adds a header.
    pub fn header(mut self, name: &'static str, value: impl ToString) -> Call {
        self.headers.push((name, value.to_string()));
        self
    }

    /// Has its signature say something else than it should.
    pub fn stamped(self, stamp: Stamp) -> Call {
        Call { stamp: Some(stamp), ..self }
    }

    /// Goes out without a signature, whatever key the client has.
    pub fn unsigned(self) -> Call {
        Call { unsigned: true, ..self }
    }

    pub(super) fn is_signed(&self) -> bool {
        !self.unsigned && self.path != TOKEN
    }
}

/// Names and values as forms and addresses write them.
pub(super) fn encoded(pairs: &[(&'static str, String)]) -> String {
    let mut url: Url = "http://x".parse().expect("it is an address");
    url.query_pairs_mut().extend_pairs(pairs);
    url.query().unwrap_or_default().to_owned()
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status of the whole call.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// The body.
    pub bytes: Vec<u8>,
}

/// Characters of an answer that are told where it was not the one hoped for.
const TOLD: usize = 300;

impl Answer {
    pub(super) async fn read(response: reqwest::Response) -> reqwest::Result<Answer> {
        let (status, headers) = (response.status(), response.headers().clone());
        Ok(Answer { status, headers, bytes: response.bytes().await?.to_vec() })
    }

    /// A header as text; empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The body as a document.
    ///
    /// # Errors
    /// A body that is none.
    pub fn json(&self) -> Result<Value> {
        // Where it stops being JSON is English, and of no use to who reads the beginning beside it.
        let document = serde_json::from_slice(&self.bytes).ok();
        document.with_context(|| format!("接口的答复不是 JSON：{}", self.told()))
    }

    /// The word for machines of an answer that is a problem; empty if it has none.
    pub fn code(&self) -> String {
        let document: Value = serde_json::from_slice(&self.bytes).unwrap_or_default();
        document["code"].as_str().unwrap_or_default().to_owned()
    }

    /// Whether it refuses the signature, against which no other token helps.
    pub fn refuses_signature(&self) -> bool {
        let code = self.code();
        code.starts_with("signature_") || matches!(code.as_str(), "nonce_used" | "key_unknown")
    }

    /// Status and what it says, for people.
    pub fn told(&self) -> String {
        let text = match serde_json::from_slice::<Value>(&self.bytes) {
            Ok(problem) => {
                let word = |key: &str| problem[key].as_str().map(str::to_owned);
                let code = word("code").or(word("error")).unwrap_or_default();
                let detail = word("detail").or(word("error_description")).or(word("title"));
                detail.map_or_else(|| self.text(), |detail| format!("{code} {detail}"))
            }
            // What gateways say when they are asked for what they do not know.
            Err(_) if self.bytes.trim_ascii_start().starts_with(b"<") => "答复是网页".to_owned(),
            Err(_) => self.text(),
        };
        let short: String = text.chars().filter(|c| !c.is_control()).take(TOLD).collect();
        format!("{} {}", self.status.as_u16(), short.trim()).trim().to_owned()
    }

    /// The same, and what to do.
    pub fn advised(&self) -> String {
        let document: Value = serde_json::from_slice(&self.bytes).unwrap_or_default();
        let hint = document["hint"].as_str().map(|hint| format!("。{hint}")).unwrap_or_default();
        format!("{}{hint}", self.told())
    }
}
