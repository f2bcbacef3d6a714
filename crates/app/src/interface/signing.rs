//! 请求签名: the keys that requests are signed with, and whether a signature is right (RFC 9421). What a signature covers is
//! the door's affair; here it is bytes. A shared key is shown once and kept sealed, since it is needed to check with.

use super::algorithm::{SHARED, SignatureAlgorithm};
use super::clients::LIVE;
use crate::{App, AppError, Bound, Ctx, Result, entropy};
use domain::{Action, Actor, ClientId, EventKind, Instant, Secret};
use store::Urgency;
use store::client::Key;

/// Seconds by which the clock of a caller may differ from ours.
const WINDOW: u64 = 300;
/// Seconds after which nobody could use a nonce again: twice the window.
const KEPT: i64 = 600;

/// A key on its way to the people who run the system.
#[derive(Clone, Debug)]
pub struct IssuedKey {
    /// `keyid` of signatures.
    pub key_id: String,
    /// `alg` of signatures.
    pub algorithm: SignatureAlgorithm,
    /// The shared key in base64, shown once; none where the caller keeps a private key of its own.
    pub shared: Option<Secret>,
}

/// A key as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyInfo {
    /// `keyid` of signatures.
    pub key_id: String,
    /// `alg` of signatures.
    pub algorithm: SignatureAlgorithm,
    /// The public key in hex; none for a shared one.
    pub public: Option<String>,
    /// When it was set.
    pub created_at: Instant,
    /// When it ended; none while it is good.
    pub ended_at: Option<Instant>,
}

/// What a request says of its signature, and the text it covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureInput {
    /// `keyid`.
    pub key_id: String,
    /// `alg`.
    pub algorithm: String,
    /// `created`, seconds since 1970.
    pub created: i64,
    /// `expires`, seconds since 1970.
    pub expires: Option<i64>,
    /// `nonce`.
    pub nonce: String,
    /// The signature base.
    pub base: Vec<u8>,
    /// The signature itself.
    pub signature: Vec<u8>,
}

/// Why a signature is not taken. The texts are for the people who run the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// No such key, one of another system, or one that has ended.
    #[error("没有这个签名密钥，或者它已停用")]
    KeyUnknown,
    /// The key is for another algorithm than the signature says.
    #[error("签名声明的算法与该密钥登记的算法不同")]
    AlgorithmDiffers,
    /// Made too long ago, or in what is the future here, or over by its own word.
    #[error("签名时间与服务器时间相差超过5分钟，或者签名已过失效时间")]
    Expired,
    /// The same nonce came before.
    #[error("签名的随机数（nonce）已经用过")]
    NonceUsed,
    /// Not made with this key over this request.
    #[error("签名与请求内容不符")]
    Wrong,
}

impl SignatureError {
    /// Its word in answers and in `access`.
    pub fn code(self) -> &'static str {
        match self {
            SignatureError::KeyUnknown | SignatureError::AlgorithmDiffers => "key_unknown",
            SignatureError::Expired => "signature_expired",
            SignatureError::NonceUsed => "nonce_used",
            SignatureError::Wrong => "signature_wrong",
        }
    }
}

impl App {
    /// Sets a key of a system. The one before it stays good until it is ended, so that the system can change over.
    ///
    /// # Errors
    /// If two are good already; a public key that is none; one given where the key is shared, or none where it is not.
    pub async fn create_key(
        &self,
        ctx: &Ctx,
        id: ClientId,
        algorithm: SignatureAlgorithm,
        public: Option<&str>,
    ) -> Result<IssuedKey> {
        let client = self.known_client(ctx, Action::ClientWrite, id).await?;
        let all = store::client::keys((&self.db).into(), id).await?;
        if all.iter().filter(|it| it.ended_at.is_none()).count() >= LIVE {
            let message = format!("该系统已有{LIVE}个有效的签名密钥");
            return Err(AppError::refused(message, "请先停用不再使用的一个，再登记新的。"));
        }
        let key_id = format!("{}-k{}", client.public_id, all.len() + 1);
        let (material, shared) = self.material(&key_id, algorithm, public)?;
        let key = Key {
            key_id,
            client: id,
            algorithm: algorithm.key().into(),
            material,
            created_at: self.now(),
            ended_at: None,
        };
        let mut event = self.client_event(ctx, EventKind::SecretIssue, &client);
        event.details = details(&key);
        let tx = self.db.begin(Urgency::Act).await?;
        store::client::add_key(&tx, &key).await?;
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(IssuedKey { key_id: key.key_id, algorithm, shared })
    }

    /// What is kept of a key, and a shared one to be shown.
    fn material(
        &self,
        key_id: &str,
        algorithm: SignatureAlgorithm,
        public: Option<&str>,
    ) -> Result<(Vec<u8>, Option<Secret>)> {
        let public = public.filter(|text| !text.trim().is_empty());
        match (algorithm.is_shared(), public) {
            (true, None) => {
                let key = entropy::bytes::<SHARED>();
                let shown = Secret::new(data_encoding::BASE64.encode(&key));
                Ok((self.keys.seal(Bound::ClientKey(key_id), &key), Some(shown)))
            }
            (true, Some(_)) => Err(AppError::refused(
                format!("{}的密钥由本系统生成，不能填写公钥", algorithm.label()),
                "请清空公钥后再登记，或者改选 Ed25519、SM2-SM3。",
            )),
            (false, Some(text)) => {
                let key = algorithm.public(text).ok_or_else(|| no_key(algorithm))?;
                Ok((key, None))
            }
            (false, None) => Err(AppError::refused(
                format!("没有填写{}的公钥", algorithm.label()),
                "请由接入系统生成密钥对，私钥自行保管，把公钥（PEM 或十六进制）填在这里。",
            )),
        }
    }

