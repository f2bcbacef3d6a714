//! The interface over loopback: calls of 100, single calls at a fixed rate, a batch of lines, and memory over time. The
//! client is on the same cores.

use super::machine::{Watch, cpu, memory, told};
use super::registry::{self, Folder};
use super::yardstick::Yardstick;
use crate::config::Settings;
use crate::demo::ids::uscc;
use crate::http::Web;
use anyhow::{Context, Result, bail, ensure};
use app::{App, AuthoritySettings, ClientSpec, Ctx, Mode};
use domain::{Actor, AuthorityId, Door, Grants, Level, Role};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Items of a call.
const CALL: u32 = 100;
/// Capability rows of a certificate.
const ROWS: u32 = 20;
/// Connections of the client.
const CONNECTIONS: u32 = 4;
/// Single calls a second.
const RATE: u32 = 100;
/// Seconds of single calls.
const SECONDS: u32 = 20;

/// What is measured.
pub struct Sizes {
    /// Certificates in calls of 100.
    pub certificates: u32,
    /// Lines of the batch.
    pub lines: u32,
    /// Minutes of single calls, for memory; none if 0.
    pub minutes: u32,
}

pub async fn run(folder: &Folder, sizes: Sizes) -> Result<()> {
    let (app, officer) = registry::open(folder).await?;
    folder.tell(
        "store",
        if app.is_embedded() { "SQLite, synchronous=FULL".into() } else { "PostgreSQL".into() },
    );
    folder.tell(
        "size",
        format!(
            "{} certificates in calls of {CALL}, {} lines, {ROWS} capability rows each",
            sizes.certificates, sizes.lines
        ),
    );
    let site = serve(app.clone(), &officer, folder).await?;
    // Numbers go on where an earlier run in the same folder ended.
    let taken = Arc::new(AtomicU32::new(u32::try_from(app.count_all().await?)?));
    calls(folder, &site, &taken, sizes.certificates).await?;
    singles(folder, &site, &taken, SECONDS).await?;
    lines(folder, &site, &taken, sizes.lines).await?;
    if sizes.minutes > 0 {
        soak(folder, &site, &taken, sizes.minutes).await?;
    }
    Ok(())
}

/// The server and a token for it.
#[derive(Clone)]
struct Site {
    address: SocketAddr,
    token: Arc<str>,
}

async fn serve(app: Arc<App>, officer: &Ctx, folder: &Folder) -> Result<Site> {
    let authority = officer.authority()?;
    let administrator = administrator(officer, authority)?;
    let stands = app.settings_of(authority).await?;
    app.set_settings(&administrator, &AuthoritySettings { mode: Mode::Networked, ..stands }).await?;
    let spec = ClientSpec {
        name: "测试示例系统".into(),
        grants: Grants::all(),
        rate: 5_000,
        ..ClientSpec::default()
    };
    let client = app.create_client(&administrator, authority, &spec).await?;
    let issued = app.issue_secret(&administrator, client).await?;
    let listener = crate::serve::bind("127.0.0.1:0".parse()?).await?;
    let address = listener.local_addr()?;
    let web = Web::new(app, Settings::read(&folder.data())?);
    tokio::spawn(crate::serve::serve(web, None, listener));
    let mut site = Site { address, token: "".into() };
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        issued.public_id,
        issued.secret.reveal()
    );
    let mut stream = site.connect().await?;
    let (status, answer) = site.post(&mut stream, "/api/v1/token", FORM, form.as_bytes()).await?;
    ensure!(status == 200, "no token: {}", String::from_utf8_lossy(&answer));
    let answer: Value = serde_json::from_slice(&answer)?;
    site.token = answer["access_token"].as_str().context("no token")?.into();
    Ok(site)
}

/// The one who may set systems up, at the same authority.
fn administrator(officer: &Ctx, authority: AuthorityId) -> Result<Ctx> {
    let Actor::Account { id, .. } = officer.actor else { bail!("the officer has no account") };
    let actor = Actor::Account { id, authority, level: Level::Provincial, role: Role::Administrator };
    Ok(Ctx { actor, door: Door::Command, ..officer.clone() })
}

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

