//! What lists for supervision are looked for in, a range of keys or days at a time, so that no request goes through the country:
//! certificates by their last day, suspended ones, persons who sign for several bodies, and addresses at which several stand.
//! What stands there is asked of [`crate::elsewhere`].

use crate::certificate::{Head, day, head, head_columns};
use crate::{Reader, Result, Val, cell};
use domain::{AuthorityId, CertificateId, Day, DraftId, PersonId};

/// The highest key of a person who signs; 0 where nobody does.
pub async fn last_signatory(reader: Reader<'_>) -> Result<PersonId> {
    let sql = "select coalesce(max(person_id), 0) from signatory";
    Ok(PersonId(reader.query_one(sql, &[], |row| row.int(0)).await?.unwrap_or(0)))
}

/// The persons behind one up to another who sign on certificates in force of several bodies.
pub async fn sign_for_several(
    reader: Reader<'_>,
    after: PersonId,
    to: PersonId,
    on: Day,
) -> Result<Vec<PersonId>> {
    let sql = "select s.person_id from signatory s join certificate c on c.id = s.certificate_id
        where s.person_id > $1 and s.person_id <= $2 and s.to_edition is null
        and c.status in ('valid', 'suspended') and c.valid_to >= $3
        group by s.person_id having count(distinct c.body_id) > 1 order by s.person_id";
    let args = [after.0.into(), to.0.into(), on.number().into()];
    reader.query(sql, &args, |row| Ok(PersonId(row.int(0)?))).await
}

/// The key of an address that ends a range of about `rows` sites behind another; none where fewer are left.
pub async fn address_at(reader: Reader<'_>, after: i64, rows: u32) -> Result<Option<i64>> {
    let sql = "select key from site_key where key > $1 order by key limit 1 offset $2";
    reader.query_one(sql, &[after.into(), rows.into()], |row| row.int(0)).await
}

/// The keys of addresses behind one up to another at which sites of several bodies stand, on certificates in force.
pub async fn shared_addresses(reader: Reader<'_>, after: i64, to: i64, on: Day) -> Result<Vec<i64>> {
    let sql = "select k.key from site_key k
        join site s on s.certificate_id = k.certificate_id and s.row_id = k.row_id
        join certificate c on c.id = k.certificate_id
        where k.key > $1 and k.key <= $2 and s.to_edition is null
        and c.status in ('valid', 'suspended') and c.valid_to >= $3
        group by k.key having count(distinct c.body_id) > 1 order by k.key";
    reader.query(sql, &[after.into(), to.into(), on.number().into()], |row| row.int(0)).await
}

/// Certificates of these authorities recorded as valid or suspended and not replaced, whose last valid day lies between two days,
/// both included; by that day.
pub async fn ending(reader: Reader<'_>, authorities: Vec<i64>, from: Day, to: Day) -> Result<Vec<Head>> {
    let sql = head_columns!(
        " from certificate c where c.authority_id = any($1) and c.valid_to >= $2 and c.valid_to <= $3
        and c.status in ('valid', 'suspended') and c.successor_id is null order by c.valid_to, c.id"
    );
    reader.query(sql, &[Val::Ints(authorities), from.number().into(), to.number().into()], head).await
}

/// How many of them there are, by authority.
pub async fn count_ending(
    reader: Reader<'_>,
    authorities: Vec<i64>,
    from: Day,
    to: Day,
) -> Result<Vec<(AuthorityId, u64)>> {
    let sql = "select authority_id, count(*) from certificate
        where authority_id = any($1) and valid_to >= $2 and valid_to <= $3
        and status in ('valid', 'suspended') and successor_id is null group by authority_id order by authority_id";
    let args = [Val::Ints(authorities), from.number().into(), to.number().into()];
    reader.query(sql, &args, count).await
}

fn count(row: &crate::Row<'_>) -> Result<(AuthorityId, u64)> {
    Ok((AuthorityId(row.int(0)?), cell::total(row, 1)?))
}

/// The earliest last valid day of a certificate of an authority.
pub async fn first_ending(reader: Reader<'_>, authority: AuthorityId) -> Result<Option<Day>> {
    let sql = "select valid_to from certificate where authority_id = $1 order by valid_to limit 1";
    reader.query_one(sql, &[authority.0.into()], |row| day(row, 0)).await
}

/// Certificates of these authorities suspended since a day or before, behind one; by day and key.
pub async fn suspended(
    reader: Reader<'_>,
    authorities: Vec<i64>,
    until: Day,
    (since, after): (i64, CertificateId),
    limit: u32,
) -> Result<Vec<Head>> {
    let sql = head_columns!(
        " from certificate c where c.status = 'suspended' and c.authority_id = any($1) and c.status_day <= $2
        and (c.status_day, c.id) > ($3, $4) order by c.status_day, c.id limit $5"
    );
    let args = [Val::Ints(authorities), until.number().into(), since.into(), after.0.into(), limit.into()];
    reader.query(sql, &args, head).await
}

/// How many are suspended since a day between two, both included, by authority.
pub async fn count_suspended(
    reader: Reader<'_>,
    authorities: Vec<i64>,
    from: Option<Day>,
    to: Day,
) -> Result<Vec<(AuthorityId, u64)>> {
    let sql = "select authority_id, count(*) from certificate where status = 'suspended'
        and authority_id = any($1) and status_day >= $2 and status_day <= $3 group by authority_id order by authority_id";
    let from = from.map_or(i64::MIN, |day| day.number().into());
    reader.query(sql, &[Val::Ints(authorities), from.into(), to.number().into()], count).await
}

/// Drafts that these certificates are the beginning of, with the kinds as typed.
pub async fn drafts_of(
    reader: Reader<'_>,
    authorities: Vec<i64>,
    certificates: Vec<i64>,
) -> Result<Vec<(CertificateId, DraftId, String)>> {
    let sql = "select certificate_id, id, kinds from draft
        where authority_id = any($1) and certificate_id = any($2) order by certificate_id, id";
    let read =
        |row: &crate::Row<'_>| Ok((CertificateId(row.int(0)?), DraftId(row.int(1)?), cell::string(row, 2)?));
    reader.query(sql, &[Val::Ints(authorities), Val::Ints(certificates)], read).await
}
