//! [`Tx`]: one writing transaction on either engine.
use std::sync::atomic::{AtomicU32, Ordering};

use crate::{
    Kind, Result, Row, StoreError, Val,
    dialect::{self, Lock},
    lite, pg,
};

/// One writing transaction, `Send`, to be committed or dropped. After a statement failed, or its future was dropped
/// before the answer, the transaction takes no more statements and refuses to commit: on both engines alike.
pub struct Tx {
    inner: Inner,
    /// Statements sent of which success is not known. PostgreSQL answers COMMIT of a failed transaction with a
    /// rollback and no error, so this must be zero.
    unsettled: AtomicU32,
}
pub(crate) enum Inner {
    Lite(lite::LiteTx),
    Pg(Box<pg::PgTx>),
}
impl Tx {
    pub(crate) fn new(inner: Inner) -> Self {
        Tx { inner, unsettled: AtomicU32::new(0) }
    }
    /// All rows of a select, or of an insert, update or delete with `returning`.
    pub async fn query<T>(
        &self,
        sql: &'static str,
        args: &[Val],
        mut map: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        #[cfg(any(test, feature = "testing"))]
        crate::testing::note(sql, args);
        match &self.inner {
            Inner::Lite(tx) => {
                let rows = self.settle(tx.query(sql, args)).await?;
                rows.iter().map(|row| map(&Row::owned(row, sql))).collect()
            }
            Inner::Pg(tx) => {
                let rows = self.settle(tx.query(sql, args)).await?;
                rows.iter().map(|row| map(&Row::pg(row, sql))).collect()
            }
        }
    }
    /// The first row, if there is one.
    pub async fn query_one<T>(
        &self,
        sql: &'static str,
        args: &[Val],
        map: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.query(sql, args, map).await?.into_iter().next())
    }
    /// Runs one statement and says how many rows it changed.
    pub async fn exec(&self, sql: &'static str, args: &[Val]) -> Result<u64> {
        #[cfg(any(test, feature = "testing"))]
        crate::testing::note(sql, args);
        match &self.inner {
            Inner::Lite(tx) => self.settle(tx.exec(sql, args)).await,
            Inner::Pg(tx) => self.settle(tx.exec(sql, args)).await,
        }
    }
    /// Like `exec`, for a statement that must change exactly one row: otherwise [`StoreError::Conflict`].
    pub async fn exec_one(&self, sql: &'static str, args: &[Val]) -> Result<()> {
        if self.exec(sql, args).await? == 1 { Ok(()) } else { Err(StoreError::Conflict) }
    }
    /// Runs one statement once per row of arguments, in one message; rows changed in all. For upserts and updates;
    /// plain inserts are faster through [`Tx::bulk`].
    pub async fn exec_many(&self, sql: &'static str, rows: Vec<Vec<Val>>) -> Result<u64> {
        match &self.inner {
            Inner::Lite(tx) => self.settle(tx.exec_many(sql, rows)).await,
            Inner::Pg(tx) => self.settle(tx.exec_many(sql, rows)).await,
        }
    }
    /// Inserts many rows in one message. `cells` holds the rows one after the other, `columns.len()` cells each.
    /// The fastest way in on both engines (COPY on PostgreSQL); any refused row refuses all.
    pub async fn bulk(
        &self,
        table: &'static str,
        columns: &'static [(&'static str, Kind)],
        cells: Vec<Val>,
    ) -> Result<u64> {
        if !cells.len().is_multiple_of(columns.len()) {
            return Err(StoreError::engine(format!("bulk into {table}: the last row is not whole")));
        }
        match &self.inner {
            Inner::Lite(tx) => self.settle(tx.bulk(table, columns, cells)).await,
            Inner::Pg(tx) => self.settle(tx.bulk(table, columns, &cells)).await,
        }
    }
    /// Like [`Tx::bulk`], but the embedded store is not waited for: what it refuses is told by the next statement or by the commit. For
    /// rows of which nobody asks why they were refused: a chunk of an import has ten such messages.
    pub async fn bulk_ahead(
        &self,
        table: &'static str,
        columns: &'static [(&'static str, Kind)],
        cells: Vec<Val>,
    ) -> Result<u64> {
        match &self.inner {
            Inner::Lite(tx) => {
                self.must_be_settled()?;
                let rows = cells.len() / columns.len();
                tx.bulk_ahead(table, columns, cells)?;
                Ok(rows as u64)
            }
            Inner::Pg(_) => self.bulk(table, columns, cells).await,
        }
    }
    /// Makes positions follow commit order. Call it after all other rows are written, right before
    /// `select max(position)` and the insert of the events; nothing may wait for anybody after it.
    pub async fn lock_positions(&self) -> Result<()> {
        self.lock(Lock::Positions).await
    }
    /// Lets one process at a time add to the sums of what was counted: their rows are so few that all who add meet in them, and
    /// who reads them afterwards finds everything that was in the log when he asked.
    pub async fn lock_tally(&self) -> Result<()> {
        self.lock(Lock::Tally).await
    }
    pub(crate) async fn lock(&self, lock: Lock) -> Result<()> {
        match &self.inner {
            Inner::Lite(_) => Ok(()), // the one writer already gives the order
            Inner::Pg(_) => self.exec(dialect::PG_LOCK, &[lock.key().into()]).await.map(drop),
        }
    }
    /// Runs the text of a migration.
    pub(crate) async fn script(&self, text: String) -> Result<()> {
        match &self.inner {
            Inner::Lite(tx) => self.settle(tx.script(text)).await,
            Inner::Pg(tx) => self.settle(tx.script(&text)).await,
        }
    }
    /// Makes it durable. [`StoreError::CommitUnknown`] if the answer was lost.
    pub async fn commit(self) -> Result<()> {
        self.must_be_settled()?;
        match self.inner {
            Inner::Lite(tx) => tx.commit().await,
            Inner::Pg(tx) => tx.commit().await,
        }
    }
    async fn settle<T>(&self, statement: impl Future<Output = Result<T>>) -> Result<T> {
        self.must_be_settled()?;
        self.unsettled.fetch_add(1, Ordering::Relaxed);
        let answer = statement.await?;
        self.unsettled.fetch_sub(1, Ordering::Relaxed);
        Ok(answer)
    }
    fn must_be_settled(&self) -> Result<()> {
        match self.unsettled.load(Ordering::Relaxed) {
            0 => Ok(()),
            _ => Err(StoreError::engine(
                "a statement of this transaction failed or was left before its answer",
            )),
        }
    }
}
