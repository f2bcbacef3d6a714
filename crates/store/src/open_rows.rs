//! What is published of certificates: as they stand, in ranges of keys or by keys. No code, no person.

use crate::certificate::{HEAD, Head, day, head, head_columns, opt_day};
use crate::event::Position;
use crate::{Db, Reader, Result, Row, Rows, Val, cell};
use domain::{AuthorityId, Capability, CertificateId, Day, EventKind, Face, Object, Site};

/// A certificate as it stands.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Its head.
    pub head: Head,
    /// The face of its current edition.
    pub face: Face,
    /// The first day of that edition.
    pub effective: Day,
    /// Rows of capabilities in it.
    pub capabilities: u32,
    /// Number of the certificate it replaces.
    pub previous: Option<String>,
    /// Number of the one that replaces it.
    pub successor: Option<String>,
}

fn shown(row: &Row<'_>) -> Result<Shown> {
    let face =
        serde_json::from_str(row.text(HEAD)?).map_err(|_| row.broken(HEAD, "版本的证书内容读不出来"))?;
    Ok(Shown {
        head: head(row)?,
        face,
        effective: day(row, HEAD + 1)?,
        capabilities: cell::count(row, HEAD + 2)?,
        previous: row.opt_text(HEAD + 3)?.map(str::to_owned),
        successor: row.opt_text(HEAD + 4)?.map(str::to_owned),
    })
}

/// The certificates behind `after` up to `to`.
pub fn certificates(db: &Db, after: i64, to: i64) -> Rows<Shown> {
    const SQL: &str = head_columns!(
        ", e.face, e.effective_day, e.capabilities, p.number, n.number from certificate c
        join edition e on e.certificate_id = c.id and e.edition = c.edition
        left join certificate p on p.id = c.previous_id left join certificate n on n.id = c.successor_id
        where c.id > $1 and c.id <= $2 order by c.id"
    );
    db.stream(SQL, vec![after.into(), to.into()], shown)
}

/// The certificates of these keys.
pub async fn certificates_of(reader: Reader<'_>, ids: Vec<i64>) -> Result<Vec<Shown>> {
    let sql = head_columns!(
        ", e.face, e.effective_day, e.capabilities, p.number, n.number from certificate c
        join edition e on e.certificate_id = c.id and e.edition = c.edition
        left join certificate p on p.id = c.previous_id left join certificate n on n.id = c.successor_id
        where c.id = any($1) order by c.id"
    );
    reader.query(sql, &[Val::Ints(ids)], shown).await
}

/// A place of a certificate.
#[derive(Clone, Debug)]
pub struct OfSite {
    /// Whose.
    pub certificate: CertificateId,
    /// Names it through all editions.
    pub site_no: i64,
    /// What it is.
    pub site: Site,
}

fn site(row: &Row<'_>) -> Result<OfSite> {
    Ok(OfSite {
        certificate: CertificateId(row.int(0)?),
        site_no: row.int(1)?,
        site: Site {
            name: row.text(2)?.to_owned(),
            address: row.text(3)?.to_owned(),
            division: row.opt_text(4)?.and_then(domain::Division::parse),
        },
    })
}

/// The places of the certificates behind `after` up to `to`, the main one of each first.
pub fn sites(db: &Db, after: i64, to: i64) -> Rows<OfSite> {
    let sql = "select certificate_id, site_no, name, address, division from site
        where certificate_id > $1 and certificate_id <= $2 and to_edition is null order by certificate_id, ord, row_id";
    db.stream(sql, vec![after.into(), to.into()], site)
}

/// A row of the annex.
#[derive(Clone, Debug)]
pub struct OfScope {
    /// Whose.
    pub certificate: CertificateId,
    /// Where it is done.
    pub site_no: i64,
    /// What it says; its `site` index is not kept.
    pub capability: Capability,
}

fn scope(row: &Row<'_>) -> Result<OfScope> {
    Ok(OfScope {
        certificate: CertificateId(row.int(0)?),
        site_no: row.int(1)?,
        capability: Capability {
            site: 0,
            label: row.text(2)?.to_owned(),
            limits: row.text(3)?.to_owned(),
            remark: row.text(4)?.to_owned(),
            approved_on: opt_day(row, 5)?,
            food: row.bool(6)?,
            item: crate::item::item(row, 7)?,
        },
    })
}

/// The capabilities of the certificates behind `after` up to `to`, in the order of the annex.
pub fn capabilities(db: &Db, after: i64, to: i64) -> Rows<OfScope> {
    let sql = "select s.certificate_id, s.site_no, s.label, s.limits, s.remark, s.approved_on, s.food, i.category, i.class,
        i.name, i.standard_name, i.standard_number, i.clause from scope s join item i on i.id = s.item_id
        where s.certificate_id > $1 and s.certificate_id <= $2 and s.to_edition is null
        order by s.certificate_id, s.ord, s.row_id";
    db.stream(sql, vec![after.into(), to.into()], scope)
}

/// The capabilities of one certificate.
pub fn capabilities_of(db: &Db, id: i64) -> Rows<OfScope> {
    capabilities(db, id - 1, id)
}

/// Certificates of these authorities behind a key, in the order of keys.
pub async fn of_authorities(
    reader: Reader<'_>,
    authorities: Vec<i64>,
    after: i64,
    limit: u32,
) -> Result<Vec<i64>> {
    let sql = "select id from certificate where authority_id = any($1) and id > $2 order by id limit $3";
    reader.query(sql, &[Val::Ints(authorities), after.into(), limit.into()], |row| row.int(0)).await
}

/// Certificates to which something of these kinds happened behind `from` up to `to`.
pub async fn happened_to(
    reader: Reader<'_>,
    (from, to): (Position, Position),
    kinds: &[EventKind],
) -> Result<Vec<i64>> {
    let sql = "select distinct object_id from event where (epoch, position) > ($1, $2) and (epoch, position) <= ($3, $4)
        and object = $5 and kind = any($6)";
    let kinds = kinds.iter().map(|kind| kind.key().to_owned()).collect();
    let args = [
        from.epoch.into(),
        from.number.into(),
        to.epoch.into(),
        to.number.into(),
        Object::Certificate.key().into(),
        Val::Texts(kinds),
    ];
    reader.query(sql, &args, |row| row.int(0)).await
}

/// Certificates of some authorities behind a key of which `of` may be the day: the first valid one that came after it was assigned,
/// the one after the last, or the first of the recorded status.
pub async fn day_comes(
    reader: Reader<'_>,
    authorities: &[AuthorityId],
    of: Day,
    before: Day,
    after: i64,
    limit: u32,
) -> Result<Vec<Head>> {
    let sql = head_columns!(
        " from certificate c where c.id > $3 and c.id in (
          select id from certificate where valid_from = $1 and valid_from > assigned_at / 86400000000
          union select id from certificate where authority_id = any($5) and valid_to = $2
          union select id from certificate where status_day = $1) order by c.id limit $4"
    );
    let theirs = Val::Ints(authorities.iter().map(|id| id.0).collect());
    let args = [of.number().into(), before.number().into(), after.into(), limit.into(), theirs];
    reader.query(sql, &args, head).await
}
