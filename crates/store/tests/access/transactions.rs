//! Transactions: whole or absent.
use std::time::Duration;

use store::{StoreError, Urgency, Val};

use super::{PUT, both, count, put, put_and_commit};

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
            // Many rows, so that the answer cannot be there at the first look.
            let rows = (0..20_000_i64)
                .map(|id| vec![id.into(), id.to_string().into(), Val::Null, Val::Null])
                .collect();
            let mut left = std::pin::pin!(tx.exec_many(PUT, rows));
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
