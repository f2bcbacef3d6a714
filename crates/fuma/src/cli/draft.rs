//! `fuma draft`: forms left unfinished, as JSON in the shape that `fuma assign` takes.

use super::assign::{assigned, explained, read_form, told};
use super::certificate::tell_file;
use super::shown::{by_number, problem, problem_line, table};
use super::{As, End, Session, sure, write};
use anyhow::{Context, Result};
use app::stored::DraftHead;
use app::{AnnexPart, AnnexRead, App, Ctx, DraftView, Form, PrintedParts, Put, Upload};
use clap::Subcommand;
use domain::{DraftId, Field, Kinds, Number};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma draft show --as shaanxi 513 > 草稿.json\n　　fuma draft change --as shaanxi 262712050001 --kind 扩项"
)]
pub struct Draft {
    #[command(subcommand)]
    action: Do,
    #[command(flatten)]
    who: As,
}

#[derive(Subcommand)]
enum Do {
    /// 列出草稿，最近保存的在前
    List,
    /// 一份草稿的内容（JSON，fuma assign 和 fuma change 可以读）
    Show {
        /// 草稿编号
        id: i64,
    },
    /// 新建草稿：来自 JSON 文件、官方附表，或只定业务类型
    New {
        /// JSON 文件
        file: Option<PathBuf>,
        /// 业务类型，如 首次
        #[arg(long, value_parser = Kinds::parse)]
        kind: Option<Kinds>,
        /// 官方附表（xlsx、xls、ods），可以给出多次
        #[arg(long, value_name = "文件")]
        annex: Vec<PathBuf>,
    },
    /// 从一张证书的现有内容建立变更或换证的草稿
    Change {
        /// 证书编号
        number: Number,
        /// 业务类型，可以几项，如 扩项、标准变更
        #[arg(long, value_parser = Kinds::parse)]
        kind: Kinds,
    },
    /// 用 JSON 文件保存草稿；其中有 draft.version 时，别人保存过就拒绝
    Save {
        /// 草稿编号
        id: i64,
        /// JSON 文件
        file: PathBuf,
    },
    /// 把一份官方附表读入草稿
    Annex {
        /// 草稿编号
        id: i64,
        /// 官方附表（xlsx、xls、ods）
        file: PathBuf,
        /// 加在现有的行后面，不替换
        #[arg(long)]
        append: bool,
    },
    /// 按赋码的规则检查，不写入
    Check {
        /// 草稿编号
        id: i64,
    },
    /// 样张：.pdf 为证书和附表，.svg 为证书一页
    Sample {
        /// 草稿编号
        id: i64,
        /// 写到哪个文件
        #[arg(long)]
        out: PathBuf,
    },
    /// 赋码；草稿随之用掉
    Assign {
        /// 草稿编号
        id: i64,
    },
    /// 丢弃草稿
    Discard {
        /// 草稿编号
        id: i64,
        /// 不再询问
        #[arg(long)]
        yes: bool,
    },
}

impl Draft {
    pub async fn run(self, session: Session) -> Result<End> {
        let (app, ctx) = session.enter(&self.who).await?;
        match self.action {
            Do::List => list(&session, &app.drafts(&ctx).await?)?,
            Do::Show { id } => show(&session, &app.draft(&ctx, DraftId(id)).await?)?,
            Do::New { file, kind, annex } => {
                let (form, read) = new_form(&app, &ctx, file, kind, &annex).await?;
                let it = app.draft(&ctx, app.create_draft(&ctx, &form).await?).await?.head;
                let (mut document, mut lines) = (head(&it), vec![line(&it)]);
                if !annex.is_empty() {
                    document["annex"] = annex_document(&read);
                    lines.extend(annex_lines(&read));
                }
                session.tell(&document, || lines.join("\n"))?;
            }
            Do::Change { number, kind } => {
                let of = by_number(&app, &ctx, &number).await?;
                made(&session, &app, &ctx, app.start_change(&ctx, of, kind).await?).await?;
            }
            Do::Save { id, file } => {
                let stands = app.draft(&ctx, DraftId(id)).await?.head.version;
                let version = version_in(&file)?.unwrap_or(stands);
                app.save_draft(&ctx, DraftId(id), version, &read_form(&file)?).await?;
                made(&session, &app, &ctx, DraftId(id)).await?;
            }
            Do::Annex { id, file, append } => {
                let mut view = app.draft(&ctx, DraftId(id)).await?;
                let put = if append { Put::Append } else { Put::Replace };
                let read = app.read_annex(&ctx, upload(&file)?, &mut view.form, put).await?;
                app.save_draft(&ctx, view.head.id, view.head.version, &view.form).await?;
                session.tell(&annex_document(&read), || annex_lines(&read).join("\n"))?;
            }
            Do::Check { id } => {
                let view = app.draft(&ctx, DraftId(id)).await?;
                return told(&session, &app.review_draft(&ctx, &view).await?.judged.problems);
            }
            Do::Sample { id, out } => {
                let form = app.draft(&ctx, DraftId(id)).await?.form;
                let drawn = match out.extension().is_some_and(|e| e.eq_ignore_ascii_case("svg")) {
                    true => app.preview_face(&ctx, &form).await.map(String::into_bytes),
                    false => app.preview_form(&ctx, &form, PrintedParts::Both).await,
                };
                let bytes = match drawn {
                    Ok(bytes) => bytes,
                    Err(error) => return Err(explained(&session, error)?),
                };
                tell_file(&session, write(out, &bytes)?)?;
            }
            Do::Assign { id } => return assigned(&session, app.assign_draft(&ctx, DraftId(id)).await),
            Do::Discard { id, yes } => {
                let title = app.draft(&ctx, DraftId(id)).await?.head.title;
                sure(yes, &format!("将丢弃草稿 {id}（{title}），不能找回"))?;
                app.discard_draft(&ctx, DraftId(id)).await?;
                session.tell(&json!({ "id": id, "discarded": true }), || "草稿已丢弃".into())?;
            }
        }
        Ok(End::Ok)
    }
}

