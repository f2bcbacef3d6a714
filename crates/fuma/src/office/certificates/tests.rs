//! Stories through the router: an officer looks, compares, acts.

use crate::gallery::keep;
use crate::testing::{Caller, ENDING, FULL, ID_NUMBER, SECOND, THEIRS, Town};
use domain::{Field, Group, Kind, Kinds};

#[tokio::test]
async fn the_list_narrows_by_every_filter_and_says_what_it_cannot_read() {
    let town = Town::with_certificates().await;
    let ask = async |query: &str| town.get(Caller::Licensing, &format!("/office/certificates{query}")).await;
    let all = ask("").await.holds(&["共 3 条", "2627 1205 0001", "示例检测有限公司", "打印所选"]);
    keep("office", "certificates", &all);
    for (query, count, has) in [
        ("?q=262712050001", 1, "2627 1205 0001"),
        ("?q=%E6%A0%B7%E5%BC%A0", 1, "2027 1205 0003"),
        ("?number=2627", 2, "2627 1205 0002"),
        ("?uscc=91610102YL00000202", 1, "2027 1205 0003"),
        ("?to=2026-12-31", 1, "2027 1205 0003"),
        ("?print_due=1", 2, "2627 1205 0001"),
        ("?status=revoked", 0, "没有符合条件"),
    ] {
        ask(query).await.holds(&[&format!("共 {count} 条"), has]);
    }
    let wrong = ask("?from=2026-13-01&uscc=12").await.holds(&["有效期至（起）“2026-13-01”", "共 0 条"]);
    assert!(wrong.contains("统一社会信用代码“12”"));
}

#[tokio::test]
async fn each_officer_sees_what_his_authority_issued_and_the_nation_sees_all() {
    let town = Town::with_certificates().await;
    let list = "/office/certificates";
    town.get(Caller::Foreign, list).await.holds(&["共 0 条"]);
    assert_eq!(town.get(Caller::Foreign, "/office/certificates?authority=28").await.status, 404);
    let nation = town.get(Caller::NationalAdmin, list).await.holds(&["共 3 条", "发证机关"]);
    assert!(!nation.contains("打印所选"), "the national authority does not print for a province");
    town.get(Caller::NationalAdmin, &format!("{list}?authority={}", THEIRS.0)).await.holds(&["共 0 条"]);
    let viewer = town.get(Caller::Viewer, list).await.holds(&["共 3 条"]);
    assert!(!viewer.contains("type=\"checkbox\" name=\"id\""));
    assert_eq!(town.get(Caller::Public, list).await.status, 303);
}

#[tokio::test]
async fn one_certificate_is_shown_whole_in_its_tabs_without_personal_fields() {
    let town = Town::with_certificates().await;
    let id = town.id(FULL).await;
    for (tab, texts) in [
        ("overview", vec!["陕示许〔2026〕1号", "2627 1205 0002", "610113 陕西省西安市雁塔区", "变更或换证"]),
        ("scope", vec!["长安实验室", "HJ 828-2017", "不测海水", "共 3 条"]),
        ("scope&q=hj828", vec!["化学需氧量", "共 1 条"]),
        ("signatories", vec!["王示例", "本机构认定的全部检验检测项目", "查看"]),
        ("instruments", vec!["PHS-3C", "2027-03-01"]),
        ("staff", vec!["赵示例", "检测员", "共 2 条"]),
        ("editions", vec!["第 1 版", "（现行）", "首次"]),
        ("events", vec!["赋码：首次", "张示例", "还没有打印过"]),
        ("code", vec!["code.svg", "报告二维码领取单"]),
    ] {
        let page =
            town.get(Caller::Licensing, &format!("/office/certificates/{id}?tab={tab}")).await.holds(&texts);
        assert!(!page.contains(ID_NUMBER) && !page.contains("10000000001"), "{tab}");
        keep("office", &format!("certificate_{}", tab.replace("&q=", "_")), &page);
    }
    for path in ["/office/certificates/0", "/office/certificates/abc"] {
        assert_eq!(town.get(Caller::Licensing, path).await.status, 404);
    }
    assert_eq!(town.get(Caller::Foreign, &format!("/office/certificates/{id}")).await.status, 404);
}

#[tokio::test]
async fn personal_fields_open_only_for_who_may_and_only_by_a_click() {
    let town = Town::with_certificates().await;
    let id = town.id(FULL).await;
    let page =
        town.get(Caller::Licensing, &format!("/office/certificates/{id}?tab=signatories")).await.text();
    let path = page.split("action=\"").find(|part| part.contains("/persons/")).unwrap();
    let path = path.split('"').next().unwrap().to_owned();
    let shown = town.post(Caller::Licensing, &path, &[]).await.holds(&[ID_NUMBER, "本次查看已记录"]);
    keep("office", "person", &shown);
    assert_eq!(town.get(Caller::Licensing, &path).await.status, 405, "no link opens it");
    assert_eq!(town.post(Caller::Viewer, &path, &[]).await.status, 403);
    assert_eq!(town.post(Caller::Foreign, &path, &[]).await.status, 404);
    let viewer = town.get(Caller::Viewer, &format!("/office/certificates/{id}?tab=signatories")).await.text();
    assert!(!viewer.contains("/persons/"));
}

