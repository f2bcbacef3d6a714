//! `fuma bench search` at a thousandth of the country, with the databases beside it: PostgreSQL, pg_trgm and FTS5 really
//! run, and count what the index counts.

use super::served::Place;
use serde_json::Value;

/// What a run tells, by name; a table as its text.
fn figures(place: &Place, words: &[&str]) -> Vec<(String, String)> {
    let said = place.ok(&[&["--json", "bench", "search"], words].concat());
    let said: Value = serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"));
    let text = |of: &Value| of.as_str().map_or_else(|| of.to_string(), str::to_owned);
    let figures = said["figures"].as_array().expect("figures").iter();
    figures.map(|it| (text(&it["name"]), text(it.get("figure").unwrap_or(&it["lines"])))).collect()
}

#[test]
fn the_databases_beside_the_index_count_what_it_counts() {
    let place = Place::empty();
    let folder = place.path("bench");
    let part = ["--folder", &folder.display().to_string(), "--parts", "1000"];
    let server = std::env::var("FUMA_TEST_PG").expect(
        "FUMA_TEST_PG is not set: run ./test, or scripts/pg-test cargo test …, which start PostgreSQL",
    );
    let told = figures(&place, &[&part[..], &["--peers", "--postgres", &server]].concat());
    let of =
        |name: &str| -> Vec<&str> { told.iter().filter(|it| it.0 == name).map(|it| it.1.as_str()).collect() };
    assert!(of("registry")[0].ends_with("25000 capability rows"), "{told:?}");
    for engine in ["PostgreSQL LIKE", "pg_trgm", "SQLite FTS5"] {
        let agreed = of(engine).into_iter().find(|it| it.contains("answers are those of the index"));
        let agreed = agreed.unwrap_or_else(|| panic!("{engine}: {told:#?}"));
        assert!(!agreed.contains("WITHOUT A REASON"), "{engine}: {agreed}");
        let (same, all) = agreed.split_once(" answers").unwrap().0.split_once(" of ").unwrap();
        let [same, all] = [same, all].map(|it| it.parse::<usize>().unwrap());
        assert!(all > 100 && same * 10 > all * 9, "{engine}: {agreed}");
    }
    let table = of("table")[0];
    for word in ["1/1000", "index", "PostgreSQL LIKE", "pg_trgm", "SQLite FTS5", "× "] {
        assert!(table.contains(word), "{word}: {table}");
    }
    let left: Vec<String> = std::fs::read_dir(folder.join("part-1000"))
        .unwrap()
        .map(|it| it.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert!(left.iter().all(|name| ["data", "password"].contains(&name.as_str())), "{left:?}");
    let again = figures(&place, &[&part[..], &["--peers", "--peers-upto", "24999"]].concat());
    assert!(again.contains(&("registry".into(), "found".into())), "what is there is measured again");
    let left = "left out: 25000 capability rows are more than --peers-upto 24999";
    assert!(again.contains(&("peers".into(), left.into())), "{again:#?}");
}

#[test]
fn peers_and_parts_are_of_searches_only() {
    let output = Place::empty().run(&["bench", "xlsx", "--parts", "10"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("fuma bench search"), "{said}");
}
