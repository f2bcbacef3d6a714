//! `fuma bulletin`: 通报, and what provinces declare for them.

use super::session::At;
use super::shown::table;
use super::{As, End, Session, sure, write};
use crate::office::bulletins::told;
use anyhow::{Context, Result};
use app::{AppError, BulletinView, Declaring};
use clap::{Subcommand, ValueEnum};
use domain::bulletin::{BulletinId, PARTS, Period, ReplyKind, Step, columns};
use serde_json::{Value, json};
use std::path::PathBuf;

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma bulletin draft 2026-Q3 --as guojia\n　　fuma bulletin approve 1 --as guojia2\n　　fuma bulletin release 1 --as guojia --yes\n　　fuma bulletin declare 1250 --day 2026-09-30 --as shaanxi\n　　fuma bulletin export 1 --format xlsx --out 通报.xlsx --as shaanxi"
)]
pub struct Bulletins {
    #[command(subcommand)]
    action: Do,
    #[command(flatten)]
    who: As,
}

/// A file of a bulletin.
#[derive(Clone, Copy, ValueEnum)]
enum FileFormat {
    Pdf,
    Xlsx,
    /// 统计数据，可重新算出全部数字
    Txt,
    Json,
}

#[derive(Subcommand)]
enum Do {
    /// 列出可以查看的通报，新的在前
    List {
        /// 只要这个编号以前的
        #[arg(long, value_name = "编号")]
        before: Option<i64>,
        /// 最多列出多少份
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// 查看一份通报
    Show { id: i64 },
    /// 起草（国家级）：2026-09 为月度，2026-Q3 为季度，2026 为年度
    Draft {
        /// 时期；更正时不填
        period: Option<String>,
        /// 更正这一份已发布的通报
        #[arg(long, value_name = "编号", conflicts_with = "period")]
        correct: Option<i64>,
    },
    /// 修改草稿的文字
    Edit {
        id: i64,
        /// 新的标题；不填的不改
        #[arg(long)]
        title: Option<String>,
        /// 正文文件（UTF-8，一行一段）；不填的不改
        #[arg(long, value_name = "文件")]
        text: Option<PathBuf>,
    },
    /// 审定：起草和修改过的人不能审定
    Approve { id: i64 },
    /// 退回起草
    Return { id: i64 },
    /// 发布：发布后不再改动，立即进入各省收件箱
    Release {
        id: i64,
        /// 不再询问
        #[arg(long)]
        yes: bool,
    },
    /// 放弃没有发布的
    Discard {
        id: i64,
        /// 不再询问
        #[arg(long)]
        yes: bool,
    },
    /// 撤回已发布的
    Withdraw {
        id: i64,
        /// 原因，各省可以看到
        #[arg(long)]
        reason: String,
        /// 不再询问
        #[arg(long)]
        yes: bool,
    },
    /// 写成文件
    Export {
        id: i64,
        #[arg(long, value_enum, default_value = "pdf")]
        format: FileFormat,
        /// 写到哪里
        #[arg(long, value_name = "文件")]
        out: PathBuf,
    },
    /// 签收
    Sign { id: i64 },
    /// 回复，或对一项指标提出异议
    Reply {
        id: i64,
        /// 有异议的指标，见 fuma bulletin show；不填的为回复
        #[arg(long, value_name = "指标")]
        dispute: Option<String>,
        /// 内容，不要写个人信息
        #[arg(long)]
        text: String,
    },
    /// 答复一条回复或异议（国家级）
    Answer {
        id: i64,
        /// 回复的编号，见 fuma bulletin show
        reply: i64,
        /// 内容
        #[arg(long)]
        text: String,
    },
    /// 申报月末有效证书张数；不填张数的列出已申报的
    Declare {
        certificates: Option<String>,
        /// 已经过完的一个月的最后一天，不填为上月末
        #[arg(long, default_value = "")]
        day: String,
    },
}

fn words(view: &BulletinView) -> String {
    let mut out = format!("{}（{}）\n{}\n", view.title, view.state.label(), view.text);
    for (label, of) in PARTS {
        let labels: Vec<String> =
            std::iter::once("机关".to_owned()).chain(columns(of).map(|it| it.label())).collect();
        let heads: Vec<&str> = labels.iter().map(String::as_str).collect();
        let lines = view.shown.lines.iter().chain([&view.shown.nation]);
        let row = |line: &domain::bulletin::Line| {
            std::iter::once(line.short_name.clone()).chain(columns(of).map(|it| it.text(line))).collect()
        };
        out += &format!("\n{label}\n{}\n", table(&heads, lines.map(row)));
    }
    out
}

impl Bulletins {
    pub async fn run(self, session: Session) -> Result<End> {
        let (app, ctx) = session.enter(&self.who).await?;
        let at = (&session, &*app, &ctx);
        match self.action {
            Do::List { before, limit } => list(at, before, limit).await,
            Do::Show { id } => show(at, BulletinId(id)).await,
            Do::Draft { period, correct } => draft(at, period, correct).await,
            Do::Edit { id, title, text } => edit(at, BulletinId(id), title, text).await,
            Do::Approve { id } => step(at, (id, Step::Approve, "")).await,
            Do::Return { id } => step(at, (id, Step::Return, "")).await,
            Do::Release { id, yes } => release(at, id, yes).await,
            Do::Discard { id, yes } => {
                sure(yes, &format!("将放弃通报 {id}"))?;
                step(at, (id, Step::Discard, "")).await
            }
            Do::Withdraw { id, reason, yes } => {
                sure(yes, &format!("将撤回通报 {id}"))?;
                step(at, (id, Step::Withdraw, &reason)).await
            }
            Do::Export { id, format, out } => export(at, (BulletinId(id), format, out)).await,
            Do::Sign { id } => sign(at, BulletinId(id)).await,
            Do::Reply { id, dispute, text } => reply(at, BulletinId(id), dispute, &text).await,
            Do::Answer { id, reply, text } => answer(at, BulletinId(id), (reply, &text)).await,
            Do::Declare { certificates, day } => declare(at, (certificates, day)).await,
        }?;
        Ok(End::Ok)
    }
}

async fn show((session, app, ctx): At<'_>, id: BulletinId) -> Result<()> {
    let view = app.bulletin(ctx, id).await?;
    session.tell(&told::bulletin(app, &view), || words(&view))
}

async fn draft((session, app, ctx): At<'_>, period: Option<String>, correct: Option<i64>) -> Result<()> {
    let id = match correct {
        Some(old) => app.correct_bulletin(ctx, BulletinId(old)).await?,
        None => {
            let typed = period.unwrap_or_default();
            let period = Period::parse(&typed)
                .with_context(|| format!("“{typed}”不是时期：月度写 2026-09，季度写 2026-Q3，年度写 2026"))?;
            app.draft_bulletin(ctx, period, None).await?
        }
    };
    session.tell(&json!({ "id": id }), || format!("已起草：编号 {id}"))
}

async fn edit(
    (session, app, ctx): At<'_>,
    id: BulletinId,
    title: Option<String>,
    text: Option<PathBuf>,
) -> Result<()> {
    let view = app.bulletin(ctx, id).await?;
    let text = match text {
        None => view.text.clone(),
        Some(path) => {
            std::fs::read_to_string(&path).with_context(|| format!("文件 {} 读不出来", path.display()))?
        }
    };
    let title = title.unwrap_or_else(|| view.title.clone());
    app.edit_bulletin(ctx, id, view.at(), (&title, &text)).await?;
    session.tell(&json!({ "id": id, "title": title }), || "已保存".into())
}

async fn release(at: At<'_>, id: i64, yes: bool) -> Result<()> {
    let (_, app, ctx) = at;
    let view = app.bulletin(ctx, BulletinId(id)).await?;
    sure(yes, &format!("将发布“{}”，发布后不再改动", view.title))?;
    step(at, (id, Step::Release, "")).await
}

async fn sign((session, app, ctx): At<'_>, id: BulletinId) -> Result<()> {
    app.sign_bulletin(ctx, id).await?;
    session.tell(&json!({ "id": id, "signed": true }), || "已签收".into())
}

async fn reply(
    (session, app, ctx): At<'_>,
    id: BulletinId,
    dispute: Option<String>,
    text: &str,
) -> Result<()> {
    let kind = if dispute.is_some() { ReplyKind::Dispute } else { ReplyKind::Answer };
    let figure = dispute.unwrap_or_default();
    let reply = app.reply_bulletin(ctx, id, (kind, &figure, text)).await?;
    session.tell(&json!({ "id": id, "reply": reply }), || format!("已提交：编号 {reply}"))
}

async fn answer((session, app, ctx): At<'_>, id: BulletinId, (reply, text): (i64, &str)) -> Result<()> {
    app.answer_reply(ctx, id, reply, text).await?;
    session.tell(&json!({ "id": id, "reply": reply, "answered": true }), || "已答复".into())
}

async fn list((session, app, ctx): At<'_>, before: Option<i64>, limit: u32) -> Result<()> {
    let all = app.bulletins(ctx, before.map(BulletinId), limit).await?;
    let documents: Vec<Value> = all.iter().map(told::listed).collect();
    session.tell(&json!({ "bulletins": documents }), || {
        let row = |it: &app::stored::BulletinListed| {
            let signed = match it.signed {
                Some(true) => "已签收",
                Some(false) => "待签收",
                None => "",
            };
            let state = it.state.label().to_owned();
            vec![it.id.to_string(), it.title.clone(), state, it.since.shanghai(), signed.to_owned()]
        };
        table(&["编号", "标题", "状态", "时间", "签收"], all.iter().map(row))
    })
}

async fn step((session, app, ctx): At<'_>, (id, step, reason): (i64, Step, &str)) -> Result<()> {
    app.step_bulletin(ctx, BulletinId(id), None, (step, reason)).await?;
    let state = step.leads_to();
    session.tell(&json!({ "id": id, "state": state.key() }), || state.label().into())
}

async fn export(
    (session, app, ctx): At<'_>,
    (id, format, out): (BulletinId, FileFormat, PathBuf),
) -> Result<()> {
    let bytes = match format {
        FileFormat::Pdf => app.bulletin_pdf(ctx, id).await?,
        FileFormat::Xlsx => app.bulletin_book(ctx, id).await?,
        FileFormat::Txt => app.bulletin(ctx, id).await?.bulletin.aggregates,
        FileFormat::Json => {
            let view = app.bulletin(ctx, id).await?;
            let told = serde_json::to_vec_pretty(&told::bulletin(app, &view));
            told.map_err(|error| AppError::Fault(error.to_string()))?
        }
    };
    let file = write(out, &bytes)?;
    session.tell(&json!({ "id": id, "file": file, "bytes": bytes.len() }), || {
        format!("已写出 {}", file.display())
    })
}

async fn declare((session, app, ctx): At<'_>, (certificates, day): (Option<String>, String)) -> Result<()> {
    if let Some(certificates) = certificates {
        app.declare(ctx, &Declaring { day, certificates }).await?;
    }
    let all = app.declarations(ctx).await?;
    let value = |it: &app::stored::Declared| json!({ "day": it.day, "certificates": it.certificates, "recorded_at": it.recorded_at.rfc3339() });
    let documents: Vec<Value> = all.iter().map(value).collect();
    session.tell(&json!({ "declared": documents }), || {
        let row = |it: &app::stored::Declared| {
            vec![it.day.to_string(), it.certificates.to_string(), it.recorded_at.shanghai()]
        };
        table(&["期末日期", "有效证书", "申报时间"], all.iter().map(row))
    })
}
