//! Import of CSV files end to end: read, judge, preview, reserve, write, synchronous=FULL.

use super::machine::{Watch, memory};
use super::registry::{self, Folder};
use super::yardstick::Yardstick;
use crate::demo::bench_csv;
use anyhow::{Context, Result};
use app::Extent;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// The three files of a set.
pub fn files(dir: &Path) -> Vec<PathBuf> {
    ["证书.csv", "场所.csv", "检测能力.csv"].iter().map(|name| dir.join(name)).collect()
}

pub async fn run(folder: &Folder, (certificates, rows): (usize, usize)) -> Result<()> {
    folder.tell("size", format!("{certificates} certificates, {rows} capability rows"));
    bench_csv(folder.path(), certificates, rows, 1)?;
    let (app, ctx) = registry::open(folder).await?;
    let bytes = limit(folder)?;
    let (yardstick, watch) = (Yardstick::beside_work(), Watch::start());
    let phases = Phases::default();
    let progress = |phase: &'static str, _: u32, _: u32| phases.hear(phase);
    let report = app.import_paths(&ctx, files(folder.path()), Some(Extent::Good), &progress).await?;
    let (wall, cpu) = watch.read();
    let machine = yardstick.read();
    let cpu = cpu - machine.cpu;
    let done = report.committed.context("nothing was committed")?;
    anyhow::ensure!(done.fresh as usize == certificates, "{} of {certificates} were written", done.fresh);
    let all = (certificates * 2 + rows) as f64;
    folder.tell(
        "import",
        format!("{:.1} s wall, {cpu:.1} CPU-s, {:.0} rows/s, {:.0} rows/CPU-s", wall, all / wall, all / cpu),
    );
    folder.tell("steady", machine.rate(all, wall));
    folder.tell("phases", phases.told());
    folder.tell("memory", format!("{} MB at most", memory().1));
    let database = std::fs::metadata(folder.data().join("fuma.db"))?.len();
    folder.tell("database", format!("{} MB from {} MB of CSV", database >> 20, bytes >> 20));
    let watch = Watch::start();
    let again = app.import_paths(&ctx, files(folder.path()), Some(Extent::Good), &|_, _, _| {}).await?;
    anyhow::ensure!(again.before && again.committed.is_none(), "the same files were imported twice");
    folder.tell("again", format!("{:.1} s wall: the same files change nothing", watch.read().0));
    Ok(())
}

/// When each phase began, and the memory that had been taken by then.
#[derive(Default)]
struct Phases(Mutex<Vec<(&'static str, Instant, u64)>>);

impl Phases {
    fn hear(&self, phase: &'static str) {
        let mut begun = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if begun.last().is_none_or(|(last, ..)| *last != phase) {
            begun.push((phase, Instant::now(), memory().1));
        }
    }

    /// Wall time of each, up to now.
    fn told(&self) -> String {
        let begun = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ends = begun.iter().skip(1).map(|(_, at, memory)| (*at, *memory));
        let ends = ends.chain([(Instant::now(), memory().1)]);
        let one = |((phase, at, _), (end, memory)): (&(&str, Instant, u64), (Instant, u64))| {
            format!("{phase} {:.1} s, {memory} MB by then", (end - *at).as_secs_f64())
        };
        begun.iter().zip(ends).map(one).collect::<Vec<_>>().join("; ")
    }
}

/// The physical limit beside it: reading the bytes and writing as many once, durably.
fn limit(folder: &Folder) -> Result<u64> {
    let watch = Watch::start();
    let mut total = 0;
    let copy = folder.path().join("limit");
    let mut out = std::fs::File::create(&copy)?;
    for path in files(folder.path()) {
        let mut file = std::fs::File::open(path)?;
        total += std::io::copy(&mut file.by_ref().take(u64::MAX), &mut out)?;
    }
    out.sync_all()?;
    let (wall, cpu) = watch.read();
    folder.tell(
        "limit",
        format!("{:.1} s wall, {cpu:.1} CPU-s to copy the same {} MB durably", wall, total >> 20),
    );
    std::fs::remove_file(copy)?;
    Ok(total)
}
