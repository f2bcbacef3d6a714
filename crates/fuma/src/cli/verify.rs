//! `fuma verify`: 查真 on the terminal.

use super::{End, Session};
use anyhow::{Context, Result};
use app::{Asker, Missing, Question, Verified};
use domain::{Day, Verdict, VerdictWord};
use serde_json::json;

/// What is typed after its name.
#[derive(clap::Args)]
#[command(after_help = "例：fuma verify 2300 2034 9767\n　　fuma verify ABCD-EFGH-JKMN-PQRS --on 2026-03-05")]
pub struct Verify {
    /// 码或证书编号
    #[arg(required = true)]
    asked: Vec<String>,
    /// 按哪一天判断（如报告日期），默认今天
    #[arg(long)]
    on: Option<String>,
}

impl Verify {
    pub async fn run(self, session: Session) -> Result<End> {
        let app = session.open(Missing::Refuse).await?;
        let text = self.asked.join(" ");
        let on = match &self.on {
            Some(day) => Day::parse(day).with_context(|| format!("日期“{day}”"))?,
            None => app.today(),
        };
        let asker = Asker::program();
        let verified = match app.read_asked(&text) {
            Ok(asked) => app.verify(&asked, on, Question::typed(asked.way(), &asker)).await?,
            Err(mistyped) => {
                app.count_malformed(Question::typed(mistyped.way(), &asker));
                let verdict = Verdict::malformed(&mistyped.to_string(), app.today());
                Verified { verdict, certificate: None }
            }
        };
        app.flush_tally().await?;
        let (verdict, word) = (&verified.verdict, verified.verdict.word());
        let certificate = verified.certificate.as_ref();
        let checks = verdict.checks().iter().map(|it| {
            json!({ "name": it.name.key(), "outcome": it.outcome.key(), "reason": it.reason.to_string() })
        });
        let body_name = certificate.map(|c| c.excerpt().map(|e| e.body_name)).transpose()?;
        let document = json!({
            "verdict": word.key(),
            "meaning": verdict.sentence(),
            "on": on,
            "checks": checks.collect::<Vec<_>>(),
            "number": certificate.map(|c| &c.number),
            "body_name": body_name,
            "authority": certificate.map(|c| &c.authority),
            "authority_printed": certificate.and_then(|c| c.authority_printed.as_ref()),
            "valid_from": certificate.map(|c| c.valid_from),
            "valid_to": certificate.map(|c| c.valid_to),
        });
        session.tell(&document, || {
            let mut lines = vec![format!("{}　{}", word.label(), verdict.sentence())];
            if word == VerdictWord::Malformed {
                lines.extend(verdict.checks().first().map(|check| check.reason.to_string()));
            }
            if let Some(c) = certificate {
                let printed = c.authority_printed.iter().map(|name| format!("（证书上印作：{name}）"));
                lines.extend([
                    format!("机构名称　{}", body_name.unwrap_or_default()),
                    format!("证书编号　{}", c.number.grouped()),
                    format!("发证机关　{}{}", c.authority, printed.collect::<String>()),
                    format!("有效期　　{} 至 {}", c.valid_from, c.valid_to),
                ]);
            }
            lines.join("\n")
        })?;
        Ok(if word == VerdictWord::Valid { End::Ok } else { End::NotVerified })
    }
}
