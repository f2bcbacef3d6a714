//! Whether a call is signed as its system must: the door reads the texts and holds the body against its digest, the
//! registry knows the key.

use super::problem::Problem;
use crate::http::Web;
use crate::http::signature::{BodyCheck, Content, Message, SignatureRefusal, Texts, read};
use app::Ctx;
use axum::extract::OriginalUri;
use axum::http::request::Parts;

/// The header that says a call is signed.
const INPUT: &str = "signature-input";

/// Checks the signature of a call: where its system must sign, and wherever one is brought. `texts` are those of a form; none
/// where the headers count. A body that is read later must then pass what is returned.
///
/// # Errors
/// A problem with the word of the refusal, which is noted as well.
pub async fn check(
    web: &Web,
    ctx: &Ctx,
    demanded: bool,
    parts: &Parts,
    texts: Option<&Texts>,
    content: Content<'_>,
) -> Result<Option<BodyCheck>, Problem> {
    if !demanded && texts.is_none() && !parts.headers.contains_key(INPUT) {
        return Ok(None);
    }
    let of_headers = match texts {
        Some(_) => None,
        None => Some(Texts::of_headers(&parts.headers).map_err(|why| refused(web, ctx, &why))?),
    };
    let Some(texts) = texts.or(of_headers.as_ref()) else { return Ok(None) };
    let target = match parts.extensions.get::<OriginalUri>() {
        Some(uri) => uri.path_and_query(),
        None => parts.uri.path_and_query(),
    };
    let message = Message {
        method: parts.method.as_str(),
        public_url: &web.app.config.public_url,
        target: target.map_or("/", |target| target.as_str()),
        headers: &parts.headers,
    };
    let signed = read(&message, texts, content).map_err(|why| refused(web, ctx, &why))?;
    match web.app.verify_signature(ctx, &signed.input).await? {
        Ok(()) => Ok(signed.digest.map(|digest| digest.start())),
        // It was noted where it was found.
        Err(error) => Err(told(&SignatureRefusal::from(error))),
    }
}

/// Notes a refusal of the door and tells it.
pub fn refused(web: &Web, ctx: &Ctx, why: &SignatureRefusal) -> Problem {
    web.app.note_signature(ctx, why.code());
    told(why)
}

fn told(why: &SignatureRefusal) -> Problem {
    Problem::new(why.status(), why.code(), "签名不被接受").said(why.to_string(), why.hint())
}