    /// Ends a key: what is signed with it is refused from now on.
    ///
    /// # Errors
    /// [`store::StoreError::Conflict`] if it has ended or never was one of this system.
    pub async fn end_key(&self, ctx: &Ctx, id: ClientId, key_id: &str) -> Result<()> {
        let client = self.known_client(ctx, Action::ClientWrite, id).await?;
        let all = store::client::keys((&self.db).into(), id).await?;
        let key = all.iter().find(|it| it.key_id == key_id).ok_or(store::StoreError::Conflict)?;
        let mut event = self.client_event(ctx, EventKind::SecretEnd, &client);
        event.details = details(key);
        let tx = self.db.begin(Urgency::Act).await?;
        store::client::end_key(&tx, id, key_id, self.now()).await?;
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The keys of a system, newest first; those that have ended as well, since old signatures name them.
    pub async fn client_keys(&self, ctx: &Ctx, id: ClientId) -> Result<Vec<KeyInfo>> {
        self.known_client(ctx, Action::ClientRead, id).await?;
        let shown = |key: Key| {
            let algorithm = algorithm_of(&key)?;
            Ok(KeyInfo {
                public: (!algorithm.is_shared()).then(|| data_encoding::HEXLOWER.encode(&key.material)),
                algorithm,
                key_id: key.key_id,
                created_at: key.created_at,
                ended_at: key.ended_at,
            })
        };
        store::client::keys((&self.db).into(), id).await?.into_iter().map(shown).collect()
    }

    /// Whether the system that calls signed this. The inner error is the caller's; it stands in `access`. A nonce is used
    /// up only by a signature that is right, so that nobody else can use up those of others.
    pub async fn verify_signature(
        &self,
        ctx: &Ctx,
        input: &SignatureInput,
    ) -> Result<std::result::Result<(), SignatureError>> {
        let outcome = self.signed(ctx, input).await?;
        if let Err(error) = outcome {
            self.note_signature(ctx, error.code());
        }
        Ok(outcome)
    }

    /// Notes in `access` that a request was refused for its signature: none where one is demanded, or one that cannot be read.
    pub fn note_signature(&self, ctx: &Ctx, outcome: &'static str) {
        self.access.note(ctx, "signature", outcome, self.now());
    }

    async fn signed(
        &self,
        ctx: &Ctx,
        input: &SignatureInput,
    ) -> Result<std::result::Result<(), SignatureError>> {
        let key = store::client::key((&self.db).into(), &input.key_id).await?;
        let Some(key) = key.filter(|key| is_of(ctx, key) && key.ended_at.is_none()) else {
            return Ok(Err(SignatureError::KeyUnknown));
        };
        let algorithm = algorithm_of(&key)?;
        if algorithm.key() != input.algorithm {
            return Ok(Err(SignatureError::AlgorithmDiffers));
        }
        if !in_time(input, self.now()) {
            return Ok(Err(SignatureError::Expired));
        }
        let bytes = match algorithm.is_shared() {
            true => self.keys.open_sealed(Bound::ClientKey(&key.key_id), &key.material)?,
            false => key.material,
        };
        if !algorithm.verifies(&bytes, &input.base, &input.signature) {
            return Ok(Err(SignatureError::Wrong));
        }
        let until = Instant::from_micros(0).plus_seconds(input.created + KEPT);
        let tx = self.db.begin(Urgency::Act).await?;
        let fresh = store::client::use_nonce(&tx, &key.key_id, &input.nonce, until).await?;
        tx.commit().await?;
        Ok(if fresh { Ok(()) } else { Err(SignatureError::NonceUsed) })
    }
}

fn is_of(ctx: &Ctx, key: &Key) -> bool {
    matches!(&ctx.actor, Actor::Client { id, .. } if *id == key.client)
}

fn in_time(input: &SignatureInput, now: Instant) -> bool {
    let now = now.micros().div_euclid(1_000_000);
    input.created.abs_diff(now) <= WINDOW && input.expires.is_none_or(|expires| now <= expires)
}

fn algorithm_of(key: &Key) -> Result<SignatureAlgorithm> {
    let unknown = || AppError::Fault(format!("签名密钥{}的算法“{}”未知", key.key_id, key.algorithm));
    SignatureAlgorithm::parse(&key.algorithm).ok_or_else(unknown)
}

fn details(key: &Key) -> Vec<(&'static str, String)> {
    vec![("key", key.key_id.clone()), ("algorithm", key.algorithm.clone())]
}

fn no_key(algorithm: SignatureAlgorithm) -> AppError {
    let digits = if algorithm == SignatureAlgorithm::Ed25519 { "64" } else { "130" };
    AppError::refused(
        format!("填写的内容不是{}的公钥", algorithm.label()),
        format!("请粘贴 PEM（以 -----BEGIN PUBLIC KEY----- 开头）或{digits}位十六进制的公钥，不要粘贴私钥。"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_in_time_within_five_minutes_either_way_and_until_it_expires() {
        let now = Instant::from_micros(1_795_334_400_999_999);
        let made = |created, expires| SignatureInput {
            key_id: String::new(),
            algorithm: String::new(),
            created,
            expires,
            nonce: String::new(),
            base: Vec::new(),
            signature: Vec::new(),
        };
        let at = 1_795_334_400;
        for (created, expires, good) in [
            (at, None, true),
            (at - 300, None, true),
            (at + 300, None, true),
            (at - 301, None, false),
            (at + 301, None, false),
            (at, Some(at), true),
            (at, Some(at - 1), false),
            (at - 301, Some(at + 9), false),
            (i64::MAX, None, false),
            (i64::MIN, None, false),
        ] {
            assert_eq!(in_time(&made(created, expires), now), good, "{created} {expires:?}");
        }
    }
}
