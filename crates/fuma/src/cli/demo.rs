//! `fuma demo`: the main job done on invented data, so that a newcomer sees it whole.

use super::{End, Session, operator, write};
use crate::demo::{AnnexKind, PLANTED, annex_form, demo_workbook};
use anyhow::{Context, Result, bail};
use app::stored::Filter;
use app::{
    App, BatchOrder, Bundle, Credentials, Ctx, Extent, Footing, Missing, NewAccount, Opened, PrintOrder,
    Report, Selection, sheet,
};
use domain::{AuthorityId, Code, Number, Role, Secret, Severity};
use serde::{Deserialize, Serialize};
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
        let folder = session.settings.data.join("演示");
        let told = Told(&session);
        // The folder may have been that of another registry.
        if app.count_all().await? > 0
            && let Some(shown) = Shown::read(&folder)?
        {
            told.say("演示库以前已经做好，没有改动");
            return told.end(&shown, None);
        }
        for (login, name, code, role) in ACCOUNTS {
            account(&app, login, name, code, role).await?;
        }
        open_platform(&app).await?;
        let ctx = sign_in(&app, "shaanxi", PASSWORD, false).await?;
        std::fs::create_dir_all(&folder)?;
        let workbook = folder.join("陕西-证书导入.xlsx");
        // Somebody may have corrected it since a run that was interrupted.
        if !workbook.exists() {
            std::fs::write(&workbook, demo_workbook("27", self.seed)?)
                .with_context(|| format!("演示工作簿 {} 写不进去", workbook.display()))?;
        }
        annexes(&folder.join("附表样例"))?;
        let report =
            app.import_paths(&ctx, vec![workbook.clone()], Some(Extent::Good), &|_, _, _| {}).await?;
        told.import(&report, &workbook);
        let annotated = annotated(&folder, &workbook, &report).await?;
        let certificate = print(&app, &ctx, &folder, &told).await?;
        figures(&app, self.seed).await?;
        let shown = Shown { workbook, annotated, certificate };
        shown.write(&folder)?;
        told.end(&shown, Some(&report))
    }
}

/// What a demo that was made has to show, kept beside it: it is not made again, whatever happened in it since.
#[derive(Serialize, Deserialize)]
struct Shown {
    workbook: PathBuf,
    /// The workbook with its errors marked, to be corrected and uploaded.
    annotated: Option<PathBuf>,
    certificate: Option<Sample>,
}

/// The certificate that is shown.
#[derive(Serialize, Deserialize)]
struct Sample {
    number: Number,
    code: Code,
    pdf: PathBuf,
}

impl Shown {
    const NAME: &str = "演示库.json";

    fn read(folder: &Path) -> Result<Option<Shown>> {
        let path = folder.join(Self::NAME);
        match std::fs::read(&path) {
            Ok(bytes) => Ok(Some(
                serde_json::from_slice(&bytes)
                    .with_context(|| format!("{} 读不懂：请删除它，再运行 fuma demo", path.display()))?,
            )),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("{} 读不出来", path.display())),
        }
    }

    fn write(&self, folder: &Path) -> Result<()> {
        write(folder.join(Self::NAME), &serde_json::to_vec_pretty(self)?).map(drop)
    }
}

/// Four weeks of what the public asked, of a few provinces.
async fn figures(app: &App, seed: u64) -> Result<()> {
    let of = |aa: usize| Ok((super::by_code(app, &format!("{aa:02}"))?, aa));
    let authorities = [0, 10, 15, 19, 27].into_iter().map(of).collect::<Result<_>>()?;
    super::traffic::fill(app, seed, 28, 0.1, authorities).await.map(drop)
}

/// The workbook as the officer gets it back: what is wrong marked where it stands.
async fn annotated(folder: &Path, workbook: &Path, report: &Report) -> Result<Option<PathBuf>> {
    if report.before || report.errors == 0 {
        return Ok(None);
    }
    let (files, problems) = (vec![workbook.to_owned()], report.problems.clone());
    let marked = tokio::task::spawn_blocking(move || sheet::marked(&files, &problems)).await??;
    write(folder.join("陕西-证书导入-标注.xlsx"), &marked).map(Some)
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
    let keeper = match role {
        Role::Administrator => operator(),
        Role::Licensing | Role::Supervision | Role::Integration | Role::Viewer => {
            sign_in(app, &administrator(code), PASSWORD, false).await?
        }
    };
    let new = NewAccount { login: login.into(), name: name.into(), authority, role };
    let slip = app.create_account(&keeper, new).await?;
    let ctx = sign_in(app, login, slip.password.reveal(), true).await?;
    app.change_password(&ctx, &slip.password, &Secret::new(PASSWORD.into()), None).await?;
    Ok(())
}

