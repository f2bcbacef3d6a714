//! Which certificates a command is about: the filters of the list.

use crate::cli::shown::by_code;
use anyhow::{Context, Result};
use app::App;
use app::stored::Filter;
use domain::{BatchId, Day, Number, StatusWord, Uscc, clean, name_key};

/// The filters of the list of certificates.
#[derive(clap::Args)]
pub struct Which {
    /// 记录的状态：有效 已暂停 已撤销 已撤回 已注销 已吊销 已换证 已作废
    #[arg(long)]
    status: Option<String>,
    /// 证书编号，可只给前几位
    #[arg(long)]
    number: Option<String>,
    /// 机构名称中的文字
    #[arg(long)]
    name: Option<String>,
    /// 统一社会信用代码
    #[arg(long)]
    uscc: Option<Uscc>,
    /// 有效期至不早于
    #[arg(long, value_name = "日期")]
    from: Option<Day>,
    /// 有效期至不晚于
    #[arg(long, value_name = "日期")]
    to: Option<Day>,
    /// 只要待打印的
    #[arg(long)]
    print_due: bool,
    /// 只要这次导入的
    #[arg(long, value_name = "批次")]
    batch: Option<i64>,
    /// 机关的两位代码（国家级账号）
    #[arg(long, value_name = "代码")]
    authority: Option<String>,
}

impl Which {
    /// As the verbs take it.
    pub fn filter(&self, app: &App) -> Result<Filter> {
        let status = match &self.status {
            Some(word) => {
                Some(StatusWord::parse(word).with_context(|| format!("没有状态“{word}”，见 --help"))?)
            }
            None => None,
        };
        Ok(Filter {
            authority: self.authority.as_ref().map(|code| by_code(app, code)).transpose()?,
            status,
            number: beginning(self.number.as_deref()),
            name: part_of_name(self.name.as_deref())?,
            uscc: self.uscc.map(|uscc| uscc.to_string()).unwrap_or_default(),
            print_due: self.print_due,
            batch: self.batch.map(BatchId),
            expires_from: self.from,
            expires_to: self.to,
        })
    }
}

/// The number, or what it begins with, as the list takes it.
fn beginning(number: Option<&str>) -> String {
    let number = number.unwrap_or_default();
    let whole = Number::parse(number).ok().map(|number| number.as_str().to_owned());
    whole.unwrap_or_else(|| number.split_whitespace().collect())
}

fn part_of_name(name: Option<&str>) -> Result<String> {
    Ok(name_key(&clean(name.unwrap_or_default(), 150).context("机构名称")?))
}

/// What a command that takes many of the authority's own narrows them by.
#[derive(clap::Args)]
pub struct Narrow {
    /// 只要机构名称中有这些文字的
    #[arg(long, value_name = "文字", group = "which")]
    name: Option<String>,
    /// 只要编号以这几位开头的
    #[arg(long, value_name = "前几位", group = "which")]
    begins: Option<String>,
    /// 只要这家机构（或其所属法人）的
    #[arg(long, group = "which")]
    uscc: Option<Uscc>,
}

impl Narrow {
    /// Narrows a filter.
    pub fn onto(&self, filter: Filter) -> Result<Filter> {
        Ok(Filter {
            number: beginning(self.begins.as_deref()),
            name: part_of_name(self.name.as_deref())?,
            uscc: self.uscc.map(|uscc| uscc.to_string()).unwrap_or_default(),
            ..filter
        })
    }
}
