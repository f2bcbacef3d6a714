//! `fuma status`: 撤销 撤回 注销 吊销 暂停 恢复 撤销原决定 误赋码作废.

use super::{As, End, Session, sure};
use anyhow::{Context, Result};
use app::Decision;
use domain::{Day, Number, StatusAct};
use serde_json::json;

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma status --as shaanxi --number 230020349767 --act 撤销 --document 示例决〔2026〕1号 --reason 原因"
)]
pub struct Status {
    /// 证书编号
    #[arg(long)]
    number: String,
    /// 办理种类：暂停 恢复 撤销 撤回 注销 吊销 误赋码作废 撤销原决定
    #[arg(long)]
    act: String,
    /// 决定文号
    #[arg(long, default_value = "")]
    document: String,
    /// 原因
    #[arg(long)]
    reason: String,
    /// 生效日期，默认今天
    #[arg(long)]
    effective: Option<String>,
    /// 只看办理后的状态，不写入
    #[arg(long)]
    check: bool,
    /// 不再询问
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    who: As,
}

impl Status {
    pub async fn run(self, session: Session) -> Result<End> {
        let (app, ctx) = session.enter(&self.who).await?;
        let act =
            StatusAct::parse(&self.act).with_context(|| format!("没有“{}”这种办理，见 --help", self.act))?;
        let number = Number::parse(&self.number).with_context(|| format!("“{}”", self.number))?;
        let effective = match &self.effective {
            Some(day) => Day::parse(day).with_context(|| format!("日期“{day}”"))?,
            None => app.today(),
        };
        let id = app.certificate_by_number(&ctx, &number).await?;
        let detail = app.certificate(&ctx, id).await?;
        let name = &detail.card.face.body_name;
        let decision = Decision { act, effective, document: self.document, reason: self.reason };
        if self.check {
            let (now, after) = app.preview_act(&ctx, id, &decision).await?;
            let (now, after) = (now.word(), after.word());
            session.tell(&json!({ "number": number, "status": now, "status_after": after }), || {
                format!("证书 {} 现为：{}　办理后：{}", number.grouped(), now.state(), after.state())
            })?;
            return Ok(End::Ok);
        }
        let question =
            format!("将对证书 {}（{name}）办理{}，{effective}起生效", number.grouped(), act.label());
        sure(self.yes, &question)?;
        let word = app.act(&ctx, id, &decision).await?.word();
        session.tell(&json!({ "number": number, "status": word }), || {
            format!("证书 {} 现为：{}", number.grouped(), word.state())
        })?;
        Ok(End::Ok)
    }
}
