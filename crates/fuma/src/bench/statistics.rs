//! 统计: every page as the national level and a province ask for it, one request after the other, over the real server.

use super::load::{request_as, start};
use super::machine::{Watch, ms};
use super::registry::{self, Folder};
use crate::cli::{PASSWORD, by_code, fill_figures as fill, operator};
use crate::demo::AUTHORITIES;
use anyhow::{Context, Result, bail};
use app::{App, Credentials, Ctx};
use domain::{Actor, Door, Secret};
use std::time::Instant;
use tokio::net::TcpStream;

/// What the figures follow from, where the registry has none.
const SEED: u64 = 1;
/// Days of figures, where the registry has none.
const DAYS: i32 = 730;
/// Requests of a page.
const TIMES: usize = 40;
/// Requests before that are not counted: connection, caches.
const BEFORE: usize = 3;

/// Pages: name, address behind `/office/statistics`.
const PAGES: [(&str, &str); 16] = [
    ("today", ""),
    ("trend 30 days", "/trend?measure=scan&days=30"),
    ("trend 365 days", "/trend?measure=scan&days=365&by=day"),
    ("trend 730 days", "/trend?measure=scan&days=730&by=day"),
    ("trend 24 months", "/trend?measure=scan&days=730&by=month"),
    ("ranking 30 days", "/ranking?measure=scan&days=30"),
    ("ranking 730 days", "/ranking?measure=scan&days=730"),
    ("heat 90 days", "/heat?measure=scan&days=90"),
    ("heat 730 days", "/heat?measure=scan&days=730"),
    ("places 30 days", "/places?measure=scan&days=30"),
    ("places 730 days", "/places?measure=scan&days=730"),
    ("bodies", "/bodies"),
    ("failures 30 days", "/failures?days=30"),
    ("failures 730 days", "/failures?days=730&by=day"),
    ("expiring", "/expiring"),
    ("xlsx 730 days", "/export/trend.xlsx?measure=scan&days=730&by=day"),
];

/// Who asks: login of the demo, and how the table calls it.
const ASKING: [(&str, &str); 2] = [("guojia", "nation"), ("shaanxi", "province")];

pub async fn run(folder: &Folder) -> Result<()> {
    let settings = folder.data().join("fuma.toml");
    if !settings.exists() {
        bail!("{} 里没有登记库：请先运行 fuma --data {0} demo --scale national", folder.data().display());
    }
    let (app, _) = registry::open(folder).await?;
    folder.tell(
        "size",
        format!(
            "{} certificates, {}",
            app.count_all().await?,
            if app.is_embedded() { "SQLite" } else { "PostgreSQL" }
        ),
    );
    let watch = Watch::start();
    let authority = |aa: usize| Ok((by_code(&app, &format!("{aa:02}"))?, aa));
    let authorities = (0..AUTHORITIES).map(authority).collect::<Result<_>>()?;
    if fill(&app, SEED, DAYS, 1.0, authorities).await? {
        let (wall, cpu) = watch.read();
        folder.tell("filled", format!("{DAYS} days of figures in {wall:.0} s, {cpu:.0} CPU-s"));
    }
    let mut cookies = Vec::new();
    for (login, _) in ASKING {
        cookies.push(cookie(&app, login).await?);
    }
    let address = start(app, folder).await?;
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut buffer = Vec::new();
    let head = ["page", "who", "p50 ms", "p95 ms", "max ms", "CPU ms", "bytes"];
    let mut lines = vec![head.map(str::to_owned).to_vec()];
    let mut worst: f64 = 0.0;
    for (name, path) in PAGES {
        let path = format!("/office/statistics{path}");
        for ((_, who), cookie) in ASKING.iter().zip(&cookies) {
            for _ in 0..BEFORE {
                request_as(&mut stream, &path, cookie, &mut buffer).await.with_context(|| path.clone())?;
            }
            let (watch, mut times, mut size) = (Watch::start(), Vec::new(), 0);
            for _ in 0..TIMES {
                let began = Instant::now();
                size = request_as(&mut stream, &path, cookie, &mut buffer).await?;
                times.push(began.elapsed());
            }
            let cpu = watch.read().1 * 1e3 / TIMES as f64;
            let [p50, p95, most] = [0.5, 0.95, 1.0].map(|p| ms(&times, p));
            worst = worst.max(p95);
            let figures = [p50, p95, most, cpu].map(|it| format!("{it:.1}"));
            let line = [vec![name.to_owned(), (*who).to_owned()], figures.to_vec(), vec![size.to_string()]];
            lines.push(line.concat());
        }
    }
    folder.table(&lines);
    folder.tell("worst", format!("p95 of the slowest page {worst:.1} ms; the aim is 150 ms"));
    Ok(())
}

/// A session of a demo's account, as a browser sends it.
async fn cookie(app: &App, login: &str) -> Result<String> {
    let ctx = Ctx { actor: Actor::Public, door: Door::Form, ..operator() };
    let credentials = Credentials { login: login.into(), password: Secret::new(PASSWORD.into()) };
    let signed = app.sign_in(&ctx, &credentials, "bench").await?;
    Ok(format!("Cookie: sid={}\r\n", signed.token.reveal()))
}
