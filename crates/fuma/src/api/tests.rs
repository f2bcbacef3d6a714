//! Calls through the real router: where a token may stand, what a problem looks like, and every way in and out.

mod examples;

use crate::http::signature::{Outgoing, Texts, sign_request};
use crate::testing::{Caller, FULL, NOW, OURS, Town};
use app::{AuthoritySettings, ClientSpec, Mode, SignatureAlgorithm, SigningKey};
use axum::body::{Body, to_bytes};
use axum::http::request::Builder;
use axum::http::{HeaderMap, Request};
use domain::Grants;
use serde_json::{Value, json};

/// A town in networked mode with a system of [`OURS`].
struct Desk {
    town: Town,
    id: String,
    secret: String,
    token: String,
}

struct Got {
    status: u16,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Got {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("{}", self.text()))
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    #[track_caller]
    fn problem(&self, status: u16, code: &str) {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!((problem["code"].as_str(), problem["status"].as_u64()), (Some(code), Some(status.into())));
        assert!(problem["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "{problem}");
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

fn form(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

async fn desk_with(spec: ClientSpec) -> Desk {
    desk_in(Town::with_certificates().await, spec).await
}

async fn desk_in(town: Town, spec: ClientSpec) -> Desk {
    let admin = town.ctx(Caller::ProvincialAdmin).await;
    let settings = AuthoritySettings { mode: Mode::Networked, ..AuthoritySettings::default() };
    town.app.set_settings(&admin, &settings).await.unwrap();
    let client = town.app.create_client(&admin, OURS, &spec).await.unwrap();
    let issued = town.app.issue_secret(&admin, client).await.unwrap();
    let secret = issued.secret.reveal().to_owned();
    let mut desk = Desk { town, id: issued.public_id, secret, token: String::new() };
    let got = desk.give(&[]).await;
    desk.token = got.json()["access_token"].as_str().unwrap().to_owned();
    desk
}

fn approval_system() -> ClientSpec {
    ClientSpec {
        name: "示例审批系统".into(), grants: Grants::all(), rate: 1_000, ..ClientSpec::default()
    }
}

async fn desk() -> Desk {
    desk_with(approval_system()).await
}

impl Desk {
    async fn raw(&self, request: Builder, body: impl Into<Body>) -> Got {
        let response = self.town.raw(request.body(body.into()).unwrap()).await;
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Got { status: parts.status.as_u16(), headers: parts.headers, bytes }
    }

    async fn give(&self, more: &[(&str, &str)]) -> Got {
        let mut pairs = vec![
            ("grant_type", "client_credentials"),
            ("client_id", self.id.as_str()),
            ("client_secret", self.secret.as_str()),
        ];
        pairs.extend(more);
        self.raw(Request::post("/api/v1/token").header("content-type", FORM), form(&pairs)).await
    }

    fn bearer(&self, request: Builder) -> Builder {
        request.header("authorization", format!("Bearer {}", self.token))
    }

    async fn get(&self, path: &str) -> Got {
        self.raw(self.bearer(Request::get(path)), Body::empty()).await
    }

    async fn post(&self, path: &str, body: &Value) -> Got {
        let request = self.bearer(Request::post(path)).header("content-type", "application/json");
        self.raw(request, body.to_string()).await
    }

    /// As a caller does whose gateway strips every header of its own.
    async fn bare(&self, path: &str, pairs: &[(&str, &str)]) -> Got {
        let mut all = vec![("access_token", self.token.as_str())];
        all.extend(pairs);
        self.raw(Request::post(path).header("content-type", FORM), form(&all)).await
    }
}

/// A first grant, numbered by the counter.
fn grant(record: &str, n: u32) -> Value {
    json!({
        "record_id": record,
        "certificate": {
            "kind": ["first"], "body_name": "示例检测有限公司", "uscc": "91610113YL00000125",
            "legal_kind": "独立法人-企业", "department": "无", "address": "陕西省西安市雁塔区示例路1号",
            "division": "610113", "domain": "07", "industry": "05", "food": false, "procedure": "一般程序",
            "decision_day": "2026-11-02", "decision_number": format!("陕示许〔2026〕{n}号"),
            "first_issued_on": "2026-11-02", "issued_on": "2026-11-02",
            "valid_from": "2026-11-02", "valid_to": "2032-11-01",
        },
        "capabilities": [{
            "class": "水和废水", "item": "pH值", "standard_name": "水质 pH值的测定 电极法",
            "standard_number": "HJ 1147-2020", "approved_on": "2026-11-02", "food": false,
        }],
    })
}

const ASSIGN: &str = "/api/v1/certificates/assign";

#[tokio::test]
async fn a_token_is_given_and_refused_as_oauth_says() {
    let desk = desk().await;
    let got = desk.give(&[("scope", "read check")]).await;
    assert_eq!((got.status, got.header("cache-control")), (200, "no-store"));
    let answer = got.json();
    assert_eq!(
        (answer["token_type"].as_str(), answer["scope"].as_str()),
        (Some("Bearer"), Some("read check"))
    );
    let basic = data_encoding::BASE64.encode(format!("{}:{}", desk.id, desk.secret).as_bytes());
    let request = Request::post("/api/v1/token")
        .header("content-type", FORM)
        .header("authorization", format!("Basic {basic}"));
    assert_eq!(desk.raw(request, "grant_type=client_credentials").await.status, 200);
    let post = || Request::post("/api/v1/token").header("content-type", FORM);
    for (body, status, error) in [
        (form(&[]), 400, "invalid_request"),
        (form(&[("grant_type", "password")]), 400, "unsupported_grant_type"),
        (form(&[("grant_type", "client_credentials")]), 401, "invalid_client"),
        (
            form(&[("grant_type", "client_credentials"), ("client_id", &desk.id), ("client_secret", "x")]),
            401,
            "invalid_client",
        ),
    ] {
        let got = desk.raw(post(), body).await;
        assert_eq!((got.status, got.json()["error"].as_str()), (status, Some(error)));
    }
    assert_eq!(desk.give(&[("scope", "rule")]).await.json()["error"], "invalid_scope");
}

#[tokio::test]
async fn a_call_finds_its_token_where_an_old_client_can_put_it_and_nowhere_in_the_address() {
    let desk = desk().await;
    let path = format!("/api/v1/certificates/{FULL}");
    assert_eq!(desk.get(&path).await.status, 200);
    assert_eq!(desk.bare(&path, &[]).await.json()["number"], FULL);
    let items = json!({ "items": [grant("A", 1)] }).to_string();
    let got = desk.bare(ASSIGN, &[("body", &items)]).await;
    assert_eq!(
        (got.status, got.json()["results"][0]["effect"].as_str()),
        (200, Some("assigned")),
        "{}",
        got.text()
    );
    let no_token = desk.raw(Request::get(&path), Body::empty()).await;
    no_token.problem(401, "invalid_token");
    assert!(no_token.header("www-authenticate").starts_with("Bearer"));
    let shown = Request::get(format!("{path}?access_token={}", desk.token));
    desk.raw(shown, Body::empty()).await.problem(400, "token_in_address");
    let wrong = Request::get(&path).header("authorization", "Bearer nonsense");
    desk.raw(wrong, Body::empty()).await.problem(401, "invalid_token");
}

#[tokio::test]
async fn what_cannot_be_read_is_a_problem_with_a_hint() {
    let desk = desk().await;
    desk.get("/api/v1/nothing").await.problem(404, "not_found");
    desk.get("/api/v1/certificates/000000000000").await.problem(404, "not_found");
    desk.get("/api/v1/certificates/nonsense").await.problem(404, "not_found");
    let delete = desk.raw(desk.bearer(Request::delete(ASSIGN)), Body::empty()).await;
    delete.problem(405, "method");
    let post = || desk.bearer(Request::post(ASSIGN));
    let json = || post().header("content-type", "application/json");
    desk.raw(json(), "{\"items\":[").await.problem(400, "bad_json");
    desk.raw(json(), "{\"itmes\":[]}").await.problem(400, "bad_json");
    desk.raw(json(), "").await.problem(400, "no_body");
    desk.raw(json(), "{\"items\":[]}").await.problem(422, "item_count");
    let many = json!({ "items": vec![json!({}); 501] });
    desk.post(ASSIGN, &many).await.problem(422, "item_count");
    desk.raw(post().header("content-type", "text/xml"), "<a/>").await.problem(415, "media_type");
    desk.get("/api/v1/changes?cursor=x").await.problem(400, "bad_cursor");
    desk.get("/api/v1/changes?limit=many").await.problem(400, "bad_parameter");
    let gbk = Request::post(ASSIGN).header("content-type", FORM);
    desk.raw(gbk, "body=%CA%BE%C0%FD").await.problem(400, "not_utf8");
}

#[tokio::test]
async fn a_call_without_the_scope_is_forbidden_and_leaves_a_record() {
    let desk = desk().await;
    let token = desk.give(&[("scope", "read")]).await.json()["access_token"].as_str().unwrap().to_owned();
    let desk = Desk { token, ..desk };
    desk.town.app.flush_access().await.unwrap();
    desk.post(ASSIGN, &json!({ "items": [grant("A", 1)] })).await.problem(403, "forbidden");
    assert!(desk.town.app.flush_access().await.unwrap() > 0);
    assert_eq!(desk.get(&format!("/api/v1/certificates/{FULL}")).await.status, 200);
}

#[tokio::test]
async fn a_call_of_which_nothing_was_done_is_422_in_the_same_shape() {
    let desk = desk().await;
    let mut bad = grant("A", 1);
    bad["certificate"]["uscc"] = json!("91610113YL00000126");
    let got = desk.post(ASSIGN, &json!({ "items": [bad.clone()] })).await;
    assert_eq!(got.status, 422);
    let result = &got.json()["results"][0];
    assert_eq!(result["outcome"], "error");
    let fault = &result["problems"][0];
    assert_eq!(fault["pointer"], "/certificate/uscc");
    assert!(
        ["code", "message", "hint"].iter().all(|key| fault[key].as_str().is_some_and(|it| !it.is_empty()))
    );
    let mixed = desk.post(ASSIGN, &json!({ "items": [bad, grant("B", 2)] })).await;
    assert_eq!(mixed.status, 200);
    let again = desk.post(ASSIGN, &json!({ "items": [grant("B", 2)] })).await.json();
    assert_eq!(again["results"][0]["replayed"], true);
    assert_eq!(again["results"][0]["code"], mixed.json()["results"][1]["code"]);
    assert!(again["results"][0]["qr_text"].as_str().unwrap().contains("/C/"));
}

#[tokio::test]
async fn an_idempotency_key_with_another_body_is_refused() {
    let desk = desk().await;
    let post = |body: &Value| {
        let request = desk.bearer(Request::post(ASSIGN)).header("content-type", "application/json");
        (request.header("idempotency-key", "\"K-1\""), body.to_string())
    };
    let (request, body) = post(&json!({ "items": [grant("A", 1)] }));
    assert_eq!(desk.raw(request, body.clone()).await.status, 200);
    let (request, _) = post(&json!(null));
    assert_eq!(desk.raw(request, body).await.json()["results"][0]["replayed"], true);
    let (request, body) = post(&json!({ "items": [grant("B", 2)] }));
    desk.raw(request, body).await.problem(422, "key_reused");
}

#[tokio::test]
async fn a_certificate_is_fetched_whole_and_only_when_it_changed() {
    let desk = desk().await;
    let path = format!("/api/v1/certificates/{FULL}");
    let got = desk.get(&path).await;
    let found = got.json();
    assert_eq!(found["sites"].as_array().unwrap().len(), 2);
    assert_eq!(found["capabilities"].as_array().unwrap().len(), 3);
    assert_eq!(found["capabilities"][0]["food"], false);
    assert_eq!(found["certificate"]["kind"], json!(["first"]));
    assert!(
        !got.text().contains("990000198001010012") && !got.text().contains("10000000001"),
        "no personal field"
    );
    let tag = got.header("etag").to_owned();
    let request = desk.bearer(Request::get(&path)).header("if-none-match", &tag);
    assert_eq!(desk.raw(request, Body::empty()).await.status, 304);
    assert_eq!(desk.get(&format!("{path}/verdict")).await.json()["verdict"], "valid");
    assert_eq!(desk.get(&format!("{path}/verdict?on=2020-01-01")).await.json()["verdict"], "not_yet_valid");
    assert_eq!(desk.get(&format!("{path}/editions")).await.json()["editions"][0]["edition"], 1);
    desk.get(&format!("{path}?edition=9")).await.problem(404, "not_found");
    for (ending, start) in [("qr.svg", &b"<svg"[..]), ("qr.png", b"\x89PNG"), ("qr.pdf", b"%PDF")] {
        let got = desk.get(&format!("{path}/{ending}")).await;
        assert!(
            got.status == 200 && got.bytes.windows(start.len()).take(200).any(|w| w == start),
            "{ending}"
        );
    }
    desk.get(&format!("{path}/certificate.pdf")).await.problem(404, "not_printed");
    let made = desk.bare(&format!("{path}/certificate.pdf"), &[]).await;
    assert!(made.status == 200 && made.bytes.starts_with(b"%PDF"), "{}", made.text());
    assert_eq!(desk.get(&format!("{path}/certificate.pdf")).await.bytes, made.bytes);
    assert_eq!(desk.bare(&format!("{path}/certificate.pdf"), &[]).await.bytes, made.bytes);
}

#[tokio::test]
async fn lines_are_taken_in_and_answered_line_by_line() {
    let desk = desk().await;
    let lines = format!("{}\n\n{{\n{}\n", grant("A", 1), grant("B", 2));
    let request = desk.bearer(Request::post("/api/v1/batches/assign"));
    let got = desk.raw(request.header("content-type", "application/x-ndjson"), lines.clone()).await;
    assert_eq!(got.status, 202, "{}", got.text());
    let batch = got.json();
    while desk.town.app.work_once().await.unwrap() {}
    let state = desk.get(batch["status_url"].as_str().unwrap()).await.json();
    assert_eq!(
        (state["state"].as_str(), state["done"].as_u64(), state["failed"].as_u64()),
        (Some("done"), Some(3), Some(1))
    );
    let results = desk.get(batch["results_url"].as_str().unwrap()).await;
    assert_eq!((results.header("x-next-after"), results.header("x-complete")), ("3", "true"));
    let text = results.text();
    let lines_of: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines_of.iter().map(|it| it["line"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(lines_of[1]["problems"][0]["code"], "not_json");
    // A line failed and may do now: the same lines are worked again. Those of which all were done are the batch they were.
    let again = desk.bare("/api/v1/batches/assign", &[("body", &lines)]).await.json();
    assert_ne!(again["batch"], batch["batch"]);
    let right = lines.replace("\n\n{\n", "\n");
    let right = desk.bare("/api/v1/batches/assign", &[("body", &right)]).await.json();
    while desk.town.app.work_once().await.unwrap() {}
    let right_again = lines.replace("\n\n{\n", "\n");
    let right_again = desk.bare("/api/v1/batches/assign", &[("body", &right_again)]).await.json();
    assert_eq!(right_again["batch"], right["batch"]);
    desk.get("/api/v1/batches/99999").await.problem(404, "not_found");
    desk.get("/api/v1/batches/x").await.problem(404, "not_found");
}

#[tokio::test]
async fn a_file_comes_as_body_or_as_form_and_is_checked_against_its_digest() {
    use sha2::{Digest, Sha256};
    let desk = desk().await;
    let file = b"%PDF-1.7 sample".to_vec();
    let sha256 = data_encoding::HEXLOWER.encode(&Sha256::digest(&file));
    let path = format!("/api/v1/certificates/{FULL}/files");
    let at = format!("{path}?record_id=F-1&part=certificate&format=pdf&sha256={sha256}");
    let request = desk.bearer(Request::post(&at)).header("content-type", "application/pdf");
    let got = desk.raw(request, file.clone()).await;
    assert_eq!(
        (got.status, got.json()["results"][0]["file"].as_str()),
        (200, Some(sha256.as_str())),
        "{}",
        got.text()
    );
    let mut body = Vec::new();
    for (name, value) in [
        ("access_token", desk.token.as_str()),
        ("record_id", "F-2"),
        ("part", "annex"),
        ("format", "pdf"),
        ("sha256", &sha256),
    ] {
        body.extend(
            format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
        );
    }
    body.extend(b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n");
    body.extend(&file);
    body.extend(b"\r\n--edge--\r\n");
    let request = Request::post(&path).header("content-type", "multipart/form-data; boundary=edge");
    let got = desk.raw(request, body).await;
    assert_eq!(got.status, 200, "{}", got.text());
    let list = desk.get(&path).await.json();
    assert_eq!(list["files"].as_array().unwrap().len(), 2);
    assert_eq!(desk.bare(&path, &[]).await.json(), list);
    assert_eq!(desk.get(&format!("{path}/{sha256}")).await.bytes, file);
    desk.get(&format!("{path}/00")).await.problem(404, "not_found");
    let wrong = at.replace("F-1", "F-3").replace(&sha256, &"0".repeat(64));
    let request = desk.bearer(Request::post(wrong)).header("content-type", "application/pdf");
    assert_eq!(desk.raw(request, file).await.json()["results"][0]["problems"][0]["code"], "digest_differs");
}

#[tokio::test]
async fn the_stream_waits_and_speaks_lines_when_asked_to() {
    let desk = desk().await;
    let all = desk.get("/api/v1/changes").await.json();
    assert_eq!(all["events"].as_array().unwrap().len(), 3);
    let next = all["next"].as_str().unwrap();
    let request = desk.bearer(Request::get("/api/v1/changes")).header("accept", "application/x-ndjson");
    let lines = desk.raw(request, Body::empty()).await;
    assert_eq!((lines.text().lines().count(), lines.header("x-next-cursor")), (4, next));
    let last: Value = serde_json::from_str(lines.text().lines().last().unwrap()).unwrap();
    assert_eq!(last, json!({ "next": next }), "who sees no headers goes on from here");
    let path = format!("/api/v1/changes?cursor={next}&wait=20");
    let items = json!({ "items": [grant("A", 1)] });
    let (waited, assigned) = tokio::join!(desk.get(&path), desk.post(ASSIGN, &items));
    assert_eq!(assigned.status, 200);
    assert_eq!(waited.json()["events"][0]["record_id"], "A");
}

#[tokio::test]
async fn reconciling_statistics_and_codes_are_read() {
    let desk = desk().await;
    let page = desk.get("/api/v1/reconcile?limit=2").await.json();
    assert_eq!(page["items"].as_array().unwrap().len(), 2);
    let next = page["next"].as_str().unwrap();
    let rest = desk.bare("/api/v1/reconcile", &[("limit", "2"), ("cursor", next)]).await.json();
    assert_eq!((rest["items"].as_array().unwrap().len(), rest["next"].is_null()), (1, true));
    let claims = json!({ "items": [{ "number": FULL }, { "record_id": "gone" }] });
    let found = desk.post("/api/v1/reconcile", &claims).await.json();
    assert_eq!((found["same"].as_u64(), found["missing"][0].as_str()), (Some(1), Some("gone")));
    let figures = desk.get("/api/v1/statistics?from=2026-11-01&to=2026-11-30").await.json();
    assert_eq!(figures["certificates"]["valid"], 3);
    assert!(figures["report"].is_null());
    let asked = "/api/v1/statistics?report=expiring";
    let page = &desk.get(asked).await.json()["report"];
    assert_eq!(
        (&page["title"], &page["sheets"][0]["total"]["certificates"]),
        (&json!("到期分布"), &json!(1))
    );
    let nation = desk.get("/api/v1/statistics?report=trend&of=nation&days=7").await.json();
    assert_eq!((&nation["report"]["of"], &nation["report"]["measure"]), (&json!("全国"), &json!("scan")));
    for wrong in ["report=all", "report=trend&days=8", "report=trend&measure=x", "report=trend&of=28"] {
        desk.get(&format!("/api/v1/statistics?{wrong}")).await.problem(400, "bad_parameter");
    }
    for (table, code) in [
        ("kinds", "first"),
        ("acts", "revoke"),
        ("statuses", "valid"),
        ("domains", "12"),
        ("authorities", "27"),
    ] {
        let codes = desk.get(&format!("/api/v1/codes/{table}")).await.json();
        assert!(codes["codes"].as_array().unwrap().iter().any(|it| it["code"] == code), "{table}");
    }
    desk.get("/api/v1/codes/nothing").await.problem(404, "not_found");
    let linked = desk.get("/api/v1/bodies/91610113YL00000125/certificates").await.json();
    assert_eq!(linked["certificates"].as_array().unwrap().len(), 2);
    desk.get("/api/v1/bodies/91610113YL00000126/certificates").await.problem(404, "not_found");
    desk.get("/api/v1/records?record_id=none").await.problem(404, "not_found");
    desk.get("/api/v1/records").await.problem(400, "bad_parameter");
}

#[tokio::test]
async fn certificates_in_force_are_declared_over_the_interface() {
    let desk = desk().await;
    let item = json!({ "record_id": "SB-1", "day": "2026-10-31", "certificates": 1250 });
    let items = json!({ "items": [item, { "record_id": "SB-2", "day": "2026-10-30", "certificates": 1 }] });
    let got = desk.post("/api/v1/declared", &items).await;
    let results = &got.json()["results"];
    assert_eq!((got.status, &results[0]["effect"]), (200, &json!("declared")));
    assert_eq!((&results[0]["day"], &results[0]["certificates"]), (&json!("2026-10-31"), &json!(1250)));
    assert_eq!(results[1]["problems"][0]["pointer"], "/day");
    let form = [("body", r#"{"items":[{"record_id":"SB-1","day":"2026-10-31","certificates":1250}]}"#)];
    assert_eq!(desk.bare("/api/v1/declared", &form).await.json()["results"][0]["replayed"], true);
    let record = desk.get("/api/v1/records?record_id=SB-1").await.json();
    assert_eq!((&record["effect"], &record["certificates"]), (&json!("declared"), &json!(1250)));
    let page = desk.town.get(Caller::Licensing, "/office/bulletins/declared").await;
    page.holds(&["2026-10-31", "1,250"]);
    let spec = ClientSpec { grants: Grants::parse("read assign").unwrap(), ..approval_system() };
    desk_with(spec).await.post("/api/v1/declared", &items).await.problem(403, "forbidden");
    desk.get("/api/v1/declared").await.problem(405, "method");
}

#[tokio::test]
async fn a_system_beyond_its_rate_is_told_when_to_come_back() {
    let spec =
        ClientSpec {
            name: "示例慢系统".into(), grants: Grants::all(), rate: 1, ..ClientSpec::default()
        };
    let desk = desk_with(spec).await;
    let path = format!("/api/v1/certificates/{FULL}");
    let mut last = desk.get(&path).await;
    for _ in 0..5 {
        last = desk.get(&path).await;
    }
    last.problem(429, "too_many");
    assert!(last.header("retry-after").parse::<u64>().unwrap() >= 1);
}

#[tokio::test]
async fn tokens_of_one_province_never_reach_what_is_another_s() {
    let desk = desk().await;
    let admin = desk.town.ctx(Caller::ForeignAdmin).await;
    let theirs = admin.authority().unwrap();
    let settings = AuthoritySettings { mode: Mode::Networked, ..AuthoritySettings::default() };
    desk.town.app.set_settings(&admin, &settings).await.unwrap();
    let spec = ClientSpec {
        name: "他省示例系统".into(),
        grants: Grants::all(),
        rate: 1_000,
        ..ClientSpec::default()
    };
    let client = desk.town.app.create_client(&admin, theirs, &spec).await.unwrap();
    let issued = desk.town.app.issue_secret(&admin, client).await.unwrap();
    let other = Desk { id: issued.public_id, secret: issued.secret.reveal().to_owned(), ..desk };
    let token = other.give(&[]).await.json()["access_token"].as_str().unwrap().to_owned();
    let other = Desk { token, ..other };
    let path = format!("/api/v1/certificates/{FULL}");
    for ending in ["", "/editions", "/verdict", "/qr.svg", "/certificate.pdf", "/files"] {
        other.get(&format!("{path}{ending}")).await.problem(404, "not_found");
    }
    other.bare(&format!("{path}/certificate.pdf"), &[]).await.problem(404, "not_found");
    other.get("/api/v1/bodies/91610113YL00000125/certificates").await.problem(404, "not_found");
    for (call, item) in [
        (
            "status",
            json!({ "record_id": "S", "number": FULL, "act": "cancel", "effective": "2026-11-20", "document": "示", "reason": "示" }),
        ),
        ("adopt", json!({ "record_id": "D", "number": FULL })),
        (
            "correct",
            json!({ "record_id": "C", "certificate": { "number": FULL, "reason": "示例", "remark": "改" } }),
        ),
    ] {
        let got = other.post(&format!("/api/v1/certificates/{call}"), &json!({ "items": [item] })).await;
        assert_eq!(got.status, 422, "{call}: {}", got.text());
    }
    assert!(other.get("/api/v1/changes").await.json()["events"].as_array().unwrap().is_empty());
    assert!(other.get("/api/v1/reconcile").await.json()["items"].as_array().unwrap().is_empty());
}

/// A system that must sign, and its shared key.
struct Signer {
    desk: Desk,
    key_id: String,
    key: SigningKey,
}

impl Signer {
    async fn new() -> Signer {
        let spec = ClientSpec {
            name: "示例签名系统".into(),
            grants: Grants::all(),
            rate: 1_000,
            signing: true,
            ..ClientSpec::default()
        };
        let desk = desk_with(spec).await;
        let admin = desk.town.ctx(Caller::ProvincialAdmin).await;
        let client = desk.town.app.clients(&admin, None).await.unwrap()[0].id;
        let issued =
            desk.town.app.create_key(&admin, client, SignatureAlgorithm::HmacSm3, None).await.unwrap();
        let key = SigningKey::parse(SignatureAlgorithm::HmacSm3, &issued.shared.unwrap()).unwrap();
        Signer { desk, key_id: issued.key_id, key }
    }

    fn texts(&self, method: &str, target: &str, body: &[u8], nonce: &str) -> Texts {
        sign_request(&Outgoing {
            method,
            public_url: "http://127.0.0.1:8080",
            target,
            body,
            key_id: &self.key_id,
            key: &self.key,
            created: NOW.micros() / 1_000_000,
            nonce,
        })
        .unwrap()
    }

    /// Sends `sent` under a signature over `body`.
    async fn send(&self, kind: &str, target: &str, (body, sent): (&[u8], &[u8]), nonce: &str) -> Got {
        let method = if kind.is_empty() { "GET" } else { "POST" };
        let texts = self.texts(method, target, body, nonce);
        let mut request = self.desk.bearer(Request::builder().method(method).uri(target));
        request =
            request.header("signature-input", texts.signature_input).header("signature", texts.signature);
        if let Some(digest) = texts.content_digest {
            request = request.header("content-digest", digest).header("content-type", kind);
        }
        self.desk.raw(request, sent.to_vec()).await
    }
}

#[tokio::test]
async fn a_system_that_must_sign_is_heard_only_with_a_signature_over_what_came() {
    use sha2::{Digest, Sha256};
    let signer = Signer::new().await;
    let path = format!("/api/v1/certificates/{FULL}");
    signer.desk.get(&path).await.problem(401, "signature_missing");
    assert_eq!(signer.send("", &path, (b"", b""), "nonce-0001").await.status, 200);
    signer.send("", &path, (b"", b""), "nonce-0001").await.problem(401, "nonce_used");

    let body = json!({ "items": [grant("A", 1)] }).to_string().into_bytes();
    let other = json!({ "items": [grant("A", 2)] }).to_string().into_bytes();
    let altered = signer.send("application/json", ASSIGN, (&body, &other), "nonce-0002").await;
    altered.problem(400, "digest_differs");
    let got = signer.send("application/json", ASSIGN, (&body, &body), "nonce-0003").await;
    assert_eq!(got.json()["results"][0]["effect"], "assigned", "{}", got.text());

    // Bodies that are read as they come are held against their digest before anything is done with them.
    while signer.desk.town.app.work_once().await.unwrap() {}
    let (line, wrong) = (grant("B", 3).to_string(), grant("B", 4).to_string());
    let batches = "/api/v1/batches/assign";
    let pair = (line.as_bytes(), wrong.as_bytes());
    signer.send("application/x-ndjson", batches, pair, "nonce-0004").await.problem(400, "digest_differs");
    assert!(!signer.desk.town.app.work_once().await.unwrap(), "nothing was queued");
    let pair = (line.as_bytes(), line.as_bytes());
    assert_eq!(signer.send("application/x-ndjson", batches, pair, "nonce-0005").await.status, 202);

    let (file, fake) = (b"%PDF-1.7 sample".to_vec(), b"%PDF-1.7 forged".to_vec());
    let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(&fake));
    let at = format!("{path}/files?record_id=F-1&part=certificate&format=pdf&sha256={digest}");
    signer.send("application/pdf", &at, (&file, &fake), "nonce-0006").await.problem(400, "digest_differs");
    assert_eq!(signer.send("application/pdf", &at, (&fake, &fake), "nonce-0007").await.status, 200);
}

#[tokio::test]
async fn a_signature_may_come_in_the_form_and_one_that_is_brought_is_always_checked() {
    let signer = Signer::new().await;
    let items = json!({ "items": [grant("A", 1)] }).to_string();
    let texts = signer.texts("POST", ASSIGN, items.as_bytes(), "nonce-0001");
    let digest = texts.content_digest.unwrap();
    let members = [
        ("body", items.as_str()),
        ("content_digest", &digest),
        ("signature_input", &texts.signature_input),
        ("signature", &texts.signature),
    ];
    let got = signer.desk.bare(ASSIGN, &members).await;
    assert_eq!(got.json()["results"][0]["effect"], "assigned", "{}", got.text());
    let other = json!({ "items": [grant("B", 2)] }).to_string();
    let mut altered = members;
    altered[0].1 = &other;
    signer.desk.bare(ASSIGN, &altered).await.problem(400, "digest_differs");

    let free = desk().await;
    let path = format!("/api/v1/certificates/{FULL}");
    let request = free.bearer(Request::get(&path)).header("signature-input", "x").header("signature", "y");
    free.raw(request, Body::empty()).await.problem(400, "signature_malformed");
}
