//! The funnel's rules, one test each: issue 2 "What is collected", "存量", "Bad input"; domain.md 1.4, 1.5, 2, 3.6.

use super::*;
use crate::fixture::{
    OTHER_USCC, Sheets, USCC, capability, column, day, errors, put, setting, tables, warnings,
};
use crate::{Field, Need, Place, Raw, Severity, StatusWord};
use proptest::prelude::*;

fn with(cells: &[(Field, &str)]) -> Parsed {
    Sheets::with(cells).parse()
}

/// Errors of the certificate with these cells.
fn wrong(cells: &[(Field, &str)]) -> Vec<String> {
    let parsed = with(cells);
    assert_eq!(parsed.draft.is_none(), parsed.problems.iter().any(Problem::stops));
    errors(&parsed.problems)
}

/// Warnings of the certificate with these cells, which is taken all the same.
fn warned(cells: &[(Field, &str)]) -> Vec<String> {
    let parsed = with(cells);
    assert!(parsed.draft.is_some(), "{:#?}", parsed.problems);
    warnings(&parsed.problems)
}

/// What makes a taken-over certificate of the first grant.
fn takeover(more: &[(Field, &str)]) -> Vec<(Field, String)> {
    let mut cells = vec![
        (Field::Kind, "存量".to_owned()),
        (Field::Number, "212712050007".to_owned()),
        (Field::DecisionDay, "2021-12-01".to_owned()),
        (Field::FirstIssuedOn, "2021-12-01".to_owned()),
        (Field::IssuedOn, "2021-12-01".to_owned()),
        (Field::ValidFrom, "2021-12-01".to_owned()),
        (Field::ValidTo, "2027-11-30".to_owned()),
    ];
    cells.extend(more.iter().map(|(f, v)| (*f, (*v).to_owned())));
    cells
}

fn taken_over(more: &[(Field, &str)]) -> Parsed {
    let cells = takeover(more);
    with(&cells.iter().map(|(f, v)| (*f, v.as_str())).collect::<Vec<_>>())
}

#[test]
fn a_right_certificate_has_no_problem_and_keeps_what_was_typed() {
    let parsed = Sheets::first().parse();
    assert_eq!(parsed.problems, []);
    let draft = parsed.draft.unwrap();
    assert_eq!(draft.number.unwrap().to_string(), "262712050001");
    assert_eq!(draft.effective, day("2026-11-20"), "the day of the decision, where no other is given");
    assert_eq!(draft.content.face.valid_to, day("2032-11-21"));
    assert_eq!(draft.content.sites.len(), 1, "the address of the face is the main site");
    assert_eq!(draft.content.sites[0].address, "示例省示例市样例路1号");
}

#[test]
fn every_missing_required_value_is_told_at_once_with_place_code_message_and_hint() {
    for spoilt in Group::ALL.into_iter().flat_map(Group::fields).filter(|f| f.need() == Need::Must) {
        if matches!(spoilt.group(), Group::Certificate) {
            assert_eq!(wrong(&[(spoilt, "")]), [format!("missing {}", spoilt.label())]);
        }
    }
    let mut sheets = Sheets { head: vec![(Field::Remark, "空白".into())], ..Sheets::first() };
    put(&mut sheets.capabilities[0], Field::Item, "");
    put(&mut sheets.capabilities[0], Field::ApprovedOn, "");
    let parsed = sheets.parse();
    let told = errors(&parsed.problems);
    let must = |group: Group| group.fields().filter(|f| f.need() == Need::Must).map(Field::label);
    for label in must(Group::Certificate).chain(["产品/项目/参数", "批准日期"]) {
        assert!(told.contains(&format!("missing {label}")), "{label} in {told:?}");
    }
    for problem in &parsed.problems {
        assert_eq!(problem.place.row, 2, "{problem:?}");
        assert!(problem.message.contains("没有填写") && problem.hint.starts_with('请'), "{problem:?}");
    }
}

