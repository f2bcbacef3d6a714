//! What a draft does to the registry: issue 2 "Changes", "Refused", "Warned"; domain.md 1.4.

use super::*;
use crate::fixture::{
    OTHER_USCC, OURS, Sheets, THEIRS, USCC, capability, day, errors, put, setting, tables, warnings,
};
use crate::{Act, Division, LegalKind, OrgCode, Parent, Uscc};

const ID: CertificateId = CertificateId(7);

/// The first grant as it stands in the register.
fn standing() -> Standing {
    Standing {
        id: ID,
        number: Number::parse("262712050001").unwrap(),
        authority: OURS,
        status: Status::Valid,
        valid: (day("2026-11-22"), day("2032-11-21")),
        edition: 1,
        successor: None,
        body_key: USCC.into(),
    }
}

fn known() -> Found {
    Found { existing: Some((standing(), Sheets::first().draft().content)), ..Found::default() }
}

fn planned(draft: &Draft, found: &Found) -> (Plan, Vec<Problem>) {
    let tables = tables();
    let (plan, problems) = plan(draft, found, &setting(&tables));
    for problem in &problems {
        assert!(!problem.message.is_empty() && !problem.hint.is_empty(), "{problem:?}");
        assert!(problem.place.field.is_none_or(|f| f.group() == problem.place.group), "{problem:?}");
    }
    (plan, problems)
}

/// A draft of these cells over the first grant.
fn draft(cells: &[(Field, &str)]) -> Draft {
    Sheets::with(cells).draft()
}

/// A change of the known certificate, by the act's kinds alone.
fn change(kinds: &str) -> Draft {
    draft(&[(Field::Kind, kinds), (Field::Reason, "示例原因"), (Field::DecisionNumber, "示例变〔2026〕9号")])
}

#[test]
fn what_is_new_is_new() {
    assert_eq!(planned(&draft(&[]), &Found::default()), (Plan::New { replaces: None }, vec![]));
}

#[test]
fn a_change_of_an_unknown_number_is_refused() {
    let (_, problems) = planned(&change("名称变更"), &Found::default());
    assert_eq!(errors(&problems), ["unknown_number 证书编号"]);
}

#[test]
fn the_same_content_again_changes_nothing() {
    assert_eq!(planned(&draft(&[]), &known()), (Plan::Unchanged { is: ID }, vec![]));
}

#[test]
fn content_that_a_later_edition_has_replaced_changes_nothing() {
    let found = Found { was_before: true, ..known() };
    let old = draft(&[(Field::BodyName, "旧示例检测有限公司")]);
    assert_eq!(planned(&old, &found), (Plan::Unchanged { is: ID }, vec![]));
}

#[test]
fn a_known_number_with_other_content_shows_old_and_new() {
    let (_, problems) = planned(&draft(&[(Field::Address, "示例省示例市样例路9号")]), &known());
    assert_eq!(errors(&problems), ["known_number 业务类型"]);
    let message = &problems[0].message;
    assert!(message.contains("样例路1号") && message.contains("样例路9号"), "{message}");
}

#[test]
fn a_number_of_another_authority_stays_with_it() {
    let mut found = known();
    found.existing.as_mut().unwrap().0.authority = THEIRS;
    let (_, problems) = planned(&draft(&[]), &found);
    assert_eq!(errors(&problems), ["number_taken 证书编号"]);
}

#[test]
fn the_counter_gives_no_second_number_for_one_decision() {
    let first = draft(&[(Field::Number, "")]);
    let content = first.content.clone();
    let found = Found { same_decision: Some((standing(), content)), ..Found::default() };
    assert_eq!(planned(&first, &found), (Plan::Unchanged { is: ID }, vec![]));
    let other = draft(&[(Field::Number, ""), (Field::Department, "示例厅")]);
    assert_eq!(errors(&planned(&other, &found).1), ["decided_before 决定文号"]);
}

