//! 获证机构: what makes two bodies one stands in the schema's two unique indexes (architecture.md 5).

use crate::{Reader, Result, Row, StoreError, Tx, Val};
use domain::{BodyId, Division, Uscc};
use std::collections::HashMap;

/// One body as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns, named as in the design")]
pub struct Body {
    pub id: BodyId,
    pub own_uscc: Option<Uscc>,
    pub parent_uscc: Option<Uscc>,
    pub org_code: Option<String>,
    pub name_key: String,
    pub name: String,
    pub other_name: String,
    pub parent_name: String,
    pub division: Option<Division>,
    pub xpcc: bool,
    /// The body that stays, where this one was merged. Its certificates are there; its codes and its name lead there.
    pub merged_into: Option<BodyId>,
}

impl Body {
    /// The body that its codes and its name lead to.
    pub fn stays(&self) -> BodyId {
        self.merged_into.unwrap_or(self.id)
    }

    /// What of it bears on the question whether another one is the same.
    pub fn sided(&self) -> domain::Sided<'_> {
        domain::Sided {
            own_uscc: self.own_uscc,
            parent_uscc: self.parent_uscc,
            org_code: self.org_code.as_deref(),
            name: &self.name,
            division: self.division,
            xpcc: self.xpcc,
        }
    }
}

/// The columns that [`read`] reads, of a table or alias `b`, before the rest of a statement.
macro_rules! body_columns {
    ($rest:literal) => {
        concat!(
            "select b.id, b.own_uscc, b.parent_uscc, b.org_code, b.name_key, b.name, b.other_name, b.parent_name,
            b.division, b.xpcc, b.merged_into",
            $rest
        )
    };
}
pub(crate) use body_columns;
/// How many they are.
pub(crate) const READ: usize = 11;

fn uscc(row: &Row<'_>, column: usize) -> Result<Option<Uscc>> {
    row.opt_text(column)?
        .map(|text| Uscc::parse(text).map_err(|_| row.broken(column, "不是统一社会信用代码")))
        .transpose()
}

/// A body whose columns come first, in the order of [`Body`].
pub(crate) fn read(row: &Row<'_>) -> Result<Body> {
    Ok(Body {
        id: BodyId(row.int(0)?),
        own_uscc: uscc(row, 1)?,
        parent_uscc: uscc(row, 2)?,
        org_code: row.opt_text(3)?.map(str::to_owned),
        name_key: row.text(4)?.to_owned(),
        name: row.text(5)?.to_owned(),
        other_name: row.text(6)?.to_owned(),
        parent_name: row.text(7)?.to_owned(),
        division: row.opt_text(8)?.and_then(Division::parse),
        xpcc: row.bool(9)?,
        merged_into: row.opt_int(10)?.map(BodyId),
    })
}

/// The body of a key.
pub async fn by_id(reader: Reader<'_>, id: BodyId) -> Result<Option<Body>> {
    let sql = body_columns!(" from body b where b.id = $1");
    reader.query_one(sql, &[id.0.into()], read).await
}

/// The bodies of these keys.
pub async fn by_ids(reader: Reader<'_>, ids: Vec<i64>) -> Result<Vec<Body>> {
    let sql = body_columns!(" from body b where b.id = any($1) order by b.id");
    reader.query(sql, &[Val::Ints(ids)], read).await
}

/// The bodies with one of these own codes.
pub async fn by_own_usccs(reader: Reader<'_>, codes: Vec<String>) -> Result<Vec<Body>> {
    let sql = body_columns!(" from body b where b.own_uscc = any($1)");
    reader.query(sql, &[Val::Texts(codes)], read).await
}

/// The bodies whose name has one of these keys, whatever their codes.
pub async fn by_name_keys(reader: Reader<'_>, keys: Vec<String>) -> Result<Vec<Body>> {
    let sql = body_columns!(" from body b where b.name_key = any($1)");
    reader.query(sql, &[Val::Texts(keys)], read).await
}

/// The bodies that stand on one of these legacy organisation codes.
pub async fn by_org_codes(reader: Reader<'_>, codes: Vec<String>) -> Result<Vec<Body>> {
    let sql = body_columns!(" from body b where b.org_code = any($1)");
    reader.query(sql, &[Val::Texts(codes)], read).await
}

const COLUMNS: &[(&str, crate::Kind)] = &[
    ("id", crate::Kind::Int),
    ("own_uscc", crate::Kind::Text),
    ("parent_uscc", crate::Kind::Text),
    ("org_code", crate::Kind::Text),
    ("name_key", crate::Kind::Text),
    ("name", crate::Kind::Text),
    ("other_name", crate::Kind::Text),
    ("parent_name", crate::Kind::Text),
    ("division", crate::Kind::Text),
    ("xpcc", crate::Kind::Int),
    ("created_at", crate::Kind::Int),
];

