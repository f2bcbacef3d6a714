//! What several commands show, as JSON and as words. Keys are those of the glossary, days `YYYY-MM-DD`, moments RFC 3339
//! with +08:00.

use crate::office::certificates::detail::{of_body, who};
use anyhow::{Context, Result};
use app::stored::{Card, Head, PrintRecord, Recorded};
use app::{App, Ctx};
use comfy_table::Table;
use domain::{AuthorityId, CertificateId, Door, Instant, Number, Problem, Verdict};
use serde_json::{Value, json};
use std::collections::HashMap;

/// A moment, or null.
pub fn moment(at: Option<Instant>) -> Option<String> {
    at.map(Instant::rfc3339)
}

/// What is wrong with a form.
pub fn problem(it: &Problem) -> Value {
    json!({
        "severity": it.severity,
        "group": it.place.group.key(),
        "row": it.place.row,
        "field": it.place.field.map(domain::Field::key),
        "code": it.code,
        "value": it.value,
        "message": it.message,
        "hint": it.hint,
    })
}

/// The same as a line.
pub fn problem_line(it: &Problem) -> String {
    let field = it.place.field.map(|f| f.label()).unwrap_or_default();
    let row = if it.place.row > 0 { format!("第{}行", it.place.row) } else { String::new() };
    let column = it.place.column.map(|_| format!("{}列", it.place.column_letters())).unwrap_or_default();
    let place = format!("{}{row}{column} {field}", it.place.group.sheet());
    super::import::line(it.severity, &place, (&it.value, &it.message, &it.hint))
}

/// What the register keeps of a certificate.
pub fn head(app: &App, it: &Head) -> Value {
    json!({
        "id": it.id,
        "number": it.number,
        "code": it.code,
        "authority": app.authority_name(it.authority),
        "status": it.status.word(),
        "status_since": it.status.since(),
        "valid_from": it.valid_from,
        "valid_to": it.valid_to,
        "edition": it.edition,
        "door": it.door.key(),
        "batch": it.batch,
        "assigned_at": it.assigned_at.rfc3339(),
        "printed": it.printed,
        "print_due": it.print_due,
    })
}

/// A certificate of whatever authority: nothing that is its issuer's own, the code above all.
pub fn linked(app: &App, it: &Head) -> Value {
    json!({
        "number": it.number,
        "authority": app.authority_name(it.authority),
        "status": it.status.word(),
        "status_since": it.status.since(),
        "valid_from": it.valid_from,
        "valid_to": it.valid_to,
        "domain": it.domain,
        "industry": it.industry,
        "edition": it.edition,
    })
}

/// A certificate of a list, with the verdict of today.
pub fn card(app: &App, it: &Card, today: &Verdict) -> Value {
    let mut value = head(app, &it.head);
    value["verdict"] = json!(today.word().key());
    value["body_name"] = json!(it.face.body_name);
    value["other_name"] = json!(it.face.other_name);
    value["uscc"] = json!(it.face.uscc);
    value["capabilities"] = json!(it.capabilities);
    value
}

/// Something that was done.
pub fn event(it: &Recorded, names: &HashMap<String, String>, numbers: &HashMap<i64, Number>) -> Value {
    json!({
        "position": format!("{}.{}", it.position.epoch, it.position.number),
        "recorded_at": it.recorded_at.rfc3339(),
        "effective": it.effective,
        "actor": it.actor,
        "actor_name": names.get(&it.actor),
        "door": it.door,
        "kind": it.kind.key(),
        "object": of_body(it, "object"),
        "object_id": it.object_id,
        "number": number_of(it, numbers),
        "edition": it.edition,
        "document": it.document,
        "reason": of_body(it, "reason"),
    })
}

/// The number an event is about: as it says, else of the certificate it names; empty where it is about none.
fn number_of(it: &Recorded, numbers: &HashMap<i64, Number>) -> String {
    match of_body(it, "number") {
        said if said.is_empty() && of_body(it, "object") == "certificate" => {
            numbers.get(&it.object_id).map(Number::to_string).unwrap_or_default()
        }
        said => said,
    }
}

/// The same in the columns of [`events`].
fn event_row(it: &Recorded, names: &HashMap<String, String>, numbers: &HashMap<i64, Number>) -> Vec<String> {
    let door = Door::parse(&it.door).map_or("", Door::label);
    let object = match number_of(it, numbers) {
        number if number.is_empty() => format!("{} {}", of_body(it, "object"), it.object_id),
        number => number,
    };
    let position = format!("{}.{}", it.position.epoch, it.position.number);
    vec![
        position,
        it.recorded_at.shanghai(),
        who(&it.actor, names),
        door.into(),
        it.kind.label().into(),
        object,
        it.document.clone(),
    ]
}

/// Events as a table.
pub fn events(all: &[Recorded], names: &HashMap<String, String>, numbers: &HashMap<i64, Number>) -> String {
    let rows = all.iter().map(|it| event_row(it, names, numbers));
    table(&["位置", "时间", "经办", "入口", "事项", "对象", "文号"], rows)
}

/// A print that was made.
pub fn print(it: &PrintRecord) -> Value {
    json!({
        "recorded_at": it.recorded_at.rfc3339(),
        "edition": it.edition,
        "copy": it.copy.key(),
        "reason": it.reason,
        "paper_number": it.paper_number,
        "actor": it.account,
        "digest": data_encoding::HEXLOWER.encode(&it.digest),
    })
}

/// Rows below their headings.
pub fn table(heads: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.set_header(heads);
    for row in rows {
        table.add_row(row);
    }
    table.to_string()
}

/// The authority that holds a two-digit code today.
pub fn by_code(app: &App, code: &str) -> Result<AuthorityId> {
    let tables = app.tables();
    let two = code.parse().ok().with_context(|| format!("“{code}”不是两位代码"))?;
    tables.holders(two, Some(app.today())).next().with_context(|| format!("没有机关使用代码{code}"))
}

/// The certificate of a number, as far as the caller may know of it.
pub async fn by_number(app: &App, ctx: &Ctx, number: &Number) -> Result<CertificateId> {
    app.certificate_by_number(ctx, number).await.with_context(|| format!("证书编号 {}", number.grouped()))
}
