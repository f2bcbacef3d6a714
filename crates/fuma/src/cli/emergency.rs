//! `fuma emergency`: 应急手动赋码, which opens the manual doors of an authority in networked mode for a time.

use super::shown::{moment, table};
use super::{As, End, Session};
use anyhow::{Context, Result};
use app::stored::Emergency as Row;
use app::{App, Ctx};
use clap::Subcommand;
use domain::Instant;
use serde_json::{Value, json};

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma emergency open --as shaanxi-admin --reason 审批系统停机 --until \"2026-11-25 18:00\"\n　　fuma emergency close --as shaanxi-admin"
)]
pub struct Emergency {
    #[command(subcommand)]
    action: Do,
    #[command(flatten)]
    who: As,
}

#[derive(Subcommand)]
enum Do {
    /// 开启应急手动赋码，到时自动结束（管理员）
    Open {
        /// 为什么审批系统不能赋码
        #[arg(long)]
        reason: String,
        /// 结束时间：“年-月-日 时:分”，或日期（到当天结束）；最长30天
        #[arg(long, value_name = "时间", required_unless_present = "hours")]
        until: Option<String>,
        /// 从现在起多少小时
        #[arg(long, value_name = "小时", conflicts_with = "until")]
        hours: Option<u32>,
    },
    /// 提前结束（管理员）
    Close,
    /// 列出开启的记录
    List,
}

impl Emergency {
    pub async fn run(self, session: Session) -> Result<End> {
        let (app, ctx) = session.enter(&self.who).await?;
        match self.action {
            Do::Open { reason, until, hours } => {
                let until = match hours {
                    Some(hours) => app.now().plus_seconds(i64::from(hours) * 3_600),
                    None => moment_of(&until.unwrap_or_default())?,
                };
                app.open_emergency(&ctx, &reason, until).await?;
            }
            Do::Close => app.close_emergency(&ctx).await?,
            Do::List => {}
        }
        tell(&session, &app, &ctx).await?;
        Ok(End::Ok)
    }
}

fn moment_of(text: &str) -> Result<Instant> {
    Instant::parse_until(text).with_context(|| format!("“{text}”不是时间，请写“年-月-日 时:分”"))
}

/// All openings, newest first, and which door assigns now.
async fn tell(session: &Session, app: &App, ctx: &Ctx) -> Result<()> {
    let own = ctx.authority()?;
    let all = app.emergencies(ctx, own).await?;
    let now = app.assigning(own).await?;
    let row = |it: &Row| {
        json!({
            "n": it.n,
            "reason": it.reason,
            "opened_by": it.opened_by,
            "opened_at": it.opened_at.rfc3339(),
            "until": it.until.rfc3339(),
            "closed_at": moment(it.closed_at),
        })
    };
    let rows: Vec<Value> = all.iter().map(row).collect();
    let open = now.emergency.as_ref().map(|it| it.n);
    let document = json!({ "mode": now.mode.key(), "open": open, "emergencies": rows });
    session.tell(&document, || {
        let row = |it: &Row| {
            let ended = it.closed_at.unwrap_or(it.until);
            let state = if open == Some(it.n) { "开启中" } else { "已结束" };
            vec![
                it.n.to_string(),
                it.opened_at.shanghai(),
                ended.shanghai(),
                state.to_owned(),
                it.reason.clone(),
            ]
        };
        let rows = table(&["次", "开启", "结束", "状态", "原因"], all.iter().map(row));
        format!("赋码方式　{}\n{rows}", now.mode.label())
    })
}
