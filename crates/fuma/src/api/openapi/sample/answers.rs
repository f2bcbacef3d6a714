//! What is answered about the certificate of the examples: to each item its own answer, as the registry gives it.

use super::super::schema::fields;
use super::{
    CODE, CURSOR, DIGEST, NUMBER, OLD_DIGEST, RECORD, USCC, act, adoption, change, correction, declaration,
    first, of_the_face, renewal,
};
use domain::{Field, Group};
use serde_json::{Value, json};

/// SHA-256 of its content after the change, and after the correction of that.
const CHANGED: &str = "3d07e4b1a9c25f6880b4d2e7195ca3f06e81b7d4529cf0a36e1d8b47c5f29a03";
const CORRECTED: &str = "c84a6f1902be7d53d91f0c38a7e5642b1f9d80ce73ab5164e2087b9dfa3c615e";
/// Code of the certificate with the number of [`Field::PreviousNumber`], coded by hand: adopted, then renewed.
const OLD_CODE: &str = "4D8ZP6VN1GQE3YXT";
/// The certificate that replaces it, numbered by the counter after the first one.
const NEW_NUMBER: &str = "262712050002";
const NEW_CODE: &str = "9B2FTW7HK5RSM0AF";
const NEW_DIGEST: &str = "1b6e90d7f4c2583ae0917d6fb5248c3e97a1f05d6b82ce43f970d1a8e6b5423c";

/// A certificate at one of its editions, as answers name it.
struct Standing {
    number: &'static str,
    code: &'static str,
    edition: u32,
    digest: &'static str,
}

const FIRST: Standing = Standing { number: NUMBER, code: CODE, edition: 1, digest: DIGEST };

fn old() -> Standing {
    let number = of_the_face(Field::PreviousNumber).unwrap_or_default();
    Standing { number, code: OLD_CODE, edition: 1, digest: OLD_DIGEST }
}

/// What is answered to an item that was done: what it did, to which certificate.
fn done(item: &Value, effect: &str, to: &Standing) -> Value {
    json!({
        "record_id": item["record_id"], "outcome": "ok", "replayed": false, "effect": effect, "number": to.number,
        "code": to.code, "edition": to.edition, "qr_text": qr_text_of(to.code), "problems": [],
    })
}

/// The same with the digest of what stands since.
fn done_with_digest(item: &Value, effect: &str, to: &Standing) -> Value {
    let mut out = done(item, effect, to);
    out["content_digest"] = json!(to.digest);
    out
}

/// What is answered to a check of a first grant that leaves number and code to the registry.
pub fn checked() -> Value {
    json!({ "record_id": RECORD, "outcome": "ok", "replayed": false, "effect": "assigned", "problems": [] })
}

/// What is answered to the first grant.
pub fn assigned() -> Value {
    done_with_digest(&first(), "assigned", &FIRST)
}

/// What is answered to the renewal.
pub fn renewed() -> Value {
    let new = Standing { number: NEW_NUMBER, code: NEW_CODE, edition: 1, digest: NEW_DIGEST };
    done_with_digest(&renewal(), "assigned", &new)
}

/// What is answered to the change.
pub fn changed() -> Value {
    let to = Standing { edition: 2, digest: CHANGED, ..FIRST };
    done_with_digest(&change(), "changed", &to)
}

/// What is answered to the correction.
pub fn corrected() -> Value {
    let to = Standing { edition: 3, digest: CORRECTED, ..FIRST };
    done_with_digest(&correction(), "changed", &to)
}

/// What is answered to the status act: the edition stays, the status is another.
pub fn acted() -> Value {
    let mut out = done(&act(), "acted", &Standing { edition: 3, digest: CORRECTED, ..FIRST });
    out["status"] = json!("revoked");
    out
}

/// What is answered to the adoption.
pub fn adopted() -> Value {
    done_with_digest(&adoption(), "adopted", &old())
}

/// What is answered to the declaration.
pub fn declared() -> Value {
    json!({
        "record_id": declaration()["record_id"], "outcome": "ok", "replayed": false, "effect": "declared",
        "day": "2026-02-28", "certificates": 1250, "problems": [],
    })
}

/// What a call answers of one item.
pub fn results(one: Value) -> Value {
    json!({ "results": [one] })
}

/// What the QR of the certificate says.
pub fn qr_text() -> String {
    qr_text_of(CODE)
}

fn qr_text_of(code: &str) -> String {
    format!("HTTPS://CMA.EXAMPLE.CN/C/{code}")
}

/// What is answered to an item that was not done.
pub fn refused() -> Value {
    json!({ "record_id": RECORD, "outcome": "error", "replayed": false, "problems": [fault()] })
}

/// One thing that is wrong.
pub fn fault() -> Value {
    json!({
        "severity": "error", "pointer": "/certificate/valid_to", "code": "days_order",
        "message": "有效期至2026-03-04早于有效期起2026-03-05", "hint": "请核对两个日期。",
    })
}

/// A certificate as it is read: what was sent, without personal fields.
pub fn shown() -> Value {
    let mut out = json!({
        "number": NUMBER, "code": CODE, "edition": 1, "status": "valid", "status_text": "有效", "verdict": "valid",
        "valid_from": "2026-03-05", "valid_to": "2032-03-04", "assigned_at": "2026-03-05T09:30:00+08:00",
        "door": "interface", "content_digest": DIGEST, "qr_text": qr_text(), "record_ids": [RECORD],
    });
    let mut first = first();
    first["certificate"]["kind"] = json!(["first"]);
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

/// What is answered to a file that was kept.
pub fn collected() -> Value {
    let mut out = done(&json!({ "record_id": "XK-2026-000129" }), "collected", &FIRST);
    out["file"] = json!(DIGEST);
    results(out)
}

/// A batch.
pub fn batch(act: &str, state: &str) -> Value {
    let done = if state == "done" { 1000 } else { 0 };
    json!({
        "batch": "1024", "act": act, "state": state, "done": done, "ok": done, "warned": 0, "failed": 0,
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
    }, {
        "cursor": CURSOR, "kind": "revoke", "kind_text": "撤销", "number": "261612050007", "effective": "2026-03-06",
        "recorded_at": "2026-03-06T10:00:00+08:00", "door": "form", "document": "示例撤〔2026〕7号",
        "concerning": "body", "authority": "示例省市场监督管理局", "body_name": "示例检测有限公司", "uscc": USCC,
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
    let known = super::super::CODES.iter().find(|it| it.code == code);
    let (title, hint) = known.map_or(("", ""), |it| (it.meaning, it.remedy));
    json!({
        "type": format!("https://cma.example.cn/api/docs#{code}"), "title": title, "status": status, "detail": title,
        "hint": hint, "code": code, "instance": "4f1c2ab09d3e5678",
    })
}
