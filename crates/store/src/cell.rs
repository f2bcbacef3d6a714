//! Columns read as types of the domain. What does not fit is an error that names statement and column.
use domain::{Door, Instant};

use crate::{Result, Row};

/// A count that fits 32 bits.
pub(crate) fn count(row: &Row<'_>, column: usize) -> Result<u32> {
    u32::try_from(row.int(column)?).map_err(|_| row.broken(column, "数量超出范围"))
}

/// A count over many rows.
pub(crate) fn total(row: &Row<'_>, column: usize) -> Result<u64> {
    u64::try_from(row.int(column)?).map_err(|_| row.broken(column, "数量不应为负"))
}

/// A moment.
pub(crate) fn instant(row: &Row<'_>, column: usize) -> Result<Instant> {
    row.int(column).map(Instant::from_micros)
}

/// A TEXT, owned.
pub(crate) fn string(row: &Row<'_>, column: usize) -> Result<String> {
    row.text(column).map(str::to_owned)
}

/// A door.
pub(crate) fn door(row: &Row<'_>, column: usize) -> Result<Door> {
    Door::parse(row.text(column)?).ok_or_else(|| row.broken(column, "未知的入口"))
}
