//! The examples of docs/接口规范.md, really run: curl, Python, and Java 8 through TLS 1.2, against the real server.

use super::interface::Desk;
use super::served::{Running, free_port, until};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A file of the examples.
fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/interface").join(name)
}

/// Runs an example in the folder of the registry against a base address; what it says.
fn run(desk: &Desk, command: &mut Command, base: &str, in_form: bool) -> String {
    command.current_dir(desk.place.path("."));
    command.envs([("FUMA_URL", base), ("FUMA_CLIENT_ID", &desk.id), ("FUMA_CLIENT_SECRET", &desk.secret)]);
    if in_form {
        command.env("FUMA_TOKEN_IN_FORM", "1");
    }
    let output = command.output().expect("the program is missing: run ./test, which installs it");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{command:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// The flow was gone through to its end: one certificate more, coded once and revoked, its QR in the folder.
fn went_through(desk: &Desk, said: &str, number_before: i64) {
    for words in ["预检通过", "已赋码：编号 2627", "重发：仍是 2627", "结论：revoked"] {
        assert!(said.contains(words), "“{words}” is missing: {said}");
    }
    assert_eq!(desk.place.number("select count(*) from certificate"), number_before + 1, "{said}");
    let code = said.split("，码 ").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap_or_default();
    let stands = format!("select count(*) from certificate where code = '{code}' and status = 'revoked'");
    assert_eq!(desk.place.number(&stands), 1, "{said}");
    let qr = std::fs::read_to_string(desk.place.path("qr.svg")).expect("the QR");
    assert!(qr.contains("<svg"), "{qr}");
    std::fs::remove_file(desk.place.path("qr.svg")).expect("it is there");
}

#[test]
fn the_examples_of_curl_and_python_go_through_with_the_token_in_a_header_and_in_a_form() {
    let desk = Desk::open();
    let (_server, port) = desk.place.serve();
    let base = format!("http://127.0.0.1:{port}/api/v1");
    let mut done = 0;
    for (program, file) in [("sh", "assign.sh"), ("python3", "assign.py")] {
        for in_form in [false, true] {
            let record = format!("{program}-{in_form}");
            let mut command = Command::new(program);
            let said = run(&desk, command.arg(example(file)).env("FUMA_RECORD", record), &base, in_form);
            went_through(&desk, &said, done);
            done += 1;
        }
    }
    let records = desk.place.number("select count(*) from record");
    assert_eq!(records, 2 * done, "an assignment and a revocation each");
}

/// nginx before the server, speaking TLS 1.2 and nothing newer with a certificate made for this test.
fn tls_front(desk: &Desk, server: u16) -> (Running, u16) {
    let port = free_port();
    let folder = desk.place.path("tls");
    std::fs::create_dir(&folder).expect("the folder can be written");
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"])
        .args(["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "certificate.pem"])
        .current_dir(&folder)
        .output()
        .expect("openssl is missing: run ./test, which installs it");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let at = folder.display();
    let conf = format!(
        "daemon off; master_process off; pid {at}/pid; error_log {at}/error.log;\n\
         events {{}}\n\
         http {{ access_log off; client_body_temp_path {at}/b; proxy_temp_path {at}/p; fastcgi_temp_path {at}/f;\n\
         uwsgi_temp_path {at}/u; scgi_temp_path {at}/s;\n\
         server {{ listen 127.0.0.1:{port} ssl; ssl_protocols TLSv1.2; ssl_certificate {at}/certificate.pem;\n\
         ssl_certificate_key {at}/key.pem;\n\
         location / {{ proxy_pass http://127.0.0.1:{server}; }} }} }}\n"
    );
    std::fs::write(folder.join("nginx.conf"), conf).expect("the folder can be written");
    let mut front = Running::start(Command::new("nginx").arg("-c").arg(folder.join("nginx.conf")))
        .expect("nginx is missing: run ./test, which installs it");
    until("nginx listens", || {
        assert!(!front.ended(), "{}", std::fs::read_to_string(folder.join("error.log")).unwrap_or_default());
        std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
    });
    (front, port)
}

/// What the certificate of the test is trusted by.
fn trust(desk: &Desk) -> PathBuf {
    let store = desk.place.path("tls/trust.p12");
    let made = Command::new("keytool")
        .args([
            "-importcert",
            "-noprompt",
            "-alias",
            "test",
            "-storepass",
            "changeit",
            "-storetype",
            "PKCS12",
        ])
        .arg("-file")
        .arg(desk.place.path("tls/certificate.pem"))
        .arg("-keystore")
        .arg(&store)
        .output()
        .expect("keytool is missing: run ./test, which installs Java");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stdout));
    store
}

/// The example in Java, compiled for Java 8: the folder of its classes.
fn compiled(desk: &Desk) -> PathBuf {
    let classes = desk.place.path("classes");
    let compiled = Command::new("javac")
        .args(["--release", "8", "-Xlint:-options", "-encoding", "UTF-8", "-d"])
        .arg(&classes)
        .arg(example("Assign.java"))
        .output()
        .expect("javac is missing: run ./test, which installs it");
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    classes
}

#[test]
fn the_example_in_java_8_goes_through_tls_1_2_with_nothing_but_java_net() {
    let desk = Desk::open();
    let (_server, port) = desk.place.serve();
    let (_front, front) = tls_front(&desk, port);
    let classes = compiled(&desk);
    let base = format!("https://127.0.0.1:{front}/api/v1");
    let store = trust(&desk);
    for (done, in_form) in [(0, false), (1, true)] {
        let mut java = Command::new("java");
        java.arg("-Djdk.tls.client.protocols=TLSv1.2");
        java.arg(format!("-Djavax.net.ssl.trustStore={}", store.display()));
        java.args(["-Djavax.net.ssl.trustStorePassword=changeit", "-Dfile.encoding=UTF-8", "-cp"]);
        let said = run(&desk, java.arg(&classes).arg("Assign"), &base, in_form);
        went_through(&desk, &said, done);
    }
}

/// One request, head and body.
fn request(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let (mut bytes, mut piece) = (Vec::new(), [0; 8192]);
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let length =
                head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
            if bytes.len() >= end + 4 + length.unwrap_or(0) {
                return Ok(bytes);
            }
        }
        match stream.read(&mut piece)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            read => bytes.extend_from_slice(&piece[..read]),
        }
    }
}

