//! What a server takes that has nothing to do: as it starts, and when the work of a night and some scans are behind it. It is the real
//! one, a process of its own; this one only makes its registry and asks.

use super::load::{CONNECTIONS, request};
use super::machine::memory_of;
use super::registry::{self, Folder};
use super::scan;
use crate::cli;
use anyhow::{Context, Result};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;

/// How long it has nothing to do before it is looked at.
const STILL: Duration = Duration::from_secs(60);
/// Scans it answered before, on many connections.
const SCANS: usize = 20_000;

pub async fn run(folder: &Folder, size: (usize, usize)) -> Result<()> {
    let (app, ctx) = registry::open(folder).await?;
    let server = Server::start(folder)?;
    server.is_up().await?;
    folder.tell("empty", server.taken());
    drop(server);
    folder.tell("size", format!("{} certificates, {} capability rows", size.0, size.1));
    let paths = scan::stocked(folder, &app, &ctx, size).await?;
    let server = Server::start(folder)?;
    server.is_up().await?;
    folder.tell("started", server.taken());
    // Both are due in a new registry; asked for here, so that it is known when they are made.
    let operator = cli::operator();
    let looked = app.order_quality(&operator).await?;
    let published = app.order_open_data(&operator).await?;
    let began = Instant::now();
    while app.quality_made(&operator, looked).await?.is_some()
        || app.open_data_made(&operator, published).await?.is_some()
        || app.has_work().await?
    {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    folder.tell(
        "night",
        format!("{}; {:.0} s after it was asked for", server.taken(), began.elapsed().as_secs_f64()),
    );
    server.scanned(&paths).await?;
    folder.tell("scanned", server.taken());
    tokio::time::sleep(STILL).await;
    folder.tell("idle", format!("{}; {} s after the last question", server.taken(), STILL.as_secs()));
    Ok(())
}

/// The server, for as long as this lives.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    fn start(folder: &Folder) -> Result<Server> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut serve = Command::new(std::env::current_exe()?);
        serve.arg("--data").arg(folder.data()).args(["serve", "--listen", &address.to_string()]);
        let child = serve.stdout(Stdio::null()).spawn().context("the server did not start")?;
        Ok(Server { child, address })
    }

    async fn is_up(&self) -> Result<()> {
        for _ in 0..300 {
            if TcpStream::connect(self.address).await.is_ok() {
                // What it does once at its start is done.
                tokio::time::sleep(Duration::from_secs(5)).await;
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        anyhow::bail!("the server does not answer")
    }

    /// The memory it takes, in words.
    fn taken(&self) -> String {
        let it = memory_of(&self.child.id().to_string());
        format!(
            "{} MB ({} of its own, {} of files it has mapped; {} at most so far)",
            it.now, it.own, it.files, it.most
        )
    }

    async fn scanned(&self, paths: &[String]) -> Result<()> {
        let asked: Vec<String> = paths.iter().cycle().take(SCANS).cloned().collect();
        let parts = asked.chunks(SCANS.div_ceil(CONNECTIONS)).map(|part| {
            let (address, part) = (self.address, part.to_vec());
            tokio::spawn(async move {
                let mut stream = TcpStream::connect(address).await?;
                let mut buffer = Vec::new();
                for path in &part {
                    request(&mut stream, path, &mut buffer).await?;
                }
                Ok::<_, anyhow::Error>(())
            })
        });
        for part in parts.collect::<Vec<_>>() {
            part.await??;
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // In order, as an operator ends it.
        drop(Command::new("kill").arg(self.child.id().to_string()).status());
        drop(self.child.wait());
    }
}
