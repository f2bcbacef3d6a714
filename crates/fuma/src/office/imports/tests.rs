//! The main job through the router: a province's workbook, its errors, its numbers.

use crate::demo::{PLANTED, demo_workbook};
use crate::testing::{Caller, Town};
use app::stored::BatchState;
use calamine::Reader;
use std::io::Cursor;

async fn work(town: &Town) {
    while town.app.work_once().await.unwrap() {}
}

async fn sent(town: &Town, name: &str, bytes: &[u8]) -> String {
    let answer = town.upload(Caller::Licensing, "/office/imports", &[("file", name, bytes)], &[]).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.location
}

/// The figure with this label.
fn figure(page: &str, label: &str) -> String {
    let end = page.find(&format!("</b>{label}<")).unwrap_or_else(|| panic!("no figure {label}"));
    page[..end].rsplit("<b>").next().unwrap().to_owned()
}

#[tokio::test]
async fn a_workbook_is_checked_committed_and_found_unchanged_afterwards() {
    let town = Town::open().await;
    let workbook = demo_workbook("27", 1).unwrap();
    let import = sent(&town, "样张.xlsx", &workbook).await;
    town.get(Caller::Licensing, &import).await.holds(&["正在读取和检查", r#"data-live="1""#]);
    work(&town).await;

    let page = town.get(Caller::Licensing, &format!("{import}?only=errors")).await.holds(&[
        "一格多个证书编号",
        "编号属于其他发证机关",
        "同一文件编号重复",
        "统一社会信用代码有误",
        "数字已被表格软件改变",
        "日期先后矛盾",
        "对应的证书不存在",
        "下载标注后的工作簿",
        "只导入没有错误的证书",
    ]);
    assert!(!page.contains("data-live"));
    assert!(
        page.contains("‹U+") && !page.contains('\u{202E}'),
        "what turns the writing round is shown, not done"
    );
    let all = town.get(Caller::Licensing, &import).await.text().replace("&#38;", "&").replace("&amp;", "&");
    for level in ["error", "warning"] {
        let only = format!("{import}?sort=missing&level={level}");
        assert!(all.contains(&only), "{only}: {all}");
        let page = town.get(Caller::Licensing, &only).await.text();
        let (errors, warnings) = (page.matches("badge bad").count(), page.matches(">提醒<").count());
        assert!(if level == "error" { warnings == 0 } else { warnings > 0 }, "{level}: {errors} {warnings}");
    }
    let found = page.matches(r#"<td class="tight"><span class="badge bad"#).count();
    assert!(found >= PLANTED.len(), "{found} errors shown");
    let ready: u32 = figure(&page, "会新建").parse().unwrap();
    assert!(ready >= 200, "{ready}");

    plan_of(&town, &import, ready).await;

    let marked = town.get(Caller::Licensing, &format!("{import}/annotated.xlsx")).await;
    assert!(marked.kind.contains("spreadsheetml"), "{}", marked.kind);
    again_with_marks(&town, &marked.bytes, &page).await;

    let answer = town.post(Caller::Licensing, &format!("{import}/commit"), &[("extent", "good")]).await;
    assert_eq!((answer.status, answer.location), (303, import.clone()));
    town.get(Caller::Licensing, &import).await.holds(&["正在赋码"]);
    work(&town).await;
    let ctx = town.ctx(Caller::Licensing).await;
    for job in town.app.jobs(&ctx).await.unwrap() {
        println!("{job:?}");
    }
    let page =
        town.get(Caller::Licensing, &import).await.holds(&["新赋码", "打印本批证书", "整批误赋码作废"]);
    assert!(page.contains(&format!("办理结果：{ready} 张")), "{page}");
    assert!(page.contains(r#"href="/office/certificates/"#));
    // What was wrong is still told, each with its reason, and marked in the file, which is kept for that.
    page.find("未受理的证书").expect("the refused lines come first");
    assert!(page.contains("统一社会信用代码：") && page.contains("下载标注后的工作簿"));
    assert!(page.contains("没有导入的行"), "a row of no certificate does not vanish");
    let refused = town.get(Caller::Licensing, &format!("{import}/annotated.xlsx")).await;
    assert_eq!(refused.status, 200);
    let mut book = calamine::Xlsx::new(Cursor::new(refused.bytes)).unwrap();
    assert!(book.worksheet_range("错误汇总").is_ok());
    crate::gallery::keep("office", "import_refused", &page);

    // Lines were refused and may do now: the very same file is looked at anew, and changes nothing either.
    for (name, bytes) in [("样张.xlsx", &workbook), ("样张-标注.xlsx", &marked.bytes)] {
        let again = sent(&town, name, bytes).await;
        assert_ne!(again, import);
        work(&town).await;
        let page = town.get(Caller::Licensing, &again).await.holds(&["没有可以赋码或变更的证书"]);
        assert_eq!((figure(&page, "会新建"), figure(&page, "会变更")), ("0".into(), "0".into()));
        assert_eq!(figure(&page, "无变化"), ready.to_string(), "the same certificates again change nothing");
    }
}

/// The list of what would become of each certificate, in pages and by outcome.
async fn plan_of(town: &Town, import: &str, ready: u32) {
    let of = |page: &str| page.split("id=\"plan\"").nth(1).unwrap().to_owned();
    let page = town.get(Caller::Licensing, import).await.text();
    crate::gallery::keep("office", "import_plan", &page);
    let all = of(&page);
    assert!(all.contains(&format!("新 {ready}<")) && all.contains("?line=50#plan"));
    assert_eq!(all.matches("<td class=\"right num\">").count(), 50);
    let held = of(&town.get(Caller::Licensing, &format!("{import}?expect=refused")).await.text());
    assert!(held.contains("统一社会信用代码：") && !held.contains("badge good"), "{held}");
    let next = of(&town.get(Caller::Licensing, &format!("{import}?line=50")).await.text());
    assert!(next.contains("<td class=\"right num\">51</td>") && next.contains("第一页"), "{next}");
}

/// The annotated workbook brings the same errors and nothing of what we added.
async fn again_with_marks(town: &Town, bytes: &[u8], before: &str) {
    let import = sent(town, "样张-标注.xlsx", bytes).await;
    work(town).await;
    let page = town.get(Caller::Licensing, &format!("{import}?only=errors")).await.text();
    for label in ["证书", "会新建", "会变更", "无变化", "有错误"] {
        assert_eq!(figure(&page, label), figure(before, label), "{label}");
    }
    let tab = |page: &str| page.split("只看错误 ").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert_eq!(tab(&page), tab(before));
    let answer = town.post(Caller::Licensing, &format!("{import}/discard"), &[]).await;
    assert_eq!(answer.location, "/office/imports?said=discarded");
}

#[tokio::test]
async fn what_a_batch_assigned_wrongly_is_annulled_with_a_reason() {
    let town = Town::with_certificates().await;
    let list = town.get(Caller::ProvincialAdmin, "/office/imports").await.text();
    let import = list.split("href=\"").find_map(|part| {
        let path = part.split('"').next()?;
        path.strip_prefix("/office/imports/")?.parse::<i64>().ok().map(|_| path.to_owned())
    });
    let import = import.expect("the import is listed");
    let annul = format!("{import}/annul");
    let reason = [("reason", "示例原因"), ("confirm", "1")];
    assert_eq!(town.post(Caller::Licensing, &annul, &[("reason", "示例")]).await.status, 422);
    assert_eq!(town.post(Caller::Viewer, &annul, &reason).await.status, 403);
    assert_eq!(town.post(Caller::Foreign, &annul, &reason).await.status, 404);
    let answer = town.post(Caller::ProvincialAdmin, &annul, &reason).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    town.get(Caller::ProvincialAdmin, &answer.location).await.holds(&["已作废本批赋码"]);
}

#[tokio::test]
async fn templates_come_as_files_and_a_missing_file_is_told() {
    let town = Town::open().await;
    let book = town.get(Caller::Licensing, "/office/imports/template.xlsx").await;
    assert!(calamine::open_workbook_auto_from_rs(Cursor::new(&book.bytes)).is_ok());
    let csv = town.get(Caller::Licensing, "/office/imports/template/capabilities.csv").await;
    assert!(csv.text().contains("标准编号"));
    assert_eq!(town.get(Caller::Licensing, "/office/imports/template/x.csv").await.status, 404);
    let none = town.upload(Caller::Licensing, "/office/imports", &[], &[]).await;
    assert_eq!(none.status, 422);
    assert!(none.text().contains("没有收到文件"));
    let empty = town.upload(Caller::Licensing, "/office/imports", &[("file", "空.xlsx", b"")], &[]).await;
    assert!(empty.status == 422 && empty.text().contains("文件是空的"), "{}", empty.text());
    let book: &[u8] = &book.bytes;
    let two = [("file", "甲.xlsx", book), ("file", "乙.xlsx", book)];
    let two = town.upload(Caller::Licensing, "/office/imports", &two, &[]).await;
    assert!(two.status == 422 && two.text().contains("一次选择了2个文件"), "{}", two.text());
}

#[tokio::test]
async fn likely_doubles_are_one_sort_with_both_sides_beside_each_other() {
    let town = Town::open().await;
    let head = "业务类型,机构名称,统一社会信用代码";
    let rows =
        ["首次,示例环境检测有限公司,91610113YL00000125", "首次,示例环境检测有限责任公司,91610102MA00000005"];
    let file = format!("{head}\n{}\n", rows.join("\n"));
    let import = sent(&town, "证书.csv", file.as_bytes()).await;
    work(&town).await;
    town.get(Caller::Licensing, &import).await.holds(&["疑似重复 1<", "?sort=alike"]);
    let page = town.get(Caller::Licensing, &format!("{import}?sort=alike")).await.holds(&[
        "疑似重复 1（取消筛选）",
        "<th scope=\"col\">本行</th><th scope=\"col\">对照</th>",
        "<td>示例环境检测有限责任公司（91610102MA00000005）</td>",
        "<td>与本文件第2行的“示例环境检测有限公司”（91610113YL00000125）名称只是写法不同，代码不同</td>",
        "不影响提交",
    ]);
    let problems = page.split("id=\"plan\"").next().unwrap();
    assert_eq!(problems.matches("<td class=\"right num\">").count(), 1, "no other problem is among them");
}

fn id_of(import: &str) -> domain::BatchId {
    domain::BatchId(import.rsplit('/').next().unwrap().parse().unwrap())
}

/// A certificate of which the number is left to the counter.
const COUNTED: &str = "序号,业务类型,机构名称,统一社会信用代码,法人类别,主管部门,机构地址,行政区划代码,领域代码,行业代码,是否食品,许可程序,决定日期,决定文号,首次发证日期,发证日期,有效期起,有效期至
1,首次,示例检测有限公司,91610113YL00000125,独立法人-企业,无,陕西省西安市雁塔区示例路1号,610113,12,05,否,一般程序,2026-03-01,陕示许〔2026〕1号,2026-03-05,2026-03-05,2026-03-05,2032-03-04
";
const ANNEX: &str = "对应证书,序号,大类,类别,产品/项目/参数,标准名称,标准编号,批准日期,是否食品
1,1.1,一、环境与环保,水和废水,氨氮,水质 氨氮的测定,HJ 535-2009,2026-03-01,否
";

#[tokio::test]
async fn a_refused_commit_says_why_on_its_page_and_has_a_way_out() {
    let town = Town::open().await;
    let files = [("file", "证书.csv", COUNTED.as_bytes()), ("file", "检测能力.csv", ANNEX.as_bytes())];
    let import = town.upload(Caller::Licensing, "/office/imports", &files, &[]).await.location;
    work(&town).await;
    town.get(Caller::Licensing, &import).await.holds(&["重新检查", "全部导入", "待编"]);
    // A restore: the counter gives nothing until somebody confirms where it stands.
    let ctx = town.ctx(Caller::NationalAdmin).await;
    let operator = app::Ctx { actor: domain::Actor::Operator("root".into()), ..ctx };
    town.app.raise_epoch(&operator).await.unwrap();
    let commit = format!("{import}/commit");
    assert_eq!(town.post(Caller::Licensing, &commit, &[("extent", "whole")]).await.status, 303);
    work(&town).await;
    let page = town.get(Caller::Licensing, &import).await.holds(&["待提交", "还没有确认", "确认起始流水号"]);
    assert!(!page.contains("data-live"), "nothing runs any more");
    assert_eq!(town.post(Caller::Viewer, &format!("{import}/recheck"), &[]).await.status, 403);
    let answer = town.post(Caller::Licensing, &format!("{import}/recheck"), &[]).await;
    assert_eq!((answer.status, &answer.location), (303, &import));
    town.get(Caller::Licensing, &import).await.holds(&["正在读取和检查"]);
    let early = town.post(Caller::Licensing, &format!("{import}/discard"), &[]).await;
    assert!(early.status == 422 && early.text().contains("不能放弃"), "{}", early.text());
    work(&town).await;
    let answer = town.post(Caller::Licensing, &format!("{import}/discard"), &[]).await;
    assert_eq!(answer.location, "/office/imports?said=discarded");
}

#[tokio::test]
async fn an_import_given_up_midway_shows_what_is_done_and_is_continued() {
    use std::time::Duration;
    let town = Town::open().await;
    let import = sent(&town, "样张.xlsx", &demo_workbook("27", 1).unwrap()).await;
    work(&town).await;
    let commit = format!("{import}/commit");
    assert_eq!(town.post(Caller::Licensing, &commit, &[("extent", "good")]).await.status, 303);
    let ctx = town.ctx(Caller::Licensing).await;
    let batch = async || town.app.batch(&ctx, id_of(&import)).await.unwrap();
    let some = async {
        while batch().await.done == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::select! {
        done = town.app.work_once() => panic!("it was to be cut off: {done:?}"),
        () = some => {}
    }
    // No attempt is long enough for anything, until the work is given up.
    while batch().await.state == BatchState::Committing {
        // Past the lease, but the session is used meanwhile.
        town.clock.advance(70);
        assert_eq!(town.get(Caller::Licensing, &import).await.status, 200);
        let _ = tokio::time::timeout(Duration::from_millis(20), town.app.work_once()).await;
    }
    let page = town.get(Caller::Licensing, &import).await.holds(&[
        "赋码中断",
        "多次中断",
        "已办理",
        ">继续<",
        "新赋码",
    ]);
    assert!(!page.contains("data-live") && !page.contains("整批误赋码作废"), "{page}");
    crate::gallery::keep("office", "import_interrupted", &page);
    let discard = town.post(Caller::Licensing, &format!("{import}/discard"), &[]).await;
    assert!(discard.status == 422 && discard.text().contains("赋码中断"), "{}", discard.text());
    assert_eq!(town.post(Caller::Licensing, &commit, &[]).await.status, 303);
    work(&town).await;
    town.get(Caller::Licensing, &import).await.holds(&["已完成", "整批误赋码作废"]);
}

#[tokio::test]
async fn a_change_is_shown_old_and_new_before_it_is_committed() {
    let town = Town::with_certificates().await;
    let file = "序号,业务类型,证书编号,机构名称,统一社会信用代码,法人类别,主管部门,机构地址,行政区划代码,领域代码,行业代码,是否食品,许可程序,决定日期,决定文号,首次发证日期,发证日期,有效期起,有效期至
1,名称变更,262712050001,示例更名检测有限公司,91610113YL00000125,独立法人-企业,无,陕西省西安市雁塔区示例路1号,610113,12,05,否,一般程序,2026-03-01,陕示许〔2026〕1号,2026-03-05,2026-03-05,2026-03-05,2032-03-04
";
    let change = sent(&town, "证书.csv", file.as_bytes()).await;
    work(&town).await;
    let page = town.get(Caller::Licensing, &format!("{change}?expect=changed")).await.text();
    let plan = page.split("id=\"plan\"").nth(1).unwrap();
    let shown = "机构名称：<del>示例检测有限公司</del> → <ins>示例更名检测有限公司</ins>";
    assert!(plan.contains("262712050001") && plan.contains(shown), "{page}");
    crate::gallery::keep("office", "import_change", &page);
}
