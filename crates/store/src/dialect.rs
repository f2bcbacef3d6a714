//! Every difference between the two engines: words of SQL, tokens of the schema, triggers, locks, catalogue.
use std::borrow::Cow;

use crate::Kind;

/// Which engine a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Lite,
    Pg,
}

/// PostgreSQL's advisory locks, held to the end of the transaction. SQLite's one writer needs none.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Lock {
    /// Positions of events, in commit order.
    Positions,
    /// One process at a time changes the schema.
    Migrations,
    /// One process at a time adds to the sums of what was counted.
    Tally,
}
impl Lock {
    /// The key: "fuma" in ASCII, then a number per lock, so that other programs on the server do not collide.
    pub(crate) fn key(self) -> i64 {
        0x6675_6d61_0000_0000
            | match self {
                Lock::Positions => 1,
                Lock::Migrations => 2,
                Lock::Tally => 3,
            }
    }
}
/// Takes the advisory lock of which the key is `$1`.
pub(crate) const PG_LOCK: &str = "select pg_advisory_xact_lock($1)";

/// The statement for SQLite: `$n` is a NAME there, numbered by first appearance, so it becomes `?n`; `= any($n)` looks
/// into a bound array; PostgreSQL's locking words vanish. What stands in quotes or comments stays.
pub(crate) fn lite_sql(sql: &str) -> String {
    let sql = sql.replace("{for_update}", "").replace("{skip_locked}", "");
    let mut out = String::with_capacity(sql.len());
    let mut rest = sql.as_str();
    while let Some(at) = rest.find(['\'', '"', '-', '$', '=']) {
        out.push_str(&rest[..at]);
        let (from, mark) = (&rest[at..], rest.as_bytes()[at]);
        let used = match mark {
            b'\'' | b'"' => {
                let end = from[1..].find(char::from(mark)).map_or(from.len(), |it| it + 2);
                out.push_str(&from[..end]);
                end
            }
            b'-' => {
                let end = if from.starts_with("--") { from.find('\n').unwrap_or(from.len()) } else { 1 };
                out.push_str(&from[..end]);
                end
            }
            b'=' => match from[1..].trim_start().strip_prefix("any($") {
                Some(list) => {
                    out.push_str(" in rarray(?");
                    from.len() - list.len()
                }
                None => {
                    out.push('=');
                    1
                }
            },
            _ => {
                out.push(if from[1..].starts_with(|it: char| it.is_ascii_digit()) { '?' } else { '$' });
                1
            }
        };
        rest = &from[used..];
    }
    out.push_str(rest);
    out
}

