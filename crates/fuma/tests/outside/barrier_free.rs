//! 无障碍 and 适老化 in real Chromium: axe finds nothing, everything is reached by keyboard, nothing sticks out at 200 % zoom
//! or on a small phone, and 长辈版 is as large as it says.

use super::browser::{Browser, Setup};
use super::served::{LOGIN, Place, Running, until};
use super::web;
use fantoccini::key::Key;
use fantoccini::wd::TimeoutConfiguration;
use fantoccini::{Client, Locator};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Figures of today for every authority and the nation, so that pages of statistics have something to draw.
const FIGURES: &str = "insert into tally (measure, dimension, authority_id, day, value, agent,
    n, h0, h1, h2, h3, h4, h5, h6, h7, h8, h9, h10, h11, h12, h13, h14, h15, h16, h17, h18, h19, h20, h21, h22, h23, rest)
    select 'scan', dimension, id, (cast(strftime('%s', 'now') as integer) + 28800) / 86400, value, agent,
    57, 1, 0, 0, 0, 0, 0, 0, 2, 9, 8, 7, 3, 2, 5, 6, 6, 4, 2, 1, 0, 0, 0, 0, 1, 0
    from (select id from authority union all select -1),
    (select '' as dimension, '' as value union all select 'province', '61' union all select 'visitor', '65'
        union all select 'answer', 'expired' union all select 'device', 'wechat'),
    (select 'person' as agent union all select 'machine')";

/// What 长辈版 is at least: 18 px × 1.25, and targets of 60 px.
const LARGE_TYPE: f64 = 22.4;
const LARGE_TARGET: f64 = 59.5;

/// How long axe may take for one page.
const PATIENCE: Duration = Duration::from_secs(300);

/// A served registry with an index, opened to the public.
struct Town {
    base: String,
    number: String,
    code: String,
    _place: Place,
    _server: Running,
}

fn town() -> Town {
    let place = Place::open();
    let files = super::kill::write_csv(&place, 12);
    assert!(place.import(&files).status().expect("it starts").success());
    let open = "insert into meta (key, value) values ('public_search', 'all') on conflict (key) do update set value = 'all'";
    place.plant(open);
    place.plant(FIGURES);
    let (server, port) = place.serve();
    until("the index is made", || {
        web::ask(port, "GET", "/readyz", &[], b"").is_ok_and(|it| it.status == 200)
    });
    let first =
        |column: &str| place.texts(&format!("select {column} from certificate order by id")).remove(0);
    let (number, code) = (first("number"), first("code"));
    Town { base: format!("http://127.0.0.1:{port}"), number, code, _place: place, _server: server }
}

impl Town {
    /// Every public page, with whether it is there in English.
    fn pages(&self) -> Vec<(String, bool)> {
        let Town { number, code, .. } = self;
        let both = [
            "/".to_owned(),
            "/search".into(),
            "/search?q=%E7%A4%BA%E4%BE%8B".into(),
            "/search?q=%E7%A4%BA%E4%BE%8B&tab=capabilities&province=61".into(),
            "/search?q=%E4%B8%8D%E5%AD%98%E5%9C%A8%E7%9A%84".into(),
            "/verify".into(),
            "/verify?q=x".into(),
            "/verify?q=262712059999".into(),
            "/help".into(),
            "/tables".into(),
            "/nowhere".into(),
            format!("/C/{code}"),
            format!("/certificate/{number}"),
            format!("/certificate/{number}/capabilities"),
            format!("/certificate/{number}/capabilities?q=%E4%B8%8D"),
            format!("/body/{number}"),
            format!("/body/{number}?q=HJ"),
        ];
        let chinese =
            ["/verify/batch", "/open-data", "/draws", "/draws?list=results", "/api/docs"].map(str::to_owned);
        both.into_iter()
            .map(|page| (page, true))
            .chain(chinese.into_iter().map(|page| (page, false)))
            .collect()
    }
}

/// The script of axe, where `./test` puts it.
fn axe() -> String {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/test-tools/lib");
    let folders = std::fs::read_dir(&tools).into_iter().flatten().flatten();
    let mut found = folders.map(|it| it.path().join("site-packages/axe_playwright_python/axe.min.js"));
    let script: Option<PathBuf> = found.find(|path| path.is_file());
    std::fs::read_to_string(script.expect("axe is missing: run ./test, which installs it"))
        .expect("it can be read")
}

fn with(page: &str, pair: &str) -> String {
    format!("{page}{}{pair}", if page.contains('?') { '&' } else { '?' })
}

/// What axe has against the page that is open.
async fn found(client: &Client, axe: &str) -> Vec<String> {
    client.execute(axe, Vec::new()).await.expect("axe is a script");
    let run = "const done = arguments[arguments.length - 1];
        axe.run(document, { resultTypes: ['violations'] }).then(
            all => done(all.violations.map(it => it.id + ': ' +
                it.nodes.slice(0, 3).map(node => node.html.slice(0, 160) + ' ' + node.failureSummary).join(' | '))),
            error => done(['axe: ' + error]))";
    let told = client.execute_async(run, Vec::new()).await.expect("axe comes to an end");
    told.as_array().expect("a list").iter().map(Value::to_string).collect()
}

