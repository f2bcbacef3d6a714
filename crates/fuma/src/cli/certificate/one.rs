//! One certificate: everything around it, two of its editions, one of its persons.

use crate::cli::Session;
use crate::cli::shown::{by_number, card, event, events, linked, print, table};
use crate::office::certificates::detail::told;
use crate::office::certificates::person::label as label_of;
use anyhow::Result;
use app::stored::{Edition, Part, Placed};
use app::{App, AppError, Ctx, Detail, Form};
use domain::{Field, Number, PersonId, Signatory, Staff, Verdict};
use serde_json::{Map, Value, json};

/// `fuma certificate show`.
pub async fn show(
    session: &Session,
    app: &App,
    ctx: &Ctx,
    number: &Number,
    edition: Option<u32>,
) -> Result<()> {
    let id = by_number(app, ctx, number).await?;
    let detail = app.certificate(ctx, id).await?;
    let edition = edition.unwrap_or(detail.card.head.edition);
    let content = app.content(ctx, id, edition).await?;
    let rows = app.rows(ctx, id, edition).await?;
    let names = app.actor_names(ctx, &detail.events).await?;
    let numbers = app.numbers_of_events(ctx, &detail.events).await?;
    let acts = app.admitted_acts(ctx, id).await?;
    let mut form = Form::of(number, &content);
    // With the act that made the edition, which a change would leave open.
    for (field, value) in content.face.values() {
        if form.value(field).is_empty() && !value.is_empty() {
            form.set(field, value);
        }
    }
    let today = detail.standings.get(&id).ok_or(AppError::NotFound)?;
    let document = json!({
        "certificate": card(app, &detail.card, today),
        "edition": edition,
        "content": form,
        "persons": persons(&rows.signatories, &rows.staff, detail.card.head.contact),
        "editions": detail.editions.iter().map(edition_of).collect::<Vec<_>>(),
        "events": detail.events.iter().map(|it| event(it, &names, &numbers)).collect::<Vec<_>>(),
        "prints": detail.prints.iter().map(print).collect::<Vec<_>>(),
        "of_body": detail.of_body.iter().map(|it| linked(app, it)).collect::<Vec<_>>(),
        "acts": acts.iter().map(|act| act.key()).collect::<Vec<_>>(),
    });
    session.tell(&document, || {
        let (tables, values) = (app.tables(), content.face.values().into_iter());
        let facts = values
            .filter(|(_, value)| !value.is_empty())
            .map(|(field, value)| format!("{}　{}", field.label(), told(&tables, field, &value)));
        let heading = heading(app, &detail, today, edition);
        let lines: Vec<String> = heading.into_iter().chain(facts).collect();
        format!("{}\n{}", lines.join("\n"), events(&detail.events, &names, &numbers))
    })
}

fn heading(app: &App, detail: &Detail, today: &Verdict, edition: u32) -> [String; 3] {
    let head = &detail.card.head;
    [
        format!("证书编号　{}　码 {}", head.number.grouped(), head.code.grouped()),
        format!("发证机关　{}　今天 {}", app.authority_name(head.authority), today.word().label()),
        format!("第{edition}版（共{}版）", detail.editions.len()),
    ]
}

/// Who stands on it, without personal fields; each may be asked for with `fuma certificate person`.
fn persons(
    signatories: &[Placed<Signatory>],
    staff: &[Placed<Staff>],
    contact: Option<PersonId>,
) -> Vec<Value> {
    let of =
        |group: &str, person: PersonId, name: &str| json!({ "person": person, "of": group, "name": name });
    let mut all: Vec<Value> =
        signatories.iter().map(|it| of("signatories", it.person, &it.value.name)).collect();
    all.extend(staff.iter().map(|it| of("staff", it.person, &it.value.name)));
    all.extend(contact.map(|person| of("contact", person, "")));
    all
}

fn edition_of(it: &Edition) -> Value {
    json!({
        "edition": it.edition,
        "kinds": it.kinds,
        "effective": it.effective,
        "recorded_at": it.recorded_at.rfc3339(),
        "decision_number": it.face.decision_number,
        "capabilities": it.capabilities,
        "digest": data_encoding::HEXLOWER.encode(&it.digest),
    })
}

/// `fuma certificate compare`.
pub async fn compare(
    session: &Session,
    app: &App,
    ctx: &Ctx,
    number: &Number,
    (old, new): (Option<u32>, Option<u32>),
) -> Result<()> {
    let id = by_number(app, ctx, number).await?;
    let new = match new {
        Some(new) => new,
        None => app.certificate(ctx, id).await?.card.head.edition,
    };
    let old = match old {
        Some(old) => old,
        None => new
            .checked_sub(1)
            .filter(|old| *old > 0)
            .ok_or_else(|| AppError::refused("这张证书只有一版，没有可以比较的", "变更之后才有第二版。"))?,
    };
    let found = app.compared(ctx, id, old, new).await?;
    let face =
        found.diff.face.iter().map(|it| json!({ "field": it.field.key(), "old": it.old, "new": it.new }));
    let rows =
        found.rows.iter().map(|it| json!({ "group": it.group.key(), "added": it.added, "text": it.text }));
    let counts = found.diff.rows.iter();
    let counts = counts
        .map(|(group, added, removed)| json!({ "group": group.key(), "added": added, "removed": removed }));
    let document = json!({
        "old": old,
        "new": new,
        "face": face.collect::<Vec<_>>(),
        "counts": counts.collect::<Vec<_>>(),
        "rows": rows.collect::<Vec<_>>(),
    });
    session.tell(&document, || {
        let told = |label: String, old: &str, new: &str| vec![label, old.to_owned(), new.to_owned()];
        let face = found.diff.face.iter().map(|it| told(label(it.field), &it.old, &it.new));
        let rows = found.rows.iter().map(|it| match it.added {
            true => told(it.group.sheet().to_owned(), "", &it.text),
            false => told(it.group.sheet().to_owned(), &it.text, ""),
        });
        table(&["内容", &format!("第{old}版"), &format!("第{new}版")], face.chain(rows))
    })
}

fn label(field: Field) -> String {
    field.label().to_owned()
}

/// `fuma certificate person`.
pub fn person(session: &Session, person: i64, parts: &[(Part, String)]) -> Result<()> {
    let fields: Map<String, Value> =
        parts.iter().map(|(part, value)| (part.key().to_owned(), json!(value))).collect();
    session.tell(&json!({ "person": person, "fields": fields }), || {
        let line = |(part, value): &(Part, String)| format!("{}　{value}", label_of(*part));
        parts.iter().map(line).collect::<Vec<_>>().join("\n")
    })
}
