//! The main job through the router: a province's workbook, its errors, its numbers.

use crate::demo::{PLANTED, demo_workbook};
use crate::testing::{Caller, Town};
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
    // What was wrong is still told, each with its reason, though the file is gone.
    page.find("未受理的证书").expect("the refused lines come first");
    assert!(page.contains("统一社会信用代码：") && page.contains("下载未受理清单"));
    assert!(page.contains("没有导入的行"), "a row of no certificate does not vanish");
    let refused = town.get(Caller::Licensing, &format!("{import}/annotated.xlsx")).await;
    assert_eq!(refused.status, 200);
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
    assert_eq!(page.matches("<td class=\"right num\">").count(), 1, "no other problem is among them");
}
