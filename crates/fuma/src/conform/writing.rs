//! Scenarios of writing calls.

use super::kit::{Granted, Kit, done, has, is, problems, refused, results, so, text};
use crate::client::Call;
use crate::province::deed::Deed;
use anyhow::{Context, Result};
use serde_json::{Value, json};

pub async fn check(kit: &Kit) -> Result<String> {
    let (_, item) = kit.fresh();
    let result = kit.done("check", &item).await?;
    has(&result, "/effect", "assigned")?;
    so(result["code"].is_null(), || "预检给了码".into())?;
    let result = kit.done("assign", &item).await.context("预检之后赋码")?;
    has(&result, "/effect", "assigned")?;
    has(&result, "/replayed", false)?;
    Ok("预检没有写入；之后赋码成功".into())
}

pub async fn assign(kit: &Kit) -> Result<String> {
    let granted = kit.granted().await?;
    let result = &granted.result;
    has(result, "/effect", "assigned")?;
    has(result, "/edition", 1)?;
    has(result, "/record_id", granted.item["record_id"].clone())?;
    let (number, code) = (text(result, "/number")?, text(result, "/code")?);
    so(number.len() == 12 && number.bytes().all(|b| b.is_ascii_digit()), || format!("编号为{number}"))?;
    so(plain(code).len() == 16, || format!("码为{code}"))?;
    is("内容摘要的长度", text(result, "/content_digest")?.len(), 64)?;
    text(result, "/qr_text")?;
    Ok(format!("编号 {number}，码 {code}"))
}

