//! One connection to a SQLite file: how it is opened, and the statements on it.
use std::{
    collections::HashMap,
    ffi::c_int,
    path::Path,
    rc::Rc,
    time::{Duration, Instant},
};

use rusqlite::{
    Connection, MAIN_DB, OpenFlags, Statement,
    config::DbConfig,
    hooks::Wal,
    types::{ToSqlOutput, Value, ValueRef},
    vtab::array,
    wal::CheckpointMode,
};

use crate::{
    Kind, Result, Row, StoreError, Val,
    db::Durable,
    dialect::{self, Engine},
};

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The one that writes; it may make the file.
    Writer {
        /// Make the file if it is not there.
        create: bool,
    },
    /// Refuses every write.
    Reader,
}

/// A connection with its statements.
pub(super) struct Conn {
    conn: Connection,
    /// The rewritten statements, by place and length of the `&'static str` they came from.
    texts: HashMap<(usize, usize), Box<str>>,
}

/// Kept prepared statements per connection; more than the program has.
const STATEMENTS: usize = 256;

impl Conn {
    pub(super) fn open(path: &Path, role: Role, wait: Duration) -> Result<Conn> {
        let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        flags.set(OpenFlags::SQLITE_OPEN_CREATE, role == Role::Writer { create: true });
        let mut conn = Connection::open_with_flags(path, flags)?;
        conn.busy_handler(Some(patience(wait)))?;
        // Without QPSG the bundled build (STAT4) prepares every statement again at each use: 19 µs instead of 6.
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        conn.set_prepared_statement_cache_capacity(STATEMENTS);
        array::load_module(&conn)?;
        if role != Role::Reader {
            let mode: String = conn.query_row("pragma journal_mode = wal", [], |row| row.get(0))?;
            if mode != "wal" {
                return Err(StoreError::Address(format!(
                    "{} 不支持预写日志，请换到本地磁盘",
                    path.display()
                )));
            }
        }
        conn.execute_batch(&settings(role))?;
        Ok(Conn { conn, texts: HashMap::new() })
    }

    pub(super) fn query<T>(
        &mut self,
        sql: &'static str,
        args: &[Val],
        mut map: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut out = Vec::new();
        self.each(sql, args, |row| {
            out.push(map(row)?);
            Ok(true)
        })?;
        Ok(out)
    }
    /// Hands every row to `visit` until it says false.
    pub(super) fn each(
        &mut self,
        sql: &'static str,
        args: &[Val],
        mut visit: impl FnMut(&Row<'_>) -> Result<bool>,
    ) -> Result<()> {
        let mut statement = self.conn.prepare_cached(text(&mut self.texts, sql))?;
        bind(&mut statement, args)?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            if !visit(&Row::lite(row, sql))? {
                break;
            }
        }
        Ok(())
    }
    pub(super) fn owned(&mut self, sql: &'static str, args: &[Val]) -> Result<Vec<Vec<Val>>> {
        let mut statement = self.conn.prepare_cached(text(&mut self.texts, sql))?;
        bind(&mut statement, args)?;
        let (width, mut out) = (statement.column_count(), Vec::new());
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            out.push((0..width).map(|column| own(row.get_ref(column)?, sql, column)).collect::<Result<_>>()?);
        }
        Ok(out)
    }
    pub(super) fn exec_many<'a>(
        &mut self,
        sql: &'static str,
        rows: impl IntoIterator<Item = &'a [Val]>,
    ) -> Result<u64> {
        let mut statement = self.conn.prepare_cached(text(&mut self.texts, sql))?;
        let mut changed = 0;
        for args in rows {
            bind(&mut statement, args)?;
            changed += statement.raw_execute()?;
        }
        Ok(changed as u64)
    }
    pub(super) fn bulk(&mut self, table: &str, columns: &[(&str, Kind)], cells: &[Val]) -> Result<u64> {
        let mut statement = self.conn.prepare_cached(&dialect::insert(Engine::Lite, table, columns))?;
        for row in cells.chunks_exact(columns.len()) {
            bind(&mut statement, row)?;
            statement.raw_execute()?;
        }
        Ok((cells.len() / columns.len()) as u64)
    }
    pub(super) fn script(&self, text: &str) -> Result<()> {
        Ok(self.conn.execute_batch(text)?)
    }
    /// Has `visit` told the pages in the log after each commit; if it says so, they are copied into the file at once. SQLite would do
    /// so by itself after 1,000 otherwise.
    pub(super) fn after_commits(
        &mut self,
        mut visit: impl FnMut(u32) -> bool + Send + 'static,
    ) -> Result<()> {
        let hook = move |log: &mut Wal, pages: c_int| {
            if visit(pages.unsigned_abs()) {
                let _ = log.checkpoint(); // somebody else copies: the next commit asks again
            }
            Ok(())
        };
        Ok(self.conn.wal_hook(Some(hook))?)
    }
    /// Copies what nobody reads otherwise from the log into the file, beside readers and the writer; how many pages of the log
    /// are there now.
    pub(super) fn copy_log(&self) -> Result<u32> {
        let (_, copied) = self.conn.wal_checkpoint_v2(Some(MAIN_DB), CheckpointMode::PASSIVE)?;
        Ok(u32::try_from(copied).unwrap_or(0))
    }
    /// Gives the pages back that it keeps beside those in use.
    pub(super) fn shrink(&self) {
        let _ = self.script("pragma shrink_memory"); // it can only be slower afterwards
    }
    pub(super) fn begin_reading(&self) -> Result<()> {
        Ok(self.conn.prepare_cached("begin")?.raw_execute().map(drop)?)
    }
    pub(super) fn end_reading(&self) -> Result<()> {
        Ok(self.conn.prepare_cached("commit")?.raw_execute().map(drop)?)
    }
    /// How much a commit waits for can only be said before its transaction. Each says it, so that none inherits it.
    pub(super) fn begin(&self, durable: Durable) -> Result<()> {
        self.script(match durable {
            Durable::AtCommit => "pragma synchronous = full; begin immediate",
            // The log is synced whole by the next commit that is; a checkpoint syncs it before it copies anything.
            Durable::WithTheNext => "pragma synchronous = normal; begin immediate",
        })
    }
    /// An input or output error leaves open whether the log reached the disk before it.
    pub(super) fn commit(&self) -> Result<()> {
        let outcome = self.script("commit").map_err(|error| match error {
            StoreError::Disk => StoreError::CommitUnknown,
            other => other,
        });
        if outcome.is_err() {
            self.rollback();
        }
        outcome
    }
    /// Some errors roll back on their own, hence the question; a rollback itself cannot fail in a way that matters.
    pub(super) fn rollback(&self) {
        if !self.conn.is_autocommit() {
            let _ = self.script("rollback");
        }
    }
}

