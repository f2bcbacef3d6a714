//! The same at several sizes, so that the table shows how the figures grow.

use super::table::{Run, table};
use super::{Options, measured, opened};
use crate::bench::registry::Folder;
use crate::cli::{Session, make_nation};
use crate::config::Settings;
use anyhow::{Context, Result, bail};

/// The seed of the registries that are made here.
const SEED: u64 = 1;

/// Measures each part of the country in a folder of its own, `part-10` for a tenth.
pub async fn run(folder: &Folder, options: &Options) -> Result<()> {
    let mut runs: Vec<Run> = Vec::new();
    for part in &options.parts {
        let own = folder.part(*part);
        made(&own, *part).await?;
        let name = if *part == 1 { "1".to_owned() } else { format!("1/{part}") };
        folder.tell("part", format!("{name} of the country, in {}", own.path().display()));
        let (app, _) = opened(&own).await?;
        runs.push(measured(&own, &app, options, name).await?.0);
        app.flush_access().await?;
    }
    folder.table(&table(&runs));
    Ok(())
}

/// Makes the registry where there is none. It gets its name when it is whole, so that one that broke off is not measured.
async fn made(own: &Folder, part: u16) -> Result<()> {
    if own.path().exists() {
        own.tell("registry", "found".into());
        return Ok(());
    }
    let unfinished = own.path().with_extension("unfinished");
    if unfinished.exists() {
        bail!("上次没有做完的登记库还在：请删除 {} 后再测", unfinished.display());
    }
    let data = unfinished.join("data");
    std::fs::create_dir_all(&data)?;
    std::fs::write(data.join("fuma.toml"), "demo = true\n")?;
    let session = Session::new(Settings::read(&data)?, false);
    let began = std::time::Instant::now();
    let (_, populated) = make_nation(&session, SEED, part, None).await?;
    session.opened().flush().await?;
    drop(session);
    std::fs::rename(&unfinished, own.path()).with_context(|| format!("{} 改名不成", unfinished.display()))?;
    let seconds = began.elapsed().as_secs_f64();
    own.tell("registry", format!("made in {seconds:.1} s, {} capability rows", populated.capabilities));
    Ok(())
}
