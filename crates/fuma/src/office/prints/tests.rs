//! Stories through the router: an officer prints one, many, and hands out the code for reports; a body fetches it.

use crate::gallery::keep;
use crate::testing::{Answer, Caller, ENDING, FULL, SECOND, Town};
use std::process::Command;

const US: Caller = Caller::Licensing;

/// What a phone reads in a picture or on the pages of a PDF.
fn codes(answer: &Answer) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("it.pdf");
    std::fs::write(&path, &answer.bytes).unwrap();
    let made =
        Command::new("pdftoppm").args(["-r", "200", "-png"]).arg(&path).arg(folder.path().join("p")).status();
    assert!(made.expect("pdftoppm is needed").success());
    let pictures = std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().path());
    let pictures = pictures.filter(|p| p.extension().is_some_and(|e| e == "png"));
    let read =
        Command::new("zbarimg").args(["-q", "--raw"]).args(pictures).output().expect("zbarimg is needed");
    String::from_utf8(read.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn is_pdf(answer: &Answer) {
    assert_eq!((answer.status, answer.kind.as_str()), (200, "application/pdf"), "{}", answer.text());
    assert!(answer.bytes.starts_with(b"%PDF"));
}

/// The first address on a page that begins and ends so.
fn address(page: &str, begin: &str, end: &str) -> String {
    let mut found = page.split('"').filter(|t| t.starts_with(begin) && t.ends_with(end));
    found.next().unwrap_or_else(|| panic!("no {begin}…{end} in {page}")).to_owned()
}

#[tokio::test]
async fn an_officer_prints_one_certificate_and_fetches_it_again() {
    let town = Town::with_certificates().await;
    let id = town.id(FULL).await;
    let place = format!("/office/certificates/{id}/print");
    let link = town.get(US, &format!("/office/prints/new?id={id}")).await;
    assert_eq!((link.status, link.location.as_str()), (303, place.as_str()));
    keep(
        "office",
        "print_single",
        &town.get(US, &place).await.holds(&["打印并存档", "还没有打印记录", "face.svg"]),
    );
    is_pdf(&town.get(US, &format!("/office/certificates/{id}/sample.pdf")).await);
    let face = town.get(US, &format!("/office/certificates/{id}/face.svg")).await;
    assert!(face.kind == "image/svg+xml" && face.text().starts_with("<svg"));

    let form = [
        ("copy", "original"),
        ("parts", "both"),
        ("profile", "archive"),
        ("paper", "A0000001"),
        ("reason", ""),
    ];
    let done = town.post(US, &place, &form).await;
    assert_eq!((done.status, done.location), (303, format!("{place}?said=printed")));
    let page =
        town.get(US, &format!("{place}?said=printed")).await.holds(&["已打印并存档", "A0000001", "取回"]);
    let file = address(&page, &format!("/office/certificates/{id}/files/"), ".pdf");
    let first = town.get(Caller::Viewer, &file).await;
    is_pdf(&first);
    assert_eq!(town.get(US, &file).await.bytes, first.bytes);
    assert_eq!(town.get(Caller::Foreign, &file).await.status, 404);

    let again = town.post(US, &place, &form).await;
    keep("office", "print_refused", &again.holds(&["没有打印", "正本已于", "补打"]));
    let reprint = [("copy", "reprint"), ("reason", "原件破损，已收回")];
    assert_eq!(town.post(US, &place, &reprint).await.status, 303);
    town.get(US, "/office/prints").await.holds(&["原件破损，已收回", "最近打印"]);
}

#[tokio::test]
async fn the_queue_is_printed_as_one_job_and_fetched_as_pdf_and_zip() {
    let town = Town::with_certificates().await;
    let queue = town.get(US, "/office/prints").await.holds(&["共 2 条", "打印全部 2 张", "2627 1205 0001"]);
    assert!(!queue.contains("2027 1205 0003"), "what was taken over awaits no print");
    keep("office", "prints", &queue);
    let (one, two) = (town.id(FULL).await.to_string(), town.id(SECOND).await.to_string());
    let picked = town.post(US, "/office/prints/new", &[("id", &one), ("id", &two)]).await;
    keep("office", "prints_new", &picked.holds(&["所选证书：2 张", "开始打印"]));
    let refused = town.post(US, "/office/prints", &[("id", &one), ("id", &two), ("paper", "无号")]).await;
    refused.holds(&["没有提交", "不能连续编到2张", &format!("name=\"id\" value=\"{two}\"")]);
    let form = [("due", "1"), ("copy", "original"), ("bundle", "pdf")];
    let queued = town.post(US, "/office/prints", &form).await;
    assert_eq!(queued.status, 303);
    let place = queued.location;
    keep("office", "prints_running", &town.get(US, &place).await.holds(&["data-live", "正在打印", "等待中"]));
    assert!(town.app.work_once().await.unwrap());
    let page = town.get(US, &place).await.holds(&["已打印 2 张", "下载 PDF", "下载压缩包"]);
    assert!(!page.contains("data-live"));
    keep("office", "prints_done", &page);
    let pdf = town.get(US, &format!("{place}/1.pdf")).await;
    is_pdf(&pdf);
    assert_eq!(codes(&pdf).len(), 2);
    let zip = town.get(US, &format!("{place}/all.zip")).await;
    assert_eq!((zip.status, zip.kind.as_str()), (200, "application/zip"));
    assert!(zip.bytes.starts_with(b"PK") && zip.text().contains("262712050001_示例检测有限公司.pdf"));
    town.get(US, "/office/prints").await.holds(&["没有待打印的证书", "已打印 2 张"]);
    for caller in [Caller::Foreign, Caller::NationalLicensing] {
        assert_ne!(town.get(caller, &format!("{place}/1.pdf")).await.status, 200, "{caller:?}");
        assert_ne!(town.get(caller, &format!("{place}/all.zip")).await.status, 200, "{caller:?}");
    }
}

#[tokio::test]
async fn a_body_fetches_its_code_with_the_link_of_its_slip() {
    let town = Town::with_certificates().await;
    let id = town.id(FULL).await;
    let here = format!("/office/certificates/{id}");
    let svg = town.get(US, &format!("{here}/code.svg")).await;
    assert_eq!((svg.status, svg.kind.as_str()), (200, "image/svg+xml"));
    assert_eq!(town.get(US, &format!("{here}/code.png")).await.kind, "image/png");
    is_pdf(&town.get(US, &format!("{here}/code.pdf")).await);
    let slip = town.post(US, &format!("{here}/slip.pdf"), &[]).await;
    is_pdf(&slip);
    let named = axum::http::Request::post(format!("{here}/slip.pdf")).header("cookie", town.cookie(US).await);
    let named = named.header("sec-fetch-site", "same-origin").body(axum::body::Body::empty()).unwrap();
    let named = town.raw(named).await.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(named.contains(&format!("-{FULL}.pdf")), "{named}");
    let read = codes(&slip);
    let link = read.iter().find_map(|c| c.strip_prefix("http://127.0.0.1:8080")).unwrap().to_owned();
    let page = town.get(Caller::Public, &link).await.holds(&[
        "报告二维码领取",
        "示例检测有限公司",
        "2026-12-22 23:59:59",
    ]);
    keep("public", "report_code_open", &page);
    let shown = town.get(Caller::Public, &address(&page, &link, "view=1")).await;
    assert_eq!(shown.kind, "image/svg+xml");
    for file in ["code.svg", "code.png", "code.pdf"] {
        assert_eq!(town.get(Caller::Public, &format!("{link}/{file}")).await.status, 200);
    }
    town.get(Caller::Public, &link).await.holds(&["3 次"]);
    for path in ["/qr/nothing", &format!("{link}/code.exe"), "/qr/nothing/code.svg"] {
        assert_eq!(town.get(Caller::Public, path).await.status, 404, "{path}");
    }
    let links =
        town.get(US, &format!("{here}/links")).await.holds(&["2026-12-22", "可下载", "3 次", "续期30天"]);
    keep("office", "links", &links);
    let links_of = format!("{here}/links");
    let key = links.split("name=\"link\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let renewed = town.post(US, &format!("{here}/links"), &[("link", key)]).await;
    town.get(US, &renewed.location).await.holds(&["链接已续期30天"]);

    let act = app::Decision {
        act: domain::StatusAct::Annul,
        effective: town.app.today(),
        document: String::new(),
        reason: "录入到别的机构".into(),
    };
    let tab = format!("{here}?tab=code");
    assert!(town.get(US, &tab).await.holds(&["code.svg", "slip.pdf"]).contains("下载 PNG"));
    town.app.act(&town.ctx(US).await, id, &act).await.unwrap();
    for (page, gone) in
        [(&tab, ["code.svg", "slip.pdf", "下载 PNG"]), (&links_of, ["slip.pdf", "续期30天", "下载新的"])]
    {
        let html = town.get(US, page).await.holds(&["已作废，报告上不能再印它的二维码。换发新证书后"]);
        assert!(!gone.iter().any(|it| html.contains(it)), "{page}: {html}");
        keep("office", if page == &tab { "code_closed" } else { "links_closed" }, &html);
    }
    let closed = town.get(Caller::Public, &link).await;
    assert_eq!(closed.status, 410);
    assert!(closed.text().contains("作废"));
    keep("public", "report_code_closed", &closed.text());
    assert_eq!(town.get(Caller::Public, &format!("{link}/code.svg")).await.status, 410);
}

#[tokio::test]
async fn an_import_hands_out_its_slips_and_prints_what_waits() {
    let town = Town::with_certificates().await;
    let batch = town.app.batches(&town.ctx(US).await, None).await.unwrap()[0].id.to_string();
    let page = town.get(US, &format!("/office/imports/{batch}/slips")).await;
    keep("office", "slips", &page.holds(&["下载领取单"]));
    let slips = town.post(US, &format!("/office/imports/{batch}/slips"), &[("file", "1")]).await;
    is_pdf(&slips);
    assert_eq!(codes(&slips).len(), 9, "three slips with two sizes and a link");
    let new = town.post(US, "/office/prints/new", &[("batch", &batch)]).await;
    new.holds(&["导入批次", "2 张", "也包括已打印过的"]);
    let all = town.post(US, "/office/prints", &[("batch", &batch), ("all", "1"), ("again", "1")]).await;
    all.holds(&["3 张"]);
    town.id(ENDING).await;
}

#[tokio::test]
async fn nothing_chosen_prints_nothing() {
    let town = Town::with_certificates().await;
    while town.app.work_once().await.unwrap() {}
    town.post(US, "/office/prints/new", &[]).await.holds(&["没有选中证书"]);
    town.post(US, "/office/prints", &[]).await.holds(&["没有选中可以打印的证书"]);
    assert!(!town.app.has_work().await.unwrap());
    is_pdf(&town.get(US, "/office/prints/test-sheet.pdf").await);
}