fn text(uscc: Option<Uscc>) -> Val {
    uscc.map(|u| u.as_str().to_owned()).into()
}

/// The bodies that were merged into one of these.
pub async fn merged_into(reader: Reader<'_>, bodies: Vec<i64>) -> Result<Vec<Body>> {
    let sql = body_columns!(" from body b where b.merged_into = any($1) order by b.id");
    reader.query(sql, &[Val::Ints(bodies)], read).await
}

/// Locks bodies until the transaction ends, in one order for all: none of them is merged or split meanwhile, nor is what they
/// were merged into. Which of them have been merged, and into which.
pub async fn hold(tx: &Tx, bodies: &[BodyId]) -> Result<HashMap<BodyId, BodyId>> {
    if bodies.is_empty() {
        return Ok(HashMap::new());
    }
    // PostgreSQL reads a row that it had to wait for as it is once the lock is given.
    let lock = "select id, merged_into from body where id = any($1) order by id {for_update}";
    let pair = |row: &Row<'_>| Ok((BodyId(row.int(0)?), row.opt_int(1)?.map(BodyId)));
    let found = tx.query(lock, &[Val::Ints(bodies.iter().map(|id| id.0).collect())], pair).await?;
    Ok(found.into_iter().filter_map(|(id, into)| Some((id, into?))).collect())
}

/// Makes sure that bodies hold as many certificates as somebody believes, and go on doing so until the transaction ends:
/// who would give one of them another waits here. Bodies that are not there yet are left to their unique index.
///
/// # Errors
/// [`StoreError::Conflict`] if one holds more by now.
pub async fn still_hold(tx: &Tx, believed: &[(BodyId, u32)]) -> Result<()> {
    if believed.is_empty() {
        return Ok(());
    }
    let ids = || Val::Ints(believed.iter().map(|(id, _)| id.0).collect());
    // The lock first, in one order for all, and the count in a statement of its own: PostgreSQL lets a statement see
    // what stood when it began, which may be before the lock was given.
    let lock = "select id from body where id = any($1) order by id {for_update}";
    tx.query(lock, &[ids()], |row| row.int(0)).await?;
    let count = "select body_id, count(*) from certificate where body_id = any($1) group by body_id";
    let held = tx.query(count, &[ids()], |row| Ok((BodyId(row.int(0)?), row.int(1)?))).await?;
    let more = |(id, n): &(BodyId, u32)| held.iter().any(|(of, now)| of == id && *now > i64::from(*n));
    if believed.iter().any(more) { Err(StoreError::Conflict) } else { Ok(()) }
}

/// Inserts new bodies. A body that another transaction has just made is [`crate::StoreError::Unique`]: look again.
pub async fn insert(tx: &Tx, bodies: &[Body], now: domain::Instant) -> Result<u64> {
    let mut cells = Vec::with_capacity(bodies.len() * COLUMNS.len());
    for b in bodies {
        cells.extend([
            b.id.0.into(),
            text(b.own_uscc),
            text(b.parent_uscc),
            b.org_code.clone().into(),
            (&b.name_key).into(),
            (&b.name).into(),
            (&b.other_name).into(),
            (&b.parent_name).into(),
            b.division.map(|d| d.as_str().to_owned()).into(),
            b.xpcc.into(),
            now.micros().into(),
        ]);
    }
    let made = tx.bulk("body", COLUMNS, cells).await?;
    crate::alike::note_new(tx, bodies.iter().map(|b| b.id)).await?;
    Ok(made)
}

/// Sets what an edition says of its body: names, parent, place. Where it was merged, it goes on leading to the body that stays.
pub async fn update(tx: &Tx, b: &Body) -> Result<()> {
    let sql = "update body set own_uscc = $2, parent_uscc = $3, org_code = $4, name_key = $5, name = $6,
        other_name = $7, parent_name = $8, division = $9, xpcc = $10 where id = $1";
    let args = [
        b.id.0.into(),
        text(b.own_uscc),
        text(b.parent_uscc),
        b.org_code.clone().into(),
        (&b.name_key).into(),
        (&b.name).into(),
        (&b.other_name).into(),
        (&b.parent_name).into(),
        b.division.map(|d| d.as_str().to_owned()).into(),
        b.xpcc.into(),
    ];
    tx.exec_one(sql, &args).await?;
    crate::alike::note(tx, b.id).await
}
