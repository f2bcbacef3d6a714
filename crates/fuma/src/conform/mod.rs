//! `fuma conform`: the conformance kit. Whoever connects a system runs it against the sandbox: named scenarios, each passed
//! or failed with what was expected and what came, and a report to hand in. Every run brings bodies and record ids of its
//! own and takes nothing away again.

mod access;
mod bulk;
mod files;
mod kit;
mod reading;
mod report;
mod scenarios;
mod stream;
mod writing;

use crate::cli::{End, Session, bar, password, write};
use crate::client::{Client, Credentials, Patience};
use crate::province::authority;
use anyhow::{Context, Result, bail};
use app::Clock;
use domain::Instant;
use kit::Kit;
use report::{Report, Tried};
use scenarios::{ALL, Scenario};
use std::path::PathBuf;
use std::time::Duration;

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma conform --url https://cma.example.com/sandbox --client fuma-27-xxxx --secret-file 密钥 --report 符合性测试报告.html\n　　fuma conform --url http://127.0.0.1:8080 --client fuma-27-xxxx --secret-file 密钥 --only assign,renew"
)]
pub struct Conform {
    /// 接口地址：https://主机名，测试环境为 https://主机名/sandbox
    #[arg(long)]
    url: String,
    /// 接口系统标识（client_id）
    #[arg(long)]
    client: String,
    /// 从文件读取接口密钥（client_secret）
    #[arg(long, value_name = "文件")]
    secret_file: PathBuf,
    /// 报告写到哪个文件（HTML）
    #[arg(long, value_name = "文件")]
    report: Option<PathBuf>,
    /// 只测这些场景，用逗号分开
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// 发证机关的两位代码（不给出时取自系统标识）
    #[arg(long)]
    authority: Option<String>,
}

/// A scenario that lasts longer has failed.
const LONGEST: Duration = Duration::from_secs(300);

/// For someone who watches: a server that is away is not waited for long.
const PATIENCE: Patience =
    Patience { tries: 6, first: Duration::from_millis(300), longest: Duration::from_secs(5) };

impl Conform {
    pub async fn run(self, session: Session) -> Result<End> {
        let chosen = self.chosen()?;
        let secret = password(Some(&self.secret_file), "")?;
        let credentials = Credentials { id: self.client.clone(), secret: secret.clone() };
        let client = Client::new(&self.url, credentials, PATIENCE)?;
        let clock = Clock::Machine;
        let began = clock.now();
        let kit = Kit::new(client, secret, &authority(self.authority.as_deref(), &self.client)?, began.day());
        let tried = try_all(&kit, &chosen, &clock).await;
        let report = Report {
            url: kit.client.base().to_owned(),
            client: self.client.clone(),
            began,
            ended: clock.now(),
            tried,
        };
        if let Some(path) = &self.report {
            write(path.clone(), report.page()?.as_bytes())?;
        }
        session.tell(&report.document(self.report.as_deref()), || report.words(self.report.as_deref()))?;
        Ok(if report.failed() == 0 { End::Ok } else { End::Partial })
    }

    fn chosen(&self) -> Result<Vec<&'static Scenario>> {
        let known = |key: &String| ALL.iter().any(|it| it.key == key);
        if let Some(key) = self.only.iter().find(|key| !known(key)) {
            let all: Vec<&str> = ALL.iter().map(|it| it.key).collect();
            bail!("没有名为“{key}”的场景；场景有：{}", all.join("、"));
        }
        let wanted = |it: &&Scenario| self.only.is_empty() || self.only.iter().any(|key| key == it.key);
        Ok(ALL.iter().filter(wanted).collect())
    }
}

/// Tries scenario after scenario: each has certificates of its own, so that one that fails spoils no other.
async fn try_all(kit: &Kit, chosen: &[&'static Scenario], clock: &Clock) -> Vec<Tried> {
    let bar = bar();
    bar.set_length(chosen.len() as u64);
    let mut tried = Vec::new();
    for scenario in chosen {
        bar.set_message(scenario.title);
        let began = clock.now();
        let came = tokio::time::timeout(LONGEST, (scenario.run)(kit)).await;
        let came = came.context("五分钟没有结束").and_then(|came| came);
        let passed = came.is_ok();
        let came = came.unwrap_or_else(|error| format!("{error:#}"));
        tried.push(Tried { scenario, passed, came, ms: since(began, clock.now()) });
        bar.inc(1);
    }
    bar.finish_and_clear();
    tried
}

/// Milliseconds between two instants.
fn since(began: Instant, ended: Instant) -> u64 {
    u64::try_from((ended.micros() - began.micros()) / 1_000).unwrap_or_default()
}
