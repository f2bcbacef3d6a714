//! Numbers a batch will assign, reserved in one transaction before its first line, so that nobody takes one of them
//! while it runs (architecture.md 4). The unique number of the certificate stays the last guard.
use std::collections::HashMap;

use domain::{BatchId, CertificateId, Number};

use crate::{Kind, Reader, Result, Row, StoreError, Tx, cell};

/// Who has a number that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A certificate of the registry.
    Certificate(CertificateId),
    /// Another batch that is at work.
    Batch(BatchId),
    /// An earlier line of this very batch.
    Line(u32),
}

/// A line that cannot have its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// Which certificate of the file, from 1.
    pub line: u32,
    /// The number it asked for.
    pub number: Number,
    /// Who has it.
    pub holder: Holder,
}

/// Numbers per look-up.
const CHUNK: usize = 5_000;

/// Reserves a number for each line not yet done, or nothing and says which lines clash, in the order given. What the
/// batch holds already (it is resumed) stays. [`StoreError::Busy`] if another batch reserved one of them at this very
/// moment: run the transaction again and the clash is listed.
///
/// A single act with a given number reserves it too, as batch 0, and releases it in the same transaction: then an act
/// and a whole batch (全部或不) cannot pass each other unseen.
pub async fn reserve(tx: &Tx, batch: BatchId, wanted: &[(u32, Number)]) -> Result<Vec<Clash>> {
    let held = held(tx.into(), wanted.iter().map(|(_, number)| number)).await?;
    let mut clashes = Vec::new();
    let mut fresh = Vec::with_capacity(wanted.len());
    let mut first: HashMap<&Number, u32> = HashMap::with_capacity(wanted.len());
    for (line, number) in wanted {
        let earlier = *first.entry(number).or_insert(*line);
        let holder = match held.get(number.as_str()) {
            _ if earlier != *line => Holder::Line(earlier),
            Some(holder) if *holder == batch => continue,
            Some(holder) => Holder::Batch(*holder),
            None => {
                fresh.push((*line, number));
                continue;
            }
        };
        clashes.push(Clash { line: *line, number: number.clone(), holder });
    }
    if clashes.is_empty() {
        insert(tx, batch, &fresh).await?;
    }
    // After the insert, which waited for whoever had the same number in hand: what he assigned is seen here.
    let given = given(tx.into(), wanted.iter().map(|(_, number)| number)).await?;
    let taken = wanted.iter().filter_map(|(line, number)| {
        let id = given.get(number.as_str())?;
        Some(Clash { line: *line, number: number.clone(), holder: Holder::Certificate(*id) })
    });
    let undo = clashes.is_empty();
    clashes.extend(taken);
    if undo && !clashes.is_empty() {
        remove(tx, batch, &fresh).await?;
    }
    clashes.sort_by_key(|it| it.line);
    Ok(clashes)
}

async fn insert(tx: &Tx, batch: BatchId, fresh: &[(u32, &Number)]) -> Result<u64> {
    const COLUMNS: &[(&str, Kind)] = &[("number", Kind::Text), ("batch_id", Kind::Int), ("line", Kind::Int)];
    let cells: Vec<_> = fresh
        .iter()
        .flat_map(|(line, number)| [number.as_str().into(), batch.0.into(), (*line).into()])
        .collect();
    tx.bulk("reservation", COLUMNS, cells).await.map_err(|error| match error {
        // The look-up did not see it, so it was committed since.
        StoreError::Unique { .. } => StoreError::Busy,
        other => other,
    })
}

async fn remove(tx: &Tx, batch: BatchId, fresh: &[(u32, &Number)]) -> Result<()> {
    let sql = "delete from reservation where batch_id = $1 and number = any($2)";
    for chunk in fresh.chunks(CHUNK) {
        let numbers: Vec<String> = chunk.iter().map(|(_, number)| number.as_str().to_owned()).collect();
        tx.exec(sql, &[batch.0.into(), numbers.into()]).await?;
    }
    Ok(())
}

/// The batches that hold these numbers; those that are free are left out.
pub async fn held(
    reader: Reader<'_>,
    numbers: impl Iterator<Item = &Number>,
) -> Result<HashMap<String, BatchId>> {
    let sql = "select number, batch_id from reservation where number = any($1)";
    Ok(look_up(reader, sql, numbers).await?.into_iter().map(|(number, id)| (number, BatchId(id))).collect())
}

/// The certificates that have these numbers.
async fn given(
    reader: Reader<'_>,
    numbers: impl Iterator<Item = &Number>,
) -> Result<HashMap<String, CertificateId>> {
    let sql = "select number, id from certificate where number = any($1)";
    Ok(look_up(reader, sql, numbers)
        .await?
        .into_iter()
        .map(|(number, id)| (number, CertificateId(id)))
        .collect())
}

async fn look_up(
    reader: Reader<'_>,
    sql: &'static str,
    numbers: impl Iterator<Item = &Number>,
) -> Result<Vec<(String, i64)>> {
    let numbers: Vec<String> = numbers.map(|it| it.as_str().to_owned()).collect();
    let mut found = Vec::new();
    for chunk in numbers.chunks(CHUNK) {
        let read = |row: &Row<'_>| Ok((cell::string(row, 0)?, row.int(1)?));
        found.extend(reader.query(sql, &[chunk.to_vec().into()], read).await?);
    }
    Ok(found)
}

/// The number reserved for a line.
pub async fn get(reader: Reader<'_>, batch: BatchId, line: u32) -> Result<Option<Number>> {
    let sql = "select line, number from reservation where batch_id = $1 and line = $2";
    Ok(reader.query_one(sql, &[batch.0.into(), line.into()], read).await?.map(|(_, number)| number))
}

/// The numbers reserved for the lines after `after`, in the order of the file.
pub async fn list(reader: Reader<'_>, batch: BatchId, after: u32, limit: u32) -> Result<Vec<(u32, Number)>> {
    let sql = "select line, number from reservation where batch_id = $1 and line > $2 order by line limit $3";
    reader.query(sql, &[batch.0.into(), after.into(), limit.into()], read).await
}

fn read(row: &Row<'_>) -> Result<(u32, Number)> {
    let number = Number::parse(row.text(1)?).map_err(|_| row.broken(1, "不是证书编号"))?;
    Ok((cell::count(row, 0)?, number))
}

/// Gives back what the batch holds: it is done, failed or was discarded. A number not assigned is a gap only if a
/// counter gave it. How many.
pub async fn release(tx: &Tx, batch: BatchId) -> Result<u64> {
    tx.exec("delete from reservation where batch_id = $1", &[batch.0.into()]).await
}