/// Another value for each field of the face that a change could touch.
fn spoil(draft: &mut Draft, field: Field) {
    let face = &mut draft.content.face;
    let other = Some(day("2026-11-01"));
    match field {
        Field::PreviousNumber => face.previous_number = Number::parse("202712050009").ok(),
        Field::BodyName => face.body_name = "新示例检测有限公司".into(),
        Field::OtherName => face.other_name = "示例检测中心".into(),
        Field::Uscc => face.uscc = Uscc::parse(OTHER_USCC).ok(),
        Field::OrgCode => face.org_code = OrgCode::parse("YL0000012").ok(),
        Field::LegalKind => face.legal_kind = LegalKind::parse("独立法人-事业"),
        Field::ParentName => face.parent = Some(Parent { name: "示例大学".into(), uscc: None }),
        Field::ParentUscc => {
            face.parent = Some(Parent { name: String::new(), uscc: Uscc::parse(OTHER_USCC).ok() });
        }
        Field::Department => face.department = "示例厅".into(),
        Field::Address => face.address = "示例省示例市样例路9号".into(),
        Field::Division => face.division = Division::parse("610102"),
        Field::Postcode => face.postcode = "710000".into(),
        Field::LegalRepresentative => face.legal_representative = "李示例".into(),
        Field::Head => face.head = "李示例".into(),
        Field::TechnicalLead => face.technical_lead = "李示例".into(),
        Field::Contact => face.contact = "李示例".into(),
        Field::Xpcc => face.xpcc = true,
        Field::Domain => face.domain = "21".parse().unwrap(),
        Field::Industry => face.industry = "34".parse().unwrap(),
        Field::Food => face.food = true,
        Field::FirstIssuedOn => face.first_issued_on = other,
        Field::IssuedOn => face.issued_on = other,
        Field::ValidFrom => face.valid_from = day("2026-11-01"),
        Field::ValidTo => face.valid_to = day("2033-11-21"),
        Field::Remark => face.remark = "示例备注".into(),
        other => panic!("{other} is of the act"),
    }
}

const OF_THE_ACT: [Field; 5] =
    [Field::Kind, Field::Procedure, Field::DecisionDay, Field::DecisionNumber, Field::Reason];

/// What each kind may change on the face (domain.md 1.4; 163号令 Art. 14), contact and remark apart, which are free.
const MAY_CHANGE: &str = "\
扩项: 是否食品
标准变更:
名称变更: 机构名称 机构第二名称 发证日期
地址名称变更: 机构地址 邮政编码 发证日期
场所迁移: 机构地址 行政区划代码 邮政编码 发证日期
法人单位变更: 统一社会信用代码 组织机构代码 法人类别 所属法人单位 所属法人统一社会信用代码 主管部门 法定代表人 是否兵团 发证日期
取消检验检测能力:
人员变更: 法定代表人 最高管理者 技术负责人
授权签字人变更:
更正: 机构名称 机构第二名称 统一社会信用代码 组织机构代码 法人类别 所属法人单位 所属法人统一社会信用代码 主管部门 机构地址 行政区划代码 邮政编码 法定代表人 最高管理者 技术负责人 是否兵团 领域代码 行业代码 是否食品 首次发证日期 发证日期 有效期起 有效期至
";

#[test]
fn each_kind_changes_its_own_fields_and_a_refusal_shows_old_and_new() {
    let mut table = String::new();
    let fields: Vec<Field> = Sheets::first().draft().content.face.values().map(|(f, _)| f).to_vec();
    for kind in Kind::ALL.into_iter().filter(|k| !k.makes_certificate()) {
        table += &format!("{kind}:");
        for field in fields.iter().copied().filter(|f| !OF_THE_ACT.contains(f)) {
            let mut draft = change(kind.label());
            spoil(&mut draft, field);
            let (plan, problems) = planned(&draft, &known());
            let Plan::Change { diff, .. } = plan else { panic!("{kind} {field}") };
            let replaced = diff.face.iter().find(|r| r.field == field).unwrap();
            let refused = problems.iter().find(|p| p.place.field == Some(field));
            match refused {
                Some(p) => {
                    assert_eq!((p.code, p.stops()), ("not_allowed", true));
                    let new = in_words(field, &replaced.new);
                    assert!(p.message.contains(&format!("现为“{new}”")), "{}", p.message);
                }
                None if matches!(field, Field::Contact | Field::Remark) => {}
                None => table += &format!(" {field}"),
            }
        }
        table.push('\n');
    }
    assert_eq!(table, MAY_CHANGE);
}

#[test]
fn yes_and_no_are_told_in_words() {
    let mut named = change("名称变更");
    spoil(&mut named, Field::Food);
    assert_eq!(planned(&named, &known()).1[0].message, "名称变更不能改变是否食品：原为“否”，现为“是”");
}

