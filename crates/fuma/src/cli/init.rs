//! `fuma init`: an empty folder becomes a registry with its first administrator.

use super::{End, Session, operator};
use anyhow::Result;
use app::{Footing, Missing, NewAccount};
use domain::{AuthorityId, Role};
use serde_json::json;

/// What is typed after its name.
#[derive(clap::Args)]
#[command(after_help = "例：fuma init --admin guojia\n　　fuma init --sandbox　　建立测试环境")]
pub struct Init {
    /// 国家级管理员的登录名
    #[arg(long, default_value = "admin")]
    admin: String,
    /// 国家级管理员的姓名
    #[arg(long, default_value = "系统管理员")]
    name: String,
}

impl Init {
    pub async fn run(self, session: Session) -> Result<End> {
        let app = session.open(Missing::Found).await?;
        let national =
            app.tables().authorities.iter().find(|a| a.level == domain::Level::National).map(|a| a.id);
        let authority = national.unwrap_or(AuthorityId(1));
        let database = session.settings.shown_database();
        if !app.list_accounts(&operator(), Some(authority), None).await?.is_empty() {
            session.tell(&json!({ "founded": false, "database": database }), || {
                format!("登记库已经建好：{database}")
            })?;
            return Ok(End::Ok);
        }
        let new = NewAccount { login: self.admin, name: self.name, authority, role: Role::Administrator };
        let slip = app.create_account(&operator(), new).await?;
        let password = slip.password.reveal();
        let key = session.settings.data.join("personal.key");
        let next = match session.settings.footing {
            Footing::Sandbox => format!("下一步：重新启动 fuma serve，测试环境在 {}", app.config.base_url()),
            Footing::Real | Footing::Demo => "下一步：fuma serve".to_owned(),
        };
        let document =
            json!({ "founded": true, "database": database, "login": slip.login, "password": password });
        session.tell(&document, || {
            [
                format!("登记库已建好：{database}"),
                format!("密钥文件：{}　请另行备份，丢失后加密的个人信息无法读出", key.display()),
                format!("国家级管理员：{}　一次性密码：{password}　首次登录须修改", slip.login),
                next,
            ]
            .join("\n")
        })?;
        Ok(End::Ok)
    }
}
