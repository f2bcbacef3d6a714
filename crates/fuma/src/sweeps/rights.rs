//! Every route, asked by everyone: who is let in is what the table of rights says, and a refusal is on record.

use super::routes::{all, exceptions};
use super::rules::{OFFICE, Rule};
use super::scene::Scene;
use crate::testing::{Caller, FULL};
use domain::Answer;
use std::collections::BTreeSet;

/// What the table and a status have to do with each other.
fn agrees(expected: Answer, status: u16) -> bool {
    match expected {
        Answer::Allowed => !matches!(status, 401 | 403 | 404 | 405) && status < 500,
        Answer::Forbidden => status == 403,
        Answer::Hidden => status == 404,
    }
}

/// Routes that change the caller's own session are asked by callers of their own at the end.
fn own_session(rule: &Rule) -> bool {
    matches!((rule.method, rule.path), ("POST", "/office/sign-out" | "/office/password"))
}

async fn sweep(scene: &mut Scene, rule: &Rule, wrong: &mut BTreeSet<String>) {
    let route = format!("{} {}", rule.method, rule.path);
    let address = scene.address(rule.path).await;
    let mut callers = Vec::new();
    for caller in Caller::ALL {
        let expected = match caller.post() {
            None => None,
            Some((own, _)) => Some(rule.expected(&scene.town.ctx(caller).await.actor, own)),
        };
        callers.push((caller, expected));
    }
    // Who is refused comes first: what an allowed act uses up must still be there.
    callers.sort_by_key(|(_, expected)| *expected == Some(Answer::Allowed));
    let mut acted = false;
    for (caller, expected) in callers {
        // What may be done once has been done: another one meets the same object, used up or changed.
        if acted && rule.method == "POST" {
            continue;
        }
        let form = scene.filled(rule.form);
        scene.town.app.flush_access().await.unwrap();
        let answer = scene.ask(caller, rule.method, rule.path, &address, &form).await;
        let refused = scene.town.app.flush_access().await.unwrap();
        match expected {
            None => {
                // What was posted is kept with the browser until somebody is signed in.
                let kept = answer.status == 401 && rule.method == "POST";
                let out = kept || (answer.status == 303 && answer.location.starts_with("/office/sign-in"));
                if !out {
                    wrong.insert(format!("{route}: signed out {} {}", answer.status, answer.location));
                }
            }
            Some(expected) => {
                acted |= expected == Answer::Allowed;
                if !agrees(expected, answer.status) {
                    let text = answer.text();
                    let said =
                        text.split("<h1").nth(1).unwrap_or_default().chars().take(80).collect::<String>();
                    wrong.insert(format!("{route}: {caller:?} {} where {expected:?} {said}", answer.status));
                } else if expected != Answer::Allowed && refused == 0 {
                    wrong.insert(format!("{route}: the refusal of {caller:?} left no record"));
                }
            }
        }
    }
}

#[tokio::test]
async fn every_officers_route_lets_in_whom_the_table_of_rights_lets_in() {
    let mut scene = Scene::new().await;
    let mut wrong = BTreeSet::new();
    // Signing out comes last of all: who is out is asked nothing more.
    for rule in
        OFFICE.iter().filter(|rule| !own_session(rule)).chain(OFFICE.iter().rev().filter(|r| own_session(r)))
    {
        sweep(&mut scene, rule, &mut wrong).await;
    }
    let excused = exceptions("rights");
    let is_excused = |line: &String| excused.iter().any(|e| line.starts_with(&format!("{e}:")));
    let unexcused: Vec<&String> = wrong.iter().filter(|line| !is_excused(line)).collect();
    assert!(unexcused.is_empty(), "{unexcused:#?}");
    for exception in &excused {
        let needed = wrong.iter().any(|line| line.starts_with(&format!("{exception}:")));
        assert!(needed, "exceptions.txt: rights {exception} is not needed any more: remove it");
    }
}

#[test]
fn the_rules_of_the_sweep_are_the_route_table() {
    let office = |path: &str| path.starts_with("/office") && path != "/office/sign-in";
    let routes: BTreeSet<String> =
        all().into_iter().filter(|(_, p)| office(p)).map(|(m, p)| format!("{m} {p}")).collect();
    let rules: BTreeSet<String> = OFFICE.iter().map(|r| format!("{} {}", r.method, r.path)).collect();
    let missing: Vec<_> = routes.difference(&rules).collect();
    let gone: Vec<_> = rules.difference(&routes).collect();
    assert!(missing.is_empty(), "say in sweeps/rules.rs what these ask of the table of rights: {missing:#?}");
    assert!(gone.is_empty(), "no longer routes: {gone:#?}");
}

#[tokio::test]
async fn every_public_route_answers_everyone_the_same() {
    let town = crate::testing::Town::with_certificates().await;
    town.index().await;
    town.app.open_platform(&town.ctx(Caller::NationalAdmin).await, &app::Opened::All).await.unwrap();
    let ctx = town.ctx(Caller::Licensing).await;
    let id = town.id(FULL).await;
    let code = town.app.certificate(&ctx, id).await.unwrap().card.head.code;
    for (method, path) in all().into_iter().filter(|(_, path)| !path.starts_with("/office")) {
        if exceptions("public").contains(&format!("{method} {path}")) {
            continue;
        }
        assert_eq!(method, "GET", "{path}: the public writes nothing");
        let address =
            path.replace("{code}", code.as_str()).replace("{number}", FULL).replace("{token}", "nobody");
        let address = address.replace("{key}", FULL).replace("{id}", "1");
        let address = address.replace("{file}", "none");
        // No sandbox stands beside this town.
        let known = !path.starts_with("/T/")
            && !path.starts_with("/t/")
            && !path.contains("{token}")
            && !path.contains("{file}")
            && !path.contains("{id}")
            && path != "/favicon.ico";
        for caller in [Caller::Public, Caller::Foreign, Caller::NationalAdmin] {
            let answer = town.get(caller, &address).await;
            assert_eq!(
                answer.status,
                if known { 200 } else { 404 },
                "{caller:?} {address} {}",
                answer.location
            );
        }
    }
}
