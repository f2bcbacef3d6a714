//! The contract of the store functions over certificates, their content and what happened to them: each is called
//! here, on SQLite and on PostgreSQL.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
use store::{Db, Result, StoreError, Tx, Urgency};

mod alike;
mod bodies;
mod bulletins;
mod calls;
mod certificates;
mod contents;
mod elsewhere;
mod events;
mod everything;
mod excerpts;
mod figures;
mod history;
mod hooks;
mod inbox;
mod items;
mod kin;
mod lists;
mod merges;
mod open_data;
mod pairs;
mod peers;
mod plans;
mod quality;
mod refusals;
mod registry;
mod sample;
mod schema;
mod supervision;
mod tallies;
mod tally_sums;
mod zones;

/// Runs `work` in a transaction of its own and commits it.
async fn write<T>(db: &Db, work: impl AsyncFnOnce(&Tx) -> Result<T>) -> T {
    let tx = db.begin(Urgency::Act).await.unwrap();
    let out = work(&tx).await.unwrap();
    tx.commit().await.unwrap();
    out
}

/// Runs `work` in a transaction and gives its error, or that of the commit where the answer was not waited for.
async fn refused<T>(db: &Db, work: impl AsyncFnOnce(&Tx) -> Result<T>) -> StoreError {
    let tx = db.begin(Urgency::Act).await.unwrap();
    match work(&tx).await {
        Ok(_) => tx.commit().await.expect_err("it must be refused"),
        Err(error) => error,
    }
}

/// Asserts that `work` finds another state than it started from.
async fn conflicts<T>(db: &Db, work: impl AsyncFnOnce(&Tx) -> Result<T>) {
    let error = refused(db, work).await;
    assert!(matches!(error, StoreError::Conflict), "{error:?}");
}

/// Asserts that a trigger of the schema refuses the statement.
async fn guarded(db: &Db, sql: &'static str, rule: &str) {
    match refused(db, async |tx| tx.exec(sql, &[]).await).await {
        StoreError::Refused { rule: found } => assert_eq!(found, rule, "{sql}"),
        other => panic!("{sql}: {other:?}"),
    }
}
