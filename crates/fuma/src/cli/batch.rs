//! `fuma batch`: the imports, what was wrong with them, what they assigned, and what is done with one.

use super::certificate::tell_file;
use super::import::{planned, planned_lines, problem, problem_line};
use super::shown::table;
use super::{As, End, Session, sure, write};
use anyhow::Result;
use app::stored::{Batch as Row, BatchState};
use app::{App, Ctx, Decision, Extent, LineDone, Missing, PlannedLine, sheet};
use clap::Subcommand;
use domain::{BatchId, Group, StatusAct};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma batch list --as shaanxi\n　　fuma batch annul --as shaanxi 3 --reason 原因\n　　fuma batch template --out 模板.xlsx"
)]
pub struct Batch {
    #[command(subcommand)]
    action: Do,
    #[command(flatten)]
    who: As,
}

#[derive(Subcommand)]
enum Do {
    /// 列出导入，新的在前
    List {
        /// 最多列出多少次
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// 一次导入的数量、问题和办理结果
    Show {
        /// 批次
        id: i64,
    },
    /// 提交一次已检查的导入，或继续一次中断的导入
    Commit {
        /// 批次
        id: i64,
        /// 全部或不：有一处错误就一张也不赋码
        #[arg(long)]
        whole: bool,
    },
    /// 重新检查一次还没有提交的导入：检查之后登记库有了变化，或检查没有完成
    Recheck {
        /// 批次
        id: i64,
    },
    /// 放弃一次还没有赋码的导入，不写入任何证书
    Discard {
        /// 批次
        id: i64,
    },
    /// 整批误赋码作废
    Annul {
        /// 批次
        id: i64,
        /// 原因
        #[arg(long)]
        reason: String,
        /// 文号
        #[arg(long, default_value = "")]
        document: String,
        /// 不再询问
        #[arg(long)]
        yes: bool,
    },
    /// 标注了问题的工作簿
    Annotated {
        /// 批次
        id: i64,
        /// 写到哪个 .xlsx 文件
        #[arg(long)]
        out: PathBuf,
    },
    /// 导入模板：.xlsx 为一个工作簿，否则为文件夹，每个工作表一个CSV
    Template {
        /// 写到哪里
        #[arg(long)]
        out: PathBuf,
    },
}

impl Batch {
    pub async fn run(self, session: Session) -> Result<End> {
        // A template holds nothing of anybody's: it is had without an account.
        if let Do::Template { out } = &self.action {
            let app = session.open(Missing::Refuse).await?;
            template(&session, &app, out)?;
            return Ok(End::Ok);
        }
        let (app, ctx) = session.enter(&self.who).await?;
        match self.action {
            Do::List { limit } => list(&session, &app, &ctx, limit).await?,
            Do::Show { id } => show(&session, &app, &ctx, BatchId(id)).await?,
            Do::Commit { id, whole } => {
                let extent = if whole { Extent::Whole } else { Extent::Good };
                app.commit_batch(&ctx, BatchId(id), extent).await?;
                return settled(&session, &app, &ctx, BatchId(id), BatchState::Done).await;
            }
            Do::Recheck { id } => {
                app.recheck_batch(&ctx, BatchId(id)).await?;
                return settled(&session, &app, &ctx, BatchId(id), BatchState::Checked).await;
            }
            Do::Discard { id } => {
                app.discard_batch(&ctx, BatchId(id)).await?;
                show(&session, &app, &ctx, BatchId(id)).await?;
            }
            Do::Annul { id, reason, document, yes } => {
                let decision = Decision { act: StatusAct::Annul, effective: app.today(), document, reason };
                let file = app.batch(&ctx, BatchId(id)).await?.file_name;
                let question = format!("将作废导入 {id}（{file}）赋码的全部有效证书，不能撤回为未赋码");
                sure(yes, &question)?;
                let n = app.annul_batch(&ctx, BatchId(id), &decision).await?;
                session.tell(&json!({ "batch": id, "annulled": n }), || format!("已作废 {n} 张"))?;
            }
            Do::Annotated { id, out } => {
                tell_file(&session, write(out, &app.annotated(&ctx, BatchId(id)).await?)?)?;
            }
            Do::Template { .. } => (),
        }
        Ok(End::Ok)
    }
}

/// An import without its rows.
pub fn head(it: &Row) -> Value {
    let s = &it.summary;
    json!({
        "batch": it.id,
        "file_name": it.file_name,
        "state": it.state.key(),
        "door": it.door.key(),
        "lines": s.lines,
        "good": s.good,
        "fresh": s.fresh,
        "changed": s.changed,
        "unchanged": s.unchanged,
        "done": it.done,
        "message": it.message,
        "created_at": it.created_at.rfc3339(),
    })
}

fn words(all: &[Row]) -> String {
    let row = |it: &Row| {
        let s = &it.summary;
        vec![
            it.id.to_string(),
            it.created_at.shanghai(),
            it.file_name.clone(),
            it.state.label().to_owned(),
            s.lines.to_string(),
            (s.fresh + s.changed).to_string(),
            it.done.to_string(),
            it.message.clone(),
        ]
    };
    let heads = ["批次", "时间", "文件", "状态", "证书", "可赋码", "已赋码", "说明"];
    table(&heads, all.iter().map(row))
}

async fn list(session: &Session, app: &App, ctx: &Ctx, limit: usize) -> Result<()> {
    let mut all: Vec<Row> = Vec::new();
    while all.len() < limit {
        let page = app.batches(ctx, all.last().map(|it| it.id)).await?;
        if page.is_empty() {
            break;
        }
        all.extend(page);
    }
    all.truncate(limit);
    let document: Vec<Value> = all.iter().map(head).collect();
    session.tell(&json!({ "batches": document }), || words(&all))
}

async fn show(session: &Session, app: &App, ctx: &Ctx, id: BatchId) -> Result<()> {
    let batch = app.batch(ctx, id).await?;
    let mut problems = Vec::new();
    let mut after = 0;
    loop {
        let page = app.batch_problems(ctx, id, None, after, 500).await?;
        let Some((last, _)) = page.last() else { break };
        after = *last;
        problems.extend(page.into_iter().map(|(_, problem)| problem));
    }
    let mut lines: Vec<LineDone> = Vec::new();
    loop {
        let page = app.batch_lines(ctx, id, lines.last().map_or(0, |it| it.line.line), 200).await?;
        if page.is_empty() {
            break;
        }
        lines.extend(page);
    }
    let mut plan: Vec<PlannedLine> = Vec::new();
    loop {
        let page = app.batch_plan(ctx, id, None, plan.last().map_or(0, |it| it.line), 500).await?;
        if page.is_empty() {
            break;
        }
        plan.extend(page);
    }
    let mut document = head(&batch);
    document["plan"] = plan.iter().map(planned).collect();
    document["problems"] = problems.iter().map(problem).collect();
    document["results"] = lines.iter().map(line).collect();
    session.tell(&document, || {
        let row = |it: &LineDone| {
            let card = it.card.as_ref();
            let number = card.map(|card| card.head.number.grouped()).unwrap_or_default();
            let body = card.map(|card| card.face.body_name.clone()).unwrap_or_default();
            let body = if it.card.is_some() { body } else { it.line.reason.clone() };
            vec![it.line.line.to_string(), it.line.outcome.label().to_owned(), number, body]
        };
        let mut text = vec![words(std::slice::from_ref(&batch))];
        text.extend(planned_lines(&plan));
        text.extend(problems.iter().map(problem_line));
        if !lines.is_empty() {
            text.push(table(&["行", "结果", "证书编号", "机构名称"], lines.iter().map(row)));
        }
        text.join("\n")
    })
}

fn line(it: &LineDone) -> Value {
    let head = it.card.as_ref().map(|card| &card.head);
    json!({
        "line": it.line.line,
        "outcome": it.line.outcome.key(),
        "reason": it.line.reason,
        "edition": it.line.certificate.map(|(_, edition)| edition),
        "number": head.map(|head| &head.number),
        "code": head.map(|head| head.code),
        "status": head.map(|head| head.status.word()),
    })
}

/// Waits until the import stands somewhere and tells it; partial if that is not where it was to come.
async fn settled(session: &Session, app: &App, ctx: &Ctx, id: BatchId, wanted: BatchState) -> Result<End> {
    finished(app, ctx, id).await?;
    show(session, app, ctx, id).await?;
    let came = app.batch(ctx, id).await?.state == wanted;
    Ok(if came { End::Ok } else { End::Partial })
}

/// Works on the queue until the import is checked or written; a server that runs beside may be the one who does it.
async fn finished(app: &App, ctx: &Ctx, id: BatchId) -> Result<()> {
    let bar = super::bar();
    loop {
        let batch = app.batch(ctx, id).await?;
        match batch.state {
            BatchState::Checking => bar.set_message("检查"),
            BatchState::Committing => {
                bar.set_message("赋码");
                bar.set_length(u64::from(batch.summary.fresh + batch.summary.changed));
                bar.set_position(u64::from(batch.done));
            }
            BatchState::Uploading
            | BatchState::Unchecked
            | BatchState::Checked
            | BatchState::Interrupted
            | BatchState::Done
            | BatchState::Discarded
            | BatchState::Failed => break bar.finish_and_clear(),
        }
        if !app.work_once().await? {
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }
    Ok(())
}

fn template(session: &Session, app: &App, out: &Path) -> Result<()> {
    if out.extension().is_some_and(|e| e.eq_ignore_ascii_case("xlsx")) {
        return tell_file(session, write(out.to_owned(), &sheet::template(&app.tables())?)?);
    }
    std::fs::create_dir_all(out)?;
    let mut files = Vec::new();
    for group in Group::ALL {
        files.push(write(out.join(format!("{}.csv", group.sheet())), &sheet::csv_template(group))?);
    }
    session.tell(&json!({ "files": files }), || {
        files.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join("\n")
    })
}
