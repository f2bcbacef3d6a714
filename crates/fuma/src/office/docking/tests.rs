//! 对接 through the router: who stands where, the form, the board, the mode and 应急手动赋码.

use crate::testing::{Answer, Caller, FULL, OURS, Town};

const STAND: &str = "/office/docking";
const FORM: &str = "/office/docking/form";
const BOARD: &str = "/office/docking/board";

/// A form that can be filed.
const FILLED: [(&str, &str); 21] = [
    ("mode", "networked"),
    ("own_system", "yes"),
    ("system_name", "示例省资质认定审批系统"),
    ("developer", "示例软件有限公司"),
    ("technology", "Java 8、Oracle 11g"),
    ("network", "government"),
    ("plan_start", "2026-09-01"),
    ("plan_end", "2026-12-31"),
    ("in_force", "1,234"),
    ("to_take_over", "1200"),
    ("business_name", "张示例"),
    ("business_post", "处长"),
    ("business_phone", "029-00000001"),
    ("business_mail", "zhang@example.cn"),
    ("technical_name", "李示例"),
    ("technical_post", "工程师"),
    ("technical_mobile", "10000000001"),
    ("technical_mail", "li@example.cn"),
    ("administrators", "张示例 认可处 029-00000001"),
    ("callbacks", "https://example.cn/notify"),
    ("addresses", "192.0.2.7"),
];

async fn post_form(town: &Town, act: &str, version: &str, change: &[(&str, &str)]) -> Answer {
    let mut form = vec![("_act", act), ("_version", version)];
    let kept = FILLED.iter().filter(|(name, _)| !change.iter().any(|(other, _)| other == name));
    form.extend(kept.chain(change).copied());
    town.post(Caller::Integration, FORM, &form).await
}

#[tokio::test]
async fn the_form_is_kept_as_a_draft_and_filed_when_nothing_is_wrong_with_it() {
    let town = Town::with_certificates().await;
    let empty =
        town.get(Caller::Integration, FORM).await.holds(&["未填", "对接方式", "技术联系人", "保存草稿"]);
    crate::gallery::keep("office", "docking_form", &empty);
    let read = town.get(Caller::Viewer, FORM).await.holds(&["未填"]);
    assert!(!read.contains("<button name=\"_act\""), "who may not write is offered no form");

    let draft = post_form(&town, "draft", "0", &[("plan_end", "年底"), ("administrators", "")]).await;
    assert_eq!(draft.location, "/office/docking/form?said=drafted", "{}", draft.text());
    town.get(Caller::Integration, FORM).await.holds(&[
        "草稿",
        "value=\"年底\"",
        "name=\"_version\" value=\"1\"",
    ]);
    let wrong = post_form(
        &town,
        "file",
        "1",
        &[("plan_end", "2026-08-31"), ("administrators", ""), ("technical_mail", "li")],
    )
    .await;
    assert_eq!(wrong.status, 422);
    let html = wrong.text();
    for text in
        ["有 3 处需要改正", "早于计划开始日期", "不是电子邮箱", "value=\"2026-08-31\"", "#administrators"]
    {
        assert!(html.contains(text), "{text}: {html}");
    }
    crate::gallery::keep("office", "docking_form_wrong", &html);
    let stale = post_form(&town, "file", "0", &[]).await;
    assert_eq!(stale.status, 409, "somebody saved meanwhile");
    let filed = post_form(&town, "file", "1", &[]).await;
    assert_eq!(filed.location, "/office/docking/form?said=filed", "{}", filed.text());
    let html =
        town.get(Caller::Integration, &filed.location).await.holds(&["已提交", "重新提交", "value=\"1234\""]);
    assert!(!html.contains("保存草稿"), "what is filed is filed again");
    assert_eq!(post_form(&town, "draft", "2", &[]).await.status, 422);
    let nation = town.get(Caller::NationalAdmin, &format!("{FORM}?authority={}", OURS.0)).await;
    let html = nation.holds(&["示例软件有限公司", "政务外网", "1,234", "zhang@example.cn"]);
    assert!(!html.contains("<button name=\"_act\""));
    crate::gallery::keep("office", "docking_form_read", &html);
    assert_eq!(town.get(Caller::ForeignAdmin, &format!("{FORM}?authority={}", OURS.0)).await.status, 404);
    let events = town.app.events(&town.ctx(Caller::Integration).await, None, None).await.unwrap();
    assert!(events.iter().all(|event| !String::from_utf8_lossy(&event.body).contains("029-0000")));
}

