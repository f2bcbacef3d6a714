//! Signing in, with one answer and one cost for an unknown login and a wrong password, and changing one's password.

use super::throttle::{FAILURES, LOCK, OF_SOURCE, address};
use super::{AccountInfo, must_change, password, session};
use crate::{App, AppError, Ctx, Result};
use domain::{Action, Actor, EventKind, Instant, Secret};
use store::account::{Account, PasswordHash};
use store::{StoreError, Tx, Urgency};
use tokio::time::{Duration, Instant as Moment, sleep_until};

/// How often a wrong password is counted again after another one at the same moment was counted first.
const TRIES: usize = 8;

/// A refusal takes this long at least: a wrong password is written to the store, an unknown login is not, and nobody
/// shall hear the difference.
pub(super) const FLOOR: Duration = Duration::from_millis(150);

/// What a person types.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// 登录名, in any case.
    pub login: String,
    /// The password.
    pub password: Secret,
}

/// A sign-in that was accepted.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// For the cookie; only its SHA-256 is stored.
    pub token: Secret,
    /// Whether the password must be changed before anything else.
    pub must_change: bool,
    /// Who.
    pub account: AccountInfo,
}

impl App {
    /// Signs in and begins a session. `ctx` says door and source; its actor is not looked at. `agent` is the browser,
    /// as it names itself.
    ///
    /// # Errors
    /// One refusal for an unknown login and a wrong password; others for a lock of the login (5 failures, 30 minutes) and of the
    /// source address, which a whole office may share (50), and for a disabled account, told only to who knows its password.
    pub async fn sign_in(&self, ctx: &Ctx, credentials: &Credentials, agent: &str) -> Result<SignedIn> {
        let (account, ctx) = self.check_credentials(ctx, credentials).await?;
        let (token, session) = session::fresh(&account, &ctx.source, agent, self.now());
        let tx = self.db.begin(Urgency::Act).await?;
        self.let_in(&tx, &account, &ctx).await?;
        store::session::create(&tx, &session).await?;
        tx.commit().await?;
        self.access.note(&ctx, "sign_in", "signed_in", self.now());
        Ok(SignedIn {
            token,
            must_change: must_change(&account, self.now()),
            account: AccountInfo::of(account, self.now()),
        })
    }

    /// The caller of a command: checks login and password as [`App::sign_in`] does, without a session.
    ///
    /// # Errors
    /// As there; and a password that must be changed first, unless `to_change` is what the command is about.
    pub async fn ctx_of_account(&self, ctx: &Ctx, credentials: &Credentials, to_change: bool) -> Result<Ctx> {
        let (account, ctx) = self.check_credentials(ctx, credentials).await?;
        let tx = self.db.begin(Urgency::Act).await?;
        self.let_in(&tx, &account, &ctx).await?;
        tx.commit().await?;
        self.access.note(&ctx, "sign_in", "signed_in", self.now());
        if must_change(&account, self.now()) && !to_change {
            return Err(change_first());
        }
        Ok(ctx)
    }

    /// Changes the caller's own password and ends all its sessions but the one of the token `keep`.
    ///
    /// # Errors
    /// A wrong old password (counted like a failed sign-in), or a new one that breaks the rules, each named.
    pub async fn change_password(
        &self,
        ctx: &Ctx,
        old: &Secret,
        new: &Secret,
        keep: Option<&Secret>,
    ) -> Result<()> {
        self.ask(ctx, Action::OwnPassword, None)?;
        let account = self.stored_account(ctx.account()?).await?;
        password::check(&account.login, new.reveal())?;
        if old == new {
            return Err(AppError::refused("新密码与原密码相同", "请换一个没有用过的密码。"));
        }
        let account = self.check_password(ctx, account, old, wrong_old).await?;
        self.check_unused(&account, new).await?;
        let hash = password::hash(new.reveal()).await?;
        let keep = keep.map(session::hash_of);
        let tx = self.db.begin(Urgency::Act).await?;
        self.replace_password(&tx, &account, &hash, false).await?;
        store::account::set_failures(&tx, &account, 0, None).await?;
        store::session::delete_all(&tx, account.id, keep.as_ref()).await?;
        self.record_account(ctx, tx, EventKind::PasswordSet, account.id, Vec::new()).await
    }

    /// That a new password is none of the last five.
    async fn check_unused(&self, account: &Account, new: &Secret) -> Result<()> {
        for old in store::old_password::of_account((&self.db).into(), account.id).await? {
            if password::verify(new.reveal(), Some(&old)).await? {
                return Err(AppError::refused(
                    "新密码与最近用过的5个密码之一相同",
                    "请换一个没有用过的密码。",
                ));
            }
        }
        Ok(())
    }

    /// Sets a password and keeps the one before; one-time passwords are nobody's choice and are not kept.
    pub(super) async fn replace_password(
        &self,
        tx: &Tx,
        seen: &Account,
        hash: &PasswordHash,
        one_time: bool,
    ) -> Result<()> {
        store::account::set_password(tx, seen, hash, one_time, self.now()).await?;
        if !seen.must_change {
            store::old_password::keep(tx, seen, password::KEPT).await?;
        }
        Ok(())
    }

    /// The account of these credentials, and the caller it makes; a refusal not before [`FLOOR`].
    async fn check_credentials(&self, ctx: &Ctx, credentials: &Credentials) -> Result<(Account, Ctx)> {
        let begun = Moment::now();
        let checked = self.identify(ctx, credentials).await;
        if checked.is_err() {
            sleep_until(begun + FLOOR).await;
        }
        checked
    }

