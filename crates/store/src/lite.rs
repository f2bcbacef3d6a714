//! The embedded registry: one SQLite file, one thread that writes, readers that run where they are called.
mod conn;
mod copier;
mod readers;
mod writer;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, mpsc},
    time::{Duration, Instant},
};

use conn::{Conn, Role};
use copier::Copier;
use readers::Readers;
use tokio::sync::oneshot;
use writer::{Command, Refused, Writer};

use crate::{
    Kind, OpenOptions, Result, Row, Rows, StoreError, Urgency, Val,
    db::{CHUNK, Durable},
};

/// An open SQLite file. Field order matters: the copier ends when the writer has.
pub struct Lite {
    path: PathBuf,
    writer: Writer,
    _copier: Copier,
    readers: Readers,
    wait: Duration,
}

impl Lite {
    pub(crate) fn open(path: PathBuf, options: OpenOptions) -> Result<Arc<Lite>> {
        let shown = path.display().to_string();
        if shown.is_empty() || shown == ":memory:" {
            return Err(StoreError::Address("sqlite: 之后应写数据文件的路径".into()));
        }
        if !options.create && !path.is_file() {
            return Err(StoreError::Address(format!(
                "数据文件 {shown} 不存在。请检查路径，或先运行 fuma init 建立"
            )));
        }
        let open = |role| {
            Conn::open(&path, role, options.wait).map_err(|error| match error {
                StoreError::Away => {
                    StoreError::Address(format!("无法打开 {shown}，请检查所在目录是否存在、可写"))
                }
                StoreError::Damaged => StoreError::Address(format!("{shown} 不是数据库文件，或已损坏")),
                other => other,
            })
        };
        let mut writer = open(Role::Writer { create: options.create })?;
        let copier = Copier::start(open(Role::Writer { create: false })?, &mut writer)?;
        let readers = Readers::new(open(Role::Reader)?, options.readers);
        let writer = Writer::start(writer, options.idle_timeout)?;
        Ok(Arc::new(Lite { path, writer, _copier: copier, readers, wait: options.wait }))
    }

    pub(crate) fn query<T>(
        &self,
        sql: &'static str,
        args: &[Val],
        map: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.reading(|conn| conn.query(sql, args, map))
    }
    pub(crate) fn stream<T: Send + 'static>(
        self: &Arc<Self>,
        sql: &'static str,
        args: Vec<Val>,
        mut map: impl FnMut(&Row<'_>) -> Result<T> + Send + 'static,
    ) -> Rows<T> {
        let (sender, chunks) = tokio::sync::mpsc::channel(2);
        let this = Arc::clone(self);
        tokio::task::spawn_blocking(move || {
            let mut chunk = Vec::with_capacity(CHUNK);
            let outcome = this.reading(|conn| {
                conn.each(sql, &args, |row| {
                    chunk.push(map(row)?);
                    Ok(chunk.len() < CHUNK
                        || sender
                            .blocking_send(Ok(std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK))))
                            .is_ok())
                })
            });
            let _ = sender.blocking_send(outcome.map(|()| chunk)); // the reader may have left
        });
        Rows::new(chunks)
    }
    /// Runs `work` on a free reader, or on a new one: a reader never waits for another.
    fn reading<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        let mut conn = self.reader()?;
        let outcome = work(&mut conn);
        self.readers.keep(conn, Instant::now());
        outcome
    }
    fn reader(&self) -> Result<Conn> {
        self.readers.take().map_or_else(|| Conn::open(&self.path, Role::Reader, self.wait), Ok)
    }
    /// A reader that sees one moment: the first select takes the locks, the drop leaves them.
    pub(crate) fn snapshot(self: &Arc<Self>) -> Result<LiteSnapshot> {
        let conn = self.reader()?;
        conn.begin_reading()?;
        Ok(LiteSnapshot { conn: Mutex::new(Some(conn)), store: Arc::clone(self) })
    }

    pub(crate) async fn begin(self: &Arc<Self>, urgency: Urgency, durable: Durable) -> Result<LiteTx> {
        let commands = self.writer.begin(urgency, durable).await?;
        Ok(LiteTx { commands, refused: Refused::default(), _store: Arc::clone(self) })
    }
}

/// A reader in a transaction. The lock is never waited for: it makes the connection shareable, nothing more.
pub struct LiteSnapshot {
    /// Present until the drop.
    conn: Mutex<Option<Conn>>,
    store: Arc<Lite>,
}

impl LiteSnapshot {
    pub(crate) fn query<T>(
        &self,
        sql: &'static str,
        args: &[Val],
        map: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut conn = self.conn.lock().unwrap_or_else(PoisonError::into_inner);
        conn.as_mut().ok_or(StoreError::Away)?.query(sql, args, map)
    }
}

impl Drop for LiteSnapshot {
    fn drop(&mut self) {
        let conn = self.conn.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(conn) = conn
            && conn.end_reading().is_ok()
        {
            self.store.readers.keep(conn, Instant::now());
        }
    }
}

/// A transaction on the writing thread. Field order matters: the channel closes (and so rolls back) before the store may.
pub struct LiteTx {
    commands: mpsc::Sender<Command>,
    refused: Refused,
    _store: Arc<Lite>,
}

impl LiteTx {
    pub(crate) async fn query(&self, sql: &'static str, args: &[Val]) -> Result<Vec<Vec<Val>>> {
        let args = args.to_vec();
        self.run(move |conn| conn.owned(sql, &args)).await
    }
    pub(crate) async fn exec(&self, sql: &'static str, args: &[Val]) -> Result<u64> {
        let args = args.to_vec();
        self.run(move |conn| conn.exec_many(sql, [args.as_slice()])).await
    }
    pub(crate) async fn exec_many(&self, sql: &'static str, rows: Vec<Vec<Val>>) -> Result<u64> {
        self.run(move |conn| conn.exec_many(sql, rows.iter().map(Vec::as_slice))).await
    }
    pub(crate) async fn bulk(
        &self,
        table: &'static str,
        columns: &'static [(&'static str, Kind)],
        cells: Vec<Val>,
    ) -> Result<u64> {
        self.run(move |conn| conn.bulk(table, columns, &cells)).await
    }
    /// Does not wait for the answer; whoever comes next gets it if it is a refusal.
    pub(crate) fn bulk_ahead(
        &self,
        table: &'static str,
        columns: &'static [(&'static str, Kind)],
        cells: Vec<Val>,
    ) -> Result<()> {
        let refused = self.refused.clone();
        let work = move |conn: &mut Conn| refused.unless(|| conn.bulk(table, columns, &cells).map(drop));
        self.commands.send(Command::Work(Box::new(work))).map_err(|_| StoreError::Busy)
    }
    pub(crate) async fn script(&self, text: String) -> Result<()> {
        self.run(move |conn| conn.script(&text)).await
    }
    pub(crate) async fn commit(self) -> Result<()> {
        let (reply, answer) = oneshot::channel();
        self.commands.send(Command::Commit(reply, self.refused)).map_err(|_| StoreError::Busy)?;
        answer.await.map_err(|_| StoreError::CommitUnknown)?
    }
    /// Has the thread do `work`. If it no longer listens, the transaction idled for too long and is rolled back.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        let refused = self.refused.clone();
        let work = Box::new(move |conn: &mut Conn| {
            let outcome = refused.take().map_or_else(|| work(conn), Err);
            let _ = reply.send(outcome); // nobody may be waiting any more
        });
        self.commands.send(Command::Work(work)).map_err(|_| StoreError::Busy)?;
        answer.await.map_err(|_| StoreError::Away)?
    }
}
