//! `fuma certificate`: what 证书 shows, and the files that can be fetched there.

mod list;
mod one;
mod which;

pub use which::{Narrow, Which};

use super::shown::by_number;
use super::{As, End, Session, write};
use anyhow::Result;
use app::PrintedParts;
use clap::Subcommand;
use domain::{Number, PersonId};
use serde_json::json;
use std::path::PathBuf;

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma certificate list --as shaanxi --status 有效 --json\n　　fuma certificate show --as shaanxi 262712050001"
)]
pub struct Certificate {
    #[command(subcommand)]
    action: Do,
    #[command(flatten)]
    who: As,
}

#[derive(Subcommand)]
enum Do {
    /// 查找、列出证书，新的在前
    List(list::List),
    /// 一张证书的全部内容、版本、办理和打印记录
    Show {
        /// 证书编号
        number: Number,
        /// 哪一版的内容，默认现行版
        #[arg(long)]
        edition: Option<u32>,
    },
    /// 两个版本的不同
    Compare {
        /// 证书编号
        number: Number,
        /// 旧的一版，默认新版的前一版
        #[arg(long)]
        old: Option<u32>,
        /// 新的一版，默认现行版
        #[arg(long)]
        new: Option<u32>,
    },
    /// 一个人的证件和联系方式；每次查看都记入访问记录
    Person {
        /// 证书编号
        number: Number,
        /// 人员编号，见 fuma certificate show --json
        person: i64,
    },
    /// 样张：.pdf 为证书和附表，.svg 为证书一页
    Sample {
        /// 证书编号
        number: Number,
        /// 写到哪个文件
        #[arg(long)]
        out: PathBuf,
    },
    /// 取回打印时存档的文件
    File {
        /// 证书编号
        number: Number,
        /// 文件的 SHA-256，见 fuma certificate show --json 的 prints
        digest: String,
        /// 写到哪个文件
        #[arg(long)]
        out: PathBuf,
    },
}

impl Certificate {
    pub async fn run(self, session: Session) -> Result<End> {
        let (app, ctx) = session.enter(&self.who).await?;
        match self.action {
            Do::List(list) => list.run(&session, &app, &ctx).await?,
            Do::Show { number, edition } => one::show(&session, &app, &ctx, &number, edition).await?,
            Do::Compare { number, old, new } => {
                one::compare(&session, &app, &ctx, &number, (old, new)).await?;
            }
            Do::Person { number, person } => {
                let id = by_number(&app, &ctx, &number).await?;
                let parts = app.person(&ctx, id, PersonId(person)).await?;
                // On record before anything is shown.
                app.flush_access().await?;
                one::person(&session, person, &parts)?;
            }
            Do::Sample { number, out } => {
                let id = by_number(&app, &ctx, &number).await?;
                let picture = out.extension().is_some_and(|e| e.eq_ignore_ascii_case("svg"));
                let bytes = match picture {
                    true => app.face_picture(&ctx, id).await?.into_bytes(),
                    false => app.preview_certificate(&ctx, id, PrintedParts::Both).await?,
                };
                tell_file(&session, write(out, &bytes)?)?;
            }
            Do::File { number, digest, out } => {
                let id = by_number(&app, &ctx, &number).await?;
                let hash = data_encoding::HEXLOWER_PERMISSIVE.decode(digest.as_bytes()).ok();
                let hash = hash.and_then(|hash| hash.try_into().ok()).ok_or(app::AppError::NotFound)?;
                let bytes = app.record_file(&ctx, id, &hash).await?.bytes;
                tell_file(&session, write(out, &bytes)?)?;
            }
        }
        Ok(End::Ok)
    }
}

/// Tells which file was written.
pub fn tell_file(session: &Session, path: PathBuf) -> Result<()> {
    session.tell(&json!({ "files": [&path] }), || path.display().to_string())
}
