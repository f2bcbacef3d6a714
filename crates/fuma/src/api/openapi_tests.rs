use super::*;
use domain::{Field, Number, Realm, Shape};
use std::collections::BTreeSet;

#[test]
fn the_document_in_the_repository_is_the_one_that_is_served() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let locked = std::fs::read_to_string(file).unwrap();
    assert!(
        locked == document_text(),
        "docs/openapi.json 与代码不符：请运行 fuma openapi > docs/openapi.json"
    );
}

/// Every value of a document, with the way to it.
fn walk<'a>(value: &'a Value, at: &str, visit: &mut dyn FnMut(&str, &'a Value)) {
    visit(at, value);
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| walk(value, &format!("{at}/{key}"), visit)),
        Value::Array(all) => {
            all.iter().enumerate().for_each(|(n, value)| walk(value, &format!("{at}/{n}"), visit));
        }
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_schema_is_used_and_titled() {
    let mut named = BTreeSet::new();
    walk(document(), "", &mut |at, value| {
        if let Some(link) = value["$ref"].as_str() {
            let there = document().pointer(link.trim_start_matches('#'));
            assert!(there.is_some(), "{at}: {link}");
            named.insert(link.rsplit('/').next().unwrap().to_owned());
        }
        if let Some(order) = value["x-order"].as_array() {
            let order: BTreeSet<&str> = order.iter().filter_map(Value::as_str).collect();
            let properties = value["properties"].as_object().unwrap();
            assert_eq!(order, properties.keys().map(String::as_str).collect(), "{at}");
        }
    });
    let schemas = document()["components"]["schemas"].as_object().unwrap();
    for (name, schema) in schemas {
        assert!(named.contains(name) || name == "BatchLine", "{name} is used nowhere");
        assert!(schema["title"].is_string(), "{name} has no title");
        assert!(
            components::TITLES.iter().any(|(known, _)| known == name),
            "{name} is not in the reading order"
        );
    }
    assert_eq!(components::TITLES.len(), schemas.len());
}

#[test]
fn every_operation_has_its_own_id_and_says_all_parameters_of_its_path() {
    let mut ids = BTreeSet::new();
    for (path, item) in document()["paths"].as_object().unwrap() {
        let wanted: Vec<&str> = path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        for (method, operation) in item.as_object().unwrap() {
            assert!(matches!(method.as_str(), "get" | "post"), "{path}: only GET and POST");
            let id = operation["operationId"].as_str().unwrap();
            assert!(ids.insert(id), "{id} twice");
            let parameters = operation["parameters"].as_array().unwrap();
            let of_path = parameters.iter().filter(|it| it["in"] == "path");
            assert_eq!(of_path.filter_map(|it| it["name"].as_str()).collect::<Vec<_>>(), wanted, "{id}");
            assert!(parameters.iter().all(|it| it["name"] != "access_token"), "{id}: a token in the address");
        }
    }
    for call in calls() {
        assert!(CHAPTERS.iter().any(|(name, _)| *name == call.chapter), "{}", call.id);
        let form = call.method == "get" && call.id != "openapi";
        assert!(!form || document()["paths"][call.path]["post"].is_object(), "{} has no form", call.id);
    }
}

#[test]
fn the_examples_are_of_the_shape_that_their_fields_have() {
    for field in Field::ALL {
        let value = sample::value(*field);
        let text = value.as_str().unwrap_or_default();
        let fits = match field.shape() {
            Shape::Text(max) | Shape::Digits(max) => (1..=max).contains(&text.chars().count()),
            Shape::Day => domain::Day::parse(text).is_ok_and(|day| day.to_string() == text),
            Shape::YesNo => value.is_boolean(),
            Shape::Choice(words) => words.contains(&text),
            Shape::Code => matches!(text.len(), 2 | 6) && text.bytes().all(|b| b.is_ascii_digit()),
        };
        assert!(fits, "{field:?}: {value}");
    }
    assert!(domain::Code::parse(sample::CODE, Realm::Registry).is_ok());
    assert!(Number::parse(sample::NUMBER).is_ok());
}

/// Words in quotes that look like codes, of a source without its tests and comments.
fn words(source: &str) -> BTreeSet<&str> {
    let source = source.split("#[cfg(test)]").next().unwrap_or(source);
    let lines = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    let quoted = lines.flat_map(|line| line.split('"').skip(1).step_by(2));
    let code = |word: &&str| {
        word.len() > 2 && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') && !word.starts_with('_')
    };
    quoted.filter(code).collect()
}

