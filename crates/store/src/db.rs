//! [`Db`]: the handle that reads and begins transactions ([`Tx`]).
//!
//! SQL is written once, for both engines, with these habits (`dialect.rs` does the rest):
//! * placeholders `$1`, `$2`…, in any order, used as often as needed; a list is `column = any($n)` with a list [`Val`];
//! * `{for_update}` and `{skip_locked}` at the end of a select are PostgreSQL's words and nothing on SQLite;
//! * `cast(sum(x) as bigint)`, as PostgreSQL sums to numeric; `cast($1 as bigint)` where nothing else tells the type;
//! * `nulls last` or `nulls first` wherever a null may be sorted: the engines differ;
//! * the condition of a partial index stands in the statement as written in the schema, not as a placeholder;
//! * no boolean columns, no dates, no function that only one engine has.
use std::{path::PathBuf, sync::Arc, time::Duration};

use tokio::sync::mpsc;

use crate::{Result, Row, Snapshot, StoreError, Tx, Val, dialect::Engine, lite, migrate, pg, tx::Inner};

/// One registry, in a SQLite file or on PostgreSQL. Cheap to clone.
#[derive(Clone)]
pub enum Db {
    /// An embedded file with one writing thread.
    Lite(Arc<lite::Lite>),
    /// A pool of connections to a primary, and perhaps to a replica.
    Pg(Arc<pg::Pg>),
}

/// How a store is opened. `Default` is right for the server and for tests.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// SQLite: make the file if it is not there. Without it a missing file is refused.
    pub create: bool,
    /// SQLite: reading connections that are kept. More are opened when needed and closed again.
    pub readers: usize,
    /// PostgreSQL: connections to the primary (statements are pipelined, so few carry much), and to the replica.
    pub connections: usize,
    /// PostgreSQL: address of a replica for [`Db::near`].
    pub replica: Option<String>,
    /// How long a writer waits for another writer, a free connection, or a server that is away.
    pub wait: Duration,
    /// PostgreSQL: longest statement.
    pub statement_timeout: Duration,
    /// How long a transaction may sit idle before it is rolled back.
    pub idle_timeout: Duration,
}
impl Default for OpenOptions {
    fn default() -> Self {
        OpenOptions {
            create: false,
            readers: 4,
            connections: 8,
            replica: None,
            wait: Duration::from_secs(10),
            statement_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(5),
        }
    }
}

/// Who goes first when several transactions wait for SQLite's one writer. PostgreSQL runs them side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// A single act that somebody waits for.
    Act,
    /// A chunk of a batch: waits while acts wait. Keep it below 50 ms.
    Batch,
}

/// When what a transaction wrote survives a failure of power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durable {
    /// Once its commit is answered.
    AtCommit,
    /// Once a later commit of the first sort is answered.
    WithTheNext,
}

