//! `fuma export`: the authority's certificates as one CSV a sheet.

use super::{As, End, Session};
use anyhow::{Context, Result};
use app::Missing;
use app::stored::Filter;
use domain::StatusWord;
use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;

/// 例：fuma export --as shaanxi --out 导出
#[derive(clap::Args)]
pub struct Export {
    /// 写到哪个文件夹
    #[arg(long)]
    out: PathBuf,
    /// 只导出这种状态的证书
    #[arg(long)]
    status: Option<String>,
    #[command(flatten)]
    who: As,
}

impl Export {
    pub async fn run(self, session: Session) -> Result<End> {
        let app = session.open(Missing::Refuse).await?;
        let ctx = session.call_as(&app, &self.who).await?;
        std::fs::create_dir_all(&self.out)
            .with_context(|| format!("文件夹 {} 建不了", self.out.display()))?;
        let status = match &self.status {
            Some(word) => Some(StatusWord::parse(word).with_context(|| format!("没有状态“{word}”"))?),
            None => None,
        };
        let filter = Filter { status, ..Filter::default() };
        let out = self.out.clone();
        let mut open = move |group: domain::Group| -> std::io::Result<Box<dyn std::io::Write + Send>> {
            Ok(Box::new(BufWriter::new(File::create(out.join(format!("{}.csv", group.sheet())))?)))
        };
        let bar = super::bar();
        let progress = |done: u64, total: u64| {
            bar.set_length(total);
            bar.set_position(done);
        };
        let n = app.export(&ctx, &filter, &mut open, &progress).await?;
        bar.finish_and_clear();
        if session.json {
            println!("{}", serde_json::json!({ "certificates": n }));
        } else {
            println!("已导出 {n} 张证书到 {}", self.out.display());
        }
        Ok(End::Ok)
    }
}