#[test]
fn a_problem_names_sheet_row_column_and_the_value_as_typed() {
    let parsed = with(&[(Field::ValidTo, "2032年13月1日")]);
    let [problem] = &parsed.problems[..] else { panic!("{:#?}", parsed.problems) };
    let column = Some(column(Field::ValidTo));
    assert_eq!(problem.place, Place::cell(Group::Certificate, 2, column, Field::ValidTo));
    assert_eq!((problem.code, problem.value.as_str()), ("day", "2032年13月1日"));
}

#[test]
fn two_numbers_in_one_cell_are_offered_to_be_split() {
    let parsed = with(&[(Field::Number, "262712050001、262712050002")]);
    let [problem] = &parsed.problems[..] else { panic!("{:#?}", parsed.problems) };
    assert_eq!(problem.code, "several_numbers");
    assert!(problem.message.contains("262712050001、262712050002"), "{}", problem.message);
    assert!(problem.hint.contains("复制为2行"), "{}", problem.hint);
}

#[test]
fn a_number_that_cannot_be_read_is_not_called_missing_too() {
    let serial = "262712050000";
    assert_eq!(wrong(&[(Field::Kind, "名称变更"), (Field::Number, serial)]), ["number 证书编号"]);
    assert_eq!(wrong(&[(Field::Kind, "复查换证"), (Field::PreviousNumber, serial)]), ["number 上一证书编号"]);
}

#[test]
fn a_number_of_another_province_and_an_unknown_authority_are_refused() {
    assert_eq!(wrong(&[(Field::Number, "261612050001")]), ["foreign_number 证书编号"]);
    assert_eq!(wrong(&[(Field::Number, "269912050001")]), ["unknown_authority 证书编号"]);
    let foreign = with(&[(Field::Number, "261612050001")]);
    assert!(foreign.problems[0].message.contains("邻省示例局"), "{}", foreign.problems[0].message);
}

#[test]
fn a_code_is_the_authoritys_only_between_its_days() {
    let mut tables = tables();
    tables.authority_codes[0].to = Some(day("2026-06-30"));
    let sheets = Sheets::first();
    let parsed = Draft::parse(&sheets.raw(), &setting(&tables));
    assert_eq!(errors(&parsed.problems), ["foreign_number 证书编号"]);
}

#[test]
fn the_number_must_say_what_the_row_says() {
    assert_eq!(wrong(&[(Field::Number, "262721050001")]), ["number_code 领域代码"]);
    assert_eq!(wrong(&[(Field::Number, "262712340001")]), ["number_code 行业代码"]);
    assert_eq!(warned(&[(Field::Number, "252712050001")]), ["number_year 发证日期"]);
    assert_eq!(wrong(&[(Field::Number, "2013000123Z")]), ["number_form 证书编号"]);
}

#[test]
fn a_first_grant_without_number_is_left_to_the_counter() {
    assert_eq!(with(&[(Field::Number, "")]).draft.unwrap().number, None);
    let change = with(&[(Field::Kind, "名称变更"), (Field::Number, "")]);
    assert_eq!(errors(&change.problems), ["missing 证书编号"]);
}

#[test]
fn a_renewal_names_its_predecessor_and_a_first_grant_has_none() {
    assert_eq!(wrong(&[(Field::Kind, "复查换证")]), ["missing 上一证书编号"]);
    let same = [(Field::Kind, "复查换证"), (Field::PreviousNumber, "2627 1205 0001")];
    assert_eq!(wrong(&same), ["previous_same 上一证书编号"]);
    assert_eq!(wrong(&[(Field::PreviousNumber, "202712050001")]), ["previous_first 上一证书编号"]);
}

#[test]
fn a_body_that_is_not_independent_names_who_answers_for_it() {
    let dependent = (Field::LegalKind, "非独立法人-事业");
    assert_eq!(
        wrong(&[dependent, (Field::Uscc, "")]),
        ["missing 所属法人单位", "missing 所属法人统一社会信用代码"]
    );
    let parent = [(Field::ParentName, "示例大学"), (Field::ParentUscc, OTHER_USCC)];
    assert_eq!(wrong(&[dependent, (Field::Uscc, ""), parent[0], parent[1]]), [""; 0]);
    assert_eq!(wrong(&[(Field::Uscc, "")]), ["missing 统一社会信用代码"]);
    assert_eq!(warned(&parent[..1]), ["parent_extra 所属法人单位"]);
}

