//! 接口系统 through the router: set up, given a secret, changed, ended.

use crate::testing::{Caller, OURS, Town};

const LIST: &str = "/office/clients";

/// Sets a system up and gives its page.
async fn made(town: &Town) -> String {
    let typed = [
        ("name", "示例省检验检测机构资质认定行政审批与证后监管综合业务系统（二期）"),
        ("addresses", "192.0.2.0/24，198.51.100.7"),
        ("from", "2026-11-01"),
        ("to", "2027-12-31"),
        ("rate", "20"),
        ("grant_read", "1"),
        ("grant_assign", "1"),
    ];
    let answer = town.post(Caller::ProvincialAdmin, LIST, &typed).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.location.split('?').next().unwrap().to_owned()
}

/// The first piece of a page between two texts.
fn between(page: &str, begin: &str, end: &str) -> String {
    let rest = page.split(begin).nth(1).unwrap_or_else(|| panic!("no “{begin}” in {page}"));
    rest.split(end).next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn an_administrator_sets_a_system_up_and_its_secret_is_shown_once() {
    let town = Town::with_certificates().await;
    let admin = Caller::ProvincialAdmin;
    town.get(admin, LIST).await.holds(&[
        "还没有接口系统",
        "设立接口系统",
        "name=\"grant_assign\" value=\"1\" checked",
    ]);
    let page = made(&town).await;
    let html = town.get(admin, &format!("{page}?said=client_made")).await.holds(&[
        "接口系统已设立",
        "未发密钥",
        "192.0.2.0/24 198.51.100.7/32",
        "2026-11-01 00:00 至 2028-01-01 00:00",
        "没有有效的密钥",
    ]);
    crate::gallery::keep("office", "client_new", &html);
    let slip = town.post(admin, &format!("{page}/secrets"), &[]).await;
    let html = slip.holds(&["密钥只显示这一次", "/api/v1/token", "read assign"]);
    crate::gallery::keep("office", "client_slip", &html);
    let secret = between(&html, "client_secret</dt><dd><code>", "</code>");
    assert!(secret.len() > 20, "{secret}");
    let html = town.get(admin, &page).await.holds(&["可用", &format!("…{}", &secret[secret.len() - 4..])]);
    assert!(!html.contains(&secret), "never again");
    crate::gallery::keep("office", "client", &html);
    let list = town.get(Caller::Integration, LIST).await.holds(&["行政审批与证后监管", "fuma-27-", "可用"]);
    assert!(!list.contains("设立接口系统</h2>"), "信息化人员 only read");
    town.get(Caller::ProvincialAdmin, "/office/docking").await.holds(&["1 个"]);
    for (caller, status) in [
        (Caller::Licensing, 403),
        (Caller::Viewer, 403),
        (Caller::ForeignAdmin, 404),
        (Caller::NationalAdmin, 200),
    ] {
        assert_eq!(town.get(caller, &page).await.status, status, "{caller:?}");
    }

    assert_eq!(town.post(admin, &format!("{page}/secrets"), &[]).await.status, 200);
    let html = town.get(admin, &page).await.holds(&["已有两个有效的密钥"]);
    assert!(!html.contains("发放密钥并显示交接单"));
    assert_eq!(town.post(admin, &format!("{page}/secrets"), &[]).await.status, 422);
    assert_eq!(town.post(admin, &format!("{page}/secrets/1/end"), &[]).await.status, 303);
    assert_eq!(town.post(admin, &format!("{page}/secrets/1/end"), &[]).await.status, 409);
    town.get(admin, &page).await.holds(&["发放密钥并显示交接单"]);
}

#[tokio::test]
async fn signing_keys_are_registered_shown_once_if_shared_and_ended() {
    let town = Town::open().await;
    let admin = Caller::ProvincialAdmin;
    let page = made(&town).await;
    let keys = format!("{page}/keys");
    town.get(admin, &page).await.holds(&["没有登记签名密钥", "HMAC-SM3（国密，共享密钥）"]);
    let slip = town.post(admin, &keys, &[("algorithm", "hmac-sm3"), ("public", "")]).await;
    let html = slip.holds(&["签名密钥交接单", "密钥只显示这一次", "hmac-sm3"]);
    crate::gallery::keep("office", "client_key_slip", &html);
    let shared = between(&html, "签名密钥（Base64）</dt><dd><code>", "</code>");
    assert!(shared.len() >= 40, "{shared}");
    let key = between(&html, "keyid</dt><dd><code>", "</code>");
    assert!(!town.get(admin, &page).await.holds(&[&key, "共享，不再显示"]).contains(&shared), "never again");

    // What cannot be a key comes back as typed.
    let wrong = town.post(admin, &keys, &[("algorithm", "ed25519"), ("public", "0011")]).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("0011</textarea>"), "{}", wrong.text());
    let ed25519 = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"; // RFC 8032 7.1, test 1
    let made = town.post(admin, &keys, &[("algorithm", "ed25519"), ("public", ed25519)]).await;
    assert_eq!(made.location, format!("{page}?said=key#keys"));
    let html = town.get(admin, &page).await.holds(&["d75a980182b10ab7<wbr>", "已有两个有效的签名密钥"]);
    crate::gallery::keep("office", "client_keys", &html);
    assert_eq!(town.post(admin, &keys, &[("algorithm", "hmac-sha256")]).await.status, 422);

    let end = format!("{keys}/{key}/end");
    assert_eq!(town.post(Caller::Integration, &end, &[]).await.status, 403);
    assert_eq!(town.post(Caller::ForeignAdmin, &end, &[]).await.status, 404);
    assert_eq!(town.post(admin, &end, &[]).await.location, format!("{page}?said=key_ended#keys"));
    assert_eq!(town.post(admin, &end, &[]).await.status, 409);
    town.get(admin, &page).await.holds(&["登记签名密钥"]);
}

