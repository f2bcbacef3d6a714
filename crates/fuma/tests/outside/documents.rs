//! Every command with `--json`: one document on stdout, its keys in snake case, and nothing beside it.

use super::served::{Place, Running, free_port, until};
use super::web::Officer;
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

/// Password of the demo's accounts.
const PASSWORD: &str = "Yanshi#2026";

/// A registry, and which commands were asked.
struct Asked {
    place: Place,
    commands: BTreeSet<String>,
}

/// Every key is one of ours: snake case, or a key of data (a status, a group).
fn keys(value: &Value, of: &str) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let snake = key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
                assert!(snake, "{of}: the key {key}");
                keys(value, of);
            }
        }
        Value::Array(all) => all.iter().for_each(|value| keys(value, of)),
        _ => {}
    }
}

impl Asked {
    /// Runs a command of the account, which must end with this code.
    fn ends(&mut self, code: i32, login: &str, path: &str, rest: &[&str]) -> Value {
        self.commands.insert(path.to_owned());
        let mut words: Vec<&str> = path.split_whitespace().collect();
        words.extend(rest);
        let mut command = self.place.fuma(&words);
        command.arg("--json");
        if !login.is_empty() {
            command.args(["--as", login, "--password-file"]).arg(self.place.path("password"));
        }
        let output = command.stdin(Stdio::null()).output().expect("the program starts");
        let told = String::from_utf8(output.stdout).expect("it is text");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{words:?}: {told}{errors}");
        let document: Value =
            serde_json::from_str(&told).unwrap_or_else(|e| panic!("{words:?}: {e}: {told}"));
        assert!(document.is_object(), "{words:?}: {told}");
        keys(&document, path);
        document
    }

    fn ok(&mut self, login: &str, path: &str, rest: &[&str]) -> Value {
        self.ends(0, login, path, rest)
    }

    /// A file of the folder, as text of a command.
    fn at(&self, name: &str) -> String {
        self.place.path(name).display().to_string()
    }
}

/// The text at a pointer.
fn text(value: &Value, at: &str) -> String {
    match value.pointer(at) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => panic!("nothing at {at} in {value}"),
    }
}

/// What reads and writes for one certificate.
fn of_a_certificate(asked: &mut Asked, number: &str) {
    let officer = "shaanxi";
    let shown = asked.ok(officer, "certificate show", &[number]);
    let uscc = text(&shown, "/certificate/uscc");
    asked.ok(officer, "body", &[&uscc, "--find", "水"]);
    let out = asked.at("核查单.pdf");
    let check = asked.ends(5, officer, "admission", &["--uscc", &uscc, "--out", &out]);
    assert_eq!(text(&check, "/replies/0/findings/0/code"), "holds");
    let lie = ["--decided", "2026-03-01", "--document", "陕示不许〔2026〕1号", "--ground", "false_material"];
    let body = ["--name", "示例检测有限公司", "--uscc", &uscc];
    asked.ends(3, officer, "refusal record", &[&body[..], &lie[..5], &["x"]].concat());
    let refusal = text(&asked.ok(officer, "refusal record", &[&body[..], &lie].concat()), "/id");
    let check = asked.ends(5, officer, "admission", &["--uscc", &uscc]);
    assert_eq!(check["barred"], true, "{check}");
    let why = ["--document", "陕示更〔2026〕1号", "--reason", "登记错误", "--yes"];
    asked.ok(officer, "refusal take-back", &[&[refusal.as_str()], &why[..]].concat());
    assert_eq!(asked.ok(officer, "refusal list", &[])["refusals"].as_array().map(Vec::len), Some(1));
    asked.ok(officer, "certificate compare", &[number, "--old", "1", "--new", "1"]);
    let (person, out) = (text(&shown, "/persons/0/person"), asked.at("x.svg"));
    asked.ok(officer, "certificate person", &[number, &person]);
    let why = ["--document", "示例删〔2026〕1号", "--reason", "本人申请", "--yes"];
    asked.ok(officer, "erase", &[&[number, person.as_str()], why.as_slice()].concat());
    asked.ok(officer, "certificate sample", &[number, "--out", &out]);
    asked.ok(officer, "qr", &["--number", number, "--format", "slip", "--out", &out]);
    let links = asked.ok(officer, "link list", &[number]);
    asked.ok(officer, "link renew", &[number, &text(&links, "/links/0/link")]);
    asked.ok("", "verify", &[number]);
}

