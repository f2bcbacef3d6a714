//! The page of a body, and certificates of other authorities opened from it.

use crate::gallery::keep;
use crate::testing::{Caller, FULL, ID_NUMBER, Town};
use domain::StatusAct;

/// The body of [`FULL`].
async fn path(town: &Town) -> String {
    let ctx = town.ctx(Caller::Licensing).await;
    let id = town.id(FULL).await;
    super::href(town.app.certificate(&ctx, id).await.unwrap().body.id)
}

#[tokio::test]
async fn a_body_has_one_page_with_all_its_certificates_in_the_country() {
    let town = Town::with_certificates().await;
    town.link().await;
    let (path, id) = (path(&town).await, town.id(FULL).await);
    let decision = app::Decision {
        act: StatusAct::Revoke,
        effective: town.app.today().plus_days(-30).unwrap(),
        document: "陕示撤〔2026〕1号".into(),
        reason: "示例原因".into(),
    };
    let second = town.id(crate::testing::SECOND).await;
    town.app.act(&town.ctx(Caller::Licensing).await, second, &decision).await.unwrap();
    for caller in [Caller::Licensing, Caller::Linked, Caller::NationalLicensing] {
        let html = town.get(caller, &path).await.holds(&[
            "全国证书时间线",
            "<svg class=\"spans\"",
            "2627 1205 0001",
            "2627 1205 0002",
            "河南",
            "✕ 已撤销",
            "共 3 张",
            "现行场所",
            "示例检测有限公司长安实验室",
            "示例检测有限公司上海分中心",
            "下属机构",
            "名称和地址的变化",
        ]);
        assert_eq!(html.matches("<h1").count(), 1);
        assert!(!html.contains(" style=") && !html.contains("<script>"), "nothing that the policy forbids");
        assert!(!html.contains(ID_NUMBER) && !html.contains("10000000001"));
        keep("office", &format!("body_{caller:?}").to_lowercase(), &html);
    }
    let found = town.get(Caller::Linked, &format!("{path}?q=ph+hj1147")).await;
    let found = found.holds(&["共 1 行", "HJ 1147-2020", &format!("href=\"/office/certificates/{id}\"")]);
    keep("office", "body_found", &found);
    town.get(Caller::Linked, &format!("{path}?q=%E9%93%85")).await.holds(&["暂无数据", "换一个词"]);
    let sister = town.get(Caller::Sister, &path).await.holds(&["只显示证书首页、状态、场所和能力"]);
    assert!(!sister.contains("名称和地址的变化"));
    keep("office", "body_sister", &sister);
    assert_eq!(town.get(Caller::Foreign, &path).await.status, 404);
    for unknown in ["/office/bodies/99999", "/office/bodies/x", "/office/bodies?uscc=91610102YL00000202"] {
        assert_eq!(town.get(Caller::Foreign, unknown).await.status, 404, "{unknown}");
    }
}

#[tokio::test]
async fn a_code_leads_to_its_body_or_to_those_of_its_legal_person() {
    let town = Town::with_certificates().await;
    let form = town.get(Caller::Viewer, "/office/bodies").await.holds(&["统一社会信用代码"]);
    keep("office", "bodies", &form);
    let alone = town.get(Caller::Viewer, "/office/bodies?uscc=91610113yl00000125").await;
    assert_eq!((alone.status, alone.location), (303, path(&town).await));
    town.link().await;
    let several = town.get(Caller::Viewer, "/office/bodies?uscc=91610113YL00000125").await;
    let several = several.holds(&["示例检测有限公司上海分中心", "本机关颁发的证书", "共 2 家"]);
    keep("office", "bodies_found", &several);
    town.get(Caller::Viewer, "/office/bodies?uscc=91610113YL00000126").await.holds(&["请改正后再查询"]);
}

#[tokio::test]
async fn a_certificate_of_another_authority_says_whose_it_is_and_offers_only_what_may_be_read() {
    let town = Town::with_certificates().await;
    town.link().await;
    let page = format!("/office/certificates/{}", town.id(FULL).await);
    let own = town.get(Caller::Licensing, &page).await.holds(&["该机构的全国证书", "tab=code"]);
    assert!(!own.contains("本证由"));
    let code = town.app.certificate(&town.ctx(Caller::Licensing).await, town.id(FULL).await).await.unwrap();
    let code = code.card.head.code.grouped();
    let linked = town.get(Caller::Linked, &page).await.holds(&[
        "本证由陕西省市场监督管理局颁发，这里只能查看",
        "该机构持有本机关颁发的证书",
        "tab=staff",
        "tab=events",
    ]);
    keep("office", "certificate_linked", &linked);
    let sister =
        town.get(Caller::Sister, &page).await.holds(&["这里只能查看首页、状态、场所和能力", "tab=scope"]);
    keep("office", "certificate_sister", &sister);
    for html in [&linked, &sister] {
        for not_ours in ["tab=code", "/print\"", "/act\"", "/changes/new", "/persons/", "<dt>打印", &code] {
            assert!(!html.contains(not_ours), "{not_ours}");
        }
    }
    for (tab, for_sister) in [
        ("overview", 200),
        ("scope", 200),
        ("signatories", 404),
        ("instruments", 404),
        ("staff", 404),
        ("editions", 404),
        ("events", 404),
        ("code", 404),
    ] {
        let tab_page = format!("{page}?tab={tab}");
        assert_eq!(town.get(Caller::Sister, &tab_page).await.status, for_sister, "{tab}");
        let answer = town.get(Caller::Linked, &tab_page).await;
        assert_eq!(answer.status, if tab == "code" { 404 } else { 200 }, "{tab}");
        let html = answer.text();
        assert!(
            !html.contains(ID_NUMBER) && !html.contains("查看</button>") && !html.contains("张示例，"),
            "{tab}"
        );
    }
    let events = town.get(Caller::Linked, &format!("{page}?tab=events")).await.holds(&["赋码"]);
    assert!(!events.contains("打印记录"));
    keep("office", "certificate_linked_events", &events);
    assert_eq!(town.get(Caller::Foreign, &page).await.status, 404);
}
