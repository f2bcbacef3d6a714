//! Statements, values and rows.
use store::{StoreError, Urgency, Val};

use super::{ITEM, PUT, both, count, put, put_and_commit};

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
