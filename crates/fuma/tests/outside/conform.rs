//! The conformance kit against our own registry: with signatures and without, and where it can come to nothing.

use super::province::{Networked, agreed, told};
use super::served::Place;
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// A key pair of SM2, made by openssl as the people of a province would.
fn sm2(place: &Place) -> (PathBuf, PathBuf) {
    let (private, public) = (place.path("sm2.pem"), place.path("sm2.public.pem"));
    let openssl = |words: &[&str], file: &PathBuf| {
        let output = Command::new("openssl").args(words).arg(file).current_dir(place.path(".")).output();
        let output = output.expect("openssl is missing: run ./test, which installs it");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    openssl(&["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-out"], &private);
    openssl(&["pkey", "-in", "sm2.pem", "-pubout", "-out"], &public);
    (private, public)
}

/// What came of each scenario.
fn outcomes(run: &Value) -> Vec<(String, String)> {
    let text = |it: &Value, key: &str| it[key].as_str().expect("a text").to_owned();
    let all = run["scenarios"].as_array().expect("scenarios").iter();
    all.map(|it| (text(it, "scenario"), text(it, "outcome"))).collect()
}

#[test]
fn the_registry_conforms_to_its_own_interface() {
    let networked = Networked::sqlite(200);
    let server = networked.serve();
    let report = networked.place.path("报告.html");
    let run = told(networked.system(&["conform", "--system-name", "示例系统甲", "--report"]).arg(&report), 0);
    assert_eq!(
        (&run["failed"], &run["not_run"], &run["untested"]),
        (&0.into(), &0.into(), &5.into()),
        "{run:#}"
    );
    let page = std::fs::read_to_string(&report).expect("the report");
    for words in
        ["所测场景全部通过", &networked.system.id, "陕西省", "示例系统甲", "未测（没有给出签名密钥）", "盖章"]
    {
        assert!(page.contains(words), "{words}");
    }
    server.kill();
}

/// Both commands of a system that must sign.
fn signs(networked: &Networked, algorithm: &str) {
    let server = networked.serve();
    let run = told(&mut networked.system(&["conform"]), 0);
    let all = outcomes(&run);
    assert!(all.len() > 35 && all.iter().all(|(_, outcome)| outcome == "passed"), "{run:#}");
    assert_eq!(run["signing"]["algorithm"], algorithm, "{run:#}");
    let pushed = told(&mut networked.province(&["--cases", "40", "--batch", "8"]), 0);
    agreed(&pushed, 40);
    // Without the key nobody is heard, and it is told at once why.
    let run = told(&mut networked.called(&["conform"], &[]), 3);
    let why = run["stopped"].as_str().unwrap_or_default();
    assert!(why.contains("signature_missing") && why.contains("请用 --key-id 和 --key-file"), "{run:#}");
    server.kill();
}

#[test]
fn a_system_that_must_sign_conforms_and_pushes_with_a_shared_key() {
    signs(&Networked::signing(100, "hmac-sm3", None), "hmac-sm3");
}

#[test]
fn a_system_that_must_sign_conforms_and_pushes_with_a_private_key_of_its_own() {
    signs(&Networked::signing(100, "sm2-sm3", Some(sm2)), "sm2-sm3");
}

#[test]
fn a_run_that_can_come_to_nothing_stops_at_once_and_says_what_to_do() {
    let by_hand = Networked::by_hand(200);
    let server = by_hand.serve();
    let stopped = |command: &mut Command, words: &str| {
        let began = std::time::Instant::now();
        let run = told(command, 3);
        assert!(run["stopped"].as_str().is_some_and(|why| why.contains(words)), "{words}: {run:#}");
        assert!(began.elapsed() < Duration::from_secs(15), "it took {:?}", began.elapsed());
        run
    };
    let run = stopped(
        &mut by_hand.system(&["conform"]),
        "手动赋码，接口不赋码：请本机关管理员在“对接”页改为系统联网自动赋码后再运行",
    );
    let all = outcomes(&run);
    let first = all.iter().position(|(_, outcome)| outcome == "not_run").expect("some were not run");
    assert!(first > 3 && all[first..].iter().all(|it| it.1 == "not_run"), "{all:?}");
    assert_eq!(run["failed"], 0, "the registry does as it is set to do: {run:#}");
    let pushed = by_hand.province(&["--cases", "3"]).output().expect("it starts");
    assert!(String::from_utf8_lossy(&pushed.stderr).contains("改为系统联网自动赋码"), "{pushed:?}");
    std::fs::write(&by_hand.system.secret, "not-the-secret").expect("the folder can be written");
    let run = stopped(&mut by_hand.system(&["conform"]), "请核对 --client 和 --secret-file");
    assert!(run["stopped"].as_str().is_some_and(|why| why.contains("invalid_client")), "{run:#}");
    server.kill();
    let run = stopped(&mut by_hand.system(&["conform"]), "请核对 --url 和服务器是否已启动");
    assert!(outcomes(&run).iter().all(|it| it.1 == "not_run"), "{run:#}");
    assert!(!run["stopped"].to_string().contains("error"), "no English of the HTTP library: {run:#}");
}
