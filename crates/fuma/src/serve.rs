//! The server: its own accept loop with a limit on silence, background work, and an orderly end.

use crate::http::{Web, origin};
use crate::routes;
use anyhow::{Result, bail};
use app::App;
use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use ipnet::IpNet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt;

/// A client that says nothing for so long is let go.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections at a time; more wait in the kernel's queue.
const CONNECTIONS: usize = 4_096;
/// How long running requests may take to end after Ctrl-C.
const GRACE: Duration = Duration::from_secs(20);

/// Takes the port.
///
/// # Errors
/// A taken port, with what to do.
pub async fn bind(listen: SocketAddr) -> Result<TcpListener> {
    match TcpListener::bind(listen).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => bail!(
            "端口 {} 已被占用。请先停止占用它的程序，或换一个端口：在 fuma.toml 中设置 listen，或加 --listen {}:{}",
            listen.port(),
            listen.ip(),
            listen.port().wrapping_add(1)
        ),
        Err(error) => bail!("无法在 {listen} 上监听：{error}。请核对地址，1024 以下的端口需要管理员权限"),
    }
}

/// Serves the registry, and its sandbox where there is one, until Ctrl-C or SIGTERM; then ends in order: running requests,
/// running chunk, counts. Each has background work of its own, so that neither waits for the other or falls with it.
pub async fn serve(web: Web, sandbox: Option<Web>, listener: TcpListener) -> Result<()> {
    let (stop, stopped) = watch::channel(false);
    let all = [Some(&web), sandbox.as_ref()];
    let work =
        all.into_iter().flatten().map(|web| tokio::spawn(background(web.app.clone(), stopped.clone())));
    let work: Vec<_> = work.collect();
    let proxies = web.proxies.clone();
    accept(listener, routes::router(web, sandbox), proxies, async {
        ended().await;
        let _ = stop.send(true);
    })
    .await;
    let mut done = Ok(());
    for work in work {
        done = done.and(work.await);
    }
    Ok(done?)
}

/// Ctrl-C or SIGTERM.
async fn ended() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
        match terminate {
            Ok(mut terminate) => {
                tokio::select! { _ = interrupt => {} _ = terminate.recv() => {} }
            }
            Err(_) => drop(interrupt.await),
        }
    }
    #[cfg(not(unix))]
    drop(interrupt.await);
}

async fn accept(listener: TcpListener, router: Router, proxies: Arc<[IpNet]>, end: impl Future<Output = ()>) {
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT);
    let graceful = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    tokio::pin!(end);
    loop {
        let permit = tokio::select! {
            permit = room.clone().acquire_owned() => permit.ok(),
            () = &mut end => break,
        };
        let (stream, from) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                // Out of descriptors, mostly: wait for some to be free.
                Err(_) => { tokio::time::sleep(Duration::from_millis(50)).await; continue }
            },
            () = &mut end => break,
        };
        let connection = graceful.watch(connection(&http, stream, from, router.clone(), proxies.clone()));
        tokio::spawn(async move {
            drop(connection.await);
            drop(permit);
        });
    }
    drop(tokio::time::timeout(GRACE, graceful.shutdown()).await);
}

fn connection(
    http: &hyper::server::conn::http1::Builder,
    stream: TcpStream,
    from: SocketAddr,
    router: Router,
    proxies: Arc<[IpNet]>,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> + Send + use<> {
    drop(stream.set_nodelay(true));
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        let origin = origin(from, request.headers(), &proxies);
        request.extensions_mut().insert(ConnectInfo(origin));
        router.clone().oneshot(request)
    });
    http.serve_connection(TokioIo::new(stream), service)
}

/// Jobs at a time: a long one of a system keeps no officer from printing.
const WORKERS: usize = 2;

