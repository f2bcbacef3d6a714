//! Every page is rendered with samples; what must hold for all of them stands here once.

use std::io::Write;

use askama::Template;
use domain::{Held, Lookup, Shown, Status, Verdict};

use super::capabilities::CapabilitiesPage;
use super::error::ErrorPage;
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
    assert_eq!(json["capabilities"].as_array().map(Vec::len), Some(20));
    let row = &json["capabilities"][1];
    assert_eq!((&row["no"], &row["item"], &row["site"]), (&2.into(), &"浑浊度".into(), &"城北分场所".into()));
    assert_eq!(json["capabilities_url"], "/certificate/230020349767/capabilities");
    let step = &json["life"][2];
    assert_eq!((&step["on"], &step["edition"]), (&"2023-03-05".into(), &1.into()));
    assert_eq!((&step["number"], &step["document"]), (&"170020340001".into(), &"示例许决〔2023〕5号".into()));
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

/// What a program is answered: status and document.
async fn program(town: &crate::testing::Town, path: &str) -> (u16, serde_json::Value) {
    let request = axum::http::Request::get(path).header("accept", "application/json");
    let answer = town.raw(request.body(axum::body::Body::empty()).unwrap()).await;
    let status = answer.status().as_u16();
    assert_eq!(answer.headers()["content-type"], "application/json", "{path}");
    let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap())
}

#[tokio::test]
async fn a_program_is_answered_in_json_wherever_it_asks() {
    use crate::testing::{ENDING, FULL, Town};
    let town = Town::with_certificates().await;
    let (status, json) = program(&town, &format!("/verify?q={FULL}&lang=en")).await;
    assert_eq!((status, &json["verdict"]), (200, &"valid".into()));
    assert_eq!(json["life"][0]["act_text"], "首次", "said in one language: {json}");
    assert_eq!(json["capabilities"][0]["category"], "环境与环保", "without the number of its bar");
    let list = json["capabilities_url"].as_str().unwrap();
    assert_eq!(list, format!("http://127.0.0.1:8080/certificate/{FULL}/capabilities"));
    let (status, json) = program(&town, list.strip_prefix("http://127.0.0.1:8080").unwrap()).await;
    assert_eq!((status, &json["total"], &json["page"]), (200, &3.into(), &1.into()), "{json}");
    assert_eq!(json["capabilities"][2]["item"], "环境噪声");
    assert!(json["next_url"].is_null());
    let (_, json) = program(&town, &format!("/certificate/{ENDING}")).await;
    assert_eq!(json["life"][0]["act_text"], "发证，后纳入全国统一赋码");
    let refused = [
        ("/verify?q=2QFW-972A-852J-G4WX", 400, "malformed"),
        ("/verify?q=%E4%B9%B1%E5%86%99", 400, "malformed"),
        ("/verify?q=262712059999", 404, "unknown"),
    ];
    for (path, status, word) in refused {
        let (got, json) = program(&town, path).await;
        assert_eq!((got, &json["verdict"]), (status, &word.into()), "{path}");
    }
    for (path, status) in [
        ("/verify?q=", 400),
        ("/verify?q=1&on=xx", 400),
        ("/nowhere", 404),
        ("/certificate/262712059999/capabilities", 404),
        ("/body/nobody", 404),
    ] {
        let (got, json) = program(&town, path).await;
        assert_eq!((got, &json["status"]), (status, &status.into()), "{path}");
        assert!(json["detail"].as_str().is_some_and(|it| !it.is_empty()), "{path}: {json}");
    }
}

#[tokio::test]
async fn the_text_of_a_qr_is_read_where_it_is_pasted() {
    use crate::testing::{Caller, FULL, Town};
    let town = Town::with_certificates().await;
    let code = town.app.certificate(&town.ctx(Caller::Licensing).await, town.id(FULL).await).await.unwrap();
    let code = code.card.head.code;
    let page = town.get(Caller::Public, &format!("/verify?q=HTTP://127.0.0.1:8080/C/{code}")).await;
    let html = page.holds(&["<title>有效", "示例检测有限公司"]);
    assert!(
        html.split("href=\"").skip(1).all(|link| !link.split('"').next().unwrap().contains(code.as_str()))
    );
    let found = town.get(Caller::Public, &format!("/search?q=HTTP://127.0.0.1:8080/C/{code}")).await;
    assert_eq!(found.status, 303, "a code is answered, not searched for");
}

#[tokio::test]
async fn the_page_names_the_authority_as_the_paper_does() {
    use crate::testing::{Caller, FULL, Town};
    let town = Town::with_certificates().await;
    let settings = app::AuthoritySettings { printed_name: "示例印刷名称".into(), ..Default::default() };
    town.app.set_settings(&town.ctx(Caller::ProvincialAdmin).await, &settings).await.unwrap();
    let path = format!("/certificate/{FULL}");
    let html = town.get(Caller::Public, &path).await;
    let html = html.holds(&["陕西省市场监督管理局<br>证书上印作：<span>示例印刷名称</span>"]);
    crate::gallery::keep("public", "printed_name", &html);
    let english = town.get(Caller::Public, &format!("{path}?lang=en")).await;
    english.holds(&["On the certificate: <span lang=\"zh-CN\">示例印刷名称</span>"]);
    let (_, json) = program(&town, &path).await;
    assert_eq!(json["certificate"]["authority_printed"], "示例印刷名称");
}

#[tokio::test]
async fn a_long_list_leads_to_any_of_its_pages() {
    use crate::testing::{Caller, FULL, Town};
    let page = |name: &str| pages().into_iter().find(|(n, _)| *n == name).unwrap().1;
    let html = page("capabilities");
    assert!(
        html.contains("<form class=\"ask jump\" action=\"/certificate/230020349767/capabilities\""),
        "{html}"
    );
    assert!(
        html.contains("<input id=\"page\" name=\"page\" value=\"2\"")
            && html.contains("name=\"q\" value=\"\"")
    );
    assert!(!page("capabilities_none").contains("jump"));
    let town = Town::with_certificates().await;
    for typed in ["", "x", "-1", "999"] {
        let path = format!("/certificate/{FULL}/capabilities?page={typed}");
        town.get(Caller::Public, &path).await.holds(&["环境噪声", "环境与环保 · 水和废水"]);
    }
}
