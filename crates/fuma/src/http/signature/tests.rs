//! The base against the examples of RFC 9421, and what must not pass.

use super::*;
use crate::http::signature::base::Spoken;
use app::{Hash, SignatureAlgorithm, SigningKey};
use axum::http::{HeaderName, HeaderValue};
use domain::Secret;
use proptest::prelude::*;

const URL: &str = "https://cma.example.cn";
const TARGET: &str = "/api/v1/certificates/status?idempotency_key=k-1";
const BODY: &[u8] = "{\"items\":[{\"record_id\":\"XK-1\",\"reason\":\"示例原因\"}]}".as_bytes();
const NOW: i64 = 1_795_334_400;

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let mut out = HeaderMap::new();
    for (name, value) in pairs {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        out.append(name, HeaderValue::from_str(value).unwrap());
    }
    out
}

fn key(algorithm: SignatureAlgorithm) -> SigningKey {
    let shared = data_encoding::BASE64.encode(&[7; 32]);
    let text = if algorithm.is_shared() { shared } else { "01".repeat(32) };
    SigningKey::parse(algorithm, &Secret::new(text)).unwrap()
}

fn texts(input: &str, signature: &str) -> Texts {
    Texts { content_digest: None, signature_input: input.into(), signature: signature.into() }
}

/// The request of RFC 9421, appendix B.2.
fn of_the_standard() -> HeaderMap {
    headers(&[
        ("host", "example.com"),
        ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
        ("content-type", "application/json"),
        ("content-length", "18"),
    ])
}

/// The base of a signature over that request, by our own builder and without our own demands.
fn base_of(texts: &Texts) -> (Vec<u8>, Vec<u8>) {
    let headers = of_the_standard();
    let message = Message {
        method: "POST",
        public_url: "https://example.com",
        target: "/foo?param=Value&Pet=dog",
        headers: &headers,
    };
    let spoken = Spoken::parse(texts).unwrap();
    let base = base::text(&message, None, &spoken.components().unwrap(), &spoken.parameters()).unwrap();
    let signature = data_encoding::BASE64.decode(texts.signature.split(':').nth(1).unwrap().as_bytes());
    (base, signature.unwrap())
}

#[test]
fn the_hmac_of_rfc_9421_b_2_5_is_ours() {
    let texts = texts(
        "sig-b25=(\"date\" \"@authority\" \"content-type\");created=1618884473;keyid=\"test-shared-secret\"",
        "sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:",
    );
    let secret = "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==";
    let key = SigningKey::parse(SignatureAlgorithm::HmacSha256, &Secret::new(secret.into())).unwrap();
    let (base, signature) = base_of(&texts);
    let expected = "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\"@authority\": example.com\n\"content-type\": application/json\n\
        \"@signature-params\": (\"date\" \"@authority\" \"content-type\");created=1618884473;keyid=\"test-shared-secret\"";
    assert_eq!(String::from_utf8(base.clone()).unwrap(), expected);
    assert_eq!(key.sign(&base), signature);
}

#[test]
fn the_ed25519_signature_of_rfc_9421_b_2_6_is_ours() {
    let texts = texts(
        "sig-b26=(\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" \"content-length\")\
            ;created=1618884473;keyid=\"test-key-ed25519\"",
        "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:",
    );
    let pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF\n\
        -----END PRIVATE KEY-----\n";
    let key = SigningKey::parse(SignatureAlgorithm::Ed25519, &Secret::new(pem.into())).unwrap();
    let (base, signature) = base_of(&texts);
    assert_eq!(key.sign(&base), signature, "Ed25519 gives one signature for one base");
    assert!(key.verifies(&base, &signature));
}

