//! What became of each line of an import, written in the transaction that did it: a resumed commit leaves out the
//! lines that are here, so that nothing is doubled.
use std::collections::HashSet;

use domain::{BatchId, CertificateId};

use crate::{Db, Kind, Reader, Result, Row, Tx, cell};

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// A new certificate.
    Fresh,
    /// A new edition.
    Changed,
    /// It stood so already.
    Unchanged,
    /// Refused at the commit, because the registry changed after the preview.
    Refused,
}

impl Outcome {
    /// All outcomes.
    pub const ALL: [Outcome; 4] = [Outcome::Fresh, Outcome::Changed, Outcome::Unchanged, Outcome::Refused];

    /// The word in the database and in JSON.
    pub fn key(self) -> &'static str {
        match self {
            Outcome::Fresh => "fresh",
            Outcome::Changed => "changed",
            Outcome::Unchanged => "unchanged",
            Outcome::Refused => "refused",
        }
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            Outcome::Fresh => "新赋码",
            Outcome::Changed => "已变更",
            Outcome::Unchanged => "无变化",
            Outcome::Refused => "未受理",
        }
    }

    /// The word before it is done, on a preview.
    pub fn expected(self) -> &'static str {
        match self {
            Outcome::Fresh => "新",
            Outcome::Changed => "变更",
            Outcome::Unchanged => "无变化",
            Outcome::Refused => "有错误",
        }
    }

    /// The outcome of a key.
    pub fn parse(key: &str) -> Option<Outcome> {
        Self::ALL.into_iter().find(|it| it.key() == key)
    }
}

/// One line done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which certificate of the file, from 1.
    pub line: u32,
    /// What became of it.
    pub outcome: Outcome,
    /// The certificate and the edition that stands after it; none if it was refused.
    pub certificate: Option<(CertificateId, u32)>,
    /// Why it was refused; else empty.
    pub reason: String,
}

pub(crate) fn outcome(row: &Row<'_>, column: usize) -> Result<Outcome> {
    Outcome::parse(row.text(column)?).ok_or_else(|| row.broken(column, "未知的处理结果"))
}

fn read(row: &Row<'_>) -> Result<Line> {
    let certificate = match row.int(2)? {
        0 => None,
        id => Some((CertificateId(id), cell::count(row, 3)?)),
    };
    Ok(Line {
        line: cell::count(row, 0)?,
        outcome: outcome(row, 1)?,
        certificate,
        reason: row.text(4)?.to_owned(),
    })
}

/// Writes lines that were done. One that was done before is [`crate::StoreError::Unique`]: nothing of `tx` may stand.
pub async fn insert(tx: &Tx, batch: BatchId, lines: &[Line]) -> Result<u64> {
    const COLUMNS: &[(&str, Kind)] = &[
        ("batch_id", Kind::Int),
        ("line", Kind::Int),
        ("outcome", Kind::Text),
        ("certificate_id", Kind::Int),
        ("edition", Kind::Int),
        ("reason", Kind::Text),
    ];
    let mut cells = Vec::with_capacity(lines.len() * COLUMNS.len());
    for it in lines {
        let (id, edition) = it.certificate.map_or((0, 0), |(id, edition)| (id.0, edition));
        cells.extend([
            batch.0.into(),
            it.line.into(),
            it.outcome.key().into(),
            id.into(),
            edition.into(),
            (&it.reason).into(),
        ]);
    }
    tx.bulk_ahead("batch_line", COLUMNS, cells).await
}

/// One line, if it was done.
pub async fn get(reader: Reader<'_>, batch: BatchId, line: u32) -> Result<Option<Line>> {
    let sql = "select line, outcome, certificate_id, edition, reason from batch_line where batch_id = $1 and line = $2";
    reader.query_one(sql, &[batch.0.into(), line.into()], read).await
}

/// One page of the lines done, in the order of the file, after line `after`.
pub async fn list(reader: Reader<'_>, batch: BatchId, after: u32, limit: u32) -> Result<Vec<Line>> {
    let sql = "select line, outcome, certificate_id, edition, reason from batch_line
        where batch_id = $1 and line > $2 order by line limit $3";
    reader.query(sql, &[batch.0.into(), after.into(), limit.into()], read).await
}

/// One page of the lines refused, in the order of the file, after line `after`.
pub async fn refused(reader: Reader<'_>, batch: BatchId, after: u32, limit: u32) -> Result<Vec<Line>> {
    let sql = "select line, outcome, certificate_id, edition, reason from batch_line
        where batch_id = $1 and line > $2 and outcome = 'refused' order by line limit $3";
    reader.query(sql, &[batch.0.into(), after.into(), limit.into()], read).await
}

/// The numbers of all lines done: what a resumed commit leaves out.
pub async fn done(db: &Db, batch: BatchId) -> Result<HashSet<u32>> {
    let sql = "select line from batch_line where batch_id = $1";
    let mut rows = db.stream(sql, vec![batch.0.into()], |row| cell::count(row, 0));
    let mut lines = HashSet::new();
    while let Some(line) = rows.next().await? {
        lines.insert(line);
    }
    Ok(lines)
}
