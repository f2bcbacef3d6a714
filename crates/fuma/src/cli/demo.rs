//! `fuma demo`: the main job done on invented data, so that a newcomer sees it whole.

use super::{End, Session, operator};
use crate::demo::{AnnexKind, PLANTED, annex_form, demo_workbook};
use anyhow::{Context, Result, bail};
use app::stored::Filter;
use app::{
    App, BatchOrder, Bundle, Credentials, Ctx, Extent, Footing, Missing, NewAccount, Opened, PrintOrder,
    Report, Selection,
};
use domain::{AuthorityId, Code, Number, Role, Secret, Severity};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma --data data demo\n　　在空的数据文件夹里建演示库：导入、赋码、打印\n　　fuma --data national demo --scale national\n　　\
                  全国规模：12 万张证书、2500 万行检测能力，约占 3 GB 磁盘，需要几分钟\n　　fuma --data part demo --scale national --part 100\n　　\
                  全国规模的百分之一"
)]
pub struct Demo {
    /// 演示数据的种子，同一种子得到同样的数据
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// 规模
    #[arg(long, value_enum, default_value_t = Scale::Province, value_name = "规模")]
    scale: Scale,
    /// 只做全国的几分之一，如 10、100
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    part: Option<u16>,
    /// 全国规模：填入这么多天的全国统计数字（不给出时为两年，只做几分之一的相应减少）
    #[arg(long, value_name = "天数", value_parser = clap::value_parser!(u16).range(1..=1500))]
    figure_days: Option<u16>,
}

/// How much there is to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Scale {
    /// 一省的工作簿：导入、赋码、打印
    Province,
    /// 全国：5.5 万家机构、12 万张证书，直接写入库
    National,
}

/// The password of all demo accounts: they hold invented data only, and every page says so.
pub const PASSWORD: &str = "Yanshi#2026";

/// Demo accounts: login, name, authority's code, role.
pub(super) const ACCOUNTS: [(&str, &str, &str, Role); 6] = [
    ("guojia", "王示例", "00", Role::Administrator),
    ("guojia-huizong", "赵示例", "00", Role::Supervision),
    ("shaanxi-admin", "李示例", "27", Role::Administrator),
    ("shaanxi", "张示例", "27", Role::Licensing),
    ("shaanxi-jianguan", "陈示例", "27", Role::Supervision),
    ("shaanxi-chaxun", "周示例", "27", Role::Viewer),
];

impl Demo {
    pub async fn run(self, session: Session) -> Result<End> {
        if session.settings.footing != Footing::Demo {
            bail!(
                "只能在演示库里运行：请在 {} 中写入 demo = true",
                session.settings.data.join("fuma.toml").display()
            );
        }
        if self.scale == Scale::National {
            return super::national::run(session, self.seed, self.part.unwrap_or(1), self.figure_days).await;
        }
        if self.part.is_some() || self.figure_days.is_some() {
            bail!("--part 和 --figure-days 只用于全国规模：请加 --scale national");
        }
        let app = session.open(Missing::Found).await?;
        for (login, name, code, role) in ACCOUNTS {
            account(&app, login, name, code, role).await?;
        }
        open_platform(&app).await?;
        let ctx = sign_in(&app, "shaanxi", PASSWORD, false).await?;
        let folder = session.settings.data.join("演示");
        std::fs::create_dir_all(&folder)?;
        let workbook = folder.join("陕西-证书导入.xlsx");
        std::fs::write(&workbook, demo_workbook("27", self.seed)?)
            .with_context(|| format!("演示工作簿 {} 写不进去", workbook.display()))?;
        annexes(&folder.join("附表样例"))?;
        let report =
            app.import_paths(&ctx, vec![workbook.clone()], Some(Extent::Good), &|_, _, _| {}).await?;
        let told = Told(&session);
        told.import(&report, &workbook);
        let printed = print(&app, &ctx, &folder, &told).await?;
        figures(&app, self.seed).await?;
        told.accounts();
        told.rest(&printed);
        let accounts = ACCOUNTS.map(|(login, name, code, role)| {
            json!({ "login": login, "name": name, "authority": code, "role": role, "password": PASSWORD })
        });
        let certificate = printed.map(|(number, code, path)| {
            json!({ "number": number, "code": code, "url": told.scan(code), "pdf": path })
        });
        let document: Value = json!({
            "workbook": workbook,
            "before": report.before,
            "lines": report.lines,
            "errors": report.errors,
            "committed": report.committed,
            "accounts": accounts,
            "public_url": session.settings.public_url,
            "certificate": certificate,
        });
        session.tell(&document, || "演示库已经做好".into())?;
        Ok(End::Ok)
    }
}

/// Four weeks of what the public asked, of a few provinces.
async fn figures(app: &App, seed: u64) -> Result<()> {
    let of = |aa: usize| Ok((super::by_code(app, &format!("{aa:02}"))?, aa));
    let authorities = [0, 10, 15, 19, 27].into_iter().map(of).collect::<Result<_>>()?;
    super::traffic::fill(app, seed, 28, 0.1, authorities).await.map(drop)
}

