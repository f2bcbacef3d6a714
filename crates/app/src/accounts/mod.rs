//! Accounts: opened with a one-time slip, kept by administrators, never deleted. Signing in is in `signin`, what
//! follows from it in `session`.

mod info;
mod password;
mod session;
mod signin;
mod throttle;

pub use info::{AccountInfo, NewAccount, Slip};
pub use session::{OwnSession, Session};
pub use signin::{Credentials, SignedIn};
pub(crate) use throttle::Throttle;

use crate::{App, AppError, Ctx, Result};
use domain::{
    AccountId, Action, Actor, Answer, AuthorityId, EventKind, Object, Role, Secret, clean, may_keep_account,
};
use info::must_change;
use store::account::Account;
use store::{StoreError, Tx, Urgency};

/// Most accounts on a page.
const PAGE: u32 = 200;

impl App {
    /// Opens an account with a one-time password. Who may open which: [`may_keep_account`].
    ///
    /// # Errors
    /// A login that is malformed or taken, an empty name, an authority that does not exist.
    pub async fn create_account(&self, ctx: &Ctx, new: NewAccount) -> Result<Slip> {
        self.ask(ctx, Action::AccountWrite, Some(new.authority))?;
        self.ask_to_keep(ctx, new.role, new.authority)?;
        if self.tables().authority(new.authority).is_none() {
            return Err(AppError::NotFound);
        }
        let (login, name) = (login_of(&new.login)?, name_of(&new.name)?);
        let one_time = password::one_time();
        let now = self.now();
        let account = Account {
            id: AccountId(self.ids("account", 1).await?),
            login,
            name,
            authority: new.authority,
            role: new.role,
            password: password::hash(one_time.reveal()).await?,
            must_change: true,
            disabled: false,
            failures: 0,
            locked_until: None,
            password_set_at: now,
            last_login_at: None,
            last_login_from: None,
            created_at: now,
        };
        let tx = self.db.begin(Urgency::Act).await?;
        store::account::create(&tx, &account).await.map_err(|error| login_taken(error, &account.login))?;
        let details =
            vec![("authority_of_account", new.authority.0.to_string()), ("role", new.role.key().into())];
        self.record_account(ctx, tx, EventKind::AccountCreate, account.id, details).await?;
        self.slip(account, one_time)
    }

    /// Gives an account a new one-time password, lifts a lock, and ends its sessions.
    pub async fn reset_password(&self, ctx: &Ctx, id: AccountId) -> Result<Slip> {
        let account = self.account_to_keep(ctx, id).await?;
        let one_time = password::one_time();
        let hash = password::hash(one_time.reveal()).await?;
        let tx = self.db.begin(Urgency::Act).await?;
        self.replace_password(&tx, &account, &hash, true).await?;
        store::account::set_failures(&tx, &account, 0, None).await?;
        store::session::delete_all(&tx, id, None).await?;
        self.record_account(ctx, tx, EventKind::PasswordSet, id, vec![("one_time", "1".into())]).await?;
        self.slip(account, one_time)
    }

    /// Disables an account and ends its sessions. Not one's own: nobody would be left to enable it.
    pub async fn disable_account(&self, ctx: &Ctx, id: AccountId) -> Result<()> {
        self.switch_account(ctx, id, true).await
    }

    /// Enables an account again; its password stays as it was.
    pub async fn enable_account(&self, ctx: &Ctx, id: AccountId) -> Result<()> {
        self.switch_account(ctx, id, false).await
    }

    /// Changes role and name. The caller must be one who may keep the account both before and after.
    pub async fn change_role_name(&self, ctx: &Ctx, id: AccountId, role: Role, name: &str) -> Result<()> {
        let account = self.account_to_keep(ctx, id).await?;
        self.ask_to_keep(ctx, role, account.authority)?;
        if account.role != role {
            not_oneself(ctx, id, "修改自己的角色")?;
        }
        let name = name_of(name)?;
        let tx = self.db.begin(Urgency::Act).await?;
        store::account::set_role_name(&tx, &account, role, &name).await?;
        let details = vec![("role_before", account.role.key().into()), ("role", role.key().into())];
        self.record_account(ctx, tx, EventKind::AccountChange, id, details).await
    }

    /// A page of the accounts of an authority after `after`, at most 200; without an authority those of all, or of
    /// the caller's own where that is as far as its right reaches.
    pub async fn list_accounts(
        &self,
        ctx: &Ctx,
        authority: Option<AuthorityId>,
        after: Option<AccountId>,
    ) -> Result<Vec<AccountInfo>> {
        let authority = authority.or(match &ctx.actor {
            Actor::Account { authority, level: domain::Level::Provincial, .. } => Some(*authority),
            _ => None,
        });
        self.ask(ctx, Action::AccountRead, authority)?;
        let list = store::account::list((&self.db).into(), authority, after, PAGE).await?;
        let now = self.now();
        Ok(list.into_iter().map(|account| AccountInfo::of(account, now)).collect())
    }

