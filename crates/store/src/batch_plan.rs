//! What a checked import would do with each certificate of its file: the list on its preview.
use domain::BatchId;

use crate::batch_line::{Outcome, outcome};
use crate::{Kind, Reader, Result, Row, Tx, Val, cell};

/// What would become of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Which certificate of the file, from 1.
    pub line: u32,
    /// What would become of it.
    pub outcome: Outcome,
    /// Its number as the file has it; empty where the counter is to give one.
    pub number: String,
    /// The name of its body.
    pub body: String,
    /// Why it is stopped; else empty.
    pub reason: String,
    /// What it would change, in the form the caller gave it; else empty. No personal fields.
    pub changes: String,
}

fn read(row: &Row<'_>) -> Result<Planned> {
    Ok(Planned {
        line: cell::count(row, 0)?,
        outcome: outcome(row, 1)?,
        number: cell::string(row, 2)?,
        body: cell::string(row, 3)?,
        reason: cell::string(row, 4)?,
        changes: cell::string(row, 5)?,
    })
}

/// Removes the plan of an import: it is checked again, done or discarded. How many lines it had.
pub async fn clear(tx: &Tx, batch: BatchId) -> Result<u64> {
    tx.exec("delete from batch_plan where batch_id = $1", &[batch.0.into()]).await
}

/// Adds lines of a plan.
pub async fn insert(tx: &Tx, batch: BatchId, lines: &[Planned]) -> Result<u64> {
    const COLUMNS: &[(&str, Kind)] = &[
        ("batch_id", Kind::Int),
        ("line", Kind::Int),
        ("outcome", Kind::Text),
        ("number", Kind::Text),
        ("body", Kind::Text),
        ("reason", Kind::Text),
        ("changes", Kind::Text),
    ];
    let mut cells = Vec::with_capacity(lines.len() * COLUMNS.len());
    for it in lines {
        cells.extend([
            batch.0.into(),
            it.line.into(),
            it.outcome.key().into(),
            (&it.number).into(),
            (&it.body).into(),
            (&it.reason).into(),
            (&it.changes).into(),
        ]);
    }
    tx.bulk("batch_plan", COLUMNS, cells).await
}

/// One page of a plan in the order of the file, after line `after`; of one outcome, or all.
pub async fn list(
    reader: Reader<'_>,
    batch: BatchId,
    only: Option<Outcome>,
    after: u32,
    limit: u32,
) -> Result<Vec<Planned>> {
    let sql = "select line, outcome, number, body, reason, changes from batch_plan
        where batch_id = $1 and line > $2 and outcome = any($3) order by line limit $4";
    let words = Outcome::ALL.into_iter().filter(|it| only.is_none_or(|only| only == *it));
    let words = Val::Texts(words.map(|it| it.key().into()).collect());
    reader.query(sql, &[batch.0.into(), after.into(), words, limit.into()], read).await
}
