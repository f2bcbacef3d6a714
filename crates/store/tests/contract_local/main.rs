//! The contract of the store functions over the local tables: each is called here, on SQLite and on PostgreSQL.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
use domain::{AccountId, AuthorityId, Instant};
use store::{Db, Result, StoreError, Tx, Urgency};

mod batches;
mod call_batches;
mod digests;
mod people;
mod prints;
mod signatures;
mod systems;
mod work;

/// Two authorities of no meaning.
const OURS: AuthorityId = AuthorityId(61);
const THEIRS: AuthorityId = AuthorityId(11);
const OFFICER: AccountId = AccountId(7);

/// A moment so many seconds after an arbitrary one.
fn at(seconds: i64) -> Instant {
    Instant::from_micros(1_790_000_000_000_000).plus_seconds(seconds)
}

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

/// A certificate with no more than these functions look at.
async fn certificate(
    db: &Db,
    id: i64,
    authority: AuthorityId,
    number: &str,
    status: &str,
    batch: Option<i64>,
) {
    let sql = "insert into certificate (id, number, code, authority_id, body_id, status, status_day, status_document,
        status_reason, valid_from, valid_to, edition, domain, industry, food, door, batch_id, assigned_at, printed, print_due)
        values ($1, $2, $2, $3, 1, $4, null, '', '', 0, 0, 1, '00', '00', 0, 'workbook', $5, $6, 0, 1)";
    let args =
        [id.into(), number.into(), authority.0.into(), status.into(), batch.into(), at(id).micros().into()];
    write(db, async |tx| tx.exec_one(sql, &args).await).await;
}