/// The change over a certificate with two sites, as `spoil` leaves the content.
fn sited(kinds: &str, spoil: impl Fn(&mut Content)) -> Vec<Problem> {
    let mut draft = change(kinds);
    let mut found = known();
    let (_, old) = found.existing.as_mut().unwrap();
    let other = Site {
        name: "西区".into(), address: "示例省示例市西路2号".into(), ..old.sites[0].clone()
    };
    old.sites.push(other);
    draft.content.sites = old.sites.clone();
    spoil(&mut draft.content);
    planned(&draft, &found).1
}

#[test]
fn naming_anew_neither_adds_nor_removes_nor_moves_a_site() {
    let name = |c: &mut Content| c.sites[1].name = "东区".into();
    let address = |c: &mut Content| c.sites[1].address = "示例省示例市新名路2号".into();
    let division = |c: &mut Content| c.sites[1].division = Division::parse("610102");
    let more = |c: &mut Content| c.sites.push(Site { name: "北区".into(), ..c.sites[0].clone() });
    let fewer = |c: &mut Content| drop(c.sites.pop());
    assert_eq!(sited("名称变更", name), []);
    assert_eq!(sited("地址名称变更", address), []);
    let told = |problems: Vec<Problem>| problems.into_iter().map(|p| p.message).collect::<Vec<_>>();
    assert_eq!(
        told(sited("名称变更", address)),
        ["名称变更不能改变场所“西区”的场所地址：原为“示例省示例市西路2号”，现为“示例省示例市新名路2号”"]
    );
    assert_eq!(
        told(sited("地址名称变更", name)),
        ["地址名称变更不能改变场所“西区”的场所名称：原为“西区”，现为“东区”"]
    );
    for kind in ["名称变更", "地址名称变更"] {
        assert_eq!(errors(&sited(kind, division)), ["not_allowed "], "{kind}");
        assert_eq!(told(sited(kind, more)), [format!("{kind}不能增减场所：原有2个，现有3个")]);
        assert_eq!(told(sited(kind, fewer)), [format!("{kind}不能增减场所：原有2个，现有1个")]);
    }
    assert_eq!(sited("名称变更、场所迁移", fewer), []);
    assert_eq!(sited("扩项", more), []);
}

#[test]
fn two_kinds_in_one_act_change_the_fields_of_both() {
    let mut both = change("名称变更、地址名称变更");
    spoil(&mut both, Field::BodyName);
    spoil(&mut both, Field::Address);
    assert_eq!(planned(&both, &known()).1, []);
    spoil(&mut both, Field::ValidTo);
    assert_eq!(errors(&planned(&both, &known()).1), ["not_allowed 有效期至"]);
}

/// The change with these capabilities.
fn rows(kinds: &str, rows: &[(&str, &str)]) -> (Plan, Vec<Problem>) {
    let mut sheets = Sheets::with(&[(Field::Kind, kinds), (Field::Reason, "示例原因")]);
    sheets.capabilities = rows.iter().map(|(item, standard)| capability(item, standard)).collect();
    planned(&sheets.draft(), &known())
}

#[test]
fn rows_change_by_the_kinds_that_are_about_them() {
    let added = [("示例参数", "HJ 1147-2020"), ("新参数", "HJ 1148-2020")];
    for kind in Kind::ALL.into_iter().filter(|k| !k.makes_certificate()) {
        let may = matches!(kind, Kind::Extension | Kind::Move | Kind::Correction);
        let (_, problems) = rows(kind.label(), &added);
        assert_eq!(errors(&problems).is_empty(), may, "{kind}: {problems:#?}");
    }
    let (plan, _) = rows("扩项", &added);
    let Plan::Change { diff, .. } = plan else { panic!("{plan:?}") };
    assert_eq!(diff.rows, [(Group::Capability, 1, 0)]);
}

