//! What both engines must do alike: the contract of the access layer.#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

use std::time::{Duration, Instant};

use store::{
    Db, Kind, Migration, OpenOptions, Reader, StoreError, Tx, Urgency, Val,
    testing::{self, TestDb, on_both_with},
};

const SCHEMA: &[Migration] = &[Migration {
    version: 1,
    name: "access",
    text: "create table item (id {int} primary key, name {text} not null unique, note {text}, raw {blob}){strict};
           create table pair (a {int} not null, b {int} not null references item, primary key (a, b)){strict}{without_rowid};
           create table wide (a {int}, b {int}, c {int}, d {int}, e {text}, f {text}, g {text}, h {text}, i {blob}, j {int},
               k {int}){strict};",
}];
const PUT: &str = "insert into item (id, name, note, raw) values ($1, $2, $3, $4)";
const COUNT: &str = "select count(*) from item";

async fn both(test: impl AsyncFn(TestDb)) {
    on_both_with(SCHEMA, test).await;
}
async fn put(tx: &Tx, id: i64, name: &str) -> Result<u64, StoreError> {
    tx.exec(PUT, &[id.into(), name.into(), Val::Null, Val::Null]).await
}
async fn put_and_commit(db: &Db, id: i64, name: &str) {
    let tx = db.begin(Urgency::Act).await.unwrap();
    put(&tx, id, name).await.unwrap();
    tx.commit().await.unwrap();
}
async fn count<'a>(from: impl Into<Reader<'a>>) -> i64 {
    from.into().query_one(COUNT, &[], |row| row.int(0)).await.unwrap().unwrap()
}

#[tokio::test]
async fn placeholders_may_stand_in_any_order_and_more_than_once() {
    both(async |t| {
        let sql = "select cast($2 as bigint), cast($1 as text), cast($2 as bigint), '$1 = any($2)'";
        let read = |row: &store::Row<'_>| {
            Ok((row.int(0)?, row.text(1)?.to_owned(), row.int(2)?, row.text(3)?.to_owned()))
        };
        let expected = (7, "seven".to_owned(), 7, "$1 = any($2)".to_owned());
        let args = [Val::from("seven"), Val::from(7)];
        assert_eq!(t.db.query_one(sql, &args, read).await.unwrap().unwrap(), expected);
        let tx = t.db.begin(Urgency::Act).await.unwrap();
        assert_eq!(tx.query_one(sql, &args, read).await.unwrap().unwrap(), expected);
    })
    .await;
}

#[tokio::test]
async fn values_come_back_as_they_went_in_and_null_stays_null() {
    both(async |t| {
        let tx = t.db.begin(Urgency::Act).await.unwrap();
        let raw: &[u8] = &[0, 255, 7];
        tx.exec(PUT, &[1.into(), "𠮷检测".into(), None::<&str>.into(), raw.into()]).await.unwrap();
        tx.exec(PUT, &[i64::MIN.into(), "".into(), Some("有").into(), Val::Null]).await.unwrap();
        tx.commit().await.unwrap();
        let rows = t.db.query("select id, name, note, raw, id = 1 from item order by id", &[], |row| {
            let (note, raw) = (row.opt_text(2)?.map(str::to_owned), row.opt_blob(3)?.map(<[u8]>::to_vec));
            Ok((row.int(0)?, row.text(1)?.to_owned(), note, raw, row.bool(4)?))
        });
        let expected = vec![
            (i64::MIN, String::new(), Some("有".to_owned()), None, false),
            (1, "𠮷检测".to_owned(), None, Some(raw.to_vec()), true),
        ];
        assert_eq!(rows.await.unwrap(), expected);
    })
    .await;
}

