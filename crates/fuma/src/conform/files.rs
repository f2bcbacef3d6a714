//! Scenarios of 归集: the finished files that a province sealed itself.

use super::kit::{Granted, Kit, done, has, is, so};
use crate::client::{Answer, Call};
use anyhow::{Context, Result};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// A page with nothing on it, as small as a PDF can be.
pub const PDF: &str = include_str!("sample.pdf");
/// SM3 of it (GB/T 32905-2016).
pub const SM3: &str = "986c8c8e7a70e6b7e0424f161428d81f31a18cfa1278c58f219384e23f73e74d";

fn sha256() -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(PDF.as_bytes()))
}

async fn upload(kit: &Kit, granted: &Granted, part: &str, digest: (&'static str, &str)) -> Result<Answer> {
    let call = Call::post(format!("/certificates/{}/files", granted.number()), "application/pdf", PDF.into())
        .with("record_id", kit.record_id())
        .with("part", part)
        .with("format", "pdf")
        .with(digest.0, digest.1);
    kit.client.send(&call).await
}

/// The result of an upload, whether it came alone or in a list.
fn result(answer: &Answer) -> Result<Value> {
    let document = answer.json()?;
    Ok(document.pointer("/results/0").cloned().unwrap_or(document))
}

fn collected(answer: &Answer) -> Result<()> {
    is("HTTP 状态", answer.status.as_u16(), 200).with_context(|| answer.told())?;
    let result = result(answer)?;
    done(&result)?;
    has(&result, "/effect", "collected")?;
    has(&result, "/file", sha256())
}

pub async fn upload_sha256(kit: &Kit) -> Result<String> {
    let granted = kit.granted().await?;
    collected(&upload(kit, &granted, "certificate", ("sha256", &sha256())).await?)?;
    let path = format!("/certificates/{}/files", granted.number());
    let listed = kit.read(&path).await?;
    so(listed.to_string().contains(&sha256()), || format!("列表中没有该文件：{listed}"))?;
    let fetched = kit.client.send(&Call::get(format!("{path}/{}", sha256()))).await?;
    is("取回的状态", fetched.status.as_u16(), 200)?;
    so(fetched.bytes == PDF.as_bytes(), || "取回的文件与上传的不同".into())?;
    Ok(format!("SHA-256 {}…，取回逐字节相同", &sha256()[..16]))
}

pub async fn upload_sm3(kit: &Kit) -> Result<String> {
    let granted = kit.granted().await?;
    collected(&upload(kit, &granted, "annex", ("sm3", SM3)).await?)?;
    Ok(format!("SM3 {}…", &SM3[..16]))
}

pub async fn wrong_digest(kit: &Kit) -> Result<String> {
    let granted = kit.granted().await?;
    let answer = upload(kit, &granted, "certificate", ("sha256", &"0".repeat(64))).await?;
    let refused = answer.status.is_client_error() || result(&answer)?["outcome"] == "error";
    so(refused, || format!("答复 {}", answer.told()))?;
    let listed = kit.read(&format!("/certificates/{}/files", granted.number())).await?;
    so(!listed.to_string().contains(&sha256()), || "文件被收下了".into())?;
    let told = result(&answer)?;
    let told = told.pointer("/problems/0/message").and_then(Value::as_str).map(str::to_owned);
    Ok(told.unwrap_or_else(|| answer.told()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_is_a_pdf_and_its_sm3_is_that_of_its_bytes() {
        assert!(PDF.starts_with("%PDF-1.") && PDF.trim_end().ends_with("%%EOF"));
        assert_eq!(SM3.len(), 64);
    }
}
