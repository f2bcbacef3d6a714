//! Fresh databases for tests, on both engines. PostgreSQL must run: nothing is skipped.
//!
//! `FUMA_TEST_PG` is the address of a throw-away server in the form `postgres://user@host/postgres`, by a user who may
//! create databases; `scripts/pg-test` starts one. The databases are not dropped: the server is.
use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use tempfile::TempDir;
use tokio::sync::Mutex;

use crate::{Db, Migration, OpenOptions, Result, StoreError, Val, migrate};

/// A migrated database of its own for one test.
pub struct TestDb {
    /// The open store.
    pub db: Db,
    /// Its address, to open it once more.
    pub address: String,
    /// `sqlite` or `postgres`, for messages.
    pub engine: &'static str,
    _folder: Option<TempDir>,
}

/// What the tests record as the instant of a migration.
pub const MIGRATED_AT: i64 = 1_700_000_000_000_000;

/// Runs `test` on SQLite, then on PostgreSQL, each time with a fresh store of the program's own schema.
pub async fn on_both(test: impl AsyncFn(TestDb)) {
    on_both_with(migrate::MIGRATIONS, test).await;
}
/// The same with another schema.
pub async fn on_both_with(list: &'static [Migration], test: impl AsyncFn(TestDb)) {
    eprintln!("on sqlite");
    test(fresh_sqlite(list).await.expect("a fresh SQLite store")).await;
    eprintln!("on postgres");
    test(fresh_postgres(list).await.expect("a fresh PostgreSQL store")).await;
}

/// A fresh SQLite store.
pub async fn fresh_sqlite(list: &'static [Migration]) -> Result<TestDb> {
    let folder = tempfile::tempdir().map_err(StoreError::engine)?;
    let address = format!("sqlite:{}", folder.path().join("test.db").display());
    let db = open(&address, OpenOptions::default(), list).await?;
    Ok(TestDb { db, address, engine: "sqlite", _folder: Some(folder) })
}

/// A fresh PostgreSQL store: a copy of a database that this process migrated once.
pub async fn fresh_postgres(list: &'static [Migration]) -> Result<TestDb> {
    static TEMPLATES: Mutex<Option<HashMap<usize, String>>> = Mutex::const_new(None);
    let server = server();
    let mut templates = TEMPLATES.lock().await;
    let templates = templates.get_or_insert_default();
    let template = match templates.get(&(list.as_ptr() as usize)) {
        Some(name) => name.clone(),
        None => {
            let name = fresh_name();
            run(&server, &format!("create database {name} template template0")).await?;
            open(&at(&server, &name), OpenOptions::default(), list).await?;
            templates.insert(list.as_ptr() as usize, name.clone());
            name
        }
    };
    let name = fresh_name();
    run(&server, &format!("create database {name} template {template}")).await?;
    let address = at(&server, &name);
    let db = Db::connect(&address, few()).await?;
    Ok(TestDb { db, address, engine: "postgres", _folder: None })
}

/// Opens a store with a schema other than the program's own.
pub async fn open(address: &str, options: OpenOptions, list: &'static [Migration]) -> Result<Db> {
    let db =
        Db::connect(address, OpenOptions { create: true, connections: few().connections, ..options }).await?;
    migrate::apply(&db, list, MIGRATED_AT).await?;
    Ok(db)
}

thread_local! {
    /// What [`statements`] gathers while it runs.
    static STATEMENTS: RefCell<Option<Statements>> = const { RefCell::new(None) };
}
/// Statements, each with the arguments of its last use.
pub type Statements = BTreeMap<&'static str, Vec<Val>>;
/// The statements that `work` sends from this thread, so that a test can ask the engine how it runs them. Bulk inserts
/// are left out: they have no plan.
pub async fn statements(work: impl AsyncFnOnce()) -> Statements {
    STATEMENTS.with_borrow_mut(|it| *it = Some(Statements::new()));
    work().await;
    STATEMENTS.take().unwrap_or_default()
}
pub(crate) fn note(sql: &'static str, args: &[Val]) {
    STATEMENTS.with_borrow_mut(|it| it.as_mut().map(|all| all.insert(sql, args.to_vec())));
}

/// Many tests run at once, and a server takes 100 connections.
fn few() -> OpenOptions {
    OpenOptions { connections: 4, ..OpenOptions::default() }
}
fn server() -> String {
    std::env::var("FUMA_TEST_PG").expect(
        "FUMA_TEST_PG is not set: tests run on SQLite and on PostgreSQL. Run ./test, or scripts/pg-test cargo test …",
    )
}
fn fresh_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("fuma_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}
/// The address of another database on the same server.
fn at(server: &str, name: &str) -> String {
    let (place, query) =
        server.split_once('?').map_or((server, String::new()), |(it, q)| (it, format!("?{q}")));
    let (host, _) = place.rsplit_once('/').expect("FUMA_TEST_PG ends in /postgres");
    format!("{host}/{name}{query}")
}
/// Runs one statement outside of any transaction. A template may still be closing its last connection.
async fn run(server: &str, sql: &str) -> Result<()> {
    let (client, connection) = tokio_postgres::connect(server, tokio_postgres::NoTls).await?;
    let connection = tokio::spawn(connection);
    let mut outcome = client.batch_execute(sql).await;
    for _ in 0..100 {
        if !matches!(&outcome, Err(error) if error.code() == Some(&tokio_postgres::error::SqlState::OBJECT_IN_USE))
        {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        outcome = client.batch_execute(sql).await;
    }
    drop(client);
    let _ = connection.await; // closing is all that is wanted
    Ok(outcome?)
}
