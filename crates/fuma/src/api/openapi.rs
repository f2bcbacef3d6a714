//! The description of the interface (OpenAPI 3.1), made from the domain's tables: fields, kinds, statuses, acts. The page
//! `/api/docs` and the tables of `docs/接口规范.md` are made from the same value, so that none of the three can drift.

mod codes;
mod components;
mod operation;
mod reading;
mod refusals;
mod sample;
mod schema;
mod shown;
pub mod view;
mod writing;

pub use codes::{ALL as CODES, Code, Where};
pub use operation::{FORM, JSON, Operation};

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::Grant;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

/// The chapters in reading order, each with what it is about.
pub const CHAPTERS: [(&str, &str); 7] = [
    ("认证", "取访问令牌。"),
    ("办理", "预检、赋码、换证、变更、更正、状态、认领、申报：每次 1 至 500 项，逐项答复。"),
    ("批量", "一次发送至多10万项，后台办理。"),
    ("查询", "证书内容、各版、结论、二维码、成品。"),
    ("对账与变更流", "双方各自找出对方缺少的。"),
    ("归集", "本机关制作、签章的成品文件。"),
    ("统计与代码", "本机关的数字，现行代码表，接口描述文件。"),
];

static DOCUMENT: LazyLock<Value> = LazyLock::new(build);
static TEXT: LazyLock<String> = LazyLock::new(|| format!("{:#}\n", *DOCUMENT));

/// The whole document.
pub fn document() -> &'static Value {
    &DOCUMENT
}

/// The document as it is served and as it stands in the repository.
pub fn document_text() -> &'static str {
    &TEXT
}

/// `GET /api/v1/openapi.json`.
pub async fn serve() -> Response {
    let mut response = document_text().into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(JSON));
    response
}

/// All calls in reading order: chapter by chapter.
pub fn calls() -> Vec<Operation> {
    let mut all = writing::calls();
    all.extend(reading::calls());
    let chapter = |call: &Operation| CHAPTERS.iter().position(|(name, _)| *name == call.chapter);
    all.sort_by_key(chapter);
    all
}

fn build() -> Value {
    let version = env!("CARGO_PKG_VERSION");
    let tags: Vec<Value> =
        CHAPTERS.iter().map(|(name, text)| json!({ "name": name, "description": text })).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "检验检测机构资质认定赋码接口", "version": version,
            "description": "联网自动赋码接口。约定、流程和错误码见接口规范。",
        },
        "servers": [
            { "url": "/api/v1", "description": "正式环境" },
            { "url": "/sandbox/api/v1", "description": "测试环境" },
        ],
        "tags": tags,
        "paths": paths(),
        "components": {
            "schemas": components::all(),
            "responses": refusals::all(),
            "securitySchemes": { "oauth2": security() },
        },
    })
}

fn security() -> Value {
    let scopes: Map<String, Value> =
        Grant::ALL.iter().map(|grant| (grant.key().to_owned(), json!(grant.label()))).collect();
    json!({
        "type": "oauth2",
        "description": "令牌放在 Authorization: Bearer 头中；网关会去掉该头的，放在表单成员 access_token 中。不能放在地址中。",
        "flows": { "clientCredentials": { "tokenUrl": "/api/v1/token", "scopes": scopes } },
    })
}

/// Every operation; calls that read can also be made with POST and a form.
fn paths() -> Value {
    let all = calls();
    let mut out = Map::new();
    for call in &all {
        let item = out.entry(call.path.to_owned()).or_insert_with(|| json!({}));
        item[call.method] = call.value();
    }
    for (call, form) in all.iter().filter_map(|call| Some((call, call.as_form()?))) {
        let item = &mut out[call.path];
        if item.get("post").is_none() {
            item["post"] = form.value();
            item["post"]["operationId"] = json!(format!("{}ByForm", call.id));
        } else if call.path.ends_with("/files") {
            // The form lists what a file would add to.
            let post = &mut item["post"];
            post["requestBody"]["content"][FORM] = json!({ "schema": form.media(FORM) });
            let both = json!({ "anyOf": [schema::link("Results"), schema::link("Files")] });
            post["responses"]["200"]["content"][JSON]["schema"] = both;
        }
    }
    Value::Object(out)
}

#[cfg(test)]
#[path = "openapi_tests.rs"]
mod tests;
