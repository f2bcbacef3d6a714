//! 全国查询: how long the index takes to be made, what it takes up, and how long it takes to answer, inside the process and as
//! whole pages at a fixed rate; beside it databases with the same rows (`peers`), at several sizes (`slope`).

mod peers;
mod questions;
mod slope;
mod table;

use super::load::{paced, start};
use super::machine::{Watch, cpu, memory, told};
use super::registry::{self, Folder};
use super::yardstick::Yardstick;
use crate::public::handlers::percent;
use anyhow::{Result, bail};
use app::stored::FoundByPeer;
use app::{App, SearchAsk, SearchState, Subject};
use questions::{Kind, Sample, asking, kinds, sample};
use std::sync::Arc;
use std::time::Instant;
use table::{Asked, Engine, Run};

/// Whole pages asked for in a second.
const RATE: u32 = 100;
/// Pages asked for in all.
const PAGES: usize = 3_000;

/// What is measured besides the index of one registry.
pub struct Options {
    /// Whether the databases beside it are asked the same.
    pub peers: bool,
    /// Where PostgreSQL is.
    pub postgres: Option<String>,
    /// Capability rows above which the peers are left out.
    pub upto: Option<usize>,
    /// Which parts of the country are measured, each in a registry of its own; none: the registry of the folder.
    pub parts: Vec<u16>,
}

pub async fn run(folder: &Folder, options: &Options) -> Result<()> {
    if !options.parts.is_empty() {
        return slope::run(folder, options).await;
    }
    let (app, ctx) = opened(folder).await?;
    let (run, sample) = measured(folder, &app, options, "—".into()).await?;
    if options.peers {
        folder.table(&table::table(&[run]));
    }
    follows(folder, &app, &ctx).await?;
    pages(folder, app, &sample).await
}

/// The registry of a folder, its file read once: what the system's cache holds is what a server that has run for a while
/// finds there.
async fn opened(folder: &Folder) -> Result<(Arc<App>, app::Ctx)> {
    let settings = folder.data().join("fuma.toml");
    if !settings.exists() {
        bail!("{} 里没有登记库：请先运行 fuma --data {0} demo --scale national", folder.data().display());
    }
    if std::fs::read_to_string(&settings)?.contains("search = false") {
        bail!("{} 里写着 search = false，请去掉后再测", settings.display());
    }
    let (app, ctx) = registry::open(folder).await?;
    if app.is_embedded() {
        std::io::copy(&mut std::fs::File::open(folder.data().join("fuma.db"))?, &mut std::io::sink())?;
    }
    Ok((app, ctx))
}

/// Makes the index and asks it, and then the databases beside it.
async fn measured(folder: &Folder, app: &Arc<App>, options: &Options, part: String) -> Result<(Run, Sample)> {
    let idle = memory().0;
    let watch = Watch::start();
    app.remake_index().await?;
    let (built, cpu) = watch.read();
    let (mut run, bytes) = described(folder, &app.search_state(), (built, cpu), part)?;
    let (now, most) = memory();
    folder.tell(
        "memory",
        format!("{idle} MB before, {now} MB with the index, {most} MB at most while it was made"),
    );
    let sample = sample(app).await?;
    let kinds = kinds(&sample);
    let asked = inside(folder, app, &kinds).await?;
    run.engines.push(Engine { name: "index", built, bytes, asked });
    if options.asks_peers(folder, run.rows) {
        let peers = peers::beside(folder, app, options, &kinds, &run.engines[0]).await?;
        run.engines.extend(peers);
    }
    Ok((run, sample))
}

/// Tells what the index holds and how fast that was taken in; the run that begins, and the bytes of the capabilities. These
/// are all that peers hold, so that the table has them, while what the making took is that of all subjects.
fn described(
    folder: &Folder,
    state: &SearchState,
    (built, cpu): (f64, f64),
    part: String,
) -> Result<(Run, u64)> {
    let SearchState::Ready { counts: (bodies, certificates), sizes, .. } = state else {
        bail!("the index was not made");
    };
    folder.tell("size", format!("{bodies} bodies, {certificates} certificates"));
    for it in sizes {
        let (subject, rows, distinct, texts, mb) = (it.subject, it.rows, it.tuples, it.texts, it.bytes >> 20);
        let told = format!("{subject:?}: {rows} rows, {distinct} distinct, {texts} texts, {mb} MB");
        folder.tell("rows", told);
    }
    let rows: usize = sizes.iter().map(|it| it.rows).sum();
    let bytes: usize = sizes.iter().map(|it| it.bytes).sum();
    let (rate, mb) = (rows as f64 / built, bytes >> 20);
    folder.tell("build", format!("{built:.1} s wall, {cpu:.1} CPU-s, {rate:.0} rows/s; index {mb} MB"));
    let Some(of) = sizes.iter().find(|it| it.subject == Subject::Capability) else {
        bail!("the index has no capabilities");
    };
    Ok((Run { part, rows: of.rows, distinct: of.tuples, engines: Vec::new() }, of.bytes as u64))
}