/// The statement for PostgreSQL: verbatim, but for the locking words.
pub(crate) fn pg_sql(sql: &'static str) -> Cow<'static, str> {
    if !sql.contains('{') {
        return Cow::Borrowed(sql);
    }
    sql.replace("{for_update}", "for update").replace("{skip_locked}", "for update skip locked").into()
}

/// One row of a bulk insert.
pub(crate) fn insert(engine: Engine, table: &str, columns: &[(&str, Kind)]) -> String {
    let sign = if engine == Engine::Lite { '?' } else { '$' };
    let places: Vec<String> = (1..=columns.len()).map(|n| format!("{sign}{n}")).collect();
    format!("insert into {table} ({}) values ({})", names(columns), places.join(", "))
}
/// A bulk insert on PostgreSQL.
pub(crate) fn pg_copy(table: &str, columns: &[(&str, Kind)]) -> String {
    format!("copy {table} ({}) from stdin (format binary)", names(columns))
}
fn names(columns: &[(&str, Kind)]) -> String {
    columns.iter().map(|it| it.0).collect::<Vec<_>>().join(", ")
}

impl Engine {
    /// Whether a table of this name exists: 0 or 1.
    pub(crate) fn table_exists(self) -> &'static str {
        match self {
            Engine::Lite => "select count(*) from sqlite_master where type = 'table' and name = $1",
            Engine::Pg => {
                "select count(*) from information_schema.tables where table_name = $1 and table_schema = current_schema()"
            }
        }
    }
    /// The columns of a table, in order.
    pub(crate) fn columns(self) -> &'static str {
        match self {
            Engine::Lite => "select name from pragma_table_info($1) order by cid",
            Engine::Pg => {
                "select column_name from information_schema.columns
                 where table_name = $1 and table_schema = current_schema() order by ordinal_position"
            }
        }
    }
    /// The word after `-- only` in a migration.
    pub(crate) fn section(self) -> &'static str {
        match self {
            Engine::Lite => "sqlite",
            Engine::Pg => "postgres",
        }
    }
    /// The text of a migration with its tokens put in. TEXT sorts and compares by its bytes on both engines, whatever
    /// the locale of the PostgreSQL database.
    pub(crate) fn schema(self, text: &str) -> String {
        let tokens: &[(&str, &str)] = match self {
            Engine::Lite => &[
                ("{int}", "integer"),
                ("{text}", "text"),
                ("{blob}", "blob"),
                ("{strict}{without_rowid}", " strict, without rowid"),
                ("{strict}", " strict"),
                ("{without_rowid}", " without rowid"),
            ],
            Engine::Pg => &[
                ("{int}", "bigint"),
                ("{text}", "text collate \"C\""),
                ("{blob}", "bytea"),
                ("{strict}", ""),
                ("{without_rowid}", ""),
            ],
        };
        tokens.iter().fold(text.to_owned(), |text, (token, word)| text.replace(token, word))
    }
    /// A trigger that refuses `verb` (`update`, `delete`, `truncate`) on `table`, by the name of `rule`; with a
    /// condition over `old` and `new`, only those rows. Replaces the trigger of the same name. SQLite has no truncate.
    pub(crate) fn refuse(self, rule: &str, table: &str, verb: &str, when: Option<&str>) -> String {
        let name = format!("{table}_refuse_{verb}");
        let when = when.map_or(String::new(), |it| format!(" when ({it})"));
        match self {
            Engine::Lite if verb == "truncate" => String::new(),
            Engine::Lite => format!(
                "drop trigger if exists {name};
                 create trigger {name} before {verb} on {table}{when} begin select raise(abort, '{rule}:{table}'); end;\n"
            ),
            Engine::Pg => {
                let each = if verb == "truncate" { "statement" } else { "row" };
                format!(
                    "drop trigger if exists {name} on {table};
                     create trigger {name} before {verb} on {table} for each {each}{when} execute function refuse('{rule}');\n"
                )
            }
        }
    }
    /// What stands before the first migration.
    pub(crate) fn prelude(self) -> String {
        let table = self.schema(
            "create table if not exists migration (version {int} primary key, name {text} not null,
             checksum {text} not null, applied_at {int} not null){strict};\n",
        );
        match self {
            Engine::Lite => table,
            Engine::Pg => format!(
                "set local statement_timeout = 0; set local client_min_messages = warning;
                 {table} create or replace function refuse() returns trigger language plpgsql as
                 $$ begin raise exception '%:%', tg_argv[0], tg_table_name; end $$;\n"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_become_numbers_outside_of_quotes() {
        assert_eq!(
            lite_sql("select $2, $1, '$1 = any($2)', \"$3\" where a=$10"),
            "select ?2, ?1, '$1 = any($2)', \"$3\" where a=?10"
        );
        assert_eq!(lite_sql("select 'it''s $1', $1"), "select 'it''s $1', ?1");
        assert_eq!(lite_sql("select 5 - $1 -- it's $2\n, $2"), "select 5 - ?1 -- it's $2\n, ?2");
    }
    #[test]
    fn a_list_is_looked_up_in_a_bound_array() {
        assert_eq!(
            lite_sql("a = $1 and id = any($2) and b=any($3)"),
            "a = ?1 and id  in rarray(?2) and b in rarray(?3)"
        );
    }
    #[test]
    fn locking_words_are_postgres_only() {
        let sql = "select id from job limit 1 {skip_locked}";
        assert_eq!(lite_sql(sql), "select id from job limit 1 ");
        assert_eq!(pg_sql(sql), "select id from job limit 1 for update skip locked");
        assert_eq!(pg_sql("select 1 {for_update}"), "select 1 for update");
    }

    proptest::proptest! {
        #[test]
        fn any_text_outside_of_our_words_stays(quoted in "[^']*", plain in "[^'\"$={-]*", n in 1u16..999) {
            proptest::prop_assert_eq!(
                lite_sql(&format!("{plain}'{quoted}'${n}{plain}")),
                format!("{plain}'{}'?{n}{plain}", quoted.replace("{for_update}", "").replace("{skip_locked}", ""))
            );
            let _ = lite_sql(&quoted); // whatever it is, no panic
        }
    }
}
