//! Scenarios of many certificates at once.

use super::kit::{Kit, has, is, networked, problems, results, so, text};
use super::writing::same_certificate;
use crate::client::{Answer, Call};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::HashSet;
use std::time::Duration;

pub async fn assign_500(kit: &Kit) -> Result<String> {
    let items: Vec<Value> = (0..500).map(|_| kit.fresh().1).collect();
    let answer = kit.call("assign", &items).await?;
    is("HTTP 状态", answer.status.as_u16(), 200)?;
    let results = results(&answer)?;
    is("结果数", results.len(), 500)?;
    let (mut numbers, mut codes) = (HashSet::new(), HashSet::new());
    for (result, item) in results.iter().zip(&items) {
        has(result, "/record_id", item["record_id"].clone())?;
        so(result["outcome"] != "error", || format!("{}：{}", item["record_id"], problems(result)))?;
        numbers.insert(text(result, "/number")?);
        codes.insert(text(result, "/code")?);
    }
    is("不同的编号数", numbers.len(), 500)?;
    is("不同的码数", codes.len(), 500)?;
    Ok("500张都已赋码".into())
}

pub async fn too_many(kit: &Kit) -> Result<String> {
    let items: Vec<Value> = (0..501).map(|_| kit.fresh().1).collect();
    let answer = kit.call("assign", &items).await?;
    so(answer.status.is_client_error(), || format!("答复 {}", answer.told()))?;
    let call = Call::get("/records").with("record_id", text(&items[0], "/record_id")?);
    let found = kit.client.send(&call).await?;
    so(found.status.as_u16() == 404 || found.json()?["number"].is_null(), || "其中一张被办理了".into())?;
    Ok(answer.told())
}

/// Times a batch is asked for until it is done.
const ASKED: u32 = 240;
/// Between two of them.
const BETWEEN: Duration = Duration::from_millis(500);

/// Lines of a batch.
const LINES: usize = 20;

/// Hands lines in; the answer.
async fn hand_in(kit: &Kit, items: &[Value]) -> Result<Answer> {
    let lines: Vec<String> = items.iter().map(Value::to_string).collect();
    let call = Call::post("/batches/assign", "application/x-ndjson", (lines.join("\n") + "\n").into_bytes());
    kit.client.send(&call).await
}

/// Hands lines in and waits for their results, of which so many are failures.
async fn worked(kit: &Kit, items: &[Value], failing: usize) -> Result<(String, Vec<Value>)> {
    let answer = hand_in(kit, items).await?;
    is("HTTP 状态", answer.status.as_u16(), 202).with_context(|| answer.told())?;
    let id = text(&answer.json()?, "/batch")?.to_owned();
    let state = finished(kit, &id).await?;
    let read =
        |after: usize| Call::get(format!("/batches/{id}/results")).with("after", after).with("limit", 15);
    let first = kit.client.send(&read(0)).await?;
    is("第一页的 X-Next-After", first.header("x-next-after"), "15")?;
    let rest = kit.client.send(&read(15)).await?;
    let text_of = first.text() + &rest.text();
    let results: Option<Vec<Value>> = text_of.lines().map(|line| serde_json::from_str(line).ok()).collect();
    let results = results.context("结果中有的行不是 JSON")?;
    networked(&results)?;
    is("结果行数", results.len(), LINES)?;
    for (n, (result, item)) in (1..).zip(results.iter().zip(items)) {
        has(result, "/line", n)?;
        has(result, "/record_id", item["record_id"].clone())?;
    }
    has(&state, "/done", LINES)?;
    let wrong = || results.iter().filter(|it| it["outcome"] == "error").map(problems).collect::<Vec<_>>();
    has(&state, "/failed", failing).with_context(|| wrong().join("；"))?;
    Ok((id, results))
}

pub async fn batch(kit: &Kit) -> Result<String> {
    let items: Vec<Value> = (0..LINES).map(|_| kit.fresh().1).collect();
    let (id, results) = worked(kit, &items, 0).await?;
    // All lines are done, and nothing new could come of them: so the answer is the batch that is there.
    let again = hand_in(kit, &items).await?;
    has(&again.json()?, "/batch", id.as_str()).context("同样内容再报一次")?;
    let repeated = kit.done("assign", &items[0]).await?;
    same_certificate(&results[0], &repeated).context("批量办过的记录号再单独报一次")?;
    Ok(format!("批次 {id}：{LINES}行都办成"))
}

/// The line that is wrong at first.
const WRONG: usize = 6;

pub async fn batch_mended(kit: &Kit) -> Result<String> {
    let right: Vec<Value> = (0..LINES).map(|_| kit.fresh().1).collect();
    let mut items = right.clone();
    items[WRONG]["certificate"]["body_name"] = Value::Null;
    let (_, first) = worked(kit, &items, 1).await?;
    let told = problems(&first[WRONG]);
    so(first[WRONG]["outcome"] == "error" && !told.is_empty(), || format!("错的一行答复 {}", first[WRONG]))?;
    let (_, then) = worked(kit, &right, 0).await.context("改正后整批重报")?;
    for (n, (before, after)) in first.iter().zip(&then).enumerate() {
        has(after, "/replayed", n != WRONG).with_context(|| format!("改正后第{}行", n + 1))?;
        if n != WRONG {
            same_certificate(before, after).with_context(|| format!("改正后第{}行", n + 1))?;
        }
    }
    Ok(format!("第{}行：{told}；改正后办成，其余返回原编号", WRONG + 1))
}

/// Waits for the end of a batch.
async fn finished(kit: &Kit, id: &str) -> Result<Value> {
    for _ in 0..ASKED {
        let state = kit.read(&format!("/batches/{id}")).await?;
        match text(&state, "/state")? {
            "done" => return Ok(state),
            "failed" => bail!("批次失败：{}", state["message"]),
            _ => tokio::time::sleep(BETWEEN).await,
        }
    }
    bail!("批次两分钟没有完成")
}
