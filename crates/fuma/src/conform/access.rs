//! Scenarios of who calls.

use super::kit::{Kit, has, is, so, text};
use crate::client::{Answer, Call};
use anyhow::{Context, Result};
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::time::Duration;

/// A token call as it stands.
async fn ask(kit: &Kit, secret: &str, scope: Option<&str>) -> Result<Answer> {
    let mut form = vec![
        ("grant_type", "client_credentials".to_owned()),
        ("client_id", kit.client.id().to_owned()),
        ("client_secret", secret.to_owned()),
    ];
    form.extend(scope.map(|scope| ("scope", scope.to_owned())));
    kit.client.send_bare(&Call::form("/token", &form)).await
}

/// What a token call must answer.
fn granted(answer: &Answer) -> Result<Value> {
    is("HTTP 状态", answer.status.as_u16(), 200)?;
    let document = answer.json()?;
    has(&document, "/token_type", "Bearer")?;
    text(&document, "/access_token")?;
    text(&document, "/scope")?;
    so(document["expires_in"].as_u64().is_some_and(|n| n > 0), || "expires_in 不是正数".into())?;
    Ok(document)
}

pub async fn token(kit: &Kit) -> Result<String> {
    let document = granted(&ask(kit, kit.secret.reveal(), None).await?)?;
    Ok(format!("有效{}秒，权限 {}", document["expires_in"], text(&document, "/scope")?))
}

pub async fn token_by_basic(kit: &Kit) -> Result<String> {
    let pair = format!("{}:{}", kit.client.id(), kit.secret.reveal());
    let basic = format!("Basic {}", data_encoding::BASE64.encode(pair.as_bytes()));
    let form = [("grant_type", "client_credentials".to_owned())];
    let call = Call::form("/token", &form).header("authorization", basic);
    granted(&kit.client.send_bare(&call).await?)?;
    Ok("取得令牌".into())
}

pub async fn wrong_secret(kit: &Kit) -> Result<String> {
    let answer = ask(kit, "not-the-secret", None).await?;
    is("HTTP 状态", answer.status.as_u16(), 401)?;
    let document = answer.json()?;
    has(&document, "/error", "invalid_client")?;
    so(document["access_token"].is_null(), || "给了令牌".into())?;
    Ok(answer.told())
}

pub async fn scope(kit: &Kit) -> Result<String> {
    let document = granted(&ask(kit, kit.secret.reveal(), Some("read")).await?)?;
    has(&document, "/scope", "read")?;
    let (_, item) = kit.fresh();
    let call = bearer(Call::json("/certificates/assign", &json!({ "items": [item] })), &document)?;
    let answer = kit.client.send_bare(&call).await?;
    is("只有 read 权限时赋码的状态", answer.status.as_u16(), 403)?;
    let unknown = ask(kit, kit.secret.reveal(), Some("read nonsense")).await?;
    is("权限不存在时的状态", unknown.status.as_u16(), 400)?;
    has(&unknown.json()?, "/error", "invalid_scope")?;
    Ok(format!("{}；{}", answer.told(), unknown.told()))
}

fn bearer(call: Call, token: &Value) -> Result<Call> {
    Ok(call.header("authorization", format!("Bearer {}", text(token, "/access_token")?)))
}

pub async fn without_token(kit: &Kit) -> Result<String> {
    for call in [
        Call::get("/codes/statuses"),
        Call::get("/codes/statuses").header("authorization", "Bearer not-a-token"),
    ] {
        let answer = kit.client.send_bare(&call).await?;
        is("HTTP 状态", answer.status.as_u16(), 401)?;
        let asks = answer.header("www-authenticate");
        so(asks.starts_with("Bearer"), || format!("WWW-Authenticate 为“{asks}”"))?;
    }
    Ok("两次都答复 401".into())
}

pub async fn token_in_form(kit: &Kit) -> Result<String> {
    let granted = kit.granted().await?;
    let token = kit.client.token().await?.reveal().to_owned();
    let path = format!("/certificates/{}", granted.number());
    let read = Call::form(path, &[("access_token", token.clone())]);
    let answer = kit.client.send_bare(&read).await?;
    is("查询的状态", answer.status.as_u16(), 200)?;
    has(&answer.json()?, "/code", granted.code())?;
    let (_, item) = kit.fresh();
    let body = json!({ "items": [item] }).to_string();
    let check = Call::form("/certificates/check", &[("access_token", token), ("body", body)]);
    let answer = kit.client.send_bare(&check).await?;
    is("预检的状态", answer.status.as_u16(), 200)?;
    so(answer.json()?["results"].as_array().is_some_and(|all| all.len() == 1), || answer.told())?;
    Ok("查询和预检都已办理".into())
}

pub async fn token_in_address(kit: &Kit) -> Result<String> {
    let token = kit.client.token().await?;
    let call = Call::get("/codes/statuses").with("access_token", token.reveal());
    let answer = kit.client.send_bare(&call).await?;
    is("HTTP 状态", answer.status.as_u16(), 400)?;
    has(&answer.json()?, "/code", "token_in_address")?;
    Ok(answer.told())
}

/// Calls at a time.
const AT_ONCE: usize = 64;
/// Calls at most.
const CALLS: usize = 20_000;

pub async fn rate_limit(kit: &Kit) -> Result<String> {
    let token = kit.client.token().await?;
    let call = Call::get("/codes/statuses").header("authorization", format!("Bearer {}", token.reveal()));
    for round in 1..=CALLS / AT_ONCE {
        let answers = join_all((0..AT_ONCE).map(|_| kit.client.send_once(&call))).await;
        let answers = answers.into_iter().collect::<Result<Vec<_>>>()?;
        let Some(limited) = answers.iter().find(|it| it.status.as_u16() == 429) else { continue };
        let asked = limited.header("retry-after");
        let seconds: u64 = asked.parse().with_context(|| format!("Retry-After 为“{asked}”，应为秒数"))?;
        tokio::time::sleep(Duration::from_secs(seconds.min(60))).await;
        let answer = kit.client.send(&Call::get("/codes/statuses")).await?;
        is("等待之后的状态", answer.status.as_u16(), 200)?;
        return Ok(format!("第{}次以内答复 429，Retry-After {seconds}；之后恢复", round * AT_ONCE));
    }
    anyhow::bail!("{CALLS}次请求没有一次答复 429；该系统的每秒请求数设得过高，请改为默认值后再测")
}