#[test]
fn a_code_whose_inner_organisation_code_does_not_fit_is_taken_with_a_warning() {
    assert_eq!(warned(&[(Field::Uscc, OTHER_USCC)]), ["uscc_inner 统一社会信用代码"]);
}

#[test]
fn a_wrong_code_is_told_once_and_says_which_check_failed() {
    let spoilt = USCC.replace("125", "126");
    assert_eq!(wrong(&[(Field::Uscc, &spoilt)]), ["uscc 统一社会信用代码"]);
    assert_eq!(wrong(&[(Field::Uscc, "9.1610113E+17")]), ["uscc 统一社会信用代码"]);
    assert_eq!(wrong(&[(Field::OrgCode, "YL0000012")]), ["org_code 组织机构代码"]);
}

#[test]
fn what_is_wrong_and_what_to_do_are_said_once_each() {
    let spoilt = USCC.replace("125", "126");
    for (field, value, message, hint) in [
        (Field::Uscc, spoilt.as_str(), "统一社会信用代码：校验不通过", "请对照营业执照或登记证书逐位核对。"),
        (
            Field::Number,
            "无",
            "证书编号：“无”不含数字，不是证书编号",
            "请填写12位证书编号；没有编号时请留空。",
        ),
        (Field::ValidTo, "不详", "有效期至：“不详”不是可识别的日期", "请按“2026-03-05”的格式填写。"),
    ] {
        let problems = with(&[(field, value)]).problems;
        let it = problems.iter().find(|p| p.place.field == Some(field)).expect("it is told");
        assert!(it.message.starts_with(message) && !it.message.contains('请'), "{}", it.message);
        assert_eq!(it.hint, hint);
    }
}

#[test]
fn what_old_certificates_lack_is_a_warning() {
    let lacking = [
        Field::Uscc,
        Field::LegalKind,
        Field::Department,
        Field::Address,
        Field::Division,
        Field::Domain,
        Field::Industry,
        Field::Food,
        Field::Procedure,
        Field::DecisionDay,
        Field::DecisionNumber,
        Field::FirstIssuedOn,
        Field::ValidFrom,
    ];
    let cells: Vec<_> = lacking.iter().map(|f| (*f, "")).collect();
    let parsed = taken_over(&cells);
    assert_eq!(errors(&parsed.problems), [""; 0]);
    let told = warnings(&parsed.problems);
    for field in lacking.into_iter().filter(|f| *f != Field::Uscc) {
        assert!(told.contains(&format!("missing {}", field.label())), "{field} in {told:?}");
    }
    let draft = parsed.draft.unwrap();
    let face = &draft.content.face;
    assert_eq!((face.domain.as_str(), face.industry.as_str()), ("12", "05"), "what the number says");
    assert_eq!(face.valid_from, day("2021-12-01"), "the day of issue");
}

#[test]
fn a_taken_over_certificate_needs_number_name_and_expiry() {
    for (field, code) in [
        (Field::Number, "missing 证书编号"),
        (Field::BodyName, "missing 机构名称"),
        (Field::ValidTo, "missing 有效期至"),
    ] {
        assert_eq!(errors(&taken_over(&[(field, "")]).problems), [code]);
    }
}

#[test]
fn a_taken_over_certificate_without_any_first_day_is_refused() {
    let cells = [(Field::ValidFrom, ""), (Field::IssuedOn, ""), (Field::DecisionDay, "")];
    assert_eq!(errors(&taken_over(&cells).problems), ["missing 有效期起"]);
}

#[test]
fn what_stops_a_taken_over_certificate_does_not_make_errors_of_its_other_gaps() {
    let gaps = [Field::Domain, Field::Division, Field::Food, Field::Procedure, Field::DecisionNumber];
    let gaps: Vec<_> = gaps.iter().map(|f| (*f, "")).collect();
    let no_day = [&gaps[..], &[(Field::ValidFrom, ""), (Field::IssuedOn, "")]].concat();
    assert_eq!(errors(&taken_over(&no_day).problems), ["missing 有效期起"]);
    let no_status_day = [&gaps[..], &[(Field::Status, "已撤销")]].concat();
    assert_eq!(errors(&taken_over(&no_status_day).problems), ["missing 状态日期"]);
}

