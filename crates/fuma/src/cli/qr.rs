//! `fuma qr`: the code for reports as a file, and its 领取单.

use super::certificate::Narrow;
use super::shown::by_number;
use super::{As, End, Session, write};
use anyhow::{Context, Result};
use app::stored::Filter;
use app::{App, CodeFormat, Ctx};
use clap::{ArgGroup, ValueEnum};
use domain::{BatchId, Number};
use std::path::PathBuf;

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma qr --as shaanxi --number 262712050001 --format svg --out 码.svg\n　　fuma qr --as shaanxi --batch 3 --out 领取单\n　　fuma qr --as shaanxi --name 环境监测 --out 领取单"
)]
#[command(group = ArgGroup::new("which").required(true).multiple(true))]
pub struct Qr {
    /// 证书编号
    #[arg(long, group = "which", conflicts_with_all = ["batch", "name", "begins", "uscc"])]
    number: Option<Number>,
    /// 一次导入的全部领取单，每个文件最多500张
    #[arg(long, group = "which", value_name = "批次")]
    batch: Option<i64>,
    #[command(flatten)]
    narrow: Narrow,
    /// 文件格式；slip 是报告二维码领取单（PDF，带30天有效的下载链接）
    #[arg(long, value_enum, default_value = "svg")]
    format: Format,
    /// 写到哪个文件；成批时是文件夹
    #[arg(long)]
    out: PathBuf,
    #[command(flatten)]
    who: As,
}

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Svg,
    Png,
    Pdf,
    Slip,
}

impl Qr {
    pub async fn run(self, session: Session) -> Result<End> {
        let (app, ctx) = session.enter(&self.who).await?;
        let paths = match (&self.number, self.batch) {
            (Some(number), _) => vec![write(self.out.clone(), &self.one(&app, &ctx, number).await?)?],
            (None, batch) => {
                let of = Filter { batch: batch.map(BatchId), ..Filter::default() };
                self.slips(&app, &ctx, &self.narrow.onto(of)?).await?
            }
        };
        session.tell(&serde_json::json!({ "files": paths }), || {
            paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join("\n")
        })?;
        Ok(End::Ok)
    }

    async fn one(&self, app: &App, ctx: &Ctx, number: &Number) -> Result<Vec<u8>> {
        let id = by_number(app, ctx, number).await?;
        let format = match self.format {
            Format::Svg => CodeFormat::Svg,
            Format::Png => CodeFormat::Png,
            Format::Pdf => CodeFormat::Pdf,
            Format::Slip => return Ok(app.report_slip(ctx, id).await?.1),
        };
        Ok(app.report_code(ctx, id, format).await?.bytes)
    }

    async fn slips(&self, app: &App, ctx: &Ctx, of: &Filter) -> Result<Vec<PathBuf>> {
        std::fs::create_dir_all(&self.out)
            .with_context(|| format!("文件夹 {} 建不了", self.out.display()))?;
        let bar = super::bar();
        let all = app.slip_files(ctx, of).await?;
        bar.set_length(u64::from(all));
        let mut files = Vec::new();
        for n in 1..=all {
            bar.set_message("领取单");
            bar.set_position(u64::from(n));
            let whose = of.batch.map(|batch| format!("-批次{batch}")).unwrap_or_default();
            let path = self.out.join(format!("报告二维码领取单{whose}-{n}.pdf"));
            files.push(write(path, &app.report_slips(ctx, of, n).await?)?);
        }
        bar.finish_and_clear();
        Ok(files)
    }
}