/// Invented samples of the official annex forms, to be attached to a certificate on its form.
fn annexes(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    for kind in AnnexKind::ALL {
        std::fs::write(folder.join(kind.file_name()), annex_form(kind)?)?;
    }
    Ok(())
}

/// The public may search the demo, unless somebody has decided otherwise.
pub(super) async fn open_platform(app: &App) -> Result<()> {
    if !app.platform().await?.is_open() {
        let ctx = sign_in(app, "guojia", PASSWORD, false).await?;
        app.open_platform(&ctx, &Opened::All).await?;
    }
    Ok(())
}

/// Opens an account with the demo password; one that is there stays.
pub(super) async fn account(app: &App, login: &str, name: &str, code: &str, role: Role) -> Result<()> {
    let authority: AuthorityId = super::by_code(app, code)?;
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

pub(super) async fn sign_in(app: &App, login: &str, password: &str, to_change: bool) -> Result<Ctx> {
    let credentials = Credentials { login: login.into(), password: Secret::new(password.into()) };
    Ok(app.ctx_of_account(&operator(), &credentials, to_change).await?)
}

/// Prints all that await it into one file, and one certificate into a file of its own.
async fn print(
    app: &App,
    ctx: &Ctx,
    folder: &Path,
    told: &Told<'_>,
) -> Result<Option<(Number, Code, PathBuf)>> {
    let due = Filter { print_due: true, ..Filter::default() };
    let waiting = app.certificates(ctx, &due, None, 1).await?;
    let shown = match waiting.rows.into_iter().next() {
        Some(card) => card,
        None => match app.certificates(ctx, &Filter::default(), None, 1).await?.rows.into_iter().next() {
            Some(card) => card,
            None => return Ok(None),
        },
    };
    let path = folder.join(format!("证书-{}.pdf", shown.head.number));
    if waiting.total > 0 {
        let order = BatchOrder { each: PrintOrder::default(), bundle: Bundle::default() };
        let job = app.print_batch(ctx, &Selection::Matching(due), &order).await?;
        while app.work_once().await? {}
        let outcome = app.print_job(ctx, job).await?.outcome.context("打印任务没有完成")?;
        for part in 1..=outcome.files.len() {
            let file = folder.join(format!("陕西-证书打印-{part}.pdf"));
            std::fs::write(&file, app.print_job_pdf(ctx, job, part).await?)?;
            told.say(&format!("已打印 {} 张：{}", outcome.printed, file.display()));
        }
        for (name, record) in app.print_job_records(ctx, job).await? {
            if record.certificate == shown.head.id {
                std::fs::write(&path, app.record_file(ctx, record.certificate, &record.digest).await?.bytes)
                    .with_context(|| format!("{name} 写不进 {}", path.display()))?;
            }
        }
    }
    Ok(Some((shown.head.number, shown.head.code, path)))
}

/// What is told on the way: to people on stdout, beside a document on stderr.
struct Told<'s>(&'s Session);

impl Told<'_> {
    fn say(&self, line: &str) {
        if self.0.json {
            eprintln!("{line}");
        } else {
            println!("{line}");
        }
    }

    fn scan(&self, code: Code) -> String {
        format!("{}/C/{code}", self.0.settings.public_url)
    }

    fn import(&self, report: &Report, workbook: &Path) {
        self.say(&format!("演示工作簿：{}", workbook.display()));
        if report.before {
            self.say("　　以前已导入，没有改动");
            return;
        }
        self.say(&format!(
            "　　证书 {} 张，可办理 {} 张；预览查出错误 {} 处（其中故意放入 {} 种）：",
            report.lines,
            report.good,
            report.errors,
            PLANTED.len()
        ));
        for p in report.problems.iter().filter(|p| p.severity == Severity::Error) {
            self.say(&format!("　　·{} {}{}　{}", p.sheet, p.column, p.row, p.message));
        }
        if let Some(done) = &report.committed {
            let refused = done.refused.len();
            self.say(&format!("　　已赋码 {} 张，变更 {} 张，未受理 {refused} 张", done.fresh, done.changed));
        }
    }

    fn accounts(&self) {
        self.say(&format!("演示账号（密码都是 {PASSWORD}）："));
        for (login, name, code, role) in ACCOUNTS {
            self.say(&format!("　　{login}　{name}　机关代码{code}　{}", role.label()));
        }
    }

    fn rest(&self, printed: &Option<(Number, Code, PathBuf)>) {
        let url = &self.0.settings.public_url;
        self.say(&format!("网站地址：{url}　工作人员登录：{url}/office"));
        if let Some((number, code, path)) = printed {
            self.say(&format!("一张证书：{}　码：{}", number.grouped(), code.grouped()));
            self.say(&format!("　　扫码或打开：{}", self.scan(*code)));
            self.say(&format!("　　PDF：{}", path.display()));
        }
    }
}
