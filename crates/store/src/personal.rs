//! 个人信息: the only place of ID numbers, phones, e-mails and birth dates, encrypted by the caller. Rows go only by
//! a recorded act (个人信息保护法 Art. 47).
use domain::{CertificateId, PersonId};

use crate::{Reader, Result, Row, Tx, Val, cell};

/// Keyed hash (HMAC-SHA-256) of ID type and number, by which the same person is found again.
pub type Lookup = [u8; 32];

/// Which fact about a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// 出生日期.
    Birth,
    /// 电子邮箱.
    Email,
    /// 证件类型.
    IdKind,
    /// 证件号码.
    IdNumber,
    /// 联系电话.
    Phone,
}

impl Part {
    /// All parts, in the order of their keys.
    pub const ALL: [Part; 5] = [Part::Birth, Part::Email, Part::IdKind, Part::IdNumber, Part::Phone];

    /// The word in the database.
    pub fn key(self) -> &'static str {
        match self {
            Part::Birth => "birth",
            Part::Email => "email",
            Part::IdKind => "id_kind",
            Part::IdNumber => "id_number",
            Part::Phone => "phone",
        }
    }
}

/// One fact, sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Whose.
    pub person: PersonId,
    /// Which.
    pub part: Part,
    /// The encrypted value.
    pub cipher: Vec<u8>,
    /// The key it was encrypted with.
    pub key_id: u32,
    /// Set for [`Part::IdNumber`] only.
    pub lookup: Option<Lookup>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!("select person_id, field, cipher, key_id, lookup from personal ", $rest)
    };
}

fn read(row: &Row<'_>) -> Result<Sealed> {
    let key = row.text(1)?;
    let part = Part::ALL.into_iter().find(|it| it.key() == key);
    Ok(Sealed {
        person: PersonId(row.int(0)?),
        part: part.ok_or_else(|| row.broken(1, "未知的个人信息项"))?,
        cipher: row.blob(2)?.to_vec(),
        key_id: cell::count(row, 3)?,
        lookup: if row.opt_blob(4)?.is_some() { Some(row.bytes(4)?) } else { None },
    })
}

/// Writes facts, new ones and in place of old ones.
pub async fn put(tx: &Tx, facts: &[Sealed]) -> Result<()> {
    let sql = "insert into personal (person_id, field, cipher, key_id, lookup) values ($1, $2, $3, $4, $5)
        on conflict (person_id, field) do update
        set cipher = excluded.cipher, key_id = excluded.key_id, lookup = excluded.lookup";
    if facts.is_empty() {
        return Ok(());
    }
    let rows = facts.iter().map(|it| {
        vec![
            it.person.0.into(),
            it.part.key().into(),
            it.cipher.as_slice().into(),
            it.key_id.into(),
            it.lookup.into(),
        ]
    });
    tx.exec_many(sql, rows.collect()).await.map(drop)
}

/// What is known of a person.
pub async fn of_person(reader: Reader<'_>, person: PersonId) -> Result<Vec<Sealed>> {
    reader.query(select!("where person_id = $1 order by field"), &[person.0.into()], read).await
}

/// The persons of these look-up hashes; those not known are left out. Of two persons with one hash (entered at the
/// same moment at two bodies) the older comes first.
pub async fn find(reader: Reader<'_>, lookups: &[Lookup]) -> Result<Vec<(Lookup, PersonId)>> {
    // The second condition repeats that of the index: PostgreSQL cannot see that a list holds no null.
    let sql = "select lookup, person_id from personal where lookup = any($1) and lookup is not null
        order by person_id";
    let lookups: Vec<Vec<u8>> = lookups.iter().map(|it| it.to_vec()).collect();
    reader.query(sql, &[lookups.into()], |row| Ok((row.bytes(0)?, PersonId(row.int(1)?)))).await
}

