//! Numbers a batch will assign, reserved in one transaction before its first line, so that nobody takes one of them
//! while it runs (architecture.md 4). The unique number of the certificate stays the last guard.
use std::collections::{HashMap, HashSet};

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

/// Reserves a number for each line, or nothing and says which lines clash, in the order given. What the batch holds
/// already (it is resumed) stays. [`StoreError::Busy`] if another batch reserved one of them at this very moment:
/// run the transaction again and the clash is listed.
pub async fn reserve(tx: &Tx, batch: BatchId, wanted: &[(u32, Number)]) -> Result<Vec<Clash>> {
    let mut clashes = Vec::new();
    let mut first: HashMap<&Number, u32> = HashMap::with_capacity(wanted.len());
    let mut own: HashSet<String> = HashSet::new();
    for chunk in wanted.chunks(CHUNK) {
        let holders = holders(tx.into(), chunk.iter().map(|(_, number)| number)).await?;
        for (line, number) in chunk {
            let earlier = *first.entry(number).or_insert(*line);
            let holder = match holders.get(number.as_str()) {
                Some(Holder::Batch(holder)) if *holder == batch => {
                    own.insert(number.as_str().to_owned());
                    None
                }
                other => other.copied(),
            };
            let holder = holder.or((earlier != *line).then_some(Holder::Line(earlier)));
            clashes.extend(holder.map(|holder| Clash { line: *line, number: number.clone(), holder }));
        }
    }
    if clashes.is_empty() {
        let fresh = wanted.iter().filter(|(_, number)| !own.contains(number.as_str()));
        insert(tx, batch, fresh).await?;
    }
    Ok(clashes)
}

async fn insert(tx: &Tx, batch: BatchId, fresh: impl Iterator<Item = &(u32, Number)>) -> Result<u64> {
    const COLUMNS: &[(&str, Kind)] = &[("number", Kind::Text), ("batch_id", Kind::Int), ("line", Kind::Int)];
    let cells: Vec<_> =
        fresh.flat_map(|(line, number)| [number.as_str().into(), batch.0.into(), (*line).into()]).collect();
    tx.bulk("reservation", COLUMNS, cells).await.map_err(|error| match error {
        // The look-up above did not see it, so it was committed since.
        StoreError::Unique { .. } => StoreError::Busy,
        other => other,
    })
}

/// Who has each of these numbers; those that are free are left out.
pub async fn holders(
    reader: Reader<'_>,
    numbers: impl Iterator<Item = &Number>,
) -> Result<HashMap<String, Holder>> {
    let numbers: Vec<String> = numbers.map(|it| it.as_str().to_owned()).collect();
    let args = [numbers.into()];
    let held = "select number, batch_id from reservation where number = any($1)";
    let held = reader
        .query(held, &args, |row| Ok((cell::string(row, 0)?, Holder::Batch(BatchId(row.int(1)?)))))
        .await?;
    let given = "select number, id from certificate where number = any($1)";
    let given = reader
        .query(given, &args, |row| {
            Ok((cell::string(row, 0)?, Holder::Certificate(CertificateId(row.int(1)?))))
        })
        .await?;
    Ok(held.into_iter().chain(given).collect())
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
