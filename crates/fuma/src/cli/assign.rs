//! `fuma assign` and `fuma change`: one certificate from a JSON file in the shape of the form.

use super::{As, End, Session};
use anyhow::{Context, Result};
use app::{AppError, Form, Missing};
use domain::{Field, Kinds};
use std::path::PathBuf;

/// 例：fuma assign --as shaanxi 证书.json　　fuma change --as shaanxi 变更.json
#[derive(clap::Args)]
pub struct Assign {
    /// JSON 文件：certificate、sites、capabilities、signatories、instruments、staff
    file: PathBuf,
    /// 只检查，不写入
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    who: As,
}

/// Which of the two commands was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A new certificate.
    Fresh,
    /// A new edition.
    Change,
}

impl Assign {
    pub async fn run(self, session: Session, what: What) -> Result<End> {
        let app = session.open(Missing::Refuse).await?;
        let ctx = session.call_as(&app, &self.who).await?;
        let text = std::fs::read_to_string(&self.file)
            .with_context(|| format!("文件 {} 读不出来", self.file.display()))?;
        let form: Form = serde_json::from_str(&text)
            .with_context(|| format!("{} 不是要求的 JSON", self.file.display()))?;
        let fresh = Kinds::parse(form.value(Field::Kind)).is_ok_and(Kinds::makes_certificate);
        if fresh != (what == What::Fresh) {
            let other = if fresh { "fuma assign" } else { "fuma change" };
            anyhow::bail!("业务类型“{}”应使用 {other}", form.value(Field::Kind));
        }
        if self.check {
            let judged = app.check_form(&ctx, &form).await?;
            return Ok(tell(&judged.problems));
        }
        match app.assign_form(&ctx, &form).await {
            Ok(written) if session.json => println!("{}", serde_json::to_string(&written)?),
            Ok(w) => println!("证书编号 {}　码 {}　第{}版", w.number.grouped(), w.code.grouped(), w.edition),
            Err(AppError::Invalid(problems)) => {
                tell(&problems);
                return Err(AppError::Invalid(problems).into());
            }
            Err(error) => return Err(error.into()),
        }
        Ok(End::Ok)
    }
}

fn tell(problems: &[domain::Problem]) -> End {
    for p in problems {
        let field = p.place.field.map(|f| f.label()).unwrap_or_default();
        println!("{}第{}行 {field}　{}　{}", p.place.group.sheet(), p.place.row, p.message, p.hint);
    }
    if problems.iter().any(domain::Problem::stops) { End::Partial } else { End::Ok }
}
