//! `fuma assign` and `fuma change`: one certificate from a JSON file in the shape of the form.

use super::shown::{problem, problem_line};
use super::{As, End, Session};
use anyhow::{Context, Result};
use app::{AppError, Form, Written};
use domain::{Field, Group, Kinds, Problem, Shape};
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

/// A form out of a JSON file. What the program would not read is refused, not passed over: a mistyped key is a value that
/// somebody believes to have given.
pub fn read_form(path: &Path) -> Result<Form> {
    let text = std::fs::read_to_string(path).with_context(|| format!("文件 {} 读不出来", path.display()))?;
    let value: Value = serde_json::from_str(&text).map_err(|e| {
        anyhow::anyhow!("{} 不是 JSON：第{}行第{}个字符附近写法有误", path.display(), e.line(), e.column())
    })?;
    let mut wrong = Vec::new();
    check_form(&value, &mut wrong);
    if !wrong.is_empty() {
        anyhow::bail!("{} 不能读作表单：\n{}", path.display(), wrong.join("\n"));
    }
    serde_json::from_value(value).with_context(|| format!("{} 不是要求的 JSON", path.display()))
}

/// What `fuma draft show` tells beside the form; what it printed can be handed in again as it is.
const BESIDE: &str = "draft";

fn check_form(value: &Value, wrong: &mut Vec<String>) {
    let Value::Object(parts) = value else {
        return wrong.push(format!("最外层应为对象（花括号），现为{}", sort(value)));
    };
    for (key, part) in parts {
        match (Group::ALL.into_iter().find(|group| group.key() == key), part) {
            (Some(Group::Certificate), part) => check_row(Group::Certificate, key, part, wrong),
            (Some(group), Value::Array(rows)) => {
                for (n, row) in (1..).zip(rows) {
                    check_row(group, &format!("{key} 第{n}项"), row, wrong);
                }
            }
            (Some(_), other) => wrong.push(format!("“{key}”应为数组（方括号），现为{}", sort(other))),
            (None, Value::Array(keys)) if key == "absent" => {
                let unknown = |it: &&Value| !Group::ALL.iter().any(|group| it.as_str() == Some(group.key()));
                wrong.extend(
                    keys.iter().filter(unknown).map(|it| format!("“absent”中的{it}不是一个部分的键")),
                );
            }
            (None, _) if key == BESIDE => (),
            (None, _) => {
                let known = Group::ALL.map(Group::key).join("、");
                wrong.push(format!("没有“{key}”这个键，可用的键：{known}、absent"));
            }
        }
    }
}

fn check_row(group: Group, place: &str, row: &Value, wrong: &mut Vec<String>) {
    let Value::Object(cells) = row else {
        return wrong.push(format!("“{place}”应为对象（花括号），现为{}", sort(row)));
    };
    for (key, value) in cells {
        match (Field::of_key(group, key), value) {
            (Some(_), Value::String(_)) => (),
            (Some(field), other) => {
                let label = field.label();
                let say = if matches!(field.shape(), Shape::YesNo) {
                    "“是”或“否”"
                } else {
                    "带引号的文字"
                };
                wrong.push(format!("{place} 的“{key}”（{label}）应为{say}，现为{} {other}", sort(other)));
            }
            (None, _) => {
                // A key in Chinese is most often the name of the field.
                let meant = Field::of_header(group, key).map(|field| format!("，应写作“{}”", field.key()));
                wrong.push(format!("{place} 中没有“{key}”这个键{}", meant.unwrap_or_default()));
            }
        }
    }
}

/// What JSON calls a value, in the language of the people.
fn sort(value: &Value) -> &'static str {
    match value {
        Value::Null => "空值",
        Value::Bool(_) => "真假值",
        Value::Number(_) => "数字",
        Value::String(_) => "文字",
        Value::Array(_) => "数组",
        Value::Object(_) => "对象",
    }
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
