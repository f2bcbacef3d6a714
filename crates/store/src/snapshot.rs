//! [`Snapshot`]: several short selects of one moment.
use crate::{Db, Result, Row, Val, lite, pg};

/// One moment of the registry: what is committed later does not show. Cheaper than as many single selects on SQLite,
/// which takes and leaves its locks once. For the length of one answer only: a long one lets the WAL grow.
pub struct Snapshot(Held);

enum Held {
    Lite(lite::LiteSnapshot),
    Pg(Box<pg::PgTx>),
}

impl Db {
    /// Begins to read one moment. Dropping it ends it.
    pub async fn snapshot(&self) -> Result<Snapshot> {
        Ok(Snapshot(match self {
            Db::Lite(lite) => Held::Lite(lite.snapshot()?),
            Db::Pg(pg) => Held::Pg(Box::new(pg.snapshot().await?)),
        }))
    }
}

impl Snapshot {
    /// See [`Db::query`].
    pub async fn query<T>(
        &self,
        sql: &'static str,
        args: &[Val],
        mut map: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        #[cfg(any(test, feature = "testing"))]
        crate::testing::note(sql, args);
        match &self.0 {
            Held::Lite(lite) => lite.query(sql, args, map),
            Held::Pg(pg) => {
                let rows = pg.query(sql, args).await?;
                rows.iter().map(|row| map(&Row::pg(row, sql))).collect()
            }
        }
    }
}
