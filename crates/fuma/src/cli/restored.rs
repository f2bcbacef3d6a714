//! `fuma restored`: what must follow a restore, or a promotion that may have lost something.

use super::{End, Session, operator, sure};
use anyhow::Result;
use app::Missing;

/// What is typed after its name.
#[derive(clap::Args)]
#[command(after_help = "例：fuma restored --yes")]
pub struct Restored {
    /// 不再询问
    #[arg(long)]
    yes: bool,
}

impl Restored {
    pub async fn run(self, session: Session) -> Result<End> {
        let app = session.open(Missing::Refuse).await?;
        let question = "登记库将升一代：外部游标作废，每个计数器在管理员确认下一个号之前不再给号";
        sure(self.yes, question)?;
        let epoch = app.raise_epoch(&operator()).await?;
        session.tell(&serde_json::json!({ "epoch": epoch }), || {
            format!("现为第 {epoch} 代。请各机关管理员在“系统—证书模板”中逐个确认计数器的下一个号")
        })?;
        Ok(End::Ok)
    }
}
