//! The pages against figures that were planted.

use crate::testing::{Caller, NATIONAL, OURS, THEIRS, Town};
use app::ShownFigures;
use app::stored::{Added, HOURS, Of, Tally};
use domain::tally::{Agent, Dimension, Measure, Sketch};
use domain::{AuthorityId, BodyId, Day};

/// Pages about something that can be planted here.
const PAGES: [&str; 8] = ["", "/trend", "/ranking", "/heat", "/places", "/bodies", "/failures", "/expiring"];

fn sum(of: Of, dimension: Dimension, day: Day, value: &str, agent: Agent, hour: usize, n: u64) -> Added {
    let mut hours = [0; HOURS];
    hours[hour] = n;
    Added { measure: Measure::Scan, dimension, tally: Tally { of, day, value: value.into(), agent, hours } }
}

/// What was asked about one authority on a day, at ten and, by programs, at three; in the nation's sums too.
fn asked(of: AuthorityId, day: Day, people: u64, machines: u64) -> Vec<Added> {
    let mut all = Vec::new();
    for of in [Of::Authority(of), Of::Nation] {
        for (dimension, value) in [
            (Dimension::Total, ""),
            (Dimension::Way, "short"),
            (Dimension::Province, "61"),
            (Dimension::Visitor, "65"),
            (Dimension::Domain, "12"),
        ] {
            all.push(sum(of, dimension, day, value, Agent::Person, 10, people));
            all.push(sum(of, dimension, day, value, Agent::Machine, 3, machines));
        }
        all.push(sum(of, Dimension::Answer, day, "valid", Agent::Person, 10, people - 5));
        all.push(sum(of, Dimension::Answer, day, "expired", Agent::Person, 10, 5));
        all.push(sum(of, Dimension::Device, day, "wechat", Agent::Person, 10, people));
    }
    all
}

async fn plant(town: &Town, figures: ShownFigures) {
    let ctx = town.ctx(Caller::NationalAdmin).await;
    town.app.add_shown_figures(&ctx, figures).await.unwrap();
}

/// Today 1,234 + 56, yesterday 78 + 9, a week ago 7 + 1, 40 days ago 500 + 0; theirs 4,321 + 0 today.
async fn planted() -> Town {
    let town = Town::with_certificates().await;
    let today = town.app.today();
    let back = |n: i32| today.plus_days(-n).unwrap();
    for (of, days, people, machines) in [
        (OURS, 0, 1_234, 56),
        (OURS, 1, 78, 9),
        (OURS, 7, 7, 1),
        (OURS, 40, 500, 0),
        (THEIRS, 0, 4_321, 0),
        (THEIRS, 45, 11, 0),
    ] {
        plant(&town, ShownFigures::Sums(asked(of, back(days), people, machines))).await;
    }
    let mut visitors = Sketch::default();
    visitors.insert(1 << 60);
    plant(&town, ShownFigures::Visitors(vec![(today, Of::Authority(OURS), visitors)])).await;
    plant(&town, ShownFigures::Unknown(vec![(today, "number", "262799999999".into(), 17)])).await;
    town
}

/// The text of a page without its marks, a blank between two pieces.
fn words(html: &str) -> String {
    let text = html.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text);
    text.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

async fn page(town: &Town, caller: Caller, path: &str) -> String {
    let html = town.get(caller, &format!("/office/statistics{path}")).await.holds(&["<h1>统计", "口径"]);
    let name = path.trim_start_matches('/').replace(['?', '=', '&', '/'], "-");
    crate::gallery::keep("office", &format!("statistics-{caller:?}-{name}"), &html);
    html
}

#[track_caller]
fn tells(html: &str, rows: &[&str]) {
    let text = words(html);
    for row in rows {
        assert!(text.contains(row), "the page lacks “{row}”:\n{text}");
    }
}

