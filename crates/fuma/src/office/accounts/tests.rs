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