/// Everybody who has the ID number of one of these persons, the person himself among them; nobody for one of whom none is
/// on file.
pub async fn same(reader: Reader<'_>, persons: Vec<i64>) -> Result<Vec<(PersonId, PersonId)>> {
    let sql = "select a.person_id, b.person_id from personal a join personal b on b.lookup = a.lookup
        where a.person_id = any($1) and a.field = 'id_number' and a.lookup is not null and b.lookup is not null
        order by a.person_id, b.person_id";
    let pair = |row: &Row<'_>| Ok((PersonId(row.int(0)?), PersonId(row.int(1)?)));
    reader.query(sql, &[Val::Ints(persons)], pair).await
}

/// Of these persons, those of whom an ID number is on file.
pub async fn numbered(reader: Reader<'_>, persons: Vec<i64>) -> Result<Vec<PersonId>> {
    let sql = "select person_id from personal where person_id = any($1) and field = 'id_number'";
    reader.query(sql, &[Val::Ints(persons)], |row| Ok(PersonId(row.int(0)?))).await
}

/// The names under which a person stands on a certificate, in any of its editions; none for who never stood there.
/// The contact is not among them: his name is part of the face.
pub async fn names_on(
    reader: Reader<'_>,
    certificate: CertificateId,
    person: PersonId,
) -> Result<Vec<String>> {
    let sql = "select name from signatory where certificate_id = $1 and person_id = $2
        union select name from staff where certificate_id = $1 and person_id = $2 order by name";
    let args = [certificate.0.into(), person.0.into()];
    reader.query(sql, &args, |row| Ok(row.text(0)?.to_owned())).await
}

/// Persons who stood on a certificate, stand there no longer, and of whom something is still known; by name.
pub async fn former(reader: Reader<'_>, certificate: CertificateId) -> Result<Vec<(PersonId, String)>> {
    let sql = "select f.person_id, f.name from (
            select person_id, name from signatory where certificate_id = $1 and to_edition is not null
            union select person_id, name from staff where certificate_id = $1 and to_edition is not null) f
        where exists (select 1 from personal p where p.person_id = f.person_id)
        and not exists (select 1 from signatory s where s.certificate_id = $1 and s.to_edition is null
            and s.person_id = f.person_id)
        and not exists (select 1 from staff s where s.certificate_id = $1 and s.to_edition is null
            and s.person_id = f.person_id)
        order by f.name, f.person_id";
    reader
        .query(sql, &[certificate.0.into()], |row| Ok((PersonId(row.int(0)?), row.text(1)?.to_owned())))
        .await
}

/// Removes all that is known of a person. How many facts there were.
pub async fn erase(tx: &Tx, person: PersonId) -> Result<u64> {
    tx.exec("delete from personal where person_id = $1", &[person.0.into()]).await
}

/// The facts after person and part `after`, in that order: how a change of keys walks through all of them.
pub async fn range(reader: Reader<'_>, after: Option<(PersonId, Part)>, limit: u32) -> Result<Vec<Sealed>> {
    let (person, part) = after.map_or((i64::MIN, ""), |(person, part)| (person.0, part.key()));
    let sql = select!("where (person_id, field) > ($1, $2) order by person_id, field limit $3");
    reader.query(sql, &[person.into(), part.into(), limit.into()], read).await
}

/// Puts the same fact under another key; `false` if it was changed or erased since `old` was read, and then nothing
/// is to be done.
pub async fn reseal(tx: &Tx, old: &Sealed, new: &Sealed) -> Result<bool> {
    let sql = "update personal set cipher = $4, key_id = $5, lookup = $6
        where person_id = $1 and field = $2 and cipher = $3";
    let args = [
        old.person.0.into(),
        old.part.key().into(),
        old.cipher.as_slice().into(),
        new.cipher.as_slice().into(),
        new.key_id.into(),
        new.lookup.into(),
    ];
    Ok(tx.exec(sql, &args).await? == 1)
}
