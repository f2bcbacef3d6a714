//! The command line: every command a file, each calling the same verbs as the pages. What the officers' site can do has
//! a command here; what a command prints is one JSON document with `--json`.

mod account;
mod assign;
mod authority;
mod batch;
mod certificate;
mod code;
mod collection;
mod completion;
mod counter;
mod demo;
mod desk;
mod draft;
mod export;
mod import;
mod init;
mod job;
mod link;
mod log;
mod password;
mod print;
mod qr;
mod restored;
mod serve;
mod settings;
mod shown;
mod status;
mod verify;

pub use shown::by_code;

use crate::config::Settings;
use anyhow::{Context, Result};
use app::{App, AppError, Clock, Config, Credentials, Ctx, Missing, Places};
use clap::{Parser, Subcommand};
use domain::{Actor, Door, Secret};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

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
    /// 导入记录：查看、提交、放弃、整批作废、标注的工作簿、模板
    Batch(batch::Batch),
    /// 草稿：列出、查看、保存、检查、赋码、丢弃
    Draft(draft::Draft),
    /// 为一张证书赋码（JSON 文件）
    Assign(assign::Assign),
    /// 变更或更正一张证书（JSON 文件）
    Change(assign::Assign),
    /// 办理证书状态：撤销、撤回、注销、吊销等
    Status(status::Status),
    /// 查找、查看证书，比较版本，样张，人员证件和联系方式
    Certificate(certificate::Certificate),
    /// 打印证书：PDF 或压缩包，存档并计数
    Print(print::Print),
    /// 打印任务和最近的打印
    Job(job::Job),
    /// 报告二维码文件和领取单
    Qr(qr::Qr),
    /// 领取单上的下载链接：列出、续期
    Link(link::Link),
    /// 查真：按码或证书编号
    Verify(verify::Verify),
    /// 导出本机关证书
    Export(export::Export),
    /// 工作台：待办和数字
    Desk(desk::Desk),
    /// 办理记录
    Log(log::Log),
    /// 汇总：各机关已归集的证书（国家级）
    Collection(collection::Collection),
    /// 本机关设置、打印位置测试页
    Settings(settings::Settings),
    /// 编号计数器
    Counter(counter::Counter),
    /// 代码表：行政区划、领域、行业
    Code(code::Code),
    /// 发证机关及其代码
    Authority(authority::Authority),
    /// 账号：开设、列出、修改、重置密码、停用
    Account(account::Account),
    /// 修改本人密码
    Password(password::Password),
    /// 在演示库里做完全部主要工作：导入、赋码、打印
    Demo(demo::Demo),
    /// 从备份恢复之后：升一代，计数器待管理员确认
    Restored(restored::Restored),
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
    /// The registry, once it was opened: what was noted in it is written at the end.
    opened: Arc<OnceLock<Arc<App>>>,
}

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
    let session = Session::new(settings, cli.json);
    let opened = session.opened.clone();
    let ended = carry_out(cli.command, session).await;
    // Sign-ins, refusals and looks at personal fields are on record before the command ends, however it ends.
    if let Some(app) = opened.get() {
        let flushed = app.flush_access().await;
        if ended.is_ok() {
            flushed?;
        }
    }
    ended
}

async fn carry_out(command: Option<Command>, session: Session) -> Result<End> {
    let Some(command) = command else { return overview(&session).await };
    match command {
        Command::Check(args) => import::Import { check: true, ..args }.run(session).await,
        Command::Assign(args) => args.run(session, assign::What::Fresh).await,
        Command::Change(args) => args.run(session, assign::What::Change).await,
        Command::Completion(args) => args.run(&session, definition()),
        Command::Init(args) => args.run(session).await,
        Command::Serve(args) => args.run(session).await,
        Command::Import(args) => args.run(session).await,
        Command::Batch(args) => args.run(session).await,
        Command::Draft(args) => args.run(session).await,
        Command::Status(args) => args.run(session).await,
        Command::Certificate(args) => args.run(session).await,
        Command::Print(args) => args.run(session).await,
        Command::Job(args) => args.run(session).await,
        Command::Qr(args) => args.run(session).await,
        Command::Link(args) => args.run(session).await,
        Command::Verify(args) => args.run(session).await,
        Command::Export(args) => args.run(session).await,
        Command::Desk(args) => args.run(session).await,
        Command::Log(args) => args.run(session).await,
        Command::Collection(args) => args.run(session).await,
        Command::Settings(args) => args.run(session).await,
        Command::Counter(args) => args.run(session).await,
        Command::Code(args) => args.run(session).await,
        Command::Authority(args) => args.run(session).await,
        Command::Account(args) => args.run(session).await,
        Command::Password(args) => args.run(session).await,
        Command::Demo(args) => args.run(session).await,
        Command::Restored(args) => args.run(session).await,
        Command::Bench(args) => args.run(session).await,
    }
}

/// The whole command line, as clap knows it.
fn definition() -> clap::Command {
    <Cli as clap::CommandFactory>::command()
}

/// The commands with their subcommands, as they are typed: `import`, `account create`.
fn leaves(command: &clap::Command, before: &str) -> Vec<String> {
    let mut all = Vec::new();
    for sub in command.get_subcommands() {
        let path = format!("{before} {}", sub.get_name()).trim().to_owned();
        match sub.has_subcommands() {
            true => all.extend(leaves(sub, &path)),
            false => all.push(path),
        }
    }
    all
}

/// `fuma` alone: what it is, where its data is, how much is in it, what to do next.
async fn overview(session: &Session) -> Result<End> {
    let data = session.settings.data.display().to_string();
    let certificates = match session.open(Missing::Refuse).await {
        Ok(app) => Ok(app.count_all().await?),
        Err(error) => Err(error.to_string()),
    };
    let document = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "data": data,
        "certificates": certificates.as_ref().ok(),
        "commands": leaves(&definition(), ""),
    });
    let count = match &certificates {
        Ok(n) => format!("证书：{n} 张"),
        Err(why) => why.clone(),
    };
    session.tell(&document, || {
        [
            &format!("fuma（赋码） {}", env!("CARGO_PKG_VERSION")),
            "检验检测机构资质认定信息查询及赋码系统",
            &format!("数据文件夹：{data}"),
            &count,
            "常用命令：fuma init　fuma serve　fuma import 文件.xlsx　fuma account list　fuma --help",
        ]
        .join("\n")
    })?;
    Ok(End::Ok)
}

impl Session {
    /// A command that begins.
    pub fn new(settings: Settings, json: bool) -> Session {
        Session { settings, json, opened: Arc::default() }
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
        let config = Config { public_url: s.public_url.clone(), demo: s.demo };
        let app = Arc::new(App::start(&places, config, Clock::Machine, &operator(), missing).await?);
        let app = self.opened.get_or_init(|| app).clone();
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

    /// Asks before something final, unless `yes` was given; a refusal is told.
    pub fn sure(&self, yes: bool, question: &str) -> Result<bool> {
        if yes || confirm(question)? {
            return Ok(true);
        }
        self.tell(&json!({ "done": false }), || "没有办理".into())?;
        Ok(false)
    }
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
        super::definition().debug_assert();
    }

    #[test]
    fn every_command_says_what_it_does_and_how_it_is_called() {
        fn walk(command: &clap::Command, path: &str) {
            for sub in command.get_subcommands() {
                let path = format!("{path} {}", sub.get_name());
                assert!(sub.get_about().is_some(), "{path} says nothing");
                walk(sub, &path);
            }
        }
        walk(&super::definition(), "fuma");
        assert!(super::leaves(&super::definition(), "").iter().any(|path| path == "account create"));
    }
}
