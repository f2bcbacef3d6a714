//! `fuma log`: 办理记录 of the authority, newest first.

use super::shown::{by_code, event, events};
use super::{As, End, Session};
use anyhow::{Context, Result};
use app::stored::{Position, Recorded};
use serde_json::json;

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma log --as shaanxi --limit 20\n　　fuma log --as shaanxi --before 1.204 --json"
)]
pub struct Log {
    /// 只要这个位置以前的，如 1.204
    #[arg(long, value_name = "位置")]
    before: Option<String>,
    /// 机关的两位代码（国家级账号）
    #[arg(long, value_name = "代码")]
    authority: Option<String>,
    /// 最多列出多少条
    #[arg(long, default_value_t = 100)]
    limit: usize,
    #[command(flatten)]
    who: As,
}

fn position(text: &str) -> Option<Position> {
    let (epoch, number) = text.split_once('.')?;
    Some(Position { epoch: epoch.parse().ok()?, number: number.parse().ok()? })
}

impl Log {
    pub async fn run(self, session: Session) -> Result<End> {
        let (app, ctx) = session.enter(&self.who).await?;
        let authority = self.authority.map(|code| by_code(&app, &code)).transpose()?;
        let mut before = match &self.before {
            Some(text) => Some(position(text).with_context(|| format!("“{text}”不是位置；位置形如 1.204"))?),
            None => None,
        };
        let mut all: Vec<Recorded> = Vec::new();
        while all.len() < self.limit {
            let page = app.events(&ctx, authority, before).await?;
            let Some(last) = page.last() else { break };
            before = Some(last.position);
            all.extend(page);
        }
        all.truncate(self.limit);
        let names = app.actor_names(&ctx, &all).await?;
        let numbers = app.numbers_of_events(&ctx, &all).await?;
        let document: Vec<_> = all.iter().map(|it| event(it, &names, &numbers)).collect();
        session.tell(&json!({ "events": document }), || events(&all, &names, &numbers))?;
        Ok(End::Ok)
    }
}