#[tokio::test]
async fn an_unexpected_cell_names_statement_and_column_but_shows_no_sql() {
    both(async |t| {
        put_and_commit(&t.db, 1, "a").await;
        let sql = "select id, note from item";
        for error in [
            t.db.query(sql, &[], |row| row.text(1).map(drop)).await.unwrap_err(),
            t.db.query(sql, &[], |row| row.int(1)).await.unwrap_err(),
            t.db.query(sql, &[], |row| Err::<(), _>(row.broken(1, "示例"))).await.unwrap_err(),
            t.db.begin(Urgency::Act).await.unwrap().query(sql, &[], |row| row.int(1)).await.unwrap_err(),
        ] {
            assert!(
                matches!(&error, StoreError::Broken { statement, column: 1, .. } if *statement == sql),
                "{error:?}"
            );
            assert!(
                !error.to_string().contains("select") && error.to_string().contains("第 2 列"),
                "{error}"
            );
        }
        let wrong_type = t.db.query(sql, &[], |row| row.text(0).map(drop)).await.unwrap_err();
        assert!(matches!(wrong_type, StoreError::Broken { column: 0, .. }), "{wrong_type:?}");
        let no_column = t.db.query(sql, &[], |row| row.int(9)).await.unwrap_err();
        assert!(matches!(no_column, StoreError::Broken { column: 9, .. }), "{no_column:?}");
    })
    .await;
}

#[tokio::test]
async fn the_wrong_number_of_values_is_refused() {
    both(async |t| {
        for args in [&[][..], &[Val::Int(1), Val::Int(2)]] {
            t.db.query("select id from item where id = $1", args, |row| row.int(0)).await.unwrap_err();
        }
    })
    .await;
}

