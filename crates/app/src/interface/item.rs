//! One item of a call: what a system says of one certificate, as JSON. It becomes the same form that officers fill in, and
//! goes through the same funnel; problems come back with JSON Pointers (RFC 6901) into the item.

use crate::form::{Form, FormRow};
use domain::{Field, Group, Place, Problem, Severity};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Longest record id, characters.
const RECORD_ID: usize = 64;
/// Faults told of one item; more of them say nothing new.
const MOST: usize = 500;

/// One thing that is wrong with an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// How grave.
    pub severity: Gravity,
    /// Where in the item, as JSON Pointer; empty for the whole item.
    pub pointer: String,
    /// Stable word for machines.
    pub code: String,
    /// The value as received, at most 60 characters; empty for personal fields.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub value: String,
    /// What is wrong, in Chinese.
    pub message: String,
    /// What to do, in Chinese.
    pub hint: String,
}

/// [`Severity`] as the interface writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gravity {
    /// The item is not done.
    Error,
    /// Done all the same; a person should look.
    Warning,
    /// What was understood out of an unclear value.
    Notice,
}

impl Fault {
    /// An error at a place.
    pub(super) fn error(
        pointer: impl Into<String>,
        code: &str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Fault {
        Fault {
            severity: Gravity::Error,
            pointer: pointer.into(),
            code: code.to_owned(),
            value: String::new(),
            message: message.into(),
            hint: hint.into(),
        }
    }

    /// Whether the item cannot be done because of it.
    pub fn stops(&self) -> bool {
        self.severity == Gravity::Error
    }

    /// A problem of the funnel or the plan.
    pub(super) fn of(problem: Problem) -> Fault {
        Fault {
            severity: match problem.severity {
                Severity::Error => Gravity::Error,
                Severity::Warning => Gravity::Warning,
                Severity::Notice => Gravity::Notice,
            },
            pointer: pointer(&problem.place),
            code: problem.code.to_owned(),
            value: problem.value,
            message: problem.message,
            hint: problem.hint,
        }
    }
}

/// `/capabilities/3/standard_number`. Rows are 1-based in a [`Place`]; a row of 0 means the whole group.
fn pointer(place: &Place) -> String {
    let mut out = format!("/{}", place.group.key());
    if place.group != Group::Certificate && place.row > 0 {
        out += &format!("/{}", place.row - 1);
    }
    if let Some(field) = place.field {
        out += &format!("/{}", field.key());
    }
    out
}

/// An item that could be read, and what is wrong with its shape.
#[derive(Debug)]
pub(super) struct Item {
    /// The caller's id of it; empty if it has none.
    pub(super) record_id: String,
    /// The edition that the caller believes to be the current one.
    pub(super) expected_edition: Option<u32>,
    /// What is said of the certificate. Groups that are not there are absent.
    pub(super) form: Form,
    /// What is wrong with the shape, before any rule is asked.
    pub(super) faults: Vec<Fault>,
}

/// Members of an item that are not groups.
const RECORD: &str = "record_id";
const EDITION: &str = "expected_edition";

impl Item {
    /// Reads an item. All faults of its shape come at once.
    pub(super) fn read(value: Value) -> Item {
        let mut item = Item {
            record_id: String::new(),
            expected_edition: None,
            form: Form::default(),
            faults: Vec::new(),
        };
        let Value::Object(mut members) = value else {
            item.fault("", "not_object", "应为 JSON 对象", "请按接口规范传一个对象。");
            return item;
        };
        item.record(members.remove(RECORD));
        match members.remove(EDITION) {
            None | Some(Value::Null) => {}
            Some(value) => match value.as_u64().and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0) {
                Some(edition) => item.expected_edition = Some(edition),
                None => {
                    item.fault("/expected_edition", "bad_edition", "应为正整数", "请填查询到的当前版本号。")
                }
            },
        }
        for group in Group::ALL {
            match members.remove(group.key()) {
                None | Some(Value::Null) => {
                    if group != Group::Certificate {
                        item.form.absent.push(group.key().to_owned());
                    }
                }
                Some(value) => item.group(group, value),
            }
        }
        for key in members.keys() {
            let hint = "请核对成员名；接口规范列有全部成员。";
            item.faults.push(Fault::error(
                format!("/{}", escaped(key)),
                "unknown_member",
                format!("没有名为“{}”的成员", short(key)),
                hint,
            ));
        }
        item.faults.truncate(MOST);
        item
    }

    fn fault(&mut self, pointer: &str, code: &str, message: &str, hint: &str) {
        self.faults.push(Fault::error(pointer, code, message, hint));
    }

