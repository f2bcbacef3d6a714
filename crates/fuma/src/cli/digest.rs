//! `fuma digest`: 每日提要, what was new on the lists of supervision, and which of them one is told of.

use super::{As, End, Session};
use anyhow::{Result, bail};
use app::{DigestView, Worklist};
use clap::Subcommand;
use serde_json::{Value, json};

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma digest list --as shaanxi\n　　fuma digest read --as shaanxi\n　　fuma digest set expiring,quality --as shaanxi"
)]
pub struct Digest {
    #[command(subcommand)]
    action: Do,
}

#[derive(Subcommand)]
enum Do {
    /// 列出本人近 30 天的提要和提要包括的清单
    List {
        #[command(flatten)]
        who: As,
    },
    /// 把本人的提要全部标为已读
    Read {
        #[command(flatten)]
        who: As,
    },
    /// 设置提要包括哪些清单，从下一份起
    Set {
        /// 清单，用逗号分开；见 list 给出的清单
        #[arg(value_delimiter = ',')]
        lists: Vec<String>,
        #[command(flatten)]
        who: As,
    },
}

fn digest(it: &DigestView) -> Value {
    let line = |line: &app::DigestLine| json!({ "list": line.list.key(), "fresh": line.fresh });
    json!({
        "day": it.day,
        "lines": it.lines.iter().map(line).collect::<Vec<_>>(),
        "read": super::shown::moment(it.read),
    })
}

fn told(it: &DigestView) -> String {
    let line = |line: &app::DigestLine| format!("　{}", crate::office::digest::words(line));
    let read = if it.read.is_some() { "" } else { "　未读" };
    std::iter::once(format!("{}{read}", it.day))
        .chain(it.lines.iter().map(line))
        .collect::<Vec<_>>()
        .join("\n")
}

impl Digest {
    pub async fn run(self, session: Session) -> Result<End> {
        match self.action {
            Do::List { who } => {
                let (app, ctx) = session.enter(&who).await?;
                let (digests, lists) = (app.digests(&ctx).await?, app.digest_lists(&ctx).await?);
                let list = |(list, on): &(Worklist, bool)| json!({ "list": list.key(), "told": on });
                let document = json!({
                    "digests": digests.iter().map(digest).collect::<Vec<_>>(),
                    "lists": lists.iter().map(list).collect::<Vec<_>>(),
                });
                session.tell(&document, || match digests.is_empty() {
                    true => "没有提要。每天 06:00 起汇总新出现的事项，没有新事项的日子没有提要".to_owned(),
                    false => digests.iter().map(told).collect::<Vec<_>>().join("\n"),
                })?;
            }
            Do::Read { who } => {
                let (app, ctx) = session.enter(&who).await?;
                let marked = app.mark_digests(&ctx, app.today()).await?;
                session.tell(&json!({ "marked": marked }), || format!("已标为已读 {marked} 份"))?;
            }
            Do::Set { lists, who } => {
                let (app, ctx) = session.enter(&who).await?;
                let mut wanted = Vec::with_capacity(lists.len());
                for key in lists.iter().filter(|key| !key.is_empty()) {
                    match Worklist::parse(key) {
                        Some(list) => wanted.push(list),
                        None => bail!("没有清单“{key}”。运行 fuma digest list --json 可以看到全部清单"),
                    }
                }
                app.set_digest_lists(&ctx, &wanted).await?;
                let keys: Vec<&str> = wanted.iter().map(|list| list.key()).collect();
                session.tell(&json!({ "lists": keys }), || "已保存，从下一份提要起".to_owned())?;
            }
        }
        Ok(End::Ok)
    }
}
