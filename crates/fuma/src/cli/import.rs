//! `fuma import` and its dry run.

use super::{As, End, Session};
use anyhow::Result;
use app::stored::BatchProblem;
use app::{Extent, Report};
use domain::Severity;
use serde_json::{Value, json};
use std::path::PathBuf;

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma import --as shaanxi 证书.xlsx\n　　fuma import --check 证书.csv 场所.csv 检测能力.csv"
)]
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
        let (app, ctx) = session.enter(&self.who).await?;
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
        session.tell(&document(&report)?, || words(&report))?;
        Ok(if report.errors > 0 { End::Partial } else { End::Ok })
    }
}

/// A problem of an import.
pub fn problem(it: &BatchProblem) -> Value {
    json!({
        "severity": it.severity,
        "sheet": it.sheet,
        "row": it.row,
        "column": it.column,
        "field": it.field,
        "code": it.code,
        "value": it.value,
        "message": it.message,
        "hint": it.hint,
    })
}

/// The same as a line.
pub fn problem_line(it: &BatchProblem) -> String {
    format!("{} 第{}行 {}{}　{}　{}", it.sheet, it.row, it.column, it.field, it.message, it.hint)
}

fn document(report: &Report) -> Result<Value> {
    let mut value = serde_json::to_value(report)?;
    value["problems"] = report.problems.iter().map(problem).collect();
    // A check keeps nothing, so there is no import to name.
    if report.committed.is_none() {
        value["batch"] = Value::Null;
    }
    Ok(value)
}

fn words(report: &Report) -> String {
    let errors = report.problems.iter().filter(|p| p.severity == Severity::Error).take(SHOWN);
    let mut lines: Vec<String> = errors.map(problem_line).collect();
    lines.push(format!(
        "证书 {} 张：可办理 {}，其中新赋码 {}、变更 {}、无变化 {}；错误 {} 处",
        report.lines, report.good, report.fresh, report.changed, report.unchanged, report.errors
    ));
    lines.push(match &report.committed {
        Some(done) => {
            format!("已赋码 {} 张，已变更 {} 张，未受理 {} 张", done.fresh, done.changed, done.refused.len())
        }
        None if report.before => "这个文件以前已经导入过，没有改动".to_owned(),
        None => "没有写入".to_owned(),
    });
    lines.join("\n")
}
