//! The form through the router: filled in, left, checked, assigned; changes with old and new side by side.

use crate::demo::{AnnexKind, annex_form};
use crate::testing::{Caller, FULL, Town};

const OFFICER: Caller = Caller::Licensing;

/// The value of a hidden field of a page.
fn hidden(page: &str, name: &str) -> String {
    let rest =
        page.split(&format!(r#"name="{name}" value=""#)).nth(1).unwrap_or_else(|| panic!("no field {name}"));
    rest.split('"').next().unwrap().to_owned()
}

/// Posts a step of a draft as the page does: what it hides, what is typed, which button.
async fn typed(town: &Town, draft: &str, query: &str, values: &[(&str, &str)], act: &str) -> String {
    let page = town.get(OFFICER, &format!("{draft}?{query}")).await.holds(&["_version"]);
    let mut form = vec![("_act".to_owned(), act.to_owned())];
    for name in ["_version", "_step", "_group", "_offset", "_shown"] {
        if page.contains(&format!(r#"name="{name}""#)) {
            form.push((name.to_owned(), hidden(&page, name)));
        }
    }
    form.extend(values.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
    let pairs: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let answer = town.post(OFFICER, draft, &pairs).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.location
}

async fn begun(town: &Town) -> String {
    let answer = town.upload(OFFICER, "/office/drafts/new", &[], &[("kind", "首次")]).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.location.split('?').next().unwrap().to_owned()
}

const BODY: &[(&str, &str)] = &[
    ("body_name", "示例水质检测有限公司"),
    ("uscc", "91610102YL00000202"),
    ("legal_kind", "独立法人-企业"),
    ("department", "无"),
    ("address", "陕西省西安市新城区样张路8号"),
    ("division", "610102"),
];
const GRANT: &[(&str, &str)] = &[
    ("kind", "首次"),
    ("domain", "12"),
    ("industry", "05"),
    ("food", "否"),
    ("procedure", "一般程序"),
    ("decision_day", "2026-11-18"),
    ("decision_number", "陕示许〔2026〕9号"),
    ("first_issued_on", "2026-11-20"),
    ("issued_on", "2026年11月20日"),
    ("valid_from", "2026-11-20"),
    ("valid_to", "2032-11-19"),
];

#[tokio::test]
async fn a_certificate_is_filled_in_step_by_step_checked_and_assigned() {
    let town = Town::with_certificates().await;
    let draft = begun(&town).await;
    let next = typed(&town, &draft, "step=1", BODY, "next").await;
    assert_eq!(next, format!("{draft}?step=2&said=saved"));
    typed(&town, &draft, "step=2", &GRANT[..8], "save").await;

    let check = typed(&town, &draft, "step=3", &[], "check").await;
    let page = town.get(OFFICER, &check).await.holds(&["还不能赋码", "有效期至"]);
    assert!(
        page.contains(&format!("{draft}?step=2&amp;checked=1#valid_to"))
            || page.contains("checked=1#valid_to")
    );
    town.get(OFFICER, &format!("{draft}?step=2&checked=1")).await.holds(&[r#"id="valid_to-error""#]);

    let picture = format!("{draft}/face.svg");
    assert_eq!(town.get(OFFICER, &picture).await.status, 422, "nothing to draw yet");
    let page = town.get(OFFICER, &format!("{draft}?step=2")).await.holds(&["这里显示将要打印的证书"]);
    assert!(
        page.contains(r#"alt="将要打印的证书" hidden"#),
        "no picture stands in the sentence's place: {page}"
    );
    let page = town.get(OFFICER, &format!("{draft}?step=5")).await.text();
    assert_eq!(
        (page.matches(r#"class="done""#).count(), page.matches(r#"class="open""#).count()),
        (1, 3),
        "{page}"
    );
    typed(&town, &draft, "step=2", GRANT, "save").await;
    let row = [
        ("capabilities.0.item", "氨氮"),
        ("capabilities.0.standard_name", "水质 氨氮的测定 纳氏试剂分光光度法"),
        ("capabilities.0.standard_number", "HJ 535-2009"),
        ("capabilities.0.approved_on", "2026-11-18"),
        ("capabilities.0.food", "否"),
        ("capabilities.1.item", ""),
    ];
    typed(&town, &draft, "step=4", &row, "save").await;
    town.get(OFFICER, &format!("{draft}?step=4")).await.holds(&["共 1 行", "HJ 535-2009"]);
    let page = town
        .get(OFFICER, &format!("{draft}?step=6"))
        .await
        .holds(&["检查通过，可以赋码", "<dd>2026-11-20</dd>"]);
    assert!(!page.contains("2026年11月20日"), "a day stands as it was understood");

    let saved = town.get(OFFICER, &picture).await;
    assert_eq!((saved.status, saved.kind.as_str()), (200, "image/svg+xml"));
    let other = [("_step", "1"), ("body_name", "示例水质检验检测有限公司")];
    let other = town.post(OFFICER, &picture, &other).await;
    assert!(other.status == 200 && other.bytes != saved.bytes, "what is typed is drawn before it is saved");

    let version = hidden(&page, "version");
    let stale = town.post(OFFICER, &format!("{draft}/assign"), &[("version", "1")]).await;
    assert_eq!(stale.status, 422);
    let answer = town.post(OFFICER, &format!("{draft}/assign"), &[("version", &version)]).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    town.get(OFFICER, &answer.location).await.holds(&["2627 1205 ", "打印证书", "报告二维码领取单", "第1版"]);
    assert_eq!(town.get(OFFICER, &draft).await.status, 404, "the draft is used up");
}

#[tokio::test]
async fn a_change_edits_only_what_its_kind_may_and_shows_old_and_new() {
    let town = Town::with_certificates().await;
    let id = town.id(FULL).await;
    let found = town.get(OFFICER, &format!("/office/changes?number={FULL}")).await;
    assert_eq!(found.location, format!("/office/changes/new?certificate={id}"));
    town.get(OFFICER, &found.location).await.holds(&["名称变更", "更正", "示例检测有限公司"]);
    let begun = town.post(OFFICER, &format!("/office/changes/{id}"), &[("kind", "name_change")]).await;
    let draft = begun.location.split('?').next().unwrap().to_owned();

    let page = town.get(OFFICER, &format!("{draft}?step=1")).await.holds(&["不变的内容"]);
    assert!(page.contains(r#"name="body_name""#) && !page.contains(r#"name="address""#));
    let new = [("body_name", "示例检验检测有限公司"), ("address", "别处1号")];
    typed(&town, &draft, "step=1", &new, "next").await;
    typed(
        &town,
        &draft,
        "step=2",
        &[
            ("decision_day", "2026-11-20"),
            ("decision_number", "陕示变〔2026〕1号"),
            ("procedure", "一般程序"),
        ],
        "save",
    )
    .await;
    let page = town.get(OFFICER, &format!("{draft}?step=4")).await.holds(&["不改变检测能力", "化学需氧量"]);
    assert!(!page.contains(r#"name="capabilities.0.item""#));

    let page = town.get(OFFICER, &format!("{draft}?step=6")).await.holds(&[
        "检查通过，可以赋码",
        "<del>示例检测有限公司</del>",
        "<ins>示例检验检测有限公司</ins>",
    ]);
    assert!(!page.contains("别处1号") && !page.contains("新增 "), "{page}");
    let version = hidden(&page, "version");
    let answer = town.post(OFFICER, &format!("{draft}/assign"), &[("version", &version)]).await;
    town.get(OFFICER, &answer.location).await.holds(&["第2版", "示例检验检测有限公司"]);
}

#[tokio::test]
async fn a_correction_needs_a_reason_and_a_renewal_a_new_certificate() {
    let town = Town::with_certificates().await;
    let id = town.id(FULL).await;
    let of = |kind: &'static str| {
        let path = format!("/office/changes/{id}");
        let town = &town;
        async move {
            let answer = town.post(OFFICER, &path, &[("kind", kind)]).await;
            answer.location.split('?').next().unwrap().to_owned()
        }
    };
    let draft = of("correction").await;
    town.get(OFFICER, &format!("{draft}?step=6")).await.holds(&["更正没有填写更正原因", "还不能赋码"]);
    let draft = of("renewal").await;
    let page = town.get(OFFICER, &format!("{draft}?step=2")).await.text();
    assert!(page.contains(&format!(r#"name="previous_number" value="{FULL}""#)), "{page}");
    assert!(page.contains(r#"name="number" value="""#));
    let none = town.post(OFFICER, &format!("/office/changes/{id}"), &[]).await;
    assert_eq!(none.status, 422);
    let both = [("kind", "correction"), ("kind", "name_change")];
    assert_eq!(town.post(OFFICER, &format!("/office/changes/{id}"), &both).await.status, 422);
}

#[tokio::test]
async fn official_forms_become_rows_of_one_draft_with_the_days_of_its_certificate() {
    let town = Town::with_certificates().await;
    let draft = begun(&town).await;
    typed(&town, &draft, "step=2", GRANT, "save").await;
    let page = town.get(OFFICER, &format!("{draft}?step=4")).await.text();
    let bytes = annex_form(AnnexKind::Application).unwrap();
    let files: [(&str, &str, &[u8]); 1] = [("file", AnnexKind::Application.file_name(), &bytes)];
    let texts = [("_version", hidden(&page, "_version")), ("put", "replace".to_owned())];
    let texts: Vec<(&str, &str)> = texts.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let answer = town.upload(OFFICER, &format!("{draft}/annex"), &files, &texts).await;
    let page = answer.holds(&["已读入并保存：检测能力", "静水压强度试验", r#"value="2.10""#]);
    assert!(page.matches(r#"value="2026-11-18""#).count() >= 10, "批准日期 of the certificate");

    for (door, said) in [("/office/imports", "这是一张证书的官方附表"), ("/office/drafts/new", "已建立草稿")]
    {
        let dropped = town.upload(OFFICER, door, &files, &[]).await;
        dropped.holds(&[said, "静水压强度试验", "按前后顺序理解为“2.10”", "表下的说明，没有导入"]);
    }
}

#[tokio::test]
async fn pasted_rows_are_understood_as_an_import_would() {
    let town = Town::with_certificates().await;
    let draft = begun(&town).await;
    let page = town.get(OFFICER, &format!("{draft}?step=5&group=staff")).await.text();
    assert!(page.contains(&format!(r#"data-paste="{draft}/pasted" data-group="staff""#)), "{page}");
    let paste = async |group: &str, from: &str, text: &str| {
        let values = [("group", group), ("from", from), ("text", text)];
        let answer = town.post(OFFICER, &format!("{draft}/pasted"), &values).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        serde_json::from_str::<serde_json::Value>(&answer.text()).unwrap()
    };
    let headed = paste("staff", "3", "姓名\t年限\t性别\t工号\n张示例\t5\t男性\t7\n李示例\t\t女\t8\n").await;
    assert_eq!(headed["fields"], serde_json::json!(["name", "years", "sex"]));
    assert_eq!(headed["rows"], serde_json::json!([["张示例", "5", "男性"], ["李示例", "", "女"]]));
    assert_eq!(headed["said"], "没有粘贴的列：工号。请核对列的位置，或连同表头一起复制。");
    let plain = paste("sites", "1", "主场所\t样例路1号\t610102\t多出\n").await;
    assert_eq!(plain["fields"], serde_json::json!(["kind", "address", "division"]));
    assert!(plain["said"].as_str().unwrap().contains("第 4 列"), "{plain}");
    let wrong = [("group", "certificate"), ("text", "甲\t乙")];
    assert_eq!(town.post(OFFICER, &format!("{draft}/pasted"), &wrong).await.status, 404);
}

#[tokio::test]
async fn what_a_form_lost_on_its_way_is_said_at_every_door() {
    let town = Town::with_certificates().await;
    let bytes = lossy().unwrap();
    let files: [(&str, &str, &[u8]); 1] = [("file", "人员.xlsx", &bytes)];
    let draft = begun(&town).await;
    let page = town.get(OFFICER, &format!("{draft}?step=5&group=staff")).await.text();
    let version = hidden(&page, "_version");
    let texts = [("_version", version.as_str()), ("put", "append")];
    let annex = format!("{draft}/annex");
    for (door, texts) in [("/office/imports", &[][..]), ("/office/drafts/new", &[]), (&annex, &texts)] {
        let page = town.upload(OFFICER, door, &files, texts).await.holds(&[
            "张示例",
            "证件号码被表格软件当作数字保存，末尾的数字已经丢失，该格没有读入",
            "证件号码是公式或错误值",
            "工作表“说明”有1行，没有可识别的表头，没有读入",
        ]);
        assert!(page.contains("第3行 ") && page.contains("第4行 "), "{door}: {page}");
        assert!(!page.contains("6101131990010112"), "{door}: {page}");
    }
}

/// A form of staff with an ID number in a number cell, one that is an error value, and a sheet beside it.
fn lossy() -> Result<Vec<u8>, rust_xlsxwriter::XlsxError> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("人员")?;
    sheet.write_string(0, 0, "检验检测人员一览表")?;
    sheet.write_row(1, 0, ["姓名", "性别", "职称", "所学专业", "身份证号"])?;
    for (row, name) in (2..).zip(["张示例", "李示例"]) {
        sheet.write_row(row, 0, [name, "男", "工程师", "化学"])?;
    }
    sheet.write_number(2, 4, 610_113_199_001_011_234.0)?;
    sheet.write_formula(3, 4, rust_xlsxwriter::Formula::new("=NA()").set_result("#N/A"))?;
    book.add_worksheet().set_name("说明")?.write_string(0, 0, "另附")?;
    book.save_to_buffer()
}

#[tokio::test]
async fn five_thousand_rows_are_paged_and_a_draft_can_be_thrown_away() {
    let town = Town::with_certificates().await;
    let draft = begun(&town).await;
    let names: Vec<String> = (0..5_000).map(|n| format!("capabilities.{n}.item")).collect();
    let rows: Vec<(&str, &str)> = names.iter().map(|n| (n.as_str(), "样例参数")).collect();
    typed(&town, &draft, "step=4", &rows, "save").await;
    let page = town.get(OFFICER, &format!("{draft}?step=4&page=50")).await.holds(&["第 50 / 50 页"]);
    assert_eq!(page.matches("样例参数</textarea>").count(), 100);
    town.get(OFFICER, "/office/drafts").await.holds(&[&format!("{draft}/discard")]);
    assert_eq!(town.get(Caller::Foreign, &draft).await.status, 404);
    assert_eq!(town.get(Caller::Viewer, &draft).await.status, 403);
    let answer = town.post(OFFICER, &format!("{draft}/discard"), &[]).await;
    assert_eq!(answer.location, "/office/drafts?said=discarded");
    assert_eq!(town.get(OFFICER, &draft).await.status, 404);
}

#[tokio::test]
async fn what_was_typed_is_shown_again_where_somebody_else_saved_meanwhile() {
    let town = Town::open().await;
    let draft = begun(&town).await;
    let page = town.get(OFFICER, &format!("{draft}?step=1")).await.holds(&["_version"]);
    let version = hidden(&page, "_version");
    typed(&town, &draft, "step=2", &[("decision_number", "陕示许〔2026〕9号")], "save").await;
    let mut form = vec![("_act", "save"), ("_step", "1"), ("_version", version.as_str())];
    form.extend(BODY);
    let answer = town.post(OFFICER, &draft, &form).await;
    assert_eq!(answer.status, 409);
    let html = answer.text();
    assert!(html.contains("还没有保存") && html.contains("示例水质检测有限公司"), "{html}");
    crate::gallery::keep("office", "draft_overtaken", &html);
    let now = hidden(&html, "_version");
    form[2].1 = &now;
    assert_eq!(town.post(OFFICER, &draft, &form).await.status, 303, "and is saved when it is sent once more");
    let grant = town.get(OFFICER, &format!("{draft}?step=2")).await;
    grant.holds(&["陕示许〔2026〕9号"]);
}
