//! The rows of one subject: a large segment from the start, small ones of what changed since, and who stands where.

use crate::bits::Bits;
use crate::segment::{Gatherer, Segment, Slot};
use std::sync::Arc;

/// Stands in no segment.
const NOWHERE: u16 = u16::MAX;
/// Rows that are merged while somebody waits for a change to be found; what is larger waits for the rebuilding.
const MERGED: usize = 200_000;
/// So many segments at most before the index is made anew.
const SEGMENTS: usize = 24;

/// The rows of a subject.
#[derive(Clone)]
pub(crate) struct Table {
    width: usize,
    segments: Vec<Arc<Segment>>,
    /// By owner, the segment whose rows of it hold.
    holder: Vec<u16>,
    /// By segment, the owners whose rows in it hold no more: what `holder` says too, small enough to be asked for every row.
    gone: Vec<Bits>,
    /// Rows that hold no more.
    dead: usize,
}

impl Table {
    pub(crate) fn of(width: usize, segment: Segment, slots: usize) -> Table {
        let mut table =
            Table { width, segments: Vec::new(), holder: vec![NOWHERE; slots], gone: Vec::new(), dead: 0 };
        table.put(segment);
        table
    }

    /// The same with other rows for the owners of a segment; `slots` owners there are now.
    pub(crate) fn with(&self, segment: Segment, slots: usize) -> Table {
        let mut next = self.clone();
        next.holder.resize(slots, NOWHERE);
        if segment.owners().next().is_none() {
            return next;
        }
        next.put(segment);
        while next.merge_last() {}
        next
    }

    fn put(&mut self, segment: Segment) {
        let at = self.segments.len() as u16;
        for slot in segment.owners() {
            let holder = &mut self.holder[slot as usize];
            if let Some(before) = self.segments.get(*holder as usize) {
                self.dead += before.rows_of(slot).len();
                self.gone[*holder as usize].set(slot);
            }
            *holder = at;
        }
        self.gone.push(Bits::new(self.holder.len()));
        self.segments.push(Arc::new(segment));
    }

    /// Merges the last two segments if they are of a size, so that many small changes stay few segments. The first one, and
    /// what is large, is left to the rebuilding.
    fn merge_last(&mut self) -> bool {
        let [_, .., a, b] = self.segments.as_slice() else { return false };
        if a.len() > 4 * b.len() || a.len() + b.len() > MERGED {
            return false;
        }
        let mut gatherer = Gatherer::new(self.width);
        let first = self.segments.len() - 2;
        for (at, segment) in self.segments.iter().enumerate().skip(first) {
            for slot in segment.owners().filter(|slot| self.holder[*slot as usize] == at as u16) {
                gatherer.owner(slot);
                for tuple in segment.rows_of(slot) {
                    let texts: Vec<&str> = segment.shown(*tuple).collect();
                    gatherer.row_of(&texts);
                }
            }
        }
        let merged = gatherer.done();
        self.dead = self.dead.saturating_sub(a.len() + b.len() - merged.len());
        self.segments.truncate(first);
        self.gone.truncate(first);
        merged.owners().for_each(|slot| self.holder[slot as usize] = first as u16);
        self.gone.push(Bits::new(self.holder.len()));
        self.segments.push(Arc::new(merged));
        true
    }

    /// The segments, each with the test whether an owner's rows in it hold.
    pub(crate) fn segments(&self) -> impl Iterator<Item = (&Segment, impl Fn(Slot) -> bool + Copy)> {
        let live = |gone| move |slot: Slot| !Bits::has(gone, slot);
        self.segments.iter().zip(&self.gone).map(move |(segment, gone)| (&**segment, live(gone)))
    }

    /// By segment, the owners whose rows in it hold no more; those that do stand in a later one, if any.
    pub(crate) fn gone(&self) -> &[Bits] {
        &self.gone
    }

    /// The segment in which an owner's rows stand, by its place.
    pub(crate) fn place_of(&self, slot: Slot) -> Option<(usize, &Segment)> {
        let at = usize::from(*self.holder.get(slot as usize)?);
        Some((at, self.segments.get(at)?))
    }

    /// Whether so much has changed that it should be made anew.
    pub(crate) fn is_aged(&self) -> bool {
        self.segments.len() > SEGMENTS || self.dead > MERGED.max(self.len() / 10)
    }

    /// Rows, those that hold no more included.
    pub(crate) fn len(&self) -> usize {
        self.segments.iter().map(|segment| segment.len()).sum()
    }

    /// Rows that hold.
    pub(crate) fn live(&self) -> usize {
        self.len() - self.dead
    }

    /// Distinct rows, distinct texts, and the bytes of all.
    pub(crate) fn sizes(&self) -> (usize, usize, usize) {
        self.segments.iter().fold((0, 0, self.holder.capacity() * 2), |(tuples, texts, bytes), it| {
            (tuples + it.len_tuples(), texts + it.dictionary().len(), bytes + it.size())
        })
    }
}