impl Db {
    /// Opens `sqlite:/path/to/file.db` or `postgres://user@host,host/name`, and compares the migrations in it with
    /// those of this program: an altered or unknown one is refused, a missing one is left to [`Db::migrate`].
    pub async fn open(address: &str, options: OpenOptions) -> Result<Db> {
        let db = Db::connect(address, options).await?;
        migrate::compare(&db, migrate::MIGRATIONS).await?;
        Ok(db)
    }
    /// Opens without looking at what is in there.
    pub(crate) async fn connect(address: &str, options: OpenOptions) -> Result<Db> {
        if let Some(path) = address.strip_prefix("sqlite:") {
            return Ok(Db::Lite(lite::Lite::open(PathBuf::from(path), options)?));
        }
        if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            let pg = pg::Pg::open(address, &options)?;
            pg.greet().await?;
            return Ok(Db::Pg(pg));
        }
        Err(StoreError::Address(
            "地址应以 sqlite: 或 postgres:// 开头，例如 sqlite:/var/lib/fuma/fuma.db，或 postgres://用户@主机/库名".into(),
        ))
    }
    /// Applies the migrations that are missing, each in its own transaction; `now` (µs UTC) is recorded with them.
    /// Any number of processes may call it at once. Returns how many this call applied.
    pub async fn migrate(&self, now: i64) -> Result<usize> {
        migrate::apply(self, migrate::MIGRATIONS, now).await
    }
    pub(crate) fn engine(&self) -> Engine {
        match self {
            Db::Lite(_) => Engine::Lite,
            Db::Pg(_) => Engine::Pg,
        }
    }
    /// The handle for public reads that may lag: the replica if there is one, else this very store. A transaction
    /// begun on a replica fails with [`StoreError::ReadOnly`] at its first write.
    #[must_use]
    pub fn near(&self) -> Db {
        match self {
            Db::Lite(_) => self.clone(),
            Db::Pg(pg) => Db::Pg(pg.near()),
        }
    }
    /// Whether a failover may lose acknowledged writes: PostgreSQL without `synchronous_standby_names` (measured: 1 of
    /// 16,891). To be said in the log at start; the operator's guide says what to do. Never true of SQLite.
    pub async fn commits_alone(&self) -> Result<bool> {
        match self {
            Db::Lite(_) => Ok(false),
            Db::Pg(pg) => pg.commits_alone().await,
        }
    }
    /// Whether two handles are of the same store, so that what one does not find need not be asked of the other.
    #[must_use]
    pub fn is(&self, other: &Db) -> bool {
        match (self, other) {
            (Db::Lite(a), Db::Lite(b)) => Arc::ptr_eq(a, b),
            (Db::Pg(a), Db::Pg(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
    /// All rows of a short select, each turned into `T`. On SQLite it runs at once on the calling thread.
    pub async fn query<T>(
        &self,
        sql: &'static str,
        args: &[Val],
        map: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        #[cfg(any(test, feature = "testing"))]
        crate::testing::note(sql, args);
        match self {
            Db::Lite(lite) => lite.query(sql, args, map),
            Db::Pg(pg) => pg.query(sql, args, map).await,
        }
    }
    /// The first row, if there is one.
    pub async fn query_one<T>(
        &self,
        sql: &'static str,
        args: &[Val],
        map: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.query(sql, args, map).await?.into_iter().next())
    }
    /// A long select, read beside the caller and handed over in chunks. Dropping [`Rows`] stops it. Still keep each
    /// to a range of certificates: a long snapshot lets SQLite's WAL grow and makes replicas lag.
    pub fn stream<T: Send + 'static>(
        &self,
        sql: &'static str,
        args: Vec<Val>,
        map: impl FnMut(&Row<'_>) -> Result<T> + Send + 'static,
    ) -> Rows<T> {
        match self {
            Db::Lite(lite) => lite.stream(sql, args, map),
            Db::Pg(pg) => pg.stream(sql, args, map),
        }
    }
    /// Begins a writing transaction. Dropping it rolls it back.
    pub async fn begin(&self, urgency: Urgency) -> Result<Tx> {
        match self {
            Db::Lite(lite) => Ok(Tx::new(Inner::Lite(lite.begin(urgency, Durable::AtCommit).await?))),
            Db::Pg(pg) => Ok(Tx::new(Inner::Pg(Box::new(pg.begin().await?)))),
        }
    }
    /// Begins one whose commit does not wait for the disk: a failure of power may undo it, but never while a later commit of
    /// [`Db::begin`] stands, as the log is written in order. For rows that mean nothing until such a commit names them.
    pub async fn begin_ahead(&self, urgency: Urgency) -> Result<Tx> {
        match self {
            Db::Lite(lite) => Ok(Tx::new(Inner::Lite(lite.begin(urgency, Durable::WithTheNext).await?))),
            Db::Pg(pg) => Ok(Tx::new(Inner::Pg(Box::new(pg.begin_ahead().await?)))),
        }
    }
}

/// Where a select runs that is needed both outside and inside of transactions.
#[derive(Clone, Copy)]
pub enum Reader<'a> {
    /// Outside: sees what is committed.
    Db(&'a Db),
    /// Inside: sees its own writes too.
    Tx(&'a Tx),
    /// One moment.
    Snapshot(&'a Snapshot),
}
impl<'a> From<&'a Db> for Reader<'a> {
    fn from(db: &'a Db) -> Self {
        Reader::Db(db)
    }
}
impl<'a> From<&'a Tx> for Reader<'a> {
    fn from(tx: &'a Tx) -> Self {
        Reader::Tx(tx)
    }
}
impl<'a> From<&'a Snapshot> for Reader<'a> {
    fn from(snapshot: &'a Snapshot) -> Self {
        Reader::Snapshot(snapshot)
    }
}
impl Reader<'_> {
    /// See [`Db::query`].
    pub async fn query<T>(
        &self,
        sql: &'static str,
        args: &[Val],
        map: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        match self {
            Reader::Db(db) => db.query(sql, args, map).await,
            Reader::Tx(tx) => tx.query(sql, args, map).await,
            Reader::Snapshot(snapshot) => snapshot.query(sql, args, map).await,
        }
    }
    /// See [`Db::query_one`].
    pub async fn query_one<T>(
        &self,
        sql: &'static str,
        args: &[Val],
        map: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.query(sql, args, map).await?.into_iter().next())
    }
}

/// Rows per message of a stream.
pub(crate) const CHUNK: usize = 512;

/// The rows of [`Db::stream`].
pub struct Rows<T> {
    chunks: mpsc::Receiver<Result<Vec<T>>>,
    ready: std::vec::IntoIter<T>,
}
impl<T> Rows<T> {
    pub(crate) fn new(chunks: mpsc::Receiver<Result<Vec<T>>>) -> Self {
        Rows { chunks, ready: Vec::new().into_iter() }
    }
    /// The next row; `None` after the last one.
    pub async fn next(&mut self) -> Result<Option<T>> {
        loop {
            if let Some(row) = self.ready.next() {
                return Ok(Some(row));
            }
            match self.chunks.recv().await {
                Some(chunk) => self.ready = chunk?.into_iter(),
                None => return Ok(None),
            }
        }
    }
}
