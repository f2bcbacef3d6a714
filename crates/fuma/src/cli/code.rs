//! `fuma code`: the tables 行政区划, 专业领域, 行业主管部门 with their days.

use super::shown::table;
use super::{As, End, Session};
use anyhow::Result;
use app::App;
use app::stored::{CodeEntry, CodeKind};
use clap::{Subcommand, ValueEnum};
use domain::Day;
use serde_json::{Value, json};

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma code list --as shaanxi division --find 6101\n　　fuma code set --as guojia domain 98 --name 示例领域"
)]
pub struct Code {
    #[command(subcommand)]
    action: Do,
    #[command(flatten)]
    who: As,
}

#[derive(Subcommand)]
enum Do {
    /// 列出代码
    List {
        /// 哪张表
        table: Which,
        /// 代码的开头，或名称中的文字
        #[arg(long, default_value = "")]
        find: String,
    },
    /// 新增或修改一个代码（国家级管理员）
    Set {
        /// 哪张表
        table: Which,
        /// 代码
        code: String,
        /// 名称
        #[arg(long)]
        name: String,
        /// 启用日期
        #[arg(long, value_name = "日期")]
        from: Option<Day>,
        /// 停用日期：最后一个可用的日子
        #[arg(long, value_name = "日期")]
        to: Option<Day>,
    },
}

/// A table of codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Which {
    /// 行政区划
    Division,
    /// 专业领域
    Domain,
    /// 行业主管部门
    Industry,
}

impl Which {
    fn kind(self) -> CodeKind {
        match self {
            Which::Division => CodeKind::Division,
            Which::Domain => CodeKind::Domain,
            Which::Industry => CodeKind::Industry,
        }
    }
}

impl Code {
    pub async fn run(self, session: Session) -> Result<End> {
        let (app, ctx) = session.enter(&self.who).await?;
        let (kind, find) = match self.action {
            Do::List { table, find } => (table.kind(), find),
            Do::Set { table, code, name, from, to } => {
                app.set_code(&ctx, table.kind(), &code, &name, (from, to)).await?;
                (table.kind(), code)
            }
        };
        let all = every(&app, kind, &find).await?;
        let rows: Vec<Value> = all
            .iter()
            .map(|it| json!({ "code": it.code, "name": it.name, "from": it.from, "to": it.to }))
            .collect();
        session.tell(&json!({ "table": kind.key(), "codes": rows }), || {
            let day = |day: Option<Day>| day.map(|d| d.to_string()).unwrap_or_default();
            let row = |it: &CodeEntry| vec![it.code.clone(), it.name.clone(), day(it.from), day(it.to)];
            table(&["代码", "名称", "启用", "停用"], all.iter().map(row))
        })?;
        Ok(End::Ok)
    }
}

/// All entries found, page by page where they are found by the beginning of the code.
async fn every(app: &App, kind: CodeKind, find: &str) -> Result<Vec<CodeEntry>> {
    let mut all = app.find_codes(kind, find, "").await?;
    if !find.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(all);
    }
    while let Some(last) = all.last().map(|it| it.code.clone()) {
        let page = app.find_codes(kind, find, &last).await?;
        if page.is_empty() {
            break;
        }
        all.extend(page);
    }
    Ok(all)
}
