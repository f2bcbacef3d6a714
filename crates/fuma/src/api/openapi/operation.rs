//! One call of the interface, and the operation of OpenAPI that it becomes.

use super::schema::{link, number_text, said, text, words};
use super::{refusals, sample};
use domain::Grant;
use serde_json::{Map, Value, json};

/// Media types.
pub const JSON: &str = "application/json";
/// A form.
pub const FORM: &str = "application/x-www-form-urlencoded";
/// A problem of a call (RFC 9457).
pub const PROBLEM: &str = "application/problem+json";
/// One JSON document a line.
pub const NDJSON: &str = "application/x-ndjson";
/// The key of an example of lines. As `example` tools would take it for a value of this media type, which they cannot write.
pub const LINES: &str = "x-lines";

/// One call.
#[derive(Clone, Debug)]
pub struct Operation {
    /// `operationId`, and its anchor on the page.
    pub id: &'static str,
    /// `get` or `post`.
    pub method: &'static str,
    /// Path below the base.
    pub path: &'static str,
    /// The chapter it stands in.
    pub chapter: &'static str,
    /// Its name.
    title: &'static str,
    /// What it is for.
    purpose: &'static str,
    /// The scope its token needs; none for calls that need no token.
    grant: Option<Grant>,
    parameters: Vec<Value>,
    body: Option<Value>,
    answers: Map<String, Value>,
}

impl Operation {
    /// A call that is made with GET.
    pub fn get(
        id: &'static str,
        path: &'static str,
        chapter: &'static str,
        title: &'static str,
        purpose: &'static str,
    ) -> Operation {
        let answers = Map::new();
        let (grant, body) = (Some(Grant::Read), None);
        let call = Operation {
            id,
            method: "get",
            path,
            chapter,
            title,
            purpose,
            grant,
            parameters: Vec::new(),
            body,
            answers,
        };
        let call = call.refuses(&[400, 401, 403, 429, 500, 503]);
        if path.contains('{') { call.refuses(&[404]) } else { call }
    }

    /// A call that is made with POST and has a body.
    pub fn post(
        id: &'static str,
        path: &'static str,
        chapter: &'static str,
        title: &'static str,
        purpose: &'static str,
    ) -> Operation {
        Operation { method: "post", ..Operation::get(id, path, chapter, title, purpose) }
            .refuses(&[408, 413, 415])
    }

    /// The scope it needs.
    pub fn needs(self, grant: Grant) -> Operation {
        Operation { grant: Some(grant), ..self }
    }

    /// It is asked without a token.
    pub fn open(mut self) -> Operation {
        self.grant = None;
        self.answers.remove("401");
        self.answers.remove("403");
        self
    }

    /// Adds a parameter.
    pub fn takes(mut self, parameter: Value) -> Operation {
        self.parameters.push(parameter);
        self
    }

    /// Its body, one kind of media.
    pub fn body(mut self, media: &str, schema: Value, example: Value) -> Operation {
        let mut content = json!({ "schema": schema });
        if !example.is_null() {
            content[if media == NDJSON { LINES } else { "example" }] = example;
        }
        let body = self.body.get_or_insert_with(|| json!({ "required": true, "content": {} }));
        body["content"][media] = content;
        self
    }

    /// What it answers where it succeeds.
    pub fn answers(
        mut self,
        status: u16,
        text: &str,
        media: &str,
        schema: Value,
        example: Value,
    ) -> Operation {
        let answer = self.answers.entry(status.to_string()).or_insert_with(|| json!({ "description": text }));
        if !media.is_empty() {
            answer["content"][media] = json!({ "schema": schema });
            if !example.is_null() {
                answer["content"][media]["example"] = example;
            }
        }
        self
    }

    /// A header of an answer.
    pub fn with_header(mut self, status: u16, name: &str, text: &str, example: &str) -> Operation {
        if let Some(answer) = self.answers.get_mut(&status.to_string()) {
            let schema = json!({ "type": "string", "examples": [example] });
            answer["headers"][name] = json!({ "description": text, "schema": schema });
        }
        self
    }

    /// Statuses with which it refuses a whole call, each told as a problem.
    pub fn refuses(mut self, statuses: &[u16]) -> Operation {
        for status in statuses {
            self.answers.insert(status.to_string(), refusals::answer(*status));
        }
        self
    }

    /// A status that it does not answer after all.
    pub fn forgets(mut self, status: u16) -> Operation {
        self.answers.remove(&status.to_string());
        self
    }