#[tokio::test]
async fn each_page_shows_exactly_what_was_counted() {
    let town = planted().await;
    let today = town.app.today();
    let back = |n: i32| today.plus_days(-n).unwrap();
    let html = page(&town, Caller::Viewer, "").await;
    tells(&html, &["扫码 1,290 1,234 56", "87 8", "合计 1,234 56 1,290 87 8", "独立访客 1 1 — — 0 0"]);
    let html = page(&town, Caller::Viewer, "/trend?measure=scan&days=30").await;
    tells(
        &html,
        &[
            "公众 1,319 500 +819",
            "程序 66 0 +66",
            "合计 1,385 500 +885",
            &format!("{today} 1,234 56 1,290"),
            &format!("{} 78 9 87", back(1)),
            &format!("{} 0 0 0", back(2)),
            "扫报告二维码".trim_start_matches('扫'),
            "已过期 15 0 15",
        ],
    );
    let html = page(&town, Caller::Viewer, "/heat?days=30").await;
    tells(&html, &["只计公众"]);
    let html = page(&town, Caller::Viewer, "/places?days=90").await;
    tells(&html, &["陕西 1,819 66 1,885 100.0%", "新疆 1,819 66 1,885 100.0%"]);
    assert!(
        html.contains("/office/search?tab=certificates&#38;province=61"),
        "the province leads to its certificates"
    );
    let html = page(&town, Caller::Viewer, "/failures?days=30").await;
    tells(&html, &["已过期 15 0 0 15", &format!("{today} 5 0 5"), "262799999999 编号 17"]);
    let html = page(&town, Caller::Viewer, "/expiring").await;
    tells(&html, &["2026-12 1", "已过期 0"]);
    assert!(
        html.contains("/office/certificates?status=valid&#38;from=2026-12-01&#38;to=2026-12-31"),
        "{html}"
    );
}

#[tokio::test]
async fn ranks_are_of_the_nation_and_tell_how_they_moved() {
    let town = planted().await;
    for caller in [Caller::Viewer, Caller::NationalAdmin] {
        let html = page(&town, caller, "/ranking?measure=scan&days=30").await;
        tells(&html, &["4,321 0 4,321 11 +4,310", "1,319 66 1,385 500 +885"]);
        // Theirs were fewer before: they rose from 2 to 1, and ours fell.
        tells(&html, &["1 +1 ", "2 −1 陕西", "1,319 66 1,385"]);
        assert_eq!(html.contains("/office/certificates?authority="), caller == Caller::NationalAdmin);
    }
}

#[tokio::test]
async fn the_nation_is_the_sum_and_a_province_reads_no_other_province() {
    let town = planted().await;
    let today = town.app.today();
    for caller in [Caller::NationalAdmin, Caller::Viewer] {
        let html = page(&town, caller, "/trend?of=nation&measure=scan&days=7").await;
        tells(&html, &[&format!("{today} 5,555 56 5,611"), "全国"]);
    }
    let theirs = format!("/office/statistics/trend?of={}", THEIRS.0);
    assert_eq!(town.get(Caller::Viewer, &theirs).await.status, 404);
    let html = page(&town, Caller::NationalAdmin, &format!("/trend?of={}&measure=scan", THEIRS.0)).await;
    tells(&html, &[&format!("{today} 4,321 0 4,321")]);
    assert_eq!(town.get(Caller::Viewer, "/office/statistics/bodies?of=nation").await.status, 404);
    assert_eq!(town.get(Caller::NationalAdmin, "/office/statistics/bodies?of=nation").await.status, 200);
    assert_eq!(town.get(Caller::Viewer, "/office/statistics/trend?of=9999").await.status, 404);
}

#[tokio::test]
async fn bodies_lead_to_their_pages() {
    let town = planted().await;
    let today = town.app.today();
    let id: BodyId = town.app.some_bodies(&town.ctx(Caller::Licensing).await, OURS).await.unwrap()[0];
    plant(&town, ShownFigures::Bodies(today, OURS, vec![(id, 640, 12)])).await;
    let html = page(&town, Caller::Viewer, "/bodies").await;
    tells(&html, &["640 12 652"]);
    assert!(html.contains(&format!("href=\"/office/bodies/{}\"", id.0)), "{html}");
}

