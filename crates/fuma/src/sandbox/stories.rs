//! A registry and its sandbox behind one router: what is done in the one is not seen in the other.

use super::{ADDRESSES, is_ours};
use crate::gallery::keep;
use crate::testing::{Answer, Caller, FULL, PASSWORD, Town};
use std::process::Command;

const US: Caller = Caller::Licensing;
const BAND: &str = "测试环境——数据不具法律效力";

/// The code of a certificate, as it stands in the QR.
async fn code(town: &Town, number: &str) -> String {
    let ctx = town.ctx(US).await;
    let id = town.id(number).await;
    town.app.certificate(&ctx, id).await.unwrap().card.head.code.to_string()
}

/// The status and the page of an address, asked by anyone.
async fn asked(town: &Town, path: &str) -> (u16, String) {
    let answer = town.get(Caller::Public, path).await;
    (answer.status, answer.text())
}

#[tokio::test]
async fn a_certificate_of_the_sandbox_is_found_there_and_nowhere_in_the_registry() {
    let (town, tests) = Town::with_sandbox().await;
    tests.fill().await;
    let code = code(&tests, FULL).await;
    for path in [format!("/T/{code}"), format!("/t/{}", code.to_lowercase())] {
        let (status, page) = asked(&town, &path).await;
        assert_eq!(status, 200, "{path}");
        for words in [BAND, "测试证书无效力", "没有法律效力", "2627 1205 0001", "<title>测试环境"]
        {
            assert!(page.contains(words), "{path} lacks {words}");
        }
        keep("public", "scan_of_the_sandbox", &page);
    }
    for path in [format!("/sandbox/verify?q={code}"), format!("/sandbox/certificate/{FULL}")] {
        let (status, page) = asked(&town, &path).await;
        assert!(status == 200 && page.contains("测试证书"), "{path}: {status}");
    }
    for (path, expected) in [
        (format!("/C/{code}"), 400),
        (format!("/c/{code}"), 400),
        (format!("/verify?q={code}"), 400),
        (format!("/verify?q={FULL}"), 404),
        (format!("/certificate/{FULL}"), 404),
        (format!("/certificate/{FULL}/capabilities"), 404),
        (format!("/sandbox/T/{code}"), 404),
    ] {
        let (status, page) = asked(&town, &path).await;
        assert_eq!(status, expected, "{path}");
        assert!(!page.contains("示例检测有限公司"), "{path}");
    }
    assert_eq!(town.app.count_all().await.unwrap(), 0);
}

#[tokio::test]
async fn a_certificate_of_the_registry_is_none_in_the_sandbox() {
    let (town, tests) = Town::with_sandbox().await;
    town.fill().await;
    let code = code(&town, FULL).await;
    let (status, page) = asked(&town, &format!("/C/{code}")).await;
    assert!(status == 200 && page.contains("band good") && !page.contains("测试环境"), "{status}");
    for (path, expected) in [
        (format!("/T/{code}"), 400),
        (format!("/sandbox/C/{code}"), 404),
        (format!("/sandbox/verify?q={code}"), 400),
        (format!("/sandbox/certificate/{FULL}"), 404),
    ] {
        assert_eq!(asked(&town, &path).await.0, expected, "{path}");
    }
    assert_eq!(tests.app.count_all().await.unwrap(), 0);
}

#[tokio::test]
async fn accounts_and_sessions_do_not_cross() {
    let (town, tests) = Town::with_sandbox().await;
    tests.ctx(US).await;
    let typed = [("account", "licensing"), ("password", PASSWORD), ("next", "/office/drafts")];
    let inside = town.post(Caller::Public, "/sandbox/office/sign-in", &typed).await;
    assert_eq!((inside.status, inside.location.as_str()), (303, "/sandbox/office/drafts"));
    assert!(inside.cookie.starts_with("sid-sandbox=") && inside.cookie.contains("HttpOnly"));
    let outside = town.post(Caller::Public, "/office/sign-in", &typed).await;
    assert_eq!((outside.status, outside.cookie.as_str()), (401, ""));
    // A session of each, asked for a page of the other.
    for (caller, path, sign_in) in [
        (&tests, "/office/certificates", "/office/sign-in?next=/office/certificates"),
        (&town, "/sandbox/office/certificates", "/sandbox/office/sign-in?next=/office/certificates"),
    ] {
        let answer = caller.get(US, path).await;
        assert_eq!((answer.status, answer.location.as_str()), (303, sign_in), "{path}");
    }
    assert_eq!(tests.get(US, "/sandbox/office/certificates").await.status, 200);
    assert_eq!(town.get(US, "/office/certificates").await.status, 200);
}

/// The addresses of this host on a page.
fn addresses(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    for name in ADDRESSES {
        for after in page.split(&format!("{name}=\"")).skip(1) {
            found.extend(after.split('"').next().filter(|to| is_ours(to)).map(str::to_owned));
        }
    }
    found
}

