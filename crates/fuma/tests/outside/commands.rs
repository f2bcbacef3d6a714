//! The officers' work by command, through the real binary: what a page can do a command can, under the same rights, and
//! with `--json` each says it in one document.

use super::served::{PASSWORD, Place};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Administrator of 陕西.
pub const ADMIN: &str = "shaanxi-admin";
/// Administrator of the nation.
const NATION: &str = "guojia";
/// The officer of [`Place::open`].
const OFFICER: &str = super::served::LOGIN;

/// A command of an account, with `--json`: one document and nothing else.
pub fn told(place: &Place, login: &str, words: &[&str]) -> Value {
    let (code, document) = ended(place, login, words);
    assert_eq!(code, 0, "{words:?}: {document}");
    document
}

/// The same, however it ends.
fn ended(place: &Place, login: &str, words: &[&str]) -> (i32, Value) {
    let mut command = place.fuma(words);
    command.args(["--json", "--as", login, "--password-file"]).arg(place.path("password"));
    let output = command.stdin(std::process::Stdio::null()).output().expect("the program starts");
    let code = output.status.code().expect("it was not killed");
    let text = String::from_utf8(output.stdout).expect("it is text");
    let document = match text.trim() {
        "" => Value::String(String::from_utf8_lossy(&output.stderr).into_owned()),
        text => serde_json::from_str(text).unwrap_or_else(|e| panic!("{words:?}: {e} in {text}")),
    };
    (code, document)
}

/// Refused with these words.
fn refused(place: &Place, login: &str, words: &[&str], why: &str) {
    let (code, said) = ended(place, login, words);
    assert!(code == 1 && said.as_str().is_some_and(|said| said.contains(why)), "{words:?}: {code} {said}");
}

/// Opens an account as the operator, and gives it the password of all by `fuma password`.
pub fn account(place: &Place, login: &str, authority: &str, role: &str) {
    let made = place.ok(&[
        "--json",
        "account",
        "create",
        login,
        "--name",
        "李示例",
        "--authority",
        authority,
        "--role",
        role,
    ]);
    let made: Value = serde_json::from_str(&made).expect("one document");
    let once = made["one_time_password"].as_str().expect("a one-time password").to_owned();
    std::fs::write(place.path("once"), once).expect("the folder can be written");
    let (once, new) = (place.path("once"), place.path("password"));
    let words = ["password", "--as", login, "--password-file"];
    let mut command = place.fuma(&words);
    command.arg(once).arg("--new-password-file").arg(new);
    assert!(command.output().expect("it starts").status.success());
}

/// A registry with an officer and an administrator of 陕西 and one of the nation, and two certificates.
fn staffed() -> Place {
    let place = Place::open();
    account(&place, ADMIN, "27", "administrator");
    account(&place, NATION, "00", "administrator");
    let files = super::kill::write_csv(&place, 2);
    assert!(place.import(&files).output().expect("it starts").status.success());
    place
}

/// A file of the folder, as text of a command.
fn at(place: &Place, name: &str) -> String {
    place.path(name).display().to_string()
}

/// The number of the first certificate of the list.
fn newest(place: &Place) -> String {
    let list = told(place, OFFICER, &["certificate", "list", "--limit", "1"]);
    list["certificates"][0]["number"].as_str().expect("a number").to_owned()
}

