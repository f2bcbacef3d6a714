//! Migrations: one text for both engines, applied once, remembered with its checksum.
//!
//! * Tokens: `{int}` `{text}` `{blob}` for columns; `{strict}` and `{without_rowid}` (in this order) after the closing
//!   bracket of a table.
//! * Sections: lines `-- only sqlite` or `-- only postgres`, up to `-- end`.
//! * Directives, each a line of its own below the table they name:
//!   `-- append_only: table` refuses update, delete and truncate; `-- no_delete: table` refuses delete and truncate;
//!   `-- close_only: table(column) keeps a, b, …` refuses delete and truncate, and every update but the one that turns a
//!   null `column` into a value and leaves all others alone. `keeps` may be left out; if written it must name them
//!   all. Write the directive again in a migration that adds a column.
use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::{Db, Result, StoreError, Tx, Urgency, dialect::Engine, dialect::Lock};

/// One step of the schema.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// 1, 2, 3…
    pub version: i64,
    /// As in the name of its file.
    pub name: &'static str,
    /// The text of its file, never altered once released.
    pub text: &'static str,
}

/// All steps of the schema, in order.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, name: "registry", text: include_str!("../migrations/001_registry.sql") },
    Migration { version: 2, name: "notices", text: include_str!("../migrations/002_notices.sql") },
    Migration { version: 3, name: "alike", text: include_str!("../migrations/003_alike.sql") },
    Migration { version: 4, name: "excerpt", text: include_str!("../migrations/004_excerpt.sql") },
    Migration { version: 5, name: "interface", text: include_str!("../migrations/005_interface.sql") },
    Migration {
        version: 6,
        name: "signatory_sex",
        text: include_str!("../migrations/006_signatory_sex.sql"),
    },
    Migration { version: 7, name: "inbox", text: include_str!("../migrations/007_inbox.sql") },
    Migration { version: 8, name: "admission", text: include_str!("../migrations/008_admission.sql") },
    Migration { version: 9, name: "saved_search", text: include_str!("../migrations/009_saved_search.sql") },
    Migration { version: 10, name: "merge", text: include_str!("../migrations/010_merge.sql") },
    Migration { version: 11, name: "open_data", text: include_str!("../migrations/011_open_data.sql") },
    Migration { version: 12, name: "tally", text: include_str!("../migrations/012_tally.sql") },
    Migration { version: 13, name: "quality", text: include_str!("../migrations/013_quality.sql") },
    Migration { version: 14, name: "bulletin", text: include_str!("../migrations/014_bulletin.sql") },
    Migration { version: 15, name: "worklist", text: include_str!("../migrations/015_worklist.sql") },
    Migration { version: 16, name: "supervision", text: include_str!("../migrations/016_supervision.sql") },
    Migration { version: 17, name: "days", text: include_str!("../migrations/017_days.sql") },
    Migration { version: 18, name: "last_login", text: include_str!("../migrations/018_last_login.sql") },
    Migration { version: 19, name: "plans", text: include_str!("../migrations/019_plans.sql") },
];

/// What the database remembers of a step.
struct Applied {
    version: i64,
    checksum: String,
}
const APPLIED: &str = "select version, checksum from migration order by version";

/// Refuses a database of which the applied steps are not the first ones of `list`. Says how many are applied.
pub(crate) async fn compare(db: &Db, list: &[Migration]) -> Result<usize> {
    let exists = db.query_one(db.engine().table_exists(), &["migration".into()], |row| row.bool(0)).await?;
    if exists != Some(true) {
        return Ok(0);
    }
    check(&db.query(APPLIED, &[], applied).await?, list)
}

/// Applies what is missing, each step in a transaction of its own. Says how many steps that were.
pub(crate) async fn apply(db: &Db, list: &[Migration], now: i64) -> Result<usize> {
    let before = compare(db, list).await?;
    let mut done = 0;
    for _ in before..list.len() {
        done += usize::from(apply_next(db, list, now).await?);
    }
    Ok(done)
}

/// Applies the first missing step; false if another process was faster.
async fn apply_next(db: &Db, list: &[Migration], now: i64) -> Result<bool> {
    let engine = db.engine();
    let tx = db.begin(Urgency::Act).await?;
    tx.lock(Lock::Migrations).await?;
    tx.script(engine.prelude()).await?;
    let count = check(&tx.query(APPLIED, &[], applied).await?, list)?;
    let Some(next) = list.get(count) else { return Ok(false) };
    for part in parts(engine, next)? {
        let script = match part {
            Part::Script(text) => text,
            Part::Guard(guard) => guard.script(engine, &tx).await?,
        };
        tx.script(script).await?;
    }
    tx.exec(
        "insert into migration (version, name, checksum, applied_at) values ($1, $2, $3, $4)",
        &[next.version.into(), next.name.into(), checksum(next.text).into(), now.into()],
    )
    .await?;
    tx.commit().await?;
    Ok(true)
}

