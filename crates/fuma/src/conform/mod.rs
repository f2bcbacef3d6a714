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
mod signing;
mod stream;
mod writing;

use crate::cli::{End, Session, bar, write};
use crate::client::{Call, Client, Connection, Patience, Trouble};
use crate::province::authority;
use anyhow::{Error, Result, bail};
use app::Clock;
use domain::Instant;
use kit::{ByHand, Kit};
use report::{Outcome, Report, Signing, Tried};
use scenarios::{ALL, Scenario};
use serde_json::Value;
use std::path::PathBuf;
use std::time::Duration;

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma conform --url https://cma.example.com/sandbox --client fuma-27-xxxx --secret-file 密钥 --system-name 省资质认定审批系统 --report 符合性测试报告.html\n　　要求签名的系统另加：--key-id fuma-27-xxxx-k1 --key-file 签名密钥 --algorithm hmac-sm3\n　　fuma conform --url http://127.0.0.1:8080 --client fuma-27-xxxx --secret-file 密钥 --only assign,renew"
)]
pub struct Conform {
    #[command(flatten)]
    connection: Connection,
    /// 报告写到哪个文件（HTML）
    #[arg(long, value_name = "文件")]
    report: Option<PathBuf>,
    /// 只测这些场景，用逗号分开
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// 发证机关的两位代码（不给出时取自系统标识）
    #[arg(long)]
    authority: Option<String>,
    /// 写在报告上的发证机关名称（不给出时取自接口的代码表）
    #[arg(long, value_name = "名称")]
    authority_name: Option<String>,
    /// 写在报告上的接口系统名称（不给出时留空，由人填写）
    #[arg(long, value_name = "名称")]
    system_name: Option<String>,
}

/// A scenario that lasts longer has failed.
const LONGEST: Duration = Duration::from_secs(300);

/// For someone who watches: a server that is away is not waited for long.
const PATIENCE: Patience =
    Patience { tries: 6, first: Duration::from_millis(300), longest: Duration::from_secs(5) };

impl Conform {
    pub async fn run(self, session: Session) -> Result<End> {
        let chosen = self.chosen()?;
        let (client, secret) = self.connection.open(PATIENCE)?;
        let clock = Clock::Machine;
        let began = clock.now();
        let code = authority(self.authority.as_deref(), client.id())?;
        let kit = Kit::new(client, secret, &code, began.day());
        let (stopped, found) = match ready(&kit.client, &code).await {
            Ok(found) => (None, found),
            Err(error) => (Some(told(&error)), None),
        };
        let (tried, stopped) = try_all(&kit, &chosen, &clock, stopped).await;
        let report = Report {
            url: kit.client.base().to_owned(),
            client: kit.client.id().to_owned(),
            authority: code,
            authority_name: self.authority_name.or(found).unwrap_or_default(),
            system_name: self.system_name.unwrap_or_default(),
            signing: kit.client.signer().map(|signer| Signing {
                key_id: signer.key_id().to_owned(),
                algorithm: signer.algorithm().key(),
            }),
            began,
            ended: clock.now(),
            tried,
            stopped,
        };
        if let Some(path) = &self.report {
            write(path.clone(), report.page()?.as_bytes())?;
        }
        session.tell(&report.document(self.report.as_deref()), || report.words(self.report.as_deref()))?;
        Ok(if report.is_passed() { End::Ok } else { End::Partial })
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

/// Makes sure that somebody answers and hears us, before dozens of scenarios fail for one reason. The name of the authority,
/// if the interface knows it.
///
/// # Errors
/// Why there is no sense in beginning.
async fn ready(client: &Client, authority: &str) -> Result<Option<String>> {
    // Not patiently: who typed a wrong address wants to know it now.
    client.send_once(&Call::get("/openapi.json")).await?;
    client.token().await?;
    let answer = client.send(&Call::get("/codes/authorities")).await?;
    if answer.status.as_u16() == 401 {
        let key = match answer.refuses_signature() {
            true if client.signer().is_none() => "；请用 --key-id 和 --key-file 给出签名密钥",
            true => "；请核对 --key-id、--key-file、--algorithm 和 --public-url",
            false => "",
        };
        bail!("接口不接受本系统的调用（{}）{key}", answer.advised());
    }
    let document: Value = serde_json::from_slice(&answer.bytes).unwrap_or_default();
    let codes = document["codes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let ours = codes.iter().find(|it| it["code"] == authority);
    Ok(ours.and_then(|it| it["name"].as_str()).map(str::to_owned))
}

/// Tries scenario after scenario: each has certificates of its own, so that one that fails spoils no other. Why the rest was
/// not tried, if it was not.
async fn try_all(
    kit: &Kit,
    chosen: &[&'static Scenario],
    clock: &Clock,
    mut stopped: Option<String>,
) -> (Vec<Tried>, Option<String>) {
    let bar = bar();
    bar.set_length(chosen.len() as u64);
    let mut tried = Vec::new();
    for scenario in chosen {
        bar.set_message(scenario.title);
        let idle = |outcome, came: &str| Tried { scenario, outcome, came: came.to_owned(), ms: 0 };
        tried.push(if stopped.is_some() {
            idle(Outcome::NotRun, "未运行")
        } else if scenario.needs_key() && kit.client.signer().is_none() {
            idle(Outcome::Untested, "未测（没有给出签名密钥）")
        } else {
            let began = clock.now();
            let came = tokio::time::timeout(LONGEST, (scenario.run)(kit)).await;
            let came = came.unwrap_or_else(|_| Err(Error::msg("五分钟没有结束")));
            let ms = since(began, clock.now());
            let (outcome, came) = match came {
                Ok(came) => (Outcome::Passed, came),
                Err(error) => {
                    stopped = hopeless(kit, &error).await;
                    // The registry does as it is set to do.
                    let outcome = if error.is::<ByHand>() { Outcome::NotRun } else { Outcome::Failed };
                    (outcome, told(&error))
                }
            };
            Tried { scenario, outcome, came, ms }
        });
        bar.inc(1);
    }
    bar.finish_and_clear();
    (tried, stopped)
}

/// Whether what failed one scenario will fail every other as well: then why, and what to do.
async fn hopeless(kit: &Kit, error: &Error) -> Option<String> {
    if error.is::<ByHand>() {
        let page = if kit.client.base().contains("/sandbox/") {
            "测试环境的“对接”页"
        } else {
            "“对接”页"
        };
        return Some(format!("{ByHand}：请本机关管理员在{page}改为系统联网自动赋码后再运行"));
    }
    match error.downcast_ref::<Trouble>()? {
        Trouble::NoToken(text) => Some(text.clone()),
        // One answer that broke off may be that scenario's own fault: is there anybody yet?
        Trouble::Away(_) => {
            let there = kit.client.send_once(&Call::get("/openapi.json")).await;
            there.err().map(|error| format!("测试中途{}", told(&error)))
        }
    }
}

/// An error with what led to it.
fn told(error: &Error) -> String {
    error.chain().map(ToString::to_string).collect::<Vec<_>>().join("：")
}

/// Milliseconds between two instants.
fn since(began: Instant, ended: Instant) -> u64 {
    u64::try_from((ended.micros() - began.micros()) / 1_000).unwrap_or_default()
}
