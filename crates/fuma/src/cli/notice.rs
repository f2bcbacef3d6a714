//! `fuma notice`: 通知书 to a body.

use super::session::write;
use super::shown::table;
use super::{As, End, Session};
use anyhow::{Context, Result};
use app::stored::Notice;
use app::{AppError, NewNotice};
use clap::Subcommand;
use domain::{BodyId, NoticeId, NoticeKind};
use serde_json::{Value, json};
use std::path::PathBuf;

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma notice draft 12 --kind 证书到期提醒 --as shaanxi-jianguan > 正文.txt\n　　fuma notice make 12 --kind 证书到期提醒 --document 陕示监通〔2026〕1号 --text 正文.txt --as shaanxi-jianguan\n　　fuma notice fetch 1 --out 通知书.pdf --as shaanxi-jianguan"
)]
pub struct Notices {
    #[command(subcommand)]
    action: Do,
    #[command(flatten)]
    who: As,
}

#[derive(Subcommand)]
enum Do {
    /// 列出发给一家机构的通知书
    List {
        /// 机构编号，见其页面的网址或 fuma body
        body: i64,
    },
    /// 由登记内容起草正文
    Draft {
        /// 机构编号
        body: i64,
        /// 种类
        #[arg(long)]
        kind: String,
    },
    /// 制作通知书并存档
    Make {
        /// 机构编号
        body: i64,
        /// 种类
        #[arg(long)]
        kind: String,
        /// 文号
        #[arg(long)]
        document: String,
        /// 正文的文本文件，一行一段
        #[arg(long, value_name = "文件")]
        text: PathBuf,
    },
    /// 写出通知书（PDF），并记下已下载
    Fetch {
        /// 通知书编号，见 fuma notice list
        id: i64,
        /// 写到哪里
        #[arg(long, value_name = "文件")]
        out: PathBuf,
    },
}

fn notice(it: &Notice) -> Value {
    json!({
        "id": it.id,
        "kind": it.kind.key(),
        "document": it.document,
        "text": it.text,
        "sha256": data_encoding::HEXLOWER.encode(&it.digest),
        "made_at": it.made_at.rfc3339(),
        "fetched_at": it.fetched_at.map(|at| at.rfc3339()),
    })
}

impl Notices {
    pub async fn run(self, session: Session) -> Result<End> {
        let (app, ctx) = session.enter(&self.who).await?;
        match self.action {
            Do::List { body } => {
                let all = app.notices_of_body(&ctx, BodyId(body)).await?;
                let documents: Vec<Value> = all.iter().map(notice).collect();
                session.tell(&json!({ "notices": documents }), || {
                    let row = |it: &Notice| {
                        let fetched = it.fetched_at.map(|at| at.to_the_minute()).unwrap_or_default();
                        let (kind, made) = (it.kind.label().to_owned(), it.made_at.to_the_minute());
                        vec![it.id.to_string(), it.document.clone(), kind, made, fetched]
                    };
                    table(&["编号", "文号", "种类", "制作", "下载"], all.iter().map(row))
                })?;
            }
            Do::Draft { body, kind } => {
                let kind = NoticeKind::parse(&kind).ok_or_else(|| {
                    let all: Vec<&str> = NoticeKind::ALL.iter().map(|it| it.label()).collect();
                    AppError::refused(
                        format!("没有“{kind}”这种通知书"),
                        format!("可以是：{}。", all.join("、")),
                    )
                })?;
                let text = app.draft_notice(&ctx, BodyId(body), kind).await?;
                session.tell(&json!({ "kind": kind.key(), "text": text }), || text.clone())?;
            }
            Do::Make { body, kind, document, text } => {
                let read = std::fs::read_to_string(&text);
                let text = read.with_context(|| format!("不能读取{}", text.display()))?;
                let new = NewNotice { kind, document, text };
                let made = app.make_notice(&ctx, BodyId(body), &new).await?;
                return session.recorded(made, "通知书已制作");
            }
            Do::Fetch { id, out } => {
                let (it, bytes) = app.fetch_notice(&ctx, NoticeId(id)).await?;
                let file = write(out, &bytes)?;
                let document = json!({ "id": it.id, "document": it.document, "file": file });
                session.tell(&document, || format!("已写出：{}", file.display()))?;
            }
        }
        Ok(End::Ok)
    }
}
