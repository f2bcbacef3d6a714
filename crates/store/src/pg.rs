//! PostgreSQL: pools of connections to a primary and perhaps a replica.
//!
//! Connections are not encrypted yet: use a Unix socket, loopback, or a tunnel.
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use futures_util::{StreamExt, future::try_join_all};
use tokio::time::{Instant, sleep};
use tokio_postgres::{
    CopyInSink, NoTls,
    binary_copy::BinaryCopyInWriter,
    config::TargetSessionAttrs,
    types::{IsNull, ToSql, Type, to_sql_checked},
};

use crate::{
    Kind, OpenOptions, Result, Row, Rows, StoreError, Val,
    db::CHUNK,
    dialect::{self, Engine},
};

/// Connections to one server, or to the one of several hosts that takes writes.
pub struct Pg {
    pool: Pool,
    replica: Option<Arc<Pg>>,
    patience: Duration,
    growth: Arc<Growth>,
}

impl Pg {
    pub(crate) fn open(address: &str, options: &OpenOptions) -> Result<Arc<Pg>> {
        let replica = match &options.replica {
            Some(address) => {
                let pool = pool(address, options, true)?;
                Some(Arc::new(Pg::of(pool, None, options)))
            }
            None => None,
        };
        Ok(Arc::new(Pg::of(pool(address, options, false)?, replica, options)))
    }
    fn of(pool: Pool, replica: Option<Arc<Pg>>, options: &OpenOptions) -> Pg {
        let growth = Arc::new(Growth { pool: pool.clone(), tables: Mutex::default() });
        Pg { pool, replica, patience: options.wait.min(AWAY), growth }
    }
    /// Whether the server is there, lets us in, and can hold Chinese text.
    pub(crate) async fn greet(&self) -> Result<()> {
        let encoding =
            self.query("select current_setting('server_encoding')", &[], |row| Ok(row.text(0)? == "UTF8"));
        match encoding.await?.first() {
            Some(true) => Ok(()),
            _ => Err(StoreError::Address("该库的字符编码不是 UTF8。请用 UTF8 编码重新建库".into())),
        }
    }
    /// Whether a failover may lose what was acknowledged: nobody must confirm a commit but the primary itself.
    pub(crate) async fn commits_alone(&self) -> Result<bool> {
        let sql = "select current_setting('synchronous_standby_names') = ''";
        Ok(self.query(sql, &[], |row| row.bool(0)).await?.contains(&true))
    }
    /// Runs what may stand in no transaction (`vacuum`), or is meant for a connection and not for one (`set`).
    pub(crate) async fn bare(&self, text: &str) -> Result<()> {
        Ok(self.client().await?.batch_execute(text).await?)
    }
    pub(crate) fn near(self: &Arc<Self>) -> Arc<Pg> {
        self.replica.as_ref().unwrap_or(self).clone()
    }