/// Two bodies that are said to be two, made one, and two again.
fn of_bodies(asked: &mut Asked) {
    let nation = "guojia";
    let found = asked.ok(nation, "search", &["--limit", "2"]);
    let (gone, stays) = (text(&found, "/hits/0/body"), text(&found, "/hits/1/body"));
    asked.ok(nation, "body apart", &[&gone, &stays]);
    asked.ok(nation, "body apart", &[&gone, &stays, "--undo"]);
    let checked = asked.ok(nation, "body merge", &[&gone, "--into", &stays, "--check"]);
    let code = text(&checked, "/code");
    let why = ["--reason", "样张", "--yes"];
    let merge = [&gone, "--into", &stays, "--code", &code];
    let merged = asked.ok(nation, "body merge", &[&merge[..], &why].concat());
    assert_eq!(text(&merged, "/body"), stays);
    asked.ok(nation, "body split", &[&gone, "--check"]);
    let split = asked.ok(nation, "body split", &[&[gone.as_str()], &why[..]].concat());
    assert_eq!(merged["moved"], split["moved"], "what came goes back");
}

/// A draw from the pool of inspectors to the file that is recomputed; an inspection.
fn of_supervision(asked: &mut Asked) {
    let officer = "shaanxi-jianguan";
    for name in ["周示例", "吴示例", "郑示例"] {
        asked.ok(officer, "draw inspector", &["--name", name, "--unit", "示例局"]);
    }
    let pool = asked.ok(officer, "draw inspectors", &[]);
    let inspector = text(&pool, "/inspectors/0/id");
    let plan = ["--title", "样张抽查", "--plan", "陕示监〔2026〕1号"];
    asked.ends(3, officer, "draw freeze", &plan);
    let frozen = asked.ok(officer, "draw freeze", &[&plan[..], &["--percent", "30"]].concat());
    let id = text(&frozen, "/id");
    let made = asked.ok(officer, "draw make", &[&id]);
    let code = text(&made, "/drawn/0/code");
    asked.ok(officer, "draw recuse", &[&inspector, "--uscc", &code, "--reason", "样张"]);
    asked.ok(officer, "draw recuse", &[&inspector, "--uscc", &code, "--end"]);
    asked.ok(officer, "draw publish", &[&id]);
    asked.ok(officer, "draw list", &[]);
    let mut result = asked.ok(officer, "draw show", &[&id]);
    let file = asked.place.path("结果.json");
    std::fs::write(&file, result.to_string()).expect("the folder can be written");
    let verified = asked.ok("", "draw verify", &[&file.display().to_string()]);
    assert_eq!(verified["agrees"], true);
    result["drawn"][0]["name"] = "另一家".into();
    std::fs::write(&file, result.to_string()).expect("the folder can be written");
    asked.ends(4, "", "draw verify", &[&file.display().to_string()]);
    let body = text(&made, "/drawn/0/body");
    let visit = [
        "--kind",
        "日常检查",
        "--from",
        "2026-11-20",
        "--inspectors",
        "周示例、吴示例",
        "--result",
        "未发现问题",
    ];
    let recorded = asked.ok(officer, "inspection record", &[&[body.as_str()], &visit[..]].concat());
    let inspection = text(&recorded, "/id");
    asked.ok(officer, "inspection publish", &[&inspection]);
    let corrected = [&[inspection.as_str(), "--version", "1", "--reason", "样张"], &visit[..]].concat();
    asked.ok(officer, "inspection correct", &corrected);
    let order = ["--what", "样张", "--due", "2026-11-21", "--document", "陕示监改〔2026〕1号"];
    let ordered = asked.ok(officer, "inspection order", &[&[inspection.as_str()], &order[..]].concat());
    asked.ok(officer, "inspection step", &[&text(&ordered, "/id"), "--step", "收到整改报告"]);
    asked.ok(officer, "inspection list", &[]);
    let overdue = asked.ok(officer, "inspection list", &["--overdue"]);
    assert_eq!(overdue["rectifications"][0]["last"], "report");
    let draft = asked.ok(officer, "notice draft", &[&body, "--kind", "证书到期提醒"]);
    let file = asked.place.path("正文.txt");
    std::fs::write(&file, text(&draft, "/text")).expect("the folder can be written");
    let file = file.display().to_string();
    let notice = ["--kind", "证书到期提醒", "--document", "陕示监通〔2026〕1号", "--text", &file];
    let made = asked.ok(officer, "notice make", &[&[body.as_str()], &notice[..]].concat());
    let out = asked.place.path("通知书.pdf").display().to_string();
    asked.ok(officer, "notice fetch", &[&text(&made, "/id"), "--out", &out]);
    asked.ok(officer, "notice list", &[&body]);
}

