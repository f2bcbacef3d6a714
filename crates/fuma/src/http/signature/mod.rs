//! 请求签名 (RFC 9421): what a signature says and which text it covers. Pure: a request in, a value or a refusal out; whether
//! the key is known and the signature right is `app`'s to say (`App::verify_signature`).
//!
//! A signature comes as three headers, or, for callers whose gateway strips them, as three members of a form.

mod base;
mod digest;
mod form;
mod refusal;
mod sign;

pub use digest::{BodyCheck, ContentDigest};
#[cfg(test)]
pub use form::InForm;
pub use form::of_form;
pub use refusal::SignatureRefusal;
pub use sign::{Outgoing, sign_request};

use app::SignatureInput;
use axum::http::HeaderMap;
use base::Spoken;

/// The text that says what is covered.
const INPUT: &str = "Signature-Input";
/// The text with the signature itself.
const SIGNATURE: &str = "Signature";
/// The text that says what the body hashes to.
const DIGEST: &str = "Content-Digest";
/// Longest of the three that is read, in bytes.
const LONGEST: usize = 4096;
/// How long a nonce may be, in characters: enough not to repeat, and not more than is worth keeping.
const NONCE: std::ops::RangeInclusive<usize> = 8..=128;

/// A request as far as a signature may cover it.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// Its method, in upper case.
    pub method: &'a str,
    /// Where this server is reached from outside, without a path; not what the request says, since a proxy may stand between.
    pub public_url: &'a str,
    /// Path and query as they were received, before any router took a prefix away.
    pub target: &'a str,
    /// Its headers.
    pub headers: &'a HeaderMap,
}

/// What is digested.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// All of it; empty where there is no body.
    Whole(&'a [u8]),
    /// A body that is read later: the caller holds it against [`Signed::digest`] as it comes in.
    Streamed,
}

/// The three texts of a signature.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    /// `Content-Digest`; none where there is no body.
    pub content_digest: Option<String>,
    /// `Signature-Input`.
    pub signature_input: String,
    /// `Signature`.
    pub signature: String,
}

/// A signature that can be checked.
#[derive(Clone, Debug)]
pub struct Signed {
    /// What `app` checks.
    pub input: SignatureInput,
    /// What a streamed body must hash to.
    pub digest: Option<ContentDigest>,
}

impl Texts {
    /// The texts of the headers.
    ///
    /// # Errors
    /// [`SignatureRefusal::Missing`]: the request is not signed, or half of it was lost on the way.
    pub fn of_headers(headers: &HeaderMap) -> Result<Texts, SignatureRefusal> {
        let text = |name: &'static str| base::header(headers, &name.to_ascii_lowercase());
        let needed = |name| text(name)?.ok_or(SignatureRefusal::Missing(name));
        Ok(Texts {
            signature_input: needed(INPUT)?,
            signature: needed(SIGNATURE)?,
            content_digest: text(DIGEST)?,
        })
    }
}

/// Reads a signature, holds the body against its digest, and writes down the text that was signed.
///
/// # Errors
/// Each way in which it cannot be read, covers too little, or does not fit the body.
pub fn read(message: &Message<'_>, texts: &Texts, content: Content<'_>) -> Result<Signed, SignatureRefusal> {
    let spoken = Spoken::parse(texts)?;
    let names = spoken.components()?;
    let covers = |name: &str| names.contains(&name);
    require(covers, content)?;
    let digest = match (covers("content-digest"), &texts.content_digest) {
        (false, _) => None,
        (true, None) => return Err(SignatureRefusal::Missing(DIGEST)),
        (true, Some(text)) => Some(ContentDigest::parse(text)?),
    };
    if let (Some(digest), Content::Whole(body)) = (&digest, content) {
        digest.check(body)?;
    }
    let base = base::text(message, texts.content_digest.as_deref(), &names, &spoken.parameters())?;
    Ok(Signed { input: spoken.input(base)?, digest })
}

/// Whatever decides what a request does must be covered.
fn require(covers: impl Fn(&str) -> bool, content: Content<'_>) -> Result<(), SignatureRefusal> {
    let lacking = |name: &str| SignatureRefusal::NotCovered(name.to_owned());
    if !covers("@method") {
        return Err(lacking("@method"));
    }
    if !covers("@target-uri") && !["@authority", "@path", "@query"].into_iter().all(&covers) {
        return Err(lacking("@target-uri"));
    }
    let has_body = !matches!(content, Content::Whole([]));
    if has_body && !covers("content-digest") {
        return Err(lacking("content-digest"));
    }
    Ok(())
}

#[cfg(test)]
mod doc_tests;
#[cfg(test)]
mod tests;
