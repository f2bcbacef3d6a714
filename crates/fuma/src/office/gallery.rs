//! Every part and every frame rendered with samples: long names, empty fields, all words.

use askama::Template;
use domain::{Field, Group, Place, Problem, Severity, Tone, VerdictWord};

use super::*;
use crate::pager::Pager;

const LONG: &str =
    "示例省示例市示例区农产品质量安全检验检测与环境监测中心（示例省示例市示例区粮油质量监督检验站）";

#[derive(Template)]
#[template(path = "office/gallery.html")]
struct Gallery {
    shell: Shell,
    tabs: Vec<TabView>,
    step_names: [&'static str; 5],
    rows: Vec<(String, Badge)>,
    pager: Pager,
    fields: Vec<FieldView>,
    problems: Vec<ProblemList>,
    job: ProgressView,
    starting: ProgressView,
    history: Vec<StepView>,
    none: Vec<StepView>,
    changes: Vec<DiffRow>,
    facts: Vec<FactView>,
    danger_fields: Vec<FieldView>,
}

fn shell() -> Shell {
    Shell {
        title: "零件陈列".into(),
        user: UserView {
            name: "张示例".into(),
            account: "zhangshili".into(),
            authority: "示例省市场监督管理局".into(),
            role: "许可人员".into(),
            last_login: "2026-11-21 17:02:44　192.0.2.1".into(),
        },
        visible: Menu::ALL.to_vec(),
        active: Menu::Drafts,
        crumbs: vec![Crumb { label: "示例检测有限公司".into(), href: "/office/drafts/1".into() }],
        flash: Some(Flash { tone: Tone::Good, text: "已赋码 218 张，可以打印。".into() }),
        notice: Some(Flash {
            tone: Tone::Warn, text: "应急手动赋码已开启，至 2026-11-25 18:00 止。".into()
        }),
        made_at: "2026-11-22 16:00".into(),
        demo: true,
        counts: vec![(Menu::Drafts, 12), (Menu::Prints, 0)],
        idle_seconds: 1800,
    }
}

fn fields() -> Vec<FieldView> {
    let kinds = [("first", "首次"), ("extension", "扩项")].map(|(k, l)| (k.to_owned(), l.to_owned()));
    vec![
        FieldView::choice("kind", "业务类型", kinds.to_vec()).required().value("extension"),
        FieldView::text("number", "证书编号").hint("12位数字；留空则由系统按号段编号"),
        FieldView::text("uscc", "统一社会信用代码")
            .required()
            .value("91000000MA0000000Y")
            .hint("18位")
            .error("校验位不符，末位应为 X；请对照营业执照逐位核对"),
        FieldView::day("valid_to", "有效期至").required().value("2029-03-04"),
        FieldView::text("body_name", "机构名称").required().value(LONG).wide(),
        FieldView::lines("reason", "变更说明"),
        FieldView::tick("food", "含食品检验").value("1"),
    ]
}

fn problem(severity: Severity, row: u32, value: &str, message: &str, hint: &str) -> Problem {
    let place = Place::cell(Group::Certificate, row, Some(2), Field::BodyName);
    Problem {
        severity,
        place,
        code: "sample",
        value: value.into(),
        message: message.into(),
        hint: hint.into(),
    }
}

fn problems() -> Vec<ProblemList> {
    let wrong = "统一社会信用代码的校验位不符";
    ProblemList::of(&[
        problem(Severity::Error, 5, "91000000MA0000000Y", wrong, "请对照营业执照逐位核对"),
        problem(Severity::Error, 0, "", "没有检测能力", "请在“检测能力”表中至少填写一行"),
        problem(Severity::Warning, 9, "2026-11-30", "距有效期届满不足三个月", "请核实受理日期"),
        problem(Severity::Notice, 11, "1.1", "序号1.1按1.10处理", ""),
    ])
}

fn history() -> Vec<StepView> {
    let step = |when: &str, title: &str, detail: &str, tone, href: &str| StepView {
        when: when.into(),
        title: title.into(),
        detail: detail.into(),
        tone,
        href: href.into(),
    };
    vec![
        step("2026-03-05 09:12:00", "撤销", "张示例，示例撤决〔2026〕1号", Tone::Bad, ""),
        step("2025-04-18 15:40:31", "扩项，第3版", LONG, Tone::Neutral, "/office/certificates/230020349767"),
        step("2023-03-05 10:00:02", "首次发证，第1版", "", Tone::Good, ""),
    ]
}

fn job(id: &str, done: u64, total: u64, running: bool) -> ProgressView {
    let (label, note) = ("正在赋码".into(), "每秒 2,140 张；跳过有错误的 12 行".into());
    ProgressView { id: id.into(), label, done, total, running, note }
}

fn gallery() -> Gallery {
    let tab = |label: &str, here| TabView { label: label.into(), href: "#".into(), here };
    let diff =
        |label: &str, old: &str, new: &str| DiffRow { label: label.into(), old: old.into(), new: new.into() };
    let fact = |label: &str, value: &str| FactView { label: label.into(), value: value.into() };
    let name = |i| if i % 4 == 1 { LONG.to_owned() } else { "示例检测有限公司".to_owned() };
    let mut rows: Vec<_> =
        VerdictWord::ALL.into_iter().enumerate().map(|(i, word)| (name(i), Badge::from(word))).collect();
    rows.push((String::new(), Badge::plain("草稿", Tone::Neutral)));
    Gallery {
        shell: shell(),
        tabs: vec![tab("概况", true), tab("场所与能力", false), tab("授权签字人", false), tab("版本", false)],
        step_names: ["证书与机构", "场所", "检测能力", "授权签字人", "检查并赋码"],
        rows,
        pager: Pager::new(1204, 7, 20, "/office/certificates?q=%E7%A4%BA%E4%BE%8B"),
        fields: fields(),
        problems: problems(),
        job: job("job", 81_234, 120_000, true),
        starting: job("starting", 0, 0, false),
        history: history(),
        none: Vec::new(),
        changes: vec![
            diff("机构名称", "示例检测有限公司", LONG),
            diff("地址", "示例省示例市示例路1号", "示例省示例市示例路1号"),
            diff("第二名称", "", "示例实验室"),
        ],
        facts: vec![fact("机构名称", LONG), fact("主管部门", "")],
        danger_fields: vec![
            FieldView::text("document", "决定文号").required(),
            FieldView::day("effective", "生效日期").required(),
            FieldView::lines("reason", "理由").required(),
        ],
    }
}

fn pages() -> Vec<(&'static str, String)> {
    let sign_in = |error| SignInPage { account: "zhang\"shili", error, next: "/office", demo: true };
    let password = PasswordPage {
        account: "zhangshili",
        why: "请先把一次性密码改成自己的，再开始工作。",
        old_error: "",
        new_error: "新密码不足8个字符，请加长",
        repeat_error: "",
        demo: false,
    };
    vec![
        ("gallery", gallery().render().unwrap()),
        ("sign_in", sign_in("账号或密码不正确，请重新输入；连续输错5次账号会锁定15分钟").render().unwrap()),
        ("password", password.render().unwrap()),
    ]
}

#[test]
fn every_frame_and_part_renders_and_can_be_looked_at() {
    for (name, html) in pages() {
        assert!(html.starts_with("<!DOCTYPE html>") && html.trim_end().ends_with("</html>"), "{name}");
        assert_eq!(html.matches("<h1").count(), 1, "{name}");
        crate::gallery::keep("office", name, &html);
    }
}

#[test]
fn officers_pages_hold_no_inline_script_or_style_and_no_foreign_origin() {
    for (name, html) in pages() {
        for bad in ["http://", "https://", " style=", " onclick", "javascript:", "<script>", "=\"//"] {
            assert!(!html.contains(bad), "{bad} in {name}");
        }
    }
}

#[test]
fn a_wrong_field_says_so_beside_itself_and_on_top() {
    let html = gallery().render().unwrap();
    assert!(html.contains(r##"<a href="#uscc">统一社会信用代码</a>：校验位不符"##));
    assert!(html.contains(r#"aria-invalid="true" aria-describedby="uscc-hint uscc-error""#));
    assert!(html.contains(r#"id="uscc-error">校验位不符"#));
}

#[test]
fn every_label_points_to_a_field_and_ids_are_unique_within_the_form() {
    let html = gallery().render().unwrap();
    for part in html.split("<label for=\"").skip(1) {
        let id = part.split('"').next().unwrap();
        assert!(html.contains(&format!(" id=\"{id}\"")), "{id}");
    }
}

#[test]
fn a_password_never_comes_back() {
    let field = FieldView::password("password", "密码").value("secret-value");
    let page = Gallery { fields: vec![field], ..gallery() };
    assert!(!page.render().unwrap().contains("secret-value"));
}

#[test]
fn the_menu_shows_only_what_the_account_may_use_and_marks_where_one_is() {
    let mut page = gallery();
    page.shell.visible = vec![Menu::Desk, Menu::Drafts, Menu::Accounts];
    let sections = page.shell.sections();
    let words: Vec<_> = sections.iter().map(|(group, entries)| (*group, entries.len())).collect();
    assert_eq!(words, [("", 1), ("制证赋码", 1), ("系统", 1)]);
    let html = page.render().unwrap();
    assert!(!html.contains("/office/log") && html.contains(r#"href="/office/drafts" aria-current="page""#));
}

#[test]
fn problems_are_grouped_by_severity_with_place_and_hint() {
    let lists = problems();
    assert_eq!(lists.iter().map(|l| l.total).collect::<Vec<_>>(), [2, 1, 1]);
    assert_eq!(lists[0].shown[0].place, "证书 第5行 C列 机构名称");
    assert!(gallery().render().unwrap().contains("请对照营业执照逐位核对"));
}