/// What is smaller in 长辈版 than it promises.
async fn too_small(client: &Client) -> Vec<String> {
    let script = "const [type, target] = arguments, wrong = [];
        const seen = it => it.getClientRects().length && it.getBoundingClientRect().right > 0;
        const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walk.nextNode()) {
            const it = walk.currentNode.parentElement;
            if (walk.currentNode.data.trim() && seen(it) && parseFloat(getComputedStyle(it).fontSize) < type)
                wrong.push('type ' + getComputedStyle(it).fontSize + ' ' + it.outerHTML.slice(0, 100));
        }
        for (const it of document.querySelectorAll('button, input:not([type=hidden]), summary, nav a, .button, .facet a'))
            if (seen(it) && it.getBoundingClientRect().height < target)
                wrong.push('target ' + it.getBoundingClientRect().height + ' ' + it.outerHTML.slice(0, 100));
        return [...new Set(wrong)].slice(0, 12)";
    let told = client.execute(script, vec![LARGE_TYPE.into(), LARGE_TARGET.into()]).await.expect("a script");
    told.as_array().expect("a list").iter().map(Value::to_string).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_in_the_standard_mode_in_english_and_in_large_type() {
    let (town, axe) = (town(), axe());
    let browser = Browser::start(Setup::Desk).await;
    let client = &browser.client;
    // On a busy machine the description of the interface takes axe long.
    let patience = TimeoutConfiguration::new(Some(PATIENCE), None, None);
    client.update_timeouts(patience).await.expect("a setting");
    let mut wrong = Vec::new();
    for mode in ["", "lang=en", "view=large"] {
        for (page, english) in town.pages() {
            if mode == "lang=en" && !english {
                continue;
            }
            let page = if mode.is_empty() { page } else { with(&page, mode) };
            client.goto(&format!("{}{page}", town.base)).await.expect("a page");
            let told = found(client, &axe).await;
            wrong.extend(told.into_iter().map(|it| format!("{page}: {it}")));
            if mode == "view=large" {
                wrong.extend(too_small(client).await.into_iter().map(|it| format!("{page}: {it}")));
            }
            browser.fits().await;
        }
    }
    // The cookie of the last mode is there; officers' pages know nothing of it.
    browser.errors().await;
    browser.sign_in(&town.base, LOGIN).await;
    let pages = [
        "/office/search",
        "/office/search?q=%E7%A4%BA%E4%BE%8B",
        "/office/worklists",
        "/office/bodies",
        "/office/bodies/duplicates",
        "/office/admission",
        "/office/refusals",
        "/office/draws",
        "/office/inspectors",
        "/office/inspections",
        "/office/inspections?list=overdue",
        "/office/inbox",
        "/office/statistics",
        "/office/statistics/trend",
        "/office/statistics/ranking",
        "/office/statistics/heat",
        "/office/statistics/places",
        "/office/statistics/bodies",
        "/office/statistics/failures",
        "/office/statistics/expiring",
    ];
    for page in pages {
        browser.open(&format!("{}{page}", town.base)).await;
        wrong.extend(found(client, &axe).await.into_iter().map(|it| format!("{page}: {it}")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_sticks_out_at_twice_the_size_or_on_a_small_phone() {
    let town = town();
    // A window of 1,280 at 200 % has room for 640.
    let zoomed = Browser::start(Setup::Desk).await;
    zoomed.client.set_window_size(640, 450).await.expect("a size");
    let phone = Browser::start(Setup::Phone).await;
    for browser in [&zoomed, &phone] {
        for mode in ["view=standard", "lang=en&view=standard", "view=large", "lang=en&view=large"] {
            for (page, _) in town.pages() {
                browser.client.goto(&format!("{}{}", town.base, with(&page, mode))).await.expect("a page");
                browser.fits().await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_reached_by_keyboard_and_the_place_is_always_seen() {
    let town = town();
    let browser = Browser::start(Setup::Desk).await;
    let client = &browser.client;
    for page in ["/".to_owned(), format!("/C/{}", town.code), "/search?q=%E7%A4%BA%E4%BE%8B".into()] {
        client.goto(&format!("{}{page}", town.base)).await.expect("a page");
        let body = client.find(Locator::Css("body")).await.expect("a page");
        body.send_keys(&char::from(Key::Tab).to_string()).await.expect("a key");
        let script = "const it = document.activeElement, shown = getComputedStyle(it);
            it.dataset.walked = '1';
            return [it.className, it.outerHTML.slice(0, 80), shown.outlineStyle, it.getBoundingClientRect().right]";
        let first = client.execute(script, Vec::new()).await.expect("a script");
        assert_eq!(first[0], "skip", "{page}: the first step leads past the head");
        let steps = "return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), summary, textarea')]
            .filter(it => it.checkVisibility()).length";
        let steps = client.execute(steps, Vec::new()).await.expect("a script");
        for _ in 1..steps.as_u64().expect("a number") {
            let here = client.active_element().await.expect("an element");
            here.send_keys(&char::from(Key::Tab).to_string()).await.expect("a key");
            let at = client.execute(script, Vec::new()).await.expect("a script");
            assert_ne!(at[2], "none", "{page}: {} does not show that it is meant", at[1]);
            assert!(at[3].as_f64().expect("a number") > 0.0, "{page}: {} is out of sight", at[1]);
        }
        let missed =
            "return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), summary')]
            .filter(it => it.checkVisibility() && !it.dataset.walked).map(it => it.outerHTML.slice(0, 80))";
        let missed = client.execute(missed, Vec::new()).await.expect("a script");
        assert_eq!(missed, Value::Array(Vec::new()), "{page}");
        // Past the head: the next step is inside the page's own text.
        client.goto(&format!("{}{page}", town.base)).await.expect("a page");
        let body = client.find(Locator::Css("body")).await.expect("a page");
        body.send_keys(&format!("{}{}", char::from(Key::Tab), char::from(Key::Enter))).await.expect("keys");
        let body = client.find(Locator::Css("body")).await.expect("a page");
        body.send_keys(&char::from(Key::Tab).to_string()).await.expect("a key");
        let inside = "return !!document.activeElement.closest('main')";
        let inside = client.execute(inside, Vec::new()).await.expect("a script");
        assert_eq!(inside, true, "{page}: the skip link leads into the text");
    }
}
