//! Migrations and the guards they put up, on both engines.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

use store::{
    Migration, OpenOptions, StoreError, Urgency,
    testing::{self, on_both_with},
};

const FIRST: Migration = Migration {
    version: 1,
    name: "first",
    text: "create table entry (position {int} primary key, body {text} not null){strict};
-- append_only: entry
create table span (id {int} primary key, label {text}, size {int}, upto {int}){strict};
  -- close_only: span(upto) keeps id, label, size
create table kept (id {int} primary key, name {text}){strict};
-- no_delete: kept
-- only sqlite
create view engine as select 'sqlite' as name;
-- end
-- only postgres
create view engine as select cast('postgres' as text) as name;
-- end
",
};
const SECOND: Migration =
    Migration { version: 2, name: "second", text: "alter table kept add column extra {text};\n" };
const ONE: &[Migration] = &[FIRST];
const TWO: &[Migration] = &[FIRST, SECOND];
const ALTERED: &[Migration] = &[Migration { text: "create table other (id {int});", ..FIRST }];
const HALF: &[Migration] =
    &[FIRST, Migration { text: "create table extra (id {int}); create table kept (id {int});", ..SECOND }];
const MISSPELT: &[&[Migration]] = &[
    &[FIRST, Migration { text: "-- append_only: entri\n", ..SECOND }],
    &[FIRST, Migration { text: "-- append_only entry\n", ..SECOND }],
    &[FIRST, Migration { text: "-- append_only: entry(body)\n", ..SECOND }],
    &[FIRST, Migration { text: "-- close_only: span\n", ..SECOND }],
    &[FIRST, Migration { text: "-- close_only: span(until)\n", ..SECOND }],
    &[FIRST, Migration { text: "-- close_only: span(upto) keeps id, label\n", ..SECOND }],
    &[FIRST, Migration { text: "-- close_only: span(upto) keeps id, label, width\n", ..SECOND }],
];

