//! Every page is rendered with samples; what must hold for all of them stands here once.

use std::io::Write;

use askama::Template;
use domain::{Held, Lookup, Shown, Status, Verdict};

use super::samples::*;
use super::*;
use crate::pager::Pager;

/// All public pages with a name each; written to `$FUMA_GALLERY` for looking at them, where it is set.
fn pages() -> Vec<(&'static str, String)> {
    let (site, full) = (site(), full_site());
    let tests = Site { footing: Footing::Sandbox, ..full_site() };
    let (number, certificate, revoked) = (number(), certificate(), revoked());
    let scan = |verdict: &Verdict, certificate: &CertificateView, code| {
        CertificatePage { site: &site, verdict, certificate, code, asked_at: NOW }.render().unwrap()
    };
    let answer = |verdict: &Verdict, asked: &str| {
        AnswerPage { site: &full, verdict, asked, asked_at: NOW }.render().unwrap()
    };
    let list = |query: &str, rows: &[CapabilityView], total| {
        let pager = Pager::new(total, 2, 50, "/certificate/230020349767/capabilities?q=");
        let word = domain::VerdictWord::Valid;
        let body_name = "示例市示例检测技术服务有限公司";
        let on = (total == 0).then(|| day("2025-03-05"));
        CapabilitiesPage { site: &site, number: &number, body_name, word, on, query, rows, pager }
            .render()
            .unwrap()
    };
    let error =
        |status, reference: &str| ErrorPage { site: &site, status, reference, why: "" }.render().unwrap();
    let missing = Verdict::of(Lookup::Missing, Shown::Short, today(), today());
    let down = Verdict::of(Lookup::Unavailable, Shown::Short, today(), today());
    let malformed = Verdict::malformed("码应为16位字母和数字，现为15位", today());
    let soon = [Held::from(Status::Superseded { from: day("2026-12-01") })];
    let token = "0123456789abcdef";
    vec![
        ("valid", scan(&verdict(&[], Shown::Short), &certificate, Some(code()))),
        ("old_edition", scan(&verdict(&soon, Shown::Edition(2)), &revoked, None)),
        ("revoked", scan(&verdict(&[revocation()], Shown::Short), &revoked, None)),
        (
            "sandbox",
            CertificatePage {
                site: &tests,
                verdict: &verdict(&[], Shown::Short),
                certificate: &certificate,
                code: Some(code()),
                asked_at: NOW,
            }
            .render()
            .unwrap(),
        ),
        ("unknown", answer(&missing, "04HM-ASW9-NF6Y-Y09F")),
        ("malformed", answer(&malformed, "04HM-ASW9-NF6Y-Y09")),
        ("undeterminable", answer(&down, "")),
        ("capabilities", list("", &capabilities(50), 1143)),
        ("capabilities_none", list("<b>钠", &[], 0)),
        ("home", HomePage { site: &full, open: false, figures: None }.render().unwrap()),
        ("verify", VerifyPage { site: &site, value: "\"x", error: "请输入码或证书编号" }.render().unwrap()),
        ("help", HelpPage { site: &site }.render().unwrap()),
        ("404", error(404, "")),
        ("500", error(500, "req-0123456789")),
        (
            "report_code",
            ReportCodePage {
                site: &site,
                number: &number,
                body_name: certificate.excerpt.body_name,
                token,
                expires_at: NOW,
                fetched: 3,
            }
            .render()
            .unwrap(),
        ),
    ]
}

