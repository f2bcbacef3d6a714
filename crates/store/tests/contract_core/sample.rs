//! Invented rows. Each takes a number, so that two of them differ in what must be unique.
use domain::{
    Actor, AuthorityId, BodyId, Capability, CertificateId, Code, Day, Division, Door, Event, EventKind, Face,
    Instant, Instrument, Item, Kinds, LegalKind, LegalSort, Number, Object, Parent, PersonId, Procedure,
    Realm, Signatory, Site, Staff, Status, Uscc, status::Act,
};
use store::{body::Body, certificate::Head, content::Edition};

/// Two authorities of no meaning.
pub const OURS: AuthorityId = AuthorityId(61);
pub const THEIRS: AuthorityId = AuthorityId(11);

/// A moment so many seconds after an arbitrary one, with microseconds.
pub fn at(seconds: i64) -> Instant {
    Instant::from_micros(1_790_000_000_123_456).plus_seconds(seconds)
}

/// A day so many days after the first of 2026.
pub fn day(n: i32) -> Day {
    Day::new(2026, 1, 1).unwrap().plus_days(n).unwrap()
}

/// A code with a fitting check character.
pub fn uscc(n: u32) -> Uscc {
    "0123456789ABCDEFGHJKLMNPQRTUWXY"
        .chars()
        .find_map(|check| Uscc::parse(&format!("9161{n:013}{check}")).ok())
        .unwrap()
}

pub fn number(n: u32) -> Number {
    Number::parse(&format!("2661{n:08}")).unwrap()
}

pub fn code(n: u32) -> Code {
    let mut entropy = [0x5a; 10];
    entropy[..4].copy_from_slice(&n.to_be_bytes());
    Code::from_entropy(entropy, Realm::Registry)
}

pub fn act(n: i32) -> Act {
    Act { effective: day(n), document: format!("示例决〔2026〕{n}号"), reason: "示例原因".into() }
}

/// A body that answers for itself.
pub fn body(n: u32) -> Body {
    let name = format!("示例检测{n}有限公司");
    Body {
        id: BodyId(i64::from(n)),
        own_uscc: Some(uscc(n)),
        parent_uscc: None,
        org_code: Some(format!("ORG{n:06}")),
        name_key: domain::name_key(&name),
        name,
        other_name: "示例中心".into(),
        parent_name: String::new(),
        division: Division::parse("610113"),
        xpcc: n.is_multiple_of(2),
        merged_into: None,
    }
}

/// A body without code of its own.
pub fn branch(n: u32, parent: Uscc) -> Body {
    let parent_name = "示例集团有限公司".into();
    Body { own_uscc: None, parent_uscc: Some(parent), org_code: None, division: None, parent_name, ..body(n) }
}

pub fn face(n: u32) -> Face {
    Face {
        kinds: Kinds::parse("extension,renewal").unwrap(),
        previous_number: Some(number(n + 50_000_000)),
        body_name: format!("示例检测{n}有限公司"),
        other_name: "示例\"中心\"\\1".into(),
        uscc: Some(uscc(n)),
        org_code: None,
        legal_kind: Some(LegalKind { independent: false, sort: LegalSort::Institution }),
        parent: Some(Parent { name: "示例集团".into(), uscc: Some(uscc(n + 7)) }),
        department: "示例部门".into(),
        address: "示例省示例市示例路1号𠮷".into(),
        division: Division::parse("610113"),
        postcode: "710000".into(),
        legal_representative: "张示例".into(),
        head: "李示例".into(),
        technical_lead: "王示例".into(),
        contact: "赵示例".into(),
        xpcc: false,
        domain: "07".parse().unwrap(),
        industry: "00".parse().unwrap(),
        food: true,
        procedure: Some(Procedure::Commitment),
        decision_day: Some(day(-9)),
        decision_number: "示例决〔2026〕1号".into(),
        first_issued_on: Some(Day::MIN),
        issued_on: None,
        valid_from: day(0),
        valid_to: Day::MAX,
        reason: String::new(),
        remark: "100%_'".into(),
    }
}

