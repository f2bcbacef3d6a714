//! The smallest pieces of a schema (JSON Schema 2020-12, as OpenAPI 3.1 uses it), and the fields of the domain written
//! with them.
//!
//! Keys of our own begin with `x-`: `x-order` is the order in which people read the members, `x-need` whether a field is
//! 必填, 条件必填 or 选填, `x-code-table` where its codes stand.

use super::sample;
use domain::{Field, Group, Kind, Need, Shape};
use serde_json::{Map, Value, json};

/// Fields that tie the sheets of a workbook together and are no part of the interface.
fn only_in_sheets(field: Field) -> bool {
    use Field::{CapabilityOf, InstrumentOf, Key, SignatoryOf, SiteOf, StaffOf};
    matches!(field, Key | SiteOf | CapabilityOf | SignatoryOf | InstrumentOf | StaffOf)
}

/// The fields of a group as the interface knows them, in the order of the template.
pub fn fields(group: Group) -> impl Iterator<Item = Field> {
    group.fields().filter(|field| !only_in_sheets(*field))
}

/// Name of the schema of a group.
pub fn component(group: Group) -> &'static str {
    match group {
        Group::Certificate => "Certificate",
        Group::Site => "Site",
        Group::Capability => "Capability",
        Group::Signatory => "Signatory",
        Group::Instrument => "Instrument",
        Group::Staff => "Staff",
    }
}

/// A reference to a schema.
pub fn link(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// Text of at most so many characters.
pub fn text(max: usize) -> Value {
    json!({ "type": "string", "maxLength": max })
}

/// The number of a certificate: as long as its field.
pub fn number_text() -> Value {
    shape(Field::Number)
}

/// What must be there although the schema cannot say so: it may come in one of several places, or be one of several.
pub fn needed(mut of: Value, need: &str) -> Value {
    of["x-need"] = json!(need);
    of
}

/// Text of any length.
pub fn words() -> Value {
    json!({ "type": "string" })
}

/// Text of so many decimal digits.
fn digits(count: usize) -> Value {
    json!({ "type": "string", "pattern": format!("^[0-9]{{{count}}}$"), "maxLength": count })
}

/// A day.
pub fn day() -> Value {
    json!({ "type": "string", "format": "date" })
}

/// A moment.
pub fn instant() -> Value {
    json!({ "type": "string", "format": "date-time" })
}

/// `true` or `false`.
pub fn flag() -> Value {
    json!({ "type": "boolean" })
}

/// A whole number from `least` on.
pub fn whole(least: u64) -> Value {
    json!({ "type": "integer", "minimum": least })
}

/// A whole number within limits.
pub fn within(least: u64, most: u64) -> Value {
    json!({ "type": "integer", "minimum": least, "maximum": most })
}

/// One word of a closed list.
pub fn one_of<'a>(words: impl IntoIterator<Item = &'a str>) -> Value {
    json!({ "type": "string", "enum": words.into_iter().collect::<Vec<_>>() })
}

/// SHA-256 in hex.
pub fn digest() -> Value {
    json!({ "type": "string", "pattern": "^[0-9a-f]{64}$", "maxLength": 64 })
}

/// At most so many of one schema.
pub fn list(of: Value, most: usize) -> Value {
    json!({ "type": "array", "items": of, "maxItems": most })
}

/// Any number of one schema.
pub fn all_of(of: Value) -> Value {
    json!({ "type": "array", "items": of })
}

/// The schema, or null.
pub fn or_null(mut of: Value) -> Value {
    of["type"] = json!([of["type"], "null"]);
    of
}

/// The schema with a sentence for people and an example.
pub fn said(mut of: Value, title: &str, text: &str, example: Value) -> Value {
    of["title"] = json!(title);
    if !text.is_empty() {
        of["description"] = json!(text);
    }
    if !example.is_null() {
        of["examples"] = json!([example]);
    }
    of
}

