//! A signature within a form: for callers whose gateway strips the headers.

use super::{INPUT, SIGNATURE, SignatureRefusal, Texts};
use std::borrow::Cow;

const CONTENT_DIGEST: &str = "content_digest";
const SIGNATURE_INPUT: &str = "signature_input";
const SIGNATURE_MEMBER: &str = "signature";
/// Members that are not digested: the token proves itself, and the rest is the signature.
const APART: [&str; 4] = ["access_token", CONTENT_DIGEST, SIGNATURE_INPUT, SIGNATURE_MEMBER];
/// The member that holds the JSON text of a call.
const BODY: &str = "body";

/// A signature that came in a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForm<'a> {
    /// Its three texts.
    pub texts: Texts,
    /// What `content_digest` must fit.
    pub content: Cow<'a, [u8]>,
}

/// The texts that a form holds and what they digest; `None` if it holds none of them, so that the headers count.
///
/// Digested is the value of `body` where nothing else is there to be digested, else all other members as they were sent, joined
/// by `&`: so no member can be altered on its way. `pairs` are the members of `raw`, decoded, in order.
///
/// # Errors
/// Half a signature, one twice, or pairs that are not those of the text.
pub fn of_form<'a>(
    raw: &'a str,
    pairs: &'a [(String, String)],
) -> Result<Option<InForm<'a>>, SignatureRefusal> {
    let (digest, input, signature) =
        (one(pairs, CONTENT_DIGEST)?, one(pairs, SIGNATURE_INPUT)?, one(pairs, SIGNATURE_MEMBER)?);
    if digest.is_none() && input.is_none() && signature.is_none() {
        return Ok(None);
    }
    let texts = Texts {
        content_digest: digest.map(str::to_owned),
        signature_input: input.ok_or(SignatureRefusal::Missing(INPUT))?.to_owned(),
        signature: signature.ok_or(SignatureRefusal::Missing(SIGNATURE))?.to_owned(),
    };
    let parts: Vec<&str> = raw.split('&').filter(|part| !part.is_empty()).collect();
    if parts.len() != pairs.len() {
        return Err(SignatureRefusal::Malformed(INPUT, "表单无法逐项对应"));
    }
    let mut digested = parts.into_iter().zip(pairs).filter(|(_, (name, _))| !APART.contains(&name.as_str()));
    let content = match (digested.next(), digested.next()) {
        (Some((_, (name, value))), None) if name == BODY => Cow::Borrowed(value.as_bytes()),
        (first, second) => {
            let rest = first.into_iter().chain(second).chain(digested);
            Cow::Owned(rest.map(|(part, _)| part).collect::<Vec<_>>().join("&").into_bytes())
        }
    };
    Ok(Some(InForm { texts, content }))
}

fn one<'a>(pairs: &'a [(String, String)], name: &str) -> Result<Option<&'a str>, SignatureRefusal> {
    let mut values = pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.trim());
    match (values.next(), values.next()) {
        (value, None) => Ok(value),
        (_, Some(_)) => Err(SignatureRefusal::Malformed(INPUT, "表单里的签名成员重复")),
    }
}
