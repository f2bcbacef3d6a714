//! Signs what goes out (docs/接口签名.md): every call but that for a token.

use crate::http::signature::{Outgoing, sign_request};
use anyhow::{Context, Result, bail};
use app::{Clock, SignatureAlgorithm, SigningKey};
use domain::Secret;
use reqwest::Request;
use reqwest::header::HeaderValue;

/// The key of a system, and the address that its signatures name.
pub struct Signer {
    key_id: String,
    key: SigningKey,
    /// Where the server is reached from outside; none: where it is called.
    public_url: Option<String>,
}

/// What a signature says that is not as it should be; only conformance tests sign like that.
#[derive(Clone, Debug, Default)]
pub struct Stamp {
    /// `created`, seconds since 1970; none: now.
    pub created: Option<i64>,
    /// `nonce`; none: a new one.
    pub nonce: Option<String>,
    /// What is digested; none: what is sent.
    pub body: Option<Vec<u8>>,
}

impl Signer {
    /// A signer with a key as its file holds it. Only PEM says by itself which algorithm it is for.
    ///
    /// # Errors
    /// A name that cannot stand in a signature, an algorithm that does not exist or cannot be told, a key that is none of it.
    pub fn new(
        key_id: &str,
        key: &Secret,
        algorithm: Option<&str>,
        public_url: Option<String>,
    ) -> Result<Signer> {
        if key_id.is_empty() || !key_id.bytes().all(|b| b.is_ascii_graphic()) {
            bail!("--key-id 应为登记签名密钥时得到的 keyid，如 fuma-27-xxxx-k1");
        }
        let offered = || SignatureAlgorithm::ALL.map(SignatureAlgorithm::key).join("、");
        let key = match algorithm {
            Some(word) => {
                let algorithm = SignatureAlgorithm::parse(word)
                    .with_context(|| format!("没有签名算法“{word}”，--algorithm 应为 {}", offered()))?;
                SigningKey::parse(algorithm, key).with_context(|| {
                    format!("签名密钥文件中不是 {word} 的密钥：应为 Base64 的共享密钥，或 PEM（PKCS#8）、64位十六进制的私钥")
                })?
            }
            None => of_pem(key)
                .with_context(|| format!("从签名密钥文件看不出算法，请用 --algorithm 给出：{}", offered()))?,
        };
        Ok(Signer { key_id: key_id.to_owned(), key, public_url })
    }

    /// `keyid`.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// `alg`.
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.key.algorithm()
    }

    /// Puts the three texts on a request that is otherwise ready. Each time with another nonce, so that a repetition is heard.
    pub(super) fn sign(&self, request: &mut Request, sent: &[u8], stamp: Option<&Stamp>) {
        let url = request.url();
        let target =
            url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        let here = url.origin().ascii_serialization();
        let stamp = stamp.cloned().unwrap_or_default();
        let texts = sign_request(&Outgoing {
            method: request.method().as_str(),
            public_url: self.public_url.as_deref().unwrap_or(&here),
            target: &target,
            body: stamp.body.as_deref().unwrap_or(sent),
            key_id: &self.key_id,
            key: &self.key,
            created: stamp.created.unwrap_or_else(now),
            nonce: &stamp.nonce.unwrap_or_else(nonce),
        })
        .expect("key id and nonce are visible ASCII");
        let mut put = |name: &'static str, text: String| {
            request.headers_mut().insert(name, HeaderValue::try_from(text).expect("it is ASCII"));
        };
        put("signature-input", texts.signature_input);
        put("signature", texts.signature);
        if let Some(digest) = texts.content_digest {
            put("content-digest", digest);
        }
    }
}

/// A private key in PEM, which names its algorithm.
fn of_pem(key: &Secret) -> Option<SigningKey> {
    if !key.reveal().trim_start().starts_with("-----BEGIN") {
        return None;
    }
    let public = SignatureAlgorithm::ALL.into_iter().filter(|it| !it.is_shared());
    public.into_iter().find_map(|algorithm| SigningKey::parse(algorithm, key))
}

/// Seconds since 1970.
pub fn now() -> i64 {
    Clock::Machine.now().micros() / 1_000_000
}

/// A nonce that was never used.
pub fn nonce() -> String {
    data_encoding::HEXLOWER.encode(&app::random::<16>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(key: &str, algorithm: Option<&str>) -> Result<Signer> {
        Signer::new("fuma-27-test-k1", &Secret::new(key.into()), algorithm, None)
    }

    #[test]
    fn an_algorithm_is_told_by_pem_and_asked_for_otherwise() {
        // The private key of RFC 9421, B.1.4.
        let pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF\n-----END PRIVATE KEY-----\n";
        assert_eq!(made(pem, None).ok().map(|it| it.algorithm()), Some(SignatureAlgorithm::Ed25519));
        let hex = "01".repeat(32);
        let refused = |key: &str, algorithm| made(key, algorithm).err().map(|it| it.to_string()).unwrap();
        assert!(refused(&hex, None).contains("hmac-sha256、hmac-sm3、ed25519、sm2-sm3"));
        for algorithm in SignatureAlgorithm::ALL {
            let key =
                if algorithm.is_shared() { data_encoding::BASE64.encode(&[1; 32]) } else { hex.clone() };
            assert_eq!(made(&key, Some(algorithm.key())).ok().map(|it| it.algorithm()), Some(algorithm));
        }
        assert!(refused(&hex, Some("rsa")).contains("没有签名算法“rsa”"));
        assert!(refused("示例", Some("ed25519")).contains("不是 ed25519 的密钥"));
        assert!(Signer::new("示例", &Secret::new(hex), Some("ed25519"), None).is_err());
    }
}
