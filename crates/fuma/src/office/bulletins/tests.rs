//! 通报: drafted, edited, approved by another, released into every inbox, signed, disputed, answered, corrected.

use crate::gallery::keep;
use crate::testing::{Caller, NATIONAL, Town};
use app::Ctx;
use domain::bulletin::{BulletinId, Indicator, Period, Step};
use domain::{AccountId, Actor, Level, Role};

/// A second person of the national level.
fn second() -> Ctx {
    let (authority, level, role) = (NATIONAL, Level::National, Role::Supervision);
    let actor = Actor::Account { id: AccountId(9_001), authority, level, role };
    Ctx { actor, door: domain::Door::Form, request_id: "t".into(), source: "192.0.2.1".into() }
}

async fn stepped(town: &Town, id: BulletinId, step: Step) {
    town.app.step_bulletin(&second(), id, None, (step, "示例原因")).await.unwrap();
}

#[tokio::test]
async fn a_bulletin_goes_its_whole_way_over_the_pages() {
    let town = Town::with_certificates().await;
    let blank = town.get(Caller::NationalAdmin, "/office/bulletins").await;
    keep(
        "office",
        "bulletins_blank",
        &blank.holds(&["暂无数据", "起草通报", "2026年10月", "2026年第三季度"]),
    );
    let blank = town.get(Caller::Viewer, "/office/bulletins").await.holds(&["暂无数据", "申报有效证书数"]);
    assert!(!blank.contains("起草通报"));

    // 申报.
    let path = "/office/bulletins/declared";
    town.get(Caller::Licensing, path).await.holds(&["还没有申报", "value=\"2026-10-31\""]);
    let wrong = town.post(Caller::Licensing, path, &[("day", "2026-10-30"), ("certificates", "4")]).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("不是月末") && wrong.text().contains("value=\"2026-10-30\""));
    for n in ["4,000", "5"] {
        let form = [("day", "2026-10-31"), ("certificates", n)];
        assert_eq!(town.post(Caller::Licensing, path, &form).await.status, 303);
    }
    let html = town.get(Caller::Licensing, &format!("{path}?said=declared")).await;
    keep("office", "bulletins_declared", &html.holds(&["已申报", "4,000", "已被后来的申报代替"]));

    // 起草, 修改, 审定.
    let none = town.post(Caller::NationalAdmin, "/office/bulletins", &[("period", "")]).await;
    assert_eq!(none.status, 422);
    let made = town.post(Caller::NationalAdmin, "/office/bulletins", &[("period", "2026-10")]).await;
    assert_eq!(made.status, 303, "{}", made.text());
    let page = made.location.split('?').next().unwrap().to_owned();
    let id = BulletinId(page.rsplit('/').next().unwrap().parse().unwrap());
    let html = town.get(Caller::NationalAdmin, &made.location).await;
    let html = html.holds(&["通报已按现在的数字起草", "起草中", "修改文字", "放弃", "一、概况"]);
    assert!(!html.contains("value=\"approve\""), "who drafted does not approve");
    keep("office", "bulletin_draft", &html);
    for stranger in [Caller::Viewer, Caller::NationalLicensing] {
        assert_eq!(town.get(stranger, &page).await.status, 404);
    }
    let edit = format!("{page}/edit");
    let html = town.get(Caller::NationalAdmin, &edit).await.holds(&["name=\"seen\" value=\"0\"", "一、概况"]);
    keep("office", "bulletin_edit", &html);
    let words = [("title", "2026年10月示例通报"), ("text", "一、概况\n示例<正文>"), ("seen", "0")];
    assert_eq!(town.post(Caller::NationalAdmin, &edit, &words).await.status, 303);
    let late = town.post(Caller::NationalAdmin, &edit, &words).await;
    assert_eq!(late.status, 422);
    assert!(late.text().contains("刚刚被别人办理过") && late.text().contains("示例&#60;正文&#62;"));
    let own = town.post(Caller::NationalAdmin, &format!("{page}/step"), &[("step", "approve")]).await;
    assert_eq!(own.status, 422);
    assert!(own.text().contains("起草或修改过这份通报的人不能审定"));
    stepped(&town, id, Step::Approve).await;
    let html = town.get(Caller::NationalAdmin, &page).await;
    let html = html.holds(&["已审定", "value=\"release\"", "value=\"return\""]);
    assert!(!html.contains("修改文字"));
    assert_eq!(town.get(Caller::NationalAdmin, &edit).await.status, 303, "nothing to edit any more");

    // 发布: it is in every inbox.
    let release = town
        .post(Caller::NationalAdmin, &format!("{page}/step"), &[("step", "release"), ("seen", "2")])
        .await;
    assert_eq!(release.status, 303, "{}", release.text());
    let html = town.get(Caller::NationalAdmin, &release.location).await;
    let html = html.holds(&["已发布：内容不再改动", "签收：0 / 32", "起草更正版", "撤回"]);
    assert!(!html.contains("修改文字") && !html.contains("value=\"return\""));
    keep("office", "bulletin_nation", &html);
    let inbox = town.get(Caller::Supervision, "/office/inbox").await;
    keep("office", "inbox_bulletin", &inbox.holds(&["待签收的通报", "2026年10月示例通报", &page]));
    let list = town.get(Caller::ForeignViewer, "/office/bulletins").await.holds(&["待签收", "月度"]);
    keep("office", "bulletins", &list);
    let html = town.get(Caller::Supervision, &page).await;
    let html =
        html.holds(&["本机关", "签收</button>", "未申报", "赋码覆盖率", "指标说明", "示例&#60;正文&#62;"]);
    assert!(!html.contains("签收：0") && !html.contains("起草更正版"));
    for of in Indicator::ALL {
        assert!(html.contains(of.definition()), "{}", of.label());
    }
    keep("office", "bulletin_province", &html);
    assert!(!town.get(Caller::Viewer, &page).await.text().contains("签收</button>"));

    // 签收, 异议, 答复.
    let signed = town.post(Caller::Supervision, &format!("{page}/receipt"), &[]).await;
    assert_eq!(signed.status, 303);
    assert!(!town.get(Caller::Supervision, "/office/inbox").await.text().contains("待签收的通报"));
    let replies = format!("{page}/replies");
    let open = [("kind", "dispute"), ("figure", ""), ("text", "应为<6>张")];
    let wrong = town.post(Caller::Supervision, &replies, &open).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("没有选择有异议的指标") && wrong.text().contains("应为&#60;6&#62;张"));
    let dispute = [("kind", "dispute"), ("figure", "declared"), ("text", "应为<6>张")];
    assert_eq!(town.post(Caller::Supervision, &replies, &dispute).await.status, 303);
    assert_eq!(town.post(Caller::Viewer, &replies, &dispute).await.status, 403);
    let html = town.get(Caller::NationalAdmin, &page).await;
    let html = html.holds(&["签收：1 / 32", "申报有效数（通报为 5）", "应为&#60;6&#62;张", "name=\"reply\""]);
    let reply = html.split("name=\"reply\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let answers = format!("{page}/answers");
    let said = [("reply", reply.as_str()), ("text", "示例答复")];
    assert_eq!(town.post(Caller::NationalAdmin, &answers, &said).await.status, 303);
    assert_eq!(town.post(Caller::NationalAdmin, &answers, &said).await.status, 422);
    let html = town.get(Caller::Supervision, &page).await.holds(&["答复：示例答复"]);
    keep("office", "bulletin_replies", &html);
    assert!(!town.get(Caller::ForeignSupervision, &page).await.text().contains("示例答复"));

    // 更正.
    let made = town.post(Caller::NationalAdmin, &format!("{page}/correct"), &[]).await;
    assert_eq!(made.status, 303, "{}", made.text());
    let new = made.location.split('?').next().unwrap().to_owned();
    let corrected = BulletinId(new.rsplit('/').next().unwrap().parse().unwrap());
    stepped(&town, corrected, Step::Approve).await;
    stepped(&town, corrected, Step::Release).await;
    let html = town.get(Caller::Supervision, &page).await.holds(&["这份通报已被更正", &new]);
    keep("office", "bulletin_corrected", &html);
    town.get(Caller::Supervision, &new).await.holds(&["第2版", "2026年10月示例通报"]);
    town.get(Caller::NationalAdmin, "/office/log").await.holds(&[
        "起草通报",
        "审定通报",
        "发布通报",
        "答复通报异议",
    ]);
    town.get(Caller::Supervision, "/office/log").await.holds(&["签收通报", "回复通报", "申报有效证书数"]);
}

