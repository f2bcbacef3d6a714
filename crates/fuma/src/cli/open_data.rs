//! `fuma open-data`: what is published of the registry.

use super::shown::table;
use super::{End, Session, bar, operator};
use crate::public::open_data::release;
use anyhow::Result;
use app::{Missing, OpenPublication};
use clap::Subcommand;
use domain::group_digits;
use serde_json::{Value, json};
use std::time::Duration;

/// What is typed after its name.
#[derive(clap::Args)]
#[command(after_help = "例：fuma open-data list\n　　fuma open-data make")]
pub struct OpenData {
    #[command(subcommand)]
    action: Do,
}

#[derive(Subcommand)]
enum Do {
    /// 列出已发布的快照和增量
    List,
    /// 现在生成并发布一次（网站运行时每天自动生成）
    Make,
}

impl OpenData {
    pub async fn run(self, session: Session) -> Result<End> {
        let app = session.open(Missing::Refuse).await?;
        if let Do::Make = self.action {
            let ctx = operator();
            let job = app.order_open_data(&ctx).await?;
            let bar = bar().with_message("生成开放数据");
            while let Some((done, total)) = app.open_data_made(&ctx, job).await? {
                bar.set_length(total.into());
                bar.set_position(done.into());
                // Where a server runs it may be the one that does it.
                if !app.work_once().await? {
                    tokio::time::sleep(Duration::from_millis(300)).await;
                }
            }
            bar.finish_and_clear();
        }
        let all = app.open_data().await?;
        let base = app.config.base_url();
        let document: Vec<Value> = all.iter().map(|it| release(&base, it)).collect();
        session.tell(&json!({ "releases": document }), || {
            let row = |it: &OpenPublication| {
                let bytes = it.files.iter().map(|file| file.bytes).sum();
                vec![
                    it.release.name.clone(),
                    it.sort.label().to_owned(),
                    it.release.made_at.to_the_minute(),
                    it.files.len().to_string(),
                    group_digits(bytes),
                ]
            };
            match all.is_empty() {
                true => {
                    "还没有发布。查询平台开通后，网站每天零点自动生成；也可运行 fuma open-data make".into()
                }
                false => table(&["名称", "种类", "数据截至", "文件", "字节"], all.iter().map(row)),
            }
        })?;
        Ok(End::Ok)
    }
}