    async fn identify(&self, ctx: &Ctx, credentials: &Credentials) -> Result<(Account, Ctx)> {
        let public = Ctx { actor: Actor::Public, ..ctx.clone() };
        let login = credentials.login.trim().to_ascii_lowercase();
        let source = format!("source:{}", address(&ctx.source));
        self.enter(&public, source.clone(), OF_SOURCE, crowded)?;
        let account = match store::account::by_login((&self.db).into(), &login).await? {
            Some(account) => account,
            None => {
                // The same steps as for an account that is there: lock, hash, refusal.
                self.enter(&public, format!("login:{login}"), FAILURES, locked)?;
                password::verify(credentials.password.reveal(), None).await?;
                self.access.note(&public, "sign_in", "unknown", self.now());
                return Err(wrong());
            }
        };
        let ctx = Ctx { actor: self.actor_of(&account)?, ..public };
        let account = self.check_password(&ctx, account, &credentials.password, wrong).await?;
        if account.disabled {
            self.access.note(&ctx, "sign_in", "disabled", self.now());
            return Err(AppError::refused(
                "账号已停用",
                "请联系本机关管理员启用；管理员账号请联系国家级管理员。",
            ));
        }
        self.access.throttle.forgive(&source);
        Ok((account, ctx))
    }

    /// The account, if the password is its own; otherwise one failure more.
    async fn check_password(
        &self,
        ctx: &Ctx,
        account: Account,
        password: &Secret,
        wrong: fn() -> AppError,
    ) -> Result<Account> {
        self.refuse_locked(ctx, &account)?;
        if password::verify(password.reveal(), Some(&account.password)).await? {
            // Read again: others may have guessed and locked it, or changed it, while the hash was made.
            let now = self.stored_account(account.id).await?;
            self.refuse_locked(ctx, &now)?;
            return if now.password == account.password { Ok(now) } else { Err(wrong()) };
        }
        self.access.note(ctx, "sign_in", "wrong_password", self.now());
        self.count_failure(account).await?;
        Err(wrong())
    }

    fn refuse_locked(&self, ctx: &Ctx, account: &Account) -> Result<()> {
        match account.locked_until.filter(|until| *until > self.now()) {
            Some(until) => {
                self.access.note(ctx, "sign_in", "locked", self.now());
                Err(locked(until))
            }
            None => Ok(()),
        }
    }

    /// Each failure counts: of two at the same moment the second is counted on what the first left.
    async fn count_failure(&self, mut account: Account) -> Result<()> {
        for _ in 0..TRIES {
            let now = self.now();
            // A lock that is over began with five; counting starts again.
            let before = if account.locked_until.is_some_and(|it| it <= now) { 0 } else { account.failures };
            let failures = before + 1;
            let lock = (failures >= FAILURES).then(|| now.plus_seconds(LOCK));
            let tx = self.db.begin(Urgency::Act).await?;
            match store::account::set_failures(&tx, &account, failures, lock).await {
                Ok(()) => return Ok(tx.commit().await?),
                Err(StoreError::Conflict) => drop(tx),
                Err(other) => return Err(other.into()),
            }
            account = self.stored_account(account.id).await?;
        }
        Err(StoreError::Busy.into())
    }

    /// Notes time and place, and forgets the failures.
    async fn let_in(&self, tx: &store::Tx, account: &Account, ctx: &Ctx) -> Result<()> {
        if account.failures > 0 || account.locked_until.is_some() {
            store::account::set_failures(tx, account, 0, None).await?;
        }
        Ok(store::account::touch_login(tx, account.id, self.now(), &ctx.source).await?)
    }

    fn enter(&self, public: &Ctx, key: String, most: u32, refusal: fn(Instant) -> AppError) -> Result<()> {
        self.access.throttle.enter(key, most, self.now()).map_err(|until| {
            self.access.note(public, "sign_in", "locked", self.now());
            refusal(until)
        })
    }

    /// The caller that an account makes, with the level its authority has now.
    pub(super) fn actor_of(&self, account: &Account) -> Result<Actor> {
        let tables = self.tables();
        let authority = tables.authority(account.authority);
        let authority =
            authority.ok_or_else(|| AppError::Fault(format!("账号{}的机关不在册", account.id)))?;
        Ok(Actor::Account {
            id: account.id,
            authority: authority.id,
            level: authority.level,
            role: account.role,
        })
    }
}

fn wrong() -> AppError {
    AppError::refused(
        "登录名或密码不正确",
        format!("请核对后重试；连续{FAILURES}次不正确将锁定{}分钟。", LOCK / 60),
    )
}

/// The same of who has signed in already and changes the password.
fn wrong_old() -> AppError {
    AppError::refused(
        "现密码不正确",
        format!("请核对后重试；连续{FAILURES}次不正确将锁定{}分钟。", LOCK / 60),
    )
}

fn locked(until: Instant) -> AppError {
    AppError::refused(
        format!("失败次数过多，已暂停登录，至{}", until.to_the_minute()),
        "请到时再试；忘记密码请联系本机关管理员重置密码。",
    )
}

/// The lock of a source: a new password does not lift it.
fn crowded(until: Instant) -> AppError {
    AppError::refused(
        format!("本网络登录失败次数过多，已暂停从本网络登录，至{}", until.to_the_minute()),
        format!(
            "同一出口地址的人合计{OF_SOURCE}次失败后暂停{}分钟，与您的账号和密码无关。请到时再试，或换一个网络登录。",
            LOCK / 60
        ),
    )
}

/// Refuses everything but changing the password.
pub(super) fn change_first() -> AppError {
    AppError::refused("须先修改密码", "一次性密码或使用满90天的密码须先修改，修改后即可继续。")
}
