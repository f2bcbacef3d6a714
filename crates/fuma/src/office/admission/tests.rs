//! 许可核查: by code, of a draft, on paper.

use crate::gallery::keep;
use crate::testing::{Caller, FULL, Town};
use app::{Form, NewRefusal, Recording};
use domain::{Field, StatusAct};

const USCC: &str = "91610113YL00000125";

/// A town in which much is to be found of the body of [`FULL`].
async fn town() -> Town {
    let town = Town::with_certificates().await;
    town.link().await;
    let decision = app::Decision {
        act: StatusAct::Revoke,
        effective: town.app.today().plus_days(-30).unwrap(),
        document: "陕示撤〔2026〕1号".into(),
        reason: "示例原因".into(),
    };
    let second = town.id(crate::testing::SECOND).await;
    town.app.act(&town.ctx(Caller::Licensing).await, second, &decision).await.unwrap();
    let new = NewRefusal {
        name: "示例检测有限公司上海分中心（上海）示例实验室".into(),
        parent_uscc: USCC.into(),
        decided: "2026-06-01".into(),
        document: "沪示不许〔2026〕1号".into(),
        ground: "false_material".into(),
        ..NewRefusal::default()
    };
    let done = town.app.record_refusal(&town.ctx(Caller::Sister).await, &new).await.unwrap();
    assert!(matches!(done, Recording::Done(_)), "{done:?}");
    town
}

/// A draft of another body, with a signatory and a site of the body of [`FULL`].
async fn draft(town: &Town, caller: Caller) -> i64 {
    let row =
        |cells: &[(Field, &str)]| cells.iter().map(|(f, v)| (f.key().to_owned(), (*v).to_owned())).collect();
    let mut form = Form::default();
    for (field, value) in [
        (Field::Kind, "首次"),
        (Field::BodyName, "样张食品检测有限公司"),
        (Field::Uscc, "91610102MA00000005"),
        (Field::LegalKind, "独立法人-企业"),
    ] {
        form.set(field, value);
    }
    form.sites = vec![row(&[
        (Field::SiteName, "主场所"),
        (Field::SiteKind, "主场所"),
        (Field::SiteAddress, "西安市长安区示例路９号"),
        (Field::SiteDivision, "610116"),
    ])];
    form.signatories = vec![
        row(&[(Field::SignatoryName, "王示例"), (Field::SignatoryIdNumber, crate::testing::ID_NUMBER)]),
        row(&[(Field::SignatoryName, "王示例"), (Field::SignatoryField, "全部")]),
    ];
    town.app.create_draft(&town.ctx(caller).await, &form).await.unwrap().0
}

#[tokio::test]
async fn a_code_is_checked_in_the_whole_country_and_each_finding_leads_where_its_reader_may_go() {
    let town = town().await;
    let form =
        town.get(Caller::Licensing, "/office/admission").await.holds(&["统一社会信用代码", "机构名称"]);
    keep("office", "admission", &form);
    let page = town.get(Caller::Licensing, &format!("/office/admission?uscc={USCC}")).await;
    let id = town.id(FULL).await;
    let html = page.holds(
        &[
            "登记库中有限制其申请的记录",
            "2027-06-01",
            "2029-10-23以前不得再次申请",
            "三年内被撤销",
            "第三十三条",
            "下属机构“示例检测有限公司上海分中心（上海）示例实验室”",
            "打印核查单",
            &format!("href=\"/office/certificates/{id}\""),
        ]
        .map(|text| if text == "2027-06-01" { "2026-06-01" } else { text }),
    );
    assert!(!html.contains(" style=") && !html.contains(crate::testing::ID_NUMBER));
    assert_eq!(html.matches("<h1").count(), 1);
    keep("office", "admission_found", &html);
    let named =
        "/office/admission?name=%E7%A4%BA%E4%BE%8B%E6%A3%80%E6%B5%8B%E6%9C%89%E9%99%90%E5%85%AC%E5%8F%B8";
    town.get(Caller::Licensing, named).await.holds(&["一家一证", USCC]);
    // A stranger is told the same, and led to what the public sees.
    let html = town.get(Caller::Foreign, &format!("/office/admission?uscc={USCC}")).await;
    let html = html.holds(&["2627 1205 0001", "公众查询页", "href=\"/certificate/262712050001\""]);
    assert!(!html.contains("href=\"/office/certificates/") && !html.contains("打开记录"), "{html}");
    let wrong = town.get(Caller::Licensing, "/office/admission?uscc=123").await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("请改正后再核查"));
    let unknown = town.get(Caller::Licensing, "/office/admission?uscc=91610102MA00000005").await;
    let html = unknown.holds(&["登记库中没有此代码的机构", "没有发现问题，但有的项目未能核查"]);
    keep("office", "admission_unknown", &html);
    for caller in [Caller::Viewer, Caller::Supervision, Caller::ProvincialAdmin, Caller::Integration] {
        assert_eq!(town.get(caller, "/office/admission").await.status, 403, "{caller:?}");
        let desk = town.get(caller, "/office").await.text();
        assert!(!desk.contains("/office/admission\""), "{caller:?} is offered what he may not do");
    }
}

