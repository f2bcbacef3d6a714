//! The schema is the same on both engines: tables, columns, keys and indexes.
use store::{Db, testing::on_both};

/// Table, column, type, whether null may stand in it; in the order of the table.
const LITE_COLUMNS: &str =
    "select m.name, c.name, c.type, c.\"notnull\" from sqlite_master m join pragma_table_info(m.name) c
    where m.type = 'table' order by m.name, c.cid";
const PG_COLUMNS: &str =
    "select cast(table_name as text), cast(column_name as text), cast(data_type as text),
        case when is_nullable = 'NO' then 1 else 0 end
    from information_schema.columns where table_schema = current_schema()
    order by cast(table_name as text) collate \"C\", ordinal_position";

/// Table, index (empty for those an engine names itself), whether unique, primary or plain, its columns, its condition.
const LITE_INDEXES: &str = "select m.name, case when i.origin = 'c' then i.name else '' end,
        case i.origin when 'pk' then 'primary' else case i.\"unique\" when 1 then 'unique' else 'plain' end end,
        (select group_concat(name, ',') from (select name from pragma_index_info(i.name) order by seqno)),
        coalesce((select lower(trim(substr(sql, instr(lower(sql), ' where ') + 7))) from sqlite_master d
            where d.name = i.name and i.partial = 1), '')
    from sqlite_master m join pragma_index_list(m.name) i where m.type = 'table' and m.name <> 'migration'
    union all
    select m.name, '', 'primary', c.name, '' from sqlite_master m join pragma_table_info(m.name) c
    where m.type = 'table' and m.name <> 'migration' and c.pk = 1 and lower(c.type) = 'integer' and not exists (
        select 1 from pragma_table_info(m.name) where pk = 2) order by 1, 2, 3, 4";
const PG_INDEXES: &str = "select cast(t.relname as text),
        case when exists (select 1 from pg_constraint c where c.conindid = i.indexrelid) then ''
            else cast(n.relname as text) end,
        case when i.indisprimary then 'primary' else case when i.indisunique then 'unique' else 'plain' end end,
        (select string_agg(cast(a.attname as text), ',' order by k.n) from unnest(i.indkey) with ordinality as k (num, n)
            join pg_attribute a on a.attrelid = t.oid and a.attnum = k.num),
        coalesce(lower(pg_get_expr(i.indpred, i.indrelid)), '')
    from pg_index i join pg_class t on t.oid = i.indrelid join pg_class n on n.oid = i.indexrelid
    where t.relnamespace = cast(current_schema() as regnamespace) and t.relname <> 'migration'
    order by 1, 2, 3, 4";

async fn columns(db: &Db, sql: &'static str) -> Vec<String> {
    let line = |row: &store::Row<'_>| {
        let kind = match row.text(2)?.to_lowercase().as_str() {
            "integer" | "bigint" => "int",
            "text" => "text",
            "blob" | "bytea" => "blob",
            other => panic!("a type that only one engine has: {other}"),
        };
        let null = if row.bool(3)? { " not null" } else { "" };
        Ok(format!("{}.{} {kind}{null}", row.text(0)?, row.text(1)?))
    };
    db.query(sql, &[], line).await.unwrap()
}

async fn indexes(db: &Db, sql: &'static str) -> Vec<String> {
    let line = |row: &store::Row<'_>| {
        // PostgreSQL keeps a list as an array of typed texts, and a great number as one.
        let condition = row.text(4)?.replace(['(', ')', ']'], "").replace("::text", "");
        let condition = condition.replace("'86400000000'::bigint", "86400000000");
        let condition = condition.replace("= any array[", "in ");
        let (table, name, kind, columns) = (row.text(0)?, row.text(1)?, row.text(2)?, row.text(3)?);
        Ok(format!("{table} {name} {kind} ({columns}) {condition}"))
    };
    let mut lines = db.query(sql, &[], line).await.unwrap();
    lines.sort();
    // SQLite names the key of a table without rowid both ways.
    lines.dedup();
    lines
}

#[tokio::test]
async fn tables_columns_and_indexes_are_the_same_on_both_engines() {
    let found = std::sync::Mutex::new(Vec::new());
    on_both(async |t| {
        let (of_columns, of_indexes) =
            if t.engine == "sqlite" { (LITE_COLUMNS, LITE_INDEXES) } else { (PG_COLUMNS, PG_INDEXES) };
        let pair = (columns(&t.db, of_columns).await, indexes(&t.db, of_indexes).await);
        found.lock().unwrap().push(pair);
    })
    .await;
    let [lite, pg] = found.into_inner().unwrap().try_into().unwrap();
    assert!(lite.0.len() > 200 && lite.1.len() > 40, "{} columns, {} indexes", lite.0.len(), lite.1.len());
    assert!(
        lite.1
            .iter()
            .any(|it| it
                .starts_with("certificate certificate_print_due plain (authority_id,id) print_due = 1"))
    );
    // A primary key implies "not null" on PostgreSQL; the schema says it everywhere, but in the table of migrations.
    let own = |lines: &[String]| {
        lines.iter().filter(|it| !it.starts_with("migration.")).cloned().collect::<Vec<_>>()
    };
    assert_eq!(own(&lite.0), own(&pg.0));
    assert_eq!(lite.1, pg.1);
}
