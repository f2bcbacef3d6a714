//! What waits in the log, added to the sums in the transaction that takes it away.

use crate::{App, AppError, Result};
use domain::tally::{
    Agent, BodySeen, Dimension, Hour, Log, Measure, Seen, Sketch, Sort, Value, unpack_bodies,
};
use domain::{AuthorityId, BodyId, Day};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use store::tally::{Added, HOURS, Of, Tally};
use store::tally_log::{Which, add_bodies, add_unknown, join_sketch, remove, some, waiting};
use store::{Tx, Urgency};

/// Rows of the log added in one transaction: ten seconds of two nodes, some tens of milliseconds when they are full.
const ROWS: u32 = 40;
/// Rows of bodies added in one transaction.
const BODY_ROWS: u32 = 600;
/// From so many waiting rows of bodies on they are added before the hour is over.
const BODIES_WAIT: u32 = 6_000;
/// Seconds for which rows of bodies wait.
const BODIES_SECONDS: i64 = 3_600;
/// Different codes and numbers kept of a day, of those that are not there.
const UNKNOWN_A_DAY: u64 = 20_000;

/// A cell of the sums.
type Cell = (Measure, Dimension, Value, Agent, Hour);

/// Sums in the making, by whose certificates they are about ([`Of::key`]).
#[derive(Default)]
pub(super) struct Sums(FxHashMap<(Cell, i64), u64>);

/// A row of the sums: whose, and all of a cell but the hour.
type Key = (Measure, Dimension, Value, Agent, Day, i64);

impl Sums {
    /// Adds to one cell; the nation's follow from it.
    pub fn add(&mut self, cell: Cell, of: Of, n: u64) {
        *self.0.entry((cell, of.key())).or_default() += n;
    }

    fn add_seen(&mut self, at: Hour, seen: &Seen, n: u64) {
        let of = seen.authority.map_or(Of::Nobody, Of::Authority);
        for (dimension, value) in seen.marginals() {
            self.add((seen.measure, dimension, value, seen.agent, at), of, n);
        }
    }

    /// The rows, those of the nation among them.
    pub fn rows(self) -> Vec<Added> {
        let mut rows: FxHashMap<Key, [u64; HOURS]> = FxHashMap::default();
        for (((measure, dimension, value, agent, at), of), n) in self.0 {
            for of in [of, Of::Nation.key()] {
                let row = rows.entry((measure, dimension, value, agent, at.day, of)).or_insert([0; HOURS]);
                row[usize::from(at.hour)] += n;
            }
        }
        let added = rows.into_iter().map(|((measure, dimension, value, agent, day, of), hours)| Added {
            measure,
            dimension,
            tally: Tally { of: Of::of_key(of), day, value: value.key().to_owned(), agent, hours },
        });
        added.collect()
    }
}

/// Everything that some rows of the log add.
#[derive(Default)]
struct Whole {
    sums: Sums,
    sketches: BTreeMap<(Day, i64), (Of, Sketch)>,
    unknown: BTreeMap<Day, FxHashMap<(Sort, String), u64>>,
}

impl Whole {
    fn add(&mut self, log: Log) {
        for (at, seen, n) in &log.counted {
            self.sums.add_seen(*at, seen, *n);
        }
        for (day, authority, raised) in log.raised {
            let of = authority.map_or(Of::Nobody, Of::Authority);
            let (_, sketch) = self.sketches.entry((day, of.key())).or_insert_with(|| (of, Sketch::default()));
            sketch.raise(raised);
        }
        for (day, sort, text, n) in log.unknown {
            *self.unknown.entry(day).or_default().entry((sort, text)).or_default() += n;
        }
    }

    async fn write(self, tx: &Tx) -> Result<()> {
        store::tally::add(tx, self.sums.rows()).await?;
        for ((day, _), (of, sketch)) in self.sketches {
            join_sketch(tx, day, of, &sketch).await?;
        }
        for (day, asked) in self.unknown {
            let asked: Vec<_> = asked.into_iter().map(|((sort, text), n)| (sort, text, n)).collect();
            add_unknown(tx, day, &asked, UNKNOWN_A_DAY).await?;
        }
        Ok(())
    }
}

