//! Cost grows with the answer, not with the country: SQLite's plans of every statement of this contract.
use store::{
    Db, OpenOptions, Val, certificate,
    testing::{MIGRATED_AT, statements},
};

use crate::everything::{everything, filters};

/// The lines of SQLite's plan.
async fn plan(db: &Db, sql: &str, parameters: usize) -> Vec<String> {
    let sql = format!("explain query plan {sql}").leak();
    let args = vec![Val::Null; parameters];
    db.query(sql, &args, |row| Ok(row.text(3)?.to_owned())).await.unwrap()
}

/// A plan that reads a whole table. Lists that were handed in and the few rows of a subquery are none.
fn scans(line: &str) -> bool {
    line.starts_with("SCAN ")
        && !["SCAN s", "SCAN CONSTANT ROW"].contains(&line)
        && !line.contains("VIRTUAL TABLE")
}

/// Statements that read all of a small table, or are a statistic over all, by how they begin.
const WHOLE: [&str; 4] = [
    "select id, name, short_name, level, area from authority order",
    "select authority_id, code, from_day, to_day from authority_code order",
    "select kind, code, name from code_entry",
    "select authority_id, status, count(*), max(assigned_at) from certificate",
];

/// An empty SQLite store, and the folder it is in.
async fn fresh() -> (Db, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let address = format!("sqlite:{}", folder.path().join("plans.db").display());
    let db = Db::open(&address, OpenOptions { create: true, ..OpenOptions::default() }).await.unwrap();
    db.migrate(MIGRATED_AT).await.unwrap();
    (db, folder)
}

#[tokio::test]
async fn no_statement_scans_a_table_that_grows() {
    let (db, _folder) = fresh().await;
    let all = statements(async || drop(everything(&db).await)).await;
    let mut asked = 0;
    for (sql, parameters) in all {
        if sql.starts_with("select * from") || WHOLE.iter().any(|it| sql.starts_with(it)) {
            continue;
        }
        let plan = plan(&db, sql, parameters).await;
        assert!(!plan.iter().any(|line| scans(line)), "{sql}\n{plan:#?}");
        asked += 1;
    }
    assert!(asked > 60, "only {asked} statements were seen");
}

#[tokio::test]
async fn a_list_walks_the_narrowest_index_its_filter_names_and_sorts_nothing_long() {
    let (db, _folder) = fresh().await;
    let expected = [
        "SEARCH c USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)",
        "SEARCH c USING INDEX certificate_by_authority (authority_id=? AND id<?)",
        "SEARCH c USING INDEX certificate_print_due (authority_id=? AND id<?)",
        "SEARCH c USING INDEX certificate_number (number>? AND number<?)",
        "SEARCH c USING INDEX certificate_by_batch (batch_id=? AND rowid<?)",
    ];
    for ((name, filter), first) in filters().into_iter().zip(expected) {
        let sent = statements(async || {
            certificate::list((&db).into(), &filter, None, 9).await.unwrap();
        })
        .await;
        for (sql, parameters) in sent {
            let plan = plan(&db, sql, parameters).await;
            assert_eq!(plan[0], first, "{name}: {plan:#?}");
            let sorted = plan.iter().any(|line| line.contains("TEMP B-TREE"));
            assert_eq!(sorted, name == "of a number", "{name}: {plan:#?}");
        }
    }
}
