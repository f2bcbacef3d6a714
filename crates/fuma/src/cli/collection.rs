//! `fuma collection`: 汇总, what each authority has delivered to the nation.

use super::shown::{moment, table};
use super::{As, End, Session};
use anyhow::Result;
use app::Delivered;
use domain::Instant;
use serde_json::{Value, json};

/// What is typed after its name.
#[derive(clap::Args)]
#[command(after_help = "例：fuma collection --as guojia")]
pub struct Collection {
    #[command(flatten)]
    who: As,
}

fn last(it: &Delivered) -> Option<Instant> {
    (it.last != 0).then(|| Instant::from_micros(it.last))
}

impl Collection {
    pub async fn run(self, session: Session) -> Result<End> {
        let (app, ctx) = session.enter(&self.who).await?;
        let all = app.delivered(&ctx).await?;
        let row = |it: &Delivered| {
            json!({
                "authority": it.name,
                "certificates": it.total,
                "valid": it.valid,
                "last_at": moment(last(it)),
            })
        };
        let rows: Vec<Value> = all.iter().map(row).collect();
        let (total, valid) =
            all.iter().fold((0, 0), |(total, valid), it| (total + it.total, valid + it.valid));
        let document = json!({ "authorities": rows, "certificates": total, "valid": valid });
        session.tell(&document, || {
            let row = |it: &Delivered| {
                let at = last(it).map(Instant::shanghai).unwrap_or_default();
                vec![it.name.clone(), it.total.to_string(), it.valid.to_string(), at]
            };
            let rows = table(&["机关", "证书", "有效", "最近"], all.iter().map(row));
            format!("{rows}\n合计 {total} 张，有效 {valid} 张")
        })?;
        Ok(End::Ok)
    }
}
