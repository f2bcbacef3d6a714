//! What can go wrong in a store, in words for the people who run it, and where each engine says so.
use deadpool_postgres::PoolError;
use tokio_postgres::error::{DbError, SqlState};

/// The result of every verb of this crate.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// Why the store did not do what was asked. `Display` is for users and holds no SQL; `Debug` is for the log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another writer held the lock for too long, or the engine asks for the transaction to be run again.
    #[error("数据库正忙，本次操作没有保存。请稍后再试；如反复出现，请确认没有其他批量任务长时间占用数据库")]
    Busy,
    /// The database cannot be reached, is starting, stopping or switching over. Nothing was done.
    #[error(
        "暂时无法连接数据库，本次操作没有保存。请稍后再试；如持续出现，请检查数据库服务是否运行、地址是否正确"
    )]
    Away,
    /// No room left on the disk of the database.
    #[error("数据库所在磁盘已满，本次操作没有保存。请清理磁盘或扩容后再试")]
    DiskFull,
    /// The database takes no writes: a read-only file, a replica, or a primary that was demoted.
    #[error("数据库当前只读，本次操作没有保存。请检查数据文件的写权限，或确认连接的是主库")]
    ReadOnly,
    /// The operating system could not read or write the files.
    #[error("读写数据库文件失败，本次操作没有保存。请检查磁盘是否正常、文件系统是否仍可访问")]
    Disk,
    /// The files do not hold what the engine expects.
    #[error("数据库文件可能已损坏。请停止服务、保留现有文件，并从备份恢复")]
    Damaged,
    /// A second row with a key that must be unique.
    #[error("数据库中已有相同的记录，本次操作没有保存。请刷新后核对")]
    Unique {
        /// The columns of the key on either engine: `table.column, table.column`.
        constraint: String,
    },
    /// A rule in the schema (trigger, check, foreign key, not null) refused the row.
    #[error("数据库的保护规则拒绝了本次操作，没有任何内容被改动。请将操作时间和内容告知系统管理员")]
    Refused {
        /// The rule: `append_only:event`, or what the engine named.
        rule: String,
    },
    /// A statement that must change exactly one row changed another number: somebody else was faster.
    #[error("该记录刚刚被他人修改，本次操作没有保存。请刷新页面，核对后重新提交")]
    Conflict,
    /// The connection broke between COMMIT and its answer: ask again by record id, never repeat blindly.
    #[error("提交时与数据库的连接中断，结果未知。请先查询该记录是否已经保存，再决定是否重新提交")]
    CommitUnknown,
    /// A row does not hold what the program wrote there.
    #[error("数据库中有一项内容不符合预期（第 {} 列：{detail}）。请停止相关操作并联系系统管理员核查", column + 1)]
    Broken {
        /// The statement that read it.
        statement: &'static str,
        /// Column, from 0.
        column: usize,
        /// What is wrong with it, in Chinese.
        detail: String,
    },
    /// The address of the database cannot be understood, or what it names cannot be opened.
    #[error("无法打开数据库：{0}")]
    Address(String),
    /// The schema in the database is not the one this program knows.
    #[error("数据库结构与程序不符：{0}")]
    Schema(String),
    /// Anything else an engine says.
    #[error("数据库返回了意外的错误，本次操作没有保存。请将日志中的详细信息提供给系统管理员")]
    Engine(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StoreError {
    /// Whether this is a second row for the key over exactly `columns` of `table`, in the order of the schema.
    pub fn is_unique_on(&self, table: &str, columns: &[&str]) -> bool {
        matches!(self, StoreError::Unique { constraint } if *constraint == key_name(table, columns))
    }
    /// Whether the same act may simply be tried again.
    pub fn is_transient(&self) -> bool {
        matches!(self, StoreError::Busy | StoreError::Away)
    }
    pub(crate) fn engine(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        StoreError::Engine(source.into())
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ffi::{self, ErrorCode};
        let rusqlite::Error::SqliteFailure(code, message) = &error else { return StoreError::engine(error) };
        let message = message.clone().unwrap_or_default();
        match (code.code, code.extended_code) {
            (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => StoreError::Busy,
            (ErrorCode::DiskFull, _) => StoreError::DiskFull,
            (ErrorCode::ReadOnly, _) => StoreError::ReadOnly,
            (ErrorCode::CannotOpen, _) => StoreError::Away,
            (ErrorCode::SystemIoFailure, _) => StoreError::Disk,
            (ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase, _) => StoreError::Damaged,
            (
                _,
                ffi::SQLITE_CONSTRAINT_UNIQUE
                | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
                | ffi::SQLITE_CONSTRAINT_ROWID,
            ) => {
                let constraint = message.strip_prefix("UNIQUE constraint failed: ").unwrap_or(&message);
                StoreError::Unique { constraint: constraint.to_owned() }
            }
            (ErrorCode::ConstraintViolation, _) => StoreError::Refused { rule: message },
            _ => StoreError::engine(error),
        }
    }
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(db) = error.as_db_error() else {
            return if is_lost(&error) { StoreError::Away } else { StoreError::engine(error) };
        };
        let code = db.code();
        if *code == SqlState::UNIQUE_VIOLATION {
            return StoreError::Unique { constraint: unique_key(db) };
        }
        // Class 23: check, foreign key, not null; P0001: our triggers; 22021: NUL in text.
        if code.code().starts_with("23")
            || [SqlState::RAISE_EXCEPTION, SqlState::CHARACTER_NOT_IN_REPERTOIRE].contains(code)
        {
            return StoreError::Refused { rule: db.constraint().unwrap_or(db.message()).to_owned() };
        }
        // Class 28: who we say we are.
        if *code == SqlState::INVALID_CATALOG_NAME {
            return StoreError::Address("没有这个库。请先建库，或检查地址中的库名".into());
        }
        if code.code().starts_with("28") {
            return StoreError::Address("用户名或口令被拒绝。请检查地址，以及服务器的 pg_hba.conf".into());
        }
        // Class 08 connection, 57P01..57P03 shutdown and start-up, 53300 too many connections.
        if code.code().starts_with("08")
            || code.code().starts_with("57P")
            || *code == SqlState::TOO_MANY_CONNECTIONS
        {
            return StoreError::Away;
        }
        match *code {
            // 40001, 40P01, 55P03, and 57014: the statement ran into statement_timeout.
            SqlState::T_R_SERIALIZATION_FAILURE
            | SqlState::T_R_DEADLOCK_DETECTED
            | SqlState::LOCK_NOT_AVAILABLE
            | SqlState::QUERY_CANCELED => StoreError::Busy,
            SqlState::READ_ONLY_SQL_TRANSACTION => StoreError::ReadOnly,
            SqlState::DISK_FULL => StoreError::DiskFull,
            SqlState::IO_ERROR => StoreError::Disk,
            SqlState::DATA_CORRUPTED | SqlState::INDEX_CORRUPTED => StoreError::Damaged,
            SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT => StoreError::Busy,
            _ => StoreError::engine(error),
        }
    }
}

fn key_name(table: &str, columns: &[&str]) -> String {
    columns.iter().map(|it| format!("{table}.{it}")).collect::<Vec<_>>().join(", ")
}
/// PostgreSQL names the columns only in the detail, `Key (a, b)=(1, 2) already exists.`, of which the words depend on
/// the server's language and the brackets do not.
fn unique_key(error: &DbError) -> String {
    let columns = error.detail().and_then(|it| it.split_once(")=(")?.0.split_once('('));
    match (error.table(), columns) {
        (Some(table), Some((_, columns))) => key_name(table, &columns.split(", ").collect::<Vec<_>>()),
        _ => error.constraint().unwrap_or_default().to_owned(),
    }
}

/// Whether the server's answer is missing: refused, end of file, reset, closed.
fn is_lost(error: &tokio_postgres::Error) -> bool {
    if error.is_closed() {
        return true;
    }
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        if inner.is::<std::io::Error>() {
            return true;
        }
        source = inner.source();
    }
    false
}

