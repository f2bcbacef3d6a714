//! Answers by which a whole call is refused: the same for every call, so they stand once in the document.

use super::operation::PROBLEM;
use super::sample;
use super::schema::link;
use serde_json::{Map, Value, json};

/// Status, name of the answer, what it means, and the code of its example.
const ALL: [(u16, &str, &str, &str); 13] = [
    (400, "BadCall", "调用读不懂：参数或正文不合规定", "bad_parameter"),
    (401, "NoToken", "没有令牌，或令牌无效、已过期：请重新取令牌", "invalid_token"),
    (403, "NotAllowed", "令牌没有这项权限", "forbidden"),
    (404, "NotFound", "没有，或不属于本机关", "not_found"),
    (408, "TooSlow", "没有在限定时间内收完正文", "too_slow"),
    (409, "Overtaken", "与另一办理冲突：请原样重发", "conflict"),
    (410, "EpochRaised", "游标属于恢复之前：请对账后从新的位置继续", "epoch_raised"),
    (413, "TooLarge", "正文过大", "too_large"),
    (415, "WrongMedia", "Content-Type 不是本调用所收的", "media_type"),
    (422, "Refused", "没有办理", "refused"),
    (429, "TooMany", "调用过于频繁：请按 Retry-After 等待", "too_many"),
    (500, "Fault", "系统内部错误：请把参考号告诉系统管理员", "fault"),
    (503, "Unavailable", "暂时不能办理：请按 Retry-After 等待后原样重发", "unavailable"),
];

fn of(status: u16) -> Option<&'static (u16, &'static str, &'static str, &'static str)> {
    ALL.iter().find(|it| it.0 == status)
}

/// A reference to the answer of a status.
pub fn answer(status: u16) -> Value {
    let name = of(status).map_or("Refused", |it| it.1);
    json!({ "$ref": format!("#/components/responses/{name}") })
}

/// All of them, by name.
pub fn all() -> Value {
    let mut out = Map::new();
    for (status, name, text, code) in ALL {
        let example = sample::problem(code, status);
        let mut answer = json!({
            "description": text, "content": { PROBLEM: { "schema": link("Problem"), "example": example } },
        });
        if status == 401 {
            let schema = json!({ "type": "string", "examples": ["Bearer error=\"invalid_token\""] });
            answer["headers"]["WWW-Authenticate"] =
                json!({ "description": "RFC 6750 第3节。", "schema": schema });
        }
        if matches!(status, 429 | 503) {
            let schema = json!({ "type": "string", "pattern": "^[0-9]+$", "examples": ["1"] });
            answer["headers"]["Retry-After"] =
                json!({ "required": true, "description": "等待的秒数。", "schema": schema });
        }
        out.insert(name.to_owned(), answer);
    }
    Value::Object(out)
}
