//! The reading connections: as many as were in use at a time lately.
use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::conn::Conn;

/// A connection that was not in use for so long is closed: it keeps up to 8 MB of pages, and statements.
const REST: Duration = Duration::from_secs(30);

/// Those that are free, in the order in which they became so.
pub(super) struct Readers {
    free: Mutex<VecDeque<(Instant, Conn)>>,
    most: usize,
}

impl Readers {
    /// At most `most` are kept; `first` is one of them.
    pub(super) fn new(first: Conn, most: usize) -> Readers {
        Readers { free: Mutex::new([(Instant::now(), first)].into()), most }
    }
    fn lock(&self) -> MutexGuard<'_, VecDeque<(Instant, Conn)>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// The one that became free last: its pages are in the processor's cache, and the others may rest.
    pub(super) fn take(&self) -> Option<Conn> {
        self.lock().pop_back().map(|(_, conn)| conn)
    }
    /// It is free again at `now`. The server reads every second, so one that rests is found soon.
    pub(super) fn keep(&self, conn: Conn, now: Instant) {
        let mut free = self.lock();
        let rested = free.pop_front_if(|(since, _)| now.saturating_duration_since(*since) >= REST);
        let over = if free.len() < self.most {
            free.push_back((now, conn));
            None
        } else {
            Some(conn)
        };
        drop(free);
        drop((rested, over)); // closing takes a while: nobody waits for it
    }
}

#[cfg(test)]
mod tests {
    use super::{super::conn::Role, *};

    #[test]
    fn a_reader_that_nobody_needs_is_closed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("r.db");
        let open = |role| Conn::open(&path, role, Duration::from_secs(1)).unwrap();
        let _writer = open(Role::Writer { create: true });
        let readers = Readers::new(open(Role::Reader), 3);
        let begun = Instant::now();
        let at = |seconds| begun + Duration::from_secs(seconds);
        let four: Vec<Conn> = readers.take().into_iter().chain((0..3).map(|_| open(Role::Reader))).collect();
        four.into_iter().for_each(|conn| readers.keep(conn, at(1)));
        let free = || readers.lock().len();
        assert_eq!(free(), 3, "more than are kept were needed at a time");
        let read = |seconds| readers.keep(readers.take().unwrap(), at(seconds));
        read(30);
        assert_eq!(free(), 3);
        read(31);
        assert_eq!(free(), 2);
        read(32);
        assert_eq!(free(), 1, "the one in use stays");
        read(100);
        assert_eq!(free(), 1);
    }
}
