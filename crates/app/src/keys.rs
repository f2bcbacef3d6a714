//! The key outside the database: encrypts personal fields, drafts and uploads, and makes the keyed hash that finds
//! the same person at two bodies.

use crate::{AppError, Missing, Result, entropy};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::fs;
use std::io::Write;
use std::path::Path;

/// The keys of one registry.
pub struct Keys {
    /// Which key new ciphers are made with.
    pub id: u32,
    cipher: XChaCha20Poly1305,
    lookup: [u8; 32],
}

/// What a cipher is bound to, so that it cannot be moved to another row.
#[derive(Clone, Copy, Debug)]
pub enum Bound<'a> {
    /// A field of a person.
    Person(i64, &'a str),
    /// A draft.
    Draft(i64),
    /// A chunk of an upload.
    Upload(i64, i64),
    /// The feedback form of an authority.
    Docking(i64),
    /// A shared key that requests are signed with, by its `keyid`.
    ClientKey(&'a str),
    /// What the signatures of a hook are made with.
    Hook(i64),
}

impl Bound<'_> {
    fn bytes(self) -> Vec<u8> {
        match self {
            Bound::Person(id, field) => format!("person/{id}/{field}"),
            Bound::Draft(id) => format!("draft/{id}"),
            Bound::Upload(batch, n) => format!("upload/{batch}/{n}"),
            Bound::Docking(authority) => format!("docking/{authority}"),
            Bound::ClientKey(key_id) => format!("client_key/{key_id}"),
            Bound::Hook(id) => format!("hook/{id}"),
        }
        .into_bytes()
    }
}