fn applied(row: &crate::Row<'_>) -> Result<Applied> {
    Ok(Applied { version: row.int(0)?, checksum: row.text(1)?.to_owned() })
}
fn check(done: &[Applied], list: &[Migration]) -> Result<usize> {
    for (at, applied) in done.iter().enumerate() {
        let Some(known) = list.get(at) else {
            return Err(StoreError::Schema(format!(
                "数据库已升级到第 {} 版，本程序只认识到第 {} 版。请使用更新版本的程序",
                applied.version,
                list.len()
            )));
        };
        if applied.version != known.version || applied.checksum != checksum(known.text) {
            return Err(StoreError::Schema(format!(
                "第 {} 步（{}）与数据库中已执行的内容不一致。请使用与该数据库配套的程序，不要修改已执行的升级脚本",
                known.version, known.name
            )));
        }
    }
    Ok(done.len())
}
fn checksum(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}"); // writing to a String does not fail
        out
    })
}

/// A piece of a migration.
enum Part {
    Script(String),
    Guard(Guard),
}
/// A directive.
struct Guard {
    rule: &'static str,
    table: String,
    /// What may be closed, for `close_only`.
    column: Option<String>,
    /// What `keeps` lists; empty if it was left out.
    keeps: Vec<String>,
}
const RULES: [&str; 3] = ["append_only", "no_delete", "close_only"];

fn parts(engine: Engine, migration: &Migration) -> Result<Vec<Part>> {
    let (mut out, mut script, mut skipping) = (Vec::new(), String::new(), false);
    for line in migration.text.lines() {
        let comment = line.trim().strip_prefix("-- ").unwrap_or_default();
        if let Some(name) = comment.strip_prefix("only ") {
            skipping = name.trim() != engine.section();
        } else if comment == "end" {
            skipping = false;
        } else if skipping {
            continue;
        } else if let Some(guard) = guard(comment)? {
            out.push(Part::Script(std::mem::take(&mut script)));
            out.push(Part::Guard(guard));
        } else {
            script.push_str(&engine.schema(line));
            script.push('\n');
        }
    }
    out.push(Part::Script(script));
    Ok(out)
}
/// The directive in a comment, if it is one. One that cannot be read is an error: it would protect nothing.
fn guard(comment: &str) -> Result<Option<Guard>> {
    let Some((rule, what)) = RULES.iter().find_map(|rule| Some((*rule, comment.strip_prefix(rule)?))) else {
        return Ok(None);
    };
    let broken = || StoreError::Schema(format!("升级脚本中有无法识别的指令：{comment}"));
    let what = what.strip_prefix(':').ok_or_else(broken)?;
    let (what, keeps) = what.split_once(" keeps ").unwrap_or((what, ""));
    let keeps = keeps.split(',').map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect();
    let (table, column) = match what.trim().split_once('(') {
        Some((table, column)) => {
            (table, Some(column.strip_suffix(')').ok_or_else(broken)?.trim().to_owned()))
        }
        None => (what.trim(), None),
    };
    if column.is_some() != (rule == "close_only") {
        return Err(broken());
    }
    Ok(Some(Guard { rule, table: table.trim().to_owned(), column, keeps }))
}

impl Guard {
    /// The triggers. Table and columns must exist: a misspelt directive protects nothing.
    async fn script(&self, engine: Engine, tx: &Tx) -> Result<String> {
        let Guard { rule, table, column, keeps } = self;
        let columns = tx.query(engine.columns(), &[table.into()], |row| Ok(row.text(0)?.to_owned())).await?;
        if columns.is_empty() {
            return Err(StoreError::Schema(format!("升级脚本中的 {rule} 指向不存在的表 {table}")));
        }
        let update = match column {
            Some(column) => {
                let others: Vec<&String> = columns.iter().filter(|it| *it != column).collect();
                let all_kept = keeps.is_empty()
                    || (keeps.len() == others.len() && others.iter().all(|it| keeps.contains(it)));
                if others.len() == columns.len() || !all_kept {
                    return Err(StoreError::Schema(format!("升级脚本中的 {rule} 与表 {table} 的列不符")));
                }
                engine.refuse(rule, table, "update", Some(&closing(column, &others)))
            }
            None if *rule == "append_only" => engine.refuse(rule, table, "update", None),
            None => String::new(),
        };
        Ok(update
            + &engine.refuse(rule, table, "delete", None)
            + &engine.refuse(rule, table, "truncate", None))
    }
}
/// The condition under which an update is more than closing `column`.
fn closing(column: &str, others: &[&String]) -> String {
    let mut allowed = format!("old.{column} is null and new.{column} is not null");
    for kept in others {
        let _ = write!(allowed, " and new.{kept} is not distinct from old.{kept}");
    }
    format!("not ({allowed})")
}
