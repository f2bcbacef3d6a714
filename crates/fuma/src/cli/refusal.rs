//! `fuma refusal`: 不予许可记录.

use super::shown::table;
use super::{As, End, Session, sure};
use anyhow::Result;
use app::stored::Refusal;
use app::{App, NewRefusal, TakingBack};
use clap::Subcommand;
use domain::RefusalId;
use serde_json::{Value, json};

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma refusal record --as shaanxi --name 示例检测有限公司 --uscc 91610113YL00000125 --decided 2026-03-01 --document 陕示不许〔2026〕1号 --ground false_material\n　　fuma refusal list --as shaanxi"
)]
pub struct Refusals {
    #[command(subcommand)]
    action: Do,
    #[command(flatten)]
    who: As,
}

#[derive(Subcommand)]
enum Do {
    /// 列出登记，新的在前；国家级列出各机关的
    List {
        /// 只要这条记录以前的
        #[arg(long, value_name = "编号")]
        before: Option<i64>,
        /// 最多列出多少条
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// 登记一份不予许可决定
    Record {
        /// 申请机构名称
        #[arg(long)]
        name: String,
        /// 统一社会信用代码
        #[arg(long, default_value = "")]
        uscc: String,
        /// 所属法人单位的统一社会信用代码（非独立法人的机构）
        #[arg(long, default_value = "")]
        parent_uscc: String,
        /// 决定日期
        #[arg(long)]
        decided: String,
        /// 决定书文号
        #[arg(long)]
        document: String,
        /// 原因：false_material 提供虚假材料或者隐瞒有关情况，other 其他
        #[arg(long)]
        ground: String,
        /// 备注，不要写个人信息
        #[arg(long, default_value = "")]
        remark: String,
    },
    /// 取消登记：登记有误，或者决定已被撤销
    TakeBack {
        /// 记录编号，见 fuma refusal list
        id: i64,
        /// 依据文号
        #[arg(long, default_value = "")]
        document: String,
        /// 原因，不要写个人信息
        #[arg(long, default_value = "")]
        reason: String,
        /// 不再询问
        #[arg(long)]
        yes: bool,
    },
}

fn refusal(app: &App, it: &Refusal) -> Value {
    json!({
        "id": it.id,
        "authority": app.authority_name(it.authority),
        "name": it.name,
        "uscc": it.uscc,
        "parent_uscc": it.parent_uscc,
        "decided": it.decided,
        "document": it.document,
        "ground": it.ground.key(),
        "remark": it.remark,
        "recorded_at": it.recorded_at.rfc3339(),
        "taken_back": it.end.as_ref().map(|end| json!({
            "document": end.document,
            "reason": end.reason,
            "recorded_at": end.recorded_at.rfc3339(),
        })),
    })
}

fn row(app: &App, it: &Refusal) -> Vec<String> {
    vec![
        it.id.to_string(),
        it.name.clone(),
        app.authority_short(it.authority),
        it.decided.to_string(),
        it.document.clone(),
        it.ground.label().to_owned(),
        if it.end.is_some() { "已取消登记".to_owned() } else { String::new() },
    ]
}

impl Refusals {
    pub async fn run(self, session: Session) -> Result<End> {
        let (app, ctx) = session.enter(&self.who).await?;
        match self.action {
            Do::List { before, limit } => {
                let all = app.refusals(&ctx, before.map(RefusalId), limit).await?;
                let documents: Vec<Value> = all.iter().map(|it| refusal(&app, it)).collect();
                let heads = ["编号", "申请机构", "机关", "决定日期", "文号", "原因", "登记"];
                session.tell(&json!({ "refusals": documents }), || {
                    table(&heads, all.iter().map(|it| row(&app, it)))
                })?;
            }
            Do::Record { name, uscc, parent_uscc, decided, document, ground, remark } => {
                let new = NewRefusal { name, uscc, parent_uscc, decided, document, ground, remark };
                let recorded = app.record_refusal(&ctx, &new).await?;
                return session.recorded(recorded, "已登记，记录编号");
            }
            Do::TakeBack { id, document, reason, yes } => {
                let it = app.refusal(&ctx, RefusalId(id)).await?;
                let question = format!("将取消 {} {} 的不予许可登记", it.name, it.document);
                sure(yes, &question)?;
                app.take_back_refusal(&ctx, it.id, &TakingBack { document, reason }).await?;
                session.tell(&json!({ "id": id, "taken_back": true }), || "已取消登记".into())?;
            }
        }
        Ok(End::Ok)
    }
}