impl App {
    /// Adds what waits in the log to the sums, a transaction at a time; rows that came while it worked may be left. The server
    /// calls it every ten seconds, on any node. How many rows were added.
    ///
    /// # Errors
    /// Only what is our own fault; what was not added waits on.
    pub async fn fold_tally(&self) -> Result<u64> {
        let reader = || (&self.db).into();
        // What waits now, and no more: others may write faster than this adds.
        let due = waiting(reader(), Which::Questions, u32::MAX).await?;
        let mut added = 0;
        while added < due {
            match self.fold_some().await? {
                0 => break,
                n => added += n,
            }
        }
        Ok(added)
    }

    async fn fold_some(&self) -> Result<u64> {
        let tx = self.db.begin(Urgency::Batch).await?;
        tx.lock_tally().await?;
        let rows = some(&tx, Which::Questions, ROWS).await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let mut whole = Whole::default();
        for (id, bytes) in &rows {
            match Log::unpack(bytes) {
                Some(log) => whole.add(log),
                None => tracing::error!(id, "a row of the log of counts cannot be read and is left out"),
            }
        }
        whole.write(&tx).await?;
        take_away(&tx, Which::Questions, rows.iter().map(|it| it.0).collect()).await?;
        tx.commit().await?;
        Ok(rows.len() as u64)
    }

    /// Adds what waits of bodies to their sums, if it has waited for an hour or there is much of it; the server asks with the
    /// rest. `now`: whatever waits, for who looks. How many rows were added.
    ///
    /// # Errors
    /// Only what is our own fault; what was not added waits on.
    pub async fn fold_bodies(&self, now: bool) -> Result<u64> {
        let reader = || (&self.db).into();
        let Some(oldest) = store::tally_log::oldest(reader(), Which::Bodies).await? else { return Ok(0) };
        let waited = oldest.plus_seconds(BODIES_SECONDS) <= self.now();
        if !now && !waited && waiting(reader(), Which::Bodies, BODIES_WAIT).await? < u64::from(BODIES_WAIT) {
            return Ok(0);
        }
        let due = waiting(reader(), Which::Bodies, u32::MAX).await?;
        let mut added = 0;
        while added < due {
            match self.fold_some_bodies().await? {
                0 => break,
                n => added += n,
            }
        }
        Ok(added)
    }

    async fn fold_some_bodies(&self) -> Result<u64> {
        let tx = self.db.begin(Urgency::Batch).await?;
        tx.lock_tally().await?;
        let rows = some(&tx, Which::Bodies, BODY_ROWS).await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let mut sums: BTreeMap<(i64, BodyId, AuthorityId), (u64, u64)> = BTreeMap::new();
        for (id, bytes) in &rows {
            let Some(all) = unpack_bodies(bytes) else {
                tracing::error!(id, "a row of the log of bodies cannot be read and is left out");
                continue;
            };
            for it in all {
                let sum = sums.entry((it.month, it.body, it.authority)).or_default();
                sum.0 += it.people;
                sum.1 += it.machines;
            }
        }
        let all: Vec<BodySeen> = sums
            .into_iter()
            .map(|((month, body, authority), (people, machines))| BodySeen {
                month,
                body,
                authority,
                people,
                machines,
            })
            .collect();
        add_bodies(&tx, &all).await?;
        take_away(&tx, Which::Bodies, rows.iter().map(|it| it.0).collect()).await?;
        tx.commit().await?;
        Ok(rows.len() as u64)
    }

    /// What the server does every ten seconds on every node: adds up what waits, counts what was done, and forgets the salt of a
    /// day that is over.
    ///
    /// # Errors
    /// Only what is our own fault; the next call does the rest.
    pub async fn tend_tally(&self) -> Result<()> {
        self.fold_tally().await?;
        self.fold_bodies(false).await?;
        self.count_acts().await?;
        self.forget_salts().await
    }
}

/// Takes rows away that were added. If others took one of them, nothing is added.
async fn take_away(tx: &Tx, which: Which, ids: Vec<i64>) -> Result<()> {
    let n = ids.len() as u64;
    match remove(tx, which, ids).await? {
        taken if taken == n => Ok(()),
        taken => Err(AppError::Fault(format!("{taken} of {n} rows of the log of counts were there"))),
    }
}
