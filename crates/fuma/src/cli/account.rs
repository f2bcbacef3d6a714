//! `fuma account`.

use super::{As, End, Session, operator};
use anyhow::{Context, Result};
use app::{Ctx, Missing, NewAccount};
use clap::Subcommand;
use comfy_table::Table;
use domain::{AccountId, AuthorityId, Role};

/// 例：fuma account create shaanxi --name 张示例 --authority 27 --role licensing
#[derive(clap::Args)]
pub struct Account {
    #[command(subcommand)]
    action: Do,
    #[command(flatten)]
    who: As,
}

#[derive(Subcommand)]
enum Do {
    /// 开设账号，显示一次性密码
    Create {
        /// 登录名
        login: String,
        /// 姓名
        #[arg(long)]
        name: String,
        /// 机关的两位代码
        #[arg(long)]
        authority: String,
        /// 角色：administrator licensing supervision integration viewer
        #[arg(long)]
        role: String,
    },
    /// 列出账号
    List {
        /// 机关的两位代码
        #[arg(long)]
        authority: Option<String>,
    },
    /// 重置密码，显示新的一次性密码
    Reset {
        /// 账号编号
        id: i64,
    },
    /// 停用账号
    Disable {
        /// 账号编号
        id: i64,
    },
    /// 启用账号
    Enable {
        /// 账号编号
        id: i64,
    },
}

impl Account {
    pub async fn run(self, session: Session) -> Result<End> {
        let app = session.open(Missing::Refuse).await?;
        // Without --as it is the person at the machine, recorded as operator.
        let ctx: Ctx = match &self.who.account {
            Some(_) => session.call_as(&app, &self.who).await?,
            None => operator(),
        };
        match self.action {
            Do::Create { login, name, authority, role } => {
                let authority = by_code(&app, &authority)?;
                let role = Role::parse(&role).with_context(|| format!("没有角色“{role}”，见 --help"))?;
                let slip = app.create_account(&ctx, NewAccount { login, name, authority, role }).await?;
                println!("{}　{}　一次性密码：{}", slip.login, slip.role.label(), slip.password.reveal());
            }
            Do::Reset { id } => {
                let slip = app.reset_password(&ctx, AccountId(id)).await?;
                println!("{}　新的一次性密码：{}", slip.login, slip.password.reveal());
            }
            Do::Disable { id } => app.disable_account(&ctx, AccountId(id)).await?,
            Do::Enable { id } => app.enable_account(&ctx, AccountId(id)).await?,
            Do::List { authority } => {
                let authority = authority.map(|code| by_code(&app, &code)).transpose()?;
                let mut table = Table::new();
                table.set_header(["编号", "登录名", "姓名", "机关", "角色", "状态"]);
                for a in app.list_accounts(&ctx, authority, None).await? {
                    let state = if a.disabled { "停用" } else { "启用" };
                    let authority = app.authority_name(a.authority);
                    table.add_row([&a.id.to_string(), &a.login, &a.name, &authority, a.role.label(), state]);
                }
                println!("{table}");
            }
        }
        Ok(End::Ok)
    }
}

/// The authority that holds a two-digit code today.
pub fn by_code(app: &app::App, code: &str) -> Result<AuthorityId> {
    let tables = app.tables();
    let two = code.parse().ok().with_context(|| format!("“{code}”不是两位代码"))?;
    tables.holders(two, Some(app.today())).next().with_context(|| format!("没有机关使用代码{code}"))
}
