//! `fuma authority`: the authorities and the two-digit codes they number with.

use super::shown::table;
use super::{As, End, Session};
use anyhow::{Context, Result};
use app::{App, Opened};
use clap::{Subcommand, ValueEnum};
use domain::{Authority as Row, AuthorityCode, AuthorityId, Day, Level, Two};
use serde_json::{Value, json};

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma authority list --as shaanxi\n　　fuma authority code --as guojia 34 98 --from 2026-01-01\n　　fuma authority open --as guojia"
)]
pub struct Authority {
    #[command(subcommand)]
    action: Do,
    #[command(flatten)]
    who: As,
}

#[derive(Subcommand)]
enum Do {
    /// 列出机关及其代码
    List,
    /// 设立一个机关（国家级管理员）
    Create {
        /// 机关名称
        #[arg(long)]
        name: String,
        /// 简称
        #[arg(long)]
        short_name: String,
        /// 级别
        #[arg(long, value_enum, default_value = "provincial")]
        level: AtLevel,
        /// 辖区：行政区划代码前两位；国家级不填
        #[arg(long, default_value = "")]
        area: String,
    },
    /// 修改一个机关，不给出的不变（国家级管理员）
    Set {
        /// 机关编号，见 fuma authority list
        id: i64,
        /// 机关名称
        #[arg(long)]
        name: Option<String>,
        /// 简称
        #[arg(long)]
        short_name: Option<String>,
        /// 级别
        #[arg(long, value_enum)]
        level: Option<AtLevel>,
        /// 辖区：行政区划代码前两位
        #[arg(long)]
        area: Option<String>,
    },
    /// 开通公众查询平台，或缩小、关闭它；不给编号为全部机关（国家级管理员）
    Open {
        /// 只开通这些机关，编号见 fuma authority list
        ids: Vec<i64>,
        /// 一个机关也不开通
        #[arg(long, conflicts_with = "ids")]
        none: bool,
    },
    /// 给机关一个编号代码，或改它的启用、停用日期（国家级管理员）
    Code {
        /// 机关编号，见 fuma authority list
        id: i64,
        /// 证书编号第3、4位，两位数字
        code: Two,
        /// 启用日期
        #[arg(long, value_name = "日期")]
        from: Option<Day>,
        /// 停用日期：最后一个可用的日子
        #[arg(long, value_name = "日期")]
        to: Option<Day>,
    },
}

/// 级别.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum AtLevel {
    /// 国家级
    National,
    /// 省级
    Provincial,
}

impl AtLevel {
    fn level(self) -> Level {
        match self {
            AtLevel::National => Level::National,
            AtLevel::Provincial => Level::Provincial,
        }
    }
}

impl Authority {
    pub async fn run(self, session: Session) -> Result<End> {
        let (app, ctx) = session.enter(&self.who).await?;
        let shown = match self.action {
            Do::List => None,
            Do::Create { name, short_name, level, area } => {
                let new = Row { id: AuthorityId(0), name, short_name, level: level.level(), area };
                Some(app.set_authority(&ctx, None, &new).await?)
            }
            Do::Set { id, name, short_name, level, area } => {
                let id = AuthorityId(id);
                let stands = app.tables().authority(id).cloned().context("没有这个编号的机关")?;
                let new = Row {
                    id,
                    name: name.unwrap_or(stands.name),
                    short_name: short_name.unwrap_or(stands.short_name),
                    level: level.map_or(stands.level, AtLevel::level),
                    area: area.unwrap_or(stands.area),
                };
                Some(app.set_authority(&ctx, Some(id), &new).await?)
            }
            Do::Open { ids, none } => {
                let opened = match ids.is_empty() && !none {
                    true => Opened::All,
                    false => Opened::Some(ids.into_iter().map(AuthorityId).collect()),
                };
                app.open_platform(&ctx, &opened).await?;
                None
            }
            Do::Code { id, code, from, to } => {
                let authority = AuthorityId(id);
                app.set_authority_code(&ctx, &AuthorityCode { authority, code, from, to }).await?;
                Some(authority)
            }
        };
        let platform = app.platform().await?;
        show(&session, &app, shown, &platform)?;
        Ok(End::Ok)
    }
}

/// All authorities, or the one that was set.
fn show(session: &Session, app: &App, only: Option<AuthorityId>, platform: &Opened) -> Result<()> {
    let tables = app.tables();
    let all: Vec<&Row> = tables.authorities.iter().filter(|it| only.is_none_or(|id| id == it.id)).collect();
    let codes = |of: AuthorityId| tables.authority_codes.iter().filter(move |it| it.authority == of);
    let value = |it: &&Row| {
        let codes: Vec<Value> =
            codes(it.id).map(|code| json!({ "code": code.code, "from": code.from, "to": code.to })).collect();
        json!({
            "id": it.id,
            "name": it.name,
            "short_name": it.short_name,
            "level": if it.level == Level::National { "national" } else { "provincial" },
            "area": it.area,
            "codes": codes,
            "open": platform.has(it.id),
        })
    };
    let document: Vec<Value> = all.iter().map(value).collect();
    session.tell(&json!({ "authorities": document }), || {
        let row = |it: &&Row| {
            let codes: Vec<String> = codes(it.id).map(days).collect();
            let level = if it.level == Level::National { "国家级" } else { "省级" };
            let open = if platform.has(it.id) { "开通" } else { "未开通" };
            let (id, level, open) = (it.id.0.to_string(), level.to_owned(), open.to_owned());
            vec![id, it.name.clone(), level, it.area.clone(), codes.join(" "), open]
        };
        table(&["编号", "机关", "级别", "辖区", "代码", "公众查询"], all.iter().map(row))
    })
}

/// A code with its days: `27`, `28（2026-01-01 起）`.
fn days(it: &AuthorityCode) -> String {
    match (it.from, it.to) {
        (None, None) => it.code.to_string(),
        (Some(from), None) => format!("{}（{from} 起）", it.code),
        (None, Some(to)) => format!("{}（至 {to}）", it.code),
        (Some(from), Some(to)) => format!("{}（{from} 至 {to}）", it.code),
    }
}