#[test]
fn an_id_number_that_a_spreadsheet_has_rounded_is_refused_in_every_shape() {
    let told = |raw: Raw<'_>| {
        let sheets = Sheets::first();
        let mut certificate = sheets.raw();
        let cells = vec![(Field::StaffName, 0, Raw::Text("张示例")), (Field::StaffIdNumber, 1, raw)];
        certificate.staff = vec![crate::RawRow { row: 2, cells }];
        let tables = tables();
        errors(&Draft::parse(&certificate, &setting(&tables)).problems)
    };
    for text in ["6.10113E+17", "6.10113e+17", "6E+17", " 6.1 E+17"] {
        assert_eq!(told(Raw::Text(text)), ["scientific 证件号码"], "{text}");
    }
    for shown in ["", "610113199001011200", "6.10E+17"] {
        let rounded = Raw::Number { value: 610_113_199_001_011_200.0, shown };
        assert_eq!(told(rounded), ["scientific 证件号码"], "{shown}");
    }
    for text in ["E12345678", "61011319900101123X", "军字第E+1号"] {
        assert_eq!(told(Raw::Text(text)), [""; 0], "{text}");
    }
}

#[test]
fn the_main_site_leads_and_each_row_keeps_its_number() {
    let mut sheets = Sheets::first();
    let site = |name: &str, kind: &str| {
        let cells = [
            (Field::SiteName, name),
            (Field::SiteKind, kind),
            (Field::SiteAddress, "示例省示例市样例路1号"),
            (Field::SiteDivision, "610113"),
        ];
        cells.map(|(field, value)| (field, value.to_owned())).to_vec()
    };
    sheets.sites = vec![site("东区", "分场所"), site("西区", "分场所"), site("本部", "主场所")];
    let draft = sheets.draft();
    let names: Vec<&str> = draft.content.sites.iter().map(|site| site.name.as_str()).collect();
    assert_eq!((names, draft.rows.sites), (vec!["本部", "东区", "西区"], vec![4, 2, 3]));
}

#[test]
fn a_nine_character_organisation_code_is_a_legacy_key() {
    let parsed = taken_over(&[(Field::Uscc, ""), (Field::OrgCode, "YL000001-2")]);
    assert_eq!(errors(&parsed.problems), [""; 0]);
    assert_eq!(parsed.draft.unwrap().content.face.org_code.unwrap().as_str(), "YL0000012");
    assert_eq!(errors(&taken_over(&[(Field::OrgCode, "YL000001-3")]).problems), ["org_code 组织机构代码"]);
}

#[test]
fn legacy_numbers_and_old_legacy_codes_are_kept_as_received() {
    let parsed = taken_over(&[(Field::Number, "2013000123Z"), (Field::Domain, ""), (Field::Industry, "")]);
    assert_eq!(errors(&parsed.problems), [""; 0]);
    let draft = parsed.draft.unwrap();
    assert_eq!(draft.number.unwrap().to_string(), "2013000123Z");
    assert_eq!(draft.content.face.domain.as_str(), "21", "其他, where the number tells nothing");
}

#[test]
fn an_ended_status_needs_its_day_and_belongs_to_takeovers_alone() {
    let ended = |day| taken_over(&[(Field::Status, "已撤销"), (Field::StatusDay, day)]);
    assert_eq!(errors(&ended("").problems), ["missing 状态日期"]);
    assert_eq!(errors(&ended("2024-02-30").problems), ["day 状态日期"]);
    let draft = ended("2024-02-28").draft.unwrap();
    assert_eq!((draft.status.word(), draft.status.since()), (StatusWord::Revoked, Some(day("2024-02-28"))));
    assert_eq!(wrong(&[(Field::Status, "撤销"), (Field::StatusDay, "2026-11-20")]), ["status 证书状态"]);
    assert_eq!(wrong(&[(Field::Status, "有效")]), [""; 0]);
}