#[tokio::test]
async fn an_act_is_shown_first_then_confirmed_and_then_lifted() {
    let town = Town::with_certificates().await;
    let path = format!("/office/certificates/{}/act", town.id(SECOND).await);
    let form = town.get(Caller::Supervision, &path).await.holds(&["撤销", "注销", "吊销"]);
    keep("office", "act", &form);
    assert!(
        !form.contains("value=\"suspend\"") && !form.contains("value=\"annul\""),
        "only what is admitted is offered"
    );
    let typed = [
        ("act", "revoke"),
        ("effective", "2026-11-20"),
        ("document", "陕示撤〔2026〕1号"),
        ("reason", "示例原因"),
    ];
    let wrong = town.post(Caller::Supervision, &path, &[typed[0], typed[1], typed[3]]).await;
    assert_eq!(wrong.status, 422);
    assert!(
        wrong.text().contains("没有填写决定文号") && wrong.text().contains("示例原因"),
        "nothing typed is lost"
    );
    let shown =
        town.post(Caller::Supervision, &path, &typed).await.holds(&["确认撤销", "公众扫码立即看到“已撤销”"]);
    keep("office", "act_confirm", &shown);
    let detail = path.trim_end_matches("/act");
    town.get(Caller::Supervision, detail).await.holds(&["badge good"]);
    let confirmed: Vec<_> = typed.into_iter().chain([("confirmed", "1")]).collect();
    let done = town.post(Caller::Supervision, &path, &confirmed).await;
    assert_eq!((done.status, done.location.as_str()), (303, format!("{detail}?said=acted").as_str()));
    town.get(Caller::Supervision, &done.location).await.holds(&["已办理", "已撤销", "陕示撤〔2026〕1号"]);
    let next = town.get(Caller::Licensing, &path).await.holds(&["撤销原决定", "注销"]);
    assert!(!next.contains("value=\"void\""));
    let lift = [
        ("act", "lift"),
        ("effective", "2026-11-22"),
        ("document", "陕示复〔2026〕1号"),
        ("reason", "复议撤销"),
    ];
    let lift: Vec<_> = lift.into_iter().chain([("confirmed", "1")]).collect();
    assert_eq!(town.post(Caller::Licensing, &path, &lift).await.status, 303);
    town.get(Caller::Licensing, &format!("{detail}?tab=events")).await.holds(&[
        "撤销原决定",
        "示例原因",
        "复议撤销",
    ]);
    town.get(Caller::Licensing, detail).await.holds(&["badge good"]);
}

#[tokio::test]
async fn who_may_not_act_is_offered_nothing_and_refused() {
    let town = Town::with_certificates().await;
    let path = format!("/office/certificates/{}/act", town.id(ENDING).await);
    town.get(Caller::Viewer, &path).await.holds(&["没有您可以办理"]);
    let typed = [
        ("act", "cancel"),
        ("effective", "2026-11-20"),
        ("document", "1号"),
        ("reason", "示例"),
        ("confirmed", "1"),
    ];
    assert_eq!(town.post(Caller::Viewer, &path, &typed).await.status, 403);
    assert_eq!(town.post(Caller::Foreign, &path, &typed).await.status, 404);
    let superior = town.get(Caller::NationalLicensing, &path).await.holds(&["撤销"]);
    assert!(!superior.contains("value=\"cancel\""), "a superior only revokes");
}

#[tokio::test]
async fn two_editions_are_compared_value_by_value_and_row_by_row() {
    let town = Town::with_certificates().await;
    let (id, ctx) = (town.id(FULL).await, town.ctx(Caller::Licensing).await);
    let draft = town.app.start_change(&ctx, id, Kinds::one(Kind::Correction)).await.unwrap();
    let mut view = town.app.draft(&ctx, draft).await.unwrap();
    view.form.set(Field::Postcode, "710065".to_owned());
    view.form.set(Field::Reason, "录入时漏填邮政编码".to_owned());
    for row in view.form.rows_mut(Group::Instrument).unwrap() {
        row.insert(Field::InstrumentModel.key().to_owned(), "PHS-3E".to_owned());
    }
    let decision = [
        (Field::DecisionDay, "2026-11-20"),
        (Field::DecisionNumber, "陕示更〔2026〕1号"),
        (Field::Procedure, "一般程序"),
    ];
    decision.into_iter().for_each(|(field, value)| view.form.set(field, value));
    town.app.save_draft(&ctx, draft, view.head.version, &view.form).await.unwrap();
    town.app.assign_draft(&ctx, draft).await.unwrap();
    let path = format!("/office/certificates/{id}?tab=editions");
    let html = town.get(Caller::Viewer, &path).await;
    let html = html.holds(&[
        "第 1 版与第 2 版对照",
        "<ins>710065</ins>",
        "仪器设备：增加 1 行，减少 1 行",
        "<del>示例检测有限公司 · 酸度计",
        "PHS-3E",
    ]);
    keep("office", "certificate_compared", &html);
    town.get(Caller::Viewer, &format!("{path}&old=2&new=1")).await.holds(&["<del>710065</del>"]);
    town.get(Caller::Viewer, &format!("{path}&old=1&new=1")).await.holds(&["（现行）"]);
    assert_eq!(town.get(Caller::Viewer, &format!("{path}&old=1&new=9")).await.status, 404);
}

