//! Examples: one invented certificate, right in every field, and what is asked for it. What is answered: `answers.rs`.

mod answers;

pub use answers::*;

use domain::Field;
use serde_json::{Map, Value, json};

/// Number of the certificate of the examples.
pub const NUMBER: &str = "262712050001";
/// Its code, as an answer writes it.
pub const CODE: &str = "7K3M9QXR2TBW5HCV";
/// SHA-256 of its content.
pub const DIGEST: &str = "9f2c1a5be0d47c8836a1f0b2d9e45c7712ab34cd56ef7890a1b2c3d4e5f60718";
/// Code of its body.
pub const USCC: &str = "91610113YL00000125";
/// SHA-256 of the content of the certificate that is adopted.
const OLD_DIGEST: &str = "70b9d3e25a1c48f6bd04e7927c6f813ae5920fb46d1c7a8350e4b2f91d6c037a";
/// A record id of a caller.
pub const RECORD: &str = "XK-2026-000123";
/// A cursor of the change stream.
pub const CURSOR: &str = "1-1024";

/// The example of a field; a test asks that it is of the field's shape.
pub fn value(field: Field) -> Value {
    match of_the_face(field).or_else(|| of_rows(field)).or_else(|| of_people(field)) {
        Some(text) => json!(text),
        // What is left is yes or no.
        None => json!(false),
    }
}

fn of_the_face(field: Field) -> Option<&'static str> {
    Some(match field {
        Field::Key => "1",
        Field::Kind => "首次",
        Field::Number => NUMBER,
        Field::PreviousNumber => "202712050001",
        Field::BodyName => "示例检测有限公司",
        Field::OtherName => "示例检测中心",
        Field::Uscc => USCC,
        Field::OrgCode => "YL0000012",
        Field::LegalKind => "独立法人-企业",
        Field::ParentName => "样张集团有限公司",
        Field::ParentUscc => "91610102YL00000202",
        Field::Department => "无",
        Field::Address => "陕西省西安市雁塔区示例路1号",
        Field::Division => "610113",
        Field::Postcode => "710000",
        Field::LegalRepresentative => "张示例",
        Field::Head => "李示例",
        Field::TechnicalLead => "王示例",
        Field::Contact => "赵示例",
        Field::Phone => "029-00000000",
        Field::Email => "lianxi@example.com",
        Field::Domain => "12",
        Field::Industry => "05",
        Field::Procedure => "一般程序",
        Field::DecisionDay => "2026-03-02",
        Field::DecisionNumber => "陕示许〔2026〕123号",
        Field::FirstIssuedOn | Field::IssuedOn | Field::ValidFrom | Field::EffectiveDay => "2026-03-05",
        Field::ValidTo => "2032-03-04",
        Field::Status => "有效",
        Field::StatusDay => "2026-03-05",
        Field::StatusDocument => "陕示注〔2026〕1号",
        Field::StatusReason => "机构申请注销",
        Field::Reason => "录入错误：门牌号",
        Field::Remark => "示例",
        _ => return None,
    })
}

fn of_rows(field: Field) -> Option<&'static str> {
    Some(match field {
        Field::SiteOf | Field::CapabilityOf | Field::SignatoryOf | Field::InstrumentOf | Field::StaffOf => {
            "1"
        }
        Field::SiteName
        | Field::CapabilitySite
        | Field::SignatorySite
        | Field::InstrumentSite
        | Field::StaffSite
        | Field::SiteKind => "主场所",
        Field::SiteAddress => "陕西省西安市雁塔区示例路1号",
        Field::SiteDivision => "610113",
        Field::Label => "1.1",
        Field::Category => "环境与环保",
        Field::Class | Field::InstrumentClass => "水和废水",
        Field::Item | Field::InstrumentItem => "示例参数",
        Field::StandardName => "水质 示例参数的测定 示例法",
        Field::StandardNumber => "HJ 0000-2020",
        Field::Clause => "5.1",
        Field::Limits => "只测示例浓度",
        Field::CapabilityRemark => "示例说明",
        Field::ApprovedOn | Field::SignatoryApprovedOn => "2026-03-02",
        Field::InstrumentStandard => "水质 示例参数的测定 示例法 HJ 0000-2020",
        Field::InstrumentName => "示例分光光度计",
        Field::InstrumentModel => "SL-100",
        Field::InstrumentSerial => "SL000001",
        Field::InstrumentRange => "190 nm～900 nm",
        Field::Traceability => "校准",
        Field::TraceableUntil => "2027-01-31",
        Field::Confirmation => "符合",
        _ => return None,
    })
}