fn head(it: &DraftHead) -> Value {
    json!({
        "id": it.id,
        "title": it.title,
        "kind": it.kinds,
        "change": it.certificate.is_some(),
        "version": it.version,
        "updated_at": it.updated_at.rfc3339(),
    })
}

fn list(session: &Session, all: &[DraftHead]) -> Result<()> {
    let document: Vec<Value> = all.iter().map(head).collect();
    session.tell(&json!({ "drafts": document }), || {
        let row = |it: &DraftHead| {
            vec![it.id.to_string(), it.title.clone(), it.kinds.clone(), it.updated_at.shanghai()]
        };
        table(&["草稿", "机构", "业务类型", "保存时间"], all.iter().map(row))
    })
}

/// The form itself; what is beside it stands under `draft`, which a reader of forms passes over.
fn show(session: &Session, view: &DraftView) -> Result<()> {
    let mut document = serde_json::to_value(&view.form)?;
    document["draft"] = head(&view.head);
    let text = serde_json::to_string_pretty(&document)?;
    session.tell(&document, || text)
}

async fn made(session: &Session, app: &App, ctx: &Ctx, id: DraftId) -> Result<()> {
    let it = app.draft(ctx, id).await?.head;
    session.tell(&head(&it), || line(&it))
}

fn line(it: &DraftHead) -> String {
    format!("草稿 {}　{}　第{}次保存", it.id, it.title, it.version)
}

async fn new_form(
    app: &App,
    ctx: &Ctx,
    file: Option<PathBuf>,
    kind: Option<Kinds>,
    annexes: &[PathBuf],
) -> Result<(Form, AnnexRead)> {
    let mut form = file.map_or_else(|| Ok(Form::default()), |file| read_form(&file))?;
    if let Some(kind) = kind {
        form.set(Field::Kind, kind.to_string());
    }
    let mut read = AnnexRead::default();
    for file in annexes {
        read.join(app.read_annex(ctx, upload(file)?, &mut form, Put::Append).await?);
    }
    Ok((form, read))
}

fn upload(path: &Path) -> Result<Upload> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let bytes = std::fs::read(path).with_context(|| format!("文件 {} 读不出来", path.display()))?;
    Ok(Upload { name, bytes })
}

/// The version of the draft that the file was made from, if it says so.
fn version_in(path: &Path) -> Result<Option<u32>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("文件 {} 读不出来", path.display()))?;
    let value: Value =
        serde_json::from_str(&text).with_context(|| format!("{} 不是要求的 JSON", path.display()))?;
    Ok(value["draft"]["version"].as_u64().and_then(|version| version.try_into().ok()))
}

/// What was read of forms, sheet by sheet, and what was unclear in them.
fn annex_document(read: &AnnexRead) -> Value {
    let part = |it: &AnnexPart| json!({ "group": it.group.key(), "sheet": it.sheet, "rows": it.rows });
    let parts: Vec<Value> = read.parts.iter().map(part).collect();
    let problems: Vec<Value> = read.problems.iter().map(problem).collect();
    json!({ "parts": parts, "problems": problems })
}

fn annex_lines(read: &AnnexRead) -> Vec<String> {
    let part = |it: &AnnexPart| format!("{}{}行（工作表“{}”）", it.group.sheet(), it.rows, it.sheet);
    read.parts.iter().map(part).chain(read.problems.iter().map(problem_line)).collect()
}
