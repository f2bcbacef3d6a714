//! 接口系统: systems of an authority that call the interface, their secrets, the keys their requests are signed with, and
//! their tokens. Secrets and tokens are never stored, only their SHA-256.
//!
//! Systems are never deleted, since records and events name them; one that has ended is disabled.
use domain::{AuthorityId, ClientId, Grants, Instant};

use crate::{Reader, Result, Row, Tx, cell};

/// SHA-256 of a secret or a token.
pub type SecretHash = [u8; 32];

/// One system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its key, from [`crate::ids`].
    pub id: ClientId,
    /// Whose; never changed.
    pub authority: AuthorityId,
    /// `client_id` of OAuth 2.0; never changed.
    pub public_id: String,
    /// What it is called.
    pub name: String,
    /// What its tokens may grant.
    pub grants: Grants,
    /// Addresses and networks it may call from, parted by blanks; empty for any.
    pub addresses: String,
    /// It may call from this moment on.
    pub from: Option<Instant>,
    /// It may call before this moment.
    pub to: Option<Instant>,
    /// Whether its requests must be signed.
    pub signing: bool,
    /// Requests a second it may make for long.
    pub rate: u32,
    /// 已停用.
    pub disabled: bool,
    /// When it was set up.
    pub created_at: Instant,
    /// When it last took a token.
    pub last_seen_at: Option<Instant>,
}

macro_rules! columns {
    () => {
        "client.id, client.authority_id, client.public_id, client.name, client.grants, client.addresses, client.from_at,
        client.to_at, client.signing, client.rate, client.disabled, client.created_at, client.last_seen_at"
    };
}
/// How many columns [`read`] reads; what a statement adds stands behind them.
const COLUMNS: usize = 13;

fn grants(row: &Row<'_>, column: usize) -> Result<Grants> {
    Grants::parse(row.text(column)?).ok_or_else(|| row.broken(column, "未知的接口权限"))
}

fn read(row: &Row<'_>) -> Result<Client> {
    Ok(Client {
        id: ClientId(row.int(0)?),
        authority: AuthorityId(row.int(1)?),
        public_id: cell::string(row, 2)?,
        name: cell::string(row, 3)?,
        grants: grants(row, 4)?,
        addresses: cell::string(row, 5)?,
        from: row.opt_int(6)?.map(Instant::from_micros),
        to: row.opt_int(7)?.map(Instant::from_micros),
        signing: row.bool(8)?,
        rate: cell::count(row, 9)?,
        disabled: row.bool(10)?,
        created_at: cell::instant(row, 11)?,
        last_seen_at: row.opt_int(12)?.map(Instant::from_micros),
    })
}

/// Sets a system up. A taken `public_id` is [`crate::StoreError::Unique`].
pub async fn create(tx: &Tx, it: &Client) -> Result<()> {
    let sql =
        "insert into client (id, authority_id, public_id, name, grants, addresses, from_at, to_at, signing, rate,
        disabled, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let args = [
        it.id.0.into(),
        it.authority.0.into(),
        (&it.public_id).into(),
        (&it.name).into(),
        it.grants.to_string().into(),
        (&it.addresses).into(),
        it.from.map(Instant::micros).into(),
        it.to.map(Instant::micros).into(),
        it.signing.into(),
        it.rate.into(),
        it.disabled.into(),
        it.created_at.micros().into(),
    ];
    tx.exec_one(sql, &args).await
}

/// Replaces what an administrator may change of a system. [`crate::StoreError::Conflict`] if there is no such one.
pub async fn update(tx: &Tx, it: &Client) -> Result<()> {
    let sql = "update client set name = $2, grants = $3, addresses = $4, from_at = $5, to_at = $6, signing = $7, rate = $8,
        disabled = $9 where id = $1";
    let args = [
        it.id.0.into(),
        (&it.name).into(),
        it.grants.to_string().into(),
        (&it.addresses).into(),
        it.from.map(Instant::micros).into(),
        it.to.map(Instant::micros).into(),
        it.signing.into(),
        it.rate.into(),
        it.disabled.into(),
    ];
    tx.exec_one(sql, &args).await
}

/// The system of a key.
pub async fn by_id(reader: Reader<'_>, id: ClientId) -> Result<Option<Client>> {
    let sql = concat!("select ", columns!(), " from client where client.id = $1");
    reader.query_one(sql, &[id.0.into()], read).await
}

/// The system of a `client_id`.
pub async fn by_public_id(reader: Reader<'_>, public_id: &str) -> Result<Option<Client>> {
    let sql = concat!("select ", columns!(), " from client where client.public_id = $1");
    reader.query_one(sql, &[public_id.into()], read).await
}

