//! A long list as a file, written while it is found.

use anyhow::{Context, Result, bail};
use app::ListFormat;
use std::future::Future;
use std::io::Write;
use std::path::Path;
use tokio::sync::mpsc;

/// The format of a file by its ending.
pub fn format(path: &Path) -> Result<ListFormat> {
    let ending = path.extension().map(|it| it.to_string_lossy().to_lowercase()).unwrap_or_default();
    match ListFormat::parse(&ending) {
        Some(format) => Ok(format),
        None => bail!("文件名须以 .csv 或 .xlsx 结尾：{}", path.display()),
    }
}

/// Writes what comes out of some work into a file.
pub async fn keep<W>(path: &Path, work: impl FnOnce(mpsc::Sender<Vec<u8>>) -> W) -> Result<()>
where
    W: Future<Output = app::Result<()>>,
{
    let unwritable = || format!("写不了文件 {}，请检查文件夹和权限", path.display());
    let mut file = std::fs::File::create(path).with_context(unwritable)?;
    let (send, mut pieces) = mpsc::channel::<Vec<u8>>(2);
    let kept = async {
        while let Some(piece) = pieces.recv().await {
            file.write_all(&piece)?;
        }
        file.sync_all()
    };
    let (written, kept) = tokio::join!(work(send), kept);
    written?;
    kept.with_context(unwritable)
}
