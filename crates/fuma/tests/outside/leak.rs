//! Where personal fields must not stand: after the whole job every byte that was left behind is searched for what went
//! in: ID numbers, telephones, mail addresses (architecture.md 5, persons; 个人信息保护法 Art. 51).

use super::served::{Place, Running, free_port, until};
use super::web::{self, Officer};
use calamine::{Data, Reader, Xlsx};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The workbook that `fuma demo` leaves in the folder: what went in.
const WORKBOOK: &str = "演示/陕西-证书导入.xlsx";
/// Password of the demo's accounts.
const PASSWORD: &str = "Yanshi#2026";

/// Every personal text of the workbook: found by its shape, whatever column it stands in.
fn personal(workbook: &Path) -> BTreeSet<String> {
    let bytes = std::fs::read(workbook).expect("the demo keeps its workbook");
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("it is a workbook");
    let mut found = BTreeSet::new();
    for name in book.sheet_names() {
        let range = book.worksheet_range(&name).expect("the sheet can be read");
        for cell in range.used_cells().map(|(_, _, cell)| cell) {
            let text = match cell {
                Data::String(text) => text.clone(),
                Data::Float(number) => number.to_string(),
                _ => continue,
            };
            let id = text.starts_with("990000") && text.len() == 18;
            let mail = text.ends_with("@example.com");
            let phone = text.starts_with("029-0") || (text.starts_with("100000") && text.len() == 11);
            if id || mail || phone {
                found.insert(text);
            }
        }
    }
    found
}

/// Whether one of these texts stands in the bytes; an ID number of the invented region in any case.
fn leaked(bytes: &[u8], personal: &BTreeSet<String>) -> Option<String> {
    // One pass: each of them is known by how it begins, or a mail address by its domain.
    for (at, byte) in bytes.iter().enumerate() {
        let (mark, length): (&[u8], usize) = match byte {
            b'9' => (b"990000", 18),
            b'0' => (b"029-0", 12),
            b'1' => (b"100000", 11),
            b'@' => (b"@example.com", 12),
            _ => continue,
        };
        let Some(found) = bytes.get(at..at + length).filter(|piece| piece.starts_with(mark)) else {
            continue;
        };
        let text = String::from_utf8_lossy(found).into_owned();
        let id = *byte == b'9' && found[..17].iter().all(u8::is_ascii_digit);
        if id || *byte == b'@' || personal.contains(&text) {
            return Some(text);
        }
    }
    None
}

/// All files below a folder.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("the folder is there").path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// The words on the pages of a PDF, where a search of its bytes would find deflated streams.
fn words(path: &Path) -> Vec<u8> {
    let output = Command::new("pdftotext").arg(path).arg("-").output();
    output.expect("pdftotext is missing: run ./test, which installs poppler-utils").stdout
}

/// Does the whole job: import, print, export, a draft with personal fields, pages that show some. What was logged.
fn whole_job(place: &Place, database: Option<&str>) -> PathBuf {
    let log = place.path("log");
    let with = |mut command: Command| {
        let file = File::options()
            .create(true)
            .append(true)
            .open(place.path("log"))
            .expect("the folder can be written");
        command.env("FUMA_LOG", "trace").stderr(file.try_clone().expect("a file"));
        if let Some(database) = database {
            command.env("FUMA_DATABASE", database);
        }
        (command, file)
    };
    let (mut demo, file) = with(place.fuma(&["demo"]));
    let done = demo.stdout(file).status().expect("it starts");
    assert!(done.success(), "{}", std::fs::read_to_string(&log).unwrap_or_default());
    std::fs::write(place.path("password"), PASSWORD).expect("the folder can be written");
    let (password, out) = (place.path("password"), place.path("导出"));
    let (mut export, file) = with(place.fuma(&["export", "--as", "shaanxi"]));
    export.arg("--password-file").arg(password).arg("--out").arg(out).stdout(file);
    assert!(export.status().expect("it starts").success());

    let (mut make, file) = with(place.fuma(&["open-data", "make"]));
    assert!(make.stdout(file).status().expect("it starts").success());

    let port = free_port();
    let (mut serve, file) = with(place.fuma(&["serve", "--listen", &format!("127.0.0.1:{port}")]));
    let mut server = Running::start_as(serve.stdout(file)).expect("it starts");
    until("the server answers", || {
        assert!(!server.ended(), "the server ended by itself");
        web::ask(port, "GET", "/readyz", &[], b"").is_ok_and(|reply| reply.status == 200)
    });
    let officer = Officer::sign_in(port, "shaanxi", PASSWORD);
    draft_with_persons(&officer);
    for page in
        ["/office/certificates", "/office/certificates/1", "/office/certificates/1?tab=staff", "/office/log"]
    {
        officer.get(page).expect("the server answers");
    }
    open_data(place, port);
    server.kill();
    log
}

/// Where the open data is put, inflated, so that it is searched as what it says.
const OPEN: &str = "开放数据";

/// Fetches everything that is published, as anybody may.
fn open_data(place: &Place, port: u16) {
    std::fs::create_dir(place.path(OPEN)).expect("the folder can be written");
    let index = web::ask(port, "GET", "/open-data/index.json", &[], b"").expect("the server answers");
    let index: serde_json::Value = serde_json::from_str(&index.body).expect("the index is JSON");
    let files = index["releases"][0]["files"].as_array().expect("the snapshot has files");
    assert!(files.len() >= 6, "certificates, sites and capabilities in two formats: {index}");
    for file in files {
        let name = file["name"].as_str().expect("a name");
        let bytes = web::fetch(port, &format!("/open-data/{name}")).expect(name);
        assert_eq!(Some(bytes.len() as u64), file["bytes"].as_u64(), "{name}");
        let mut text = Vec::new();
        flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut text).expect(name);
        assert!(text.len() > 100, "{name} says nothing");
        std::fs::write(place.path(OPEN).join(name.trim_end_matches(".gz")), text).expect(name);
    }
}

