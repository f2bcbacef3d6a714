//! The client against servers that misbehave, on loopback.

use super::*;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// What the server does with one request.
#[derive(Clone, Copy, Debug)]
enum Turn {
    /// Closes the connection without a word.
    Drop,
    /// Begins an answer and closes.
    Half,
    /// Answers with status, further header lines and body.
    Say(u16, &'static str, &'static str),
    /// Answers after a while.
    Late(u64),
}

/// A server that takes its turns one by one; requests for tokens are answered beside them.
struct Moody {
    url: String,
    /// Bodies of the requests that were no token calls, with their `Authorization`.
    heard: Heard,
    /// `Signature-Input` of all that had one, with the path.
    signed: Heard,
    tokens: Arc<Mutex<u32>>,
}

type Heard = Arc<Mutex<Vec<(String, String)>>>;

const OK: Turn = Turn::Say(200, "", "{\"done\":true}");
/// Life of the tokens that are given.
const LIFE: u64 = 7_200;

impl Moody {
    async fn start(turns: &[Turn], life: u64) -> Moody {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let moody = Moody { url, heard: Arc::default(), signed: Arc::default(), tokens: Arc::default() };
        let (heard, signed, tokens) = (moody.heard.clone(), moody.signed.clone(), moody.tokens.clone());
        let turns = Arc::new(Mutex::new(turns.iter().copied().rev().collect::<Vec<Turn>>()));
        tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else { return };
                let heard = (heard.clone(), signed.clone());
                tokio::spawn(serve(stream, turns.clone(), heard, tokens.clone(), life));
            }
        });
        moody
    }

    fn client(&self) -> Client {
        let patience =
            Patience { tries: 6, first: Duration::from_millis(2), longest: Duration::from_millis(8) };
        let credentials = Credentials { id: "fuma-27-test".into(), secret: Secret::new("secret".into()) };
        Client::new(&self.url, credentials, patience).unwrap()
    }

    fn heard(&self) -> Vec<(String, String)> {
        self.heard.lock().unwrap().clone()
    }

    fn tokens(&self) -> u32 {
        *self.tokens.lock().unwrap()
    }
}

/// Reads one request: head and body.
async fn request(stream: &mut tokio::net::TcpStream) -> Option<(String, String)> {
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let length =
                head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
            let all = end + 4 + length.unwrap_or(0);
            if bytes.len() >= all {
                return Some((head, String::from_utf8_lossy(&bytes[end + 4..all]).into_owned()));
            }
        }
        match stream.read(&mut piece).await {
            Ok(read) if read > 0 => bytes.extend_from_slice(&piece[..read]),
            _ => return None,
        }
    }
}

/// Path and `Signature-Input` of a request that is signed.
fn signature(head: &str) -> Option<(String, String)> {
    let input = head.lines().find_map(|line| line.strip_prefix("signature-input: "))?;
    Some((head.split(' ').nth(1)?.to_owned(), input.to_owned()))
}