/// A code without what parts it for people.
pub fn plain(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// Expects two results to name the same certificate.
pub fn same_certificate(one: &Value, other: &Value) -> Result<()> {
    for key in ["/number", "/code"] {
        has(other, key, text(one, key)?)?;
    }
    Ok(())
}

pub async fn same_again(kit: &Kit) -> Result<String> {
    let granted = kit.granted().await?;
    let again = kit.done("assign", &granted.item).await?;
    has(&again, "/replayed", true)?;
    same_certificate(&granted.result, &again)?;
    has(&again, "/content_digest", text(&granted.result, "/content_digest")?)?;
    Ok(format!("两次都是 {}，第二次 replayed", granted.number()))
}

pub async fn other_body(kit: &Kit) -> Result<String> {
    let granted = kit.granted().await?;
    let mut item = granted.item.clone();
    item["certificate"]["department"] = json!("示例主管局");
    let (status, result) = kit.one("assign", &item).await?;
    is("HTTP 状态", status, 422)?;
    let fault = refused(&result, "record_reused")?;
    has(fault, "/pointer", "/record_id")?;
    Ok(problems(&result))
}

pub async fn other_record(kit: &Kit) -> Result<String> {
    let granted = kit.granted().await?;
    let mut item = granted.item.clone();
    item["record_id"] = json!(kit.record_id());
    let again = kit.done("assign", &item).await?;
    has(&again, "/effect", "unchanged")?;
    same_certificate(&granted.result, &again)?;
    Ok(format!("返回原编号 {}", granted.number()))
}

pub async fn twice_in_a_call(kit: &Kit) -> Result<String> {
    let (_, item) = kit.fresh();
    let mut again = item.clone();
    again["record_id"] = json!(kit.record_id());
    let results = results(&kit.call("assign", &[item, again]).await?)?;
    is("结果数", results.len(), 2)?;
    done(&results[0])?;
    if results[1]["outcome"] == "error" {
        return Ok(format!("第二项没有办理：{}", problems(&results[1])));
    }
    same_certificate(&results[0], &results[1])?;
    Ok(format!("两项都是 {}", text(&results[0], "/number")?))
}

pub async fn faults(kit: &Kit) -> Result<String> {
    let (_, right) = kit.fresh();
    let mut wrong = right.clone();
    wrong["certificate"]["division"] = json!("99");
    wrong["certificate"]["decision_day"] = json!("2026-02-30");
    wrong["capabilities"][0]["item"] = Value::Null;
    let (status, result) = kit.one("assign", &wrong).await?;
    is("HTTP 状态", status, 422)?;
    let all = result["problems"].as_array().context("没有 problems")?;
    for pointer in ["/certificate/division", "/certificate/decision_day", "/capabilities/0/item"] {
        let fault = all.iter().find(|it| it["pointer"] == pointer && it["severity"] == "error");
        let fault = fault.with_context(|| format!("没有指向 {pointer} 的错误：{}", problems(&result)))?;
        for key in ["/code", "/message", "/hint"] {
            text(fault, key).with_context(|| format!("指向 {pointer} 的问题"))?;
        }
    }
    let result = kit.done("assign", &right).await.context("改正后重报")?;
    has(&result, "/replayed", false)?;
    Ok(format!("三处错误一次告知；改正后编号 {}", text(&result, "/number")?))
}

pub async fn part_of_call(kit: &Kit) -> Result<String> {
    let ((_, mut wrong), (_, right)) = (kit.fresh(), kit.fresh());
    wrong["certificate"]["body_name"] = Value::Null;
    let answer = kit.call("assign", &[wrong.clone(), right.clone()]).await?;
    is("HTTP 状态", answer.status.as_u16(), 200)?;
    let results = results(&answer)?;
    is("结果数", results.len(), 2)?;
    for (result, item) in results.iter().zip([&wrong, &right]) {
        has(result, "/record_id", item["record_id"].clone())?;
    }
    has(&results[0], "/outcome", "error")?;
    done(&results[1])?;
    Ok(format!("错的一张没有办理，另一张编号 {}", text(&results[1], "/number")?))
}

pub async fn renew(kit: &Kit) -> Result<String> {
    let granted = kit.granted().await?;
    let (_, item) = kit.next(&granted, Deed::Renew, |look| look.renewals += 1);
    let result = kit.done("renew", &item).await?;
    has(&result, "/effect", "assigned")?;
    let number = text(&result, "/number")?;
    so(number != granted.number() && result["code"] != granted.result["code"], || "编号或码没有换".into())?;
    let old = kit.read(&format!("/certificates/{}", granted.number())).await?;
    let successor = old["successor"].to_string();
    so(successor.contains(number), || format!("原证书的 successor 为 {successor}"))?;
    Ok(format!("{} 换为 {number}", granted.number()))
}

/// An extension of a certificate: what was sent and what came.
async fn extended(kit: &Kit, granted: &Granted) -> Result<Value> {
    let (_, item) = kit.next(granted, Deed::Extend, |look| look.rows += 4);
    kit.done("change", &item).await
}

pub async fn change(kit: &Kit) -> Result<String> {
    let granted = kit.granted().await?;
    let result = extended(kit, &granted).await?;
    has(&result, "/effect", "changed")?;
    has(&result, "/edition", 2)?;
    same_certificate(&granted.result, &result)?;
    so(result["content_digest"] != granted.result["content_digest"], || "内容摘要没有改变".into())?;
    let now = kit.read(&format!("/certificates/{}", granted.number())).await?;
    let rows = now["capabilities"].as_array().map_or(0, Vec::len);
    is("扩项后的检测能力行数", rows, granted.case.look.rows + 4)?;
    Ok(format!("第2版，检测能力{rows}行"))
}

pub async fn stale_edition(kit: &Kit) -> Result<String> {
    let granted = kit.granted().await?;
    extended(kit, &granted).await?;
    let (_, item) = kit.next(&granted, Deed::Correct, |look| look.corrections += 1);
    let (status, result) = kit.one("correct", &item).await?;
    is("HTTP 状态", status, 422)?;
    refused(&result, "stale_edition")?;
    Ok(problems(&result))
}

pub async fn correct(kit: &Kit) -> Result<String> {
    let granted = kit.granted().await?;
    let (_, item) = kit.next(&granted, Deed::Correct, |look| look.corrections += 1);
    let result = kit.done("correct", &item).await?;
    has(&result, "/effect", "changed")?;
    has(&result, "/edition", 2)?;
    let key = "/certificate/legal_representative";
    let path = format!("/certificates/{}", granted.number());
    has(&kit.read(&path).await?, key, text(&item, key)?)?;
    let first = kit.client.document(&Call::get(path).with("edition", 1)).await?;
    has(&first, key, text(&granted.item, key)?)?;
    Ok("第2版已更正，第1版仍是原内容".into())
}

pub async fn status_and_lift(kit: &Kit) -> Result<String> {
    let granted = kit.granted().await?;
    let act = |act: &str| {
        json!({
            "record_id": kit.record_id(), "number": granted.number(), "act": act,
            "effective": kit.today.to_string(), "document": format!("示例市监撤〔{}〕1号", kit.today.year()),
            "reason": "符合性测试",
        })
    };
    for (word, status) in [("revoke", "revoked"), ("lift", "valid")] {
        let result = kit.done("status", &act(word)).await?;
        has(&result, "/effect", "acted")?;
        has(&result, "/status", status)?;
        let now = kit.read(&format!("/certificates/{}", granted.number())).await?;
        has(&now, "/status", status)?;
    }
    Ok("先为 revoked，后恢复为 valid".into())
}

pub async fn adopt(kit: &Kit) -> Result<String> {
    let granted = kit.granted().await?;
    let item = |digest: &str| json!({ "record_id": kit.record_id(), "number": granted.number(), "content_digest": digest });
    let (_, other) = kit.one("adopt", &item(&"0".repeat(64))).await?;
    refused(&other, "digest_differs")?;
    let result = kit.done("adopt", &item(text(&granted.result, "/content_digest")?)).await?;
    has(&result, "/effect", "adopted")?;
    same_certificate(&granted.result, &result)?;
    Ok(format!("{} 已认领；摘要不符的没有认领", granted.number()))
}

pub async fn declare(kit: &Kit) -> Result<String> {
    let declared = async |item: Value| {
        let answer = kit.client.send(&Call::json("/declared", &json!({ "items": [item] }))).await?;
        results(&answer)?.first().cloned().context("results 是空的")
    };
    // Long ago, so that no bulletin is about it.
    let item = |record: &str, day: &str| json!({ "record_id": record, "day": day, "certificates": 1 });
    let wrong = declared(item(&kit.record_id(), "2020-01-30")).await?;
    is("问题的位置", text(refused(&wrong, "declaration")?, "/pointer")?, "/day")?;
    let record = kit.record_id();
    for replayed in [false, true] {
        let result = declared(item(&record, "2020-01-31")).await?;
        has(&result, "/effect", "declared")?;
        has(&result, "/replayed", replayed)?;
        has(&result, "/certificates", 1)?;
    }
    Ok("已申报；重报没有另记；不是月末的没有申报".into())
}

pub async fn idempotency_key(kit: &Kit) -> Result<String> {
    let ((_, one), (_, other)) = (kit.fresh(), kit.fresh());
    let key = kit.record_id();
    let keyed = |item: &Value| {
        Call::json("/certificates/assign", &json!({ "items": [item] })).header("idempotency-key", &key)
    };
    let first = results(&kit.client.send(&keyed(&one)).await?)?;
    let again = results(&kit.client.send(&keyed(&one)).await?)?;
    same_certificate(first.first().context("results 是空的")?, again.first().context("results 是空的")?)?;
    let refused = kit.client.send(&keyed(&other)).await?;
    is("不同内容的状态", refused.status.as_u16(), 422)?;
    has(&refused.json()?, "/code", "key_reused")?;
    Ok(refused.told())
}
