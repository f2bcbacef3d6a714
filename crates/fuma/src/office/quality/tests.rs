//! The pages of data quality: what the rules find, and the way from there to a draft that puts it right.

use crate::testing::{Caller, FULL, Town};

/// A town whose whole stock was looked through.
async fn looked_through() -> Town {
    let town = Town::with_certificates().await;
    town.app.queue_quality().await.unwrap();
    while town.app.work_once().await.unwrap() {}
    town
}

#[tokio::test]
async fn the_rules_are_listed_with_what_they_find_and_lead_to_the_certificates() {
    let town = looked_through().await;
    let html =
        town.get(Caller::Licensing, "/office/quality").await.holds(&["有问题的规则", "Q54", "没有人员"]);
    crate::gallery::keep("office", "quality", &html);
    let html = town.get(Caller::Licensing, "/office/quality/Q54").await.holds(&[
        "怎么改",
        "人员",
        "示例检测有限公司",
        "更正",
        "每天的证书数",
    ]);
    crate::gallery::keep("office", "quality-rule", &html);
    let nation =
        town.get(Caller::NationalLicensing, "/office/quality").await.holds(&["各机关", "每千行", "全国"]);
    crate::gallery::keep("office", "quality-nation", &nation);
    // Another authority has none of them, and may not ask for those of others.
    let foreign = town.get(Caller::Foreign, "/office/quality/Q54").await.holds(&["暂无数据"]);
    assert!(!foreign.contains("示例检测有限公司"));
    assert_eq!(town.get(Caller::Foreign, "/office/quality?authority=28").await.status, 404);
    assert_eq!(town.get(Caller::Licensing, "/office/quality/Q99").await.status, 404);
}

#[tokio::test]
async fn one_click_opens_a_correction_at_the_step_where_it_is_put_right() {
    let town = looked_through().await;
    let id = town.id(FULL).await.to_string();
    let begun = town.post(Caller::Licensing, "/office/quality/Q54", &[("certificate", &id)]).await;
    assert_eq!(begun.status, 303);
    let to = begun.location;
    assert!(to.contains("step=5&group=staff"), "{to}");
    town.get(Caller::Licensing, to.split('#').next().unwrap()).await.holds(&["已按证书现有内容建立草稿"]);
    let review = format!("{}?step=2", to.split('?').next().unwrap());
    town.get(Caller::Licensing, &review).await.holds(&["数据质量规则Q54：没有人员"]);
    for caller in [Caller::Supervision, Caller::Viewer] {
        let html = town.get(caller, "/office/quality/Q54").await.text();
        assert!(!html.contains("name=\"certificate\""), "{caller:?} is offered nothing he may not do");
        assert_eq!(town.post(caller, "/office/quality/Q54", &[("certificate", &id)]).await.status, 403);
    }
}

#[tokio::test]
async fn what_was_found_is_taken_away_on_record() {
    let town = looked_through().await;
    for (rule, format) in [("", "csv"), ("Q54", "csv"), ("Q54", "xlsx")] {
        let form = [("rule", rule), ("format", format)];
        let file = town.post(Caller::Supervision, "/office/quality/export", &form).await;
        assert_eq!(file.status, 200);
        match format {
            "csv" => {
                let text = file.text();
                assert!(text.starts_with("\u{feff}规则,问题,级别,机构名称,证书编号,"), "{text}");
                assert!(text.contains("Q54") && (rule.is_empty() == text.contains("Q48")), "{text}");
            }
            _ => assert!(file.bytes.starts_with(b"PK")),
        }
    }
    assert_eq!(town.post(Caller::Viewer, "/office/quality/export", &[]).await.status, 403);
}

#[tokio::test]
async fn a_certificate_that_changed_is_looked_at_without_the_night() {
    let town = looked_through().await;
    let id = town.id(FULL).await;
    let ctx = town.ctx(Caller::Licensing).await;
    let found = async || town.app.quality_of_certificate(&ctx, id).await.unwrap();
    assert!(!found().await.is_empty());
    let typed = [
        ("act", "cancel"),
        ("effective", "2026-11-20"),
        ("document", "陕示注〔2026〕9号"),
        ("reason", "示例原因"),
        ("confirmed", "1"),
    ];
    let path = format!("/office/certificates/{id}/act");
    assert_eq!(town.post(Caller::Licensing, &path, &typed).await.status, 303);
    while town.app.work_once().await.unwrap() {}
    assert!(found().await.is_empty(), "what has ended is history");
}

/// The table of the handbook is that of the program.
#[test]
fn the_handbook_lists_every_rule_as_it_is() {
    let book = include_str!("../../../../../docs/操作手册.md");
    let listed: Vec<&str> = book.lines().filter(|line| line.starts_with("| Q")).collect();
    let rules = domain::quality::QualityRule::ALL;
    assert_eq!(listed.len(), rules.len());
    for (line, it) in listed.iter().zip(rules) {
        let severity = it.severity().label();
        let row = [it.code(), severity, it.label(), it.text(), it.fix()].join(" | ");
        assert_eq!(*line, format!("| {row} |"));
    }
}
