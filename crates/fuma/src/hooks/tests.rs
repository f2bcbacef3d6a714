//! Notifications over real sockets of this machine: signatures that another computation finds right, receivers that
//! fail, refuse or say nothing.

use super::*;
use crate::testing::{Caller, FULL, OURS, SECOND, Town};
use app::stored::DeliveryState;
use app::{ClientSpec, Decision, HookSpec};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use data_encoding::BASE64;
use domain::{Grants, HookId, StatusAct};
use sha2::Digest;
use std::sync::Mutex;
use tokio::net::TcpListener;

/// What a receiver got, and what it answers; once the answers are used up, 204.
#[derive(Default)]
struct Inbox {
    got: Mutex<Vec<(HeaderMap, Bytes)>>,
    answers: Mutex<Vec<u16>>,
}

async fn receive(
    State(inbox): State<Arc<Inbox>>,
    headers: HeaderMap,
    body: Bytes,
) -> impl axum::response::IntoResponse {
    inbox.got.lock().unwrap().push((headers, body));
    let answer = inbox.answers.lock().unwrap().pop().unwrap_or(204);
    (StatusCode::from_u16(answer).unwrap(), [("location", "/elsewhere")], "说明".repeat(100_000))
}

impl Inbox {
    /// A receiver with its address. The answers are given from the last to the first.
    async fn open(answers: &[u16]) -> (Arc<Inbox>, String) {
        let inbox = Arc::new(Inbox { answers: Mutex::new(answers.to_vec()), ..Inbox::default() });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/fuma", listener.local_addr().unwrap());
        let router = Router::new().fallback(receive).with_state(inbox.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (inbox, url)
    }

    fn count(&self) -> usize {
        self.got.lock().unwrap().len()
    }

    fn header(&self, n: usize, name: &str) -> String {
        self.got.lock().unwrap()[n].0[name].to_str().unwrap().to_owned()
    }
}

/// A receiver that takes connections and never says a word; how many it has.
async fn silent() -> (Arc<Mutex<Vec<tokio::net::TcpStream>>>, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let held = Arc::new(Mutex::new(Vec::new()));
    let holding = held.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            holding.lock().unwrap().push(stream);
        }
    });
    (held, url)
}

