//! What a stranger meets who asks too much.

use super::Rates;
use crate::testing::{Caller, FULL, Town};
use altcha::{Challenge, Payload, SolveChallengeOptions};
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request, header};
use std::net::{IpAddr, SocketAddr};

const RATES: Rates = Rates { free: 5, pass: 20 };
const HOME: &str = "192.0.2.7";
const CERTIFICATE: &str = "/certificate/262712050001";
const UNKNOWN: &str = "/certificate/262712059999";

/// What came back, with the headers that matter here.
struct Got {
    status: u16,
    text: String,
    after: Option<u64>,
    cookie: String,
    location: String,
    kind: String,
}

async fn ask(town: &Town, ip: &str, request: axum::http::request::Builder, body: Body) -> Got {
    let mut request = request.header("sec-fetch-site", "same-origin").body(body).unwrap();
    let peer = SocketAddr::new(ip.parse::<IpAddr>().unwrap(), 4_000);
    request.extensions_mut().insert(ConnectInfo(peer));
    let response = town.raw(request).await;
    let header = |name: header::HeaderName| {
        response.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned()
    };
    let after = header(header::RETRY_AFTER).parse().ok();
    let cookie = header(header::SET_COOKIE).split(';').next().unwrap_or_default().to_owned();
    let (location, kind) = (header(header::LOCATION), header(header::CONTENT_TYPE));
    let status = response.status().as_u16();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    Got { status, text: String::from_utf8_lossy(&bytes).into_owned(), after, cookie, location, kind }
}

async fn get(town: &Town, ip: &str, path: &str, cookie: &str) -> Got {
    ask(town, ip, Request::get(path).header(header::COOKIE, cookie), Body::empty()).await
}

/// How many of so many questions are answered.
async fn answered(town: &Town, ip: &str, path: &str, cookie: &str, times: usize) -> usize {
    let mut count = 0;
    for _ in 0..times {
        count += usize::from(get(town, ip, path, cookie).await.status == 200);
    }
    count
}

/// What the page holds to be solved, solved as a browser does.
fn solved(page: &str) -> String {
    let challenge = page.split("data-challenge=\"").nth(1).expect(page).split('"').next().unwrap();
    let challenge: Challenge = serde_json::from_str(&challenge.replace("&#34;", "\"")).unwrap();
    let solution = altcha::solve_challenge(SolveChallengeOptions::new(&challenge)).unwrap().unwrap();
    let payload = serde_json::to_vec(&Payload { challenge, solution }).unwrap();
    data_encoding::BASE64.encode(&payload)
}

async fn send(town: &Town, ip: &str, altcha: &str, next: &str) -> Got {
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("altcha", altcha)
        .append_pair("next", next)
        .finish();
    let request = Request::post("/pass").header("content-type", "application/x-www-form-urlencoded");
    ask(town, ip, request, Body::from(body)).await
}

#[tokio::test]
async fn who_asks_too_much_works_for_a_pass_and_comes_back_to_his_page() {
    let town = Town::limited(RATES).await;
    let asked = "/certificate/262712050001?on=2026-11-01";
    assert_eq!(answered(&town, HOME, asked, "", 9).await, 5);
    let page = get(&town, HOME, asked, "").await;
    assert_eq!((page.status, page.after), (429, Some(12)), "{}", page.text);
    for words in [
        "/open-data",
        "没有启用脚本",
        "请等 12 秒",
        "name=\"next\" value=\"/certificate/262712050001?on=2026-11-01\"",
    ] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    crate::gallery::keep("public", "limit-work", &page.text);
    assert_eq!(get(&town, "192.0.2.8", asked, "").await.status, 200, "others are not held up");

    let altcha = solved(&page.text);
    assert_eq!(send(&town, "192.0.2.8", &altcha, asked).await.status, 429, "it is bound to its address");
    let passed = send(&town, HOME, &altcha, asked).await;
    assert_eq!((passed.status, passed.location.as_str()), (303, asked));
    assert_eq!(answered(&town, HOME, asked, &passed.cookie, 25).await, 20);
    let spent = get(&town, HOME, asked, &passed.cookie).await;
    assert_eq!(
        (spent.status, spent.after),
        (429, Some(12)),
        "a question is free again before the pass has room"
    );
    assert!(spent.text.contains("查询次数已用完") && !spent.text.contains("data-challenge"));
    crate::gallery::keep("public", "limit-spent", &spent.text);
    assert!(!get(&town, HOME, asked, "").await.text.contains("data-challenge"), "another pass is no wider");
    town.clock.advance(12);
    assert_eq!(answered(&town, HOME, asked, "", 3).await, 1);

    let again = send(&town, HOME, &altcha, asked).await;
    assert!(again.status == 429 && again.text.contains("已经用过"), "{}", again.text);
    crate::gallery::keep("public", "limit-again", &again.text);
    let elsewhere = format!("pass={}", passed.cookie.trim_start_matches("pass="));
    assert_eq!(answered(&town, "192.0.2.9", asked, &elsewhere, 8).await, 5, "a pass is of one address");
}

