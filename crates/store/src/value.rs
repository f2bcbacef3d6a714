//! Values on their way in, rows on their way out: the three types that both engines agree about.
use crate::{Result, StoreError};

/// A value for a statement. Portable columns are BIGINT, TEXT and BYTEA/BLOB, each nullable; truth is 0 or 1,
/// a day its number, an instant its microseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Val {
    /// NULL of any type.
    Null,
    /// BIGINT.
    Int(i64),
    /// TEXT.
    Text(String),
    /// BYTEA or BLOB.
    Blob(Vec<u8>),
    /// A list for `= any($n)` over a BIGINT column.
    Ints(Vec<i64>),
    /// A list for `= any($n)` over a TEXT column.
    Texts(Vec<String>),
    /// A list for `= any($n)` over a BYTEA or BLOB column.
    Blobs(Vec<Vec<u8>>),
}

/// The type of a column that `bulk` fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// BIGINT.
    Int,
    /// TEXT.
    Text,
    /// BYTEA or BLOB.
    Blob,
}

macro_rules! val_from {
    ($($from:ty => |$it:ident| $to:expr;)*) => {$(
        impl From<$from> for Val {
            fn from($it: $from) -> Val {
                $to
            }
        }
    )*};
}
val_from! {
    i64 => |it| Val::Int(it);
    i32 => |it| Val::Int(it.into());
    u32 => |it| Val::Int(it.into());
    u16 => |it| Val::Int(it.into());
    u8 => |it| Val::Int(it.into());
    bool => |it| Val::Int(it.into());
    &str => |it| Val::Text(it.to_owned());
    &String => |it| Val::Text(it.clone());
    String => |it| Val::Text(it);
    &[u8] => |it| Val::Blob(it.to_vec());
    Vec<u8> => |it| Val::Blob(it);
    Vec<i64> => |it| Val::Ints(it);
    Vec<String> => |it| Val::Texts(it);
    Vec<Vec<u8>> => |it| Val::Blobs(it);
}
impl<const N: usize> From<[u8; N]> for Val {
    fn from(it: [u8; N]) -> Val {
        Val::Blob(it.to_vec())
    }
}
impl<const N: usize> From<&[u8; N]> for Val {
    fn from(it: &[u8; N]) -> Val {
        Val::Blob(it.to_vec())
    }
}
impl<T: Into<Val>> From<Option<T>> for Val {
    fn from(it: Option<T>) -> Val {
        it.map_or(Val::Null, Into::into)
    }
}