#[test]
fn validity_that_is_not_six_years_is_warned_of_whichever_end_was_printed() {
    for to in ["2032-11-21", "2032-11-22"] {
        assert_eq!(warned(&[(Field::ValidTo, to)]), [""; 0]);
    }
    assert_eq!(warned(&[(Field::ValidTo, "2029-11-21")]), ["not_six_years 有效期至"]);
    assert_eq!(wrong(&[(Field::ValidTo, "2026-11-21")]), ["days_order 有效期至"]);
}

#[test]
fn days_out_of_order_are_told() {
    assert_eq!(wrong(&[(Field::FirstIssuedOn, "2026-11-23")]), ["days_order 首次发证日期"]);
    assert_eq!(warned(&[(Field::DecisionDay, "2026-11-23")]), ["days_order 决定日期", "future_day 决定日期"]);
}

#[test]
fn food_belongs_to_domain_00() {
    assert_eq!(warned(&[(Field::Food, "是")]), ["food_domain 领域代码"]);
    let mut sheets = Sheets::first();
    put(&mut sheets.capabilities[0], Field::CapabilityFood, "是");
    assert_eq!(warnings(&sheets.parse().problems), ["food_domain 领域代码"]);
    assert_eq!(
        warned(&[(Field::Food, "是"), (Field::Domain, "00"), (Field::Number, "262700050001")]),
        [""; 0]
    );
}

#[test]
fn a_correction_says_why_and_what_is_decided_like_a_grant_names_its_document() {
    let none = (Field::DecisionNumber, "");
    assert_eq!(wrong(&[(Field::Kind, "更正")]), ["missing 更正原因"]);
    assert_eq!(wrong(&[(Field::Kind, "更正"), (Field::Reason, "录入错误")]), [""; 0]);
    for kind in ["首次", "扩项", "场所迁移"] {
        assert_eq!(wrong(&[(Field::Kind, kind), none]), ["missing 决定文号"], "{kind}");
    }
}

#[test]
fn a_certificate_without_capabilities_is_none() {
    let mut sheets = Sheets::first();
    sheets.capabilities.clear();
    assert_eq!(errors(&sheets.parse().problems), ["no_capability 序号"]);
    sheets.head = takeover(&[]).into_iter().fold(sheets.head, |mut head, (field, value)| {
        put(&mut head, field, &value);
        head
    });
    assert!(sheets.parse().draft.is_some(), "of an old one the annex may be lost");
}

#[test]
fn a_capability_needs_a_standard_and_takes_name_number_and_clause_from_one_cell() {
    let mut sheets = Sheets::first();
    put(&mut sheets.capabilities[0], Field::StandardName, "水质 示例的测定 GB/T20174-2019/8.5.7.6");
    put(&mut sheets.capabilities[0], Field::StandardNumber, "");
    let item = sheets.draft().content.capabilities.remove(0).item;
    assert_eq!(item.clause, "8.5.7.6");
    assert!(item.standard_number.contains("20174-2019"), "{item:?}");
    put(&mut sheets.capabilities[0], Field::StandardName, "");
    assert_eq!(errors(&sheets.parse().problems), ["missing 标准编号"]);
}

#[test]
fn the_same_row_twice_and_an_own_method_without_limits_are_warned_of() {
    let mut sheets = Sheets::first();
    sheets.capabilities.push(capability("示例参数", "HJ 1147-2020"));
    let mut own = capability("另一参数", "");
    put(&mut own, Field::StandardName, "示例作业指导书");
    sheets.capabilities.push(own);
    let parsed = sheets.parse();
    let at: Vec<_> = parsed.problems.iter().map(|p| (p.code, p.place.row)).collect();
    assert_eq!(at, [("row_twice", 3), ("own_method", 4)]);
    put(&mut sheets.capabilities[2], Field::Limits, "仅限特定合同约定的委托检验检测");
    assert_eq!(warnings(&sheets.parse().problems), ["row_twice 产品/项目/参数"]);
}

