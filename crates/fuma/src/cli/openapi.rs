//! `fuma openapi`: the description of the interface, and the parts of the written standard that are made from it.

use super::{End, Session, write};
use crate::api::{openapi, standard};
use anyhow::{Context, Result};
use std::path::PathBuf;

/// What is typed after its name.
#[derive(clap::Args)]
#[command(after_help = "例：fuma openapi > docs/openapi.json\n　　fuma openapi --fill docs/接口规范.md")]
pub struct Openapi {
    /// 重写该文件中由程序生成的表（接口规范）
    #[arg(long, value_name = "文件")]
    fill: Option<PathBuf>,
}

impl Openapi {
    pub fn run(self, session: &Session) -> Result<End> {
        let Some(path) = self.fill else {
            let text = openapi::document_text().trim_end();
            session.tell(&serde_json::json!({ "document": text }), || text.to_owned())?;
            return Ok(End::Ok);
        };
        let old =
            std::fs::read_to_string(&path).with_context(|| format!("文件 {} 读不出来", path.display()))?;
        let new = standard::filled(&old)?;
        let changed = old != new;
        let shown = path.display().to_string();
        if changed {
            write(path, new.as_bytes())?;
        }
        let words = if changed { "已重写" } else { "没有变化" };
        session
            .tell(&serde_json::json!({ "file": shown, "changed": changed }), || format!("{shown} {words}"))?;
        Ok(End::Ok)
    }
}
