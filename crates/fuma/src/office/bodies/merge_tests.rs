//! 疑似重复机构, 不是重复, merging two bodies and undoing it, as officers see them.

use crate::gallery::keep;
use crate::testing::{Caller, FULL, Town};
use app::Form;
use domain::{BodyId, Field};

const OTHER: &str = "91610102MA00000005";
const LONG: &str = "示例检测有限责任公司";

/// A body nearly called as that of [`FULL`], under another code, with one certificate; both keys, the older first.
async fn twins(town: &Town, name: &str) -> [BodyId; 2] {
    let ctx = town.ctx(Caller::Licensing).await;
    let full = town.app.certificate(&ctx, town.id(FULL).await).await.unwrap();
    let mut form = Form::default();
    for (field, value) in [
        (Field::Kind, "首次"),
        (Field::BodyName, name),
        (Field::Uscc, OTHER),
        (Field::LegalKind, "独立法人"),
        (Field::Department, "无"),
        (Field::Address, "陕西省西安市新城区样张路1号"),
        (Field::Division, "610102"),
        (Field::Domain, "12"),
        (Field::Industry, "05"),
        (Field::Food, "否"),
        (Field::Procedure, "一般程序"),
        (Field::DecisionDay, "2026-03-01"),
        (Field::DecisionNumber, "陕示许〔2026〕并1号"),
        (Field::FirstIssuedOn, "2026-03-05"),
        (Field::IssuedOn, "2026-03-05"),
        (Field::ValidFrom, "2026-03-05"),
        (Field::ValidTo, "2032-03-04"),
    ] {
        form.set(field, value);
    }
    let row = [
        (Field::Item, "氨氮"),
        (Field::StandardNumber, "HJ 535-2009"),
        (Field::StandardName, "水质 氨氮的测定"),
        (Field::ApprovedOn, "2026-03-01"),
        (Field::CapabilityFood, "否"),
    ];
    form.capabilities = vec![row.into_iter().map(|(f, v)| (f.key().to_owned(), v.to_owned())).collect()];
    let written = match town.app.assign_form(&ctx, &form).await {
        Ok(written) => written,
        Err(app::AppError::Invalid(problems)) => panic!("{problems:#?}"),
        Err(error) => panic!("{error}"),
    };
    let twin = town.app.certificate(&ctx, written.certificate).await.unwrap().body.id;
    while town.app.work_once().await.unwrap() {}
    [full.body.id, twin]
}

#[tokio::test]
async fn pairs_are_listed_hidden_and_listed_again() {
    let town = Town::with_certificates().await;
    let [low, high] = twins(&town, LONG).await;
    let list = "/office/bodies/duplicates";
    let html = town.get(Caller::ProvincialAdmin, list).await.holds(&[
        "名称相近，代码不同",
        LONG,
        OTHER,
        "陕西 1 张",
        "不是重复",
        &format!("/office/bodies/merge?gone={high}&amp;stays={low}").replace("&amp;", "&#38;"),
    ]);
    keep("office", "duplicates", &html);
    let viewer = town.get(Caller::Viewer, list).await.holds(&[LONG]);
    assert!(!viewer.contains("合并…") && !viewer.contains(">不是重复</button>"), "only what he may do");
    town.get(Caller::Foreign, list).await.holds(&["暂无数据"]);
    let both = [("a", low.to_string()), ("b", high.to_string())];
    let both: Vec<(&str, &str)> = both.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let said = town.post(Caller::Licensing, "/office/bodies/apart", &both).await;
    assert_eq!(said.location, format!("{list}?said=apart"));
    town.get(Caller::Licensing, &said.location).await.holds(&["暂无数据", "已记下"]);
    let html = town.get(Caller::Licensing, &format!("{list}?only=apart")).await.holds(&[LONG, "撤销认定"]);
    keep("office", "duplicates_apart", &html);
    town.get(Caller::NationalAdmin, list).await.holds(&[LONG]);
    town.post(Caller::Licensing, "/office/bodies/apart/end", &both).await;
    town.get(Caller::Licensing, list).await.holds(&[LONG]);
}

