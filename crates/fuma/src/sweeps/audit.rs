//! Every writing route, done once by somebody who may: an event with that account stands in the register afterwards.

use super::routes::{all, exceptions};
use super::rules::{OFFICE, Rule, someone};
use super::scene::Scene;
use crate::testing::Caller;
use std::collections::BTreeSet;

/// Events of an account so far.
async fn events(scene: &Scene, caller: Caller) -> u64 {
    let ctx = scene.town.ctx(caller).await;
    let own = ctx.actor.to_string();
    let mut before = None;
    let mut found = 0;
    loop {
        let page = scene.town.app.events(&ctx, None, before).await.unwrap();
        let Some(last) = page.last() else { return found };
        before = Some(last.position);
        found += page.iter().filter(|event| event.actor == own).count() as u64;
    }
}

/// Whether the route, done once, left an event; or why it was not done.
async fn leaves_an_event(scene: &mut Scene, rule: &Rule, who: Caller) -> Result<bool, String> {
    let address = scene.address(rule.path).await;
    let form = scene.filled(rule.form);
    let before = events(scene, who).await;
    let answer = scene.ask(who, rule.method, rule.path, &address, &form).await;
    while scene.town.app.work_once().await.unwrap() {}
    let thrown_out = rule.path != "/office/sign-out" && answer.location.starts_with("/office/sign-in");
    if thrown_out || !matches!(answer.status, 200 | 303) {
        return Err(format!("{} {}: {}", rule.path, answer.status, answer.text()));
    }
    // The session may have ended with the act.
    if rule.path == "/office/sign-out" {
        return Ok(false);
    }
    Ok(events(scene, who).await > before)
}

#[tokio::test]
async fn every_writing_route_leaves_an_event_with_its_author() {
    let mut scene = Scene::new().await;
    let mut actors = Vec::new();
    // 许可人员 first: what he is not let do is done by the administrators and 监管人员.
    for caller in [Caller::Licensing, Caller::ProvincialAdmin, Caller::NationalAdmin, Caller::Supervision] {
        actors.push((caller, scene.town.ctx(caller).await.actor));
    }
    let mut silent = BTreeSet::from(["POST /office/sign-in".to_owned()]);
    let ends = |rule: &Rule| rule.path == "/office/sign-out" || rule.path == "/office/password";
    let mut posts: Vec<_> = OFFICE.iter().filter(|rule| rule.method == "POST").collect();
    // An ended certificate admits little else, and an ended session nothing.
    posts.sort_by_key(|rule| (rule.path == "/office/sign-out", ends(rule), rule.path.ends_with("/act")));
    for rule in posts {
        // The last two concern the session: 监管人员 does nothing after them.
        let who = if ends(rule) { Some(Caller::Supervision) } else { someone(rule, &actors) };
        let who = who.unwrap_or_else(|| panic!("nobody may {}", rule.path));
        match leaves_an_event(&mut scene, rule, who).await {
            Ok(true) => {}
            Ok(false) => drop(silent.insert(format!("POST {}", rule.path))),
            Err(text) => panic!("{who:?} could not do it: {text}"),
        }
    }
    let excused = exceptions("audit");
    let unexcused: Vec<_> = silent.difference(&excused).collect();
    assert!(unexcused.is_empty(), "these wrote no event with the caller's account: {unexcused:#?}");
    let unneeded: Vec<_> = excused.difference(&silent).collect();
    assert!(unneeded.is_empty(), "exceptions.txt: not needed any more, remove: {unneeded:#?}");
    let routes: BTreeSet<_> = all().into_iter().map(|(m, p)| format!("{m} {p}")).collect();
    assert!(excused.is_subset(&routes), "exceptions.txt names routes that are none");
}