/// Words of the funnel, the plan and what stands beside them that are no codes.
const NO_CODES: [&str; 6] = ["true", "false", "yes", "main", "branch", "not_a_code"];

#[test]
fn every_code_that_the_funnel_and_the_plan_can_give_is_told() {
    let sources = [
        include_str!("../../../domain/src/draft/cell.rs"),
        include_str!("../../../domain/src/draft/face.rs"),
        include_str!("../../../domain/src/draft/rows.rs"),
        include_str!("../../../domain/src/draft/rules.rs"),
        include_str!("../../../domain/src/plan.rs"),
        include_str!("../../../app/src/funnel.rs"),
        include_str!("../../../app/src/alike/mod.rs"),
        include_str!("../../../app/src/alike/party.rs"),
        include_str!("../../../app/src/alike/twins.rs"),
    ];
    let told: BTreeSet<&str> = CODES.iter().map(|code| code.code).collect();
    assert_eq!(told.len(), CODES.len(), "a code twice");
    let found: BTreeSet<&str> = sources.iter().flat_map(|source| words(source)).collect();
    let missing: Vec<_> =
        found.iter().filter(|word| !told.contains(*word) && !NO_CODES.contains(word)).collect();
    assert!(missing.is_empty(), "add to openapi/codes.rs, or to the words that are none: {missing:?}");
}

/// Words of code form in the arguments of each call of `function`.
fn arguments<'a>(source: &'a str, function: &str) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    for (at, _) in source.match_indices(function) {
        let rest = &source[at + function.len()..];
        let mut depth = 1;
        let end = rest.find(|c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth == 0
        });
        found.extend(words(&rest[..end.unwrap_or(rest.len())]));
    }
    found
}

#[test]
fn every_code_that_the_interface_can_give_is_told() {
    let verbs = [
        include_str!("../../../app/src/interface/batches.rs"),
        include_str!("../../../app/src/interface/collect.rs"),
        include_str!("../../../app/src/interface/declare.rs"),
        include_str!("../../../app/src/interface/item.rs"),
        include_str!("../../../app/src/interface/mode.rs"),
        include_str!("../../../app/src/interface/status.rs"),
        include_str!("../../../app/src/interface/work.rs"),
    ];
    let doors = [
        include_str!("batches.rs"),
        include_str!("call.rs"),
        include_str!("files.rs"),
        include_str!("items.rs"),
        include_str!("limits.rs"),
        include_str!("mod.rs"),
        include_str!("problem.rs"),
        include_str!("reading.rs"),
    ];
    let told: BTreeSet<&str> = CODES.iter().map(|code| code.code).collect();
    let faults = verbs.iter().flat_map(|it| {
        let it = it.split("#[cfg(test)]").next().unwrap_or(it);
        arguments(it, "Fault::error(").into_iter().chain(arguments(it, "fault("))
    });
    let problems = doors.iter().flat_map(|it| {
        let it = it.split("#[cfg(test)]\n    use").next().unwrap_or(it);
        arguments(it, "Problem::new(").into_iter().chain(arguments(it, "Problem::bad("))
    });
    // The words of a signature's refusal are named in a match.
    let signing =
        [include_str!("../../../app/src/interface/signing.rs"), include_str!("../http/signature/refusal.rs")];
    let named = signing.iter().flat_map(|it| it.lines()).filter(|line| line.contains("=> \""));
    let named = named.flat_map(words).filter(|word| word.contains('_'));
    let found: BTreeSet<&str> = faults.chain(problems).chain(named).collect();
    assert!(found.contains("stale_edition") && found.contains("too_many"), "{found:?}");
    let missing: Vec<_> = found.iter().filter(|word| !told.contains(*word)).collect();
    assert!(missing.is_empty(), "add to openapi/codes.rs: {missing:?}");
}

#[test]
fn what_is_told_of_is_what_is_routed() {
    let bare = |path: &str| -> String {
        path.split('/')
            .map(|part| if part.starts_with('{') { "{}" } else { part })
            .collect::<Vec<_>>()
            .join("/")
    };
    let source = include_str!("mod.rs");
    let routed = source.split(".route(").skip(1).filter_map(|rest| rest.split('"').nth(1));
    let routed: BTreeSet<String> = routed
        .filter_map(|path| path.strip_prefix("/api/v1"))
        .filter(|it| *it != "/{*rest}")
        .map(bare)
        .collect();
    let told: BTreeSet<String> = document()["paths"].as_object().unwrap().keys().map(|it| bare(it)).collect();
    assert_eq!(told, routed);
}
