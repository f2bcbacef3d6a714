//! Migrations: one text for both engines. Tokens `{int}` `{text}` `{blob}` `{strict}` `{without_rowid}`; sections
//! `-- only sqlite` or `-- only postgres` … `-- end`; directives, each a line of its own after the table was created:
//! `-- append_only: table`, `-- no_delete: table`, `-- close_only: table(column)`.
use crate::*;
/// One step of the schema.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// 1, 2, 3…
    pub version: i64,
    /// As in the file name.
    pub name: &'static str,
    /// The text of the file.
    pub text: &'static str,
}
/// All steps of the schema, in order.
pub(crate) const MIGRATIONS: &[Migration] = &[];
pub(crate) async fn compare(_db: &Db, _list: &'static [Migration]) -> Result<()> { unimplemented!() }
pub(crate) async fn apply(_db: &Db, _list: &'static [Migration], _now: i64) -> Result<usize> { unimplemented!() }
