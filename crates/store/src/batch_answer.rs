//! The answer to each line of a batch that came through the interface. A line that is here is done.
use domain::BatchId;

use crate::{Kind, Reader, Result, Row, Tx, cell};

/// One line's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Which line of the batch, from 1.
    pub line: u32,
    /// `ok`, `warned` or `error`.
    pub outcome: String,
    /// The answer, JSON.
    pub answer: String,
}

/// Writes answers. A line answered before is [`crate::StoreError::Unique`].
pub async fn insert(tx: &Tx, batch: BatchId, answers: &[Answer]) -> Result<u64> {
    const COLUMNS: &[(&str, Kind)] =
        &[("batch_id", Kind::Int), ("line", Kind::Int), ("outcome", Kind::Text), ("answer", Kind::Text)];
    let cells = answers.iter().flat_map(|it| {
        [batch.0.into(), it.line.into(), it.outcome.as_str().into(), it.answer.as_str().into()]
    });
    tx.bulk("batch_answer", COLUMNS, cells.collect()).await
}

/// The answers after a line, in the order of the lines.
pub async fn list(reader: Reader<'_>, batch: BatchId, after: u32, limit: u32) -> Result<Vec<Answer>> {
    let sql = "select line, outcome, answer from batch_answer where batch_id = $1 and line > $2 order by line limit $3";
    let map = |row: &Row<'_>| {
        Ok(Answer {
            line: cell::count(row, 0)?,
            outcome: cell::string(row, 1)?,
            answer: cell::string(row, 2)?,
        })
    };
    reader.query(sql, &[batch.0.into(), after.into(), limit.into()], map).await
}

/// The last line that is answered; 0 if none.
pub async fn last(reader: Reader<'_>, batch: BatchId) -> Result<u32> {
    let sql = "select coalesce(max(line), 0) from batch_answer where batch_id = $1";
    Ok(reader.query_one(sql, &[batch.0.into()], |row| cell::count(row, 0)).await?.unwrap_or(0))
}
