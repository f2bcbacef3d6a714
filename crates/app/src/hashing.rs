//! Hashes of what is sent: SHA-256, and SM3 (GB/T 32905) for callers that must use domestic algorithms.

use sha2::{Digest, Sha256};
use sm3::Sm3;

/// Which hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// SHA-256.
    Sha256,
    /// SM3.
    Sm3,
}

/// A hash in the making, for bodies that are never whole in memory.
#[derive(Clone, Debug)]
pub struct Hasher(Inner);

#[derive(Clone, Debug)]
enum Inner {
    Sha256(Sha256),
    Sm3(Sm3),
}

impl Hash {
    /// Both.
    pub const ALL: [Hash; 2] = [Hash::Sha256, Hash::Sm3];

    /// Its name in `Content-Digest`: that of RFC 9530, or the private `sm3`.
    pub fn key(self) -> &'static str {
        match self {
            Hash::Sha256 => "sha-256",
            Hash::Sm3 => "sm3",
        }
    }

    /// A hash of nothing yet.
    pub fn start(self) -> Hasher {
        Hasher(match self {
            Hash::Sha256 => Inner::Sha256(Sha256::new()),
            Hash::Sm3 => Inner::Sm3(Sm3::new()),
        })
    }

    /// The hash of a text that is whole.
    pub fn of(self, bytes: &[u8]) -> [u8; 32] {
        let mut hasher = self.start();
        hasher.update(bytes);
        hasher.finish()
    }
}

impl Hasher {
    /// Takes the next bytes in.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            Inner::Sha256(it) => it.update(bytes),
            Inner::Sm3(it) => it.update(bytes),
        }
    }

    /// The hash of all that was taken in.
    pub fn finish(self) -> [u8; 32] {
        match self.0 {
            Inner::Sha256(it) => it.finalize().into(),
            Inner::Sm3(it) => it.finalize().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// GB/T 32905-2016, appendix A.
    #[test]
    fn sm3_hashes_the_examples_of_the_standard() {
        let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(&Hash::Sm3.of(bytes));
        assert_eq!(hex(b"abc"), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
        assert_eq!(
            hex("abcd".repeat(16).as_bytes()),
            "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
        );
    }

    #[test]
    fn a_hash_taken_in_parts_is_that_of_the_whole() {
        for hash in Hash::ALL {
            let mut hasher = hash.start();
            hasher.update(b"ab");
            hasher.update(b"");
            hasher.update(b"c");
            assert_eq!(hasher.finish(), hash.of(b"abc"), "{}", hash.key());
        }
        assert_ne!(Hash::Sha256.of(b"abc"), Hash::Sm3.of(b"abc"));
    }
}
