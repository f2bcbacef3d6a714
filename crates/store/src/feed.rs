//! What the index is fed with: streams over everything that holds now, cut into ranges of certificates so that no snapshot
//! is long, and the same of the few that changed. In the columns that are searched, no more.

use crate::event::Position;
use crate::{Db, Reader, Result, Row, Rows, Val, body, certificate};
use domain::{AuthorityId, BodyId, CertificateId, Concern, Division, Object};

/// All bodies, by key, those that were merged among them.
pub fn bodies(db: &Db) -> Rows<body::Body> {
    let sql = body::body_columns!(" from body b order by b.id");
    db.stream(sql, Vec::new(), body::read)
}

/// Those that were merged.
pub fn merged(db: &Db) -> Rows<body::Body> {
    let sql = body::body_columns!(" from body b where b.merged_into > 0 order by b.merged_into");
    db.stream(sql, Vec::new(), body::read)
}

/// All certificates, by key.
pub fn heads(db: &Db) -> Rows<certificate::Head> {
    const SQL: &str = certificate::head_columns!(" from certificate c order by c.id");
    db.stream(SQL, Vec::new(), certificate::head)
}

/// How a body was called in an edition of one of its certificates, and where it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The body.
    pub body: BodyId,
    /// The certificate.
    pub certificate: CertificateId,
    /// Whether the edition is the current one.
    pub current: bool,
    /// Its name there.
    pub name: String,
    /// Its second name there.
    pub other_name: String,
    /// Its address there.
    pub address: String,
}

/// The part of a face that is wanted here.
#[derive(serde::Deserialize)]
struct Told {
    body_name: String,
    other_name: String,
    address: String,
}

fn named(row: &Row<'_>) -> Result<Named> {
    let told: Told =
        serde_json::from_str(row.text(4)?).map_err(|_| row.broken(4, "版本的证书内容读不出来"))?;
    Ok(Named {
        body: BodyId(row.int(0)?),
        certificate: CertificateId(row.int(1)?),
        current: row.int(2)? == row.int(3)?,
        name: told.body_name,
        other_name: told.other_name,
        address: told.address,
    })
}

/// Every edition of the certificates behind `after` up to `to`.
pub fn names(db: &Db, after: i64, to: i64) -> Rows<Named> {
    let sql = "select c.body_id, e.certificate_id, e.edition, c.edition, e.face from edition e
        join certificate c on c.id = e.certificate_id
        where e.certificate_id > $1 and e.certificate_id <= $2 order by e.certificate_id, e.edition";
    db.stream(sql, vec![after.into(), to.into()], named)
}

/// Every edition of every certificate of these bodies.
pub async fn names_of(reader: Reader<'_>, bodies: Vec<i64>) -> Result<Vec<Named>> {
    let sql = "select c.body_id, e.certificate_id, e.edition, c.edition, e.face from certificate c
        join edition e on e.certificate_id = c.id
        where c.body_id = any($1) order by e.certificate_id, e.edition";
    reader.query(sql, &[Val::Ints(bodies)], named).await
}

/// Where the sites of the certificates behind `after` up to `to` are, each division of a certificate once.
pub fn places(db: &Db, after: i64, to: i64) -> Rows<(CertificateId, Division)> {
    let sql = "select distinct certificate_id, division from site where certificate_id > $1 and certificate_id <= $2
        and to_edition is null and division is not null order by certificate_id, division";
    db.stream(sql, vec![after.into(), to.into()], place)
}

/// Where the sites of these certificates are.
pub async fn places_of(reader: Reader<'_>, ids: Vec<i64>) -> Result<Vec<(CertificateId, Division)>> {
    let sql = "select distinct certificate_id, division from site where certificate_id = any($1)
        and to_edition is null and division is not null order by certificate_id, division";
    reader.query(sql, &[Val::Ints(ids)], place).await
}

fn place(row: &Row<'_>) -> Result<(CertificateId, Division)> {
    let division = Division::parse(row.text(1)?).ok_or_else(|| row.broken(1, "不是行政区划代码"))?;
    Ok((CertificateId(row.int(0)?), division))
}

/// Who was told of acts against the certificates of which body, and why; see [`crate::kin::told`].
pub fn told(db: &Db) -> Rows<(BodyId, AuthorityId, Concern)> {
    let sql = "select distinct c.body_id, i.authority_id, i.concern from inbox i
        join certificate c on c.id = i.certificate_id order by c.body_id, i.authority_id, i.concern";
    db.stream(sql, Vec::new(), crate::kin::telling)
}

/// The dictionary of capabilities: category, class, name, standard name, standard number and clause by key.
pub fn items(db: &Db) -> Rows<(i64, [String; 6])> {
    let sql =
        "select id, category, class, name, standard_name, standard_number, clause from item order by id";
    db.stream(sql, Vec::new(), |row| Ok((row.int(0)?, texts(row, 1)?)))
}

/// The highest key of a certificate; 0 where there is none.
pub async fn last_certificate(reader: Reader<'_>) -> Result<i64> {
    let sql = "select coalesce(max(id), 0) from certificate";
    Ok(reader.query_one(sql, &[], |row| row.int(0)).await?.unwrap_or(0))
}

