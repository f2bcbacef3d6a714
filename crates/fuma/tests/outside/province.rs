//! A province connects: its cases are pushed through the interface, by processes that are killed on either side, and
//! nothing acknowledged is lost, nothing is coded twice, and both sides agree in the end (architecture.md 9, property 2).

use super::served::{Place, Running, free_port, until};
use super::web;
use rusqlite::Connection;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

/// `client_id` of the one system; its authority is 陕西.
pub const CLIENT: &str = "fuma-27-province";
/// Its secret.
const SECRET: &str = "a-secret-of-the-test";

/// What makes a founded registry one with a system that may call everything.
fn statements(rate: u32) -> String {
    let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(SECRET.as_bytes()));
    format!(
        "update authority set settings = '{{\"mode\":\"networked\"}}' where id = 28;
         insert into client (id, authority_id, public_id, name, grants, addresses, signing, rate, disabled, created_at)
         values (900, 28, '{CLIENT}', '示例审批系统', 'read check assign change status collect', '', 0, {rate}, 0, 1);
         insert into client_secret (client_id, n, hash, tail, created_at) values (900, 1, x'{hash}', 'test', 1);"
    )
}

/// Connects a system to the registry of a folder. The file with its secret.
pub fn connect(place: &Place, rate: u32) -> PathBuf {
    let database = Connection::open(place.path("fuma.db")).expect("the database is there");
    database.busy_timeout(Duration::from_secs(10)).expect("a setting");
    database.execute_batch(&statements(rate)).expect("the schema is ours");
    secret(place)
}

fn secret(place: &Place) -> PathBuf {
    let path = place.path("secret");
    std::fs::write(&path, SECRET).expect("the folder can be written");
    path
}

/// A networked registry in one of the two databases.
struct Networked {
    place: Place,
    /// Address of the PostgreSQL database; none for SQLite.
    postgres: Option<String>,
    port: u16,
}

impl Networked {
    fn sqlite(rate: u32) -> Networked {
        let place = Place::empty();
        place.ok(&["init"]);
        connect(&place, rate);
        Networked { place, postgres: None, port: free_port() }
    }

