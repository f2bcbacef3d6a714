//! Ids made in blocks: never by the engine, never reused, with gaps after a restart (postgres.md rule 2).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::{Db, Result, Urgency};

/// The first of `n` fresh ids of the kind `name`, taken in a short transaction of its own.
pub async fn take(db: &Db, name: &'static str, n: u64, urgency: Urgency) -> Result<i64> {
    let n = i64::try_from(n).unwrap_or(i64::MAX / 2);
    let tx = db.begin(urgency).await?;
    let sql = "insert into id_block (name, next) values ($1, 1 + cast($2 as bigint))
        on conflict (name) do update set next = id_block.next + $2 returning next - $2";
    let first = tx.query_one(sql, &[name.into(), n.into()], |row| row.int(0)).await?.unwrap_or(1);
    tx.commit().await?;
    Ok(first)
}

/// Ids of one process, taken from the store many at a time: a commit for some hundred of them, not for each.
#[derive(Default)]
pub struct Blocks {
    left: Mutex<HashMap<&'static str, Block>>,
}

/// What is at hand of one name.
#[derive(Clone, Copy)]
struct Block {
    /// The next id.
    next: i64,
    /// Behind the last one.
    end: i64,
    /// How many are taken when these are used up.
    size: u64,
}

impl Blocks {
    /// Ids taken from the store at first: a process that ends leaves the rest of its block unused.
    const SIZE: u64 = 512;
    /// Ids taken at a time at most. Each block of a name is twice the one before, as who needs many takes each in a
    /// commit of its own, for which an import waits behind the chunk that is being written.
    const MOST: u64 = 1 << 15;

    /// The first of `n` fresh ids of the kind `name`.
    pub async fn next(&self, db: &Db, name: &'static str, n: u64, urgency: Urgency) -> Result<i64> {
        let many = i64::try_from(n).unwrap_or(i64::MAX / 2);
        if let Some(first) = self.of_block(name, many) {
            return Ok(first);
        }
        let size = n.max(self.size(name));
        let first = take(db, name, size, urgency).await?;
        let end = first.saturating_add(i64::try_from(size).unwrap_or(i64::MAX / 2));
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let next = (size * 2).min(Self::MOST);
        let fresh = Block { next: first + many, end, size: next };
        // What is left of the bigger of the two blocks serves the next calls.
        let kept = left.entry(name).or_insert(fresh);
        if fresh.left() > kept.left() {
            *kept = fresh;
        }
        Ok(first)
    }

    fn size(&self, name: &'static str) -> u64 {
        let left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        left.get(name).map_or(Self::SIZE, |block| block.size)
    }

    fn of_block(&self, name: &'static str, n: i64) -> Option<i64> {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let block = left.get_mut(name)?;
        (n <= block.left()).then(|| {
            block.next += n;
            block.next - n
        })
    }
}

impl Block {
    fn left(self) -> i64 {
        self.end - self.next
    }
}