#[tokio::test]
async fn every_page_of_the_sandbox_says_so_and_leads_nowhere_else() {
    let (_, tests) = Town::with_sandbox().await;
    tests.fill().await;
    let (id, code) = (tests.id(FULL).await, code(&tests, FULL).await);
    let mut pages: Vec<(Caller, String)> = [
        "",
        "/",
        "/verify",
        "/help",
        "/nowhere",
        "/office/sign-in",
        "/certificate/262712050001",
        "/certificate/262712050001/capabilities",
    ]
    .map(|path| (Caller::Public, format!("/sandbox{path}")))
    .into();
    pages.push((Caller::Public, format!("/T/{code}")));
    pages.push((Caller::Public, "/T/0000".to_owned()));
    let of = |tab: &str| format!("/certificates/{id}?tab={tab}");
    for path in [
        "",
        "/imports",
        "/drafts",
        "/drafts/new",
        "/changes",
        "/prints",
        "/certificates",
        "/codes",
        "/template",
        "/log",
        "/password",
        "/authorities",
        "/certificates/9999999",
        &of("overview"),
        &of("scope"),
        &of("staff"),
        &of("editions"),
        &of("events"),
        &of("code"),
        &format!("/certificates/{id}/act"),
        &format!("/certificates/{id}/print"),
    ] {
        pages.push((US, format!("/sandbox/office{path}")));
    }
    pages.push((Caller::ProvincialAdmin, "/sandbox/office/accounts".to_owned()));
    pages.push((Caller::NationalAdmin, "/sandbox/office/overview".to_owned()));
    let mut seen = 0;
    for (caller, path) in pages {
        let answer = tests.get(caller, &path).await;
        let page = answer.text();
        assert!(answer.status < 500 && answer.status != 303, "{path}: {} {}", answer.status, answer.location);
        assert!(page.contains(BAND) && page.contains("<title>测试环境"), "{path}: {page}");
        for address in addresses(&page) {
            assert!(address == "/sandbox" || address.starts_with("/sandbox/"), "{path} leads to {address}");
            seen += 1;
        }
        keep("sandbox", &path.replace(['/', '?', '='], "_"), &page);
    }
    assert!(seen > 300, "{seen}");
}

/// The pages of a PDF, without blanks.
fn printed(answer: &Answer) -> Vec<String> {
    assert_eq!((answer.status, answer.kind.as_str()), (200, "application/pdf"), "{}", answer.text());
    let mut file = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut file, &answer.bytes).unwrap();
    let read = Command::new("pdftotext").arg(file.path()).arg("-").output().expect("pdftotext is needed");
    let text = String::from_utf8(read.stdout).unwrap();
    let squeezed = |page: &str| page.chars().filter(|c| !c.is_whitespace()).collect();
    text.trim_end_matches('\u{c}').split('\u{c}').map(squeezed).collect()
}

#[tokio::test]
async fn every_printed_page_of_the_sandbox_says_so_and_its_codes_lead_to_it() {
    let (_, tests) = Town::with_sandbox().await;
    tests.fill().await;
    let (id, code) = (tests.id(FULL).await, code(&tests, FULL).await);
    let of = format!("/sandbox/office/certificates/{id}");
    // Not https: what is only for tests may go out all the same.
    let done = tests.post(US, &format!("{of}/print"), &[("copy", "original"), ("parts", "both")]).await;
    assert_eq!((done.status, done.location), (303, format!("{of}/print?said=printed")));
    let page = tests.get(US, &format!("{of}/print")).await.text();
    let file = addresses(&page).into_iter().find(|to| to.contains("/files/")).expect("it was kept");
    let link = |pages: &[String]| {
        let text = pages.concat();
        let after = text.split("http://127.0.0.1:8080").nth(1).expect("a link on the slip").to_owned();
        after.chars().take_while(|c| c.is_ascii_alphanumeric() || "/-_".contains(*c)).collect::<String>()
    };
    let final_pages = printed(&tests.get(US, &file).await);
    let sample = printed(&tests.get(US, &format!("{of}/sample.pdf")).await);
    let slip = printed(&tests.post(US, &format!("{of}/slip.pdf"), &[]).await);
    let picture = printed(&tests.get(US, &format!("{of}/code.pdf")).await);
    assert!(final_pages.len() >= 4, "face and annex: {}", final_pages.len());
    for page in final_pages.iter().chain(&sample).chain(&slip).chain(&picture) {
        assert!(page.contains("测试") && !page.contains("样张"), "{page}");
    }
    let fetched = link(&slip);
    assert!(fetched.starts_with("/sandbox/qr/"), "{fetched}");
    assert!(tests.get(Caller::Public, &fetched).await.text().contains("报告二维码领取"));
    let svg = tests.get(US, &format!("{of}/code.svg")).await;
    assert_eq!((svg.status, svg.kind.as_str()), (200, "image/svg+xml"));
    assert_eq!(tests.app.config.base_url(), "http://127.0.0.1:8080/sandbox");
    assert_eq!(
        read_code(&tests.get(US, &format!("{of}/code.png")).await),
        format!("HTTP://127.0.0.1:8080/T/{code}")
    );
}

/// What a phone reads in a picture.
fn read_code(answer: &Answer) -> String {
    let mut file = tempfile::Builder::new().suffix(".png").tempfile().unwrap();
    std::io::Write::write_all(&mut file, &answer.bytes).unwrap();
    let read =
        Command::new("zbarimg").args(["-q", "--raw"]).arg(file.path()).output().expect("zbarimg is needed");
    String::from_utf8(read.stdout).unwrap().trim().to_owned()
}

#[tokio::test]
async fn without_a_sandbox_its_addresses_are_no_pages() {
    let town = Town::open().await;
    for path in ["/sandbox", "/sandbox/", "/sandbox/office", "/T/000000000000000T", "/t/000000000000000t"] {
        let (status, page) = asked(&town, path).await;
        assert!(status == 404 && page.contains("没有这个页面"), "{path}: {status}");
    }
}
