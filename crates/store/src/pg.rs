//! PostgreSQL.
use crate::*;
use std::{sync::Arc};
/// Pools.
pub struct Pg {}
impl Pg {
    pub(crate) async fn open(_address: &str, _options: OpenOptions) -> Result<Arc<Pg>> { unimplemented!() }
    pub(crate) fn near(self: &Arc<Self>) -> Arc<Pg> { unimplemented!() }
    pub(crate) async fn query<T>(&self, _sql: &'static str, _args: &[Val], _map: impl FnMut(&Row<'_>) -> Result<T>) -> Result<Vec<T>> { unimplemented!() }
    pub(crate) fn stream<T: Send + 'static>(&self, _sql: &'static str, _args: Vec<Val>, _map: impl FnMut(&Row<'_>) -> Result<T> + Send + 'static) -> Rows<T> { unimplemented!() }
    pub(crate) async fn begin(self: &Arc<Self>) -> Result<PgTx> { unimplemented!() }
}
/// Its transaction.
pub struct PgTx {}
impl PgTx {
    pub(crate) async fn query<T>(&self, _sql: &'static str, _args: &[Val], _map: impl FnMut(&Row<'_>) -> Result<T>) -> Result<Vec<T>> { unimplemented!() }
    pub(crate) async fn exec(&self, _sql: &'static str, _args: &[Val]) -> Result<u64> { unimplemented!() }
    pub(crate) async fn exec_many(&self, _sql: &'static str, _rows: Vec<Vec<Val>>) -> Result<u64> { unimplemented!() }
    pub(crate) async fn bulk(&self, _t: &'static str, _c: &'static [(&'static str, Kind)], _cells: Vec<Val>) -> Result<u64> { unimplemented!() }
    pub(crate) async fn lock(&self, _lock: crate::dialect::Lock) -> Result<()> { unimplemented!() }
    pub(crate) async fn commit(self) -> Result<()> { unimplemented!() }
}