#[tokio::test]
async fn a_list_is_one_value() {
    both(async |t| {
        let tx = t.db.begin(Urgency::Act).await.unwrap();
        for (id, name) in [(1, "a"), (2, "b"), (3, "c")] {
            tx.exec(PUT, &[id.into(), name.into(), Val::Null, [id as u8; 2].into()]).await.unwrap();
        }
        tx.commit().await.unwrap();
        for (sql, list) in [
            ("select id from item where id = any($1) order by id", Val::from(vec![3_i64, 1, 9])),
            (
                "select id from item where name = any($1) order by id",
                vec!["c".to_owned(), "a".to_owned()].into(),
            ),
            ("select id from item where raw = any($1) order by id", vec![vec![3_u8, 3], vec![1, 1]].into()),
        ] {
            assert_eq!(t.db.query(sql, &[list], |row| row.int(0)).await.unwrap(), [1, 3]);
        }
        let none = [Val::Ints(vec![])];
        let none = t.db.query("select id from item where id = any($1)", &none, |row| row.int(0));
        assert!(none.await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn text_sorts_by_its_bytes_and_like_minds_case() {
    both(async |t| {
        for (id, name) in [(1, "b"), (2, "B"), (3, "a"), (4, "中"), (5, "_")] {
            put_and_commit(&t.db, id, name).await;
        }
        let sorted =
            t.db.query("select name from item order by name", &[], |row| Ok(row.text(0)?.to_owned()));
        assert_eq!(sorted.await.unwrap(), ["B", "_", "a", "b", "中"]);
        let like = t.db.query("select id from item where name like 'B%'", &[], |row| row.int(0));
        assert_eq!(like.await.unwrap(), [2]);
    })
    .await;
}

#[tokio::test]
async fn text_with_nul_is_refused() {
    both(async |t| {
        let tx = t.db.begin(Urgency::Act).await.unwrap();
        let error = put(&tx, 1, "a\0b").await.unwrap_err();
        assert!(matches!(error, StoreError::Refused { .. }), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn a_transaction_sees_its_writes_and_others_see_them_after_commit() {
    both(async |t| {
        let tx = t.db.begin(Urgency::Act).await.unwrap();
        put(&tx, 1, "a").await.unwrap();
        assert_eq!((count(&tx).await, count(&t.db).await), (1, 0));
        tx.commit().await.unwrap();
        assert_eq!(count(&t.db).await, 1);
    })
    .await;
}

#[tokio::test]
async fn dropping_a_transaction_rolls_it_back_and_frees_the_writer() {
    both(async |t| {
        for _ in 0..20 {
            let tx = t.db.begin(Urgency::Act).await.unwrap();
            put(&tx, 1, "a").await.unwrap();
        }
        put_and_commit(&t.db, 1, "b").await;
        assert_eq!(count(&t.db).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_future_dropped_in_the_middle_of_a_transaction_leaves_nothing() {
    both(async |t| {
        let db = t.db.clone();
        let act = tokio::spawn(async move {
            let tx = db.begin(Urgency::Act).await.unwrap();
            for id in 0.. {
                put(&tx, id, &id.to_string()).await.unwrap();
            }
        });
        tokio::time::sleep(Duration::from_millis(30)).await;
        act.abort();
        assert!(act.await.unwrap_err().is_cancelled());
        put_and_commit(&t.db, 1, "a").await;
        assert_eq!(count(&t.db).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_transaction_whose_statement_failed_or_was_left_cannot_commit() {
    both(async |t| {
        let tx = t.db.begin(Urgency::Act).await.unwrap();
        put(&tx, 1, "a").await.unwrap();
        put(&tx, 1, "b").await.unwrap_err();
        put(&tx, 2, "c").await.unwrap_err();
        tx.commit().await.unwrap_err();

        let tx = t.db.begin(Urgency::Act).await.unwrap();
        {
            let mut left = std::pin::pin!(put(&tx, 1, "a"));
            let polled = left.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop()));
            assert!(polled.is_pending());
        }
        tx.commit().await.unwrap_err();
        assert_eq!(count(&t.db).await, 0);
    })
    .await;
}

#[tokio::test]
async fn exec_one_tells_when_somebody_was_faster_and_the_transaction_goes_on() {
    both(async |t| {
        let tx = t.db.begin(Urgency::Act).await.unwrap();
        put(&tx, 1, "a").await.unwrap();
        let sql = "update item set note = $2 where id = $1";
        tx.exec_one(sql, &[1.into(), "x".into()]).await.unwrap();
        assert!(matches!(tx.exec_one(sql, &[2.into(), "x".into()]).await, Err(StoreError::Conflict)));
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_second_row_for_a_key_names_the_columns_alike_on_both_engines() {
    both(async |t| {
        put_and_commit(&t.db, 1, "a").await;
        let tx = t.db.begin(Urgency::Act).await.unwrap();
        let error = put(&tx, 2, "a").await.unwrap_err();
        assert!(error.is_unique_on("item", &["name"]) && !error.is_unique_on("item", &["id"]), "{error:?}");
        drop(tx); // a transaction that failed still holds the writer
        let tx = t.db.begin(Urgency::Act).await.unwrap();
        let error =
            tx.exec("insert into pair (a, b) values ($1, $1), ($1, $1)", &[1.into()]).await.unwrap_err();
        assert!(error.is_unique_on("pair", &["a", "b"]), "{error:?}");
        drop(tx); // a transaction that failed still holds the writer
        let tx = t.db.begin(Urgency::Act).await.unwrap();
        let error = tx.bulk("item", ITEM, vec![3.into(), "a".into()]).await.unwrap_err();
        assert!(error.is_unique_on("item", &["name"]), "{error:?}");
    })
    .await;
}
const ITEM: &[(&str, Kind)] = &[("id", Kind::Int), ("name", Kind::Text)];

#[tokio::test]
async fn a_broken_foreign_key_or_a_missing_value_is_refused() {
    both(async |t| {
        let tx = t.db.begin(Urgency::Act).await.unwrap();
        let error = tx.exec("insert into pair (a, b) values (1, 404)", &[]).await.unwrap_err();
        assert!(matches!(error, StoreError::Refused { .. }), "{error:?}");
        drop(tx); // a transaction that failed still holds the writer
        let tx = t.db.begin(Urgency::Act).await.unwrap();
        let error = tx.exec(PUT, &[1.into(), Val::Null, Val::Null, Val::Null]).await.unwrap_err();
        assert!(matches!(error, StoreError::Refused { .. }), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn bulk_inserts_every_row_or_none() {
    both(async |t| {
        let tx = t.db.begin(Urgency::Batch).await.unwrap();
        let cells = (0..10_000_i64).flat_map(|id| [id.into(), format!("n{id}").into()]).collect();
        assert_eq!(tx.bulk("item", ITEM, cells).await.unwrap(), 10_000);
        assert_eq!(tx.bulk("item", ITEM, vec![]).await.unwrap(), 0);
        tx.commit().await.unwrap();
        let tx = t.db.begin(Urgency::Batch).await.unwrap();
        tx.bulk("item", ITEM, vec![10_000.into()]).await.unwrap_err();
        assert_eq!(count(&t.db).await, 10_000);
    })
    .await;
}

#[tokio::test]
async fn exec_many_runs_an_upsert_once_per_row() {
    both(async |t| {
        let tx = t.db.begin(Urgency::Act).await.unwrap();
        let sql =
            "insert into item (id, name) values ($1, $2) on conflict (name) do update set note = 'twice'";
        let rows = (0..2_000_i64).map(|id| vec![id.into(), format!("n{}", id % 1_500).into()]).collect();
        assert_eq!(tx.exec_many(sql, rows).await.unwrap(), 2_000);
        tx.commit().await.unwrap();
        let twice = t.db.query_one("select count(*) from item where note = 'twice'", &[], |row| row.int(0));
        assert_eq!(twice.await.unwrap(), Some(500));
    })
    .await;
}

#[tokio::test]
async fn locking_words_and_positions_work_on_both() {
    both(async |t| {
        put_and_commit(&t.db, 1, "a").await;
        let tx = t.db.begin(Urgency::Act).await.unwrap();
        let free = "select id from item order by id limit 1 {skip_locked}";
        assert_eq!(
            tx.query("select id from item where id = $1 {for_update}", &[1.into()], |r| r.int(0))
                .await
                .unwrap(),
            [1]
        );
        if t.engine == "postgres" {
            let other = t.db.begin(Urgency::Act).await.unwrap();
            assert!(other.query(free, &[], |row| row.int(0)).await.unwrap().is_empty());
        }
        assert_eq!(tx.query(free, &[], |row| row.int(0)).await.unwrap(), [1]);
        tx.lock_positions().await.unwrap();
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_stream_hands_over_every_row_in_order() {
    both(async |t| {
        let tx = t.db.begin(Urgency::Batch).await.unwrap();
        let cells = (0..100_000_i64).flat_map(|id| [id.into(), format!("n{id}").into()]).collect();
        tx.bulk("item", ITEM, cells).await.unwrap();
        tx.commit().await.unwrap();
        let sql = "select id from item where id >= $1 order by id";
        let mut rows = t.db.stream(sql, vec![0.into()], |row| row.int(0));
        for id in 0..100_000 {
            assert_eq!(rows.next().await.unwrap(), Some(id));
        }
        assert_eq!(rows.next().await.unwrap(), None);

        let mut left = t.db.stream(sql, vec![7.into()], |row| row.int(0));
        assert_eq!(left.next().await.unwrap(), Some(7));
        drop(left);
        let mut wrong = t.db.stream(sql, vec![0.into()], |row| {
            if row.int(0)? < 600 { Ok(()) } else { Err(row.broken(0, "示例")) }
        });
        let outcome = async {
            while wrong.next().await?.is_some() {}
            Ok::<_, StoreError>(())
        }
        .await;
        assert!(matches!(outcome, Err(StoreError::Broken { column: 0, .. })), "{outcome:?}");
        assert_eq!(count(&t.db).await, 100_000);
    })
    .await;
}

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
