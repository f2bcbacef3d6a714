//! Each rule with a certificate that breaks it, made of one that keeps them all.

use super::*;
use crate::fixture::{OURS, Sheets, THEIRS, day, setting, tables};
use crate::{
    Content, Division, Draft, Instrument, LegalKind, Number, OrgCode, Parent, Signatory, Site, Staff, Tables,
};
use std::collections::BTreeSet;

/// The code tables with the provinces that addresses begin with.
fn with_provinces() -> Tables {
    let mut tables = tables();
    for (code, name) in [("610000", "示例省"), ("410000", "邻省"), ("410102", "邻区")] {
        tables.divisions.insert(division(code), name.to_owned());
    }
    tables
}

fn division(code: &str) -> Division {
    Division::parse(code).unwrap()
}

fn number(text: &str) -> Number {
    Number::parse(text).unwrap()
}

fn signatory() -> Signatory {
    Signatory {
        site: 0,
        name: "张示例".into(),
        title: "高级工程师".into(),
        field: "全部".into(),
        food: false,
        approved_on: Some(day("2026-11-20")),
        remark: String::new(),
        education: String::new(),
        department: String::new(),
        sex: String::new(),
    }
}

fn instrument() -> Instrument {
    Instrument {
        site: 0,
        class: "水和废水".into(),
        item: "示例参数".into(),
        standard: String::new(),
        name: "示例分光光度计".into(),
        model: "YL-1".into(),
        serial: "YL001".into(),
        range: String::new(),
        traceability: "校准".into(),
        traceable_until: Some(day("2027-06-01")),
        confirmation: "符合".into(),
    }
}

fn staff() -> Staff {
    Staff {
        site: 0,
        name: "李示例".into(),
        sex: String::new(),
        education: String::new(),
        post: String::new(),
        title: "工程师".into(),
        major: "化学".into(),
        years: String::new(),
        department: String::new(),
    }
}

/// A certificate that keeps every rule.
fn sound() -> Content {
    let tables = tables();
    let sheets = Sheets::first();
    let mut draft = Draft::parse(&sheets.raw(), &setting(&tables)).draft.expect("nothing is wrong with it");
    draft.content.face.head = "王示例".into();
    draft.content.face.technical_lead = "赵示例".into();
    draft.content.signatories.push(signatory());
    draft.content.instruments.push(instrument());
    draft.content.staff.push(staff());
    draft.content
}

const NUMBER: &str = "262712050001";

fn looked(number_text: &str, content: &Content) -> Looked {
    let tables = with_provinces();
    look_at(&Lens::new(&tables, day("2026-11-22")), (&number(number_text), OURS), content)
}

fn broken(content: &Content) -> Vec<QualityRule> {
    looked(NUMBER, content).flaws.into_iter().map(|flaw| flaw.rule).collect()
}

#[test]
fn a_sound_certificate_breaks_no_rule() {
    let sound = looked(NUMBER, &sound());
    assert_eq!((sound.flaws, sound.rows), (Vec::new(), 5));
}

