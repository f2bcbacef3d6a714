//! What a superior did to an authority's certificates: the issuer is told (architecture.md 9.4).

use crate::{Reader, Result, Row, certificate::day};
use domain::{AuthorityId, CertificateId, Day, EventKind, Instant, Number};

/// An act by an account of another authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// When it was recorded.
    pub recorded_at: Instant,
    /// First day on which it holds.
    pub effective: Day,
    /// Which act.
    pub kind: EventKind,
    /// Number of the decision document.
    pub document: String,
    /// The certificate.
    pub certificate: CertificateId,
    /// Its number.
    pub number: Number,
    /// Its body, as it is called now.
    pub body: String,
    /// Whose account did it.
    pub by: AuthorityId,
}

fn read(row: &Row<'_>) -> Result<Notice> {
    Ok(Notice {
        recorded_at: Instant::from_micros(row.int(0)?),
        effective: day(row, 1)?,
        kind: EventKind::parse(row.text(2)?).ok_or_else(|| row.broken(2, "未知的办理种类"))?,
        document: row.text(3)?.to_owned(),
        certificate: CertificateId(row.int(4)?),
        number: Number::parse(row.text(5)?).map_err(|_| row.broken(5, "不是证书编号"))?,
        body: row.text(6)?.to_owned(),
        by: AuthorityId(row.int(7)?),
    })
}

/// The acts of others upon the certificates of an authority since a moment, newest first. The kinds are those of the
/// index `event_of_superior`, word for word: both engines use it for just this condition.
pub async fn since(
    reader: Reader<'_>,
    authority: AuthorityId,
    from: Instant,
    limit: u32,
) -> Result<Vec<Notice>> {
    let sql = "select e.recorded_at, e.effective_day, e.kind, e.document, e.object_id, c.number, b.name, a.authority_id
        from event e
        join account a on a.id = case when e.actor like 'account:%' then cast(substr(e.actor, 9) as bigint) end
        join certificate c on c.id = e.object_id
        join body b on b.id = c.body_id
        where e.authority_id = $1 and e.kind in ('lift', 'revoke') and e.object = 'certificate'
        and e.recorded_at >= $2 and a.authority_id <> $1
        order by e.epoch desc, e.position desc limit $3";
    reader.query(sql, &[authority.0.into(), from.micros().into(), limit.into()], read).await
}
