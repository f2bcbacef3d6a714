//! 签名算法: what requests are signed and signatures checked with. Two are registered with RFC 9421, the two domestic ones
//! are private. No store, no clock.

use crate::Hash;
use domain::Secret;
use ed25519_dalek::pkcs8::{DecodePrivateKey, DecodePublicKey};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sm2::dsa::signature::{Signer, Verifier};
use sm3::Sm3;
use zeroize::Zeroizing;

/// The identifier of a signer who has agreed on none with the verifier (GB/T 35276-2017, chapter 10).
const SIGNER: &str = "1234567812345678";
/// The fewest bytes of a shared key, as many as its hash has.
pub(super) const SHARED: usize = 32;

/// How a request is signed; its name is `alg` of the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureAlgorithm {
    /// HMAC with SHA-256 (RFC 9421, 3.3.3).
    HmacSha256,
    /// Ed25519 (RFC 9421, 3.3.6).
    Ed25519,
    /// SM2 over SM3 (GB/T 32918.2) with the usual identifier; the signature is r‖s, 64 bytes.
    Sm2Sm3,
    /// HMAC (GB/T 15852.2) with SM3.
    HmacSm3,
}

use SignatureAlgorithm::{Ed25519, HmacSha256, HmacSm3, Sm2Sm3};

impl SignatureAlgorithm {
    /// All, in the order in which they are offered.
    pub const ALL: [SignatureAlgorithm; 4] = [HmacSha256, HmacSm3, Ed25519, Sm2Sm3];

    /// Its name in signatures, tables and commands.
    pub fn key(self) -> &'static str {
        match self {
            HmacSha256 => "hmac-sha256",
            Ed25519 => "ed25519",
            Sm2Sm3 => "sm2-sm3",
            HmacSm3 => "hmac-sm3",
        }
    }

    /// The algorithm of a name.
    pub fn parse(text: &str) -> Option<SignatureAlgorithm> {
        Self::ALL.into_iter().find(|it| it.key() == text)
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            HmacSha256 => "HMAC-SHA256（共享密钥）",
            Ed25519 => "Ed25519（公钥）",
            Sm2Sm3 => "SM2-SM3（国密，公钥）",
            HmacSm3 => "HMAC-SM3（国密，共享密钥）",
        }
    }

    /// Whether both sides hold the same key; otherwise the caller signs with a private key that only it holds.
    pub fn is_shared(self) -> bool {
        matches!(self, HmacSha256 | HmacSm3)
    }

    /// The hash of bodies that goes with it: who must sign with a domestic algorithm hashes with one as well.
    pub fn hash(self) -> Hash {
        match self {
            HmacSha256 | Ed25519 => Hash::Sha256,
            Sm2Sm3 | HmacSm3 => Hash::Sm3,
        }
    }

    /// A public key as it is kept, from PEM (SubjectPublicKeyInfo) or hex: 32 bytes of Ed25519; 65 bytes 04‖X‖Y of SM2, of
    /// which the 04 may be left out. `None` for what is no such key, and for shared ones.
    pub(super) fn public(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Ed25519 => {
                let key = match pem(text) {
                    Some(pem) => ed25519_dalek::VerifyingKey::from_public_key_pem(&pem).ok()?,
                    None => ed25519_dalek::VerifyingKey::try_from(hex(text)?.as_slice()).ok()?,
                };
                // A key of small order takes signatures that nobody made.
                (!key.is_weak()).then(|| key.to_bytes().to_vec())
            }
            Sm2Sm3 => {
                let key = match pem(text) {
                    Some(pem) => sm2::PublicKey::from_public_key_pem(&pem).ok()?,
                    None => {
                        let bytes = hex(text)?;
                        let bytes = if bytes.len() == 64 { [&[4], &*bytes].concat() } else { bytes };
                        (bytes.len() == 65).then_some(())?;
                        sm2::PublicKey::from_sec1_bytes(&bytes).ok()?
                    }
                };
                Some(sm2_bytes(key))
            }
            HmacSha256 | HmacSm3 => None,
        }
    }

    /// Whether a signature over a base was made with the key whose bytes these are. Codes are compared in constant time.
    pub(super) fn verifies(self, key: &[u8], base: &[u8], signature: &[u8]) -> bool {
        match self {
            HmacSha256 => mac::<Hmac<Sha256>>(key, base).verify_slice(signature).is_ok(),
            HmacSm3 => mac::<Hmac<Sm3>>(key, base).verify_slice(signature).is_ok(),
            Ed25519 => {
                let key = ed25519_dalek::VerifyingKey::try_from(key);
                let signature = ed25519_dalek::Signature::from_slice(signature);
                key.and_then(|key| key.verify_strict(base, &signature?)).is_ok()
            }
            Sm2Sm3 => {
                let key = sm2::dsa::VerifyingKey::from_sec1_bytes(SIGNER, key);
                let signature = sm2::dsa::Signature::from_slice(signature);
                key.and_then(|key| key.verify(base, &signature?)).is_ok()
            }
        }
    }
}

