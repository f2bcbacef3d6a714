//! A bulletin as JSON, for the site and the command line. Ratios are told as the numbers they are made of and as they are shown.

use app::stored::{BulletinListed, BulletinReply};
use app::{App, BulletinView};
use data_encoding::HEXLOWER;
use domain::bulletin::{Cell, Indicator, Line, Value as Figure};
use serde_json::{Map, Value, json};

fn figure(of: Indicator, value: Figure) -> Value {
    match value {
        Figure::Count(n) => json!({ "value": n, "text": of.says(value) }),
        Figure::Ratio { part, of: whole, per } => {
            json!({ "part": part, "of": whole, "per": per, "text": of.says(value) })
        }
        Figure::Missing(_) => json!({ "text": of.says(value) }),
    }
}

fn cell(it: &Cell) -> Value {
    let mut told = figure(it.indicator, it.value);
    told["before"] = figure(it.indicator, it.before);
    if let Some(placing) = it.placing {
        told["rank"] = json!(placing.rank);
        told["ranked"] = json!(placing.of);
        told["rank_before"] = json!(placing.before);
    }
    told
}

fn line(it: &Line) -> Value {
    let cells = it.cells.iter().map(|it| (it.indicator.key().to_owned(), cell(it)));
    json!({
        "authority": it.authority,
        "name": it.name,
        "docking": it.docked.map(|it| it.key()),
        "figures": cells.collect::<Map<String, Value>>(),
    })
}

fn reply(app: &App, it: &BulletinReply) -> Value {
    json!({
        "id": it.id,
        "authority": app.authority_name(it.authority),
        "kind": it.kind.key(),
        "figure": it.figure,
        "text": it.text,
        "recorded_at": it.recorded_at.rfc3339(),
        "answer": it.answer.as_ref().map(|(text, _, at)| json!({ "text": text, "recorded_at": at.rfc3339() })),
    })
}

/// A bulletin in a list.
pub fn listed(it: &BulletinListed) -> Value {
    json!({
        "id": it.id,
        "period": it.period.key(),
        "edition": it.edition,
        "state": it.state.key(),
        "title": it.title,
        "since": it.since.rfc3339(),
        "signed": it.signed,
    })
}

/// A whole bulletin.
pub fn bulletin(app: &App, view: &BulletinView) -> Value {
    let it = &view.aggregates;
    let receipts = view.receipts.iter().map(|it| {
        let at = it.signed.as_ref().map(|(_, at)| at.rfc3339());
        json!({ "authority": app.authority_name(it.authority), "signed_at": at })
    });
    let definitions = Indicator::ALL.iter().map(|of| {
        json!({ "figure": of.key(), "label": of.label(), "unit": of.unit(), "definition": of.definition() })
    });
    json!({
        "id": view.bulletin.id,
        "period": it.period.key(),
        "first_day": it.period.first(),
        "last_day": it.period.last(),
        "edition": it.edition,
        "corrects": it.corrects,
        "corrected_by": view.corrected_by,
        "state": view.state.key(),
        "title": view.title,
        "text": view.text,
        "epoch": it.cut.0,
        "position": it.cut.1,
        "aggregates_sha256": HEXLOWER.encode(&view.bulletin.digest),
        "nation": line(&view.shown.nation),
        "authorities": view.shown.lines.iter().map(line).collect::<Vec<_>>(),
        "definitions": definitions.collect::<Vec<_>>(),
        "receipts": receipts.collect::<Vec<_>>(),
        "replies": view.replies.iter().map(|it| reply(app, it)).collect::<Vec<_>>(),
    })
}