    fn postgres(rate: u32) -> Networked {
        let server = std::env::var("FUMA_TEST_PG").expect(
            "FUMA_TEST_PG is not set: run ./test, or scripts/pg-test cargo test …, which start PostgreSQL",
        );
        let name = format!("province_{}", std::process::id());
        psql(&server, &format!("create database {name} template template0"));
        let address =
            format!("{}/{name}", server.rsplit_once('/').expect("FUMA_TEST_PG ends in /postgres").0);
        let it = Networked { place: Place::empty(), postgres: Some(address.clone()), port: free_port() };
        let output = it.fuma(&["init"]).output().expect("the program starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        psql(&address, &statements(rate).replace("x'", "'\\x"));
        secret(&it.place);
        it
    }

    fn fuma(&self, words: &[&str]) -> Command {
        let mut command = self.place.fuma(words);
        if let Some(address) = &self.postgres {
            command.env("FUMA_DATABASE", address);
        }
        command
    }

    /// The server on its port, answering.
    fn serve(&self) -> Running {
        let listen = format!("127.0.0.1:{}", self.port);
        let mut server = Running::start(&mut self.fuma(&["serve", "--listen", &listen])).expect("it starts");
        until("the server answers", || {
            assert!(!server.ended(), "the server ended by itself");
            web::ask(self.port, "GET", "/healthz", &[], b"").is_ok_and(|reply| reply.status == 200)
        });
        server
    }

    /// A command of the system, told as a document.
    fn system(&self, words: &[&str]) -> Command {
        let url = format!("http://127.0.0.1:{}", self.port);
        let mut command = self.fuma(&words[..1]);
        command.args(["--json", "--url", &url, "--client", CLIENT, "--secret-file"]);
        command.arg(self.place.path("secret")).args(&words[1..]).stdin(Stdio::null());
        command
    }

    /// The simulator; it has a folder of its own.
    fn province(&self, words: &[&str]) -> Command {
        let mut command = self.system(&["province"]);
        command.arg("--store").arg(self.place.path("province")).args(words);
        command
    }

    /// All of the first column, asked past the program.
    fn texts(&self, sql: &str) -> Vec<String> {
        match &self.postgres {
            None => self.place.texts(sql),
            Some(address) => psql(address, sql).lines().map(str::to_owned).collect(),
        }
    }

    fn count(&self, sql: &str) -> u64 {
        self.texts(&sql.replacen("count(*)", "cast(count(*) as text)", 1))[0].parse().expect("a number")
    }

    /// Lines of the simulator's answers so far.
    fn answers(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.place.path("province").join("answers.ndjson"));
        let lines = text.unwrap_or_default();
        lines.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// Everything that was acknowledged is there once, and nothing else is.
    fn complete(&self, told: &Value) {
        let acknowledged = |deed: &str| {
            let all = told["deeds"].as_array().expect("deeds").iter();
            all.filter(|it| it["deed"] == deed)
                .map(|it| it["acknowledged"].as_u64().expect("a count"))
                .sum::<u64>()
        };
        let made = acknowledged("grant") + acknowledged("renew");
        assert_eq!(self.count("select count(*) from certificate"), made, "a case was coded twice, or lost");
        assert_eq!(self.count("select count(*) from event where kind = 'assign'"), made);
        let codes: HashSet<String> = self.texts("select code from certificate").into_iter().collect();
        assert_eq!(codes.len() as u64, made, "a code twice");
        let known = self.answers();
        let known = known.iter().filter_map(|it| it["result"]["code"].as_str());
        let known: HashSet<String> = known.map(|code| code.replace('-', "")).collect();
        assert_eq!(known.len() as u64, made);
        let lost: Vec<_> = known.iter().filter(|code| !codes.contains(*code)).collect();
        assert!(lost.is_empty(), "acknowledged and gone: {lost:?}");
    }
}

impl Drop for Networked {
    fn drop(&mut self) {
        if let Some(address) = &self.postgres
            && let Some((server, name)) = address.rsplit_once('/')
        {
            // What stays behind goes with the throw-away server.
            let drop_it = format!("drop database {name} with (force)");
            let _ = Command::new("psql").args([&format!("{server}/postgres"), "-qc", &drop_it]).output();
        }
    }
}

/// Runs statements; what they answer, unaligned.
fn psql(address: &str, sql: &str) -> String {
    let output = Command::new("psql").args([address, "-qtA", "-v", "ON_ERROR_STOP=1", "-c", sql]).output();
    let output = output.expect("psql is missing: run ./test, which installs postgresql");
    assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("it is text")
}

/// Runs a command that must end with this code; its document.
fn told(command: &mut Command, code: i32) -> Value {
    let output = command.output().expect("the program starts");
    let (said, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{said}{errors}");
    serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"))
}

/// Both sides agree about so many cases.
fn agreed(told: &Value, cases: u64) {
    assert_eq!((&told["cases"], &told["acknowledged"]), (&cases.into(), &cases.into()), "{told}");
    assert_eq!(told["reconcile"]["differences"], 0, "{told}");
    assert_eq!(told["reconcile"]["same"], told["reconcile"]["here"], "{told}");
    assert_eq!(told["given_up"], serde_json::json!([]), "{told}");
}

#[test]
fn a_province_pushes_its_cases_puts_right_what_is_refused_and_reconciles() {
    let networked = Networked::sqlite(5_000);
    let server = networked.serve();
    let words = ["--cases", "300", "--mistakes", "0.25", "--batch", "40"];
    let first = told(&mut networked.province(&words), 0);
    agreed(&first, 300);
    networked.complete(&first);
    let count = |key: &str| first[key].as_u64().unwrap_or_default();
    assert!(count("refused") > 20 && count("corrected") > 20 && count("unchanged") > 2, "{first}");
    assert!(first["mistakes"].as_array().is_some_and(|all| all.len() == 7), "{first}");
    let again = told(&mut networked.province(&words), 0);
    assert_eq!(
        (&again["calls"], &again["reconcile"]),
        (&0.into(), &first["reconcile"]),
        "nothing is sent twice"
    );
    // An answer that was lost on the way: the case goes out again as it was, and the registry says what it said.
    let path = networked.place.path("province").join("answers.ndjson");
    let kept = std::fs::read_to_string(&path).expect("answers");
    let fewer: Vec<&str> = kept.lines().take(kept.lines().count() - 30).collect();
    std::fs::write(&path, fewer.join("\n") + "\n").expect("the folder can be written");
    let replayed = told(&mut networked.province(&words), 0);
    agreed(&replayed, 300);
    assert!(replayed["replayed"].as_u64().is_some_and(|n| n > 10), "{replayed}");
    networked.complete(&replayed);
    // One that the province made up is found by both sides.
    let lie = kept.replace("\"content_digest\":\"", "\"content_digest\":\"0");
    std::fs::write(&path, lie).expect("the folder can be written");
    let differing =
        told(&mut networked.province(&["--cases", "300", "--mistakes", "0.25", "--reconcile"]), 3);
    assert!(differing["reconcile"]["differences"].as_u64().is_some_and(|n| n > 100), "{differing}");
    server.kill();
}

#[test]
fn the_registry_conforms_to_its_own_interface() {
    let networked = Networked::sqlite(200);
    let server = networked.serve();
    let report = networked.place.path("报告.html");
    let run = told(networked.system(&["conform", "--report"]).arg(&report), 0);
    assert_eq!(run["failed"], 0, "{run:#}");
    let page = std::fs::read_to_string(&report).expect("the report");
    assert!(page.contains("全部通过") && page.contains(CLIENT));
    server.kill();
    let failed = told(&mut networked.system(&["conform", "--only", "token,check"]), 3);
    assert_eq!(failed["failed"], 2, "nobody answers: {failed}");
}

/// Cases of the kill tests: a few hundred, or as many as are asked for.
fn cases() -> u64 {
    std::env::var("FUMA_KILL_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(240)
}

/// Kills the server again and again while a province pushes, and the province now and then.
fn killed_again_and_again(networked: &Networked) {
    let cases = cases();
    let words = ["--cases", &cases.to_string(), "--mistakes", "0.15", "--batch", "8", "--seed", "7"];
    let start = || {
        let mut command = networked.province(&words);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        command.spawn().expect("it starts")
    };
    let mut server = networked.serve();
    let mut province = start();
    let (mut kills, mut next) = (0_u64, 0);
    while province.try_wait().expect("it is ours").is_none() {
        let so_far = networked.answers().len() as u64;
        if so_far < next {
            std::thread::sleep(Duration::from_millis(3));
            continue;
        }
        // A moment that differs each time: between calls, within a transaction, before an answer is out.
        std::thread::sleep(Duration::from_millis(kills * 37 % 91));
        server.kill();
        kills += 1;
        if kills % 3 == 2 {
            province.kill().expect("it is ours");
            province.wait().expect("it is ours");
            province = start();
        }
        server = networked.serve();
        next = so_far + cases / 12 + kills * 13 % 17;
    }
    let output = province.wait_with_output().expect("it is ours");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(kills >= 5, "only {kills} kills struck");
    let told: Value = serde_json::from_slice(&output.stdout).expect("a document");
    agreed(&told, cases);
    networked.complete(&told);
    server.kill();
}

#[test]
fn a_push_survives_a_server_that_is_killed_again_and_again_on_sqlite() {
    killed_again_and_again(&Networked::sqlite(5_000));
}

#[test]
fn a_push_survives_a_server_that_is_killed_again_and_again_on_postgresql() {
    killed_again_and_again(&Networked::postgres(5_000));
}
