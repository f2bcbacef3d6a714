//! The problems a preview found, kept so that the page can turn and filter them and the annotated workbook be made.
use domain::{BatchId, Severity};

use crate::{Kind, Reader, Result, Row, Tx, Val, cell};

/// One problem as shown. Unlike [`domain::Problem`] it names sheet and column as the file does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchProblem {
    /// How grave.
    pub severity: Severity,
    /// The sheet, or the file where each sheet is one.
    pub sheet: String,
    /// 1-based row; 0 where there is none.
    pub row: u32,
    /// Column in letters; empty where the whole row is meant.
    pub column: String,
    /// Key of the field; empty where it is about none.
    pub field: String,
    /// Stable word for machines.
    pub code: String,
    /// The value as received, shortened; empty for personal fields.
    pub value: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// How many problems of one sort there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// How grave.
    pub severity: Severity,
    /// Stable word for machines.
    pub code: String,
    /// How many.
    pub n: u64,
}

const ALL: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Notice];

fn key(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Notice => "notice",
    }
}

fn severity(row: &Row<'_>, column: usize) -> Result<Severity> {
    let word = row.text(column)?;
    ALL.into_iter().find(|it| key(*it) == word).ok_or_else(|| row.broken(column, "未知的问题级别"))
}

/// Removes the problems of an import: the first step of checking it again. How many there were.
pub async fn clear(tx: &Tx, batch: BatchId) -> Result<u64> {
    tx.exec("delete from batch_problem where batch_id = $1", &[batch.0.into()]).await
}

/// Adds problems numbered from `first`, which begins at 1: few in the transaction of [`clear`], many chunk by chunk.
pub async fn insert(tx: &Tx, batch: BatchId, first: u32, problems: &[BatchProblem]) -> Result<u64> {
    const COLUMNS: &[(&str, Kind)] = &[
        ("batch_id", Kind::Int),
        ("n", Kind::Int),
        ("severity", Kind::Text),
        ("sheet", Kind::Text),
        ("row", Kind::Int),
        ("col", Kind::Text),
        ("field", Kind::Text),
        ("code", Kind::Text),
        ("value", Kind::Text),
        ("message", Kind::Text),
        ("hint", Kind::Text),
    ];
    let mut cells = Vec::with_capacity(problems.len() * COLUMNS.len());
    for (n, it) in (first..).zip(problems) {
        cells.extend([
            batch.0.into(),
            n.into(),
            key(it.severity).into(),
            (&it.sheet).into(),
            it.row.into(),
            (&it.column).into(),
            (&it.field).into(),
            (&it.code).into(),
            (&it.value).into(),
            (&it.message).into(),
            (&it.hint).into(),
        ]);
    }
    tx.bulk("batch_problem", COLUMNS, cells).await
}

/// One page of the problems with their numbers, in the order they were found, after number `after`; of one severity,
/// or of all.
pub async fn list(
    reader: Reader<'_>,
    batch: BatchId,
    only: Option<Severity>,
    after: u32,
    limit: u32,
) -> Result<Vec<(u32, BatchProblem)>> {
    let sql = "select n, severity, sheet, row, col, field, code, value, message, hint from batch_problem
        where batch_id = $1 and severity = any($2) and n > $3 order by n limit $4";
    let args = [batch.0.into(), words(only), after.into(), limit.into()];
    reader.query(sql, &args, |row| Ok((cell::count(row, 0)?, read(row, 1)?))).await
}

fn words(only: Option<Severity>) -> Val {
    Val::Texts(
        ALL.into_iter().filter(|it| only.is_none_or(|only| only == *it)).map(|it| key(it).into()).collect(),
    )
}

/// A problem whose columns begin at `at`.
fn read(row: &Row<'_>, at: usize) -> Result<BatchProblem> {
    Ok(BatchProblem {
        severity: severity(row, at)?,
        sheet: cell::string(row, at + 1)?,
        row: cell::count(row, at + 2)?,
        column: cell::string(row, at + 3)?,
        field: cell::string(row, at + 4)?,
        code: cell::string(row, at + 5)?,
        value: cell::string(row, at + 6)?,
        message: cell::string(row, at + 7)?,
        hint: cell::string(row, at + 8)?,
    })
}

/// The problems of one severity and of these codes, or of all (no codes: all), from the `offset`-th on, in the order
/// they were found.
pub async fn page(
    reader: Reader<'_>,
    batch: BatchId,
    (only, codes): (Option<Severity>, &[&str]),
    offset: u32,
    limit: u32,
) -> Result<Vec<BatchProblem>> {
    if codes.is_empty() {
        let sql = "select severity, sheet, row, col, field, code, value, message, hint from batch_problem
            where batch_id = $1 and severity = any($2) order by n limit $3 offset $4";
        let args = [batch.0.into(), words(only), limit.into(), offset.into()];
        return reader.query(sql, &args, |row| read(row, 0)).await;
    }
    let sql = "select severity, sheet, row, col, field, code, value, message, hint from batch_problem
        where batch_id = $1 and severity = any($2) and code = any($3) order by n limit $4 offset $5";
    let codes = Val::Texts(codes.iter().map(|code| (*code).to_owned()).collect());
    let args = [batch.0.into(), words(only), codes, limit.into(), offset.into()];
    reader.query(sql, &args, |row| read(row, 0)).await
}

/// The problems of an import counted by severity and code, gravest and most frequent first.
pub async fn counts(reader: Reader<'_>, batch: BatchId) -> Result<Vec<Count>> {
    let sql =
        "select severity, code, count(*) from batch_problem where batch_id = $1 group by severity, code";
    let mut counts = reader
        .query(sql, &[batch.0.into()], |row| {
            Ok(Count { severity: severity(row, 0)?, code: cell::string(row, 1)?, n: cell::total(row, 2)? })
        })
        .await?;
    counts.sort_by(|a, b| (a.severity, b.n, &a.code).cmp(&(b.severity, a.n, &b.code)));
    Ok(counts)
}
