//! `docs/接口签名.md` works one request through: every value in it is what the code computes, and its programs print the same.

use super::*;
use crate::public::handlers::percent;
use app::{Hash, SignatureAlgorithm, SigningKey};
use domain::Secret;
use std::process::Command;

const DOC: &str = include_str!("../../../../../docs/接口签名.md");
const URL: &str = "https://cma.example.cn";
const TARGET: &str = "/api/v1/certificates/status";
const SHARED: &[u8; 32] = b"example-shared-key-do-not-use-me";
const BODY: &str = "{\"items\":[{\"record_id\":\"XK-2026-0001\",\"number\":\"262712050001\",\"act\":\"revoke\",\
    \"effective\":\"2026-11-22\",\"document\":\"示例决〔2026〕1号\",\"reason\":\"示例原因\"}]}";

fn key(algorithm: SignatureAlgorithm) -> SigningKey {
    let private = "01".repeat(32);
    let text = if algorithm.is_shared() { data_encoding::BASE64.encode(SHARED) } else { private };
    SigningKey::parse(algorithm, &Secret::new(text)).unwrap()
}

fn worked(key: &SigningKey) -> Texts {
    sign_request(&Outgoing {
        method: "POST",
        public_url: URL,
        target: TARGET,
        body: BODY.as_bytes(),
        key_id: "fuma-27-example-k1",
        key,
        created: 1_795_334_400,
        nonce: "5b7f0c2e-1d4a-4e8b-9a36-0f2d8c71e4b9",
    })
    .unwrap()
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    text.split_once(from).unwrap().1.split_once(to).unwrap().0
}

/// The text between the fences of a program of the document.
fn program(language: &str) -> &'static str {
    between(DOC, &format!("\n```{language}\n"), "\n```\n")
}

/// The value of a row of a table.
fn row(title: &str) -> &'static str {
    between(DOC, &format!("\n| {title} | `"), "` |")
}

#[test]
fn the_steps_of_the_document_are_what_the_code_computes() {
    let key = key(SignatureAlgorithm::HmacSha256);
    let texts = worked(&key);
    let headers = HeaderMap::new();
    let message = Message { method: "POST", public_url: URL, target: TARGET, headers: &headers };
    let base = read(&message, &texts, Content::Whole(BODY.as_bytes())).unwrap().input.base;
    let base = String::from_utf8(base).unwrap();
    let digest = texts.content_digest.clone().unwrap();
    let parameters = texts.signature_input.strip_prefix("fuma=").unwrap();
    let mac = between(&texts.signature, ":", ":");
    for (step, value) in
        [("第一步", BODY), ("第二步", &digest), ("第三步", parameters), ("第四步", &base), ("第五步", mac)]
    {
        let section = between(DOC, &format!("### {step}："), "\n### ");
        assert!(section.contains(&format!("\n{value}\n```\n")), "{step}: {value}");
    }
    let sent = between(DOC, "### 第六步：", "\n### ");
    for line in [
        format!("Content-Digest: {digest}"),
        format!("Signature-Input: {}", texts.signature_input),
        format!("Signature: {}", texts.signature),
    ] {
        assert!(sent.contains(&format!("\n{line}\n")), "{line}");
    }
    assert_eq!(row("共享密钥（Base64）"), data_encoding::BASE64.encode(SHARED));
    assert_eq!(row("共享密钥（解码后，十六进制）"), data_encoding::HEXLOWER.encode(SHARED));
}

#[test]
fn the_form_of_the_document_carries_the_same_signature() {
    let texts = worked(&key(SignatureAlgorithm::HmacSha256));
    let raw = between(DOC, "上面的请求写成表单：\n\n```\n", "\n```\n");
    let digest = texts.content_digest.clone().unwrap();
    let pairs: Vec<(String, String)> = [
        ("access_token", "……"),
        ("body", BODY),
        ("content_digest", &digest),
        ("signature_input", &texts.signature_input),
        ("signature", &texts.signature),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let written: Vec<_> = pairs
        .iter()
        .map(|(name, value)| {
            format!("{name}={}", if name == "access_token" { value.clone() } else { percent(value) })
        })
        .collect();
    assert_eq!(raw, written.join("&"));
    let expected = InForm { texts, content: BODY.as_bytes().into() };
    assert_eq!(of_form(raw, &pairs).unwrap().unwrap(), expected);
}

#[test]
fn the_values_of_the_other_algorithms_are_what_the_code_computes() {
    assert_eq!(row("SM3 的 Content-Digest"), ContentDigest::write(Hash::Sm3, BODY.as_bytes()));
    let signature = |algorithm| between(&worked(&key(algorithm)).signature, ":", ":").to_owned();
    assert_eq!(row("`hmac-sm3`，密钥同第2节"), signature(SignatureAlgorithm::HmacSm3));
    for (name, algorithm) in
        [("ed25519", SignatureAlgorithm::Ed25519), ("sm2-sm3", SignatureAlgorithm::Sm2Sm3)]
    {
        assert_eq!(row(&format!("`{name}` 的私钥（十六进制，仅供对照）")), "01".repeat(32));
        assert_eq!(Some(row(&format!("`{name}` 的公钥")).to_owned()), key(algorithm).public());
        assert_eq!(row(&format!("`{name}` 的签名")), signature(algorithm), "{name}");
    }
}

#[test]
fn the_document_names_every_algorithm_and_every_code_with_its_status() {
    for algorithm in SignatureAlgorithm::ALL {
        assert!(DOC.contains(&format!("\n| `{}` | ", algorithm.key())), "{}", algorithm.key());
    }
    use app::SignatureError as E;
    for refusal in [
        SignatureRefusal::Missing(INPUT),
        SignatureRefusal::Malformed(INPUT, ""),
        SignatureRefusal::NotCovered(String::new()),
        SignatureRefusal::DigestDiffers("sm3"),
        E::Expired.into(),
        E::NonceUsed.into(),
        E::KeyUnknown.into(),
        E::Wrong.into(),
    ] {
        let line = format!("\n| `{}` | {} | ", refusal.code(), refusal.status().as_u16());
        assert!(DOC.contains(&line), "{line}");
    }
}

/// What a program prints; `None`, with a word in the output of the test, where the machine lacks what it needs.
fn prints(program: &str, arguments: &[&str], needs: &str) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    if Command::new(needs).arg("--help").output().is_err() {
        eprintln!("SKIPPED: there is no {needs} on this machine to run the document's program with");
        return None;
    }
    let out = Command::new(program)
        .args(arguments)
        .env("PYTHONIOENCODING", "utf-8")
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    Some(String::from_utf8(out.stdout).unwrap())
}

#[test]
fn the_openssl_lines_of_the_document_print_its_values() {
    let texts = worked(&key(SignatureAlgorithm::HmacSha256));
    let digest = texts.content_digest.unwrap();
    let expected =
        [between(&digest, ":", ":"), between(&texts.signature, ":", ":")].map(|it| format!("{it}\n"));
    if let Some(printed) = prints("sh", &["-ec", program("bash")], "openssl") {
        assert_eq!(printed, expected.concat());
    }
}

#[test]
fn the_python_of_the_document_prints_its_headers() {
    let texts = worked(&key(SignatureAlgorithm::HmacSha256));
    let expected = format!(
        "Content-Digest: {}\nSignature-Input: {}\nSignature: {}\n",
        texts.content_digest.unwrap(),
        texts.signature_input,
        texts.signature
    );
    if let Some(printed) = prints("python3", &["-c", program("python")], "python3") {
        assert_eq!(printed, expected);
    }
}
