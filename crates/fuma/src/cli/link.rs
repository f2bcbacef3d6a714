//! `fuma link`: the download links on 报告二维码领取单.

use super::shown::{by_number, table};
use super::{As, End, Session};
use anyhow::Result;
use app::stored::Link as Row;
use app::{App, AppError};
use clap::Subcommand;
use domain::Number;
use serde_json::{Value, json};

/// What is typed after its name.
#[derive(clap::Args)]
#[command(after_help = "例：fuma link list --as shaanxi 262712050001")]
pub struct Link {
    #[command(subcommand)]
    action: Do,
    #[command(flatten)]
    who: As,
}

#[derive(Subcommand)]
enum Do {
    /// 列出一张证书的下载链接
    List {
        /// 证书编号
        number: Number,
    },
    /// 让一个链接再用30天
    Renew {
        /// 证书编号
        number: Number,
        /// 链接的校验值，见 fuma link list
        link: String,
    },
}

impl Link {
    pub async fn run(self, session: Session) -> Result<End> {
        let (app, ctx) = session.enter(&self.who).await?;
        match self.action {
            Do::List { number } => {
                let id = by_number(&app, &ctx, &number).await?;
                let links = app.links(&ctx, id).await?;
                let rows: Vec<Value> = links.iter().map(|it| link(&app, it)).collect();
                session.tell(&json!({ "links": rows }), || words(&app, &links))?;
            }
            Do::Renew { number, link } => {
                let id = by_number(&app, &ctx, &number).await?;
                let hash = data_encoding::HEXLOWER_PERMISSIVE.decode(link.as_bytes()).ok();
                let hash = hash.and_then(|hash| hash.try_into().ok()).ok_or(AppError::NotFound)?;
                let until = app.renew_link(&ctx, id, &hash).await?;
                let day = until.plus_seconds(-1).day();
                session.tell(&json!({ "link": link, "expires_at": until.rfc3339() }), || {
                    format!("链接可以用到 {day}（含当日）")
                })?;
            }
        }
        Ok(End::Ok)
    }
}

fn link(app: &App, it: &Row) -> Value {
    json!({
        "link": data_encoding::HEXLOWER.encode(&it.token_hash),
        "created_at": it.created_at.rfc3339(),
        "expires_at": it.expires_at.rfc3339(),
        "expired": app.now() >= it.expires_at,
        "downloads": it.downloads,
    })
}

fn words(app: &App, links: &[Row]) -> String {
    let row = |it: &Row| {
        let state = if app.now() < it.expires_at { "可下载" } else { "已过期" };
        let until = it.expires_at.plus_seconds(-1).day().to_string();
        let key = data_encoding::HEXLOWER.encode(&it.token_hash);
        vec![key, it.created_at.shanghai(), until, state.to_owned(), it.downloads.to_string()]
    };
    table(&["校验值", "生成时间", "可用至", "状态", "下载次数"], links.iter().map(row))
}