    /// A select changes nothing, so it is asked again when a connection turns out to be dead.
    pub(crate) async fn query<T>(
        &self,
        sql: &'static str,
        args: &[Val],
        mut map: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut tries = 0;
        loop {
            let client = self.client().await?;
            match select(&client, sql, args).await {
                Ok(rows) => return rows.iter().map(|row| map(&Row::pg(row, sql))).collect(),
                Err(StoreError::Away) if tries < 2 => tries += 1,
                Err(error) => return Err(error),
            }
            drop(Object::take(client));
        }
    }
    pub(crate) fn stream<T: Send + 'static>(
        self: &Arc<Self>,
        sql: &'static str,
        args: Vec<Val>,
        mut map: impl FnMut(&Row<'_>) -> Result<T> + Send + 'static,
    ) -> Rows<T> {
        let (sender, chunks) = tokio::sync::mpsc::channel(2);
        let this = Arc::clone(self);
        tokio::spawn(async move {
            let outcome = this.feed(sql, &args, |row| map(row), &sender).await;
            if let Err(error) = outcome {
                let _ = sender.send(Err(error)).await; // the reader may have left
            }
        });
        Rows::new(chunks)
    }
    async fn feed<T>(
        &self,
        sql: &'static str,
        args: &[Val],
        mut map: impl FnMut(&Row<'_>) -> Result<T>,
        sender: &tokio::sync::mpsc::Sender<Result<Vec<T>>>,
    ) -> Result<()> {
        let client = self.client().await?;
        let statement = client.prepare_cached(&dialect::pg_sql(sql)).await?;
        let mut rows = std::pin::pin!(client.query_raw(&statement, args).await?.ready_chunks(CHUNK));
        while let Some(ready) = rows.next().await {
            let chunk = ready.into_iter().map(|row| map(&Row::pg(&row?, sql))).collect::<Result<_>>();
            let broken = chunk.is_err();
            if sender.send(chunk).await.is_err() || broken {
                // Nobody wants the rest, or it cannot be read: stop the server instead of draining it.
                let _ = client.cancel_token().cancel_query(NoTls).await;
                drop(Object::take(client));
                break;
            }
        }
        Ok(())
    }

    pub(crate) async fn begin(&self) -> Result<PgTx> {
        self.begin_with("begin isolation level read committed").await
    }
    /// One whose commit is not waited for: the log is flushed in order, so a later commit that is waited for takes it along.
    pub(crate) async fn begin_ahead(&self) -> Result<PgTx> {
        self.begin_with("begin isolation level read committed; set local synchronous_commit = off").await
    }
    /// A transaction that sees one moment and writes nothing.
    pub(crate) async fn snapshot(&self) -> Result<PgTx> {
        self.begin_with("begin isolation level repeatable read, read only").await
    }
    async fn begin_with(&self, begin: &str) -> Result<PgTx> {
        let mut tries = 0;
        loop {
            let client = self.client().await?;
            match client.batch_execute(begin).await.map_err(StoreError::from) {
                Ok(()) => return Ok(PgTx::new(client, Arc::clone(&self.growth))),
                Err(StoreError::Away) if tries < 2 => tries += 1,
                Err(error) => return Err(error),
            }
            drop(Object::take(client));
        }
    }
    /// A connection; while the server is away, tries again with growing pauses.
    async fn client(&self) -> Result<Object> {
        let (until, mut pause) = (Instant::now() + self.patience, Duration::from_millis(20));
        loop {
            match self.pool.get().await.map_err(StoreError::from) {
                Err(StoreError::Away) if Instant::now() < until => sleep(pause).await,
                other => return other,
            }
            pause = (pause * 2).min(Duration::from_millis(500));
        }
    }
}

/// Rows that go in as statements, in one exchange with the server; COPY takes less for each row but three exchanges.
const FEW: usize = 32;

/// How long a request waits for a server that is away. A scan should rather say so than hang.
const AWAY: Duration = Duration::from_secs(3);

fn pool(address: &str, options: &OpenOptions, replica: bool) -> Result<Pool> {
    let mut config: tokio_postgres::Config = address.parse().map_err(|_| {
        StoreError::Address("PostgreSQL 地址写法有误，应形如 postgres://用户:口令@主机:5432/库名".into())
    })?;
    let mut settings = config.get_options().unwrap_or_default().to_owned();
    for (name, value) in [
        ("statement_timeout", options.statement_timeout),
        ("lock_timeout", options.wait),
        ("idle_in_transaction_session_timeout", options.idle_timeout),
    ] {
        settings.push_str(&format!(" -c {name}={}", value.as_millis()));
    }
    if replica {
        // Promotion would turn the sessions of a replica into writers.
        settings.push_str(" -c default_transaction_read_only=on");
    } else if config.get_target_session_attrs() == TargetSessionAttrs::Any {
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
    }
    config.options(settings);
    if config.get_application_name().is_none() {
        config.application_name("fuma");
    }
    let connect = Duration::from_secs(5);
    config.connect_timeout(connect);
    let manager =
        Manager::from_config(config, NoTls, ManagerConfig { recycling_method: RecyclingMethod::Fast });
    Pool::builder(manager)
        .max_size(options.connections)
        .wait_timeout(Some(options.wait))
        .create_timeout(Some(connect))
        .runtime(Runtime::Tokio1)
        .build()
        .map_err(StoreError::engine)
}

async fn select(client: &Object, sql: &'static str, args: &[Val]) -> Result<Vec<tokio_postgres::Row>> {
    let statement = client.prepare_cached(&dialect::pg_sql(sql)).await?;
    Ok(client.query(&statement, &refs(args)).await?)
}
fn refs(args: &[Val]) -> Vec<&(dyn ToSql + Sync)> {
    args.iter().map(|it| it as _).collect()
}

/// Tables that grow, so that the server plans for the rows that are there.
///
/// It looks at its tables once a minute, and a statement that was planned for an empty table stays so planned until then:
/// a province's first import would read whole tables for every chunk.
struct Growth {
    pool: Pool,
    /// Rows that this process has put in, and with how many the table is looked at next.
    tables: Mutex<HashMap<&'static str, (u64, u64)>>,
}

impl Growth {
    /// Rows with which a table is looked at for the first time; then each time that they have doubled.
    const FIRST: u64 = 1_000;