#[test]
fn the_digest_of_rfc_9530_is_ours_and_sm3_stands_beside_it() {
    let body = b"{\"hello\": \"world\"}";
    let digest = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:";
    assert_eq!(ContentDigest::write(Hash::Sha256, body), digest);
    let sm3 = ContentDigest::write(Hash::Sm3, body);
    let both = ContentDigest::parse(&format!("{digest}, unknown=:AA==:, {sm3}")).unwrap();
    both.check(body).unwrap();
    let mut parts = both.start();
    parts.update(&body[..5]);
    parts.update(&body[5..]);
    parts.finish().unwrap();
    assert_eq!(both.check(b"{}"), Err(SignatureRefusal::DigestDiffers("sha-256")));
    let half = ContentDigest::parse(&format!("{digest}, sm3=:AA==:")).unwrap();
    assert_eq!(half.check(body), Err(SignatureRefusal::DigestDiffers("sm3")), "both must fit");
    for wrong in ["", "unknown=:AA==:", "sha-256=AA", "sha-256=(\"a\")", "sha-256", "sha-256=:?:"] {
        assert!(matches!(ContentDigest::parse(wrong), Err(SignatureRefusal::Malformed(..))), "{wrong}");
    }
}

// ---------------------------------------------------------------- one request, and the same altered

/// A request in parts that can be altered.
#[derive(Clone, Debug)]
struct Sent {
    method: String,
    target: String,
    tenant: String,
    body: Vec<u8>,
    texts: Texts,
}

/// A signed request that covers a header as well.
fn sent(key: &SigningKey, target: &str, tenant: &str, body: &[u8], nonce: &str) -> Sent {
    let digest = ContentDigest::write(key.algorithm().hash(), body);
    let input = format!(
        "fuma=(\"@method\" \"@target-uri\" \"content-digest\" \"x-tenant\");created={NOW};keyid=\"k\";alg=\"{}\";nonce=\"{nonce}\"",
        key.algorithm().key()
    );
    let texts = Texts { content_digest: Some(digest), ..texts(&input, "fuma=:AA==:") };
    let mut it = Sent {
        method: "POST".into(),
        target: target.into(),
        tenant: tenant.into(),
        body: body.into(),
        texts,
    };
    let base = it.read().unwrap().input.base;
    it.texts.signature = format!("fuma=:{}:", data_encoding::BASE64.encode(&key.sign(&base)));
    it
}

impl Sent {
    fn read(&self) -> Result<Signed, SignatureRefusal> {
        let headers = headers(&[("x-tenant", &self.tenant)]);
        let message =
            Message { method: &self.method, public_url: URL, target: &self.target, headers: &headers };
        read(&message, &self.texts, Content::Whole(&self.body))
    }

    /// Whether it would be taken.
    fn holds(&self, key: &SigningKey) -> bool {
        // What is no header cannot have come.
        HeaderValue::from_str(&self.tenant).is_ok()
            && self.read().is_ok_and(|it| {
                it.input.algorithm == key.algorithm().key()
                    && key.verifies(&it.input.base, &it.input.signature)
            })
    }

    /// The parts of a request that are text.
    fn text(&mut self, part: usize) -> &mut String {
        match part {
            0 => &mut self.method,
            1 => &mut self.target,
            2 => &mut self.tenant,
            3 => &mut self.texts.signature_input,
            _ => self.texts.content_digest.get_or_insert_default(),
        }
    }
}

const TEXTS: usize = 5;

/// Another letter in the place of this one.
fn flip(text: &mut String, at: usize, by: u8) {
    let mut bytes = std::mem::take(text).into_bytes();
    bytes[at] ^= by;
    *text = String::from_utf8(bytes).unwrap();
}

fn flip_signature(sent: &mut Sent, at: usize, by: u8) {
    let mut bytes =
        data_encoding::BASE64.decode(sent.texts.signature.split(':').nth(1).unwrap().as_bytes()).unwrap();
    let at = at % bytes.len();
    bytes[at] ^= by;
    sent.texts.signature = format!("fuma=:{}:", data_encoding::BASE64.encode(&bytes));
}