#[test]
fn an_administrator_keeps_settings_and_counters_by_command_and_an_officer_does_not() {
    let place = staffed();
    let set =
        ["settings", "set", "--printed-name", "示例印刷名称", "--offset-x", "-1.5", "--suspension", "true"];
    let kept = told(&place, ADMIN, &set);
    assert_eq!((&kept["printed_name"], &kept["offset_x_mm"]), (&json!("示例印刷名称"), &json!(-1.5)));
    let shown = told(&place, OFFICER, &["settings", "show"]);
    assert_eq!(shown, kept, "the officer sees them");
    assert_eq!(shown["counter"]["year"], true, "what was not given stays");
    refused(&place, OFFICER, &["settings", "set", "--offset-x", "1"], "没有这项权限");
    refused(&place, ADMIN, &["settings", "set", "--offset-y", "31"], "超过30毫米");
    refused(&place, ADMIN, &["client", "create", "--name", "示例系统", "--rate", "0"], "应为1起的整数");
    let by = told(&place, ADMIN, &["settings", "set", "--count-by", "code,year,domain"]);
    assert_eq!(by["counter"], json!({ "code": true, "year": true, "domain": true, "industry": false }));
    let sheet = at(&place, "测试页.pdf");
    told(&place, OFFICER, &["settings", "test-sheet", "--out", &sheet]);
    assert!(std::fs::read(&sheet).expect("the sheet").starts_with(b"%PDF"));

    let counters = told(&place, OFFICER, &["counter", "list"]);
    let key = counters["counters"][0]["key"].as_str().expect("a counter").to_owned();
    let set = told(&place, ADMIN, &["counter", "set", &key, "--next", "7000"]);
    assert_eq!(set["counters"][0]["next"], 7000);
    refused(&place, ADMIN, &["counter", "set", &key, "--next", "5"], "不能改小");
    refused(&place, OFFICER, &["counter", "set", &key, "--next", "8000"], "没有这项权限");
    let place_of = ["--year", "2027", "--code", "27", "--domain", "12", "--industry", "05"];
    let words = [&["counter", "set", "--next", "7"], &place_of[..]].concat();
    assert_eq!(told(&place, ADMIN, &words)["counters"][0]["key"], "272712--");
    assert_eq!(place.number("select count(*) from event where kind = 'settings_set'"), 2);
}

#[test]
fn the_nation_keeps_authorities_and_code_tables_by_command_and_a_province_reads_them() {
    let place = staffed();
    let set = ["code", "set", "domain", "98", "--name", "示例领域", "--from", "2026-01-01"];
    refused(&place, ADMIN, &set, "没有这项权限");
    let kept = told(&place, NATION, &set);
    assert_eq!(
        kept["codes"][0],
        json!({ "code": "98", "name": "示例领域", "from": "2026-01-01", "to": null })
    );
    let found = told(&place, OFFICER, &["code", "list", "division", "--find", "雁塔"]);
    assert_eq!(found["codes"][0]["code"], "610113");
    let all = told(&place, OFFICER, &["code", "list", "division"]);
    assert!(all["codes"].as_array().is_some_and(|all| all.len() > 3_000), "all pages");

    let new = ["authority", "create", "--name", "示例特区市场监督管理局", "--short-name", "示例", "--area"];
    refused(&place, NATION, &[&new[..], &["9"]].concat(), "不是两位数字");
    refused(&place, ADMIN, &[&new[..], &["99"]].concat(), "没有这项权限");
    let made = told(&place, NATION, &[&new[..], &["99"]].concat());
    let id = made["authorities"][0]["id"].to_string();
    let coded = told(&place, NATION, &["authority", "code", &id, "98", "--from", "2026-01-01"]);
    assert_eq!(coded["authorities"][0]["codes"][0]["code"], "98");
    let renamed = told(&place, NATION, &["authority", "set", &id, "--short-name", "样例"]);
    let renamed = &renamed["authorities"][0];
    assert_eq!((&renamed["short_name"], &renamed["area"]), (&json!("样例"), &json!("99")));
    let list = told(&place, OFFICER, &["authority", "list"]);
    assert_eq!(list["authorities"].as_array().map(Vec::len), Some(34));

    let delivered = told(&place, NATION, &["collection"]);
    assert_eq!(delivered["certificates"], 2);
    refused(&place, ADMIN, &["collection"], "没有这项权限");
}

#[test]
fn accounts_are_changed_and_ones_own_password_too() {
    let place = staffed();
    let list = told(&place, ADMIN, &["account", "list"]);
    let own = |it: &&Value| it["login"] == OFFICER;
    let id = list["accounts"].as_array().and_then(|all| all.iter().find(own)).expect("the officer")["id"]
        .to_string();
    let changed = told(&place, ADMIN, &["account", "change", &id, "--role", "supervision"]);
    assert_eq!((&changed["role"], &changed["name"]), (&json!("supervision"), &json!("张示例")));
    refused(&place, OFFICER, &["account", "change", &id, "--role", "administrator"], "没有这项权限");
    assert_eq!(told(&place, ADMIN, &["account", "disable", &id])["disabled"], true);
    assert_eq!(told(&place, ADMIN, &["account", "enable", &id])["disabled"], false);

    std::fs::write(place.path("new"), "shanYu#1luo").expect("the folder can be written");
    let new = at(&place, "new");
    assert_eq!(told(&place, OFFICER, &["password", "--new-password-file", &new])["changed"], true);
    refused(&place, OFFICER, &["account", "list"], "登录名或密码不正确");
    std::fs::write(place.path("password"), "shanYu#1luo").expect("the folder can be written");
    told(&place, OFFICER, &["desk"]);
    std::fs::write(place.path("new"), "weak").expect("the folder can be written");
    let (code, said) = ended(&place, OFFICER, &["password", "--new-password-file", &new]);
    assert_eq!(code, 1, "a weak password is refused: {said}");
}