fn site(name: &str, kind: &str) -> Vec<(Field, String)> {
    [
        (Field::SiteName, name),
        (Field::SiteKind, kind),
        (Field::SiteAddress, "样例路2号"),
        (Field::SiteDivision, "610113"),
    ]
    .map(|(field, value)| (field, value.to_owned()))
    .to_vec()
}

#[test]
fn exactly_one_site_is_the_main_one_and_it_leads() {
    let mut sheets = Sheets::first();
    sheets.sites = vec![site("东区", "分场所"), site("本部", "主场所"), site("西区", "分场所")];
    put(&mut sheets.capabilities[0], Field::CapabilitySite, "西区");
    let content = sheets.draft().content;
    assert_eq!(content.sites.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(), ["本部", "东区", "西区"]);
    assert_eq!(content.capabilities[0].site, 2);
    sheets.sites[0] = site("东区", "主场所");
    assert_eq!(errors(&sheets.parse().problems), ["main_site "]);
    sheets.sites[0] = site("本部", "分场所");
    assert_eq!(errors(&sheets.parse().problems), ["site_twice 场所名称"]);
    put(&mut sheets.capabilities[0], Field::CapabilitySite, "南区");
    assert_eq!(errors(&sheets.parse().problems), ["site_twice 场所名称", "site_unknown 场所名称"]);
}

#[test]
fn words_and_codes_outside_their_tables_are_told_with_the_choices() {
    let parsed = with(&[(Field::Procedure, "特别程序"), (Field::Food, "也许"), (Field::Domain, "77")]);
    let told = errors(&parsed.problems);
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told.contains(&"choice 许可程序".into()) && told.contains(&"yes_no 是否食品".into()), "{told:?}");
    let choice = parsed.problems.iter().find(|p| p.code == "choice").unwrap();
    assert!(choice.hint.contains("一般程序、告知承诺"), "{}", choice.hint);
    assert_eq!(wrong(&[(Field::Domain, "12 环境与环保"), (Field::Industry, "5")]), [""; 0]);
    let alone = with(&[(Field::Kind, "首次、扩项")]);
    assert!(alone.problems[0].message.contains("不能与其他业务类型同时办理"), "{:?}", alone.problems);
}

#[test]
fn control_characters_bidi_marks_and_endless_cells_are_refused_by_name() {
    for bad in ["示例\u{0}公司", "示例\u{202e}公司", &"长".repeat(10_000_000 / 3)] {
        assert_eq!(wrong(&[(Field::BodyName, bad)]), ["text 机构名称"]);
    }
    let parsed = with(&[(Field::BodyName, "示例\u{0}公司")]);
    assert_eq!(parsed.problems[0].value, "示例‹U+0000›公司");
    let parsed = with(&[(Field::BodyName, &"\u{202e}长".repeat(1_000))]);
    assert_eq!(parsed.problems[0].value.matches('长').count(), 30, "sixty characters of what was typed");
}

/// The first grant with one cell that is no text.
fn with_raw(field: Field, value: Raw<'_>) -> Parsed {
    let sheets = Sheets::first();
    let mut raw = sheets.raw();
    raw.head.cells.retain(|(f, _, _)| *f != field);
    raw.head.cells.push((field, column(field), value));
    let tables = tables();
    Draft::parse(&raw, &setting(&tables))
}

#[test]
fn what_a_spreadsheet_makes_of_days_and_digits_is_read_or_refused_but_never_guessed() {
    let number = |value| Raw::Number { value, shown: "" };
    for same in [number(20_321_121.0), number(48_539.0), Raw::Day(day("2032-11-21"))] {
        let draft = with_raw(Field::ValidTo, same).draft.unwrap();
        assert_eq!(draft.content.face.valid_to, day("2032-11-21"), "{same:?}");
    }
    let draft = with_raw(Field::Number, number(262_712_050_001.0)).draft.unwrap();
    assert_eq!(draft.number.unwrap().to_string(), "262712050001");
    let lost = with_raw(Field::Uscc, number(9.161_011_3e17));
    assert!(errors(&lost.problems).contains(&"scientific 统一社会信用代码".into()), "{:?}", lost.problems);
    let formula = with_raw(Field::BodyName, Raw::Unreadable("=A1"));
    assert_eq!(errors(&formula.problems)[0], "unreadable 机构名称");
}

