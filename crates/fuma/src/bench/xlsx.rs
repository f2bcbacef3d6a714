//! Preview of a 20 MB workbook.

use super::machine::{Watch, memory};
use super::registry::{self, Folder};
use crate::demo::bench_xlsx;
use anyhow::Result;

pub async fn run(folder: &Folder, rows: usize) -> Result<()> {
    let path = folder.path().join("工作簿.xlsx");
    bench_xlsx(&path, rows, 1)?;
    let bytes = std::fs::metadata(&path)?.len();
    folder.tell("size", format!("{rows} rows × 12 columns, {:.1} MB", bytes as f64 / 1e6));
    let (app, ctx) = registry::open(folder).await?;
    let before = memory();
    let watch = Watch::start();
    let report = app.import_paths(&ctx, vec![path], None, &|_, _, _| {}).await?;
    let (wall, cpu) = watch.read();
    folder.tell(
        "preview",
        format!("{wall:.1} s wall, {cpu:.1} CPU-s; {} certificates, {} errors", report.lines, report.errors),
    );
    folder.tell("memory", format!("{} MB at most ({} MB before)", memory().1, before.1));
    Ok(())
}