/// The form of a first certificate.
fn form() -> Value {
    json!({
        "certificate": {
            "kind": "首次", "body_name": "示例草稿检测中心", "uscc": "91610113YL00000125",
            "legal_kind": "独立法人-企业", "department": "无", "address": "陕西省西安市雁塔区示例路9号",
            "division": "610113", "domain": "12", "industry": "05", "food": "否", "procedure": "一般程序",
            "decision_day": "2026-03-01", "decision_number": "陕示许〔2026〕99号", "first_issued_on": "2026-03-05",
            "issued_on": "2026-03-05", "valid_from": "2026-03-05", "valid_to": "2032-03-04",
        },
        "sites": [{ "name": "示例草稿检测中心", "kind": "主场所", "address": "陕西省西安市雁塔区示例路9号",
            "division": "610113" }],
        "capabilities": [{ "label": "1.1", "category": "一、环境与环保", "class": "水和废水", "item": "示例项目",
            "standard_name": "水质 示例方法", "standard_number": "HJ 828-2017", "approved_on": "2026-03-01",
            "food": "否" }],
        "signatories": [{ "name": "王示例", "title": "技术负责人", "field": "全部项目",
            "approved_on": "2026-03-01", "id_kind": "居民身份证", "id_number": "990000198001010012" }],
    })
}

fn save(place: &Place, name: &str, value: &Value) -> String {
    std::fs::write(place.path(name), value.to_string()).expect("the folder can be written");
    at(place, name)
}

#[test]
fn a_draft_is_made_shown_saved_checked_and_assigned_by_command() {
    let place = staffed();
    let empty = told(&place, OFFICER, &["draft", "new", "--kind", "首次"]);
    let id = empty["id"].to_string();
    let (code, checked) = ended(&place, OFFICER, &["draft", "check", &id]);
    assert_eq!((code, &checked["ready"]), (3, &json!(false)));
    assert!(checked["problems"].as_array().is_some_and(|all| all.len() > 5), "{checked}");
    let file = save(&place, "草稿.json", &form());
    let saved = told(&place, OFFICER, &["draft", "save", &id, &file]);
    assert_eq!((&saved["title"], &saved["version"]), (&json!("示例草稿检测中心"), &json!(2)));
    let shown = told(&place, OFFICER, &["draft", "show", &id]);
    assert_eq!(shown["capabilities"], form()["capabilities"]);
    let stale = save(&place, "旧.json", &shown);
    told(&place, OFFICER, &["draft", "save", &id, &file]);
    refused(&place, OFFICER, &["draft", "save", &id, &stale], "刚刚被他人修改");
    let checked = told(&place, OFFICER, &["assign", "--check", &stale]);
    assert_eq!(checked["ready"], true, "what is shown is what assign takes: {checked}");
    refused(&place, ADMIN, &["draft", "list"], "没有这项权限");
    let face = at(&place, "样张.svg");
    told(&place, OFFICER, &["draft", "sample", &id, "--out", &face]);
    assert!(std::fs::read_to_string(&face).expect("the picture").contains("<svg"));
    let written = told(&place, OFFICER, &["draft", "assign", &id]);
    assert_eq!(written["edition"], 1);
    let number = written["number"].as_str().expect("a number").to_owned();

    let change = told(&place, OFFICER, &["draft", "change", &number, "--kind", "名称变更"]);
    let id = change["id"].to_string();
    assert_eq!(told(&place, OFFICER, &["draft", "list"])["drafts"][0]["change"], true);
    let gone = told(&place, OFFICER, &["draft", "discard", &id, "--yes"]);
    assert_eq!(gone["discarded"], true);
    assert_eq!(told(&place, OFFICER, &["draft", "list"])["drafts"], json!([]));
}

