//! Scenarios of the change stream.

use super::kit::{Granted, Kit, has, so, text};
use crate::client::Call;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::time::Duration;

/// Where the stream stands now.
async fn position(kit: &Kit) -> Result<String> {
    let page = kit.client.document(&Call::get("/reconcile").with("limit", 1)).await?;
    Ok(text(&page, "/position")?.to_owned())
}

/// Pages that are read until the event is there: others may be at work in the sandbox.
const PAGES: u32 = 20;

/// Reads on until the stream tells of an assignment of this certificate: the event and the next cursor.
async fn follow(
    kit: &Kit,
    from: String,
    wait: u32,
    number: impl Fn() -> Option<String>,
) -> Result<(Value, String)> {
    let mut cursor = from;
    for _ in 0..PAGES {
        let call = Call::get("/changes").with("cursor", &cursor).with("limit", 500).with("wait", wait);
        let page = kit.client.document(&call).await?;
        let next = text(&page, "/next")?.to_owned();
        let events = page["events"].as_array().context("没有 events")?;
        let number = number();
        let ours = |it: &&Value| number.is_some() && it["number"].as_str() == number.as_deref();
        if let Some(event) = events.iter().find(ours) {
            return Ok((event.clone(), next));
        }
        cursor = next;
    }
    bail!("读了{PAGES}页，没有刚赋码的证书")
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
    let (event, next) = follow(kit, from, 0, || Some(granted.number().to_owned())).await?;
    tells(&event, &granted)?;
    Ok(format!("{} 在变更流中，下一游标 {next}", granted.number()))
}

/// Before it assigns, the other side waits already.
const HEAD_START: Duration = Duration::from_millis(400);

pub async fn long_poll(kit: &Kit) -> Result<String> {
    let from = position(kit).await?;
    let known = std::sync::Mutex::new(None);
    let number = || known.lock().ok().and_then(|it| it.clone());
    let assigned = async {
        tokio::time::sleep(HEAD_START).await;
        let (case, item) = kit.fresh();
        let result = kit.done("assign", &item).await?;
        Ok::<_, anyhow::Error>(Granted { case, item, result })
    };
    // The first page may come before the answer to the assignment: its cursor is then read from again.
    let polled = async {
        let call = Call::get("/changes").with("cursor", &from).with("limit", 500).with("wait", 20);
        kit.client.document(&call).await
    };
    let (granted, page) = tokio::join!(assigned, polled);
    let (granted, page) = (granted?, page?);
    so(page["events"].as_array().is_some_and(|all| !all.is_empty()), || "等待中没有答复变更".into())?;
    if let Ok(mut known) = known.lock() {
        *known = Some(granted.number().to_owned());
    }
    let (event, _) = follow(kit, from, 0, number).await?;
    tells(&event, &granted)?;
    Ok("等待中答复了刚办的赋码".into())
}
