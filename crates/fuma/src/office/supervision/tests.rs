//! 监管 by page: a draw in its two steps, an inspection until it is put right, a notice, and what the public reads of it.

use crate::gallery::keep;
use crate::testing::{Answer, Caller, FULL, Town};

/// Its pool of inspectors: three, whose names nobody outside may read.
const NAMES: [&str; 3] = ["周密名", "吴密名", "郑密名"];

async fn inspectors(town: &Town) -> Vec<String> {
    let mut made = Vec::new();
    for name in NAMES {
        let form = [("name", name), ("unit", "示例市市场监督管理局"), ("post", "三级主办")];
        let done = town.post(Caller::Supervision, "/office/inspectors", &form).await;
        assert_eq!(done.status, 303, "{}", done.text());
        let list = town.get(Caller::Supervision, "/office/inspectors").await.text();
        let before = list.split(&format!(">{name}<")).next().unwrap_or_default();
        let href = before.rsplit("href=\"").next().and_then(|it| it.split('"').next()).unwrap_or_default();
        made.push(href.to_owned());
    }
    made
}

/// A page that says what is wrong, with every one of these texts.
#[track_caller]
fn refused(answer: &Answer, texts: &[&str]) -> String {
    let page = answer.text();
    assert_eq!(answer.status, 422, "{page}");
    for text in texts {
        assert!(page.contains(text), "the page lacks “{text}”:\n{page}");
    }
    page
}

fn path(location: &str) -> String {
    location.split('?').next().unwrap_or_default().to_owned()
}

const PLAN: [(&str, &str); 4] =
    [("title", "2026年度示例抽查"), ("plan", "陕示监〔2026〕1号"), ("by", "risk"), ("percent", "60")];

#[tokio::test]
async fn a_draw_is_frozen_drawn_published_and_read_by_everybody_without_a_name() {
    let town = Town::with_certificates().await;
    let blank = town.get(Caller::Supervision, "/office/draws").await.holds(&["暂无数据", "冻结名录库"]);
    keep("office", "draws_blank", &blank);
    let wrong = town.post(Caller::Supervision, "/office/draws", &[("percent", "很多"), ("by", "x")]).await;
    let html = refused(&wrong, &["请填写抽查任务的名称", "请填写整数", "请选择分层方式"]);
    keep("office", "draws_wrong", &html);
    let few = town.post(Caller::Supervision, "/office/draws", &PLAN).await;
    refused(&few, &["可派的检查人员不足", "名录库没有冻结"]);

    let made = inspectors(&town).await;
    let list = town.get(Caller::Supervision, "/office/inspectors").await;
    keep("office", "inspectors", &list.holds(&["周密名", "三级主办", "在库"]));
    let recusal = [("uscc", "91610113YL00000125"), ("reason", "曾在该机构任职")];
    let recusals = format!("{}/recusals", made[0]);
    assert_eq!(town.post(Caller::Supervision, &recusals, &[("uscc", "")]).await.status, 422);
    assert_eq!(town.post(Caller::Supervision, &recusals, &recusal).await.status, 303);
    assert_eq!(town.post(Caller::Supervision, &recusals, &recusal).await.status, 422, "it is on record");
    let one = town.get(Caller::Supervision, &made[0]).await.holds(&["曾在该机构任职", "解除回避", "第 1 版"]);
    keep("office", "inspector", &one);
    assert_eq!(town.get(Caller::Foreign, &made[0]).await.status, 404);

    let frozen = town.post(Caller::Supervision, "/office/draws", &PLAN).await;
    assert_eq!(frozen.status, 303, "{}", frozen.text());
    let page = path(&frozen.location);
    let html = town.get(Caller::Supervision, &frozen.location).await;
    let html =
        html.holds(&["名录库已冻结，待抽取", "名录库摘要（SHA-256）", "已冻结并记下摘要", ">抽取</button>"]);
    keep("office", "draw_frozen", &html);
    let public = page.replace("/office", "");
    assert_eq!(town.get(Caller::Public, &public).await.status, 404);
    let again = town.post(Caller::Supervision, "/office/draws", &PLAN).await;
    refused(&again, &["同一计划不应反复抽取"]);
    assert_eq!(town.post(Caller::Supervision, &format!("{page}/draw"), &[]).await.status, 303);
    let html = town.get(Caller::Supervision, &page).await.holds(&[
        "已抽取，待公开",
        "密名（示例市",
        "登记检查",
        "随机数",
    ]);
    keep("office", "draw_made", &html);
    let twice = town.post(Caller::Supervision, &format!("{page}/draw"), &[]).await;
    refused(&twice, &["已经抽取"]);
    assert_eq!(town.get(Caller::Public, &public).await.status, 404, "only what is published");
    let empty = town.get(Caller::Public, "/draws").await.holds(&["暂无数据"]);
    keep("public", "draws_empty", &empty);
    assert_eq!(town.post(Caller::Supervision, &format!("{page}/publish"), &[]).await.status, 303);

    let list = town.get(Caller::Public, "/draws").await.holds(&["2026年度示例抽查", "陕西省市场监督管理局"]);
    let html = town.get(Caller::Public, &public).await;
    let html = html.holds(&["示例市市场监督管理局 2 人", "按风险分层", "重新计算", "fuma draw verify"]);
    let json = town.get(Caller::Public, &format!("{public}.json")).await.text();
    for text in [&list, &html, &json] {
        for name in NAMES.iter().chain(&["张示例", "王示例", "account:", "曾在该机构任职"]) {
            assert!(!text.contains(name), "{name} is told to the public: {text}");
        }
    }
    keep("public", "draws", &list);
    keep("public", "draw", &html);
    let document: app::DrawDocument = serde_json::from_str(&json).unwrap();
    assert!(document.verify().is_ok_and(|n| n > 0));
    assert_eq!(town.get(Caller::Public, "/draws/x").await.status, 404);
    assert_eq!(town.get(Caller::Foreign, &page).await.status, 404);
    town.get(Caller::NationalLicensing, "/office/draws").await.holds(&["2026年度示例抽查", "陕西"]);
    town.get(Caller::Supervision, "/office/log").await.holds(&["冻结抽查名录库", "随机抽取", "公开抽取结果"]);
}

