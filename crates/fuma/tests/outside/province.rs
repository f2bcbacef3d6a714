//! A province connects: its cases are pushed through the interface, by processes that are killed on either side, and
//! nothing acknowledged is lost, nothing is coded twice, and both sides agree in the end (architecture.md 9, property 2).

use super::commands::{ADMIN, account, told as done};
use super::served::{PASSWORD, Place, Running, free_port, until};
use super::web;
use serde_json::Value;
use std::collections::HashSet;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Makes a key pair in a folder: the private half and the public one.
pub type MakeKey = fn(&Place) -> (PathBuf, PathBuf);

/// A system that may call everything, as its people know it.
pub struct System {
    /// Its number in `fuma client`.
    number: String,
    /// `client_id`.
    pub id: String,
    /// The file with `client_secret`.
    pub secret: PathBuf,
}

impl System {
    /// Has the administrator of 陕西, whose password is in the folder, switch to the interface and set a system up.
    pub fn connect(place: &Place, rate: u32) -> System {
        done(place, ADMIN, &["settings", "set", "--mode", "networked"]);
        System::set_up(place, rate)
    }

    /// Has a system set up, whatever the mode.
    fn set_up(place: &Place, rate: u32) -> System {
        let words = ["client", "create", "--name", "示例审批系统", "--rate", &rate.to_string()];
        let number = done(place, ADMIN, &words)["id"].to_string();
        let issued = done(place, ADMIN, &["client", "secret", &number]);
        let text = |key: &str| issued[key].as_str().unwrap_or_else(|| panic!("{key}: {issued}"));
        let secret = place.path("secret");
        std::fs::write(&secret, text("client_secret")).expect("the folder can be written");
        System { number, id: text("client_id").to_owned(), secret }
    }

    /// Has a key registered, made by the registry or by the caller, and signatures demanded. The options that name it.
    fn sign(&self, place: &Place, algorithm: &str, private: Option<MakeKey>) -> Vec<String> {
        let mut words = vec!["client", "key", &self.number, "--algorithm", algorithm];
        let own = private.map(|make| make(place));
        let public = own.as_ref().map(|(_, public)| public.display().to_string());
        words.extend(public.iter().flat_map(|path| ["--public", path]));
        let key = done(place, ADMIN, &words);
        let file = own.map_or_else(
            || {
                let shared = key["shared"].as_str().expect("a shared key");
                std::fs::write(place.path("key"), shared).expect("the folder can be written");
                place.path("key")
            },
            |(private, _)| private,
        );
        done(place, ADMIN, &["client", "set", &self.number, "--signing", "true"]);
        let id = key["key_id"].as_str().expect("a key id");
        let mut options = vec!["--key-id".to_owned(), id.to_owned(), "--key-file".to_owned()];
        options.push(file.display().to_string());
        // PEM says it by itself.
        if private.is_none() {
            options.extend(["--algorithm".to_owned(), algorithm.to_owned()]);
        }
        options
    }
}

/// A registry in one of the two databases, with a system that calls it.
pub struct Networked {
    /// Its folder.
    pub place: Place,
    /// The system.
    pub system: System,
    /// Address of the PostgreSQL database; none for SQLite.
    postgres: Option<String>,
    port: u16,
    /// What the system's commands are given besides.
    options: Vec<String>,
}

/// Founds the registry of a folder, with an administrator of 陕西.
fn found(place: &Place) {
    std::fs::write(place.path("password"), PASSWORD).expect("the folder can be written");
    place.ok(&["init"]);
    account(place, ADMIN, "27", "administrator");
}

impl Networked {
    /// In a file.
    pub fn sqlite(rate: u32) -> Networked {
        let place = Place::empty();
        found(&place);
        let system = System::connect(&place, rate);
        Networked { place, system, postgres: None, port: free_port(), options: Vec::new() }
    }

    fn postgres(rate: u32) -> Networked {
        let server = std::env::var("FUMA_TEST_PG").expect(
            "FUMA_TEST_PG is not set: run ./test, or scripts/pg-test cargo test …, which start PostgreSQL",
        );
        let name = format!("province_{}", std::process::id());
        psql(&server, &format!("create database {name} template template0"));
        let address =
            format!("{}/{name}", server.rsplit_once('/').expect("FUMA_TEST_PG ends in /postgres").0);
        let place = Place::empty().in_database(&address);
        found(&place);
        let system = System::connect(&place, rate);
        Networked { place, system, postgres: Some(address), port: free_port(), options: Vec::new() }
    }

    /// In a file, and in manual mode, as every registry begins.
    pub fn by_hand(rate: u32) -> Networked {
        let place = Place::empty();
        found(&place);
        let system = System::set_up(&place, rate);
        Networked { place, system, postgres: None, port: free_port(), options: Vec::new() }
    }

    /// In a file, with signatures demanded and given.
    pub fn signing(rate: u32, algorithm: &str, private: Option<MakeKey>) -> Networked {
        let mut it = Networked::sqlite(rate);
        it.options = it.system.sign(&it.place, algorithm, private);
        it
    }

    /// The server on its port, answering.
    pub fn serve(&self) -> Running {
        let listen = format!("127.0.0.1:{}", self.port);
        let mut server =
            Running::start(&mut self.place.fuma(&["serve", "--listen", &listen])).expect("it starts");
        until("the server answers", || {
            assert!(!server.ended(), "the server ended by itself");
            web::ask(self.port, "GET", "/healthz", &[], b"").is_ok_and(|reply| reply.status == 200)
        });
        server
    }

    /// A command of the system, told as a document.
    pub fn system(&self, words: &[&str]) -> Command {
        self.called(words, &self.options)
    }

    /// The same with other options.
    pub fn called(&self, words: &[&str], options: &[String]) -> Command {
        let url = format!("http://127.0.0.1:{}", self.port);
        let mut command = self.place.fuma(&words[..1]);
        command.args(["--json", "--url", &url, "--client", &self.system.id, "--secret-file"]);
        command.arg(&self.system.secret).args(options).args(&words[1..]).stdin(Stdio::null());
        command
    }

    /// The simulator; it has a folder of its own.
    pub fn province(&self, words: &[&str]) -> Command {
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
pub fn psql(address: &str, sql: &str) -> String {
    let output = Command::new("psql").args([address, "-qtA", "-v", "ON_ERROR_STOP=1", "-c", sql]).output();
    let output = output.expect("psql is missing: run ./test, which installs postgresql");
    assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("it is text")
}

/// Runs a command that must end with this code; its document.
pub fn told(command: &mut Command, code: i32) -> Value {
    let output = command.output().expect("the program starts");
    let (said, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{said}{errors}");
    serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"))
}

/// Both sides agree about so many cases.
pub fn agreed(told: &Value, cases: u64) {
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