    /// Takes note of committed rows; beside the caller, the server looks at the tables that have grown much.
    fn note(&self, rows: Vec<(&'static str, u64)>) {
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        let mut due = Vec::new();
        for (table, many) in rows {
            let (so_far, next) = tables.entry(table).or_insert((0, Growth::FIRST));
            *so_far += many;
            if *so_far >= *next {
                *next = *so_far * 2;
                due.push(table);
            }
        }
        drop(tables);
        if due.is_empty() {
            return;
        }
        let pool = self.pool.clone();
        tokio::spawn(async move {
            // Nothing depends on it but speed; the server does it by itself in the end.
            if let Ok(client) = pool.get().await {
                let _ = client.batch_execute(&format!("analyze {}", due.join(", "))).await;
            }
        });
    }
}

/// A transaction on a connection of its own.
pub struct PgTx {
    /// Present until commit or drop.
    client: Option<Object>,
    growth: Arc<Growth>,
    grown: Mutex<Vec<(&'static str, u64)>>,
}

impl PgTx {
    fn new(client: Object, growth: Arc<Growth>) -> PgTx {
        PgTx { client: Some(client), growth, grown: Mutex::default() }
    }
    fn client(&self) -> Result<&Object> {
        self.client.as_ref().ok_or(StoreError::Away)
    }
    pub(crate) async fn query(&self, sql: &'static str, args: &[Val]) -> Result<Vec<tokio_postgres::Row>> {
        select(self.client()?, sql, args).await
    }
    pub(crate) async fn exec(&self, sql: &'static str, args: &[Val]) -> Result<u64> {
        let client = self.client()?;
        let statement = client.prepare_cached(&dialect::pg_sql(sql)).await?;
        Ok(client.execute(&statement, &refs(args)).await?)
    }
    pub(crate) async fn exec_many(&self, sql: &'static str, rows: Vec<Vec<Val>>) -> Result<u64> {
        self.run_many(&dialect::pg_sql(sql), rows.iter().map(Vec::as_slice)).await
    }
    /// Sends a statement once per row, one behind the other, without waiting for each answer.
    async fn run_many<'v>(&self, sql: &str, rows: impl Iterator<Item = &'v [Val]>) -> Result<u64> {
        let client = self.client()?;
        let statement = client.prepare_cached(sql).await?;
        let (mut rows, mut changed) = (rows.peekable(), 0);
        while rows.peek().is_some() {
            let sent = rows.by_ref().take(CHUNK).map(|args| client.execute_raw(&statement, args));
            changed += try_join_all(sent).await?.iter().sum::<u64>();
        }
        Ok(changed)
    }
    pub(crate) async fn bulk(
        &self,
        table: &'static str,
        columns: &[(&str, Kind)],
        cells: &[Val],
    ) -> Result<u64> {
        let rows = cells.chunks_exact(columns.len());
        self.grown.lock().unwrap_or_else(PoisonError::into_inner).push((table, rows.len() as u64));
        if rows.len() <= FEW {
            return self.run_many(&dialect::insert(Engine::Pg, table, columns), rows).await;
        }
        let client = self.client()?;
        let statement = client.prepare_cached(&dialect::pg_copy(table, columns)).await?;
        let sink: CopyInSink<Bytes> = client.copy_in(&statement).await?;
        let types: Vec<Type> = columns.iter().map(|it| column_type(it.1)).collect();
        let mut writer = std::pin::pin!(BinaryCopyInWriter::new(sink, &types));
        for row in rows {
            writer.as_mut().write_raw(row).await?;
        }
        Ok(writer.finish().await?)
    }
    pub(crate) async fn script(&self, text: &str) -> Result<()> {
        Ok(self.client()?.batch_execute(text).await?)
    }
    /// If the connection breaks before the answer, nobody knows; every answer of the server itself is sure, except
    /// that it was told to stop.
    pub(crate) async fn commit(mut self) -> Result<()> {
        let client = self.client.take().ok_or(StoreError::Away)?;
        let outcome = client.batch_execute("commit").await.map_err(|error| match StoreError::from(error) {
            StoreError::Away => StoreError::CommitUnknown,
            other => other,
        });
        match outcome {
            Ok(()) => self.growth.note(self.grown.get_mut().map(std::mem::take).unwrap_or_default()),
            Err(_) => drop(Object::take(client)),
        }
        outcome
    }
}

impl Drop for PgTx {
    /// The connection goes back to the pool when the rollback was answered, or is closed, which rolls back too.
    fn drop(&mut self) {
        let Some(client) = self.client.take() else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return drop(Object::take(client)) };
        runtime.spawn(async move {
            if client.batch_execute("rollback").await.is_err() {
                drop(Object::take(client));
            }
        });
    }
}

fn column_type(kind: Kind) -> Type {
    match kind {
        Kind::Int => Type::INT8,
        Kind::Text => Type::TEXT,
        Kind::Blob => Type::BYTEA,
    }
}

type Encoded = std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>>;
impl ToSql for Val {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Encoded {
        match (self, kind) {
            (Val::Null, _) => Ok(IsNull::Yes),
            (Val::Int(it), &Type::INT8) => it.to_sql(kind, out),
            (Val::Int(it), &Type::INT4) => i32::try_from(*it)?.to_sql(kind, out),
            (Val::Text(it), _) if <String as ToSql>::accepts(kind) => it.to_sql(kind, out),
            (Val::Blob(it), &Type::BYTEA) => it.to_sql(kind, out),
            (Val::Ints(it), &Type::INT8_ARRAY) => it.to_sql(kind, out),
            (Val::Texts(it), &Type::TEXT_ARRAY) => it.to_sql(kind, out),
            (Val::Blobs(it), &Type::BYTEA_ARRAY) => it.to_sql(kind, out),
            _ => Err(format!("the statement wants {kind}, another kind of value was given").into()),
        }
    }
    fn accepts(_: &Type) -> bool {
        true
    }
    to_sql_checked!();
}
