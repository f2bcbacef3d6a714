//! Cost grows with the answer, not with the country: the plans of every statement of this contract.
use store::{
    Db, Urgency, Val, certificate, item,
    testing::{Statements, TestDb, on_both, statements},
};

use crate::everything::{everything, filters};
use crate::sample;

/// Statements that read all of a small table, or are a statistic over all, by how they begin.
const WHOLE: [&str; 5] = [
    "select id, name, short_name, level, area from authority order",
    "select id, settings from authority order",
    "select authority_id, code, from_day, to_day from authority_code order",
    "select kind, code, name from code_entry",
    "select authority_id, status, count(*), max(assigned_at) from certificate",
];

/// The lines of SQLite's plan.
async fn lite_plan(db: &Db, sql: &str, args: &[Val]) -> Vec<String> {
    let sql = format!("explain query plan {sql}").leak();
    db.query(sql, args, |row| Ok(row.text(3)?.to_owned())).await.unwrap()
}

/// Whether a plan reads a whole table. A list that was handed in and the few rows of a subquery are none.
fn lite_scans(plan: &[String]) -> bool {
    plan.iter().filter_map(|line| line.strip_prefix("SCAN ")).any(|what| {
        let made_here = ["CO-ROUTINE", "MATERIALIZE"].iter().any(|it| plan.contains(&format!("{it} {what}")));
        !made_here && what != "CONSTANT ROW" && !what.contains("VIRTUAL TABLE")
    })
}

/// The lines of PostgreSQL's plan when it reads a whole table only where it has no other way: a table of three rows
/// is always read whole.
async fn pg_plan(db: &Db, sql: &str, args: &[Val]) -> Vec<String> {
    let sql = format!("explain {sql}").leak();
    let tx = db.begin(Urgency::Act).await.unwrap();
    let only_indexes = "select set_config(name, 'off', true) from pg_settings
        where name in ('enable_seqscan', 'enable_hashjoin', 'enable_mergejoin')";
    assert_eq!(tx.query(only_indexes, &[], |_| Ok(())).await.unwrap().len(), 3);
    tx.query(sql, args, |row| Ok(row.text(0)?.to_owned())).await.unwrap()
}

/// A whole table, or a whole index.
fn pg_scans(plan: &[String]) -> bool {
    plan.iter().enumerate().any(|(at, line)| {
        let index = line.contains("Index Scan") || line.contains("Index Only Scan");
        let bounded = plan.get(at + 1).is_some_and(|next| next.contains("Index Cond"));
        line.contains("Seq Scan") || (index && !bounded)
    })
}

/// Asserts that none of the statements reads a whole table, but for those that begin with one of `whole`; how many
/// were looked at.
pub async fn scan_nothing(t: &TestDb, all: Statements, whole: &[&str]) -> u32 {
    let mut asked = 0;
    for (sql, args) in all {
        if whole.iter().any(|it| sql.starts_with(it)) {
            continue;
        }
        let (plan, scans) = if t.engine == "sqlite" {
            let plan = lite_plan(&t.db, sql, &args).await;
            let scans = lite_scans(&plan);
            (plan, scans)
        } else {
            let plan = pg_plan(&t.db, sql, &args).await;
            let scans = pg_scans(&plan);
            (plan, scans)
        };
        assert!(!scans, "{}: {sql}\n{args:?}\n{}", t.engine, plan.join("\n"));
        asked += 1;
    }
    asked
}

/// PostgreSQL itself would look once a minute, and plan for an empty table until then.
#[tokio::test]
async fn a_table_that_fills_is_planned_for_as_it_is() {
    on_both(async |t| {
        if t.engine == "sqlite" {
            return;
        }
        let known = async || {
            let sql = "select cast(reltuples as bigint) from pg_class where oid = 'item'::regclass";
            t.db.query_one(sql, &[], |row| row.int(0)).await.unwrap().unwrap()
        };
        assert!(known().await <= 0, "nobody has looked yet");
        let items: Vec<_> = (0..1_200).map(sample::item).collect();
        let hashed: Vec<_> = items.iter().map(|item| (item.hash(), item)).collect();
        item::ensure(&t.db, &Default::default(), &hashed, Urgency::Batch).await.unwrap();
        for _ in 0..200 {
            if known().await == 1_200 {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("{} rows are known", known().await);
    })
    .await;
}

#[tokio::test]
async fn no_statement_scans_a_table_that_grows() {
    on_both(async |t| {
        let all: Statements = statements(async || drop(everything(&t.db).await)).await;
        // What the tests themselves ask for, and what changes no row of a growing table by design. What is shown above
        // the national list, which nothing narrows, is counted in the smallest index.
        let all_of_them = all.into_iter().filter(|(sql, _)| *sql != "select count(*) from certificate");
        let whole = [&WHOLE[..], &["select * from", "select pg_"]].concat();
        let asked = scan_nothing(&t, all_of_them.collect(), &whole).await;
        assert!(asked > 60, "only {asked} statements were seen");
    })
    .await;
}

#[tokio::test]
async fn a_list_walks_the_narrowest_index_its_filter_names_and_sorts_nothing_long() {
    let expected = [
        "SEARCH c USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)",
        "SEARCH c USING INDEX certificate_by_authority (authority_id=? AND id<?)",
        "SEARCH c USING INDEX certificate_print_due (authority_id=? AND id<?)",
        "SEARCH c USING INDEX certificate_number (number>? AND number<?)",
        "SEARCH c USING INDEX certificate_by_batch (batch_id=? AND rowid<?)",
    ];
    on_both(async |t| {
        if t.engine == "postgres" {
            return; // its choice depends on how much is in the tables
        }
        for ((name, filter), first) in filters().into_iter().zip(expected) {
            let sent = statements(async || {
                certificate::list((&t.db).into(), &filter, None, 9).await.unwrap();
            })
            .await;
            for (sql, args) in sent {
                let plan = lite_plan(&t.db, sql, &args).await;
                assert_eq!(plan[0], first, "{name}: {plan:#?}");
                let sorted = plan.iter().any(|line| line.contains("TEMP B-TREE"));
                assert_eq!(sorted, name == "of a number", "{name}: {plan:#?}");
            }
        }
    })
    .await;
}
