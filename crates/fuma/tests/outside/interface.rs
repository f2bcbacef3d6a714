//! A registry in networked mode with a system that may call, and its description tried out by schemathesis.

use super::served::Place;
use super::web;
use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::process::{Command, Stdio};

/// A registry of 陕西 in networked mode, with one system of it.
pub struct Desk {
    /// The registry.
    pub place: Place,
    /// `client_id`.
    pub id: String,
    /// `client_secret`.
    pub secret: String,
}

impl Desk {
    /// Makes one. Mode and system are put into the database past the program, so that this does not hang on any page.
    pub fn open() -> Desk {
        let place = Place::open();
        let (id, secret) = ("fuma-27-test".to_owned(), "invented-secret".to_owned());
        let database = Connection::open(place.path("fuma.db")).expect("the database is there");
        let authority: i64 = database
            .query_row("select authority_id from authority_code where code = '27'", [], |row| row.get(0))
            .expect("陕西 is there");
        let grants = "read check assign change status collect";
        database
            .execute(
                "insert into client (id, authority_id, public_id, name, grants, addresses, signing, rate, disabled, created_at)
                 values (1, ?1, ?2, '测试系统', ?3, '', 0, 5000, 0, 1)",
                params![authority, id, grants],
            )
            .expect("a system");
        let hash = Sha256::digest(secret.as_bytes());
        database
            .execute(
                "insert into client_secret (client_id, n, hash, tail, created_at) values (1, 1, ?1, 'cret', 1)",
                [hash.as_slice()],
            )
            .expect("a secret");
        let networked = r#"update authority set settings = '{"mode":"networked"}' where id = ?1"#;
        assert_eq!(database.execute(networked, [authority]).expect("a setting"), 1);
        Desk { place, id, secret }
    }

    /// A token for all that the system may.
    pub fn token(&self, port: u16) -> String {
        let form = web::form(&[
            ("grant_type", "client_credentials"),
            ("client_id", &self.id),
            ("client_secret", &self.secret),
        ]);
        let kind = [("Content-Type", "application/x-www-form-urlencoded")];
        let reply =
            web::ask(port, "POST", "/api/v1/token", &kind, form.as_bytes()).expect("the server answers");
        assert_eq!(reply.status, 200, "{}", reply.body);
        let answer: serde_json::Value = serde_json::from_str(&reply.body).expect("JSON");
        answer["access_token"].as_str().expect("a token").to_owned()
    }
}

/// What is asked of every answer. Leniency with what is sent (an empty parameter is none) is meant, and not asked about.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,\
                      response_schema_conformance,ignored_auth,unsupported_method,allow_header_conformance";

#[test]
fn whatever_is_sent_the_answer_is_one_that_the_description_tells_of() {
    let desk = Desk::open();
    let (_server, port) = desk.place.serve();
    let base = format!("http://127.0.0.1:{port}/api/v1");
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/test-tools/bin/schemathesis");
    let output = Command::new(&tool)
        .args(["run", &format!("{base}/openapi.json"), "--url", &base])
        .args(["-H", &format!("Authorization: Bearer {}", desk.token(port))])
        .args([
            "--checks",
            CHECKS,
            "--phases",
            "examples,coverage,fuzzing",
            "--max-examples",
            "8",
            "--seed",
            "7",
        ])
        .args(["--no-shrink", "--continue-on-failure", "--request-timeout", "40"])
        .current_dir(desk.place.path("."))
        .stdin(Stdio::null())
        .output()
        .expect("schemathesis is missing: run ./test, which installs it");
    let said = String::from_utf8_lossy(&output.stdout);
    let from = said.find("= FAILURES").or_else(|| said.find("= ERRORS")).unwrap_or_default();
    assert!(output.status.success(), "{}", &said[from..]);
    assert!(desk.place.number("select count(*) from certificate") > 0, "the examples assign a certificate");
}