#[test]
fn a_certificate_is_found_shown_compared_and_its_persons_opened_on_record() {
    let place = staffed();
    let file = save(&place, "证书.json", &form());
    let number = told(&place, OFFICER, &["assign", &file])["number"].as_str().expect("a number").to_owned();
    let found = told(&place, ADMIN, &["certificate", "list", "--name", "草稿", "--status", "有效"]);
    assert_eq!((&found["total"], &found["certificates"][0]["number"]), (&json!(1), &json!(number)));
    let all = told(&place, ADMIN, &["certificate", "list", "--all"]);
    assert_eq!(all["certificates"].as_array().map(Vec::len), Some(3));

    let mut changed = form();
    changed["certificate"]["kind"] = json!("更正");
    changed["certificate"]["number"] = json!(number);
    changed["certificate"]["reason"] = json!("录入错误");
    changed["certificate"]["address"] = json!("陕西省西安市雁塔区示例路10号");
    changed["sites"][0]["address"] = json!("陕西省西安市雁塔区示例路10号");
    let file = save(&place, "更正.json", &changed);
    assert_eq!(told(&place, OFFICER, &["change", &file])["edition"], 2);
    let shown = told(&place, ADMIN, &["certificate", "show", &number]);
    assert_eq!(shown["content"]["certificate"]["address"], "陕西省西安市雁塔区示例路10号");
    assert_eq!(shown["editions"].as_array().map(Vec::len), Some(2));
    assert!(!shown.to_string().contains("990000198001010012"), "no personal field");
    let first = told(&place, ADMIN, &["certificate", "show", &number, "--edition", "1"]);
    assert_eq!(first["content"]["certificate"]["address"], "陕西省西安市雁塔区示例路9号");
    let compared = told(&place, ADMIN, &["certificate", "compare", &number]);
    let face = compared["face"].as_array().expect("what differs");
    let street = face.iter().find(|it| it["field"] == "address").expect("the address differs");
    assert_eq!(street["old"], "陕西省西安市雁塔区示例路9号");

    let person = shown["persons"][0]["person"].to_string();
    refused(&place, ADMIN, &["certificate", "person", &number, &person], "没有这项权限");
    let opened = told(&place, OFFICER, &["certificate", "person", &number, &person]);
    assert_eq!(opened["fields"]["id_number"], "990000198001010012");
    let looks =
        "select count(*) from access where action = 'personal_read' and door = 'command' and outcome = ";
    assert_eq!(place.number(&format!("{looks}'read'")), 1, "the look is on record");
    assert_eq!(place.number(&format!("{looks}'forbidden'")), 1, "and so is the refusal");

    let log = told(&place, ADMIN, &["log", "--limit", "2"]);
    assert_eq!((&log["events"][0]["kind"], &log["events"][1]["number"]), (&json!("change"), &json!(number)));
    assert_eq!(log["events"][0]["actor_name"], "张示例");
    let before = log["events"][1]["position"].as_str().expect("a position").to_owned();
    let older = told(&place, ADMIN, &["log", "--before", &before]);
    assert!(older["events"].as_array().is_some_and(|all| all.iter().all(|it| it["position"] != before)));
    let desk = told(&place, OFFICER, &["desk"]);
    assert_eq!((&desk["by_status"]["valid"], &desk["print_due"]), (&json!(3), &json!(3)));
    assert_eq!((&desk["unread"], &desk["letters"]), (&json!(0), &json!([])));

    let why = ["--document", "陕示删〔2026〕1号", "--reason", "本人申请", "--yes"];
    let erase = [["erase", &number, &person].as_slice(), &why].concat();
    refused(&place, ADMIN, &erase, "没有这项权限");
    refused(&place, OFFICER, &[&erase[..5], &["--yes"]].concat(), "没有填写原因");
    assert_eq!(told(&place, OFFICER, &erase)["erased"], json!(["id_kind", "id_number"]));
    assert_eq!(told(&place, OFFICER, &["certificate", "person", &number, &person])["fields"], json!({}));
    refused(&place, OFFICER, &erase, "没有登记此人的个人信息");
    assert_eq!(told(&place, OFFICER, &["erase", &number])["former"], json!([]));
    let last = &told(&place, ADMIN, &["log", "--limit", "1"])["events"][0];
    assert_eq!((&last["kind"], &last["document"]), (&json!("personal_erase"), &json!("陕示删〔2026〕1号")));
}

