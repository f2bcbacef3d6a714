//! `fuma import` and its dry run.

use super::{As, End, Session};
use anyhow::Result;
use app::{Extent, Missing, Report};
use domain::Severity;
use std::path::PathBuf;

/// 例：fuma import --as shaanxi 证书.xlsx　　fuma import --check 证书.csv 场所.csv 检测能力.csv
#[derive(clap::Args)]
pub struct Import {
    /// 一个工作簿，或每个工作表一个CSV
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// 只检查，不写入
    #[arg(long)]
    pub check: bool,
    /// 全部或不：有一处错误就一张也不赋码
    #[arg(long)]
    pub whole: bool,
    #[command(flatten)]
    pub who: As,
}

/// Problems shown on the terminal.
const SHOWN: usize = 50;

impl Import {
    pub async fn run(self, session: Session) -> Result<End> {
        let app = session.open(Missing::Refuse).await?;
        let ctx = session.call_as(&app, &self.who).await?;
        let extent = match (self.check, self.whole) {
            (true, _) => None,
            (false, true) => Some(Extent::Whole),
            (false, false) => Some(Extent::Good),
        };
        let bar = super::bar();
        let progress = |step: &'static str, done: u32, total: u32| {
            bar.set_message(step);
            bar.set_length(u64::from(total));
            bar.set_position(u64::from(done));
        };
        let report = app.import_paths(&ctx, self.files, extent, &progress).await?;
        bar.finish_and_clear();
        show(&report, session.json)?;
        Ok(if report.errors > 0 { End::Partial } else { End::Ok })
    }
}

fn show(report: &Report, json: bool) -> Result<()> {
    if json {
        println!("{}", serde_json::to_string(report)?);
        return Ok(());
    }
    for p in report.problems.iter().filter(|p| p.severity == Severity::Error).take(SHOWN) {
        println!("{} 第{}行 {}{}　{}　{}", p.sheet, p.row, p.column, p.field, p.message, p.hint);
    }
    println!(
        "证书 {} 张：可办理 {}，其中新赋码 {}、变更 {}、无变化 {}；错误 {} 处",
        report.lines, report.good, report.fresh, report.changed, report.unchanged, report.errors
    );
    match &report.committed {
        Some(done) => {
            println!("已赋码 {} 张，已变更 {} 张，未受理 {} 张", done.fresh, done.changed, done.refused.len())
        }
        None if report.before => println!("这个文件以前已经导入过，没有改动"),
        None => println!("没有写入"),
    }
    Ok(())
}