/// The shape of the form, with nothing in it.
fn empty_form(asked: &Asked, kind: &str) -> String {
    let form = serde_json::json!({ "certificate": { "kind": kind } });
    std::fs::write(asked.place.path("form.json"), form.to_string()).expect("the folder can be written");
    asked.at("form.json")
}

/// Drafts, and what stands in a file.
fn of_forms(asked: &mut Asked, number: &str) {
    let officer = "shaanxi";
    let fresh = empty_form(asked, "首次");
    asked.ends(3, officer, "assign", &["--check", &fresh]);
    let made = asked.ok(officer, "draft new", &[&fresh]);
    let id = text(&made, "/id");
    asked.ok(officer, "draft list", &[]);
    asked.ok(officer, "draft show", &[&id]);
    // Of an empty draft nothing can be asked.
    asked.ends(3, officer, "admission", &["--draft", &id]);
    asked.ok(officer, "draft save", &[&id, &fresh]);
    asked.ends(3, officer, "draft check", &[&id]);
    let annex = asked.at("演示/附表样例");
    let annex =
        std::fs::read_dir(annex).expect("the demo leaves forms").next().expect("a form").expect("a form");
    asked.ok(officer, "draft annex", &[&id, &annex.path().display().to_string()]);
    asked.ends(1, officer, "draft assign", &[&id]);
    asked.ok(officer, "draft discard", &[&id, "--yes"]);
    let change = asked.ok(officer, "draft change", &[number, "--kind", "更正"]);
    let picture = asked.at("y.svg");
    asked.ends(1, officer, "draft sample", &[&text(&change, "/id"), "--out", &picture]);
    let correction = empty_form(asked, "更正");
    asked.ends(3, officer, "change", &["--check", &correction]);
    asked.ok(officer, "quality correct", &["Q54", number]);
}

/// The import that the demo made, and files.
fn of_imports(asked: &mut Asked) {
    let officer = "shaanxi";
    let list = asked.ok(officer, "batch list", &[]);
    let id = text(&list, "/batches/0/batch");
    asked.ok(officer, "batch show", &[&id]);
    let folder = asked.at("模板");
    asked.ok(officer, "batch template", &["--out", &folder]);
    let files = [format!("{folder}/证书.csv"), format!("{folder}/检测能力.csv")];
    asked.ends(0, officer, "check", &[&files[0], &files[1]]);
    asked.ends(0, officer, "import", &["--check", &files[0], &files[1]]);
    asked.ok(officer, "batch annul", &[&id, "--reason", "样张", "--yes"]);
    let folder = asked.at("导出");
    asked.ok(officer, "export", &["--out", &folder]);
    asked.ok(officer, "search", &["示例", "--out", &asked.at("结果.csv")]);
    asked.ok(officer, "worklist", &["coverage", "--out", &asked.at("清单.xlsx")]);
    asked.ok(officer, "quality export", &["--rule", "Q54", "--out", &asked.at("质量.csv")]);
}