/// The capabilities of the certificates behind `after` up to `to`: whose, which item, limits.
pub fn capabilities(db: &Db, after: i64, to: i64) -> Rows<(CertificateId, i64, String)> {
    let sql = "select certificate_id, item_id, limits from scope
        where certificate_id > $1 and certificate_id <= $2 and to_edition is null order by certificate_id, row_id";
    let read = |row: &Row<'_>| Ok((CertificateId(row.int(0)?), row.int(1)?, row.text(2)?.to_owned()));
    db.stream(sql, vec![after.into(), to.into()], read)
}

/// Their instruments: name, model, range, traceability.
pub fn instruments(db: &Db, after: i64, to: i64) -> Rows<(CertificateId, [String; 4])> {
    let sql = "select certificate_id, name, model, range, traceability from instrument
        where certificate_id > $1 and certificate_id <= $2 and to_edition is null order by certificate_id, row_id";
    db.stream(sql, vec![after.into(), to.into()], owned)
}

/// Their signatories: name, title, field.
pub fn signatories(db: &Db, after: i64, to: i64) -> Rows<(CertificateId, [String; 3])> {
    let sql = "select certificate_id, name, title, field from signatory
        where certificate_id > $1 and certificate_id <= $2 and to_edition is null order by certificate_id, row_id";
    db.stream(sql, vec![after.into(), to.into()], owned)
}

/// Their staff: name, title, post, major.
pub fn staff(db: &Db, after: i64, to: i64) -> Rows<(CertificateId, [String; 4])> {
    let sql = "select certificate_id, name, title, post, major from staff
        where certificate_id > $1 and certificate_id <= $2 and to_edition is null order by certificate_id, row_id";
    db.stream(sql, vec![after.into(), to.into()], owned)
}

/// The capabilities of these certificates, with the texts of their items and the limits.
pub async fn capabilities_of(reader: Reader<'_>, ids: Vec<i64>) -> Result<Vec<(CertificateId, [String; 7])>> {
    let sql =
        "select s.certificate_id, i.category, i.class, i.name, i.standard_name, i.standard_number, i.clause,
        s.limits from scope s join item i on i.id = s.item_id
        where s.certificate_id = any($1) and s.to_edition is null order by s.certificate_id, s.row_id";
    reader.query(sql, &[Val::Ints(ids)], owned).await
}

/// The instruments of these certificates.
pub async fn instruments_of(reader: Reader<'_>, ids: Vec<i64>) -> Result<Vec<(CertificateId, [String; 4])>> {
    let sql = "select certificate_id, name, model, range, traceability from instrument
        where certificate_id = any($1) and to_edition is null order by certificate_id, row_id";
    reader.query(sql, &[Val::Ints(ids)], owned).await
}

/// The signatories of these certificates.
pub async fn signatories_of(reader: Reader<'_>, ids: Vec<i64>) -> Result<Vec<(CertificateId, [String; 3])>> {
    let sql = "select certificate_id, name, title, field from signatory
        where certificate_id = any($1) and to_edition is null order by certificate_id, row_id";
    reader.query(sql, &[Val::Ints(ids)], owned).await
}

/// The staff of these certificates.
pub async fn staff_of(reader: Reader<'_>, ids: Vec<i64>) -> Result<Vec<(CertificateId, [String; 4])>> {
    let sql = "select certificate_id, name, title, post, major from staff
        where certificate_id = any($1) and to_edition is null order by certificate_id, row_id";
    reader.query(sql, &[Val::Ints(ids)], owned).await
}

/// One thing that happened, as far as an index asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Happened {
    /// Where it stands.
    pub position: Position,
    /// To which certificate, if to one.
    pub certificate: Option<CertificateId>,
    /// To which body, if to one.
    pub body: Option<BodyId>,
    /// Whether it made an edition, and so other rows.
    pub rows: bool,
}

/// What happened after a position, whoever did it, in commit order.
pub async fn happened(reader: Reader<'_>, after: Position, limit: u32) -> Result<Vec<Happened>> {
    let sql = "select epoch, position, object, object_id, edition from event
        where (epoch, position) > ($1, $2) order by epoch, position limit $3";
    let read = |row: &Row<'_>| {
        let of = |object: Object| -> Result<Option<i64>> {
            Ok(if row.text(2)? == object.key() { Some(row.int(3)?) } else { None })
        };
        Ok(Happened {
            position: Position { epoch: row.int(0)?, number: row.int(1)? },
            certificate: of(Object::Certificate)?.map(CertificateId),
            body: of(Object::Body)?.map(BodyId),
            rows: row.opt_int(4)?.is_some(),
        })
    };
    reader.query(sql, &[after.epoch.into(), after.number.into(), limit.into()], read).await
}

fn owned<const N: usize>(row: &Row<'_>) -> Result<(CertificateId, [String; N])> {
    Ok((CertificateId(row.int(0)?), texts(row, 1)?))
}

/// `N` columns of text from `first` on.
fn texts<const N: usize>(row: &Row<'_>, first: usize) -> Result<[String; N]> {
    let mut out = std::array::from_fn(|_| String::new());
    for (at, text) in out.iter_mut().enumerate() {
        row.text(first + at)?.clone_into(text);
    }
    Ok(out)
}
