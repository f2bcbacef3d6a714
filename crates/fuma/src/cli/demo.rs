//! `fuma demo`: the main job done on invented data, so that a newcomer sees it whole.

use super::{End, Session, operator};
use crate::demo::{PLANTED, demo_workbook};
use anyhow::{Context, Result, bail};
use app::{App, Credentials, Ctx, Extent, Missing, NewAccount, Report};
use domain::{AuthorityId, Role, Secret, Severity};
use std::path::Path;

/// 例：fuma --data data demo　　在空的数据文件夹里建演示库：导入、赋码、打印
#[derive(clap::Args)]
pub struct Demo {
    /// 演示数据的种子，同一种子得到同样的数据
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// The password of all demo accounts: they hold invented data only, and every page says so.
const PASSWORD: &str = "Yanshi#2026";

/// Demo accounts: login, name, authority's code, role.
const ACCOUNTS: [(&str, &str, &str, Role); 6] = [
    ("guojia", "王示例", "00", Role::Administrator),
    ("guojia-huizong", "赵示例", "00", Role::Supervision),
    ("shaanxi-admin", "李示例", "27", Role::Administrator),
    ("shaanxi", "张示例", "27", Role::Licensing),
    ("shaanxi-jianguan", "陈示例", "27", Role::Supervision),
    ("shaanxi-chaxun", "周示例", "27", Role::Viewer),
];

impl Demo {
    pub async fn run(self, session: Session) -> Result<End> {
        if !session.settings.demo {
            bail!("只能在演示库里运行：请在 {} 中写入 demo = true", session.settings.data.join("fuma.toml").display());
        }
        let app = session.open(Missing::Found).await?;
        for (login, name, code, role) in ACCOUNTS {
            account(&app, login, name, code, role).await?;
        }
        let ctx = sign_in(&app, "shaanxi", PASSWORD, false).await?;
        let folder = session.settings.data.join("演示");
        std::fs::create_dir_all(&folder)?;
        let workbook = folder.join("陕西-证书导入.xlsx");
        std::fs::write(&workbook, demo_workbook("27", self.seed)?)
            .with_context(|| format!("演示工作簿 {} 写不进去", workbook.display()))?;
        let report = app.import_paths(&ctx, vec![workbook.clone()], Some(Extent::Good), &|_, _, _| {}).await?;
        tell_import(&report, &workbook);
        tell_accounts();
        Ok(End::Ok)
    }
}

/// Opens an account with the demo password; one that is there stays.
async fn account(app: &App, login: &str, name: &str, code: &str, role: Role) -> Result<()> {
    let authority: AuthorityId = super::account::by_code(app, code)?;
    let known = app.list_accounts(&operator(), Some(authority), None).await?;
    if known.iter().any(|a| a.login == login) {
        return Ok(());
    }
    let new = NewAccount { login: login.into(), name: name.into(), authority, role };
    let slip = app.create_account(&operator(), new).await?;
    let ctx = sign_in(app, login, slip.password.reveal(), true).await?;
    app.change_password(&ctx, &slip.password, &Secret::new(PASSWORD.into()), None).await?;
    Ok(())
}

async fn sign_in(app: &App, login: &str, password: &str, to_change: bool) -> Result<Ctx> {
    let credentials = Credentials { login: login.into(), password: Secret::new(password.into()) };
    Ok(app.ctx_of_account(&operator(), &credentials, to_change).await?)
}

fn tell_import(report: &Report, workbook: &Path) {
    println!("演示工作簿：{}", workbook.display());
    if report.before {
        println!("　　以前已导入，没有改动");
        return;
    }
    println!(
        "　　证书 {} 张，可办理 {} 张；预览查出错误 {} 处（其中故意放入 {} 种）：",
        report.lines,
        report.good,
        report.errors,
        PLANTED.len()
    );
    for p in report.problems.iter().filter(|p| p.severity == Severity::Error) {
        println!("　　·{} {}{}　{}", p.sheet, p.column, p.row, p.message);
    }
    if let Some(done) = &report.committed {
        println!("　　已赋码 {} 张，变更 {} 张，未受理 {} 张", done.fresh, done.changed, done.refused.len());
    }
}

fn tell_accounts() {
    println!("演示账号（密码都是 {PASSWORD}）：");
    for (login, name, code, role) in ACCOUNTS {
        println!("　　{login}　{name}　机关代码{code}　{}", role.label());
    }
}
