//! The command line: every command a file, each calling the same verbs as the pages. What the officers' site can do has
//! a command here; what a command prints is one JSON document with `--json`.

mod account;
mod admission;
mod assign;
mod authority;
mod batch;
mod body;
mod bulletin;
mod certificate;
mod client;
mod code;
mod collection;
mod completion;
mod counter;
mod demo;
mod desk;
mod digest;
mod docking;
mod draft;
mod draw;
mod emergency;
mod erase;
mod export;
mod hook;
mod import;
mod inbox;
mod init;
mod inspection;
mod job;
mod link;
mod listing;
mod log;
mod national;
mod notice;
mod open_data;
mod openapi;
mod password;
mod print;
mod qr;
mod quality;
mod refusal;
mod restored;
mod search;
mod serve;
mod session;
mod settings;
mod shown;
mod spoken;
mod statistics;
mod status;
mod traffic;
mod verify;
mod worklist;

pub use demo::PASSWORD;
pub use national::make as make_nation;
pub use session::{Session, operator, password, sure, write};
pub use shown::by_code;
pub use traffic::fill as fill_figures;

use session::As;

use crate::config::Settings;
use anyhow::Result;
use app::{AppError, Missing};
use clap::{FromArgMatches, Parser, Subcommand};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

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
    /// 在测试环境里办理：数据在数据文件夹的 sandbox 中
    #[arg(long, global = true)]
    sandbox: bool,
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
    /// 许可核查：其他证书、撤销、不予许可、签字人兼职、场所重合
    Admission(admission::Admissions),
    /// 不予许可记录：列出、登记、取消登记
    Refusal(refusal::Refusals),
    /// 为一张证书赋码（JSON 文件）
    Assign(assign::Assign),
    /// 变更或更正一张证书（JSON 文件）
    Change(assign::Assign),
    /// 办理证书状态：撤销、撤回、注销、吊销等
    Status(status::Status),
    /// 查找、查看证书，比较版本，样张，人员证件和联系方式
    Certificate(certificate::Certificate),
    /// 删除一个人的证件和联系方式
    Erase(erase::Erase),
    /// 打印证书：PDF 或压缩包，存档并计数
    Print(print::Print),
    /// 打印任务和最近的打印
    Job(job::Job),
    /// 报告二维码文件和领取单
    Qr(qr::Qr),
    /// 领取单上的下载链接：列出、续期
    Link(link::Link),
    /// 通知地址：登记、修改、查看送达情况、重发
    Hook(hook::Hook),
    /// 查真：按码或证书编号
    Verify(verify::Verify),
    /// 导出本机关证书
    Export(export::Export),
    /// 工作台：待办和数字
    Desk(desk::Desk),
    /// 收件箱：其他机关的办理通报
    Inbox(inbox::Inbox),
    /// 每日提要：列出、标为已读、设置包括的清单
    Digest(digest::Digest),
    /// 数据质量：规则和不符合的证书、更正草稿、导出、检查全部证书
    Quality(quality::Quality),
    /// 监管清单：写成表格文件
    Worklist(worklist::WorklistCommand),
    /// 查询：机构、证书、检测能力、仪器设备、人员，按词语和条件
    Search(search::Search),
    /// 机构：在全国的全部证书；疑似重复、合并
    Body(body::Body),
    /// 双随机抽查：检查人员名录库、冻结、抽取、公开、重新计算
    Draw(draw::Draws),
    /// 监督检查：列出、登记、公开，逾期未办结的整改
    Inspection(inspection::Inspections),
    /// 通知书：起草、制作、列出、写出 PDF
    Notice(notice::Notices),
    /// 办理记录
    Log(log::Log),
    /// 汇总：各机关已归集的证书（国家级）
    Collection(collection::Collection),
    /// 通报：起草、审定、发布、签收、回复；申报有效证书数
    Bulletin(bulletin::Bulletins),
    /// 统计：概况、趋势、排名、时段、地区、机构、未通过、到期
    Statistics(statistics::Statistics),
    /// 对接：反馈表、进展、全国看板、待认领
    Docking(docking::Docking),
    /// 接口系统及其密钥
    Client(client::Client),
    /// 应急手动赋码：开启、结束、列出
    Emergency(emergency::Emergency),
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
    /// 开放数据：列出、立即生成
    OpenData(open_data::OpenData),
    /// 从备份恢复之后：升一代，计数器待管理员确认
    Restored(restored::Restored),
    /// 模拟省级审批系统：报送案件、改正、对账
    Province(crate::province::Province),
    /// 接口符合性测试，出具报告
    Conform(crate::conform::Conform),
    /// 性能测量，结果见 docs/BENCHMARKS.md
    Bench(crate::bench::Bench),
    /// 接口描述（OpenAPI 3.1），接口规范中由程序生成的表
    Openapi(openapi::Openapi),
    /// 命令行补全脚本
    Completion(completion::Completion),
}

/// How a command ended, for scripts (README): 0 ok, 1 failure, 2 usage, 3 partial, 4 not verified, 5 found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Everything was done.
    Ok,
    /// Some rows were bad.
    Partial,
    /// What was verified is not valid.
    NotVerified,
    /// A check found something that a person should look at.
    Found,
}