/// No code stands in what is published: only paper leads to a scan (architecture.md 9.7).
fn no_code(place: &Place) {
    let codes: BTreeSet<String> = place.texts("select code from certificate").into_iter().collect();
    let mut all = Vec::new();
    files(&place.path(OPEN), &mut all);
    assert!(!codes.is_empty() && !all.is_empty());
    for path in all {
        let bytes = std::fs::read(&path).expect("the file is there");
        let held = bytes.windows(16).find(|it| std::str::from_utf8(it).is_ok_and(|it| codes.contains(it)));
        assert!(held.is_none(), "{} holds {:?}", path.display(), held.map(String::from_utf8_lossy));
    }
}

/// A draft is left with an ID number, a telephone and an address in it.
fn draft_with_persons(officer: &Officer) {
    let begun = officer.post_parts("/office/drafts/new", &[("kind", "首次")]).expect("the server answers");
    let draft = begun.header("location").split('?').next().unwrap_or_default().to_owned();
    let head = [
        ("_act", "save"),
        ("_step", "1"),
        ("_version", "1"),
        ("body_name", "样张检测中心"),
        ("contact", "李示例"),
        ("phone", "029-00000001"),
        ("email", "lab1@example.com"),
    ];
    let rows = [
        ("_act", "save"),
        ("_step", "5"),
        ("_group", "staff"),
        ("_version", "2"),
        ("_offset", "0"),
        ("_shown", "0"),
        ("staff.0.name", "赵示例"),
        ("staff.0.id_kind", "居民身份证"),
        ("staff.0.id_number", "990000198001010012"),
    ];
    for step in [&head[..], &rows[..]] {
        let reply = officer.post(&draft, step).expect("the server answers");
        assert_eq!(reply.status, 303, "{}", reply.body);
    }
    let shown = officer.get(&format!("{draft}?step=5&group=staff")).expect("the server answers");
    assert!(shown.body.contains("990000198001010012"), "the draft keeps what was typed:\n{}", shown.body);
}

/// Searches every file of the folder but what the person brought himself.
fn search(place: &Place, personal: &BTreeSet<String>) {
    let mut all = Vec::new();
    files(&place.path(""), &mut all);
    let mut searched = 0;
    for path in all.iter().filter(|path| !path.ends_with(WORKBOOK)) {
        let mut bytes = std::fs::read(path).expect("the file is there");
        if path.extension().is_some_and(|e| e == "pdf") {
            bytes.extend(words(path));
        }
        searched += 1;
        if let Some(text) = leaked(&bytes, personal) {
            panic!("{} holds {text}", path.display());
        }
    }
    assert!(searched > 5, "only {searched} files: the job left too little behind");
}

#[test]
fn no_id_number_or_telephone_stands_in_database_wal_logs_prints_or_exports() {
    let place = Place::empty();
    let log = whole_job(&place, None);
    let personal = personal(&place.path(WORKBOOK));
    assert!(
        personal.iter().filter(|text| text.starts_with("990000")).count() > 500,
        "the workbook has persons"
    );
    assert!(
        personal.iter().filter(|text| text.starts_with("029-0")).count() > 50,
        "the workbook has telephones"
    );
    assert!(std::fs::metadata(&log).expect("the log is there").len() > 1_000, "nothing was logged");
    assert!(
        place.path("fuma.db").exists() && place.path("fuma.db-wal").exists(),
        "killed, it leaves both behind"
    );
    assert!(
        place.number("select count(*) from personal where field = 'id_number'") > 500,
        "persons were kept"
    );
    search(&place, &personal);
    no_code(&place);
    // The search itself must be able to find: the workbook's cells, and one planted.
    assert!(leaked(b"x990000198001010012y", &personal).is_some());
}

#[test]
fn no_id_number_or_telephone_stands_in_postgresql_either() {
    let server = std::env::var("FUMA_TEST_PG").expect(
        "FUMA_TEST_PG is not set: run ./test, or scripts/pg-test cargo test …, which start PostgreSQL",
    );
    let name = format!("leak_{}", std::process::id());
    let made = Command::new("psql")
        .args([server.as_str(), "-qc", &format!("create database {name} template template0")])
        .status();
    assert!(made.expect("psql is missing: run ./test, which installs postgresql").success());
    let address = format!("{}/{name}", server.rsplit_once('/').expect("FUMA_TEST_PG ends in /postgres").0);
    let place = Place::empty();
    whole_job(&place, Some(&address));
    let personal = personal(&place.path(WORKBOOK));
    search(&place, &personal);
    let dump = Command::new("pg_dump").arg(&address).output().expect("pg_dump is missing: run ./test");
    assert!(
        dump.status.success() && dump.stdout.len() > 1_000_000,
        "{}",
        String::from_utf8_lossy(&dump.stderr)
    );
    // bytea stands in a dump as hex: digits are 30 to 39, and bytes that are none may look like digits.
    let text = String::from_utf8_lossy(&dump.stdout);
    let hex = |word: &&str| !word.starts_with(r"\\x");
    let words: Vec<&str> = text.split(['\t', '\n']).filter(hex).collect();
    assert_eq!(leaked(words.join("\t").as_bytes(), &personal), None);
    assert!(!text.contains("393930303030"), "a bytea column holds the beginning of an ID number");
    assert!(!text.contains("406578616d706c652e636f6d"), "a bytea column holds a mail address");
}
