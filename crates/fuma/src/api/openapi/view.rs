//! The document in the pieces that people read: calls, tables of members. The page and the written standard show the same.

use super::operation::{FORM, JSON, LINES, NDJSON};
use super::{CHAPTERS, calls, document};
use domain::Grant;
use serde_json::Value;

/// A chapter with its calls.
pub struct Chapter {
    /// Its name.
    pub name: &'static str,
    /// What it is about.
    pub about: &'static str,
    /// Its calls in reading order.
    pub calls: Vec<CallView>,
}

/// A call.
pub struct CallView {
    /// Its anchor.
    pub id: &'static str,
    /// `GET` or `POST`.
    pub method: String,
    /// Path below the base.
    pub path: &'static str,
    /// Its name.
    pub title: String,
    /// What it is for.
    pub purpose: String,
    /// The scope it needs, with its word; empty if none.
    pub scope: String,
    /// Whether it can also be made with POST and a form.
    pub by_form: bool,
    /// Parameters, and members of a form.
    pub parameters: Vec<Member>,
    /// What its body is, by media type: what is sent, and the table of it.
    pub bodies: Vec<Body>,
    /// An example of what is sent; empty if there is none.
    pub request: String,
    /// Statuses with what they mean, and the table of what is answered; those that any call may give are left out.
    pub answers: Vec<Answer>,
    /// An example of what is answered; empty if there is none.
    pub answer: String,
}

/// A body of a call.
pub struct Body {
    /// Its media type.
    pub media: String,
    /// Its table.
    pub table: Option<Link>,
}

/// Statuses that any call may give; they are told once, not with each call.
const COMMON: [&str; 9] = ["400", "401", "403", "408", "413", "415", "429", "500", "503"];

/// An answer.
pub struct Answer {
    /// The status.
    pub status: String,
    /// What it means.
    pub text: String,
    /// Its table, where it is JSON that is not a problem of the call.
    pub table: Option<Link>,
}

/// A reference to a table of members.
#[derive(Clone, Debug)]
pub struct Link {
    /// Its anchor.
    pub anchor: String,
    /// What it is called.
    pub title: String,
}

/// A table of members.
pub struct Table {
    /// Its anchor.
    pub anchor: String,
    /// What it is called.
    pub title: String,
    /// What is to be said of it; may be empty.
    pub text: String,
    /// Its rows.
    pub members: Vec<Member>,
}

/// One row: a parameter or a member of an object.
pub struct Member {
    /// Its key.
    pub key: String,
    /// What it is called.
    pub label: String,
    /// 类型.
    pub kind: String,
    /// The table of what it holds.
    pub of: Option<Link>,
    /// 长度 or limits; empty where there is none.
    pub length: String,
    /// 必填, 条件, 选填; for answers 总有, 可无.
    pub need: &'static str,
    /// 代码表; may be empty.
    pub table: String,
    /// 说明.
    pub text: String,
    /// 示例; may be empty.
    pub example: String,
}

/// All chapters.
pub fn chapters() -> Vec<Chapter> {
    let all = calls();
    let of = |name: &str| all.iter().filter(|call| call.chapter == name).map(call_view).collect();
    CHAPTERS.iter().map(|(name, about)| Chapter { name, about, calls: of(name) }).collect()
}

/// All tables, in reading order.
pub fn tables() -> Vec<Table> {
    super::components::TITLES.iter().filter_map(|(name, _)| table(name)).collect()
}

/// The table of a schema.
pub fn table(name: &str) -> Option<Table> {
    let schema = document()["components"]["schemas"].get(name)?;
    Some(Table {
        anchor: anchor(name),
        title: text(schema, "title"),
        text: text(schema, "description"),
        members: members(schema),
    })
}

fn anchor(name: &str) -> String {
    format!("t-{}", name.to_lowercase())
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

/// The schema that a reference names, or the schema itself.
fn resolved(schema: &Value) -> &Value {
    let name = schema["$ref"].as_str().and_then(|it| it.strip_prefix("#/components/"));
    match name.and_then(|it| it.split_once('/')) {
        Some((kind, name)) => &document()["components"][kind][name],
        None => schema,
    }
}

/// The table that a schema is shown in.
fn link(schema: &Value) -> Option<Link> {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap_or_default();
        return Some(Link { anchor: anchor(name), title: text(resolved(schema), "title") });
    }
    let parts = schema["allOf"].as_array().or(schema["anyOf"].as_array());
    parts.and_then(|parts| parts.iter().find_map(link)).or_else(|| match &schema["items"] {
        Value::Null => None,
        items => link(items),
    })
}

/// The rows of an object that is named: one that is closed is sent, one that may grow is answered.
fn members(schema: &Value) -> Vec<Member> {
    rows(schema, schema["additionalProperties"] == false)
}