    fn record(&mut self, value: Option<Value>) {
        let text = match value {
            Some(Value::String(text)) => text,
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        if record_id_is_good(&text) {
            self.record_id = text;
            return;
        }
        let message = if text.is_empty() {
            "没有业务记录号".to_owned()
        } else {
            format!("业务记录号应为1至{RECORD_ID}个字母、数字或 . _ : / -，不含空格")
        };
        let hint = "请传本系统内该笔业务的唯一编号；重发时用同一编号，新的业务用新的编号。";
        self.faults.push(Fault::error("/record_id", "record_id", message, hint));
    }

    fn group(&mut self, group: Group, value: Value) {
        let at = format!("/{}", group.key());
        match (group, value) {
            (Group::Certificate, Value::Object(members)) => {
                self.form.certificate = self.row(group, &at, members);
            }
            (Group::Certificate, _) => {
                self.fault(&at, "not_object", "应为 JSON 对象", "请按接口规范传一个对象。")
            }
            (_, Value::Array(rows)) => {
                let mut read = Vec::with_capacity(rows.len());
                for (n, row) in rows.into_iter().enumerate() {
                    let at = format!("{at}/{n}");
                    match row {
                        Value::Object(members) => read.push(self.row(group, &at, members)),
                        _ => {
                            read.push(FormRow::new());
                            self.fault(&at, "not_object", "应为 JSON 对象", "每行传一个对象。");
                        }
                    }
                }
                if let Some(rows) = self.form.rows_mut(group) {
                    *rows = read;
                }
            }
            (..) => {
                self.fault(&at, "not_array", "应为 JSON 数组", "请传数组，每行一个对象；没有的传空数组。")
            }
        }
    }

    fn row(&mut self, group: Group, at: &str, members: Map<String, Value>) -> FormRow {
        let mut row = FormRow::new();
        for (key, value) in members {
            let pointer = || format!("{at}/{}", escaped(&key));
            // Which certificate a row belongs to is said by where it stands.
            let field = Field::of_key(group, &key).filter(|field| !only_in_sheets(*field));
            let Some(field) = field else {
                let hint = "请核对字段名；接口规范列有全部字段。";
                let message = format!("没有名为“{}”的字段", short(&key));
                self.faults.push(Fault::error(pointer(), "unknown_field", message, hint));
                continue;
            };
            match text(field, value) {
                Ok(Some(text)) => drop(row.insert(key, text)),
                Ok(None) => {}
                Err(()) => {
                    let message = format!("{field}应为文本");
                    let hint = "请传字符串；日期传 YYYY-MM-DD，是否类字段传 true 或 false。";
                    self.faults.push(Fault::error(pointer(), "not_text", message, hint));
                }
            }
        }
        row
    }
}

/// 1 to 64 characters that survive addresses, logs and file names.
pub(super) fn record_id_is_good(text: &str) -> bool {
    (1..=RECORD_ID).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b':' | b'/' | b'-'))
}

/// Fields that tie the rows of several sheets together.
pub(crate) fn only_in_sheets(field: Field) -> bool {
    matches!(
        field,
        Field::Key
            | Field::SiteOf
            | Field::CapabilityOf
            | Field::SignatoryOf
            | Field::InstrumentOf
            | Field::StaffOf
    )
}

/// The text of a value; `None` for null.
fn text(field: Field, value: Value) -> Result<Option<String>, ()> {
    Ok(Some(match value {
        Value::Null => return Ok(None),
        Value::String(text) => text,
        Value::Bool(flag) => (if flag { "是" } else { "否" }).to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Array(words) if field == Field::Kind => {
            let words: Option<Vec<&str>> = words.iter().map(Value::as_str).collect();
            words.ok_or(())?.join("、")
        }
        Value::Array(_) | Value::Object(_) => return Err(()),
    }))
}

fn escaped(key: &str) -> String {
    short(key).replace('~', "~0").replace('/', "~1")
}

fn short(key: &str) -> String {
    key.chars().filter(|c| !c.is_control()).take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pointers(item: &Item) -> Vec<&str> {
        item.faults.iter().map(|fault| fault.pointer.as_str()).collect()
    }

    #[test]
    fn an_item_becomes_the_form_that_officers_fill_in() {
        let item = Item::read(json!({
            "record_id": "XK-2026-0001",
            "expected_edition": 2,
            "certificate": { "kind": ["扩项", "标准变更"], "food": false, "body_name": "示例检测有限公司", "remark": null },
            "sites": [{ "name": "主场所", "division": 610113 }],
        }));
        assert_eq!(item.faults, []);
        assert_eq!((item.record_id.as_str(), item.expected_edition), ("XK-2026-0001", Some(2)));
        assert_eq!(item.form.value(Field::Kind), "扩项、标准变更");
        assert_eq!(item.form.value(Field::Food), "否");
        assert_eq!(item.form.sites[0]["division"], "610113");
        assert_eq!(item.form.absent, ["capabilities", "signatories", "instruments", "staff"]);
    }

    #[test]
    fn every_fault_of_the_shape_comes_at_once_with_its_pointer() {
        let item = Item::read(json!({
            "record_id": "a b",
            "expected_edition": "two",
            "certificate": { "body_name": {}, "gone": 1, "key": "1" },
            "sites": {},
            "capabilities": [1, { "item": "pH", "certificate": "1" }],
            "x/y": 1,
        }));
        let expected = [
            "/record_id",
            "/expected_edition",
            "/certificate/body_name",
            "/certificate/gone",
            "/certificate/key",
            "/sites",
            "/capabilities/0",
            "/capabilities/1/certificate",
            "/x~1y",
        ];
        assert_eq!(pointers(&item), expected);
        assert_eq!(pointers(&Item::read(json!([]))), [""]);
    }

    #[test]
    fn a_place_of_the_funnel_is_a_pointer_into_the_item() {
        let cell = Place::cell(Group::Capability, 4, None, Field::StandardNumber);
        assert_eq!(pointer(&cell), "/capabilities/3/standard_number");
        assert_eq!(
            pointer(&Place::cell(Group::Certificate, 1, None, Field::ValidTo)),
            "/certificate/valid_to"
        );
        assert_eq!(pointer(&Place::row(Group::Site, 0)), "/sites");
    }
}
