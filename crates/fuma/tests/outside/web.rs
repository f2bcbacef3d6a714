//! The least of an HTTP client: one request, one connection.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// What came back.
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Reply {
    /// A header's value; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        let of = |line: &'_ str| line.split_once(':').is_some_and(|(n, _)| n.eq_ignore_ascii_case(name));
        self.head
            .lines()
            .find(|line| of(line))
            .and_then(|line| line.split_once(':'))
            .map_or("", |(_, v)| v.trim())
    }
}

/// Sends a request and reads the answer to its end.
pub fn ask(
    port: u16,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> std::io::Result<Reply> {
    let bytes = sent(port, method, path, headers, body)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|word| word.parse().ok());
    let status =
        status.ok_or_else(|| std::io::Error::other(format!("no answer to {method} {path}: {head}")))?;
    Ok(Reply { status, head: head.to_owned(), body: body.to_owned() })
}

/// Fetches a file.
pub fn fetch(port: u16, path: &str) -> std::io::Result<Vec<u8>> {
    let bytes = sent(port, "GET", path, &[], b"")?;
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    match head.filter(|_| bytes.starts_with(b"HTTP/1.1 200")) {
        Some(end) => Ok(bytes[end + 4..].to_vec()),
        None => Err(std::io::Error::other(format!("no file at {path}"))),
    }
}

/// Sends a request; head and body of the answer.
fn sent(
    port: u16,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let mut head = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{head}\r\n").as_bytes())?;
    stream.write_all(body)?;
    whole(&mut stream)
}

/// Head and body: as long as the head says, else to the end. Not everyone closes the connection when asked to.
fn whole(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let (mut bytes, mut piece) = (Vec::new(), [0; 16 << 10]);
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let length =
                head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
            if length.is_some_and(|length: usize| bytes.len() >= end + 4 + length) {
                return Ok(bytes);
            }
        }
        match stream.read(&mut piece)? {
            0 => return Ok(bytes),
            read => bytes.extend_from_slice(&piece[..read]),
        }
    }
}

/// A url-encoded form.
pub fn form(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = pairs.iter().map(|(n, v)| format!("{}={}", encode(n), encode(v))).collect();
    pairs.join("&")
}

fn encode(text: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let one = |byte: u8| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(one).collect()
}

/// A signed-in officer.
pub struct Officer {
    port: u16,
    cookie: String,
}

impl Officer {
    /// Signs in; panics if that is refused.
    pub fn sign_in(port: u16, account: &str, password: &str) -> Officer {
        let body = form(&[("account", account), ("password", password), ("next", "/office")]);
        let kind = [("Content-Type", "application/x-www-form-urlencoded")];
        let reply = ask(port, "POST", "/office/sign-in", &kind, body.as_bytes()).expect("the server answers");
        assert_eq!(reply.status, 303, "{}", reply.body);
        let cookie = reply.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
        Officer { port, cookie }
    }

    /// Asks for a page.
    pub fn get(&self, path: &str) -> std::io::Result<Reply> {
        ask(self.port, "GET", path, &[("Cookie", self.cookie.as_str())], b"")
    }

    /// Posts a url-encoded form.
    pub fn post(&self, path: &str, pairs: &[(&str, &str)]) -> std::io::Result<Reply> {
        let headers =
            [("Content-Type", "application/x-www-form-urlencoded"), ("Cookie", self.cookie.as_str())];
        ask(self.port, "POST", path, &headers, form(pairs).as_bytes())
    }

    /// Posts texts as a form that could also carry files.
    pub fn post_parts(&self, path: &str, texts: &[(&str, &str)]) -> std::io::Result<Reply> {
        let part = |(name, value): &(&str, &str)| {
            format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        self.parts(path, texts.iter().map(part).collect::<String>().into_bytes())
    }

    /// Posts files (field, file name, bytes) as a browser does.
    pub fn upload(&self, path: &str, files: &[(&str, &str, &[u8])]) -> std::io::Result<Reply> {
        let mut body = Vec::new();
        for (name, file, bytes) in files {
            let head = format!(
                "--edge\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n"
            );
            body.extend([head.as_bytes(), bytes, b"\r\n"].concat());
        }
        self.parts(path, body)
    }

    fn parts(&self, path: &str, mut body: Vec<u8>) -> std::io::Result<Reply> {
        body.extend(b"--edge--\r\n");
        let headers =
            [("Content-Type", "multipart/form-data; boundary=edge"), ("Cookie", self.cookie.as_str())];
        ask(self.port, "POST", path, &headers, &body)
    }
}
