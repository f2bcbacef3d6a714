//! `GET /C/{code}`: the real page, each code asked once, beside nginx with a static file of the same size in the same run.

use super::import::files;
use super::load::{CONNECTIONS, paced, request, start};
use super::machine::{Watch, told};
use super::registry::{self, Folder};
use super::yardstick::Yardstick;
use crate::demo::bench_csv_parts;
use anyhow::{Context, Result};
use app::stored::Filter;
use app::{App, Ctx, Extent};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::net::TcpStream;

/// Certificates of one upload: 20 million rows are more than one sheet may hold.
const UPLOAD: usize = 20_000;
/// The fixed rate at which latency is read, requests a second.
const RATE: u32 = 5_000;

pub async fn run(folder: &Folder, (certificates, rows): (usize, usize)) -> Result<()> {
    folder.tell(
        "size",
        format!("{certificates} certificates, {rows} capability rows; {CONNECTIONS} connections"),
    );
    let (app, ctx) = registry::open(folder).await?;
    let paths = Arc::new(stocked(folder, &app, &ctx, (certificates, rows)).await?);
    let ours = start(app.clone(), folder).await?;
    let size = body_size(ours, &paths[0]).await?;
    folder.tell("page", format!("{size} bytes for the first code"));
    // A server that has run for a while has its file in the system's cache, as nginx has its page; and the fixed rate comes
    // first, as one that has just started is not the one that is asked.
    std::io::copy(&mut std::fs::File::open(folder.data().join("fuma.db"))?, &mut std::io::sink())?;
    let nginx = Nginx::start(folder, size)?;
    let some = paths.len() / 3;
    let still = Arc::new(vec!["/page.html".to_owned(); paths.len()]);
    // The peer at the same rate tells how much of the tail is the machine's own.
    for (name, address, asked) in [("latency", ours, &paths), ("of nginx", nginx.address, &still)] {
        let yardstick = Yardstick::start();
        let times = paced(address, asked.clone(), 0..some, RATE).await?;
        let machine = yardstick.read();
        folder.tell(name, format!("at {RATE}/s: {}", told(times.iter().map(|t| t.1).collect())));
        folder.tell("steady", machine.steady(&times));
    }
    let (mine, wall, cpu) = flood(ours, paths.clone(), some..paths.len()).await?;
    folder.tell(
        "fuma",
        format!("{mine:.0} requests/s ({wall:.1} s wall, {cpu:.1} CPU-s of server and client together)"),
    );
    let (theirs, wall, _) = flood(nginx.address, still, some..paths.len()).await?;
    folder.tell("nginx", format!("{theirs:.0} requests/s ({wall:.1} s wall), static file of the same size"));
    folder.tell("ratio", format!("{:.0} % of nginx", mine / theirs * 100.0));
    super::counting::run(&app, ours, &paths, folder).await
}

/// The paths of all codes of a registry, which is filled first if it is empty.
pub async fn stocked(
    folder: &Folder,
    app: &App,
    ctx: &Ctx,
    (certificates, rows): (usize, usize),
) -> Result<Vec<String>> {
    if app.count_all().await? == 0 {
        for dir in bench_csv_parts(folder.path(), certificates, rows, 1, UPLOAD)? {
            app.import_paths(ctx, files(&dir), Some(Extent::Good), &|_, _, _| {}).await?;
        }
    }
    Ok(codes(app, ctx).await?.into_iter().map(|code| format!("/C/{code}")).collect())
}

/// All codes in an order that has nothing to do with that of the rows, as reports are scanned.
async fn codes(app: &App, ctx: &Ctx) -> Result<Vec<String>> {
    let mut out: Vec<String> = Vec::new();
    let mut before = None;
    loop {
        let page = app.certificates(ctx, &Filter::default(), before, 500).await?;
        let Some(last) = page.rows.last() else {
            out.sort_by_cached_key(|code| code.bytes().rev().collect::<Vec<u8>>());
            return Ok(out);
        };
        before = Some(last.head.id.0);
        out.extend(page.rows.iter().map(|c| c.head.code.to_string()));
    }
}

async fn body_size(address: SocketAddr, path: &str) -> Result<usize> {
    let mut stream = TcpStream::connect(address).await?;
    let mut buffer = Vec::new();
    request(&mut stream, path, &mut buffer).await
}

/// As fast as it goes: requests/s, wall and CPU seconds.
async fn flood(
    address: SocketAddr,
    paths: Arc<Vec<String>>,
    range: std::ops::Range<usize>,
) -> Result<(f64, f64, f64)> {
    let next = Arc::new(AtomicUsize::new(range.start));
    let watch = Watch::start();
    let tasks: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (next, paths, end) = (next.clone(), paths.clone(), range.end);
            tokio::spawn(async move {
                let mut stream = TcpStream::connect(address).await?;
                stream.set_nodelay(true)?;
                let mut buffer = Vec::with_capacity(32 << 10);
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= end {
                        return Ok::<_, anyhow::Error>(());
                    }
                    request(&mut stream, &paths[at], &mut buffer).await?;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    let (wall, cpu) = watch.read();
    Ok((range.len() as f64 / wall, wall, cpu))
}

/// nginx with one file, for the length of the run.
struct Nginx {
    child: Child,
    address: SocketAddr,
}

impl Nginx {
    fn start(folder: &Folder, size: usize) -> Result<Nginx> {
        let root = folder.path().join("nginx");
        std::fs::create_dir_all(&root)?;
        std::fs::write(root.join("page.html"), vec![b'x'; size])?;
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let dir = root.display();
        let conf = format!(
            "daemon off; worker_processes auto; pid {dir}/pid; error_log {dir}/error;\nevents {{ worker_connections 1024; }}\n\
             http {{ access_log off; keepalive_requests 10000000; sendfile on;\nserver {{ listen 127.0.0.1:{port}; root {dir}; }} }}\n"
        );
        std::fs::write(root.join("conf"), conf)?;
        let child = Command::new("nginx")
            .args(["-p", &dir.to_string(), "-c", &root.join("conf").display().to_string()])
            .stderr(Stdio::null())
            .spawn()
            .context("nginx was not found: run scripts/need bench")?;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let nginx = Nginx { child, address };
        for _ in 0..100 {
            if std::net::TcpStream::connect(address).is_ok() {
                return Ok(nginx);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        anyhow::bail!("nginx did not start")
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Its master ends its workers on SIGTERM; nothing else is touched.
        drop(Command::new("kill").arg(self.child.id().to_string()).status());
        drop(self.child.wait());
    }
}