#[test]
fn every_page_renders_and_can_be_looked_at() {
    for (name, html) in pages() {
        assert!(html.starts_with("<!DOCTYPE html>") && html.trim_end().ends_with("</html>"), "{name}");
        assert!(html.contains(r#"<html lang="zh-CN">"#) && html.contains(r##"href="#main""##), "{name}");
        assert_eq!(html.matches("<h1").count(), 1, "{name}");
        crate::gallery::keep("public", name, &html);
    }
}

#[test]
fn public_pages_need_no_script_style_attribute_or_foreign_origin() {
    for (name, html) in pages() {
        let own = html
            .replace("https://beian.miit.gov.cn/", "")
            .replace("https://beian.mps.gov.cn/#/query/webSearch?code=", "");
        for bad in ["<script", " style=", " onclick", "javascript:", "http://", "https://", "=\"//"] {
            assert!(!own.contains(bad), "{bad} in {name}");
        }
    }
}

#[test]
fn values_are_escaped() {
    let all: String = pages().into_iter().map(|(_, html)| html).collect();
    assert!(all.contains("&#60;b&#62;钠") && !all.contains("<b>钠"));
    assert!(all.contains("value=\"&#34;x\""));
}

#[test]
fn a_page_reached_by_number_shows_no_code_and_links_by_number() {
    for (name, html) in pages() {
        assert!(!html.contains("/C/"), "{name}");
        if matches!(name, "revoked" | "capabilities" | "old_edition") {
            assert!(!html.contains(&code().grouped()), "{name}");
        }
    }
}

#[test]
fn the_scan_page_of_a_middling_certificate_travels_in_one_round_trip() {
    let (_, html) = pages().into_iter().find(|(name, _)| *name == "valid").unwrap();
    assert_eq!(html.matches(r#"class="no""#).count(), 20, "20 capability rows are shown");
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gz.write_all(html.as_bytes()).unwrap();
    let size = gz.finish().unwrap().len();
    assert!(size <= 14 * 1024, "{size} bytes");
}

#[test]
fn each_answer_says_word_and_reason() {
    let page = |name: &str| pages().into_iter().find(|(n, _)| *n == name).unwrap().1;
    assert!(page("valid").contains("<title>有效 · 示例市示例检测技术服务有限公司"));
    assert!(page("revoked").contains("自2026年3月5日起撤销（示例撤决〔2026〕1号）"));
    let old = page("old_edition");
    assert!(old.contains("您手中的是旧版") && old.contains("/certificate/230020349767"));
    assert!(page("malformed").contains("现为15位"));
    assert!(page("undeterminable").contains("不表示证书有问题"));
    assert!(page("500").contains("req-0123456789"));
}

#[test]
fn a_certificate_of_the_sandbox_is_first_said_to_be_none_and_never_green() {
    let page = pages().into_iter().find(|(name, _)| *name == "sandbox").unwrap().1;
    let said = page.split("<main").nth(1).unwrap().split("</svg>").nth(1).unwrap();
    assert!(
        said.starts_with("测试证书无效力</h1>\n<p>这是测试环境的数据，不是资质认定证书，没有法律效力。"),
        "{said}"
    );
    assert!(page.contains("测试结果：<b>有效</b>") && !page.contains("band good"));
    let (verdict, certificate) = (verdict(&[], Shown::Short), certificate());
    let json = |footing| {
        let site = Site { footing, ..full_site() };
        serde_json::to_value(VerdictJson::of(&verdict, Some(&certificate), NOW).on(&site)).unwrap()
    };
    assert_eq!(json(Footing::Sandbox)["sandbox"], true);
    assert!(json(Footing::Sandbox)["meaning"].as_str().unwrap().starts_with("这是测试环境的数据"));
    assert!(json(Footing::Real).get("sandbox").is_none() && json(Footing::Demo).get("sandbox").is_none());
}

#[test]
fn the_json_twin_says_the_same_in_snake_case() {
    let (verdict, certificate) = (verdict(&[revocation()], Shown::Short), certificate());
    let json = serde_json::to_value(VerdictJson::of(&verdict, Some(&certificate), NOW)).unwrap();
    assert_eq!(json["verdict"], "revoked");
    assert_eq!(json["checks"][3]["outcome"], "fail");
    assert_eq!(json["certificate"]["valid_to"], "2029-03-04");
    assert_eq!(json["sites"][0]["name"], "主场所");
    assert!(json.to_string().find(code().as_str()).is_none());
}

#[test]
fn an_empty_footer_holds_no_invented_values() {
    let html = HomePage { site: &Site::default(), open: false, figures: None }.render().unwrap();
    for word in ["主办单位", "备案", "网站标识码", "演示", "本站网址"] {
        assert!(!html.contains(word), "{word}");
    }
}

#[tokio::test]
async fn a_day_that_is_not_understood_is_refused_and_not_taken_for_today() {
    use crate::testing::{Caller, FULL, Town};
    let town = Town::with_certificates().await;
    for path in [
        format!("/certificate/{FULL}?on=xx"),
        format!("/certificate/{FULL}?on=2026-02-30"),
        format!("/certificate/{FULL}/capabilities?on=xx"),
        format!("/verify?q={FULL}&on=xx"),
        "/C/04HMASW9NF6YY09F?on=xx".to_owned(),
    ] {
        let answer = town.get(Caller::Public, &path).await;
        let page = answer.text();
        assert_eq!(answer.status, 400, "{path}: {page}");
        assert!(page.contains("查询日期有误"), "{path}: {page}");
    }
    let request = axum::http::Request::get(format!("/certificate/{FULL}?on=xx"));
    let request = request.header("accept", "application/json").body(axum::body::Body::empty()).unwrap();
    let answer = town.raw(request).await;
    assert_eq!(answer.status(), 400);
    assert_eq!(town.get(Caller::Public, &format!("/certificate/{FULL}?on=")).await.status, 200);
    assert_eq!(town.get(Caller::Public, &format!("/certificate/{FULL}?on=2026-11-28")).await.status, 200);
    let answer = town.get(Caller::Public, "/verify?q=XYZ").await;
    assert!(answer.status == 400 && !answer.text().contains("留空"), "{}", answer.text());
    assert!(town.get(Caller::Public, "/nowhere").await.text().contains("错误编号："));
}
