//! 许可核查: each rule with what it finds and what it does not.

use super::*;
use crate::{Number, Uscc, name_key};

const OWN: &str = "91610113YL00000125";
const PARENT: &str = "91610102YL00000202";

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn applicant() -> Applicant {
    Applicant {
        uscc: Uscc::parse(OWN).ok(),
        parent_uscc: Uscc::parse(PARENT).ok(),
        name: "示例检测有限公司".into(),
        parent_name: "样张集团有限公司".into(),
    }
}

fn facts() -> Facts {
    Facts {
        on: day("2026-11-22"),
        applicant: applicant(),
        held: Vec::new(),
        revoked: Vec::new(),
        refused: Vec::new(),
        signing: Vec::new(),
        asked_signatories: 2,
        shared: Vec::new(),
        asked_sites: 1,
        keys_due: false,
    }
}

fn told(n: i64) -> Told {
    Told {
        certificate: CertificateId(n),
        number: Number::parse("262712050001").unwrap(),
        issuer: "示例省市场监督管理局".into(),
        body: "样张检测中心".into(),
    }
}

fn reply(facts: &Facts, question: Question) -> Reply {
    replies(facts).into_iter().find(|it| it.question == question).unwrap()
}

/// State and codes of a reply.
fn short(facts: &Facts, question: Question) -> (State, Vec<&'static str>) {
    let reply = reply(facts, question);
    (reply.state, reply.findings.iter().map(|it| it.code).collect())
}

fn revoked(relative: Relative, from: &str) -> Revoked {
    Revoked { told: told(1), relative, from: day(from), document: "示例撤〔2025〕1号".into() }
}

fn refused(relative: Relative, decided: &str, ground: RefusalGround) -> Refused {
    Refused {
        refusal: RefusalId(7),
        authority: "示例省市场监督管理局".into(),
        body: "示例检测有限公司".into(),
        relative,
        decided: day(decided),
        document: "示例不许〔2026〕1号".into(),
        ground,
    }
}

#[test]
fn nothing_found_is_said_of_each_question_in_words() {
    let all = replies(&facts());
    assert_eq!(all.iter().map(|it| it.question).collect::<Vec<_>>(), Question::ALL);
    for it in all {
        assert_eq!((it.state, it.findings.len(), it.more), (State::Clear, 0, 0), "{it:?}");
        assert!(it.sentence.ends_with('。') && !it.question.source().is_empty());
    }
}

#[test]
fn what_cannot_be_asked_is_never_said_to_be_clear() {
    let nobody = Facts { applicant: Applicant::default(), asked_signatories: 0, asked_sites: 0, ..facts() };
    assert!(replies(&nobody).iter().all(|it| it.state == State::Open), "{:#?}", replies(&nobody));
    let due = Facts { keys_due: true, ..facts() };
    assert_eq!(reply(&due, Question::Sites).state, State::Open);
}

#[test]
fn certificates_of_the_body_and_of_its_legal_person_are_told_and_those_of_sisters_counted() {
    let held =
        |relative, word: &str| Held { told: told(3), relative, word: word.into(), until: day("2030-01-01") };
    let found = Facts {
        held: vec![
            held(Relative::Itself, ""),
            held(Relative::Parent, "已暂停"),
            held(Relative::Sister, ""),
            held(Relative::Branch, ""),
        ],
        ..facts()
    };
    let reply = reply(&found, Question::Certificates);
    let messages: Vec<_> = reply.findings.iter().map(|it| it.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "该机构持有证书2627 1205 0001（示例省市场监督管理局颁发），有效期至2030-01-01。请核对是否应当办理变更、扩项或者换证，\
             而不是另发一张。",
            "所属法人单位“样张检测中心”持有证书2627 1205 0001（示例省市场监督管理局颁发），已暂停，有效期至2030-01-01。\
             请核对是否应当办理变更、扩项或者换证，而不是另发一张。",
        ]
    );
    let sisters = Facts { held: vec![held(Relative::Sister, "")], ..facts() };
    let reply = self::reply(&sisters, Question::Certificates);
    assert_eq!(reply.state, State::Clear);
    assert!(reply.sentence.contains("现有有效证书1张"), "{}", reply.sentence);
}

#[test]
fn a_revocation_bears_for_three_years_to_the_day() {
    let on = |from: &str| {
        let facts = Facts { revoked: vec![revoked(Relative::Itself, from)], ..facts() };
        short(&facts, Question::Revocations)
    };
    assert_eq!(on("2023-11-23"), (State::Found, vec!["revoked"]));
    assert_eq!(on("2023-11-22"), (State::Clear, vec![]), "three years are over");
    assert_eq!(on("2026-11-22").1, ["revoked"]);
    assert_eq!(on("2026-11-23").1, [""; 0], "it does not hold yet");
    let told = Facts { revoked: vec![revoked(Relative::Itself, "2025-03-01")], ..facts() };
    let finding = &reply(&told, Question::Revocations).findings[0];
    assert_eq!(finding.weight, Weight::Ban);
    assert_eq!(
        finding.message,
        "该机构的证书2627 1205 0001（示例省市场监督管理局颁发）于2025-03-01被撤销（示例撤〔2025〕1号），2028-03-01以前不得再次申请。"
    );
    for (relative, code) in [
        (Relative::Parent, "family_revoked"),
        (Relative::Sister, "family_revoked"),
        (Relative::Branch, "family_revoked"),
        (Relative::Namesake, "namesake_revoked"),
    ] {
        let facts = Facts { revoked: vec![revoked(relative, "2025-03-01")], ..facts() };
        let finding = reply(&facts, Question::Revocations).findings.remove(0);
        assert_eq!((finding.code, finding.weight), (code, Weight::Look));
    }
}

