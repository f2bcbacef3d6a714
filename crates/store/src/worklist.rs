//! What lists for supervision are looked for in, a range of keys at a time, so that no request goes through the country:
//! persons who sign for several bodies, and addresses at which several stand. What stands there is asked of
//! [`crate::elsewhere`].

use crate::{Reader, Result};
use domain::{Day, PersonId};

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
