//! Several writers, a server that goes away, and addresses.
use std::time::{Duration, Instant};

use store::{Db, OpenOptions, StoreError, Urgency, testing};

use super::{COUNT, ITEM, SCHEMA, both, count, put, put_and_commit};

#[tokio::test]
async fn an_idle_transaction_is_ended_and_cannot_commit() {
    both(async |t| {
        let options = OpenOptions { idle_timeout: Duration::from_millis(100), ..OpenOptions::default() };
        let db = testing::open(&t.address, options, SCHEMA).await.unwrap();
        let tx = db.begin(Urgency::Act).await.unwrap();
        put(&tx, 1, "a").await.unwrap();
        tokio::time::sleep(Duration::from_millis(400)).await;
        let error = put(&tx, 2, "b").await.unwrap_err();
        assert!(error.is_transient(), "{error:?}");
        tx.commit().await.unwrap_err();
        put_and_commit(&db, 1, "c").await;
        assert_eq!(count(&db).await, 1);
    })
    .await;
}

#[tokio::test]
async fn acts_go_before_batches() {
    let t = testing::fresh_sqlite(SCHEMA).await.unwrap();
    let held = t.db.begin(Urgency::Act).await.unwrap();
    let (sender, mut order) = tokio::sync::mpsc::unbounded_channel();
    for (id, urgency) in [(1, Urgency::Batch), (2, Urgency::Batch), (3, Urgency::Act), (4, Urgency::Act)] {
        let (db, sender) = (t.db.clone(), sender.clone());
        tokio::spawn(async move {
            let tx = db.begin(urgency).await.unwrap();
            sender.send(id).unwrap();
            tx.commit().await.unwrap();
        });
        tokio::task::yield_now().await;
    }
    drop(held);
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(order.recv().await.unwrap());
    }
    assert_eq!(seen, [3, 4, 1, 2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_write_to_one_store_and_neither_starves() {
    both(async |t| {
        let other = testing::open(&t.address, OpenOptions::default(), SCHEMA).await.unwrap();
        let busy = tokio::spawn(async move {
            let (began, mut id) = (Instant::now(), 1_000_000_i64);
            while began.elapsed() < Duration::from_millis(1_500) {
                let tx = other.begin(Urgency::Batch).await.unwrap();
                for _ in 0..50 {
                    put(&tx, id, &id.to_string()).await.unwrap();
                    id += 1;
                }
                tx.commit().await.unwrap();
            }
            id - 1_000_000
        });
        let (mut longest, mut mine) = (Duration::ZERO, 0);
        while !busy.is_finished() {
            let began = Instant::now();
            put_and_commit(&t.db, mine, &mine.to_string()).await;
            longest = longest.max(began.elapsed());
            mine += 1;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let theirs = busy.await.unwrap();
        eprintln!("{}: {theirs} beside {mine}, longest wait {longest:?}", t.engine);
        assert_eq!(count(&t.db).await, mine + theirs);
        assert!(mine >= 5, "only {mine} acts beside a writer that never rests");
    })
    .await;
}

#[tokio::test]
async fn a_writer_that_waits_too_long_is_told_that_the_store_is_busy() {
    let t = testing::fresh_sqlite(SCHEMA).await.unwrap();
    let options = OpenOptions { wait: Duration::from_millis(50), ..OpenOptions::default() };
    let other = testing::open(&t.address, options, SCHEMA).await.unwrap();
    let _held = t.db.begin(Urgency::Act).await.unwrap();
    assert!(matches!(other.begin(Urgency::Act).await, Err(StoreError::Busy)));
    assert_eq!(count(&other).await, 0);
}

#[tokio::test]
async fn readers_outside_of_a_transaction_cannot_write() {
    let t = testing::fresh_sqlite(SCHEMA).await.unwrap();
    let error =
        t.db.query("insert into item (id, name) values (1, 'a') returning id", &[], |row| row.int(0)).await;
    assert!(matches!(error, Err(StoreError::ReadOnly)), "{error:?}");
}

#[tokio::test]
async fn the_handle_for_lagging_reads_refuses_writes_on_postgres() {
    let t = testing::fresh_postgres(SCHEMA).await.unwrap();
    assert!(t.db.commits_alone().await.unwrap(), "the test server has no replica");
    let options = OpenOptions { replica: Some(t.address.clone()), ..OpenOptions::default() };
    let db = testing::open(&t.address, options, SCHEMA).await.unwrap();
    put_and_commit(&db, 1, "a").await;
    assert_eq!(count(&db.near()).await, 1);
    let tx = db.near().begin(Urgency::Act).await.unwrap();
    assert!(matches!(put(&tx, 2, "b").await, Err(StoreError::ReadOnly)));
}

#[tokio::test]
async fn reads_and_new_transactions_outlive_a_restart_of_the_servers_sessions() {
    let t = testing::fresh_postgres(SCHEMA).await.unwrap();
    let other = testing::open(&t.address, OpenOptions::default(), SCHEMA).await.unwrap();
    let kill = "select count(*) from (select pg_terminate_backend(pid) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid()) as gone";
    put_and_commit(&t.db, 1, "a").await;
    other.query(kill, &[], |row| row.int(0)).await.unwrap();
    assert_eq!(count(&t.db).await, 1);
    other.query(kill, &[], |row| row.int(0)).await.unwrap();
    let tx = t.db.begin(Urgency::Act).await.unwrap();
    put(&tx, 2, "b").await.unwrap();
    other.query(kill, &[], |row| row.int(0)).await.unwrap();
    assert!(matches!(tx.commit().await, Err(StoreError::CommitUnknown)));
    assert_eq!(count(&t.db).await, 1);
}

#[tokio::test]
async fn a_useless_address_is_refused_with_a_hint() {
    for address in [
        "mysql://x",
        "",
        "sqlite:",
        "sqlite::memory:",
        "sqlite:/nowhere/at/all.db",
        "postgres://host:port/name",
    ] {
        match Db::open(address, OpenOptions::default()).await {
            Err(StoreError::Address(hint)) => assert!(!hint.is_empty()),
            Err(other) => panic!("{address}: {other:?}"),
            Ok(_) => panic!("{address} was opened"),
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("not.db");
    std::fs::write(&path, "这不是数据库文件".repeat(200)).unwrap();
    let error = Db::open(&format!("sqlite:{}", path.display()), OpenOptions::default()).await.err().unwrap();
    assert!(matches!(error, StoreError::Address(_)), "{error:?}");
}

#[tokio::test]
async fn a_database_or_user_that_is_not_there_is_told_from_a_server_that_is_away() {
    let t = testing::fresh_postgres(SCHEMA).await.unwrap();
    let error = Db::open(&format!("{}_not", t.address), OpenOptions::default()).await.err().unwrap();
    assert!(matches!(error, StoreError::Address(_)), "{error:?}");
    let options = OpenOptions { wait: Duration::from_millis(50), ..OpenOptions::default() };
    let error = Db::open("postgres://nobody@%2Fnowhere/name", options).await.err().unwrap();
    assert!(matches!(error, StoreError::Away), "{error:?}");
}

#[test]
fn handles_and_futures_may_cross_threads() {
    fn sends<T: Send>(_: &T) {}
    async fn act(db: Db) -> store::Result<i64> {
        let tx = db.begin(Urgency::Act).await?;
        tx.bulk("item", ITEM, vec![]).await?;
        let found = tx.query_one(COUNT, &[], |row| row.int(0)).await?;
        db.stream(COUNT, vec![], |row| row.int(0)).next().await?;
        db.query(COUNT, &[], |row| row.int(0)).await?;
        tx.commit().await?;
        Ok(found.unwrap_or_default())
    }
    let folder = tempfile::tempdir().unwrap();
    let address = format!("sqlite:{}", folder.path().join("a.db").display());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let options = OpenOptions { create: true, ..OpenOptions::default() };
    let db = runtime.block_on(Db::open(&address, options)).unwrap();
    sends(&act(db));
}

#[tokio::test]
async fn a_snapshot_is_one_moment_and_writes_nothing() {
    both(async |t| {
        put_and_commit(&t.db, 1, "a").await;
        let seen = t.db.snapshot().await.unwrap();
        assert_eq!(count(&seen).await, 1);
        put_and_commit(&t.db, 2, "b").await;
        assert_eq!((count(&seen).await, count(&t.db).await), (1, 2));
        let later = t.db.snapshot().await.unwrap();
        assert_eq!(count(&later).await, 2);
        drop(seen);
        drop(later);
        assert_eq!(count(&t.db.snapshot().await.unwrap()).await, 2);
        let seen = t.db.snapshot().await.unwrap();
        let write = "insert into item (id, name) values (3, 'c') returning id";
        assert!(seen.query(write, &[], |row| row.int(0)).await.is_err());
        drop(seen);
        assert_eq!(count(&t.db.snapshot().await.unwrap()).await, 2);
    })
    .await;
}