    /// Its body may be left out.
    pub fn optional_body(mut self) -> Operation {
        if let Some(body) = &mut self.body {
            body["required"] = json!(false);
        }
        self
    }

    /// The schema of its body in one kind of media.
    pub fn media(&self, media: &str) -> Option<Value> {
        self.body.as_ref().map(|body| body["content"][media]["schema"].clone())
    }

    /// The operation.
    pub fn value(&self) -> Value {
        let scopes: Vec<&str> = self.grant.iter().map(|grant| grant.key()).collect();
        let security = if scopes.is_empty() { json!([]) } else { json!([{ "oauth2": scopes }]) };
        let mut out = json!({
            "operationId": self.id, "tags": [self.chapter], "summary": self.title, "description": self.purpose,
            "security": security, "parameters": self.parameters, "responses": self.answers,
        });
        if let Some(body) = &self.body {
            out["requestBody"] = body.clone();
        }
        out
    }

    /// The same call made with POST: the parameters of the address in a form, with the token among them.
    pub fn as_form(&self) -> Option<Operation> {
        if self.method != "get" || self.grant.is_none() {
            return None;
        }
        let (of_address, of_form): (Vec<_>, Vec<_>) =
            self.parameters.iter().cloned().partition(|it| it["in"] == "path" || it["in"] == "header");
        let mut members = Map::new();
        let mut order = Vec::new();
        let token = token_member();
        for it in of_form.iter().chain([&token]) {
            let name = it["name"].as_str().unwrap_or_default();
            members.insert(name.to_owned(), it["schema"].clone());
            order.push(name);
        }
        let form = json!({ "type": "object", "properties": members, "x-order": order });
        let mut call =
            Operation { method: "post", parameters: of_address, ..self.clone() }.refuses(&[408, 413, 415]);
        call.body = Some(json!({ "required": false, "content": { FORM: { "schema": form } } }));
        Some(call)
    }
}

/// The token as a member of a form.
pub fn token_member() -> Value {
    let text = "访问令牌；已放在 Authorization 头中的不传。";
    query("access_token", said(words(), "访问令牌", text, Value::Null))
}

fn parameter(name: &str, place: &str, required: bool, schema: Value) -> Value {
    let mut out = json!({ "name": name, "in": place, "required": required });
    if let Some(text) = schema.get("description") {
        out["description"] = text.clone();
    }
    out["schema"] = schema;
    out
}

/// A parameter of the path.
pub fn path(name: &str, schema: Value) -> Value {
    parameter(name, "path", true, schema)
}

/// A parameter of the address that may be left out.
pub fn query(name: &str, schema: Value) -> Value {
    parameter(name, "query", false, schema)
}

/// A parameter of the address that must be there.
pub fn must(name: &str, schema: Value) -> Value {
    parameter(name, "query", true, schema)
}

/// A header that may be left out.
pub fn header(name: &str, schema: Value) -> Value {
    parameter(name, "header", false, schema)
}

/// The number of a certificate in the path.
pub fn number() -> Value {
    path(
        "number",
        said(number_text(), "证书编号", "12位编号，或存量证书的旧编号（URL 编码）。", json!(sample::NUMBER)),
    )
}

/// A call that does something to items: JSON, or the same text as a member of a form. Its examples are one item and what is
/// answered to it.
pub fn writes(call: Operation, schema: &str, item: Value, answer: Value) -> Operation {
    let body = json!({
        "type": "string", "contentMediaType": JSON, "title": "正文", "description": "JSON 正文，与 application/json 时相同。",
    });
    let token = token_member();
    let form = json!({
        "type": "object", "required": ["body"], "x-order": ["access_token", "body", "idempotency_key"],
        "properties": { "access_token": token["schema"], "body": body, "idempotency_key": key()["schema"] },
    });
    let refused = sample::results(sample::refused());
    let text = "一项也没有办理（各项的问题在 results 中），或 Idempotency-Key 已用于另一内容";
    call.takes(key())
        .takes(header("Idempotency-Key", key()["schema"].clone()))
        .body(JSON, link(schema), sample::items(&[item]))
        .body(FORM, form, Value::Null)
        .answers(200, "至少一项已办理", JSON, link("Results"), sample::results(answer))
        .refuses(&[409])
        .answers(422, text, JSON, link("Results"), refused)
        .answers(422, text, PROBLEM, link("Problem"), Value::Null)
}

fn key() -> Value {
    let text_ = "可选。同一键与另一内容同用，整个调用不办理（key_reused）。";
    query("idempotency_key", said(text(200), "幂等键", text_, Value::Null))
}
