//! A thousandth of the national demo, by the program itself, in a file and on PostgreSQL.

use super::province::psql;
use super::served::Place;
use serde_json::Value;

fn document(place: &Place, words: &[&str]) -> Value {
    let said = place.ok(words);
    serde_json::from_str(&said).unwrap_or_else(|error| panic!("{words:?}: {error}: {said}"))
}

fn is_filled(place: &Place) {
    let filled = document(place, &["--json", "demo", "--scale", "national", "--part", "1000"]);
    let populated = &filled["populated"];
    assert_eq!(
        (&populated["certificates"], &populated["capabilities"]),
        (&120.into(), &25_000.into()),
        "{filled}"
    );
    let password = filled["password"].as_str().unwrap_or_default();
    std::fs::write(place.path("password"), password).expect("the folder can be written");
    let file = place.path("password").display().to_string();
    let as_national = |words: &[&str]| {
        document(place, &[&["--json"], words, &["--as", "xuke-00", "--password-file", &file]].concat())
    };
    let listed = as_national(&["certificate", "list", "--status", "有效"]);
    let number = listed["certificates"][0]["number"].as_str().unwrap_or_default().to_owned();
    assert!(!number.is_empty(), "{listed}");
    let verified = place.run(&["--json", "verify", &number]);
    assert!(matches!(verified.status.code(), Some(0 | 4)), "{}", String::from_utf8_lossy(&verified.stderr));
    assert!(String::from_utf8_lossy(&verified.stdout).contains("示例"), "who holds it is told");
    let again = place.run(&["demo", "--scale", "national", "--part", "1000"]);
    assert_eq!(again.status.code(), Some(1));
    let said = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(said.contains("这里已有全国演示数据：全国规模的 1/1000，种子 1"), "{said}");
}

#[test]
fn a_part_of_the_country_is_written_once_and_answers() {
    is_filled(&Place::empty());
}

#[test]
fn it_is_written_to_postgresql_too() {
    let server = std::env::var("FUMA_TEST_PG").expect(
        "FUMA_TEST_PG is not set: run ./test, or scripts/pg-test cargo test …, which start PostgreSQL",
    );
    let name = format!("national_{}", std::process::id());
    psql(&server, &format!("create database {name} template template0"));
    let address = format!("{}/{name}", server.rsplit_once('/').expect("FUMA_TEST_PG ends in /postgres").0);
    is_filled(&Place::empty().in_database(&address));
    psql(&server, &format!("drop database {name} with (force)"));
}

#[test]
fn a_part_is_a_part_of_the_country() {
    let output = Place::empty().run(&["demo", "--part", "10"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("--scale national"), "{said}");
}
