//! The signing side, for our own clients and for tests.

use super::base::{self, LABEL};
use super::{ContentDigest, INPUT, Message, SignatureRefusal, Texts};
use app::SigningKey;
use axum::http::HeaderMap;
use sfv::{BareItem, InnerList, Integer, Item, Key};

/// A request on its way out.
#[derive(Clone, Copy)]
pub struct Outgoing<'a> {
    /// Its method, in upper case.
    pub method: &'a str,
    /// The public address of the server, without a path.
    pub public_url: &'a str,
    /// Path and query as they are sent.
    pub target: &'a str,
    /// What is digested; empty where there is no body.
    pub body: &'a [u8],
    /// `keyid`.
    pub key_id: &'a str,
    /// What it is signed with.
    pub key: &'a SigningKey,
    /// `created`, seconds since 1970.
    pub created: i64,
    /// `nonce`, never the same twice.
    pub nonce: &'a str,
}

/// Signs a request: method, address and digest of the body.
///
/// # Errors
/// [`SignatureRefusal::Malformed`] where key name or nonce cannot be written in a signature.
pub fn sign_request(it: &Outgoing<'_>) -> Result<Texts, SignatureRefusal> {
    let digest = (!it.body.is_empty()).then(|| ContentDigest::write(it.key.algorithm().hash(), it.body));
    let mut names = vec!["@method", "@target-uri"];
    names.extend(digest.is_some().then_some("content-digest"));
    let parameters = base::parameters(&covered(it, &names)?);
    let headers = HeaderMap::new();
    let message =
        Message { method: it.method, public_url: it.public_url, target: it.target, headers: &headers };
    let base = base::text(&message, digest.as_deref(), &names, &parameters)?;
    let signature = data_encoding::BASE64.encode(&it.key.sign(&base));
    Ok(Texts {
        content_digest: digest,
        signature_input: format!("{LABEL}={parameters}"),
        signature: format!("{LABEL}=:{signature}:"),
    })
}

fn covered(it: &Outgoing<'_>, names: &[&str]) -> Result<InnerList, SignatureRefusal> {
    let wrong = |_| SignatureRefusal::Malformed(INPUT, "keyid和nonce只能用可见的ASCII字符");
    let string = |text: &str| sfv::String::try_from(text.to_owned()).map_err(wrong);
    let mut list = InnerList::default();
    for name in names {
        list.items.push(Item::new(string(name)?));
    }
    let created =
        Integer::try_from(it.created).map_err(|_| SignatureRefusal::Malformed(INPUT, "created应为整数秒"))?;
    for (name, value) in [
        ("created", BareItem::Integer(created)),
        ("keyid", BareItem::String(string(it.key_id)?)),
        ("alg", BareItem::String(string(it.key.algorithm().key())?)),
        ("nonce", BareItem::String(string(it.nonce)?)),
    ] {
        list.params.insert(Key::try_from(name.to_owned()).map_err(wrong)?, value);
    }
    Ok(list)
}