fn of_people(field: Field) -> Option<&'static str> {
    Some(match field {
        Field::SignatoryName => "孙示例",
        Field::SignatoryTitle => "高级工程师",
        Field::SignatoryField => "水和废水检测",
        Field::SignatoryRemark => "示例",
        Field::SignatorySex | Field::StaffSex => "女",
        Field::SignatoryEducation | Field::StaffEducation => "大学本科",
        Field::SignatoryDepartment | Field::StaffDepartment => "检测一室",
        Field::SignatoryPhone => "029-00000001",
        Field::SignatoryEmail => "qianzi@example.com",
        Field::SignatoryIdKind | Field::StaffIdKind => "居民身份证",
        Field::SignatoryIdNumber | Field::StaffIdNumber => "990000198001010012",
        Field::StaffName => "周示例",
        Field::StaffBirth => "1980-01",
        Field::StaffPost => "检测员",
        Field::StaffTitle => "工程师",
        Field::StaffMajor => "环境工程",
        Field::StaffYears => "12",
        _ => return None,
    })
}

/// A row of a group with these fields.
fn row(fields: &[Field]) -> Value {
    Value::Object(fields.iter().map(|field| (field.key().to_owned(), value(*field))).collect::<Map<_, _>>())
}

/// The face of a first grant by an independent body, numbered by the registry's counter.
fn face() -> Value {
    use Field::*;
    row(&[
        Kind,
        BodyName,
        Uscc,
        LegalKind,
        Department,
        Address,
        Division,
        Domain,
        Industry,
        Food,
        Procedure,
        DecisionDay,
        DecisionNumber,
        FirstIssuedOn,
        IssuedOn,
        ValidFrom,
        ValidTo,
        Contact,
        Phone,
    ])
}

/// The item of a first grant.
pub fn first() -> Value {
    use Field::*;
    json!({
        "record_id": RECORD,
        "certificate": face(),
        "sites": [row(&[SiteName, SiteKind, SiteAddress, SiteDivision])],
        "capabilities": [row(&[Category, Class, Item, StandardName, StandardNumber, ApprovedOn, CapabilityFood])],
        "signatories": [row(&[SignatoryName, SignatoryTitle, SignatoryField, SignatoryApprovedOn])],
        "instruments": [row(&[InstrumentName, InstrumentModel, Traceability, TraceableUntil])],
        "staff": [row(&[StaffName, StaffPost, StaffTitle])],
    })
}

/// The item of a renewal: a new certificate that names the one it replaces.
pub fn renewal() -> Value {
    use Field::*;
    let (name, address, division) = ("样张环境监测有限公司", "陕西省西安市新城区样张路2号", "610102");
    let mut item = first();
    item["record_id"] = json!("XK-2026-000124");
    let face = &mut item["certificate"];
    face["kind"] = json!("复查换证");
    face["decision_number"] = json!("陕示许〔2026〕124号");
    face["first_issued_on"] = json!("2020-07-02");
    for (field, of) in [(PreviousNumber, PreviousNumber), (Uscc, ParentUscc)] {
        face[field.key()] = value(of);
    }
    for (field, text) in [(BodyName, name), (Address, address), (Division, division)] {
        face[field.key()] = json!(text);
    }
    for (field, text) in [(SiteAddress, address), (SiteDivision, division)] {
        item["sites"][0][field.key()] = json!(text);
    }
    item
}

/// The item of a change: what is new, beside number and kind and what every change is decided by.
pub fn change() -> Value {
    let mut item = json!({ "record_id": "XK-2026-000125", "expected_edition": 1, "certificate": {
        "number": NUMBER, "kind": ["扩项"], "procedure": value(Field::Procedure),
        "decision_day": "2026-06-01", "decision_number": "陕示许〔2026〕456号",
    } });
    let rows = &first()["capabilities"][0];
    let mut added = rows.clone();
    added["item"] = json!("另一示例参数");
    added["approved_on"] = json!("2026-06-01");
    item["capabilities"] = json!([rows, added]);
    item
}

/// The item of a correction.
pub fn correction() -> Value {
    json!({ "record_id": "XK-2026-000126", "expected_edition": 2, "certificate": {
        "number": NUMBER, "kind": "更正", "reason": value(Field::Reason), "address": "陕西省西安市雁塔区示例路10号",
    } })
}

/// The item of a status act.
pub fn act() -> Value {
    json!({
        "record_id": "XK-2026-000127", "number": NUMBER, "act": "revoke", "effective": "2026-07-01",
        "document": "陕示撤〔2026〕1号", "reason": "示例原因", "expected_edition": 3,
    })
}

/// A call of these items.
pub fn items(all: &[Value]) -> Value {
    json!({ "items": all })
}

/// The item of an adoption: a certificate that was coded by hand.
pub fn adoption() -> Value {
    let number = value(Field::PreviousNumber);
    json!({ "record_id": "XK-2026-000128", "number": number, "content_digest": OLD_DIGEST })
}

/// The item of a declaration.
pub fn declaration() -> Value {
    json!({ "record_id": "SB-2026-02", "day": "2026-02-28", "certificates": 1250 })
}

/// What a caller has.
pub fn claims() -> Value {
    json!({ "items": [{ "record_id": RECORD, "content_digest": DIGEST }, { "number": "202712050001" }] })
}