/// Lets one request through to the server, and its answer back.
fn forward(stream: &mut TcpStream, server: u16, asked: &[u8]) -> std::io::Result<()> {
    let asked = String::from_utf8_lossy(asked).replace("keep-alive", "close");
    let asked = match asked.contains("onnection: close") {
        true => asked,
        false => asked.replacen("\r\n", "\r\nConnection: close\r\n", 1),
    };
    let mut behind = TcpStream::connect(("127.0.0.1", server))?;
    behind.write_all(asked.as_bytes())?;
    std::io::copy(&mut behind, stream).map(drop)
}

/// What stands before a server and lets only every other request through: the rest is told to come again at once, or carried
/// out and cut off before the answer, in turns. How many were not answered as the server would have.
fn moody_front(server: u16) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("loopback has a free port");
    let port = listener.local_addr().expect("it is bound").port();
    let refused = Arc::new(AtomicUsize::new(0));
    let counted = refused.clone();
    std::thread::spawn(move || {
        for (n, stream) in listener.incoming().enumerate() {
            let mut stream = stream.expect("a connection");
            let Ok(asked) = request(&mut stream) else { continue };
            counted.fetch_add(n % 2, Ordering::Relaxed);
            let busy =
                b"HTTP/1.1 503 X\r\nRetry-After: 0\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
            let done = match n % 4 {
                1 => stream.write_all(busy),
                // Carried out, and nobody is told: only the record id keeps the next one from being coded twice.
                3 => {
                    TcpStream::connect(("127.0.0.1", server)).and_then(|mut behind| behind.write_all(&asked))
                }
                _ => forward(&mut stream, server, &asked),
            };
            done.expect("both sides are on this machine");
        }
    });
    (port, refused)
}

#[test]
fn the_examples_of_python_and_java_try_again_where_the_server_is_busy_or_the_line_breaks() {
    let desk = Desk::open();
    let (_server, server) = desk.place.serve();
    let (port, refused) = moody_front(server);
    let base = format!("http://127.0.0.1:{port}/api/v1");
    let mut python = Command::new("python3");
    let said = run(&desk, python.arg(example("assign.py")).env("FUMA_RECORD", "PY-1"), &base, false);
    went_through(&desk, &said, 0);
    let before = refused.load(Ordering::Relaxed);
    assert!(before > 3, "only {before} were refused");
    let mut java = Command::new("java");
    java.args(["-Dfile.encoding=UTF-8", "-cp"]).arg(compiled(&desk)).arg("Assign");
    let said = run(&desk, java.env("FUMA_RECORD", "JAVA-1"), &base, false);
    went_through(&desk, &said, 1);
    assert!(refused.load(Ordering::Relaxed) > before + 3, "{refused:?}");
}