/// The systems of an authority, or of all, by key.
pub async fn list(reader: Reader<'_>, authority: Option<AuthorityId>) -> Result<Vec<Client>> {
    match authority {
        Some(authority) => {
            let sql = concat!(
                "select ",
                columns!(),
                " from client where client.authority_id = $1 order by client.id"
            );
            reader.query(sql, &[authority.0.into()], read).await
        }
        None => {
            reader.query(concat!("select ", columns!(), " from client order by client.id"), &[], read).await
        }
    }
}

// ---------------------------------------------------------------- secrets

/// A secret, without itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// 1, 2, 3… of its system.
    pub n: u32,
    /// What it hashes to.
    pub hash: SecretHash,
    /// Its last characters, by which people tell it from another.
    pub tail: String,
    /// When it was issued.
    pub created_at: Instant,
    /// It is good before this moment; none: until it is ended.
    pub ended_at: Option<Instant>,
}

/// The secrets of a system, newest first.
pub async fn secrets(reader: Reader<'_>, client: ClientId) -> Result<Vec<Secret>> {
    let sql =
        "select n, hash, tail, created_at, ended_at from client_secret where client_id = $1 order by n desc";
    let map = |row: &Row<'_>| {
        Ok(Secret {
            n: cell::count(row, 0)?,
            hash: row.bytes(1)?,
            tail: cell::string(row, 2)?,
            created_at: cell::instant(row, 3)?,
            ended_at: row.opt_int(4)?.map(Instant::from_micros),
        })
    };
    reader.query(sql, &[client.0.into()], map).await
}

/// Adds a secret. Its number taken meanwhile is [`crate::StoreError::Unique`].
pub async fn add_secret(tx: &Tx, client: ClientId, it: &Secret) -> Result<()> {
    let sql = "insert into client_secret (client_id, n, hash, tail, created_at, ended_at) values ($1, $2, $3, $4, $5, $6)";
    let args = [
        client.0.into(),
        it.n.into(),
        it.hash.into(),
        (&it.tail).into(),
        it.created_at.micros().into(),
        it.ended_at.map(Instant::micros).into(),
    ];
    tx.exec_one(sql, &args).await
}

/// Ends a secret. [`crate::StoreError::Conflict`] if there is none or it has ended.
pub async fn end_secret(tx: &Tx, client: ClientId, n: u32, now: Instant) -> Result<()> {
    let sql = "update client_secret set ended_at = $3 where client_id = $1 and n = $2 and (ended_at is null or ended_at > $3)";
    tx.exec_one(sql, &[client.0.into(), n.into(), now.micros().into()]).await
}

// ---------------------------------------------------------------- keys of signatures

/// A key that requests are signed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// `keyid` of the signature; unique in the registry.
    pub key_id: String,
    /// Whose.
    pub client: ClientId,
    /// `alg` of the signature.
    pub algorithm: String,
    /// A public key, or the cipher of a shared one.
    pub material: Vec<u8>,
    /// When it was set.
    pub created_at: Instant,
    /// When it ended.
    pub ended_at: Option<Instant>,
}

fn read_key(row: &Row<'_>) -> Result<Key> {
    Ok(Key {
        key_id: cell::string(row, 0)?,
        client: ClientId(row.int(1)?),
        algorithm: cell::string(row, 2)?,
        material: row.blob(3)?.to_vec(),
        created_at: cell::instant(row, 4)?,
        ended_at: row.opt_int(5)?.map(Instant::from_micros),
    })
}

/// The key of a `keyid`.
pub async fn key(reader: Reader<'_>, key_id: &str) -> Result<Option<Key>> {
    let sql = "select key_id, client_id, algorithm, material, created_at, ended_at from client_key where key_id = $1";
    reader.query_one(sql, &[key_id.into()], read_key).await
}

/// The keys of a system, newest first.
pub async fn keys(reader: Reader<'_>, client: ClientId) -> Result<Vec<Key>> {
    let sql =
        "select key_id, client_id, algorithm, material, created_at, ended_at from client_key where client_id = $1
        order by created_at desc, key_id";
    reader.query(sql, &[client.0.into()], read_key).await
}

/// Adds a key. A taken `keyid` is [`crate::StoreError::Unique`].
pub async fn add_key(tx: &Tx, it: &Key) -> Result<()> {
    let sql = "insert into client_key (key_id, client_id, algorithm, material, created_at) values ($1, $2, $3, $4, $5)";
    let args = [
        (&it.key_id).into(),
        it.client.0.into(),
        (&it.algorithm).into(),
        it.material.as_slice().into(),
        it.created_at.micros().into(),
    ];
    tx.exec_one(sql, &args).await
}