#[test]
fn a_refusal_for_false_material_bears_for_a_year_and_another_one_is_only_told() {
    let on = |relative, decided: &str, ground| {
        let facts = Facts { refused: vec![refused(relative, decided, ground)], ..facts() };
        let reply = reply(&facts, Question::Refusals);
        reply.findings.first().map(|it| (it.code, it.weight))
    };
    let (lie, other) = (RefusalGround::FalseMaterial, RefusalGround::Other);
    assert_eq!(on(Relative::Itself, "2025-11-23", lie), Some(("refused_false", Weight::Ban)));
    assert_eq!(on(Relative::Itself, "2025-11-22", lie), None, "the year is over");
    assert_eq!(on(Relative::Itself, "2026-11-23", lie), None, "it is not decided yet");
    assert_eq!(on(Relative::Sister, "2026-01-01", lie), Some(("family_refused_false", Weight::Look)));
    assert_eq!(on(Relative::Namesake, "2026-01-01", lie), Some(("namesake_refused_false", Weight::Look)));
    assert_eq!(on(Relative::Itself, "2026-01-01", other), Some(("refused", Weight::Look)));
    assert!(refusals_since(day("2026-11-22")) <= day("2025-11-22"), "what is asked for holds what bears");
}

#[test]
fn a_person_known_by_number_is_told_apart_from_a_name() {
    let signing = |by_number, title: &str| Signing {
        name: "王示例".into(),
        by_number,
        title: title.into(),
        told: told(4),
        relative: None,
        until: day("2030-01-01"),
    };
    let both = Facts { signing: vec![signing(true, "技术负责人"), signing(false, "")], ..facts() };
    let reply = reply(&both, Question::Signatories);
    assert_eq!(
        reply.findings.iter().map(|it| it.code).collect::<Vec<_>>(),
        ["signs_elsewhere", "same_name_signs"]
    );
    assert!(
        reply.findings[0].message.contains("授权签字人，职务技术负责人（有效期至2030-01-01）"),
        "{reply:?}"
    );
    assert!(reply.findings[1].message.contains("只是姓名相同"));
    assert!(reply.findings[1].message.starts_with("“王示例”也是“样张检测中心”证书"));
}

#[test]
fn a_shared_site_says_whose_it_is() {
    let shared = Shared {
        address: "示例路1号".into(),
        told: told(5),
        relative: Some(Relative::Sister),
        until: day("2030-01-01"),
    };
    let found = Facts { shared: vec![shared], keys_due: true, ..facts() };
    let reply = reply(&found, Question::Sites);
    assert_eq!((reply.state, reply.findings[0].code), (State::Found, "shares_site"));
    assert!(reply.findings[0].message.contains("也是同一法人单位的其他机构“样张检测中心”证书"), "{reply:?}");
    assert!(reply.sentence.contains("还没有全部比对"), "{}", reply.sentence);
}

#[test]
fn the_heaviest_come_first_and_what_is_left_out_is_counted() {
    let many = (0..MOST + 4).map(|_| refused(Relative::Itself, "2026-01-01", RefusalGround::Other));
    let last = refused(Relative::Itself, "2026-01-01", RefusalGround::FalseMaterial);
    let facts = Facts { refused: many.chain([last]).collect(), ..facts() };
    let reply = reply(&facts, Question::Refusals);
    assert_eq!((reply.findings.len(), reply.more, reply.findings[0].code), (MOST, 5, "refused_false"));
    assert!(reply.sentence.contains("25项"), "{}", reply.sentence);
}

#[test]
fn what_a_body_is_to_the_applicant_follows_the_codes_and_then_the_name() {
    let code = |text: &str| Uscc::parse(text).ok();
    let asks = applicant();
    let lab = Applicant { uscc: None, ..applicant() };
    let named = Applicant { name: "示例检测有限公司".into(), ..Applicant::default() };
    let (own, parent) = (code(OWN), code(PARENT));
    let (key, other) = (name_key("示例检测有限公司"), name_key("样张检测中心"));
    for (who, body, expected) in [
        (&asks, (own, None, &other), Some(Relative::Itself)),
        (&asks, (parent, None, &other), Some(Relative::Parent)),
        (&asks, (None, parent, &other), Some(Relative::Sister)),
        (&asks, (None, own, &other), Some(Relative::Branch)),
        (&asks, (None, None, &key), Some(Relative::Namesake)),
        (&asks, (None, None, &other), None),
        (&lab, (None, parent, &key), Some(Relative::Itself)),
        (&lab, (None, parent, &other), Some(Relative::Sister)),
        (&lab, (own, parent, &key), Some(Relative::Sister)),
        (&named, (own, parent, &key), Some(Relative::Itself)),
        (&named, (own, parent, &other), None),
        (&Applicant::default(), (None, None, &String::new()), None),
    ] {
        assert_eq!(who.relative(body.0, body.1, body.2), expected, "{who:?} {body:?}");
    }
}

#[test]
fn a_ground_is_read_as_it_is_written_and_as_it_is_said() {
    for ground in RefusalGround::ALL {
        assert_eq!(RefusalGround::parse(ground.key()), Some(ground));
        assert_eq!(RefusalGround::parse(ground.label()), Some(ground));
    }
    assert_eq!(RefusalGround::parse("x"), None);
}
