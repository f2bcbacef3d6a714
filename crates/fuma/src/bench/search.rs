//! 全国查询: how long the index takes to be made, what it takes up, and how long it takes to answer, inside the process and as
//! whole pages at a fixed rate.

use super::load::{paced, start};
use super::machine::{Watch, cpu, memory, told};
use super::registry::{self, Folder};
use super::yardstick::Yardstick;
use crate::public::handlers::percent;
use anyhow::{Result, bail};
use app::{App, Column, Dimension, SearchAsk, SearchPage, SearchState, Sort, Subject};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Whole pages asked for in a second.
const RATE: u32 = 100;
/// Pages asked for in all.
const PAGES: usize = 3_000;
/// Questions of a kind, inside the process.
const ASKED: usize = 1_000;
/// What rows are found by, from which questions are then made.
const SEEDS: &str = "水土气钢铅食压度量法菌农药酸油电声木砂石镉汞砷铬粮菜肉奶茶盐糖纸布线管灯车桥路煤漆胶玻陶水泥混凝沥青防火门窗";

/// What questions are made of.
struct Sample {
    /// Item name, standard number, two digits of the province, certificate number, code of the body.
    rows: Vec<[String; 5]>,
}

pub async fn run(folder: &Folder) -> Result<()> {
    let settings = folder.data().join("fuma.toml");
    if !settings.exists() {
        bail!("{} 里没有登记库：请先运行 fuma --data {0} demo --scale national", folder.data().display());
    }
    let before = std::fs::read_to_string(&settings)?;
    if before.contains("search = false") {
        bail!("{} 里写着 search = false，请去掉后再测", settings.display());
    }
    let (app, ctx) = registry::open(folder).await?;
    // What the system's cache holds is what a server that has run for a while finds there.
    if app.is_embedded() {
        std::io::copy(&mut std::fs::File::open(folder.data().join("fuma.db"))?, &mut std::io::sink())?;
    }
    let idle = memory().0;
    let watch = Watch::start();
    app.remake_index().await?;
    let (wall, cpu) = watch.read();
    let SearchState::Ready { counts: (bodies, certificates), sizes, .. } = app.search_state() else {
        bail!("the index was not made");
    };
    folder.tell("size", format!("{bodies} bodies, {certificates} certificates"));
    let mut bytes = 0;
    for it in &sizes {
        bytes += it.bytes;
        folder.tell(
            "rows",
            format!(
                "{:?}: {} rows, {} distinct, {} texts, {} MB",
                it.subject,
                it.rows,
                it.tuples,
                it.texts,
                it.bytes >> 20
            ),
        );
    }
    let rows: usize = sizes.iter().map(|it| it.rows).sum();
    folder.tell(
        "build",
        format!(
            "{wall:.1} s wall, {cpu:.1} CPU-s, {:.0} rows/s; index {} MB",
            rows as f64 / wall,
            bytes >> 20
        ),
    );
    let (now, most) = memory();
    folder.tell(
        "memory",
        format!("{idle} MB before, {now} MB with the index, {most} MB at most while it was made"),
    );

    let sample = sample(&app).await?;
    inside(folder, &app, &sample).await?;
    follows(folder, &app, &ctx).await?;
    pages(folder, app, &sample).await
}

fn asking(text: &str) -> SearchAsk {
    SearchAsk {
        subject: Subject::Capability,
        text: text.to_owned(),
        also: Vec::new(),
        number: String::new(),
        picked: Vec::new(),
        sort: Sort::Fit,
        page: SearchPage { skip: 0, take: 20 },
    }
}