#[test]
fn every_flipped_byte_of_a_request_is_found_with_every_algorithm() {
    for algorithm in SignatureAlgorithm::ALL {
        let key = key(algorithm);
        let good = sent(&key, TARGET, "shili 1", BODY, "nonce-0001");
        assert!(good.holds(&key), "{}", algorithm.key());
        for part in 0..TEXTS {
            for at in 0..good.clone().text(part).len() {
                let mut other = good.clone();
                flip(other.text(part), at, 1);
                assert!(!other.holds(&key), "{} part {part} byte {at}", algorithm.key());
            }
        }
        for at in 0..BODY.len() {
            let mut other = good.clone();
            other.body[at] ^= 1;
            assert_eq!(other.read().err(), Some(SignatureRefusal::DigestDiffers(algorithm.hash().key())));
        }
        for at in 0..64 {
            let mut other = good.clone();
            flip_signature(&mut other, at, 0x80);
            assert!(!other.holds(&key), "{} signature {at}", algorithm.key());
        }
    }
}

proptest! {
    #[test]
    fn whatever_is_flipped_in_whatever_request_is_found(
        path in "/[a-zA-Z0-9._~%/-]{0,40}",
        query in proptest::option::of("[a-zA-Z0-9=&%?._-]{0,40}"),
        tenant in "[!-~]([ -~]{0,20}[!-~])?",
        body in proptest::collection::vec(any::<u8>(), 1..200),
        nonce in "[ -!#-\\[\\]-~]{8,40}",
        algorithm in 0usize..4,
        part in 0usize..TEXTS + 2,
        at in any::<usize>(),
        by in 1u8..128,
    ) {
        let key = key(SignatureAlgorithm::ALL[algorithm]);
        let target = path + &query.map(|query| format!("?{query}")).unwrap_or_default();
        let mut it = sent(&key, &target, &tenant, &body, &nonce);
        prop_assert!(it.holds(&key));
        match part {
            TEXTS => { let at = at % it.body.len(); it.body[at] ^= by; }
            part if part > TEXTS => flip_signature(&mut it, at, by),
            part => { let text = it.text(part); let at = at % text.len(); flip(text, at, by); }
        }
        prop_assert!(!it.holds(&key), "{it:?}");
    }

    #[test]
    fn no_text_makes_it_stumble(input in "\\PC{0,80}", signature in "\\PC{0,40}", digest in proptest::option::of("\\PC{0,40}")) {
        let headers = HeaderMap::new();
        let message = Message { method: "POST", public_url: URL, target: TARGET, headers: &headers };
        let texts = Texts { content_digest: digest, ..texts(&input, &signature) };
        prop_assert!(read(&message, &texts, Content::Whole(BODY)).is_err());
    }
}

// ---------------------------------------------------------------- what is demanded

fn outgoing<'a>(key: &'a SigningKey, method: &'a str, body: &'a [u8]) -> Outgoing<'a> {
    Outgoing {
        method,
        public_url: URL,
        target: TARGET,
        body,
        key_id: "k",
        key,
        created: NOW,
        nonce: "nonce-0001",
    }
}

fn reads(texts: &Texts, content: Content<'_>) -> Result<Signed, SignatureRefusal> {
    let headers = headers(&[("x-tenant", " a "), ("x-tenant", "b")]);
    let message = Message { method: "POST", public_url: URL, target: TARGET, headers: &headers };
    read(&message, texts, content)
}

#[test]
fn what_we_sign_we_take_with_and_without_a_body() {
    for algorithm in SignatureAlgorithm::ALL {
        let key = key(algorithm);
        for (method, body) in [("POST", BODY), ("GET", &[][..])] {
            let texts = sign_request(&outgoing(&key, method, body)).unwrap();
            assert_eq!(texts.content_digest.is_some(), !body.is_empty());
            let headers = HeaderMap::new();
            let message = Message { method, public_url: URL, target: TARGET, headers: &headers };
            let signed = read(&message, &texts, Content::Whole(body)).unwrap();
            assert!(key.verifies(&signed.input.base, &signed.input.signature));
            assert_eq!((signed.input.key_id.as_str(), signed.input.created), ("k", NOW));
            assert_eq!((signed.input.nonce.as_str(), signed.input.expires), ("nonce-0001", None));
        }
    }
    let key = key(SignatureAlgorithm::HmacSm3);
    let unwritable = Outgoing { nonce: "随机", ..outgoing(&key, "GET", &[]) };
    assert!(matches!(sign_request(&unwritable), Err(SignatureRefusal::Malformed(..))));
}

