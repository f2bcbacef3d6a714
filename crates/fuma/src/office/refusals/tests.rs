//! 不予许可记录: listed, recorded, taken back.

use crate::gallery::keep;
use crate::testing::{Caller, Town};

const LIE: [(&str, &str); 7] = [
    ("name", "示例省产品质量安全检验检测研究院有限责任公司西安分公司"),
    ("uscc", "91610113YL00000125"),
    ("parent_uscc", ""),
    ("decided", "2026-03-01"),
    ("document", "陕示不许〔2026〕1号"),
    ("ground", "false_material"),
    ("remark", "示例说明"),
];

#[tokio::test]
async fn a_refusal_is_recorded_listed_and_taken_back_and_the_nation_reads_it() {
    let town = Town::open().await;
    let blank =
        town.get(Caller::Licensing, "/office/refusals").await.holds(&["暂无数据", "登记不予许可决定"]);
    keep("office", "refusals_blank", &blank);
    let wrong =
        town.post(Caller::Licensing, "/office/refusals", &[("uscc", "123"), ("decided", "昨天")]).await;
    assert_eq!(wrong.status, 422);
    let html = wrong.text();
    for text in [
        "处需要改正",
        "请填写申请机构的全称",
        "请填写不予许可决定书的文号",
        "请选择不予许可的原因",
        "value=\"123\"",
    ] {
        assert!(html.contains(text), "{text}: {html}");
    }
    keep("office", "refusals_wrong", &html);

    let made = town.post(Caller::Licensing, "/office/refusals", &LIE).await;
    assert_eq!(made.status, 303, "{}", made.text());
    let page = made.location.split('?').next().unwrap_or_default().to_owned();
    let again = town.post(Caller::ProvincialAdmin, "/office/refusals", &LIE).await;
    assert_eq!(again.status, 422);
    assert!(again.text().contains("不用再次登记"));
    let other = [("document", "陕示不许〔2026〕2号"), ("ground", "other")];
    let other: Vec<_> =
        LIE.iter().map(|(n, v)| (*n, other.iter().find(|(m, _)| m == n).map_or(*v, |(_, v)| v))).collect();
    assert_eq!(town.post(Caller::Licensing, "/office/refusals", &other).await.status, 303);

    let list = town.get(Caller::Licensing, "/office/refusals").await;
    let list = list.holds(&["2027-03-01 前不得再次申请", "不限制再次申请", "陕示不许〔2026〕1号"]);
    keep("office", "refusals", &list);
    let nation =
        town.get(Caller::NationalLicensing, "/office/refusals").await.holds(&["陕西", "陕示不许〔2026〕1号"]);
    keep("office", "refusals_nation", &nation);
    assert!(!town.get(Caller::Foreign, "/office/refusals").await.text().contains("陕示不许"));
    assert_eq!(town.get(Caller::Foreign, &page).await.status, 404);
    assert_eq!(town.get(Caller::Viewer, "/office/refusals").await.status, 403);
    assert_eq!(town.get(Caller::Licensing, "/office/refusals/x").await.status, 404);

    let one = town.get(Caller::Licensing, &made.location).await;
    let one = one.holds(&["已登记，许可核查立即可以查到", "张示例 2026-11-22", "取消登记", "示例说明"]);
    keep("office", "refusal", &one);
    let seen = town.get(Caller::NationalLicensing, &page).await.holds(&["陕西省市场监督管理局"]);
    assert!(!seen.contains("取消登记</button>"), "only who recorded it takes it back");
    let groundless = town.post(Caller::Licensing, &page, &[("document", ""), ("reason", "登记错误")]).await;
    assert_eq!(groundless.status, 422);
    assert!(groundless.text().contains("取消登记要有依据"));
    let why = [("document", "陕示更〔2026〕1号"), ("reason", "登记错误")];
    let ended = town.post(Caller::ProvincialAdmin, &page, &why).await;
    assert_eq!(ended.status, 303, "{}", ended.text());
    let html = town.get(Caller::Licensing, &ended.location).await.holds(&[
        "已取消登记",
        "陕示更〔2026〕1号",
        "登记错误",
    ]);
    assert!(!html.contains("<button class=\"danger\">"), "{html}");
    keep("office", "refusal_ended", &html);
    town.get(Caller::Licensing, "/office/log").await.holds(&["登记不予许可决定", "取消不予许可登记", &page]);
}
