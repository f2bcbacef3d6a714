//! What every command works with: the registry, the account it runs as, and one place where it tells what came of it.

use super::End;
use crate::config::Settings;
use anyhow::{Context, Result, bail};
use app::{App, Clock, Config, Credentials, Ctx, Missing, Places, Recording};
use domain::{Actor, Door, Secret};
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// What every command has.
pub struct Session {
    /// The settings.
    pub settings: Settings,
    /// Whether to print JSON.
    pub json: bool,
    /// The registry, once it was opened: what was noted in it is written at the end.
    opened: Opened,
}

/// The registry, once a command has opened it.
#[derive(Clone, Default)]
pub struct Opened(Arc<OnceLock<Arc<App>>>);

impl Opened {
    /// Writes what was noted of sign-ins, refusals and looks at personal fields.
    pub async fn flush(&self) -> Result<()> {
        if let Some(app) = self.0.get() {
            app.flush_access().await?;
        }
        Ok(())
    }
}

/// A subcommand at work: where it tells, the registry, and as whom.
pub type At<'a> = (&'a Session, &'a App, &'a Ctx);

/// The account that a command runs as.
#[derive(clap::Args)]
pub struct As {
    /// 以哪个账号办理
    #[arg(long = "as", value_name = "账号", env = "FUMA_ACCOUNT", global = true)]
    pub account: Option<String>,
    /// 从文件读取密码（不给出时在终端询问）
    #[arg(long, value_name = "文件", global = true)]
    pub password_file: Option<PathBuf>,
}

impl Session {
    /// A command that begins.
    pub fn new(settings: Settings, json: bool) -> Session {
        Session { settings, json, opened: Opened::default() }
    }

    /// Opens the registry.
    pub async fn open(&self, missing: Missing) -> Result<Arc<App>> {
        let s = &self.settings;
        if missing == Missing::Found {
            std::fs::create_dir_all(&s.data).with_context(|| {
                format!("数据文件夹 {} 建不了，请检查上级文件夹的写权限", s.data.display())
            })?;
        }
        let places = Places {
            database: s.database.clone(),
            replica: s.replica.clone(),
            key: s.data.join("personal.key"),
            fonts: s.fonts.clone(),
            template: s.template.clone(),
        };
        let config = Config {
            public_url: s.public_url.clone(),
            footing: s.footing,
            hook_private: s.hook_private,
            search: s.search,
        };
        let app = Arc::new(App::start(&places, config, Clock::Machine, &operator(), missing).await?);
        let app = self.opened.0.get_or_init(|| app).clone();
        Ok(app)
    }

    /// The registry that is there, and the call of a named account.
    pub async fn enter(&self, who: &As) -> Result<(Arc<App>, Ctx)> {
        let app = self.open(Missing::Refuse).await?;
        let ctx = self.call_as(&app, who).await?;
        Ok((app, ctx))
    }

    /// The call of a named account, with its password from a file or the terminal.
    pub async fn call_as(&self, app: &App, who: &As) -> Result<Ctx> {
        Ok(app.ctx_of_account(&operator(), &who.credentials()?, false).await?)
    }

    /// Prints what came of the command: one JSON document with `--json`, otherwise words.
    pub fn tell(&self, document: &Value, words: impl FnOnce() -> String) -> Result<()> {
        let text = if self.json { document.to_string() } else { words() };
        let mut out = std::io::stdout().lock();
        // Nobody has to read to the end: `fuma log | head`.
        match writeln!(out, "{text}").and_then(|()| out.flush()) {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            told => told.context("结果写不出去"),
        }
    }

    /// Prints what came of recording something: its key, or all that is wrong with it.
    pub fn recorded<T>(&self, what: Recording<T>, done: &str) -> Result<End>
    where
        T: serde::Serialize + std::fmt::Display,
    {
        match what {
            Recording::Done(id) => {
                self.tell(&json!({ "id": id }), || format!("{done}：{id}"))?;
                Ok(End::Ok)
            }
            Recording::Wrong(wrong) => {
                let problem = |(field, said): &(&str, String)| json!({ "field": field, "message": said });
                let problems: Vec<Value> = wrong.iter().map(problem).collect();
                self.tell(&json!({ "problems": problems }), || {
                    wrong.iter().map(|(_, said)| said.as_str()).collect::<Vec<_>>().join("\n")
                })?;
                Ok(End::Partial)
            }
        }
    }

    /// The registry that the command opens, to end by.
    pub fn opened(&self) -> Opened {
        self.opened.clone()
    }
}

/// Asks before something final, unless `yes` was given.
///
/// # Errors
/// A refusal, so that a script without `--yes` does not take it for done.
pub fn sure(yes: bool, question: &str) -> Result<()> {
    if !yes && !confirm(question)? {
        bail!("没有办理；脚本中请加 --yes");
    }
    Ok(())
}

impl As {
    /// Login and password: the latter from the file or the terminal.
    pub fn credentials(&self) -> Result<Credentials> {
        let login = self.account.clone().context("请用 --as 账号 指明以谁的名义办理")?;
        let password = password(self.password_file.as_deref(), &format!("{login} 的密码："))?;
        Ok(Credentials { login, password })
    }
}

/// A password: the first line of a file, or typed unseen.
pub fn password(file: Option<&Path>, prompt: &str) -> Result<Secret> {
    let text = match file {
        Some(path) => std::fs::read_to_string(path)
            .with_context(|| format!("密码文件 {} 读不出来", path.display()))?
            .trim_end_matches(['\r', '\n'])
            .to_owned(),
        None => rpassword::prompt_password(prompt).context("读不到密码；脚本中请从文件读取，见 --help")?,
    };
    Ok(Secret::new(text))
}

/// Writes a file that a command was asked for.
pub fn write(path: PathBuf, bytes: &[u8]) -> Result<PathBuf> {
    std::fs::write(&path, bytes).with_context(|| format!("文件 {} 写不进去", path.display()))?;
    Ok(path)
}

/// Asks before something final; only 是, y and yes go on.
fn confirm(question: &str) -> Result<bool> {
    eprint!("{question}。确认请输入“是”：");
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).context("读不到回答；脚本中请加 --yes")?;
    Ok(matches!(answer.trim(), "是" | "y" | "Y" | "yes"))
}

/// The person at the machine, as the system knows who runs this process: the environment says what one likes.
pub fn operator() -> Ctx {
    Ctx {
        actor: Actor::Operator(system_user()),
        door: Door::Command,
        request_id: format!("cli-{}", data_encoding::HEXLOWER.encode(&app::random::<6>())),
        source: "terminal".into(),
    }
}

#[cfg(unix)]
fn system_user() -> String {
    use nix::unistd::{Uid, User};
    let id = Uid::effective();
    // A number without a name is a user all the same: containers have such.
    User::from_uid(id).ok().flatten().map_or_else(|| id.to_string(), |user| user.name)
}

#[cfg(not(unix))]
fn system_user() -> String {
    std::env::var("USERNAME").unwrap_or_else(|_| "unknown".into())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_operator_is_who_the_system_says() {
        let known = std::process::Command::new("id").arg("-un").output().unwrap().stdout;
        let Actor::Operator(user) = operator().actor else { panic!("not the operator") };
        assert_eq!(user, String::from_utf8(known).unwrap().trim());
    }
}
