//! `fuma inbox`: 收件箱, acts of other authorities that concern this one.

use super::{As, End, Session};
use anyhow::{Context, Result};
use app::App;
use app::stored::{Letter, Position, Which};
use clap::Subcommand;
use serde_json::{Value, json};

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma inbox list --as shaanxi --unread\n　　fuma inbox read --as shaanxi 1.204\n　　fuma inbox read --as shaanxi 1.204 --all"
)]
pub struct Inbox {
    #[command(subcommand)]
    action: Do,
    #[command(flatten)]
    who: As,
}

#[derive(Subcommand)]
enum Do {
    /// 列出办理通报，新的在前
    List {
        /// 只列未读的
        #[arg(long)]
        unread: bool,
        /// 只要这个位置以前的，如 1.204
        #[arg(long, value_name = "位置")]
        before: Option<String>,
        /// 最多列出多少条
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// 标为已读
    Read {
        /// 办理通报的位置，见 fuma inbox list
        at: String,
        /// 连同这个位置以前的全部
        #[arg(long)]
        all: bool,
    },
}

fn position(text: &str) -> Result<Position> {
    let parts = text.split_once('.');
    let parsed =
        parts.and_then(|(epoch, n)| Some(Position { epoch: epoch.parse().ok()?, number: n.parse().ok()? }));
    parsed.with_context(|| format!("“{text}”不是位置；位置形如 1.204"))
}

/// A letter in JSON.
pub fn letter(app: &App, it: &Letter) -> Value {
    json!({
        "at": format!("{}.{}", it.at.epoch, it.at.number),
        "number": it.number,
        "issuer": app.authority_name(it.issuer),
        "body": it.body,
        "body_name": it.body_name,
        "act": it.kind.key(),
        "document": it.document,
        "effective": it.effective,
        "recorded_at": it.recorded_at.rfc3339(),
        "by": app.authority_name(it.by),
        "concerning": it.concern.key(),
        "read_at": it.read.map(|(at, _)| at.rfc3339()),
    })
}

/// A letter as one line.
pub fn line(app: &App, it: &Letter) -> String {
    let mark = if it.read.is_some() { "已读" } else { "未读" };
    format!(
        "{}.{}　{mark}　{}：{}　{}　{}　{}　自 {}　{}",
        it.at.epoch,
        it.at.number,
        app.authority_name(it.by),
        it.kind.label(),
        it.body_name,
        it.number.grouped(),
        it.document,
        it.effective,
        it.concern.label(),
    )
}

impl Inbox {
    pub async fn run(self, session: Session) -> Result<End> {
        let (app, ctx) = session.enter(&self.who).await?;
        match self.action {
            Do::List { unread, before, limit } => {
                let which = if unread { Which::Unread } else { Which::All };
                let before = before.as_deref().map(position).transpose()?;
                let all = app.inbox(&ctx, which, before, limit).await?;
                let letters: Vec<Value> = all.iter().map(|it| letter(&app, it)).collect();
                let document = json!({ "letters": letters, "unread": app.unread(&ctx).await? });
                session.tell(&document, || match all.is_empty() {
                    true => "没有办理通报".to_owned(),
                    false => all.iter().map(|it| line(&app, it)).collect::<Vec<_>>().join("\n"),
                })?;
            }
            Do::Read { at, all } => {
                let at = position(&at)?;
                let marked = match all {
                    true => app.mark_read_up_to(&ctx, at).await?,
                    false => app.mark_read(&ctx, at).await.map(|()| 1)?,
                };
                session.tell(&json!({ "marked": marked }), || format!("{marked} 条标为已读"))?;
            }
        }
        Ok(End::Ok)
    }
}
