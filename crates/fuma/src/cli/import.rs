//! `fuma import` and its dry run.

use super::{As, End, Session, write};
use anyhow::Result;
use app::stored::{BatchProblem, Outcome};
use app::{Extent, PlannedLine, Report, sheet};
use domain::{Severity, visible};
use serde_json::{Value, json};
use std::path::PathBuf;

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma import --as shaanxi 证书.xlsx\n　　fuma import --check 证书.csv 场所.csv 检测能力.csv\n　　fuma check --as shaanxi 证书.xlsx --annotated 标注.xlsx"
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
    /// 另把问题标注在工作簿里，写到这个 .xlsx 文件
    #[arg(long, value_name = "文件")]
    pub annotated: Option<PathBuf>,
    #[command(flatten)]
    pub who: As,
}

/// Problems of each severity shown on the terminal.
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
        let report = app.import_paths(&ctx, self.files.clone(), extent, &progress).await?;
        bar.finish_and_clear();
        let mut document = document(&report)?;
        let mut annotated = String::new();
        if let Some(out) = self.annotated {
            let (files, problems) = (self.files, report.problems.clone());
            let marked = move || sheet::marked(&files, &problems);
            let path = write(out, &tokio::task::spawn_blocking(marked).await??)?;
            annotated = format!("\n标注了问题的工作簿：{}", path.display());
            document["annotated"] = json!(path);
        }
        session.tell(&document, || words(&report) + &annotated)?;
        // What the registry refused after all is not done either.
        let refused = report.committed.as_ref().is_some_and(|done| !done.refused.is_empty());
        Ok(if report.errors > 0 || refused { End::Partial } else { End::Ok })
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
    let row = if it.row > 0 { format!(" 第{}行", it.row) } else { String::new() };
    let column = format!("{} {}", it.column, it.field);
    line(it.severity, &format!("{}{row} {}", it.sheet, column.trim()), (&it.value, &it.message, &it.hint))
}

/// A problem as every command tells it: how grave, where, what stands there, what is wrong and what to do.
pub fn line(severity: Severity, place: &str, (value, message, hint): (&str, &str, &str)) -> String {
    let value = if value.is_empty() { String::new() } else { format!("　值“{}”", visible(value)) };
    format!("{}　{}{value}　{}　{hint}", severity.label(), place.trim(), visible(message))
}

/// What would become of one certificate.
pub fn planned(it: &PlannedLine) -> Value {
    json!({
        "line": it.line,
        "outcome": it.outcome.key(),
        "number": it.number,
        "body": it.body,
        "reason": it.reason,
        "changes": it.changes,
    })
}

/// The changes of a plan as lines, at most [`SHOWN`]: what is new or wrong is told elsewhere.
pub fn planned_lines(plan: &[PlannedLine]) -> Vec<String> {
    let changed = || plan.iter().filter(|it| it.outcome == Outcome::Changed);
    let mut lines: Vec<String> = changed().take(SHOWN).map(changed_line).collect();
    let more = changed().count().saturating_sub(SHOWN);
    if more > 0 {
        lines.push(format!("……另有变更 {more} 张没有列出，加 --json 可得到全部"));
    }
    lines
}

fn changed_line(it: &PlannedLine) -> String {
    let empty =
        |text: &str| if text.is_empty() { "（空）".to_owned() } else { visible(text).into_owned() };
    let face = it.changes.face.iter().map(|c| format!("{} {} → {}", c.field, empty(&c.old), empty(&c.new)));
    let rows = it.changes.rows.iter().map(|c| format!("{} 增 {} 行、减 {} 行", c.table, c.added, c.removed));
    let all: Vec<String> = face.chain(rows).collect();
    format!("变更　第{}张 {} {}　{}", it.line, it.number, visible(&it.body), all.join("；"))
}

fn document(report: &Report) -> Result<Value> {
    let mut value = serde_json::to_value(report)?;
    value["warnings"] = json!(warnings(report));
    value["problems"] = report.problems.iter().map(problem).collect();
    value["plan"] = report.plan.iter().map(planned).collect();
    // A check keeps nothing, so there is no import to name.
    if report.committed.is_none() {
        value["batch"] = Value::Null;
    }
    Ok(value)
}

fn words(report: &Report) -> String {
    let mut lines = planned_lines(&report.plan);
    for severity in [Severity::Error, Severity::Warning, Severity::Notice] {
        let all = || report.problems.iter().filter(|p| p.severity == severity);
        lines.extend(all().take(SHOWN).map(problem_line));
        let more = all().count().saturating_sub(SHOWN);
        if more > 0 {
            let label = severity.label();
            lines.push(format!(
                "……另有{label} {more} 处没有列出，加 --annotated 文件.xlsx 可得到标注了它们的工作簿"
            ));
        }
    }
    lines.push(format!(
        "证书 {} 张：可办理 {}，其中新赋码 {}、变更 {}、无变化 {}；错误 {} 处，提醒 {} 处",
        report.lines,
        report.good,
        report.fresh,
        report.changed,
        report.unchanged,
        report.errors,
        warnings(report)
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

fn warnings(report: &Report) -> usize {
    report.problems.iter().filter(|p| p.severity == Severity::Warning).count()
}