#[test]
fn what_is_typed_to_be_verified_is_read_as_on_the_page() {
    let place = staffed();
    let verify = |typed: &str| {
        let output = place.fuma(&["--json", "verify", typed]).output().expect("the program starts");
        let told: Value = serde_json::from_slice(&output.stdout).expect("it tells a document");
        assert_eq!(output.status.code(), Some(4), "{typed}: {told}");
        told
    };
    for typed in ["2QFW-972A-852J-G4WX", "http://127.0.0.1/C/2QFW972A852JG4WX", "乱写"] {
        let told = verify(typed);
        assert_eq!(told["verdict"], "malformed", "{typed}: {told}");
        let why = told["checks"][0]["reason"].as_str().expect("a reason");
        assert!(!why.is_empty() && !why.contains("填写"), "{typed}: {why}");
    }
    assert_eq!(verify("262712059999")["verdict"], "unknown");
}

#[test]
fn prints_and_links_are_looked_up_and_fetched_again_by_command() {
    let place = staffed();
    let number = newest(&place);
    let folder = at(&place, "证书");
    let printed = told(&place, OFFICER, &["print", "--number", &number, "--out", &folder]);
    assert_eq!(printed["printed"], 1);
    let job = printed["job"].to_string();
    let jobs = told(&place, OFFICER, &["job", "list"]);
    assert_eq!((&jobs["jobs"][0]["printed"], &jobs["recent"][0]["number"]), (&json!(1), &json!(number)));
    assert_eq!(told(&place, OFFICER, &["job", "show", &job])["state"], "done");
    let shown = told(&place, ADMIN, &["certificate", "show", &number]);
    let digest = shown["prints"][0]["digest"].as_str().expect("a digest").to_owned();
    let again = at(&place, "again.pdf");
    told(&place, ADMIN, &["certificate", "file", &number, &digest, "--out", &again]);
    let first = PathBuf::from(printed["files"][0].as_str().expect("a file"));
    assert_eq!(
        std::fs::read(first).expect("a print"),
        std::fs::read(&again).expect("a file"),
        "the same bytes"
    );
    let sample = at(&place, "样张.pdf");
    told(&place, ADMIN, &["certificate", "sample", &number, "--out", &sample]);
    assert!(std::fs::read(&sample).expect("a sample").starts_with(b"%PDF"));

    let slip = at(&place, "领取单.pdf");
    told(&place, OFFICER, &["qr", "--number", &number, "--format", "slip", "--out", &slip]);
    let links = told(&place, OFFICER, &["link", "list", &number]);
    let link = links["links"][0]["link"].as_str().expect("a link").to_owned();
    assert_eq!(links["links"][0]["expired"], false);
    let renewed = told(&place, OFFICER, &["link", "renew", &number, &link]);
    assert_eq!(renewed["link"], json!(link));
    assert_eq!(place.number("select count(*) from event where kind = 'link_renew'"), 1);
    refused(&place, OFFICER, &["link", "renew", &number, "00"], "没有找到");
}

#[test]
fn an_import_is_looked_up_annulled_and_a_template_fetched_by_command() {
    let place = staffed();
    let list = told(&place, ADMIN, &["batch", "list"]);
    let batch = list["batches"][0]["batch"].to_string();
    let shown = told(&place, ADMIN, &["batch", "show", &batch]);
    assert_eq!((&shown["state"], &shown["results"][0]["outcome"]), (&json!("done"), &json!("fresh")));
    refused(&place, OFFICER, &["batch", "discard", &batch], "导入处于“已完成”，不能放弃");
    refused(&place, OFFICER, &["batch", "annul", &batch, "--reason", "样张"], "没有办理");
    let annulled = told(&place, ADMIN, &["batch", "annul", &batch, "--reason", "样张", "--yes"]);
    assert_eq!(annulled["annulled"], 2);
    assert_eq!(place.number("select count(*) from certificate where status = 'annulled'"), 2);
    let book = at(&place, "模板.xlsx");
    told(&place, ADMIN, &["batch", "template", "--out", &book]);
    assert!(std::fs::read(&book).expect("a workbook").starts_with(b"PK"));
    let csv = told(&place, ADMIN, &["batch", "template", "--out", &at(&place, "模板")]);
    assert_eq!(csv["files"].as_array().map(Vec::len), Some(6));
}

