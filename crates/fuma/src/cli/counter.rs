//! `fuma counter`: the counters of the authority's numbers.

use super::shown::table;
use super::{As, End, Session};
use anyhow::{Context, Result};
use app::{CounterInfo, CounterPlace, CounterRef};
use clap::Subcommand;
use domain::Two;
use serde_json::{Value, json};

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma counter list --as shaanxi-admin\n　　fuma counter set --as shaanxi-admin 2627---- --next 100"
)]
pub struct Counter {
    #[command(subcommand)]
    action: Do,
    #[command(flatten)]
    who: As,
}

#[derive(Subcommand)]
enum Do {
    /// 列出计数器、下一个流水号和剩余
    List,
    /// 设置或（恢复备份后）确认下一个流水号；只能调大
    Set {
        /// 计数器，见 fuma counter list；不给出时用年份、代码、领域、行业指明
        key: Option<String>,
        /// 下一个流水号
        #[arg(long)]
        next: u32,
        /// 发证年份，四位
        #[arg(long, conflicts_with = "key", requires_all = ["code", "domain", "industry"])]
        year: Option<u16>,
        /// 机关代码
        #[arg(long, requires = "year")]
        code: Option<Two>,
        /// 领域
        #[arg(long, requires = "year")]
        domain: Option<Two>,
        /// 行业
        #[arg(long, requires = "year")]
        industry: Option<Two>,
    },
}

impl Counter {
    pub async fn run(self, session: Session) -> Result<End> {
        let (app, ctx) = session.enter(&self.who).await?;
        let all = match self.action {
            Do::List => app.counters(&ctx).await?,
            Do::Set { key: Some(key), next, .. } => {
                vec![app.set_counter(&ctx, &CounterRef::Key(key), next).await?]
            }
            Do::Set { key: None, next, year, code, domain, industry } => {
                let place = year.zip(code).zip(domain.zip(industry));
                let ((year, code), (domain, industry)) =
                    place.context("请给出计数器，或用 --year --code --domain --industry 指明")?;
                let which = CounterRef::Place(CounterPlace { year, code, domain, industry });
                vec![app.set_counter(&ctx, &which, next).await?]
            }
        };
        let document: Vec<Value> = all.iter().map(counter).collect();
        session.tell(&json!({ "counters": document }), || {
            let row = |it: &CounterInfo| {
                let next = if it.left == 0 { "已用完".to_owned() } else { format!("{:04}", it.next) };
                let state = if it.waiting { "待确认" } else { "" };
                vec![it.key.clone(), it.label.clone(), next, it.left.to_string(), state.to_owned()]
            };
            table(&["计数器", "含义", "下一个", "剩余", "状态"], all.iter().map(row))
        })?;
        Ok(End::Ok)
    }
}

fn counter(it: &CounterInfo) -> Value {
    json!({
        "key": it.key,
        "label": it.label,
        "next": it.next,
        "left": it.left,
        "waiting": it.waiting,
    })
}
