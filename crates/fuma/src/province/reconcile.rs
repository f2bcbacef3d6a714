//! 对账 both ways: the registry's list against ours, and ours against the registry's.

use super::book::Book;
use super::ledger::{Held, Ledger};
use crate::client::{Call, Client};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::collections::HashMap;

/// Certificates of one page.
const PAGE: usize = 1_000;
/// Items of one question the other way.
const ASKED: usize = 5_000;

/// What came of it.
#[derive(Debug, Default)]
pub struct Reconciled {
    /// Certificates that the registry listed.
    pub there: u64,
    /// Certificates of ours.
    pub here: u64,
    /// Those in which both sides agree.
    pub same: u64,
    /// Certificates of the province that are not of this run.
    pub others: u64,
    /// What differs, a line each.
    pub differences: Vec<String>,
}

/// Reconciles what the ledger holds.
///
/// # Errors
/// Those of the calls.
pub async fn reconcile(client: &Client, ledger: &Ledger, book: &Book) -> Result<Reconciled> {
    let mut out = Reconciled { here: ledger.certificates.len() as u64, ..Reconciled::default() };
    theirs(client, ledger, book, &mut out).await?;
    ours(client, ledger, book, &mut out).await?;
    out.differences.extend(ledger.wrong.iter().cloned());
    Ok(out)
}

/// Reads the registry's list, page by page.
async fn theirs(client: &Client, ledger: &Ledger, book: &Book, out: &mut Reconciled) -> Result<()> {
    let mut held: HashMap<&str, &Held> =
        ledger.certificates.values().map(|held| (held.number.as_str(), held)).collect();
    let mut cursor: Option<String> = None;
    loop {
        let mut call = Call::get("/reconcile").with("limit", PAGE);
        if let Some(cursor) = &cursor {
            call = call.with("cursor", cursor);
        }
        let page = client.document(&call).await.context("对账没有完成")?;
        let items = page["items"].as_array().context("对账答复中没有 items")?;
        for item in items {
            out.there += 1;
            match held.remove(item["number"].as_str().unwrap_or_default()) {
                Some(held) => compare(held, item, book, out),
                None if of_this_run(item, book) => {
                    out.differences.push(format!("{}：登记库有，本系统没有", item["number"]));
                }
                None => out.others += 1,
            }
        }
        match page["next"].as_str() {
            Some(next) if cursor.as_deref() != Some(next) => cursor = Some(next.to_owned()),
            _ => break,
        }
    }
    out.differences.extend(held.keys().map(|number| format!("{number}：本系统有，登记库没有")));
    Ok(())
}

fn of_this_run(item: &Value, book: &Book) -> bool {
    let records = item["record_ids"].as_array().map(Vec::as_slice).unwrap_or_default();
    records.iter().any(|id| id.as_str().is_some_and(|id| id.starts_with(book.prefix())))
}

/// One certificate as both sides have it.
fn compare(held: &Held, item: &Value, book: &Book, out: &mut Reconciled) {
    let mut told = Vec::new();
    let text = |key: &str| item[key].as_str().unwrap_or_default();
    for (key, name, ours) in [("code", "码", &held.code), ("content_digest", "内容摘要", &held.digest)] {
        if text(key) != ours {
            told.push(format!("{name}为{}，本系统为{ours}", text(key)));
        }
    }
    if item["edition"] != json!(held.edition) {
        told.push(format!("版本为{}，本系统为{}", item["edition"], held.edition));
    }
    let replaced = held.replaced && text("status") == "superseded";
    if text("status") != held.status && !replaced {
        told.push(format!("状态为{}，本系统为{}", text("status"), held.status));
    }
    let records = item["record_ids"].as_array().map(Vec::as_slice).unwrap_or_default();
    let has = |n: &u64| records.iter().any(|id| id.as_str() == Some(&book.record_id(*n)));
    if let Some(n) = held.cases.iter().find(|n| !has(n)) {
        told.push(format!("没有业务记录号{}", book.record_id(*n)));
    }
    if told.is_empty() {
        out.same += 1;
    } else {
        out.differences.push(format!("{}：{}", held.number, told.join("；")));
    }
}

/// Asks the registry about everything that we hold: certificates by content, cases by record id.
async fn ours(client: &Client, ledger: &Ledger, book: &Book, out: &mut Reconciled) -> Result<()> {
    let certificates = ledger
        .certificates
        .values()
        .map(|held| json!({ "number": held.number, "content_digest": held.digest }));
    let cases = ledger.certificates.values().flat_map(|held| &held.cases);
    let cases = cases.map(|n| json!({ "record_id": book.record_id(*n) }));
    let items: Vec<Value> = certificates.chain(cases).collect();
    for items in items.chunks(ASKED) {
        let answer = client.document(&Call::json("/reconcile", &json!({ "items": items }))).await?;
        for (key, word) in [("missing", "登记库没有"), ("different", "登记库的内容不同")] {
            let all = answer[key].as_array().with_context(|| format!("对账答复中没有 {key}"))?;
            out.differences.extend(all.iter().map(|item| format!("{item}：{word}")));
        }
    }
    Ok(())
}