#[tokio::test]
async fn the_page_says_which_door_assigns_and_an_administrator_changes_it() {
    let town = Town::with_certificates().await;
    let admin = Caller::ProvincialAdmin;
    let html = town.get(admin, STAND).await.holds(&[
        "赋码方式：手动赋码",
        "改为系统联网自动赋码",
        "下一步：填报反馈表",
        "待认领：3 张",
        "示例检测有限公司",
    ]);
    crate::gallery::keep("office", "docking_manual", &html);
    assert!(
        !town.get(Caller::Viewer, STAND).await.holds(&["待认领"]).contains("改为系统联网自动赋码</button>")
    );
    assert!(!town.get(Caller::Licensing, "/office").await.text().contains("新证书来自审批系统"));
    let changed = town.post(admin, "/office/docking/mode", &[("mode", "networked")]).await;
    assert_eq!(changed.location, "/office/docking?said=networked");
    let html = town.get(admin, &changed.location).await.holds(&[
        "赋码方式：系统联网自动赋码",
        "开启应急手动赋码",
        "没有一个接口系统持有有效的密钥",
    ]);
    crate::gallery::keep("office", "docking_networked", &html);
    for page in ["/office", "/office/imports", "/office/drafts/new", "/office/drafts", "/office/changes"] {
        town.get(Caller::Licensing, page).await.holds(&["新证书来自审批系统"]);
    }
    let certificates = town.get(Caller::Licensing, "/office/certificates").await.text();
    assert!(!certificates.contains("新证书来自审批系统"), "only where certificates are made");
    let again = town.post(admin, "/office/docking/mode", &[("mode", "networked")]).await;
    assert_eq!(again.location, "/office/docking?said=same_mode");
    assert_eq!(town.post(admin, "/office/docking/mode", &[("mode", "both")]).await.status, 422);

    let open = "/office/docking/emergency";
    let wrong = town.post(admin, open, &[("reason", "系统停机"), ("until", "明天")]).await;
    assert_eq!(wrong.status, 422);
    let html = wrong.text();
    assert!(
        html.contains("结束时间应在现在之后") && html.contains("value=\"明天\"") && html.contains("系统停机"),
        "{html}"
    );
    let opened = town.post(admin, open, &[("reason", "系统停机"), ("until", "2026-11-23 18:00")]).await;
    assert_eq!(opened.location, "/office/docking?said=emergency", "{}", opened.text());
    let html = town.get(admin, &opened.location).await.holds(&[
        "开启中",
        "2026-11-23 18:00",
        "系统停机",
        "张示例",
        "提前结束",
    ]);
    crate::gallery::keep("office", "docking_emergency", &html);
    let desk =
        town.get(Caller::Licensing, "/office").await.holds(&["应急手动赋码已开启，至 2026-11-23 18:00 止"]);
    crate::gallery::keep("office", "desk_emergency", &desk);
    assert_eq!(
        town.post(Caller::Licensing, open, &[("reason", "x"), ("until", "2026-11-23")]).await.status,
        403
    );
    let closed = town.post(admin, "/office/docking/emergency/close", &[]).await;
    assert_eq!(closed.location, "/office/docking?said=emergency_closed");
    town.get(Caller::Licensing, "/office").await.holds(&["新证书来自审批系统"]);
}

