//! Which bodies belong to one legal person, where they stand, and who issued to them: the facts of who reads what
//! nation-wide (`domain::sight`). Each is one statement for any number of bodies, and found by index.

use crate::cell::string;
use crate::{Reader, Result, Row, Val, body};
use domain::{AuthorityId, BodyId, CertificateId, Concern, Day, Division, Face, Number, Site};

/// The bodies that have one of these codes as their own or as that of their legal person, those that were merged among them.
pub async fn of_codes(reader: Reader<'_>, codes: Vec<String>) -> Result<Vec<body::Body>> {
    let sql = body::body_columns!(
        " from body b where b.own_uscc = any($1) or b.parent_uscc = any($1) order by b.id"
    );
    reader.query(sql, &[Val::Texts(codes)], body::read).await
}

/// Who issued a certificate to these bodies; what was annulled was assigned by mistake and is left out.
pub async fn issuers(reader: Reader<'_>, bodies: Vec<i64>) -> Result<Vec<(BodyId, AuthorityId)>> {
    let sql = "select distinct body_id, authority_id from certificate
        where body_id = any($1) and status <> 'annulled' order by body_id, authority_id";
    let pair = |row: &Row<'_>| Ok((BodyId(row.int(0)?), AuthorityId(row.int(1)?)));
    reader.query(sql, &[Val::Ints(bodies)], pair).await
}

/// Where these bodies have current sites: those of the current editions of certificates that have not ended by a day.
/// One that has a successor goes on until its first day.
pub async fn places(reader: Reader<'_>, bodies: Vec<i64>, on: Day) -> Result<Vec<(BodyId, Division)>> {
    let sql =
        "select distinct c.body_id, s.division from certificate c join site s on s.certificate_id = c.id
        where c.body_id = any($1)
        and (c.status in ('valid', 'suspended') or (c.status = 'superseded' and c.status_day > $2))
        and s.from_edition <= c.edition and (s.to_edition is null or s.to_edition > c.edition)
        and s.division is not null order by c.body_id, s.division";
    let pair = |row: &Row<'_>| {
        let division = Division::parse(row.text(1)?).ok_or_else(|| row.broken(1, "不是行政区划代码"))?;
        Ok((BodyId(row.int(0)?), division))
    };
    reader.query(sql, &[Val::Ints(bodies), on.number().into()], pair).await
}

/// Who was told of acts against the certificates of these bodies, and why it concerned them.
pub async fn told(reader: Reader<'_>, bodies: Vec<i64>) -> Result<Vec<(BodyId, AuthorityId, Concern)>> {
    let sql = "select distinct c.body_id, i.authority_id, i.concern from certificate c
        join inbox i on i.certificate_id = c.id where c.body_id = any($1)
        order by c.body_id, i.authority_id, i.concern";
    reader.query(sql, &[Val::Ints(bodies)], telling).await
}

/// A body, who was told, and why.
pub(crate) fn telling(row: &Row<'_>) -> Result<(BodyId, AuthorityId, Concern)> {
    let concern = Concern::parse(row.text(2)?).ok_or_else(|| row.broken(2, "未知的关系"))?;
    Ok((BodyId(row.int(0)?), AuthorityId(row.int(1)?), concern))
}

/// The sites of the current editions of a body's certificates that have not ended by a day, the latest certificate first.
pub async fn sites(reader: Reader<'_>, body: BodyId, on: Day) -> Result<Vec<(CertificateId, Site)>> {
    let sql =
        "select c.id, s.name, s.address, s.division from certificate c join site s on s.certificate_id = c.id
        where c.body_id = $1
        and (c.status in ('valid', 'suspended') or (c.status = 'superseded' and c.status_day > $2))
        and s.from_edition <= c.edition and (s.to_edition is null or s.to_edition > c.edition)
        order by c.id desc, s.ord, s.row_id";
    let map = |row: &Row<'_>| {
        let site = Site {
            name: string(row, 1)?,
            address: string(row, 2)?,
            division: row.opt_text(3)?.and_then(Division::parse),
        };
        Ok((CertificateId(row.int(0)?), site))
    };
    reader.query(sql, &[body.0.into(), on.number().into()], map).await
}

/// What an edition says of the name and address of its body.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the name says it")]
pub struct Period {
    pub from: Day,
    pub certificate: CertificateId,
    pub number: Number,
    pub edition: u32,
    pub name: String,
    pub other_name: String,
    pub address: String,
}

/// What the editions of a body's certificates say of its name and address, in the order of their first days.
pub async fn periods(reader: Reader<'_>, body: BodyId) -> Result<Vec<Period>> {
    let sql = "select e.effective_day, c.id, c.number, e.edition, e.face from certificate c
        join edition e on e.certificate_id = c.id where c.body_id = $1
        order by e.effective_day, c.id, e.edition";
    let map = |row: &Row<'_>| {
        let face: Face = serde_json::from_str(row.text(4)?).map_err(|e| row.broken(4, e.to_string()))?;
        Ok(Period {
            from: crate::certificate::day(row, 0)?,
            certificate: CertificateId(row.int(1)?),
            number: Number::parse(row.text(2)?).map_err(|_| row.broken(2, "不是证书编号"))?,
            edition: crate::cell::count(row, 3)?,
            name: face.body_name,
            other_name: face.other_name,
            address: face.address,
        })
    };
    reader.query(sql, &[body.0.into()], map).await
}