#[test]
fn an_extension_adds_and_does_not_remove() {
    let (_, problems) = rows("扩项", &[("新参数", "HJ 1148-2020")]);
    assert_eq!(errors(&problems), ["extension_removes 业务类型"]);
    assert!(problems[0].hint.contains("填写全部能力"), "{}", problems[0].hint);
    let mut relabelled = change("扩项");
    let known = known();
    let old = &mut relabelled.content.capabilities;
    (old[0].label, old[0].approved_on) = ("1.2".into(), Some(day("2026-11-22")));
    old.push(Sheets::first().draft().content.capabilities[0].clone());
    old[1].item.name = "新参数".into();
    assert_eq!(planned(&relabelled, &known).1, [], "what is only labelled anew is still there");
    assert_eq!(rows("扩项、取消检验检测能力", &[("新参数", "HJ 1148-2020")]).1, []);
}

#[test]
fn a_change_of_standard_brings_no_new_item_and_a_cancellation_only_removes() {
    let newer = [("示例参数", "HJ 1147-2026")];
    assert_eq!(rows("标准变更", &newer).1, []);
    let (_, problems) = rows("标准变更", &[("新参数", "HJ 1147-2026")]);
    assert!(problems[0].message.contains("“新参数”不在原附表中"), "{problems:#?}");
    let (_, problems) = rows("取消检验检测能力", &newer);
    assert!(problems[0].message.contains("只能减少，现新增1行"), "{problems:#?}");
    assert_eq!(rows("扩项、标准变更", &[("新参数", "HJ 1147-2026")]).1, []);
    let mut fewer = change("取消检验检测能力");
    fewer.content.capabilities.clear();
    assert_eq!(planned(&fewer, &known()).1, []);
}

#[test]
fn groups_that_the_door_did_not_carry_stay_as_they_are() {
    let mut named = change("名称变更");
    spoil(&mut named, Field::BodyName);
    named.content.capabilities.clear();
    assert_eq!(errors(&planned(&named, &known()).1), ["not_allowed "]);
    named.absent = vec![Group::Capability];
    assert_eq!(planned(&named, &known()).1, []);
    let old = Sheets::first().draft().content;
    assert_eq!(merged(&named, &old).capabilities, old.capabilities);
}

#[test]
fn rows_that_only_changed_places_are_a_difference() {
    let mut sheets = Sheets::first();
    sheets.capabilities.push(capability("另一参数", "HJ 1148-2020"));
    let old = sheets.draft().content;
    let mut new = old.clone();
    new.capabilities.reverse();
    assert!(diff(&old, &old).is_empty());
    assert_eq!(diff(&old, &new).rows, [(Group::Capability, 1, 1)]);
}

#[test]
fn a_takeover_with_another_status_than_on_record_is_told() {
    let revoked = |document| {
        draft(&[
            (Field::Kind, "存量"),
            (Field::Status, "撤销"),
            (Field::StatusDay, "2026-11-22"),
            (Field::StatusDocument, document),
            (Field::StatusReason, "示例"),
        ])
    };
    let (_, problems) = planned(&revoked("示例撤〔2026〕1号"), &known());
    assert_eq!(errors(&problems), ["status_differs 证书状态"]);
    assert_eq!(
        problems[0].message,
        "证书状态与登记的不同：登记为“有效”，现为“撤销（2026-11-22起，文号：示例撤〔2026〕1号，原因：示例）”"
    );
    assert!(problems[0].hint.contains("在证书页面办理状态"), "{}", problems[0].hint);
    let record = |status: Status| {
        let mut found = known();
        found.existing.as_mut().unwrap().0.status = status;
        found
    };
    assert_eq!(planned(&revoked("示例撤〔2026〕1号"), &record(ended())).1, []);
    assert_eq!(
        errors(&planned(&revoked("示例撤〔2026〕2号"), &record(ended())).1),
        ["status_differs 证书状态"]
    );
    let said = |status| draft(&[(Field::Kind, "存量"), (Field::Status, status)]);
    assert_eq!(planned(&said(""), &record(ended())).1, [], "who says nothing contradicts nothing");
    assert_eq!(errors(&planned(&said("有效"), &record(ended())).1), ["status_differs 证书状态"]);
    let replaced = Status::Superseded { from: day("2026-11-22") };
    assert_eq!(planned(&said("有效"), &record(replaced)).1, [], "it was valid until the renewal came");
}

fn ended() -> Status {
    let act =
        Act {
            effective: day("2026-11-22"), document: "示例撤〔2026〕1号".into(), reason: "示例".into()
        };
    Status::Revoked(act)
}