/// Paper: a job, its record, its file; a test page.
fn of_prints(asked: &mut Asked, number: &str) {
    let (officer, folder, file) = ("shaanxi", asked.at("打印"), asked.at("z.pdf"));
    let reprint = ["--number", number, "--reprint", "--reason", "样张", "--out", &folder];
    let printed = asked.ok(officer, "print", &reprint);
    asked.ok(officer, "job show", &[&text(&printed, "/job")]);
    let shown = asked.ok(officer, "certificate show", &[number]);
    asked.ok(officer, "certificate file", &[number, &text(&shown, "/prints/0/digest"), "--out", &file]);
    asked.ok(officer, "settings test-sheet", &["--out", &file]);
}

/// 对接: the form, systems and secrets, the mode, and what the national level declares.
fn of_docking(asked: &mut Asked) {
    let (admin, nation) = ("shaanxi-admin", "guojia");
    let shown = asked.ok(admin, "docking show", &[]);
    assert_eq!(text(&shown, "/version"), "0");
    std::fs::write(asked.place.path("反馈表.json"), "{\"form\":{\"mode\":\"manual\"},\"version\":0}")
        .expect("the folder can be written");
    let form = asked.at("反馈表.json");
    let wrong = asked.ends(3, admin, "docking file", &[&form]);
    assert!(wrong["problems"].as_array().is_some_and(|all| all.len() > 5), "{wrong}");
    assert_eq!(asked.ok(admin, "docking file", &[&form, "--draft"])["form"]["mode"], "manual");
    asked.ok(nation, "docking deadline", &["--form", "2026-12-01", "--docking", "2027-06-30"]);
    asked.ok(nation, "docking step", &["27", "sandbox", "--note", "示例报告1号"]);
    let book = asked.at("看板.xlsx");
    let board = asked.ok(nation, "docking board", &["--out", &book]);
    assert_eq!(board["authorities"].as_array().map(Vec::len), Some(34), "the demo's test adds one");
    let made = asked.ok(admin, "client create", &["--name", "示例审批系统", "--to", "2030-01-01"]);
    let id = text(&made, "/id");
    asked.ok(admin, "client set", &[&id, "--grants", "read,check", "--rate", "5"]);
    let issued = asked.ok(admin, "client secret", &[&id]);
    assert!(text(&issued, "/client_secret").len() > 20);
    let secret = asked.ok(admin, "client show", &[&id]);
    assert_eq!(text(&secret, "/grants"), "[\"read\",\"check\"]");
    asked.ok(admin, "client end-secret", &[&id, &text(&issued, "/n")]);
    let key = asked.ok(admin, "client key", &[&id, "--algorithm", "hmac-sm3"]);
    assert!(text(&key, "/shared").len() > 20);
    asked.ok(admin, "client end-key", &[&id, &text(&key, "/key_id")]);
    let keys = asked.ok(admin, "client keys", &[&id]);
    assert_ne!(text(&keys, "/keys/0/ended_at"), "null");
    asked.ok("", "client list", &[]);
    asked.ok(admin, "settings set", &["--mode", "networked"]);
}

