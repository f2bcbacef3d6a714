//! What a hook is told and how it is signed: Standard Webhooks, with HMAC-SM3 beside HMAC-SHA256.

use crate::ChangeEntry;
use data_encoding::BASE64;
use domain::Instant;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use sha2::Sha256;
use sm3::Sm3;
use store::delivery::Told;

/// What stands before a shown secret.
const PREFIX: &str = "whsec_";

/// A secret as it is shown, once.
pub(super) fn shown(secret: &[u8; 32]) -> String {
    format!("{PREFIX}{}", BASE64.encode(secret))
}

/// What is sent as the body.
#[derive(Serialize)]
struct Envelope<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    recorded_at: String,
    data: ChangeEntry,
}

/// The id of a message: the same however often it is sent, so that the receiver knows it again.
pub(super) fn id(told: &Told) -> String {
    let at = told.delivery.at;
    format!("{}-{}-{}", told.delivery.hook, at.epoch, at.number)
}

/// The body of a message: `data` is what the change stream says of the event.
pub(super) fn body(id: &str, told: &Told, data: ChangeEntry) -> Result<String, serde_json::Error> {
    let event = &told.event;
    serde_json::to_string(&Envelope {
        id,
        kind: event.kind.key(),
        recorded_at: event.recorded_at.rfc3339(),
        data,
    })
}

/// The headers of a message: its id, when it is sent, and both signatures over `id.timestamp.body`.
pub(super) fn headers(secret: &[u8], id: &str, now: Instant, body: &str) -> [(&'static str, String); 3] {
    let timestamp = now.micros().div_euclid(1_000_000).to_string();
    let signed = format!("{id}.{timestamp}.{body}");
    let signature = format!(
        "v1,{} v1sm3,{}",
        mac::<Hmac<Sha256>>(secret, signed.as_bytes()),
        mac::<Hmac<Sm3>>(secret, signed.as_bytes())
    );
    [("webhook-id", id.to_owned()), ("webhook-timestamp", timestamp), ("webhook-signature", signature)]
}

fn mac<M: Mac + KeyInit>(secret: &[u8], message: &[u8]) -> String {
    let mut mac = <M as KeyInit>::new_from_slice(secret).expect("any key length will do");
    mac.update(message);
    BASE64.encode(&mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_signatures_are_the_vectors_of_another_program() {
        let body = r#"{"id":"7-1-204"}"#;
        let now = Instant::from_micros(1_795_334_400_999_999);
        let [id, timestamp, signature] = headers(&[7; 32], "7-1-204", now, body);
        assert_eq!(id, ("webhook-id", "7-1-204".to_owned()));
        assert_eq!(timestamp, ("webhook-timestamp", "1795334400".to_owned()));
        // printf '7-1-204.1795334400.{"id":"7-1-204"}' | openssl dgst -sha256 (-sm3) -mac hmac -macopt hexkey:0707… -binary
        assert_eq!(signature.0, "webhook-signature");
        assert_eq!(
            signature.1,
            "v1,PAyvOk71TuYjPNqbibkqswriMrRw4T4lmr1JsuwkKVc= v1sm3,KnZQ79s2Fywj1vMyYQhxd+zEZt7fXLXZF6AGYPKA8kU="
        );
    }

    #[test]
    fn a_secret_is_shown_as_standard_webhooks_show_it() {
        assert_eq!(shown(&[7; 32]), "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=");
    }
}