#[test]
fn a_streamed_body_is_held_against_its_digest_as_it_comes() {
    let key = key(SignatureAlgorithm::HmacSm3);
    let texts = sign_request(&outgoing(&key, "POST", BODY)).unwrap();
    let digest = reads(&texts, Content::Streamed).unwrap().digest.unwrap();
    let mut check: BodyCheck = digest.start();
    BODY.chunks(7).for_each(|part| check.update(part));
    check.finish().unwrap();
    let mut check = digest.start();
    check.update(&BODY[1..]);
    assert_eq!(check.finish(), Err(SignatureRefusal::DigestDiffers("sm3")));
    let without = sign_request(&outgoing(&key, "POST", &[])).unwrap();
    assert_eq!(
        reads(&without, Content::Streamed).err(),
        Some(SignatureRefusal::NotCovered("content-digest".into()))
    );
}

#[test]
fn a_signature_that_covers_too_little_or_what_is_not_there_is_refused() {
    let not = |name: &str| SignatureRefusal::NotCovered(name.into());
    let unsupported = |name: &str| SignatureRefusal::Unsupported(name.into());
    for (covered, expected) in [
        ("", not("@method")),
        ("\"@target-uri\" \"content-digest\"", not("@method")),
        ("\"@method\" \"content-digest\"", not("@target-uri")),
        ("\"@method\" \"@authority\" \"@path\" \"content-digest\"", not("@target-uri")),
        ("\"@method\" \"@target-uri\"", not("content-digest")),
        (
            "\"@method\" \"@target-uri\" \"content-digest\" \"date\"",
            SignatureRefusal::NoHeader("date".into()),
        ),
        (
            "\"@method\" \"@target-uri\" \"content-digest\" \"Date\"",
            SignatureRefusal::NoHeader("Date".into()),
        ),
        ("\"@method\" \"@target-uri\" \"content-digest\" \"@status\"", unsupported("@status")),
        ("\"@method\" \"@target-uri\" \"content-digest\" \"x-tenant\";bs", unsupported("带参数的x-tenant")),
        ("\"@method\" \"@method\"", SignatureRefusal::Malformed(INPUT, "清单中有重复的名称")),
        ("@method", SignatureRefusal::Malformed(INPUT, "不符合结构化字段（RFC 9651）的写法")),
        ("method", SignatureRefusal::Malformed(INPUT, "清单中的名称应加双引号")),
    ] {
        let input = format!("s=({covered});created={NOW};keyid=\"k\";alg=\"hmac-sm3\";nonce=\"nonce-0001\"");
        let texts = Texts {
            content_digest: Some(ContentDigest::write(Hash::Sm3, BODY)),
            ..texts(&input, "s=:AA==:")
        };
        assert_eq!(reads(&texts, Content::Whole(BODY)).err(), Some(expected), "{covered}");
    }
}

#[test]
fn parameters_that_are_missing_or_of_the_wrong_sort_are_told() {
    let whole = format!(";created={NOW};keyid=\"k\";alg=\"hmac-sm3\";nonce=\"nonce-0001\";expires={NOW}");
    let reads_with = |parameters: &str| {
        let input = format!("s=(\"@method\" \"@authority\" \"@path\" \"@query\"){parameters}");
        reads(&texts(&input, "s=:AA==:"), Content::Whole(&[]))
    };
    let signed = reads_with(&whole).unwrap();
    assert_eq!(signed.input.expires, Some(NOW));
    let created = format!("created={NOW}");
    for (good, bad) in [
        (created.as_str(), "created=\"1\""),
        (&created, "created=1.5"),
        (&created, "tag=\"x\""),
        ("keyid=\"k\"", "keyid=k"),
        ("alg=\"hmac-sm3\"", "tag=\"x\""),
        ("nonce=\"nonce-0001\"", "tag=\"x\""),
        ("nonce=\"nonce-0001\"", "nonce=\"short\""),
        ("nonce=\"nonce-0001\"", &format!("nonce=\"{}\"", "n".repeat(129))),
        (&format!("expires={NOW}"), "expires=\"never\""),
    ] {
        let refusal = reads_with(&whole.replacen(good, bad, 1)).err();
        assert!(matches!(refusal, Some(SignatureRefusal::Malformed(INPUT, _))), "{bad}: {refusal:?}");
    }
}

