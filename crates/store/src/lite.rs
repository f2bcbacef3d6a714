//! SQLite.
use crate::*;
use std::{path::PathBuf, sync::Arc};
/// A SQLite file.
pub struct Lite {}
impl Lite {
    pub(crate) fn open(_path: PathBuf, _options: OpenOptions) -> Result<Arc<Lite>> { unimplemented!() }
    pub(crate) fn query<T>(&self, _sql: &'static str, _args: &[Val], _map: impl FnMut(&Row<'_>) -> Result<T>) -> Result<Vec<T>> { unimplemented!() }
    pub(crate) fn stream<T: Send + 'static>(&self, _sql: &'static str, _args: Vec<Val>, _map: impl FnMut(&Row<'_>) -> Result<T> + Send + 'static) -> Rows<T> { unimplemented!() }
    pub(crate) async fn begin(self: &Arc<Self>, _urgency: Urgency) -> Result<LiteTx> { unimplemented!() }
}
/// Its transaction.
pub struct LiteTx {}
impl LiteTx {
    pub(crate) async fn query(&self, _sql: &'static str, _args: &[Val]) -> Result<Vec<Vec<Val>>> { unimplemented!() }
    pub(crate) async fn exec(&self, _sql: &'static str, _args: &[Val]) -> Result<u64> { unimplemented!() }
    pub(crate) async fn exec_many(&self, _sql: &'static str, _rows: Vec<Vec<Val>>) -> Result<u64> { unimplemented!() }
    pub(crate) async fn bulk(&self, _t: &'static str, _c: &'static [(&'static str, Kind)], _cells: Vec<Val>) -> Result<u64> { unimplemented!() }
    pub(crate) async fn commit(self) -> Result<()> { unimplemented!() }
}
