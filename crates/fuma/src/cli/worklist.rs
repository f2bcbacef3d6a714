//! `fuma worklist`: 监管清单, looked through to the end into a file.

use super::{As, End, Session, listing};
use anyhow::{Result, bail};
use app::Worklist;
use serde_json::json;
use std::path::PathBuf;

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma worklist signatories --as shaanxi-jianguan --out 签字人.xlsx\n　　fuma worklist coverage --as shaanxi-jianguan --out 设备.csv\n清单：expiring 临期，expired 已过期未注销，suspended 暂停过久，out_of_date 设备、签字人过期，elsewhere 外地有行为的机构，\n　　　quality 数据质量错误，coverage 设备有效期已过的检测能力，signatories 在多家机构任职的签字人，addresses 同一地址的多家机构"
)]
pub struct WorklistCommand {
    /// 哪个清单，见下面的“清单”
    list: String,
    /// 写到哪个文件，.csv 或 .xlsx
    #[arg(long, value_name = "文件")]
    out: PathBuf,
    #[command(flatten)]
    who: As,
}

impl WorklistCommand {
    pub async fn run(self, session: Session) -> Result<End> {
        let Some(list) = Worklist::parse(&self.list) else {
            let keys = Worklist::ALL.map(Worklist::key).join("、");
            bail!("没有清单“{}”。可以是 {keys}", self.list);
        };
        let format = listing::format(&self.out)?;
        let (app, ctx) = session.enter(&self.who).await?;
        app.begin_worklist_export(&ctx, list).await?;
        let bar = super::bar();
        bar.set_length(100);
        let progress = |percent: u8| bar.set_position(u64::from(percent));
        let (app, ctx, progress) = (&app, &ctx, &progress);
        let write = |send| async move { app.write_worklist(ctx, list, format, &send, progress).await };
        listing::keep(&self.out, write).await?;
        bar.finish_and_clear();
        let out = self.out.display().to_string();
        session
            .tell(&json!({ "list": list.key(), "file": out }), || format!("{}已写入 {out}", list.label()))?;
        Ok(End::Ok)
    }
}