async fn serve(
    mut stream: tokio::net::TcpStream,
    turns: Arc<Mutex<Vec<Turn>>>,
    (heard, signed): (Heard, Heard),
    tokens: Arc<Mutex<u32>>,
    life: u64,
) {
    let Some((head, body)) = request(&mut stream).await else { return };
    signed.lock().unwrap().extend(signature(&head));
    let answer = |status: u16, more: &str, body: &str| {
        format!(
            "HTTP/1.1 {status} X\r\n{more}connection: close\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let said = if head.starts_with("post /api/v1/token") {
        let n = {
            let mut tokens = tokens.lock().unwrap();
            *tokens += 1;
            *tokens
        };
        answer(200, "", &format!("{{\"access_token\":\"t{n}\",\"expires_in\":{life}}}"))
    } else {
        let bearer = head.lines().find_map(|line| line.strip_prefix("authorization: ")).unwrap_or_default();
        heard.lock().unwrap().push((body, bearer.to_owned()));
        let turn = turns.lock().unwrap().pop().unwrap_or(OK);
        match turn {
            Turn::Drop => return,
            Turn::Half => "HTTP/1.1 200 X\r\ncontent-length: 99\r\n\r\n{\"do".to_owned(),
            Turn::Say(status, more, body) => answer(status, more, body),
            Turn::Late(ms) => {
                tokio::time::sleep(Duration::from_millis(ms)).await;
                answer(200, "", "{\"done\":\"late\"}")
            }
        }
    };
    // The client may have gone; then there is nobody to tell.
    drop(stream.write_all(said.as_bytes()).await);
}

fn call() -> Call {
    Call::json("/certificates/assign", &serde_json::json!({ "items": [{ "record_id": "A-1" }] }))
}

#[tokio::test]
async fn a_call_is_repeated_byte_for_byte_through_drops_halves_and_busy_servers() {
    let busy = Turn::Say(503, "retry-after: 0\r\n", "{}");
    let many = Turn::Say(429, "Retry-After: 0\r\n", "{}");
    let moody = Moody::start(&[Turn::Drop, Turn::Half, busy, many, Turn::Late(30)], LIFE).await;
    let client = moody.client();
    let answer = client.send(&call()).await.unwrap();
    assert_eq!((answer.status.as_u16(), answer.text().as_str()), (200, "{\"done\":\"late\"}"));
    let heard = moody.heard();
    assert_eq!((heard.len(), client.retries()), (5, 4));
    assert!(heard.iter().all(|it| *it == heard[0]), "{heard:?}");
    assert_eq!(heard[0], ("{\"items\":[{\"record_id\":\"A-1\"}]}".into(), "bearer t1".into()));
    assert_eq!(moody.tokens(), 1);
}

#[tokio::test]
async fn patience_ends_with_what_came_last() {
    let moody = Moody::start(&[Turn::Drop; 6], LIFE).await;
    let failed = moody.client().send(&call()).await.unwrap_err();
    assert!(
        format!("{failed:#}").ends_with("的答复中断，请核对服务器和网络是否正常（已试6次）"),
        "{failed:#}"
    );
    assert!(matches!(failed.downcast_ref(), Some(Trouble::Away(_))));
    assert_eq!(moody.heard().len(), 6);
    let moody = Moody::start(&[Turn::Say(503, "", "{}"); 6], LIFE).await;
    assert_eq!(moody.client().send(&call()).await.unwrap().status.as_u16(), 503);
}

#[tokio::test]
async fn a_refusal_and_a_fault_are_not_repeated() {
    for status in [400, 403, 409, 422, 500] {
        let moody =
            Moody::start(&[Turn::Say(status, "", "{\"code\":\"x\",\"detail\":\"不行\"}")], LIFE).await;
        let answer = moody.client().send(&call()).await.unwrap();
        assert_eq!((moody.heard().len(), answer.told()), (1, format!("{status} x 不行")));
    }
}

#[tokio::test]
async fn a_token_that_is_no_longer_taken_is_fetched_anew_once() {
    let moody = Moody::start(&[Turn::Say(401, "", "{}")], LIFE).await;
    assert_eq!(moody.client().send(&call()).await.unwrap().status.as_u16(), 200);
    let bearers: Vec<_> = moody.heard().into_iter().map(|(_, bearer)| bearer).collect();
    assert_eq!(bearers, ["bearer t1", "bearer t2"]);
    let moody = Moody::start(&[Turn::Say(401, "", "{}"); 2], LIFE).await;
    assert_eq!(moody.client().send(&call()).await.unwrap().status.as_u16(), 401, "and no more than once");
}

#[tokio::test]
async fn a_token_serves_many_calls_and_one_without_life_serves_one() {
    for (life, tokens) in [(LIFE, 1), (0, 3)] {
        let moody = Moody::start(&[], life).await;
        let client = moody.client();
        for _ in 0..3 {
            client.send(&call()).await.unwrap();
        }
        assert_eq!(moody.tokens(), tokens, "{life} s");
    }
}

#[tokio::test]
async fn every_call_but_that_for_a_token_is_signed_and_each_repetition_anew() {
    let moody = Moody::start(&[Turn::Drop, Turn::Say(503, "", "{}")], LIFE).await;
    let key = Secret::new(data_encoding::BASE64.encode(&[1; 32]));
    let signer = Signer::new("k1", &key, Some("hmac-sm3"), None).unwrap();
    let client = moody.client().signing(Some(signer));
    client.send(&call()).await.unwrap();
    client.send(&Call::get("/changes").with("wait", 1).unsigned()).await.unwrap();
    let signed = moody.signed.lock().unwrap().clone();
    assert_eq!((moody.heard().len(), moody.tokens(), signed.len()), (4, 1, 3));
    assert!(signed.iter().all(|(path, _)| path == "/api/v1/certificates/assign"), "{signed:?}");
    let nonces: std::collections::HashSet<_> = signed.iter().map(|(_, input)| input).collect();
    assert_eq!(nonces.len(), 3, "{nonces:?}");
}

#[tokio::test]
async fn where_nobody_listens_it_is_told_what_to_look_at_in_chinese() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let credentials = Credentials { id: "fuma-27-test".into(), secret: Secret::new("secret".into()) };
    let client = Client::new(&url, credentials, Patience::LONG).unwrap();
    let failed = client.send_once(&call()).await.unwrap_err();
    assert_eq!(format!("{failed:#}"), format!("连接不上 {url}/api/v1，请核对 --url 和服务器是否已启动"));
}

#[test]
fn the_address_may_be_given_with_or_without_the_base() {
    for (given, expected) in [
        ("https://cma.example.com", "https://cma.example.com/api/v1"),
        ("https://cma.example.com/", "https://cma.example.com/api/v1"),
        ("http://127.0.0.1:8080/sandbox/api/v1/", "http://127.0.0.1:8080/sandbox/api/v1"),
    ] {
        assert_eq!(base(given).unwrap(), expected);
    }
    for wrong in ["cma.example.com", "ftp://cma.example.com", "https://cma.example.com/?a=1", ""] {
        assert!(base(wrong).is_err(), "{wrong}");
    }
}