#[tokio::test]
async fn the_nation_sees_where_every_authority_stands_and_what_is_late() {
    let town = Town::with_certificates().await;
    let (nation, path) = (Caller::NationalAdmin, format!("{STAND}?authority={}", OURS.0));
    let html = town.get(nation, BOARD).await.holds(&[
        "共 33 个机关",
        "陕西省市场监督管理局",
        "未填报",
        "导出工作簿",
    ]);
    assert!(!html.contains("逾期</span>"), "without a deadline nothing is late");
    let wrong = town
        .post(nation, "/office/docking/deadlines", &[("form", "2026-12-01"), ("docking", "2026-11-01")])
        .await;
    assert_eq!(wrong.status, 422);
    assert!(
        wrong.text().contains("对接截止日期早于填报截止日期")
            && wrong.text().contains("value=\"2026-11-01\"")
    );
    let set = town
        .post(nation, "/office/docking/deadlines", &[("form", "2026-11-21"), ("docking", "2026-12-31")])
        .await;
    assert_eq!(set.location, "/office/docking/board?said=deadlines", "{}", set.text());
    town.get(Caller::Viewer, STAND).await.holds(&["填报截止", "2026-11-21", "逾期"]);
    assert_eq!(post_form(&town, "file", "0", &[]).await.status, 303);
    let late = |html: &str| html.matches("<span class=\"badge bad exclamation\">逾期</span>").count();
    let html = town.get(nation, BOARD).await.holds(&["2026-11-22", "拟系统联网自动赋码", "1 / 1,200"]);
    assert_eq!(late(&html), 32, "all but the one that filed; the docking is not due yet");
    let stand =
        town.get(nation, &path).await.holds(&["登记测试环境通过", "登记上线", "陕西省市场监督管理局"]);
    assert!(
        !stand.contains("赋码方式：") && !stand.contains("待认领："),
        "what is set is the authority's own matter"
    );
    crate::gallery::keep("office", "docking_nation", &stand);
    let step = |act| [("authority", "28"), ("step", "sandbox"), ("act", act), ("note", "示例报告1号")];
    assert_eq!(
        town.post(nation, "/office/docking/steps", &step("clear")).await.status,
        422,
        "nothing to take back"
    );
    assert_eq!(town.post(nation, "/office/docking/steps", &step("set")).await.status, 303);
    town.get(Caller::Viewer, STAND).await.holds(&["2026-11-22　示例报告1号"]);
    let html = town.get(nation, BOARD).await.text();
    crate::gallery::keep("office", "docking_board", &html);
    assert_eq!(town.post(nation, "/office/docking/steps", &step("clear")).await.status, 303);
    assert!(!town.get(Caller::Viewer, STAND).await.text().contains("示例报告1号"));
    assert_eq!(town.post(Caller::ProvincialAdmin, "/office/docking/steps", &step("set")).await.status, 403);
    assert_eq!(town.get(Caller::ProvincialAdmin, BOARD).await.status, 403);
    assert_eq!(town.get(Caller::Foreign, &path).await.status, 404);
}

#[tokio::test]
async fn the_board_goes_out_as_a_workbook() {
    use calamine::Reader;
    let town = Town::with_certificates().await;
    town.post(Caller::NationalAdmin, "/office/docking/deadlines", &[("form", "2026-11-21")]).await;
    assert_eq!(post_form(&town, "file", "0", &[]).await.status, 303);
    let answer = town.get(Caller::NationalAdmin, "/office/docking/board.xlsx").await;
    assert_eq!(answer.status, 200);
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(answer.bytes)).unwrap();
    let sheet = book.worksheet_range("对接情况").unwrap();
    let row = |n: usize| sheet.rows().nth(n).unwrap().iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(row(1)[..4], ["机关", "填报日期", "填报逾期", "拟用方式"]);
    let ours = sheet.rows().map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>());
    let ours = ours.into_iter().find(|row| row[0].starts_with("陕西")).unwrap();
    assert_eq!(ours[1..5], ["2026-11-22", "", "系统联网自动赋码", "手动赋码"]);
    assert_eq!(ours[12..14], ["1200", "1"]);
    assert_eq!(row(2)[2], "逾期");
    assert_eq!(sheet.height(), 35);
}

#[tokio::test]
async fn a_certificate_that_waits_to_be_adopted_is_linked() {
    let town = Town::with_certificates().await;
    let id = town.id(FULL).await;
    town.get(Caller::Supervision, STAND).await.holds(&[&format!("href=\"/office/certificates/{id}\"")]);
}