    /// One account.
    pub async fn account(&self, ctx: &Ctx, id: AccountId) -> Result<AccountInfo> {
        self.ask(ctx, Action::AccountRead, None)?;
        let account = self.stored_account(id).await?;
        self.ask(ctx, Action::AccountRead, Some(account.authority))?;
        Ok(AccountInfo::of(account, self.now()))
    }

    async fn switch_account(&self, ctx: &Ctx, id: AccountId, disabled: bool) -> Result<()> {
        let account = self.account_to_keep(ctx, id).await?;
        if account.disabled == disabled {
            let state = if disabled { "停用" } else { "启用" };
            return Err(AppError::refused(
                format!("账号已经是{state}状态"),
                "无需再次操作；请刷新页面核对。",
            ));
        }
        not_oneself(ctx, id, "停用自己的账号")?;
        let tx = self.db.begin(Urgency::Act).await?;
        store::account::set_disabled(&tx, id, disabled).await?;
        if disabled {
            store::session::delete_all(&tx, id, None).await?;
        }
        let details = vec![("disabled", u8::from(disabled).to_string())];
        self.record_account(ctx, tx, EventKind::AccountChange, id, details).await
    }

    /// The account, if the caller may keep it; asked before the store, so that keys cannot be tried out.
    async fn account_to_keep(&self, ctx: &Ctx, id: AccountId) -> Result<Account> {
        self.ask(ctx, Action::AccountWrite, None)?;
        let account = self.stored_account(id).await?;
        self.ask_to_keep(ctx, account.role, account.authority)?;
        Ok(account)
    }

    async fn stored_account(&self, id: AccountId) -> Result<Account> {
        store::account::by_id((&self.db).into(), id).await?.ok_or(AppError::NotFound)
    }

    /// As [`App::ask`], of the table of who keeps whose accounts.
    fn ask_to_keep(&self, ctx: &Ctx, role: Role, owner: AuthorityId) -> Result<()> {
        let (outcome, error) = match may_keep_account(&ctx.actor, role, owner) {
            Answer::Allowed => return Ok(()),
            Answer::Forbidden => ("forbidden", AppError::Forbidden),
            Answer::Hidden => ("hidden", AppError::NotFound),
        };
        self.access.note(ctx, Action::AccountWrite.key(), outcome, self.now());
        Err(error)
    }

    async fn record_account(
        &self,
        ctx: &Ctx,
        tx: Tx,
        kind: EventKind,
        id: AccountId,
        details: Vec<(&'static str, String)>,
    ) -> Result<()> {
        let mut event = self.event(ctx, kind, Object::Account, id.0);
        event.details = details;
        store::event::append(&tx, &[event]).await?;
        Ok(tx.commit().await?)
    }

    fn slip(&self, account: Account, password: Secret) -> Result<Slip> {
        let tables = self.tables();
        let authority = tables.authority(account.authority).map(|it| it.name.clone());
        Ok(Slip {
            account: account.id,
            login: account.login,
            name: account.name,
            authority: authority.ok_or(AppError::NotFound)?,
            role: account.role,
            password,
        })
    }
}

fn not_oneself(ctx: &Ctx, id: AccountId, what: &str) -> Result<()> {
    match &ctx.actor {
        Actor::Account { id: own, .. } if *own == id => Err(AppError::refused(
            format!("不能{what}"),
            "请由另一位管理员办理；省级管理员请联系国家级管理员。",
        )),
        _ => Ok(()),
    }
}

/// A login as it is stored: lower case, 3 to 32 letters, digits, `.`, `_`, `-`, a letter first.
fn login_of(text: &str) -> Result<String> {
    let login = text.trim().to_ascii_lowercase();
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let good = (3..=32).contains(&login.len())
        && login.starts_with(|c: char| c.is_ascii_lowercase())
        && login.chars().all(inside);
    if good {
        return Ok(login);
    }
    Err(AppError::refused(
        "登录名不合要求",
        "登录名为3至32个字符，以字母开头，只用字母、数字、点、下划线和连字符，不区分大小写。",
    ))
}

fn name_of(text: &str) -> Result<String> {
    let name =
        clean(text, 30).map_err(|e| AppError::refused(format!("姓名：{e}"), "请改正姓名后再保存。"))?;
    if name.is_empty() {
        return Err(AppError::refused("姓名没有填写", "请填写使用人的姓名。"));
    }
    Ok(name.into_owned())
}

fn login_taken(error: StoreError, login: &str) -> AppError {
    if error.is_unique_on("account", &["login"]) {
        return AppError::refused(
            format!("登录名“{login}”已被使用"),
            "请换一个登录名，例如加上机关简称的拼音。",
        );
    }
    error.into()
}

#[cfg(test)]
pub(crate) mod tests;
