//! `fuma assign` and `fuma change`: one certificate from a JSON file in the shape of the form.

use super::shown::{problem, problem_line};
use super::{As, End, Session};
use anyhow::{Context, Result};
use app::{AppError, Form, Written};
use domain::{Field, Kinds, Problem};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// What is typed after its name.
#[derive(clap::Args)]
#[command(after_help = "例：fuma assign --as shaanxi 证书.json\n　　fuma change --as shaanxi 变更.json")]
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
        let (app, ctx) = session.enter(&self.who).await?;
        let form = read_form(&self.file)?;
        let fresh = Kinds::parse(form.value(Field::Kind)).is_ok_and(Kinds::makes_certificate);
        if fresh != (what == What::Fresh) {
            let other = if fresh { "fuma assign" } else { "fuma change" };
            anyhow::bail!("业务类型“{}”应使用 {other}", form.value(Field::Kind));
        }
        if self.check {
            return told(&session, &app.check_form(&ctx, &form).await?.problems);
        }
        assigned(&session, app.assign_form(&ctx, &form).await)
    }
}

/// A form out of a JSON file.
pub fn read_form(path: &Path) -> Result<Form> {
    let text = std::fs::read_to_string(path).with_context(|| format!("文件 {} 读不出来", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} 不是要求的 JSON", path.display()))
}

/// Tells what an assignment wrote, or every problem that it met.
pub fn assigned(session: &Session, written: app::Result<Written>) -> Result<End> {
    match written {
        Ok(w) => {
            session.tell(&serde_json::to_value(&w)?, || {
                format!("证书编号 {}　码 {}　第{}版", w.number.grouped(), w.code.grouped(), w.edition)
            })?;
            Ok(End::Ok)
        }
        Err(error) => Err(explained(session, error)?),
    }
}

/// An error whose problems, if it has any, were told one by one.
pub fn explained(session: &Session, error: AppError) -> Result<anyhow::Error> {
    if let AppError::Invalid(problems) = &error {
        told(session, problems)?;
    }
    Ok(error.into())
}

/// Tells the problems of a form; one that stops makes the end a partial one.
pub fn told(session: &Session, problems: &[Problem]) -> Result<End> {
    let stopped = problems.iter().any(Problem::stops);
    let list: Vec<Value> = problems.iter().map(problem).collect();
    session.tell(&json!({ "ready": !stopped, "problems": list }), || match problems {
        [] => "没有发现问题".to_owned(),
        some => some.iter().map(problem_line).collect::<Vec<_>>().join("\n"),
    })?;
    Ok(if stopped { End::Partial } else { End::Ok })
}
