//! `fuma admission`: 许可核查 of a code, a name or a draft.

use super::{As, End, Session, write};
use crate::public::certificate_path;
use anyhow::Result;
use app::{Admission, AdmissionAsk, Lead};
use domain::admission::{Finding, Reply, State};
use domain::{DraftId, Uscc};
use serde_json::{Value, json};
use std::path::PathBuf;

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma admission --as shaanxi --uscc 91610113YL00000125\n　　fuma admission --as shaanxi --draft 513 --out 核查单.pdf"
)]
pub struct Admissions {
    #[command(flatten)]
    about: About,
    /// 另写出核查单（PDF），并记入办理记录
    #[arg(long, value_name = "文件")]
    out: Option<PathBuf>,
    #[command(flatten)]
    who: As,
}

/// One of three.
#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct About {
    /// 统一社会信用代码：申请机构的，或其所属法人单位的
    #[arg(long, value_name = "代码")]
    uscc: Option<Uscc>,
    /// 机构名称
    #[arg(long, value_name = "名称")]
    name: Option<String>,
    /// 草稿编号
    #[arg(long, value_name = "编号")]
    draft: Option<i64>,
}

impl About {
    fn ask(&self) -> AdmissionAsk {
        match (self.uscc, self.draft) {
            (Some(code), _) => AdmissionAsk::Uscc(code),
            (None, Some(id)) => AdmissionAsk::Draft(DraftId(id)),
            (None, None) => AdmissionAsk::Name(self.name.clone().unwrap_or_default()),
        }
    }
}

/// A finding in JSON.
fn finding(check: &Admission, it: &Finding) -> Value {
    let page = match check.lead(it) {
        Some(Lead::Certificate(id)) => Some(crate::office::certificates::href(id)),
        Some(Lead::Public(number)) => Some(certificate_path(number)),
        Some(Lead::Refusal(id)) => Some(crate::office::refusals::href(id)),
        None => None,
    };
    json!({ "code": it.code, "weight": it.weight.key(), "message": it.message, "page": page })
}

fn reply(check: &Admission, it: &Reply) -> Value {
    json!({
        "question": it.question.key(),
        "state": it.state.key(),
        "sentence": it.sentence,
        "source": it.question.source(),
        "findings": it.findings.iter().map(|found| finding(check, found)).collect::<Vec<_>>(),
        "more": it.more,
    })
}

fn document(check: &Admission, out: Option<&PathBuf>) -> Value {
    json!({
        "name": check.applicant.name,
        "uscc": check.applicant.uscc,
        "parent_name": check.applicant.parent_name,
        "parent_uscc": check.applicant.parent_uscc,
        "draft": check.draft,
        "checked_at": check.at.rfc3339(),
        "barred": check.is_barred(),
        "found": check.found(),
        "replies": check.replies.iter().map(|it| reply(check, it)).collect::<Vec<_>>(),
        "file": out,
    })
}

fn words(check: &Admission) -> String {
    let mut lines = Vec::new();
    for it in &check.replies {
        let mark = match it.state {
            State::Clear => "✓",
            State::Found => "!",
            State::Open => "—",
        };
        lines.push(format!("{mark} {}：{}", it.question.label(), it.sentence));
        lines.extend(it.findings.iter().map(|it| format!("　　【{}】{}", it.weight.label(), it.message)));
        if it.more > 0 {
            lines.push(format!("　　另有 {} 项", it.more));
        }
    }
    lines.join("\n")
}

impl Admissions {
    pub async fn run(self, session: Session) -> Result<End> {
        let (app, ctx) = session.enter(&self.who).await?;
        let ask = self.about.ask();
        let check = app.admission(&ctx, &ask).await?;
        let out = match self.out {
            Some(path) => Some(write(path, &app.admission_sheet(&ctx, &ask).await?)?),
            None => None,
        };
        session.tell(&document(&check, out.as_ref()), || words(&check))?;
        Ok(match (check.found(), check.is_clear()) {
            (0, true) => End::Ok,
            (0, false) => End::Partial,
            _ => End::Found,
        })
    }
}