/// The rows of an object; of several taken together one after the other.
fn rows(schema: &Value, sent: bool) -> Vec<Member> {
    let mut out: Vec<Member> =
        schema["allOf"].as_array().into_iter().flatten().flat_map(|part| members(resolved(part))).collect();
    let required: Vec<&str> = strings(&schema["required"]);
    for key in strings(&schema["x-order"]) {
        let needed = required.contains(&key);
        let need = match (sent, needed) {
            (true, true) => "必填",
            (true, false) => "选填",
            (false, true) => "总有",
            (false, false) => "可无",
        };
        out.push(member(key, &schema["properties"][key], need));
    }
    out
}

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// One row of a schema.
fn member(key: &str, schema: &Value, need: &'static str) -> Member {
    let need = match schema["x-need"].as_str() {
        Some("must") => "必填",
        Some("sometimes") => "条件",
        Some(_) => "选填",
        None => need,
    };
    let example = match &schema["examples"][0] {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let (kind, of) = kind(schema);
    Member {
        key: key.to_owned(),
        label: text(schema, "title"),
        kind,
        of,
        length: length(schema),
        need,
        table: text(schema, "x-code-table"),
        text: said(schema),
        example,
    }
}

/// The sentence of a schema; short closed lists are told with it.
fn said(schema: &Value) -> String {
    let words = strings(&schema["enum"]);
    let text = text(schema, "description");
    let told = words.iter().all(|word| text.contains(word));
    if words.is_empty() || told || words.len() > 8 {
        text
    } else {
        format!("{text}可选：{}。", words.join("、"))
    }
}

fn kind(schema: &Value) -> (String, Option<Link>) {
    let of = link(schema);
    let plain = |word: &str| word.to_owned();
    let word = match (&schema["type"], schema["format"].as_str()) {
        (Value::String(kind), Some("date")) if kind == "string" => plain("日期"),
        (Value::String(kind), Some("date-time")) if kind == "string" => plain("时间"),
        (Value::String(kind), Some("binary")) if kind == "string" => plain("文件"),
        (Value::String(kind), _) => match kind.as_str() {
            "string" => plain("文本"),
            "integer" => plain("整数"),
            "boolean" => plain("是否"),
            "array" => plain("数组"),
            _ => plain("对象"),
        },
        (Value::Array(_), _) => plain("文本或 null"),
        _ if schema["anyOf"].is_array() && of.is_none() => plain("文本或数组"),
        _ => plain("对象"),
    };
    (word, of)
}

fn length(schema: &Value) -> String {
    let number = |key: &str| schema[key].as_u64();
    match (number("maxLength"), number("minimum"), number("maximum"), number("maxItems")) {
        (Some(most), ..) => most.to_string(),
        (_, Some(least), Some(most), _) if most < u64::from(u32::MAX) => format!("{least}–{most}"),
        (.., Some(most)) => format!("{most} 项"),
        _ if schema["format"] == "date" => "10".to_owned(),
        _ => String::new(),
    }
}

fn call_view(call: &super::Operation) -> CallView {
    let operation = &document()["paths"][call.path][call.method];
    let by_form = call.as_form().is_some();
    let scope = operation["security"][0]["oauth2"][0].as_str();
    let scope = scope.and_then(|key| Grant::ALL.iter().find(|grant| grant.key() == key));
    let content = operation["requestBody"]["content"].as_object();
    let answers = operation["responses"].as_object().into_iter().flatten();
    let answers = answers.filter(|(status, it)| it["$ref"].is_null() || !COMMON.contains(&status.as_str()));
    let (request, answer) = (example(&operation["requestBody"]), first_answer(operation));
    CallView {
        id: call.id,
        method: call.method.to_uppercase(),
        path: call.path,
        title: text(operation, "summary"),
        purpose: text(operation, "description"),
        scope: scope.map(|grant| format!("{}（{}）", grant.key(), grant.label())).unwrap_or_default(),
        by_form,
        parameters: parameters(operation),
        bodies: content.into_iter().flatten().map(|(media, it)| body(media, &it["schema"])).collect(),
        request,
        answers: answers.map(|it| told(it.0, it.1)).collect(),
        answer,
    }
}

fn body(media: &str, schema: &Value) -> Body {
    Body { media: media.to_owned(), table: link(schema) }
}

/// What stands in the address or a header; then what only a form says.
fn parameters(operation: &Value) -> Vec<Member> {
    let mut out = Vec::new();
    for it in operation["parameters"].as_array().into_iter().flatten() {
        let need = if it["required"] == true { "必填" } else { "选填" };
        let mut row = member(it["name"].as_str().unwrap_or_default(), &it["schema"], need);
        if it["in"] == "header" {
            row.text = format!("{}（请求头）", row.text);
        }
        out.push(row);
    }
    let content = &operation["requestBody"]["content"];
    let form = content[FORM]["schema"].as_object().filter(|_| content[JSON].is_null());
    let parts = content["multipart/form-data"]["schema"].as_object();
    for form in parts.or(form).into_iter() {
        let form = Value::Object(form.clone());
        let known = |key: &str| out.iter().any(|row: &Member| row.key == key);
        let fresh: Vec<Member> = rows(&form, true).into_iter().filter(|row| !known(&row.key)).collect();
        out.extend(fresh);
    }
    out
}

fn example(of: &Value) -> String {
    let examples =
        of["content"].as_object().into_iter().flatten().flat_map(|(_, it)| [&it["example"], &it[LINES]]);
    let example = examples.into_iter().find(|it| !it.is_null());
    let text =
        |it: &Value| it.as_str().map_or_else(|| format!("{it:#}"), |lines| lines.trim_end().to_owned());
    example.map(text).unwrap_or_default()
}

fn first_answer(operation: &Value) -> String {
    let answers = operation["responses"].as_object().into_iter().flatten();
    answers
        .filter(|(status, _)| status.starts_with('2'))
        .map(|(_, it)| example(it))
        .next()
        .unwrap_or_default()
}

fn told(status: &str, answer: &Value) -> Answer {
    let answer = resolved(answer);
    let content = &answer["content"];
    let table = match (&content[JSON]["schema"], content.get(NDJSON)) {
        (Value::Null, Some(_)) => link(&serde_json::json!({ "$ref": "#/components/schemas/BatchLine" })),
        (schema, _) => link(schema),
    };
    Answer { status: status.to_owned(), text: text(answer, "description"), table }
}
