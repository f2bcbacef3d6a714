//! Examples: one invented certificate, right in every field, and what is answered about it.

use super::schema::fields;
use domain::{Field, Group};
use serde_json::{Map, Value, json};

/// Number of the certificate of the examples.
pub const NUMBER: &str = "262712050001";
/// Its code, as an answer writes it.
pub const CODE: &str = "7K3M9QXR2TBW5HCV";
/// SHA-256 of its content.
pub const DIGEST: &str = "9f2c1a5be0d47c8836a1f0b2d9e45c7712ab34cd56ef7890a1b2c3d4e5f60718";
/// Code of its body.
pub const USCC: &str = "91610113YL00000125";
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
        Field::Category => "一、环境与环保",
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
    let mut item = first();
    item["record_id"] = json!("XK-2026-000124");
    item["certificate"]["kind"] = json!("复查换证");
    item["certificate"]["previous_number"] = value(Field::PreviousNumber);
    item
}

/// The item of a change: only what is new, beside number, kind and decision.
pub fn change() -> Value {
    let mut item = json!({ "record_id": "XK-2026-000125", "expected_edition": 1, "certificate": {
        "number": NUMBER, "kind": ["扩项"], "decision_day": "2026-06-01", "decision_number": "陕示许〔2026〕456号",
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
        "document": "陕示撤〔2026〕1号", "reason": "示例原因", "expected_edition": 2,
    })
}

/// A call of these items.
pub fn items(all: &[Value]) -> Value {
    json!({ "items": all })
}

/// What is answered to an item that was done.
pub fn result(record: &str, effect: &str, edition: u32) -> Value {
    json!({
        "record_id": record, "outcome": "ok", "replayed": false, "effect": effect, "number": NUMBER, "code": CODE,
        "edition": edition, "content_digest": DIGEST, "qr_text": qr_text(), "problems": [],
    })
}

/// What the QR of the certificate says.
pub fn qr_text() -> String {
    format!("HTTPS://CMA.EXAMPLE.CN/C/{CODE}")
}

/// What is answered to an item that was not done.
pub fn refused() -> Value {
    json!({ "record_id": RECORD, "outcome": "error", "replayed": false, "problems": [fault()] })
}

/// One thing that is wrong.
pub fn fault() -> Value {
    json!({
        "severity": "error", "pointer": "/certificate/valid_to", "code": "days_order", "value": "",
        "message": "有效期至2026-03-04早于有效期起2026-03-05", "hint": "请核对两个日期。",
    })
}

/// A certificate as it is read: what was sent, without personal fields.
pub fn shown() -> Value {
    let mut out = json!({
        "number": NUMBER, "code": CODE, "edition": 1, "status": "valid", "status_text": "有效", "verdict": "valid",
        "valid_from": "2026-03-05", "valid_to": "2032-03-04", "assigned_at": "2026-03-05T09:30:00+08:00",
        "door": "interface", "content_digest": DIGEST, "qr_text": qr_text(), "record_ids": [RECORD],
        "previous": null, "successor": null,
    });
    let first = first();
    for group in Group::ALL {
        out[group.key()] = first[group.key()].clone();
        if group == Group::Certificate {
            for field in fields(group).filter(|field| field.personal()) {
                out[group.key()].as_object_mut().map(|face| face.remove(field.key()));
            }
        }
    }
    out
}

/// The item of an adoption.
pub fn adoption() -> Value {
    json!({ "record_id": "XK-2026-000128", "number": NUMBER, "content_digest": DIGEST })
}

/// What is answered to a file that was kept.
pub fn collected() -> Value {
    let mut out = result("XK-2026-000129", "collected", 1);
    out["file"] = json!(DIGEST);
    json!({ "results": [out] })
}

/// A batch.
pub fn batch(state: &str) -> Value {
    let done = if state == "done" { 1000 } else { 0 };
    json!({
        "batch": "1024", "act": "assign", "state": state, "done": done, "ok": done, "warned": 0, "failed": 0,
        "message": "", "created_at": "2026-03-05T09:30:00+08:00", "updated_at": "2026-03-05T09:30:02+08:00",
        "status_url": "/api/v1/batches/1024", "results_url": "/api/v1/batches/1024/results",
    })
}

/// The editions of a certificate.
pub fn editions() -> Value {
    json!({ "editions": [{
        "edition": 1, "kinds": ["first"], "effective": "2026-03-05", "recorded_at": "2026-03-05T09:30:00+08:00",
        "capabilities": 1, "content_digest": DIGEST,
    }] })
}

/// A verdict.
pub fn verdict() -> Value {
    json!({ "on": "2026-03-05", "verdict": "valid", "verdict_text": "有效" })
}

/// The certificates of a body.
pub fn linked() -> Value {
    json!({ "certificates": [{
        "number": NUMBER, "authority": "示例省市场监督管理局", "body_name": "示例检测有限公司", "uscc": USCC,
        "status": "valid", "status_text": "有效", "verdict": "valid", "valid_from": "2026-03-05", "valid_to": "2032-03-04",
        "domain": "12", "industry": "05", "edition": 1, "own": true,
    }] })
}

fn reconciled() -> Value {
    json!({
        "number": NUMBER, "code": CODE, "edition": 1, "status": "valid", "content_digest": DIGEST,
        "record_ids": [RECORD], "assigned_at": "2026-03-05T09:30:00+08:00", "door": "interface",
    })
}

/// A page of a reconciliation.
pub fn reconciliation() -> Value {
    json!({ "items": [reconciled()], "next": null, "position": CURSOR })
}

/// Certificates that carry no record id yet.
pub fn unadopted() -> Value {
    let one = json!({
        "number": NUMBER, "code": CODE, "body_name": "示例检测有限公司", "edition": 1, "status": "valid",
        "content_digest": DIGEST, "assigned_at": "2026-03-05T09:30:00+08:00", "door": "form",
    });
    json!({ "items": [one], "total": 1, "next": null })
}

/// What a caller has.
pub fn claims() -> Value {
    json!({ "items": [{ "record_id": RECORD, "content_digest": DIGEST }, { "number": "202712050001" }] })
}

/// What of it the registry has not, or has otherwise.
pub fn differences() -> Value {
    json!({ "missing": ["202712050001"], "different": [], "same": 1 })
}

/// A page of the change stream.
pub fn changes() -> Value {
    json!({ "events": [{
        "cursor": CURSOR, "kind": "assign", "kind_text": "赋码", "number": NUMBER, "code": CODE, "edition": 1,
        "effective": "2026-03-05", "recorded_at": "2026-03-05T09:30:00+08:00", "door": "interface",
        "document": "陕示许〔2026〕123号", "record_id": RECORD,
    }], "next": CURSOR })
}

/// The kept files of a certificate.
pub fn files() -> Value {
    json!({ "files": [{
        "file": DIGEST, "sm3": DIGEST, "part": "certificate", "format": "pdf", "size": 183_204, "edition": 1,
        "record_id": "XK-2026-000129", "recorded_at": "2026-03-05T09:40:00+08:00",
    }] })
}

/// Figures.
pub fn statistics() -> Value {
    json!({
        "from": "2026-03-01", "to": "2026-03-31", "certificates": { "valid": 120 }, "assigned": { "interface": 20 },
        "questions": { "by_answer": { "valid": 12 }, "by_day": { "2026-03-05": 12 } },
    })
}

/// A code table.
pub fn code_table() -> Value {
    json!({ "table": "domains", "codes": [{ "code": "12", "name": "环境与环保" }] })
}

/// A problem of a whole call.
pub fn problem(code: &str, status: u16) -> Value {
    let known = super::CODES.iter().find(|it| it.code == code);
    let (title, hint) = known.map_or(("", ""), |it| (it.meaning, it.remedy));
    json!({
        "type": format!("https://cma.example.cn/api/docs#{code}"), "title": title, "status": status, "detail": title,
        "hint": hint, "code": code, "instance": "4f1c2ab09d3e5678",
    })
}
