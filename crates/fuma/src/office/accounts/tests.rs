//! Stories: an administrator opens, resets, disables; others do not.

use crate::gallery::keep;
use crate::testing::{Caller, Town};

fn password_of(slip: &str) -> String {
    let part = slip.split("<dt>一次性密码</dt><dd><code>").nth(1).unwrap();
    part.split('<').next().unwrap().to_owned()
}

fn id_of(list: &str, login: &str) -> String {
    let before = list.split(&format!("\">{login}</a>")).next().unwrap();
    before.rsplit("/office/accounts/").next().unwrap().to_owned()
}

#[tokio::test]
async fn an_administrator_opens_an_officer_whose_slip_is_shown_once() {
    let town = Town::open().await;
    let admin = Caller::ProvincialAdmin;
    let list = "/office/accounts";
    let html =
        town.get(admin, list).await.holds(&["开设账号", "谁可以做什么", "误赋码作废", "provincialadmin"]);
    keep("office", "accounts", &html);
    assert!(!html.contains(r#"value="administrator""#), "administrators come from the national level");
    let typed = [("login", "zhaoshili"), ("name", "赵示例"), ("role", "licensing")];
    let slip = town.post(admin, list, &typed).await.holds(&["一次性密码", "赵示例", "打印交接单"]);
    keep("office", "slip", &slip);
    let password = password_of(&slip);
    let html = town.get(admin, list).await.holds(&["zhaoshili", "须改密码", "从未登录"]);
    assert!(!html.contains(&password));
    let again = town.post(admin, list, &typed).await;
    assert_eq!(again.status, 422);
    assert!(again.text().contains("已被使用") && again.text().contains("value=\"赵示例\""));
    let path = format!("{list}/{}", id_of(&html, "zhaoshili"));
    keep("office", "account", &town.get(admin, &path).await.holds(&["重置密码", "停用账号"]));
    let reset = town.post(admin, &format!("{path}/reset"), &[]).await.holds(&["zhaoshili"]);
    assert_ne!(password_of(&reset), password);
    let disabled = town.post(admin, &format!("{path}/disable"), &[]).await;
    town.get(admin, &disabled.location).await.holds(&["账号已停用", "启用账号"]);
    let enabled = town.post(admin, &format!("{path}/enable"), &[]).await;
    town.get(admin, &enabled.location).await.holds(&["账号已启用"]);
    let changed = town.post(admin, &path, &[("name", "赵示例"), ("role", "viewer")]).await;
    town.get(admin, &changed.location).await.holds(&["已保存", "查询人员"]);
}

#[tokio::test]
async fn the_nation_opens_administrators_of_every_authority_but_not_their_officers() {
    let town = Town::open().await;
    let (nation, list) = (Caller::NationalAdmin, "/office/accounts");
    town.get(nation, list).await.holds(&["陕西省市场监督管理局", "nationaladmin"]);
    let new = |login, role| [("login", login), ("name", "王示例"), ("authority", "28"), ("role", role)];
    town.post(nation, list, &new("shaanxi.admin", "administrator")).await.holds(&["陕西省市场监督管理局"]);
    assert_eq!(town.post(nation, list, &new("shaanxi.clerk", "licensing")).await.status, 403);
    town.get(nation, "/office/accounts?authority=28").await.holds(&["shaanxi.admin"]);
}

#[tokio::test]
async fn who_is_no_administrator_sees_no_accounts() {
    let town = Town::open().await;
    for caller in [Caller::Licensing, Caller::Supervision, Caller::Viewer] {
        assert_eq!(town.get(caller, "/office/accounts").await.status, 403, "{caller:?}");
        assert_eq!(
            town.post(caller, "/office/accounts", &[("role", "viewer")]).await.status,
            403,
            "{caller:?}"
        );
    }
    assert_eq!(town.get(Caller::ProvincialAdmin, "/office/accounts?authority=2").await.status, 404);
}

#[tokio::test]
async fn the_frame_tells_of_the_sign_in_before_this_one() {
    let town = Town::open().await;
    let first = town.get(Caller::Viewer, "/office").await.text();
    assert!(!first.contains("上次登录"), "there was none");
    assert!(first.contains(
        "<p class=\"on-paper\">打印于 2026-11-22 16:00　陕西省市场监督管理局　张示例（viewer）</p>"
    ));
    town.pass_until(town.app.now().plus_seconds(3_600)).await;
    town.get(Caller::Viewer, "/office").await.holds(&["上次登录：2026-11-22 16:00:00　tty"]);
}

#[tokio::test]
async fn a_wrong_present_password_is_told_at_its_field_and_an_old_one_is_called_old() {
    let town = Town::open().await;
    let wrong = [("old", "Wrong#27shan"), ("new", "xinMi#27shan"), ("repeat", "xinMi#27shan")];
    let answer = town.post(Caller::Viewer, "/office/password", &wrong).await;
    let html = answer.text();
    assert_eq!(answer.status, 422);
    let old = html.split("id=\"old\"").nth(1).unwrap().split("id=\"new\"").next().unwrap();
    assert!(old.contains("现密码不正确"), "{html}");
    town.pass_until(town.app.now().plus_seconds(91 * 86_400)).await;
    let html = town.get(Caller::Viewer, "/office/password").await.holds(&["已用满90天"]);
    assert!(!html.contains("一次性密码"));
}

#[tokio::test]
async fn what_was_posted_too_late_or_from_elsewhere_gets_a_page_with_a_way_on() {
    let town = Town::open().await;
    let late = town.post(Caller::Public, "/office/drafts/1", &[("body_name", "示例")]).await;
    assert_eq!(late.status, 401);
    assert!(
        late.text().contains("没有保存")
            && late.text().contains("href=\"/office/sign-in\" target=\"_blank\"")
    );
    crate::gallery::keep("office", "signed_out_meanwhile", &late.text());
    let out = town.post(Caller::Public, "/office/sign-out", &[]).await;
    assert_eq!((out.status, out.location.as_str()), (303, "/office/sign-in"));
    let request = axum::http::Request::post("/office/sign-out").header("sec-fetch-site", "cross-site");
    let answer = town.raw(request.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!(answer.status(), 403);
    let bytes = axum::body::to_bytes(answer.into_body(), 1 << 16).await.unwrap();
    let html = String::from_utf8_lossy(&bytes).into_owned();
    assert!(html.contains("不是从本站页面发出的") && html.contains("href=\"/office\""), "{html}");
    crate::gallery::keep("office", "cross_site", &html);
}
