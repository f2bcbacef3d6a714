//! The tab 版本: all editions, and any two of them compared.

use super::detail::{Asked, Frame, edition_of, told};
use super::tabs::Top;
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::{DiffRow, Shell};
use app::stored::Edition;
use app::{Comparison, Detail, MOST_ROWS};
use askama::Template;
use axum::response::Response;

#[derive(Template)]
#[template(path = "office/certificates/editions.html")]
struct EditionsPage {
    shell: Shell,
    top: Top,
    rows: Vec<EditionView>,
    old: u32,
    new: u32,
    compared: Option<ComparedView>,
}

struct EditionView {
    number: u32,
    kinds: String,
    effective: String,
    recorded: String,
    rows: String,
    document: String,
}

struct ComparedView {
    face: Vec<DiffRow>,
    counts: Vec<String>,
    rows: Vec<RowView>,
    cut: bool,
}

struct RowView {
    table: &'static str,
    added: bool,
    text: String,
}

/// Shows the editions, and what the two that were asked for differ in.
pub async fn editions(
    web: &Web,
    officer: &Officer,
    frame: Frame,
    detail: &Detail,
    asked: &Asked,
) -> Result<Response, OfficeError> {
    let current = detail.card.head.edition;
    let new = asked.new.parse().unwrap_or(current);
    let old = asked.old.parse().unwrap_or(new.saturating_sub(1)).max(1);
    let compared = match old == new {
        true => None,
        false => {
            edition_of(&detail.editions, old)?;
            edition_of(&detail.editions, new)?;
            let found = web.app.compared(&officer.ctx, detail.card.head.id, old, new).await?;
            Some(compared(web, found))
        }
    };
    let rows = detail.editions.iter().rev().map(view).collect();
    Ok(page(&EditionsPage { shell: frame.shell, top: frame.top, rows, old, new, compared }))
}

fn view(edition: &Edition) -> EditionView {
    EditionView {
        number: edition.edition,
        kinds: edition.kinds.to_string(),
        effective: edition.effective.to_string(),
        recorded: edition.recorded_at.shanghai(),
        rows: domain::group_digits(u64::from(edition.capabilities)),
        document: edition.face.decision_number.clone(),
    }
}

fn compared(web: &Web, found: Comparison) -> ComparedView {
    let tables = web.app.tables();
    let face = found.diff.face.iter().map(|replaced| DiffRow {
        label: replaced.field.label().to_owned(),
        old: told(&tables, replaced.field, &replaced.old),
        new: told(&tables, replaced.field, &replaced.new),
    });
    let count = |(group, added, removed): &(domain::Group, usize, usize)| {
        format!("{}：增加 {added} 行，减少 {removed} 行", group.sheet())
    };
    let row = |change: &app::RowChange| RowView {
        table: change.group.sheet(),
        added: change.added,
        text: change.text.clone(),
    };
    ComparedView {
        face: face.collect(),
        counts: found.diff.rows.iter().map(count).collect(),
        cut: found.rows.len() == MOST_ROWS,
        rows: found.rows.iter().map(row).collect(),
    }
}
