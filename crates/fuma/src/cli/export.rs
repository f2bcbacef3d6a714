//! `fuma export`: the authority's certificates as one CSV a sheet.

use super::certificate::Which;
use super::{As, End, Session};
use anyhow::{Context, Result};
use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;

/// What is typed after its name.
#[derive(clap::Args)]
#[command(after_help = "例：fuma export --as shaanxi --out 导出")]
pub struct Export {
    /// 写到哪个文件夹
    #[arg(long)]
    out: PathBuf,
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    who: As,
}

impl Export {
    pub async fn run(self, session: Session) -> Result<End> {
        let (app, ctx) = session.enter(&self.who).await?;
        let export = app.begin_export(&ctx, &self.which.filter(&app)?).await?;
        std::fs::create_dir_all(&self.out)
            .with_context(|| format!("文件夹 {} 建不了", self.out.display()))?;
        let out = self.out.clone();
        let mut open = move |group: domain::Group| -> std::io::Result<Box<dyn std::io::Write + Send>> {
            Ok(Box::new(BufWriter::new(File::create(out.join(format!("{}.csv", group.sheet())))?)))
        };
        let bar = super::bar();
        let progress = |done: u64, total: u64| {
            bar.set_length(total);
            bar.set_position(done);
        };
        let n = app.export(&export, &mut open, &progress).await?;
        bar.finish_and_clear();
        let document = serde_json::json!({ "certificates": n, "folder": self.out });
        session.tell(&document, || format!("已导出 {n} 张证书到 {}", self.out.display()))?;
        Ok(End::Ok)
    }
}