#[tokio::test]
async fn two_bodies_are_merged_after_both_were_seen_and_split_again() {
    let town = Town::with_certificates().await;
    let [low, high] = twins(&town, LONG).await;
    let path = format!("/office/bodies/merge?gone={high}&stays={low}");
    assert_eq!(town.get(Caller::Licensing, &path).await.status, 403);
    assert_eq!(town.get(Caller::ForeignAdmin, &path).await.status, 404);
    let page = town.get(Caller::ProvincialAdmin, &format!("/office/bodies/{low}")).await;
    page.holds(&[&format!("/office/bodies/merge?stays={low}")]);
    let which = format!("/office/bodies/merge?stays={low}&q={OTHER}");
    let html = town.get(Caller::ProvincialAdmin, &which).await.holds(&[LONG, "选这一家"]);
    keep("office", "merge_which", &html);
    let html = town.get(Caller::ProvincialAdmin, &path).await.holds(&[
        "按代码是两个法人",
        "保留机构的统一社会信用代码",
        "并入（不再单列）",
        "换一家保留",
        "1 张证书改归",
    ]);
    keep("office", "merge", &html);
    let (gone, stays) = (high.to_string(), low.to_string());
    let form = [("gone", gone.as_str()), ("stays", stays.as_str()), ("reason", "两次录入，代码录错一次")];
    let post = async |more: &[(&str, &str)]| {
        town.post(Caller::ProvincialAdmin, "/office/bodies/merge", &[&form[..], more].concat()).await
    };
    let unsure = post(&[]).await;
    assert_eq!(unsure.status, 422);
    let html = unsure.text();
    assert!(html.contains("没有合并") && html.contains("两次录入，代码录错一次"), "{html}");
    let wrong = post(&[("confirm", "1"), ("code", OTHER)]).await;
    assert_eq!(wrong.status, 422);
    let html = wrong.text();
    assert!(html.contains("没有输入保留机构的统一社会信用代码"), "{html}");
    keep("office", "merge_refused", &html);
    let done =
        post(&[("confirm", "1"), ("code", "91610113YL00000125"), ("document", "陕示函〔2026〕1号")]).await;
    assert_eq!((done.status, done.location.clone()), (303, format!("/office/bodies/{low}?said=merged")));
    let html = town.get(Caller::ProvincialAdmin, &done.location).await.holds(&[
        "已合并",
        "已并入的机构",
        LONG,
        OTHER,
        "撤销合并…",
    ]);
    keep("office", "body_merged", &html);
    // The old page and the old code lead to the body that stays.
    let old = town.get(Caller::Viewer, &format!("/office/bodies/{high}")).await;
    assert_eq!((old.status, old.location), (303, format!("/office/bodies/{low}")));
    let code = town.get(Caller::Viewer, &format!("/office/bodies?q={OTHER}")).await;
    assert_eq!((code.status, code.location), (303, format!("/office/bodies/{low}")));

    let split = format!("/office/bodies/{high}/split");
    assert_eq!(town.get(Caller::Licensing, &split).await.status, 403);
    let html = town.get(Caller::ProvincialAdmin, &split).await.holds(&["回到原机构的证书", "共 1 张", LONG]);
    keep("office", "split", &html);
    assert_eq!(town.post(Caller::ProvincialAdmin, &split, &[("reason", "样张")]).await.status, 422);
    let done = town.post(Caller::ProvincialAdmin, &split, &[("reason", "样张"), ("confirm", "1")]).await;
    assert_eq!(done.location, format!("/office/bodies/{high}?said=split"));
    town.get(Caller::ProvincialAdmin, &done.location).await.holds(&[LONG, "已撤销合并", "共 1 张"]);
}

#[tokio::test]
async fn a_merge_of_what_others_issued_is_left_to_the_national_administrator() {
    let town = Town::with_certificates().await;
    town.link().await;
    let [low, high] = twins(&town, &LONG.repeat(3)).await;
    let path = format!("/office/bodies/merge?gone={high}&stays={low}");
    let html = town.get(Caller::ProvincialAdmin, &path).await.holds(&["其中有其他机关颁发的证书（河南）"]);
    assert!(!html.contains("<form method=\"post\" action=\"/office/bodies/merge\""));
    let html =
        town.get(Caller::NationalAdmin, &path).await.holds(&["确认合并", "两家的名称既不相同也不相近"]);
    keep("office", "merge_long", &html);
}

#[tokio::test]
async fn one_box_takes_a_code_or_words_of_a_name() {
    let town = Town::with_certificates().await;
    let [low, _] = twins(&town, LONG).await;
    let by_name = "/office/bodies?q=%E7%A4%BA%E4%BE%8B%E6%A3%80%E6%B5%8B%E6%9C%89%E9%99%90%E5%85%AC%E5%8F%B8";
    let html = town.get(Caller::Viewer, by_name).await.holds(&[LONG, "现在只按完整名称查找", "共 2 家"]);
    assert!(html.contains(&format!("/office/bodies/{low}\"")));
    town.index().await;
    let html = town.get(Caller::Viewer, "/office/bodies?q=%E7%A4%BA%E4%BE%8B").await.holds(&[LONG]);
    assert!(!html.contains("只按完整名称"));
    keep("office", "bodies_named", &html);
    town.get(Caller::Viewer, "/office/bodies?q=%E4%B8%8D%E5%AD%98%E5%9C%A8").await.holds(&["暂无数据"]);
    town.get(Caller::Foreign, by_name).await.holds(&["暂无数据"]);
}
