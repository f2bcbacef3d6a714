//! Neither the zone of the machine nor that of the database changes a byte.
use std::{path::Path, process::Command};

use store::{
    Db, OpenOptions, Urgency,
    testing::{TestDb, on_both},
};

use crate::everything::everything;

/// In the child, where to write the answers.
const ANSWERS: &str = "FUMA_TEST_ZONE_ANSWERS";
const THIS: &str = "zones::the_zone_of_machine_and_database_does_not_matter";

/// Sets the zone of this database for all connections to come. SQLite has no such thing.
async fn away(t: &TestDb) -> Db {
    if t.engine == "postgres" {
        let sql = "do $$ begin execute format('alter database %I set timezone to %L', current_database(),
            'America/New_York'); end $$";
        let tx = t.db.begin(Urgency::Act).await.unwrap();
        tx.exec(sql, &[]).await.unwrap();
        tx.commit().await.unwrap();
    }
    let db = Db::open(&t.address, OpenOptions::default()).await.unwrap();
    if t.engine == "postgres" {
        let zone = db.query_one("select current_setting('timezone')", &[], |row| Ok(row.text(0)?.to_owned()));
        assert_eq!(zone.await.unwrap().as_deref(), Some("America/New_York"));
    }
    db
}

/// All answers of both engines.
async fn answers(elsewhere: bool) -> String {
    let all = std::sync::Mutex::new(Vec::new());
    on_both(async |t| {
        let db = if elsewhere { away(&t).await } else { t.db.clone() };
        let text = everything(&db).await;
        all.lock().unwrap().push(text);
    })
    .await;
    let [lite, pg]: [String; 2] = all.into_inner().unwrap().try_into().unwrap();
    assert!(lite == pg, "the engines differ:\n{}", first_difference(&lite, &pg));
    lite
}

fn first_difference(a: &str, b: &str) -> String {
    let pair = a.lines().zip(b.lines()).find(|(a, b)| a != b);
    pair.map_or("one is longer".into(), |(a, b)| format!("{a}\n{b}"))
}

#[tokio::test]
async fn the_zone_of_machine_and_database_does_not_matter() {
    if let Some(path) = std::env::var_os(ANSWERS) {
        return std::fs::write(path, answers(true).await).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let here = answers(false).await;
    for zone in ["America/New_York", "Pacific/Kiritimati"] {
        let there = child(zone, &folder.path().join("answers"));
        assert!(here == there, "{zone} differs:\n{}", first_difference(&here, &there));
    }
}

/// The same answers from a process that believes to be in `zone`, on a database that is in New York.
fn child(zone: &str, path: &Path) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", THIS, "--nocapture"])
        .env("TZ", zone)
        .env(ANSWERS, path)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::read_to_string(path).unwrap()
}