#[test]
fn a_checked_upload_is_annotated_and_committed_by_command() {
    let place = staffed();
    super::kill::write_csv(&place, 4);
    let (server, port) = place.serve();
    let officer = super::web::Officer::sign_in(port, OFFICER, PASSWORD);
    let read = |name: &str| std::fs::read(place.path(name)).expect("the folder can be read");
    let (heads, rows) = (read("证书.csv"), read("检测能力.csv"));
    let files = [("files", "证书.csv", &heads[..]), ("files", "检测能力.csv", &rows[..])];
    let reply = officer.upload("/office/imports", &files).expect("the server answers");
    let batch = reply.header("location").rsplit('/').next().unwrap_or_default().to_owned();
    super::served::until("it is checked", || {
        place.texts(&format!("select state from batch where id = {batch}")) == ["checked"]
    });
    server.kill();
    let out = at(&place, "标注.xlsx");
    told(&place, OFFICER, &["batch", "annotated", &batch, "--out", &out]);
    assert!(std::fs::read(&out).expect("a workbook").starts_with(b"PK"));
    let done = told(&place, OFFICER, &["batch", "commit", &batch]);
    assert_eq!(done["state"], "done", "{done}");
    assert!(done["results"].as_array().is_some_and(|all| !all.is_empty()));
}

#[test]
fn a_sandbox_is_founded_beside_the_registry_and_neither_opens_as_the_other() {
    let place = Place::open();
    let made: Value =
        serde_json::from_str(&place.ok(&["--json", "init", "--sandbox"])).expect("one document");
    assert_eq!((&made["founded"], &made["login"]), (&json!(true), &json!("admin")));
    let key = |at: &str| std::fs::read(place.path(at)).expect("a key file");
    assert_ne!(key("personal.key"), key("sandbox/personal.key"));
    let logins = |words: &[&str]| -> Vec<String> {
        let told: Value = serde_json::from_str(&place.ok(words)).expect("one document");
        let all = told["accounts"].as_array().expect("accounts").clone();
        all.iter().map(|it| it["login"].as_str().expect("a login").to_owned()).collect()
    };
    assert_eq!(logins(&["--json", "--sandbox", "account", "list"]), ["admin"]);
    assert!(logins(&["--json", "account", "list"]).contains(&OFFICER.to_owned()));

    let fails = |command: &mut std::process::Command, why: &str| {
        let output = command.output().expect("the program starts");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(1) && said.contains(why), "{said}");
    };
    let mut as_real = std::process::Command::new(env!("CARGO_BIN_EXE_fuma"));
    fails(as_real.arg("--data").arg(place.path("sandbox")).args(["account", "list"]), "命令加 --sandbox");
    let mut as_sandbox = place.fuma(&["--sandbox", "account", "list"]);
    as_sandbox.env("FUMA_SANDBOX_DATABASE", format!("sqlite:{}", at(&place, "fuma.db")));
    fails(&mut as_sandbox, "这是正式登记库");
    std::fs::remove_file(place.path("sandbox/personal.key")).expect("it was there");
    fails(&mut place.fuma(&["init", "--sandbox"]), "密钥文件");
}

