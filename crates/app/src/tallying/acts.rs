//! What was done, counted from its events: each once, since how far it is counted is written with the sums.

use super::fold::Sums;
use crate::{App, AppError, Result};
use domain::tally::{Agent, Dimension, Hour, Measure, Value};
use store::Urgency;
use store::event::Position;
use store::tally::Of;
use store::tally_log::{Done, done_after, forget};

/// The key of `meta`: the epoch in which the sums were begun, and the position up to which events are counted.
const KEY: &str = "acts_counted";
/// Events added in one transaction.
const MOST: u32 = 2_000;

/// How far events are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Upto {
    /// The epoch in which counting was begun; in a later one it begins anew, since what was counted may be gone.
    begun: i64,
    at: Position,
}

impl Upto {
    fn none(begun: i64) -> Upto {
        Upto { begun, at: Position { epoch: 0, number: 0 } }
    }

    fn read(text: &str) -> Option<Upto> {
        let mut parts = text.split(':').map(|part| part.parse().ok());
        let mut next = || parts.next().flatten();
        Some(Upto { begun: next()?, at: Position { epoch: next()?, number: next()? } })
    }

    fn text(self) -> String {
        format!("{}:{}:{}", self.begun, self.at.epoch, self.at.number)
    }
}

impl App {
    /// Counts what was done since it was last asked: imports, assignments, changes and prints, each once, on whichever node.
    /// How many events were counted.
    ///
    /// # Errors
    /// Only what is our own fault; the next call does the rest.
    pub async fn count_acts(&self) -> Result<u64> {
        let mut counted = 0;
        let reader = || (&self.db).into();
        // What is done while this counts is counted the next time: an import goes on for long.
        let last = store::event::last(reader()).await?;
        loop {
            let kept = store::meta::get(reader(), KEY).await?;
            let was = kept
                .as_deref()
                .map(|text| Upto::read(text).ok_or_else(|| AppError::Fault(format!("{KEY}: {text}"))));
            let upto = match was.transpose()? {
                Some(upto) if upto.begun == last.epoch => upto,
                _ => {
                    self.begin_acts(kept.as_deref(), last.epoch).await?;
                    continue;
                }
            };
            if upto.at >= last {
                return Ok(counted);
            }
            let done = done_after(reader(), (upto.at, last), MOST).await?;
            let whole = done.len() < MOST as usize;
            let at = done.last().filter(|_| !whole).map_or(last, |it| it.position);
            if self.add_acts(&done, kept.as_deref(), Upto { at, ..upto }).await? {
                counted += done.len() as u64;
            }
        }
    }

    /// Begins anew: the sums go, and all events are counted again.
    async fn begin_acts(&self, kept: Option<&str>, epoch: i64) -> Result<()> {
        let acts: Vec<Measure> = Measure::ALL.iter().copied().filter(|it| !it.is_question()).collect();
        let tx = self.db.begin(Urgency::Batch).await?;
        tx.lock_tally().await?;
        // Where another was faster, his begins it.
        if store::meta::advance(&tx, KEY, kept, &Upto::none(epoch).text()).await? {
            forget(&tx, &acts).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Adds some events to the sums; `false` if another node has counted them.
    async fn add_acts(&self, done: &[Done], kept: Option<&str>, upto: Upto) -> Result<bool> {
        let mut sums = Sums::default();
        done.iter().for_each(|it| add(&mut sums, it));
        let tx = self.db.begin(Urgency::Batch).await?;
        tx.lock_tally().await?;
        if !store::meta::advance(&tx, KEY, kept, &upto.text()).await? {
            return Ok(false);
        }
        store::tally::add(&tx, sums.rows()).await?;
        tx.commit().await?;
        Ok(true)
    }
}

fn add(sums: &mut Sums, it: &Done) {
    let of = it.authority.map_or(Of::Nobody, Of::Authority);
    let two = |two: Option<domain::Two>| two.map_or(Value::Unknown, Value::Two);
    for dimension in std::iter::once(&Dimension::Total).chain(it.measure.dimensions()) {
        let value = match dimension {
            Dimension::Total => Value::Whole,
            Dimension::Way => Value::Door(it.door),
            Dimension::Province => two(it.province),
            Dimension::Domain => two(it.domain),
            Dimension::Answer | Dimension::Visitor | Dimension::Device => Value::Unknown,
        };
        // Acts are those of officers and their systems; what is told apart of who asks is not asked here.
        sums.add((it.measure, *dimension, value, Agent::Person, Hour::of(it.at)), of, 1);
    }
}