#[tokio::test]
async fn an_inspection_is_recorded_at_a_body_put_right_and_published_without_a_name() {
    let town = Town::with_certificates().await;
    town.link().await;
    let ctx = town.ctx(Caller::Licensing).await;
    let body = town.app.certificate(&ctx, town.id(FULL).await).await.unwrap().body.id;
    let at = format!("/office/bodies/{body}/inspections");
    let blank = town.get(Caller::Supervision, &at).await.holds(&["暂无数据", "登记检查"]);
    keep("office", "body_inspections_blank", &blank);
    let form = [
        ("kind", "special"),
        ("from", "2026-11-19"),
        ("to", "2026-11-20"),
        ("inspectors", "周密名、吴密名"),
        ("result", "rectify"),
        ("findings", "示例设备未检定\n示例记录不完整"),
        ("summary", "示例情况说明"),
        ("document", "陕示监检〔2026〕3号"),
    ];
    let wrong = town.post(Caller::Supervision, &at, &form[..3]).await;
    refused(&wrong, &["检查人员不少于两人", "请选择检查结果"]);
    let made = town.post(Caller::Supervision, &at, &form).await;
    assert_eq!(made.status, 303, "{}", made.text());
    let page = path(&made.location);
    let order =
        [("what", "按检定规程补做检定"), ("due", "2026-11-20"), ("order_document", "陕示监改〔2026〕5号")];
    let orders = format!("{page}/rectifications");
    assert_eq!(town.post(Caller::Supervision, &orders, &order[..1]).await.status, 422);
    assert_eq!(town.post(Caller::Supervision, &orders, &order).await.status, 303);
    let html = town.get(Caller::Supervision, &page).await;
    let html =
        html.holds(&["示例设备未检定", "逾期未改正", "周密名、吴密名", "登记整改进展", "起草责令改正通知书"]);
    keep("office", "inspection", &html);
    let step =
        html.split("/office/rectifications/").nth(1).and_then(|it| it.split('"').next()).unwrap_or_default();
    let steps = format!("/office/rectifications/{step}");
    let overdue = town.get(Caller::Supervision, "/office/inspections?list=overdue").await;
    keep(
        "office",
        "inspections_overdue",
        &overdue.holds(&["按检定规程补做检定", "逾期未改正", "2026-11-20"]),
    );
    let name = |field: &str| format!("{field}-{step}");
    let [what, document] = [name("step"), name("document")];
    for (key, text) in [("report", "示例整改报告"), ("passed", ""), ("closed", "陕示监结〔2026〕1号")]
    {
        let done = town.post(Caller::Supervision, &steps, &[(&what, key), (&document, text)]).await;
        assert_eq!(done.status, 303, "{key}: {}", done.text());
    }
    town.get(Caller::Supervision, "/office/inspections?list=overdue").await.holds(&["暂无数据"]);
    let html = town.get(Caller::Supervision, &page).await.holds(&["已办结", "示例整改报告", "复查合格"]);
    keep("office", "inspection_closed", &html);
    let html = town.get(Caller::Supervision, "/office/inspections").await;
    keep("office", "inspections", &html.holds(&["发现问题责令改正", "专项检查", "未公开"]));

    // A linked province reads the day and the result of it at the body, and no more; a sister's not even that.
    let at_body = format!("/office/bodies/{body}");
    let linked = town.get(Caller::Linked, &at_body).await.holds(&["2026-11-19", "发现问题责令改正"]);
    assert!(!linked.contains(&page) && !linked.contains("周密名") && !linked.contains("示例设备未检定"));
    assert_eq!(town.get(Caller::Linked, &page).await.status, 404);
    let sister = town.get(Caller::Sister, &at_body).await.text();
    assert!(!sister.contains("发现问题责令改正"), "{sister}");
    keep("office", "body_inspected", &town.get(Caller::Supervision, &at_body).await.holds(&["登记检查…"]));

    let list = town.get(Caller::Public, "/draws?list=results").await.text();
    assert!(!list.contains("发现问题责令改正"));
    assert_eq!(town.post(Caller::Supervision, &format!("{page}/publish"), &[]).await.status, 303);
    let list = town.get(Caller::Public, "/draws?list=results").await;
    let list = list.holds(&["发现问题责令改正", "2026-11-19 至 2026-11-20", "陕示监检〔2026〕3号"]);
    for name in ["周密名", "吴密名", "示例设备未检定", "示例情况说明"] {
        assert!(!list.contains(name), "{name}");
    }
    keep("public", "inspection_results", &list);

    let corrected = [&form[..], &[("version", "1"), ("reason", "结果登记有误")]].concat();
    assert_eq!(town.post(Caller::Supervision, &page, &form).await.status, 422, "no reason");
    assert_eq!(town.post(Caller::Supervision, &page, &corrected).await.status, 303);
    let late = town.post(Caller::Supervision, &page, &corrected).await;
    refused(&late, &["刚刚被其他人更正"]);
    town.get(Caller::Supervision, &page).await.holds(&["公开的是第1版", "第2版"]);
}

