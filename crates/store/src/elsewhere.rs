//! Persons and addresses that stand on certificates in force: who signs elsewhere, and whose site an address is. Keys of
//! addresses are made after the sites, in sorted heaps: until then an address is not found.

use crate::certificate::{HEAD, Head, head, head_columns};
use crate::{Kind, Reader, Result, StoreError, Tx, Val, cell};
use domain::{CertificateId, Day, Division, PersonId};

/// A person who signs on a certificate.
#[derive(Clone, Debug, PartialEq)]
pub struct Signing {
    /// On which.
    pub head: Head,
    /// Who.
    pub person: PersonId,
    /// Under which name.
    pub name: String,
    /// 职务/职称.
    pub title: String,
    /// Whether his ID number is on file.
    pub numbered: bool,
}

fn signing(row: &crate::Row<'_>) -> Result<Signing> {
    Ok(Signing {
        head: head(row)?,
        person: PersonId(row.int(HEAD)?),
        name: cell::string(row, HEAD + 1)?,
        title: cell::string(row, HEAD + 2)?,
        numbered: row.bool(HEAD + 3)?,
    })
}

macro_rules! signing {
    ($condition:literal) => {
        concat!(
            head_columns!(", s.person_id, s.name, s.title, case when exists (
                select 1 from personal p where p.person_id = s.person_id and p.field = 'id_number') then 1 else 0 end
            from signatory s join certificate c on c.id = s.certificate_id
            where "),
            $condition,
            " and s.to_edition is null
            and (c.status in ('valid', 'suspended') or (c.status = 'superseded' and c.status_day > $2))
            and c.valid_to >= $2 order by c.id desc, s.row_id limit $3"
        )
    };
}

/// Where these persons sign on a day, on certificates that have not ended; the latest certificate first.
pub async fn signing_as(reader: Reader<'_>, persons: Vec<i64>, on: Day, limit: u32) -> Result<Vec<Signing>> {
    let args = [Val::Ints(persons), on.number().into(), limit.into()];
    reader.query(signing!("s.person_id = any($1)"), &args, signing).await
}

/// Where somebody of this name signs on a day, on certificates that have not ended; the latest certificate first.
pub async fn signing_named(reader: Reader<'_>, name: &str, on: Day, limit: u32) -> Result<Vec<Signing>> {
    let args = [name.into(), on.number().into(), limit.into()];
    reader.query(signing!("s.name = $1"), &args, signing).await
}

/// Who signs on these certificates now, with the names under which they do; once a person and name.
pub async fn signers(reader: Reader<'_>, certificates: Vec<i64>) -> Result<Vec<(PersonId, String)>> {
    let sql = "select distinct person_id, name from signatory
        where certificate_id = any($1) and to_edition is null order by person_id, name";
    let pair = |row: &crate::Row<'_>| Ok((PersonId(row.int(0)?), cell::string(row, 1)?));
    reader.query(sql, &[Val::Ints(certificates)], pair).await
}

/// A current site.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// On which certificate.
    pub head: Head,
    /// Its address.
    pub address: String,
    /// Its division.
    pub division: Option<Division>,
}

/// Current sites that have this key, of certificates that have not ended by a day; the latest certificate first.
pub async fn standing(reader: Reader<'_>, key: i64, on: Day, limit: u32) -> Result<Vec<Standing>> {
    let sql = head_columns!(
        ", s.address, s.division from site_key k
        join site s on s.certificate_id = k.certificate_id and s.row_id = k.row_id
        join certificate c on c.id = k.certificate_id
        where k.key = $1 and s.to_edition is null
        and (c.status in ('valid', 'suspended') or (c.status = 'superseded' and c.status_day > $2))
        and c.valid_to >= $2 order by k.certificate_id desc, k.row_id limit $3"
    );
    let map = |row: &crate::Row<'_>| {
        let division = row.opt_text(HEAD + 1)?.and_then(Division::parse);
        Ok(Standing { head: head(row)?, address: cell::string(row, HEAD)?, division })
    };
    reader.query(sql, &[key.into(), on.number().into(), limit.into()], map).await
}

/// A site whose key is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// On which certificate.
    pub certificate: CertificateId,
    /// Which row.
    pub row: i64,
    /// Its address.
    pub address: String,
    /// Its division.
    pub division: Option<Division>,
}

const KEY: &[(&str, Kind)] = &[("key", Kind::Int), ("certificate_id", Kind::Int), ("row_id", Kind::Int)];

/// Whether keys of sites are to be made.
pub async fn is_due(reader: Reader<'_>) -> Result<bool> {
    let sql = "select certificate_id from site_due where certificate_id > $1 order by certificate_id limit 1";
    Ok(reader.query_one(sql, &[0_i64.into()], |row| row.int(0)).await?.is_some())
}

/// Sites whose keys are to be made: all of some certificates, in the order of their ids, about `limit` in all.
pub async fn due(reader: Reader<'_>, limit: u32) -> Result<Vec<Due>> {
    let sql = "select certificate_id from site_due where certificate_id > $1
        order by certificate_id, row_id limit $2";
    let mut ids = reader.query(sql, &[0_i64.into(), limit.into()], |row| row.int(0)).await?;
    ids.dedup();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = "select d.certificate_id, d.row_id, s.address, s.division from site_due d
        join site s on s.certificate_id = d.certificate_id and s.row_id = d.row_id
        where d.certificate_id = any($1) order by d.certificate_id, d.row_id";
    let map = |row: &crate::Row<'_>| {
        let division = row.opt_text(3)?.and_then(Division::parse);
        let (certificate, row_id, address) = (CertificateId(row.int(0)?), row.int(1)?, cell::string(row, 2)?);
        Ok(Due { certificate, row: row_id, address, division })
    };
    reader.query(sql, &[Val::Ints(ids)], map).await
}

/// Notes sites that have just been written: cells of the table `site_due`. Each row of a site is written once.
pub(crate) async fn note(tx: &Tx, cells: Vec<Val>) -> Result<()> {
    tx.bulk_ahead("site_due", &[("certificate_id", Kind::Int), ("row_id", Kind::Int)], cells).await?;
    Ok(())
}

/// Keeps the keys of sites that were due; a site that says no place has none. Keys of sites that have ended stay, and
/// whoever finds a site by one looks whether it still stands.
///
/// # Errors
/// [`StoreError::Conflict`] if another process makes these keys, or a site has been added meanwhile.
pub async fn keep(tx: &Tx, due: &[Due], mut keys: Vec<(i64, CertificateId, i64)>) -> Result<()> {
    let mut ids: Vec<i64> = due.iter().map(|it| it.certificate.0).collect();
    ids.dedup();
    let gone = tx.exec("delete from site_due where certificate_id = any($1)", &[Val::Ints(ids)]).await?;
    if gone != due.len() as u64 {
        return Err(StoreError::Conflict);
    }
    keys.sort_unstable_by_key(|(key, certificate, row)| (*key, certificate.0, *row));
    let cells = keys.into_iter().flat_map(|(key, id, row)| [key.into(), id.0.into(), row.into()]).collect();
    tx.bulk("site_key", KEY, cells).await?;
    Ok(())
}
