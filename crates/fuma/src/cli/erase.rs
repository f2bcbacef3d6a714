//! `fuma erase`: 删除个人信息 (个人信息保护法 Art. 47).

use super::shown::by_number;
use super::{As, End, Session, sure};
use crate::office::certificates::person::label;
use anyhow::Result;
use app::Erasure;
use domain::{Number, PersonId};
use serde_json::json;

/// What is typed after its name. Nothing brings it back; the person's rows and the finals stay.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma erase --as shaanxi 230020349767 2001 --document 示例删〔2026〕1号 --reason 本人申请"
)]
pub struct Erase {
    /// 证书编号
    number: Number,
    /// 人员编号，见 fuma certificate show --json；不给出时列出已不在证书上、仍存有个人信息的人员
    person: Option<i64>,
    /// 删除申请或批准文件的文号
    #[arg(long, default_value = "")]
    document: String,
    /// 原因，不要写个人信息
    #[arg(long, default_value = "")]
    reason: String,
    /// 不再询问
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    who: As,
}

impl Erase {
    pub async fn run(self, session: Session) -> Result<End> {
        let (app, ctx) = session.enter(&self.who).await?;
        let id = by_number(&app, &ctx, &self.number).await?;
        let Some(person) = self.person.map(PersonId) else {
            let former = app.former_persons(&ctx, id).await?;
            let rows: Vec<_> =
                former.iter().map(|(person, name)| json!({ "person": person, "name": name })).collect();
            session.tell(&json!({ "former": rows }), || match former.is_empty() {
                true => "没有已不在证书上、仍存有个人信息的人员".into(),
                false => former.iter().map(|(p, name)| format!("{p}　{name}")).collect::<Vec<_>>().join("\n"),
            })?;
            return Ok(End::Ok);
        };
        let found = app.erasable(&ctx, id, person).await?;
        let parts: Vec<&str> = found.parts.into_iter().map(label).collect();
        let question = format!("将删除 {} 的{}，不能找回", found.name, parts.join("、"));
        sure(self.yes, &question)?;
        let why = Erasure { document: self.document, reason: self.reason };
        let erased = app.erase_person(&ctx, id, person, &why).await?;
        let keys: Vec<&str> = erased.iter().map(|part| part.key()).collect();
        session.tell(&json!({ "number": self.number, "person": person, "erased": keys }), || {
            format!("已删除：{}", erased.iter().map(|part| label(*part)).collect::<Vec<_>>().join("、"))
        })?;
        Ok(End::Ok)
    }
}
