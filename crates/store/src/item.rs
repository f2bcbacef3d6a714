//! The dictionary of capabilities: each distinct row once, however many certificates hold it.

use crate::ids::Blocks;
use crate::{Db, Kind, Reader, Result, Row, Tx, Urgency, Val};
use domain::Item;
use std::collections::HashMap;

/// Hash of an item's texts ([`Item::hash`]).
pub type Hash = [u8; 16];

const COLUMNS: &[(&str, Kind)] = &[
    ("id", Kind::Int),
    ("hash", Kind::Blob),
    ("category", Kind::Text),
    ("class", Kind::Text),
    ("name", Kind::Text),
    ("standard_name", Kind::Text),
    ("standard_number", Kind::Text),
    ("clause", Kind::Text),
];

/// Items written in one transaction.
const SOME: usize = 4_000;

/// The ids of the hashes that are known.
pub async fn known(reader: Reader<'_>, hashes: &[Hash]) -> Result<HashMap<Hash, i64>> {
    let mut found = HashMap::with_capacity(hashes.len());
    for some in hashes.chunks(2_000) {
        let list = Val::Blobs(some.iter().map(|h| h.to_vec()).collect());
        let sql = "select hash, id from item where hash = any($1)";
        found.extend(reader.query(sql, &[list], |row| Ok((row.bytes::<16>(0)?, row.int(1)?))).await?);
    }
    Ok(found)
}

/// Makes sure that all items are in the dictionary and returns their ids.
pub async fn ensure(
    db: &Db,
    blocks: &Blocks,
    items: &[(Hash, &Item)],
    urgency: Urgency,
) -> Result<HashMap<Hash, i64>> {
    let (mut ids, fresh) = look_up(db, blocks, items, urgency).await?;
    ids.extend(fresh.write(db, urgency).await?);
    Ok(ids)
}

/// Items that are not in the dictionary yet, in the order of their hashes, with the ids they are to have.
#[derive(Debug, Default)]
pub struct Fresh {
    first: i64,
    hashes: Vec<Hash>,
    rows: Vec<Vec<Val>>,
}

/// The ids of items: of those that are known, and those that the others will have once they are written, unless somebody else
/// writes one of them first.
pub async fn look_up(
    db: &Db,
    blocks: &Blocks,
    items: &[(Hash, &Item)],
    urgency: Urgency,
) -> Result<(HashMap<Hash, i64>, Fresh)> {
    let hashes: Vec<Hash> = items.iter().map(|(hash, _)| *hash).collect();
    let mut ids = known(db.into(), &hashes).await?;
    let mut fresh: Vec<&(Hash, &Item)> = items.iter().filter(|(hash, _)| !ids.contains_key(hash)).collect();
    if fresh.is_empty() {
        return Ok((ids, Fresh::default()));
    }
    fresh.sort_unstable_by_key(|(hash, _)| *hash);
    fresh.dedup_by_key(|(hash, _)| *hash);
    let first = blocks.next(db, "item", fresh.len() as u64, urgency).await?;
    let rows = (first..).zip(&fresh).map(|(id, (hash, item))| cells(id, hash, item)).collect();
    let hashes: Vec<Hash> = fresh.iter().map(|(hash, _)| *hash).collect();
    ids.extend(hashes.iter().copied().zip(first..));
    Ok((ids, Fresh { first, hashes, rows }))
}

fn cells(id: i64, hash: &Hash, i: &Item) -> Vec<Val> {
    vec![
        id.into(),
        hash.into(),
        (&i.category).into(),
        (&i.class).into(),
        (&i.name).into(),
        (&i.standard_name).into(),
        (&i.standard_number).into(),
        (&i.clause).into(),
    ]
}

impl Fresh {
    /// Writes them in short transactions of their own, before the one that uses them: a crash in between leaves unused items,
    /// never a certificate without its items (architecture.md 5). Those come back that have another id, as somebody else was faster.
    pub async fn write(mut self, db: &Db, urgency: Urgency) -> Result<HashMap<Hash, i64>> {
        let mut others = HashMap::new();
        let mut rows = std::mem::take(&mut self.rows);
        for (at, hashes) in self.hashes.chunks(SOME).enumerate() {
            let later = rows.split_off(rows.len().min(SOME));
            let some = std::mem::replace(&mut rows, later);
            let given = self.first + (at * SOME) as i64..;
            // They are durable with the transaction that uses them.
            let tx = db.begin_ahead(urgency).await?;
            let put = tx.bulk_ahead("item", COLUMNS, some.iter().flatten().cloned().collect()).await;
            let put = match put {
                Ok(_) => tx.commit().await,
                Err(error) => {
                    drop(tx);
                    Err(error)
                }
            };
            match put {
                Ok(()) => {}
                // Somebody else has just added one of them: add the others one by one and read all again.
                Err(crate::StoreError::Unique { .. }) => {
                    let sql = "insert into item (id, hash, category, class, name, standard_name, standard_number, clause)
                        values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (hash) do nothing";
                    let tx = db.begin_ahead(urgency).await?;
                    tx.exec_many(sql, some).await?;
                    tx.commit().await?;
                    let is = known(db.into(), hashes).await?;
                    let other = |(hash, given): (&Hash, i64)| {
                        is.get(hash).filter(|id| **id != given).map(|id| (*hash, *id))
                    };
                    others.extend(hashes.iter().zip(given).filter_map(other));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(others)
    }
}

/// Reads the six texts from column `at` on.
pub(crate) fn item(row: &Row<'_>, at: usize) -> Result<Item> {
    let text = |i: usize| Ok::<_, crate::StoreError>(row.text(at + i)?.to_owned());
    Ok(Item {
        category: text(0)?,
        class: text(1)?,
        name: text(2)?,
        standard_name: text(3)?,
        standard_number: text(4)?,
        clause: text(5)?,
    })
}

/// Inserts items that are known to be new; for the contract test and the population of benchmarks.
pub async fn insert(tx: &Tx, first: i64, items: &[(Hash, &Item)]) -> Result<u64> {
    let rows = (first..).zip(items).flat_map(|(id, (hash, item))| cells(id, hash, item));
    tx.bulk("item", COLUMNS, rows.collect()).await
}