#[tokio::test]
async fn a_draft_shows_what_was_found_on_its_last_step_and_on_a_page_of_its_own() {
    let town = town().await;
    let id = draft(&town, Caller::Licensing).await;
    let review = town.get(Caller::Licensing, &format!("/office/drafts/{id}?step=6")).await.holds(&[
        "许可核查",
        "“王示例”也是“示例检测有限公司”证书2627 1205 0001",
        "证件号码相同",
        "地址“西安市长安区示例路９号”也是“示例检测有限公司”",
        &format!("/office/drafts/{id}/admission\""),
    ]);
    assert!(!review.contains(crate::testing::ID_NUMBER) && !review.contains("依据："));
    keep("office", "draft_admission_card", &review);
    let page = town.get(Caller::Licensing, &format!("/office/drafts/{id}/admission")).await;
    let page = page.holds(&["样张食品检测有限公司", "只是姓名相同", "依据：", "回到草稿", "职务技术负责人"]);
    keep("office", "draft_admission", &page);
    // Another province is told that there is one, but not what it may not read.
    let theirs = draft(&town, Caller::Foreign).await;
    let page = town.get(Caller::Foreign, &format!("/office/drafts/{theirs}/admission")).await;
    let page = page.holds(&["“王示例”也是“示例检测有限公司”证书2627 1205 0001", "公众查询页"]);
    assert!(!page.contains("技术负责人"), "{page}");
    assert_eq!(town.get(Caller::Foreign, &format!("/office/drafts/{id}/admission")).await.status, 404);
}

#[tokio::test]
async fn a_check_on_paper_is_a_pdf_and_stands_in_the_log() {
    let town = town().await;
    let id = draft(&town, Caller::Licensing).await;
    let by_code = town.post(Caller::Licensing, "/office/admission/sheet.pdf", &[("uscc", USCC)]).await;
    let of_draft = town.post(Caller::Licensing, &format!("/office/drafts/{id}/admission.pdf"), &[]).await;
    for (name, answer) in [("code", &by_code), ("draft", &of_draft)] {
        assert_eq!((answer.status, answer.kind.as_str()), (200, "application/pdf"));
        assert!(answer.bytes.starts_with(b"%PDF"));
        if let Some(folder) = std::env::var_os("FUMA_GALLERY") {
            let path = std::path::Path::new(&folder).join(format!("admission_{name}.pdf"));
            std::fs::write(path, &answer.bytes).unwrap();
        }
    }
    town.get(Caller::Licensing, "/office/log").await.holds(&["打印许可核查单", &format!("草稿 #{id}")]);
    let wrong = town.post(Caller::Licensing, "/office/admission/sheet.pdf", &[("uscc", "123")]).await;
    assert_ne!(wrong.status, 200);
}
