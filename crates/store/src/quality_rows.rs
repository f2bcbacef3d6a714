//! 数据质量: the rows of ranges of certificates, in the columns that the rules look at, so that a run over the whole stock holds no
//! more than a range.

use crate::certificate::opt_day;
use crate::{Db, Reader, Result, Row, Rows, Val, cell, item};
use domain::{CertificateId, Day, Item};

/// A capability as the rules look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfScope {
    /// Whose.
    pub certificate: CertificateId,
    /// Its place in the annex.
    pub ord: i64,
    /// Where it is done.
    pub site_no: i64,
    /// Key of its item.
    pub item: i64,
    /// 限制范围.
    pub limits: String,
    /// 说明.
    pub remark: String,
    /// 批准日期.
    pub approved_on: Option<Day>,
    /// 是否食品.
    pub food: bool,
}

/// The capabilities of the certificates behind `after` up to `to`, by certificate; in the order in which they were written.
pub fn scopes(db: &Db, after: i64, to: i64) -> Rows<OfScope> {
    let sql = "select certificate_id, ord, site_no, item_id, limits, remark, approved_on, food from scope
        where certificate_id > $1 and certificate_id <= $2 and to_edition is null order by certificate_id, row_id";
    let read = |row: &Row<'_>| {
        Ok(OfScope {
            certificate: CertificateId(row.int(0)?),
            ord: row.int(1)?,
            site_no: row.int(2)?,
            item: row.int(3)?,
            limits: cell::string(row, 4)?,
            remark: cell::string(row, 5)?,
            approved_on: opt_day(row, 6)?,
            food: row.bool(7)?,
        })
    };
    db.stream(sql, vec![after.into(), to.into()], read)
}

/// These items with their keys.
pub async fn items(reader: Reader<'_>, ids: Vec<i64>) -> Result<Vec<(i64, Item)>> {
    let sql = "select category, class, name, standard_name, standard_number, clause, id from item where id = any($1)";
    reader.query(sql, &[Val::Ints(ids)], |row| Ok((row.int(6)?, item::item(row, 0)?))).await
}

/// An instrument as the rules look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the Field of the same name")]
pub struct OfInstrument {
    pub certificate: CertificateId,
    pub ord: i64,
    pub site_no: i64,
    pub name: String,
    pub model: String,
    pub serial: String,
    pub traceability: String,
    pub traceable_until: Option<Day>,
}

/// The instruments of the certificates behind `after` up to `to`, likewise.
pub fn instruments(db: &Db, after: i64, to: i64) -> Rows<OfInstrument> {
    let sql = "select certificate_id, ord, site_no, name, model, serial, traceability, traceable_until from instrument
        where certificate_id > $1 and certificate_id <= $2 and to_edition is null order by certificate_id, row_id";
    let read = |row: &Row<'_>| {
        Ok(OfInstrument {
            certificate: CertificateId(row.int(0)?),
            ord: row.int(1)?,
            site_no: row.int(2)?,
            name: cell::string(row, 3)?,
            model: cell::string(row, 4)?,
            serial: cell::string(row, 5)?,
            traceability: cell::string(row, 6)?,
            traceable_until: opt_day(row, 7)?,
        })
    };
    db.stream(sql, vec![after.into(), to.into()], read)
}

/// A signatory as the rules look at him.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the Field of the same name")]
pub struct OfSignatory {
    pub certificate: CertificateId,
    pub ord: i64,
    pub site_no: i64,
    pub name: String,
    pub field: String,
    pub approved_on: Option<Day>,
}

/// The signatories of the certificates behind `after` up to `to`, likewise.
pub fn signatories(db: &Db, after: i64, to: i64) -> Rows<OfSignatory> {
    let sql = "select certificate_id, ord, site_no, name, field, approved_on from signatory
        where certificate_id > $1 and certificate_id <= $2 and to_edition is null order by certificate_id, row_id";
    let read = |row: &Row<'_>| {
        Ok(OfSignatory {
            certificate: CertificateId(row.int(0)?),
            ord: row.int(1)?,
            site_no: row.int(2)?,
            name: cell::string(row, 3)?,
            field: cell::string(row, 4)?,
            approved_on: opt_day(row, 5)?,
        })
    };
    db.stream(sql, vec![after.into(), to.into()], read)
}

/// A member of the staff as the rules look at him.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the Field of the same name")]
pub struct OfStaff {
    pub certificate: CertificateId,
    pub ord: i64,
    pub site_no: i64,
    pub name: String,
    pub title: String,
    pub major: String,
}

/// The staff of the certificates behind `after` up to `to`, likewise.
pub fn staff(db: &Db, after: i64, to: i64) -> Rows<OfStaff> {
    let sql = "select certificate_id, ord, site_no, name, title, major from staff
        where certificate_id > $1 and certificate_id <= $2 and to_edition is null order by certificate_id, row_id";
    let read = |row: &Row<'_>| {
        Ok(OfStaff {
            certificate: CertificateId(row.int(0)?),
            ord: row.int(1)?,
            site_no: row.int(2)?,
            name: cell::string(row, 3)?,
            title: cell::string(row, 4)?,
            major: cell::string(row, 5)?,
        })
    };
    db.stream(sql, vec![after.into(), to.into()], read)
}
