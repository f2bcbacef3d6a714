//! The signature base (RFC 9421, 2.5): the text that both sides must write down alike.

use super::{DIGEST, INPUT, LONGEST, Message, NONCE, SIGNATURE, SignatureRefusal, Texts};
use app::SignatureInput;
use axum::http::HeaderMap;
use sfv::{BareItem, Dictionary, InnerList, ListEntry, ListSerializer, Parser};

/// Which of several signatures is ours: gateways may add their own.
pub(super) const LABEL: &str = "fuma";

/// A signature as it was spoken, not yet believed.
#[derive(Debug)]
pub(super) struct Spoken {
    covered: InnerList,
    signature: Vec<u8>,
}

impl Spoken {
    pub(super) fn parse(texts: &Texts) -> Result<Spoken, SignatureRefusal> {
        let mut inputs = dictionary(INPUT, &texts.signature_input)?;
        let mut signatures = dictionary(SIGNATURE, &texts.signature)?;
        let label = match inputs.len() {
            0 => return Err(SignatureRefusal::Missing(INPUT)),
            1 => inputs.keys().next().map(|key| key.as_str().to_owned()).unwrap_or_default(),
            _ => LABEL.to_owned(),
        };
        let several = SignatureRefusal::Malformed(INPUT, "有多个签名，其中没有名为fuma的");
        let covered = match inputs.swap_remove(label.as_str()).ok_or(several)? {
            ListEntry::InnerList(list) => list,
            ListEntry::Item(_) => {
                return Err(SignatureRefusal::Malformed(INPUT, "等号后面应为括号括起的清单"));
            }
        };
        let none = SignatureRefusal::Malformed(SIGNATURE, "没有与Signature-Input同名的签名");
        let signature = match signatures.swap_remove(label.as_str()).ok_or(none)? {
            ListEntry::Item(sfv::Item { bare_item: BareItem::ByteSequence(bytes), .. }) => bytes,
            ListEntry::Item(_) | ListEntry::InnerList(_) => {
                return Err(SignatureRefusal::Malformed(SIGNATURE, "应为冒号括起的Base64"));
            }
        };
        Ok(Spoken { covered, signature })
    }

    /// What is covered, in order.
    pub(super) fn components(&self) -> Result<Vec<&str>, SignatureRefusal> {
        let mut names = Vec::with_capacity(self.covered.items.len());
        for item in &self.covered.items {
            let BareItem::String(name) = &item.bare_item else {
                return Err(SignatureRefusal::Malformed(INPUT, "清单中的名称应加双引号"));
            };
            let name = name.as_str();
            if !item.params.is_empty() {
                return Err(SignatureRefusal::Unsupported(format!("带参数的{name}")));
            }
            if names.contains(&name) {
                return Err(SignatureRefusal::Malformed(INPUT, "清单中有重复的名称"));
            }
            names.push(name);
        }
        Ok(names)
    }

    /// The covered names and the parameters as they stand in the last line of the base.
    pub(super) fn parameters(&self) -> String {
        parameters(&self.covered)
    }

    /// What `app` checks.
    pub(super) fn input(self, base: Vec<u8>) -> Result<SignatureInput, SignatureRefusal> {
        let nonce = self.string("nonce", "缺少nonce")?;
        if !NONCE.contains(&nonce.len()) {
            return Err(SignatureRefusal::Malformed(INPUT, "nonce应为8至128个字符"));
        }
        let expires = match self.covered.params.get("expires") {
            None => None,
            Some(it) => Some(seconds(it).ok_or(SignatureRefusal::Malformed(INPUT, "expires应为整数秒"))?),
        };
        let created = self.covered.params.get("created").and_then(seconds);
        Ok(SignatureInput {
            key_id: self.string("keyid", "缺少keyid")?,
            algorithm: self.string("alg", "缺少alg")?,
            created: created.ok_or(SignatureRefusal::Malformed(INPUT, "缺少created，或者它不是整数秒"))?,
            expires,
            nonce,
            base,
            signature: self.signature,
        })
    }

    fn string(&self, name: &str, lacking: &'static str) -> Result<String, SignatureRefusal> {
        let text = self.covered.params.get(name).and_then(BareItem::as_string);
        text.map(|text| text.as_str().to_owned()).ok_or(SignatureRefusal::Malformed(INPUT, lacking))
    }
}

fn seconds(item: &BareItem) -> Option<i64> {
    item.as_integer().map(i64::from)
}

pub(super) fn dictionary(name: &'static str, text: &str) -> Result<Dictionary, SignatureRefusal> {
    if text.len() > LONGEST {
        return Err(SignatureRefusal::Malformed(name, "太长"));
    }
    let parsed = Parser::new(text).parse();
    parsed.map_err(|_| SignatureRefusal::Malformed(name, "不符合结构化字段（RFC 9651）的写法"))
}

/// An inner list in its one strict form.
pub(super) fn parameters(list: &InnerList) -> String {
    let mut out = ListSerializer::new();
    out.members([&ListEntry::InnerList(list.clone())]);
    out.finish().unwrap_or_default()
}

/// The base: a line for each covered name, and the line of the parameters.
pub(super) fn text(
    message: &Message<'_>,
    content_digest: Option<&str>,
    names: &[&str],
    parameters: &str,
) -> Result<Vec<u8>, SignatureRefusal> {
    let mut out = String::new();
    for name in names {
        let value = match *name {
            "content-digest" => content_digest.ok_or(SignatureRefusal::Missing(DIGEST))?.trim().to_owned(),
            name => value(message, name)?,
        };
        out += &format!("\"{name}\": {value}\n");
    }
    out += &format!("\"@signature-params\": {parameters}");
    Ok(out.into_bytes())
}

/// What stands behind a name (RFC 9421, 2.1 and 2.2).
fn value(message: &Message<'_>, name: &str) -> Result<String, SignatureRefusal> {
    let url = message.public_url.trim_end_matches('/');
    let (scheme, authority) = url.split_once("://").unwrap_or(("https", url));
    let target = if message.target.is_empty() { "/" } else { message.target };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Ok(match name {
        "@method" => message.method.to_owned(),
        "@target-uri" => format!("{url}{target}"),
        "@authority" => host(scheme, authority),
        "@scheme" => scheme.to_ascii_lowercase(),
        "@path" => path.to_owned(),
        "@query" => format!("?{query}"),
        "@request-target" => target.to_owned(),
        _ if name.starts_with('@') => return Err(SignatureRefusal::Unsupported(name.to_owned())),
        _ => header(message.headers, name)?.ok_or_else(|| SignatureRefusal::NoHeader(name.to_owned()))?,
    })
}

/// In lower case, without the port that goes without saying.
fn host(scheme: &str, authority: &str) -> String {
    let usual = if scheme.eq_ignore_ascii_case("http") { ":80" } else { ":443" };
    authority.strip_suffix(usual).unwrap_or(authority).to_ascii_lowercase()
}

/// All values of a header as one; none if it is not there. Names in capitals are no header's.
pub(super) fn header(headers: &HeaderMap, name: &str) -> Result<Option<String>, SignatureRefusal> {
    let wrong = || SignatureRefusal::NoHeader(name.to_owned());
    if name.is_empty() || name.bytes().any(|b| b.is_ascii_uppercase()) {
        return Err(wrong());
    }
    let values: Result<Vec<&str>, _> = headers.get_all(name).iter().map(|value| value.to_str()).collect();
    let values = values.map_err(|_| wrong())?;
    let joined = values.iter().map(|value| value.trim()).collect::<Vec<_>>().join(", ");
    Ok((!values.is_empty()).then_some(joined))
}