/// The login of an authority's demo administrator, who is opened before its officers.
pub(super) fn administrator(code: &str) -> String {
    let named = ACCOUNTS.iter().find(|it| it.2 == code && it.3 == Role::Administrator);
    named.map_or_else(|| format!("guanli-{code}"), |it| it.0.to_owned())
}

pub(super) async fn sign_in(app: &App, login: &str, password: &str, to_change: bool) -> Result<Ctx> {
    let credentials = Credentials { login: login.into(), password: Secret::new(password.into()) };
    Ok(app.ctx_of_account(&operator(), &credentials, to_change).await?)
}

/// Prints all that await it into one file, and puts what was printed last, also by a run that was interrupted after it, into a
/// file of its own.
async fn print(app: &App, ctx: &Ctx, folder: &Path, told: &Told<'_>) -> Result<Option<Sample>> {
    let due = Filter { print_due: true, ..Filter::default() };
    if app.count_certificates(ctx, &due).await? > 0 {
        let order = BatchOrder { each: PrintOrder::default(), bundle: Bundle::default() };
        let job = app.print_batch(ctx, &Selection::Matching(due), &order).await?;
        while app.work_once().await? {}
        let outcome = app.print_job(ctx, job).await?.outcome.context("打印任务没有完成")?;
        for part in 1..=outcome.files.len() {
            let file = folder.join(format!("陕西-证书打印-{part}.pdf"));
            let file = write(file, &app.print_job_pdf(ctx, job, part).await?)?;
            told.say(&format!("已打印 {} 张：{}", outcome.printed, file.display()));
        }
    }
    let Some((number, record)) = app.recent_prints(ctx).await?.into_iter().next() else {
        return Ok(None);
    };
    let code = app.certificate(ctx, record.certificate).await?.card.head.code;
    let printed = app.record_file(ctx, record.certificate, &record.digest).await?;
    let pdf = write(folder.join(format!("证书-{number}.pdf")), &printed.bytes)?;
    Ok(Some(Sample { number, code, pdf }))
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
        self.say(&format!("演示账号（密码都是 {PASSWORD}，除非有人改过）："));
        for (login, name, code, role) in ACCOUNTS {
            self.say(&format!("　　{login}　{name}　机关代码{code}　{}", role.label()));
        }
    }

    fn rest(&self, shown: &Shown) {
        let url = &self.0.settings.public_url;
        self.say(&format!("网站地址：{url}　工作人员登录：{url}/office"));
        if let Some(path) = &shown.annotated {
            self.say(&format!("标注了错误的工作簿：{}", path.display()));
            self.say("　　改正后用 shaanxi 登录，从“导入”上传；已赋码的各张不会再赋");
        }
        if let Some(Sample { number, code, pdf }) = &shown.certificate {
            self.say(&format!("一张证书：{}　码：{}", number.grouped(), code.grouped()));
            self.say(&format!("　　扫码或打开：{}", self.scan(*code)));
            self.say(&format!("　　PDF：{}", pdf.display()));
        }
    }

    /// Accounts, addresses and the certificate; `report` of the import that made them.
    fn end(&self, shown: &Shown, report: Option<&Report>) -> Result<End> {
        self.accounts();
        self.rest(shown);
        let accounts = ACCOUNTS.map(|(login, name, code, role)| {
            json!({ "login": login, "name": name, "authority": code, "role": role, "password": PASSWORD })
        });
        let certificate = shown.certificate.as_ref().map(|Sample { number, code, pdf }| {
            json!({ "number": number, "code": code, "url": self.scan(*code), "pdf": pdf })
        });
        let document: Value = json!({
            "workbook": shown.workbook,
            "annotated": shown.annotated,
            "before": report.is_none_or(|report| report.before),
            "lines": report.map(|report| report.lines),
            "errors": report.map(|report| report.errors),
            "committed": report.and_then(|report| report.committed.as_ref()),
            "accounts": accounts,
            "public_url": self.0.settings.public_url,
            "certificate": certificate,
        });
        self.0.tell(&document, || "演示库已经做好".into())?;
        Ok(End::Ok)
    }
}
