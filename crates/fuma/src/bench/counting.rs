//! What counting costs a scan: the same load on the same server with and without, in alternating rounds of one run.

use super::load::request_from;
use super::registry::Folder;
use anyhow::{Context, Result};
use app::App;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};

/// Pairs of rounds.
const PAIRS: usize = 8;
/// Requests in a round.
const ROUND: usize = 30_000;
/// Connections of the client: enough to keep the server busy, few enough to be counted apart.
const CONNECTIONS: usize = 16;
/// How the threads of the client are called; what they use is not the server's.
const CLIENT: &str = "client";
/// Visitors that a round has.
const VISITORS: usize = 20_000;

/// Tells CPU-µs of the server for a request, with and without.
pub async fn run(
    app: &Arc<App>,
    address: SocketAddr,
    paths: &Arc<Vec<String>>,
    folder: &Folder,
) -> Result<()> {
    let mut client = Builder::new_multi_thread();
    let client = client.worker_threads(1).thread_name(CLIENT).enable_all().build()?;
    let measured = measure(app, &client, (address, paths), folder).await;
    app.count_nothing(false);
    // A runtime must not be waited for where others are served.
    client.shutdown_background();
    measured
}

async fn measure(
    app: &Arc<App>,
    client: &Runtime,
    (address, paths): (SocketAddr, &Arc<Vec<String>>),
    folder: &Folder,
) -> Result<()> {
    // The first round of all warms up.
    round(app, client, address, paths.clone(), true).await?;
    let (mut with, mut without, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for pair in 0..PAIRS {
        let mut cost = [0.0; 2];
        for counts in if pair % 2 == 0 { [true, false] } else { [false, true] } {
            cost[usize::from(counts)] = round(app, client, address, paths.clone(), counts).await?;
        }
        without.push(cost[0]);
        with.push(cost[1]);
        ratios.push(cost[1] / cost[0]);
    }
    let (with, without, ratio) = (middle(with), middle(without), middle(ratios.clone()));
    ratios.sort_by(f64::total_cmp);
    let (low, high) = (ratios.first().copied().unwrap_or(0.0), ratios.last().copied().unwrap_or(0.0));
    folder.tell(
        "counting",
        format!(
            "{with:.1} CPU-µs of the server a request with, {without:.1} without: {:+.1} % (middle of {PAIRS} pairs of \
             {ROUND} requests, {:+.1} to {:+.1})",
            (ratio - 1.0) * 100.0,
            (low - 1.0) * 100.0,
            (high - 1.0) * 100.0
        ),
    );
    Ok(())
}

fn middle(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    let at = all.len() / 2;
    if all.len() % 2 == 1 { all[at] } else { (all[at - 1] + all[at]) / 2.0 }
}

/// A round; CPU-µs of all threads but the client's, for a request. What was counted is written and added up within it.
async fn round(
    app: &Arc<App>,
    client: &Runtime,
    address: SocketAddr,
    paths: Arc<Vec<String>>,
    counts: bool,
) -> Result<f64> {
    app.count_nothing(!counts);
    let before = cpu_of_server()?;
    let next = Arc::new(AtomicUsize::new(0));
    let tasks: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (next, paths) = (next.clone(), paths.clone());
            client.spawn(async move {
                let mut stream = TcpStream::connect(address).await?;
                stream.set_nodelay(true)?;
                let mut buffer = Vec::with_capacity(32 << 10);
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= ROUND {
                        return Ok::<_, anyhow::Error>(());
                    }
                    let who = at * 7_919 % VISITORS;
                    let from = format!("198.18.{}.{}", who / 250, who % 250);
                    request_from(&mut stream, &paths[at % paths.len()], &from, &mut buffer).await?;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    app.flush_tally().await?;
    app.settle_tally().await?;
    Ok((cpu_of_server()? - before) / ROUND as f64 * 1e6)
}

/// CPU seconds so far of all threads of this process but the client's.
fn cpu_of_server() -> Result<f64> {
    let mut sum = 0.0;
    for task in std::fs::read_dir("/proc/self/task")? {
        let task = task?.path();
        // A thread may end between its name and its time.
        let Ok(name) = std::fs::read_to_string(task.join("comm")) else { continue };
        let Ok(stat) = std::fs::read_to_string(task.join("schedstat")) else { continue };
        if name.trim() != CLIENT {
            let nanos = stat.split(' ').next().and_then(|it| it.parse::<f64>().ok());
            sum += nanos.context("/proc/self/task/*/schedstat is not as it was")? / 1e9;
        }
    }
    Ok(sum)
}