#[tokio::test]
async fn an_empty_registry_says_so_on_every_page() {
    let town = Town::open().await;
    for path in PAGES {
        for caller in [Caller::NationalAdmin, Caller::Viewer] {
            let html = page(&town, caller, path).await;
            assert!(html.contains("暂无数据"), "{path}: {html}");
            assert!(!html.contains("NaN") && !html.contains("<path"), "{path}: nothing is drawn of nothing");
        }
    }
}

#[tokio::test]
async fn what_a_file_holds_is_what_the_page_shows() {
    use calamine::{Data, Reader};
    let town = planted().await;
    let today = town.app.today();
    let file = town.get(Caller::Viewer, "/office/statistics/export/trend.xlsx?measure=scan&days=30").await;
    let mut book: calamine::Xlsx<_> =
        calamine::open_workbook_from_rs(std::io::Cursor::new(file.bytes)).unwrap();
    assert_eq!(book.sheet_names().last().unwrap(), "说明");
    let sheet = book.worksheet_range("扫码 逐日").unwrap();
    let row = sheet.rows().find(|row| row[0] == Data::String(today.to_string())).unwrap();
    assert_eq!(row[1..4], [1_234.0, 56.0, 1_290.0].map(Data::Float));
    let csv =
        town.get(Caller::Viewer, "/office/statistics/export/trend.csv?measure=scan&days=30").await.text();
    assert!(csv.contains(&format!("\n{today},1234,56,1290\n")), "{csv}");
    assert_eq!(town.get(Caller::Viewer, "/office/statistics/export/trend.pdf").await.status, 404);
    assert_eq!(town.get(Caller::Viewer, "/office/statistics/export/all.csv").await.status, 404);
}

#[tokio::test]
async fn what_is_no_value_is_as_if_it_were_not_there() {
    let town = planted().await;
    let odd = "/trend?of=all&measure=%3Cscript%3E&days=31&by=year&month=x&day=%22";
    let html = page(&town, Caller::Viewer, odd).await;
    tells(&html, &["扫码：逐日"]);
    assert!(!html.contains("<script>"), "{html}");
}

#[tokio::test]
async fn names_are_escaped_in_drawings_and_in_what_the_script_reads() {
    let town = planted().await;
    let odd = "</script><b>示例".repeat(4);
    let today = town.app.today();
    let planted = [Of::Authority(OURS), Of::Nation]
        .map(|of| sum(of, Dimension::Domain, today, &odd, Agent::Person, 9, 3));
    plant(&town, ShownFigures::Sums(planted.into())).await;
    let html = page(&town, Caller::NationalAdmin, "/trend?measure=scan&days=7").await;
    assert!(!html.contains("<b>示例"), "{html}");
    let data = html.split("type=\"application/json\"").nth(1).unwrap();
    let data = data.split_once('>').unwrap().1.split_once("</script>").unwrap().0;
    let data: serde_json::Value = serde_json::from_str(data).unwrap();
    assert_eq!(data["series"][0]["values"][6], 5_555);
    assert_eq!(NATIONAL.0, 1);
}

#[tokio::test]
async fn only_a_demo_is_filled_with_invented_figures() {
    let (real, _) = Town::with_sandbox().await;
    let ctx = real.ctx(Caller::NationalAdmin).await;
    let refused = real.app.add_shown_figures(&ctx, ShownFigures::Sums(Vec::new())).await;
    assert!(matches!(refused, Err(app::AppError::Refused { .. })), "{refused:?}");
    let demo = Town::open().await;
    let ctx = demo.ctx(Caller::NationalAdmin).await;
    assert!(demo.app.begin_shown_figures(&ctx, "一").await.unwrap());
    assert!(!demo.app.begin_shown_figures(&ctx, "二").await.unwrap(), "once only");
}