#[tokio::test]
async fn a_notice_is_drafted_made_and_downloaded() {
    let town = Town::with_certificates().await;
    let ctx = town.ctx(Caller::Licensing).await;
    let body = town.app.certificate(&ctx, town.id(FULL).await).await.unwrap().body.id;
    let at = format!("/office/bodies/{body}/notices");
    town.get(Caller::Supervision, &at).await.holds(&["暂无数据", "证书到期提醒"]);
    let draft = town.get(Caller::Supervision, &format!("{at}?kind=expiry")).await;
    keep("office", "notice_draft", &draft.holds(&["即将到期", "制作通知书", "正文"]));
    assert_eq!(town.post(Caller::Supervision, &at, &[("kind", "expiry")]).await.status, 422);
    let form =
        [("kind", "expiry"), ("document", "陕示监通〔2026〕1号"), ("text", "第一段示例。\n第二段示例。")];
    assert_eq!(town.post(Caller::Viewer, &at, &form).await.status, 403);
    let made = town.post(Caller::Supervision, &at, &form).await;
    assert_eq!(made.status, 303, "{}", made.text());
    let html = town.get(Caller::Supervision, &made.location).await.holds(&[
        "未下载",
        "陕示监通〔2026〕1号",
        "已制作并存档",
    ]);
    keep("office", "notices", &html);
    let pdf = html.split("/office/notices/").nth(1).and_then(|it| it.split('"').next()).unwrap_or_default();
    let pdf = town.post(Caller::Supervision, &format!("/office/notices/{pdf}"), &[]).await;
    assert!(pdf.status == 200 && pdf.bytes.starts_with(b"%PDF"));
    town.get(Caller::Supervision, &at).await.holds(&["已下载 2026-11-22"]);
    town.get(Caller::Supervision, "/office/log").await.holds(&["制发通知书", "下载通知书"]);
}
