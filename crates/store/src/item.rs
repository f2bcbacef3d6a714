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
///
/// New ones go in by hash order in short transactions of their own, before the transaction that uses them: a
/// crash in between leaves unused items, never a certificate without its items (architecture.md 5).
pub async fn ensure(
    db: &Db,
    blocks: &Blocks,
    items: &[(Hash, &Item)],
    urgency: Urgency,
) -> Result<HashMap<Hash, i64>> {
    let hashes: Vec<Hash> = items.iter().map(|(hash, _)| *hash).collect();
    let mut ids = known(db.into(), &hashes).await?;
    let mut fresh: Vec<&(Hash, &Item)> = items.iter().filter(|(hash, _)| !ids.contains_key(hash)).collect();
    fresh.sort_unstable_by_key(|(hash, _)| *hash);
    fresh.dedup_by_key(|(hash, _)| *hash);
    for some in fresh.chunks(4_000) {
        let first = blocks.next(db, "item", some.len() as u64, urgency).await?;
        let cells = |id: i64, hash: &Hash, i: &Item| -> Vec<Val> {
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
        };
        let rows: Vec<Vec<Val>> =
            (first..).zip(some).map(|(id, (hash, item))| cells(id, hash, item)).collect();
        let tx = db.begin(urgency).await?;
        match tx.bulk("item", COLUMNS, rows.iter().flatten().cloned().collect()).await {
            Ok(_) => {
                tx.commit().await?;
                ids.extend((first..).zip(some).map(|(id, (hash, _))| (*hash, id)));
            }
            // Somebody else has just added one of them: add the others one by one and read all again.
            Err(crate::StoreError::Unique { .. }) => {
                drop(tx);
                let sql = "insert into item (id, hash, category, class, name, standard_name, standard_number, clause)
                    values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (hash) do nothing";
                let tx = db.begin(urgency).await?;
                tx.exec_many(sql, rows).await?;
                tx.commit().await?;
                let hashes: Vec<Hash> = some.iter().map(|(hash, _)| *hash).collect();
                ids.extend(known(db.into(), &hashes).await?);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(ids)
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
    let cells = (first..)
        .zip(items)
        .flat_map(|(id, (hash, i))| {
            [
                id.into(),
                hash.into(),
                (&i.category).into(),
                (&i.class).into(),
                (&i.name).into(),
                (&i.standard_name).into(),
                (&i.standard_number).into(),
                (&i.clause).into(),
            ]
        })
        .collect();
    tx.bulk("item", COLUMNS, cells).await
}
