//! Opening a registry from what the operator decided.

use crate::{App, AppError, Clock, Config, Ctx, Keys, Parts, Result};
use domain::Realm;
use print::{FontPaths, FontSet, Template};
use std::path::PathBuf;
use std::sync::Arc;
use store::{Db, OpenOptions};

/// Where everything is.
#[derive(Clone, Debug)]
pub struct Places {
    /// `sqlite:/path` or `postgres://…`.
    pub database: String,
    /// A replica for public reads.
    pub replica: Option<String>,
    /// The key file of personal fields.
    pub key: PathBuf,
    /// The fonts.
    pub fonts: FontPaths,
    /// A folder with the official template; none: the one inside the program.
    pub template: Option<PathBuf>,
}

/// Refuses the store of the other realm: the sandbox must not write into the registry, nor the registry into it. Stores from
/// before there was a sandbox have no mark and are the registry's.
async fn is_of(db: &Db, realm: Realm) -> Result<()> {
    let found = store::meta::get(db.into(), "realm").await?;
    if found.as_deref().unwrap_or(Realm::Registry.key()) == realm.key() {
        return Ok(());
    }
    let (message, hint) = match realm {
        Realm::Registry => (
            "这是测试环境的库，不能当作正式登记库打开",
            "请核对 --data 和设置文件中的 database；要在测试环境里办理，命令加 --sandbox。",
        ),
        Realm::Sandbox => (
            "这是正式登记库，不能当作测试环境打开",
            "请核对设置文件中的 sandbox_database，它不能与 database 相同。",
        ),
    };
    Err(AppError::refused(message, hint))
}

/// Whether a missing registry is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// `fuma init`: made and founded.
    Found,
    /// Everything else: refused with what to do.
    Refuse,
}

impl App {
    /// Opens the registry, bringing its schema up to date; with [`Missing::Found`] an empty one is founded.
    ///
    /// # Errors
    /// Missing fonts, a broken template, a store that does not open, a registry that was never founded: each says
    /// what to do.
    pub async fn start(
        places: &Places,
        config: Config,
        clock: Clock,
        ctx: &Ctx,
        missing: Missing,
    ) -> Result<App> {
        let fonts = FontSet::load(&places.fonts).map_err(|e| AppError::refused(e.to_string(), ""))?;
        let template = match &places.template {
            None => Template::national(),
            Some(folder) => Template::load(folder)
                .map_err(|e| AppError::refused(format!("证书模板：{e}"), "请按操作手册核对模板文件夹。"))?,
        };
        let options = OpenOptions {
            create: missing == Missing::Found,
            replica: places.replica.clone(),
            ..OpenOptions::default()
        };
        let db = Db::open(&places.database, options).await?;
        db.migrate(clock.now().micros()).await?;
        let founded = store::meta::get((&db).into(), "founded_at").await?.is_some();
        if founded {
            is_of(&db, config.footing.realm()).await?;
        } else if missing == Missing::Refuse {
            let message = "数据库里还没有登记库";
            return Err(AppError::refused(
                message,
                "请先运行 fuma init 建库（测试环境用 fuma init --sandbox），或核对 --data 和设置文件中的 database。",
            ));
        }
        // A key is made before its registry and never for one that is there: that one was sealed with another.
        let keys = Keys::open(&places.key, if founded { Missing::Refuse } else { missing })?;
        if !founded {
            App::found_as(&db, ctx, clock.now(), config.footing.realm()).await?;
        }
        if db.commits_alone().await? {
            tracing::warn!(
                "PostgreSQL 没有设置同步副本（synchronous_standby_names 为空）：主库损坏时可能丢失刚确认的记录，见运维手册"
            );
        }
        let (fonts, template) = (Arc::new(fonts), Arc::new(template));
        App::open(Parts { db, keys, clock, config, fonts, template }).await
    }
}
