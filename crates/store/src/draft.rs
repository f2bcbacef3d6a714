//! 草稿: work that was left and will be found again; the only thing of the registry that is thrown away.
//! What was typed is one encrypted block, since it may hold personal fields.
use domain::{AccountId, AuthorityId, CertificateId, DraftId, Instant};

use crate::{Reader, Result, Row, Tx, cell};

/// What a list shows of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its key, from [`crate::ids`].
    pub id: DraftId,
    /// Whose it is.
    pub authority: AuthorityId,
    /// Who saved it last.
    pub account: AccountId,
    /// The certificate it would change; none for a new one.
    pub certificate: Option<CertificateId>,
    /// What it is found by: the body's name as far as typed, no personal fields.
    pub title: String,
    /// 业务类型 as far as chosen: [`domain::Kinds::keys`], or empty.
    pub kinds: String,
    /// Counts saves, from 1: the state a save or deletion starts from.
    pub version: u32,
    /// When it was saved last.
    pub updated_at: Instant,
}

/// A draft whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What a list shows.
    pub head: Head,
    /// What was typed, encrypted by the caller.
    pub cipher: Vec<u8>,
}

/// What a save replaces.
#[derive(Clone, Debug)]
pub struct Save<'a> {
    /// Who saves.
    pub account: AccountId,
    /// See [`Head::title`].
    pub title: &'a str,
    /// See [`Head::kinds`].
    pub kinds: &'a str,
    /// See [`Draft::cipher`].
    pub cipher: &'a [u8],
    /// When.
    pub now: Instant,
}

fn head(row: &Row<'_>) -> Result<Head> {
    Ok(Head {
        id: DraftId(row.int(0)?),
        authority: AuthorityId(row.int(1)?),
        account: AccountId(row.int(2)?),
        certificate: row.opt_int(3)?.map(CertificateId),
        title: cell::string(row, 4)?,
        kinds: cell::string(row, 5)?,
        version: cell::count(row, 6)?,
        updated_at: cell::instant(row, 7)?,
    })
}

/// Saves a draft for the first time.
pub async fn create(tx: &Tx, draft: &Draft) -> Result<()> {
    let sql =
        "insert into draft (id, authority_id, account_id, certificate_id, title, kinds, cipher, version, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let head = &draft.head;
    let args = [
        head.id.0.into(),
        head.authority.0.into(),
        head.account.0.into(),
        head.certificate.map(|it| it.0).into(),
        (&head.title).into(),
        (&head.kinds).into(),
        draft.cipher.as_slice().into(),
        head.version.into(),
        head.updated_at.micros().into(),
    ];
    tx.exec_one(sql, &args).await
}

/// Saves over `version` and gives the new version. [`crate::StoreError::Conflict`] if somebody saved or discarded it
/// meanwhile.
pub async fn save(tx: &Tx, id: DraftId, version: u32, save: &Save<'_>) -> Result<u32> {
    let sql = "update draft set account_id = $3, title = $4, kinds = $5, cipher = $6, version = version + 1,
        updated_at = $7 where id = $1 and version = $2";
    let args = [
        id.0.into(),
        version.into(),
        save.account.0.into(),
        save.title.into(),
        save.kinds.into(),
        save.cipher.into(),
        save.now.micros().into(),
    ];
    tx.exec_one(sql, &args).await?;
    Ok(version + 1)
}

/// A draft whole.
pub async fn by_id(reader: Reader<'_>, id: DraftId) -> Result<Option<Draft>> {
    let sql =
        "select id, authority_id, account_id, certificate_id, title, kinds, version, updated_at, cipher from draft
        where id = $1";
    reader
        .query_one(sql, &[id.0.into()], |row| Ok(Draft { head: head(row)?, cipher: row.blob(8)?.to_vec() }))
        .await
}

/// One page of an authority's drafts, last saved first, strictly before moment and key of the last one shown.
pub async fn list(
    reader: Reader<'_>,
    authority: AuthorityId,
    before: Option<(Instant, DraftId)>,
    limit: u32,
) -> Result<Vec<Head>> {
    let (at, id) = before.map_or((i64::MAX, i64::MAX), |(at, id)| (at.micros(), id.0));
    let sql =
        "select id, authority_id, account_id, certificate_id, title, kinds, version, updated_at from draft
        where authority_id = $1 and (updated_at, id) < ($2, $3) order by updated_at desc, id desc limit $4";
    reader.query(sql, &[authority.0.into(), at.into(), id.into(), limit.into()], head).await
}

/// How many drafts an authority has.
pub async fn count(reader: Reader<'_>, authority: AuthorityId) -> Result<u64> {
    let sql = "select count(*) from draft where authority_id = $1";
    let n = reader.query_one(sql, &[authority.0.into()], |row| cell::total(row, 0)).await?;
    Ok(n.unwrap_or(0))
}

/// Removes a draft at `version`: because it was discarded, or in the transaction that assigns it, where the conflict
/// keeps it from being assigned twice.
pub async fn delete(tx: &Tx, id: DraftId, version: u32) -> Result<()> {
    tx.exec_one("delete from draft where id = $1 and version = $2", &[id.0.into(), version.into()]).await
}