/// Ends a key. [`crate::StoreError::Conflict`] if there is none or it has ended.
pub async fn end_key(tx: &Tx, client: ClientId, key_id: &str, now: Instant) -> Result<()> {
    let sql = "update client_key set ended_at = $3 where client_id = $1 and key_id = $2 and ended_at is null";
    tx.exec_one(sql, &[client.0.into(), key_id.into(), now.micros().into()]).await
}

/// Notes the nonce of a signature; `false` if it was seen before.
pub async fn use_nonce(tx: &Tx, key_id: &str, nonce: &str, expires_at: Instant) -> Result<bool> {
    let sql = "insert into client_nonce (key_id, nonce, expires_at) values ($1, $2, $3) on conflict (key_id, nonce) do nothing";
    Ok(tx.exec(sql, &[key_id.into(), nonce.into(), expires_at.micros().into()]).await? == 1)
}

// ---------------------------------------------------------------- tokens

/// One token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it hashes to.
    pub hash: SecretHash,
    /// Whose.
    pub client: ClientId,
    /// What it grants.
    pub grants: Grants,
    /// When it was given.
    pub created_at: Instant,
    /// It is good before this moment.
    pub expires_at: Instant,
}

/// Gives a token, and notes on its system that it was there.
pub async fn add_token(tx: &Tx, it: &Token) -> Result<()> {
    let seen = "update client set last_seen_at = $2 where id = $1";
    tx.exec_one(seen, &[it.client.0.into(), it.created_at.micros().into()]).await?;
    let sql = "insert into token (token_hash, client_id, grants, created_at, expires_at) values ($1, $2, $3, $4, $5)";
    let args = [
        it.hash.into(),
        it.client.0.into(),
        it.grants.to_string().into(),
        it.created_at.micros().into(),
        it.expires_at.micros().into(),
    ];
    tx.exec_one(sql, &args).await
}

/// A token and its system, in one statement. Whether both are still good is the caller's rule.
pub async fn by_token(reader: Reader<'_>, hash: &SecretHash) -> Result<Option<(Token, Client)>> {
    let sql = concat!(
        "select ",
        columns!(),
        ", token.grants, token.created_at, token.expires_at
        from token join client on client.id = token.client_id where token.token_hash = $1"
    );
    let map = |row: &Row<'_>| {
        let client = read(row)?;
        let token = Token {
            hash: *hash,
            client: client.id,
            grants: grants(row, COLUMNS)?,
            created_at: cell::instant(row, COLUMNS + 1)?,
            expires_at: cell::instant(row, COLUMNS + 2)?,
        };
        Ok((token, client))
    };
    reader.query_one(sql, &[hash.into()], map).await
}

/// Ends all tokens of a system: its secret, its rights or itself changed. How many.
pub async fn end_tokens(tx: &Tx, client: ClientId) -> Result<u64> {
    tx.exec("delete from token where client_id = $1", &[client.0.into()]).await
}

/// Removes tokens, nonces and call keys whose time is over. How many.
pub async fn purge(tx: &Tx, now: Instant, calls_before: Instant) -> Result<u64> {
    let tokens = tx.exec("delete from token where expires_at < $1", &[now.micros().into()]).await?;
    let nonces = tx.exec("delete from client_nonce where expires_at < $1", &[now.micros().into()]).await?;
    let calls =
        tx.exec("delete from call_key where created_at < $1", &[calls_before.micros().into()]).await?;
    Ok(tokens + nonces + calls)
}

/// Notes the body of a call under its `Idempotency-Key`; `false` if another body stands under it.
pub async fn use_call_key(
    tx: &Tx,
    client: ClientId,
    key: &str,
    digest: &[u8; 32],
    now: Instant,
) -> Result<bool> {
    let sql = "insert into call_key (client_id, call_key, digest, created_at) values ($1, $2, $3, $4)
        on conflict (client_id, call_key) do nothing";
    let args = [client.0.into(), key.into(), digest.into(), now.micros().into()];
    if tx.exec(sql, &args).await? == 1 {
        return Ok(true);
    }
    let sql = "select digest from call_key where client_id = $1 and call_key = $2";
    let known: Option<[u8; 32]> =
        tx.query_one(sql, &[client.0.into(), key.into()], |row| row.bytes(0)).await?;
    Ok(known.as_ref() == Some(digest))
}