/// One row of an answer, borrowed from its engine. Columns count from 0. Every reader names statement and column
/// when the column holds something else ([`StoreError::Broken`]).
pub struct Row<'a> {
    cells: Cells<'a>,
    statement: &'static str,
}
enum Cells<'a> {
    Lite(&'a rusqlite::Row<'a>),
    Pg(&'a tokio_postgres::Row),
    Owned(&'a [Val]),
}
/// One cell of a row, borrowed.
enum Cell<'a> {
    Null,
    Int(i64),
    Text(&'a str),
    Blob(&'a [u8]),
}

impl<'a> Row<'a> {
    pub(crate) fn lite(row: &'a rusqlite::Row<'a>, statement: &'static str) -> Self {
        Row { cells: Cells::Lite(row), statement }
    }
    pub(crate) fn pg(row: &'a tokio_postgres::Row, statement: &'static str) -> Self {
        Row { cells: Cells::Pg(row), statement }
    }
    pub(crate) fn owned(row: &'a [Val], statement: &'static str) -> Self {
        Row { cells: Cells::Owned(row), statement }
    }

    /// A BIGINT that is not null. `sum(…)` must be cast to bigint in the statement: PostgreSQL makes it numeric.
    pub fn int(&self, column: usize) -> Result<i64> {
        self.opt_int(column)?.ok_or_else(|| self.broken(column, "不应为空"))
    }
    /// A BIGINT or null.
    pub fn opt_int(&self, column: usize) -> Result<Option<i64>> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Int(it) => Ok(Some(it)),
            Cell::Text(_) | Cell::Blob(_) => Err(self.broken(column, "应为整数")),
        }
    }
    /// A truth value kept as 0 or 1, or the outcome of a comparison.
    pub fn bool(&self, column: usize) -> Result<bool> {
        match self.int(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.broken(column, "应为 0 或 1")),
        }
    }
    /// A TEXT that is not null.
    pub fn text(&self, column: usize) -> Result<&str> {
        self.opt_text(column)?.ok_or_else(|| self.broken(column, "不应为空"))
    }
    /// A TEXT or null.
    pub fn opt_text(&self, column: usize) -> Result<Option<&str>> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Text(it) => Ok(Some(it)),
            Cell::Int(_) | Cell::Blob(_) => Err(self.broken(column, "应为文本")),
        }
    }
    /// Bytes that are not null.
    pub fn blob(&self, column: usize) -> Result<&[u8]> {
        self.opt_blob(column)?.ok_or_else(|| self.broken(column, "不应为空"))
    }
    /// Bytes or null.
    pub fn opt_blob(&self, column: usize) -> Result<Option<&[u8]>> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Blob(it) => Ok(Some(it)),
            Cell::Int(_) | Cell::Text(_) => Err(self.broken(column, "应为字节串")),
        }
    }
    /// Exactly `N` bytes, such as a SHA-256.
    pub fn bytes<const N: usize>(&self, column: usize) -> Result<[u8; N]> {
        self.blob(column)?.try_into().map_err(|_| self.broken(column, format!("应为 {N} 个字节")))
    }
    /// The error for a column whose content the caller cannot read: `detail` in Chinese.
    pub fn broken(&self, column: usize, detail: impl Into<String>) -> StoreError {
        StoreError::Broken { statement: self.statement, column, detail: detail.into() }
    }

    fn cell(&self, column: usize) -> Result<Cell<'_>> {
        match self.cells {
            Cells::Lite(row) => self.lite_cell(row, column),
            Cells::Pg(row) => row.try_get::<_, PgCell<'_>>(column).map(|it| it.0).map_err(|error| {
                self.broken(
                    column,
                    if error.as_db_error().is_some() {
                        "无法读取"
                    } else {
                        "类型不符或没有这一列"
                    },
                )
            }),
            Cells::Owned(row) => match row.get(column) {
                Some(Val::Null) => Ok(Cell::Null),
                Some(Val::Int(it)) => Ok(Cell::Int(*it)),
                Some(Val::Text(it)) => Ok(Cell::Text(it)),
                Some(Val::Blob(it)) => Ok(Cell::Blob(it)),
                _ => Err(self.broken(column, "没有这一列")),
            },
        }
    }
    fn lite_cell<'r>(&self, row: &'r rusqlite::Row<'_>, column: usize) -> Result<Cell<'r>> {
        use rusqlite::types::ValueRef;
        match row.get_ref(column).map_err(|_| self.broken(column, "没有这一列"))? {
            ValueRef::Null => Ok(Cell::Null),
            ValueRef::Integer(it) => Ok(Cell::Int(it)),
            ValueRef::Text(it) => {
                std::str::from_utf8(it).map(Cell::Text).map_err(|_| self.broken(column, "不是 UTF-8 文本"))
            }
            ValueRef::Blob(it) => Ok(Cell::Blob(it)),
            ValueRef::Real(_) => Err(self.broken(column, "不应为小数")),
        }
    }
}

/// Whatever cell PostgreSQL has, as one of ours.
struct PgCell<'a>(Cell<'a>);
impl<'a> tokio_postgres::types::FromSql<'a> for PgCell<'a> {
    fn from_sql(
        kind: &tokio_postgres::types::Type,
        raw: &'a [u8],
    ) -> std::result::Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        use tokio_postgres::types::Type;
        Ok(PgCell(match *kind {
            Type::INT8 => Cell::Int(i64::from_sql(kind, raw)?),
            Type::INT4 => Cell::Int(i32::from_sql(kind, raw)?.into()),
            Type::BOOL => Cell::Int(bool::from_sql(kind, raw)?.into()),
            Type::BYTEA => Cell::Blob(raw),
            _ => Cell::Text(<&str>::from_sql(kind, raw)?),
        }))
    }
    fn from_sql_null(
        _: &tokio_postgres::types::Type,
    ) -> std::result::Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(PgCell(Cell::Null))
    }
    fn accepts(kind: &tokio_postgres::types::Type) -> bool {
        use tokio_postgres::types::Type;
        matches!(*kind, Type::INT8 | Type::INT4 | Type::BOOL | Type::BYTEA) || <&str>::accepts(kind)
    }
}