impl From<PoolError> for StoreError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(inner) => inner.into(),
            PoolError::Timeout(deadpool_postgres::TimeoutType::Wait) => StoreError::Busy,
            PoolError::Timeout(_) | PoolError::Closed => StoreError::Away,
            other => StoreError::engine(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi;

    use super::*;

    fn lite(code: i32) -> StoreError {
        rusqlite::Error::SqliteFailure(ffi::Error::new(code), Some("insert into certificate".into())).into()
    }

    #[test]
    fn what_sqlite_says_is_told_in_words_without_sql() {
        assert!(matches!(lite(ffi::SQLITE_BUSY), StoreError::Busy));
        assert!(matches!(lite(ffi::SQLITE_FULL), StoreError::DiskFull));
        assert!(matches!(lite(ffi::SQLITE_READONLY), StoreError::ReadOnly));
        assert!(matches!(lite(ffi::SQLITE_IOERR_FSYNC), StoreError::Disk));
        assert!(matches!(lite(ffi::SQLITE_CORRUPT), StoreError::Damaged));
        assert!(matches!(lite(ffi::SQLITE_CONSTRAINT_CHECK), StoreError::Refused { .. }));
        assert!(matches!(lite(ffi::SQLITE_CONSTRAINT_PRIMARYKEY), StoreError::Unique { .. }));
        assert!(matches!(lite(ffi::SQLITE_ERROR), StoreError::Engine(_)));
        for code in
            [ffi::SQLITE_BUSY, ffi::SQLITE_CONSTRAINT_CHECK, ffi::SQLITE_CONSTRAINT_UNIQUE, ffi::SQLITE_ERROR]
        {
            assert!(!lite(code).to_string().contains("certificate"));
        }
    }
}
