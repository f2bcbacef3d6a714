//! A fresh registry to measure on, with an administrator and one licensing officer of authority 27.

use crate::cli::{self, Session};
use crate::config::Settings;
use anyhow::Result;
use app::{App, Credentials, Ctx, Missing, NewAccount};
use domain::{Role, Secret};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Where a benchmark works, removed at the end unless it was named, and what it found.
pub struct Folder {
    path: PathBuf,
    keep: bool,
    /// Whether the figures are told as one document at the end.
    json: bool,
    figures: Arc<Mutex<Vec<Value>>>,
}

impl Folder {
    pub fn new(named: Option<PathBuf>, json: bool) -> Result<Folder> {
        let keep = named.is_some();
        let path =
            named.unwrap_or_else(|| std::env::temp_dir().join(format!("fuma-bench-{}", std::process::id())));
        std::fs::create_dir_all(&path)?;
        Ok(Folder { path, keep, json, figures: Arc::default() })
    }

    /// Tells a figure as soon as it is known.
    pub fn tell(&self, name: &str, figure: String) {
        let line = format!("{name:<9} {figure}");
        if self.json {
            eprintln!("{line}");
        } else {
            println!("{line}");
        }
        let mut figures = self.figures.lock().unwrap_or_else(PoisonError::into_inner);
        figures.push(json!({ "name": name, "figure": figure }));
    }

    /// Tells a table, its first line the head, in the form in which documents hold it.
    pub fn table(&self, lines: &[Vec<String>]) {
        let mut shown: Vec<String> = lines.iter().map(|line| format!("| {} |", line.join(" | "))).collect();
        if let Some(head) = lines.first() {
            shown.insert(1, format!("|{}", "---|".repeat(head.len())));
        }
        let shown = shown.join("\n");
        if self.json {
            eprintln!("{shown}");
        } else {
            println!("{shown}");
        }
        let mut figures = self.figures.lock().unwrap_or_else(PoisonError::into_inner);
        figures.push(json!({ "name": "table", "lines": lines }));
    }

    /// The folder in this one for a part of the country. What is told of it is told here.
    pub fn part(&self, part: u16) -> Folder {
        let path = self.path.join(format!("part-{part}"));
        Folder { path, keep: true, json: self.json, figures: self.figures.clone() }
    }

    /// All figures so far.
    pub fn figures(&self) -> Value {
        json!({ "figures": *self.figures.lock().unwrap_or_else(PoisonError::into_inner) })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder of the registry itself.
    pub fn data(&self) -> PathBuf {
        self.path.join("data")
    }

    /// The password file of the officer, for a second process.
    pub fn password_file(&self) -> PathBuf {
        self.path.join("password")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.keep {
            drop(std::fs::remove_dir_all(&self.path));
        }
    }
}

/// The officer's login.
pub const LOGIN: &str = "bench";
const PASSWORD: &str = "Ceshi#2026x";

/// Opens or founds the registry and signs the officer in.
pub async fn open(folder: &Folder) -> Result<(Arc<App>, Ctx)> {
    std::fs::create_dir_all(folder.data())?;
    let settings = folder.data().join("fuma.toml");
    if !settings.exists() {
        // Only the benchmark of searches makes the index: beside the others it would be measured with them.
        std::fs::write(settings, "demo = true\nsearch = false\n")?;
    }
    std::fs::write(folder.password_file(), PASSWORD)?;
    let session = Session::new(Settings::read(&folder.data())?, false);
    let app = session.open(Missing::Found).await?;
    let administrator = officer(&app, &cli::operator(), ("bench-admin", Role::Administrator)).await?;
    let ctx = officer(&app, &administrator, (LOGIN, Role::Licensing)).await?;
    Ok((app, ctx))
}

/// The call of an account, which `keeper` opens if it is not there.
async fn officer(app: &App, keeper: &Ctx, (login, role): (&str, Role)) -> Result<Ctx> {
    let authority = cli::by_code(app, "27")?;
    let operator = cli::operator();
    let known = app.list_accounts(&operator, Some(authority), None).await?;
    if !known.iter().any(|a| a.login == login) {
        let new = NewAccount { login: login.into(), name: "测试示例".into(), authority, role };
        let slip = app.create_account(keeper, new).await?;
        let first = Credentials { login: login.into(), password: slip.password.clone() };
        let ctx = app.ctx_of_account(&operator, &first, true).await?;
        app.change_password(&ctx, &slip.password, &Secret::new(PASSWORD.into()), None).await?;
    }
    let credentials = Credentials { login: login.into(), password: Secret::new(PASSWORD.into()) };
    Ok(app.ctx_of_account(&operator, &credentials, false).await?)
}