async fn until(what: &str, done: impl AsyncFn() -> bool) {
    for _ in 0..3_000 {
        if done().await {
            return;
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("waited in vain until {what}");
}

/// A hook with its secret.
async fn hook(town: &Town, url: &str) -> (HookId, String) {
    let ctx = town.ctx(Caller::ProvincialAdmin).await;
    let client =
        ClientSpec { name: "示例审批系统".into(), grants: Grants::all(), ..ClientSpec::default() };
    let client = town.app.create_client(&ctx, OURS, &client).await.unwrap();
    let spec = HookSpec { url: url.into(), ..HookSpec::default() };
    let made = town.app.create_hook(&ctx, client, &spec).await.unwrap();
    (made.id, made.secret.reveal().to_owned())
}

/// Something happens to a certificate.
async fn cancel(town: &Town, number: &str) {
    let (ctx, id) = (town.ctx(Caller::Licensing).await, town.id(number).await);
    let decision = Decision {
        act: StatusAct::Cancel,
        effective: town.app.today(),
        document: "陕示注〔2026〕1号".into(),
        reason: "样张".into(),
    };
    town.app.act(&ctx, id, &decision).await.unwrap();
}

async fn states(town: &Town, hook: HookId) -> Vec<(DeliveryState, u32, String)> {
    let ctx = town.ctx(Caller::ProvincialAdmin).await;
    let all = town.app.deliveries(&ctx, hook, None, None, 9).await.unwrap();
    all.into_iter().map(|it| (it.delivery.state, it.delivery.attempts, it.delivery.message)).collect()
}

/// The server's loop, which ends with the test.
fn running(town: &Town, timeout: Duration) -> watch::Sender<bool> {
    let (stop, stopped) = watch::channel(false);
    let carrier = Arc::new(Carrier::new(true, timeout).unwrap());
    tokio::spawn(carry(town.app.clone(), carrier, stopped));
    stop
}

/// One message that is due.
async fn message(town: &Town) -> Message {
    while town.app.follow_hooks().await.unwrap() {}
    town.app.due_deliveries(1).await.unwrap().pop().unwrap().messages.pop().unwrap()
}

/// HMAC from its definition (RFC 2104), not from the crate the program uses.
fn hmac<D: Digest>(key: &[u8], text: &[u8]) -> String {
    let pad = |byte: u8| {
        let mut block = vec![byte; 64];
        block.iter_mut().zip(key).for_each(|(b, k)| *b ^= k);
        block
    };
    let inner = D::digest([pad(0x36).as_slice(), text].concat());
    BASE64.encode(&D::digest([pad(0x5c).as_slice(), &inner].concat()))
}

#[tokio::test]
async fn a_receiver_can_check_who_sent_it_and_what_it_did_not_take_comes_again() {
    let town = Town::with_certificates().await;
    let (inbox, url) = Inbox::open(&[500]).await;
    let (id, secret) = hook(&town, &url).await;
    let _running = running(&town, TIMEOUT);
    cancel(&town, FULL).await;
    until("it fails", async || states(&town, id).await.iter().any(|it| it.1 == 1)).await;
    assert_eq!(states(&town, id).await, [(DeliveryState::Waiting, 1, "对方答复 500".into())]);
    town.clock.advance(61);
    until("it is taken", async || states(&town, id).await[0].0 == DeliveryState::Done).await;
    assert_eq!(inbox.count(), 2);
    assert_eq!(inbox.header(0, "webhook-id"), inbox.header(1, "webhook-id"));
    let key = BASE64.decode(secret.strip_prefix("whsec_").unwrap().as_bytes()).unwrap();
    for n in [0, 1] {
        let (id, timestamp) = (inbox.header(n, "webhook-id"), inbox.header(n, "webhook-timestamp"));
        let body = inbox.got.lock().unwrap()[n].1.clone();
        let signed = [format!("{id}.{timestamp}.").as_bytes(), &body].concat();
        let expected =
            format!("v1,{} v1sm3,{}", hmac::<sha2::Sha256>(&key, &signed), hmac::<sm3::Sm3>(&key, &signed));
        assert_eq!(inbox.header(n, "webhook-signature"), expected);
        assert_eq!(inbox.header(n, "content-type"), "application/json");
        let told: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((&told["id"], &told["type"]), (&id.into(), &"cancel".into()));
        assert_eq!(told["data"]["number"], FULL);
    }
    assert_ne!(inbox.header(0, "webhook-timestamp"), inbox.header(1, "webhook-timestamp"));
}

#[tokio::test]
async fn a_receiver_that_never_answers_holds_up_nobody_else() {
    let town = Town::with_certificates().await;
    let ((held, mute), (inbox, url)) = (silent().await, Inbox::open(&[]).await);
    let (mute, good) = (hook(&town, &mute).await.0, hook(&town, &url).await.0);
    // Whoever waited for the silent one here would wait for ever.
    let _running = running(&town, Duration::from_secs(86_400));
    cancel(&town, FULL).await;
    until("the silent one is asked", async || held.lock().unwrap().len() == 1).await;
    cancel(&town, SECOND).await;
    until("the other one has both", async || inbox.count() == 2).await;
    until("that is noted", async || states(&town, good).await.iter().all(|it| it.0 == DeliveryState::Done))
        .await;
    assert_eq!(held.lock().unwrap().len(), 1, "one message at a time");
    assert!(states(&town, mute).await.iter().all(|it| (it.0, it.1) == (DeliveryState::Waiting, 0)));
}

#[tokio::test]
async fn silence_ends_and_a_way_elsewhere_is_not_followed() {
    let town = Town::with_certificates().await;
    let (held, mute) = silent().await;
    hook(&town, &mute).await;
    cancel(&town, FULL).await;
    let message = message(&town).await;
    let carrier = Carrier::new(true, Duration::from_millis(300)).unwrap();
    let failed = |why: &str| Receipt::Failed(why.into());
    assert_eq!(carrier.send(&mute, &message).await, failed("没有在规定时间内答复"));
    assert_eq!(held.lock().unwrap().len(), 1);
    let carrier = Carrier::new(true, TIMEOUT).unwrap();
    let (inbox, url) = Inbox::open(&[302]).await;
    assert_eq!(carrier.send(&url, &message).await, Receipt::Answered(302));
    assert_eq!(inbox.count(), 1);
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert_eq!(carrier.send(&format!("http://{nobody}/"), &message).await, failed("连不上对方"));
    let plain = url.replace("http://", "https://");
    assert!(matches!(carrier.send(&plain, &message).await, Receipt::Failed(_)), "it speaks no TLS");
}

#[tokio::test]
async fn nothing_is_sent_into_the_own_network_unless_the_operator_allows_it() {
    let town = Town::with_certificates().await;
    let (inbox, url) = Inbox::open(&[]).await;
    hook(&town, &url).await;
    cancel(&town, FULL).await;
    let message = message(&town).await;
    let careful = Carrier::new(false, TIMEOUT).unwrap();
    let port = url.rsplit(':').next().unwrap();
    // A name is looked at once it is resolved; a number in whatever form is an address.
    for host in ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"] {
        let receipt = careful.send(&format!("http://{host}:{port}"), &message).await;
        assert_eq!(receipt, Receipt::Failed(Inside.to_string()), "{host}");
    }
    assert_eq!(inbox.count(), 0);
    let allowed = Carrier::new(true, TIMEOUT).unwrap();
    assert_eq!(allowed.send(&format!("http://localhost:{port}"), &message).await, Receipt::Answered(204));
}