/// Rows of the registry as they are found, page after page, by each seed.
async fn sample(app: &App) -> Result<Sample> {
    let at = |column| Subject::Capability.columns().iter().position(|it| *it == column).unwrap_or(0);
    let (name, standard) = (at(Column::ItemName), at(Column::StandardNumber));
    let mut rows = Vec::new();
    for seed in SEEDS.chars().map(String::from) {
        for page in 0..4 {
            let mut ask = asking(&seed);
            ask.page.skip = page * 97;
            for hit in app.search_public(vec![ask]).await?.into_iter().flat_map(|it| it.answer.hits) {
                let province = hit.body.division.map(|it| it.province().to_owned()).unwrap_or_default();
                let uscc = hit.body.uscc.map(|it| it.to_string()).unwrap_or_default();
                for it in &hit.certificates {
                    let number = it.certificate.number.to_string();
                    let of = |row: &app::RowHit| {
                        let [name, standard] = [name, standard].map(|at| row.0[at].clone());
                        [name, standard, province.clone(), number.clone(), uscc.clone()]
                    };
                    rows.extend(it.shown.iter().map(of));
                }
            }
        }
    }
    if rows.is_empty() {
        bail!("公众查询没有开通或库中没有检测能力：请先运行 fuma authority open");
    }
    // An order that has nothing to do with how they were found, the same each time.
    let mut state = 1u64;
    for at in (1..rows.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        rows.swap(at, (state >> 33) as usize % (at + 1));
    }
    Ok(Sample { rows })
}

impl Sample {
    /// Pieces of so many ideographs of the items, each once.
    fn pieces(&self, length: usize) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let ideograph = |c: &char| ('\u{4E00}'..'\u{A000}').contains(c);
        let mut out = Vec::new();
        for row in &self.rows {
            let chars: Vec<char> = row[0].chars().collect();
            for piece in chars.windows(length).filter(|piece| piece.iter().all(ideograph)) {
                let piece: String = piece.iter().collect();
                if seen.insert(piece.clone()) {
                    out.push(piece);
                }
            }
        }
        out
    }

    /// A word of an item and its standard, and the province of the body.
    fn words_and_standard(&self) -> Vec<(String, u16)> {
        let question = |row: &[String; 5]| {
            let word: String = row[0].chars().filter(|c| c.is_alphanumeric()).take(4).collect();
            (!word.is_empty() && !row[1].is_empty())
                .then(|| (format!("{word} {}", row[1]), row[2].parse().unwrap_or(61)))
        };
        self.rows.iter().filter_map(question).collect()
    }
}

/// Times of questions, each by itself, and the CPU time of one.
async fn timed(app: &App, asks: Vec<SearchAsk>) -> Result<(Vec<Duration>, f64, u64)> {
    let (mut times, mut rows, before) = (Vec::with_capacity(asks.len()), 0, cpu());
    let n = asks.len().max(1);
    for ask in asks {
        let began = Instant::now();
        let found = app.search_public(vec![ask]).await?;
        times.push(began.elapsed());
        rows = found[0].answer.rows;
    }
    Ok((times, (cpu() - before) * 1e3 / n as f64, rows))
}

async fn inside(folder: &Folder, app: &App, sample: &Sample) -> Result<()> {
    let tell = async |name: &str, asks: Vec<SearchAsk>| -> Result<()> {
        let (times, cpu, rows) = timed(app, asks).await?;
        folder.tell(name, format!("{}; {cpu:.2} CPU-ms each; the last one {rows} rows", told(times)));
        Ok(())
    };
    for word in ["铅", "水"] {
        tell(word, vec![asking(word); 50]).await?;
    }
    let some = |texts: Vec<String>| texts.into_iter().take(ASKED).map(|text| asking(&text)).collect();
    tell("one", some(sample.pieces(1))).await?;
    tell("two", some(sample.pieces(2))).await?;
    tell("four", some(sample.pieces(4))).await?;
    let words = sample.words_and_standard();
    let narrowed = words
        .iter()
        .take(ASKED)
        .map(|(text, province)| SearchAsk { picked: vec![(Dimension::Province, *province)], ..asking(text) });
    tell("words", narrowed.collect()).await?;
    tell("pinyin", vec![asking("shuini"); 50]).await
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
