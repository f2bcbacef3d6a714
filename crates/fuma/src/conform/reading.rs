//! Scenarios of reading.

use super::kit::{Kit, has, is, so, text};
use super::writing::plain;
use crate::client::Call;
use crate::province::deed::Deed;
use anyhow::{Context, Result};
use serde_json::{Value, json};

pub async fn fetch_and_etag(kit: &Kit) -> Result<String> {
    let granted = kit.granted().await?;
    let call = Call::get(format!("/certificates/{}", granted.number()));
    let answer = kit.client.send(&call).await?;
    is("HTTP 状态", answer.status.as_u16(), 200)?;
    let document = answer.json()?;
    for key in ["number", "code", "edition", "content_digest", "qr_text"] {
        has(&document, &format!("/{key}"), granted.result[key].clone())?;
    }
    for key in ["body_name", "address", "domain", "industry", "valid_to"] {
        let pointer = format!("/certificate/{key}");
        has(&document, &pointer, granted.item["certificate"][key].clone())?;
    }
    for key in ["sites", "capabilities", "signatories", "instruments", "staff"] {
        let count = |value: &Value| value[key].as_array().map_or(0, Vec::len);
        is(key, count(&document), count(&granted.item))?;
    }
    for (group, key) in [("certificate", "phone"), ("certificate", "email"), ("staff", "id_number")] {
        let sent = granted
            .item
            .pointer(&format!("/{group}/{key}"))
            .or(granted.item.pointer(&format!("/{group}/0/{key}")));
        let sent = sent.and_then(Value::as_str).context("测试数据中应有个人信息")?;
        so(!answer.text().contains(sent), || format!("答复中有个人信息 {group}/{key}"))?;
    }
    let etag = answer.header("etag").to_owned();
    so(!etag.is_empty(), || "没有 ETag".into())?;
    let again = kit.client.send(&call.header("if-none-match", &etag)).await?;
    is("带 ETag 再取的状态", again.status.as_u16(), 304)?;
    Ok(format!("ETag {etag}，再取 304"))
}

pub async fn editions(kit: &Kit) -> Result<String> {
    let granted = kit.granted().await?;
    let (_, item) = kit.next(&granted, Deed::Standard, |look| look.revised.extend([(2, 1)]));
    kit.done("change", &item).await?;
    let editions = kit.read(&format!("/certificates/{}/editions", granted.number())).await?;
    let all = editions["editions"].as_array().context("没有 editions")?;
    is("版本数", all.len(), 2)?;
    let call = Call::get("/records").with("record_id", text(&granted.item, "/record_id")?);
    let record = kit.client.document(&call).await?;
    so(record.to_string().contains(granted.number()), || format!("记录号指向 {record}"))?;
    Ok("两版；记录号指向该证书".into())
}

pub async fn qr_text(kit: &Kit) -> Result<String> {
    let granted = kit.granted().await?;
    let said = text(&granted.result, "/qr_text")?;
    so(said.ends_with(&plain(granted.code())), || format!("qr_text 为 {said}，码为 {}", granted.code()))?;
    for (kind, starts) in [("svg", &b"<"[..]), ("png", b"\x89PNG"), ("pdf", b"%PDF")] {
        let answer =
            kit.client.send(&Call::get(format!("/certificates/{}/qr.{kind}", granted.number()))).await?;
        is(kind, answer.status.as_u16(), 200)?;
        so(answer.bytes.starts_with(starts), || format!("qr.{kind} 不是该格式的文件"))?;
    }
    Ok(said.to_owned())
}

pub async fn verdict(kit: &Kit) -> Result<String> {
    let granted = kit.granted().await?;
    let path = format!("/certificates/{}/verdict", granted.number());
    let now = kit.read(&path).await?;
    has(&now, "/verdict", "valid")?;
    let end = domain::Day::parse(text(&granted.item, "/certificate/valid_to")?)?;
    for (days, wanted) in [(0, "valid"), (1, "expired")] {
        let on = end.plus_days(days)?;
        let then = kit.client.document(&Call::get(&*path).with("on", on)).await?;
        has(&then, "/verdict", wanted).with_context(|| format!("{on}"))?;
    }
    Ok(format!("今天 valid；{end} 之后 expired"))
}

pub async fn reconcile(kit: &Kit) -> Result<String> {
    let granted = kit.granted().await?;
    let digest = text(&granted.result, "/content_digest")?;
    let page = kit.client.document(&Call::get("/reconcile").with("limit", 1)).await?;
    is("一页的证书数", page["items"].as_array().map_or(0, Vec::len), 1)?;
    text(&page, "/next")?;
    let first = page["items"][0]["number"].clone();
    let second = Call::get("/reconcile").with("limit", 1).with("cursor", text(&page, "/next")?);
    let second = kit.client.document(&second).await?;
    so(second["items"][0]["number"] != first, || "第二页与第一页相同".into())?;
    let unknown = kit.record_id();
    let items = json!({ "items": [
        { "record_id": granted.item["record_id"], "content_digest": digest },
        { "number": granted.number(), "content_digest": digest },
        { "number": granted.number(), "content_digest": "0".repeat(64) },
        { "record_id": unknown },
    ]});
    let answer = kit.client.document(&Call::json("/reconcile", &items)).await?;
    has(&answer, "/same", 2)?;
    let told = |key: &str| answer[key].to_string();
    so(told("missing").contains(&unknown), || format!("missing 为 {}", told("missing")))?;
    so(told("different").contains(granted.number()), || format!("different 为 {}", told("different")))?;
    Ok("一致2项，缺1项，不同1项".into())
}
