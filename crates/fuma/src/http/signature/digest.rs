//! `Content-Digest` (RFC 9530): `sha-256`, and the private `sm3`.

use super::{DIGEST, SignatureRefusal, base};
use app::{Hash, Hasher};
use sfv::{BareItem, Item, ListEntry};

/// What a body must hash to. Hashes that this server does not know are passed over, those it knows must all fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentDigest(Vec<(Hash, Vec<u8>)>);

/// A body on its way in.
#[derive(Debug)]
pub struct BodyCheck(Vec<(Hash, Vec<u8>, Hasher)>);

impl ContentDigest {
    /// The digest of a body as it is sent.
    pub fn write(hash: Hash, body: &[u8]) -> String {
        format!("{}=:{}:", hash.key(), data_encoding::BASE64.encode(&hash.of(body)))
    }

    /// Reads what was sent.
    ///
    /// # Errors
    /// [`SignatureRefusal::Malformed`] also where it holds no hash that this server knows.
    pub fn parse(text: &str) -> Result<ContentDigest, SignatureRefusal> {
        let members = base::dictionary(DIGEST, text)?;
        let mut out = Vec::new();
        for hash in Hash::ALL {
            match members.get(hash.key()) {
                None => {}
                Some(ListEntry::Item(Item { bare_item: BareItem::ByteSequence(bytes), .. })) => {
                    out.push((hash, bytes.clone()));
                }
                Some(ListEntry::Item(_) | ListEntry::InnerList(_)) => {
                    return Err(SignatureRefusal::Malformed(DIGEST, "应为冒号括起的Base64"));
                }
            }
        }
        if out.is_empty() {
            return Err(SignatureRefusal::Malformed(DIGEST, "其中没有sha-256或sm3"));
        }
        Ok(ContentDigest(out))
    }

    /// Holds a whole body against it.
    ///
    /// # Errors
    /// [`SignatureRefusal::DigestDiffers`].
    pub fn check(&self, body: &[u8]) -> Result<(), SignatureRefusal> {
        let mut check = self.start();
        check.update(body);
        check.finish()
    }

    /// Begins to hold a body against it that comes in parts.
    pub fn start(&self) -> BodyCheck {
        BodyCheck(self.0.iter().map(|(hash, expected)| (*hash, expected.clone(), hash.start())).collect())
    }
}

impl BodyCheck {
    /// Takes the next part in.
    pub fn update(&mut self, part: &[u8]) {
        self.0.iter_mut().for_each(|(_, _, hasher)| hasher.update(part));
    }

    /// Whether what came in is what was digested.
    ///
    /// # Errors
    /// [`SignatureRefusal::DigestDiffers`].
    pub fn finish(self) -> Result<(), SignatureRefusal> {
        for (hash, expected, hasher) in self.0 {
            if hasher.finish().as_slice() != expected {
                return Err(SignatureRefusal::DigestDiffers(hash.key()));
            }
        }
        Ok(())
    }
}