/// Parses, runs, and turns failures into a sentence and an exit code.
pub fn run() -> ExitCode {
    let read = definition().try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = read.unwrap_or_else(|error| spoken::end(&error));
    let filter = tracing_subscriber::EnvFilter::try_from_env("FUMA_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    if matches!(cli.command, Some(Command::Serve(_))) {
        serve::begin_frugally();
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&anyhow::Error::new(error).context("无法启动运行环境")),
    };
    match runtime.block_on(dispatch(cli)) {
        Ok(End::Ok) => ExitCode::SUCCESS,
        Ok(End::Partial) => ExitCode::from(3),
        Ok(End::NotVerified) => ExitCode::from(4),
        Ok(End::Found) => ExitCode::from(5),
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
    let settings = if cli.sandbox { settings.of_sandbox() } else { settings };
    let session = Session::new(settings, cli.json);
    let opened = session.opened();
    let ended = carry_out(cli.command, session).await;
    // Sign-ins, refusals and looks at personal fields are on record before the command ends, however it ends.
    let flushed = opened.flush().await;
    let ended = ended?;
    flushed.map(|()| ended)
}

async fn carry_out(command: Option<Command>, session: Session) -> Result<End> {
    let Some(command) = command else { return overview(&session).await };
    match command {
        Command::Check(args) => import::Import { check: true, ..args }.run(session).await,
        Command::Assign(args) => args.run(session, assign::What::Fresh).await,
        Command::Change(args) => args.run(session, assign::What::Change).await,
        Command::Completion(args) => args.run(&session, definition()),
        Command::Openapi(args) => args.run(&session),
        Command::Init(args) => args.run(session).await,
        Command::Serve(args) => args.run(session).await,
        Command::Import(args) => args.run(session).await,
        Command::Batch(args) => args.run(session).await,
        Command::Draft(args) => args.run(session).await,
        Command::Admission(args) => args.run(session).await,
        Command::Refusal(args) => args.run(session).await,
        Command::Status(args) => args.run(session).await,
        Command::Certificate(args) => args.run(session).await,
        Command::Erase(args) => args.run(session).await,
        Command::Print(args) => args.run(session).await,
        Command::Job(args) => args.run(session).await,
        Command::Qr(args) => args.run(session).await,
        Command::Link(args) => args.run(session).await,
        Command::Hook(args) => args.run(session).await,
        Command::Verify(args) => args.run(session).await,
        Command::Export(args) => args.run(session).await,
        Command::Desk(args) => args.run(session).await,
        Command::Inbox(args) => args.run(session).await,
        Command::Digest(args) => args.run(session).await,
        Command::Quality(args) => args.run(session).await,
        Command::Worklist(args) => args.run(session).await,
        Command::Search(args) => args.run(session).await,
        Command::Body(args) => args.run(session).await,
        Command::Draw(args) => args.run(session).await,
        Command::Inspection(args) => args.run(session).await,
        Command::Notice(args) => args.run(session).await,
        Command::Log(args) => args.run(session).await,
        Command::OpenData(args) => args.run(session).await,
        Command::Collection(args) => args.run(session).await,
        Command::Bulletin(args) => args.run(session).await,
        Command::Statistics(args) => args.run(session).await,
        Command::Docking(args) => args.run(session).await,
        Command::Client(args) => args.run(session).await,
        Command::Emergency(args) => args.run(session).await,
        Command::Settings(args) => args.run(session).await,
        Command::Counter(args) => args.run(session).await,
        Command::Code(args) => args.run(session).await,
        Command::Authority(args) => args.run(session).await,
        Command::Account(args) => args.run(session).await,
        Command::Password(args) => args.run(session).await,
        Command::Demo(args) => args.run(session).await,
        Command::Restored(args) => args.run(session).await,
        Command::Province(args) => args.run(session).await,
        Command::Conform(args) => args.run(session).await,
        Command::Bench(args) => args.run(session).await,
    }
}

/// The whole command line, as clap knows it.
fn definition() -> clap::Command {
    spoken::chinese(<Cli as clap::CommandFactory>::command())
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

/// A progress bar on stderr: 步骤, bar, counts, time left.
pub fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    match ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} 剩余 {eta}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_definition_of_the_command_line_is_sound() {
        super::definition().debug_assert();
    }

    #[test]
    fn every_command_says_what_it_does_and_gives_an_example() {
        fn walk(command: &clap::Command, path: &str) {
            for sub in command.get_subcommands() {
                let path = format!("{path} {}", sub.get_name());
                assert!(sub.get_about().is_some(), "{path} says nothing");
                walk(sub, &path);
            }
        }
        let all = super::definition();
        walk(&all, "fuma");
        for sub in all.get_subcommands() {
            let example = sub.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(example.starts_with("例：fuma"), "fuma {}: {example}", sub.get_name());
        }
        assert!(super::leaves(&all, "").iter().any(|path| path == "account create"));
    }
}
