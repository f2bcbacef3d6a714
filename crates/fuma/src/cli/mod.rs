//! The command line: every command a file, each calling the same verbs as the pages.

mod account;
mod assign;
mod completion;
mod demo;
mod export;
mod import;
mod init;
mod print;
mod qr;
mod restored;
mod serve;
mod status;
mod verify;

pub use account::by_code;

use crate::config::Settings;
use anyhow::{Context, Result};
use app::{App, AppError, Clock, Config, Credentials, Ctx, Missing, Places};
use clap::{Parser, Subcommand};
use domain::{Actor, Door, Secret};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// 检验检测机构资质认定信息查询及赋码系统
#[derive(Parser)]
#[command(name = "fuma", version, about, disable_help_subcommand = true)]
struct Cli {
    /// 数据文件夹：登记库、密钥和设置文件 fuma.toml 都在其中
    #[arg(long, global = true, env = "FUMA_DATA", default_value = "data")]
    data: PathBuf,
    /// 以 JSON 输出结果
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// 建库，并开设国家级管理员
    Init(init::Init),
    /// 启动网站：工作人员页面和公众查询
    Serve(serve::Serve),
    /// 检查并导入工作簿或CSV
    Import(import::Import),
    /// 只检查工作簿或CSV，不写入
    Check(import::Import),
    /// 为一张证书赋码（JSON 文件）
    Assign(assign::Assign),
    /// 变更或更正一张证书（JSON 文件）
    Change(assign::Assign),
    /// 办理证书状态：撤销、撤回、注销、吊销等
    Status(status::Status),
    /// 打印证书：PDF 或压缩包，存档并计数
    Print(print::Print),
    /// 报告二维码文件和领取单
    Qr(qr::Qr),
    /// 查真：按码或证书编号
    Verify(verify::Verify),
    /// 导出本机关证书
    Export(export::Export),
    /// 在演示库里做完全部主要工作：导入、赋码、打印
    Demo(demo::Demo),
    /// 从备份恢复之后：升一代，计数器待管理员确认
    Restored(restored::Restored),
    /// 账号：开设、列出、重置密码、停用
    Account(account::Account),
    /// 性能测量，结果见 docs/BENCHMARKS.md
    Bench(crate::bench::Bench),
    /// 命令行补全脚本
    Completion(completion::Completion),
}

/// How a command ended, for scripts (README): 0 ok, 1 failure, 2 usage, 3 partial, 4 not verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Everything was done.
    Ok,
    /// Some rows were bad.
    Partial,
    /// What was verified is not valid.
    NotVerified,
}

/// What every command has.
pub struct Session {
    /// The settings.
    pub settings: Settings,
    /// Whether to print JSON.
    pub json: bool,
}

/// The account that a writing command runs as.
#[derive(clap::Args)]
pub struct As {
    /// 以哪个账号办理
    #[arg(long = "as", value_name = "账号", env = "FUMA_ACCOUNT")]
    pub account: Option<String>,
    /// 从文件读取密码（不给出时在终端询问）
    #[arg(long, value_name = "文件")]
    pub password_file: Option<PathBuf>,
}

/// Parses, runs, and turns failures into a sentence and an exit code.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_env("FUMA_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&anyhow::Error::new(error).context("无法启动运行环境")),
    };
    match runtime.block_on(dispatch(cli)) {
        Ok(End::Ok) => ExitCode::SUCCESS,
        Ok(End::Partial) => ExitCode::from(3),
        Ok(End::NotVerified) => ExitCode::from(4),
        Err(error) => fail(&error),
    }
}

fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("{error:#}");
    if let Some(app) = error.downcast_ref::<AppError>() {
        let hint = app.hint();
        if !hint.is_empty() {
            eprintln!("{hint}");
        }
    }
    ExitCode::from(1)
}

async fn dispatch(cli: Cli) -> Result<End> {
    let settings = Settings::read(&cli.data)?;
    let session = Session { settings, json: cli.json };
    match cli.command {
        None => overview(&session).await,
        Some(Command::Init(args)) => args.run(session).await,
        Some(Command::Serve(args)) => args.run(session).await,
        Some(Command::Import(args)) => args.run(session).await,
        Some(Command::Check(args)) => import::Import { check: true, ..args }.run(session).await,
        Some(Command::Assign(args)) => args.run(session, assign::What::Fresh).await,
        Some(Command::Change(args)) => args.run(session, assign::What::Change).await,
        Some(Command::Status(args)) => args.run(session).await,
        Some(Command::Print(args)) => args.run(session).await,
        Some(Command::Qr(args)) => args.run(session).await,
        Some(Command::Verify(args)) => args.run(session).await,
        Some(Command::Export(args)) => args.run(session).await,
        Some(Command::Bench(args)) => args.run(session).await,
        Some(Command::Completion(args)) => args.run(<Cli as clap::CommandFactory>::command()),
        Some(Command::Demo(args)) => args.run(session).await,
        Some(Command::Restored(args)) => args.run(session).await,
        Some(Command::Account(args)) => args.run(session).await,
    }
}

/// `fuma` alone: what it is, where its data is, how much is in it, what to do next.
async fn overview(session: &Session) -> Result<End> {
    println!("fuma（赋码） {}", env!("CARGO_PKG_VERSION"));
    println!("检验检测机构资质认定信息查询及赋码系统");
    println!("数据文件夹：{}", session.settings.data.display());
    match session.open(Missing::Refuse).await {
        Ok(app) => println!("证书：{} 张", app.count_all().await?),
        Err(error) => println!("{error}"),
    }
    println!("常用命令：fuma init　fuma serve　fuma import 文件.xlsx　fuma account list　fuma --help");
    Ok(End::Ok)
}

impl Session {
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
        let config = Config { public_url: s.public_url.clone(), demo: s.demo };
        Ok(Arc::new(App::start(&places, config, Clock::Machine, &operator(), missing).await?))
    }

    /// The call of a named account, with its password from a file or the terminal.
    pub async fn call_as(&self, app: &App, who: &As) -> Result<Ctx> {
        let login = who.account.as_deref().context("请用 --as 账号 指明以谁的名义办理")?;
        let password = match &who.password_file {
            Some(path) => std::fs::read_to_string(path)
                .with_context(|| format!("密码文件 {} 读不出来", path.display()))?
                .trim_end_matches(['\r', '\n'])
                .to_owned(),
            None => rpassword::prompt_password(format!("{login} 的密码："))
                .context("读不到密码；脚本中请用 --password-file")?,
        };
        let credentials = Credentials { login: login.to_owned(), password: Secret::new(password) };
        Ok(app.ctx_of_account(&operator(), &credentials, false).await?)
    }
}

/// A progress bar on stderr: 步骤, bar, counts, time left.
pub fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    match ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} 剩余 {eta}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Asks before something final; only 是, y and yes go on.
pub fn confirm(question: &str) -> Result<bool> {
    eprint!("{question}。确认请输入“是”：");
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).context("读不到回答；脚本中请加 --yes")?;
    Ok(matches!(answer.trim(), "是" | "y" | "Y" | "yes"))
}

/// The person at the machine.
pub fn operator() -> Ctx {
    let user =
        std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_else(|_| "unknown".into());
    Ctx {
        actor: Actor::Operator(user),
        door: Door::Command,
        request_id: format!("cli-{}", data_encoding::HEXLOWER.encode(&app::random::<6>())),
        source: "terminal".into(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_definition_of_the_command_line_is_sound() {
        use clap::CommandFactory;
        super::Cli::command().debug_assert();
    }
}
