//! The route table, read from its source.

use std::collections::BTreeSet;

/// Method and path of a route.
pub type Route = (&'static str, String);

/// Every route of `routes.rs`, in its order.
pub fn all() -> Vec<Route> {
    let source = include_str!("../routes.rs");
    let mut found = Vec::new();
    for line in source.split(".route(").skip(1) {
        let path = line.split('"').nth(1).expect("a route begins with its path");
        // What follows the path up to the end of the statement or the next route.
        let rest = &line[line.find(path).expect("just found") + path.len()..];
        let rest = rest.split("\n}").next().unwrap_or(rest);
        for (method, word) in [("GET", "get("), ("POST", "post(")] {
            let is =
                |at: &usize| !rest[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
            if rest.match_indices(word).any(|(at, _)| is(&at)) {
                found.push((method, path.to_owned()));
            }
        }
    }
    found
}

/// Exceptions of a sweep, as method and path.
pub fn exceptions(sweep: &str) -> BTreeSet<String> {
    let lines = include_str!("exceptions.txt").lines().filter(|line| !line.starts_with('#'));
    let of =
        |line: &'static str| line.strip_prefix(sweep)?.trim_start().split_once("  ").map(|(route, _)| route);
    lines.filter_map(of).map(str::to_owned).collect()
}

#[test]
fn the_route_table_is_read_whole() {
    let source = include_str!("../routes.rs");
    let all = all();
    let paths: BTreeSet<&str> = all.iter().map(|(_, path)| path.as_str()).collect();
    let written: BTreeSet<&str> =
        source.split(".route(").skip(1).map(|rest| rest.split('"').nth(1).unwrap()).collect();
    assert_eq!(paths, written, "a route without a method the sweeps know");
    assert!(paths.len() > 50 && all.len() > paths.len(), "{all:?}");
    for ours in [("GET", "/office/imports"), ("POST", "/office/imports"), ("POST", "/office/drafts/new")] {
        assert!(all.iter().any(|(m, p)| (*m, p.as_str()) == ours), "{ours:?}");
    }
}
