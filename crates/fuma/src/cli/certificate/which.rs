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
        let number = self.number.as_deref().unwrap_or_default();
        let whole = Number::parse(number).ok().map(|number| number.as_str().to_owned());
        let name = clean(self.name.as_deref().unwrap_or_default(), 150).context("机构名称")?;
        Ok(Filter {
            authority: self.authority.as_ref().map(|code| by_code(app, code)).transpose()?,
            status,
            number: whole.unwrap_or_else(|| number.split_whitespace().collect()),
            name: name_key(&name),
            uscc: self.uscc.map(|uscc| uscc.to_string()).unwrap_or_default(),
            print_due: self.print_due,
            batch: self.batch.map(BatchId),
            expires_from: self.from,
            expires_to: self.to,
        })
    }
}
