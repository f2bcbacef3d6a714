//! The list of certificates.

use super::Which;
use crate::cli::Session;
use crate::cli::shown::{card, table};
use anyhow::Result;
use app::stored::Card;
use app::{App, Ctx};
use domain::Verdict;
use serde_json::{Value, json};

/// Certificates asked for at a time.
const PAGE: u32 = 500;

/// The list.
#[derive(clap::Args)]
pub struct List {
    #[command(flatten)]
    which: Which,
    /// 最多列出多少张
    #[arg(long, default_value_t = 50)]
    limit: usize,
    /// 列出全部
    #[arg(long, conflicts_with = "limit")]
    all: bool,
}

impl List {
    pub async fn run(&self, session: &Session, app: &App, ctx: &Ctx) -> Result<()> {
        let filter = self.which.filter(app)?;
        let limit = if self.all { usize::MAX } else { self.limit };
        let (mut rows, mut total): (Vec<Card>, u64) = (Vec::new(), 0);
        while rows.len() < limit {
            let before = rows.last().map(|card| card.head.id.0);
            let page =
                app.certificates(ctx, &filter, before, PAGE.min(limit.try_into().unwrap_or(PAGE))).await?;
            total = page.total;
            if page.rows.is_empty() {
                break;
            }
            rows.extend(page.rows);
        }
        rows.truncate(limit);
        let heads: Vec<_> = rows.iter().map(|card| &card.head).collect();
        let today = app.standings(&heads).await?;
        let list: Vec<Value> = rows.iter().zip(&today).map(|(it, today)| card(app, it, today)).collect();
        session.tell(&json!({ "total": total, "certificates": list }), || words(&rows, &today, total))
    }
}

fn words(rows: &[Card], today: &[Verdict], total: u64) -> String {
    let row = |(card, today): (&Card, &Verdict)| {
        let head = &card.head;
        let (number, body) = (head.number.grouped(), card.face.body_name.clone());
        let due = if head.print_due { "待打印" } else { "" };
        vec![
            number,
            body,
            today.word().label().to_owned(),
            head.valid_to.to_string(),
            head.edition.to_string(),
            due.to_owned(),
        ]
    };
    let heads = ["证书编号", "机构名称", "状态", "有效期至", "版本", "打印"];
    format!("{}\n共 {total} 张，列出 {} 张", table(&heads, rows.iter().zip(today).map(row)), rows.len())
}