/// 应急手动赋码; the mode is manual again afterwards.
fn of_an_emergency(asked: &mut Asked) {
    let admin = "shaanxi-admin";
    let opened = asked.ok(admin, "emergency open", &["--reason", "示例停机", "--hours", "8"]);
    assert_eq!((text(&opened, "/mode"), text(&opened, "/open")), ("networked".into(), "1".into()));
    let closed = asked.ok(admin, "emergency close", &[]);
    assert_eq!(text(&closed, "/open"), "null");
    asked.ok("shaanxi", "emergency list", &[]);
    let waiting = asked.ok("shaanxi", "docking unadopted", &["--limit", "1"]);
    assert!(!text(&waiting, "/certificates/0/content_digest").is_empty());
    asked.ok(admin, "settings set", &["--mode", "manual"]);
}

/// A system's address that is told of things, and something that it was told.
fn of_hooks(asked: &mut Asked) {
    let admin = "shaanxi-admin";
    asked.place.plant(
        "insert into client (id, authority_id, public_id, name, grants, addresses, signing, rate, disabled, created_at)
        select 9001, id, 'fuma-27-sample', '示例审批系统', 'read', '', 0, 50, 0, 0 from authority where short_name = '陕西'",
    );
    let new = ["--client", "fuma-27-sample", "--url", "https://notify.example.cn/", "--kind", "赋码"];
    let made = asked.ok(admin, "hook create", &new);
    assert!(text(&made, "/secret").starts_with("whsec_"));
    let id = text(&made, "/id");
    asked.place.plant(&format!(
        "insert into delivery select {id}, epoch, position, 'dead', 8, 0, 500, '对方答复 500', 0, 0 from event
        where kind = 'assign' limit 1"
    ));
    let set = asked.ok(admin, "hook set", &[&id, "--disable", "--kind", "全部", "--others", "yes"]);
    assert!(
        set["disabled"] == true
            && set["others"] == true
            && set["kinds"].as_array().is_some_and(Vec::is_empty),
        "{set}"
    );
    asked.ok("shaanxi-admin", "hook list", &[]);
    let told = asked.ok(admin, "hook deliveries", &[&id, "--state", "dead"]);
    asked.ok(admin, "hook resend", &[&id, "--at", &text(&told, "/deliveries/0/position")]);
}

/// Accounts, the last of them the officer's own password.
fn of_accounts(asked: &mut Asked) {
    let admin = "shaanxi-admin";
    let new = ["fresh1", "--name", "吴示例", "--authority", "27", "--role", "viewer"];
    let id = text(&asked.ok(admin, "account create", &new), "/id");
    asked.ok(admin, "account show", &[&id]);
    asked.ok(admin, "account change", &[&id, "--name", "郑示例"]);
    asked.ok(admin, "account reset", &[&id]);
    asked.ok(admin, "account disable", &[&id]);
    asked.ok(admin, "account enable", &[&id]);
    std::fs::write(asked.place.path("new"), "Lishi#2027").expect("the folder can be written");
    let new = asked.at("new");
    asked.ok("shaanxi-chaxun", "password", &["--new-password-file", &new]);
}

/// A bulletin from its draft to its correction, and what a province does with it.
fn of_bulletins(asked: &mut Asked) {
    let (drafter, second, province) = ("guojia", "guojia-huizong", "shaanxi-admin");
    asked.ok(province, "bulletin declare", &["12"]);
    let dropped = text(&asked.ok(drafter, "bulletin draft", &["2024-03"]), "/id");
    asked.ok(drafter, "bulletin discard", &[&dropped, "--yes"]);
    let id = text(&asked.ok(drafter, "bulletin draft", &["2024-Q1"]), "/id");
    let id = id.as_str();
    asked.ok(drafter, "bulletin edit", &[id, "--title", "示例通报"]);
    asked.ok(second, "bulletin approve", &[id]);
    asked.ok(second, "bulletin return", &[id]);
    asked.ok(second, "bulletin approve", &[id]);
    asked.ok(drafter, "bulletin release", &[id, "--yes"]);
    let shown = asked.ok(province, "bulletin show", &[id]);
    assert_eq!((text(&shown, "/title"), text(&shown, "/state")), ("示例通报".into(), "released".into()));
    assert!(shown["authorities"].as_array().is_some_and(|all| all.len() > 30), "{shown}");
    let listed = asked.ok(province, "bulletin list", &[]);
    assert_eq!(listed["bulletins"][0]["signed"], false, "{listed}");
    asked.ok(province, "bulletin sign", &[id]);
    let words = ["--dispute", "scans", "--text", "示例异议"];
    let reply = text(&asked.ok(province, "bulletin reply", &[&[id], &words[..]].concat()), "/reply");
    asked.ok(drafter, "bulletin answer", &[id, &reply, "--text", "示例答复"]);
    for format in ["pdf", "xlsx", "txt", "json"] {
        let out = asked.at(&format!("通报.{format}"));
        asked.ok(province, "bulletin export", &[id, "--format", format, "--out", &out]);
    }
    asked.ok(drafter, "bulletin draft", &["--correct", id]);
    asked.ok(drafter, "bulletin withdraw", &[id, "--reason", "样张", "--yes"]);
}