impl Site {
    async fn connect(&self) -> Result<TcpStream> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    /// One call on a kept connection: status and body.
    async fn post(
        &self,
        stream: &mut TcpStream,
        path: &str,
        kind: &str,
        body: &[u8],
    ) -> Result<(u16, Vec<u8>)> {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            self.token,
            body.len()
        );
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(body).await?;
        let mut buffer = Vec::with_capacity(16 << 10);
        let (start, length, status) = loop {
            ensure!(stream.read_buf(&mut buffer).await? > 0, "the server closed the connection");
            if let Some(end) = buffer.windows(4).position(|w| w == b"\r\n\r\n") {
                let text = std::str::from_utf8(&buffer[..end])?;
                let status = text.get(9..12).context("no status")?.parse()?;
                let length = text.lines().find_map(|line| {
                    let (name, value) = line.split_once(':')?;
                    name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
                });
                break (end + 4, length.context("no content-length")?, status);
            }
        };
        while buffer.len() < start + length {
            ensure!(stream.read_buf(&mut buffer).await? > 0, "the server closed the connection");
        }
        Ok((status, buffer.split_off(start)))
    }

    /// Assigns and makes sure that all were.
    async fn assign(&self, stream: &mut TcpStream, items: Vec<Value>) -> Result<()> {
        let many = items.len();
        let body = serde_json::to_vec(&json!({ "items": items }))?;
        let (status, answer) = self.post(stream, "/api/v1/certificates/assign", JSON, &body).await?;
        ensure!(status == 200, "{status}: {}", String::from_utf8_lossy(&answer));
        let answer: Value = serde_json::from_slice(&answer)?;
        let results = answer["results"].as_array().context("no results")?;
        let assigned = results.iter().filter(|it| it["effect"] == "assigned").count();
        ensure!(assigned == many, "{assigned} of {many} assigned: {}", results[0]);
        Ok(())
    }
}

async fn calls(folder: &Folder, site: &Site, taken: &Arc<AtomicU32>, certificates: u32) -> Result<()> {
    let left = Arc::new(AtomicU32::new(certificates / CALL));
    let watch = Watch::start();
    let tasks: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (site, taken, left) = (site.clone(), taken.clone(), left.clone());
            tokio::spawn(async move {
                let mut stream = site.connect().await?;
                let mut done = 0u32;
                while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1)).is_ok() {
                    let first = taken.fetch_add(CALL, Ordering::Relaxed);
                    site.assign(&mut stream, (first..first + CALL).map(item).collect()).await?;
                    done += CALL;
                }
                Ok::<_, anyhow::Error>(done)
            })
        })
        .collect();
    let mut done = 0;
    for task in tasks {
        done += task.await??;
    }
    let (wall, cpu) = watch.read();
    folder.tell(
        "calls",
        format!(
            "{:.0} assignments/s ({done} in {wall:.1} s wall, {cpu:.1} CPU-s of server and client together, {CONNECTIONS} connections)",
            f64::from(done) / wall
        ),
    );
    Ok(())
}