async fn refused(t: &testing::TestDb, sql: &'static str, rule: &str) {
    let tx = t.db.begin(Urgency::Act).await.unwrap();
    match tx.exec(sql, &[]).await {
        Err(StoreError::Refused { rule: found }) => assert_eq!(found, rule, "{sql}"),
        other => panic!("{sql}: {other:?}"),
    }
}
async fn allowed(t: &testing::TestDb, sql: &'static str) {
    let tx = t.db.begin(Urgency::Act).await.unwrap();
    assert_eq!(tx.exec(sql, &[]).await.unwrap(), 1, "{sql}");
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn an_append_only_table_refuses_update_delete_and_replacement() {
    on_both_with(ONE, async |t| {
        allowed(&t, "insert into entry (position, body) values (1, 'a')").await;
        refused(&t, "update entry set body = 'b'", "append_only:entry").await;
        refused(&t, "update entry set body = body", "append_only:entry").await;
        refused(&t, "delete from entry", "append_only:entry").await;
        refused(
            &t,
            "insert into entry (position, body) values (1, 'b') on conflict (position) do update set body = 'b'",
            "append_only:entry",
        )
        .await;
        if t.engine == "sqlite" {
            refused(&t, "insert or replace into entry (position, body) values (1, 'b')", "append_only:entry").await;
        } else {
            refused(&t, "truncate entry", "append_only:entry").await;
        }
    })
    .await;
}

#[tokio::test]
async fn an_interval_may_be_closed_once_and_nothing_else_may_change() {
    on_both_with(ONE, async |t| {
        allowed(&t, "insert into span (id, label, size, upto) values (1, null, 5, null)").await;
        allowed(&t, "insert into span (id, label, size, upto) values (2, 'x', 5, null)").await;
        refused(&t, "update span set label = 'x', upto = 7 where id = 1", "close_only:span").await;
        refused(&t, "update span set label = null, upto = 7 where id = 2", "close_only:span").await;
        refused(&t, "update span set id = 3, upto = 7 where id = 1", "close_only:span").await;
        refused(&t, "update span set size = 6 where id = 1", "close_only:span").await;
        refused(&t, "update span set upto = null where id = 1", "close_only:span").await;
        allowed(&t, "update span set upto = 7 where id = 1").await;
        refused(&t, "update span set upto = 8 where id = 1", "close_only:span").await;
        refused(&t, "update span set upto = null where id = 1", "close_only:span").await;
        refused(&t, "delete from span where id = 1", "close_only:span").await;
    })
    .await;
}

#[tokio::test]
async fn a_kept_table_refuses_delete_only() {
    on_both_with(ONE, async |t| {
        allowed(&t, "insert into kept (id, name) values (1, 'a')").await;
        allowed(&t, "update kept set name = 'b'").await;
        refused(&t, "delete from kept", "no_delete:kept").await;
    })
    .await;
}

#[tokio::test]
async fn sections_are_for_one_engine() {
    on_both_with(ONE, async |t| {
        let name = t.db.query_one("select name from engine", &[], |row| Ok(row.text(0)?.to_owned()));
        assert_eq!(name.await.unwrap().as_deref(), Some(t.engine));
    })
    .await;
}

#[tokio::test]
async fn a_later_migration_is_added_once_and_recorded() {
    on_both_with(ONE, async |t| {
        for _ in 0..2 {
            testing::open(&t.address, OpenOptions::default(), TWO).await.unwrap();
        }
        let rows =
            t.db.query("select version, name, applied_at from migration order by version", &[], |row| {
                Ok((row.int(0)?, row.text(1)?.to_owned(), row.int(2)?))
            });
        let at = testing::MIGRATED_AT;
        assert_eq!(rows.await.unwrap(), [(1, "first".to_owned(), at), (2, "second".to_owned(), at)]);
        allowed(&t, "insert into kept (id, extra) values (1, 'x')").await;
    })
    .await;
}

#[tokio::test]
async fn an_altered_migration_or_a_newer_database_is_refused() {
    on_both_with(ONE, async |t| {
        let altered = testing::open(&t.address, OpenOptions::default(), ALTERED).await.err().unwrap();
        assert!(matches!(&altered, StoreError::Schema(what) if what.contains("不一致")), "{altered:?}");
        testing::open(&t.address, OpenOptions::default(), TWO).await.unwrap();
        let newer = testing::open(&t.address, OpenOptions::default(), ONE).await.err().unwrap();
        assert!(matches!(&newer, StoreError::Schema(what) if what.contains("更新版本")), "{newer:?}");
    })
    .await;
}

#[tokio::test]
async fn a_migration_that_fails_leaves_nothing_behind() {
    on_both_with(ONE, async |t| {
        testing::open(&t.address, OpenOptions::default(), HALF).await.err().unwrap();
        t.db.query("select id from extra", &[], |row| row.int(0)).await.unwrap_err();
        let steps = t.db.query_one("select count(*) from migration", &[], |row| row.int(0));
        assert_eq!(steps.await.unwrap(), Some(1));
    })
    .await;
}

#[tokio::test]
async fn a_directive_that_would_protect_nothing_is_refused() {
    on_both_with(ONE, async |t| {
        for list in MISSPELT {
            let error = testing::open(&t.address, OpenOptions::default(), list).await.err();
            assert!(matches!(error, Some(StoreError::Schema(_))), "{}: {error:?}", list[1].text);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_processes_may_migrate_at_once() {
    on_both_with(&[], async |t| {
        let starts: Vec<_> = (0..4)
            .map(|_| {
                let address = t.address.clone();
                tokio::spawn(
                    async move { testing::open(&address, OpenOptions::default(), TWO).await.map(drop) },
                )
            })
            .collect();
        for start in starts {
            start.await.unwrap().unwrap();
        }
        let steps = t.db.query_one("select count(*) from migration", &[], |row| row.int(0));
        assert_eq!(steps.await.unwrap(), Some(2));
    })
    .await;
}

#[tokio::test]
async fn the_programs_own_schema_is_built_on_both_engines() {
    testing::on_both(async |t| {
        assert_eq!(t.db.migrate(testing::MIGRATED_AT).await.unwrap(), 0, "the fresh store is migrated");
        store::Db::open(&t.address, OpenOptions::default()).await.unwrap();
    })
    .await;
}
