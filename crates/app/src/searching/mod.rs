//! 查询: the index that this node keeps, and what is asked of it.
//!
//! It is made from the store at start, at a position, and then follows positions (`follow`); nothing is answered from one that
//! is half made. It is never a source of truth: what a page shows of a certificate beyond the search itself is read from
//! the store.

mod ask;
mod export;
mod follow;
mod load;
mod open;
mod peers;
mod saved;
mod within;

pub use ask::{SearchAsk, Searched};
pub use export::SearchExport;
pub use open::Opened;
pub use peers::{PeerFound, ask_peer};
pub use saved::MOST_SAVED;
pub(crate) use within::{capabilities_of, capabilities_with};

use crate::{App, Result};
use ::search::{AsOf, Index, Size};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use store::event::Position;

/// What of the index there is.
#[derive(Clone, Debug)]
pub enum SearchState {
    /// This node keeps none.
    Off,
    /// It is being made.
    Building {
        /// Certificates whose rows are in.
        done: u64,
        /// Certificates in all, about.
        total: u64,
    },
    /// It answers.
    Ready {
        /// What it has seen.
        as_of: AsOf,
        /// Bodies and certificates in it.
        counts: (usize, usize),
        /// What it holds by subject.
        sizes: Vec<Size>,
    },
}

/// The index of this node.
#[derive(Default)]
pub(crate) struct Searching {
    index: RwLock<Option<Arc<Index>>>,
    progress: Progress,
}

/// How far the making of an index is, in certificates.
#[derive(Default)]
pub(crate) struct Progress {
    done: AtomicU64,
    total: AtomicU64,
}

impl Searching {
    pub(crate) fn index(&self) -> Option<Arc<Index>> {
        self.index.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn put(&self, index: Index) {
        *self.index.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(index));
    }
}

impl App {
    /// What of the index there is.
    pub fn search_state(&self) -> SearchState {
        if !self.config.search {
            return SearchState::Off;
        }
        match self.searching.index() {
            None => SearchState::Building {
                done: self.searching.progress.done.load(Ordering::Relaxed),
                total: self.searching.progress.total.load(Ordering::Relaxed),
            },
            Some(index) => SearchState::Ready {
                as_of: index.as_of(),
                counts: index.counts(),
                sizes: index.sizes().into(),
            },
        }
    }

    /// Takes the index one step further: makes it where there is none or another epoch has begun, else lets it follow what
    /// happened. Whether there is more to follow at once.
    ///
    /// The work is done on a thread of its own, never on one that answers.
    pub async fn search_step(self: &Arc<App>) -> Result<bool> {
        if !self.config.search {
            return Ok(false);
        }
        let last = store::event::last((&self.near).into()).await?;
        match self.searching.index() {
            Some(index) if index.as_of() == as_of(last) => Ok(false),
            Some(index) if index.as_of().epoch == last.epoch => {
                self.apart(move |app| async move {
                    let Some((index, more)) = app.followed(&index).await? else { return Ok(false) };
                    app.searching.put(index);
                    Ok(more)
                })
                .await
            }
            Some(_) | None => {
                self.remake_index().await?;
                Ok(true)
            }
        }
    }

    /// Whether the index has aged so that it should be made anew; it answers meanwhile.
    pub fn search_is_aged(&self) -> bool {
        self.searching.index().is_some_and(|index| index.is_aged())
    }

    /// Makes the index from the store, and puts it in the place of the one there was.
    pub async fn remake_index(self: &Arc<App>) -> Result<()> {
        self.apart(|app| async move {
            let mut index = app.load_index(&app.searching.progress).await?;
            // The other one went on meanwhile: nobody should see less than before.
            while let Some((next, _)) = app.followed(&index).await? {
                index = next;
            }
            app.searching.put(index);
            Ok(())
        })
        .await
    }

    /// Runs work with long stretches of reckoning on a thread that answers nobody.
    async fn apart<T, W>(self: &Arc<App>, work: impl FnOnce(Arc<App>) -> W + Send + 'static) -> Result<T>
    where
        W: Future<Output = Result<T>>,
        T: Send + 'static,
    {
        let (app, runtime) = (self.clone(), tokio::runtime::Handle::current());
        let run = move || runtime.block_on(work(app));
        tokio::task::spawn_blocking(run).await.map_err(|e| crate::AppError::Fault(e.to_string()))?
    }
}

fn as_of(position: Position) -> AsOf {
    AsOf { epoch: position.epoch, number: position.number }
}
