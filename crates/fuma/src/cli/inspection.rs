//! `fuma inspection`: 监督检查 and what is to be put right.

use super::session::At;
use super::shown::table;
use super::{As, End, Session};
use anyhow::Result;
use app::stored::{Body, Inspection};
use app::{NewInspection, NewRectification, NewStep, OpenRectification};
use clap::Subcommand;
use domain::{BodyId, InspectionId, RectificationId};
use serde_json::{Value, json};

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma inspection list --as shaanxi-jianguan\n　　fuma inspection list --overdue --as shaanxi-jianguan\n　　fuma inspection record 12 --as shaanxi-jianguan --kind 日常检查 --from 2026-11-20 --inspectors 周示例、吴示例 --result 未发现问题"
)]
pub struct Inspections {
    #[command(subcommand)]
    action: Do,
    #[command(flatten)]
    who: As,
}

#[derive(Subcommand)]
enum Do {
    /// 列出监督检查，新的在前；或者整改中、逾期未办结的整改
    List {
        /// 列出没有办结的整改
        #[arg(long, conflicts_with = "overdue")]
        open: bool,
        /// 列出逾期没有办结的整改
        #[arg(long)]
        overdue: bool,
        /// 只要这个编号以前的检查
        #[arg(long, value_name = "编号")]
        before: Option<i64>,
        /// 最多列出多少条
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// 登记对一家机构的检查
    Record {
        /// 机构编号，见其页面的网址或 fuma body
        body: i64,
        #[command(flatten)]
        visit: Box<Visit>,
    },
    /// 更正一条检查记录：写出更正后的全部内容
    Correct {
        /// 检查编号，见 fuma inspection list
        id: i64,
        /// 更正的是第几版
        #[arg(long)]
        version: u32,
        /// 更正的原因
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        visit: Box<Visit>,
    },
    /// 登记整改要求
    Order {
        /// 检查编号
        id: i64,
        /// 需要改正的问题和要求
        #[arg(long)]
        what: String,
        /// 改正期限
        #[arg(long)]
        due: String,
        /// 责令改正通知书的文号
        #[arg(long)]
        document: String,
    },
    /// 登记整改进展：收到整改报告、复查合格、复查不合格、办结
    Step {
        /// 整改编号，见 fuma inspection list --open
        id: i64,
        /// 进展
        #[arg(long)]
        step: String,
        /// 日期；不填为今天
        #[arg(long, default_value = "")]
        day: String,
        /// 文号；办结必须填写
        #[arg(long, default_value = "")]
        document: String,
        /// 说明；复查不合格必须填写
        #[arg(long, default_value = "")]
        note: String,
    },
    /// 公开检查结果
    Publish {
        /// 检查编号，见 fuma inspection list
        id: i64,
    },
}

#[derive(clap::Args)]
struct Visit {
    /// 检查类型
    #[arg(long)]
    kind: String,
    /// 抽查编号
    #[arg(long, default_value = "")]
    draw: String,
    /// 开始日期
    #[arg(long)]
    from: String,
    /// 结束日期；当天结束的不填
    #[arg(long, default_value = "")]
    to: String,
    /// 检查人员，用顿号隔开
    #[arg(long)]
    inspectors: String,
    /// 涉及的证书编号，用逗号隔开；不填为全部有效证书
    #[arg(long, default_value = "")]
    certificates: String,
    /// 检查结果
    #[arg(long)]
    result: String,
    /// 发现的问题，可以写多次
    #[arg(long)]
    finding: Vec<String>,
    /// 检查情况
    #[arg(long, default_value = "")]
    summary: String,
    /// 文书文号
    #[arg(long, default_value = "")]
    document: String,
}

impl Visit {
    fn read(self) -> NewInspection {
        NewInspection {
            kind: self.kind,
            draw: self.draw,
            from: self.from,
            to: self.to,
            inspectors: self.inspectors,
            certificates: self.certificates,
            result: self.result,
            findings: self.finding.join("\n"),
            summary: self.summary,
            document: self.document,
        }
    }
}

impl Inspections {
    pub async fn run(self, session: Session) -> Result<End> {
        let (app, ctx) = session.enter(&self.who).await?;
        let at = (&session, &*app, &ctx);
        match self.action {
            Do::List { open: false, overdue: false, before, limit } => list(at, before, limit).await?,
            Do::List { overdue, limit, .. } => open(at, overdue, limit).await?,
            Do::Record { body, visit } => {
                let recorded = app.record_inspection(&ctx, BodyId(body), &visit.read()).await?;
                return session.recorded(recorded, "检查已登记");
            }
            Do::Correct { id, version, reason, visit } => {
                let id = InspectionId(id);
                let corrected = app.correct_inspection(&ctx, id, version, &visit.read(), &reason).await?;
                return session.recorded(corrected, "检查已更正");
            }
            Do::Order { id, what, due, document } => {
                let new = NewRectification { what, due, document };
                let ordered = app.order_rectification(&ctx, InspectionId(id), &new).await?;
                return session.recorded(ordered, "整改要求已登记");
            }
            Do::Step { id, step, day, document, note } => {
                let new = NewStep { step, day, document, note };
                let of = app.step_rectification(&ctx, RectificationId(id), &new).await?;
                session.tell(&json!({ "id": id, "inspection": of }), || "整改进展已登记".into())?;
            }
            Do::Publish { id } => {
                app.publish_inspection(&ctx, InspectionId(id)).await?;
                session.tell(&json!({ "id": id, "published": true }), || "已公开".into())?;
            }
        }
        Ok(End::Ok)
    }
}

async fn list((session, app, ctx): At<'_>, before: Option<i64>, limit: u32) -> Result<()> {
    let all = app.inspections(ctx, before.map(InspectionId), limit).await?;
    let document = |(it, body): &(Inspection, Body)| {
        json!({
            "id": it.id,
            "version": it.version,
            "authority": app.authority_name(it.authority),
            "body": body.id,
            "body_name": body.name,
            "draw": it.draw,
            "kind": it.kind.key(),
            "from": it.from,
            "to": it.to,
            "result": it.result.key(),
            "document": it.document,
            "published_at": it.published.map(|(_, at)| at.rfc3339()),
        })
    };
    let documents: Vec<Value> = all.iter().map(document).collect();
    session.tell(&json!({ "inspections": documents }), || {
        let row = |(it, body): &(Inspection, Body)| {
            let (kind, result) = (it.kind.label().to_owned(), it.result.label().to_owned());
            vec![it.id.to_string(), it.from.to_string(), body.name.clone(), kind, result]
        };
        table(&["编号", "日期", "机构", "类型", "结果"], all.iter().map(row))
    })
}

/// What is still to be put right.
async fn open((session, app, ctx): At<'_>, overdue: bool, limit: u32) -> Result<()> {
    let all = app.open_rectifications(ctx, overdue, None, limit).await?;
    let document = |it: &OpenRectification| {
        let of = &it.view.it;
        json!({
            "id": of.id,
            "inspection": of.inspection,
            "body": it.body.id,
            "body_name": it.body.name,
            "what": of.what,
            "due": of.due,
            "document": of.document,
            "last": it.view.last().map(|step| step.key()),
        })
    };
    let documents: Vec<Value> = all.iter().map(document).collect();
    session.tell(&json!({ "rectifications": documents }), || {
        let row = |it: &OpenRectification| {
            let last = it.view.last().map_or("整改中", |step| step.label()).to_owned();
            let of = &it.view.it;
            vec![of.id.to_string(), of.due.to_string(), it.body.name.clone(), of.what.clone(), last]
        };
        table(&["编号", "期限", "机构", "问题和要求", "进展"], all.iter().map(row))
    })
}
