//! `fuma draw`: 双随机抽查, from the pool of inspectors to the recomputed result.

use super::session::At;
use super::shown::table;
use super::{As, End, Session};
use anyhow::{Context, Result};
use app::stored::{Draw, Inspector};
use app::{App, AppError, DrawDocument, DrawOrder, NewInspector};
use clap::Subcommand;
use domain::{DrawId, InspectorId, Uscc};
use serde_json::{Value, json};
use std::path::PathBuf;

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma draw freeze --as shaanxi-jianguan --title 2026年度抽查 --plan 陕示监〔2026〕1号 --percent 5\n　　fuma draw make 1 --as shaanxi-jianguan\n　　fuma draw verify 结果.json"
)]
pub struct Draws {
    #[command(subcommand)]
    action: Do,
    #[command(flatten)]
    who: As,
}

#[derive(Subcommand)]
enum Do {
    /// 列出抽查，新的在前；国家级列出各机关的
    List {
        /// 只要这个编号以前的
        #[arg(long, value_name = "编号")]
        before: Option<i64>,
        /// 最多列出多少次
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// 列出检查人员名录库
    Inspectors,
    /// 登记检查人员；给出编号的，修改
    Inspector {
        /// 要修改的检查人员的编号
        #[arg(long)]
        id: Option<i64>,
        /// 姓名
        #[arg(long)]
        name: String,
        /// 所在单位
        #[arg(long)]
        unit: String,
        /// 职务
        #[arg(long, default_value = "")]
        post: String,
        /// 可检查的领域代码，用逗号隔开；不填为全部
        #[arg(long, default_value = "")]
        domains: String,
        /// 起始日期；不填为今天
        #[arg(long, default_value = "")]
        since: String,
        /// 截止日期
        #[arg(long, default_value = "")]
        until: String,
    },
    /// 登记或解除一名检查人员对一家机构的回避
    Recuse {
        /// 检查人员的编号
        id: i64,
        /// 机构的统一社会信用代码
        #[arg(long)]
        uscc: String,
        /// 原因，不要写个人信息
        #[arg(long, default_value = "")]
        reason: String,
        /// 解除回避
        #[arg(long)]
        end: bool,
    },
    /// 冻结名录库
    Freeze(Box<Freeze>),
    /// 抽取：产生随机数，抽出机构和检查人员
    Make {
        /// 抽查编号
        id: i64,
    },
    /// 公开抽取结果
    Publish {
        /// 抽查编号
        id: i64,
    },
    /// 写出结果文件（JSON），可用 verify 重新计算
    Show {
        /// 抽查编号
        id: i64,
    },
    /// 按结果文件重新计算，不需要登记库
    Verify {
        /// 结果文件
        file: PathBuf,
    },
}

#[derive(clap::Args)]
struct Freeze {
    /// 抽查任务名称
    #[arg(long)]
    title: String,
    /// 年度抽查工作计划的文号或名称
    #[arg(long)]
    plan: String,
    /// 分层：whole 不分，domain 按领域，place 按市，risk 按风险
    #[arg(long, default_value = "whole")]
    by: String,
    /// 抽查比例（%）
    #[arg(long, default_value = "")]
    percent: String,
    /// 重点机构的比例（%），只用于按风险分层
    #[arg(long, default_value = "")]
    high: String,
    /// 抽查家数，与比例只填一项
    #[arg(long, default_value = "")]
    count: String,
    /// 每家检查人员数
    #[arg(long, default_value = "2")]
    each: String,
    /// 只抽这些领域，代码用逗号隔开
    #[arg(long, default_value = "")]
    domains: String,
    /// 只抽这个地区：行政区划代码前2至6位
    #[arg(long, default_value = "")]
    place: String,
    /// 只抽多少天内到期的
    #[arg(long, default_value = "")]
    expiring: String,
    /// 排除的机构：“代码 原因”，可以写多次
    #[arg(long)]
    exclude: Vec<String>,
    /// 同一计划再次抽取的原因
    #[arg(long, default_value = "")]
    again: String,
}

impl Freeze {
    fn order(self) -> DrawOrder {
        DrawOrder {
            title: self.title,
            plan: self.plan,
            by: self.by,
            percent: self.percent,
            high: self.high,
            count: self.count,
            each: self.each,
            domains: self.domains,
            place: self.place,
            expiring: self.expiring,
            exclude: self.exclude.join("\n"),
            again: self.again,
        }
    }
}

fn draw(app: &App, it: &Draw) -> Value {
    json!({
        "id": it.id,
        "authority": app.authority_name(it.authority),
        "title": it.title,
        "plan": it.plan,
        "pool_sha256": data_encoding::HEXLOWER.encode(&it.digest),
        "bodies": it.bodies,
        "inspectors": it.inspectors,
        "earlier": it.earlier,
        "earlier_reason": it.earlier_reason,
        "frozen_at": it.frozen_at.rfc3339(),
        "drawn": it.result.as_ref().map(|made| made.bodies),
        "drawn_at": it.result.as_ref().map(|made| made.drawn_at.rfc3339()),
        "published_at": it.published_at.map(|at| at.rfc3339()),
    })
}

fn inspector(it: &Inspector) -> Value {
    json!({
        "id": it.id,
        "version": it.version,
        "name": it.name,
        "unit": it.unit,
        "post": it.post,
        "domains": it.domains,
        "since": it.since,
        "until": it.until,
    })
}

fn verify(session: &Session, file: &PathBuf) -> Result<End> {
    let text = std::fs::read_to_string(file).with_context(|| format!("不能读取{}", file.display()))?;
    let document: DrawDocument = serde_json::from_str(&text).map_err(|error| {
        AppError::refused(
            format!("不是抽查结果文件：{error}"),
            "结果文件在公开的抽查页面下载，或由 fuma draw show --json 写出。",
        )
    })?;
    match document.verify() {
        Ok(n) => {
            session
                .tell(&json!({ "agrees": true, "bodies": n, "pool_sha256": document.pool_sha256 }), || {
                    format!("相符：名录库摘要和抽到的{n}家机构、检查人员都与重新计算的一致")
                })?;
            Ok(End::Ok)
        }
        Err(mismatch) => {
            let said = mismatch.to_string();
            session.tell(&json!({ "agrees": false, "message": said }), || format!("不符：{said}"))?;
            Ok(End::NotVerified)
        }
    }
}

impl Draws {
    pub async fn run(self, session: Session) -> Result<End> {
        if let Do::Verify { file } = &self.action {
            return verify(&session, file);
        }
        let (app, ctx) = session.enter(&self.who).await?;
        let at = (&session, &*app, &ctx);
        match self.action {
            Do::List { before, limit } => list(at, before, limit).await?,
            Do::Inspectors => inspectors(at).await?,
            Do::Inspector { id, name, unit, post, domains, since, until } => {
                let new = NewInspector { name, unit, post, domains, since, until };
                let set = app.set_inspector(&ctx, id.map(InspectorId), &new).await?;
                return session.recorded(set, "已登记检查人员");
            }
            Do::Recuse { id, uscc, end: true, .. } => end_recusal(at, InspectorId(id), &uscc).await?,
            Do::Recuse { id, uscc, reason, .. } => recuse(at, InspectorId(id), (&uscc, &reason)).await?,
            Do::Freeze(order) => {
                let frozen = app.freeze_draw(&ctx, &order.order()).await?;
                return session.recorded(frozen, "名录库已冻结，抽查编号");
            }
            Do::Make { id } => {
                app.make_draw(&ctx, DrawId(id)).await?;
                show(at, DrawId(id)).await?;
            }
            Do::Publish { id } => {
                app.publish_draw(&ctx, DrawId(id)).await?;
                session.tell(&json!({ "id": id, "published": true }), || "已公开".into())?;
            }
            Do::Show { id } => show(at, DrawId(id)).await?,
            Do::Verify { .. } => {}
        }
        Ok(End::Ok)
    }
}

async fn list((session, app, ctx): At<'_>, before: Option<i64>, limit: u32) -> Result<()> {
    let all = app.draws(ctx, before.map(DrawId), limit).await?;
    let documents: Vec<Value> = all.iter().map(|it| draw(app, it)).collect();
    session.tell(&json!({ "draws": documents }), || {
        let row = |it: &Draw| {
            let drawn = it.result.as_ref().map(|made| made.bodies.to_string()).unwrap_or_default();
            let published = it.published_at.map(|at| at.day().to_string()).unwrap_or_default();
            let authority = app.authority_short(it.authority);
            let (title, plan) = (it.title.clone(), it.plan.clone());
            vec![it.id.to_string(), title, plan, authority, it.bodies.to_string(), drawn, published]
        };
        table(&["编号", "任务", "计划", "机关", "名录库", "抽到", "公开"], all.iter().map(row))
    })
}

async fn inspectors((session, app, ctx): At<'_>) -> Result<()> {
    let all = app.inspectors(ctx).await?;
    let documents: Vec<Value> = all.iter().map(inspector).collect();
    session.tell(&json!({ "inspectors": documents }), || {
        let row = |it: &Inspector| {
            let until = it.until.map(|day| day.to_string()).unwrap_or_default();
            vec![it.id.to_string(), it.name.clone(), it.unit.clone(), it.since.to_string(), until]
        };
        table(&["编号", "姓名", "单位", "起始", "截止"], all.iter().map(row))
    })
}

async fn recuse((session, app, ctx): At<'_>, id: InspectorId, (uscc, reason): (&str, &str)) -> Result<()> {
    let bodies = app.recuse(ctx, id, uscc, reason).await?;
    session.tell(&json!({ "id": id, "bodies": bodies }), || "已登记回避".into())
}

/// Ends the recusal of an inspector for every body of a code.
async fn end_recusal((session, app, ctx): At<'_>, id: InspectorId, uscc: &str) -> Result<()> {
    let bodies = app.bodies_of(ctx, Uscc::parse(uscc)?).await?;
    for (body, _) in &bodies {
        app.end_recusal(ctx, id, body.id).await?;
    }
    let bodies: Vec<_> = bodies.iter().map(|(body, _)| body.id).collect();
    session.tell(&json!({ "id": id, "bodies": bodies }), || "已解除回避".into())
}

/// The result file as JSON, or what was drawn.
async fn show((session, app, ctx): At<'_>, id: DrawId) -> Result<()> {
    let it = app.draw_document(ctx, id).await?;
    session.tell(&serde_json::to_value(&it)?, || drawn(&it))
}

/// What was drawn, a line for each body.
fn drawn(it: &DrawDocument) -> String {
    let row = |(n, entry): (usize, &app::DrawnEntry)| {
        let inspectors: Vec<String> = entry.inspectors.iter().map(ToString::to_string).collect();
        vec![n.to_string(), entry.name.clone(), entry.code.clone(), entry.part.clone(), inspectors.join("、")]
    };
    table(&["序号", "机构", "代码", "层", "检查人员编号"], (1..).zip(&it.drawn).map(row))
}