/// Open loop: latencies count from the moment a call was due.
async fn singles(folder: &Folder, site: &Site, taken: &Arc<AtomicU32>, seconds: u32) -> Result<()> {
    let yardstick = Yardstick::start();
    let began = Instant::now() + Duration::from_millis(50);
    let lanes = 16;
    let tasks: Vec<_> = (0..lanes)
        .map(|lane| {
            let (site, taken) = (site.clone(), taken.clone());
            tokio::spawn(async move {
                let mut stream = site.connect().await?;
                let mut times = Vec::new();
                for n in (lane..RATE * seconds).step_by(lanes as usize) {
                    let due = began + Duration::from_secs(1) * n / RATE;
                    tokio::time::sleep_until(due.into()).await;
                    let item = item(taken.fetch_add(1, Ordering::Relaxed));
                    site.assign(&mut stream, vec![item]).await?;
                    times.push((Instant::now(), due.elapsed()));
                }
                Ok::<_, anyhow::Error>(times)
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await??);
    }
    let machine = yardstick.read();
    folder.tell("singles", format!("at {RATE}/s: {}", told(times.iter().map(|t| t.1).collect())));
    folder.tell("steady", machine.steady(&times));
    Ok(())
}

async fn lines(folder: &Folder, site: &Site, taken: &Arc<AtomicU32>, lines: u32) -> Result<()> {
    let first = taken.fetch_add(lines, Ordering::Relaxed);
    let mut body = Vec::new();
    for n in first..first + lines {
        serde_json::to_writer(&mut body, &item(n))?;
        body.push(b'\n');
    }
    let (began, used) = (Instant::now(), cpu());
    let mut stream = site.connect().await?;
    let (status, answer) =
        site.post(&mut stream, "/api/v1/batches/assign", "application/x-ndjson", &body).await?;
    ensure!(status == 202, "{status}: {}", String::from_utf8_lossy(&answer));
    let megabytes = body.len() >> 20;
    drop(body);
    let received = began.elapsed();
    let batch: Value = serde_json::from_slice(&answer)?;
    let path = batch["status_url"].as_str().context("no batch")?.to_owned();
    let ended = loop {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let (_, answer) = site.post(&mut stream, &path, FORM, b"").await?;
        let batch: Value = serde_json::from_slice(&answer)?;
        if batch["state"] != "working" {
            break batch;
        }
    };
    ensure!(ended["state"] == "done" && ended["failed"] == 0, "{ended}");
    let wall = began.elapsed().as_secs_f64();
    folder.tell(
        "lines",
        format!(
            "{:.0} lines/s end to end ({lines} lines, {megabytes} MB received in {:.1} s, all answered in {wall:.1} s, {:.1} CPU-s)",
            f64::from(lines) / wall,
            received.as_secs_f64(),
            cpu() - used
        ),
    );
    folder.tell(
        "memory",
        format!("{} MB now, {} MB at most, client and its lines included", memory().0, memory().1),
    );
    Ok(())
}

/// Memory at a sixth of the time and at its end.
async fn soak(folder: &Folder, site: &Site, taken: &Arc<AtomicU32>, minutes: u32) -> Result<()> {
    let mut early = 0;
    for minute in 1..=minutes {
        singles(folder, site, taken, 60).await?;
        let now = memory().0;
        folder.tell("minute", format!("{minute}: {now} MB"));
        if minute == (minutes / 6).max(1) {
            early = now;
        }
    }
    let late = memory().0;
    folder.tell(
        "growth",
        format!(
            "{late} MB at {minutes} min is {:.2} × the {early} MB of a sixth of it",
            late as f64 / early as f64
        ),
    );
    Ok(())
}

/// The n-th certificate: another body, number and decision each, and rows of which a tenth are new.
fn item(n: u32) -> Value {
    // Numbers of one authority and year: domain and industry change where the serials end.
    let (serial, block) = (n % 9_999 + 1, n / 9_999);
    let (domain, industry) = (block / 35 % 20 + 1, block % 35);
    let uscc = uscc("91", "610113", 900_000 + u64::from(n));
    let capabilities: Vec<Value> = (0..ROWS)
        .map(|i| {
            let kind = (u64::from(n) * u64::from(ROWS) + u64::from(i)) * 2_654_435_761 % 40_000;
            json!({
                "class": "水和废水",
                "item": format!("示例参数{kind}"),
                "standard_name": "生活饮用水标准检验方法",
                "standard_number": "GB/T 5750.6-2023",
                "approved_on": "2026-11-02",
                "food": false,
            })
        })
        .collect();
    json!({
        "record_id": format!("bench-{n}"),
        "certificate": {
            "number": format!("2627{domain:02}{industry:02}{serial:04}"),
            "kind": ["first"],
            "body_name": format!("示例接口检测有限公司第{n}号"),
            "uscc": uscc,
            "legal_kind": "独立法人-企业",
            "department": "无",
            "address": format!("陕西省西安市示例路{n}号"),
            "division": "610113",
            "domain": format!("{domain:02}"),
            "industry": format!("{industry:02}"),
            "food": false,
            "procedure": "一般程序",
            "decision_day": "2026-11-02",
            "decision_number": format!("示例许〔2026〕{n}号"),
            "first_issued_on": "2026-11-02",
            "issued_on": "2026-11-02",
            "valid_from": "2026-11-02",
            "valid_to": "2032-11-01",
        },
        "capabilities": capabilities,
    })
}
