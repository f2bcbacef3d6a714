//! `fuma password`: one's own password, the one-time one included.

use super::{As, End, Session, operator, password};
use anyhow::{Result, bail};
use app::Missing;
use serde_json::json;
use std::path::PathBuf;

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma password --as shaanxi\n　　fuma password --as shaanxi --password-file 旧 --new-password-file 新"
)]
pub struct Password {
    /// 从文件读取新密码（不给出时在终端询问两次）
    #[arg(long, value_name = "文件")]
    new_password_file: Option<PathBuf>,
    #[command(flatten)]
    who: As,
}

impl Password {
    pub async fn run(self, session: Session) -> Result<End> {
        let app = session.open(Missing::Refuse).await?;
        let credentials = self.who.credentials()?;
        let ctx = app.ctx_of_account(&operator(), &credentials, true).await?;
        let new = password(self.new_password_file.as_deref(), "新密码：")?;
        if self.new_password_file.is_none() && password(None, "再输一次新密码：")? != new {
            bail!("两次输入的新密码不一致，密码没有修改");
        }
        app.change_password(&ctx, &credentials.password, &new, None).await?;
        session.tell(&json!({ "changed": true }), || "密码已修改，其他登录都已退出".into())?;
        Ok(End::Ok)
    }
}