/// The head of a certificate in force, of body `n`, in its first edition.
pub fn head(n: u32) -> Head {
    Head {
        id: CertificateId(i64::from(n)),
        number: number(n),
        code: code(n),
        authority: OURS,
        body: BodyId(i64::from(n)),
        status: Status::Valid,
        valid_from: day(0),
        valid_to: Day::MAX,
        edition: 1,
        previous: None,
        successor: None,
        domain: "07".parse().unwrap(),
        industry: "00".parse().unwrap(),
        food: true,
        door: Door::Workbook,
        batch: None,
        assigned_at: at(i64::from(n)),
        contact: Some(PersonId(i64::from(n) + 900)),
        printed: 0,
        print_due: true,
    }
}

pub fn edition(n: u32, number: u32) -> Edition {
    Edition {
        certificate: CertificateId(i64::from(n)),
        edition: number,
        kinds: Kinds::parse("extension,standard_change").unwrap(),
        effective: day(-1),
        recorded_at: at(3),
        template: "示例模板/1".into(),
        face: face(n),
        capabilities: 2,
        digest: [number as u8; 32],
    }
}

pub fn site(n: u32) -> Site {
    Site {
        name: format!("示例场所{n}"),
        address: format!("示例路{n}号"),
        division: Division::parse("610113"),
    }
}

pub fn item(n: u32) -> Item {
    Item {
        category: "示例类".into(),
        class: "示例对象_100%".into(),
        name: format!("示例参数{n}"),
        standard_name: "示例方法\\试行".into(),
        standard_number: format!("GB/T {n}-2026"),
        clause: "4.1".into(),
    }
}

pub fn capability(n: u32) -> Capability {
    Capability {
        site: 0,
        item: item(n),
        limits: "只做示例".into(),
        remark: "示例说明".into(),
        approved_on: n.is_multiple_of(2).then(|| day(-5)),
        food: n.is_multiple_of(2),
        label: format!("一.{n}"),
    }
}

pub fn signatory(n: u32) -> Signatory {
    Signatory {
        site: 0,
        name: format!("张示例{n}"),
        title: "高级工程师".into(),
        field: "全部".into(),
        food: true,
        approved_on: Some(day(-5)),
        remark: String::new(),
        education: "本科".into(),
        department: "示例室".into(),
        sex: "女".into(),
    }
}

pub fn instrument(n: u32) -> Instrument {
    Instrument {
        site: 0,
        class: "示例类".into(),
        item: "示例参数".into(),
        standard: "GB/T 1-2026".into(),
        name: format!("示例仪{n}"),
        model: "X-1".into(),
        serial: format!("SN{n}"),
        range: "(0~100)℃".into(),
        traceability: "检定".into(),
        traceable_until: Some(day(300)),
        confirmation: "合格".into(),
    }
}

pub fn staff(n: u32) -> Staff {
    Staff {
        site: 0,
        name: format!("李示例{n}"),
        sex: "女".into(),
        education: "硕士".into(),
        post: "检测员".into(),
        title: "工程师".into(),
        major: "化学".into(),
        years: "5".into(),
        department: "示例室".into(),
    }
}

/// An event about certificate `id`.
pub fn event(id: i64) -> Event {
    Event {
        recorded_at: at(id),
        effective: day(1),
        actor: Actor::Operator("示例".into()),
        authority: Some(OURS),
        door: Door::Command,
        request_id: format!("r{id}"),
        kind: EventKind::Change,
        object: Object::Certificate,
        object_id: id,
        edition: Some(2),
        document: "示例决〔2026〕1号".into(),
        decided: Some(day(0)),
        details: vec![("reason", "示例 原因".into())],
        salt: [id as u8; 32],
    }
}