/// The server says its address in its first line; what is uploaded there is worked on by command.
fn of_the_server(asked: &mut Asked) {
    asked.commands.insert("serve".into());
    let port = free_port();
    let mut command = asked.place.fuma(&["--json", "serve", "--listen", &format!("127.0.0.1:{port}")]);
    command.stdin(Stdio::null()).stderr(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    let out = child.stdout.take().expect("it was asked for");
    let server = Running::of(child);
    let mut line = String::new();
    BufReader::new(out).read_line(&mut line).expect("it says something");
    let document: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("serve: {e}: {line}"));
    keys(&document, "serve");
    let uploaded = [uploaded(asked, port, 3), uploaded(asked, port, 5)];
    server.kill();
    let (officer, out) = ("shaanxi", asked.at("标注.xlsx"));
    asked.ok(officer, "batch annotated", &[&uploaded[0], "--out", &out]);
    asked.ok(officer, "batch recheck", &[&uploaded[0]]);
    asked.ok(officer, "batch discard", &[&uploaded[0]]);
    asked.ok(officer, "batch commit", &[&uploaded[1]]);
}

/// What the system of a province does, against a server of its own.
fn of_a_system(asked: &mut Asked) {
    let system = super::province::System::connect(&asked.place, 200);
    let (server, port) = asked.place.serve();
    let (url, secret, store) = (format!("http://127.0.0.1:{port}"), asked.at("secret"), asked.at("模拟"));
    let system = ["--url", &url, "--client", &system.id, "--secret-file", &secret];
    let pushed = asked.ok("", "province", &[&system[..], &["--store", &store, "--cases", "3"]].concat());
    assert_eq!(pushed["reconcile"]["differences"], 0, "{pushed}");
    asked.ok("", "conform", &[&system[..], &["--only", "token,assign"]].concat());
    server.kill();
}

/// An import of so many certificates, uploaded and checked.
fn uploaded(asked: &Asked, port: u16, certificates: i64) -> String {
    let officer = Officer::sign_in(port, "shaanxi", PASSWORD);
    let files = super::kill::write_csv(&asked.place, certificates);
    let files = files.map(|name| (name, std::fs::read(asked.place.path(name)).expect("it was written")));
    let files = files.each_ref().map(|(name, bytes)| ("files", *name, &bytes[..]));
    let reply = officer.upload("/office/imports", &files).expect("the server answers");
    let batch = reply.header("location").rsplit('/').next().unwrap_or_default().to_owned();
    until("it is checked", || {
        asked.place.texts(&format!("select state from batch where id = {batch}")) == ["checked"]
    });
    batch
}