#[tokio::test]
async fn a_suspended_certificate_with_a_coming_successor_is_suspended_wherever_officers_read_of_it() {
    let town = Town::with_certificates().await;
    let (id, ctx) = (town.id(ENDING).await, town.ctx(Caller::Licensing).await);
    let admin = town.ctx(Caller::ProvincialAdmin).await;
    let settings = app::AuthoritySettings { suspension: true, ..Default::default() };
    town.app.set_settings(&admin, &settings).await.unwrap();
    let suspend = app::Decision {
        act: domain::StatusAct::Suspend,
        effective: town.app.today(),
        document: "陕示停〔2026〕1号".into(),
        reason: "示例原因".into(),
    };
    town.app.act(&ctx, id, &suspend).await.unwrap();
    let draft = town.app.start_change(&ctx, id, Kinds::one(Kind::Renewal)).await.unwrap();
    let mut form = town.app.draft(&ctx, draft).await.unwrap().form;
    let renewed = [
        (Field::DecisionDay, "2026-11-20"),
        (Field::DecisionNumber, "陕示许〔2026〕9号"),
        (Field::Procedure, "一般程序"),
        (Field::IssuedOn, "2026-11-20"),
        (Field::ValidFrom, "2026-12-25"),
        (Field::ValidTo, "2032-12-24"),
    ];
    renewed.into_iter().for_each(|(field, value)| form.set(field, value));
    let new = match town.app.assign_form(&ctx, &form).await {
        Ok(written) => written.certificate,
        Err(app::AppError::Invalid(problems)) => panic!("{problems:#?}"),
        Err(error) => panic!("{error}"),
    };
    let public = town.get(Caller::Public, &format!("/certificate/{ENDING}")).await.text();
    assert!(public.contains("已暂停"));
    for path in [
        format!("/office/certificates?number={ENDING}"),
        format!("/office/certificates/{id}"),
        format!("/office/certificates/{new}"),
        format!("/office/certificates/{id}/print"),
        format!("/office/changes/new?certificate={id}"),
    ] {
        town.get(Caller::Licensing, &path).await.holds(&["已暂停"]);
    }
    town.get(Caller::Licensing, &format!("/office/certificates/{id}")).await.holds(&[
        "暂停（陕示停〔2026〕1号）",
        "12月25日起换证",
        "记录的状态",
    ]);
}

#[tokio::test]
async fn personal_fields_are_erased_after_a_confirmation_and_only_by_who_may() {
    let town = Town::with_certificates().await;
    let id = town.id(FULL).await;
    let tab = format!("/office/certificates/{id}?tab=signatories");
    let page = town.get(Caller::Licensing, &tab).await.text();
    let path = page.split("href=\"").find(|part| part.contains("/erase\"")).unwrap();
    let path = path.split('"').next().unwrap().to_owned();
    let form = town.get(Caller::Licensing, &path).await.holds(&[
        "王示例",
        "证件类型、证件号码",
        "已打印存档的证书和附表不会改变",
    ]);
    assert!(!form.contains(ID_NUMBER));
    keep("office", "erase", &form);
    let supervision = town.get(Caller::Supervision, &tab).await.text();
    assert!(supervision.contains("查看</button>") && !supervision.contains("/erase"));
    assert_eq!(town.get(Caller::Supervision, &path).await.status, 403);
    assert_eq!(town.get(Caller::Foreign, &path).await.status, 404);

    let typed = [("document", "陕示删〔2026〕1号"), ("reason", "本人申请")];
    let unsure = town.post(Caller::Licensing, &path, &typed).await;
    assert_eq!(unsure.status, 422);
    assert!(
        unsure.text().contains("勾选确认") && unsure.text().contains("本人申请"),
        "nothing typed is lost"
    );
    let sure = [typed[0], ("reason", ""), ("confirm", "1")];
    assert!(town.post(Caller::Licensing, &path, &sure).await.text().contains("没有填写原因"));
    let view = path.trim_end_matches("/erase");
    town.post(Caller::Licensing, view, &[]).await.holds(&[ID_NUMBER, "删除个人信息"]);
    let sure = [typed[0], typed[1], ("confirm", "1")];
    let done = town.post(Caller::Licensing, &path, &sure).await;
    assert_eq!((done.status, done.location), (303, format!("/office/certificates/{id}?said=erased")));
    town.get(Caller::Licensing, &tab).await.holds(&["王示例"]);
    let left = town.post(Caller::Licensing, view, &[]).await.holds(&["没有登记证件和联系方式"]);
    assert!(!left.contains("/erase"));
    let events = format!("/office/certificates/{id}?tab=events");
    town.get(Caller::Viewer, &events).await.holds(&["删除个人信息", "陕示删〔2026〕1号", "本人申请"]);
}