#[tokio::test]
async fn what_is_wrong_with_a_system_comes_back_as_typed() {
    let town = Town::open().await;
    let admin = Caller::ProvincialAdmin;
    for (name, value, why) in [
        ("from", "某天", "启用时间“某天”不是时间"),
        ("rate", "很多", "不是数字"),
        ("addresses", "999.1.1.1", "不是网络地址"),
        ("name", "", "没有填写系统名称"),
    ] {
        let mut typed = vec![("name", "示例系统"), ("grant_read", "1")];
        typed.retain(|(of, _)| *of != name);
        typed.push((name, value));
        let answer = town.post(admin, LIST, &typed).await;
        assert_eq!(answer.status, 422);
        let html = answer.text();
        assert!(html.contains(why) && html.contains(value), "{why}: {html}");
        assert!(!html.contains("name=\"grant_assign\" value=\"1\" checked"), "a tick taken away stays away");
    }
    let page = made(&town).await;
    let wrong = town.post(admin, &page, &[("name", "示例系统"), ("disabled", "1")]).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("没有选择接口权限"));
    let set = town.post(admin, &page, &[("name", "示例系统"), ("grant_read", "1"), ("disabled", "1")]).await;
    assert_eq!(set.location, format!("{page}?said=client"));
    town.get(admin, &page).await.holds(&["已停用", "示例系统", "不限", "长期"]);
}

#[tokio::test]
async fn the_nation_sets_up_a_system_for_a_province() {
    let town = Town::open().await;
    let nation = Caller::NationalAdmin;
    let own = OURS.0.to_string();
    town.get(nation, &format!("{LIST}?authority={own}")).await.holds(&["还没有接口系统"]);
    let typed = [("authority", own.as_str()), ("name", "示例系统"), ("grant_read", "1")];
    let answer = town.post(nation, LIST, &typed).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    town.get(Caller::ProvincialAdmin, LIST).await.holds(&["示例系统"]);
    let list = town.get(nation, LIST).await.holds(&["示例系统", "陕西省市场监督管理局"]);
    crate::gallery::keep("office", "clients", &list);
    let foreign = [("authority", "2"), ("name", "示例系统"), ("grant_read", "1")];
    assert_eq!(town.post(Caller::ProvincialAdmin, LIST, &foreign).await.status, 404);
}
