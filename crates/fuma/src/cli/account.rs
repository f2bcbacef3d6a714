//! `fuma account`.

use super::shown::{by_code, moment, table};
use super::{As, End, Session, operator};
use anyhow::{Context, Result, bail};
use app::{AccountInfo, App, Ctx, Missing, NewAccount, Slip};
use clap::Subcommand;
use domain::{AccountId, AuthorityId, Role};
use serde_json::{Value, json};

/// What is typed after its name.
#[derive(clap::Args)]
#[command(after_help = "例：fuma account create shaanxi --name 张示例 --authority 27 --role licensing")]
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
    /// 查看一个账号
    Show {
        /// 账号编号
        id: i64,
    },
    /// 修改姓名、角色
    Change {
        /// 账号编号
        id: i64,
        /// 姓名，不给出时不变
        #[arg(long)]
        name: Option<String>,
        /// 角色，不给出时不变
        #[arg(long)]
        role: Option<String>,
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
                let (authority, role) = (by_code(&app, &authority)?, parsed(&role)?);
                if self.who.account.is_none() && role != Role::Administrator {
                    bail!("工作人员的账号由其机关的管理员开设：请加 --as 和管理员的账号");
                }
                let slip = app.create_account(&ctx, NewAccount { login, name, authority, role }).await?;
                tell_slip(&session, &slip)
            }
            Do::Reset { id } => tell_slip(&session, &app.reset_password(&ctx, AccountId(id)).await?),
            Do::Disable { id } => {
                app.disable_account(&ctx, AccountId(id)).await?;
                show(&session, &app, &ctx, AccountId(id)).await
            }
            Do::Enable { id } => {
                app.enable_account(&ctx, AccountId(id)).await?;
                show(&session, &app, &ctx, AccountId(id)).await
            }
            Do::Show { id } => show(&session, &app, &ctx, AccountId(id)).await,
            Do::Change { id, name, role } => {
                let id = AccountId(id);
                let stands = app.account(&ctx, id).await?;
                let role = role.map_or(Ok(stands.role), |role| parsed(&role))?;
                app.change_role_name(&ctx, id, role, name.as_deref().unwrap_or(&stands.name)).await?;
                show(&session, &app, &ctx, id).await
            }
            Do::List { authority } => {
                let authority = authority.map(|code| by_code(&app, &code)).transpose()?;
                let all = every(&app, &ctx, authority).await?;
                let document: Vec<Value> = all.iter().map(|it| account(&app, it)).collect();
                session.tell(&json!({ "accounts": document }), || words(&app, &all))
            }
        }?;
        Ok(End::Ok)
    }
}

fn parsed(role: &str) -> Result<Role> {
    Role::parse(role).with_context(|| format!("没有角色“{role}”，见 --help"))
}

/// All accounts, page by page.
async fn every(app: &App, ctx: &Ctx, authority: Option<AuthorityId>) -> Result<Vec<AccountInfo>> {
    let mut all: Vec<AccountInfo> = Vec::new();
    loop {
        let page = app.list_accounts(ctx, authority, all.last().map(|it| it.id)).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

async fn show(session: &Session, app: &App, ctx: &Ctx, id: AccountId) -> Result<()> {
    let it = app.account(ctx, id).await?;
    session.tell(&account(app, &it), || words(app, std::slice::from_ref(&it)))
}

/// The one-time password is shown this once.
fn tell_slip(session: &Session, slip: &Slip) -> Result<()> {
    let document = json!({
        "id": slip.account,
        "login": slip.login,
        "name": slip.name,
        "authority": slip.authority,
        "role": slip.role,
        "one_time_password": slip.password.reveal(),
    });
    session.tell(&document, || {
        format!("{}　{}　一次性密码：{}", slip.login, slip.role.label(), slip.password.reveal())
    })
}

fn account(app: &App, it: &AccountInfo) -> Value {
    json!({
        "id": it.id,
        "login": it.login,
        "name": it.name,
        "authority": app.authority_name(it.authority),
        "role": it.role,
        "disabled": it.disabled,
        "must_change": it.must_change,
        "locked_until": moment(it.locked_until),
        "last_login_at": moment(it.last_login_at),
        "last_login_from": it.last_login_from,
        "created_at": it.created_at.rfc3339(),
    })
}

fn words(app: &App, all: &[AccountInfo]) -> String {
    let row = |it: &AccountInfo| {
        let state = if it.disabled { "停用" } else { "启用" };
        let authority = app.authority_name(it.authority);
        let role = it.role.label().to_owned();
        vec![it.id.to_string(), it.login.clone(), it.name.clone(), authority, role, state.to_owned()]
    };
    table(&["编号", "登录名", "姓名", "机关", "角色", "状态"], all.iter().map(row))
}
