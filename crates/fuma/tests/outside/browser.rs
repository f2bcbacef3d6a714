//! The pages in real Chromium: an officer's morning, the scan page on a small phone, with and without script.

use super::served::{LOGIN, PASSWORD, Place, Running, free_port, until};
use super::web;
use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

/// chromedriver with one browser, both gone when the test is.
pub struct Browser {
    /// What drives it.
    pub client: Client,
    session: String,
    setup: Setup,
    port: u16,
    _driver: Running,
    _profile: TempDir,
}

/// How the browser is set up.
#[derive(Clone, Copy, PartialEq)]
pub enum Setup {
    /// A window of 1280 × 900.
    Desk,
    /// A phone 360 points wide.
    Phone,
    /// The same without script.
    NoScript,
}

impl Browser {
    pub async fn start(setup: Setup) -> Browser {
        let port = free_port();
        let driver = Running::start(Command::new("chromedriver").arg(format!("--port={port}")))
            .expect("chromedriver is missing: run ./test, which installs chromium and chromium-driver");
        until("chromedriver answers", || web::ask(port, "GET", "/status", &[], b"").is_ok());
        let profile = tempfile::tempdir().expect("a folder");
        let mut options = json!({ "args": [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--window-size=1280,900",
            "--host-resolver-rules=MAP plain.example.cn 127.0.0.1",
            format!("--user-data-dir={}", profile.path().display()),
        ] });
        if setup != Setup::Desk {
            options["mobileEmulation"] =
                json!({ "deviceMetrics": { "width": 360, "height": 740, "pixelRatio": 2.0 } });
        }
        if setup == Setup::NoScript {
            options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
        }
        let wanted = json!({ "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" } });
        let Value::Object(wanted) = wanted else { unreachable!("an object was written above") };
        let client = ClientBuilder::new(hyper_util_connector())
            .capabilities(wanted)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("Chromium starts: run ./test, which installs it");
        let session = client.session_id().await.expect("the browser answers").unwrap_or_default();
        Browser { client, session, setup, port, _driver: driver, _profile: profile }
    }

    /// What the page wrote to the console that is an error.
    pub async fn errors(&self) -> Vec<String> {
        let path = format!("/session/{}/se/log", self.session);
        let kind = [("Content-Type", "application/json")];
        let reply =
            web::ask(self.port, "POST", &path, &kind, br#"{"type":"browser"}"#).expect("the driver answers");
        let lines: Value = serde_json::from_str(&reply.body).unwrap_or_default();
        let lines = lines["value"].as_array().cloned().unwrap_or_else(|| panic!("no log: {}", reply.body));
        lines
            .iter()
            .filter(|line| line["level"] == "SEVERE")
            .map(|line| line["message"].to_string())
            .collect()
    }

    /// Goes to a page; it must fit the width and leave the console clean.
    pub async fn open(&self, url: &str) {
        self.client.goto(url).await.expect(url);
        self.sound().await;
    }

    /// Nothing sticks out of the page at its side, and no error was logged.
    async fn sound(&self) {
        self.fits().await;
        let errors = self.errors().await;
        assert!(
            errors.is_empty(),
            "{}: {errors:?}",
            self.client.current_url().await.expect("the browser answers")
        );
    }

    /// Nothing sticks out of the page at its side.
    pub async fn fits(&self) {
        let url = self.client.current_url().await.expect("the browser answers");
        let script = "return [document.documentElement.scrollWidth, innerWidth]";
        let widths = self.client.execute(script, Vec::new()).await.expect("the browser answers");
        let [Some(page), Some(window)] = [widths[0].as_u64(), widths[1].as_u64()] else { panic!("{widths}") };
        // A phone shrinks a page that is too wide and then calls its window wider.
        let room = if self.setup == Setup::Desk { window } else { 360 };
        assert!(page <= room, "{url} is {page} wide and has room for {room}");
    }

    pub async fn click(&self, css: &str) {
        self.client.find(Locator::Css(css)).await.expect(css).click().await.expect(css);
    }

    async fn type_into(&self, css: &str, text: &str) {
        self.client.find(Locator::Css(css)).await.expect(css).send_keys(text).await.expect(css);
    }

    /// The words on the page. While one page gives way to the next, what was found may be gone: then it is read again.
    async fn text(&self) -> String {
        for _ in 0..50 {
            let body = self.client.find(Locator::Css("body")).await;
            let Ok(body) = body else { continue };
            if let Ok(text) = body.text().await {
                return text;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no page came to rest")
    }

    /// Waits for words on the page.
    pub async fn see(&self, words: &str) {
        for _ in 0..300 {
            if self.text().await.contains(words) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("“{words}” never came:\n{}", self.text().await);
    }

    pub async fn sign_in(&self, base: &str, login: &str) {
        self.open(&format!("{base}/office/sign-in")).await;
        self.type_into("[name=account]", login).await;
        self.type_into("[name=password]", PASSWORD).await;
        self.click("main form button").await;
        self.see("工作台").await;
    }
}

impl Drop for Browser {
    /// The driver ends its browser when asked; killed, it would leave it behind. So also after a test that failed.
    fn drop(&mut self) {
        let _ = web::ask(self.port, "DELETE", &format!("/session/{}", self.session), &[], b"");
    }
}

/// Plain HTTP to the driver on this machine.
fn hyper_util_connector() -> hyper_util::client::legacy::connect::HttpConnector {
    hyper_util::client::legacy::connect::HttpConnector::new()
}

/// The pages of the menu.
const PAGES: [&str; 13] = [
    "/office",
    "/office/imports",
    "/office/drafts/new",
    "/office/drafts",
    "/office/changes",
    "/office/prints",
    "/office/certificates",
    "/office/bodies",
    "/office/inbox",
    "/office/codes",
    "/office/template",
    "/office/log",
    "/office/password",
];

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_imports_a_file_and_opens_a_certificate() {
    let place = Place::open();
    let files = super::kill::write_csv(&place, 12);
    let (_server, port) = place.serve();
    let base = format!("http://127.0.0.1:{port}");
    let browser = Browser::start(Setup::Desk).await;
    browser.sign_in(&base, LOGIN).await;
    browser.open(&format!("{base}/office/imports")).await;
    let paths: Vec<String> = files.iter().map(|name| place.path(name).display().to_string()).collect();
    browser.type_into("input[type=file]", &paths.join("\n")).await;
    browser.click("main form button").await;
    // The page follows the check by itself.
    browser.see("会新建").await;
    browser.sound().await;
    browser.click("main button[data-open]").await;
    browser.click("dialog[open] form button:not([data-close])").await;
    browser.see("已完成").await;
    browser.sound().await;
    assert_eq!(place.number("select count(*) from certificate"), 12);

    browser.click("main table a[href^='/office/certificates/']").await;
    browser.see("示例检测中心").await;
    browser.sound().await;
    let certificate = browser.client.current_url().await.expect("the browser answers");

    browser.client.find(Locator::Css("body")).await.expect("a page").send_keys("/").await.expect("a key");
    let focused = browser.client.active_element().await.expect("an element");
    assert_eq!(
        focused.attr("name").await.expect("the browser answers").as_deref(),
        Some("q"),
        "/ goes to the search"
    );
    let words = format!("示例检测中心3{}", char::from(Key::Enter));
    focused.send_keys(&words).await.expect("keys");
    browser.see("共 1").await;

    for page in PAGES {
        browser.open(&format!("{base}{page}")).await;
    }
    browser.client.set_window_size(1280, 900).await.expect("a size");
    browser.open(certificate.as_str()).await;
    browser.click("details.who summary").await;
    browser.click("form[action='/office/sign-out'] button").await;
    browser.see("工作人员登录").await;
    browser.open(&format!("{base}/office")).await;
    assert!(browser.text().await.contains("工作人员登录"), "signed out is signed out");
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_phone_nothing_sticks_out_and_the_scan_page_needs_no_script() {
    let place = Place::open();
    let files = super::kill::write_csv(&place, 3);
    assert!(place.import(&files).status().expect("it starts").success());
    let (_server, port) = place.serve();
    let base = format!("http://127.0.0.1:{port}");
    let code = place.texts("select code from certificate order by id").remove(0);
    let scan = format!("{base}/C/{code}");
    for setup in [Setup::Phone, Setup::NoScript] {
        let browser = Browser::start(setup).await;
        let probe = "data:text/html,<title>off</title><script>document.title='on'</script>";
        browser.client.goto(probe).await.expect("a page");
        let script = browser.client.title().await.expect("a title");
        assert_eq!(script, if setup == Setup::NoScript { "off" } else { "on" });
        browser.open(&scan).await;
        let text = browser.text().await;
        for words in ["有效", "示例检测中心", "证书编号", "有效期至", "示例项目"] {
            assert!(text.contains(words), "the scan page lacks {words}:\n{text}");
        }
        browser.open(&base).await;
        // The console tells of the status 400 itself: only the width counts.
        browser.client.goto(&format!("{base}/C/2222222222222222")).await.expect("an answer");
        browser.fits().await;
        assert!(browser.text().await.contains("输入有误"), "{}", browser.text().await);
        browser.errors().await;
        if setup == Setup::Phone {
            browser.sign_in(&base, LOGIN).await;
            for page in PAGES.into_iter().chain(["/office/certificates/1", "/office/certificates/1/act"]) {
                browser.open(&format!("{base}{page}")).await;
            }
        }
    }
}

/// Login of the administrator of 陕西.
const ADMIN: &str = "shaanxi-admin";

/// The pages of 对接, and the interface's own.
const DOCKING: [&str; 7] = [
    "/office/docking",
    "/office/docking/form",
    "/office/clients",
    "/office/clients/1",
    "/office/hooks",
    "/office/hooks/1",
    "/api/docs",
];

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_connects_a_system_and_its_pages_fit_a_phone() {
    let place = Place::open();
    place.account(ADMIN, "administrator");
    let (_server, port) = place.serve();
    let base = format!("http://127.0.0.1:{port}");
    let browser = Browser::start(Setup::Desk).await;
    browser.sign_in(&base, ADMIN).await;
    browser.open(&format!("{base}/office/clients")).await;
    browser.type_into("[name=name]", "示例省检验检测机构资质认定行政审批与证后监管综合业务系统").await;
    browser.click("main form button").await;
    browser.see("未发密钥").await;
    browser.sound().await;
    browser.click("form[action$='/secrets'] button").await;
    browser.see("密钥只显示这一次").await;
    browser.sound().await;
    browser.open(&format!("{base}/office/clients/1")).await;
    browser.click("form[action$='/keys'] button").await;
    browser.see("签名密钥交接单").await;
    browser.sound().await;
    browser.open(&format!("{base}/office/hooks")).await;
    browser
        .type_into(
            "[name=url]",
            "https://notices.example.cn/a/path/that/is/rather/long/for/a/telephone/to/show/in/one/line",
        )
        .await;
    browser.click("form[action='/office/hooks'] button").await;
    browser.see("whsec_").await;
    browser.sound().await;
    browser.open(&format!("{base}/office/docking")).await;
    browser.click("#mode details summary").await;
    browser.click("#mode details form button").await;
    browser.see("已改为系统联网自动赋码").await;
    browser.open(&format!("{base}/office/docking")).await;
    browser.see("开启应急手动赋码").await;
    let phone = Browser::start(Setup::Phone).await;
    phone.sign_in(&base, ADMIN).await;
    for page in DOCKING {
        browser.open(&format!("{base}{page}")).await;
        phone.open(&format!("{base}{page}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asked_too_much_has_the_browser_work_and_comes_back_to_the_page_he_asked_for() {
    let place = Place::open();
    let files = super::kill::write_csv(&place, 1);
    assert!(place.import(&files).status().expect("it starts").success());
    place.set("demo = true\n[limits]\nfree_per_minute = 3\npass_requests = 20\n");
    let (_server, port) = place.serve();
    let path =
        format!("/certificate/{}?on=2026-11-01", place.texts("select number from certificate").remove(0));
    let used_up = || {
        for _ in 0..40 {
            if web::ask(port, "GET", &path, &[], b"").expect("the server answers").status == 429 {
                return;
            }
        }
        panic!("nobody is held up");
    };
    let desk = Browser::start(Setup::Desk).await;
    // 127.0.0.1 is a secure context, where the browser derives keys itself; over plain http from elsewhere the script does.
    for host in ["127.0.0.1", "plain.example.cn"] {
        used_up();
        let asked = format!("http://{host}:{port}{path}");
        desk.client.goto(&asked).await.expect("a page");
        desk.see("证书编号").await;
        assert_eq!(desk.client.current_url().await.expect("the browser answers").as_str(), asked);
        assert!(desk.text().await.contains("示例检测中心"), "{}", desk.text().await);
        let secure =
            desk.client.execute("return isSecureContext", Vec::new()).await.expect("the browser answers");
        assert_eq!(secure, host == "127.0.0.1");
        // The console tells of the status 429 itself, and over plain http of a header that holds only over https; of nothing
        // else: the policy refused nothing.
        let known = |it: &String| it.contains("429") || it.contains("Cross-Origin-Opener-Policy");
        let errors = desk.errors().await;
        assert!(errors.iter().all(known), "{errors:?}");
        desk.client.goto(&asked).await.expect("a page");
        assert!(desk.text().await.contains("证书编号"), "a pass holds for more than one page");
        desk.fits().await;
        desk.errors().await;
    }
    used_up();
    let without = Browser::start(Setup::NoScript).await;
    without.client.goto(&format!("http://127.0.0.1:{port}{path}")).await.expect("a page");
    let text = without.text().await;
    assert!(text.contains("没有启用脚本") && text.contains("开放数据"), "{text}");
    without.fits().await;
}

/// Pastes a text into the last column 性别 of the first row of 人员, as a spreadsheet's clipboard gives it.
const PASTE: &str = "const data = new DataTransfer(); data.setData('text/plain', arguments[0]);
    document.querySelector('[name=\"staff.0.sex\"]').dispatchEvent(
        new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));";

#[tokio::test(flavor = "multi_thread")]
async fn rows_pasted_from_a_spreadsheet_go_by_their_header_and_lose_nothing() {
    let place = Place::open();
    let (_server, port) = place.serve();
    let browser = Browser::start(Setup::Desk).await;
    browser.sign_in(&format!("http://127.0.0.1:{port}"), LOGIN).await;
    browser.open(&format!("http://127.0.0.1:{port}/office/drafts/new")).await;
    browser.click("main form button:not([type=button])").await;
    browser.see("已建立草稿").await;
    let draft = browser.client.current_url().await.expect("the browser answers");
    let mut staff = draft.clone();
    staff.set_query(Some("step=5&group=staff"));
    browser.open(staff.as_str()).await;
    let text = "姓名\t性别\t工号\t学历\n张示例\t男性\t7\t大学本科\n李示例\t女\t8\t\n王示例\t\t9\t其他\n赵示例\t男\t10\t\n";
    browser.client.execute(PASTE, vec![json!(text)]).await.expect("the browser answers");
    browser.see("没有粘贴的列：工号").await;
    let read = "return Array.from(document.querySelectorAll('#rows-staff tbody tr')).map((row) =>
        ['name', 'sex', 'education'].map((key) => row.querySelector('[name$=\".' + key + '\"]').value).join(' '))";
    let rows = browser.client.execute(read, Vec::new()).await.expect("the browser answers");
    let all = ["张示例 男性 大学本科", "李示例 女 ", "王示例  其他", "赵示例 男 "];
    assert_eq!(rows, json!(all), "more rows than there were, and what no list holds stays as it was typed");
    browser.sound().await;
}
