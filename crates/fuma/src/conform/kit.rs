//! What the scenarios work with: the client, invented cases that no run had before, and short ways to ask and to expect.

use crate::client::{Answer, Call, Client};
use crate::province::book::{Book, Named};
use crate::province::deed::Deed;
use crate::province::plan::{Case, Look, ROWS};
use anyhow::{Context, Result, bail};
use domain::{Day, Secret};
use serde_json::{Value, json};
use std::fmt::{self, Display};
use std::sync::atomic::{AtomicU64, Ordering};

/// Everything a scenario has.
pub struct Kit {
    /// The interface.
    pub client: Client,
    /// Its secret, for the scenarios that ask for tokens themselves.
    pub secret: Secret,
    /// Today.
    pub today: Day,
    book: Book,
    /// How all record ids of this run begin.
    prefix: String,
    first: u64,
    next: AtomicU64,
}

/// The authority assigns by hand: nothing that a scenario could do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByHand;

impl std::error::Error for ByHand {}

impl Display for ByHand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("本机关的赋码方式是手动赋码，接口不赋码")
    }
}

/// A certificate that a scenario had coded, and the case to go on from.
pub struct Granted {
    /// The last case.
    pub case: Case,
    /// What was sent.
    pub item: Value,
    /// What came back.
    pub result: Value,
}

impl Granted {
    /// Its number.
    pub fn number(&self) -> &str {
        self.result["number"].as_str().unwrap_or_default()
    }

    /// Its code.
    pub fn code(&self) -> &str {
        self.result["code"].as_str().unwrap_or_default()
    }
}

impl Kit {
    /// A kit with bodies and record ids of its own.
    pub fn new(client: Client, secret: Secret, authority: &str, today: Day) -> Kit {
        let random = app::random::<8>();
        let seed = u64::from_le_bytes(random);
        Kit {
            client,
            secret,
            today,
            book: Book::new(authority, seed, today),
            prefix: format!("conform-{}-", data_encoding::HEXLOWER.encode(&random)),
            first: seed % 90_000,
            next: AtomicU64::new(1),
        }
    }

    /// A record id that was never used.
    pub fn record_id(&self) -> String {
        format!("{}{:04}", self.prefix, self.next.fetch_add(1, Ordering::Relaxed))
    }

    /// A case and its item under a record id of its own.
    fn item(&self, case: &Case, named: &Named) -> Value {
        let mut item = self.book.right(case, named);
        item["record_id"] = json!(self.record_id());
        item
    }

    /// A first grant of a body that has none yet.
    pub fn fresh(&self) -> (Case, Value) {
        let n = self.next.fetch_add(1, Ordering::Relaxed);
        let look = Look { rows: ROWS, ..Look::default() };
        let body = self.first + n;
        let case = Case { n, deed: Deed::Grant, body, of: n, after: None, look, mistake: None };
        let item = self.item(&case, &Named::default());
        (case, item)
    }

    /// What is done next with a certificate, as its item.
    pub fn next(&self, granted: &Granted, deed: Deed, change: impl FnOnce(&mut Look)) -> (Case, Value) {
        let mut look = granted.case.look.clone();
        change(&mut look);
        let n = self.next.fetch_add(1, Ordering::Relaxed);
        let case = Case { n, deed, look, ..granted.case.clone() };
        let edition = granted.result["edition"].as_u64().unwrap_or(1);
        let named = Named { number: granted.number().to_owned(), edition };
        let item = self.item(&case, &named);
        (case, item)
    }

    /// Makes a write call.
    pub async fn call(&self, act: &str, items: &[Value]) -> Result<Answer> {
        self.client.send(&Call::json(format!("/certificates/{act}"), &json!({ "items": items }))).await
    }

    /// Makes a write call of one item: its status and its result.
    pub async fn one(&self, act: &str, item: &Value) -> Result<(u16, Value)> {
        let answer = self.call(act, std::slice::from_ref(item)).await?;
        let results = results(&answer)?;
        Ok((answer.status.as_u16(), results.into_iter().next().context("results 是空的")?))
    }

    /// The same, which must be done.
    pub async fn done(&self, act: &str, item: &Value) -> Result<Value> {
        let (status, result) = self.one(act, item).await?;
        // What is wrong with the item says more than the status that comes of it.
        done(&result).with_context(|| format!("{act} 没有办成，HTTP 状态为 {status}"))?;
        is("HTTP 状态", status, 200)?;
        Ok(result)
    }

    /// Makes a call with a token, once and as it stands.
    pub async fn once(&self, call: Call) -> Result<Answer> {
        let token = self.client.token().await?;
        self.client.send_once(&call.header("authorization", format!("Bearer {}", token.reveal()))).await
    }