/// The signing side: what a system that calls holds. Its private part is told nobody.
pub struct SigningKey(Held);

enum Held {
    HmacSha256(Zeroizing<Vec<u8>>),
    HmacSm3(Zeroizing<Vec<u8>>),
    Ed25519(ed25519_dalek::SigningKey),
    Sm2(sm2::dsa::SigningKey),
}

impl SigningKey {
    /// A shared key in base64, or a private one as 64 hex digits or PEM (PKCS#8). `None` for what is no such key.
    pub fn parse(algorithm: SignatureAlgorithm, text: &Secret) -> Option<SigningKey> {
        let text = text.reveal();
        Some(SigningKey(match algorithm {
            HmacSha256 => Held::HmacSha256(shared(text)?),
            HmacSm3 => Held::HmacSm3(shared(text)?),
            Ed25519 => Held::Ed25519(match pem(text) {
                Some(pem) => ed25519_dalek::SigningKey::from_pkcs8_pem(&pem).ok()?,
                None => ed25519_dalek::SigningKey::try_from(Zeroizing::new(hex(text)?).as_slice()).ok()?,
            }),
            Sm2Sm3 => {
                let key = match pem(text) {
                    Some(pem) => sm2::SecretKey::from_pkcs8_pem(&pem).ok()?,
                    None => sm2::SecretKey::from_slice(&Zeroizing::new(hex(text)?)).ok()?,
                };
                Held::Sm2(sm2::dsa::SigningKey::new(SIGNER, &key).ok()?)
            }
        }))
    }

    /// How it signs.
    pub fn algorithm(&self) -> SignatureAlgorithm {
        match &self.0 {
            Held::HmacSha256(_) => HmacSha256,
            Held::HmacSm3(_) => HmacSm3,
            Held::Ed25519(_) => Ed25519,
            Held::Sm2(_) => Sm2Sm3,
        }
    }

    /// The public key in hex, to be registered; none for a shared one.
    pub fn public(&self) -> Option<String> {
        match &self.0 {
            Held::HmacSha256(_) | Held::HmacSm3(_) => None,
            Held::Ed25519(_) | Held::Sm2(_) => Some(data_encoding::HEXLOWER.encode(&self.checking())),
        }
    }

    /// Signs. The same base gives the same signature.
    pub fn sign(&self, base: &[u8]) -> Vec<u8> {
        match &self.0 {
            Held::HmacSha256(key) => mac::<Hmac<Sha256>>(key, base).finalize().into_bytes().to_vec(),
            Held::HmacSm3(key) => mac::<Hmac<Sm3>>(key, base).finalize().into_bytes().to_vec(),
            Held::Ed25519(key) => key.sign(base).to_bytes().to_vec(),
            Held::Sm2(key) => {
                let signature: sm2::dsa::Signature = key.sign(base);
                signature.to_vec()
            }
        }
    }

    /// Whether a signature over a base was made with this key.
    pub fn verifies(&self, base: &[u8], signature: &[u8]) -> bool {
        self.algorithm().verifies(&self.checking(), base, signature)
    }

    /// The bytes of the key that checks what this one signs.
    fn checking(&self) -> Zeroizing<Vec<u8>> {
        match &self.0 {
            Held::HmacSha256(key) | Held::HmacSm3(key) => key.clone(),
            Held::Ed25519(key) => key.verifying_key().to_bytes().to_vec().into(),
            Held::Sm2(key) => sm2_bytes(key.verifying_key().into()).into(),
        }
    }
}

fn shared(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let bytes = Zeroizing::new(data_encoding::BASE64.decode(text.trim().as_bytes()).ok()?);
    (bytes.len() >= SHARED).then_some(bytes)
}

fn mac<M: Mac + KeyInit>(key: &[u8], base: &[u8]) -> M {
    let mut mac = <M as KeyInit>::new_from_slice(key).expect("any key length will do");
    mac.update(base);
    mac
}

/// 04‖X‖Y.
fn sm2_bytes(key: sm2::PublicKey) -> Vec<u8> {
    use sm2::elliptic_curve::sec1::ToSec1Point;
    key.to_sec1_point(false).as_bytes().to_vec()
}

/// A text that says it is PEM, with the line ends that forms and editors leave taken away.
fn pem(text: &str) -> Option<String> {
    let text = text.trim();
    text.starts_with("-----BEGIN ").then(|| text.lines().map(|line| line.trim().to_owned() + "\n").collect())
}

fn hex(text: &str) -> Option<Vec<u8>> {
    data_encoding::HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes()).ok()
}

#[cfg(test)]
#[path = "algorithm_tests.rs"]
mod tests;
