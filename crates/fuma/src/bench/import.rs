//! Import of CSV files end to end: read, judge, preview, reserve, write, synchronous=FULL.

use super::machine::{Watch, memory};
use super::registry::{self, Folder};
use crate::demo::bench_csv;
use anyhow::{Context, Result};
use app::Extent;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The three files of a set.
pub fn files(dir: &Path) -> Vec<PathBuf> {
    ["证书.csv", "场所.csv", "检测能力.csv"].iter().map(|name| dir.join(name)).collect()
}

pub async fn run(folder: &Folder, (certificates, rows): (usize, usize)) -> Result<()> {
    folder.tell("size", format!("{certificates} certificates, {rows} capability rows"));
    bench_csv(folder.path(), certificates, rows, 1)?;
    let (app, ctx) = registry::open(folder).await?;
    let bytes = limit(folder)?;
    let watch = Watch::start();
    let report = app.import_paths(&ctx, files(folder.path()), Some(Extent::Good), &|_, _, _| {}).await?;
    let (wall, cpu) = watch.read();
    let done = report.committed.context("nothing was committed")?;
    anyhow::ensure!(done.fresh as usize == certificates, "{} of {certificates} were written", done.fresh);
    let all = (certificates * 2 + rows) as f64;
    folder.tell(
        "import",
        format!("{:.1} s wall, {cpu:.1} CPU-s, {:.0} rows/s, {:.0} rows/CPU-s", wall, all / wall, all / cpu),
    );
    folder.tell("memory", format!("{} MB at most", memory().1));
    let database = std::fs::metadata(folder.data().join("fuma.db"))?.len();
    folder.tell("database", format!("{} MB from {} MB of CSV", database >> 20, bytes >> 20));
    let watch = Watch::start();
    let again = app.import_paths(&ctx, files(folder.path()), Some(Extent::Good), &|_, _, _| {}).await?;
    anyhow::ensure!(again.before && again.committed.is_none(), "the same files were imported twice");
    folder.tell("again", format!("{:.1} s wall: the same files change nothing", watch.read().0));
    Ok(())
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