#[test]
fn texts_that_are_missing_or_unlike_each_other_are_told() {
    let input = format!(
        "s=(\"@method\" \"@target-uri\");created={NOW};keyid=\"k\";alg=\"hmac-sm3\";nonce=\"nonce-0001\""
    );
    let two = format!("gateway=(\"@method\");created=1, {}", input.replacen("s=", "fuma=", 1));
    let good = |input: &str, signature: &str| reads(&texts(input, signature), Content::Whole(&[]));
    assert_eq!(good(&input, "s=:AQ==:").unwrap().input.signature, [1]);
    assert_eq!(good(&two, "fuma=:Ag==:, gateway=:AQ==:").unwrap().input.signature, [2], "ours among several");
    let long = format!("{input};tag=\"{}\"", "x".repeat(LONGEST));
    for (input, signature, word) in [
        (two.as_str(), "gateway=:AQ==:", "signature_malformed"),
        (&two.replace("fuma", "other"), "other=:AQ==:", "signature_malformed"),
        (&input, "t=:AQ==:", "signature_malformed"),
        (&input, "s=AQ", "signature_malformed"),
        (&input, "s=(:AQ==:)", "signature_malformed"),
        (&input, "", "signature_malformed"),
        ("s=1", "s=:AQ==:", "signature_malformed"),
        (&long, "s=:AQ==:", "signature_malformed"),
        ("", "s=:AQ==:", "signature_missing"),
    ] {
        assert_eq!(good(input, signature).err().map(|it| it.code()), Some(word), "{input} {signature}");
    }
    let lost = headers(&[("signature-input", &input)]);
    assert_eq!(Texts::of_headers(&lost), Err(SignatureRefusal::Missing(SIGNATURE)));
    assert_eq!(Texts::of_headers(&HeaderMap::new()), Err(SignatureRefusal::Missing(INPUT)));
    let whole = headers(&[("signature-input", "a=1"), ("signature-input", " b=2"), ("signature", "c=3")]);
    assert_eq!(Texts::of_headers(&whole).unwrap(), texts("a=1, b=2", "c=3"), "several lines are one value");
}

#[test]
fn the_address_is_the_public_one_and_written_as_the_standard_says() {
    let headers = headers(&[("x-tenant", " a "), ("x-tenant", "b")]);
    let line = |public_url: &str, target: &str, name: &str| {
        let message = Message { method: "GET", public_url, target, headers: &headers };
        let base = base::text(&message, None, &[name], "()").unwrap();
        let text = String::from_utf8(base).unwrap();
        let value = text.split_once(": ").unwrap().1.split_once('\n').unwrap().0.to_owned();
        assert_eq!(text, format!("\"{name}\": {value}\n\"@signature-params\": ()"));
        value
    };
    assert_eq!(line(URL, "/a?b=%20c", "@target-uri"), "https://cma.example.cn/a?b=%20c");
    assert_eq!(line("https://cma.example.cn/", "/a", "@target-uri"), "https://cma.example.cn/a");
    assert_eq!(line("https://CMA.example.cn:443", "/", "@authority"), "cma.example.cn");
    assert_eq!(line("http://127.0.0.1:8080", "/", "@authority"), "127.0.0.1:8080");
    assert_eq!(line("http://a.example.cn:80", "/", "@authority"), "a.example.cn");
    assert_eq!(line(URL, "/a/b?c?d", "@path"), "/a/b");
    assert_eq!(line(URL, "/a/b?c?d", "@query"), "?c?d");
    assert_eq!(line(URL, "/a/b", "@query"), "?");
    assert_eq!(line(URL, "", "@path"), "/");
    assert_eq!(line(URL, "/a?b", "@request-target"), "/a?b");
    assert_eq!(line(URL, "/", "@scheme"), "https");
    assert_eq!(line(URL, "/", "x-tenant"), "a, b");
}

