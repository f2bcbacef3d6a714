//! The real server, and a client that asks it over kept connections.

use super::registry::Folder;
use crate::config::Settings;
use crate::free::Rates;
use crate::http::Web;
use anyhow::{Context, Result, ensure};
use app::App;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Connections of the client, on the same cores.
pub const CONNECTIONS: usize = 64;

/// What most who scan call themselves.
const BROWSER: &str = "Mozilla/5.0 (Linux; Android 14; SHILI Build/UP1A.231005.007; wv) AppleWebKit/537.36 (KHTML, like Gecko) \
    Version/4.0 Chrome/126.0.6478.188 Mobile Safari/537.36 XWEB/1260183 MicroMessenger/8.0.49.2600(0x28003133) WeChat/arm64";

/// The real server in this process, on a free port.
pub async fn start(app: Arc<App>, folder: &Folder) -> Result<SocketAddr> {
    let mut settings = Settings::read(&folder.data())?;
    // The client is one address that asks without end.
    settings.rates = Rates::OFF;
    // It says whom it asks for, as a proxy does.
    settings.proxies = vec!["127.0.0.1/32".parse()?];
    let listener = crate::serve::bind("127.0.0.1:0".parse()?).await?;
    let address = listener.local_addr()?;
    tokio::spawn(crate::serve::serve(Web::new(app, settings), None, listener));
    Ok(address)
}

/// One request on a kept connection; the size of the body.
pub async fn request(stream: &mut TcpStream, path: &str, buffer: &mut Vec<u8>) -> Result<usize> {
    request_as(stream, path, "", buffer).await
}

/// The same by the browser of a visitor at an address.
pub async fn request_from(
    stream: &mut TcpStream,
    path: &str,
    address: &str,
    buffer: &mut Vec<u8>,
) -> Result<usize> {
    let headers = format!("X-Forwarded-For: {address}\r\nUser-Agent: {BROWSER}\r\n");
    request_as(stream, path, &headers, buffer).await
}

/// The same with headers more, each with its end of line.
pub async fn request_as(
    stream: &mut TcpStream,
    path: &str,
    headers: &str,
    buffer: &mut Vec<u8>,
) -> Result<usize> {
    let head = format!("GET {path} HTTP/1.1\r\nHost: bench\r\nAccept: text/html\r\n{headers}\r\n");
    stream.write_all(head.as_bytes()).await?;
    buffer.clear();
    let (start, length) = loop {
        ensure!(stream.read_buf(buffer).await? > 0, "the server closed the connection");
        if let Some(end) = buffer.windows(4).position(|w| w == b"\r\n\r\n") {
            let text = std::str::from_utf8(&buffer[..end])?;
            ensure!(text.starts_with("HTTP/1.1 200"), "{path}: {}", text.lines().next().unwrap_or_default());
            let length = text.lines().find_map(|l| {
                let (name, value) = l.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
            });
            break (end + 4, length.context("no content-length")?);
        }
    };
    while buffer.len() < start + length {
        ensure!(stream.read_buf(buffer).await? > 0, "the server closed the connection");
    }
    Ok(length)
}

/// At the fixed rate, open loop: when each answer came, and how long after the moment its request was due.
pub async fn paced(
    address: SocketAddr,
    paths: Arc<Vec<String>>,
    range: std::ops::Range<usize>,
    rate: u32,
) -> Result<Vec<(Instant, Duration)>> {
    let began = Instant::now() + Duration::from_millis(50);
    let tasks: Vec<_> = (0..CONNECTIONS)
        .map(|lane| {
            let (paths, range) = (paths.clone(), range.clone());
            tokio::spawn(async move {
                let mut stream = TcpStream::connect(address).await?;
                stream.set_nodelay(true)?;
                let mut buffer = Vec::with_capacity(32 << 10);
                let mut times = Vec::new();
                for at in (range.start + lane..range.end).step_by(CONNECTIONS) {
                    let due = began + Duration::from_secs(1) * u32::try_from(at - range.start)? / rate;
                    tokio::time::sleep_until(due.into()).await;
                    request(&mut stream, &paths[at], &mut buffer).await?;
                    times.push((Instant::now(), due.elapsed()));
                }
                Ok::<_, anyhow::Error>(times)
            })
        })
        .collect();
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await??);
    }
    Ok(all)
}
