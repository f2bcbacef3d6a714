//! `fuma bench search` at a thousandth of the country, with the databases beside it: PostgreSQL, pg_trgm and FTS5 really
//! run, and count what the index counts.

use super::served::Place;
use serde_json::Value;

fn figures(place: &Place, folder: &str) -> Vec<(String, String)> {
    let server = std::env::var("FUMA_TEST_PG").expect(
        "FUMA_TEST_PG is not set: run ./test, or scripts/pg-test cargo test …, which start PostgreSQL",
    );
    let words = [
        "--json",
        "bench",
        "search",
        "--folder",
        folder,
        "--parts",
        "1000",
        "--peers",
        "--postgres",
        &server,
    ];
    let said: Value = serde_json::from_str(&place.ok(&words)).expect("one document");
    let text = |of: &Value| of.as_str().unwrap_or_default().to_owned();
    let figures = said["figures"].as_array().expect("figures").iter();
    figures
        .map(|it| {
            (
                text(&it["name"]),
                if it["lines"].is_array() { it["lines"].to_string() } else { text(&it["figure"]) },
            )
        })
        .collect()
}

#[test]
fn the_databases_beside_the_index_count_what_it_counts() {
    let place = Place::empty();
    let folder = place.path("bench");
    let told = figures(&place, &folder.display().to_string());
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
    let again = figures(&place, &folder.display().to_string());
    assert!(again.contains(&("registry".into(), "found".into())), "what is there is measured again");
}

#[test]
fn peers_and_parts_are_of_searches_only() {
    let output = Place::empty().run(&["bench", "xlsx", "--parts", "10"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("fuma bench search"), "{said}");
}
