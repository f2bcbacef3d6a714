//! `fuma bench`: the figures of docs/BENCHMARKS.md, printed with machine, size and command. Never a gate: machines are
//! noisy, so CPU time and ratios to something beside it in the same run count.

mod assign;
mod counting;
mod idle;
mod import;
mod interface;
mod load;
mod machine;
mod quality;
mod registry;
mod scan;
mod search;
mod statistics;
mod xlsx;
mod yardstick;

use crate::cli::{End, Session};
use anyhow::{Result, bail};
use clap::ValueEnum;
use std::path::PathBuf;

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma bench import\n　　fuma bench scan --certificates 120000 --rows 20000000\n　　\
                  fuma bench search --folder bench --parts 1,10,100 --peers --postgres postgres://用户@主机/库名"
)]
pub struct Bench {
    /// 测什么
    what: What,
    /// 证书数
    #[arg(long)]
    certificates: Option<usize>,
    /// 检测能力行数；测系统接口时为作业行数
    #[arg(long)]
    rows: Option<usize>,
    /// 测系统接口时，单笔调用持续的分钟数（看内存是否增长）
    #[arg(long, default_value_t = 0)]
    minutes: u32,
    /// 测全国查询时也测对照库：把同样的行装入 PostgreSQL（LIKE、pg_trgm）和 SQLite（FTS5），问同样的问题，给出倍数
    #[arg(long)]
    peers: bool,
    /// 对照库 PostgreSQL 的地址：在库里临时建一个模式，测完删除
    #[arg(long, value_name = "地址", env = "FUMA_TEST_PG", hide_env_values = true)]
    postgres: Option<String>,
    /// 检测能力超过这么多行时，不测对照库
    #[arg(long, value_name = "行数", requires = "peers")]
    peers_upto: Option<usize>,
    /// 测全国查询时，依次测全国的几分之一，用逗号分开；没有的登记库在工作文件夹的 part-N 中做好，已有的照用
    #[arg(long, value_name = "N", value_delimiter = ',', value_parser = clap::value_parser!(u16).range(1..=1000))]
    parts: Vec<u16>,
    /// 工作文件夹（不给出时用系统的临时文件夹，用完删除）
    #[arg(long)]
    folder: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// CSV 导入
    Import,
    /// 另一进程导入的同时逐张赋码
    Assign,
    /// 20 MB 工作簿预览
    Xlsx,
    /// 扫码页面，与 nginx 静态文件比较
    Scan,
    /// 空闲时网站占用的内存
    Idle,
    /// 全国查询（先用 fuma demo --scale national 建库，用 --folder 指明）
    Search,
    /// 统计页面（先用 fuma demo --scale national 建库，用 --folder 指明）
    Statistics,
    /// 数据质量：检查全部证书（先用 fuma demo --scale national 建库，用 --folder 指明）
    Quality,
    /// 系统接口：批量调用、单笔调用、按行作业、内存
    Interface,
}

impl Bench {
    pub async fn run(self, session: Session) -> Result<End> {
        if self.what != What::Search && (self.peers || !self.parts.is_empty()) {
            bail!("--peers 和 --parts 只用于全国查询：请写 fuma bench search");
        }
        let size = |c: usize, r: usize| (self.certificates.unwrap_or(c), self.rows.unwrap_or(r));
        let folder = registry::Folder::new(self.folder.clone(), session.json)?;
        machine::facts()?.into_iter().for_each(|(name, fact)| folder.tell(name, fact));
        match self.what {
            What::Import => import::run(&folder, size(100_000, 2_500_000)).await?,
            What::Assign => assign::run(&folder, size(100_000, 2_500_000)).await?,
            What::Xlsx => xlsx::run(&folder, self.rows.unwrap_or(150_000)).await?,
            What::Scan => scan::run(&folder, size(120_000, 20_000_000)).await?,
            What::Idle => idle::run(&folder, size(20_000, 500_000)).await?,
            What::Quality => quality::run(&folder).await?,
            What::Search => search::run(&folder, &self.search()).await?,
            What::Statistics => statistics::run(&folder).await?,
            What::Interface => {
                let sizes = interface::Sizes {
                    certificates: u32::try_from(self.certificates.unwrap_or(30_000))?,
                    lines: u32::try_from(self.rows.unwrap_or(100_000))?,
                    minutes: self.minutes,
                };
                interface::run(&folder, sizes).await?;
            }
        }
        if session.json {
            session.tell(&folder.figures(), String::new)?;
        }
        Ok(End::Ok)
    }

    fn search(&self) -> search::Options {
        search::Options {
            peers: self.peers,
            postgres: self.postgres.clone(),
            upto: self.peers_upto,
            parts: self.parts.clone(),
        }
    }
}