#[test]
fn the_server_founds_a_sandbox_that_is_switched_on_and_does_without_a_broken_one() {
    let place = Place::open();
    let asked = |port, path: &str| super::web::ask(port, "GET", path, &[], b"").expect("the server answers");
    // Ready is who has made its index.
    let ready = |port, path: &str| {
        let mut tries = (0..100).map(|_| {
            std::thread::sleep(std::time::Duration::from_millis(50));
            asked(port, path).status
        });
        tries.any(|status| status == 200)
    };
    std::fs::write(place.path("fuma.toml"), "demo = true\nsandbox = true\n").expect("it can be written");
    let (server, port) = place.serve();
    assert!(ready(port, "/sandbox/readyz"));
    assert!(asked(port, "/sandbox/").body.contains("测试环境"));
    server.kill();
    for left in ["sandbox/fuma.db-wal", "sandbox/fuma.db-shm"] {
        let _ = std::fs::remove_file(place.path(left));
    }
    std::fs::write(place.path("sandbox/fuma.db"), "no database").expect("it can be written");
    let (_server, port) = place.serve();
    assert!(ready(port, "/readyz"));
    assert_eq!(asked(port, "/sandbox/").status, 404);
}

#[test]
fn a_check_tells_warnings_and_values_and_gives_the_workbook_marked() {
    let place = staffed();
    let [heads, rows] = super::kill::write_csv(&place, 3);
    let text = std::fs::read_to_string(place.path(heads)).expect("the folder can be read");
    // A day that is none stops one certificate; a validity that is not six years is worth a look in another.
    let mut text = text.replacen("2032-03-04", "2032-02-30", 1);
    let last = text.rfind("2032").expect("the last certificate has a last day");
    text.replace_range(last..last + 4, "2031");
    std::fs::write(place.path(heads), text).expect("the folder can be written");
    let (heads, rows, out) = (at(&place, heads), at(&place, rows), at(&place, "标注.xlsx"));
    let (code, said) = ended(&place, OFFICER, &["check", &heads, &rows, "--annotated", &out]);
    assert_eq!((code, &said["errors"], &said["annotated"]), (3, &json!(1), &json!(out)), "{said}");
    assert!(said["warnings"].as_u64().is_some_and(|n| n > 0), "{said}");
    assert!(std::fs::read(&out).expect("a workbook").starts_with(b"PK"));
    assert_eq!(place.number("select count(*) from batch"), 1, "a check keeps nothing");
    let mut command = place.fuma(&["check", "--as", OFFICER, "--password-file"]);
    let output = command.arg(place.path("password")).args([&heads, &rows]).output().expect("it starts");
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    for told in ["错误　证书", "值“2032-02-30”", "提醒　证书", "错误 1 处，提醒 "] {
        assert!(words.contains(told), "{told}: {words}");
    }
}

#[test]
fn a_form_with_a_key_or_a_value_that_nobody_reads_is_refused_by_name() {
    let place = staffed();
    let mut wrong = form();
    wrong["certificate"]["决定日期"] = json!("2026-03-01");
    wrong["certificate"]["food"] = json!(false);
    wrong["sites"][0]["nam"] = json!("示例");
    wrong["capability"] = json!([]);
    let file = save(&place, "错.json", &wrong);
    for say in [
        "没有“决定日期”这个键，应写作“decision_day”",
        "“food”（是否食品）应为“是”或“否”，现为真假值 false",
        "sites 第1项 中没有“nam”这个键",
        "没有“capability”这个键",
    ] {
        refused(&place, OFFICER, &["assign", "--check", &file], say);
    }
    std::fs::write(place.path("坏.json"), "{\"certificate\":").expect("the folder can be written");
    refused(&place, OFFICER, &["assign", "--check", &at(&place, "坏.json")], "不是 JSON：第1行");
}

#[test]
fn a_template_is_had_without_an_account() {
    let place = Place::empty();
    place.ok(&["init"]);
    place.ok(&["batch", "template", "--out", &at(&place, "模板.xlsx")]);
    assert!(std::fs::read(place.path("模板.xlsx")).expect("a workbook").starts_with(b"PK"));
}

#[test]
fn run_says_what_is_wrong_with_its_call_before_it_builds() {
    let run = concat!(env!("CARGO_MANIFEST_DIR"), "/../../run");
    for (words, say) in [
        (&["--port"][..], "--port 后面要写端口号"),
        (&["--port", "abc"], "--port 后面要写端口号"),
        (&["--port", "99999"], "端口 99999 不可用"),
        (&["--data", "--lan"], "--data 后面要写数据文件夹"),
        (&["--prot", "80"], "不认识“--prot”"),
    ] {
        let output = std::process::Command::new("bash").arg(run).args(words).output().expect("there is bash");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && said.contains(say), "{words:?}: {said}");
    }
}
