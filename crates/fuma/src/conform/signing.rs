//! Scenarios of signatures; who has no key to sign with cannot try them.

use super::kit::{Kit, has, is, results, so, text};
use crate::client::{Answer, Call, Stamp, nonce, now};
use anyhow::{Context, Result};
use serde_json::{Value, json};

/// A call that reads.
fn reading() -> Call {
    Call::get("/codes/statuses")
}

/// A call that would assign.
fn assigning(item: &Value) -> Call {
    Call::json("/certificates/assign", &json!({ "items": [item] }))
}

/// Expects a call to be refused with a status and a code.
fn refused(answer: &Answer, status: u16, code: &str) -> Result<()> {
    is("HTTP 状态", answer.status.as_u16(), status).with_context(|| answer.told())?;
    has(&answer.json()?, "/code", code)
}

/// Expects that nothing came of an item.
async fn not_done(kit: &Kit, item: &Value) -> Result<()> {
    let call = Call::get("/records").with("record_id", text(item, "/record_id")?);
    let found = kit.client.send(&call).await?;
    so(found.status.as_u16() == 404 || found.json()?["number"].is_null(), || "请求被办理了".into())
}

pub async fn signed(kit: &Kit) -> Result<String> {
    let read = kit.once(reading()).await?;
    is("查询的状态", read.status.as_u16(), 200).with_context(|| read.told())?;
    let (_, item) = kit.fresh();
    let check = kit.once(Call::json("/certificates/check", &json!({ "items": [item] }))).await?;
    is("预检的状态", check.status.as_u16(), 200).with_context(|| check.told())?;
    is("预检的结果数", results(&check)?.len(), 1)?;
    let signer = kit.client.signer().context("没有给出签名密钥")?;
    Ok(format!("以 {}（{}）签名，查询和预检都已办理", signer.key_id(), signer.algorithm().key()))
}

pub async fn unsigned(kit: &Kit) -> Result<String> {
    let answer = kit.once(reading().unsigned()).await?;
    if answer.status.as_u16() == 200 {
        return Ok("照常办理：该系统没有要求签名".into());
    }
    refused(&answer, 401, "signature_missing")?;
    Ok(format!("该系统要求签名：{}", answer.told()))
}

pub async fn changed_body(kit: &Kit) -> Result<String> {
    let ((_, item), (_, other)) = (kit.fresh(), kit.fresh());
    let body = json!({ "items": [other] }).to_string().into_bytes();
    let stamp = Stamp { body: Some(body), ..Stamp::default() };
    let answer = kit.once(assigning(&item).stamped(stamp)).await?;
    refused(&answer, 400, "digest_differs")?;
    not_done(kit, &item).await?;
    Ok(answer.told())
}

/// So long ago no clock is wrong by, seconds.
const LONG_AGO: i64 = 3_600;

pub async fn old_time(kit: &Kit) -> Result<String> {
    let (_, item) = kit.fresh();
    let stamp = Stamp { created: Some(now() - LONG_AGO), ..Stamp::default() };
    let answer = kit.once(assigning(&item).stamped(stamp)).await?;
    refused(&answer, 401, "signature_expired")?;
    not_done(kit, &item).await?;
    Ok(answer.told())
}

pub async fn used_nonce(kit: &Kit) -> Result<String> {
    let call = reading().stamped(Stamp { nonce: Some(nonce()), ..Stamp::default() });
    let first = kit.once(call.clone()).await?;
    is("第一次的状态", first.status.as_u16(), 200).with_context(|| first.told())?;
    let second = kit.once(call).await?;
    refused(&second, 401, "nonce_used").context("第二次")?;
    Ok(second.told())
}