/// The list, with arguments that need nothing made before.
const PLAIN: [(&str, &str, &[&str]); 33] = [
    ("shaanxi", "desk", &[]),
    ("shaanxi", "search", &["示例", "--facets", "--limit", "3"]),
    ("shaanxi", "body duplicates", &["--limit", "3"]),
    ("shaanxi", "body duplicates", &["--apart"]),
    ("shaanxi", "quality list", &[]),
    ("shaanxi", "quality certificates", &["Q54"]),
    ("shaanxi", "digest list", &[]),
    ("shaanxi", "digest read", &[]),
    ("shaanxi", "digest set", &["quality"]),
    ("shaanxi", "inbox list", &["--unread", "--limit", "3"]),
    ("shaanxi", "inbox read", &["1.1", "--all"]),
    ("shaanxi", "log", &["--limit", "3"]),
    ("guojia", "collection", &[]),
    ("shaanxi", "statistics", &["trend", "--measure", "scan", "--days", "90", "--monthly"]),
    ("guojia", "statistics", &["ranking", "--measure", "赋码"]),
    ("shaanxi", "settings show", &[]),
    ("shaanxi-admin", "settings set", &["--offset-x", "1"]),
    ("shaanxi", "counter list", &[]),
    (
        "shaanxi-admin",
        "counter set",
        &["--next", "9", "--year", "2030", "--code", "27", "--domain", "12", "--industry", "05"],
    ),
    ("shaanxi", "code list", &["domain"]),
    ("guojia", "code set", &["domain", "98", "--name", "示例领域"]),
    ("shaanxi", "authority list", &[]),
    ("guojia", "authority create", &["--name", "示例局", "--short-name", "示例", "--area", "99"]),
    ("guojia", "authority set", &["34", "--short-name", "样例"]),
    ("guojia", "authority code", &["34", "98"]),
    ("guojia", "authority open", &["28", "34"]),
    ("shaanxi", "job list", &[]),
    ("shaanxi-admin", "account list", &[]),
    ("", "open-data make", &[]),
    ("", "quality run", &[]),
    ("", "open-data list", &[]),
    ("", "completion", &["bash"]),
    ("", "openapi", &[]),
];

#[test]
fn every_command_tells_one_document_with_json() {
    let mut asked = Asked { place: Place::empty(), commands: BTreeSet::new() };
    std::fs::write(asked.place.path("password"), PASSWORD).expect("the folder can be written");
    let demo = asked.ok("", "demo", &[]);
    asked.ok("", "init", &[]);
    let number = text(&demo, "/certificate/number");
    for (login, path, rest) in PLAIN {
        asked.ok(login, path, rest);
    }
    let listed = asked.ok("shaanxi", "certificate list", &["--status", "有效"]);
    assert!(listed["certificates"].as_array().is_some_and(|all| !all.is_empty()));
    of_a_certificate(&mut asked, &number);
    of_bodies(&mut asked);
    of_supervision(&mut asked);
    of_forms(&mut asked, &number);
    of_prints(&mut asked, &number);
    let act = ["--act", "注销", "--document", "陕示注〔2026〕1号", "--reason", "样张", "--check"];
    asked.ok("shaanxi", "status", &[&["--number", &number], &act[..]].concat());
    of_hooks(&mut asked);
    of_imports(&mut asked);
    of_docking(&mut asked);
    of_an_emergency(&mut asked);
    of_accounts(&mut asked);
    of_bulletins(&mut asked);
    of_the_server(&mut asked);
    of_a_system(&mut asked);
    asked.ok("", "restored", &["--yes"]);
    let measured = asked.ok("", "bench", &["xlsx", "--rows", "10"]);
    assert!(measured["figures"].as_array().is_some_and(|all| all.len() > 4), "{measured}");
    let own = asked.ok("", "", &[]);
    let all = own["commands"].as_array().expect("the list of commands").iter();
    let all = all.map(|path| path.as_str().expect("a command").to_owned());
    let missing: Vec<String> = all.filter(|path| !asked.commands.contains(path)).collect();
    assert!(missing.is_empty(), "ask these with --json here: {missing:#?}");
}
