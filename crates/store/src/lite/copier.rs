//! The thread that copies the log into the file, so that who writes does not wait for it.
//!
//! The log begins anew only when all of it is copied at the moment in which a transaction begins. While one follows the other that
//! moment never comes by itself: the writer then copies the little that is left on its own.
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::{self, JoinHandle},
};

use super::conn::Conn;
use crate::{Result, StoreError};

/// Pages that are worth a copy: the more at a time, the more often a page of them that changed often is copied once.
const WORTH: u32 = 6_000;
/// Pages of a log that should begin anew: its readers look through one more table for every 4,096.
const LONG: u32 = 12_000;
/// Pages the writer copies itself to let it do so.
const LITTLE: u32 = 1_500;
/// Pages of a log of which the writer copies all: the thread does not keep up.
const FAR_TOO_LONG: u32 = 24_000;

/// What is to be done about the log after a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    Nothing,
    ByThread,
    ByWriter,
}

/// `pages` are in the log, of which `copied` are in the file.
fn due(pages: u32, copied: u32) -> Due {
    // More copied than there is was said of the log before it.
    let behind = pages.checked_sub(copied).unwrap_or(pages);
    match pages {
        FAR_TOO_LONG.. => Due::ByWriter,
        LONG.. if behind <= LITTLE => Due::ByWriter,
        LONG.. => Due::ByThread,
        _ if behind >= WORTH => Due::ByThread,
        _ => Due::Nothing,
    }
}

/// The thread. It ends when the writer's connection, which wakes it, is closed.
pub(super) struct Copier {
    thread: Option<JoinHandle<()>>,
}

impl Copier {
    /// Starts it on a connection of its own; `writer` wakes it.
    pub(super) fn start(conn: Conn, writer: &mut Conn) -> Result<Copier> {
        let copied = Arc::new(AtomicU32::new(0));
        let (wake, woken) = sync_channel(1);
        writer.after_commits(watch(Arc::clone(&copied), wake))?;
        let run = move || copy(&conn, &copied, &woken);
        let thread =
            thread::Builder::new().name("store-copier".into()).spawn(run).map_err(StoreError::engine)?;
        Ok(Copier { thread: Some(thread) })
    }
}

impl Drop for Copier {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // a panic of the thread was reported there
        }
    }
}

/// What the writer does after each commit, told the pages in the log: whether it should copy.
fn watch(copied: Arc<AtomicU32>, wake: SyncSender<()>) -> impl FnMut(u32) -> bool + Send + 'static {
    let mut last = 0;
    move |pages| {
        if pages < last {
            copied.store(0, Ordering::Relaxed); // it has begun anew
        }
        last = pages;
        match due(pages, copied.load(Ordering::Relaxed)) {
            Due::Nothing => false,
            Due::ByWriter => true,
            Due::ByThread => {
                let _ = wake.try_send(()); // it is awake, or has ended
                false
            }
        }
    }
}

fn copy(conn: &Conn, copied: &AtomicU32, woken: &Receiver<()>) {
    while woken.recv().is_ok() {
        // Busy: somebody else copies. What fails is tried again after the next commit, and told by the commits themselves.
        if let Ok(pages) = conn.copy_log() {
            copied.store(pages, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_writer_copies_only_what_the_thread_left() {
        for (pages, copied, is) in [
            (5_999, 0, Due::Nothing),
            (6_000, 0, Due::ByThread),
            (11_900, 6_500, Due::Nothing),
            (11_999, 5_900, Due::ByThread),
            (12_000, 8_600, Due::ByThread),
            (12_400, 11_000, Due::ByWriter),
            (24_000, 0, Due::ByWriter),
            (6_000, 11_000, Due::ByThread),
        ] {
            assert_eq!(due(pages, copied), is, "{copied} of {pages}");
        }
    }

    #[test]
    fn a_log_that_began_anew_is_copied_again() {
        let copied = Arc::new(AtomicU32::new(11_000));
        let (wake, woken) = sync_channel(1);
        let mut watch = watch(Arc::clone(&copied), wake);
        assert!(watch(12_100), "little is left");
        assert!(!watch(90));
        assert_eq!(copied.load(Ordering::Relaxed), 0);
        assert!(woken.try_recv().is_err());
        assert!(!watch(6_100));
        assert!(woken.try_recv().is_ok());
    }
}
