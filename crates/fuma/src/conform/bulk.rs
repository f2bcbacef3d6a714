//! Scenarios of many certificates at once.

use super::kit::{Kit, has, is, problems, results, so, text};
use super::writing::same_certificate;
use crate::client::Call;
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

pub async fn batch(kit: &Kit) -> Result<String> {
    let mut items: Vec<Value> = (0..20).map(|_| kit.fresh().1).collect();
    items[6]["certificate"]["body_name"] = Value::Null;
    let lines: Vec<String> = items.iter().map(Value::to_string).collect();
    let call = Call::post("/batches/assign", "application/x-ndjson", (lines.join("\n") + "\n").into_bytes());
    let answer = kit.client.send(&call).await?;
    is("HTTP 状态", answer.status.as_u16(), 202)?;
    let id = text(&answer.json()?, "/batch")?.to_owned();
    finished(kit, &id).await?;
    let read =
        |after: usize| Call::get(format!("/batches/{id}/results")).with("after", after).with("limit", 15);
    let first = kit.client.send(&read(0)).await?;
    is("第一页的 X-Next-After", first.header("x-next-after"), "15")?;
    let rest = kit.client.send(&read(15)).await?;
    let text_of = first.text() + &rest.text();
    let results: Vec<Value> =
        text_of.lines().map(serde_json::from_str).collect::<Result<_, _>>().context("结果行")?;
    is("结果行数", results.len(), 20)?;
    for (n, result) in results.iter().enumerate() {
        has(result, "/line", n + 1)?;
        has(result, "/record_id", items[n]["record_id"].clone())?;
        so((result["outcome"] == "error") == (n == 6), || format!("第{}行：{}", n + 1, problems(result)))?;
    }
    let again = kit.client.send(&call).await?;
    has(&again.json()?, "/batch", id.as_str()).context("同样内容再报一次")?;
    let repeated = kit.done("assign", &items[0]).await?;
    same_certificate(&results[0], &repeated).context("批量办过的记录号再单独报一次")?;
    Ok(format!("批次 {id}：19行办成，1行有错"))
}

/// Waits for the end of a batch.
async fn finished(kit: &Kit, id: &str) -> Result<Value> {
    for _ in 0..ASKED {
        let state = kit.read(&format!("/batches/{id}")).await?;
        match text(&state, "/state")? {
            "done" => {
                has(&state, "/failed", 1)?;
                has(&state, "/done", 20)?;
                return Ok(state);
            }
            "failed" => bail!("批次失败：{}", state["message"]),
            _ => tokio::time::sleep(BETWEEN).await,
        }
    }
    bail!("批次两分钟没有完成")
}