#[tokio::test]
async fn a_solution_holds_ten_minutes_a_pass_thirty_and_neither_can_be_made_up() {
    let town = Town::limited(RATES).await;
    answered(&town, HOME, CERTIFICATE, "", 5).await;
    let page = get(&town, HOME, CERTIFICATE, "").await.text;
    let altcha = solved(&page);
    let plain = data_encoding::BASE64.decode(altcha.as_bytes()).unwrap();
    let text = String::from_utf8(plain).unwrap();
    for (from, to) in [
        ("\"cost\":2000", "\"cost\":1"),
        ("\"keyPrefix\":\"00\"", "\"keyPrefix\":\"\""),
        ("\"counter\":", "\"counter\":1"),
    ] {
        assert!(text.contains(from), "{text}");
        let forged = data_encoding::BASE64.encode(text.replace(from, to).as_bytes());
        let refused = send(&town, HOME, &forged, "/").await;
        assert!(refused.status == 429 && refused.text.contains("没有通过"), "{to}: {}", refused.text);
    }
    for junk in ["", "no", "e30="] {
        assert_eq!(send(&town, HOME, junk, "/").await.status, 429);
    }
    let cookie = send(&town, HOME, &altcha, "//elsewhere.example").await;
    assert_eq!(cookie.location, "/", "it leads nowhere else");
    let (name, value) = cookie.cookie.split_once('=').unwrap();
    let longer = format!("{name}={}", value.replacen(|c: char| c.is_ascii_digit(), "9", 1));
    assert_eq!(answered(&town, HOME, CERTIFICATE, &longer, 3).await, 0, "its end is stamped");
    assert_eq!(answered(&town, HOME, CERTIFICATE, &cookie.cookie, 3).await, 3);
    town.clock.advance(31 * 60);
    assert_eq!(answered(&town, HOME, CERTIFICATE, &cookie.cookie, 8).await, 5, "it has ended");

    let late = solved(&get(&town, HOME, CERTIFICATE, "").await.text);
    town.clock.advance(601);
    let refused = send(&town, HOME, &late, "/").await;
    assert!(refused.text.contains("已过时"), "{}", refused.text);
}

#[tokio::test]
async fn misses_count_tenfold_and_a_list_by_its_lines() {
    let town = Town::limited(Rates { free: 30, pass: 0 }).await;
    for _ in 0..3 {
        assert_eq!(get(&town, HOME, UNKNOWN, "").await.status, 404);
    }
    let refused = get(&town, HOME, UNKNOWN, "").await;
    assert!(refused.status == 429 && refused.text.contains("查询次数已用完"), "no work is offered");
    assert_eq!(answered(&town, "192.0.2.8", CERTIFICATE, "", 40).await, 30);

    let list = |line: &str, times: usize| {
        let lines = format!("{line}\r\n").repeat(times);
        let body =
            format!("--x\r\nContent-Disposition: form-data; name=\"list\"\r\n\r\n{lines}\r\n--x--\r\n");
        let request =
            Request::post("/verify/batch").header("content-type", "multipart/form-data; boundary=x");
        ask(&town, "192.0.2.10", request, Body::from(body))
    };
    assert_eq!(list(FULL, 1_000).await.status, 200);
    assert_eq!(
        answered(&town, "192.0.2.10", CERTIFICATE, "", 20).await,
        10,
        "a thousand lines are twenty questions"
    );
    town.clock.advance(120);
    assert_eq!(list("262712059999", 3).await.status, 200);
    assert_eq!(get(&town, "192.0.2.10", CERTIFICATE, "").await.status, 429);
}

#[tokio::test]
async fn scans_forms_files_and_officers_are_never_held_up() {
    let town = Town::limited(RATES).await;
    town.index().await;
    let ctx = town.ctx(Caller::Licensing).await;
    let code = town.app.certificate(&ctx, town.id(FULL).await).await.unwrap().card.head.code;
    answered(&town, HOME, CERTIFICATE, "", 5).await;
    let typed = format!("/verify?q={code}");
    for held in [CERTIFICATE, "/search?q=pH", "/certificate/262712050001/capabilities", &typed] {
        assert_eq!(get(&town, HOME, held, "").await.status, 429, "{held}");
    }
    let (upper, lower) = (format!("/C/{code}"), format!("/c/{}", code.as_str().to_lowercase()));
    for path in [
        upper.as_str(),
        &lower,
        "/",
        "/verify",
        "/search",
        "/verify/batch",
        "/help",
        "/api/docs",
        "/healthz",
        "/readyz",
        crate::assets::public_css(),
    ] {
        assert_eq!(answered(&town, HOME, path, "", 8).await, 8, "{path}");
    }
    let cookie = town.cookie(Caller::Licensing).await;
    assert_eq!(answered(&town, HOME, CERTIFICATE, &cookie, 8).await, 8, "officers work");
    assert_eq!(get(&town, HOME, CERTIFICATE, "sid=made-up").await.status, 429);
}

#[tokio::test]
async fn programs_are_told_where_to_go_instead() {
    let town = Town::limited(RATES).await;
    answered(&town, HOME, CERTIFICATE, "", 5).await;
    let request = Request::get(CERTIFICATE).header("accept", "application/json");
    let refused = ask(&town, HOME, request, Body::empty()).await;
    assert_eq!((refused.status, refused.after), (429, Some(12)));
    assert_eq!(refused.kind, "application/problem+json");
    let json: serde_json::Value = serde_json::from_str(&refused.text).unwrap();
    assert_eq!((json["code"].as_str(), json["retry_after"].as_u64()), (Some("too_many"), Some(12)));
    for word in ["/open-data", "/api/docs"] {
        assert!(json["hint"].as_str().unwrap().contains(word), "{json}");
    }
}

#[tokio::test]
async fn without_limits_in_the_settings_nobody_is_counted() {
    let town = Town::limited(Rates::OFF).await;
    assert_eq!(answered(&town, HOME, CERTIFICATE, "", 60).await, 60);
}