    /// A certificate that was coded just now.
    pub async fn granted(&self) -> Result<Granted> {
        let (case, item) = self.fresh();
        let result = self.done("assign", &item).await.context("先要赋码一张证书")?;
        Ok(Granted { case, item, result })
    }

    /// A document at a path.
    pub async fn read(&self, path: &str) -> Result<Value> {
        self.client.document(&Call::get(path)).await
    }
}

/// The results of an answer.
///
/// # Errors
/// An answer without them; [`ByHand`].
pub fn results(answer: &Answer) -> Result<Vec<Value>> {
    let document = answer.json()?;
    match document["results"].as_array() {
        Some(results) => networked(results).map(|()| results.clone()),
        None => bail!("答复中没有 results：{}", answer.told()),
    }
}

/// Expects results of an authority that assigns through the interface.
///
/// # Errors
/// [`ByHand`].
pub fn networked(results: &[Value]) -> Result<()> {
    let mut problems = results.iter().filter_map(|result| result["problems"].as_array()).flatten();
    if problems.any(|it| it["code"] == "manual_mode") { Err(ByHand.into()) } else { Ok(()) }
}

/// Expects two values to be the same.
///
/// # Errors
/// What came, and what was expected.
pub fn is<T: PartialEq<W> + Display, W: Display>(what: &str, came: T, wanted: W) -> Result<()> {
    if came == wanted {
        return Ok(());
    }
    bail!("{what}为 {came}，应为 {wanted}")
}

/// Expects a member of a document to have a value.
///
/// # Errors
/// What came, and what was expected.
pub fn has(document: &Value, pointer: &str, wanted: impl Into<Value>) -> Result<()> {
    let wanted = wanted.into();
    match document.pointer(pointer) {
        Some(came) if *came == wanted => Ok(()),
        Some(came) => bail!("{pointer} 为 {came}，应为 {wanted}"),
        None => bail!("没有 {pointer}，应为 {wanted}"),
    }
}

/// Expects something to hold.
///
/// # Errors
/// What is wrong where it does not.
pub fn so(holds: bool, wrong: impl FnOnce() -> String) -> Result<()> {
    if holds { Ok(()) } else { bail!(wrong()) }
}

/// A text member that must be there.
///
/// # Errors
/// That it is not.
pub fn text<'v>(document: &'v Value, pointer: &str) -> Result<&'v str> {
    let found = document.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
    found.with_context(|| format!("没有 {pointer}"))
}

/// Expects an item to be done, with or without warnings.
///
/// # Errors
/// Its problems.
pub fn done(result: &Value) -> Result<()> {
    let outcome = result["outcome"].as_str().unwrap_or_default();
    so(matches!(outcome, "ok" | "warned"), || format!("outcome 为 {outcome}：{}", problems(result)))
}

/// Expects an item to be refused with an error of a code; the error.
///
/// # Errors
/// What came.
pub fn refused<'v>(result: &'v Value, code: &str) -> Result<&'v Value> {
    is("outcome", result["outcome"].as_str().unwrap_or_default(), "error")?;
    let all = result["problems"].as_array().map(Vec::as_slice).unwrap_or_default();
    let found = all.iter().find(|it| it["code"] == code);
    found.with_context(|| format!("问题中没有 {code}：{}", problems(result)))
}

/// Pointers, codes and words of a result's problems, and what to do about them.
pub fn problems(result: &Value) -> String {
    let all = result["problems"].as_array().map(Vec::as_slice).unwrap_or_default();
    let word = |it: &Value, key: &str| it[key].as_str().unwrap_or_default().to_owned();
    let line = |it: &Value| {
        let what = format!("{} {} {}", word(it, "pointer"), word(it, "code"), word(it, "message"));
        let hint = Some(word(it, "hint")).filter(|hint| !hint.is_empty());
        hint.map_or_else(|| what.clone(), |hint| format!("{what}（{}）", hint.trim_end_matches('。')))
            .trim_start()
            .to_owned()
    };
    all.iter().take(5).map(line).collect::<Vec<_>>().join("；")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_tells_the_problems_of_the_item_and_manual_mode_is_known_by_its_code() {
        let problem = |code: &str| {
            json!({ "outcome": "error", "problems": [{
                "pointer": "/certificate/domain", "code": code, "message": "没有这个领域", "hint": "请核对代码。",
            }]})
        };
        let refused = done(&problem("not_in_table")).unwrap_err().to_string();
        assert_eq!(refused, "outcome 为 error：/certificate/domain not_in_table 没有这个领域（请核对代码）");
        assert!(networked(&[problem("not_in_table")]).is_ok());
        let by_hand = networked(&[json!({ "outcome": "ok" }), problem("manual_mode")]).unwrap_err();
        assert!(by_hand.context("先要赋码一张证书").is::<ByHand>(), "also with what led to it");
    }
}