/// An object of known members in reading order; those whose name ends in `!` are always there.
pub fn object(members: Vec<(&str, Value)>) -> Value {
    let (mut properties, mut order, mut required) = (Map::new(), Vec::new(), Vec::new());
    for (name, schema) in members {
        let key = name.trim_end_matches('!');
        if key != name {
            required.push(key);
        }
        order.push(key);
        properties.insert(key.to_owned(), schema);
    }
    let mut out = json!({ "type": "object", "properties": properties, "x-order": order });
    if !required.is_empty() {
        out["required"] = json!(required);
    }
    out
}

/// The same, and nothing else may stand in it: what callers send.
pub fn sent(members: Vec<(&str, Value)>) -> Value {
    let mut out = object(members);
    out["additionalProperties"] = json!(false);
    out
}

/// A field as callers send it.
pub fn field(field: Field) -> Value {
    // What is said of the cells of a workbook is not for systems.
    let hint = field.hint().replace("，单元格设为文本格式", "");
    let mut out = said(shape(field), field.label(), &hint, sample::value(field));
    out["x-need"] = json!(match field.need() {
        Need::Must => "must",
        Need::Sometimes => "sometimes",
        Need::May => "may",
    });
    if let Some(table) = table(field) {
        out["x-code-table"] = json!(table);
    }
    if field.personal() {
        out["writeOnly"] = json!(true);
    }
    out
}

fn shape(field: Field) -> Value {
    match field.shape() {
        Shape::Text(max) | Shape::Digits(max) => text(max),
        Shape::Day => day(),
        Shape::YesNo => flag(),
        Shape::Choice(_) if field == Field::Kind => kinds(),
        Shape::Choice(words) => one_of(words.iter().copied()),
        Shape::Code => digits(if matches!(field, Field::Domain | Field::Industry) { 2 } else { 6 }),
    }
}

/// One kind, or several that are decided together; by their words or by their keys.
fn kinds() -> Value {
    let one = one_of(Kind::ALL.into_iter().flat_map(|kind| [kind.label(), kind.key()]));
    let several = json!({ "type": "array", "items": one, "minItems": 1, "maxItems": Kind::ALL.len() });
    json!({ "anyOf": [one, several] })
}

/// The table of the appendix in which the codes or words of a field stand.
fn table(field: Field) -> Option<&'static str> {
    match (field, field.shape()) {
        (Field::Kind, _) => Some("业务类型"),
        (Field::Status, _) => Some("证书状态"),
        (Field::Domain, _) => Some("专业领域"),
        (Field::Industry, _) => Some("行业主管部门"),
        (_, Shape::Code) => Some("行政区划"),
        (_, Shape::Choice(_)) => Some(field.label()),
        _ => None,
    }
}

/// The schema of one row of a group, as callers send it.
pub fn group(group: Group) -> Value {
    let mut out = sent(fields(group).map(|it| (it.key(), field(it))).collect());
    out["title"] = json!(group.sheet());
    out
}

/// The same as it is read: what is empty is left out, and personal fields never leave.
pub fn group_read(group: Group) -> Value {
    let shown = |it: &Field| !it.personal();
    let mut out = object(fields(group).filter(shown).map(|it| (it.key(), field_read(it))).collect());
    out["title"] = json!(group.sheet());
    out
}

fn field_read(field: Field) -> Value {
    if field == Field::Kind {
        let kinds = all_of(one_of(Kind::ALL.map(Kind::key)));
        return said(kinds, field.label(), "代码，见代码表“业务类型”。", json!(["first"]));
    }
    let schema = match field.shape() {
        Shape::Choice(_) | Shape::Code => json!({ "type": "string" }),
        Shape::YesNo => flag(),
        Shape::Day => day(),
        Shape::Text(_) | Shape::Digits(_) => json!({ "type": "string" }),
    };
    said(schema, field.label(), "", sample::value(field))
}