/// Sleeps 1 or 2 ms per try: SQLite's own handler backs off to 100 ms, so a waiting process would starve beside one
/// that writes all the time.
fn patience(wait: Duration) -> impl FnMut(i32) -> bool + Send + 'static {
    let mut since = Instant::now();
    move |tries| {
        if tries == 0 {
            since = Instant::now();
        }
        std::thread::sleep(Duration::from_millis(if tries % 2 == 0 { 1 } else { 2 }));
        since.elapsed() < wait
    }
}

/// WAL is a property of the file; the rest must be said on each connection. No mmap: an input error would be a SIGBUS
/// instead of an answer, and each commit unmaps the file, which was measured as stalls of 30 ms. REPLACE must meet the
/// delete triggers (recursive_triggers); LIKE minds case as on PostgreSQL.
fn settings(role: Role) -> String {
    let (cache_kb, rest) = match role {
        Role::Writer { .. } => (16_000, ""),
        // Each commit of somebody else empties it: enough for the inner pages, not so much that it leaves the
        // processor's own cache. Measured: 8 MB answer scans a tenth faster than 24, and an import as fast.
        Role::Reader => (8_000, "pragma query_only = on;"),
    };
    format!(
        "pragma foreign_keys = on; pragma recursive_triggers = on; pragma case_sensitive_like = on;
         pragma temp_store = memory; pragma cache_size = -{cache_kb}; pragma journal_size_limit = 67108864; {rest}"
    )
}

/// The statement for SQLite, rewritten once per connection.
fn text<'a>(texts: &'a mut HashMap<(usize, usize), Box<str>>, sql: &'static str) -> &'a str {
    texts.entry((sql.as_ptr() as usize, sql.len())).or_insert_with(|| dialect::lite_sql(sql).into())
}

fn bind(statement: &mut Statement<'_>, args: &[Val]) -> Result<()> {
    let wanted = statement.parameter_count();
    if wanted != args.len() {
        return Err(StoreError::engine(format!(
            "{wanted} parameters in the statement, {} given",
            args.len()
        )));
    }
    for (at, arg) in args.iter().enumerate() {
        let value = match arg {
            Val::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Val::Int(it) => ToSqlOutput::Borrowed(ValueRef::Integer(*it)),
            // PostgreSQL has no NUL in text; SQLite would end the text there for some functions.
            Val::Text(it) if it.as_bytes().contains(&0) => {
                return Err(StoreError::Refused { rule: "NUL in text".into() });
            }
            Val::Text(it) => ToSqlOutput::Borrowed(ValueRef::Text(it.as_bytes())),
            Val::Blob(it) => ToSqlOutput::Borrowed(ValueRef::Blob(it)),
            Val::Ints(list) => list_of(list.iter().map(|it| Value::Integer(*it))),
            Val::Texts(list) => list_of(list.iter().cloned().map(Value::Text)),
            Val::Blobs(list) => list_of(list.iter().cloned().map(Value::Blob)),
        };
        statement.raw_bind_parameter(at + 1, value)?;
    }
    Ok(())
}
fn list_of(values: impl Iterator<Item = Value>) -> ToSqlOutput<'static> {
    ToSqlOutput::from_rc(Rc::new(values.collect::<Vec<Value>>()), c"rarray")
}

fn own(cell: ValueRef<'_>, statement: &'static str, column: usize) -> Result<Val> {
    let broken = |detail: &str| StoreError::Broken { statement, column, detail: detail.into() };
    Ok(match cell {
        ValueRef::Null => Val::Null,
        ValueRef::Integer(it) => Val::Int(it),
        ValueRef::Text(it) => {
            Val::Text(std::str::from_utf8(it).map_err(|_| broken("不是 UTF-8 文本"))?.to_owned())
        }
        ValueRef::Blob(it) => Val::Blob(it.to_vec()),
        ValueRef::Real(_) => return Err(broken("不应为小数")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_transaction_says_what_its_commit_waits_for() {
        let dir = tempfile::tempdir().unwrap();
        let wait = Duration::from_secs(1);
        let conn = Conn::open(&dir.path().join("a.db"), Role::Writer { create: true }, wait).unwrap();
        for (durable, level) in [(Durable::WithTheNext, 1), (Durable::AtCommit, 2), (Durable::WithTheNext, 1)]
        {
            conn.begin(durable).unwrap();
            let is: i64 = conn.conn.query_row("pragma synchronous", [], |row| row.get(0)).unwrap();
            assert_eq!(is, level, "{durable:?}");
            conn.commit().unwrap();
        }
    }
}
