//! 通知书 to bodies: who made which; the PDF is kept among the finals by its digest.

use crate::{Reader, Result, Row, Tx, Val, cell};
use domain::{AuthorityId, BodyId, Instant, NoticeId, NoticeKind};

/// A notice as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its key.
    pub id: NoticeId,
    /// Whose.
    pub authority: AuthorityId,
    /// To whom.
    pub body: BodyId,
    /// Of what.
    pub kind: NoticeKind,
    /// 文号, one of its kind for each authority.
    pub document: String,
    /// What it says.
    pub text: String,
    /// SHA-256 of the PDF.
    pub digest: [u8; 32],
    /// Who made it, as events write it.
    pub actor: String,
    /// When.
    pub made_at: Instant,
    /// When it was first downloaded.
    pub fetched_at: Option<Instant>,
}

macro_rules! notices {
    ($rest:literal) => {
        concat!(
            "select id, authority_id, body_id, kind, document, text, digest, actor, made_at, fetched_at from notice ",
            $rest
        )
    };
}

fn read(row: &Row<'_>) -> Result<Notice> {
    Ok(Notice {
        id: NoticeId(row.int(0)?),
        authority: AuthorityId(row.int(1)?),
        body: BodyId(row.int(2)?),
        kind: NoticeKind::parse(row.text(3)?).ok_or_else(|| row.broken(3, "未知的通知书"))?,
        document: cell::string(row, 4)?,
        text: cell::string(row, 5)?,
        digest: row.bytes(6)?,
        actor: cell::string(row, 7)?,
        made_at: cell::instant(row, 8)?,
        fetched_at: row.opt_int(9)?.map(Instant::from_micros),
    })
}

/// Writes one. A document number that the authority has used is [`crate::StoreError::Unique`].
pub async fn insert(tx: &Tx, it: &Notice) -> Result<()> {
    let sql = "insert into notice (id, authority_id, body_id, kind, document, text, digest, actor, made_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let args = [
        it.id.0.into(),
        it.authority.0.into(),
        it.body.0.into(),
        it.kind.key().into(),
        (&it.document).into(),
        (&it.text).into(),
        (&it.digest).into(),
        (&it.actor).into(),
        it.made_at.micros().into(),
    ];
    tx.exec_one(sql, &args).await
}

/// Notes that it was downloaded, the first time; whether it was.
pub async fn fetched(tx: &Tx, id: NoticeId, now: Instant) -> Result<bool> {
    let sql = "update notice set fetched_at = $2 where id = $1 and fetched_at is null";
    Ok(tx.exec(sql, &[id.0.into(), now.micros().into()]).await? > 0)
}

/// The notice of a key.
pub async fn by_id(reader: Reader<'_>, id: NoticeId) -> Result<Option<Notice>> {
    reader.query_one(notices!("where id = $1"), &[id.0.into()], read).await
}

/// Those of an authority, or of all, to these bodies; the newest first.
pub async fn of_bodies(
    reader: Reader<'_>,
    bodies: Vec<i64>,
    authority: Option<AuthorityId>,
    limit: u32,
) -> Result<Vec<Notice>> {
    match authority {
        Some(authority) => {
            let sql = notices!("where body_id = any($1) and authority_id = $2 order by id desc limit $3");
            reader.query(sql, &[Val::Ints(bodies), authority.0.into(), limit.into()], read).await
        }
        None => {
            let sql = notices!("where body_id = any($1) order by id desc limit $2");
            reader.query(sql, &[Val::Ints(bodies), limit.into()], read).await
        }
    }
}