/// Jobs, notifications, counts, what was accessed every second, sessions and tables every minute.
async fn background(app: Arc<App>, mut stopped: watch::Receiver<bool>) {
    let mut second = tokio::time::interval(Duration::from_secs(1));
    let mut ticks = 0u64;
    let workers: Vec<_> =
        (0..WORKERS).map(|n| tokio::spawn(jobs(app.clone(), stopped.clone(), n == 0))).collect();
    let hooks = tokio::spawn(crate::hooks::run(app.clone(), stopped.clone()));
    let search = tokio::spawn(search(app.clone(), stopped.clone()));
    let counts = tokio::spawn(counts(app.clone(), stopped.clone()));
    let tally = tokio::spawn(tally(app.clone(), stopped.clone()));
    loop {
        tokio::select! {
            _ = second.tick() => {}
            _ = stopped.changed() => break,
        }
        ticks += 1;
        log("writing what was accessed", app.flush_access().await.map(drop));
        if ticks.is_multiple_of(60) {
            log("reading the code tables again", app.reload_tables().await);
            log("ending sessions", app.purge_sessions().await.map(drop));
            log("ending tokens", app.purge_calls().await.map(drop));
            log("removing old deliveries", app.purge_deliveries().await.map(drop));
            log("telling of days that came", app.tell_days().await.map(drop));
            log("making the digests", app.make_digests().await.map(drop));
            log("queueing the look at the stock", app.queue_quality().await.map(drop));
            log("queueing the open data", app.queue_open_data().await.map(drop));
        }
        if ticks % 3_600 == 60 {
            log("ending batches of which not all came", app.purge_batches().await.map(drop));
            log("removing files of imports long done", app.purge_uploads().await.map(drop));
        }
    }
    for worker in workers {
        drop(worker.await);
    }
    drop(hooks.await);
    drop(search.await);
    drop(counts.await);
    drop(tally.await);
    // What cannot be written of one keeps nothing of the other.
    log("writing what was accessed", app.flush_access().await.map(drop));
    log("writing counts", app.flush_tally().await);
}

/// How often what was counted is written: a killed node may lose a second, and the transaction needs some of it.
const COUNTS: Duration = Duration::from_millis(500);

/// Writes what was counted. Beside the rest, which may take long: a count must not wait for the code tables to be read.
async fn counts(app: Arc<App>, mut stopped: watch::Receiver<bool>) {
    let mut next = tokio::time::interval(COUNTS);
    // After one that took long the others need not be made up for.
    next.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = next.tick() => {}
            _ = stopped.changed() => return,
        }
        log("writing counts", app.flush_tally().await);
    }
}

/// How often what was counted is added up.
const FOLD: Duration = Duration::from_secs(10);

/// Adds up what was counted. Beside the rest, so that counts are written in time however long this takes.
async fn tally(app: Arc<App>, mut stopped: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(FOLD) => {}
            _ = stopped.changed() => return,
        }
        log("adding up counts", app.tend_tally().await);
    }
}

/// How often the index asks what happened.
const FOLLOW: Duration = Duration::from_millis(300);

/// Makes the index, lets it follow what happens, and makes it anew beside that when it has aged.
async fn search(app: Arc<App>, mut stopped: watch::Receiver<bool>) {
    let mut making: Option<tokio::task::JoinHandle<app::Result<()>>> = None;
    loop {
        let rest = match app.search_step().await {
            Ok(true) => Duration::ZERO,
            Ok(false) => FOLLOW,
            Err(error) => {
                tracing::error!(?error, "search");
                Duration::from_secs(5)
            }
        };
        match making.take_if(|making| making.is_finished()) {
            Some(made) => log("making the index anew", made.await.unwrap_or(Ok(()))),
            None if making.is_none() && app.search_is_aged() => {
                let app = app.clone();
                making = Some(tokio::spawn(async move { app.remake_index().await }));
            }
            None => {}
        }
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            _ = stopped.changed() => return,
        }
    }
}

async fn jobs(app: Arc<App>, mut stopped: watch::Receiver<bool>, first: bool) {
    if first {
        // Of certificates from before this table; nothing to do but once after an update.
        log("making excerpts", app.fill_excerpts().await.map(drop));
    }
    loop {
        let worked = match app.has_work().await {
            Ok(true) => app.work_once().await,
            other => other,
        };
        let rest = match worked {
            Ok(true) => Duration::ZERO,
            Ok(false) => Duration::from_millis(300),
            Err(error) => {
                tracing::error!(?error, "background work");
                Duration::from_secs(5)
            }
        };
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            _ = stopped.changed() => return,
        }
    }
}

fn log(what: &str, outcome: app::Result<()>) {
    if let Err(error) = outcome {
        tracing::error!(?error, "{what}");
    }
}
