//! 通知, outward: a door like the others, only that we knock. Which messages are due, and what becomes of them, is
//! `app::hooks`; here they are carried.
//!
//! Hooks are served side by side, each by one round of messages at a time: a receiver that is slow or dead holds up
//! nobody but itself.

use app::{App, Message, Outgoing, Receipt, is_public};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, Response, Url, header, redirect};
use std::error::Error;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

/// How long a receiver may take to answer, and to be found and reached.
const TIMEOUT: Duration = Duration::from_secs(10);
/// A round stops after so long; with its last message it stays below the lease of a minute.
const ROUND: Duration = Duration::from_secs(30);
/// Hooks served at a time.
const SIDE_BY_SIDE: usize = 32;
/// How often the registry is asked what happened.
const PAUSE: Duration = Duration::from_secs(1);
/// How long to leave the store alone after it failed.
const AFTER_FAULT: Duration = Duration::from_secs(5);
/// How long messages on their way may take at the end; what is lost is sent again by whoever comes next.
const GRACE: Duration = Duration::from_secs(2);
/// Bytes read of an answer, so that the connection can be used again. Nothing of them is kept.
const ANSWER: usize = 4_096;

/// Carries notifications until the server ends.
pub async fn run(app: Arc<App>, stopped: watch::Receiver<bool>) {
    match Carrier::new(app.config.hook_private, TIMEOUT) {
        Ok(carrier) => carry(app, Arc::new(carrier), stopped).await,
        Err(error) => tracing::error!(?error, "no notifications are sent"),
    }
}

async fn carry(app: Arc<App>, carrier: Arc<Carrier>, mut stopped: watch::Receiver<bool>) {
    let mut rounds = JoinSet::new();
    loop {
        let rest = step(&app, &carrier, &mut rounds).await.unwrap_or_else(|error| {
            tracing::error!(?error, "notifications");
            AFTER_FAULT
        });
        tokio::select! {
            () = sleep(rest) => {}
            Some(_) = rounds.join_next() => {}
            _ = stopped.changed() => break,
        }
    }
    let ended = async { while rounds.join_next().await.is_some() {} };
    drop(timeout(GRACE, ended).await);
}

/// Queues what happened and begins what is due; how long to rest then.
async fn step(app: &Arc<App>, carrier: &Arc<Carrier>, rounds: &mut JoinSet<()>) -> app::Result<Duration> {
    let more = app.follow_hooks().await?;
    let room = u32::try_from(SIDE_BY_SIDE.saturating_sub(rounds.len())).unwrap_or(0);
    if room > 0 {
        for outgoing in app.due_deliveries(room).await? {
            rounds.spawn(round(app.clone(), carrier.clone(), outgoing));
        }
    }
    Ok(if more { Duration::ZERO } else { PAUSE })
}

/// Sends to one hook until something is not taken, and notes what came of it.
async fn round(app: Arc<App>, carrier: Arc<Carrier>, outgoing: Outgoing) {
    let begun = Instant::now();
    let mut receipts = Vec::with_capacity(outgoing.messages.len());
    for message in &outgoing.messages {
        let receipt = carrier.send(&outgoing.url, message).await;
        let taken = receipt.is_taken();
        receipts.push(receipt);
        if !taken || begun.elapsed() > ROUND {
            break;
        }
    }
    if let Err(error) = app.note_deliveries(&outgoing, &receipts).await {
        tracing::error!(?error, hook = outgoing.hook.0, "noting what was delivered");
    }
}

/// What carries messages.
struct Carrier {
    http: Client,
    private: bool,
}

impl Carrier {
    fn new(private: bool, timeout: Duration) -> reqwest::Result<Carrier> {
        let builder = || {
            crate::tls::client()
                .redirect(redirect::Policy::none())
                .timeout(timeout)
                .pool_max_idle_per_host(1)
                .user_agent(concat!("fuma/", env!("CARGO_PKG_VERSION")))
                .dns_resolver(Guard { private })
        };
        let http = builder().build().or_else(|error| {
            tracing::warn!(
                ?error,
                "系统中没有可用的根证书，https 的通知地址发不出去；请安装 ca-certificates"
            );
            builder().tls_certs_only([]).build()
        })?;
        Ok(Carrier { http, private })
    }

    async fn send(&self, url: &str, message: &Message) -> Receipt {
        let Ok(url) = Url::parse(url) else {
            return Receipt::Failed("通知地址不对，请修改".into());
        };
        // A host that is an address itself is not resolved, and so is not seen by the guard.
        let ip = url.host_str().and_then(|host| host.trim_matches(['[', ']']).parse::<IpAddr>().ok());
        if ip.is_some_and(|ip| !self.admits(ip)) {
            return Receipt::Failed(Inside.to_string());
        }
        let mut request = self.http.post(url).header(header::CONTENT_TYPE, "application/json");
        for (name, value) in &message.headers {
            request = request.header(*name, value);
        }
        match request.body(message.body.clone()).send().await {
            Ok(response) => {
                let status = response.status().as_u16();
                skim(response).await;
                Receipt::Answered(status)
            }
            Err(error) => Receipt::Failed(reason(&error)),
        }
    }

    fn admits(&self, ip: IpAddr) -> bool {
        self.private || is_public(ip)
    }
}

/// Reads an answer to its end if that is near.
async fn skim(mut response: Response) {
    let mut read = 0;
    while read < ANSWER {
        match response.chunk().await {
            Ok(Some(chunk)) => read += chunk.len(),
            Ok(None) | Err(_) => return,
        }
    }
}

/// Why a receiver did not answer, for people.
fn reason(error: &reqwest::Error) -> String {
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(at) = cause {
        if at.is::<Inside>() {
            return Inside.to_string();
        }
        if at.is::<Unknown>() {
            return Unknown.to_string();
        }
        if at.is::<rustls::Error>() {
            return "与对方的加密连接建立不了：证书不受信任、已过期或与域名不符".into();
        }
        // An error of the system hides what it wraps from its own `source`.
        cause = match at.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(inside) => Some(inside),
            None => at.source(),
        };
    }
    match error {
        _ if error.is_timeout() => "没有在规定时间内答复".into(),
        _ if error.is_connect() => "连不上对方".into(),
        _ => "连接中断，没有收到答复".into(),
    }
}

/// Resolves names, and lets only those addresses pass that may be sent to.
struct Guard {
    private: bool,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let private = self.private;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await.map_err(|_| Unknown)?;
            let good: Vec<SocketAddr> = found.filter(|at| private || is_public(at.ip())).collect();
            if good.is_empty() {
                return Err(Inside.into());
            }
            Ok(Box::new(good.into_iter()) as Addrs)
        })
    }
}

/// The address is not one of the public network.
#[derive(Debug)]
struct Inside;

impl fmt::Display for Inside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("域名指向内网、本机或保留地址，没有发送")
    }
}

impl Error for Inside {}

/// The name stands for no address.
#[derive(Debug)]
struct Unknown;

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("域名解析不到地址")
    }
}

impl Error for Unknown {}

#[cfg(test)]
mod tests;
