//! `fuma desk`: 工作台, what waits for the authority and where it stands.

use super::{As, End, Session};
use anyhow::Result;
use serde_json::{Map, Value, json};

/// What is typed after its name.
#[derive(clap::Args)]
#[command(after_help = "例：fuma desk --as shaanxi")]
pub struct Desk {
    #[command(flatten)]
    who: As,
}

impl Desk {
    pub async fn run(self, session: Session) -> Result<End> {
        let (app, ctx) = session.enter(&self.who).await?;
        let desk = app.desk(&ctx).await?;
        let by_status: Map<String, Value> =
            desk.by_status.iter().map(|(word, n)| (word.key().to_owned(), json!(n))).collect();
        let document = json!({
            "unread": desk.unread,
            "letters": desk.letters.iter().map(|it| super::inbox::letter(&app, it)).collect::<Vec<_>>(),
            "today": desk.today,
            "drafts": desk.drafts.len(),
            "batches": desk.batches.iter().map(super::batch::head).collect::<Vec<_>>(),
            "print_due": desk.print_due,
            "ending": desk.ending,
            "ending_until": desk.until,
            "by_status": by_status,
            "asked_today": desk.asked_today,
        });
        session.tell(&document, || {
            let mut lines: Vec<String> = desk.letters.iter().map(|it| super::inbox::line(&app, it)).collect();
            lines.extend([
                format!("收件箱未读 {} 条", desk.unread),
                format!("草稿 {} 份", desk.drafts.len()),
                format!("待打印 {} 张", desk.print_due),
                format!("{} 前到期 {} 张", desk.until, desk.ending),
                format!("今天公众查询 {} 次", desk.asked_today),
            ]);
            lines.extend(desk.by_status.iter().map(|(word, n)| format!("{word} {n} 张")));
            let batch = |it: &app::stored::Batch| {
                format!("导入 {}　{}　{}　{}", it.id, it.state.label(), it.file_name, it.message)
            };
            lines.extend(desk.batches.iter().map(batch));
            lines.join("\n")
        })?;
        Ok(End::Ok)
    }
}