#[test]
fn what_is_chosen_from_a_list_that_decides_nothing_is_understood_or_kept_with_a_warning() {
    let cells = [
        (Field::SignatoryName, "张示例"),
        (Field::SignatoryField, "全部"),
        (Field::SignatorySex, "男性"),
        (Field::SignatoryIdKind, "身份证"),
    ];
    let mut sheets = Sheets::with(&[]);
    sheets.signatories = vec![cells.map(|(field, value)| (field, value.to_owned())).to_vec()];
    let draft = sheets.draft();
    assert_eq!(draft.content.signatories[0].sex, "男");
    assert_eq!(draft.signatories[0].id_kind.reveal(), "居民身份证");
    // Two kinds of passport: nobody guesses which.
    put(&mut sheets.signatories[0], Field::SignatoryIdKind, "护照");
    let parsed = sheets.parse();
    let told = parsed.problems.iter().find(|p| p.code == "choice").unwrap();
    assert!(!told.stops() && told.hint.contains("外国(地区)护照"), "{told:?}");
    assert_eq!(parsed.draft.unwrap().signatories[0].id_kind.reveal(), "护照");
}

#[test]
fn personal_values_show_in_no_problem_and_no_debug_text() {
    let id = "990000199001010011";
    let mut sheets = Sheets::with(&[(Field::Phone, "13800000000"), (Field::Email, "zhang@example.cn")]);
    sheets.signatories = vec![
        [(Field::SignatoryName, "张示例"), (Field::SignatoryField, "全部"), (Field::SignatoryIdNumber, id)]
            .map(|(field, value)| (field, value.to_owned()))
            .to_vec(),
    ];
    let draft = sheets.draft();
    assert_eq!(draft.signatories[0].id_number.reveal(), id);
    assert_eq!(draft.contact.phone.reveal(), "13800000000");
    let shown = format!("{draft:?} {:?}", draft.signatories[0].id_number);
    for secret in [id, "13800000000", "zhang@example.cn"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    put(&mut sheets.signatories[0], Field::SignatoryIdNumber, &format!("{id}\u{0}"));
    let told = format!("{:?}", sheets.parse().problems);
    assert!(told.contains("证件号码") && !told.contains(id), "{told}");
}

#[test]
fn more_problems_than_are_kept_lose_no_row_and_no_error() {
    let sheets = |rows: usize| {
        let mut sheets = Sheets::first();
        for (field, value) in takeover(&[]) {
            put(&mut sheets.head, field, &value);
        }
        sheets.capabilities = (0..rows).map(|n| capability(&format!("参数{n}"), "HJ 1147-2020")).collect();
        for row in &mut sheets.capabilities {
            put(row, Field::ApprovedOn, "");
        }
        sheets
    };
    let parsed = sheets(MAX_PROBLEMS + 100).parse();
    assert_eq!(parsed.problems.len(), MAX_PROBLEMS + 1);
    let last = parsed.problems.last().unwrap();
    assert_eq!((last.code, last.message.as_str()), ("unlisted", "本证书另有100处提醒未列出"));
    assert_eq!(parsed.draft.unwrap().content.capabilities.len(), MAX_PROBLEMS + 100);
    let mut late = sheets(MAX_PROBLEMS + 100);
    put(&mut late.capabilities[MAX_PROBLEMS + 50], Field::ApprovedOn, "昨天");
    let parsed = late.parse();
    assert_eq!(errors(&parsed.problems), ["day 批准日期"]);
    assert!(parsed.draft.is_none());
}

#[test]
fn errors_beyond_those_listed_are_counted_to_the_last_row() {
    let mut sheets = Sheets::first();
    for (field, value) in takeover(&[]) {
        put(&mut sheets.head, field, &value);
    }
    sheets.capabilities = (0..700).map(|n| capability(&format!("参数{n}"), "HJ 1147-2020")).collect();
    for row in &mut sheets.capabilities {
        put(row, Field::ApprovedOn, "昨天");
    }
    let parsed = sheets.parse();
    assert!(parsed.draft.is_none());
    assert_eq!(parsed.problems.len(), MAX_PROBLEMS + 1);
    let last = parsed.problems.last().unwrap();
    assert!(last.stops() && last.message == "本证书另有200处错误未列出", "{last:?}");
}

/// A cell as a file may hold it.
#[derive(Clone, Debug)]
enum Cell {
    Text(String),
    Number(f64, String),
    Day(Day),
    Unreadable,
}

impl Cell {
    fn raw(&self) -> Raw<'_> {
        match self {
            Cell::Text(text) => Raw::Text(text),
            Cell::Number(value, shown) => Raw::Number { value: *value, shown },
            Cell::Day(day) => Raw::Day(*day),
            Cell::Unreadable => Raw::Unreadable("#REF!"),
        }
    }
}

