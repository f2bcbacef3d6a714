//! Refusals and sign-ins: append-only and without position, written in batches so that strangers cannot slow the
//! writer (architecture.md 5). The caller gathers equal ones of a minute into one record with a count.
use domain::{AuthorityId, Door, Instant};

use crate::{Kind, Reader, Result, Row, Tx, cell};

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// When; of several equal ones, the first.
    pub recorded_at: Instant,
    /// Who, as events write it: `account:7`, `public`.
    pub actor: String,
    /// The authority of the actor, if known.
    pub authority: Option<AuthorityId>,
    /// Through which door.
    pub door: Door,
    /// What was asked for: the key of a `domain::Action`, or `sign_in`.
    pub action: String,
    /// The word of the answer.
    pub outcome: String,
    /// The address it came from.
    pub source: String,
    /// The request; of several equal ones, the first.
    pub request_id: String,
    /// How many equal ones.
    pub n: u32,
}

const COLUMNS: &[(&str, Kind)] = &[
    ("id", Kind::Int),
    ("recorded_at", Kind::Int),
    ("actor", Kind::Text),
    ("authority_id", Kind::Int),
    ("door", Kind::Text),
    ("action", Kind::Text),
    ("outcome", Kind::Text),
    ("source", Kind::Text),
    ("request_id", Kind::Text),
    ("n", Kind::Int),
];

/// Appends a batch; their keys count up from `first`, a block of [`crate::ids`].
pub async fn insert(tx: &Tx, first: i64, records: &[Access]) -> Result<u64> {
    let mut cells = Vec::with_capacity(records.len() * COLUMNS.len());
    for (id, it) in (first..).zip(records) {
        cells.extend([
            id.into(),
            it.recorded_at.micros().into(),
            (&it.actor).into(),
            it.authority.map(|a| a.0).into(),
            it.door.key().into(),
            (&it.action).into(),
            (&it.outcome).into(),
            (&it.source).into(),
            (&it.request_id).into(),
            it.n.into(),
        ]);
    }
    tx.bulk("access", COLUMNS, cells).await
}

fn read(row: &Row<'_>) -> Result<(i64, Access)> {
    let access = Access {
        recorded_at: cell::instant(row, 1)?,
        actor: cell::string(row, 2)?,
        authority: row.opt_int(3)?.map(AuthorityId),
        door: cell::door(row, 4)?,
        action: cell::string(row, 5)?,
        outcome: cell::string(row, 6)?,
        source: cell::string(row, 7)?,
        request_id: cell::string(row, 8)?,
        n: cell::count(row, 9)?,
    };
    Ok((row.int(0)?, access))
}

/// One page with keys, newest first, strictly before moment and key `before`: for the next page those of the last
/// record, for the first page a moment and `i64::MIN` to begin there.
pub async fn list(reader: Reader<'_>, before: (Instant, i64), limit: u32) -> Result<Vec<(i64, Access)>> {
    let sql =
        "select id, recorded_at, actor, authority_id, door, action, outcome, source, request_id, n from access
        where (recorded_at, id) < ($1, $2) order by recorded_at desc, id desc limit $3";
    reader.query(sql, &[before.0.micros().into(), before.1.into(), limit.into()], read).await
}