#[tokio::test]
async fn its_files_say_the_same_and_the_aggregates_make_it_again() {
    let town = Town::with_certificates().await;
    let period = Period::parse("2026-10").unwrap();
    let drafter = Ctx {
        actor: Actor::Account {
            id: AccountId(9_002),
            authority: NATIONAL,
            level: Level::National,
            role: Role::Administrator,
        },
        ..second()
    };
    let id = town.app.draft_bulletin(&drafter, period, None).await.unwrap();
    stepped(&town, id, Step::Approve).await;
    stepped(&town, id, Step::Release).await;
    let page = format!("/office/bulletins/{id}");
    let file = async |name: &str| town.get(Caller::Viewer, &format!("{page}/{name}")).await;
    let pdf = file("bulletin.pdf").await;
    assert_eq!((pdf.status, pdf.kind.as_str()), (200, "application/pdf"));
    assert!(pdf.bytes.starts_with(b"%PDF"));
    assert_eq!(file("bulletin.xlsx").await.status, 200);
    let bytes = file("aggregates.txt").await.bytes;
    let again = domain::bulletin::Aggregates::read(&bytes).unwrap();
    let shown = domain::bulletin::Reckoned::of(&again);
    let json: serde_json::Value = serde_json::from_slice(&file("bulletin.json").await.bytes).unwrap();
    let digest = data_encoding::HEXLOWER.encode(&domain::bulletin::Aggregates::digest(&bytes));
    assert_eq!(json["aggregates_sha256"], serde_json::json!(digest));
    let html = town.get(Caller::Viewer, &page).await.text();
    assert!(html.contains(&digest));
    for (line, told) in shown.lines.iter().zip(json["authorities"].as_array().unwrap()) {
        for cell in &line.cells {
            let text = cell.indicator.says(cell.value);
            assert_eq!(
                told["figures"][cell.indicator.key()]["text"],
                serde_json::json!(text),
                "{}",
                line.name
            );
        }
        for (_, of) in domain::bulletin::PARTS {
            let cells = domain::bulletin::columns(of)
                .map(|column| format!("<td data-label=\"{}\">{}</td>", column.label(), column.text(line)));
            let row = format!("<th scope=\"row\">{}</th>{}", line.short_name, cells.collect::<String>());
            assert!(html.contains(&row), "{row}");
        }
    }
    for name in ["bulletin.pdf", "bulletin.xlsx", "bulletin.json", "aggregates.txt"] {
        assert_eq!(town.get(Caller::Viewer, &format!("/office/bulletins/99/{name}")).await.status, 404);
    }
}

#[test]
fn the_manual_says_what_the_figures_mean() {
    let manual = include_str!("../../../../../docs/操作手册.md");
    for of in Indicator::ALL {
        let row = format!("| {} | {} |", of.label(), of.definition());
        assert!(manual.contains(&row), "{row}");
    }
}
