//! The inbox through the router: told at once, marked for the whole authority, counted on every page.

use crate::gallery::keep;
use crate::testing::{Caller, FULL, SECOND, Town};

const INBOX: &str = "/office/inbox";

/// 陕西 acts against a certificate of the body to which two other provinces are tied.
async fn act(town: &Town, number: &str, act: &str, document: &str) {
    let typed = [
        ("act", act),
        ("effective", "2026-11-20"),
        ("document", document),
        ("reason", "示例原因"),
        ("confirmed", "1"),
    ];
    let path = format!("/office/certificates/{}/act", town.id(number).await);
    assert_eq!(town.post(Caller::Licensing, &path, &typed).await.status, 303);
}

#[tokio::test]
async fn an_act_is_read_at_once_where_it_concerns_and_counted_on_every_page() {
    let town = Town::with_certificates().await;
    town.link().await;
    let empty = town.get(Caller::Linked, INBOX).await.holds(&["暂无数据", "查看机构的全国证书"]);
    assert!(!empty.contains("class=\"count\"") && !empty.contains("全部标为已读"));
    keep("office", "inbox_empty", &empty);

    act(&town, FULL, "revoke", "陕示撤〔2026〕1号").await;
    act(&town, SECOND, "cancel", "陕示注〔2026〕2号").await;
    act(&town, FULL, "lift", "陕示撤〔2026〕3号").await;
    let id = town.id(FULL).await;
    let html = town.get(Caller::Linked, INBOX).await.holds(&[
        "陕西省市场监督管理局",
        "示例检测有限公司",
        "2627 1205 0001",
        "陕示撤〔2026〕1号",
        "自 2026-11-20 起",
        "同一机构",
        "撤销原决定",
        "未读（3）",
        "<span class=\"count\">3</span>",
        "全部标为已读",
        &format!("href=\"/office/certificates/{id}\""),
    ]);
    assert!(html.find("撤销原决定").unwrap() < html.find("陕示注").unwrap(), "the newest first");
    assert_eq!(html.matches("class=\"badge mail\"").count(), 3, "by word and shape");
    keep("office", "inbox", &html);
    town.get(Caller::Sister, INBOX).await.holds(&["同一法人的其他机构", "未读（3）"]);
    for path in ["/office", "/office/certificates"] {
        town.get(Caller::Linked, path).await.holds(&["<span class=\"count\">3</span>"]);
    }
    keep("office", "desk_inbox", &town.get(Caller::Linked, "/office").await.holds(&["3 条未读办理通报"]));
    for nobody in [Caller::Foreign, Caller::Licensing, Caller::NationalLicensing] {
        assert!(!town.get(nobody, INBOX).await.text().contains("陕示"), "{nobody:?}");
    }
    // What one is told of leads on.
    let letter = html.split("href=\"").find(|part| part.starts_with("/office/bodies/")).unwrap();
    let body = letter.split('"').next().unwrap();
    assert_eq!(town.get(Caller::Linked, body).await.status, 200);
    assert_eq!(town.get(Caller::Sister, body).await.status, 200);
}

#[tokio::test]
async fn one_letter_or_all_that_were_seen_are_marked() {
    let town = Town::with_certificates().await;
    town.link().await;
    act(&town, FULL, "revoke", "陕示撤〔2026〕1号").await;
    act(&town, SECOND, "cancel", "陕示注〔2026〕2号").await;
    let html = town.get(Caller::Linked, INBOX).await.text();
    let value = |name: &str, nth: usize| {
        let part = html.split(&format!("name=\"{name}\" value=\"")).nth(nth + 1).unwrap();
        part.split('"').next().unwrap().to_owned()
    };
    let (newest, older) = (value("up_to", 0), value("at", 1));
    let one = town.post(Caller::Linked, INBOX, &[("at", &older)]).await;
    assert_eq!((one.status, one.location.as_str()), (303, "/office/inbox?said=read"));
    let html = town.get(Caller::Linked, &one.location).await.holds(&["已标为已读", "未读（1）", "已读"]);
    keep("office", "inbox_read", &html);
    assert_eq!(town.post(Caller::Linked, INBOX, &[("at", &older)]).await.status, 404, "once");
    let unread = town.get(Caller::Linked, "/office/inbox?only=unread").await.holds(&["陕示注"]);
    assert!(!unread.contains("陕示撤"));
    // What comes while the list is looked at is not marked with it.
    act(&town, FULL, "lift", "陕示撤〔2026〕3号").await;
    let all = town.post(Caller::Linked, INBOX, &[("up_to", &newest), ("only", "unread")]).await;
    assert_eq!(all.location, "/office/inbox?only=unread&said=read");
    town.get(Caller::Linked, &all.location).await.holds(&["未读（1）", "陕示撤〔2026〕3号"]);
    assert_eq!(town.post(Caller::Linked, INBOX, &[("at", "x")]).await.status, 404);
    town.get(Caller::Sister, INBOX).await.holds(&["未读（3）"]);
}