#[test]
fn an_ended_certificate_is_not_changed_and_an_expired_one_only_corrected() {
    let mut found = known();
    found.existing.as_mut().unwrap().0.status = ended();
    for kind in ["名称变更", "更正"] {
        assert_eq!(errors(&planned(&change(kind), &found).1), ["ended 证书编号"], "{kind}");
    }
    let mut found = known();
    found.existing.as_mut().unwrap().0.valid.1 = day("2026-11-21");
    assert_eq!(errors(&planned(&change("名称变更"), &found).1), ["expired 证书编号"]);
    assert_eq!(planned(&change("更正"), &found).1, []);
    found.existing.as_mut().unwrap().0.valid.1 = day("2026-11-22");
    assert_eq!(planned(&change("名称变更"), &found).1, [], "the last valid day is whole");
}

#[test]
fn a_first_grant_within_three_years_of_a_revocation_is_warned_of() {
    let found = |revoked| Found { revoked_on: Some(day(revoked)), ..Found::default() };
    assert_eq!(warnings(&planned(&draft(&[]), &found("2023-11-21")).1), ["banned 机构名称"]);
    assert_eq!(planned(&draft(&[]), &found("2023-11-20")).1, []);
}

#[test]
fn one_code_under_two_names_and_one_name_under_two_codes_are_warned_of() {
    let found =
        Found { other_name: Some("旧示例公司".into()), other_codes: vec![OTHER_USCC.into()], ..known() };
    assert_eq!(warnings(&planned(&draft(&[]), &found).1), ["other_name 机构名称", "same_name 机构名称"]);
    let named = Found { other_name: Some("旧示例公司".into()), ..known() };
    assert_eq!(planned(&change("名称变更"), &named).1, [], "that is what the change says");
}

/// A renewal of the first grant, decided on a day.
fn renewal(decided: &str) -> Draft {
    draft(&[
        (Field::Kind, "复查换证"),
        (Field::Number, "262712050002"),
        (Field::PreviousNumber, "202712050001"),
        (Field::DecisionDay, decided),
    ])
}

/// Its predecessor, as the register has it, valid until 2027-03-01.
fn before(spoil: impl Fn(&mut Standing)) -> Found {
    let mut previous = Standing { valid: (day("2021-03-02"), day("2027-03-01")), ..standing() };
    spoil(&mut previous);
    Found { previous: Some(previous), ..Found::default() }
}

#[test]
fn a_renewal_is_linked_and_warned_of_when_late() {
    let on = |decided| planned(&renewal(decided), &before(|_| {}));
    let linked = Plan::New { replaces: Some(ID) };
    assert_eq!(on("2026-11-20"), (linked.clone(), vec![]));
    assert_eq!(on("2026-12-01").1, [], "three months before is in time");
    let (plan, late) = on("2026-12-02");
    assert_eq!((plan, warnings(&late)), (linked, vec!["late_renewal 决定日期".to_owned()]));
    assert_eq!(warnings(&on("2027-03-02").1), ["previous_expired 上一证书编号"]);
}

#[test]
fn a_renewal_of_what_is_not_ours_or_has_ended_is_refused() {
    let told = |found: Found| errors(&planned(&renewal("2026-11-20"), &found).1);
    assert_eq!(told(Found::default()), ["previous_unknown 上一证书编号"]);
    assert_eq!(told(before(|p| p.authority = THEIRS)), ["previous_foreign 上一证书编号"]);
    assert_eq!(told(before(|p| p.body_key = OTHER_USCC.into())), ["previous_body 上一证书编号"]);
    assert_eq!(told(before(|p| p.successor = Some(CertificateId(9)))), ["previous_renewed 上一证书编号"]);
    assert_eq!(told(before(|p| p.status = ended())), ["previous_ended 上一证书编号"]);
}

#[test]
fn a_takeover_links_its_predecessor_where_it_can() {
    let mut sheets = Sheets::with(&[(Field::Kind, "存量"), (Field::PreviousNumber, "202712050001")]);
    put(&mut sheets.head, Field::Procedure, "");
    let old = sheets.draft();
    assert_eq!(warnings(&planned(&old, &Found::default()).1), ["previous_unknown 上一证书编号"]);
    let (plan, problems) = planned(&old, &before(|p| (p.authority, p.status) = (THEIRS, ended())));
    assert_eq!((plan, problems), (Plan::New { replaces: Some(ID) }, vec![]));
}
