//! A registry in networked mode with a system that may call, and its description tried out by schemathesis.

use super::commands::{ADMIN, account, told};
use super::served::Place;
use super::web;
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
    /// Makes one.
    pub fn open() -> Desk {
        let place = Place::open();
        account(&place, ADMIN, "27", "administrator");
        told(&place, ADMIN, &["settings", "set", "--mode", "networked"]);
        let made = told(&place, ADMIN, &["client", "create", "--name", "示例审批系统", "--rate", "5000"]);
        let issued = told(&place, ADMIN, &["client", "secret", &made["id"].to_string()]);
        let text = |key: &str| issued[key].as_str().unwrap_or_else(|| panic!("{key}: {issued}")).to_owned();
        let (id, secret) = (text("client_id"), text("client_secret"));
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
