//! `fuma settings`: what an authority sets for itself, and the sheet to test its printer with.

use super::certificate::tell_file;
use super::{As, End, Session, write};
use anyhow::Result;
use app::{AuthoritySettings, CounterScope, Mode};
use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};
use std::path::PathBuf;

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma settings show --as shaanxi-admin\n　　fuma settings set --as shaanxi-admin --offset-x 1.5 --suspension true"
)]
pub struct Settings {
    #[command(subcommand)]
    action: Do,
    #[command(flatten)]
    who: As,
}

#[derive(Subcommand)]
enum Do {
    /// 显示本机关设置
    Show,
    /// 修改本机关设置，不给出的不变（管理员）
    Set(Set),
    /// 打印位置测试页（PDF）
    TestSheet {
        /// 写到哪个文件
        #[arg(long)]
        out: PathBuf,
    },
}

#[derive(clap::Args)]
struct Set {
    /// 印在证书上的机关名称；空文字表示用机关名称
    #[arg(long)]
    printed_name: Option<String>,
    /// 向右移动的毫米数，负数向左
    #[arg(long, allow_hyphen_values = true)]
    offset_x: Option<f32>,
    /// 向下移动的毫米数，负数向上
    #[arg(long, allow_hyphen_values = true)]
    offset_y: Option<f32>,
    /// 纸张是否已印好边框和固定文字
    #[arg(long)]
    pre_printed: Option<bool>,
    /// 是否使用“暂停”状态
    #[arg(long)]
    suspension: Option<bool>,
    /// 暂停满多少天列入监管清单“暂停过久”
    #[arg(long, value_name = "天数")]
    suspended_days: Option<u16>,
    /// 编号按什么分开计数，用逗号分开
    #[arg(long, value_delimiter = ',')]
    count_by: Option<Vec<By>>,
    /// 赋码方式，立即生效；见操作手册“对接”
    #[arg(long)]
    mode: Option<WhichMode>,
}

/// Which door assigns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum WhichMode {
    /// 手动赋码
    Manual,
    /// 系统联网自动赋码
    Networked,
}

impl WhichMode {
    fn mode(self) -> Mode {
        match self {
            WhichMode::Manual => Mode::Manual,
            WhichMode::Networked => Mode::Networked,
        }
    }
}

/// What counters count within.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum By {
    /// 机关代码
    Code,
    /// 年份
    Year,
    /// 领域
    Domain,
    /// 行业
    Industry,
}

impl Set {
    fn onto(self, stands: AuthoritySettings) -> AuthoritySettings {
        let counter = self.count_by.map(|by| CounterScope {
            code: by.contains(&By::Code),
            year: by.contains(&By::Year),
            domain: by.contains(&By::Domain),
            industry: by.contains(&By::Industry),
        });
        AuthoritySettings {
            printed_name: self.printed_name.map_or(stands.printed_name, |name| name.trim().to_owned()),
            offset_x_mm: self.offset_x.unwrap_or(stands.offset_x_mm),
            offset_y_mm: self.offset_y.unwrap_or(stands.offset_y_mm),
            pre_printed: self.pre_printed.unwrap_or(stands.pre_printed),
            suspension: self.suspension.unwrap_or(stands.suspension),
            suspended_days: self.suspended_days.unwrap_or(stands.suspended_days),
            counter: counter.unwrap_or(stands.counter),
            mode: stands.mode,
        }
    }
}

impl Settings {
    pub async fn run(self, session: Session) -> Result<End> {
        let (app, ctx) = session.enter(&self.who).await?;
        let own = ctx.authority()?;
        match self.action {
            Do::TestSheet { out } => {
                tell_file(&session, write(out, &app.test_sheet(&ctx).await?)?)?;
                return Ok(End::Ok);
            }
            Do::Set(set) => {
                let mode = set.mode;
                let stands = app.settings_of(own).await?;
                let settings = set.onto(stands.clone());
                if settings != stands {
                    app.set_settings(&ctx, &settings).await?;
                }
                // The mode is a verb of its own: it says what changes, and ends what was opened for the other one.
                if let Some(mode) = mode {
                    let change = app.set_mode(&ctx, mode.mode()).await?;
                    change.says.iter().for_each(|line| eprintln!("{line}"));
                }
            }
            Do::Show => {}
        }
        let it = app.settings_of(own).await?;
        let name = app.authority_name(own);
        session.tell(&document(&name, &it)?, || words(&name, &it))?;
        Ok(End::Ok)
    }
}

fn document(name: &str, it: &AuthoritySettings) -> Result<Value> {
    let mut value = serde_json::to_value(it)?;
    value["authority"] = json!(name);
    Ok(value)
}

fn words(name: &str, it: &AuthoritySettings) -> String {
    let yes = |on: bool| if on { "是" } else { "否" };
    let printed = if it.printed_name.is_empty() { name } else { &it.printed_name };
    let by = [
        (it.counter.code, "机关代码"),
        (it.counter.year, "年份"),
        (it.counter.domain, "领域"),
        (it.counter.industry, "行业"),
    ];
    let by: Vec<&str> = by.into_iter().filter(|(on, _)| *on).map(|(_, label)| label).collect();
    [
        format!("机关　{name}"),
        format!("印在证书上的机关名称　{printed}"),
        format!("向右移动　{} 毫米　向下移动　{} 毫米", it.offset_x_mm, it.offset_y_mm),
        format!("纸张已印好边框和固定文字　{}", yes(it.pre_printed)),
        format!("使用“暂停”状态　{}", yes(it.suspension)),
        format!("暂停满 {} 天列入“暂停过久”", it.suspended_days),
        format!("赋码方式　{}", it.mode.label()),
        format!("编号分开计数　{}", if by.is_empty() { "不分".to_owned() } else { by.join("、") }),
    ]
    .join("\n")
}