fn any_cell() -> impl Strategy<Value = Cell> {
    const KNOWN: &[&str] =
        &["存量", "更正", "复查换证", "扩项、标准变更", "撤销", "是", "00", "2026-11-01", USCC, "", " "];
    prop_oneof![
        prop::sample::select(KNOWN).prop_map(|text| Cell::Text(text.into())),
        any::<String>().prop_map(Cell::Text),
        "[0-9A-Z〔〕年月日/.-]{0,24}".prop_map(Cell::Text),
        (any::<f64>(), "[0-9.]{0,5}").prop_map(|(value, shown)| Cell::Number(value, shown)),
        (0..60_000_i32).prop_map(|n| Cell::Number(f64::from(n), String::new())),
        (0..60_000_i32).prop_map(|n| Cell::Day(Day::from_number(n).unwrap())),
        Just(Cell::Unreadable),
    ]
}

fn any_row(group: Group) -> impl Strategy<Value = Vec<(Field, Cell)>> {
    let fields: Vec<Field> = group.fields().collect();
    prop::collection::vec((prop::sample::select(fields), any_cell()), 0..6)
}

fn raw_row(n: u32, row: &[(Field, Cell)]) -> RawRow<'_> {
    RawRow { row: n, cells: row.iter().map(|(f, c)| (*f, column(*f), c.raw())).collect() }
}

proptest! {
    #[test]
    fn any_input_is_judged_without_panic_and_is_a_draft_iff_nothing_stops_it(
        head in any_row(Group::Certificate), bare in any::<bool>(),
        rows in (any_row(Group::Site), any_row(Group::Capability), any_row(Group::Signatory),
            any_row(Group::Instrument), any_row(Group::Staff)),
    ) {
        let sheets = Sheets::first();
        let mut raw = sheets.raw();
        // Cells over a right certificate, or nothing but them.
        let under = if bare { Vec::new() } else { std::mem::take(&mut raw.head.cells) };
        raw.head.cells = raw_row(2, &head).cells;
        let given = head.clone();
        raw.head.cells.extend(under.into_iter().filter(|(f, _, _)| given.iter().all(|(g, _)| g != f)));
        raw.sites.push(raw_row(3, &rows.0));
        raw.capabilities.push(raw_row(3, &rows.1));
        raw.signatories.push(raw_row(3, &rows.2));
        raw.instruments.push(raw_row(3, &rows.3));
        raw.staff.push(raw_row(3, &rows.4));
        let tables = tables();
        let parsed = Draft::parse(&raw, &setting(&tables));
        prop_assert_eq!(parsed.draft.is_some(), !parsed.problems.iter().any(Problem::stops));
        for problem in &parsed.problems {
            prop_assert!(!problem.message.is_empty() && !problem.hint.is_empty(), "{:?}", problem);
            prop_assert!(problem.place.field.is_none_or(|f| f.group() == problem.place.group), "{:?}", problem);
            prop_assert!(problem.severity != Severity::Error || !problem.code.is_empty());
        }
    }
}
