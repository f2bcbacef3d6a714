//! `fuma province`: a provincial approval system, simulated. It makes cases from a seed, with the mistakes that people make,
//! pushes them through the interface, keeps what comes back, puts right what is refused, and reconciles.

pub mod book;
pub mod deed;
mod folder;
mod ledger;
mod mistake;
pub mod plan;
mod push;
mod reconcile;
mod report;

use crate::cli::{End, Session, bar};
use crate::client::{Call, Client, Connection, Patience};
use anyhow::{Context, Result, bail};
use app::Clock;
use book::Book;
use folder::{Folder, Run};
use plan::Planner;
use push::{Order, Pusher};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma province --url https://cma.example.com/sandbox --client fuma-27-xxxx --secret-file 密钥 --store 模拟\n　　要求签名的系统另加：--key-id fuma-27-xxxx-k1 --key-file 签名密钥 --algorithm hmac-sm3\n　　fuma province --url http://127.0.0.1:8080 --client fuma-27-xxxx --secret-file 密钥 --store 模拟 --cases 10000 --batch 100\n　　同一文件夹再次运行即继续；中断后重发用同样的业务记录号"
)]
pub struct Province {
    #[command(flatten)]
    connection: Connection,
    /// 存放案件和答复的文件夹
    #[arg(long, value_name = "文件夹")]
    store: PathBuf,
    /// 案件数，连同该文件夹里已有的
    #[arg(long)]
    cases: Option<u64>,
    /// 每秒最多报送的案件数
    #[arg(long)]
    rate: Option<f64>,
    /// 案件的种子，同一种子得到同样的案件
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// 每次调用的案件数，1至500
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=500))]
    batch: u16,
    /// 出错案件的比例，0至1
    #[arg(long, default_value_t = 0.1)]
    mistakes: f64,
    /// 发证机关的两位代码（不给出时取自系统标识）
    #[arg(long)]
    authority: Option<String>,
    /// 不再报送，只对账
    #[arg(long)]
    reconcile: bool,
    /// 报送多久后不再办新案件，如 90s、10m、2h
    #[arg(long, value_parser = duration)]
    duration: Option<Duration>,
}

/// Cases where neither their number nor a time is given.
const CASES: u64 = 100;

impl Province {
    pub async fn run(self, session: Session) -> Result<End> {
        self.checked()?;
        let (client, _) = self.connection.open(Patience::LONG)?;
        said_if_away(&client).await;
        let run = Run {
            authority: authority(self.authority.as_deref(), client.id())?,
            seed: self.seed,
            mistakes: self.mistakes,
            today: Clock::Machine.now().day(),
        };
        let (folder, run, before) = Folder::open(&self.store, &run)?;
        let book = Book::new(&run.authority, run.seed, run.today);
        let planner = Planner::new(&run.authority, run.seed, run.mistakes);
        let mut pusher = Pusher::new(&client, (folder, before), book, planner, self.order());
        let before = pusher.ledger.acknowledged();
        let began = Instant::now();
        if !self.reconcile {
            let bar = bar();
            bar.set_message("报送");
            bar.set_length(self.cases.unwrap_or(CASES));
            let pushed = pusher.run(&bar).await;
            bar.finish_and_clear();
            pushed.with_context(|| {
                format!("已确认{}件；再次运行同一命令即继续", pusher.ledger.acknowledged())
            })?;
        }
        let pushed_in = began.elapsed();
        let reconciled = reconcile::reconcile(&client, &pusher.ledger, &pusher.book).await?;
        let report = report::Report {
            run: &run,
            ledger: &pusher.ledger,
            reconciled: &reconciled,
            calls: &pusher.calls,
            retries: client.retries(),
            pushed: pusher.ledger.acknowledged() - before,
            pushed_in,
        };
        session.tell(&report.document(), || report.words())?;
        let whole = reconciled.differences.is_empty() && pusher.ledger.counts.given_up.is_empty();
        Ok(if whole { End::Ok } else { End::Partial })
    }

    fn checked(&self) -> Result<()> {
        if !(0.0..=1.0).contains(&self.mistakes) {
            bail!("--mistakes 应为0至1之间的数，如 0.1");
        }
        if self.rate.is_some_and(|rate| rate.is_nan() || rate <= 0.0) {
            bail!("--rate 应为大于0的数，如 20");
        }
        Ok(())
    }

    fn order(&self) -> Order {
        let until = self.duration.map(|duration| Instant::now() + duration);
        let endless = if until.is_some() { u64::MAX } else { CASES };
        Order { cases: self.cases.unwrap_or(endless), batch: usize::from(self.batch), rate: self.rate, until }
    }
}

/// It works through the night and waits for a server that is away; who typed a wrong address should know it now.
async fn said_if_away(client: &Client) {
    if let Err(error) = client.send_once(&Call::get("/openapi.json")).await {
        eprintln!("{error}；继续等待，约十分钟后放弃");
    }
}

/// The two-digit code that was given, or else the one that an id like `fuma-27-…` bears.
pub fn authority(given: Option<&str>, client: &str) -> Result<String> {
    let code = given.or_else(|| client.split('-').nth(1)).unwrap_or_default();
    if code.len() != 2 || !code.bytes().all(|b| b.is_ascii_digit()) {
        bail!("请用 --authority 给出发证机关的两位代码，如 27");
    }
    Ok(code.to_owned())
}

/// 90, 90s, 10m, 2h.
fn duration(text: &str) -> Result<Duration, String> {
    let (digits, unit) = match text.strip_suffix(['s', 'm', 'h']) {
        Some(digits) => (digits, &text[digits.len()..]),
        None => (text, "s"),
    };
    let seconds = match unit {
        "h" => 3_600,
        "m" => 60,
        _ => 1,
    };
    let n: u64 = digits.parse().map_err(|_| format!("“{text}”应为 90s、10m 或 2h"))?;
    Ok(Duration::from_secs(n.saturating_mul(seconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_authority_is_given_or_read_from_the_id() {
        assert_eq!(authority(None, "fuma-16-abcdef").unwrap(), "16");
        assert_eq!(authority(Some("27"), "fuma-16-abcdef").unwrap(), "27");
        assert!(authority(None, "other").is_err() && authority(Some("陕西"), "x").is_err());
    }

    #[test]
    fn durations_are_read() {
        let seconds = |text| duration(text).map(|it| it.as_secs());
        assert_eq!([seconds("90"), seconds("10m"), seconds("2h")], [Ok(90), Ok(600), Ok(7_200)]);
        for wrong in ["", "m", "1d", "-1"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