/// Spoils a sound certificate so that it breaks a rule.
fn spoil(rule: QualityRule, it: &mut Content) {
    use QualityRule::*;
    let face = &mut it.face;
    let row = &mut it.capabilities[0];
    match rule {
        UsccMissing => face.uscc = None,
        OrgCodeOnly => {
            face.uscc = None;
            face.org_code = Some(inner_code());
        }
        UsccInner => face.uscc = Some(crate::fixture::OTHER_USCC.parse().unwrap()),
        LegalKindMissing => face.legal_kind = None,
        ParentMissing => {
            face.legal_kind = LegalKind::parse("非独立法人-企业");
            face.parent = Some(Parent { name: "示例集团".into(), uscc: None });
        }
        AddressMissing => face.address = String::new(),
        DivisionMissing => face.division = None,
        DivisionUnknown => face.division = Some(division("619999")),
        DivisionElsewhere => face.address = "邻省示例市样例路1号".into(),
        OutsideArea => face.division = Some(division("410102")),
        DecisionMissing => face.decision_number = String::new(),
        IssueDayMissing => face.first_issued_on = None,
        ValidityLong => face.valid_to = day("2033-11-21"),
        ValidityShort => face.valid_to = day("2029-11-21"),
        DaysOrder => face.valid_to = day("2026-11-21"),
        FirstLater => face.first_issued_on = Some(day("2026-11-23")),
        FutureDay => face.decision_day = Some(day("2027-11-20")),
        NumberCode => face.industry = "34".parse().unwrap(),
        NumberYear => {
            face.issued_on = Some(day("2025-12-31"));
            face.first_issued_on = face.issued_on;
        }
        NumberAuthority => {}
        FoodDomain => {
            face.food = true;
            row.food = true;
        }
        FoodFlag => row.food = true,
        HeadsMissing => face.technical_lead = String::new(),
        FaceText => face.body_name = "示例 检测（ＡＢ）有限公司".into(),
        SiteAddressMissing => it.sites[0].address = String::new(),
        SiteDivisionMissing => it.sites[0].division = None,
        SiteDivisionElsewhere => it.sites[0].address = "邻省示例市样例路1号".into(),
        SiteEmpty => it.sites.push(Site { name: "分场所".into(), ..it.sites[0].clone() }),
        SiteText => it.sites[0].address = "示例省示例市样例路 １ 号".into(),
        CapabilityNone => it.capabilities.clear(),
        ItemMissing => row.item.name = String::new(),
        StandardMissing => {
            row.item.standard_name = String::new();
            row.item.standard_number = String::new();
        }
        StandardUnread => row.item.standard_number = "见附件".into(),
        StandardYear => row.item.standard_number = "GB/T 5750.6".into(),
        StandardFuture => row.item.standard_number = "GB/T 5750.6-2032".into(),
        StandardSpelling => row.item.standard_number = "GB/T5750.6-2023".into(),
        StandardInName => {
            row.item.standard_name = "生活饮用水标准检验方法 GB/T 5750.6-2023".into();
            row.item.standard_number = String::new();
        }
        ClauseOdd => row.item.clause = "——".into(),
        OwnMethod => {
            row.item.standard_name = "示例自制方法".into();
            row.item.standard_number = String::new();
        }
        CapabilityTwice => it.capabilities.extend_from_within(..),
        ApprovedMissing => row.approved_on = None,
        Placeholder => row.limits = "/".into(),
        ItemText => row.item.name = "示例参数Ａ".into(),
        SignatoryNone => it.signatories.clear(),
        SignatoryField => it.signatories[0].field = String::new(),
        SignatoryTwice => it.signatories.push(signatory()),
        SignatoryStale => it.signatories[0].approved_on = Some(day("2020-11-21")),
        InstrumentNone => it.instruments.clear(),
        InstrumentNameless => it.instruments[0].name = String::new(),
        InstrumentModel => {
            it.instruments[0].model = String::new();
            it.instruments[0].serial = String::new();
        }
        InstrumentLapsed => it.instruments[0].traceable_until = Some(day("2026-11-21")),
        InstrumentUndated => it.instruments[0].traceable_until = None,
        TraceabilityWord => it.instruments[0].traceability = "检定/校准".into(),
        StaffNone => it.staff.clear(),
        StaffTwice => it.staff.push(staff()),
    }
}

fn inner_code() -> OrgCode {
    let uscc: crate::Uscc = crate::fixture::USCC.parse().unwrap();
    uscc.org_code().expect("its inner code fits")
}

