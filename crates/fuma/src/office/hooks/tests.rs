//! Stories: an address is set up, what it was told is looked at and sent again, and others do not get in.

use crate::gallery::keep;
use crate::testing::{Caller, FULL, OURS, SECOND, Town};
use app::{ClientSpec, Decision, Receipt};
use domain::{Grants, StatusAct};

async fn cancel(town: &Town, number: &str) {
    let (ctx, id) = (town.ctx(Caller::Licensing).await, town.id(number).await);
    let decision = Decision {
        act: StatusAct::Cancel,
        effective: town.app.today(),
        document: "陕示注〔2026〕1号".into(),
        reason: "样张".into(),
    };
    town.app.act(&ctx, id, &decision).await.unwrap();
}

#[tokio::test]
async fn an_address_is_set_up_with_a_secret_shown_once_and_its_deliveries_are_shown_and_sent_again() {
    let town = Town::with_certificates().await;
    let (who, list) = (Caller::Integration, "/office/hooks");
    town.get(who, list).await.holds(&["还没有接口系统"]);
    let ctx = town.ctx(Caller::ProvincialAdmin).await;
    let spec =
        ClientSpec { name: "示例审批系统".into(), grants: Grants::all(), ..ClientSpec::default() };
    let client = town.app.create_client(&ctx, OURS, &spec).await.unwrap().to_string();
    let typed = |url| [("client", client.as_str()), ("url", url), ("kind_cancel", "1"), ("kind_assign", "1")];
    let wrong = town.post(who, list, &typed("ftp://notify.example.cn/")).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("应以 https:// 或 http:// 开头") && wrong.text().contains("ftp://notify"));
    let made = town.post(who, list, &typed("https://notify.example.cn/fuma")).await;
    let made = made.holds(&["whsec_", "只显示这一次"]);
    keep("office", "hook_secret", &made);
    let html =
        town.get(who, list).await.holds(&["示例审批系统", "尚未使用", "https://notify.example.cn/fuma"]);
    assert!(!html.contains("whsec_"));
    keep("office", "hooks", &html);
    for (number, answer) in [(FULL, Receipt::Answered(204)), (SECOND, Receipt::Failed("连不上对方".into()))]
    {
        cancel(&town, number).await;
        while town.app.follow_hooks().await.unwrap() {}
        for sent in town.app.due_deliveries(9).await.unwrap() {
            town.app.note_deliveries(&sent, std::slice::from_ref(&answer)).await.unwrap();
        }
    }
    let id = town.app.hooks(&ctx, None).await.unwrap()[0].id;
    let path = format!("{list}/{id}");
    let html = town.get(who, &path).await;
    let html = html.holds(&["注销", "2627 1205 0001", "已送达", "待送达", "连不上对方", "送达受阻", "重发"]);
    keep("office", "hook", &html);
    let done = town.get(who, &format!("{path}?state=done")).await.holds(&["2627 1205 0001"]);
    assert!(!done.contains("2627 1205 0002"));
    let at = html.split("name=\"at\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let again = town.post(who, &format!("{path}/resend"), &[("at", at)]).await;
    town.get(who, &again.location).await.holds(&["已排入发送"]);
    assert_eq!(town.post(who, &format!("{path}/resend"), &[]).await.status, 422, "nothing was given up");
    let off = [("url", "https://notify.example.cn/fuma"), ("disabled", "1")];
    let off = town.post(who, &path, &off).await;
    town.get(who, &off.location).await.holds(&["已保存", "已停用", "全部"]);
    town.get(Caller::NationalAdmin, list).await.holds(&["陕西省市场监督管理局", "示例审批系统"]);
    assert_eq!(town.get(Caller::ForeignAdmin, &path).await.status, 404);
    assert_eq!(town.get(Caller::Licensing, list).await.status, 403);
}