#[test]
fn a_form_holds_the_signature_and_every_other_member_is_digested() {
    let pairs = |raw: &str| -> Vec<(String, String)> {
        raw.split('&')
            .filter(|part| !part.is_empty())
            .map(|part| part.split_once('=').unwrap_or((part, "")))
            .map(|(name, value)| (name.to_owned(), value.replace('+', " ").replace("%7B%7D", "{}")))
            .collect()
    };
    let content = |raw: &str| {
        let pairs = pairs(raw);
        of_form(raw, &pairs).map(|found| found.map(|it| (it.texts, it.content.into_owned())))
    };
    let signed = "signature_input=i&signature=s&content_digest=d&access_token=t";
    let (texts, body) = content(&format!("{signed}&body=%7B%7D")).unwrap().unwrap();
    assert_eq!((texts.signature_input.as_str(), texts.signature.as_str()), ("i", "s"));
    assert_eq!(texts.content_digest.as_deref(), Some("d"));
    assert_eq!(body, b"{}", "the JSON text, not as the form writes it");
    for (raw, expected) in [
        (format!("a=1+2&{signed}&b=%7B%7D"), "a=1+2&b=%7B%7D"),
        (format!("body=%7B%7D&{signed}&idempotency_key=k"), "body=%7B%7D&idempotency_key=k"),
        (format!("body=1&{signed}&body=2"), "body=1&body=2"),
        (format!("{signed}&&cursor"), "cursor"),
        (signed.to_owned(), ""),
    ] {
        assert_eq!(content(&raw).unwrap().unwrap().1, expected.as_bytes(), "{raw}");
    }
    assert_eq!(content("access_token=t&body=%7B%7D").unwrap(), None, "the headers count");
    assert_eq!(content("signature_input=i").err(), Some(SignatureRefusal::Missing(SIGNATURE)));
    assert_eq!(content("content_digest=d").err(), Some(SignatureRefusal::Missing(INPUT)));
    let twice = content(&format!("{signed}&signature=u")).err();
    assert!(matches!(twice, Some(SignatureRefusal::Malformed(..))), "{twice:?}");
    let fewer = pairs("signature_input=i&signature=s");
    let unlike = of_form("signature_input=i&signature=s&a=1", &fewer);
    assert!(matches!(unlike, Err(SignatureRefusal::Malformed(..))), "{unlike:?}");
}

#[test]
fn every_refusal_has_a_word_a_status_and_says_what_to_do() {
    use app::SignatureError as E;
    let all = [
        (SignatureRefusal::Missing(INPUT), "signature_missing", 401),
        (SignatureRefusal::Malformed(INPUT, "太长"), "signature_malformed", 400),
        (SignatureRefusal::NotCovered("@method".into()), "signature_component", 400),
        (SignatureRefusal::NoHeader("date".into()), "signature_component", 400),
        (SignatureRefusal::Unsupported("@status".into()), "signature_component", 400),
        (SignatureRefusal::DigestDiffers("sm3"), "digest_differs", 400),
        (E::Expired.into(), "signature_expired", 401),
        (E::NonceUsed.into(), "nonce_used", 401),
        (E::KeyUnknown.into(), "key_unknown", 401),
        (E::AlgorithmDiffers.into(), "key_unknown", 401),
        (E::Wrong.into(), "signature_wrong", 401),
    ];
    for (refusal, code, status) in all {
        assert_eq!((refusal.code(), refusal.status().as_u16()), (code, status));
        assert!(refusal.hint().ends_with('。') && !refusal.to_string().ends_with('。'), "{refusal}");
    }
}