#[test]
fn each_rule_is_broken_by_what_it_is_about_and_by_little_else() {
    use QualityRule::*;
    for rule in QualityRule::ALL.iter().copied() {
        let mut it = sound();
        spoil(rule, &mut it);
        let number = if rule == NumberAuthority { "261612050001" } else { NUMBER };
        let found: BTreeSet<_> = looked(number, &it).flaws.into_iter().map(|flaw| flaw.rule).collect();
        // What cannot be without another.
        let along: &[QualityRule] = match rule {
            DivisionUnknown => &[SiteDivisionMissing],
            OutsideArea => &[DivisionElsewhere],
            DaysOrder => &[],
            NumberYear => &[ValidityShort],
            FoodFlag => &[FoodDomain],
            _ => &[],
        };
        assert!(found.contains(&rule), "{} is not found: {found:?}", rule.key());
        let others: Vec<_> = found.iter().filter(|it| **it != rule && !along.contains(it)).collect();
        assert!(others.is_empty(), "{}: {others:?}", rule.key());
    }
}

#[test]
fn the_table_names_each_rule_once_and_says_what_to_do() {
    let (mut codes, mut keys) = (BTreeSet::new(), BTreeSet::new());
    for (n, rule) in (1..).zip(QualityRule::ALL) {
        assert_eq!(rule.code(), format!("Q{n:02}"));
        assert!(codes.insert(rule.code()) && keys.insert(rule.key()), "{}", rule.key());
        assert!(rule.fix().ends_with('。') && rule.text().ends_with('。'), "{}", rule.key());
        assert_eq!(QualityRule::parse(rule.key()), Some(*rule));
        assert_eq!(QualityRule::parse(rule.code()), Some(*rule));
    }
}

#[test]
fn what_can_be_mended_is_mended_and_breaks_nothing_else() {
    for rule in QualityRule::ALL.iter().copied() {
        let mut it = sound();
        spoil(rule, &mut it);
        let before = broken(&it);
        let changed = mend(rule, &mut it);
        assert_eq!(changed > 0, rule.mends(), "{}", rule.key());
        let after = broken(&it);
        if rule.mends() {
            assert!(!after.contains(&rule), "{}: {after:?}", rule.key());
            assert!(after.iter().all(|it| before.contains(it)), "{}: {after:?}", rule.key());
            assert_eq!(mend(rule, &mut it), 0, "{}: once is enough", rule.key());
        }
    }
}

#[test]
fn what_is_mended_says_the_same_properly() {
    let mut it = sound();
    it.capabilities[0].item.standard_name = "示例方法 GB/T5750.6-2023 8.5".into();
    it.capabilities[0].item.standard_number = String::new();
    mend(QualityRule::StandardInName, &mut it);
    let item = &it.capabilities[0].item;
    assert_eq!((item.standard_name.as_str(), item.clause.as_str()), ("示例方法", "8.5"));
    assert!(item.standard_number.contains("5750.6-2023"), "{item:?}");
    it.face.body_name = "示例 检测（ＡＢ）有限公司".into();
    mend(QualityRule::FaceText, &mut it);
    assert_eq!(it.face.body_name, "示例检测（AB）有限公司");
}

#[test]
fn the_first_row_is_named_and_all_are_counted() {
    let mut it = sound();
    it.capabilities.push(it.capabilities[0].clone());
    it.capabilities[1].item.name = "其他参数".into();
    it.capabilities.push(it.capabilities[1].clone());
    for row in &mut it.capabilities[1..] {
        row.approved_on = None;
    }
    let flaws = looked(NUMBER, &it).flaws;
    let of = |rule| flaws.iter().find(|flaw| flaw.rule == rule).map(|it| (it.rows, it.place.as_str()));
    assert_eq!(of(QualityRule::ApprovedMissing), Some((2, "检测能力第2行")));
    assert_eq!(of(QualityRule::CapabilityTwice), Some((1, "检测能力第3行")));
}

#[test]
fn a_number_of_another_authority_is_no_ones_of_ours() {
    let tables = with_provinces();
    let lens = Lens::new(&tables, day("2026-11-22"));
    let theirs = look_at(&lens, (&number(NUMBER), THEIRS), &sound());
    let rules: Vec<_> = theirs.flaws.iter().map(|flaw| flaw.rule).collect();
    assert_eq!(rules, [QualityRule::OutsideArea, QualityRule::NumberAuthority]);
}