impl Options {
    /// Whether the peers are asked at this size; tells where they are not.
    fn asks_peers(&self, folder: &Folder, rows: usize) -> bool {
        match self.upto.filter(|upto| rows > *upto) {
            Some(upto) if self.peers => {
                folder.tell(
                    "peers",
                    format!("left out: {rows} capability rows are more than --peers-upto {upto}"),
                );
                false
            }
            _ => self.peers,
        }
    }
}

/// Each question by itself, inside the process.
async fn inside(folder: &Folder, app: &App, kinds: &[Kind]) -> Result<Vec<Asked>> {
    let mut all = Vec::new();
    for kind in kinds {
        let (mut asked, before, mut rows) = (Asked::of(kind), cpu(), 0);
        let (yardstick, mut ended) = (Yardstick::start(), Vec::with_capacity(kind.asks.len()));
        for ask in &kind.asks {
            let began = Instant::now();
            let found = app.search_public(vec![ask.clone()]).await?;
            let took = began.elapsed();
            ended.push((began + took, took));
            asked.times.push(took);
            let answer = &found[0].answer;
            rows = answer.rows;
            asked.found.push(FoundByPeer {
                certificates: answer.certificates,
                bodies: answer.bodies,
                first: answer.hits.iter().map(|hit| hit.body.id).collect(),
            });
        }
        let machine = yardstick.read();
        let cpu = (cpu() - before - machine.cpu) * 1e3 / kind.asks.len().max(1) as f64;
        asked.cpu = Some(cpu);
        let times = told(asked.times.clone());
        folder.tell(kind.name, format!("{times}; {cpu:.2} CPU-ms each; the last one {rows} rows"));
        folder.tell("steady", machine.steady(&ended));
        all.push(asked);
    }
    Ok(all)
}

/// How long until an act is found, when the index is asked as often as the server does.
async fn follows(folder: &Folder, app: &Arc<App>, ctx: &app::Ctx) -> Result<()> {
    let mut times = Vec::new();
    let first = (app.now().micros() / 1_000_000 % 9_000).unsigned_abs() as u32;
    for n in first..first + 10 {
        let form = super::assign::form(n);
        let name = format!("示例逐张检测有限公司第{n}号");
        if app.assign_form(ctx, &form).await.is_err() {
            continue; // a number that an earlier run gave
        }
        let began = Instant::now();
        while app.search_step().await? {}
        times.push(began.elapsed());
        let ask = SearchAsk { subject: Subject::Body, ..asking(&name) };
        if app.search_public(vec![ask]).await?[0].answer.bodies == 0 {
            bail!("{name} was not found");
        }
    }
    folder.tell("follow", format!("one certificate: {}; the server asks every 300 ms", told(times)));
    Ok(())
}

/// Whole pages at a fixed rate: 40 % words and standard, 25 % two characters, 30 % a number or the code of a body, 5 % one.
async fn pages(folder: &Folder, app: Arc<App>, sample: &Sample) -> Result<()> {
    let (words, one, two) = (sample.words_and_standard(), sample.pieces(1), sample.pieces(2));
    let path = |n: usize| {
        let turn = n / 20;
        let row = &sample.rows[n % sample.rows.len()];
        let text = match n % 20 {
            0..8 => &words[n % words.len()].0,
            8..13 => &two[(turn * 5 + n % 20) % two.len()],
            13..16 => &row[3],
            16..19 => &row[4],
            _ => &one[turn % one.len()],
        };
        format!("/search?q={}", percent(text))
    };
    let paths: Arc<Vec<String>> = Arc::new((0..PAGES).map(path).collect());
    let address = start(app, folder).await?;
    let yardstick = Yardstick::start();
    let watch = Watch::start();
    let times = paced(address, paths, 0..PAGES, RATE).await?;
    let machine = yardstick.read();
    let (wall, cpu) = watch.read();
    folder.tell("pages", format!("at {RATE}/s: {}", told(times.iter().map(|it| it.1).collect())));
    folder.tell("steady", machine.steady(&times));
    folder.tell(
        "cost",
        format!("{:.1} CPU-ms a page, of server and client ({wall:.0} s)", cpu * 1e3 / PAGES as f64),
    );
    Ok(())
}
