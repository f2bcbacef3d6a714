//! Scenarios of the change stream.

use super::kit::{Granted, Kit, has, so, text};
use crate::client::Call;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::time::{Duration, Instant};

/// Where the stream stands now.
async fn position(kit: &Kit) -> Result<String> {
    let page = kit.client.document(&Call::get("/reconcile").with("limit", 1)).await?;
    Ok(text(&page, "/position")?.to_owned())
}

/// Pages that are read until the event is there: others may be at work in the sandbox.
const PAGES: u32 = 20;

/// Reads on until the stream tells of a certificate: the event and the next cursor.
async fn follow(kit: &Kit, from: String, number: &str) -> Result<(Value, String)> {
    let mut cursor = from;
    for _ in 0..PAGES {
        let page = kit.client.document(&after(&cursor, 0)).await?;
        let next = text(&page, "/next")?.to_owned();
        let events = page["events"].as_array().context("没有 events")?;
        if let Some(event) = events.iter().find(|event| event["number"] == number) {
            return Ok((event.clone(), next));
        }
        cursor = next;
    }
    bail!("读了{PAGES}页，没有刚赋码的证书")
}

/// Asks for what comes after a cursor, and waits for it so many seconds.
fn after(cursor: &str, wait: u32) -> Call {
    Call::get("/changes").with("cursor", cursor).with("limit", 500).with("wait", wait)
}

fn tells(event: &Value, granted: &Granted) -> Result<()> {
    has(event, "/kind", "assign")?;
    has(event, "/code", granted.code())?;
    has(event, "/record_id", granted.item["record_id"].clone())?;
    text(event, "/cursor")?;
    Ok(())
}

pub async fn changes(kit: &Kit) -> Result<String> {
    let from = position(kit).await?;
    let granted = kit.granted().await?;
    let (event, next) = follow(kit, from, granted.number()).await?;
    tells(&event, &granted)?;
    Ok(format!("{} 在变更流中，下一游标 {next}", granted.number()))
}

/// By so much the one who waits is earlier than the one who assigns.
const HEAD_START: Duration = Duration::from_millis(400);
/// How long it is ready to wait, seconds.
const WAIT: u32 = 20;

pub async fn long_poll(kit: &Kit) -> Result<String> {
    let from = position(kit).await?;
    let assigned = async {
        tokio::time::sleep(HEAD_START).await;
        kit.granted().await
    };
    let polled = async {
        let began = Instant::now();
        let page = kit.client.document(&after(&from, WAIT)).await?;
        Ok::<_, anyhow::Error>((page, began.elapsed()))
    };
    let (granted, polled) = tokio::join!(assigned, polled);
    let (granted, (page, waited)) = (granted?, polled?);
    so(page["events"].as_array().is_some_and(|all| !all.is_empty()), || "等待中没有答复变更".into())?;
    // Others may be at work in the sandbox: the page that ended the wait need not be the one that tells of ours.
    let (event, _) = follow(kit, from.clone(), granted.number()).await?;
    tells(&event, &granted)?;
    Ok(format!("等了{}毫秒，答复了刚办的赋码", waited.as_millis()))
}
