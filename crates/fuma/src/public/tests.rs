//! Every page is rendered with samples; what must hold for all of them stands here once.

use std::io::Write;

use askama::Template;
use domain::{Held, Lookup, Shown, Status, Verdict};

use super::samples::*;
use super::*;
use crate::pager::Pager;

/// All public pages with a name each; written to `$FUMA_GALLERY` for looking at them, where it is set.
fn pages() -> Vec<(&'static str, String)> {
    let of = |site: Site| Visit::of(site.into());
    let (visit, full) = (of(site()), of(full_site()));
    let chinese_only = visit.clone().in_chinese();
    let tests = of(Site { footing: Footing::Sandbox, ..full_site() });
    let (number, certificate, revoked) = (number(), certificate(), revoked());
    let scan = |verdict: &Verdict, certificate: &CertificateView, code| {
        CertificatePage { visit: &visit, verdict, certificate, code, asked_at: NOW }.render().unwrap()
    };
    let answer = |verdict: &Verdict, asked: &str| {
        AnswerPage { visit: &full, verdict, asked, asked_at: NOW }.render().unwrap()
    };
    let list = |query: &str, rows: &[CapabilityView], total| {
        let pager = Pager::new(total, 2, 50, "/certificate/230020349767/capabilities?q=");
        let word = domain::VerdictWord::Valid;
        let body_name = "示例市示例检测技术服务有限公司";
        let on = (total == 0).then(|| day("2025-03-05"));
        CapabilitiesPage { visit: &visit, number: &number, body_name, word, on, query, rows, pager }
            .render()
            .unwrap()
    };
    let error =
        |status, reference: &str| ErrorPage { visit: &visit, status, reference, why: "" }.render().unwrap();
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
                visit: &tests,
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
        ("home", HomePage { visit: &full, open: false, figures: None }.render().unwrap()),
        ("verify", VerifyPage { visit: &visit, value: "\"x", error: "请输入码或证书编号" }.render().unwrap()),
        ("help", HelpPage { visit: &visit }.render().unwrap()),
        ("404", error(404, "")),
        ("500", error(500, "req-0123456789")),
        (
            "report_code",
            ReportCodePage {
                visit: &chinese_only,
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

/// A certificate of which nothing is recorded in Chinese.
fn foreign() -> CertificateView<'static> {
    let certificate = certificate();
    let mut rows = certificate.excerpt.rows.clone();
    rows.truncate(0);
    CertificateView {
        authority: "AUTHORITY",
        authority_english: Some("Shaanxi Province".into()),
        life: Vec::new(),
        excerpt: domain::Excerpt {
            body_name: "BODY",
            document: "",
            sites: vec![domain::ExcerptSite { name: "SITE", address: "ADDRESS" }],
            rows,
            ..certificate.excerpt
        },
        ..certificate
    }
}

/// The pages a buyer abroad reads, in English.
fn english() -> Vec<(&'static str, String)> {
    let visit = visit().speaking(Lang::English);
    let tests = Site { footing: Footing::Sandbox, ..full_site() };
    let tests = Visit::of(tests.into()).speaking(Lang::English);
    let (number, certificate, revoked, foreign) = (number(), certificate(), revoked(), foreign());
    let scan = |visit: &Visit, verdict: &Verdict, certificate: &CertificateView| {
        let page = CertificatePage { visit, verdict, certificate, code: Some(code()), asked_at: NOW };
        page.render().unwrap()
    };
    let answer = |verdict: &Verdict| {
        AnswerPage { visit: &visit, verdict, asked: "04HM", asked_at: NOW }.render().unwrap()
    };
    let error = |status| ErrorPage { visit: &visit, status, reference: "r", why: "" }.render().unwrap();
    let missing = Verdict::of(Lookup::Missing, Shown::Short, today(), today());
    let down = Verdict::of(Lookup::Unavailable, Shown::Short, today(), today());
    let pager = Pager::new(120, 2, 50, "/certificate/230020349767/capabilities?q=x&lang=en");
    let list = CapabilitiesPage {
        visit: &visit,
        number: &number,
        body_name: "BODY",
        word: domain::VerdictWord::Valid,
        on: Some(day("2025-03-05")),
        query: "x",
        rows: &[],
        pager,
    };
    let figures = Some(("1,234".to_owned(), "2,345".to_owned()));
    vec![
        ("recorded-valid", scan(&visit, &verdict(&[], Shown::Short), &certificate)),
        ("recorded-revoked", scan(&visit, &verdict(&[revocation()], Shown::Edition(2)), &revoked)),
        ("valid", scan(&visit, &verdict(&[], Shown::Short), &foreign)),
        ("sandbox", scan(&tests, &verdict(&[], Shown::Short), &foreign)),
        ("unknown", answer(&missing)),
        ("malformed", answer(&Verdict::malformed("有误", today()))),
        ("undeterminable", answer(&down)),
        ("capabilities", list.render().unwrap()),
        ("home", HomePage { visit: &visit, open: false, figures: None }.render().unwrap()),
        ("home-open", HomePage { visit: &visit, open: true, figures }.render().unwrap()),
        ("verify", VerifyPage { visit: &visit, value: "x", error: visit.w.not_understood }.render().unwrap()),
        ("help", HelpPage { visit: &visit }.render().unwrap()),
        ("404", error(404)),
        ("503", error(503)),
    ]
}

#[test]
fn an_english_page_holds_no_chinese_but_what_is_recorded() {
    for (name, html) in english() {
        assert!(html.contains(r#"<html lang="en">"#), "{name}");
        crate::gallery::keep("public", &format!("english-{name}"), &html);
        let own = html
            .replace(SITE_NAME, "")
            .replace(">中文<", "><")
            .replace("铅 GB/T 5750.6", "")
            .replace(&full_site().organiser, "")
            .replace(&full_site().icp, "")
            .replace(&full_site().police, "");
        let chinese =
            |c: &char| ('\u{3001}'..='\u{9fff}').contains(c) || ('\u{ff00}'..='\u{ffef}').contains(c);
        let left: String = own.chars().filter(chinese).collect();
        assert!(name.starts_with("recorded") || left.is_empty(), "{name}: {left}");
        let links = html.split("href=\"/").skip(1).map(|rest| rest.split('"').next().unwrap());
        let ours =
            |link: &&str| !link.starts_with("static/") && !["errors", "privacy", "mark"].contains(link);
        for link in links.filter(ours) {
            assert!(link.contains("lang=en"), "{name}: /{link} leaves the language");
        }
    }
    let page = english().into_iter().find(|(name, _)| *name == "recorded-revoked").unwrap().1;
    assert!(page.contains("Revoked from 5 March 2026 (示例撤决〔2026〕1号)"), "{page}");
    assert!(page.contains("<b>You hold an old edition</b> (edition 2). Below is edition 3"));
}

#[tokio::test]
async fn the_switches_keep_the_page_and_write_no_code_into_a_link() {
    use crate::testing::{Caller, FULL, Town};
    let town = Town::with_certificates().await;
    let ctx = town.ctx(Caller::Licensing).await;
    let code = town.app.certificate(&ctx, town.id(FULL).await).await.unwrap().card.head.code;
    let grouped = code.grouped();
    for path in
        [format!("/C/{code}"), format!("/C/{code}?on=2026-06-01&lang=en"), format!("/verify?q={code}")]
    {
        let html = town.get(Caller::Public, &path).await.holds(&["lang=", "view=large"]);
        let links = html.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
        for link in links {
            assert!(!link.contains(code.as_str()) && !link.contains(&grouped), "{path}: {link}");
        }
    }
    let day = town.get(Caller::Public, &format!("/C/{code}?on=2026-06-01")).await;
    day.holds(&["href=\"?on=2026-06-01&#38;lang=en\"", "href=\"?on=2026-06-01&#38;view=large\""]);
    let typed = town.get(Caller::Public, &format!("/verify?q={code}&lang=en")).await;
    typed.holds(&["<html lang=\"en\">", &format!("href=\"/certificate/{FULL}?lang=zh\"")]);
    let typed = town.get(Caller::Public, &format!("/verify?q={FULL}")).await;
    typed.holds(&[&format!("href=\"?q={FULL}&#38;lang=en\"")]);
    let by_number = town.get(Caller::Public, &format!("/certificate/{FULL}?lang=en&on=2026-06-01")).await;
    by_number.holds(&["As of 1 June 2026", "5 March 2026", "Shaanxi Province", "HJ 1147-2020"]);
    let odd = town.get(Caller::Public, "/?x=%22%3E%3Cb%3E&y='&lang=fr").await;
    assert!(odd.status == 200 && !odd.text().contains("y='"), "what was asked is escaped");
    let batch = town.get(Caller::Public, "/verify/batch?lang=en").await.holds(&["<html lang=\"zh-CN\">"]);
    assert!(!batch.contains(">English<"), "no switch to what is not there");
}

#[tokio::test]
async fn a_cookie_is_set_by_who_chooses_the_large_type_and_by_nobody_else() {
    use crate::testing::{Caller, FULL, Town};
    let town = Town::with_certificates().await;
    for path in
        ["/", "/verify", "/search", "/help", "/tables", "/nowhere", &format!("/certificate/{FULL}?lang=en")]
    {
        let plain = town.get(Caller::Public, path).await;
        assert!(plain.cookie.is_empty() && !plain.text().contains("class=\"large\""), "{path}");
        assert!(
            !plain.text().contains(crate::assets::large_css()),
            "{path}: the sheet is fetched by who chose it"
        );
        let sign = if path.contains('?') { '&' } else { '?' };
        let chosen = town.get(Caller::Public, &format!("{path}{sign}view=large")).await;
        assert_eq!((chosen.status, chosen.location.as_str()), (plain.status, ""), "{path}: it leads nowhere");
        assert!(chosen.cookie.starts_with("view=large; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly"));
        assert!(
            chosen.text().contains(" class=\"large\">") && chosen.text().contains("view=standard"),
            "{path}"
        );
        crate::gallery::keep(
            "public",
            &format!("large{}", path.split('?').next().unwrap().replace('/', "-")),
            &chosen.text(),
        );
        let request = axum::http::Request::get(path).header("cookie", "a=b; view=large");
        let kept = town.raw(request.body(axum::body::Body::empty()).unwrap()).await;
        assert!(!kept.headers().contains_key("set-cookie"));
        let bytes = axum::body::to_bytes(kept.into_body(), 1 << 20).await.unwrap();
        assert!(String::from_utf8_lossy(&bytes).contains(" class=\"large\">"), "{path}");
        let ended = town.get(Caller::Public, &format!("{path}{sign}view=standard")).await;
        assert!(ended.cookie.contains("Max-Age=0") && !ended.text().contains("class=\"large\""), "{path}");
    }
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
fn pages_bear_the_labels_of_government_sites() {
    let page = |name: &str| pages().into_iter().find(|(n, _)| *n == name).unwrap().1;
    for (name, column) in [("verify", "查真"), ("help", "使用帮助")] {
        let html = page(name);
        for label in ["SiteName", "SiteDomain", "ColumnType", "ColumnDescription", "ColumnKeywords"] {
            assert!(html.contains(&format!("<meta name=\"{label}\" content=\"")), "{name} {label}");
        }
        assert!(html.contains(&format!("<meta name=\"ColumnName\" content=\"{column}\">")), "{name}");
    }
    assert!(page("unknown").contains("SiteIDCode") && page("unknown").contains("党政机关网站标识"));
}

#[test]
fn an_empty_footer_holds_no_invented_values() {
    let visit = Visit::of(Site::default().into());
    let html = HomePage { visit: &visit, open: false, figures: None }.render().unwrap();
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