impl Keys {
    /// Reads the key file. Only founding a registry makes one (readable by its owner only): a registry that was
    /// restored without its key must say so instead of beginning with another.
    ///
    /// # Errors
    /// A file that cannot be read or written, or that is not one of ours; the text says which and what to do.
    pub fn open(path: &Path, missing: Missing) -> Result<Keys> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && missing == Missing::Found => {
                make(path)?
            }
            Err(error) => return Err(unreadable(path, &error.to_string())),
        };
        let hex = text.trim().strip_prefix("fuma-key 1 ").ok_or_else(|| unreadable(path, "内容不是密钥"))?;
        let bytes =
            data_encoding::HEXLOWER.decode(hex.as_bytes()).map_err(|e| unreadable(path, &e.to_string()))?;
        let bytes: [u8; 64] = bytes.try_into().map_err(|_| unreadable(path, "长度不对"))?;
        Ok(Keys::from_bytes(&bytes))
    }

    /// Keys of 64 bytes: 32 for the cipher, 32 for the lookup.
    pub fn from_bytes(bytes: &[u8; 64]) -> Keys {
        let mut lookup = [0; 32];
        lookup.copy_from_slice(&bytes[32..]);
        let mut key = [0; 32];
        key.copy_from_slice(&bytes[..32]);
        Keys { id: 1, cipher: XChaCha20Poly1305::new(&key.into()), lookup }
    }

    /// Encrypts; the nonce leads the result.
    pub fn seal(&self, bound: Bound<'_>, plain: &[u8]) -> Vec<u8> {
        let nonce = entropy::bytes::<24>();
        let payload = Payload { msg: plain, aad: &bound.bytes() };
        let cipher =
            self.cipher.encrypt(&XNonce::from(nonce), payload).expect("messages are far below 256 GiB");
        [nonce.as_slice(), &cipher].concat()
    }

    /// Decrypts what [`Keys::seal`] made for the same place.
    ///
    /// # Errors
    /// [`AppError::Fault`] if the key is another one or the bytes were altered.
    pub fn open_sealed(&self, bound: Bound<'_>, sealed: &[u8]) -> Result<Vec<u8>> {
        let broken = || AppError::Fault(format!("密文无法解开（{bound:?}）：密钥文件可能不是建库时的那一个"));
        let (nonce, cipher) = sealed.split_at_checked(24).ok_or_else(broken)?;
        let nonce: [u8; 24] = nonce.try_into().map_err(|_| broken())?;
        let payload = Payload { msg: cipher, aad: &bound.bytes() };
        self.cipher.decrypt(&XNonce::from(nonce), payload).map_err(|_| broken())
    }

    /// The keyed hash of an ID document, the same wherever the person works.
    pub fn person(&self, id_kind: &str, id_number: &str) -> [u8; 32] {
        let mut mac =
            <Hmac<Sha256> as KeyInit>::new_from_slice(&self.lookup).expect("any key length will do");
        // The resident card is what an unnamed document is.
        mac.update(if id_kind.is_empty() { "居民身份证" } else { id_kind }.as_bytes());
        mac.update(&[0]);
        mac.update(id_number.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// The keyed hash of what a system sent: it may hold personal fields that could be guessed from a plain one.
    pub fn record(&self, act: &str, body: &[u8]) -> [u8; 32] {
        let mut mac =
            <Hmac<Sha256> as KeyInit>::new_from_slice(&self.lookup).expect("any key length will do");
        mac.update(b"record\0");
        mac.update(act.as_bytes());
        mac.update(&[0]);
        mac.update(body);
        mac.finalize().into_bytes().into()
    }

    /// A keyed hash for one purpose, the same on every node of the registry.
    pub fn stamp(&self, purpose: &str, bytes: &[u8]) -> [u8; 32] {
        let mut mac =
            <Hmac<Sha256> as KeyInit>::new_from_slice(&self.lookup).expect("any key length will do");
        mac.update(b"stamp\0");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(bytes);
        mac.finalize().into_bytes().into()
    }
}

fn unreadable(path: &Path, why: &str) -> AppError {
    AppError::refused(
        format!("密钥文件 {} 读不出来：{why}", path.display()),
        "请从备份恢复建库时的密钥文件；没有它，已加密的个人信息无法读出。",
    )
}

fn make(path: &Path) -> Result<String> {
    let text = format!("fuma-key 1 {}\n", data_encoding::HEXLOWER.encode(&entropy::bytes::<64>()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let write = || {
        let mut file = options.open(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().map_err(|e| {
        AppError::refused(
            format!("密钥文件 {} 写不进去：{e}", path.display()),
            "请检查数据文件夹的写权限和磁盘空间。",
        )
    })?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cipher_opens_only_in_its_place_and_only_unaltered() {
        let keys = Keys::from_bytes(&[3; 64]);
        let mut sealed = keys.seal(Bound::Person(7, "phone"), b"0");
        assert_eq!(keys.open_sealed(Bound::Person(7, "phone"), &sealed).unwrap(), b"0");
        assert!(keys.open_sealed(Bound::Person(8, "phone"), &sealed).is_err());
        *sealed.last_mut().unwrap() ^= 1;
        assert!(keys.open_sealed(Bound::Person(7, "phone"), &sealed).is_err());
        assert!(keys.open_sealed(Bound::Draft(1), b"short").is_err());
    }

    #[test]
    fn the_key_file_is_made_once_at_the_founding_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        assert!(Keys::open(&path, Missing::Refuse).is_err());
        let sealed = Keys::open(&path, Missing::Found).unwrap().seal(Bound::Draft(1), b"x");
        assert_eq!(
            Keys::open(&path, Missing::Refuse).unwrap().open_sealed(Bound::Draft(1), &sealed).unwrap(),
            b"x"
        );
        fs::write(&path, "something else").unwrap();
        assert!(Keys::open(&path, Missing::Found).is_err());
    }

    #[test]
    fn an_unnamed_document_is_the_resident_card() {
        let keys = Keys::from_bytes(&[3; 64]);
        assert_eq!(keys.person("", "990000"), keys.person("居民身份证", "990000"));
        assert_ne!(keys.person("军官证", "990000"), keys.person("居民身份证", "990000"));
    }
}
